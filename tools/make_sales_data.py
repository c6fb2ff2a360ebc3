"""Make the order rows and targets behind the sales reports in campaigns/data. The same bytes on every run.

Usage: python tools/make_sales_data.py [FOLDER]

Two years of orders in euro, for the customers of customers.csv. Dovilė Mažeikaitė-Wiśniewska began in August 2026, so
she has neither a last year nor, at first, a target; the Manila office has no target for weeks.
"""

from __future__ import annotations

import csv
import io
import math
import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

Row = dict[str, object]

SEED = 20261121
FIRST, LAST = date(2025, 1, 1), date(2026, 11, 20)
COUNTRIES = {"LT": "Vilnius", "LV": "Rīga", "DE": "Leipzig", "GB": "London", "US": "London", "PH": "Manila"}
#: Office -> people with the day they began; weight of the office among orders; its growth in a year.
PEOPLE = {
    "Vilnius": [
        ("Saulė Norkutė", FIRST),
        ("Eimantas Jurgaitis", FIRST),
        ("Dovilė Mažeikaitė-Wiśniewska", date(2026, 8, 3)),
    ],
    "Rīga": [("Anete Zariņa", FIRST)],
    "Leipzig": [("Matthias Oertel", FIRST), ("Swetlana Kühn", FIRST)],
    "London": [("Priya Hargreaves", FIRST)],
    "Manila": [("Jericho Salonga", FIRST)],
}
WEIGHTS = {"Vilnius": 34, "Rīga": 16, "Leipzig": 30, "London": 14, "Manila": 6}
GROWTH = {"Vilnius": 0.12, "Rīga": -0.05, "Leipzig": 0.18, "London": 0.03, "Manila": 0.30}
#: Collection -> weight, lowest and highest price of a piece.
PRODUCTS = {
    "Nida": (34, 389, 689),
    "Juodkrantė": (28, 199, 329),
    "Smiltynė": (20, 249, 420),
    "Mingė": (8, 990, 1690),
    "Preila": (10, 16, 49),
}
HEAD = ("order_no", "date", "salesperson", "office", "customer_no", "collection", "quantity", "amount")
TARGETS = (
    *("person,Saulė Norkutė,4000,17500,54000", "person,Eimantas Jurgaitis,4000,17500,54000"),
    *("person,Dovilė Mažeikaitė-Wiśniewska,3000,9000,0", "person,Anete Zariņa,4200,18000,55000"),
    *("person,Matthias Oertel,4200,18000,54000", "person,Swetlana Kühn,4200,18000,54000"),
    *("person,Priya Hargreaves,4000,17000,50000", "person,Jericho Salonga,0,8000,24000"),
    *("office,Vilnius,11000,44000,108000", "office,Rīga,4200,18000,55000", "office,Leipzig,8400,36000,108000"),
    *("office,London,4000,17000,50000", "office,Manila,0,8000,24000"),
)


def main(folder: Path) -> None:
    """Write both files."""
    chance = random.Random(SEED)  # noqa: S311 - invented data, not secrets
    with (folder / "customers.csv").open(encoding="utf-8", newline="") as file:
        customers = list(csv.DictReader(file))
    text = io.StringIO()
    writer = csv.DictWriter(text, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(make_orders(chance, customers))
    (folder / "sales_orders.csv").write_text(text.getvalue(), encoding="utf-8", newline="\n")
    targets = "\n".join(("dimension,name,week,month,quarter", *TARGETS, ""))
    (folder / "sales_targets.csv").write_text(targets, encoding="utf-8", newline="\n")


def make_orders(chance: random.Random, customers: list[dict[str, str]]) -> list[Row]:
    """Return the orders of all working days, in order."""
    clients = {office: [c for c in customers if COUNTRIES[c["country"]] == office] for office in WEIGHTS}
    rows = []
    day = FIRST
    while day <= LAST:
        busy = 3.6 * (1 + 0.25 * math.sin((day.timetuple().tm_yday - 80) / 365 * 2 * math.pi))
        for _ in range(_count(chance, busy) if day.weekday() < 5 else 0):
            rows.append(_order(chance, day, clients, len(rows)))
        day += timedelta(days=1)
    return rows


def _count(chance: random.Random, mean: float) -> int:
    """Return a number by Poisson's distribution."""
    count, left = 0, chance.random() * math.exp(mean)
    while left > 1:
        count, left = count + 1, left * chance.random()
    return count


def _order(chance: random.Random, day: date, clients: dict[str, list[dict[str, str]]], number: int) -> Row:
    office = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    person = chance.choice([name for name, began in PEOPLE[office] if began <= day])
    # Few customers buy much: the first of each office comes up most often.
    at = min(int(chance.expovariate(0.28)), len(clients[office]) - 1)
    collection = chance.choices(list(PRODUCTS), [weight for weight, _, _ in PRODUCTS.values()])[0]
    _, low, high = PRODUCTS[collection]
    quantity = 1 + int(chance.expovariate(0.45))
    grown = (1 + GROWTH[office]) ** ((day - FIRST).days / 365)
    amount = Decimal(str(round(quantity * chance.uniform(low, high) * grown, 2)))
    values = (f"S-{number + 10001}", day, person, office, clients[office][at]["customer_no"], collection, quantity)
    return dict(zip(HEAD, (*values, f"{amount:.2f}"), strict=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("campaigns/data"))
