"""Values and files that nobody means well: a right document or a clear fault, within the limits of a rendering."""

from __future__ import annotations

import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from rendering import RML, make_context, make_template, pdf_text, picture, rml_template

from docgen.errors import DocgenError, LimitExceeded, TemplateError
from docgen.limits import Limits
from docgen.render import pdf
from docgen.render.pdf.fonts import SHIPPED

PARA = '<para style="text">{{ v }}</para>'
#: How much longer than its limit a rendering may take: one step of layout is not interrupted.
_GRACE = 60


@dataclass(frozen=True)
class Short(Limits):
    """Limits for tests: a second to merge, a second to lay out."""

    time_s: float = 1.0


def render(folder: Path, story: str, value: object = "", limits: Limits | None = None):
    return pdf.prepare(rml_template(folder, story), limits).render(make_context({"v": value}))


def within_limits(folder: Path, story: str, value: object) -> bytes | None:
    """Return the document, None where time was over; any other fault is one of the test."""
    prepared = pdf.prepare(rml_template(folder, story), Short())
    started = time.monotonic()
    try:
        content = prepared.render(make_context({"v": value})).content
    except LimitExceeded as error:
        fault, content = str(error), None
        assert fault.startswith("t/body.rml: the template ran longer than 1 s")
    assert time.monotonic() - started < 2 * Short().time_s + _GRACE
    return content


# --- text -----------------------------------------------------------------------------------------

_LONG = {
    "latin": "W" * 100_000,
    "latin words": "word " * 20_000,
    "arabic": "ب" * 100_000,
    "arabic words": "كلمة " * 20_000,
    "cjk": "字" * 100_000,
    "thai": "ก" * 20_000,
    "marks": "a" + "\u0301" * 20_000,
    "brackets": "ب(" * 10_000,
    "soft hyphens": "ab\u00ad" * 33_000,
    "isolates": "\u2066" * 100_000,
}


@pytest.mark.parametrize("name", _LONG)
def test_words_of_any_length_end_within_limits(name, tmp_path):
    within_limits(tmp_path / "t", PARA, _LONG[name])


def test_twenty_thousand_words_come_out_complete(tmp_path):
    made = render(tmp_path / "t", PARA, "word " * 20_000)
    assert pdf_text(made.content).split() == ["word"] * 20_000


@pytest.mark.parametrize("name", ["latin", "arabic", "cjk"])
@pytest.mark.parametrize("widths", ["", ' colWidths="100,100"'])
def test_words_of_any_length_end_within_limits_in_cells(name, widths, tmp_path):
    table = f'<blockTable style="table"{widths}><tr><td>{PARA}</td><td>x</td></tr></blockTable>'
    try:
        within_limits(tmp_path / "t", table, _LONG[name][:20_000])
    except TemplateError as error:
        fault = error.problem
        assert "larger than the frame" in fault


def test_markup_in_every_value_of_an_invoice_is_printed_as_it_is(tmp_path):
    value = '<b>Ann</b> & "Co" </para><evalString>1</evalString> {{ 7*7 }} ]]> &lt;'
    row = '<tr><td>{{ v }}</td></tr><tr><td><para style="text">{{ v }}</para></td></tr>'
    made = render(tmp_path / "t", f'<h1>{{{{ v }}}}</h1><blockTable style="table">{row}</blockTable>', value)
    assert "".join(pdf_text(made.content).split()).count("".join(value.split())) == 3


# --- much -----------------------------------------------------------------------------------------

INVOICE = (
    '<blockTable style="table" repeatRows="1" colWidths="40,260,80"><tr><td>no</td><td>what</td><td>net</td></tr>'
    '{% for i in range(v) %}<tr><td>{{ i }}</td><td><para style="text">Line {{ i }}</para></td>'
    "<td>{{ i * 3 }}</td></tr>{% endfor %}</blockTable>"
)
#: More than enough for a slow machine.
_PATIENT = Limits(time_s=300)


def test_ten_times_the_lines_take_about_ten_times_as_long(tmp_path):
    def seconds(lines: int) -> float:
        prepared = pdf.prepare(rml_template(tmp_path / "t", INVOICE), _PATIENT)  # nothing is known of earlier ones
        started = time.process_time()
        made = prepared.render(make_context({"v": lines}))
        spent = time.process_time() - started
        assert f"Line {lines - 1}" in pdf_text(made.content)
        return spent

    seconds(1000)
    few = min(seconds(1000) for _ in range(2))
    assert seconds(10_000) < 50 * few  # a square would be a hundred times


