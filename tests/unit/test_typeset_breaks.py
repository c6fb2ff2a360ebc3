"""Line breaks against another implementation of UAX 14, words of Thai, hyphens by language."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from languages import SAMPLES
from uniseg.linebreak import line_break_boundaries

from docgen.render.pdf.typeset.breaks import break_offsets
from docgen.render.pdf.typeset.hyphens import hyphen_offsets

_ALPHABET = "aZ0 1-/()「」、。ー漢字かっカァ%€$.,:;!?“”‘’«»\"'\u00a0\u200b\u2060한ᄀ…—–א·・々（）〜％￥😀👍🏽"


def pieces(text: str) -> list[str]:
    offsets = [0, *break_offsets(text), len(text)]
    return [text[start:end] for start, end in pairwise(offsets)]


@settings(deadline=None)
@given(st.text(_ALPHABET, min_size=2, max_size=16))
def test_breaks_are_those_of_another_implementation(text: str) -> None:
    assert list(break_offsets(text)) == [offset for offset in line_break_boundaries(text) if 0 < offset < len(text)]


@pytest.mark.parametrize("language", ["ja", "zh", "en", "de", "ru", "el"])
def test_business_text_breaks_as_in_another_implementation(language: str) -> None:
    for text in SAMPLES[language]:
        assert list(break_offsets(text)) == [at for at in line_break_boundaries(text) if 0 < at < len(text)]


def test_japanese_lines_begin_with_no_small_kana_or_closing_bracket() -> None:
    assert pieces("「ショップ」（税込）￥1,234です。") == ["「ショッ", "プ」", "（税", "込）", "￥1,234", "で", "す。"]


def test_thai_breaks_between_words() -> None:
    assert pieces("กรุณาชำระภายในวันที่ 30 มิถุนายน") == ["กรุณา", "ชำระ", "ภายใน", "วันที่ ", "30 ", "มิถุนายน"]


def test_names_of_places_stay_whole() -> None:
    assert pieces("จังหวัดกรุงเทพมหานคร") == ["จังหวัด", "กรุงเทพมหานคร"]
    assert "นครราชสีมา" in pieces("อำเภอเมืองนครราชสีมา")


@settings(deadline=None)
@given(st.text("กขคงเแโไาิีุู่้์ำะๆฯสมหญ", max_size=40))
def test_no_thai_line_begins_with_a_mark(text: str) -> None:
    assert not {piece[0] for piece in pieces(text)[1:]} & set("าิีุู่้์ำะๆฯ")


def test_khmer_breaks_between_syllables() -> None:
    assert pieces("សួស្តី") == ["សួ", "ស្តី"]


@pytest.mark.timeout(60)
def test_a_hundred_thousand_letters_are_broken_in_time() -> None:
    started = time.process_time()
    for text in ("漢" * 100_000, "ก" * 100_000, "(" * 100_000, "1," * 50_000):
        break_offsets(text)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("word", "language", "parts"),
    [
        ("Rechnungsbetrag,", "de", "Rech-nungs-be-trag,"),
        ("dispatched", "en-GB", "dis-patched"),
        ("apmokėti", "lt", "ap-mo-kėti"),
        ("pasūtījumu", "lv", "pa-sū-tī-jumu"),
        ("παραγγελία", "el", "πα-ραγ-γε-λία"),
        ("настольные", "ru", "на-столь-ные"),
    ],
)
def test_words_are_divided_by_language(word: str, language: str, parts: str) -> None:
    offsets = [0, *hyphen_offsets(word, language), len(word)]
    assert "-".join(word[start:end] for start, end in pairwise(offsets)) == parts


@pytest.mark.parametrize("word", ["RECHNUNG", "LX200abcdef", "Haus", "x" * 101, ""])
def test_some_words_stay_whole(word: str) -> None:
    assert hyphen_offsets(word, "de") == ()


def test_soft_hyphens_win() -> None:
    assert hyphen_offsets("Donau\u00addampfschiff", "de") == (6,)
    assert hyphen_offsets("A1\u00adB2", "fil") == (3,)


def test_languages_without_rules_divide_nothing() -> None:
    assert hyphen_offsets("kapangyarihan", "fil") == hyphen_offsets("kapangyarihan", "") == ()
    assert hyphen_offsets("nakapagpapabagabag", "fil") == ()
    assert hyphen_offsets("Donaudampfschifffahrt", "de-AT")
