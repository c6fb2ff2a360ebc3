"""Make the sample data in campaigns/data: customers, orders, lines, contracts. The same bytes on every run.

Usage: python tools/make_sample_data.py [FOLDER]

Faults for docgen to find are put in on purpose, see `DIRTY`.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from openpyxl import Workbook
from sample_people import CUSTOMERS, PRODUCTS, UNITS
from stdnum.de import vat as de_vat
from stdnum.gb import vat as gb_vat
from stdnum.lt import pvm as lt_vat
from stdnum.lv import pvn as lv_vat

from docgen.kinds import KINDS

Row = dict[str, object]

SEED = 20261120
FIRST_DAY = date(2026, 11, 2)
RATES = {"EUR": Decimal(1), "GBP": Decimal("0.86"), "USD": Decimal("1.09"), "PHP": Decimal("63.50")}
CURRENCY = {"GB": "GBP", "US": "USD", "PH": "PHP"}
PHONES = {"LT": "+370 5 555 {}", "LV": "+371 67 555 {}", "DE": "+49 30 23125 {}", "PH": "+63 2 5550 {}"}
PHONES |= {"GB": "+44 20 7946 0{}", "US": "+1 212 555 01{}"}  # kept for fiction
VAT_CHECK: dict[str, tuple[str, Callable[[str], bool]]] = {
    "LT": ("1000########", lt_vat.is_valid),
    "LV": ("4000#######", lv_vat.is_valid),
    "DE": ("1########", de_vat.is_valid),
    "GB": ("9########", gb_vat.is_valid),
}
#: Order number -> what is wrong with it. The customer of the first has no postcode and no e-mail.
DIRTY = {"postcode": "SO-10207", "date": "SO-10219", "duplicate": "SO-10233", "total": "SO-10248"}


def main(folder: Path) -> None:
    """Write all files."""
    chance = random.Random(SEED)  # noqa: S311 - invented data, not secrets
    customers = make_customers(chance)
    orders, lines = make_orders(chance, customers)
    contracts, items = make_contracts(chance, customers)
    spoil(customers, orders)
    write_csv(folder / "customers.csv", customers)
    write_xlsx(folder / "orders.xlsx", "Orders", orders)
    write_csv(folder / "order_lines.csv", lines)
    write_csv(folder / "contracts.csv", contracts)
    write_csv(folder / "contract_items.csv", items)


def make_customers(chance: random.Random) -> list[Row]:
    """Return the invented customers; every fifth has no e-mail and gets post."""
    rows: list[Row] = []
    for (country, language), text in CUSTOMERS.items():
        for entry in text.strip().splitlines():
            name, contact, title, addressed, street, postcode, city, region = (
                part.strip() for part in entry.split("|")
            )
            number = 1001 + len(rows)
            private = name == contact
            rows.append({
                "customer_no": f"K-{number}",
                "name": name,
                "contact": "" if private else contact,
                "title": title,
                "addressed_as": addressed,
                "email": "" if number % 5 == 0 else email(contact or "info", name, private, chance),
                "phone": PHONES[country].format(f"{number % 1000:03}"[-2 if country == "US" else -3 :]),
                "street": street,
                "postcode": f"LT-{postcode}" if country == "LT" else postcode,
                "city": city,
                "region": region,
                "country": country,
                "language": language,
                "vat_id": "" if private else vat_id(country, chance),
                "payment_terms_days": 30 if country in ("PH", "US") else 14,
                "newsletter": chance.choice(["yes", "yes", "yes", "no"]),
            })  # fmt: skip
    return rows


def email(contact: str, name: str, private: bool, chance: random.Random) -> str:
    """Return an address below the domains that are kept for examples."""
    host = "" if private else slug(name.replace("UAB", "").replace("SIA", ""))[:24].strip("-") + "."
    domain = "example.test" if private else chance.choice(["example.com", "example.org", "example.net"])
    return f"{slug(contact).replace('-', '.')}@{host}{domain}"


def slug(text: str) -> str:
    """Return the ASCII letters of a text, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ı", "i")).encode("ascii", "ignore").decode()
    return "-".join("".join(sign if sign.isalnum() else " " for sign in plain.lower()).split())


