"""Whatever a person can write, call or meet is in the handbook, and the handbook speaks of nothing else."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from handbook import ROOT, codes, markdown_files, page
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docgen import cli, errors
from docgen.config import Config
from docgen.deliver import TRANSPORTS
from docgen.envelopes import WINDOWS
from docgen.fields import FieldSpec, FieldType, read_values
from docgen.job import EnvelopeProfile, Job
from docgen.jobrules import CHANNELS
from docgen.kinds import KINDS
from docgen.merge import RESERVED, make_environment
from docgen.model import DeliveryState, Format, ItemState, MessageClass, Outcome, RunState
from docgen.optout import LINKS
from docgen.render import RENDERERS
from docgen.render.mail import SUFFIXES as MAIL_SUFFIXES
from docgen.source import READERS
from docgen.template import BODY_SUFFIXES, Manifest
from docgen.templaterules import PLURAL_FORMS
from docgen.toolbox import FUNCTIONS, OWN

# --- commands -------------------------------------------------------------------------------------


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield name, command
    for word, child in inner.items():
        yield from _commands(child, f"{name} {word}")


COMMANDS = dict(_commands(typer.main.get_command(cli.app), "docgen"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_all_its_arguments_and_options_and_no_others(name: str) -> None:
    parameters = [parameter for parameter in COMMANDS[name].params if parameter.name != "help"]
    wanted = {word for parameter in parameters for word in _words(parameter)}
    tables = [t for t in page("docs/cli.md").section(name).tables if t.header[0] == "argument or option"]
    documented = {code.split()[0] for table in tables for code in table.column()}
    assert documented == wanted


def _words(parameter: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [(parameter.metavar or parameter.name.upper()).removesuffix("...")]
    return [*parameter.opts, *parameter.secondary_opts]


def test_cli_page_has_no_section_for_a_command_that_is_not_there() -> None:
    headings = [s.heading.replace("`", "") for s in page("docs/cli.md").sections]
    assert [h for h in headings if h.startswith("docgen ") and h not in COMMANDS] == []


def test_exit_codes_are_documented() -> None:
    codes_there = {cli.DONE, cli.INPUT, cli.OURS, cli.TROUBLE, cli.INTERRUPTED}
    table = page("docs/cli.md").section("Exit codes").tables[0]
    assert {int(code) for code in table.column()} == codes_there


@pytest.mark.parametrize(
    ("section", "words"),
    [("Run states", RunState), ("Record states", ItemState), ("Outcomes", [*Outcome, "pending", "claimed"])],
)
def test_every_state_and_outcome_is_documented(section: str, words: list[str]) -> None:
    assert set(DeliveryState) - {"settled"} == {"pending", "claimed"}
    assert page("docs/cli.md").section(section).tables[0].column() == [str(word) for word in words]


# --- keys of YAML files ---------------------------------------------------------------------------


def _models(annotation: object) -> Iterator[tuple[type[BaseModel], str]]:
    """Yield the models inside a type and how a key path goes on to them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, ""
        return
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is dict:
        arguments, step = arguments[1:], ".*"
    else:
        step = "[]" if origin in (tuple, list) else ""
    for argument in arguments:
        yield from ((model, step + rest) for model, rest in _models(argument))


def _keys(model: type[BaseModel], path: str = "", above: tuple[type, ...] = ()) -> Iterator[tuple[str, str, FieldInfo]]:
    """Yield (path of the model, key, field) for a model and all models in it."""
    inside = []
    for name, info in model.model_fields.items():
        key = info.alias or name
        yield path, key, info
        inside += [(child, f"{path}.{key}{step}".lstrip(".")) for child, step in _models(info.annotation)]
    for child, where in inside:
        if child not in (*above, model):
            yield from _keys(child, where, (*above, model))


FILES = {"docs/job.md": Job, "docs/config.md": Config, "docs/templates.md": Manifest}


