"""docs/rml.md names every element and no attribute that is not there, and its pictures show its examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zope.schema
from differential.test_pdf_engines import INTENDED
from handbook import ROOT, codes, page
from lxml import etree
from PIL import Image
from reportlab.platypus import paraparser
from rmlexamples import FOLDER, NAME, Example, examples, recorded, render
from z3c.rml import canvas, chart, document, flowable, special, stylesheet, template
from z3c.rml import list as lists

from docgen.render.pdf import elements, marking
from docgen.render.pdf.layout.story import REFERENCE_ONLY
from docgen.render.pdf.safety import ALLOWED, REFUSED

EXAMPLES = list(examples())
SHOWN = [example for example in EXAMPLES if example.shown]
#: Elements that no picture shows -> why. An example without picture has them.
NOT_SHOWN = {"textAnnotation": "a note opens in the reader's program and prints nothing", "param": "its parameters"}


def _named() -> set[str]:
    rows = [row for table in page(NAME).tables if table.header[0] == "element" for row in table.rows]
    return {code for row in rows for code in codes(row[0])}


def test_every_element_that_may_be_used_is_in_a_table_and_no_other():
    assert _named() == set(ALLOWED)


def test_what_is_refused_is_not_offered():
    assert not set(REFUSED) & _named()


def test_every_element_stands_in_an_example_with_a_picture_but_those_that_print_nothing():
    standing, shown = ({tag for example in some for tag in _tags(example)} for some in (EXAMPLES, SHOWN))
    assert set(ALLOWED) - standing == set()
    assert set(ALLOWED) - shown == set(NOT_SHOWN)


def _tags(example: Example) -> set[str]:
    text = re.sub("{%.*?%}", "", example.document, flags=re.DOTALL)
    made = {"chart"} if "{{ chart(" in text else set()
    return made | {str(element.tag) for element in etree.fromstring(text.encode()).iter(etree.Element)}


@pytest.mark.parametrize(
    "example", [example for example in EXAMPLES if not example.shown], ids=lambda example: example.name
)
def test_example_without_picture_can_be_drawn(example: Example, tmp_path: Path):
    assert render(example, tmp_path / "t").startswith(b"%PDF-")


def test_every_attribute_that_is_named_is_there():
    known, inline = _attributes(), _inline_attributes()
    wrong = []
    for table in page(NAME).tables:
        if table.header[0] != "element":
            continue
        for row in table.rows:
            tags = codes(row[0])
            own = {name for tag in tags for name in known.get(tag, set()) | elements._ATTRIBUTES.get(tag, set())}
            # Values stand in brackets behind their attribute; "and all of ..." leads to another row.
            said = re.sub(r"\([^()]*\)", "", row[2].replace("(%s)", "")).split(" of [")[0].split("and the rest")[0]
            said = said.split("and those")[0].split("as `")[0]
            names = {name for name in codes(said) if not name.endswith("...")}
            wrong += [(tags[0], name) for name in names if own and name not in own | inline | set(marking.MARKS)]
    assert wrong == []


def test_page_says_which_elements_only_z3c_rml_draws():
    (table,) = page(NAME).section("What only z3c.rml draws").tables
    assert sorted(table.column()) == sorted(REFERENCE_ONLY)


def test_page_says_which_attributes_are_docgens_own():
    setting, saying = page(NAME).section("What docgen's own layout does beyond z3c.rml").tables
    assert sorted(setting.column()) == sorted(marking.ONLY_COMPILED)
    assert sorted(saying.column()) == sorted(marking.MARKS)


def test_page_accounts_for_all_that_is_done_otherwise_than_z3c_rml():
    (cases,) = re.findall("<!-- test: intended (.*?) -->", (ROOT / NAME).read_text(encoding="utf-8"))
    assert cases.split("; ") == list(INTENDED)


def _attributes() -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for module in (document, template, stylesheet, flowable, canvas, special, lists, chart):
        for directive in vars(module).values():
            for tag, factory in (getattr(directive, "factories", None) or {}).items():
                if getattr(factory, "signature", None) is not None:
                    known.setdefault(tag, set()).update(zope.schema.getFieldNames(factory.signature))
    return known


def _inline_attributes() -> set[str]:
    maps = [value for name, value in vars(paraparser).items() if name.endswith("AttrMap") and isinstance(value, dict)]
    return {name for attributes in maps for name in attributes} | {"filename", "subject", "creator", "keywords"}


# --- pictures -------------------------------------------------------------------------------------


def test_names_of_pictures_are_used_once():
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES) >= 20


@pytest.mark.parametrize("example", SHOWN, ids=lambda example: example.name)
def test_picture_was_made_of_the_example_as_it_is(example: Example):
    made = recorded().get(example.name)
    assert made == example.digest, f"{example.block.id} was changed: run `make docs`"
    assert example.picture.stat().st_size <= 15_000
    with Image.open(example.picture) as picture:
        assert picture.width == 880


def test_page_shows_every_picture_once_and_no_other():
    shown = re.findall(r"!\[[^\]]{10,}\]\(pictures/rml/([\w-]+)\.png\)", page(NAME).text)
    assert sorted(shown) == sorted(example.name for example in SHOWN)
    assert {file.stem for file in FOLDER.glob("*.png")} == set(shown) == set(recorded())
