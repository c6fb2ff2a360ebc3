"""The examples of the handbook are loaded, run and rendered by the real thing, and give what the handbook shows."""

from __future__ import annotations

import shlex
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from handbook import NOW, PAGES, Block, Table, codes, commands, first_line_missing, lay_over, page
from kit import Office
from rendering import make_template, picture, word

from docgen import api, cli
from docgen.config import load_config
from docgen.fields import read_values
from docgen.job import load_job
from docgen.kinds import KINDS
from docgen.merge import Merger, build_context
from docgen.model import Where
from docgen.render.docx import prepare as prepare_word
from docgen.render.docx.package import Package
from docgen.render.htmlrich import HtmlRich, collecting
from docgen.template import Template, load_template
from docgen.testing import FixedClock

BLOCKS = [block for name in PAGES for block in page(name).blocks]
YAML = [block for block in BLOCKS if any(block.mark(kind) is not None for kind in ("job", "config", "template"))]

WHOLE: dict[str, dict[str, Any]] = {
    "job": {
        "data": {"tables": {"customers": "customers.csv"}, "key": "customer_no"},
        "documents": {"letter": {"template": "letter", "format": "pdf", "file": "{{ customer_no }}"}},
    },
    "config": {"company": {"name": "Example", "country": "DE"}},
    "template": {"kind": "letter"},
}


# --- YAML -----------------------------------------------------------------------------------------


def test_every_yaml_block_is_marked_as_what_it_is() -> None:
    known = ("job", "config", "template", "example", "file")
    unmarked = [b.id for b in BLOCKS if b.language == "yaml" and not any(b.mark(k) is not None for k in known)]
    assert unmarked == []


@pytest.mark.parametrize("block", YAML, ids=lambda block: block.id)
def test_yaml_blocks_are_read_by_the_real_loader(block: Block, tmp_path: Path) -> None:
    kind = next(kind for kind in WHOLE if block.mark(kind) is not None)
    content = block.text
    if block.mark(kind) == "part":
        content = yaml.safe_dump(lay_over(WHOLE[kind], yaml.load(block.text, yaml.BaseLoader)), sort_keys=False)
        content = content.replace("'true'", "true").replace("'false'", "false").replace("'null'", "null")
    environ = dict(value.split("=", 1) for value in block.all("environ"))
    _load(kind, content, tmp_path, environ)


def _load(kind: str, content: str, folder: Path, environ: dict[str, str]) -> None:
    path = folder / ("template.yaml" if kind == "template" else f"{kind}.yaml")
    path.write_text(content, encoding="utf-8")
    if kind == "job":
        load_job(path, environ)
    elif kind == "config":
        for name in ("logo.png", "letterhead.pdf"):
            (folder / name).write_bytes(b"")
        for name in ("fonts", "keys"):
            (folder / name).mkdir()
        (folder / "keys" / "s2026.example.com.pem").write_bytes(b"")
        load_config(path, environ)
    else:
        for name in ("body.html", "body.txt", "body.docx", "letter.docx"):
            (folder / name).write_text("x")
        (folder / "sample.yaml").write_text("name: x\n")
        load_template(folder)


# --- commands -------------------------------------------------------------------------------------


