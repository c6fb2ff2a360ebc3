"""A contract in the tag syntaxes of several tools, from one source, and the records that fill it in.

34 paragraphs with two fields each, a header, a footer, and a table with a row for each of 20 items.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

TITLE = "Framework agreement {number}"
HEADER = "{supplier} - agreement {number}"
FOOTER = "{customer}, {place}, {date}"
COLUMNS = {"pos": "No.", "article": "Article", "quantity": "Quantity", "price": "Price", "amount": "Amount"}
PARAGRAPHS = (
    "This agreement is made on {date} in {place}.",
    "It is made between {supplier}, named the supplier, and {customer}, named the customer.",
    "The supplier is represented by {supplier_agent}, the customer by {customer_agent}.",
    "The customer has its seat at {street}, {city}, and orders from there.",
    "The supplier delivers office furniture to {customer} as listed below, at the prices of {price_list}.",
    "The agreement begins on {begin} and ends on {end} without notice being given.",
    "Before {end} either party may end it by giving {notice} of notice in writing.",
    "Orders are placed by {customer_agent} or by a person whom {customer} has named in writing.",
    "Each order quotes the number {number} and the cost centre {cost_centre}.",
    "The supplier confirms an order within {confirm} of its arrival at {email}.",
    "Goods are delivered to {street} in {city}, free of charges for transport.",
    "Delivery takes place within {delivery}, else {customer} may withdraw from the order.",
    "The customer inspects the goods within {inspect} and reports defects to {email}.",
    "Risk passes to {customer} when {customer_agent} has signed for the delivery.",
    "The goods remain the property of {supplier} until {customer} has paid for them in full.",
    "Prices are in {currency}, without value added tax, and hold until {end}.",
    "Orders above {threshold} are granted a rebate of {rebate} on the prices listed.",
    "Invoices are payable within {payment} of their date to the account {account}.",
    "On late payment {supplier} may charge interest of {interest} a year.",
    "A set-off by {customer} needs claims that {supplier} does not dispute.",
    "The supplier grants a warranty of {warranty} beginning with delivery to {city}.",
    "Within {warranty} defects are repaired by {supplier} without charge.",
    "Liability of {supplier} is limited to {liability} for each year of the agreement.",
    "This does not hold for intent, nor for harm to persons at {street} in {city}.",
    "Both {supplier} and {customer} keep secret what they learn of each other's business.",
    "This duty ends {secrecy} after {end}.",
    "Personal data are processed by {supplier} for this agreement only; questions go to {email}.",
    "Neither {supplier} nor {customer} is liable for events beyond its control.",
    "The parties may assign rights of agreement {number} only if {supplier_agent} agrees in writing.",
    "Changes to agreement {number} need the signatures of {supplier_agent} and of the customer.",
    "Should a clause be void, {supplier} and {customer} replace it by one that comes nearest.",
    "The law of {law} applies; the courts of {place} decide.",
    "The offer {price_list} of {date} is a part of this agreement.",
    "For the supplier: {supplier_agent}. For the customer: {customer_agent}.",
)

#: Writes a field into a paragraph.
Field = Callable[[Paragraph, str], None]


@dataclass(frozen=True)
class Syntax:
    """How a tool writes fields and the row of a table that is repeated.

    Attributes:
        field: name -> the tag, or what puts one into a paragraph.
        cell: the same for a field of an item.
        before: what stands in a row of its own, or at the beginning of the repeated row.
        after: the same at the end.
        own_rows: whether `before` and `after` have rows of their own.
        extra: a row after the repeated one, as one of the tools wants it.
    """

    field: Callable[[str], str] | Field
    cell: Callable[[str], str] | Field
    before: str = ""
    after: str = ""
    own_rows: bool = False
    extra: Callable[[str], str] | None = None


def _merge_field(paragraph: Paragraph, name: str) -> None:
    for kind, text in (
        ("begin", ""),
        ("", f" MERGEFIELD {name} "),
        ("separate", ""),
        ("text", f"«{name}»"),
        ("end", ""),
    ):
        run = paragraph.add_run(text if kind == "text" else None)
        if kind in ("begin", "separate", "end"):
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), kind)
            run._r.append(node)
        elif not kind:
            node = OxmlElement("w:instrText")
            node.set(qn("xml:space"), "preserve")
            node.text = text
            run._r.append(node)


SYNTAXES: Mapping[str, Syntax] = {
    "jinja": Syntax(
        "{{{{ {} }}}}".format, "{{{{ line.{} }}}}".format, "{%tr for line in lines %}", "{%tr endfor %}", own_rows=True
    ),
    "braces": Syntax("{{{}}}".format, "{{{}}}".format, "{#lines}", "{/lines}"),
    "commands": Syntax(
        "+++INS {}+++".format,
        "+++INS $line.{}+++".format,
        "+++FOR line IN lines+++",
        "+++END-FOR line+++",
        own_rows=True,
    ),
    "markers": Syntax("{{d.{}}}".format, "{{d.lines[i].{}}}".format, extra="{{d.lines[i+1].{}}}".format),
    "merge fields": Syntax(_merge_field, _merge_field),
}


def build_template(syntax: Syntax) -> bytes:
    """Return the contract as a Word document with the tags of one syntax."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(10)
    _write(document.sections[0].header.paragraphs[0], HEADER, syntax.field)
    _write(document.sections[0].footer.paragraphs[0], FOOTER, syntax.field)
    _write(document.add_paragraph(style="Title"), TITLE, syntax.field)
    for text in PARAGRAPHS:
        _write(document.add_paragraph(), text, syntax.field)
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, COLUMNS.values(), strict=True):
        cell.text = heading
    _repeat(table, syntax)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _write(paragraph: Paragraph, text: str, field: Callable[[str], str] | Field) -> None:
    for piece in text.replace("}", "{").split("{"):
        known = piece.isidentifier() and f"{{{piece}}}" in text
        if known and field is _merge_field:
            _merge_field(paragraph, piece)
        elif piece:
            paragraph.add_run(field(piece) if known else piece)


