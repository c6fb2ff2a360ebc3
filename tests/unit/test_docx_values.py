"""Values of docxtpl's own classes give the document that docxtpl gives, by both ways of making it."""

import io
import re
import zipfile

import docx
import pytest
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, Listing, RichText, RichTextParagraph
from lxml import etree
from rendering import docx_text, make_context, make_template, part, picture, saved, word

from docgen.errors import TemplateError
from docgen.model import Making
from docgen.render import docx as word_renderer
from docgen.render.docx.values import Replacements

ENGINES = pytest.mark.parametrize("engine", Making)


def prepare(folder, body, engine=Making.COMPILED):
    return word_renderer.prepare(make_template(folder, body, ".docx"), engine=engine)


def by_docxtpl(body, make_values, change=None):
    template = DocxTemplate(io.BytesIO(body))
    values = make_values(template)
    if change is not None:
        change(template)
    template.render(values)
    output = io.BytesIO()
    template.save(output)
    return output.getvalue()


def parts(content):
    """Return the parts that both write: properties say the day, and types may be listed in any order."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    apart = ("[Content_Types].xml", "docProps/core.xml", "_rels/.rels")
    return {name: comparable(name, data) for name, data in members.items() if name not in apart}


def comparable(name, data):
    if name.endswith(".rels"):
        rels = etree.fromstring(data)
        return sorted((rel.get("Id"), rel.get("Type"), rel.get("Target").removeprefix("/word/")) for rel in rels)
    return etree.tostring(etree.fromstring(data), method="c14n") if name.endswith(".xml") else data


def assert_same(folder, body, make_values, engine, **options):
    expected = by_docxtpl(body, make_values)
    values = make_values(DocxTemplate(io.BytesIO(body)))
    made = prepare(folder, body, engine).render(make_context(values), **options).content
    expected, made = parts(expected), parts(made)
    assert sorted(made) == sorted(expected)
    assert [name for name in made if made[name] != expected[name]] == []


def in_header(*paragraphs, header):
    document = docx.Document(io.BytesIO(word(*paragraphs)))
    document.sections[0].header.paragraphs[0].text = header
    return saved(document)


# --- text -----------------------------------------------------------------------------------------


@ENGINES
def test_rich_text_stands_in_a_run_of_its_own(tmp_path, engine):
    def values(_):
        text = RichText("plain & ", style="Strong")
        text.add("bold\nand\ttabbed", bold=True, italic=True, color="#ff0000", size=40, font="Arial")
        text.add(RichText(" more", underline="double", strike=True, superscript=True, lang="de-DE"))
        return {"a": text}

    assert_same(tmp_path / "t", word("before {{r a }} after", "{{r a}}"), values, engine)


@ENGINES
def test_paragraphs_of_rich_text_take_the_place_of_a_paragraph(tmp_path, engine):
    def values(_):
        paragraphs = RichTextParagraph("first", parastyle="Quote")
        paragraphs.add(RichText("second", bold=True))
        return {"a": paragraphs}

    assert_same(tmp_path / "t", word("before", "{{p a }}", "after"), values, engine)


@ENGINES
@pytest.mark.parametrize("text", ["one\ntwo\tthree", "one\atwo & <three>", "one\ftwo", ""])
def test_a_listing_breaks_lines_paragraphs_and_pages(tmp_path, engine, text):
    assert_same(tmp_path / "t", word("say: {{ a }}."), lambda _: {"a": Listing(text)}, engine)


@ENGINES
def test_values_in_a_header_are_read_as_docxtpl_reads_them(tmp_path, engine):
    body = in_header("text {{ a }}", header="head {{r a }} end")
    assert_same(tmp_path / "t", body, lambda _: {"a": RichText("x", bold=True)}, engine)


@ENGINES
def test_markup_of_a_value_that_is_broken_is_a_fault_and_no_broken_file(tmp_path, engine):
    class Broken:
        def __html__(self):
            return "<w:b>"

    with pytest.raises(TemplateError, match="not well-formed"):
        prepare(tmp_path / "t", word("{{ a }}"), engine).render(make_context({"a": Broken()}))


# --- pictures -------------------------------------------------------------------------------------


@ENGINES
def test_inline_pictures_have_the_names_ids_and_relations_that_docxtpl_gives_them(tmp_path, engine):
    red = picture(tmp_path / "red.png")
    photo = picture(tmp_path / "photo.jpg", (30, 50))
    body = in_header("{{ a }} {{ b }} again {{ a }}", "{{ c }}", header="{{ b }}{{ a }}")

    def values(template):
        return {
            "a": InlineImage(template, str(red), width=Mm(20)),
            "b": InlineImage(template, io.BytesIO(photo.read_bytes()), height=Mm(10)),
            "c": InlineImage(template, str(red), Mm(5), Mm(9), anchor="https://example.com/?a=1&b=2"),
        }

    assert_same(tmp_path / "t", body, values, engine)


@ENGINES
def test_a_picture_that_the_template_has_already_is_not_stored_again(tmp_path, engine):
    red = picture(tmp_path / "red.png")
    document = docx.Document()
    document.add_picture(str(red), Mm(10))
    document.add_paragraph("{{ a }}")
    assert_same(tmp_path / "t", saved(document), lambda template: {"a": InlineImage(template, str(red))}, engine)


@ENGINES
def test_pictures_in_the_rows_of_a_table_keep_its_columns(tmp_path, engine):
    red = picture(tmp_path / "red.png")
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, texts in zip(
        table.rows, (("{%tr for p in ps %}", ""), ("{{ p }}", "x"), ("{%tr endfor %}", "")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text

    def values(template):
        return {"ps": [InlineImage(template, str(red), width=Mm(size)) for size in (5, 10)]}

    assert_same(tmp_path / "t", saved(document), values, engine)


# --- documents ------------------------------------------------------------------------------------


def clause(folder, red):
    document = docx.Document()
    document.add_heading("Clause", 2)
    document.add_paragraph("first", "List Number")
    document.add_paragraph("second", "List Number")
    document.add_picture(str(red), Mm(10))
    document.add_table(rows=1, cols=2).rows[0].cells[0].text = "cell"
    path = folder / "clause.docx"
    document.save(path)
    return path


@ENGINES
def test_a_subdocument_brings_styles_lists_and_pictures_along(tmp_path, engine):
    path = clause(tmp_path, picture(tmp_path / "red.png"))
    own = picture(tmp_path / "own.png", (10, 10))

    def values(template):
        sub = template.new_subdoc(path)
        return {"sub": sub, "a": InlineImage(template, str(own))}

    assert_same(tmp_path / "t", word("{{ a }}", "{{p sub }}", "end"), values, engine)


@ENGINES
def test_a_subdocument_may_be_written_by_the_program(tmp_path, engine):
    red = picture(tmp_path / "red.png")

    def values(template):
        sub = template.new_subdoc()
        sub.add_heading("Written", 1)
        sub.add_paragraph("by hand").add_run(" in bold").bold = True
        sub.add_picture(str(red), Mm(8))
        return {"sub": sub}

    assert_same(tmp_path / "t", word("before", "{{p sub }}"), values, engine)


def test_a_subdocument_of_another_template_is_a_fault(tmp_path):
    red = picture(tmp_path / "red.png")
    other = DocxTemplate(io.BytesIO(word("another")))
    sub = other.new_subdoc(clause(tmp_path, red))
    document = docx.Document(io.BytesIO(in_header("{{p sub }}", header="x")))
    with pytest.raises(TemplateError, match="was made with another Word template"):
        prepare(tmp_path / "t", saved(document)).render(make_context({"sub": sub}))


@ENGINES
def test_a_link_made_by_build_url_id_works_when_its_template_is_given(tmp_path, engine):
    body = word("see {{r a }}")

    def values(template):
        return {"a": RichText("here", url_id=template.build_url_id("https://example.com"))}

    expected = parts(by_docxtpl(body, values))
    template = DocxTemplate(io.BytesIO(body))
    context = make_context(values(template))
    made = parts(prepare(tmp_path / "t", body, engine).render(context, template=template).content)
    assert [name for name in made if made[name] != expected[name]] == []


@ENGINES
def test_a_link_that_hangs_on_nothing_is_a_fault_with_its_part(tmp_path, engine):
    value = RichText("here", url_id="rId99")
    with pytest.raises(TemplateError, match='the relation "rId99"') as caught:
        prepare(tmp_path / "t", word("see {{r a }}"), engine).render(make_context({"a": value}))
    assert caught.value.where.path == ("text",)


# --- replacements ---------------------------------------------------------------------------------


def with_pictures(folder):
    document = docx.Document()
    document.add_paragraph("{{ a }}")
    document.add_picture(str(picture(folder / "dummy.png")), Mm(10))
    header = document.sections[0].header.paragraphs[0].add_run()
    header.add_picture(str(picture(folder / "head.png", (7, 7))), Mm(10))
    return saved(document)


@ENGINES
@pytest.mark.parametrize("kind", ["pictures", "media", "members"])
def test_files_of_the_template_are_replaced_as_docxtpl_does(tmp_path, engine, kind):
    body = with_pictures(tmp_path)
    new = picture(tmp_path / "new.png", (50, 20))
    old = tmp_path / "head.png"

    def change(template):
        if kind == "pictures":
            template.replace_pic("head.png", str(new))
        elif kind == "media":
            template.replace_media(str(old), str(new))
        else:
            template.replace_zipname("word/media/image1.png", str(new))

    replaced = {
        "pictures": {"head.png": new.read_bytes()},
        "media": {old.read_bytes(): new.read_bytes()},
        "members": {"word/media/image1.png": new.read_bytes()},
    }
    expected = parts(by_docxtpl(body, lambda _: {"a": "x"}, change))
    replacements = Replacements(**{kind: replaced[kind]})
    made = parts(prepare(tmp_path / "t", body, engine).render(make_context({"a": "x"}), replacements).content)
    assert [name for name in made if made[name] != expected[name]] == []
    assert new.read_bytes() in made.values()


def test_an_embedded_file_is_replaced_by_its_content(tmp_path):
    body = io.BytesIO(word("x"))
    with zipfile.ZipFile(body) as package:
        members = {name: package.read(name) for name in package.namelist()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
    name = "word/_rels/document.xml.rels"
    relation = f'<Relationship Id="rId50" Type="{kind}" Target="embeddings/a.xlsx"/></Relationships>'.encode()
    members[name] = members[name].replace(b"</Relationships>", relation)
    kinds = "[Content_Types].xml"
    default = b'<Default Extension="xlsx" ContentType="application/octet-stream"/></Types>'
    members[kinds] = members[kinds].replace(b"</Types>", default)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as package:
        for member, data in {**members, "word/embeddings/a.xlsx": b"old"}.items():
            package.writestr(member, data)
    replacements = Replacements(embedded={b"old": b"new"})
    made = prepare(tmp_path / "t", output.getvalue()).render(make_context({}), replacements).content
    assert part(made, "word/embeddings/a.xlsx") == "new"


@pytest.mark.parametrize(
    ("replacements", "message"),
    [
        (Replacements(pictures={"haed.png": b"x"}), 'there is no picture "haed.png".*did you mean "head.png"'),
        (Replacements(media={b"abc": b"x"}), "word/media/.*3 bytes"),
        (Replacements(embedded={b"abc": b"x"}), "word/embeddings/"),
        (Replacements(members={"word/media/image9.png": b"x"}), 'there is no "word/media/image9.png"'),
    ],
)
def test_what_is_not_there_cannot_be_replaced(tmp_path, replacements, message):
    prepared = prepare(tmp_path / "t", with_pictures(tmp_path))
    with pytest.raises(TemplateError) as caught:
        prepared.render(make_context({"a": "x"}), replacements)
    assert re.search(message, str(caught.value))


def test_values_of_a_program_and_filters_may_stand_side_by_side(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    red = picture(folder / "red.png")
    value = InlineImage(DocxTemplate(""), str(red), width=Mm(10))
    content = prepare(folder, word('{{ a }} {{ "red.png" | image(width_mm=20) }} {{ "x" | rich(bold=true) }}')).render(
        make_context({"a": value})
    )
    made = docx.Document(io.BytesIO(content.content))
    assert [round(shape.width.mm) for shape in made.inline_shapes] == [10, 20]
    assert [node.get("id") for node in made.element.iter("{*}docPr")] == ["1001", "1002"]
    assert docx_text(content.content).split() == ["x"]
