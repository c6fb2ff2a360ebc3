"""Pictures, formatted text, links, boxes and page ends in bodies that are not Word."""

import base64
import io
import re

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from rendering import make_context, make_template, pdf_text, picture, rml_template

from docgen.errors import DocgenError, UnsupportedFeature
from docgen.merge import make_environment
from docgen.render import pdf
from docgen.render.mail import prepare_mail
from docgen.render.text import prepare_html, prepare_text

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 48"><script/><rect width="96" height="48"/></svg>'


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "wide.png")
    Image.new("RGB", (120, 60)).save(folder / "photo.webp")
    (folder / "logo.svg").write_text(SVG)
    return folder


def page(folder, body, values=None):
    return prepare_html(make_template(folder, body, ".html")).render(make_context(values or {})).content.decode()


def message(folder, body):
    return prepare_mail(make_template(folder, body, ".html", "subject: x")).render(make_context({}))


def drawn(folder, story, values=None):
    return pdf.prepare(rml_template(folder, story)).render(make_context(values or {})).content


def pictures_of(content):
    document = pypdfium2.PdfDocument(content)
    found = [item.get_bounds() for item in document[0].get_objects() if type(item).__name__ == "PdfImage"]
    return [
        (round((right - left) / 72 * 25.4), round((top - bottom) / 72 * 25.4)) for left, bottom, right, top in found
    ]


# --- HTML -----------------------------------------------------------------------------------------


def test_a_drawing_stays_one_in_a_page_and_is_made_safe(folder):
    html = page(folder, '{{ "logo.svg" | image(width_mm=25.4, alt="L") }}')
    found = re.search(r'<img src="data:image/svg\+xml;base64,([^"]+)" width="96" height="48" alt="L"/>', html)
    assert b"script" not in base64.b64decode(found[1])


def test_a_message_carries_pixels_of_a_drawing_in_its_own_size(folder):
    made = message(folder, '{{ "logo.svg" | image }}{{ "photo.webp" | image(height_mm=25.4) }}')
    assert [(one.file_name, one.media_type) for one in made.images] == [
        ("logo.png", "image/png"),
        ("photo.png", "image/png"),
    ]
    assert 'src="cid:logo.png" width="96" height="48"' in made.html
    assert 'src="cid:photo.png" width="192" height="96"' in made.html


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ("", ""),
        ("width_mm=25.4, height_mm=25.4", ' width="96" height="48"'),
        ('width_mm=25.4, height_mm=25.4, fit="stretch"', ' width="96" height="96"'),
    ],
)
def test_a_picture_of_a_page_fits(folder, options, sizes):
    assert re.search(rf'<img src="[^"]+"{sizes} alt=""/>', page(folder, f'{{{{ "wide.png" | image({options}) }}}}'))


def test_a_picture_of_a_page_can_lead_somewhere(folder):
    html = page(folder, '{{ "wide.png" | image(anchor="https://example.com/?a&b") }}')
    assert re.search(r'<a href="https://example.com/\?a&amp;b"><img [^>]+></a>', html)


def test_looks_of_html_are_escaped(folder):
    body = "{{ a | rich(bold=false, italic=true, underline=true, strike=true, font=a, highlight='#ffee00', style=a) }}"
    made = page(folder, body, {"a": "x'\"<y>\nz"})
    assert made.startswith('<span class="x-y-z" style="font-weight: normal; font-style: italic; text-decoration: ')
    assert "underline line-through; background-color: #FFEE00; font-family: " in made
    assert made.endswith("x&#x27;&quot;&lt;y&gt;<br/>z</span>")
    assert "<y>" not in made


def test_a_page_ends_in_print_and_a_message_has_no_pages(folder):
    assert "break-after: page" in page(folder, "{{ page_break() }}")
    with pytest.raises(UnsupportedFeature, match="a message has no pages"):
        message(folder, "{{ page_break() }}")


@pytest.mark.parametrize(("value", "box"), [("true", "☒"), ("false", "☐")])
def test_a_box_of_html(folder, value, box):
    html = page(folder, f'{{{{ {value} | checkbox("a & b") }}}}')
    assert html.replace("&#9746;", "☒").replace("&#9744;", "☐").replace("&#160;", " ") == f"{box} a &amp; b"


