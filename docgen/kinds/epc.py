"""Floor 1, rules: the text of a SEPA payment code (EPC069-12, "GiroCode"). Draws nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from stdnum import iban as iban_rules
from stdnum.iso11649 import is_valid as is_creditor_reference

from docgen.kinds.base import Values, read_text

MAXIMUM = Decimal("999999999.99")
_MINIMUM = Decimal("0.01")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_NAME, _TEXT = 70, 140


@dataclass(frozen=True)
class Payment:
    """A transfer in euro that a banking app fills in.

    Attributes:
        amount: none for the payer to say.
        reference: a creditor reference (ISO 11649, "RF..."), for which there is no `text`.
        text: for the payee to read.
    """

    name: str
    iban: str
    bic: str = ""
    amount: Decimal | None = None
    reference: str = ""
    text: str = ""

    def write(self) -> str:
        """Return the text of the code.

        Source: European Payments Council, EPC069-12 version 2 (UTF-8, BIC optional).
        """
        amount = "" if self.amount is None else f"EUR{self.amount:.2f}"
        lines = ["BCD", "002", "1", "SCT", self.bic, self.name, self.iban, amount, "", self.reference, self.text]
        return "\n".join(lines).rstrip("\n")


def payment_code(company: Values, currency: str, amount: Decimal, reference: str) -> str:
    """Return what a banking app reads to fill in a transfer, or "" where there can be none.

    There is none for other currencies than the euro, nothing to pay, or a company without IBAN.
    """
    iban = read_text(company, "iban").replace(" ", "")
    if currency != "EUR" or not iban or not _MINIMUM <= amount <= MAXIMUM:
        return ""
    name, bic = read_text(company, "name")[:_NAME], read_text(company, "bic")
    if _is_reference(reference):
        return Payment(name, iban, bic, amount, reference=reference.replace(" ", "")).write()
    return Payment(name, iban, bic, amount, text=reference[:_TEXT]).write()


def read_payment(name: str, iban: str, bic: str = "", amount: str = "", reference: str = "", text: str = "") -> Payment:
    """Return a payment from what a body says, blanks closed up.

    Raises:
        ValueError: a bank would refuse it; says which value and why.
    """
    iban, bic, reference = (re.sub(r"\s+", "", one).upper() for one in (iban, bic, reference))
    name, text = " ".join(name.split()), " ".join(text.split())
    for problem, broken in (
        ("name is empty", not name),
        (f"name has more than {_NAME} characters", len(name) > _NAME),
        (f'iban="{iban}" is not an IBAN', not iban_rules.is_valid(iban)),
        (f'bic="{bic}" is not a BIC', bool(bic) and not _BIC.fullmatch(bic)),
        (f'reference="{reference}" is not a creditor reference', bool(reference) and not _is_reference(reference)),
        (f"text has more than {_TEXT} characters", len(text) > _TEXT),
        ("only one of reference and text can be given", bool(reference and text)),
    ):
        if broken:
            raise ValueError(problem)
    return Payment(name, iban, bic, _read_amount(amount), reference, text)


def _is_reference(reference: str) -> bool:
    return bool(is_creditor_reference(reference))


def _read_amount(amount: str) -> Decimal | None:
    if not amount.strip():
        return None
    try:
        value = Decimal(amount.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not _MINIMUM <= value <= MAXIMUM or value != value.quantize(_MINIMUM):
        raise ValueError(
            f'amount="{amount}" is not an amount in euro, such as 1234.50: {{{{ "%.2f" | format(amount) }}}}'
        )
    return value
