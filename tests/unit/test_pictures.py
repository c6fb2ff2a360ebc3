"""Pictures as values: what kind they are, how large, how they fit, and what is refused."""

import base64
import io
import math
import struct
import zlib

import pytest
from PIL import Image
from rendering import picture

from docgen import svg
from docgen.errors import TemplateError
from docgen.pictures import Picture, check_size, read_picture
from docgen.svg import read_svg

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">%s</svg>'
)


def saved(image, kind, **options):
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def plain(size=(120, 60), mode="RGB"):
    return Image.new(mode, size)


def opened(content):
    return Image.open(io.BytesIO(content))


# --- kinds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif")])
def test_a_picture_that_every_reader_shows_stays_as_it_is(kind, media_type):
    content = saved(plain(), kind)
    made = read_picture(content)
    assert (made.content, made.media_type, made.changed) == (content, media_type, False)


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "TIFF"])
def test_another_kind_of_picture_becomes_png(kind):
    made = read_picture(saved(plain(), kind))
    assert (made.media_type, made.changed) == ("image/png", True)
    assert opened(made.content).format == "PNG"


def test_a_photograph_is_shown_upright():
    left_red = plain((40, 20))
    left_red.paste((255, 0, 0), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # held so that it must be turned a quarter to the right
    made = read_picture(saved(left_red, "JPEG", exif=exif, dpi=(96, 48)))
    upright = opened(made.content)
    assert upright.size == (20, 40)
    assert upright.getpixel((10, 5))[0] > 200
    assert upright.getexif().get(0x0112) in (None, 1)
    assert (made.width_mm, made.height_mm) == pytest.approx((20 / 48 * 25.4, 40 / 96 * 25.4))


# --- sizes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dpi", "width_mm"), [(300, 10.16), (96, 31.75), (1, 31.75), (100_000, 31.75)])
def test_the_dots_an_inch_of_a_file_say_how_large_it_is_where_they_can_be_true(dpi, width_mm):
    assert read_picture(saved(plain(), "PNG", dpi=(dpi, dpi))).width_mm == pytest.approx(width_mm, rel=1e-3)


def test_a_picture_without_dots_an_inch_has_ninety_six():
    assert read_picture(saved(plain(), "PNG")).width_mm == pytest.approx(120 / 96 * 25.4)


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"width_mm": 40, "height_mm": None}, (40, 20)),
        ({"width_mm": None, "height_mm": 40}, (80, 40)),
        ({"width_mm": 40, "height_mm": 40}, (40, 20)),
        ({"width_mm": 40, "height_mm": 10}, (20, 10)),
        ({"width_mm": 40, "height_mm": 40, "fit": "stretch"}, (40, 40)),
        ({"width_mm": None, "height_mm": None}, (100, 50)),
        ({"width_mm": None, "height_mm": None, "most_mm": 60}, (60, 30)),
        ({"width_mm": None, "height_mm": None, "most_mm": 600}, (100, 50)),
        ({"width_mm": 700, "height_mm": None, "most_mm": 600}, (700, 350)),
    ],
)
def test_a_picture_keeps_its_shape_unless_it_is_to_be_stretched(asked, size):
    assert Picture(b"", "image/png", 100, 50).size(**asked) == pytest.approx(size)


@pytest.mark.parametrize("size", [0, -1, math.nan, math.inf, 5001, True])
def test_what_is_no_size_is_refused(size):
    with pytest.raises(TemplateError, match="width_mm"):
        check_size("width_mm", size)


# --- faults ---------------------------------------------------------------------------------------


def bomb(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (11_000, 11_000), (60_000, 60_000)])
def test_a_picture_of_huge_size_is_refused_before_it_is_unpacked(width, height):
    with pytest.raises(TemplateError, match="pixels, more than 80 million"):
        read_picture(bomb(width, height))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a picture"),
        (b"GIF plus text", "is not a picture"),
        (b"%PDF-1.7", "is not a picture"),
        (saved(plain((500, 500)), "JPEG")[:-2000], "is damaged"),
        (saved(plain((500, 500)), "PNG")[:-60], "is damaged"),
        (b"<html><svg/></html>", "is not a picture"),
        (b"<svg><g></svg>", "is a damaged SVG"),
    ],
)
def test_what_is_no_picture_or_damaged_is_a_fault(content, message):
    with pytest.raises(TemplateError, match=message):
        read_picture(content)


def test_the_fault_names_the_file(tmp_path):
    (tmp_path / "logo.png").write_bytes(b"no picture")
    with pytest.raises(TemplateError, match=r'^the picture "logo.png" is not a picture; use PNG'):
        read_picture(tmp_path / "logo.png")


# --- drawings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="40mm" height="2cm"', (40, 20)),
        ('width="1in" viewBox="0 0 10 20"', (25.4, 50.8)),
        ('width="100%" height="100%" viewBox="0 0 96 48"', (25.4, 12.7)),
        ('width="72pt" height="6pc"', (25.4, 25.4)),
        ('viewBox="0,0,96,192"', (25.4, 50.8)),
    ],
)
def test_a_drawing_says_its_size(attributes, size):
    drawing = read_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode())
    assert (drawing.width_mm, drawing.height_mm) == pytest.approx(size)


@pytest.mark.parametrize("attributes", ["", 'viewBox="0 0 0 5"', 'width="5em" height="2em"', 'width="1" height="9999"'])
def test_a_drawing_without_a_size_is_a_fault(attributes):
    with pytest.raises(TemplateError, match="says no size"):
        read_picture(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode())


