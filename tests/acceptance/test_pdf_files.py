"""What the compiled path writes is archivable, accessible and the same each time: shipped templates and random stories.

One Java process judges all files. Stories are those of the comparison with the reference, so they have everything.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path

import pikepdf
import pytest
from differential.pdf_cases import outcome
from differential.pdf_stories import seeded
from letters import Letter, letter_template
from rendering import make_context
from services import require
from verapdf import judge

from docgen.config import load_config
from docgen.errors import DocgenError
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Making
from docgen.render import pdf
from docgen.template import load_template, template_names

ROOT = Path(__file__).parents[2]
LANGUAGES = ("de", "en", "fil", "lt", "lv")
SHIPPED = [name for name in template_names(ROOT / "templates") if (ROOT / "templates" / name / "body.rml").exists()]
#: What tables over pages are made of.
_ROWS = ("lines", "items")
#: How many times the lines of the sample.
LENGTHS = {"one": 0, "sample": 1, "long": 20}
STORIES = 500
#: Some stories cannot be laid out: what they say does not fit their frames.
_MOST = 1000
_SEED = 4


def story(folder: Path, number: int) -> bytes | None:
    """Return the document of a random story, None where it is one that cannot be laid out."""
    made = outcome(folder, seeded(_SEED, number), Making.COMPILED)
    return made if isinstance(made, bytes) else None


def shipped() -> Iterator[tuple[str, bytes]]:
    """Yield every shipped template with its sample in every language, and shorter or longer in one."""
    company = load_config(ROOT / "config.yaml", {}).company.model_dump()
    today = date(2026, 11, 20)
    for name in SHIPPED:
        template = load_template(ROOT / "templates" / name)
        prepared = pdf.prepare(template)
        for length, times in LENGTHS.items():
            values = _stretched(template.sample, times)
            read, faults = read_values(values, template.fields, "en_GB", "sample")
            assert not faults
            try:
                computed = KINDS[template.kind].compute(read, company, today)
            except DocgenError:
                if length == "sample":
                    raise
                continue  # the lists of this sample must agree with each other
            for language in LANGUAGES if length == "sample" else ("lv",):
                context = build_context(
                    {**read, **computed}, locale=language, company=company, today=today, texts=template.texts
                )
                yield f"{name} {language} {length}", prepared.render(context).content


def _stretched(sample: Mapping[str, object], times: int) -> dict[str, object]:
    return {
        name: (value * times or value[:1]) if name in _ROWS and isinstance(value, list) else value
        for name, value in sample.items()
        if name != "total"
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("stories")
    made = ((str(number), story(folder / "t", number)) for number in range(_MOST))
    found = dict(islice(((name, content) for name, content in made if content is not None), STORIES))
    assert len(found) == STORIES, "too few stories are sound"
    return found | dict(shipped())


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_every_file_can_be_archived_and_read_aloud(files, flavour):
    broken = {name: found for name, found in judge(files, flavour).items() if found}
    assert broken == {}


def test_qpdf_finds_nothing_in_any_file(files, tmp_path):
    require(shutil.which("qpdf") is not None, "qpdf")

    def check(name: str) -> str:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(files[name])
        checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
        return checked.stderr + (f"returned {checked.returncode}" if checked.returncode else "")

    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(files, pool.map(check, files), strict=True))
    assert {name: said for name, said in found.items() if said} == {}


# --- the same each time ---------------------------------------------------------------------------

_AGAIN = """
import hashlib, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from acceptance.test_pdf_files import shipped, story
for number in reversed(range(50)):
    print(number, hashlib.sha256(story(Path(sys.argv[2]) / "t", number) or b"").hexdigest())
for name, content in shipped():
    print(name, hashlib.sha256(content).hexdigest())
"""


def test_another_process_makes_the_same_bytes_in_another_order(files, tmp_path):
    environment = os.environ | {"PYTHONHASHSEED": "12345"}
    command = [sys.executable, "-c", _AGAIN, str(ROOT / "tests"), str(tmp_path)]
    made = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=True).stdout
    found = dict(line.rsplit(" ", 1) for line in made.splitlines())
    wanted = {name: hashlib.sha256(files.get(name, b"")).hexdigest() for name in found}
    assert len(found) >= 50 + len(SHIPPED) * len(LANGUAGES)
    assert found == wanted


# --- what readers hear ----------------------------------------------------------------------------


def _roles(node: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Object]]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(kid.S)[1:], kid
            yield from _roles(kid)


@pytest.mark.parametrize("language", ["de", "ar", "ja"])
def test_the_structure_of_a_letter_is_that_of_its_story(language, tmp_path):
    letter = Letter(language)
    made = pdf.prepare(letter_template(tmp_path / "t", language)).render(make_context(letter.values, locale=language))
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert str(document.Root.Lang) == language
        found = list(_roles(document.Root.StructTreeRoot))
        roles = [role for role, _ in found]
        story_of_it = roles[roles.index("H1") :]
        row, cell = ["TR"], ["TD", "P"]
        head, body = [*row, "TH", "P", "TH", "P"], [*row, *cell, *cell]
        item = ["LI", "Lbl", "LBody", "P"]
        flat = [role for role in story_of_it if role not in ("THead", "TBody", "Span", "Div")]
        assert flat == ["H1", *["P"] * 4, "Table", *head, *body, *body, "L", *item, *item, "P", "Link"]
        (figure,) = [node for role, node in found if role == "Figure"]
        assert str(figure.Alt) == letter.values["firm"]
        scopes = [node.A.Scope for role, node in found if role == "TH"]
        assert scopes == [pikepdf.Name.Column] * 2
