"""RML to PDF: what may stand in a body, where its faults are, and what comes out."""

import gc
import io
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pikepdf
import pytest
from rendering import COMPANY, RML, make_context, make_template, pdf_text, picture, rml_template

from docgen.errors import DocgenError, Faults, FieldMissing, GlyphMissing, TemplateError, TemplateSyntax
from docgen.model import Making
from docgen.render import pdf
from docgen.render.marks import mark_lines, read_marked, start_tags, unmark
from docgen.render.pdf.glyphs import describe, tidy


@pytest.fixture(params=list(Making), autouse=True)
def engine(request, monkeypatch):
    """Both ways of making PDF keep to all that is said here."""
    monkeypatch.setattr(pdf, "prepare", partial(pdf.prepare, engine=request.param))
    return request.param


def render(folder, story, values=None, **options):
    return pdf.prepare(rml_template(folder, story)).render(make_context(values or {}, **options))


def fault(folder, story, values=None):
    with pytest.raises(DocgenError) as caught:
        render(folder, story, values)
    return caught.value


# --- what comes out -------------------------------------------------------------------------------


def test_text_tables_and_markup_come_out_in_the_shipped_fonts(tmp_path):
    made = render(
        tmp_path / "t",
        '<para style="text">{{ a }} <b>bold</b> <i>it</i></para>'
        '<blockTable style="table"><tr><td>{{ b }}</td></tr></blockTable>',
        {"a": "Luís Gonçalves, František, Ελλάδα, Київ", "b": "₱ 1,234.00 €"},
    )
    text = pdf_text(made.content)
    assert "Luís Gonçalves, František, Ελλάδα, Київ bold it" in text
    assert "₱ 1,234.00 €" in text
    with pikepdf.open(io.BytesIO(made.content)) as document:
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    # A subset is what is embedded.
    assert all(re.match("/[A-Z]{6}[+]", font) for font in fonts)
    assert {font[8:] for font in fonts} == {f"SourceSans3-{face}" for face in ("Regular", "Bold", "It")}


def test_markup_in_values_is_text_in_paragraphs_cells_and_drawings(tmp_path):
    value = "Smith & Co <select> <b>x</b> ]]> &amp; {{ 7*7 }} {% raw %}"
    made = render(
        tmp_path / "t",
        '<para style="text">{{ a }}</para><blockTable style="table"><tr><td>{{ a }}</td></tr></blockTable>'
        '<illustration width="300" height="20"><setFont name="SourceSans3" size="9"/>'
        '<drawString x="0" y="5">{{ a }}</drawString></illustration><pre style="text">{{ a }}</pre>',
        {"a": value},
    )
    assert " ".join(pdf_text(made.content).split()).count(value) == 4


def test_pages_are_counted(tmp_path):
    made = render(tmp_path / "t", '<para style="text">one</para><nextPage/><para style="text">two</para>')
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert made.pages == len(document.pages) == 2


def test_a_document_says_its_title_author_and_language_and_no_clock_time(tmp_path):
    made = render(tmp_path / "t", '<para style="text">x</para>', locale="de_AT")
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert str(document.docinfo["/Title"]) == "A test"
        assert str(document.docinfo["/Author"]) == COMPANY["name"]
        assert str(document.Root.Lang) == "de-AT"
        assert str(document.docinfo["/CreationDate"]).startswith("D:20260304000000")


def test_the_body_may_set_its_own_title(tmp_path):
    body = RML.replace('filename="x.pdf"', 'title="Invoice {{ n }}"') % '<para style="text">x</para>'
    made = pdf.prepare(make_template(tmp_path / "t", body, ".rml")).render(make_context({"n": "A & B"}))
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert str(document.docinfo["/Title"]) == "Invoice A & B"


def test_counters_and_fonts_of_one_document_do_not_reach_the_next(tmp_path):
    counting = '<para style="text">No. <seq id="n"/> <seq id="n"/></para>'
    prepared = pdf.prepare(rml_template(tmp_path / "t", counting))
    first, second = (prepared.render(make_context({})) for _ in range(2))
    assert "No. 1 2" in pdf_text(second.content)
    assert first.content == second.content


