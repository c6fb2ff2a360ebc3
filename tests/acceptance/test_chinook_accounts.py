"""Real data: statements and reminders for the customers of the Chinook shop who have not paid, on 15 January 2026.

The shop does not say who paid, so a rule does: of the invoices of 2025, those whose id is a multiple of 3 were paid
after ten days, and those whose id is a multiple of 11 are disputed. All are due after 30 days. The database is not part
of the project; where it is absent the test is skipped.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
import pytest
from kit import Office, outcomes

DATABASE = Path(__file__).parents[3] / "shared" / "data" / "chinook.sqlite"
ROOT = Path(__file__).parents[2]
DAY = date(2026, 1, 15)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATABASE.exists(), reason="the Chinook database is not here"),
    pytest.mark.timeout(600),
]

JOB = """\
title: Chinook accounts
class: dunning
data:
  tables:
    customer: {url: "${CHINOOK}", table: Customer}
    items:
      url: "${CHINOOK}"
      query: >
        select CustomerId as customer_no, cast(InvoiceId as text) as number, date(InvoiceDate) as date, Total as amount,
               case when InvoiceId % 11 = 0 then 'yes' else 'no' end as disputed
        from Invoice where InvoiceDate >= '2025-01-01'
    payments:
      url: "${CHINOOK}"
      query: >
        select CustomerId as customer_no, cast(InvoiceId as text) as pays, date(InvoiceDate, '+10 days') as date,
               Total as amount
        from Invoice where InvoiceDate >= '2025-01-01' and InvoiceId % 3 = 0
  records: |
    select CustomerId as customer_no, coalesce(Company, FirstName || ' ' || LastName) as name, Email as email,
           Address as street, City as city, State as region, PostalCode as postcode, Country as country
    from customer
    where CustomerId in (select customer_no from items where cast(number as integer) % 3 <> 0)
    order by CustomerId
  key: customer_no
  nest:
    items: {table: items, on: customer_no, order_by: number}
    payments: {table: payments, on: customer_no, order_by: date}
values:
  date: 2026-01-15
  payment_terms_days: 30
  interest_margin: 8
  interest_rates: [{from_date: 2025-01-01, rate: 2.15}]
documents:
  letter: {template: TEMPLATE, format: pdf, file: "{{ customer_no }}"}
deliver:
  - email: {to: "{{ email }}", template: TEMPLATE-email, attach: [letter]}