def vat_id(country: str, chance: random.Random) -> str:
    """Return an invented VAT number with right check digits, nothing where no such rule is at hand."""
    if country not in VAT_CHECK:
        return ""
    pattern, is_valid = VAT_CHECK[country]
    while True:
        number = "".join(str(chance.randrange(10)) if sign == "#" else sign for sign in pattern)
        if is_valid(number):
            return country + number


def make_orders(chance: random.Random, customers: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return orders and their lines; most customers have one order, some two."""
    buyers = [*customers, *chance.sample(customers, 9)]
    orders, lines = [], []
    for index, customer in enumerate(buyers):
        number = f"SO-{10201 + index}"
        count = {5: 12, 27: 38}.get(index, chance.choice([1, 1, 2, 2, 3, 3, 4]))
        own = [make_line(chance, customer, number, position) for position in range(1, count + 1)]
        orders.append(make_order(chance, customer, number, own))
        lines += own
    return orders, lines


def make_line(chance: random.Random, customer: Row, order_no: str, position: int) -> Row:
    """Return one line in the customer's language and currency."""
    sku, price, rate, names = chance.choice(PRODUCTS)
    currency, language = CURRENCY.get(str(customer["country"]), "EUR"), str(customer["language"])
    unit_price = to_five_cents(Decimal(price) * RATES[currency])
    small = Decimal(price) < 70
    quantity = chance.choice([5, 10, 12, 25, 40]) if small else chance.choice([1, 1, 2, 2, 3, 4, 6])
    discount = (unit_price * quantity / 10).quantize(Decimal("0.01"), ROUND_HALF_UP) if chance.random() < 0.15 else ""
    return {
        "order_no": order_no,
        "position": position,
        "sku": sku,
        "description": names[language],
        "quantity": quantity,
        "unit": UNITS[language],
        "unit_price": unit_price,
        "discount": discount,
        "vat_rate": rate if vat_category(customer) == "S" else 0,
    }


def to_five_cents(price: Decimal) -> Decimal:
    """Return a price as a shop would set it."""
    return ((price * 20).quantize(Decimal(1), ROUND_HALF_UP) / 20).quantize(Decimal("0.01"))


def vat_category(customer: Row) -> str:
    """Return the category as the shop chose it: home and private buyers taxed, firms in the EU and exports not."""
    if customer["country"] not in ("LT", "LV", "DE"):
        return "G"
    return "S" if customer["country"] == "LT" or not customer["vat_id"] else "K"


def make_order(chance: random.Random, customer: Row, number: str, lines: list[Row]) -> Row:
    """Return an order whose total is that of its lines."""
    ordered = FIRST_DAY + timedelta(days=chance.randrange(14))
    values = {"lines": [{**line, "vat_rate": Decimal(str(line["vat_rate"]))} for line in lines]}
    gross = KINDS["invoice"].compute(values | {"vat_category": vat_category(customer)}, {}, ordered)["gross"]
    prepaid = {0: gross, 1: Decimal(100)}.get(chance.randrange(18), "") if Decimal(str(gross)) > 100 else ""
    return {
        "order_no": number,
        "customer_no": customer["customer_no"],
        "order_date": ordered,
        "delivery_date": ordered + timedelta(days=chance.randrange(2, 6)),
        "status": "shipped" if chance.random() < 0.93 else chance.choice(["open", "cancelled"]),
        "currency": CURRENCY.get(str(customer["country"]), "EUR"),
        "vat_category": vat_category(customer),
        "your_reference": chance.choice(["", "", f"PO {chance.randrange(1000, 9999):05}", "1-2", "3E5"]),
        "prepaid": prepaid,
        "total": gross,
    }


def make_contracts(chance: random.Random, customers: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return supply agreements of two firms per language and what they cover."""
    contracts, items = [], []
    unspoilt = [customer for customer in customers if customer["customer_no"] != "K-1007"]
    firms = [customer for customer in unspoilt if customer["contact"] and customer["title"]]
    for language in ("lt", "lv", "de", "fil", "en"):
        for customer in chance.sample([firm for firm in firms if firm["language"] == language], 2):
            number = f"RS-2027-{len(contracts) + 1:03}"
            currency = CURRENCY.get(str(customer["country"]), "EUR")
            contracts.append({
                "contract_no": number,
                "customer_no": customer["customer_no"],
                "start_date": date(2027, 1, 1),
                "duration_months": chance.choice([12, 24]),
                "notice_months": 3,
                "delivery_days": 10,
                "currency": currency,
            })  # fmt: skip
            for position, (sku, price, _, names) in enumerate(chance.sample(PRODUCTS, chance.choice([3, 5, 6])), 1):
                unit_price = to_five_cents(Decimal(price) * RATES[currency] * Decimal("0.9"))
                items.append({
                    "contract_no": number,
                    "position": position,
                    "sku": sku,
                    "description": names[language],
                    "quantity": chance.choice([10, 20, 50]),
                    "unit": UNITS[language],
                    "unit_price": unit_price,
                })  # fmt: skip
    return contracts, items


def spoil(customers: list[Row], orders: list[Row]) -> None:
    """Put in the faults of `DIRTY`."""
    by_number = {order["order_no"]: order for order in orders}
    for number in DIRTY.values():
        by_number[number]["status"] = "shipped"
    buyer = by_number[DIRTY["postcode"]]["customer_no"]
    next(customer for customer in customers if customer["customer_no"] == buyer).update(postcode="", email="")
    by_number[DIRTY["date"]]["delivery_date"] = "31.11.2026"
    by_number[DIRTY["total"]]["total"] = Decimal(str(by_number[DIRTY["total"]]["total"])) + Decimal("9.90")
    twice = by_number[DIRTY["duplicate"]]
    orders.insert(orders.index(twice) + 3, dict(twice))


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Write UTF-8 with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_xlsx(path: Path, sheet: str, rows: Sequence[Row]) -> None:
    """Write a workbook as a person would have it: real dates, real numbers, a frozen header."""
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 11, 20)
    page = book.active
    page.title, page.freeze_panes = sheet, "A2"
    page.append(list(rows[0]))
    for row in rows:
        page.append([None if value == "" else value for value in row.values()])
    for column in page.columns:
        width = max(len(str(cell.value or "")) for cell in column)
        page.column_dimensions[column[0].column_letter].width = min(width + 2, 40)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(with_fixed_times(buffer.getvalue(), fixed_core=b"2026-11-20T00:00:00Z"))


def with_fixed_times(content: bytes, fixed_core: bytes) -> bytes:
    """Return a zip with the same parts and no trace of the hour it was made."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w") as target:
        for name in parts_in_order(source.namelist()):
            part = source.read(name)
            if name == "docProps/core.xml":
                part = fix_modified(part, fixed_core)
            entry = zipfile.ZipInfo(name, (2026, 11, 20, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            target.writestr(entry, part, zipfile.ZIP_DEFLATED, 9)
    return result.getvalue()


def parts_in_order(names: Iterable[str]) -> list[str]:
    """Return the content types first, as office programs write them."""
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name))


def fix_modified(core: bytes, moment: bytes) -> bytes:
    """Return core.xml with a fixed `modified`: openpyxl writes the time of saving."""
    before, tag, rest = core.partition(b"<dcterms:modified")
    attributes, _, after = rest.partition(b">")
    return before + tag + attributes + b">" + moment + after[after.index(b"</dcterms:modified") :] if tag else core


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "campaigns" / "data")