def test_many_documents_leave_nothing_behind(tmp_path):
    from reportlab.pdfbase import pdfmetrics

    prepared = pdf.prepare(rml_template(tmp_path / "t", '<para style="text">{{ a }}</para>'))
    prepared.render(make_context({"a": "first"}))
    gc.collect()
    fonts, objects = len(pdfmetrics._fonts), len(gc.get_objects())
    for number in range(30):
        prepared.render(make_context({"a": f"number {number}"}))
    gc.collect()
    assert len(pdfmetrics._fonts) == fonts
    assert len(gc.get_objects()) < objects + 1000


def test_a_failed_document_does_not_harm_the_next(tmp_path):
    bad = pdf.prepare(rml_template(tmp_path / "a", '<para style="text" textColor="{{ c }}">x</para>'))
    good = pdf.prepare(rml_template(tmp_path / "b", '<para style="text">fine</para>'))
    before = good.render(make_context({})).content
    with pytest.raises(TemplateError):
        bad.render(make_context({"c": "no colour"}))
    assert good.render(make_context({})).content == before


def test_documents_made_by_several_threads_do_not_mix(tmp_path):
    prepared = pdf.prepare(rml_template(tmp_path / "t", '<para style="text">{{ a }} <seq id="n"/></para>'))
    expected = {n: prepared.render(make_context({"a": f"number {n}"})).content for n in range(8)}
    with ThreadPoolExecutor(4) as pool:
        made = dict(
            zip(
                expected,
                pool.map(lambda n: prepared.render(make_context({"a": f"number {n}"})).content, expected),
                strict=True,
            )
        )
    assert made == expected


def test_an_xml_declaration_is_allowed_whatever_it_says(tmp_path):
    body = "{# about #}\n<?xml version='1.0' encoding='iso-8859-1'?>\n" + RML % '<para style="text">Größe Ž</para>'
    made = pdf.prepare(make_template(tmp_path / "t", body, ".rml")).render(make_context({}))
    assert "Größe Ž" in pdf_text(made.content)


def test_qr_codes_pictures_and_markdown_are_drawn(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "logo.png")
    made = render(
        folder,
        '{{ "https://example.com/ä"|qr(size_mm=20) }}{{ "logo.png"|image(width_mm=30) }}{{ m|markdown }}'
        '<para style="text">See: {{ m|markdown }}</para><para style="text">{{ "logo.png"|image(height_mm=4) }}</para>',
        {
            "m": "# Head\n\nA **b** [site](https://example.com) [bad](ftp://example.com)\n\n"
            "1. one\n2. two\n   - deep\n\n`a<b`"
        },
    )
    text = pdf_text(made.content)
    assert text.count("Head") == 2
    assert "2." in text
    assert "a<b" in text
    with pikepdf.open(io.BytesIO(made.content)) as document:
        pictures = [image for page in document.pages for image in page.get_images()]
        links = [str(link.A.URI) for page in document.pages for link in page.get("/Annots", [])]
    assert len(pictures) == 1, "one picture file, used twice"
    assert set(links) == {"https://example.com"}


def test_tables_lists_and_pictures_of_formatted_text_are_drawn(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "logo.png")
    gif = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    rows = "".join(f"<tr><td>{number}<td align=right>row {number}.00" for number in range(60))
    text = (
        f'<h2 style="text-align:center">Head</h2><img src="logo.png"> beside <img src="{gif}" width=10> it'
        f"<table><thead><tr><th rowspan=2>Number<th>Price<tr><th>EUR<tbody>{rows}</table>"
        "<ol type=A start=3><li>third</ol><pre>  a\n   b</pre><script>no</script><p>&lt;b&gt; &amp; H<sub>2</sub>O</p>"
    )
    made = render(folder, "{{ a|html }}", {"a": text})
    lines = pdf_text(made.content)
    assert made.pages == 2
    assert lines.count("Price") == lines.count("EUR") == 2, "the head stands on both pages"
    assert "row 59.00" in lines
    assert "C." in lines
    assert "<b> & H" in lines
    assert "script" not in lines
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert len({name for page in document.pages for name in page.get_images()}) == 2