policy: {missing: blank}  # some customers have no postcode, in countries that have postcodes
"""


class Invoice(NamedTuple):
    number: int
    due: date
    amount: Decimal

    @property
    def late(self) -> int:
        return (DAY - self.due).days


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("chinook"))
    office.write("config.yaml", (ROOT / "config.yaml").read_text(encoding="utf-8").replace("EUR", "USD"))
    office.edit("config.yaml", "company:", f"templates: {ROOT / 'templates'}\ncompany:")
    return office


@pytest.fixture(scope="module")
def unpaid() -> dict[int, list[Invoice]]:
    """Customer -> invoices that are not paid, as the database has them."""
    found: dict[int, list[Invoice]] = {}
    rows = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True).execute(
        "select CustomerId, InvoiceId, date(InvoiceDate), Total from Invoice"
        " where InvoiceDate >= '2025-01-01' and InvoiceId % 3 <> 0 order by InvoiceDate, InvoiceId"
    )
    for customer, number, day, total in rows:
        due = date.fromisoformat(day) + timedelta(days=30)
        found.setdefault(customer, []).append(Invoice(number, due, Decimal(str(total)).quantize(Decimal("0.01"))))
    return found


def _made(office: Office, template: str) -> dict[int, str]:
    """Run the job; return customer -> text of the letter."""
    office.write(
        f"jobs/{template}.yaml", JOB.replace("${CHINOOK}", f"sqlite:///{DATABASE}").replace("TEMPLATE", template)
    )
    result = office.run("--json", job=f"jobs/{template}.yaml")
    assert result.code == 0, result.out + result.err
    folder = office.run_folder(template) / "documents"
    texts = {int(path.stem): _text(path) for path in folder.iterdir()}
    assert outcomes(result) == {"email": {"queued": len(texts)}}
    return texts


def _text(path: Path) -> str:
    document = pdfium.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r", "")


@pytest.fixture(scope="module")
def statements(office: Office) -> dict[int, str]:
    return _made(office, "statement")


@pytest.fixture(scope="module")
def reminders(office: Office) -> dict[int, str]:
    return _made(office, "reminder")


def _shown(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount else "–"


# --- all customers, against the database -----------------------------------------------------------


def test_everybody_with_an_unpaid_invoice_gets_a_statement(
    statements: dict[int, str], unpaid: dict[int, list[Invoice]]
) -> None:
    assert len(unpaid) == 39
    assert sum(invoice.amount for invoices in unpaid.values() for invoice in invoices) == Decimal("302.08")
    assert statements.keys() == unpaid.keys()


def test_balance_and_ageing_are_those_of_the_database(
    statements: dict[int, str], unpaid: dict[int, list[Invoice]]
) -> None:
    spans = [(-9999, 0), (1, 30), (31, 60), (61, 90), (91, 9999)]
    for customer, invoices in unpaid.items():
        classes = [sum((one.amount for one in invoices if low <= one.late <= high), Decimal(0)) for low, high in spans]
        line = " ".join(map(_shown, [*classes, sum(classes)]))
        assert line in statements[customer].splitlines(), customer


def test_every_open_invoice_stands_with_its_days(
    statements: dict[int, str], reminders: dict[int, str], unpaid: dict[int, list[Invoice]]
) -> None:
    for customer, invoices in unpaid.items():
        for one in invoices:
            late = f" {one.late}" if one.late > 0 else ""
            assert re.search(
                rf"Invoice {one.number} .*2\d{late} {one.amount} {one.amount}\b", _flat(statements[customer])
            )
            if customer in reminders and one.late > 0 and one.number % 11:
                assert re.search(
                    rf"Invoice {one.number} [^$]*? {one.late} [\d.]*\s?{one.amount}\b", reminders[customer]
                )


def _flat(text: str) -> str:
    return text.replace("Under review, since you object to it", "").replace("\n", " ")


def test_who_has_nothing_late_that_is_undisputed_gets_no_reminder(
    reminders: dict[int, str], unpaid: dict[int, list[Invoice]]
) -> None:
    late = {c for c, invoices in unpaid.items() if any(one.late >= 3 and one.number % 11 for one in invoices)}
    assert reminders.keys() == late
    assert unpaid.keys() - late >= {16, 18}  # all that they have not paid is disputed


# --- by hand ---------------------------------------------------------------------------------------


def test_madalena_sampaio_has_three_open_invoices(statements: dict[int, str], reminders: dict[int, str]) -> None:
    """344 of 28 February (1.98), 355 of 10 April (13.86) and 410 of 9 December (8.91) are 291, 250 and 7 days late.

    Interest at 10.15 %: 1.98 x 291 -> 0.16, 13.86 x 250 -> 0.96, 8.91 x 7 -> 0.02, together 1.14.
    """
    assert "Balance $24.75, of which $24.75 is overdue" in statements[35]
    assert "– 8.91 – – 15.84 24.75" in statements[35]
    assert "Last reminder before collection" in reminders[35]
    for line in ("344 Feb 28, 2025 Mar 30, 2025 291 0.16 1.98", "355 Apr 10, 2025 May 10, 2025 250 0.96 13.86"):
        assert f"Invoice {line}" in reminders[35]
    assert "Invoice 410 Dec 9, 2025 Jan 8, 2026 7 0.02 8.91" in reminders[35]
    assert "$25.89, payable by January 22, 2026" in reminders[35]


def test_diego_gutierrez_paid_one_of_three(statements: dict[int, str], reminders: dict[int, str]) -> None:
    """337 of 28 January (1.98) is 322 days late and 403 of 8 November (8.91) 38; 348 of 10 March (13.86) was paid.

    Interest: 1.98 x 322 -> 0.18, 8.91 x 38 -> 0.09.
    """
    assert "– – 8.91 – 1.98 10.89" in statements[56]
    assert "Payment · for 348" in re.sub(r"\s+", " ", statements[56])
    assert "348" not in reminders[56]
    assert "$11.16, payable by January 22, 2026" in reminders[56]


def test_manoj_pareek_owes_one_invoice_that_is_not_due_yet(
    statements: dict[int, str], reminders: dict[int, str]
) -> None:
    """338 of 29 January (3.96) is 321 days late; 412 of 22 December (1.99) is due on 21 January. Interest 0.35."""
    assert "Balance $5.95, of which $3.96 is overdue" in statements[58]
    assert "1.99 – – – 3.96 5.95" in statements[58]
    assert "Not yet due and not part of this letter: 412, $1.99" in re.sub(r"\s+", " ", reminders[58])
    assert "$4.31, payable by January 22, 2026" in reminders[58]


def test_helena_holy_is_reminded_for_the_second_time(reminders: dict[int, str]) -> None:
    """404 of 13 November (25.86) is 33 days late, which is the second stage; interest 25.86 x 33 -> 0.24."""
    assert "Second reminder" in reminders[6]
    assert "$26.10, payable by January 22, 2026" in reminders[6]


def test_frank_harris_objects_to_both_and_is_not_reminded(
    statements: dict[int, str], reminders: dict[int, str]
) -> None:
    assert "Balance $9.90, of which $9.90 is overdue" in statements[16]
    assert statements[16].count("Under review, since you object to it") == 2
    assert 16 not in reminders
