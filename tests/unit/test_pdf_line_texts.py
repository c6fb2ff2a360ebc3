"""Text outside paragraphs prints in every script: cells of plain text, strings on pages, words in charts and codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from pressing import FILE, TODAY, checked, press, pressed, rml
from rendering import pdf_text

from docgen.render.pdf.compiled import Press
from docgen.render.pdf.fonts import load_fonts

TEXTS = ("Ąžuolas 5 €", "Ελλάδα", "Київ", "हिन्दी", "ภาษาไทย")
LACKING = "\u0378"  # stands for no character, so that no font has it


@pytest.mark.parametrize("text", TEXTS)
def test_a_cell_of_plain_text_is_set_in_a_font_that_has_it(text: str) -> None:
    content, document = pressed(rml(f"<blockTable colWidths='200'><tr><td>{text}</td></tr></blockTable>"))
    assert document.lacks == []
    assert text in pdf_text(content)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("element", ["drawString", "drawRightString", "drawCentredString", "drawAlignedString"])
def test_a_string_on_a_page_is_set_in_a_font_that_has_it(text: str, element: str) -> None:
    graphics = f'<{element} x="200" y="20">{text}</{element}>'
    content, document = pressed(rml("<para>x</para>", graphics=graphics))
    assert document.lacks == []
    assert text in pdf_text(content)


@pytest.mark.parametrize("align", ["left", "right", "center"])
def test_arabic_and_hebrew_stand_in_cells_as_wide_as_they_are(align: str) -> None:
    table = f'<blockTable colWidths="100,100"><tr><td align="{align}">שלום</td><td>سلام</td></tr></blockTable>'
    content, document = pressed(rml(table))
    assert document.lacks == []
    assert "שלום" in pdf_text(content)


@pytest.mark.parametrize(
    "story",
    [
        f"<blockTable><tr><td>a {LACKING} b</td></tr></blockTable>",
        f'<illustration width="90" height="20"><drawString x="0" y="0">a {LACKING} b</drawString></illustration>',
        '<illustration width="99" height="99"><barChart dx="1" dy="1" dwidth="90" dheight="90"><data>'
        f"<series>1,2</series></data><categoryAxis><categoryNames><name>{LACKING}</name><name>b</name></categoryNames></categoryAxis>"
        "</barChart></illustration>",
    ],
)
def test_a_character_that_no_font_has_is_noted_in_each_document(story: str) -> None:
    machine = Press(load_fonts(), FILE, Path("."))
    for _ in range(2):
        _, document = machine.make_pdf(checked(rml(story), Path(".")), "en", TODAY)
        assert {lack.char for lack in document.lacks} == {LACKING}


def test_columns_of_numbers_in_another_script_stand_on_their_decimal_mark() -> None:
    assert press(rml('<blockTable colWidths="90"><tr><td align="decimal">1.5 ₪</td></tr></blockTable>'))