def test_a_table_of_formatted_text_within_a_paragraph_becomes_lines(tmp_path):
    text = "x\n\n|a|b|\n|-|-|\n|c|d|\n\n> y\n\nz"
    made = render(tmp_path / "t", '<para style="text">See: {{ a|markdown }}</para>', {"a": text})
    lines = [" ".join(line.split()) for line in pdf_text(made.content).split("\n") if line.strip()]
    assert lines == ["See:", "x", "a b", "c d", "y", "z"]


def test_the_qr_element_stands_in_drawings_too(tmp_path):
    made = render(
        tmp_path / "t",
        '<illustration width="50" height="50"><qr value="{{ v }}" x="0" y="0" size="40"/></illustration>',
        {"v": "a&b"},
    )
    assert made.pages == 1


def test_the_companys_logo_may_lie_outside_the_folder(tmp_path):
    logo = picture(tmp_path / "logo.png")
    outside = picture(tmp_path / "other.png")
    prepared = pdf.prepare(rml_template(tmp_path / "t", '<img src="{{ src }}" width="20" height="10"/>'))
    company = COMPANY | {"logo": logo}
    assert prepared.render(make_context({"src": str(logo)}) | {"company": company}).pages == 1
    with pytest.raises(TemplateError, match="outside"):
        prepared.render(make_context({"src": str(outside)}) | {"company": company})


def test_short_colours_are_the_colours_they_say(tmp_path):
    short, long = (render(tmp_path / "t", f'<para style="text" textColor="{c}">x</para>') for c in ("#fa0", "#ffaa00"))
    assert short.content == long.content


def test_lines_in_a_cell_become_lines_of_the_cell(tmp_path):
    made = render(tmp_path / "t", '<blockTable style="table"><tr><td>one<br/>two &amp; three</td></tr></blockTable>')
    assert "one\ntwo & three" in pdf_text(made.content)


# --- characters -----------------------------------------------------------------------------------


#: No character, so that no font of any computer has it.
NOTHING, NOBODY = "\u0378", "\u0379"


def test_a_missing_glyph_names_the_character_the_font_the_field_and_the_line(tmp_path):
    found = fault(
        tmp_path / "t", '<para style="text">Dear {{ people[0].name }}</para>', {"people": [{"name": f"Ann {NOTHING}"}]}
    )
    assert isinstance(found, GlyphMissing)
    assert "U+0378" in str(found)
    assert "SourceSans3" in str(found)
    assert found.field == "people[0].name"
    assert str(found.where) == "t/body.rml, line 7"


def test_every_missing_glyph_is_reported_at_once(tmp_path):
    one, other = (f'<para style="text">{char}</para>' for char in (NOTHING, NOBODY))
    found = fault(tmp_path / "t", f'{one}<para style="text">fine</para>{other}')
    assert isinstance(found, Faults)
    assert {one.value for one in found.faults} == {NOTHING, NOBODY}


def test_a_built_in_font_is_set_in_a_shipped_one_which_is_embedded(tmp_path):
    story = (
        '<para fontName="Helvetica">Größe 5 € <b>Київ</b> <i>ai</i></para><para>Without a font</para><h1>Head</h1>'
        '<pre>code</pre><ul><li><para>dot</para></li></ul><para fontName="Times-Roman">a <b>b</b> '
        '<greek>abg</greek> <font face="courier">c</font></para><blockTable><tr><td>cell</td></tr></blockTable>'
    )
    content = render(tmp_path / "t", story).content
    assert "Größe 5 € Київ ai" in pdf_text(content)
    assert "αβγ" in pdf_text(content)
    with pikepdf.open(io.BytesIO(content)) as document:
        fonts = {str(font.BaseFont)[8:] for page in document.pages for font in page.Resources.Font.values()}
    assert fonts == {f"SourceSans3-{face}" for face in ("Regular", "Bold", "It")} | {"SourceCodePro-Regular"}


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("a\u00adb", "ab"),
        ("a\u200bb\u2060c\ufeff", "abc"),
        ("1\u202f234", "1\u00a0234"),
        ("e\u0301", "é"),
        ("a\tb", "a b"),
        ("a\u2011b", "a-b"),
    ],
)
def test_characters_that_steer_text_are_not_printed(written, printed):
    assert tidy(written) == printed


