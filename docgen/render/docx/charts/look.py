"""Floor 2, edges: how a chart looks: colours, font, and numbers and dates as the document's language writes them."""

from __future__ import annotations

import locale as system_locale
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import cycle, islice
from weakref import WeakKeyDictionary

from babel import Locale
from babel.core import get_global
from babel.dates import get_date_format
from babel.numbers import get_currency_symbol
from lxml import etree

from docgen.errors import FieldMissing, TemplateError
from docgen.money import currency_code, currency_places
from docgen.render.chartdata import moment
from docgen.render.docx.package import Package, parse_xml
from docgen.render.docx.spot import w
from docgen.render.palette import chart_colour, palette

_TEXT, _MUTED, _HAIRLINE = "262626", "595959", "D9D9D9"
_ACCENTS = tuple(f"accent{number}" for number in range(1, 7))
_LONGEST_FORMAT = 100
_MOST_DECIMALS = 2


@dataclass(frozen=True)
class ChartLook:
    """A chart's look. Colours are RRGGBB, or the names of the template's theme colours.

    Attributes:
        series: the colours of the series, or of the pieces of a pie; they repeat.
        text: of the title.
        muted: of everything else that is written.
        hairline: of the lines of the grid.
        font: what the template writes in; "" is Word's default.
    """

    series: tuple[str, ...]
    text: str = _TEXT
    muted: str = _MUTED
    hairline: str = _HAIRLINE
    font: str = ""

    def colours(self, count: int) -> list[str]:
        """Return this many colours."""
        return list(islice(cycle(self.series), count))


def find_look(colors: Sequence[object], names: Mapping[str, object], package: Package) -> ChartLook:
    """Return the look of a chart: in the colours given, else the company's, else those of the template's theme.

    Raises:
        TemplateError: a colour is none.
    """
    own = tuple(chart_colour(color) for color in colors)
    company = names.get("company")
    found = company.get("colours") if isinstance(company, Mapping) else None
    colours = {str(name): chart_colour(value) for name, value in found.items()} if isinstance(found, Mapping) else {}
    series = own or (palette(colours["accent"], colours.get("muted", _MUTED)) if "accent" in colours else _ACCENTS)
    rest = {name: colours[name] for name in ("text", "muted", "hairline") if name in colours}
    return ChartLook(series, font=body_font(package), **rest)


# --- the font -------------------------------------------------------------------------------------

_fonts: WeakKeyDictionary[Package, str] = WeakKeyDictionary()


def body_font(package: Package) -> str:
    """Return the font of a template's plain text; "" where it does not say."""
    if package not in _fonts:
        _fonts[package] = next(_named_fonts(package), "")
    return _fonts[package]


def _named_fonts(package: Package) -> Iterator[str]:
    for name in package.related(package.main, "styles"):
        styles = parse_xml(package.parts[name])
        normal = [one for one in styles.iter(w("style")) if one.get(w("default")) == "1"]
        normal = [one for one in normal if one.get(w("type")) == "paragraph"]
        for holder in (*normal, *styles.iter(w("rPrDefault"))):
            for fonts in holder.iter(w("rFonts")):
                yield from filter(None, (_theme_font(package, fonts), fonts.get(w("ascii"))))


def _theme_font(package: Package, fonts: etree._Element) -> str:
    wanted = fonts.get(w("asciiTheme"), "")
    kind = "majorFont" if wanted.startswith("major") else "minorFont"
    for name in package.related(package.main, "theme") if wanted else ():
        for font in parse_xml(package.parts[name]).iter(f"{{*}}{kind}"):
            return next((str(one.get("typeface", "")) for one in font.iter("{*}latin")), "")
    return ""


# --- numbers and dates ----------------------------------------------------------------------------


def number_format(wanted: str, values: Sequence[Decimal], language: Locale, currency: object = None) -> str:
    """Return the format of numbers, as Excel writes it.

    Args:
        wanted: `number`, `money`, `percent`, or a format of Excel's.
        values: say how many decimals are needed.
        language: whose signs are meant.
        currency: the code of the currency, for money.
    """
    if len(wanted) > _LONGEST_FORMAT or not wanted.isprintable():
        raise TemplateError(f'"{wanted[:40]}" is not a number format', hint='number, money, percent or "#,##0.0"')
    decimals = max((_decimals(value) for value in values), default=0)
    match wanted:
        case "number":
            code = _pattern("#,##0", min(decimals, _MOST_DECIMALS), {})
        case "percent":
            code = _pattern(
                language.percent_formats[None].pattern, min(max(decimals - 2, 0), _MOST_DECIMALS), {"%": "%"}
            )
        case "money":
            found = _currency(currency)
            sign = {"¤": f'"{get_currency_symbol(found, language)}"'}
            code = _pattern(
                language.currency_formats["standard"].pattern, currency_places(found) if decimals else 0, sign
            )
        case _:
            return wanted
    return f"{_of(language)}{code}"


def _currency(code: object) -> str:
    if not code:
        raise FieldMissing("no currency is known", field="currency", hint="give the record a currency")
    return currency_code(str(code))


def _decimals(value: Decimal) -> int:
    return max(-int(value.normalize().as_tuple().exponent), 0)


def _pattern(pattern: str, decimals: int, signs: Mapping[str, str]) -> str:
    """Write a language's pattern as Excel does, with what stands around the number as text."""
    number = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    before, _, after = re.sub(r"[#,0.]+", "\0", pattern.split(";")[0], count=1).partition("\0")
    before, after = (
        "".join(signs.get(one, f"\\{one}") for one in side.replace("\xa0", " ") if one.isprintable())
        for side in (before, after)
    )
    return f"{before}{number}{after}"


def date_format(values: Sequence[Decimal], language: Locale) -> str:
    """Return the format of dates: whole months and years are written without their day."""
    moments = [moment(value) for value in values]
    if all(one.day == 1 for one in moments):
        whole_years = all(one.month == 1 for one in moments) and len(moments) > 1
        skeleton = "y" if whole_years else "yMMM"
        pattern = language.datetime_skeletons[skeleton].pattern
    else:
        pattern = get_date_format("short", language).pattern
    return f"{_of(language)}{_date_pattern(pattern)}"


def _date_pattern(pattern: str) -> str:
    written = []
    for quoted, letters, other in re.findall(r"'([^']*)'|([dMLy]+)|(.)", pattern):
        if quoted:
            written.append(f'"{quoted}"')
        elif letters:
            written.append("yyyy" if letters == "y" else letters.replace("L", "m").lower())
        elif other.isprintable() or other.isspace():
            written.append(f"\\{other if other.isprintable() else ' '}")
    return "".join(written)


@cache
def _of(language: Locale) -> str:
    """Return a language's mark in a format, `[$-407]`: in PDF, numbers are written as the document's language does."""
    codes = {name: code for code, name in system_locale.windows_locale.items()}
    likely = str(get_global("likely_subtags").get(language.language, "")).rpartition("_")[2]
    code = codes.get(f"{language.language}_{language.territory or likely}")
    return f"[$-{code:X}]" if code else ""
