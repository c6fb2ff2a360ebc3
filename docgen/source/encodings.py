"""Floor 2, edges: which encoding a text file is in. Refuses to know columns and delimiters.

UTF-8 and UTF-16 prove themselves. The encodings of one byte a letter cannot, so the words of the file are read under
each candidate and judged by how letters go together in any language: `Kovalčukas` against `Kovalèukas`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from unicodedata import category

from charset_normalizer import from_bytes

from docgen.errors import SourceError, did_you_mean
from docgen.model import Where

_BLOCK = 1 << 20
_SAMPLE_WORDS = 20_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: In order of preference: of equals, the first wins. ISO-8859-1 is Windows-1252 where both have letters.
_CANDIDATES = ("cp1252", "cp1257", "iso8859-15")
#: Taken only when they read clearly better than all of the above.
_RARER = ("cp1250", "cp1251", "cp1253", "cp850")
_COMMON_NAMES = (
    *("utf-8", "utf-16", "windows-1252", "windows-1257", "windows-1250"),
    *("iso-8859-1", "iso-8859-15", "cp850"),
)
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MULTIBYTE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")

#: How much a letter speaks for the reading that has it: common in some language of Europe, over all of them.
_LETTER_WEIGHTS = {
    **dict.fromkeys("äöüéß", 3.0),
    **dict.fromkeys("šžčėāī", 2.5),
    **dict.fromkeys("áíóåøèàçñãêæõą", 2.4),
    **dict.fromkeys("ųūįęēņļłôâîúśń", 1.8),
    **dict.fromkeys("ëïûùòìœģķćźżğ", 1.0),
    **dict.fromkeys("ýðþŗ", 0.2),
}
_UNKNOWN_LETTER = -1.0
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýāąēęėīįōūųœ")
_TYPOGRAPHY = frozenset("€„“”‘’‚–—…•«»§°©®™\u00a0")


def find_encoding(path: Path, shown: str) -> str:
    """Return the name of the codec that reads a file.

    Args:
        path: the file.
        shown: its name for people.

    Raises:
        SourceError: nearly UTF-8, but for a few bytes: damaged, and guessing would spoil letters.
    """
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    wide = _find_utf16(head)
    if wide:
        return wide
    bad = find_bad_byte(path, "utf-8")
    if bad is None:
        return "utf-8"
    words = _collect_words(path)
    if _is_damaged_utf8(words):
        raise encoding_fault(path, "utf-8", shown)
    return _judge(words)


def check_encoding(name: str, shown: str) -> str:
    """Return the codec that a person named.

    Raises:
        SourceError: no such encoding.
    """
    try:
        codec = codecs.lookup(name).name
        "".encode(codec)
    except LookupError as error:
        hint = did_you_mean(name.lower(), _COMMON_NAMES)
        raise SourceError(f'"{name}" is not a known encoding', where=Where(shown), hint=hint) from error
    # A UTF-8 file may begin with a mark or not; the mark is never part of the first column's name.
    return "utf-8-sig" if codec == "utf-8" else codec


def encoding_fault(path: Path, encoding: str, shown: str) -> SourceError:
    """Return the fault that names line and byte where a file is not in an encoding."""
    bad = find_bad_byte(path, encoding)
    line, offset, value = bad if bad else (None, 0, 0)
    return SourceError(
        f"the text is not {_spoken(encoding)}: byte {offset + 1} of the file (hexadecimal {value:02X}) does not fit",
        where=Where(shown, line),
        hint="name the file's encoding in the job, for example `encoding: windows-1252`",
    )


def find_bad_byte(path: Path, encoding: str) -> tuple[int, int, int] | None:
    """Return line from 1, offset from 0 and value of the first byte that is not in `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, offset, pending = 1, 0, 0
    for block in _blocks(path):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            # The decoder's bytes begin with what it kept of the block before.
            place = offset - pending + error.start
            good = error.object[: error.start].decode(encoding, errors="replace")
            return line + good.count("\n"), place, error.object[error.start]
        line += text.count("\n")
        offset += len(block)
        pending = len(decoder.getstate()[0])
    return None


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, and an empty block at its end."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
    yield b""


def _spoken(encoding: str) -> str:
    return {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252", "cp1257": "Windows-1257"}.get(
        encoding, encoding.upper()
    )


def _find_utf16(head: bytes) -> str:
    """Tell UTF-16 without a mark by the zero bytes that Latin text leaves on every other place."""
    size = len(head) // 2
    if size < 2 or b"\0" not in head:
        return ""
    even, odd = head[0 : size * 2 : 2].count(0) / size, head[1 : size * 2 : 2].count(0) / size
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    if even > 0.4 and odd < 0.05:
        return "utf-16-be"
    return ""


def _collect_words(path: Path) -> list[bytes]:
    """Return the different words with bytes beyond ASCII, each once: a word that repeats proves nothing more."""
    words: dict[bytes, None] = {}
    for block in _blocks(path):
        words |= dict.fromkeys(_HIGH_WORD.findall(block))
        if len(words) >= _SAMPLE_WORDS:
            break
    return list(words)[:_SAMPLE_WORDS]


def _is_damaged_utf8(words: Iterable[bytes]) -> bool:
    good = bad = 0
    for word in words:
        good += len(_MULTIBYTE.findall(word))
        bad += sum(byte >= 0x80 for byte in _MULTIBYTE.sub(b"", word))
    return good > 3 * bad and good > 2


def _judge(words: list[bytes]) -> str:
    best = max(_CANDIDATES, key=lambda name: _score(words, name))
    enough = 1.3 * max(_score(words, best), 0) + 2
    rarer = max(_rarer_candidates(words), key=lambda name: _score(words, name))
    return rarer if _score(words, rarer) > enough else best


def _rarer_candidates(words: list[bytes]) -> list[str]:
    guess = from_bytes(b"\n".join(words), cp_exclusion=["utf_16", "utf_16_le", "utf_16_be", "utf_32"]).best()
    return [*_RARER, guess.encoding] if guess else list(_RARER)


def _score(words: Iterable[bytes], encoding: str) -> float:
    total = 0.0
    for word in words:
        try:
            total += _score_word(word.decode(encoding))
        except UnicodeDecodeError:
            total -= 5.0
    return total


def _score_word(word: str) -> float:
    score = sum(_score_letter(word, place) for place, letter in enumerate(word) if letter > "\x7f")
    if len(word) > 2 and all("\x7f" < letter < "\u0370" for letter in word):
        # Latin writing has plain letters in every longer word.
        score -= 5.0 * len(word)
    return score


def _score_letter(word: str, place: int) -> float:
    letter = word[place]
    if letter.isalpha():
        before = word[place - 1] if place else ""
        # A capital after a small letter is no word of any language: `kavinÐ`.
        misplaced = 3.0 if letter.isupper() and before.islower() else 0.0
        flow = _flow(word.lower(), place) if letter < "\u0370" else 0.0
        return _letter_weight(letter, word) + flow - misplaced
    if category(letter) == "Cc":
        return -8.0
    inside = 0 < place < len(word) - 1 and word[place - 1].isalpha() and word[place + 1].isalpha()
    if letter in _TYPOGRAPHY:
        return -1.0 if inside and letter not in "’–" else 0.3
    return -4.0 if inside else -1.5


def _letter_weight(letter: str, word: str) -> float:
    weight = _LETTER_WEIGHTS.get(letter.lower(), _UNKNOWN_LETTER)
    if weight == _UNKNOWN_LETTER and letter > "\u0370":
        # Greek and Cyrillic stand among their own.
        return 1.0 if all(other > "\u0370" for other in word if other.isalpha()) else -4.0
    return weight


def _flow(word: str, place: int) -> float:
    """Return how well a letter alternates with its neighbours, vowel and consonant: `Hélène`, not `Hélčne`."""
    kind = word[place] in _VOWELS
    beside = [word[n] for n in (place - 1, place + 1) if 0 <= n < len(word) and word[n].isalpha()]
    same = sum((letter in _VOWELS) == kind for letter in beside)
    return 0.5 * (len(beside) - same) - 0.8 * same