def test_a_character_is_described_as_standards_do():
    assert describe("ẞ") == '"ẞ" (U+1E9E LATIN CAPITAL LETTER SHARP S)'


# --- what may not stand in a body -----------------------------------------------------------------


@pytest.mark.parametrize(
    "element",
    [
        "<para style='text'><evalString>1+1</evalString></para>",
        '<docExec stmt="import os"/>',
        '<docIf cond="1"/>',
        '<docAssign var="a" expr="1"/>',
        '<plugInFlowable module="os" function="system">ls</plugInFlowable>',
        '<illustration width="1" height="1"><plugInGraphic module="os" function="system"/></illustration>',
        '<para style="text">x<onDraw name="abc" label="x"/></para>',
        "<log level='INFO'>x</log>",
        '<illustration width="1" height="1"><textField title="a" x="0" y="0" width="9" height="9"/></illustration>',
    ],
)
def test_elements_that_run_code_or_reach_out_are_refused_before_the_first_record(tmp_path, element):
    with pytest.raises(TemplateError, match=r"t/body\.rml, line 7: <\w+> is not (allowed|an RML element)"):
        pdf.prepare(rml_template(tmp_path / "t", element))


def test_all_refused_elements_are_named_together(tmp_path):
    with pytest.raises(Faults) as caught:
        pdf.prepare(rml_template(tmp_path / "t", "<docExec stmt='1'/>\n<prara>x</prara>"))
    assert [one.where.line for one in caught.value.faults] == [7, 8]
    assert 'did you mean "para"?' in str(caught.value.faults[1])


def test_an_element_that_jinja_puts_together_is_refused_too(tmp_path):
    found = fault(tmp_path / "t", "<{{ 'docExec' }} stmt=\"1\"/>")
    assert "<docExec> is not allowed" in str(found)


@pytest.mark.parametrize(
    "source",
    [
        "/etc/passwd",
        "../../secret.png",
        "http://example.com/a.png",
        "file:///etc/passwd",
        "[z3c.rml]/x.png",
        "data:image/png;base64,AA==",
        "",
    ],
)
@pytest.mark.parametrize(
    "element", ['<img src="{{ s }}"/>', '<para style="text"><img src="{{ s }}" width="1" height="1"/></para>']
)
def test_pictures_come_from_the_templates_folder_only(tmp_path, element, source):
    picture(tmp_path / "secret.png")
    found = fault(tmp_path / "t", element, {"s": source})
    assert isinstance(found, TemplateError)
    assert "line 7" in str(found)


def test_a_picture_that_is_not_there_is_a_fault_with_a_guess(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "logo.png")
    assert 'did you mean "logo.png"?' in str(fault(folder, '<img src="lgo.png"/>'))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "a.png").symlink_to(picture(tmp_path / "secret.png"))
    assert "outside" in str(fault(folder, '<img src="a.png"/>'))


@pytest.mark.parametrize("target", ["javascript:alert(1)", "file:///etc/passwd", " JavaScript:x"])
def test_links_lead_to_the_web_mail_or_telephone_only(tmp_path, target):
    assert "is not allowed" in str(
        fault(tmp_path / "t", '<para style="text"><a href="{{ u }}">x</a></para>', {"u": target})
    )


