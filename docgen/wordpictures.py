"""Floor 1, rules: numbers and dates by the pictures of Word's fields: `#,##0.00 €`, `d. MMMM yyyy`. Pure.

Rules: ECMA-376 part 1, 17.16.4.1 (dates) and 17.16.4.2 (numbers). Signs and names follow the record's language, as
Word's follow the language of the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from docgen.errors import TemplateError
from docgen.money import round_half_up

#: Numbers from here on are refused: nobody's amounts, and slow.
LARGEST = Decimal(10) ** 30


# --- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Section:
    """One of a picture's up to three parts: for positive, negative and zero values.

    Attributes:
        whole: (sort, text) of what stands before the decimal point; sort is `digit`, `sign` or `text`.
        fraction: what stands after it, None without a decimal point.
        grouped: whether thousands are parted.
    """

    whole: tuple[tuple[str, str], ...]
    fraction: tuple[tuple[str, str], ...] | None
    grouped: bool

    @property
    def signed(self) -> bool:
        return any(sort == "sign" for sort, _ in (*self.whole, *(self.fraction or ())))

    @property
    def places(self) -> int:
        return sum(sort == "digit" for sort, _ in self.fraction or ())


def plain_picture(picture: str, decimal: str = ".") -> str:
    """Return a numeric picture with the point as decimal sign and the comma as grouping sign.

    Args:
        picture: with the signs of the computer it was written on: `#.##0,00 €`.
        decimal: that computer's decimal sign, which Word keeps in the document's settings.
    """
    bare = re.sub("'[^']*'", lambda quoted: " " * len(quoted[0]), picture)
    if _decimal_sign(bare.split(";")[0], decimal) == ".":
        return picture
    swapped = {".": ",", ",": "."}
    both = zip(picture, bare, strict=True)
    return "".join(swapped.get(letter, letter) if seen != " " else letter for letter, seen in both)


def _decimal_sign(section: str, usual: str) -> str:
    """Return the decimal sign of a section; what the digits around a sign say counts more than what is usual."""
    signs = [sign for sign in ".," if sign in section]
    if len(signs) == 2:
        return max(signs, key=section.rfind)
    if not signs:
        return usual
    before, _, after = section.partition(signs[0])
    other = "," if signs[0] == "." else "."
    digits = re.match("[0#x]*", after)
    if signs[0] in after or (digits and digits[0] == "##0"):
        return other
    if re.search("[0#x]", before) and digits and len(digits[0]) != 3:
        return signs[0]
    return usual


@lru_cache(maxsize=512)
def _sections(picture: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    whole: list[tuple[str, str]] = []
    fraction: list[tuple[str, str]] | None = None
    grouped = False
    for sort, text in (*_items(picture), ("end", ";")):
        current = whole if fraction is None else fraction
        if sort == "end":
            sections.append(_Section(tuple(whole), None if fraction is None else tuple(fraction), grouped))
            whole, fraction, grouped = [], None, False
        elif sort == "point" and fraction is None:
            fraction = []
        elif sort == "group" and fraction is None:
            grouped = True
        else:
            current.append((sort if sort in ("digit", "sign") else "text", text))
    return tuple(sections)


def _items(picture: str) -> Iterator[tuple[str, str]]:
    sorts = {"0": "digit", "#": "digit", "x": "digit", ".": "point", ",": "group", "+": "sign", "-": "sign", ";": "end"}
    for found in re.finditer(r"'([^']*)'|`[^`]*`|(.)", picture, re.DOTALL):
        if found[1] is not None:
            yield "text", found[1]
        elif found[2] is not None:
            yield sorts.get(found[2], "text"), found[2]


def write_number(value: Decimal, picture: str, locale: Locale) -> str:
    """Write a number by a picture such as `#,##0.00 €;-#,##0.00 €;'none'`.

    Args:
        value: rounded half up to the picture's decimals.
        picture: with the point as decimal sign and the comma as grouping sign. An unfilled `#` is a space, as in Word.
        locale: its signs are written.

    Source: ECMA-376 part 1, 17.16.4.2.
    """
    if abs(value) >= LARGEST:
        raise TemplateError(f"{value} is too large a number")
    sections = _sections(picture)
    section = sections[_choose(value, len(sections))]
    rounded = round_half_up(value, section.places)
    text = _write_section(section, rounded, locale)
    return f"-{text}" if rounded < 0 and len(sections) == 1 and not section.signed else text


def _choose(value: Decimal, sections: int) -> int:
    if value == 0 and sections > 2:
        return 2
    return 1 if value < 0 and sections > 1 else 0


def _write_section(section: _Section, value: Decimal, locale: Locale) -> str:
    whole, _, fraction = format(value.copy_abs(), "f").partition(".")
    text = _write_whole(section, whole.lstrip("0"), value, get_group_symbol(locale) if section.grouped else "")
    if section.fraction is None:
        return text
    return text + get_decimal_symbol(locale) + _write_fraction(section.fraction, fraction, value)


def _write_whole(section: _Section, digits: str, value: Decimal, group: str) -> str:
    sorts = [text for sort, text in section.whole if sort == "digit"]
    if sorts[:1] == ["x"]:
        digits = digits[-len(sorts) :]
    missing = max(len(sorts) - len(digits), 0)
    left = len(digits) if sorts else 0
    written = []
    at = 0
    for sort, text in section.whole:
        if sort != "digit":
            written.append(_sign(text, value) if sort == "sign" else text)
            continue
        if at < missing:
            filled = "0" in sorts[: at + 1]
            places = len(sorts) - at - 1
            written.append(("0" + (group if places and places % 3 == 0 else "")) if filled else " ")
        else:
            many = max(len(digits) - len(sorts), 0) + 1 if at == 0 else 1
            for digit in digits[len(digits) - left : len(digits) - left + many]:
                left -= 1
                written.append(digit + (group if left and left % 3 == 0 else ""))
        at += 1
    if not sorts and section.fraction is not None:
        written.append(digits)
    return "".join(written)


def _write_fraction(items: tuple[tuple[str, str], ...], digits: str, value: Decimal) -> str:
    needed = len(digits.rstrip("0"))
    written = []
    at = 0
    for sort, text in items:
        if sort == "digit":
            written.append(" " if text == "#" and at >= needed else digits[at])
            at += 1
        else:
            written.append(_sign(text, value) if sort == "sign" else text)
    return "".join(written)


def _sign(sign: str, value: Decimal) -> str:
    if value < 0:
        return "-"
    return "+" if sign == "+" and value > 0 else " "


def write_result(value: Decimal, locale: Locale) -> str:
    """Write the result of a formula that has no picture: two decimals at most, thousands not parted."""
    text = format(round_half_up(value, 2), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", get_decimal_symbol(locale))


# --- dates ----------------------------------------------------------------------------------------

_DATE = re.compile(r"'([^']*)'|`[^`]*`|(am/pm)|(M+|m+|s+|[dD]+|[yY]+|h+|H+)|(.)", re.DOTALL | re.IGNORECASE)


def write_date(value: date, picture: str, locale: Locale) -> str:
    """Write a day or a moment by a picture such as `dddd, d. MMMM yyyy 'um' HH:mm`; a day alone begins at midnight.

    Source: ECMA-376 part 1, 17.16.4.1.
    """
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    items = _date_items(picture)
    dated = any(sort == "field" and text[0] in "dD" for sort, text in items)
    return "".join(_write_item(item, moment, locale, dated) for item in items)


@lru_cache(maxsize=512)
def _date_items(picture: str) -> tuple[tuple[str, str], ...]:
    items = []
    for found in _DATE.finditer(picture):
        quoted, half, field, other = found.groups()
        if field is not None:
            # The case decides between months and minutes, so a run of both is two items.
            items += [("field", part[0]) for part in re.finditer(r"M+|m+|s+|S+|[dD]+|[yY]+|h+|H+", field)]
        elif half is not None:
            items.append(("half", half))
        elif quoted is not None or other is not None:
            items.append(("text", quoted if quoted is not None else other))
    return tuple(items)


def _write_item(item: tuple[str, str], moment: datetime, locale: Locale, dated: bool) -> str:
    sort, text = item
    if sort == "text":
        return text
    if sort == "half":
        half = "am" if moment.hour < 12 else "pm"
        name = str(locale.day_periods["format"]["wide"].get(half, half))
        return name.upper() if text[0] == "A" else name.lower()
    write = _DATE_FIELDS.get(text[0])
    return write(moment, len(text), locale, dated) if write else text


def _month(moment: datetime, many: int, locale: Locale, dated: bool) -> str:
    if many < 3:
        return f"{moment.month:0{many}}"
    if many == 3:
        return str(locale.months["stand-alone"]["abbreviated"][moment.month])
    # Beside a day, many languages decline the month: 5 grudnia, but grudzień 2026.
    return str(locale.months["format" if dated else "stand-alone"]["wide"][moment.month])


def _day(moment: datetime, many: int, locale: Locale, _: bool) -> str:
    if many < 3:
        return f"{moment.day:0{many}}"
    style, width = ("stand-alone", "abbreviated") if many == 3 else ("format", "wide")
    return str(locale.days[style][width][moment.weekday()])


def _year(moment: datetime, many: int, *_: object) -> str:
    return f"{moment.year:04}" if many > 2 else f"{moment.year % 100:02}"


def _clock(part: Callable[[datetime], int]) -> Callable[[datetime, int, Locale, bool], str]:
    return lambda moment, many, *_: f"{part(moment):0{min(many, 2)}}"


_DATE_FIELDS: Mapping[str, Callable[[datetime, int, Locale, bool], str]] = {
    "M": _month, "d": _day, "D": _day, "y": _year, "Y": _year,
    "h": _clock(lambda moment: moment.hour % 12 or 12), "H": _clock(lambda moment: moment.hour),
    "m": _clock(lambda moment: moment.minute), "s": _clock(lambda moment: moment.second),
    "S": _clock(lambda moment: moment.second),
}  # fmt: skip


def has_time(picture: str) -> bool:
    """Tell whether a date picture writes hours, minutes or seconds."""
    return any(sort == "half" or (sort == "field" and text[0] in "hHmsS") for sort, text in _date_items(picture))
