"""Word documents: what comes out of a template, and where its faults are."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from rendering import COMPANY, docx_text, make_context, make_template, part, picture, saved, word

from docgen.errors import Faults, FieldMissing, LimitExceeded, TemplateError, TemplateSyntax
from docgen.limits import Limits
from docgen.render import docx as word_renderer

RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def prepare(folder, body, **options):
    return word_renderer.prepare(make_template(folder, body, ".docx"), **options)


def render(folder, body, values=None, **options):
    return prepare(folder, body).render(make_context(values or {}, **options)).content


def canonical(content, name):
    return etree.tostring(etree.fromstring(part(content, name).encode()), method="c14n")


def table_document(*rows):
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for cells, row in zip(rows, table.rows, strict=True):
        for text, cell in zip(cells, row.cells, strict=True):
            cell.text = text
    return saved(document)


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "Smith & Co",
        "<select>",
        "]]>",
        "😀 emoji",
        "שלום עולם",
        "مرحبا",
        "{{ 7*7 }} {% for %}",
        "{_{ }_} {_% %_}",
        "“quotes” ‘too’",
        "&amp;",
    ],
)
def test_values_come_out_as_they_are(tmp_path, value):
    content = render(tmp_path / "t", word("Dear {{ a }}!"), {"a": value})
    assert docx_text(content).strip() == f"Dear {value}!"


def test_newlines_and_tabs_in_values_become_line_breaks_and_tabs(tmp_path):
    xml = part(render(tmp_path / "t", word("{{ a }}"), {"a": "one\ntwo\tthree"}), "word/document.xml")
    text = etree.fromstring(xml.encode())
    assert len(list(text.iter(qn("w:br")))) == 1
    assert len(list(text.iter(qn("w:tab")))) == 1


def test_control_characters_are_left_out(tmp_path):
    assert docx_text(render(tmp_path / "t", word("{{ a }}"), {"a": "a\x00\x1b\x08b"})).strip() == "ab"


@settings(max_examples=25, deadline=None)
@given(value=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Co"]), max_size=40))
def test_any_text_survives(tmp_path_factory, value):
    content = render(tmp_path_factory.mktemp("t"), word("[{{ a }}]"), {"a": value})
    assert docx_text(content).strip("\n") == f"[{value}]"


def test_what_a_template_means_is_what_docxtpl_makes_of_it(tmp_path):
    body = table_document(
        ["Item", "Qty"], ["{%tr for l in lines %}", ""], ["{{ l.d }}", "{{ l.q }}"], ["{%tr endfor %}", ""]
    )
    values = {"lines": [{"d": "Nut", "q": 1}, {"d": "Bolt", "q": 2}]}
    reference = DocxTemplate(io.BytesIO(body))
    reference.render(values)
    expected = io.BytesIO()
    reference.save(expected)
    made = render(tmp_path / "t", body, values)
    assert canonical(made, "word/document.xml") == canonical(expected.getvalue(), "word/document.xml")


def test_headers_footers_and_properties_are_filled_in(tmp_path):
    document = docx.Document()
    document.core_properties.title = "Contract for {{ name }}"
    document.sections[0].header.paragraphs[0].text = "{{ company.name }}"
    document.sections[0].footer.paragraphs[0].text = "{{ name }}"
    content = render(tmp_path / "t", saved(document), {"name": "A & B"})
    made = docx.Document(io.BytesIO(content))
    assert made.core_properties.title == "Contract for A & B"
    assert made.sections[0].header.paragraphs[0].text == COMPANY["name"]
    assert made.sections[0].footer.paragraphs[0].text == "A & B"


def with_footnote(text, sections=2):
    """Return a document with a footnotes part, which python-docx cannot make."""
    document = docx.Document()
    for _ in range(sections - 1):
        document.add_section()
    namespace = qn("w:p")[1:].split("}")[0]
    notes = (
        f'<w:footnotes xmlns:w="{namespace}"><w:footnote w:id="1">'
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as before, zipfile.ZipFile(output, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
                data = data.replace(
                    b"</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'.encode()
                )
            if name == "word/_rels/document.xml.rels":
                kind = f"{RELATED[1:-1]}/footnotes"
                data = data.replace(
                    b"</Relationships>",
                    f'<Relationship Id="rIdN" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
                )
            after.writestr(name, data)
        after.writestr("word/footnotes.xml", notes)
    return output.getvalue()


def test_footnotes_are_filled_in_once_and_values_in_them_stay_text(tmp_path):
    prepared = prepare(tmp_path / "t", with_footnote("Note: {{ a }}"))
    content = prepared.render(make_context({"a": "{{ 7*7 }} & more"})).content
    notes = etree.fromstring(part(content, "word/footnotes.xml").encode())
    assert "".join(notes.itertext()) == "Note: {{ 7*7 }} & more"
    assert prepared.fields_used == {"a"}


def test_fields_of_every_part_are_found(tmp_path):
    document = docx.Document(
        io.BytesIO(table_document(["{%tr for l in lines %}"], ["{{ l.price|money }}"], ["{%tr endfor %}"]))
    )
    document.sections[0].header.paragraphs[0].text = "{{ head }}"
    document.sections[0].footer.paragraphs[0].text = "{{ foot }}"
    document.core_properties.subject = "{{ subject }}"
    document.add_paragraph("{% if customer.vip %}{{ customer.name }}{% endif %}")
    used = prepare(tmp_path / "t", saved(document)).fields_used
    assert {"lines[].price", "head", "foot", "subject", "customer.vip", "customer.name"} <= used


# --- rich values ----------------------------------------------------------------------------------


def test_pictures_and_codes_stand_in_the_line_with_their_size_and_text(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "logo.png")
    content = render(
        folder, word('A {{ "logo.png"|image(width_mm=30, alt="Our logo") }} B {{ "x & y"|qr(size_mm=20) }} C')
    )
    made = docx.Document(io.BytesIO(content))
    assert made.paragraphs[0].text == "A  B  C"
    widths = [shape.width.mm for shape in made.inline_shapes]
    assert widths == pytest.approx([30, 20], abs=0.1)
    described = [node.get("descr") for node in made.element.iter("{*}docPr")]
    assert described == ["Our logo", "x & y"]
    assert len({node.get("id") for node in made.element.iter("{*}docPr")}) == 2


def test_a_picture_may_stand_in_a_header(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "logo.png")
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = '{{ "logo.png"|image(width_mm=10) }}'
    made = docx.Document(io.BytesIO(render(folder, saved(document))))
    blip = next(made.sections[0].header._element.iter("{*}blip"))
    assert made.sections[0].header.part.rels[blip.get(qn("r:embed"))].target_part.blob


def test_one_paragraph_of_markdown_stays_in_its_sentence(tmp_path):
    content = render(
        tmp_path / "t", word("Please {{ a|markdown }} now"), {"a": "pay **in full** & [here](https://example.com)"}
    )
    made = docx.Document(io.BytesIO(content)).paragraphs[0]
    assert made.text == "Please pay in full & here now"
    assert [run.text for run in made.runs if run.bold] == ["in full"]
    assert [link.address for link in made.hyperlinks] == ["https://example.com"]


def test_markdown_of_several_blocks_becomes_paragraphs_in_place(tmp_path):
    text = "# Terms\n\nFirst\nline\n\n- a\n- b\n  1. c\n\n> said\n\n```\nx < y\n```\n\n[bad](ftp://example.com)"
    document = docx.Document()
    for one in ("before", "{{ a|markdown }}", "after"):
        document.add_paragraph(one)
    made = docx.Document(io.BytesIO(render(tmp_path / "t", saved(document), {"a": text})))
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert texts == ["before", "Terms", "First line", "a", "b", "c", "said", "x < y", "bad", "after"]
    assert [paragraph.style.name for paragraph in made.paragraphs[3:6]] == [
        "List Bullet",
        "List Bullet",
        "List Number 2",
    ]
    assert all(paragraph._p.pPr.numPr is not None for paragraph in made.paragraphs[3:6])
    assert made.paragraphs[1].style.name == "Heading 1"
    assert not made.paragraphs[8].hyperlinks


def test_markdown_takes_the_look_of_the_text_around_it(tmp_path):
    document = docx.Document()
    run = document.add_paragraph().add_run("{{ a|markdown }}")
    run.italic = True
    run.font.name = "Carlito"
    made = docx.Document(io.BytesIO(render(tmp_path / "t", saved(document), {"a": "x **y**"})))
    assert all(run.italic and run.font.name == "Carlito" for run in made.paragraphs[0].runs)


@pytest.mark.parametrize("tag", ["{{r a|markdown }}", "{{p a|markdown }}"])
def test_markdown_works_with_docxtpls_own_prefixes_too(tmp_path, tag):
    content = render(tmp_path / "t", word("before", tag, "after"), {"a": "**one**\n\ntwo"})
    texts = [text for text in docx_text(content).split("\n") if text]
    assert texts == ["before", "one", "two", "after"]


def test_formatted_text_in_a_footnote_stays_beside_its_number(tmp_path):
    prepared = prepare(tmp_path / "t", with_footnote("See {{ a|markdown }}"))
    content = prepared.render(make_context({"a": "[x](https://example.com)\n\n1. y\n\n|z|\n|-|\n"})).content
    (note,) = etree.fromstring(part(content, "word/footnotes.xml").encode())
    assert [etree.QName(node).localname for node in note] == ["p", "p", "tbl", "p"]
    assert "".join(note[0].itertext()) == "See x"
    assert note[1].find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
    assert "https://example.com" in part(content, "word/_rels/footnotes.xml.rels")


# --- faults ---------------------------------------------------------------------------------------


def test_a_missing_field_names_table_row_and_cell_as_the_author_counts(tmp_path):
    body = table_document(
        ["Item", "Qty"], ["{%tr for l in lines %}", ""], ["{{ l.d }}", "{{ l.qty }}"], ["{%tr endfor %}", ""]
    )
    with pytest.raises(FieldMissing) as caught:
        render(tmp_path / "t", body, {"lines": [{"d": "Nut", "quantity": 1}]})
    assert caught.value.where.path == ("text", "table 1", "row 3", "cell 2")
    assert "{{ l.qty }}" in str(caught.value)


def test_a_missing_field_names_the_paragraph(tmp_path):
    with pytest.raises(FieldMissing) as caught:
        render(tmp_path / "t", word("Hello", "Dear {{ nmae }}"), {"name": "x"})
    assert caught.value.where.path == ("text", "paragraph 2")
    assert caught.value.where.file == "t/body.docx"
    assert 'did you mean "name"?' in str(caught.value)


def test_the_second_of_two_equal_tags_is_found(tmp_path):
    body = word("{% if a %}{{ a.b }}{% endif %}", "x", "{{ a.b }}")
    with pytest.raises(FieldMissing) as caught:
        render(tmp_path / "t", body, {"a": {}})
    assert caught.value.where.path == ("text", "paragraph 3")


def test_a_syntax_fault_is_found_before_the_first_record_and_placed(tmp_path):
    document = docx.Document(io.BytesIO(word("fine", "Dear {{ name | uper }}")))
    document.sections[0].header.paragraphs[0].text = "{{ a b }}"
    with pytest.raises(Faults) as caught:
        prepare(tmp_path / "t", saved(document))
    assert [one.where.path for one in caught.value.faults] == [("text", "paragraph 2"), ("header 1", "paragraph 1")]
    assert "Dear {{ name | uper }}" in str(caught.value)


def test_a_fault_in_a_property_names_it(tmp_path):
    document = docx.Document()
    document.core_properties.title = "{{ nmae }}"
    with pytest.raises(FieldMissing) as caught:
        render(tmp_path / "t", saved(document), {"name": "x"})
    assert caught.value.where.path == ("properties", "title")


def test_a_loop_that_begins_before_a_table_and_ends_in_it_is_a_fault_and_no_broken_file(tmp_path):
    document = docx.Document()
    document.add_paragraph("{% for l in lines %}")
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ l }}{% endfor %}"
    with pytest.raises(TemplateSyntax, match="not well-formed"):
        render(tmp_path / "t", saved(document), {"lines": ["a", "b"]})


def test_strings_in_a_template_are_printed_as_written(tmp_path):
    assert docx_text(render(tmp_path / "t", word("{{ 'Q & A <b>' }}"))).strip() == "Q & A <b>"


def test_code_in_a_template_does_not_run(tmp_path):
    with pytest.raises(TemplateError):
        render(tmp_path / "t", word("{{ cycler.__init__.__globals__.os.system('true') }}"))


def test_limits_hold(tmp_path):
    prepared = prepare(tmp_path / "t", word("{% for i in range(1000) %}x{% endfor %}"), limits=Limits(loop=100))
    with pytest.raises(LimitExceeded):
        prepared.render(make_context({}))


# --- the file -------------------------------------------------------------------------------------


def test_the_file_says_the_runs_date_and_no_clock_time(tmp_path):
    content = render(tmp_path / "t", word("x"))
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert str(properties.created)[:10] == str(properties.modified)[:10] == "2026-03-04"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_word_document_is_a_fault(tmp_path, content):
    with pytest.raises(TemplateSyntax, match="is not a Word document"):
        prepare(tmp_path / "t", content)


def test_a_part_that_unpacks_to_a_multiple_of_its_size_is_refused(tmp_path):
    output = io.BytesIO(word("x"))
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/bomb.bin", b"\0" * 20_000_000)
    with pytest.raises(TemplateError, match="unpacks to more than"):
        prepare(tmp_path / "t", output.getvalue())


def test_a_document_type_in_a_part_is_refused(tmp_path):
    output = io.BytesIO(word("x"))
    with zipfile.ZipFile(output, "a") as package:
        package.writestr("word/extra.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    with pytest.raises(TemplateError, match="document type"):
        prepare(tmp_path / "t", output.getvalue())


def test_a_damaged_document_is_a_fault(tmp_path):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<not closed")
    with pytest.raises(TemplateSyntax, match=r"is damaged: word/document\.xml"):
        prepare(tmp_path / "t", output.getvalue())


def test_control_characters_are_left_out_of_properties_too(tmp_path):
    document = docx.Document()
    document.core_properties.title = "Letter to {{ a }}"
    made = docx.Document(io.BytesIO(render(tmp_path / "t", saved(document), {"a": "a\x00\x1b\x07b"})))
    assert made.core_properties.title == "Letter to ab"


def test_the_characters_for_paragraphs_and_pages_begin_new_ones_where_they_can(tmp_path):
    content = render(tmp_path / "t", word("{{ a }}"), {"a": "one\atwo\fthree"})
    assert [one.text for one in docx.Document(io.BytesIO(content)).paragraphs] == ["one", "two", "", "three"]
