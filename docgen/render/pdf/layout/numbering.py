"""Floor 2, edges: how items of lists and other counted things are numbered: 3, c, iii, Three, Third, 3rd. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MOST_ROMAN = 3999


def _roman(number: int) -> str:
    if not 0 <= number <= _MOST_ROMAN:
        raise ValueError(f"{number} cannot be written in Roman numerals")
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26)


def _words(number: int) -> str:
    from num2words import num2words  # loaded late: few lists count in words

    return str(num2words(number)).replace(" and ", " ").replace(",", "").title()


def _ordinal_words(number: int) -> str:
    from num2words import num2words

    return str(num2words(number, to="ordinal")).replace(" and ", " ").replace(",", "").title()


def _ordinal(number: int) -> str:
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


#: What a type of numbers writes.
WRITERS: Mapping[str, Callable[[int], str]] = {
    "1": str,
    "a": _letter,
    "A": lambda number: _letter(number).upper(),
    "i": lambda number: _roman(number).lower(),
    "I": _roman,
    "l": _words,
    "L": lambda number: _words(number).upper(),
    "o": _ordinal_words,
    "O": lambda number: _ordinal_words(number).upper(),
    "r": _ordinal,
    "R": lambda number: _ordinal(number).upper(),
}
