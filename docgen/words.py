"""Floor 1, rules: numbers and amounts in words, in English, German, Lithuanian, Latvian and Filipino. Pure.

num2words counts in the first four; what it gets wrong for amounts is put right here: gender (`viena krona`), German
`ein Euro` for `eins`, Latvian 101, names of currencies. Filipino is counted here, by these rules:

- a multiplier and its power are linked: `-ng` after a vowel, `-g` after n, `na` otherwise (isang libo, apat na libo);
- 11 to 19 are one word with labing-, labin- or labim-; tens are one word in -mpu or -napu;
- the unit joins its ten by `'t` (tatlumpu't lima); `daan` is `raan` after `na` (apat na raan);
- parts follow each other without a conjunction, so that the only `at` of an amount stands before the centavos;
- what is counted is linked to the number as a multiplier is (limang piso, isang daang piso, apat na piso).
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale

from docgen.errors import TemplateError, UnsupportedFeature
from docgen.money import currency_places, round_money
from docgen.texts import plural_category

LANGUAGES = ("en", "de", "lt", "lv", "fil")

_LARGEST = 10**15


class Unit(NamedTuple):
    """What is counted: after 1, after 2 to 9, after the others. Some languages need fewer forms."""

    one: str
    few: str
    many: str
    feminine: bool = False


def _unit(forms: str, feminine: bool = False) -> Unit:
    parts = forms.split("|")
    return Unit(parts[0], parts[min(1, len(parts) - 1)], parts[-1], feminine)


#: Language -> currency -> (unit, its hundredth). A currency that is not here is written with its code.
_UNITS: dict[str, dict[str, tuple[Unit, Unit]]] = {
    "en": {
        "EUR": (_unit("euro|euros"), _unit("cent|cents")),
        "USD": (_unit("US dollar|US dollars"), _unit("cent|cents")),
        "GBP": (_unit("pound sterling|pounds sterling"), _unit("penny|pence")),
        "CHF": (_unit("Swiss franc|Swiss francs"), _unit("centime|centimes")),
        "PHP": (_unit("Philippine peso|Philippine pesos"), _unit("centavo|centavos")),
        "PLN": (_unit("Polish zloty|Polish zlotys"), _unit("grosz|groszy")),
        "SEK": (_unit("Swedish krona|Swedish kronor"), _unit("öre")),
    },
    "de": {
        "EUR": (_unit("Euro"), _unit("Cent")),
        "USD": (_unit("US-Dollar"), _unit("Cent")),
        "GBP": (_unit("Pfund Sterling"), _unit("Penny|Pence")),
        "CHF": (_unit("Schweizer Franken"), _unit("Rappen")),
        "PHP": (_unit("philippinischer Peso|philippinische Pesos"), _unit("Centavo|Centavos")),
        "PLN": (_unit("Zloty"), _unit("Grosz|Groszy")),
        "SEK": (_unit("schwedische Krone|schwedische Kronen", True), _unit("Öre")),
    },
    "lt": {
        "EUR": (_unit("euras|eurai|eurų"), _unit("centas|centai|centų")),
        "USD": (_unit("JAV doleris|JAV doleriai|JAV dolerių"), _unit("centas|centai|centų")),
        "GBP": (_unit("svaras sterlingų|svarai sterlingų|svarų sterlingų"), _unit("pensas|pensai|pensų")),
        "CHF": (
            _unit("Šveicarijos frankas|Šveicarijos frankai|Šveicarijos frankų"),
            _unit("santimas|santimai|santimų"),
        ),
        "PHP": (_unit("Filipinų pesas|Filipinų pesai|Filipinų pesų"), _unit("sentavas|sentavai|sentavų")),
        "PLN": (_unit("Lenkijos zlotas|Lenkijos zlotai|Lenkijos zlotų"), _unit("grašis|grašiai|grašių")),
        "SEK": (_unit("Švedijos krona|Švedijos kronos|Švedijos kronų", True), _unit("erė|erės|erių", True)),
    },
    "lv": {
        "EUR": (_unit("eiro"), _unit("cents|centi|centu")),
        "USD": (_unit("ASV dolārs|ASV dolāri|ASV dolāru"), _unit("cents|centi|centu")),
        "GBP": (_unit("sterliņu mārciņa|sterliņu mārciņas|sterliņu mārciņu", True), _unit("penss|pensi|pensu")),
        "CHF": (_unit("Šveices franks|Šveices franki|Šveices franku"), _unit("santīms|santīmi|santīmu")),
        "PHP": (_unit("Filipīnu peso"), _unit("sentavo")),
        "PLN": (_unit("Polijas zlots|Polijas zloti|Polijas zlotu"), _unit("grasis|graši|grašu")),
        "SEK": (_unit("Zviedrijas krona|Zviedrijas kronas|Zviedrijas kronu", True), _unit("ēre|ēres|ēru", True)),
    },
    "fil": {
        "EUR": (_unit("euro"), _unit("sentimo")),
        "USD": (_unit("US dollar"), _unit("sentimo")),
        "GBP": (_unit("pound sterling"), _unit("pence")),
        "CHF": (_unit("Swiss franc"), _unit("sentimo")),
        "PHP": (_unit("piso"), _unit("sentimo")),
        "PLN": (_unit("Polish zloty"), _unit("grosz")),
        "SEK": (_unit("Swedish krona"), _unit("öre")),
    },
}

_AND = {"en": "and", "de": "und", "lt": "", "lv": "un", "fil": "at"}
_MINUS = {"en": "minus", "de": "minus", "lt": "minus", "lv": "mīnus", "fil": "minus"}
#: How hundredths are written where nobody asks: Lithuanian and Latvian invoices have them in figures.
_MINOR = {"en": "words", "de": "words", "lt": "figures", "lv": "figures", "fil": "words"}

_FEMININE = {
    "lt": {
        "vienas": "viena", "du": "dvi", "keturi": "keturios", "penki": "penkios", "šeši": "šešios",
        "septyni": "septynios", "aštuoni": "aštuonios", "devyni": "devynios",
    },
    "lv": {
        "viens": "viena", "divi": "divas", "četri": "četras", "pieci": "piecas", "seši": "sešas",
        "septiņi": "septiņas", "astoņi": "astoņas", "deviņi": "deviņas",
    },
}  # fmt: skip


def number_in_words(value: int, locale: Locale) -> str:
    """Write a whole number: `one hundred and twenty-three`.

    Raises:
        UnsupportedFeature: not in this language.
        TemplateError: the number has more than 15 digits.
    """
    language = _language(locale)
    text = _cardinal(abs(value), language, locale.territory)
    return f"{_MINUS[language]} {text}" if value < 0 else text


def amount_in_words(value: Decimal, currency: str, locale: Locale, minor: str | None = None) -> str:
    """Write an amount, rounded half up: `einhundertdreiundzwanzig Euro und fünfundvierzig Cent`.

    Args:
        value: the amount.
        currency: ISO 4217 code.
        locale: the language; en_US leaves out the `and` of `one hundred and one`.
        minor: `words` or `figures` for the hundredths; None as the language's invoices do. Words leave out a zero.
    """
    if minor not in (None, "words", "figures"):
        raise TemplateError(f'"{minor}" is not a way to write cents', hint="one of: words, figures")
    amount = round_money(value, currency)
    places = currency_places(currency)
    whole, hundredths = divmod(int(abs(amount).scaleb(places)), 10**places)
    language = _language(locale)
    units = _UNITS[language].get(currency)
    if units is None:
        text = _with_code(whole, hundredths, currency, places, locale)
    else:
        text = _major(whole, units[0], language, locale)
        text = _join(text, _minor(hundredths, units[1], minor or _MINOR[language], language, locale), language)
    return f"{_MINUS[language]} {text}" if amount < 0 else text


def _language(locale: Locale) -> str:
    language = {"tl": "fil"}.get(locale.language, locale.language)
    if language not in LANGUAGES:
        name = locale.get_language_name("en")
        raise UnsupportedFeature(
            f"numbers in words are not available in {name}", hint="they are in en, de, lt, lv, fil"
        )
    return language


def _join(major: str, minor: str, language: str) -> str:
    return " ".join(part for part in (major, _AND[language] if minor else "", minor) if part)


def _with_code(whole: int, hundredths: int, currency: str, places: int, locale: Locale) -> str:
    text = f"{number_in_words(whole, locale)} {currency}"
    return f"{text} {hundredths:0{places}}/{10**places}" if places else text


def _minor(number: int, unit: Unit, how: str, language: str, locale: Locale) -> str:
    if how == "words":
        return _major(number, unit, language, locale) if number else ""
    if language == "lt" and unit.one == "centas":
        return f"{number:02} ct"
    return f"{number:02} {_form(number, unit, language)}"


def _major(number: int, unit: Unit, language: str, locale: Locale) -> str:
    words = _cardinal(number, language, locale.territory)
    if language == "fil":
        return f"{_linked(words)} {unit.one}"
    return f"{_agreeing(words, unit, language)} {_form(number, unit, language)}"


def _form(number: int, unit: Unit, language: str) -> str:
    match plural_category(number, language):
        case "one":
            return unit.one
        case "few":
            return unit.few
        case _ if language == "lv" and number:
            return unit.few  # ten and the like could take the genitive as well; nought must
        case _:
            return unit.many


def _agreeing(words: str, unit: Unit, language: str) -> str:
    """Give the last word the gender of what is counted."""
    if language == "de" and words.endswith("eins"):
        return words.removesuffix("s") + ("e" if unit.feminine else "")
    if unit.feminine and language in _FEMININE:
        before, blank, last = words.rpartition(" ")
        return before + blank + _FEMININE[language].get(last, last)
    return words


@lru_cache(maxsize=4096)
def _cardinal(number: int, language: str, territory: str | None) -> str:
    if number >= _LARGEST:
        raise TemplateError("the number is too large to write in words")
    if language == "fil":
        return _filipino(number)
    from num2words import num2words  # loaded late: few templates write numbers in words

    words = str(num2words(number, lang=language)).replace(",", "")
    if language == "en" and territory == "US":
        words = words.replace(" and ", " ")
    if language == "lv":
        words = words.replace("simtu", "simts")  # num2words declines the hundred of 101, and only there
    return words


# --- Filipino -------------------------------------------------------------------------------------

_ONES = ("sero", "isa", "dalawa", "tatlo", "apat", "lima", "anim", "pito", "walo", "siyam", "sampu", "labing-isa",
         "labindalawa", "labintatlo", "labing-apat", "labinlima", "labing-anim", "labimpito", "labingwalo",
         "labinsiyam")  # fmt: skip
_TENS = ("", "", "dalawampu", "tatlumpu", "apatnapu", "limampu", "animnapu", "pitumpu", "walumpu", "siyamnapu")
_POWERS = ((10**12, "trilyon"), (10**9, "bilyon"), (10**6, "milyon"), (10**3, "libo"))


def _linked(words: str) -> str:
    if words[-1] in "aeiou":
        return f"{words}ng"
    return f"{words}g" if words.endswith("n") else f"{words} na"


def _filipino(number: int) -> str:
    parts = []
    for power, name in _POWERS:
        many, number = divmod(number, power)
        if many:
            parts.append(f"{_linked(_below_thousand(many))} {name}")
    if number or not parts:
        parts.append(_below_thousand(number))
    return " ".join(parts)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = []
    if hundreds:
        multiplier = _linked(_ONES[hundreds])
        parts.append(f"{multiplier} {'raan' if multiplier.endswith(' na') else 'daan'}")
    if rest or not hundreds:
        parts.append(_below_hundred(rest))
    return " ".join(parts)


def _below_hundred(number: int) -> str:
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}'t {_ONES[ones]}" if ones else _TENS[tens]
