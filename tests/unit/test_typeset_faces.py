"""Faces: metrics and widths are ReportLab's, glyphs and groups are stable, subsets hold what they promise."""

from __future__ import annotations

import pickle
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTCollection, TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as ReportLabFont

from docgen.config import load_config
from docgen.errors import ConfigError, TemplateError
from docgen.render import RENDERERS, renderers_with
from docgen.render.pdf.fonts import SHIPPED, load_fonts
from docgen.render.pdf.typeset import sfnt
from docgen.render.pdf.typeset.cff import cff_of
from docgen.render.pdf.typeset.faces import Face, load_face
from docgen.render.pdf.typeset.fontfiles import faces_of
from docgen.render.pdf.typeset.glyphtexts import text_of

FILES = sorted(SHIPPED.glob("*.ttf"))
REGULAR = SHIPPED / "SourceSans3-Regular.ttf"


@pytest.fixture(scope="module")
def regular() -> Face:
    return load_face(REGULAR)


def make_cff(path: Path, units: int = 1000) -> Path:
    """An OpenType font with PostScript outlines of three letters."""
    builder = FontBuilder(units, isTTF=False)
    builder.setupGlyphOrder([".notdef", "A", "B", "C"])
    builder.setupCharacterMap({65: "A", 66: "B", 67: "C"})
    outlines = {}
    for index, name in enumerate([".notdef", "A", "B", "C"]):
        pen = T2CharStringPen(units // 2, None)
        pen.moveTo((0, 0))
        pen.lineTo((units // 4 + index, 0))
        pen.curveTo((10, 20), (30, 40), (0, units // 2))
        pen.closePath()
        outlines[name] = pen.getCharString()
    builder.setupCFF("Try-Regular", {}, outlines, {})
    builder.setupHorizontalMetrics(dict.fromkeys(outlines, (units // 2, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Try", "styleName": "Regular", "psName": "Try-Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, fsType=0)
    builder.setupPost()
    builder.save(path)
    return path


# --- metrics and widths ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_metrics_are_those_of_reportlab(path: Path) -> None:
    face, other = load_face(path), ReportLabFont(path.stem, str(path))
    pdfmetrics.registerFont(other)
    assert (face.ascent, face.descent) == pdfmetrics.getAscentDescent(path.stem)
    assert (face.cap_height, face.italic_angle, face.stem_v, face.flags, list(face.bbox)) == (
        other.face.capHeight, other.face.italicAngle, other.face.stemV, other.face.flags, other.face.bbox,
    )  # fmt: skip
    assert face.name.encode() == other.face.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_character_has_the_width_reportlab_gives_it(path: Path) -> None:
    face, other = load_face(path), ReportLabFont(path.stem, str(path))
    for code in other.face.charToGlyph:
        assert face.width(chr(code), 11.3) == other.stringWidth(chr(code), 11.3), hex(code)


@settings(deadline=None)
@given(text=st.text("aÄß€ –1.,\u00a0Ωж漢\t", max_size=90), size=st.floats(1, 200))
def test_text_has_the_width_reportlab_gives_it(text: str, size: float) -> None:
    face, other = load_face(REGULAR), load_fonts().fonts["SourceSans3-Regular"]
    assert face.width(text, size) == other.stringWidth(text, size)
    assert face.width(text, size) == face.width(text, size), "remembered"


def test_glyphs_are_four_digits_each(regular: Face) -> None:
    assert regular.hex("Aé") == f"{regular.glyph('A'):04X}{regular.glyph('é'):04X}"
    assert regular.glyph("漢") == 0
    assert regular.hex("\u00a0") == regular.hex(" ")


def test_what_prints_nothing_is_covered(regular: Face) -> None:
    assert regular.covers("a\u00a0b\n\u00ad\u200b\u2066\ufeff")
    assert not regular.covers("a漢")


def test_a_face_is_read_once_until_its_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "x.ttf"
    path.write_bytes(REGULAR.read_bytes())
    first = load_face(path)
    assert load_face(path) is first
    path.write_bytes((SHIPPED / "SourceSans3-Bold.ttf").read_bytes())
    assert load_face(path).name == "SourceSans3-Bold"


def test_a_face_crosses_to_another_process_by_its_file(regular: Face) -> None:
    assert pickle.loads(pickle.dumps(regular)) is regular


# --- groups and subsets ------------------------------------------------------------------------------


def test_office_text_is_one_group(regular: Face) -> None:
    assert regular.groups("Invoice no. 42 – “1,234.50 €” • §") == {0}
    assert regular.groups("Straße") > {0}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_groups_part_all_glyphs(path: Path) -> None:
    face = load_face(path)
    by_group: dict[int, set[int]] = {}
    for glyph in range(face.glyph_count):
        by_group.setdefault(face.group_of(glyph), set()).add(glyph)
    for group, members in by_group.items():
        assert face.glyphs_in({group}) == members | {0}


def test_a_subset_keeps_numbers_outlines_and_widths(regular: Face) -> None:
    subset = regular.subset(regular.groups("Größe Ā"))
    whole, part = TTFont(REGULAR)["glyf"], TTFont(BytesIO(subset.font_file))
    for char in "Größe Ā":
        glyph = regular.glyph(char)
        name = part.getGlyphName(glyph)
        assert (
            part["glyf"][name].getCoordinates(part["glyf"])[0]
            == (whole[whole.glyphOrder[glyph]].getCoordinates(whole)[0])
        )
        assert part["hmtx"][name][0] == regular.advance(glyph) == subset.widths[glyph]
        assert subset.to_unicode[glyph] == char


def test_a_subset_is_the_same_bytes_each_time(regular: Face) -> None:
    from docgen.render.pdf.typeset.subsets import make_subset

    groups = regular.groups("Grüße")
    assert make_subset.__wrapped__(regular, groups).font_file == regular.subset(groups).font_file
    assert regular.subset(groups) is regular.subset(groups)


def test_signs_that_share_a_glyph_read_as_the_common_one(regular: Face) -> None:
    assert regular.text_of(regular.glyph("Ω")) == "Ω"
    assert regular.text_of(regular.glyph("μ")) == "μ"
    assert regular.text_of(regular.glyph("\u00a0")) == " "


def test_forms_within_words_stand_for_their_letters() -> None:
    arabic = load_face(SHIPPED / "NotoNaskhArabic-Regular.ttf")
    assert text_of(arabic, arabic.glyph("\ufe91")) == "ب"


@pytest.mark.parametrize("units", [1000, 2048])
def test_postscript_outlines_are_embedded_by_cid(tmp_path: Path, units: int) -> None:
    from fontTools.cffLib import CFFFontSet

    face = load_face(make_cff(tmp_path / "try.otf", units))
    assert face.is_cff
    content = cff_of(face, {face.glyph("C")})
    fonts = CFFFontSet()
    fonts.decompile(BytesIO(content), None)
    top = fonts.topDictIndex[0]
    assert top.ROS == ("Adobe", "Identity", 0)
    assert top.charset == [".notdef", "cid00003"]
    pen = RecordingPen()
    top.CharStrings["cid00003"].draw(pen)
    assert top.CharStrings["cid00003"].width == 500
    assert pen.value[1] == ("lineTo", ((round((units // 4 + 3) * 1000 / units), 0),))
    assert face.subset(face.groups("C")).is_cff


def test_faces_of_a_collection_are_told_apart(tmp_path: Path) -> None:
    collection = TTCollection()
    collection.fonts = [TTFont(REGULAR), TTFont(SHIPPED / "SourceSans3-Bold.ttf")]
    collection.save(tmp_path / "both.ttc")
    faces = faces_of(tmp_path / "both.ttc")
    assert [face.name for face in faces] == ["SourceSans3-Regular", "SourceSans3-Bold"]
    bold = load_face(SHIPPED / "SourceSans3-Bold.ttf")
    assert faces[1].subset(frozenset({0})).widths == bold.subset(frozenset({0})).widths
    assert faces[0].subset(frozenset({0})).widths != bold.subset(frozenset({0})).widths


def test_a_template_brings_opentype_fonts_for_the_compiled_path_only(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    make_cff(tmp_path / "fonts" / "try.otf")
    fonts = load_fonts(tmp_path)
    assert {"Try", "Try-Regular"} <= fonts.names
    fonts.register()
    assert "Try-Regular" not in fonts.fonts
    fonts.check_drawable(["SourceSans3", "other"])
    for name in ("Try", "Try-Regular"):
        with pytest.raises(TemplateError, match=r"try\.otf: the font Try-Regular cannot be used"):
            fonts.check_drawable([name])


def test_fonts_of_the_configuration_may_be_named(tmp_path: Path) -> None:
    path = make_cff(tmp_path / "try.otf")
    assert "Try-Regular" in load_fonts(None, [path]).names
    assert "Try-Regular" in load_fonts(None, [tmp_path]).names


def test_config_names_fonts_beside_itself(tmp_path: Path) -> None:
    make_cff(tmp_path / "try.otf")
    (tmp_path / "config.yaml").write_text("company: {name: Example, country: DE}\npdf: {fonts: try.otf}\n")
    fonts = load_config(tmp_path / "config.yaml", {}).pdf.fonts
    assert fonts == (tmp_path / "try.otf",)
    assert pickle.loads(pickle.dumps(renderers_with(fonts))) == renderers_with(fonts)
    assert renderers_with(()) is RENDERERS
    (tmp_path / "config.yaml").write_text("company: {name: Example, country: DE}\npdf: {fonts: [gone]}\n")
    with pytest.raises(ConfigError, match="there is no file or folder gone here"):
        load_config(tmp_path / "config.yaml", {})


def test_a_folder_without_fonts_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="has no fonts"):
        load_fonts(None, [tmp_path])


# --- broken fonts ------------------------------------------------------------------------------------


def tables_of(content: bytes) -> dict[str, tuple[int, int, int]]:
    """Tag -> (place of its entry, offset, length)."""
    count = int.from_bytes(content[4:6], "big")
    entries = {}
    for at in range(12, 12 + 16 * count, 16):
        entry = content[at : at + 16]
        entries[entry[:4].decode().strip()] = (
            at, int.from_bytes(entry[8:12], "big"), int.from_bytes(entry[12:16], "big"),
        )  # fmt: skip
    return entries


def with_bytes(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def damaged() -> dict[str, bytes]:
    sound = REGULAR.read_bytes()
    tables = tables_of(sound)
    cmap, hhea, head, os2 = (tables[tag][1] for tag in ("cmap", "hhea", "head", "OS/2"))
    return {
        "empty": b"",
        "a text": b"this is no font at all, only a text",
        "cut in its directory": sound[:100],
        "cut in its tables": sound[: len(sound) // 2],
        "a collection of too many": b"ttcf\x00\x01\x00\x00\xff\xff\xff\xff",
        "a collection that points nowhere": b"ttcf\x00\x01\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff",
        "without head": sound.replace(b"head", b"hexd", 1),
        "without outlines": sound.replace(b"glyf", b"gxyf", 1),
        "with CFF2": sound.replace(b"glyf", b"CFF2", 1),
        "of no size": with_bytes(sound, head + 18, b"\x00\x00"),
        "with too many metrics": with_bytes(sound, hhea + 34, b"\xff\xff"),
        "with characters outside": with_bytes(sound, cmap + 8 + 8 * 4, b"\x7f\xff\xff\xff"),
        "with a cmap of millions": with_bytes(
            sound,
            cmap,
            bytes.fromhex("00000001 0003000a 0000000c 000c0000 ffffffff 00000000 00000001 00000000 ffffffff 00000000"),
        ),
        "that must not be embedded": with_bytes(sound, os2 + 8, b"\x00\x02"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content"), damaged().items(), ids=lambda value: value if isinstance(value, str) else ""
)
@pytest.mark.timeout(20)
def test_a_broken_font_is_a_fault_that_names_the_file(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "bad.ttf"
    path.write_bytes(content)
    with pytest.raises(TemplateError, match=r"bad\.ttf: the font cannot be used in a PDF"):
        faces_of(path)[0].width("x", 10)


def use(path: Path) -> str:
    """Set a word in a font; return the file that a fault names."""
    try:
        face = load_face(path)
        face.width("שלום", 10)
        face.subset(face.groups("שלום"))
    except TemplateError as error:
        return error.where.file or "" if error.where else ""
    return "used"


@settings(deadline=None)
@given(place=st.floats(0, 1), new=st.binary(min_size=1, max_size=8))
@pytest.mark.timeout(120)
def test_damage_anywhere_is_a_fault_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, place: float, new: bytes
) -> None:
    sound = (SHIPPED / "NotoSansHebrew-Regular.ttf").read_bytes()
    path = tmp_path_factory.mktemp("font") / "bad.ttf"
    path.write_bytes(with_bytes(sound, int(place * (len(sound) - len(new))), new))
    assert use(path) in {"used", str(path)}


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"gone\.ttf"):
        load_face(tmp_path / "gone.ttf")


def test_a_font_without_a_name_is_called_after_its_file(tmp_path: Path) -> None:
    font = TTFont(REGULAR)
    font["name"].names = []
    font.save(tmp_path / "My (font).ttf")
    assert sfnt.read_name(sfnt.read_sfnt(tmp_path / "My (font).ttf")) == "My-font"
