"""Formatted text as values: what Markdown and HTML become, what is left out, and what is too much."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import make_context, make_template

from docgen.errors import LimitExceeded
from docgen.prose import (
    Break,
    Cell,
    Code,
    Heading,
    Item,
    Listing,
    Look,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Table,
    Text,
    parse_html,
    parse_markdown,
    to_html,
    to_text,
)
from docgen.prose.model import Meter, pieces
from docgen.prose.numerals import number_text
from docgen.prose.tables import column_shares, lay_out, make_table
from docgen.render.text import prepare_html

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def said(prose: Prose) -> str:
    """Return all text of blocks, blanks made one."""
    texts = [piece.text if isinstance(piece, Text) else " " for piece in pieces(prose)]
    return " ".join("".join(texts).split())


def paragraph(text: str, **more: object) -> Paragraph:
    return Paragraph((Text(text, **more),))  # type: ignore[arg-type]


# --- Markdown -------------------------------------------------------------------------------------


def test_markdown_becomes_blocks() -> None:
    text = "# T\n\na\nb\n\n3. x\n   - y\n4. z\n\n> q\n\n```py\nif a < b:\n    c\n```\n\n***"
    assert parse_markdown(text) == (
        Heading(1, (Text("T"),)),
        paragraph("a b"),
        Listing(
            (
                Item((paragraph("x"), Listing((Item((paragraph("y"),)),)))),
                Item((paragraph("z"),)),
            ),
            ordered=True,
            start=3,
        ),
        Quote((paragraph("q"),)),
        Code("if a < b:\n    c"),
        Rule(),
    )


def test_marks_in_a_line_of_markdown_are_looks() -> None:
    (block,) = parse_markdown("a **b *c*** ~~d~~ `e*` \\\nf")
    assert isinstance(block, Paragraph)
    assert block.content == (
        Text("a "),
        Text("b ", Look(bold=True)),
        Text("c", Look(bold=True, italic=True)),
        Text(" "),
        Text("d", Look(strike=True)),
        Text(" "),
        Text("e*", Look(code=True)),
        Text(" "),
        Break(),
        Text("f"),
    )


def test_html_in_markdown_is_text() -> None:
    assert said(parse_markdown("<script>x</script> <b>y</b>\n\n<div>\n")) == "<script>x</script> <b>y</b><div>"


def test_tables_of_markdown_have_a_head_and_aligned_columns() -> None:
    (table,) = parse_markdown("|a|b|c|\n|-|:-:|-:|\n|1|**2**|3|\n|4|\n")
    assert isinstance(table, Table)
    assert table.head == 1
    assert [cell.header for cell in table.rows[0]] == [True] * 3
    assert [cell.align for cell in table.rows[1]] == ["", "center", "right"]
    assert [len(row) for row in table.rows] == [3, 3, 3]
    assert table.rows[2][1].blocks == ()


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.com/a?b=1&c=2", "https://example.com/a?b=1&c=2"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("mailto:jo@example.com", "mailto:jo@example.com"),
        ("tel:+4930123", "tel:+4930123"),
        ("https://example.com/ä b%zz", "https://example.com/%C3%A4%20b%25zz"),
        ("ftp://example.com", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("data:text/html,x", ""),
        ("#top", ""),
        ("/relative", ""),
        ("http://[", ""),
        ("https://example.com/" + "a" * 3000, ""),
    ],
)
def test_links_lead_to_the_web_mail_and_telephones_only(address: str, link: str) -> None:
    (block,) = parse_html(f'<a href="{html.escape(address)}">here</a>')
    assert block == paragraph("here", link=link)


def test_a_link_of_markdown_that_leads_elsewhere_is_its_text() -> None:
    assert parse_markdown("[a](ftp://example.com) [b](https://example.com)") == (
        Paragraph((Text("a "), Text("b", link="https://example.com"))),
    )


# --- pictures -------------------------------------------------------------------------------------


def test_pictures_are_files_of_the_folder_or_stand_in_the_text(tmp_path: Path) -> None:
    find = tmp_path.joinpath
    (block,) = parse_markdown(f"![My *logo*](a%20b.png) ![]({PIXEL})", find)
    assert isinstance(block, Paragraph)
    first, _, second = block.content
    assert first == Picture(tmp_path / "a b.png", "My logo")
    assert isinstance(second, Picture)
    assert isinstance(second.source, bytes)
    assert second.source.startswith(b"GIF89a")


@pytest.mark.parametrize(
    "source",
    ["file:///etc/passwd", "cid:1", "/etc/passwd", "//example.com/a.png", "\\\\server\\a.png", "#a", "",
     "data:text/html;base64,eA==", "data:image/png;base64,%%%", "C:/a.png"],
)  # fmt: skip
def test_other_pictures_are_what_they_say(source: str) -> None:
    def refuse(name: str) -> Path:
        raise AssertionError(name)

    assert parse_html(f'<img src="{source}" alt="Our logo">', refuse) == (paragraph("Our logo"),)


def test_a_picture_on_the_web_keeps_its_address_and_is_not_fetched() -> None:
    (block,) = parse_html('<img src="https://example.com/a b.png" width="96" height=20%>')
    assert block == Paragraph((Picture("https://example.com/a%20b.png", "", pytest.approx(25.4)),))


def test_pictures_that_count_readers_are_left_out() -> None:
    assert parse_html('<img src="https://example.com/c.gif" width=1 height=1 alt="x">') == ()


def test_sizes_of_pictures_are_read_in_all_units() -> None:
    (block,) = parse_html('<img src="https://a.test/x.png" style="width: 2cm; height: 72pt">')
    assert isinstance(block, Paragraph)
    (shown,) = block.content
    assert isinstance(shown, Picture)
    assert (shown.width_mm, shown.height_mm) == pytest.approx((20, 25.4))


# --- HTML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\n  b\t<b> c</b>", "<p>a b <strong>c</strong></p>"),
        ("<p>a</p>\n<p>&nbsp;</p><p><br></p>b", "<p>a</p>\n<p>b</p>"),
        ("a &lt; b &amp;amp; &euro; &bogus; < c", "<p>a &lt; b &amp;amp; € &amp;bogus; &lt; c</p>"),
        ("<p>a<p>b<div>c", "<p>a</p>\n<p>b</p>\n<p>c</p>"),
        ("x<br> y <br><br>", "<p>x<br/>y</p>"),
        ("<p style='text-align:justify'>a<h2 align=right>b</h2>",
         '<p style="text-align: justify">a</p>\n<h2 style="text-align: right">b</h2>'),
        ("<center>a<table align=right><tr><td>b</table></center>",
         '<p style="text-align: center">a</p>\n<table>\n<tbody>\n<tr><td>b</td></tr>\n</tbody>\n</table>'),
        ("<u>a</u><ins>b</ins><s>c</s><del>d</del><sub>e</sub><sup>f</sup><em>g</em><code>h</code>",
         "<p><u>ab</u><s>cd</s><sub>e</sub><sup>f</sup><em>g</em><code>h</code></p>"),
        ('<span style="font-weight:600;font-style:italic;text-decoration:underline line-through">a</span>',
         "<p><strong><em><u><s>a</s></u></em></strong></p>"),
        ('<b>a<span style="font-weight:normal">b</span></b>', "<p><strong>a</strong>b</p>"),
        ('<font color="red">a</font><span style="color:rgb(0,0,128) !important">b</span>',
         '<p><span style="color: #FF0000">a</span><span style="color: #000080">b</span></p>'),
        ('<span style="color:#000">a</span><i style="color:white">b</i><i style="color:windowtext">c</i>',
         "<p>a<em>bc</em></p>"),
        ("<q>a</q> <dl><dt>b<dd>c</dl>", "<p>“a”</p>\n<p><strong>b</strong></p>\n<p>c</p>"),
        ("<h1><div>a</div></h1><h7>b</h7>", "<h1>a</h1>\n<p>b</p>"),
        ("<pre>\n a\n  <b>b</b><br>c</pre>", "<pre><code> a\n  b\nc</code></pre>"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>",
         "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>"),
        ("a<hr>b", "<p>a</p>\n<hr/>\n<p>b</p>"),
        ("<line>a</line><row>b</row>", "<p>ab</p>"),
        ("", ""),
        ("<!-- a -->", ""),
    ],
)  # fmt: skip
def test_html_is_read_as_browsers_show_it(source: str, text: str) -> None:
    assert to_html(parse_html(source)) == text


@pytest.mark.parametrize(
    "source",
    ["<script>x</script>", "<style>x</style>", "<title>x</title>", "<!-- x -->", "<svg><text>x</text></svg>",
     "<iframe>x</iframe>", "<noscript>x</noscript>", "<template>x</template>", '<p style="display: none">x</p>',
     "<div hidden>x</div>", '<span style="mso-hide:all">x</span>', "<select><option>x</select>", "<?php x ?>",
     "<object>x</object>", "<head><meta charset=x></head>"],
)  # fmt: skip
def test_what_is_not_shown_is_left_out(source: str) -> None:
    assert said(parse_html(f"<p>a</p>{source}<p>b</p>")) in ("ab", "a b")


def test_event_handlers_and_classes_do_not_survive() -> None:
    made = to_html(parse_html('<p class=a id=b onclick="x()"><b onmouseover=y style="background:url(z)">c</b></p>'))
    assert made == "<p><strong>c</strong></p>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<ul><li>a<ul><li>b</ul><li>c", "- a\n  - b\n- c"),
        ("<ul><li>a<ul></ul></li><ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ("<ul>a<li>b</ul>", "- a\n- b"),
        ("<ul><ul><li><div><li>x</li></div></li></ul></ul>y", "- - x\n\ny"),
        ("<ol start=3 type=a><li>x<li value=9>y<li>z</ol>", "c. x\n\ni. y\nj. z"),
        ("<ol style='list-style-type:upper-roman'><li>x<li>y</ol>", "I. x\nII. y"),
        ("<ol start=x><li>a</ol><ol start=-4><li>a</ol>", "1. a\n\n1. a"),
        ("<li>a<li>b", "a\n\nb"),
        ("<ul><li><p>a<p>b</ul>", "- a\n\n  b"),
        ("<ul><li></li></ul>a", "a"),
    ],
)
def test_lists_of_html_however_they_are_nested(source: str, expected: str) -> None:
    assert to_text(parse_html(source)) == expected


def test_lists_that_word_wrote_are_lists() -> None:
    def item(level: int, mark: str, text: str) -> str:
        style = f"mso-list:l0 level{level} lfo1"
        return (
            f"<p class=MsoListParagraph style='{style}'><![if !supportLists]><span style='mso-list:Ignore'>{mark}"
            f"<span>&nbsp; </span></span><![endif]>{text}<o:p></o:p></p>"
        )

    source = item(1, "3.", "a") + item(2, "ii)", "b") + item(2, "iii)", "c") + item(1, "4.", "d") + item(1, "·", "e")
    first, second, last = parse_html(source + "<p style='mso-list:none'>f</p>")
    inner = Listing((Item((paragraph("b"),)), Item((paragraph("c"),))), ordered=True, numbers="lower-roman")
    items = (Item((paragraph("a"), inner)), Item((paragraph("d"),)))
    assert first == Listing(items, ordered=True, start=3, numbers="decimal")
    assert second == Listing((Item((paragraph("e"),)),))
    assert last == paragraph("f")


def test_tables_of_html_have_heads_spans_and_tables_within() -> None:
    prose = parse_html(
        "<table><caption>Cap</caption><thead><tr><th>H<th>I<tbody><tr><td rowspan=2>x<td align=right>y<tr><td>z"
        "<tr><td colspan=2><table><tr><td>in</table></table>"
    )
    caption, table = prose
    assert caption == paragraph("Cap")
    assert isinstance(table, Table)
    assert table.head == 1
    assert [[cell.columns for cell in row] for row in table.rows] == [[1, 1], [1, 1], [1], [2]]
    assert table.rows[1][0].rows == 2
    assert table.rows[1][1].align == "right"
    (inner,) = table.rows[3][0].blocks
    assert isinstance(inner, Table)


def test_a_first_row_of_headings_is_the_head_and_layout_is_no_table() -> None:
    (table,) = parse_html("<table><tr><th>a<tr><td>b</table>")
    assert isinstance(table, Table)
    assert table.head == 1
    assert to_text(parse_html("<table role=presentation><tr><td>a<td><p>b</table>")) == "a\n\nb"


# --- tables ---------------------------------------------------------------------------------------


def grid(*rows: list[tuple[int, int]]) -> Table:
    cells = [tuple(Cell(columns=columns, rows=high) for columns, high in row) for row in rows]
    return make_table(cells, 0, Meter())


def test_every_row_covers_every_column_once() -> None:
    table = grid([(1, 3), (2, 1)], [(1, 1)], [], [(9, 9)], [(1, 1), (1, 1)])
    for row in lay_out(table):
        columns = [column for slot in row for column in range(slot.column, slot.column + slot.columns)]
        assert columns == list(range(11))
    assert lay_out(table)[1][0].continued


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), max_size=4), max_size=6))
def test_any_spans_make_a_whole_grid(rows: list[list[tuple[int, int]]]) -> None:
    table = grid(*rows)
    laid = lay_out(table)
    assert len(laid) == len(table.rows)
    widths = {sum(slot.columns for slot in row) for row in laid}
    assert len(widths) <= 1
    for number, row in enumerate(table.rows):
        assert all(number + cell.rows <= len(table.rows) for cell in row)


def test_columns_are_as_wide_as_their_texts_need() -> None:
    (table,) = parse_markdown("|No|What|Price|\n|-|-|-|\n|1|A lamp that is described at length|1,200.00|\n")
    assert isinstance(table, Table)
    number, what, price = column_shares(table)
    assert number < price < what
    assert number + what + price == pytest.approx(1)
    narrow = column_shares(table, 30)
    assert narrow[2] * 30 >= len("1,200.00"), "the longest word has room"
    assert sum(column_shares(table, 5)) == pytest.approx(1)


# --- text and numbers -----------------------------------------------------------------------------


def test_blocks_are_readable_as_text() -> None:
    source = (
        "<h1>T</h1><p>see <a href='https://example.com'>here</a>, <a href='mailto:a@example.com'>a@example.com</a></p>"
        "<table><tr><td>a<td>b</table><blockquote>q<p>r</blockquote><pre>x\n y</pre><hr><img src=cid:1 alt=logo>"
    )
    rule = "-" * 40
    assert to_text(parse_html(source)) == (
        "T\n\nsee here (https://example.com), a@example.com\n\na  b\n\n> q\n>\n> r\n\nx\n y\n\n" + rule + "\n\nlogo"
    )


@pytest.mark.parametrize(
    ("number", "numbers", "text"),
    [(4, "", "4"), (4, "decimal", "4"), (28, "lower-letter", "ab"), (26, "upper-letter", "Z"), (1994, "lower-roman",
     "mcmxciv"), (4, "upper-roman", "IV"), (0, "lower-roman", "0")],
)  # fmt: skip
def test_numbers_of_lists(number: int, numbers: str, text: str) -> None:
    assert number_text(number, numbers) == text  # type: ignore[arg-type]


# --- bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ["a" * 200_001, "> " * 60 + "x", "\n".join("  " * depth + "- a" for depth in range(40)), "a\n\n" * 26_000,
     f"|{'a|' * 70}\n|{'-|' * 70}\n"],
    ids=["long", "quotes", "lists", "many", "columns"],
)  # fmt: skip
def test_markdown_that_is_too_much_is_a_fault(source: str) -> None:
    with pytest.raises(LimitExceeded, match="the formatted text"):
        parse_markdown(source)


@pytest.mark.parametrize(
    "source",
    ["<blockquote>" * 60 + "x", "<ul><li>" * 60 + "x", "<table><tr><td>" * 60 + "x", "<p>a" * 60_000,
     "<table><tr>" + "<td>a" * 70, "<table><tr><td colspan=1000>a<td colspan=1000>b",
     "<table><tr><td rowspan=9999>a" + "<tr>" * 60_000, "a" * 10_000_001,
     "<span>a " * 3000],
    ids=["quotes", "lists", "tables", "many", "columns", "spans", "rows", "long", "open"],
)  # fmt: skip
def test_html_that_is_too_much_is_a_fault(source: str) -> None:
    with pytest.raises(LimitExceeded, match="the formatted text"):
        parse_html(source)


def test_elements_that_nobody_closes_are_no_fault() -> None:
    assert said(parse_html("<span><font>a " * 900)) == " ".join("a" * 900)


def test_what_documents_cannot_hold_is_left_out() -> None:
    for parse in (parse_markdown, parse_html):
        assert said(parse("a\x00\x07b\ud800\uffff\ue0f01\ue0f1c")) == "ab1c"


# --- any text -------------------------------------------------------------------------------------

WORDS = st.text(alphabet="abcdefg é漢א", min_size=1, max_size=8).map(str.strip).filter(bool)
SOUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<ul>", "<ol start=2>", "<li>", "</li>", "</ul>", "</ol>", "<table>", "<tr>",
         "<td rowspan=3>", "<td colspan=2>", "<th>", "</td>", "</table>", "<thead>", "<blockquote>", "</blockquote>",
         "<h1>", "</h1>", "<a href='https://example.com'>", "</a>", "<br>", "<hr>", "<pre>", "</pre>", "<div>",
         "</div>", "<p style='mso-list:l0 level2 lfo1'>", "<span style='mso-list:Ignore'>", "</span>", "<caption>",
         "<q>", "</q>", "<table role=presentation>", "<center>", "<span style='color:red;font-weight:bold'>"]
    )
    | WORDS,
    max_size=40,
)  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=200) | SOUP.map("".join))
def test_any_text_can_be_read_as_either_and_written_as_all(source: str) -> None:
    for parse in (parse_markdown, parse_html):
        try:
            prose = parse(source)
        except LimitExceeded:
            continue
        to_text(prose)
        assert not re.search(r"<(script|style|iframe|object|\w+[^>]*\son\w+=)", to_html(prose))


@settings(deadline=None)
@given(SOUP)
def test_no_word_of_html_is_lost(parts: list[str]) -> None:
    words = [part for part in parts if not part.startswith("<") or part == "<"]
    if "<span style='mso-list:Ignore'>" in parts:
        return  # holds bullets, which are not text
    found = said(parse_html(" ".join(parts)))
    assert sorted("".join(words).replace(" ", "")) == sorted(re.sub("[ “”]", "", found))


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=60))
def test_escaped_text_comes_out_of_html_as_it_went_in(text: str) -> None:
    assert said(parse_html(f"<div>{html.escape(text)}</div>")) == " ".join(text.split())


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "# ", "- ", "1. ", "> ", "**", "~~"]), WORDS), max_size=12))
def test_no_word_of_markdown_is_lost(parts: list[tuple[str, str]]) -> None:
    lines = [f"{mark}{word}{mark}" if mark in ("**", "~~") else f"{mark}{word}" for mark, word in parts]
    found = said(parse_markdown("\n\n".join(lines)))
    assert found.replace(" ", "") == "".join(word for _, word in parts).replace(" ", "")


@settings(deadline=None)
@given(SOUP.map("".join))
def test_html_written_and_read_again_is_the_same(source: str) -> None:
    try:
        once = to_html(parse_html(source))
    except LimitExceeded:
        return
    assert to_text(parse_html(once)) == to_text(parse_html(to_html(parse_html(once))))


@pytest.mark.parametrize("source", ["foo.png", "../foo.png", "notes.txt", "data:image/png;base64,AAAA", "cid:x"])
def test_html_of_customers_says_the_alternative_text_where_there_is_no_picture(tmp_path: Path, source: str) -> None:
    template = make_template(tmp_path / "t", "{{ x | html }}", ".html")
    (tmp_path / "t/notes.txt").write_text("no picture")
    prepared = prepare_html(template)

    def render(text: str) -> str:
        return prepared.render(make_context({"x": text})).content.decode()

    assert render(f'<p>A <img src="{source}" alt="logo"> Z') == "<p>A logo Z</p>"
    assert render(f'<p>A <img src="{source}"> Z') == "<p>A Z</p>"
