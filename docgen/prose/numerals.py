"""Floor 1, rules: numbers of lists as they are written: 4, d, IV."""

from __future__ import annotations

from docgen.prose.model import Numbers

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def number_text(number: int, numbers: Numbers) -> str:
    """Return a number of a list; what cannot be written so is written in figures."""
    if number < 1 or numbers in ("", "decimal"):
        return str(number)
    text = _letters(number) if numbers.endswith("letter") else _roman(number)
    return text.upper() if numbers.startswith("upper") else text


def _letters(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("a") + digit) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        text += sign * count
    return text
