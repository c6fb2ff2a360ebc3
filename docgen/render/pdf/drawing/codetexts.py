"""Floor 2, edges: what a code says to people who hear a document: of payments a sentence, else the value itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from docgen.errors import DocgenError
from docgen.money import format_money
from docgen.texts import babel_locale, chain

#: Language -> what is said; `IBAN` and names are the same everywhere.
_SENTENCES: Mapping[str, str] = {
    "en": "Payment code: {amount} to {name}, IBAN {iban}",
    "de": "Zahlungscode: {amount} an {name}, IBAN {iban}",
    "lt": "Mokėjimo kodas: {amount}, gavėjas {name}, IBAN {iban}",
    "lv": "Maksājuma kods: {amount}, saņēmējs {name}, IBAN {iban}",
    "fil": "Code ng bayad: {amount} para kay {name}, IBAN {iban}",
}
#: How a payment's code begins -> the lines with its name and its IBAN (European Payments Council 069-12; Swiss Payment
#: Standards, QR-bill).
_PLACES: Mapping[str, tuple[int, int]] = {"BCD": (5, 6), "SPC": (5, 3)}


def spoken(value: str, language: str) -> str:
    """Return the alternative text of a code in a document's language."""
    lines = value.splitlines()
    places = _PLACES.get(lines[0].strip()) if lines else None
    if places is None or len(lines) <= max(places):
        return value
    name, iban = (" ".join(lines[at].split()) for at in places)
    sentence = next((_SENTENCES[one] for one in reversed(chain(language)) if one in _SENTENCES), _SENTENCES["en"])
    amount = _amount(lines, language)
    if not amount:
        sentence = sentence.replace("{amount}, ", "").replace("{amount} ", "")
    return sentence.format(amount=amount, name=name, iban=_grouped(iban))


def _amount(lines: list[str], language: str) -> str:
    swiss = lines[0].strip() == "SPC"
    written = lines[18:20] if swiss else [lines[7][3:], lines[7][:3]] if len(lines) > 7 else []
    try:
        return format_money(Decimal(written[0]), written[1], babel_locale(language))
    except (InvalidOperation, IndexError, ValueError, DocgenError):
        return ""


def _grouped(iban: str) -> str:
    plain = iban.replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
