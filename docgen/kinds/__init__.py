"""Floor 1, rules: what a document is in business terms. One module per kind with figures of its own."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.kinds.appointment import APPOINTMENT
from docgen.kinds.base import Kind
from docgen.kinds.complaint_answer import COMPLAINT_ANSWER
from docgen.kinds.contract import CONTRACT
from docgen.kinds.credit_note import CREDIT_NOTE
from docgen.kinds.delivery_note import DELIVERY_NOTE
from docgen.kinds.deposit_invoice import DEPOSIT_INVOICE
from docgen.kinds.estimate import ESTIMATE
from docgen.kinds.expense_report import EXPENSE_REPORT
from docgen.kinds.expense_summary import EXPENSE_SUMMARY
from docgen.kinds.final_invoice import FINAL_INVOICE
from docgen.kinds.invoice import INVOICE
from docgen.kinds.order_confirmation import ORDER_CONFIRMATION
from docgen.kinds.order_status import ORDER_STATUS
from docgen.kinds.plain import LETTER, MESSAGE, NEWSLETTER, REPORT
from docgen.kinds.pro_forma import PRO_FORMA
from docgen.kinds.proposal import PROPOSAL
from docgen.kinds.receipt import RECEIPT
from docgen.kinds.reminder import REMINDER
from docgen.kinds.sales_report import SALES_REPORT
from docgen.kinds.statement import STATEMENT

__all__ = ["KINDS", "Kind"]

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        INVOICE,
        CREDIT_NOTE,
        PRO_FORMA,
        DEPOSIT_INVOICE,
        FINAL_INVOICE,
        ESTIMATE,
        PROPOSAL,
        ORDER_CONFIRMATION,
        DELIVERY_NOTE,
        CONTRACT,
        RECEIPT,
        STATEMENT,
        REMINDER,
        EXPENSE_REPORT,
        EXPENSE_SUMMARY,
        SALES_REPORT,
        NEWSLETTER,
        LETTER,
        COMPLAINT_ANSWER,
        APPOINTMENT,
        ORDER_STATUS,
        MESSAGE,
        REPORT,
    )
}
