"""Paragraphs of the compiled path: styles, breaking, parts over pages, structure, scripts."""

from __future__ import annotations

import pytest
from lxml import etree
from pressing import FILE, press, pressed, rml

from docgen.errors import TemplateError
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.layout.blocks import Document, Link, Node, Sheet
from docgen.render.pdf.layout.kept import Cache
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.paragraph import Paragraph
from docgen.render.pdf.layout.parastyle import SAMPLE, ParaStyle, read, read_span, with_attributes
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.story import BUILDERS
from docgen.render.pdf.layout.styles import Styles

SENTENCE = "The quick brown fox jumps over the lazy dog, and more words follow. "


def make_maker(styles: Styles | None = None) -> Maker:
    letters = Letters(load_fonts())
    known = styles or Styles()
    return Maker(Document(letters, "en"), known, letters, Store(), FILE, BUILDERS, Cache())


def build(text: str, maker: Maker | None = None) -> Paragraph:
    (block,) = (maker or make_maker()).build(etree.fromstring(text))
    assert isinstance(block, Paragraph)
    return block


def element(text: str) -> etree._Element:
    return etree.fromstring(text)


def nodes(node: Node) -> list[Node]:
    return [node, *(inner for kid in node.kids if isinstance(kid, Node) for inner in nodes(kid))]


def roles(story: str, styles: str = "") -> list[str]:
    return [node.role for node in nodes(pressed(rml(story, styles))[1].root)]


# --- styles -----------------------------------------------------------------------------------------


def test_a_style_takes_over_what_its_parent_says_but_for_what_the_reference_resets() -> None:
    styles = Styles()
    parent = read(element('<paraStyle name="a" fontSize="14" leftIndent="2cm" justifyBreaks="1"/>'), styles)
    styles.paragraphs["a"] = parent
    child = read(element('<paraStyle name="b" parent="a" alignment="centre"/>'), styles)
    assert (child.font_size, child.left_indent, child.alignment) == (14, pytest.approx(56.693, abs=1e-3), "center")
    assert (parent.justify_breaks, child.justify_breaks) == (True, False)


def test_equal_styles_are_one_object() -> None:
    first, second = (read(element('<paraStyle name="a" leading="15"/>'), Styles()) for _ in range(2))
    assert first is second
    assert with_attributes(first, [("leading", "15")], Styles()) is first


def test_a_span_style_says_only_what_it_says() -> None:
    style = read_span(element('<spanStyle name="s" textColor="red" underline="1"/>'), Styles())
    assert style.values["text_color"] == (1.0, 0.0, 0.0, 1.0)
    assert "font_size" not in style.values


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("alignment", "middle"), ("leading", "tall"), ("borderPadding", "1,2,3,4,5"), ("heading", "9"), ("strike", "x")],
)
def test_a_wrong_attribute_is_a_fault_that_names_it(attribute: str, value: str) -> None:
    with pytest.raises(TemplateError, match=attribute):
        build(f'<para {attribute}="{value}">Text</para>')


def test_an_unknown_style_is_a_fault_with_its_line() -> None:
    with pytest.raises(TemplateError, match=r'line 1: <para>: there is no style "body"'):
        build('<para style="body">Text</para>')


def test_the_sample_style_sheet_has_its_headings() -> None:
    assert SAMPLE["Heading2"].font_name == "Helvetica-Bold"
    assert isinstance(SAMPLE["Code"], ParaStyle)
    assert SAMPLE["Code"].left_indent == 36


# --- breaking ---------------------------------------------------------------------------------------


def test_white_space_is_one_space_and_none_at_the_ends() -> None:
    wide, narrow = build("<para>  a\n\t b  </para>"), build("<para>a b</para>")
    assert wide.wrap(200, 100) == narrow.wrap(200, 100) == (200, 12.0)


def test_an_empty_paragraph_has_no_height_and_a_break_has_a_line() -> None:
    assert build("<para> </para>").wrap(200, 100)[1] == 0
    assert build("<para><br/></para>").wrap(200, 100)[1] == 0
    assert build("<para>a<br/><br/>b</para>").wrap(200, 100)[1] == 36


def test_a_word_wider_than_the_frame_is_divided() -> None:
    assert build(f"<para>{'x' * 100}</para>").wrap(100, 100)[1] > 12
    assert build(f'<para splitLongWords="0">{"x" * 100}</para>').wrap(100, 100)[1] == 12


def test_a_hundred_thousand_letters_without_a_space_are_set() -> None:
    _, height = build(f"<para>{'x' * 100_000}</para>").wrap(300, 100)
    assert height > 12 * 1000


