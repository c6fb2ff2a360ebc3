"""What a case of the differential suite is, and the values that all of them are filled in with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VALUES: Mapping[str, object] = {
    "name": "Smith & Sons <Ltd>",
    "city": "Łódź",
    "quoted": "the \"old\" 'mill'",
    "empty": "",
    "yes": True,
    "no": False,
    "n": 3,
    "zero": 0,
    "markup": "<w:t>no</w:t> ]]> <![CDATA[ &amp; </w:p>",
    "braces": "{{ not }} {% this %} {# either #}",
    "person": {"first": "Ada", "last": "O'Brien", "tags": ["kind", "late & lost"]},
    "words": ["one", "two & more", "three"],
    "nothing": [],
    "single": ["only"],
    "columns": ["A", "B", "C", "D", "E"],
    "colour": "C0FFEE",
    "span": 2,
    "lines": "first\nsecond & <third>\n\nfifth",
    "tabs": "left\tmiddle\tright",
    "paragraphs": "one\atwo\athree",
    "pages": "before\fafter",
    "mixed": "a\tb\nc\ad\fe",
    "hebrew": "שלום עולם (1)",
    "arabic": "\u202bمرحبا\u202c",
    "emoji": "😀 👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿 𝔘𝔫𝔦",
    "spaces": "  two before, two after  ",
    "control": "bell\x01 vt\x0b esc\x1b nul\x00 end",
    "newline": "\n",
    "items": [
        {"name": "Desk & chair", "qty": "2", "price": "9.90", "colour": "FF0000", "parts": ["leg", "top"], "big": True},
        {"name": "Lamp <LED>", "qty": "1", "price": "19.00", "colour": "00FF00", "parts": [], "big": False},
        {"name": "Shelf", "qty": "10", "price": "5.00", "colour": "0000FF", "parts": ["board"], "big": True},
    ],
    "groups": [
        {"title": "First", "rows": [["1", "2", "3"], ["4", "5", "6"]], "members": ["Jo", "Al"]},
        {"title": "Empty", "rows": [], "members": []},
        {"title": "Last", "rows": [["7", "8", "9"]], "members": ["Bo"]},
    ],
    "matrix": [["a", "b", "c", "d"], ["e", "f", "g", "h"]],
    "url": "https://example.com/?a=1&b=2",
}


@dataclass(frozen=True)
class Case:
    """A template and what it is filled in with.

    Attributes:
        name: a sentence's worth of what it holds.
        template: the file.
        values: instead of or beside `VALUES`.
        differs: why docxtpl itself is expected to write something else; "" where it is not. docgen's two paths are
            always expected to agree.
    """

    name: str
    template: bytes
    values: Mapping[str, object] = field(default_factory=dict)
    differs: str = ""

    @property
    def context(self) -> Mapping[str, object]:
        """What the template is filled in with."""
        return {**VALUES, **self.values}
