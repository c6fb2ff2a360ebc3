"""Values that are no plain text find their place in a Word text."""

import sys

import pytest
from docx.oxml.ns import qn
from lxml import etree
from rendering import word

from docgen.errors import LimitExceeded, TemplateError
from docgen.limits import Limits, Working, current_work
from docgen.model import Where
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.spot import collecting, fill, leave, w

NS = f'xmlns:w="{qn("w:p")[1:].split("}")[0]}"'


class Inline:
    def place(self, spot):
        spot.inline(spot.text_run("VALUE"))


class Blocks:
    def place(self, spot):
        for text in ("ONE", "TWO"):
            paragraph = etree.Element(w("p"))
            paragraph.append(spot.text_run(text))
            spot.blocks(paragraph)


def filled(markup, *kinds):
    with collecting() as values:
        tokens = [leave(kind()) for kind in kinds]
        root = etree.fromstring(f"<w:body {NS}>{markup.format(*tokens)}</w:body>".encode())
        fill(root, Assembly(Package(word("x"), Where("t"))).story("word/document.xml"), values)
    return root


def texts(root):
    return ["".join(node.itertext()) for node in root.iter(w("p"))]


def test_a_value_stands_between_the_words_around_it_and_looks_like_them():
    root = filled("<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>a {} b</w:t></w:r></w:p>", Inline)
    assert texts(root) == ["a VALUE b"]
    assert len(root.findall(f".//{w('b')}")) == 3


def test_a_value_after_a_line_break_stays_after_it():
    root = filled("<w:p><w:r><w:t>a</w:t><w:br/><w:t>{}</w:t><w:br/><w:t>c</w:t></w:r></w:p>", Inline)
    order = [node.tag.split("}")[1] if node.tag != w("t") else node.text for node in root.iter(w("t"), w("br"))]
    assert order == ["a", "br", "VALUE", "br", "c"]


def test_blocks_part_the_paragraph_where_they_stand():
    root = filled('<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>before {} after</w:t></w:r></w:p>', Blocks)
    assert texts(root) == ["before ", "ONE", "TWO", " after"]
    assert len(root.findall(f".//{w('jc')}")) == 2


def test_blocks_alone_in_a_paragraph_take_its_place():
    assert texts(filled("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", Blocks)) == ["ONE", "TWO"]


def test_the_paragraph_that_ends_a_section_stays():
    root = filled("<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>", Blocks)
    assert texts(root) == ["ONE", "TWO", ""]
    assert len(root.findall(f".//{w('sectPr')}")) == 1


@pytest.mark.parametrize("container", ["<w:p>{}</w:p>", "<w:p><w:hyperlink>{}</w:hyperlink></w:p>"])
def test_tokens_that_lost_their_run_get_one(container):
    assert texts(filled(container, Inline)) == ["VALUE"]


def test_tokens_that_lost_their_paragraph_get_one():
    assert texts(filled("<w:p/>{}<w:p/>", Inline)) == ["", "VALUE", ""]


def test_two_values_in_one_text_keep_their_order():
    assert texts(filled("<w:p><w:r><w:t>{} and {}</w:t></w:r></w:p>", Inline, Inline)) == ["VALUE and VALUE"]


def test_a_number_that_no_value_has_prints_nothing():
    root = filled("<w:p><w:r><w:t>a\ue0f09\ue0f1b</w:t></w:r></w:p>")
    assert texts(root) == ["ab"]


def test_a_cell_keeps_a_last_paragraph_after_a_table():
    class Table:
        def place(self, spot):
            spot.blocks(etree.Element(w("tbl")))

    root = filled("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>", Table)
    assert [node.tag for node in root.find(f".//{w('tc')}")] == [w("tbl"), w("p")]


def test_no_value_can_forge_the_mark_of_another(tmp_path):
    from rendering import docx_text, make_context, make_template

    from docgen.render.docx import prepare

    prepared = prepare(make_template(tmp_path / "t", word("{{ 'x'|qr }}{{ a }}"), ".docx"))
    assert docx_text(prepared.render(make_context({"a": "[\ue0f00\ue0f1]"})).content).strip() == "[0]"


# --- what stands around a token -------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        '<w:hyperlink w:anchor="a">{}</w:hyperlink>',
        '<w:ins w:id="1" w:author="a">{}</w:ins>',
        '<w:sdt><w:sdtPr><w:alias w:val="x"/><w:id w:val="7"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>',
        '<w:hyperlink w:anchor="a"><w:ins w:id="1" w:author="a">{}</w:ins></w:hyperlink>',
    ],
)
def test_blocks_part_what_is_around_their_run_too(around):
    runs = "<w:r><w:t>before </w:t></w:r><w:r><w:t>{}</w:t></w:r><w:r><w:t> after</w:t></w:r>"
    root = filled(f"<w:p>{around.format(runs)}</w:p>", Blocks)
    assert texts(root) == ["before ", "ONE", "TWO", " after"]
    assert root[0][0].tag == root[-1][0].tag != w("r")
    assert len(root.findall(f".//{w('sdtPr')}/{w('id')}")) == ("w:sdt" in around)


def test_what_is_around_a_token_alone_is_gone_with_it():
    root = filled('<w:p><w:hyperlink w:anchor="a"><w:r><w:t>{}</w:t></w:r></w:hyperlink></w:p>', Blocks)
    assert texts(root) == ["ONE", "TWO"]


