"""What is said of RML that means nothing: element, line, and what was meant, the same on both paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from rendering import make_context, rml_template

from docgen.errors import DocgenError
from docgen.model import Making
from docgen.render.pdf import prepare

PARA = '<para style="text">x</para>\n'
DRAWING = '<illustration width="100" height="100">%s</illustration>'
PIE = '<pieChart x="0" y="0" width="80" height="80" %s>%s</pieChart>'
CODE = '<barCodeFlowable code="%s" value="%s" barHeight="20"/>'
LONG = f'<blockTable style="table"><tr><td>{PARA * 80}</td></tr></blockTable>'

#: What is written on the lines from 8 on, the line of the fault, its element, what is said.
CASES = {
    "a picture too high": (PARA + '<spacer length="3"/>\n<img src="a.png" width="9" height="9000"/>', 10, "larger"),
    "a row too high": (f"{PARA}{LONG}", 9, "larger than the frame it stands in on page 2"),
    "the rest of a list": (f"{PARA}<ul><li>{LONG}</li></ul>", 9, "larger than the frame"),
    "a bookmark": ('<para style="text">x <a href="#en">y</a></para>', 8, '<a>: there is no bookmark "en"; set'),
    "a bookmark nearly": (
        '<bookmark name="end"/>\n<link destination="en">' + PARA + "</link>",
        9,
        '<link>: there is no bookmark "en"; did you mean "end"?',
    ),
    "a page template": (
        PARA + '<setNextTemplate name="mian"/><nextPage/>' + PARA,
        9,
        '<setNextTemplate>: there is no page template "mian"; did you mean "main"?',
    ),
    "a frame": (PARA + '<setNextFrame name="g"/><nextFrame/>', 9, '<setNextFrame>: there is no frame "g"; one of: f'),
    "a style": ('<para style="txet">x</para>', 8, '<para>: there is no style "txet"; did you mean "text"?'),
    "a table style": ('<blockTable style="tabel"/>', 8, 'there is no table style "tabel"; did you mean "table"?'),
    "a colour": ('<para textColor="dakrblue">x</para>', 8, '"dakrblue" is not a colour; did you mean "darkblue"?'),
    "a short code": ('<para><font color="#12345">x</font></para>', 8, '<font>: color: "#12345" is not a colour'),
    "a code of a fill": (DRAWING % '<fill color="#12345"/>', 8, '<fill>: color: "#12345" is not a colour'),
    "a number": ('<para textColor="12345">x</para>', 8, "is not a colour; write #14586A"),
    "a unit": ('<spacer length="3 mn"/>', 8, '"3 mn" is not a length; its unit is in, cm, mm, pt or px'),
    "no length": ('<spacer length="some"/>', 8, '"some" is not a length, such as 12, 4mm'),
    "figures": (DRAWING % PIE % ("", "<data><series>1 a</series></data>"), 8, '<series>: "a" is not a number'),
    "no series": (DRAWING % PIE % ("", "<data>1 2</data>"), 8, "<data>: it holds no numbers that a chart could show"),
    "a direction": (
        DRAWING % PIE % ('direction="round"', "<data><series>1</series></data>"),
        8,
        '<pieChart>: direction="round" is not known; one of: anticlockwise, clockwise',
    ),
    "a kind of code": (CODE % ("code129", "1"), 8, 'code="code129" is not known; did you mean "code128"?'),
    "no digits": (CODE % ("ean13", "12ab"), 8, 'a code of the kind ean13 cannot say "12ab"; it says 12 digits'),
    "no value": ('<barCodeFlowable code="code128"/>', 8, 'the attribute "value" is missing'),
    "nothing": ('<qr value=""/>', 8, "no QR code holds nothing"),
    "a picture": ('<img src="lgo.png" width="3" height="3"/>', 8, 'there is no file "lgo.png"; did you mean "logo'),
    "a wide table": (
        PARA + '<blockTable colWidths="500,500"><tr><td>x</td><td>y</td></tr></blockTable>',
        9,
        "<blockTable>: it is 353 mm wide and reaches over the right edge of the page, which is 210 mm wide",
    ),
    "a wide picture": (PARA + '<img src="a.png" width="900" height="9"/>', 9, "<img>: it is 317 mm wide and"),
    "a wide drawing": (
        PARA + '<illustration width="900" height="9"><rect x="0" y="0" width="9" height="9"/></illustration>',
        9,
        "<illustration>: it is 317 mm wide and",
    ),
    "at the right": (
        '<blockTable alignment="right" colWidths="500"><tr><td>x</td></tr></blockTable>', 8, "over the left edge",
    ),
    "in a list": (
        '<ul><li>\n<blockTable colWidths="900"><tr><td>x</td></tr></blockTable></li></ul>', 8, "<ul>: it is 317 mm",
    ),
    "no picture": ('<img src="sketch.svg" width="3" height="3"/>', 8, 'there is no file "sketch.svg"; one of: a.png'),
}  # fmt: skip


@pytest.mark.parametrize("engine", list(Making))
@pytest.mark.parametrize("case", CASES)
def test_a_fault_names_line_element_and_what_was_meant(case: str, engine: Making, tmp_path: Path):
    story, line, said = CASES[case]
    template = rml_template(tmp_path / "t", f"\n{story}")
    for name in ("a.png", "logo.png"):
        Image.new("RGB", (8, 4)).save(tmp_path / "t" / name)
    with pytest.raises(DocgenError) as caught:
        prepare(template, engine=engine).render(make_context({}))
    assert said in str(caught.value)
    assert caught.value.where is not None
    assert caught.value.where.line == line
    assert "0x" not in str(caught.value)
    assert "(file" not in str(caught.value)


def test_a_size_of_pages_that_is_not_known_names_what_was_meant(tmp_path: Path):
    template = rml_template(tmp_path / "t", PARA)
    body = tmp_path / "t" / "body.rml"
    body.write_text(body.read_text().replace('pagesize="A4"', 'pagesize="leter"'))
    with pytest.raises(DocgenError, match='line 2: <template>: "leter" is not a page size; did you mean "LETTER"'):
        prepare(template).render(make_context({}))


@pytest.mark.parametrize("engine", list(Making))
@pytest.mark.parametrize(
    "story",
    [
        '<blockTable colWidths="470"><tr><td>x</td></tr></blockTable>',
        '<blockTable alignment="left" colWidths="540"><tr><td>x</td></tr></blockTable>',
        '<spacer width="9000" length="1"/><para>x</para>',
        '<indent left="-50" right="-50"><para>x</para></indent>',
    ],
)
def test_what_is_wider_than_its_frame_may_stand_in_the_margin(story: str, engine: Making, tmp_path: Path):
    assert prepare(rml_template(tmp_path / "t", story), engine=engine).render(make_context({})).pages == 1