def test_words_are_divided_by_the_rules_of_their_language_where_asked() -> None:
    maker = make_maker()
    text = "Die Donaudampfschifffahrt und die Vertragsbedingungen"
    undivided = build(f'<para lang="de">{text}</para>', maker).wrap(102, 100)[1]
    divided = build(f'<para lang="de" hyphenation="yes">{text}</para>', maker).wrap(102, 100)[1]
    assert (undivided, divided) == (48, 36)


def test_a_soft_hyphen_is_printed_only_where_a_line_ends() -> None:
    maker = make_maker()
    whole = build("<para>Rechnungs\u00adbetrag</para>", maker)
    assert whole.wrap(200, 100)[1] == 12
    assert build("<para>Rechnungs\u00adbetrag</para>", maker).wrap(50, 100)[1] == 24


def test_the_widest_word_is_the_least_width() -> None:
    maker = make_maker()
    face = maker.letters.face("Helvetica")
    assert build("<para>a wider word</para>", maker).min_width() == pytest.approx(face.width("wider", 10))


# --- parts ------------------------------------------------------------------------------------------


def split(attributes: str, height: float, lines: int = 6) -> list[float]:
    block = build(f"<para {attributes}>{'<br/>'.join('line' for _ in range(lines))}</para>")
    block.wrap(200, 1000)
    return [part.wrap(200, 1000)[1] for part in block.split(200, height)]


def test_a_paragraph_is_split_between_lines() -> None:
    block = build(f"<para>{SENTENCE * 4}</para>")
    _, whole = block.wrap(200, 1000)
    first, second = block.split(200, 40)
    assert first.wrap(200, 1000)[1] == 36
    assert second.wrap(200, 1000)[1] == whole - 36


def test_one_line_alone_stays_at_no_foot_unless_it_may() -> None:
    assert split("", 20) == []
    assert split('allowOrphans="1"', 20)[0] == 12


def test_one_line_alone_gets_company_at_the_head_of_a_page_unless_it_may_go_alone() -> None:
    block = build(f'<para allowWidows="0">{SENTENCE * 4}</para>')
    _, height = block.wrap(200, 1000)
    first, second = block.split(200, height - 12)
    assert (first.wrap(200, 99)[1], second.wrap(200, 99)[1]) == (height - 24, 24)


def test_what_is_left_of_a_split_word_is_set_in_the_next_frame() -> None:
    block = build(f"<para>{'x' * 400}</para>")
    block.wrap(100, 1000)
    _, second = block.split(100, 30)
    narrow = second.wrap(100, 1000)[1]
    assert second.wrap(200, 1000)[1] < narrow


# --- structure --------------------------------------------------------------------------------------


def test_paragraphs_and_headings_are_named_in_the_structure() -> None:
    story = '<title>T</title><h2>A</h2><para>p</para><para heading="3">h</para>'
    assert roles(story) == ["Document", "H1", "H2", "P", "H3"]


def test_headings_are_noted_with_their_text() -> None:
    _, document = pressed(rml("<h1>One <b>two</b></h1><h3>Three</h3>"))
    assert [(heading.level, heading.title) for heading in document.headings] == [(1, "One two"), (3, "Three")]


def test_the_parts_of_a_split_paragraph_are_one_element() -> None:
    _, document = pressed(rml(f'<para style="text">{SENTENCE * 30}</para>'))
    (paragraph,) = document.root.kids
    assert isinstance(paragraph, Node)
    assert [kid[0] for kid in paragraph.kids if isinstance(kid, tuple)] == [0, 1]


def test_a_link_is_an_element_with_its_text_and_a_box_on_each_line() -> None:
    story = f'<para style="text">See <a href="https://example.com/">{SENTENCE}</a> now</para>'
    _, document = pressed(rml(story))
    (link,) = [node for node in nodes(document.root) if node.role == "Link"]
    boxes = [kid for kid in link.kids if isinstance(kid, Link)]
    assert len(boxes) == 2
    assert {box.target for box in boxes} == {"https://example.com/"}
    assert boxes[0].text.startswith("The quick brown fox")


def test_a_link_that_goes_on_overleaf_is_one_element() -> None:
    story = f'<para style="text">See <a href="https://example.com/">{SENTENCE * 30}</a> now</para>'
    _, document = pressed(rml(story))
    (link,) = [node for node in nodes(document.root) if node.role == "Link"]
    assert {kid.sheet for kid in link.kids if isinstance(kid, Link)} == {0, 1}


