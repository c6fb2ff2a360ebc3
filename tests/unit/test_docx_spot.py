"""Values that are no plain text find their place in a Word text."""

import pytest
from docx.oxml.ns import qn
from lxml import etree
from rendering import word

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