class Folder(Office):
    """A folder as `docgen init` writes it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        api.init_folder(root)


def _sessions() -> list[list[Block]]:
    """Return the blocks of each page that belong together, in order."""
    sessions: list[list[Block]] = []
    for name in PAGES:
        sessions.append([])
        for block in page(name).blocks:
            if block.mark("fresh") is not None:
                sessions.append([])
            if _runs(block) or block.mark("file"):
                sessions[-1].append(block)
    return [session for session in sessions if any(map(_runs, session))]


def _runs(block: Block) -> bool:
    return block.language == "console" and block.text.startswith("$ docgen")


@pytest.mark.parametrize("session", _sessions(), ids=lambda session: session[0].id)
def test_commands_do_and_print_what_the_pages_show(
    session: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCGEN_WORKERS", "1")
    monkeypatch.setattr(api, "open_workspace", partial(api.open_workspace, clock=FixedClock(NOW)))
    monkeypatch.setattr(cli.out, "width", cli.WIDE)
    folder = Folder(tmp_path / "office")
    for block in session:
        _prepare(block, folder)
        if block.language == "console":
            _run(block, folder, monkeypatch)


def _prepare(block: Block, folder: Folder) -> None:
    if name := block.mark("file"):
        folder.write(name, block.text)
    for edit in block.all("edit"):
        name, _, change = edit.partition(": ")
        old, _, new = change.partition(" => ")
        folder.edit(name, old, new)


def _run(block: Block, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    called = commands(block)
    with monkeypatch.context() as patch:
        for value in block.all("environ"):
            patch.setenv(*value.split("=", 1))
        for command in called:
            words = shlex.split(command.line)
            assert words[0] == "docgen", f"{block.id}: {command.line} is not run by this test"
            result = folder.call(*words[1:])
            wanted = int(block.mark("exit") or 0) if command is called[-1] else 0
            said = f"{block.id}: $ {command.line}\n{result.err}{result.out[:3000]}"
            assert result.code == wanted, said
            assert first_line_missing(command.shown, result.err + result.out) is None, said


# --- JSON -----------------------------------------------------------------------------------------


def test_every_name_in_json_output_is_documented_and_no_other(office: Office) -> None:
    office.edit("templates/letter/template.yaml", "amount: text", "amount: money")
    checked = office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx", "--json").json
    ran = office.run("--json").json
    shown = office.call("show", ran["run"], "--json").json
    history = office.call("history", "0001", "--json").json["history"][0]
    assert set(ran) <= set(shown)
    shapes: dict[str, dict[str, Any]] = {
        "A run": shown,
        "A record": shown["records"][0],
        "A delivery": shown["results"][0],
        "A check": checked,
        "A fault": checked["faults"][0],
        "An entry of runs": office.call("runs", "--json").json["runs"][0],
        "An entry of history": history,
    }
    documented = {name: set(page("docs/cli.md").section(name).tables[0].column()) for name in shapes}
    assert documented == {name: set(shape) for name, shape in shapes.items()}
    assert set(history["record"]) == set(shapes["A record"])
    assert set(history["delivery"]) == set(shapes["A delivery"])


# --- what templates may call ----------------------------------------------------------------------

EXAMPLES = [t for t in page("docs/templates.md").tables if any(mark.startswith("examples") for mark in t.marks)]


def example_template(folder: Path) -> Template:
    """Write the page's template and record into a folder and read them."""
    for name, mark in (("template.yaml", "example template"), ("sample.yaml", "example record")):
        block = next(block for block in page("docs/templates.md").blocks if mark in block.marks)
        (folder / name).write_text(block.text, encoding="utf-8")
    (folder / "body.txt").write_text("")
    return load_template(folder)


@pytest.mark.parametrize("table", EXAMPLES, ids=lambda table: f"{table.heading}:{table.line}")
def test_examples_of_templates_give_what_the_table_shows(table: Table, tmp_path: Path) -> None:
    template = example_template(tmp_path)
    wrong = []
    for row in table.rows:
        source, language, wanted = codes(row[0])[0], codes(row[1])[0], codes(row[2])[0]
        made = render(source, language, table, template)
        if made != wanted:
            wrong.append(f"{source} in {language}: {made!r}, the page shows {wanted!r}")
    assert wrong == []


def render(source: str, language: str, table: Table, template: Template) -> str:
    merger = Merger(None, "html", rich=HtmlRich("data")) if "examples html" in table.marks else Merger(None, "none")
    with collecting():
        text = merger.compile(source, Where("example")).render(_context(language, template))
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\n", "⏎").strip()


def _context(language: str, template: Template) -> dict[str, object]:
    values, faults = read_values(template.sample, template.fields, "en")
    assert not faults, [str(fault) for fault in faults]
    company = {"name": "Beispiel Handel GmbH", "country": "DE", "language": "de", "currency": "EUR"}
    values |= KINDS[template.kind].compute(values, company, NOW.date())
    return build_context(values, locale=language, company=company, today=NOW.date(), texts=template.texts)


@pytest.mark.parametrize(
    "block", [b for b in page("docs/templates.md").blocks if b.mark("pictures") is not None], ids=lambda block: block.id
)
def test_examples_of_pictures_can_be_rendered(block: Block, tmp_path: Path) -> None:
    made = make_template(tmp_path / "word", word(*block.text.splitlines()), ".docx")
    for name in ("stamp.png", "photo.jpg"):
        picture(made.folder / name)
    (made.folder / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"/>')
    package = Package(prepare_word(made).render(_context("en", made)).content, Where("example.docx"))
    assert package.parts[package.main].count(b"<w:drawing>") == len(block.text.splitlines())


@pytest.mark.parametrize(
    "block", [b for b in page("docs/templates.md").blocks if b.mark("word") is not None], ids=lambda block: block.id
)
def test_examples_of_word_bodies_can_be_rendered(block: Block, tmp_path: Path) -> None:
    template = example_template(tmp_path)
    made = make_template(tmp_path / "word", word(*block.text.splitlines()), ".docx")
    (made.folder / "clauses").mkdir()
    for name in ("rent", "pets"):
        (made.folder / "clauses" / f"{name}.docx").write_bytes(word(f"{name.title()} of {{{{ name }}}}"))
    months = [
        {"month": name, "day": date(2026, at, 1), "sales": 10 * at, "costs": 8} for at, name in enumerate("JFM", 1)
    ]
    context = {**_context("en", template), "months": months, "clauses": ["clauses/pets.docx"]}
    package = Package(prepare_word(made).render(context).content, Where("example.docx"))
    shown = len(package.related(package.main, "chart")) + package.parts[package.main].count(b" of M")
    assert shown >= len(block.text.splitlines())
