"""Floor 1, rules: countries and languages as people write them, turned into codes.

Knows CLDR's names through Babel; refuses to know fields and records. A name that is not known raises: a letter in
the wrong language or with a guessed country is worse than a question.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global, parse_locale
from babel.languages import get_official_languages

#: Names in daily use that CLDR does not list as such.
_COMMON_COUNTRIES = {
    "america": "US",
    "britain": "GB",
    "czech republic": "CZ",
    "el": "GR",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "northern ireland": "GB",
    "republic of ireland": "IE",
    "scotland": "GB",
    "the netherlands": "NL",
    "the philippines": "PH",
    "turkey": "TR",
    "u.k.": "GB",
    "u.s.": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "wales": "GB",
}
#: CLDR territories of two letters that are no ISO 3166 country.
_NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def parse_country(text: str, locale: str = "en") -> str:
    """Return the ISO 3166 alpha-2 code of a country given as alpha-2, alpha-3 or a name.

    Names are known in English, in the language of `locale` and in the country's own languages.

    Raises:
        KeyError: no such country.
    """
    word = " ".join(text.split())
    upper, folded = word.upper(), word.casefold()
    if upper in _country_codes():
        return upper
    if folded in _COMMON_COUNTRIES:
        return _COMMON_COUNTRIES[folded]
    alias = get_global("territory_aliases").get(upper, [])
    if len(alias) == 1 and alias[0] in _country_codes():
        return str(alias[0])
    for language in ("en", locale):
        if folded in _country_names(language):
            return _country_names(language)[folded]
    return _local_country_names()[folded]


def parse_language(text: str) -> str:
    """Return Babel's identifier (`de`, `pt_BR`, `zh_Hans`) of a language given as a code or a name.

    Names are known in English and in the language itself.

    Raises:
        KeyError: no such language.
    """
    word = " ".join(text.split())
    try:
        # Aliases first: Babel answers `tl` with `fil_PH`, but nobody named a territory.
        language, territory, script, *_ = parse_locale(word.replace("-", "_"))
        locale = Locale.parse("_".join(part for part in (language, script, territory) if part))
    except (UnknownLocaleError, ValueError):
        return _language_names()[word.casefold()]
    return "_".join(part for part in (locale.language, script, territory) if part)


@lru_cache(maxsize=1)
def _country_codes() -> frozenset[str]:
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NOT_COUNTRIES


@lru_cache(maxsize=32)
def _country_names(locale: str) -> dict[str, str]:
    names = Locale.parse(locale.replace("-", "_")).territories
    return {str(name).casefold(): str(code) for code, name in names.items() if code in _country_codes()}


@lru_cache(maxsize=1)
def _local_country_names() -> dict[str, str]:
    return dict(_read_local_country_names())


def _read_local_country_names() -> Iterator[tuple[str, str]]:
    for code in sorted(_country_codes()):
        for language in get_official_languages(code, de_facto=True):
            try:
                name = Locale.parse(language).territories.get(code)
            except (UnknownLocaleError, ValueError):
                continue  # CLDR knows of the language but has no data in it
            if name:
                yield name.casefold(), code


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, english in Locale("en").languages.items():
        try:
            own = Locale.parse(code).get_language_name(code)
        except (UnknownLocaleError, ValueError):
            continue
        current = parse_language(str(code))
        names[str(english).casefold()] = current
        if own:
            names.setdefault(own.casefold(), current)
    return names
