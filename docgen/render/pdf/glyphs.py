"""Floor 2, edges: no character is printed that its font does not have.

Text is made printable here, and what a document lacked becomes faults that name character and field. Knows no font
and no way of drawing: whoever writes text fills `Printed`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from docgen.errors import GlyphMissing
from docgen.model import Where

#: Characters that steer the flow of text and are not printed; no font needs to have them.
_UNPRINTED = dict.fromkeys((173, *range(8203, 8208), *range(8234, 8239), *range(8288, 8298), 65279))
_AS_SPACE = dict.fromkeys((9, 11, 12, 13, 133, 5760, *range(8192, 8199), 8200, 8287, 12288), " ")
_AS_LINE = {0x2028: "\n", 0x2029: "\n"}
#: These keep words together, which the plain space ReportLab writes for U+00A0 does too.
_AS_NO_BREAK_SPACE = dict.fromkeys((8199, 8201, 8202, 8239), "\xa0")
_AS_HYPHEN = {0x2010: "-", 0x2011: "-"}
_TIDY = {**_UNPRINTED, **_AS_SPACE, **_AS_LINE, **_AS_NO_BREAK_SPACE, **_AS_HYPHEN}


def tidy(text: str) -> str:
    """Return text as a font without shaping can print it: composed letters, plain spaces, no invisible marks."""
    if text.isascii():
        return text.replace("\t", " ")
    return unicodedata.normalize("NFC", text).translate(_TIDY)


_BY_NUMBER = re.compile("&#(?!(?:10|34|38|39|60|62);)")
_UNTIDY = re.compile(f"[{''.join(map(chr, _TIDY))}]")
#: What `tidy` leaves as it is whatever stands beside it: ASCII, and the letters and punctuation of Europe.
_CALM_ASCII = bytes(code for code in range(128) if code not in _TIDY)
_CALM = frozenset(map(chr, (*range(128, 0x300), *range(0x2013, 0x2027), 0x2030, 0x20AC))) - set(map(chr, _TIDY))


def is_tidy(markup: str) -> bool:
    """Return whether `tidy` leaves every text of some XML as it is."""
    if "&#" in markup and _BY_NUMBER.search(markup):
        return False
    # Bytes are sorted out many times faster than letters are looked for.
    others = markup.encode("utf-8", "surrogatepass").translate(None, _CALM_ASCII).decode("utf-8", "surrogatepass")
    return _CALM.issuperset(others) or (_UNTIDY.search(others) is None and unicodedata.is_normalized("NFC", markup))


@dataclass
class Printed:
    """What a document printed so far, as far as the checks need it."""

    missing: dict[tuple[str, str], str] = field(default_factory=dict)  # (character, font) -> text around it
    pages: int = 0


def glyph_faults(
    printed: Printed, root: etree._Element, context: Mapping[str, object], where: Where
) -> list[GlyphMissing]:
    """Return one fault per piece of text that its font lacks characters of.

    Args:
        printed: what the document printed.
        root: its RML, for the line.
        context: its values, for the field.
        where: the body.
    """
    pieces: dict[tuple[str, str], list[str]] = {}
    for (char, font), around in printed.missing.items():
        pieces.setdefault((font, around), []).append(char)
    return [_glyph_fault(font, around, chars, root, context, where) for (font, around), chars in pieces.items()]


def _glyph_fault(
    font: str, around: str, chars: list[str], root: etree._Element, context: Mapping[str, object], where: Where
) -> GlyphMissing:
    field_name = next(_fields_with(context, chars[0]), "")
    source = f", in the field {field_name}" if field_name else ""
    named = ", ".join(describe(char) for char in chars[:3]) + (f" and {len(chars) - 3} more" if chars[3:] else "")
    return GlyphMissing(
        f'the font {font} has no {named}: "{around}"{source}',
        where=replace(where, line=_line_of(root, chars[0])),
        field=field_name,
        value=chars[0],
        hint="set this text in a font that has it; a template may bring fonts in its folder fonts/",
    )


def _line_of(root: etree._Element, char: str) -> int | None:
    for element in root.iter(etree.Element):
        said = (element.text or "", *map(str, element.attrib.values()), *(child.tail or "" for child in element))
        if any(char in text for text in said):
            return int(element.sourceline) if element.sourceline else None
    return None


def describe(char: str) -> str:
    """Return a character as people and standards name it: `"ẞ" (U+1E9E LATIN CAPITAL LETTER SHARP S)`."""
    name = unicodedata.name(char, "without a name")
    shown = f'"{char}" ' if char.isprintable() else ""
    return f"{shown}(U+{ord(char):04X} {name})"


def _fields_with(value: object, char: str, path: str = "", depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if char in value or char in tidy(value):
            yield path
    elif depth > 6:
        return
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield from _fields_with(child, char, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, Sequence):
        for index, child in enumerate(value):
            yield from _fields_with(child, char, f"{path}[{index}]", depth + 1)