def _documented_keys(name: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (path, key) -> row; the heading says the path in backquotes, `Top level` is the file itself."""
    found = {}
    for table in page(name).tables:
        if table.header[0] == "key":
            path = "" if table.heading == "Top level" else codes(table.heading)[0]
            found |= {(path, codes(row[0])[0]): row for row in table.rows}
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_key_is_documented_and_no_other(name: str) -> None:
    wanted = {(path.replace("*", "<name>"), key) for path, key, _ in _keys(FILES[name])}
    assert set(_documented_keys(name)) == wanted


@pytest.mark.parametrize("name", FILES)
def test_documented_defaults_are_the_real_ones(name: str) -> None:
    documented = _documented_keys(name)
    shown = {place: documented[place][1] for place in documented}
    real = {(path.replace("*", "<name>"), key): _default(info) for path, key, info in _keys(FILES[name])}
    wrong = {place: (text, real[place]) for place, text in shown.items() if text != real[place]}
    assert wrong == {}


def _written(data: object, path: str = "") -> Iterator[str]:
    """Yield the path of every key in YAML data; elements of lists are `[]`."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{path}.{key}".lstrip(".")
            yield from _written(value, f"{path}.{key}".lstrip("."))
    for element in data if isinstance(data, list) else ():
        yield from _written(element, f"{path}[]")


@pytest.mark.parametrize(("name", "kind"), [*zip(FILES, ("job", "config", "template"), strict=True)])
def test_every_key_stands_in_an_example(name: str, kind: str) -> None:
    blocks = [block for block in page(name).blocks if block.mark(kind) is not None]
    written = {path for block in blocks for path in _written(yaml.load(block.text, yaml.BaseLoader))}
    keys = [f"{path}.{key}".lstrip(".") for path, key, _ in _keys(FILES[name])]
    patterns = {key: re.escape(key).replace(r"\*", r"[^.\[\]]+") for key in keys}
    missing = [key for key, pattern in patterns.items() if not any(re.fullmatch(pattern, path) for path in written)]
    assert missing == []


def _default(info: FieldInfo) -> str:
    """Say a default as the tables do."""
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        value = Decimal(str(value)).normalize()
    return f"`{value}`" if isinstance(value, str | int | Decimal | Path) and value != "" else ""


def test_every_key_can_be_overridden_from_the_environment_as_the_page_says() -> None:
    names = [code for code in codes(page("docs/config.md").text) if re.fullmatch(r"DOCGEN_[A-Z_]+", code)]
    own = {"DOCGEN_LOG", "DOCGEN_SOURCE_MEMORY_MB"}
    assert own <= set(names)
    keys = {f"{path}.{key}".lstrip(".") for path, key, _ in _keys(Config)}
    wrong = [n for n in set(names) - own if n.removeprefix("DOCGEN_").lower().replace("__", ".") not in keys]
    assert wrong == []


# --- words that have a fixed set ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "section", "words"),
    [
        ("docs/job.md", "Message classes", MessageClass),
        ("docs/job.md", "Channels", CHANNELS),
        ("docs/job.md", "Envelope profiles", EnvelopeProfile),
        ("docs/job.md", "Formats", Format),
        ("docs/templates.md", "Field types", FieldType),
        ("docs/templates.md", "Kinds", KINDS),
        ("docs/templates.md", "Bodies", BODY_SUFFIXES),
        ("docs/templates.md", "Texts by language", PLURAL_FORMS),
        ("docs/templates.md", "What a template sees", RESERVED),
        ("docs/templates.md", "Links of messages", LINKS),
    ],
)
def test_words_with_a_fixed_set_are_all_documented(name: str, section: str, words: list[str]) -> None:
    assert set(page(name).section(section).tables[0].column()) == {str(word) for word in words}


def test_envelopes_are_documented_with_their_measures() -> None:
    table = page("docs/job.md").section("Envelope profiles").tables[0]
    measures = {codes(row[0])[0]: [float(cell.split()[0]) for cell in row[1:5]] for row in table.rows}
    assert measures == {n: [w.x_mm, w.y_mm, w.width_mm, w.height_mm] for n, w in WINDOWS.items()}


def test_bodies_table_says_what_each_body_can_become() -> None:
    rows = {codes(row[0])[0]: set(codes(row[1])) for row in page("docs/templates.md").section("Bodies").tables[0].rows}
    formats = {suffix: {str(made) for body, made in RENDERERS if body == suffix} for suffix in BODY_SUFFIXES}
    formats[".docx"].add("pdf")
    for suffix in MAIL_SUFFIXES:
        formats[suffix].add("message")
    assert rows == formats


def test_every_file_ending_of_a_source_is_documented() -> None:
    endings = set(page("docs/job.md").section("Files").tables[0].column())
    assert endings == {*READERS, ".parquet"}


def test_every_kind_has_its_page() -> None:
    assert {path.stem for path in (ROOT / "docs/kinds").glob("*.md")} == set(KINDS)


def test_every_transport_of_the_ledger_is_named_in_the_architecture() -> None:
    named = set(codes(page("docs/architecture.md").under("How to add a channel")))
    assert set(TRANSPORTS) <= named


def _read(value: str, kind: str, locale: str) -> object:
    values, faults = read_values({"x": value}, {"x": FieldSpec(type=kind)}, locale)
    assert not faults, f"{kind} under {locale}: {faults[0]}"
    return values["x"]


def test_values_of_the_field_types_table_are_read_and_mean_the_same_in_both_languages() -> None:
    rows = page("docs/templates.md").section("Field types").tables[0].rows
    examples = [(codes(row[0])[0], codes(row[2])[0], codes(row[3])[0]) for row in rows if row[2]]
    assert len(examples) >= 8
    for kind, german, american in examples:
        assert _read(german, kind, "de") == _read(american, kind, "en_US")


