"""Paragraphs of the compiled path against the reference: letters within 0.1 pt, lines and backgrounds in their places.

Texts are made ready by `tidy` for both, as templates do it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from differential.pdf_choices import Chooser, Seeded
from differential.pdf_compare import differences, shape_differences
from differential.pdf_inline import inline
from lxml import etree
from pressing import FILE, TODAY, checked, rml
from rendering import picture

from docgen.render.pdf.compiled import Press
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.glyphs import tidy
from docgen.render.pdf.reference.rml import Settings, make_pdf

SENTENCE = (
    "The quick brown fox jumps over the lazy dog, and then some more words follow, so that a paragraph has several "
    "lines to be broken at. "
)
STYLES = '<spanStyle name="marked" textColor="#8A1020" underline="1"/>' + "".join(
    f'<paraStyle name="{name}" parent="text" alignment="{name}"/>' for name in ("left", "right", "center", "justify")
)
STORIES = {
    "wrapped": f"<para>{SENTENCE * 3}</para><para>short</para>",
    "indents": f'<para leftIndent="20" rightIndent="10" firstLineIndent="-7">{SENTENCE * 2}</para>',
    "long word": f"<para>{SENTENCE} {'x' * 200} {SENTENCE}</para>",
    "looks": f'<para>A &amp; B <b>bold {SENTENCE}</b>, <i>it</i>alic<br/>next <font size="16">big {SENTENCE}</font> '
    "a<super>2</super> H<sub>2</sub>O</para>",
    "marks": f"<para><u>{SENTENCE}</u> <strike>gone</strike> <u kind='double' gap='2'>twice</u></para>",
    "marked whole": f'<para underline="1" leftIndent="30">{SENTENCE * 2}</para>',
    "links": f'<para>See <a href="https://example.com/" color="blue">{SENTENCE} text</a> after</para>',
    "bullet": f'<para bulletText="•" leftIndent="20" bulletIndent="5">{SENTENCE}</para>',
    "wide bullet": f"<para><bullet>1234.</bullet>{SENTENCE}</para>",
    "dots": f'<para endDots=".">{SENTENCE}</para>',
    "box": f'<para backColor="yellow" borderColor="red" borderWidth="2" borderPadding="3,5">{SENTENCE}</para>',
    "round box": f'<para borderColor="red" borderWidth="1" borderRadius="4">{SENTENCE}</para>',
    "span": f'<para>a <span backColor="yellow">b c</span> <span style="marked">{SENTENCE}</span></para>',
    "spaces": "<para>a  b<b>  c </b>  d <i> e</i>   f <b/> g<br/> h <br/><br/>i x\u00a0y <b>z\u00a0</b></para>",
    "picture": f'<para>Words <img src="logo.png" width="20" height="12" valign="middle"/> {SENTENCE}</para>',
    "over pages": f"<para>{SENTENCE}<br/>{SENTENCE * 20}<br/><b>{SENTENCE * 30}</b><br/><br/>{SENTENCE * 40}</para>",
}
KINDS = {
    "headings": "<title>T</title><h1>One</h1><h2>Two</h2><h3>Three</h3><h4>4</h4><h5>5</h5><h6>6</h6>",
    "case": f'<para textTransform="uppercase">{SENTENCE}</para><para textTransform="capitalize">foo<b>bar</b> b</para>',
    "code": "<pre>\n  def f(x):\n      return 1\n\n  end &amp; x\n</pre>",
    "cut code": "<pre maxLineLength='12' newLineChars='> '>a long line to be cut, in pieces\nshort\nvery-long-x</pre>",
    "marked code": "<xpre>\n  def <b>f</b>(x):\n      return 1\n\n  end &amp; x\n</xpre>",
    "long code": "<pre dedent='2'>" + "\n".join(f"  line {number}" for number in range(80)) + "</pre>",
    "numbers": '<para><seq id="a"/> <seq id="a"/> page <pageNumber/> <getName id="x" default="d"/></para>',
}
#: Attributes of <para> that random stories use.
LOOKS = {
    "alignment": "justify|right|center|left", "leftIndent": "12|30", "rightIndent": "9|40", "firstLineIndent": "10|-8",
    "leading": "9|18", "fontSize": "8|13", "spaceBefore": "4|12", "spaceAfter": "3|11", "backColor": "#EEF3F4|#C6CFD2",
    "borderWidth": "1|0.5", "borderColor": "red|black", "borderPadding": "3|2,4,6,8", "borderRadius": "3",
    "splitLongWords": "0|1", "justifyLastLine": "1|3", "justifyBreaks": "1", "bulletText": "•|1.", "bulletIndent": "3",
    "strike": "1", "fontName": "SourceSans3-Semibold", "spaceShrinkage": "0|0.1", "linkUnderline": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a picture."""
    made = tmp_path_factory.mktemp("template")
    picture(made / "logo.png")
    return made


def _tidied(source: str, folder: Path) -> etree._Element:
    root = checked(source, folder)
    for each in root.iter(etree.Element):
        each.text, each.tail = tidy(each.text or ""), tidy(each.tail or "")
    return root


def apart(story: str, folder: Path) -> list[str]:
    """Return what differs between both paths."""
    source, fonts = rml(story, STYLES), load_fonts(folder)
    compiled = Press(fonts, FILE, folder).make_pdf(_tidied(source, folder), "en", TODAY)[0]
    reference = make_pdf(_tidied(source, folder), Settings(FILE, fonts, "en", TODAY))[0]
    return differences(compiled, reference) + shape_differences(compiled, reference)


@pytest.mark.parametrize("alignment", ["left", "right", "center", "justify"])
@pytest.mark.parametrize("name", STORIES)
def test_paragraphs_are_set_as_the_reference_sets_them(name: str, alignment: str, folder: Path) -> None:
    assert apart(STORIES[name].replace("<para", f'<para style="{alignment}"'), folder) == []


@pytest.mark.parametrize("name", KINDS)
def test_other_texts_are_set_as_the_reference_sets_them(name: str, folder: Path) -> None:
    assert apart(KINDS[name], folder) == []


@pytest.mark.parametrize("number", range(12))
def test_random_paragraphs_are_set_as_the_reference_sets_them(number: int, folder: Path) -> None:
    choose = Chooser(Seeded(f"paragraphs/{number}"))
    paragraphs = (
        f'<para style="text"{choose.attributes(LOOKS, 9)}>{inline(choose, moving=False)}</para>'
        for _ in range(choose.number(2, 5))
    )
    assert apart('<bookmark name="here"/>' + "".join(paragraphs), folder) == []