def test_a_drawing_comes_with_a_picture_of_it():
    made = read_picture((SVG % '<rect width="100" height="100" fill="#ff0000"/>').encode())
    image = opened(made.content)
    assert image.size == (1200, 600)
    assert image.getpixel((100, 100)) == (255, 0, 0, 255)
    assert image.getpixel((1100, 100))[3] == 0
    assert made.vector is not None


def test_text_of_a_drawing_is_drawn_with_docgens_own_font():
    made = read_picture((SVG % '<text y="80" font-size="80" font-family="No Such Font">Ahorn</text>').encode())
    assert opened(made.content).getchannel("A").getextrema() == (0, 255)
    assert read_picture((SVG % '<text y="80" font-size="80">Ahorn</text>').encode()).content == made.content


@pytest.mark.parametrize(
    ("inside", "gone"),
    [
        ("<script>alert(1)</script>", b"alert"),
        ('<rect onload="alert(1)"/>', b"alert"),
        ("<foreignObject><b>x</b></foreignObject>", b"foreignObject"),
        ('<style>@import url("http://example.com/a.css"); rect {fill: red}</style>', b"example.com"),
        ("<style>@font-face {src: url(http://example.com/a.woff)} rect {fill: red}</style>", b"example.com"),
        ('<rect style="fill: url(http://example.com/a.svg#b)"/>', b"example.com"),
        ('<rect fill="url(http://example.com/a.svg#b)"/>', b"example.com"),
        ('<a xlink:href="javascript:alert(1)"><rect/></a>', b"alert"),
        ('<filter id="f"><feTurbulence numOctaves="99999"/></filter><rect filter="url(#f)"/>', b"ilter"),
        ('<rect style="filter: url(#f); fill: red"/>', b"filter"),
        ('<?xml-stylesheet href="http://example.com/a.css"?>', b"example.com"),
    ],
)
def test_what_runs_or_loads_in_a_drawing_is_left_out(inside, gone):
    drawing = read_svg((SVG % f"before{inside}after").encode())
    assert gone not in drawing.content
    assert b"before" in drawing.content
    assert b"after" in drawing.content


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="http://example.com/a.png"/>',
        '<image xlink:href="/etc/hostname"/>',
        '<image href="file:///etc/hostname"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<use href="other.svg#a"/>',
    ],
)
def test_a_drawing_that_refers_to_another_file_is_a_fault(inside):
    with pytest.raises(TemplateError, match="refers to another file"):
        read_picture((SVG % inside).encode())


@pytest.mark.parametrize(
    "style",
    [
        '@im@import;port "http://example.com/x.css";',
        '@filter:a;import "http://example.com/x.css";',
        "@im@font-face{}port url(http://example.com/x)",
    ],
)
def test_styles_that_would_load_once_others_are_left_out_are_refused(style):
    with pytest.raises(TemplateError, match="styles hide others"):
        read_svg((SVG % f"<style>{style}</style>").encode())


@pytest.mark.parametrize("reference", ["url(#g)", "url( #g)", "url(  '#g' )"])
def test_references_within_a_drawing_stay(reference):
    made = read_svg((SVG % f'<rect fill="{reference}" style="fill:{reference}"/>').encode()).content
    assert made.count(reference.encode()) == 2


def test_a_picture_within_a_drawing_is_looked_at_too():
    inside = f'<image href="data:image/png;base64,{base64.b64encode(bomb(20_000, 20_000)).decode()}"/>'
    with pytest.raises(TemplateError, match="pixels, more than"):
        read_picture((SVG % inside).encode())


def test_entities_are_refused():
    text = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG % "<text>&b;</text>"
    with pytest.raises(TemplateError, match="entities"):
        read_picture(text.encode())


def test_a_document_type_without_entities_does_no_harm():
    head = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.com/svg11.dtd">'
    assert b"DOCTYPE" not in read_svg((head + SVG % "<rect/>").encode()).content


def layers(count, link):
    groups = "".join(f'<g id="g{number}">' + link.format(number + 1) * 10 + "</g>" for number in range(count))
    return groups + f'<g id="g{count}"><rect width="1" height="1"/></g>'


@pytest.mark.parametrize(
    "inside",
    [
        layers(6, '<use href="#g{0}"/>'),
        layers(6, '<rect mask="url(#g{0})"/>'),
        "<g>" * 60 + "</g>" * 60,
        "<rect/>" * 20_001,
        '<rect opacity=".5"/>' * 1_001,
        '<marker id="m">' + "<rect/>" * 200 + '</marker><path marker-mid="url(#m)" d="' + "M0 0" * 500 + '"/>',
    ],
    ids=["use", "mask", "depth", "shapes", "layers", "markers"],
)
def test_a_drawing_that_draws_far_more_than_it_says_is_refused(inside):
    with pytest.raises(TemplateError, match="too many shapes"):
        read_picture((SVG % inside).encode())


def test_a_drawing_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(svg, "_TIME_S", 0.001)
    with pytest.raises(TemplateError, match="takes longer than"):
        read_picture((SVG % "<rect/>" + "<!-- not seen before -->").encode())


def test_a_drawing_that_refers_to_itself_ends():
    assert read_picture((SVG % '<g id="a"><use href="#a"/><rect/></g>').encode()).media_type == "image/png"


def test_the_same_picture_is_read_once(tmp_path):
    path = picture(tmp_path / "a.png")
    assert read_picture(path) is read_picture(path.read_bytes())