MUCH = {
    "paragraphs kept together": '<keepTogether>{% for i in range(v) %}<para style="text">x</para>{% endfor %}'
    "</keepTogether>",
    "paragraphs kept with the next": '{% for i in range(v) %}<para style="text" keepWithNext="1">x</para>{% endfor %}',
    "items": '<ul>{% for i in range(v) %}<li><para style="text">x</para></li>{% endfor %}</ul>',
    "lines": '<para style="text">{% for i in range(v) %}x<br/>{% endfor %}</para>',
    "links": '<para style="text">{% for i in range(v) %}<a href="https://example.com">x</a> {% endfor %}</para>',
    "columns": '<blockTable style="table"><tr>{% for i in range(v) %}<td>x</td>{% endfor %}</tr></blockTable>',
    "pages": '{% for i in range(v) %}<para style="text">x</para><nextPage/>{% endfor %}',
    "shrunk": '<keepInFrame onOverflow="shrink">{% for i in range(v) %}<para style="text">x</para>{% endfor %}'
    "</keepInFrame>",
}


@pytest.mark.parametrize("name", MUCH)
def test_five_thousand_of_a_kind_end_within_limits(name, tmp_path):
    if name == "columns":
        with pytest.raises(TemplateError, match="reaches over the right edge of the page"):
            within_limits(tmp_path / "t", MUCH[name], 5000)
    else:
        within_limits(tmp_path / "t", MUCH[name], 5000)


def test_layout_that_takes_too_long_is_stopped(tmp_path):
    with pytest.raises(LimitExceeded, match=r"t/body\.rml: the template ran longer than 0\.2 s"):
        render(tmp_path / "t", PARA, "word " * 200_000, Limits(time_s=0.2))


# --- depth ----------------------------------------------------------------------------------------

_DEEP = {
    "b": ('<para style="text">' + "<b>", "</b>", "</para>"),
    "indent": ('<indent left="1">', "</indent>", ""),
    "keepTogether": ("<keepTogether>", "</keepTogether>", ""),
    "list": ("<ul><li>", "</li></ul>", ""),
    "table": ('<blockTable style="table"><tr><td>', "</td></tr></blockTable>", ""),
    "keepInFrame": ("<keepInFrame>", "</keepInFrame>", ""),
}


@pytest.mark.parametrize("depth", [40, 1000])
@pytest.mark.parametrize("name", _DEEP)
def test_deep_nesting_is_laid_out_or_a_fault_with_its_place(name, depth, tmp_path):
    first, last, end = _DEEP[name]
    again = first.removeprefix('<para style="text">')
    inside = "x" if name == "b" else '<para style="text">x</para>'
    story = first + again * (depth - 1) + inside + last * depth + end
    try:
        made = render(tmp_path / "t", story)
    except TemplateError as error:
        fault = str(error)
        assert "t/body.rml" in fault
    else:
        assert pdf_text(made.content).strip() == "x"
        assert depth == 40


# --- numbers --------------------------------------------------------------------------------------

_NUMBERS = ("nan", "inf", "-inf", "1e400", "1e308", "-5", "99999999999999999999", "0", "", "abc", "1e-300", "--5", "٣")
_PLACES = {
    "spacer": '<spacer length="{{ v }}"/>',
    "font size": '<para style="text" fontSize="{{ v }}">x</para>',
    "leading": '<para style="text" leading="{{ v }}">x y z</para>',
    "indent of a paragraph": '<para style="text" leftIndent="{{ v }}">x y z</para>',
    "columns": '<blockTable style="table" colWidths="{{ v }}"><tr><td>x</td></tr></blockTable>',
    "rows": '<blockTable style="table" rowHeights="{{ v }}"><tr><td>x</td></tr></blockTable>',
    "rule": '<hr width="{{ v }}" thickness="{{ v }}"/>',
    "drawing": '<illustration width="{{ v }}" height="9"><rect x="{{ v }}" y="0" width="{{ v }}" height="1"/>'
    "</illustration>",
    "colour": '<para style="text" textColor="{{ v }}">x</para>',
    "code": '<qr value="x" size="{{ v }}"/>',
    "break": '<condPageBreak height="{{ v }}"/><para style="text">x</para>',
    "indent": '<indent left="{{ v }}"><para style="text">x</para></indent>',
    "list": '<ol start="{{ v }}"><li><para style="text">x</para></li></ol>',
    "repeated rows": '<blockTable style="table" repeatRows="{{ v }}"><tr><td>x</td></tr></blockTable>',
    "fixed size": '<fixedSize width="{{ v }}" height="{{ v }}"><para style="text">x</para></fixedSize>',
    "place": '<storyPlace x="{{ v }}" y="0" width="{{ v }}" height="99"><para style="text">x</para></storyPlace>',
    "room": '<keepInFrame maxHeight="{{ v }}" maxWidth="{{ v }}"><para style="text">x</para></keepInFrame>',
    "counter": '<para style="text"><seqReset id="a" base="{{ v }}"/><seq id="a"/></para>',
}