# --- RML ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "size"),
    [
        ('"wide.png" | image(width_mm=40)', (40, 20)),
        ('"wide.png" | image(width_mm=40, height_mm=40)', (40, 20)),
        ('"wide.png" | image(width_mm=40, height_mm=40, fit="stretch")', (40, 40)),
        ('"photo.webp" | image(height_mm=40)', (80, 40)),
        ("data | image(height_mm=30)", (60, 30)),
    ],
)
def test_a_picture_of_a_pdf_fits(folder, call, size):
    values = {"data": (folder / "photo.webp").read_bytes()}
    assert pictures_of(drawn(folder, f"{{{{ {call} }}}}", values)) == [size]


def test_a_drawing_of_a_pdf_stays_a_drawing_of_its_size(folder):
    page = pypdfium2.PdfDocument(drawn(folder, '{{ "logo.svg" | image(height_mm=30) }}'))[0]
    (form,) = [found for found in page.get_objects(max_depth=1) if found.type == pypdfium2.raw.FPDF_PAGEOBJ_FORM]
    left, bottom, right, top = form.get_bounds()
    assert (round((right - left) / 72 * 25.4), round((top - bottom) / 72 * 25.4)) == (60, 30)


def test_a_picture_of_a_pdf_leads_nowhere(folder):
    with pytest.raises(UnsupportedFeature, match="cannot lead anywhere"):
        drawn(folder, '{{ "wide.png" | image(anchor="https://example.com") }}')


def test_looks_of_a_pdf(folder):
    story = """<para style="text">a {{ a | rich(bold=true, italic=true, underline=true, color="#B00020", size=14) }} b
    H{{ 2 | rich(script="sub", highlight="#FFEE00", strike=true) }}O</para>"""
    content = drawn(folder, story, {"a": "x & <y>"})
    assert "".join(pdf_text(content).split()) == "ax&<y>bH2O"
    document = pypdfium2.PdfDocument(content)
    fonts = {item.get_font().get_base_name() for item in document[0].get_objects() if item.type == 1}
    assert any("BoldIt" in font for font in fonts)


def test_a_link_of_a_pdf_leads_out(folder):
    content = drawn(folder, '<para style="text">see {{ "https://example.com/?a=1&b=2" | link("<here>") }}</para>')
    assert pdf_text(content).strip() == "see <here>"
    with pikepdf.open(io.BytesIO(content)) as document:
        (link,) = document.pages[0].Annots
        assert link.A.URI == "https://example.com/?a=1&b=2"


def test_boxes_of_a_pdf_are_characters_of_the_shipped_font(folder):
    story = '<para style="text"><i>{{ true | checkbox("yes") }} {{ false | checkbox("no") }}</i></para>'
    assert pdf_text(drawn(folder, story)).replace("\xa0", " ").split() == ["☑", "yes", "☐", "no"]


def test_a_page_of_a_pdf_ends_between_paragraphs_only(folder):
    made = drawn(folder, '<para style="text">a</para>{{ page_break() }}<para style="text">b</para>')
    assert len(pypdfium2.PdfDocument(made)) == 2
    cell = "<blockTable><tr><td><para>a</para>{{ page_break() }}</td></tr></blockTable>"
    for story in ("<para>a {{ page_break() }} b</para>", cell):
        with pytest.raises(DocgenError, match="a page cannot end inside") as caught:
            drawn(folder, story)
        assert caught.value.where.line == 7


# --- text -----------------------------------------------------------------------------------------


def test_text_says_what_it_can(folder):
    body = """{{ "wide.png" | image(alt="Logo", width_mm=3) }} {{ 2.5 | rich(bold=true) }}
{{ "https://example.com" | link("a") }} {{ "https://example.com" | link }}
{{ true | checkbox("b") }} {{ false | checkbox }}{{ page_break() }}c"""
    made = prepare_text(make_template(folder, body, ".txt")).render(make_context({})).content.decode()
    assert made == "Logo 2.5\na (https://example.com) https://example.com\n[x] b [ ]\fc"


def test_a_factory_without_a_thing_says_that_its_body_cannot_hold_it():
    class Bare:
        """A factory of somebody's own."""

    environment = make_environment("none", rich=Bare())
    for call in ("'a' | rich", "'https://example.com' | link", "true | checkbox", "page_break()"):
        with pytest.raises(UnsupportedFeature, match="this kind of body cannot hold"):
            environment.from_string(f"{{{{ {call} }}}}").render()


def test_pixels_of_a_drawing_are_fine_enough_to_print(folder):
    made = message(folder, '{{ "logo.svg" | image }}').images[0]
    assert Image.open(io.BytesIO(made.content)).size == (1200, 600)
