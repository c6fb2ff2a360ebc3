"""Floor 1, rules: the text of a Swiss QR code, for bills in Swiss francs and euro. Draws nothing.

Source: Swiss Implementation Guidelines for the QR-bill (SIX), version 2.3: data elements of chapter 4, references of
appendix B (modulo 10, recursive; ISO 11649), character set of section 4.1.1.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from stdnum.ch.esr import calc_check_digit
from stdnum.ch.esr import is_valid as is_qr_reference
from stdnum.iso11649 import is_valid as is_creditor_reference

from docgen.errors import MissingValue, WrongValue
from docgen.kinds.base import Values, read_text

CURRENCIES = frozenset({"CHF", "EUR"})
MAXIMUM = Decimal("999999999.99")
_QR_IDS = range(30000, 32000)
_STREET = re.compile(r"(?P<street>.*\D)\s+(?P<number>\d+\s?[a-zA-Z]?(?:[-/]\d+\s?[a-zA-Z]?)?)")
_MESSAGE = 140
_REFERENCE = 27


@dataclass(frozen=True, slots=True)
class Party:
    """A structured address (type S).

    Attributes:
        path: where its fields come from, for faults: `company.` or nothing.
        name: at most 70 characters, as is the street; postcode and number 16, city 35.
        country: code of two letters.
    """

    path: str
    name: str
    street: str
    postcode: str
    city: str
    country: str

    def elements(self) -> tuple[str, ...]:
        """Return the seven elements of an address.

        Raises:
            MissingValue: name, postcode, city or country is empty.
            WrongValue: a text is too long, or has letters that the code cannot hold.
        """
        match = _STREET.fullmatch(self.street.strip())
        street, number = (match["street"], match["number"]) if match else (self.street.strip(), "")
        fields = (
            ("name", self.name, 70, True),
            ("street", street, 70, False),
            ("street", number, 16, False),
            ("postcode", self.postcode, 16, True),
            ("city", self.city, 35, True),
            ("country", self.country, 2, True),
        )
        return ("S", *(_text(f"{self.path}{name}", value, most, needed) for name, value, most, needed in fields))


def party(values: Values, path: str = "") -> Party:
    """Return the address of the record's customer, or of the company."""
    name, street, postcode, city, country = (
        read_text(values, field) for field in ("name", "street", "postcode", "city", "country")
    )
    return Party(path, name, street, postcode, city, country)


def is_swiss_account(iban: str) -> bool:
    """Tell whether an account is one of Switzerland or Liechtenstein; only these have QR-bills."""
    return iban[:2] in ("CH", "LI")


def is_qr_account(iban: str) -> bool:
    """Tell whether it is a QR-IBAN, which wants a QR reference: its bank's number is 30000 to 31999."""
    return iban[4:9].isdigit() and int(iban[4:9]) in _QR_IDS


def swiss_reference(iban: str, reference: str, number: str) -> str:
    """Return the structured reference of a bill: 27 digits for a QR-IBAN, `RF...` or nothing for other accounts.

    Args:
        iban: of the creditor.
        reference: the record's own; nothing makes a QR reference of the digits of `number`.
        number: the invoice's.

    Raises:
        WrongValue: the reference does not go with the account, or its check digit is wrong.
    """
    reference = re.sub(r"\s", "", reference).upper()
    if is_qr_account(iban):
        if not reference:
            digits = re.sub(r"\D", "", number)[-(_REFERENCE - 1) :].zfill(_REFERENCE - 1)
            return digits + str(calc_check_digit(digits))
        if len(reference) != _REFERENCE or not is_qr_reference(reference):
            raise WrongValue("payment_reference", reference, "a QR reference of 27 digits, which a QR-IBAN needs")
    elif reference and not is_creditor_reference(reference):
        raise WrongValue("payment_reference", reference, "a creditor reference (ISO 11649)")
    return reference


def swiss_code(
    iban: str, creditor: Party, amount: Decimal, currency: str, debtor: Party, reference: str, message: str
) -> str:
    """Return what the Swiss QR code says, 31 lines.

    Args:
        iban: of Switzerland or Liechtenstein, without blanks.
        creditor: who is paid.
        amount: what to pay.
        currency: CHF or EUR.
        debtor: who pays.
        reference: of `swiss_reference`.
        message: unstructured; at most 140 characters are kept.

    Raises:
        RecordError: an address that the code cannot hold.
    """
    kind = "QRR" if is_qr_account(iban) else "SCOR" if reference else "NON"
    lines = ["SPC", "0200", "1", iban, *creditor.elements(), *[""] * 7, f"{amount:.2f}", currency]
    lines += [*debtor.elements(), kind, reference, _clean(message)[:_MESSAGE], "EPD"]
    return "\n".join(lines)


def group_reference(reference: str) -> str:
    """Return a reference as it is printed: QR references in fives from the right, others in fours from the left."""
    if reference.startswith("RF"):
        return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))
    head = len(reference) % 5
    fives = [reference[start : start + 5] for start in range(head, len(reference), 5)]
    return " ".join([reference[:head], *fives] if head else fives)


def _text(path: str, value: str, most: int, needed: bool) -> str:
    value = _clean(value)
    if needed and not value:
        raise MissingValue(path)
    if len(value) > most:
        raise WrongValue(path, value, f"at most {most} characters, as a Swiss QR code holds")
    if not all(_holds(letter) for letter in value):
        raise WrongValue(path, value, "in Latin letters, which are all that a Swiss QR code holds")
    return value


def _clean(value: str) -> str:
    """Close up blanks, and write letters as one character each and quotation marks and dashes as the code has them."""
    table = str.maketrans({"„": '"', "“": '"', "”": '"', "‚": "'", "‘": "'", "’": "'", "–": "-", "—": "-"})
    return " ".join(unicodedata.normalize("NFC", value).translate(table).split())


def _holds(letter: str) -> bool:
    """Tell whether a letter is of Basic Latin, Latin-1 Supplement, Latin Extended-A, or one of Ș ș Ț ț €."""
    return " " <= letter <= "~" or "\u00a1" <= letter <= "\u017f" or letter in "ȘșȚț€"