def test_document_types_and_entities_are_refused(tmp_path):
    body = '<!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<document>&x;</document>'
    prepared = pdf.prepare(make_template(tmp_path / "t", body, ".rml"))
    with pytest.raises(TemplateSyntax, match=r"line 1: <!DOCTYPE> is not allowed"):
        prepared.render(make_context({}))


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "says"),
    [
        ('<para style="txt">x</para>', "Style 'txt' could not be found|there is no style \"txt\""),
        ('<spacer length="abc"/>', "not a valid measurement|is not a length"),
        ("<spacer/>", 'No value for required attribute "length"|the attribute "length" is missing'),
        ('<para style="text" textColor="nix">x</para>', "<para>"),
        ("<b>x</b>", "<b> cannot stand inside <story>"),
        ("text by itself", "would not be printed"),
        ('<blockTable><tr><td>a <para style="text">b</para></td></tr></blockTable>', "would not be printed"),
        ('<para fontName="Arail">x</para>', 'there is no font "Arail"'),
        ("<blockTable></blockTable>", "must have at least a row and column|has at least one row and one column"),
    ],
)
def test_faults_of_rml_name_the_templates_line(tmp_path, story, says):
    found = fault(tmp_path / "t", "{% for n in [1, 2, 3] %}\n<spacer length='1'/>\n{% endfor %}\n" + story)
    assert isinstance(found, TemplateError)
    assert re.search(says, str(found))
    assert found.where.file == "t/body.rml"
    assert found.where.line in (10, 8), "stray text has the line of the element before it"
    assert "0x" not in str(found)


def test_markup_that_is_not_well_formed_names_the_templates_line(tmp_path):
    found = fault(
        tmp_path / "t", '{% for n in "abc"|list %}<spacer length="1"/>\n{% endfor %}<para style="text">x</story>'
    )
    assert isinstance(found, TemplateSyntax)
    assert found.where.line == 8
    assert "docgen-line" not in str(found)


def test_content_larger_than_its_frame_is_a_fault_in_plain_words(tmp_path):
    found = fault(tmp_path / "t", '<spacer length="5000"/>')
    assert isinstance(found, TemplateError)
    assert "larger than the frame" in str(found)


def test_an_unknown_field_names_line_and_field(tmp_path):
    found = fault(tmp_path / "t", '<para style="text">{{ nmae }}</para>', {"name": "x"})
    assert isinstance(found, FieldMissing)
    assert found.where.line == 7
    assert 'did you mean "name"?' in str(found)


def test_a_font_file_that_is_none_is_a_fault(tmp_path):
    (tmp_path / "t" / "fonts").mkdir(parents=True)
    (tmp_path / "t" / "fonts" / "My.ttf").write_bytes(b"no font")
    with pytest.raises(TemplateError, match="cannot be used in a PDF"):
        pdf.prepare(rml_template(tmp_path / "t", "<spacer length='1'/>"))


def test_a_template_may_bring_its_own_fonts(tmp_path):
    from docgen.render.pdf.fonts import SHIPPED

    (tmp_path / "t" / "fonts").mkdir(parents=True)
    (tmp_path / "t" / "fonts" / "Own.ttf").write_bytes((SHIPPED / "SourceSans3-Semibold.ttf").read_bytes())
    made = render(tmp_path / "t", '<para fontName="SourceSans3-Semibold">Ž</para>')
    assert "Ž" in pdf_text(made.content)


# --- lines ----------------------------------------------------------------------------------------


def test_marking_lines_changes_nothing_but_the_tags():
    source = "{# <a> #}<b>\n{{ '<c>' }}<!-- <d> -->\n<e f='<g'/>{% if x < y %}</b>"
    marked = mark_lines(source)
    assert unmark(marked) == source
    assert start_tags(marked)[:2] == [("b", 1), ("e", 3)]


def test_elements_from_values_have_the_line_of_their_parent():
    root = read_marked(mark_lines("<a>\n<b>") + "<c/></b></a>", "x")
    assert [element.sourceline for element in root.iter()] == [1, 2, 2]
