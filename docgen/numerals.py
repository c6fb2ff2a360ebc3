"""Floor 1, rules: numbers and dates as people write them, read by the locale of the source.

Strict on purpose: `1.5` in German data is a fault and not fifteen, since a wrong amount on an invoice costs more than
a question. This module refuses to know fields and records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from docgen.errors import JobError

#: Spaces and apostrophes that people group digits with; none is a decimal sign anywhere.
_NEUTRAL_GROUPS = (" \u00a0\u2007\u2009\u202f", "'\u2019")
_MINUS = "-\u2212\u2012\u2013"
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u200b\ufeff"))
_GAP = "[ \u00a0\u2009\u202f]"
_PATTERN_PART = re.compile(r"'(?P<quoted>[^']*)'|(?P<field>([A-Za-z])\3*)|(?P<space>\s+)|(?P<text>[^A-Za-z'\s]+)")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ISO_DATETIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?", re.ASCII
)
_TIME = re.compile(
    rf"[,]?{_GAP}+(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?{_GAP}*(?P<half>[AaPp]\.?[Mm]\.?)?"
)


class NotWritten(ValueError):
    """The text is not of the asked form. `args[0]` says what to do about it, or is empty."""


@dataclass(frozen=True)
class Writing:
    """How numbers and dates are written under one locale, ready to match."""

    locale: Locale
    number: re.Pattern[str]
    decimal_sign: str
    dates: tuple[re.Pattern[str], ...]
    short_years: tuple[re.Pattern[str], ...]
    months: dict[str, int]

    @property
    def number_example(self) -> str:
        """A number as this locale writes it."""
        return format_decimal(Decimal("1234.56"), locale=self.locale)


@lru_cache(maxsize=32)
def writing(locale: str) -> Writing:
    """Return the forms of a locale such as `de`, `en_US`, `lt-LT`.

    Raises:
        JobError: no such locale.
    """
    try:
        parsed = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise JobError(f'"{locale}" is not a known locale', hint='for example "de", "en_US" or "lt"') from error
    # English months are written in many countries; the locale's own names win.
    months = dict(_month_names(Locale("en"))) | dict(_month_names(parsed))
    patterns = [parsed.date_formats[length].pattern for length in ("short", "medium", "long")]
    return Writing(
        locale=parsed,
        number=_number_pattern(parsed),
        decimal_sign=get_decimal_symbol(parsed),
        dates=tuple(_date_pattern(pattern, months, r"\d{4}") for pattern in patterns),
        short_years=tuple(_date_pattern(pattern, months, r"\d\d") for pattern in patterns),
        months=months,
    )


def parse_number(text: str, locale: str) -> Decimal:
    """Return the number that `text` writes under `locale`, exactly.

    Signs may lead or trail; grouping, where there is any, has to be complete and of one sign.

    Raises:
        NotWritten: anything else.
    """
    form = writing(locale)
    match = form.number.fullmatch(text.translate(_INVISIBLE).strip())
    if not match or (match["sign"] and match["trailing"]):
        raise NotWritten(f"numbers in this data are written like {form.number_example} (input_locale: {locale})")
    whole = re.sub(r"\D", "", match["whole"])
    minus = "-" if (match["sign"] or match["trailing"] or "+") in _MINUS else ""
    return Decimal(f"{minus}{whole}.{match['fraction']}" if match["fraction"] else minus + whole)


def parse_date(text: str, locale: str) -> date:
    """Return the date that `text` writes, in ISO form or as the locale writes it, with a year of four digits.

    Raises:
        NotWritten: anything else, days that do not exist included.
    """
    form = writing(locale)
    text = text.translate(_INVISIBLE).strip()
    iso = _ISO_DATE.fullmatch(text)
    if iso:
        return _calendar(int(iso[1]), int(iso[2]), int(iso[3]))
    for pattern in form.dates:
        match = pattern.fullmatch(text)
        if match:
            return _calendar(int(match["year"]), _month(form, match["month"]), int(match["day"]))
    if any(pattern.fullmatch(text) for pattern in form.short_years):
        raise NotWritten("write the year with four digits")
    raise NotWritten(
        f"dates in this data are written like {_example(form.locale)} or 2026-12-31 (input_locale: {locale})"
    )


def parse_datetime(text: str, locale: str) -> datetime:
    """Return the moment that `text` writes: ISO form, or the locale's date and a time; a date alone is its midnight.

    Raises:
        NotWritten: anything else.
    """
    text = text.translate(_INVISIBLE).strip()
    if _ISO_DATETIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text.replace(" Z", "Z").replace(",", "."))
        except ValueError as error:
            raise NotWritten("there is no such day or time") from error
    clock = re.search(_TIME.pattern + r"\Z", text)
    if not clock:
        return datetime.combine(parse_date(text, locale), time())
    day = parse_date(text[: clock.start()], locale)
    return datetime.combine(day, _clock_time(clock))


def _clock_time(match: re.Match[str]) -> time:
    hour, half = int(match["hour"]), (match["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        raise NotWritten("there is no such time")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise NotWritten("there is no such time") from error


def _calendar(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotWritten("there is no such day") from error


def _month(form: Writing, text: str) -> int:
    return int(text) if text.isdigit() else form.months[_bare(text)]


def _bare(name: str) -> str:
    return name.casefold().rstrip(".")


def _example(locale: Locale) -> str:
    pattern = re.sub(r"y+", "2026", locale.date_formats["short"].pattern.translate(_INVISIBLE))
    return re.sub(r"'", "", re.sub(r"d+", "31", re.sub(r"M+", "12", pattern)))


def _month_names(locale: Locale) -> Iterator[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                if not name.isdigit():
                    yield _bare(name), int(number)


def _number_pattern(locale: Locale) -> re.Pattern[str]:
    decimal = get_decimal_symbol(locale)
    grouping = locale.decimal_formats[None].grouping
    # A leading zero is refused: 0.500 is half of something, not five hundred.
    # In 1,23,456 the group next to the decimal sign has `primary` digits and all before it `secondary`.
    primary, secondary = grouping[0], grouping[1]
    grouped = "|".join(
        rf"(?!0)\d{{1,{secondary}}}(?P<g{n}>[{re.escape(sign)}])(?:\d{{{secondary}}}(?P=g{n}))*\d{{{primary}}}"
        for n, sign in enumerate(_group_signs(locale, decimal))
    )
    fraction = rf"(?:{re.escape(decimal)}(?P<fraction>\d+))?"
    return re.compile(
        rf"(?P<sign>[{_MINUS}+])?{_GAP}?(?P<whole>\d+|{grouped}){fraction}{_GAP}?(?P<trailing>[{_MINUS}])?"
    )


def _group_signs(locale: Locale, decimal: str) -> list[str]:
    """Return character classes that may group digits: the locale's sign, its language's, and the neutral ones."""
    signs = list(_NEUTRAL_GROUPS)
    for sign in (get_group_symbol(locale), get_group_symbol(Locale(locale.language))):
        # People of a region also group as their language does elsewhere, unless that sign is their decimal sign.
        if sign != decimal and not any(sign in known for known in signs):
            signs.append(sign)
    return signs


def _date_pattern(pattern: str, months: dict[str, int], year: str) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    fields = {"d": r"(?P<day>\d{1,2})", "M": r"(?P<month>\d{1,2})", "y": rf"(?P<year>{year})"}
    parts = []
    for part in _PATTERN_PART.finditer(pattern.translate(_INVISIBLE)):
        field = part["field"]
        if field and len(field) > 2 and field[0] in "ML":
            parts.append(rf"(?P<month>(?:{names})\.?)")
        elif field:
            parts.append(fields["M" if field[0] == "L" else field[0]])
        elif part["space"]:
            parts.append(f"{_GAP}+")
        else:
            parts.append(re.escape(part["quoted"] if part["quoted"] is not None else part["text"]))
    return re.compile("".join(parts), re.IGNORECASE)
