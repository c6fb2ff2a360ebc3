"""Floor 1, rules: the text of a SEPA payment code (EPC069-12, "GiroCode"). Draws nothing."""

from __future__ import annotations

from decimal import Decimal

from docgen.kinds.base import Values, read_text

MAXIMUM = Decimal("999999999.99")


def payment_code(company: Values, currency: str, amount: Decimal, reference: str) -> str:
    """Return what a banking app reads to fill in a transfer, or "" where there can be none.

    There is none for other currencies than the euro, nothing to pay, or a company without IBAN.

    Source: European Payments Council, EPC069-12 version 2 (UTF-8, BIC optional), unstructured remittance.
    """
    iban = read_text(company, "iban").replace(" ", "")
    if currency != "EUR" or not iban or not Decimal("0.01") <= amount <= MAXIMUM:
        return ""
    name, bic = read_text(company, "name")[:70], read_text(company, "bic")
    lines = ["BCD", "002", "1", "SCT", bic, name, iban, f"EUR{amount:.2f}", "", "", reference[:140]]
    return "\n".join(lines).rstrip("\n")
