"""Fallback between fonts, shaping, and text as the operators of a page."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
import uharfbuzz as hb
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import RIGHT_TO_LEFT, SAMPLES

from docgen.render.pdf.fonts import SHIPPED, load_fonts
from docgen.render.pdf.typeset.chains import Chain, cjk_variant
from docgen.render.pdf.typeset.faces import load_face
from docgen.render.pdf.typeset.fontfiles import installed_face
from docgen.render.pdf.typeset.setting import Piece, is_simple, measure, set_text
from docgen.render.pdf.typeset.shaping import shape

EAST_ASIAN = {"ja", "zh", "ko"}
#: In CI the fonts have to be there, so that tests which need them fail where they are not.
CJK_THERE = bool(os.environ.get("CI")) or installed_face(["NotoSansCJK-Regular.ttc"]) is not None


def chain(language: str = "", name: str = "SourceSans3-Regular") -> Chain:
    fonts = load_fonts()
    return fonts.chain(fonts.faces[name], language)


def strings(piece: Piece) -> list[int]:
    """The glyphs that the operators show."""
    shown = re.sub(r"/ActualText <[0-9A-F]*>", "", piece.operators)
    return [int(code, 16) for run in re.findall("<([0-9A-F]+)>", shown) for code in re.findall("....", run)]


def reach(piece: Piece, size: float) -> float:
    """Where a reader of the operators ends."""
    shown = re.sub(r"/ActualText <[0-9A-F]*>", "", piece.operators)
    moved = 0.0
    for array in re.findall(r"\[([^]]*)\] TJ", shown):
        moved -= sum(float(number) for number in re.sub("<[0-9A-F]*>", " ", array).split())
    return (moved + sum(piece.face.advance(glyph) for glyph in strings(piece))) * size / 1000


def samples() -> list[str]:
    return [language for language in SAMPLES if CJK_THERE or language not in EAST_ASIAN]


# --- fonts by script ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", samples())
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_every_language_has_its_letters(language: str, weight: str) -> None:
    used = chain(language, f"SourceSans3-{weight}")
    for text in SAMPLES[language]:
        assert used.missing(text) is None
        for face, run in used.split(text):
            assert face.covers(run)
            assert face.is_bold == (weight == "Bold")
        assert "".join(run for _, run in used.split(text)) == text


def test_only_seven_languages_are_simple() -> None:
    simple = {language for language, texts in SAMPLES.items() if all(map(is_simple, texts))}
    assert simple == {"en", "de", "lt", "lv", "fil", "el", "ru"}


@pytest.mark.parametrize("text", ["e\u0301", "a\u200db", "שלום", "中文", "ไทย", "한국어", "a\u00adb", "हि", "😀"])
def test_what_needs_more_is_not_simple(text: str) -> None:
    assert not is_simple(text)


def test_figures_are_the_authors_everywhere() -> None:
    used = chain("hi")
    faces = {run.strip(): face.name for face, run in used.split("कुल 1,248.50 रुपये")}
    assert faces["1,248.50"] == "SourceSans3-Regular"
    assert faces["कुल"] == "NotoSansDevanagari-Regular"


def test_signs_of_no_script_are_looked_for_everywhere() -> None:
    assert chain("en").missing("₪") is None
    assert [face.name for face, _ in chain("he").split("₪")] == ["NotoSansHebrew-Regular"]


def test_marks_stay_with_their_letter() -> None:
    assert [run for _, run in chain().split("a\u0301\u0302x")] == ["a\u0301\u0302x"]
    assert [run for _, run in chain().split("क्\u200dष")] == ["क्\u200dष"]


def test_what_no_font_has_is_named() -> None:
    missing = chain().missing("abc 😀 def 😀🙃")
    assert missing is not None
    assert (missing.chars, missing.font) == ("😀🙃", "SourceSans3-Regular")
    assert "pdf.fonts" in missing.hint


def test_missing_east_asian_fonts_name_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    from docgen.render.pdf.typeset import chains

    monkeypatch.setattr(chains, "cjk_face", lambda *_: None)
    missing = Chain([load_face(SHIPPED / "SourceSans3-Regular.ttf")], "ja").missing("請求書")
    assert missing is not None
    assert "fonts-noto-cjk" in missing.hint


VARIANTS = {"ja": "jp", "ko-KR": "kr", "zh": "sc", "zh_CN": "sc", "zh-TW": "tc", "zh-Hant-TW": "tc", "zh-HK": "hk"}


@pytest.mark.parametrize(("language", "variant"), VARIANTS.items())
def test_language_decides_whose_ideographs(language: str, variant: str) -> None:
    assert cjk_variant(language) == variant


@pytest.mark.skipif(not CJK_THERE, reason="no East Asian font is installed")
def test_kana_make_ideographs_japanese() -> None:
    assert {face.name for face, _ in chain("en").split("東京のまち")} == {"NotoSansCJKjp-Regular"}
    assert {face.name for face, _ in chain("zh-TW").split("臺北")} == {"NotoSansCJKtc-Regular"}


# --- shaping -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("font", "script", "rtl", "text"),
    [
        ("NotoNaskhArabic-Regular", "Arab", True, "وتفضلوا بقبول فائق الاحترام"),
        ("NotoSansHebrew-Regular", "Hebr", True, "נגריית הגליל"),
        ("NotoSansDevanagari-Bold", "Deva", False, "श्रीकृष्ण फ़र्नीचर प्राइवेट"),
        ("NotoSansThai-Regular", "Thai", False, "เรือนไม้งามคำสั่งซื้อ"),
        ("SourceSans3-It", "Latn", False, "AVAffinity Te\u0301"),
    ],
)
def test_glyphs_are_those_of_harfbuzz(font: str, script: str, rtl: bool, text: str) -> None:
    path = SHIPPED / f"{font}.ttf"
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(hb.Font(hb.Face(hb.Blob.from_file_path(str(path)))), buffer)
    run = shape(text, load_face(path), script=script, rtl=rtl)
    assert [glyph.id for cluster in run.clusters for glyph in cluster.glyphs] == [
        info.codepoint for info in buffer.glyph_infos
    ]
    assert "".join(cluster.text for cluster in (reversed(run.clusters) if rtl else run.clusters)) == text
    assert run.units == pytest.approx(
        sum(place.x_advance for place in buffer.glyph_positions) * 1000 / load_face(path).units_per_em
    )


@pytest.mark.parametrize("language", samples())
def test_operators_end_where_the_width_says(language: str) -> None:
    used = chain(language)
    for text in SAMPLES[language]:
        for piece in set_text(text, used, 11, language=language, rtl=language in RIGHT_TO_LEFT):
            assert reach(piece, 11) == pytest.approx(piece.width, abs=0.01)
            assert 0 not in strings(piece)
            assert set(strings(piece)) <= piece.face.glyphs_in(piece.groups)


@pytest.mark.parametrize("language", samples())
def test_pieces_hold_all_of_the_text(language: str) -> None:
    for text in SAMPLES[language]:
        pieces = set_text(text, chain(language), 11, language=language, rtl=language in RIGHT_TO_LEFT)
        assert sorted("".join(piece.text for piece in pieces)) == sorted(text)
        assert measure(text, chain(language), 11, language=language, rtl=language in RIGHT_TO_LEFT) == pytest.approx(
            sum(piece.width for piece in pieces)
        )


def test_simple_text_is_set_glyph_by_glyph() -> None:
    face = load_fonts().faces["SourceSans3-Regular"]
    (piece,) = set_text("AVA Über", chain(), 10)
    assert (piece.operators, piece.width) == (f"<{face.hex('AVA Über')}> Tj", face.width("AVA Über", 10))


def test_kerning_moves_pairs_together() -> None:
    assert measure("AVAVA", chain(), 10, kerning=True) < measure("AVAVA", chain(), 10)


def test_signs_that_share_a_glyph_say_which_they_are() -> None:
    (piece,) = set_text("µ", chain(), 10)
    assert "/ActualText <FEFF00B5>" in piece.operators
    (piece,) = set_text("μ", chain(), 10)
    assert "ActualText" not in piece.operators


def test_hebrew_stands_from_right_to_left_with_its_numbers() -> None:
    pieces = set_text("סך 12 (LX)", chain("he"), 10, rtl=True)
    assert [piece.text for piece in pieces if piece.text.strip()] == [")", "LX", " (", "12", "סך "]


def test_invisible_characters_print_nothing() -> None:
    assert measure("ab\u00ad\u200b\u2060c", chain(), 10) == pytest.approx(measure("abc", chain(), 10))
    assert 0 not in [
        glyph for piece in set_text("א\u200f\u2067ב\u2069", chain(), 10, rtl=True) for glyph in strings(piece)
    ]


@settings(deadline=None)
@given(st.text(max_size=30), st.booleans())
def test_any_text_can_be_set(text: str, rtl: bool) -> None:
    used = chain("en")
    pieces = set_text(text, used, 10, rtl=rtl)
    assert sum(piece.width for piece in pieces) >= 0


@pytest.mark.timeout(60)
def test_long_words_are_set_in_time() -> None:
    started = time.process_time()
    for text in ("ب" * 100_000, "क्" * 50_000, "א1" * 50_000, "漢a" * 50_000):
        set_text(text, chain("en"), 10)
    assert time.process_time() - started < 30


def test_a_broken_layout_table_is_a_fault_or_harmless(tmp_path: Path) -> None:
    content = (SHIPPED / "NotoSansHebrew-Regular.ttf").read_bytes()
    at = content.index(b"GSUB")
    offset = int.from_bytes(content[at + 8 : at + 12], "big")
    path = tmp_path / "bad.ttf"
    path.write_bytes(content[:offset] + b"\xff" * 64 + content[offset + 64 :])
    assert shape("שלום", load_face(path), script="Hebr", rtl=True).units > 0