@pytest.mark.parametrize(
    "markup",
    [
        '<w:p><w:proofErr w:type="spellStart"/><w:r><w:t>{}</w:t></w:r><w:proofErr w:type="spellEnd"/></w:p>',
        "<w:p><w:r><w:lastRenderedPageBreak/><w:t>{}</w:t></w:r></w:p>",
        "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t/></w:r><w:r><w:t>{}</w:t></w:r><w:r><w:t/></w:r></w:p>",
    ],
)
def test_marks_that_say_nothing_leave_no_paragraph(markup):
    assert texts(filled(markup, Blocks)) == ["ONE", "TWO"]


@pytest.mark.parametrize("kind", ["bookmark", "perm", "commentRange"])
def test_ranges_around_a_token_are_around_its_blocks(kind):
    markup = f'<w:p><w:{kind}Start w:id="3"/><w:r><w:t>{{}}</w:t></w:r><w:{kind}End w:id="3"/></w:p>'
    root = filled(markup, Blocks)
    assert texts(root) == ["ONE", "TWO"]
    assert root[0][0].tag == w(f"{kind}Start")
    assert root[1][-1].tag == w(f"{kind}End")


def test_a_comment_on_a_token_is_one_on_its_blocks():
    comment = '<w:r><w:rPr><w:b/></w:rPr><w:commentReference w:id="1"/></w:r>'
    root = filled(f"<w:p><w:r><w:t>{{}}</w:t></w:r>{comment}</w:p>", Blocks)
    assert texts(root) == ["ONE", "TWO"]
    assert root[1].find(f".//{w('commentReference')}") is not None


def test_a_range_around_a_table_stands_beside_it():
    class Table:
        def place(self, spot):
            spot.blocks(etree.Element(w("tbl")))

    markup = '<w:p><w:bookmarkStart w:id="3"/><w:r><w:t>{}</w:t></w:r><w:bookmarkEnd w:id="3"/></w:p>'
    assert [node.tag for node in filled(markup, Table)] == [w("bookmarkStart"), w("tbl"), w("bookmarkEnd")]


def test_a_range_around_nothing_stays():
    class Nothing:
        def place(self, spot):
            spot.blocks()

    markup = '<w:p><w:bookmarkStart w:id="3"/><w:r><w:t>{}</w:t></w:r><w:bookmarkEnd w:id="3"/></w:p>'
    assert [node.tag for node in filled(markup, Nothing)] == [w("bookmarkStart"), w("bookmarkEnd")]


@pytest.mark.parametrize(
    ("markup", "place"),
    [
        ("<w:p><w:r><w:instrText>PAGE {}</w:instrText></w:r></w:p>", "a field's code"),
        (f'<w:p><m:r xmlns:m="{qn("m:t")[1:].split("}")[0]}"><m:t>{{}}</m:t></m:r></w:p>', "a formula or a drawing"),
        ("<w:tbl>{}</w:tbl>", "a table between its rows"),
        ("<w:p><w:pPr>{}</w:pPr></w:p>", "<pPr>"),
    ],
)
def test_a_token_where_only_plain_text_can_stand_is_a_fault(markup, place):
    with pytest.raises(TemplateError) as caught:
        filled(markup, Inline)
    assert f"only plain text can stand in {place}" in str(caught.value)
    assert caught.value.hint


def test_a_token_in_text_that_was_deleted_shows_nothing():
    root = filled('<w:p><w:del w:id="1"><w:r><w:delText>{}</w:delText></w:r></w:del></w:p>', Inline)
    assert "".join(root.itertext()) == ""


def test_a_token_in_a_control_of_blocks_gets_a_paragraph():
    root = filled("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", Inline)
    assert [node.tag for node in root.find(f".//{w('sdtContent')}")] == [w("p")]


def test_placing_values_takes_part_in_the_time_of_the_rendering():
    with Working(Limits(time_s=-1), {}), pytest.raises(LimitExceeded):
        filled("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", Inline)


def test_a_document_whose_values_take_too_long_is_a_fault(tmp_path, monkeypatch):
    from rendering import make_context, make_template

    from docgen.render.docx import prepare
    from docgen.render.docx.writing import pictures

    def late(self, spot):
        current_work().deadline = 0

    monkeypatch.setattr(pictures.PlacedPicture, "place", late)
    prepared = prepare(make_template(tmp_path / "t", word("{{ 'x'|qr }}", "{{ 'y'|qr }}"), ".docx"))
    with pytest.raises(LimitExceeded, match="ran longer than"):
        prepared.render(make_context({}))


def test_the_work_grows_with_the_pictures_and_not_with_their_square(tmp_path):
    from rendering import make_context, make_template

    from docgen.render.docx import prepare

    body = word("{%p for i in range(n) %}", "{{ 'x'|qr }}", "{%p endfor %}")
    prepared = prepare(make_template(tmp_path / "t", body, ".docx"))

    def work(number):
        count = 0

        def tick(frame, event, _):
            nonlocal count
            count += event == "call"

        before = sys.getprofile()
        sys.setprofile(tick)
        try:
            prepared.render(make_context({"n": number}))
        finally:
            sys.setprofile(before)
        return count

    work(3)
    few, many = work(20), work(160)
    assert many < few * 9
