"""Formatted text in Word documents: the template's styles, real lists, tables, and markup that Word reads."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree
from rendering import make_context, make_template, part, picture, saved, word

from docgen.errors import DocgenError, LimitExceeded
from docgen.model import Making
from docgen.render import docx as word_renderer

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NUMBERING = "word/numbering.xml"


def render(folder: Path, body: bytes, **values: object) -> bytes:
    template = make_template(folder, body, ".docx")
    return word_renderer.prepare(template).render(make_context(values)).content


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def bare(*paragraphs: str, numbering: bool = False) -> Any:
    """Return a document without any style but those that paragraphs and characters have by default."""
    document = docx.Document()
    for style in list(document.styles):
        if style.name not in ("Normal", "Default Paragraph Font"):
            style._element.getparent().remove(style._element)
    for name, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/numbering") and not numbering:
            del document.part.rels[name]
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def numbers(document: Any) -> list[tuple[str, str] | None]:
    """Return list and level of each paragraph that has some of its own."""
    found = []
    for paragraph in document.element.body.iter(f"{W}p"):
        node = paragraph.find(f"{W}pPr/{W}numPr")
        ids = (f"{W}ilvl", f"{W}numId")
        found.append(tuple(node.find(name).get(f"{W}val") for name in ids) if node is not None else None)
    return found


def starts(content: bytes) -> dict[str, dict[str, str]]:
    """Return the numbers that each list is told to begin with: list -> level -> number."""
    root = etree.fromstring(part(content, NUMBERING).encode())
    return {
        num.get(f"{W}numId"): {
            override.get(f"{W}ilvl"): override.find(f"{W}startOverride").get(f"{W}val")
            for override in num.iter(f"{W}lvlOverride")
        }
        for num in root.iter(f"{W}num")
    }


def level(content: bytes, num: str, at: str) -> etree._Element:
    root = etree.fromstring(part(content, NUMBERING).encode())
    (found,) = root.xpath(f"w:num[@w:numId={num}]/w:abstractNumId/@w:val", namespaces={"w": W[1:-1]})
    (node,) = root.xpath(f"w:abstractNum[@w:abstractNumId={found}]/w:lvl[@w:ilvl={at}]", namespaces={"w": W[1:-1]})
    return node


# --- lists ----------------------------------------------------------------------------------------


def test_every_numbered_list_begins_where_it_says(tmp_path: Path) -> None:
    text = "1. a\n2. b\n\ntext\n\n5. c\n6. d\n\ntext\n\n1. e"
    content = render(tmp_path / "t", saved(bare("{{ a|markdown }}")), a=text)
    first, second, text_between, third, fourth, _, fifth = numbers(opened(content))
    assert first == second
    assert text_between is None
    assert third == fourth
    lists = [found[1] for found in (first, third, fifth)]
    assert len(set(lists)) == 3
    assert [starts(content)[num]["0"] for num in lists] == ["1", "5", "1"]


def test_nested_lists_are_levels_with_numbers_of_another_kind(tmp_path: Path) -> None:
    text = "1. a\n   1. b\n      1. c\n         - d\n   2. e\n2. f\n   1. g"
    content = render(tmp_path / "t", saved(bare("{{ a|markdown }}")), a=text)
    a, b, c, d, e, f, g = numbers(opened(content))
    assert [found[0] for found in (a, b, c, d, e, f, g)] == ["0", "1", "2", "3", "1", "0", "1"]
    assert (a, b) == (f, e)
    assert b != g, "the second list of that level begins anew"
    formats = [level(content, num, at).find(f"{W}numFmt").get(f"{W}val") for at, num in (a, b, c, d)]
    assert formats == ["decimal", "lowerLetter", "lowerRoman", "bullet"]
    assert level(content, b[1], "1").find(f"{W}lvlText").get(f"{W}val") == "%2."


def test_lists_deeper_than_words_stay_on_its_last_level(tmp_path: Path) -> None:
    text = "\n".join("  " * depth + f"- {depth}" for depth in range(12))
    found = numbers(opened(render(tmp_path / "t", saved(bare("{{ a|markdown }}")), a=text)))
    assert [one[0] for one in found] == [*"012345678", "8", "8", "8"]


def test_a_part_for_lists_is_made_where_the_template_has_none(tmp_path: Path) -> None:
    content = render(tmp_path / "t", saved(bare("{{ a|markdown }}")), a="- a\n- b")
    assert f'PartName="/{NUMBERING}"' in part(content, "[Content_Types].xml")
    assert 'Target="numbering.xml"' in part(content, "word/_rels/document.xml.rels")
    root = etree.fromstring(part(content, NUMBERING).encode())
    assert [etree.QName(node).localname for node in root] == ["abstractNum", "num"]


def test_definitions_stand_before_lists_and_ids_are_free_where_there_are_some(tmp_path: Path) -> None:
    content = render(tmp_path / "t", saved(bare("{{ a|markdown }}", numbering=True)), a="- a\n\nx\n\n1. b")
    root = etree.fromstring(part(content, NUMBERING).encode())
    tags = [etree.QName(node).localname for node in root]
    assert tags == sorted(tags)
    for name, key in (("abstractNum", "abstractNumId"), ("num", "numId")):
        ids = [node.get(W + key) for node in root.iter(W + name)]
        assert len(ids) == len(set(ids))
    known = {node.get(f"{W}abstractNumId") for node in root.iter(f"{W}abstractNum")}
    assert {node.get(f"{W}val") for node in root.iterfind(f"{W}num/{W}abstractNumId")} <= known


def test_the_styles_of_the_template_for_lists_are_taken_with_their_numbers(tmp_path: Path) -> None:
    content = render(
        tmp_path / "t", word("{{ a|markdown }}"), a="4. a\n   - b\n     - c\n       - d\n         - e\n5. f"
    )
    made = opened(content)
    names = [paragraph.style.name for paragraph in made.paragraphs]
    assert names == ["List Number", "List Bullet 2", "List Bullet 3", "List Paragraph", "List Paragraph", "List Number"]
    found = numbers(made)
    assert found[0] == found[5]
    assert starts(content)[found[0][1]] == {"0": "4"}
    style = made.styles["List Bullet 2"].element.find(f"{W}pPr/{W}numPr/{W}numId").get(f"{W}val")
    assert found[1] == ("0", style), "bullets are the template's own"
    assert found[3][0] == "3"


def test_numbers_of_a_kind_that_the_style_has_not_are_written_all_the_same(tmp_path: Path) -> None:
    content = render(tmp_path / "t", word("{{ a|html }}"), a="<ol type=A start=3><li>x</ol>")
    ((at, num),) = filter(None, numbers(opened(content)))
    assert level(content, num, at).find(f"{W}numFmt").get(f"{W}val") == "upperLetter"
    assert starts(content)[num] == {at: "3"}


def test_what_is_below_an_items_first_line_stands_below_its_text(tmp_path: Path) -> None:
    content = render(tmp_path / "t", saved(bare("{{ a|markdown }}")), a="1. a\n\n   b\n\n       c\n2. - d")
    made = opened(content)
    assert [paragraph.text for paragraph in made.paragraphs] == ["a", "b", "c", "", "d"]
    assert [found is not None for found in numbers(made)] == [True, False, False, True, True]
    assert [paragraph.paragraph_format.left_indent.twips for paragraph in made.paragraphs[:3]] == [360, 360, 360]


def test_lists_of_many_values_are_apart(tmp_path: Path) -> None:
    body = word("{% for x in xs %}{{ x|markdown }}{% endfor %}", "{{ xs[0]|markdown }}")
    content = render(tmp_path / "t", body, xs=["1. a", "1. b\n2. c"])
    a, b, c, again = [found for found in numbers(opened(content)) if found]
    assert b == c
    assert len({a, b, again}) == 3


def test_the_number_looks_as_its_text(tmp_path: Path) -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("{{ a|markdown }}")
    run.font.size, run.font.name = Pt(8), "Carlito"
    made = opened(render(tmp_path / "t", saved(document), a="1. **a**"))
    mark = made.paragraphs[0]._p.pPr.find(f"{W}rPr")
    assert mark.find(f"{W}sz").get(f"{W}val") == "16"
    assert mark.find(f"{W}b") is None


# --- where it stands ------------------------------------------------------------------------------


def test_a_first_paragraph_goes_on_where_the_sentence_began(tmp_path: Path) -> None:
    made = opened(render(tmp_path / "t", word("Note: {{ a|markdown }}", "after"), a="one\n\ntwo"))
    assert [paragraph.text for paragraph in made.paragraphs] == ["Note: one", "two", "after"]


def test_a_numbered_clause_keeps_its_number_and_what_follows_has_none(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("{{ a|markdown }}", style="List Number")
    made = opened(render(tmp_path / "t", saved(document), a="one\n\ntwo\n\n- x"))
    first, second, third = made.paragraphs
    assert first._p.pPr.numPr is None, "the style numbers it"
    assert second.style.name == "List Number"
    assert second._p.pPr.numPr.numId.val == 0
    assert second.paragraph_format.left_indent.twips == 360
    assert third.style.name == "List Bullet"


def test_paragraphs_keep_the_look_of_the_one_around_the_tag_and_only_the_first_begins_a_page(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("{{ a|markdown }}", style="Body Text")
    paragraph.paragraph_format.page_break_before = True
    paragraph.paragraph_format.left_indent = Mm(10)
    made = opened(render(tmp_path / "t", saved(document), a="one\n\ntwo\n\n- x"))
    assert [one.style.name for one in made.paragraphs] == ["Body Text", "Body Text", "List Bullet"]
    assert [bool(one.paragraph_format.page_break_before) for one in made.paragraphs] == [True, False, False]
    assert all(one.paragraph_format.left_indent >= Mm(9.9) for one in made.paragraphs)


@pytest.mark.parametrize("text", ["|a|\n|-|\n|b|\n", "- a", "a\n\nb", "a", "# a", "", "> a", "---"])
def test_a_cell_ends_in_a_paragraph_whatever_is_put_in(tmp_path: Path, text: str) -> None:
    document = docx.Document()
    document.add_table(1, 2).cell(0, 1).text = "{{ a|markdown }}"
    content = render(tmp_path / "t", saved(document), a=text)
    for cell in opened(content).element.body.iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p"


def test_headers_footers_and_notes_take_lists_and_links(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ a|markdown }}"
    document.sections[0].footer.paragraphs[0].text = "{{ a|html }}"
    made = opened(render(tmp_path / "t", saved(document), a="[x](https://example.com)\n\n- b"))
    header, footer = made.sections[0].header, made.sections[0].footer
    assert [paragraph.text for paragraph in header.paragraphs] == ["x", "b"]
    assert header.paragraphs[0].hyperlinks[0].address == "https://example.com"
    assert header.paragraphs[1]._p.pPr.numPr is not None
    assert footer.paragraphs[0].text == "[x](https://example.com) - b"


@pytest.mark.parametrize("tag", ["{{r a|html }}", "{{p a|html }}", "{{ a|html }}"])
def test_docxtpls_prefixes_work(tmp_path: Path, tag: str) -> None:
    made = opened(render(tmp_path / "t", word("before", tag, "after"), a="<b>x</b><table><tr><td>y</table>"))
    body = [etree.QName(node).localname for node in made.element.body]
    assert [paragraph.text for paragraph in made.paragraphs if paragraph.text] == ["before", "x", "after"]
    assert body.count("tbl") == 1
    assert made.tables[0].cell(0, 0).text == "y"


# --- styles ---------------------------------------------------------------------------------------


def test_blocks_take_the_styles_that_word_has_for_them(tmp_path: Path) -> None:
    text = "## a\n\n> b\n\n```\nc\nd\n```\n\n[e](https://example.com)"
    document = docx.Document()
    document.styles.add_style("Hyperlink", 2)
    document.add_paragraph("{{ a|markdown }}")
    made = opened(render(tmp_path / "t", saved(document), a=text))
    assert [one.style.name for one in made.paragraphs] == ["Heading 2", "Quote", "macro", "Normal"]
    assert made.paragraphs[2].text == "c\nd"
    link = made.paragraphs[3].hyperlinks[0]
    assert link.runs[0].style.name == "Hyperlink"
    assert made.paragraphs[3]._p.findall(f"{W}r") == []


def test_without_styles_blocks_are_set_plainly(tmp_path: Path) -> None:
    text = "# a\n\n> b\n\n```\nc\n```\n\n[e](https://example.com) `f`\n\n---"
    made = opened(render(tmp_path / "t", saved(bare("{{ a|markdown }}")), a=text))
    heading, quote, code, line, rule = made.paragraphs
    assert heading.runs[0].bold
    assert heading.runs[0].font.size > Pt(14)
    assert heading._p.pPr.find(f"{W}outlineLvl").get(f"{W}val") == "0"
    assert quote.paragraph_format.left_indent.twips == 567
    assert code.runs[0].font.name == "Courier New"
    assert line.hyperlinks[0].runs[0].underline
    assert line.runs[-1].font.name == "Courier New"
    assert rule._p.pPr.find(f"{W}pBdr/{W}bottom") is not None


def test_a_heading_looks_as_its_style_says_not_as_the_tag(tmp_path: Path) -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("{{ a|markdown }}")
    run.font.size, run.italic = Pt(8), True
    heading, text = opened(render(tmp_path / "t", saved(document), a="# a *b*\n\nc")).paragraphs
    assert [run.font.size for run in heading.runs] == [None, None]
    assert [bool(run.italic) for run in heading.runs] == [False, True]
    assert (text.runs[0].font.size, text.runs[0].italic) == (Pt(8), True)


def test_every_look_of_a_piece_is_written(tmp_path: Path) -> None:
    text = '<b>a</b><i>b</i><u>c</u><s>d</s><sub>e</sub><sup>f</sup><span style="color:#b00020">g</span><code>h</code>'
    runs = opened(render(tmp_path / "t", word("{{ a|html }}"), a=text)).paragraphs[0].runs
    a, b, c, d, e, f, g, h = runs
    assert (a.bold, b.italic, c.underline, d.font.strike) == (True, True, True, True)
    assert (e.font.subscript, f.font.superscript, str(g.font.color.rgb)) == (True, True, "B00020")
    assert h.font.name == "Courier New"


def test_neighbours_with_one_address_are_one_link_and_a_link_in_a_link_is_text(tmp_path: Path) -> None:
    text = '<a href="https://example.com/a">x <b>y</b></a> <a href="https://example.com/b">z</a>'
    made = opened(render(tmp_path / "t", word("{{ a|html }}"), a=text)).paragraphs[0]
    assert [(link.address, link.text) for link in made.hyperlinks] == [
        ("https://example.com/a", "x y"),
        ("https://example.com/b", "z"),
    ]
    document = docx.Document()
    paragraph = document.add_paragraph()
    link = etree.SubElement(paragraph._p, f"{W}hyperlink")
    link.set(f"{W}anchor", "x")
    link.append(paragraph.add_run("{{ a|html }}")._r)
    made = opened(render(tmp_path / "u", saved(document), a=text))
    assert len(list(made.element.body.iter(f"{W}hyperlink"))) == 1
    assert made.paragraphs[0].text == "x y z"


# --- tables ---------------------------------------------------------------------------------------

TABLE = "|a|b|\n|:-|-:|\n|1|**2**|\n"


def test_tables_fill_the_text_column_and_repeat_their_head(tmp_path: Path) -> None:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.left_margin, section.right_margin = Mm(210), Mm(25), Mm(20)
    document.add_paragraph("{{ a|markdown }}")
    (table,) = opened(render(tmp_path / "t", saved(document), a=TABLE)).tables
    assert table.style.name == "Table Grid"
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(165), abs=1300)
    assert [bool(row._tr.trPr.findall(f"{W}tblHeader")) for row in table.rows] == [True, False]
    assert table.cell(0, 0).paragraphs[0].runs[0].bold
    assert table.cell(1, 1).paragraphs[0].alignment == 2
    assert table.cell(1, 1).paragraphs[0].runs[0].bold
    assert not table.cell(1, 0).paragraphs[0].runs[0].bold


def test_tables_within_cells_are_as_wide_as_these(tmp_path: Path) -> None:
    document = docx.Document()
    cell = document.add_table(1, 2).cell(0, 1)
    cell.width = Mm(60)
    cell.text = "{{ a|markdown }}"
    made = opened(render(tmp_path / "t", saved(document), a=TABLE))
    (inner,) = made.tables[0].cell(0, 1).tables
    assert sum(column.width for column in inner.columns) == pytest.approx(Mm(60) - 216 * 635, abs=1300)


def test_spans_over_rows_and_columns_are_words(tmp_path: Path) -> None:
    text = "<table><tr><th>a<th colspan=2>b<tr><td rowspan=2>c<td>d<td>e<tr><td>f<td><table><tr><td>g</table></table>"
    (table,) = opened(render(tmp_path / "t", word("{{ a|html }}"), a=text)).tables
    assert [cell.text for cell in table.rows[0].cells] == ["a", "b", "b"]
    assert [cell.text for cell in table.columns[0].cells] == ["a", "c", "c"]
    assert table.cell(2, 2).tables[0].cell(0, 0).text == "g"
    assert [node.get(f"{W}val") for node in table._tbl.iter(f"{W}vMerge")] == ["restart", None]


def test_tables_take_the_authors_own_style_and_hairlines_where_there_is_none(tmp_path: Path) -> None:
    document = docx.Document()
    document.styles.add_style("Our Table", 3)
    document.add_paragraph("{{ a|markdown }}")
    assert opened(render(tmp_path / "t", saved(document), a=TABLE)).tables[0].style.name == "Our Table"
    (table,) = opened(render(tmp_path / "u", saved(bare("{{ a|markdown }}")), a=TABLE)).tables
    borders = table._tbl.tblPr.find(f"{W}tblBorders")
    assert [etree.QName(node).localname for node in borders] == ["top", "bottom", "insideH"]


def test_tables_one_after_the_other_do_not_grow_together(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_table(1, 1)
    document.add_paragraph("{{ a|markdown }}")
    document.add_table(1, 1)
    made = opened(render(tmp_path / "t", saved(document), a=f"x\n\n{TABLE}\n\n{TABLE}"))
    tags = [etree.QName(node).localname for node in made.element.body]
    assert tags == ["tbl", "p", "tbl", "p", "tbl", "p", "tbl", "sectPr"]
    made = opened(render(tmp_path / "t", saved(document), a=TABLE))
    tags = [etree.QName(node).localname for node in made.element.body]
    assert tags == ["tbl", "p", "tbl", "p", "tbl", "sectPr"]


# --- pictures -------------------------------------------------------------------------------------


def test_pictures_of_the_folder_and_of_the_text_are_shown_and_no_wider_than_the_text(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "wide.png", (3000, 100))
    gif = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    text = f'<img src="wide.png" alt="Plan"><img src="{gif}" width="40"><img src="https://a.test/x.png" alt="shop">'
    made = opened(render(folder, word("{{ a|html }}"), a=text))
    wide, small = made.inline_shapes
    section = made.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    assert wide.width == pytest.approx(room, abs=40_000)
    assert small.width.mm == pytest.approx(40 * 25.4 / 96, abs=0.1)
    assert [node.get("descr") for node in made.element.iter("{*}docPr")] == ["Plan", ""]
    assert [(link.text, link.address) for link in made.paragraphs[0].hyperlinks] == [("shop", "https://a.test/x.png")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("![x](no.png)", 'there is no picture "no.png"'),
        ("![x](../t2/a.png)", "outside the template's folder"),
        ("![x](data:image/png;base64,AAAA)", "is not a picture"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_a_fault_at_its_tag(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DocgenError, match=problem) as caught:
        render(tmp_path / "t", word("x", "{{ a|markdown }}"), a=text)
    assert caught.value.where is not None
    assert caught.value.where.path == ("text", "paragraph 2")


def test_text_that_is_too_much_is_a_fault_at_its_tag(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded) as caught:
        render(tmp_path / "t", word("x", "{{ a|html }}"), a="<blockquote>" * 100 + "x")
    assert caught.value.where is not None
    assert caught.value.where.path == ("text", "paragraph 2")


# --- markup ---------------------------------------------------------------------------------------

PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs bidi "
    "spacing ind contextualSpacing jc outlineLvl rPr"
)
RUN = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike noProof color spacing w kern position sz szCs highlight u "
    "vertAlign rtl cs lang"
)
CELL = "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign"
FRAME = "tblStyle bidiVisual tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook"
ALL = """# h