@pytest.mark.parametrize("place", _PLACES)
def test_absurd_numbers_are_used_or_a_fault_with_its_place(place, tmp_path):
    prepared = pdf.prepare(rml_template(tmp_path / "t", _PLACES[place]))
    for number in _NUMBERS:
        try:
            content = prepared.render(make_context({"v": number})).content
        except DocgenError as error:
            fault = str(error)
            assert "t/body.rml" in fault, number
        else:
            assert content.startswith(b"%PDF-")
            pdf_text(content)


@pytest.mark.parametrize("number", _NUMBERS)
def test_absurd_pages_are_used_or_a_fault_with_its_place(number, tmp_path):
    for count, (old, new) in enumerate((('"A4"', '"({{ v }},{{ v }})"'), ('width="400"', 'width="{{ v }}"'))):
        template = make_template(tmp_path / str(count), (RML % PARA).replace(old, new), ".rml")
        try:
            pdf.prepare(template).render(make_context({"v": number}))
        except DocgenError as error:
            fault = str(error)
            assert "body.rml" in fault


# --- files ----------------------------------------------------------------------------------------


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def _jpeg(folder: Path) -> bytes:
    path = folder / "sound.jpg"
    Image.effect_noise((200, 200), 50).save(path)
    return path.read_bytes()


_PICTURES = {
    "says it is larger": lambda _: png(4000, 4000, b"\0" * 30),
    "says it is enormous": lambda _: png(60_000, 60_000, b"\0" * 1000),
    "says it is nothing": lambda _: png(0, 0, b""),
    "bomb": lambda _: png(30_000, 30_000, b"\0" * 100_000_000),
    "half a photo": lambda folder: _jpeg(folder)[:2000],
    "beginning of a photo": lambda folder: _jpeg(folder)[:20],
    "other photo": lambda folder: _jpeg(folder).replace(b"\x00\xc8\x00\xc8", b"\xff\xff\xff\xff", 1),
    "text": lambda _: b"no picture",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("name", _PICTURES)
def test_pictures_that_are_not_what_they_say_are_a_fault_that_names_the_file(name, tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    suffix = ".jpg" if "photo" in name else ".png"
    (folder / f"odd{suffix}").write_bytes(_PICTURES[name](tmp_path))
    story = f'<img src="odd{suffix}" width="60" height="40"/>'
    started = time.monotonic()
    with pytest.raises(DocgenError, match=rf"t/body\.rml.*odd\{suffix}"):
        render(folder, story)
    assert time.monotonic() - started < _GRACE


def test_broken_fonts_beside_a_template_are_a_fault_that_names_the_file(tmp_path):
    sound = (SHIPPED / "SourceSans3-Regular.ttf").read_bytes()
    spoiled = {"short": sound[:3000], "empty": b"", "text": b"no font", "holes": sound[:400] + bytes(len(sound) - 400)}
    for name, content in spoiled.items():
        folder = tmp_path / name
        (folder / "fonts").mkdir(parents=True)
        (folder / "fonts" / "Odd.ttf").write_bytes(content)
        with pytest.raises(DocgenError, match=r"Odd\.ttf"):
            render(folder, PARA, "x")


def test_a_sound_picture_is_drawn(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "sound.png")
    assert render(folder, '<img src="sound.png" width="60" height="40"/>').pages == 1