def test_every_module_is_on_a_floor_of_the_architecture() -> None:
    modules = {path.stem for path in (ROOT / "docgen").glob("*.py") if not path.stem.startswith("__")}
    packages = {path.parent.name for path in (ROOT / "docgen").glob("*/__init__.py")}
    section = page("docs/architecture.md").section("Floors")
    assert set(section.tables[0].column(2)) | {"testing"} == modules | packages


# --- what templates may call ----------------------------------------------------------------------


def _headed(tables: str) -> set[str]:
    return {code for table in page("docs/templates.md").section(tables).tables for code in table.column()}


def test_every_filter_of_docgen_has_a_section_with_examples() -> None:
    sections = page("docs/templates.md").sections
    first = next(n for n, section in enumerate(sections) if section.heading == "docgen's filters")
    own = {code for s in sections[first + 1 :] if s.level == 3 for code in codes(s.heading)}
    assert set(OWN) <= own
    examples = {
        code for s in sections for t in s.tables if any("examples" in m for m in t.marks) for code in t.column()
    }
    # A picture and a document are no texts that a table could show.
    shown = set(OWN) - {"image", "subdocument"}
    assert [n for n in shown if not any(re.search(rf"\b{n}\b", text) for text in examples)] == []


def test_every_filter_function_and_test_of_jinja_that_may_be_used_is_listed_and_no_other() -> None:
    environment = make_environment("none")
    builtin = set(environment.filters) - set(OWN) - {"docgen loop", "word_text", "field_code"}
    assert _headed("Jinja's filters") == builtin
    assert _headed("Functions") == set(environment.globals)
    assert set(FUNCTIONS) <= _headed("Functions")


# --- errors ---------------------------------------------------------------------------------------


def _errors(kind: type[errors.DocgenError]) -> Iterator[type[errors.DocgenError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _errors(child)


def test_every_error_code_is_documented_with_its_exit_code() -> None:
    table = page("docs/errors.md").section("All codes").tables[0]
    documented = {codes(row[0])[0]: int(row[1]) for row in table.rows}
    assert documented == {kind.code: kind.exit_code for kind in _errors(errors.DocgenError)}


def test_every_error_code_has_a_section_with_an_example_and_advice() -> None:
    pages = page("docs/errors.md")
    for kind in set(_errors(errors.DocgenError)) - {errors.Faults}:
        section = pages.section(kind.code)
        assert section.text.strip(), f"{kind.code}: nothing is said"
        assert [block for block in section.blocks if block.language == "text"], f"{kind.code}: no example"


# --- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", markdown_files())
def test_links_lead_somewhere(name: str) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        path = ((ROOT / name).parent / file).resolve() if file else ROOT / name
        assert path.exists(), f"{name} links to {target}, which is not there"
        if anchor:
            assert anchor in _anchors(path), f"{name} links to {target}: no such heading"


def _anchors(path: Path) -> set[str]:
    """Return the anchors that hosts make of headings."""
    headings = [section.heading for section in page(path.relative_to(ROOT).as_posix()).sections]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [n for n in markdown_files() if n.startswith("docs/") and n.count("/") == 1 and f"]({n}" not in text]
    assert missing == []


def test_changelog_puts_security_first_and_names_the_part_in_each_line() -> None:
    sections = page("CHANGELOG.md").sections
    release = next(n for n, section in enumerate(sections) if section.level == 2)
    assert sections[release + 1].heading == "Security"
    lines = [line for s in sections for line in s.text.splitlines() if line.startswith("- ")]
    assert lines
    assert [line for line in lines if not re.match(r"- \*\*[a-zA-Z, ./-]+\*\*: ", line)] == []


def test_paths_of_modules_and_functions_that_the_architecture_names_are_there() -> None:
    text = page("docs/architecture.md").text
    wrong = []
    for code in codes(text):
        if re.fullmatch(r"(docgen|tests|tools|templates|campaigns|docs)/[\w/.<>-]*", code) and "<" not in code:
            if not (ROOT / code).exists():
                wrong.append(code)
        elif found := re.fullmatch(r"([a-z_]+)\.(\w+)(\.\w+)?(\(\))?", code):
            module = ROOT / "docgen" / f"{found[1]}.py"
            package = ROOT / "docgen" / found[1] / "__init__.py"
            source = next((p.read_text(encoding="utf-8") for p in (module, package) if p.exists()), None)
            name = (found[3] or found[2]).lstrip(".")
            if source is not None and not re.search(rf"\b{name}\b", source):
                wrong.append(code)
    assert wrong == []
