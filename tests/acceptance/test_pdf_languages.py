"""A letter in thirteen languages: both readers of PDF give back its words, and judges of files find nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from letters import Letter, letter_template, letters
from rendering import make_context, pdf_text
from services import require
from verapdf import judge

from docgen.render import pdf

#: What steers direction and prints nothing; poppler and docgen put it around text from right to left.
_STEERING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Languages that part no words: a line may end anywhere, so texts are compared without spaces.
_UNSPACED = {"th", "ja", "zh"}
#: What pdfium makes of some words by rules of its own, whatever a file says. In lines from right to left it exchanges
#: letters and digits of a Latin word; it finds no space narrower than a quarter of the letter beside it.
_PDFIUM = {
    "ar": {"LX-200": "-200LX"},
    "he": {"LX-200": "-200LX"},
    "hi": {"इसे सूखी": "इसेसूखी"},
}
_LANGUAGES = [letter.language for letter in letters()]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("letters")
    found = {}
    for letter in letters():
        template = letter_template(folder / letter.language, letter.language)
        artifact = pdf.prepare(template).render(make_context(letter.values, locale=letter.language))
        assert artifact.pages == 1
        found[letter.language] = artifact.content
    return found


def poppler(content: bytes, folder: Path) -> str:
    require(shutil.which("pdftotext") is not None, "pdftotext")
    path = folder / "letter.pdf"
    path.write_bytes(content)
    read = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, check=True)
    return read.stdout.decode()


def plain(text: str, language: str) -> str:
    return ("" if language in _UNSPACED else " ").join(_STEERING.sub("", text).split())


def check(letter: Letter, text: str, odd: dict[str, str]) -> None:
    """Each text stands in it as it is, and nothing is left when all are taken out, bullets apart."""
    language = letter.language
    left = plain(text, language)
    for said in sorted(letter.texts, key=len, reverse=True):
        wanted = plain(said, language)
        for word, made_of_it in odd.items():
            wanted = wanted.replace(plain(word, language), plain(made_of_it, language))
        assert wanted in left
        left = left.replace(wanted, " ", 1)
    assert left.split() == ["●", "●"]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_poppler_gives_back_what_was_written(made, language, tmp_path):
    check(Letter(language), poppler(made[language], tmp_path), {})


@pytest.mark.parametrize("language", _LANGUAGES)
def test_pdfium_gives_back_what_was_written(made, language):
    check(Letter(language), pdf_text(made[language]), _PDFIUM.get(language, {}))


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_letters_are_archivable_and_accessible_in_every_language(made, flavour):
    assert judge(made, flavour) == {language: [] for language in made}


@pytest.mark.parametrize("language", _LANGUAGES)
def test_letters_are_the_same_each_time(made, language, tmp_path):
    letter = Letter(language)
    prepared = pdf.prepare(letter_template(tmp_path / language, language))
    for _ in range(2):
        assert prepared.render(make_context(letter.values, locale=language)).content == made[language]