def _repeat(table: Table, syntax: Syntax) -> None:
    if syntax.own_rows:
        table.add_row().cells[0].text = syntax.before
    cells = table.add_row().cells
    for at, (cell, name) in enumerate(zip(cells, COLUMNS, strict=True)):
        if syntax.cell is _merge_field:
            _merge_field(cell.paragraphs[0], name)
            continue
        text = syntax.cell(name)
        if not syntax.own_rows:
            text = f"{syntax.before if at == 0 else ''}{text}{syntax.after if at == len(COLUMNS) - 1 else ''}"
        cell.text = text
    if syntax.own_rows:
        table.add_row().cells[0].text = syntax.after
    if syntax.extra is not None:
        for cell, name in zip(table.add_row().cells, COLUMNS, strict=True):
            cell.text = syntax.extra(name)


# --- records --------------------------------------------------------------------------------------

_NAMES = ("Ahorn & Söhne GmbH", "Birch <Office> Ltd", "Žalgiris Baldai UAB", "Café Noir S.à r.l.", 'Dahl "Nord" AS')
_PEOPLE = ("Jana Mayer", "Łukasz Wójcik", "Åse Nilsen", "Zoë O'Neill", "Γιώργος Παππάς", "Inès Martin")
_PLACES = ("Hamburg", "Kraków", "Tromsø", "Kilkenny", "Θεσσαλονίκη", "Nîmes")
_ARTICLES = (
    "Desk",
    "Desk with drawers",
    "Chair",
    "Chair, high back",
    "Shelf 80 × 200 cm",
    "Lamp <LED>",
    "Locker & key",
)


def build_records(count: int, lines: int = 20) -> list[dict[str, object]]:
    """Return invented records; the same ones each time."""
    chance = random.Random(7)
    return [_record(chance, number, lines) for number in range(count)]


def _record(chance: random.Random, number: int, lines: int) -> dict[str, object]:
    days = "{} days".format
    return {
        "number": f"FA-2026-{number:04}",
        "date": f"{chance.randint(1, 28)} March 2026", "place": chance.choice(_PLACES),
        "supplier": "Eiche Büromöbel AG", "customer": chance.choice(_NAMES), "supplier_agent": chance.choice(_PEOPLE),
        "customer_agent": chance.choice(_PEOPLE), "street": f"Lange Straße {chance.randint(1, 200)}",
        "city": f"{chance.randint(10000, 99999)} {chance.choice(_PLACES)}",
        "price_list": f"PL {chance.randint(100, 999)}",
        "begin": f"{chance.randint(1, 28)} April 2026", "end": f"{chance.randint(1, 28)} April 2028",
        "notice": f"{chance.randint(2, 6)} months", "cost_centre": f"{chance.randint(0, 99999):05}",
        "confirm": days(chance.randint(1, 5)), "email": f"orders{number}@example.com", "currency": "euros",
        "delivery": days(chance.randint(10, 60)), "inspect": days(chance.randint(3, 14)),
        "threshold": f"EUR {chance.randint(10, 90)},000.00", "rebate": f"{chance.randint(2, 15)} %",
        "payment": days(chance.randint(14, 60)), "account": f"DE{chance.randint(10**19, 10**20 - 1)}",
        "interest": f"{chance.randint(4, 9)} %", "warranty": f"{chance.randint(2, 5)} years",
        "liability": f"EUR {chance.randint(100, 900)},000.00", "secrecy": f"{chance.randint(2, 5)} years",
        "law": chance.choice(("Germany", "Poland", "Norway", "Ireland")),
        "lines": [_line(chance, at) for at in range(1, lines + 1)],
    }  # fmt: skip


def _line(chance: random.Random, at: int) -> dict[str, str]:
    quantity, price = chance.randint(1, 40), chance.randint(1_000, 90_000)
    return {
        "pos": str(at), "article": chance.choice(_ARTICLES), "quantity": str(quantity),
        "price": f"{price / 100:,.2f}", "amount": f"{quantity * price / 100:,.2f}",
    }  # fmt: skip
