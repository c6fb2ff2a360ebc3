"""Real data: all invoices of the Chinook shop, 412 of 59 customers in 24 countries, as PDFs and messages.

The database is not part of the project; where it is absent the test is skipped.
"""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal
from email import message_from_string, policy
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from kit import Office, outcomes

DATABASE = Path(__file__).parents[3] / "shared" / "data" / "chinook.sqlite"
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATABASE.exists(), reason="the Chinook database is not here"),
    pytest.mark.timeout(900),
]

JOB = """\
title: Chinook invoices
data:
  tables:
    customer: {url: "${CHINOOK}", table: Customer}
    invoice: {url: "${CHINOOK}", table: Invoice}
    line:
      url: "${CHINOOK}"
      query: >
        select l.InvoiceId, l.InvoiceLineId, t.Name as description, l.Quantity as quantity, l.UnitPrice as unit_price
        from InvoiceLine l join Track t using (TrackId)
  records: |
    select i.InvoiceId as invoice_id, i.InvoiceId, cast(i.InvoiceDate as date) as date, i.Total as total,
           coalesce(c.Company, c.FirstName || ' ' || c.LastName) as name,
           case when c.Company is not null then c.FirstName || ' ' || c.LastName end as contact,
           c.Email as email, i.BillingAddress as street, i.BillingCity as city, i.BillingState as region,
           i.BillingPostalCode as postcode, i.BillingCountry as country, c.CustomerId as customer_no
    from invoice i join customer c using (CustomerId)
    order by i.InvoiceId
  key: invoice_id
  nest:
    lines: {table: line, on: InvoiceId, order_by: InvoiceLineId}
locale: "{{ 'de' if country in ['DE', 'AT'] else 'en' }}"
numbers:
  number: {pattern: "{year}-{n:04}", date: date}
values: {payment_terms_days: 30}
documents:
  invoice: {template: invoice, format: pdf, file: "{{ number }}"}
deliver:
  - email:
      to: "{{ contact or name }} <{{ email }}>"
      template: invoice-email
      attach: [invoice]
policy: {missing: blank}  # some customers have no postcode, in countries that have postcodes
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("chinook"))
    office.write("config.yaml", (ROOT / "config.yaml").read_text(encoding="utf-8").replace("EUR", "USD"))
    office.edit("config.yaml", "company:", f"templates: {ROOT / 'templates'}\ncompany:")
    office.write("jobs/chinook.yaml", JOB.replace("${CHINOOK}", f"sqlite:///{DATABASE}"))
    result = office.run("--json", job="jobs/chinook.yaml")
    assert result.code == 0, result.out + result.err
    assert outcomes(result) == {"email": {"queued": 412}}
    return office


@pytest.fixture(scope="module")
def invoices() -> list[sqlite3.Row]:
    connection = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection.execute(
        "select i.*, c.FirstName, c.LastName, c.Email,"
        " (select count(*) from InvoiceLine l where l.InvoiceId = i.InvoiceId) as lines"
        " from Invoice i join Customer c using (CustomerId) order by i.InvoiceId"
    ).fetchall()


@pytest.fixture(scope="module")
def texts(office: Office) -> dict[str, str]:
    """Invoice number -> text of all its pages."""
    folder = office.run_folder("chinook") / "documents"
    return {path.stem: _text(path) for path in sorted(folder.iterdir())}


def _text(path: Path) -> str:
    document = pdfium.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r", "")


def _numbers(invoices: list[sqlite3.Row]) -> dict[str, sqlite3.Row]:
    """Numbers count within each year, in the order of the invoices."""
    count: dict[str, int] = {}
    found = {}
    for invoice in invoices:
        year = invoice["InvoiceDate"][:4]
        count[year] = count.get(year, 0) + 1
        found[f"{year}-{count[year]:04}"] = invoice
    return found


def test_every_invoice_is_made_under_its_number(invoices: list[sqlite3.Row], texts: dict[str, str]) -> None:
    assert len(invoices) == 412
    assert texts.keys() == _numbers(invoices).keys()


def test_totals_in_the_pdfs_equal_those_of_the_database(invoices: list[sqlite3.Row], texts: dict[str, str]) -> None:
    for number, invoice in _numbers(invoices).items():
        german = invoice["BillingCountry"] in ("Germany", "Austria")
        amount = r"([\d.,]*\d)\s\$" if german else r"\$([\d.,]*\d)"
        amounts = {_decimal(found, german) for found in re.findall(amount, texts[number])}
        assert amounts == {Decimal(str(invoice["Total"])).quantize(Decimal("0.01"))}, number


def _decimal(text: str, german: bool) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", ".") if german else text.replace(",", ""))


def test_the_last_line_of_every_invoice_is_printed(invoices: list[sqlite3.Row], texts: dict[str, str]) -> None:
    for number, invoice in _numbers(invoices).items():
        assert re.search(rf"^{invoice['lines']}\b", texts[number], flags=re.MULTILINE), number


@pytest.mark.parametrize("postcode", ["0171", "01310-200", "H2G 1A7"])
def test_postcodes_come_out_as_they_went_in(postcode: str, invoices: list[sqlite3.Row], texts: dict[str, str]) -> None:
    concerned = [n for n, invoice in _numbers(invoices).items() if invoice["BillingPostalCode"] == postcode]
    assert concerned
    for number in concerned:
        assert re.search(rf"(?<!\d){postcode}(?!\d)", texts[number]), number


@pytest.mark.parametrize("name", ["Luís Gonçalves", "František Wichterlová", "Bjørn Hansen", "Stanisław Wójcik"])
def test_names_are_printed_right_in_pdf_and_message(
    name: str, office: Office, invoices: list[sqlite3.Row], texts: dict[str, str]
) -> None:
    concerned = {n: i for n, i in _numbers(invoices).items() if f"{i['FirstName']} {i['LastName']}" == name}
    assert concerned
    assert all(name in texts[number] for number in concerned)
    email = next(iter(concerned.values()))["Email"]
    sent = [m for m in _messages(office) if m["To"].addresses[0].addr_spec == email]
    assert len(sent) == len(concerned)
    assert {m["To"].addresses[0].display_name for m in sent} == {name}


def test_every_customer_gets_exactly_their_own_invoices(office: Office, invoices: list[sqlite3.Row]) -> None:
    expected = {number: invoice["Email"] for number, invoice in _numbers(invoices).items()}
    found = {}
    documents = office.run_folder("chinook") / "documents"
    for message in _messages(office):
        (attachment,) = message.iter_attachments()
        number = attachment.get_filename().removesuffix(".pdf")
        assert attachment.get_content() == (documents / f"{number}.pdf").read_bytes()
        found[number] = message["To"].addresses[0].addr_spec
    assert found == expected


_cache: dict[Path, list] = {}  # type: ignore[type-arg]


def _messages(office: Office) -> list:  # type: ignore[type-arg]
    folder = office.run_folder("chinook") / "outbox"
    if folder not in _cache:
        _cache[folder] = [
            # Headers of internationalised mail are UTF-8, which Python's parser takes from text only.
            message_from_string(path.read_text(encoding="utf-8"), policy=policy.default)
            for path in sorted(folder.iterdir())
        ]
    return _cache[folder]
