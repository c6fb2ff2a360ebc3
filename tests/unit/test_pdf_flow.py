"""The flow of stories on the compiled path: what readers hear, in which order; names, outlines, faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree
from pressing import pressed, referred, rml

from docgen.errors import TemplateError
from docgen.render.body import words
from docgen.render.pdf import compiled
from docgen.render.pdf.drawing import graphics
from docgen.render.pdf.elements import OWN_ELEMENTS
from docgen.render.pdf.layout import sheetstyles, story, tablestyle
from docgen.render.pdf.layout.blocks import Document, Link, Node
from docgen.render.pdf.layout.flow import lay_out
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.safety import ALLOWED, INLINE

TEXT = '<para style="text">{}</para>'
TOTAL = '<namedString id="total"><pageNumber/></namedString>'
OF = '<drawString x="50" y="30">of <getName id="total" default="1"/></drawString>'
LONG = TEXT.format("word " * 900)


def roles(node: Node) -> str:
    """Return the roles of a tree: `L(LI(Lbl LBody(P)))`."""
    inner = " ".join(roles(kid) for kid in node.kids if isinstance(kid, Node))
    return f"{node.role}({inner})" if inner else node.role


def marks(node: Node) -> Iterator[tuple[int, int]]:
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from marks(kid)
        elif not isinstance(kid, Link):
            yield kid


def laid_out(body: str, styles: str = "", drawn: str = "") -> Document:
    return pressed(rml(body, styles, drawn))[1]


# --- structure ------------------------------------------------------------------------------------


def test_a_list_is_read_as_items_with_labels_and_bodies() -> None:
    item = f"<li>{TEXT.format('one')}</li>"
    document = laid_out(f'<ol bulletType="a">{item}<li>{TEXT.format("two")}<ul>{item}</ul></li></ol>')

    assert roles(document.root) == "Document(L(LI(Lbl LBody(P)) LI(Lbl LBody(P L(LI(Lbl LBody(P)))))))"
    outer = document.root.kids[0]
    assert isinstance(outer, Node)
    assert outer.attributes["ListNumbering"] == "LowerAlpha"


def test_an_item_on_two_pages_stays_one_item() -> None:
    document = laid_out(f"<ul><li>{LONG}</li></ul>")

    assert len(document.sheets) > 1
    assert roles(document.root) == "Document(L(LI(Lbl LBody(P))))"
    assert {sheet for sheet, _ in marks(document.root)} == set(range(len(document.sheets)))


def test_graphics_of_the_first_page_are_read_before_the_story_and_below_the_frames_after_it() -> None:
    drawn = '<drawString x="50" y="480">to</drawString><drawString x="50" y="20">bank</drawString>'
    document = laid_out(TEXT.format("story"), drawn=drawn)

    # Drawn first, last and second.
    assert list(marks(document.root)) == [(0, 0), (0, 2), (0, 1)]


def test_graphics_of_later_pages_are_decoration() -> None:
    document = laid_out(
        f"{TEXT.format('a')}<nextPage/>{TEXT.format('b')}", drawn='<drawString x="5" y="9">x</drawString>'
    )

    assert [len(sheet.marks) for sheet in document.sheets] == [2, 1]


TWO_KINDS = """<document filename="x.pdf" title="An order"><template pagesize="(400, 500)">
<pageTemplate id="one"><pageGraphics><drawString x="20" y="480">Ahorn Ltd</drawString></pageGraphics>
<frame id="f" x1="50" y1="50" width="300" height="400"/></pageTemplate>
<pageTemplate id="terms"><pageGraphics>{}</pageGraphics>
<frame id="f" x1="50" y1="50" width="300" height="300"/></pageTemplate></template><stylesheet/>
<story><para>one</para><setNextTemplate name="terms"/><nextPage/><para>two</para><nextPage/><para>three</para>
<namedString id="end">3</namedString></story></document>"""


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ('<drawString x="20" y="480">Terms for Ms Ash</drawString>', "0.0 0.1 1.0 1.1 2.0"),
        ('<drawString x="20" y="480">Ends on <getName id="end" default=""/></drawString>', "0.0 0.1 1.1 1.0 2.0"),
        ('<place x="20" y="400" width="300" height="60"><para>Yours alone</para></place>', "0.0 0.1 1.0 1.1 2.0"),
        ('<drawString x="20" y="20">At the foot</drawString>', "0.0 0.1 1.1 2.0 1.0"),
        ('<drawString x="20" y="480">Ahorn  Ltd</drawString>', "0.0 0.1 1.0 2.0"),
        ('<drawString x="20" y="480">An order</drawString>', "0.0 0.1 1.0 2.0"),
        ('<drawString x="20" y="20">Page <pageNumber/></drawString>', "0.0 0.1 1.0 2.0"),
        (
            '<place x="20" y="20" width="300" height="30"><para>Page <pageNumber/></para></place>',
            "0.0 0.1 1.0 2.0",
        ),
    ],
)
def test_graphics_are_read_the_first_time_their_page_template_is_used(drawn: str, read: str) -> None:
    document = pressed(TWO_KINDS.format(drawn))[1]

    assert " ".join(f"{sheet}.{mark}" for sheet, mark in marks(document.root)) == read
    known = sorted((sheet.number, mark) for sheet in document.sheets for mark in range(len(sheet.marks)))
    assert sorted(marks(document.root)) == known


def test_every_mark_of_a_page_belongs_to_one_element() -> None:
    document = laid_out(f"<ul><li>{LONG}</li></ul><h1>H</h1>{LONG}", drawn=OF)

    known = sorted((sheet.number, mark) for sheet in document.sheets for mark in range(len(sheet.marks)))
    assert sorted(marks(document.root)) == known


def test_what_is_turned_over_is_decoration() -> None:
    body = f"<pto><pto_trailer>{TEXT.format('over')}</pto_trailer>{LONG}{LONG}</pto>"
    document = laid_out(body)

    assert len(document.sheets) > 1
    assert roles(document.root) == "Document(P P)"


# --- names and outlines ---------------------------------------------------------------------------


def test_page_x_of_y_takes_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []

    def counted(root: etree._Element, maker: Maker) -> None:
        passes.append(root)
        lay_out(root, maker)

    monkeypatch.setattr(compiled, "lay_out", counted)
    document = laid_out(f"{LONG}{LONG}{TOTAL}", drawn=OF)

    assert len(passes) == 1
    assert document.names["total"] == str(len(document.sheets))


def test_a_name_in_the_story_takes_a_second_pass_only_where_it_changes_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes = []

    def counted(root: etree._Element, maker: Maker) -> None:
        passes.append(root)
        lay_out(root, maker)

    monkeypatch.setattr(compiled, "lay_out", counted)
    asks = TEXT.format('<getName id="total" default="1"/>')

    laid_out(f"{asks}{TOTAL}")
    assert len(passes) == 1
    laid_out(f"{asks}{LONG}{LONG}{TOTAL}")
    assert len(passes) == 3


def test_passes_go_on_until_what_is_printed_holds() -> None:
    long_name = '<namedString id="total">the total of all pages here is <pageNumber/></namedString>'
    asks = TEXT.format('<getName id="total" default=""/> ' * 7)
    document = laid_out(asks * 29 + long_name)

    assert document.named["total"].endswith(f" {len(document.sheets)}")
    assert document.asked == {("total", document.named["total"])}


def test_what_never_holds_ends_after_four_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []

    def counted(root: etree._Element, maker: Maker) -> None:
        passes.append(root)
        lay_out(root, maker)

    monkeypatch.setattr(compiled, "lay_out", counted)
    longer = '<namedString id="a"><getName id="a" default=""/>x</namedString>'
    document = laid_out(TEXT.format('<getName id="a" default=""/>') + longer)

    assert len(passes) == 4
    assert document.named["a"] == "xxxx"


def test_headings_make_an_outline_whose_levels_close_up() -> None:
    document = laid_out("<h1>One</h1><h3>Deep</h3><nextPage/><h2>Two</h2>")

    assert [(entry.title, entry.level) for entry in document.outline] == [("One", 0), ("Deep", 1), ("Two", 1)]
    assert [document.bookmarks[entry.bookmark].sheet for entry in document.outline] == [0, 0, 1]


def test_an_outline_of_the_author_stands_alone() -> None:
    document = laid_out("<h1>One</h1><outlineAdd>Mine</outlineAdd><nextPage/><h1>Two</h1>")

    assert [entry.title for entry in document.outline] == ["Mine"]


def test_one_page_needs_no_outline() -> None:
    assert laid_out("<h1>One</h1>").outline == []


def test_a_colour_with_alpha_is_seen_through_on_pages() -> None:
    named = '<initialize><color id="veil" RGB="#FF0000" alpha="0.25"/></initialize>'
    drawn = '<fill color="veil"/><rect x="1" y="1" width="9" height="9" fill="1" stroke="0"/>'
    sheet = laid_out(TEXT.format("a"), named, drawn).sheets[0]

    assert any(name.startswith("Gs") for name in sheet.resources)
    assert "1 0 0 rg" in "".join(sheet.out)


@pytest.mark.parametrize("names", ["veil white", "white,veil"])
def test_a_colour_with_alpha_may_stand_in_a_list(names: str) -> None:
    styles = (
        '<initialize><color id="veil" RGB="#FF0000" alpha="0.25"/></initialize><blockTableStyle id="t">'
        f'<blockRowBackground colorNames="{names}" start="0,0" stop="-1,-1"/></blockTableStyle>'
    )
    sheet = laid_out('<blockTable style="t"><tr><td>a</td></tr><tr><td>b</td></tr></blockTable>', styles).sheets[0]

    assert any(name.startswith("Gs") for name in sheet.resources)


def test_an_alpha_that_is_no_share_is_a_fault() -> None:
    with pytest.raises(TemplateError, match="not a share"):
        laid_out(TEXT.format("a"), '<initialize><color id="veil" RGB="#FF0000" alpha="2"/></initialize>')


def test_the_box_of_a_link_is_dashed() -> None:
    link = '<link url="https://example.com" boxStrokeWidth="1" boxStrokeDashArray="3,2">{}</link>'
    assert "[3 2] 0 d" in "".join(laid_out(link.format(TEXT.format("a"))).sheets[0].out)


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '<spacer length="500"/>',
        "<nextPage/>" * 12,
        f'<keepInFrame maxHeight="20" onOverflow="error">{LONG}</keepInFrame>',
    ],
)
def test_what_no_frame_has_room_for_is_the_same_fault_on_both_paths(body: str) -> None:
    with pytest.raises(TemplateError) as ours:
        laid_out(body)
    with pytest.raises(TemplateError) as theirs:
        referred(rml(body))

    assert (ours.value.problem, ours.value.hint) == (theirs.value.problem, theirs.value.hint)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<setNextTemplate name="no"/>', '<setNextTemplate>: there is no page template "no"'),
        ('<nextFrame name="no"/>', '<nextFrame>: there is no frame "no"'),
        ("<spacer/>", '<spacer>: the attribute "length" is missing'),
        ('<hr width="broad"/>', '<hr>: "broad" is not a length, such as 12, 4mm, 1.5cm or 0.5in'),
        ("<li/>", "<li> cannot stand inside <story>"),
        ('<ul value="star"/>', '<ul>: "star" is no bullet'),
        ("<ul><spacer/></ul>", "<spacer> cannot stand inside <ul>"),
        ('<ol bulletType="i"><li value="4000"><hr/></li></ol>', "<li>: 4000 cannot be written in Roman numerals"),
        ("<keepTogether><nextFrame/></keepTogether>", "a frame cannot end inside <keepTogether>"),
        ("<topPadder/>", "<topPadder>: there is nothing in it"),
        ("<link><hr/></link>", "<link>: it needs a url or a destination"),
        (
            f'<storyPlace x="1" y="1" width="9" height="9">{LONG}</storyPlace>',
            "there is not enough room for what stands here",
        ),
        ("<indent><pto/></indent>", "<pto> stands only in the story itself"),
    ],
)  # fmt: skip
def test_a_fault_names_the_element_and_says_what_is_wrong(body: str, problem: str) -> None:
    with pytest.raises(TemplateError) as fault:
        laid_out(body)

    assert fault.value.problem == problem


def test_items_kept_with_the_next_end() -> None:
    kept = '<paraStyle name="kept" parent="text" keepWithNext="1"/>'
    items = f'<li><para style="kept">{"word " * 60}</para></li>' * 14

    assert len(laid_out(f"<ul>{items}</ul>", kept).sheets) > 1


KEPT = '<para style="text" keepWithNext="1">Heading</para>'


def headed_page(room_above: int, rows: int = 30) -> int:
    """Return the page, from 0, on which a heading before a table stands."""
    table = f'<blockTable colWidths="90" repeatRows="1">{"<tr><td>row</td></tr>" * rows}</blockTable>'
    document = laid_out(f'<para style="text">x</para><spacer length="{room_above}"/>{KEPT}{table}')
    heading = next(node for node in document.root.kids[1:] if isinstance(node, Node) and node.role == "P")
    return next(marks(heading))[0]


def test_a_heading_before_a_long_table_stays_where_its_first_rows_have_room() -> None:
    assert headed_page(300) == 0


def test_a_heading_goes_with_the_whole_of_a_short_table() -> None:
    assert headed_page(300, rows=8) == 1


def test_a_heading_before_a_long_table_goes_with_it_where_only_its_repeated_row_has_room() -> None:
    assert headed_page(340) == 1


def test_what_is_kept_together_within_another_stays_where_there_is_room() -> None:
    inner = f"<keepTogether>{TEXT.format('inner')}</keepTogether>"

    assert len(laid_out(f"{TEXT.format('x')}<keepTogether>{TEXT.format('outer')}{inner}</keepTogether>").sheets) == 1


def test_an_empty_story_is_a_page() -> None:
    assert len(laid_out("").sheets) == 1


# --- which elements -------------------------------------------------------------------------------


#: What stands only within an element that knows it.
PARTS = words(
    """
    document template pageTemplate pageGraphics header footer frame story li tr td bulkData pto_header pto_trailer
    moveto curveto curvesto
    bar barLabels bars categoryAxis categoryNames data label labels line lineLabels pointer series slice slices spoke
    spokeLabels spokes strand strandLabels strands text texts valueAxis xValueAxis yValueAxis
    """
)


def test_every_element_of_rml_is_laid_out_or_left_to_the_reference() -> None:
    known = story.BUILDERS.keys() | graphics.ELEMENTS | sheetstyles.ELEMENTS | tablestyle._READERS.keys()

    assert ALLOWED - known - PARTS - INLINE - OWN_ELEMENTS == story.REFERENCE_ONLY - INLINE
    assert story.lays_out(known | PARTS)
