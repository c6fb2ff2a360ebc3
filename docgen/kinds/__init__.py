"""Floor 1, rules: what a document is in business terms. One module per kind with figures of its own."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.kinds.base import Kind
from docgen.kinds.contract import CONTRACT
from docgen.kinds.delivery_note import DELIVERY_NOTE
from docgen.kinds.expense_report import EXPENSE_REPORT
from docgen.kinds.expense_summary import EXPENSE_SUMMARY
from docgen.kinds.invoice import INVOICE
from docgen.kinds.plain import LETTER, MESSAGE, NEWSLETTER, REPORT
from docgen.kinds.sales_report import SALES_REPORT

__all__ = ["KINDS", "Kind"]

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        INVOICE,
        DELIVERY_NOTE,
        CONTRACT,
        EXPENSE_REPORT,
        EXPENSE_SUMMARY,
        SALES_REPORT,
        NEWSLETTER,
        LETTER,
        MESSAGE,
        REPORT,
    )
}
