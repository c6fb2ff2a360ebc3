"""Make the sample data of estimates, orders and deliveries in campaigns/data. The same bytes on every run.

Usage: python tools/make_order_data.py [FOLDER]

One set of lines goes from estimate to invoice: what the customer accepted is marked in `estimate_lines.csv`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from make_sample_data import CURRENCY, RATES, Row, to_five_cents, vat_category, write_csv
from sample_people import PRODUCTS, UNITS

WEIGHTS = {
    "00412": "38.5", "00733": "29.2", "00108": "0.31", "00540": "14.8", "00091": "2.4", "00277": "0.95",
    "00611": "96", "00855": "0.42", "00934": "0.6", "00019": "0.55",
}  # fmt: skip
#: Customer -> status, days for which it holds, discount on the whole, and lines: article, quantity, percent off the
#: line, and whether it is an option (o) or an alternative to line N (aN); with "!" it was accepted.
ESTIMATES: Mapping[str, tuple[str, int, str, str]] = {
    "K-1003": ("won", 30, "", "00412 6, 00540 6, 00733 3 5, 00091 6 o!, 00019 3 o"),
    "K-1016": ("open", 30, "3", "00611 2, 00540 20 10, 00412 10 5, 00855 5, 00091 10 o, 00934 10 o"),
    "K-1018": ("won", 30, "", "00733 4, 00108 40, 00934 12, 00855 10 o!"),
    "K-1022": ("open", 14, "", "00412 2, 00540 2, 00091 2 o"),
    "K-1027": ("won", 30, "3", "00412 6 5, 00540 6, 00733 3, 00611 1 o, 00091 6 10 o!, 00019 3 o"),
    "K-1032": ("won", 30, "", "00412 4, 00540 4, 00277 10, 00108 20 a3!"),
    "K-1034": ("lost", 30, "5", "00611 12, 00540 120 10, 00412 60, 00733 40, 00091 60 o"),
    "K-1041": ("won", 45, "", "00412 3, 00540 3, 00108 25 o!"),
    "K-1042": ("open", 45, "", "00733 2, 00019 12"),
    "K-1047": ("won", 30, "", "00611 1, 00540 10 5, 00091 4 o, 00855 2 o!"),
    "K-1057": ("open", 30, "2", "00412 8, 00540 8, 00855 8, 00108 16 a3, 00934 8 o"),
}
#: Names of packages by language: pallet, carton.
PACKAGES = {
    "en": ("Pallet", "Carton"), "de": ("Palette", "Karton"), "lt": ("Padėklas", "Dėžė"), "lv": ("Palete", "Kaste"),
    "fil": ("Paleta", "Kahon"),
}  # fmt: skip
REASONS = {
    "en": "Project discount", "de": "Projektrabatt", "lt": "Projekto nuolaida", "lv": "Projekta atlaide",
    "fil": "Diskuwento sa proyekto",
}  # fmt: skip
FIRST_DAY = date(2026, 10, 12)  # a Monday


def main(folder: Path) -> None:
    """Write all files."""
    customers = {row["customer_no"]: row for row in _read(folder / "customers.csv")}
    chosen = [customers[number] for number in ESTIMATES]
    estimates = [_estimate(customer, index) for index, customer in enumerate(chosen)]
    lines = [line for estimate, customer in zip(estimates, chosen, strict=True) for line in _lines(estimate, customer)]
    write_csv(folder / "estimates.csv", estimates)
    write_csv(folder / "estimate_lines.csv", lines)
    write_csv(folder / "estimate_allowances.csv", [row for one, who in zip(estimates, chosen, strict=True)
                                                   for row in _allowances(one, who)])  # fmt: skip
    won = [(one, who) for one, who in zip(estimates, chosen, strict=True) if one["status"] == "won"]
    write_csv(folder / "deliveries.csv", [_delivery(one, who, index) for index, (one, who) in enumerate(won)])
    packed = [_pack(one, who, lines, index) for index, (one, who) in enumerate(won)]
    write_csv(folder / "delivery_lines.csv", [row for rows, _ in packed for row in rows])
    write_csv(folder / "packages.csv", [row for _, rows in packed for row in rows])


def _read(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _workday(number: int) -> date:
    weeks, days = divmod(number, 5)
    return FIRST_DAY + timedelta(days=7 * weeks + days)


def _estimate(customer: Mapping[str, str], index: int) -> Row:
    status, days, _, _ = ESTIMATES[customer["customer_no"]]
    issued = _workday(index)
    ordered = issued + timedelta(days=7)
    won = status == "won"
    return {
        "estimate_no": f"Q-2026-{31 + index:04}",
        "customer_no": customer["customer_no"],
        "date": issued,
        "valid_days": days,
        "status": status,
        "order_no": f"SO-{10301 + index}" if won else "",
        "order_date": ordered if won else "",
        "confirmed": ordered + timedelta(days=0 if ordered.weekday() == 4 else 1) if won else "",
        "expected_date": ordered + timedelta(days=28) if won else "",
        "contract_no": f"RS-2026-{101 + index}" if won else "",
        "delivery_terms": f"{'DAP' if customer['country'] in ('LT', 'LV', 'DE') else 'CPT'} {customer['city']}",
        "currency": CURRENCY.get(customer["country"], "EUR"),
        "vat_category": vat_category(dict(customer)),
    }


def _lines(estimate: Row, customer: Mapping[str, str]) -> list[Row]:
    texts = ESTIMATES[customer["customer_no"]][3].split(",")
    return [_line(estimate, customer, position, text.split()) for position, text in enumerate(texts, 1)]


def _line(estimate: Row, customer: Mapping[str, str], position: int, words: list[str]) -> Row:
    sku, quantity, *more = words
    product = next(product for product in PRODUCTS if product[0] == sku)
    choice = next((word for word in more if not word.isdigit()), "")
    return {
        "estimate_no": estimate["estimate_no"],
        "position": position,
        "sku": sku,
        "description": product[3][customer["language"]],
        "quantity": quantity,
        "unit": UNITS[customer["language"]],
        "unit_price": to_five_cents(Decimal(product[1]) * RATES[str(estimate["currency"])]),
        "discount_percent": next((word for word in more if word.isdigit()), ""),
        "vat_rate": product[2] if estimate["vat_category"] == "S" else 0,
        "optional": "yes" if choice.startswith("o") else "",
        "alternative_to": choice.strip("a!") if choice.startswith("a") else "",
        "accepted": "yes" if choice.endswith("!") else "",
    }


def _allowances(estimate: Row, customer: Mapping[str, str]) -> list[Row]:
    percent = ESTIMATES[customer["customer_no"]][2]
    reason = REASONS[customer["language"]]
    return [{"estimate_no": estimate["estimate_no"], "reason": reason, "percent": percent}] if percent else []


def _delivery(estimate: Row, customer: Mapping[str, str], index: int) -> Row:
    return {
        "delivery_no": f"DN-2026-{71 + index:05}",
        "estimate_no": estimate["estimate_no"],
        "customer_no": customer["customer_no"],
        "dispatched": _workday(index + 15),
        "carrier": "Nordfracht" if customer["country"] in ("LT", "LV", "DE") else "Baltijos krovinių linija",
        "tracking_no": f"NF {4471 + 13 * index} 0092 {18 + index}",
    }


def _pack(estimate: Row, customer: Mapping[str, str], lines: list[Row], index: int) -> tuple[list[Row], list[Row]]:
    """Return the lines of a delivery and its packages: what is heavy on pallets, the rest in a carton."""
    number = f"DN-2026-{71 + index:05}"
    ordered = _ordered([line for line in lines if line["estimate_no"] == estimate["estimate_no"]])
    pallet, carton = PACKAGES[customer["language"]]
    rows, sums = [], {"1": Decimal(0), "2": Decimal(0)}
    for line in ordered:
        weight, wanted = Decimal(WEIGHTS[str(line["sku"])]), int(str(line["quantity"]))
        late = 1 if index % 2 == 0 and line is ordered[0] else 0
        package = "1" if weight > 10 else "2"
        sums[package] += weight * (wanted - late)
        rows.append({
            "delivery_no": number, "position": line["position"], "sku": line["sku"],
            "description": line["description"], "ordered": wanted, "quantity": wanted - late, "unit": line["unit"],
            "weight": weight, "package": package, "expected_date": estimate["expected_date"] if late else "",
        })  # fmt: skip
    packages = [
        {"delivery_no": number, "package_no": name, "kind": kind, "size": size, "weight": sums[name] + empty}
        for name, kind, size, empty in (
            ("1", pallet, "170 × 90 × 120 cm", Decimal(22)), ("2", carton, "60 × 40 × 40 cm", Decimal("1.2"))
        ) if sums[name]
    ]  # fmt: skip
    return rows, packages


def _ordered(lines: list[Row]) -> list[Row]:
    replaced = {line["alternative_to"] for line in lines if line["alternative_to"] and line["accepted"]}
    return [
        line for line in lines
        if line["accepted"] or not (line["optional"] or line["alternative_to"] or str(line["position"]) in replaced)
    ]  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "campaigns/data"))
