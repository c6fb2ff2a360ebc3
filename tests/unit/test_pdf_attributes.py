"""Which attributes elements of RML have, and the fault of one that an element has not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from handbook import ROOT
from lxml import etree
from pressing import FILE

from docgen.model import Where
from docgen.render.pdf.elements import _ATTRIBUTES
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.known import KnownTags
from docgen.render.pdf.marking import MARKS, ONLY_COMPILED
from docgen.render.pdf.safety import ALLOWED, OWN_ELEMENTS, Rules, make_safe
from docgen.render.pdf.standard import STANDARD
from docgen.render.pdf.unknown import attribute_faults, known_attributes

sys.path.insert(0, str(ROOT / "tools"))
from make_rml_attributes import FILE as MADE


def faults(text: str) -> list[str]:
    return [str(fault) for fault in attribute_faults(etree.fromstring(text), Where(FILE, 3))]


def test_the_table_says_what_z3c_rml_and_reportlab_read():
    """Asked in a process of its own: what draws charts adds attributes to ReportLab's axes."""
    command = [sys.executable, "-c", "import sys, make_rml_attributes as made; sys.stdout.write(made.write())"]
    said = subprocess.run(command, capture_output=True, cwd=ROOT / "tools", check=True).stdout.decode()
    assert MADE.read_text(encoding="utf-8") == said


def test_every_element_is_in_the_table_or_docgens_own():
    assert set(STANDARD) == set(ALLOWED - OWN_ELEMENTS)
    assert all(known_attributes(tag) > {"lang"} for tag in OWN_ELEMENTS - set(_ATTRIBUTES))


def test_what_docgen_adds_stands_at_some_element():
    everywhere = frozenset().union(*map(known_attributes, ALLOWED))
    assert frozenset({*MARKS, *ONLY_COMPILED}) <= everywhere


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<para stlye="x"/>', '<para> has no attribute "stlye"; did you mean "style"?'),
        ('<para fontsize="9"/>', '<para> has no attribute "fontsize"; did you mean "fontSize"?'),
        ('<td colspan="2"/>', "made one by <blockSpan>"),
        ('<spacer lenght="9"/>', 'did you mean "length"?'),
        ('<font colour="red"/>', 'did you mean "color"?'),
        ('<rotate angle="9"/>', '<rotate> has no attribute "angle"; it has degrees'),
        ('<b color="red"/>', '<b> has no attribute "color"'),
        ('<para class="x"/>', "name a style"),
        ('<para xml:lang="de"/>', '<para> has no attribute "xml:lang"; did you mean "lang"?'),
        ('<qr value="x" error="q" levl="m"/>', '<qr> has no attribute "levl"'),
    ],
)
def test_an_attribute_that_is_not_there_names_what_is(text: str, said: str):
    (found,) = faults(text)
    assert found.startswith(f"{FILE}, line 3: ")
    assert said in found


@pytest.mark.parametrize(
    "text",
    [
        '<font FACE="SourceSans3" fontname="x" bgcolor="red"/>',
        '<document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="rml.xsd"/>',
        '<template pageSize="A4"/>',
        '<spacer lang="de" length="1"/>',
    ],
)
def test_an_attribute_that_changes_nothing_wrong_is_let_pass(text: str):
    assert faults(text) == []


def test_all_attributes_that_are_wrong_are_named_at_once(tmp_path: Path):
    root = etree.fromstring('<story>\n<para stlye="a" algn="b">x</para>\n<spacer lenght="1"/></story>')
    found = make_safe(root, Rules(FILE, tmp_path, load_fonts(tmp_path).names))
    assert [fault.where.line for fault in found if fault.where] == [2, 2, 3]


def test_a_known_body_is_not_asked_for_its_attributes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    rules, tags = Rules(FILE, tmp_path, load_fonts(tmp_path).names), KnownTags()
    body = '<story><para alignment="left">x</para></story>'
    tags.make_safe(etree.fromstring(body), body, rules)
    monkeypatch.setattr("docgen.render.pdf.safety.attribute_faults", lambda *_: pytest.fail("asked again"))
    tags.make_safe(etree.fromstring(body), body, rules)


def test_another_attribute_in_a_later_body_is_a_fault(tmp_path: Path):
    rules, tags = Rules(FILE, tmp_path, load_fonts(tmp_path).names), KnownTags()
    body = '<story><para alignment="left">x</para></story>'
    tags.make_safe(etree.fromstring(body), body, rules)
    assert not tags.holds(body.replace("alignment", "alignement"), rules)