a **b** [*c*](https://example.com) `d` ~~e~~

1. f

   g
   - h

     > i

|j|k|
|-|-:|
|l|m|

> n
>
> 1. o

```
p
```

---
"""


@pytest.mark.parametrize("styled", [True, False])
def test_all_elements_stand_in_the_order_that_word_wants(tmp_path: Path, styled: bool) -> None:
    document = docx.Document() if styled else bare()
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.alignment, paragraph.paragraph_format.space_after = 3, Pt(3)
    paragraph.paragraph_format.left_indent, paragraph.paragraph_format.keep_with_next = Mm(5), True
    run = paragraph.add_run("{{ a|markdown }}")
    run.font.size, run.font.underline, run.font.name = Pt(9), True, "Carlito"
    body = opened(render(tmp_path / "t", saved(document), a=ALL)).element.body
    for name, order in (("pPr", PARAGRAPH), ("rPr", RUN), ("tcPr", CELL), ("tblPr", FRAME)):
        for node in body.iter(W + name):
            tags = [etree.QName(child).localname for child in node]
            ranks = [order.split().index(tag) for tag in tags]
            assert ranks == sorted(set(ranks)), (name, tags)


def test_tables_of_right_to_left_text_begin_on_the_right(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("{{ a|markdown }}")
    etree.SubElement(paragraph._p.get_or_add_pPr(), qn("w:bidi"))
    made = opened(render(tmp_path / "t", saved(document), a=f"{TABLE}\n\n- א"))
    assert made.tables[0]._tbl.tblPr.find(f"{W}bidiVisual") is not None
    assert made.paragraphs[-1]._p.pPr.find(f"{W}bidi") is not None


def test_the_same_text_gives_the_same_bytes_and_the_same_document_through_docxtpl(tmp_path: Path) -> None:
    first, second = (render(tmp_path / "t", word("{{ a|markdown }}"), a=ALL) for _ in range(2))
    assert first == second
    template = make_template(tmp_path / "t", word("{{ a|markdown }}"), ".docx")
    reference = word_renderer.prepare(template, engine=Making.REFERENCE).render(make_context({"a": ALL})).content
    for name in ("word/document.xml", NUMBERING):
        one, other = (
            etree.tostring(etree.fromstring(part(made, name).encode()), method="c14n") for made in (first, reference)
        )
        assert one == other