def test_dots_at_the_end_are_decoration() -> None:
    story = '<para style="text" endDots=".">One</para>'
    _, document = pressed(rml(story))
    assert [node.role for node in nodes(document.root)] == ["Document", "P"]
    assert len(document.sheets[0].marks) == 1


def test_a_language_of_its_own_is_noted() -> None:
    _, document = pressed(rml('<para style="text" lang="de">Guten Tag</para>'))
    assert [node.language for node in nodes(document.root)] == ["", "de"]


def test_decoration_gets_no_element() -> None:
    maker = make_maker()
    block = build("<para>Page</para>", maker)
    block.wrap(100, 100)
    sheet = maker.document.new_sheet(200, 200)
    with maker.document.decoration():
        block.draw(sheet, 10, 10)
    assert maker.document.root.kids == []
    assert sheet.out[0].startswith("/Artifact BMC")


def test_an_anchor_is_a_bookmark_of_the_document() -> None:
    _, document = pressed(rml('<para style="text">Go <a name="here"/>on</para>'))
    assert document.bookmarks["here"].sheet == 0


# --- what depends on the document -------------------------------------------------------------------


def test_numbers_count_in_the_order_of_the_story_and_anew_in_each_document() -> None:
    story = '<para style="text"><seq id="a"/> <seq id="a"/></para>'
    assert press(rml(story)) == press(rml(story))
    maker = make_maker()
    first, second = (build('<para><seq id="a"/></para>', maker) for _ in range(2))
    for block in (second, first, second):
        block.wrap(100, 100)
    assert [block._read().runs[0].text for block in (first, second)] == ["1", "2"]


def test_equal_paragraphs_share_their_lines() -> None:
    maker = make_maker()
    first, second = (build(f"<para>{SENTENCE}</para>", maker) for _ in range(2))
    first.wrap(200, 100), second.wrap(200, 100)
    assert first._broken is second._broken


def test_an_element_that_no_paragraph_holds_is_a_fault() -> None:
    block = build("<para>a <spacer length='3'/></para>")
    with pytest.raises(TemplateError, match="<spacer> cannot stand inside a paragraph"):
        block.wrap(100, 100)


# --- scripts ----------------------------------------------------------------------------------------


def put(text: str, attributes: str = "", width: float = 200) -> tuple[Document, Sheet]:
    maker = make_maker()
    block = build(f"<para {attributes}>{text}</para>", maker)
    block.wrap(width, 1000)
    sheet = maker.document.new_sheet(400, 400)
    block.draw(sheet, 0, 0)
    return maker.document, sheet


def test_a_character_that_no_font_has_is_noted_with_what_is_around_it() -> None:
    document, _ = put("A \U0001f980 crab")
    assert [(lack.char, lack.around) for lack in document.lacks] == [("\U0001f980", "A \U0001f980 crab")]


def test_what_a_font_lacks_is_said_with_the_name_the_author_wrote_and_the_text_across_markup() -> None:
    document, _ = put("the first of <b>two \U0001f980 crabs</b> on a beach", 'fontName="Courier"')
    assert [(lack.font, lack.around) for lack in document.lacks] == [
        ("Courier-Bold", "the first of two \U0001f980 crabs on a beach")
    ]


@pytest.mark.parametrize("attributes", ['bulletText="\U0001f980"', 'endDots="\U0001f980"', 'endDots="\u05d0"'])
def test_what_stands_beside_a_text_is_held_against_its_font_too(attributes: str) -> None:
    document, _ = put("text", attributes)
    assert [lack.char for lack in document.lacks] == [attributes[-2]]


def test_the_mark_of_a_paragraph_is_held_against_its_font() -> None:
    document, _ = put("<bullet>\U0001f980</bullet>text")
    assert [lack.char for lack in document.lacks] == ["\U0001f980"]


def test_text_from_right_to_left_stands_at_the_right() -> None:
    _, sheet = put("שלום עולם")
    x = float(sheet.out[0].split("1 0 0 1 ")[2].split()[0])
    assert x > 100


def test_kerning_moves_letters_together_where_asked() -> None:
    maker = make_maker()
    plain, kerned = build("<para>AVAWAVA</para>", maker), build('<para kerning="yes">AVAWAVA</para>', maker)
    assert kerned.min_width() < plain.min_width()


def test_thai_breaks_between_words_without_spaces() -> None:
    text = "สวัสดีชาวโลกนี่คือประโยคภาษาไทยที่ยาวพอที่จะขึ้นบรรทัดใหม่"
    maker = make_maker()
    block = build(f"<para>{text}</para>", maker)
    assert block.wrap(100, 1000)[1] > 24
    assert block._broken is not None
    assert "".join(run.text for line in block._broken.lines for run in line.runs) == text
