"""The campaigns of reports, from a fresh working folder: what they print equals sums of the sample data."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pypdfium2
import pytest
from babel import Locale

from docgen.cli import call
from docgen.money import format_money
from docgen.starter import copy_starter

Row = dict[str, str]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "office"
    copy_starter(folder)
    with inside(folder):
        for name in ("sales-report", "expense-report", "expense-summary"):
            assert call(["run", f"campaigns/{name}.yaml"]) == 0
    return folder


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def rows(office: Path, name: str) -> list[Row]:
    with (office / "campaigns" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(path: Path) -> str:
    pages = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in pages).replace("\r", "").replace("\u00a0", " ")


def written(amount: Decimal, language: str, symbol: bool = False) -> str:
    return format_money(amount, "EUR", Locale.parse(language), symbol=symbol).replace("\u00a0", " ")


# --- sales ------------------------------------------------------------------------------------------


def sold(office: Path, first: date, end: date, where: str) -> dict[str, dict[str, Decimal]]:
    """Return sales from a day up to, not including, another: by person, office and collection."""
    sums: dict[str, dict[str, Decimal]] = {"salesperson": {}, "office": {}, "collection": {}}
    for order in rows(office, "sales_orders"):
        if first <= date.fromisoformat(order["date"]) < end and where in ("", order["office"]):
            for column, found in sums.items():
                found[order[column]] = found.get(order[column], Decimal(0)) + Decimal(order["amount"])
    return sums


def after(first: date, months: int) -> date:
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def windows(period: str, first: date) -> list[tuple[date, date]]:
    """Return this period, the one before, and that of a year before."""
    if period == "week":
        starts = [first, first - timedelta(days=7), first - timedelta(days=364)]
        return [(start, start + timedelta(days=7)) for start in starts]
    months = {"month": 1, "quarter": 3}[period]
    return [(start, after(start, months)) for start in (first, after(first, -months), after(first, -12))]


@pytest.mark.parametrize("report_no", ["2026-W46", "2026-10", "2026-10-Leipzig", "2026-Q3", "2026-Q3-Manila"])
def test_sales_printed_equal_sums_of_the_order_rows(report_no: str, office: Path) -> None:
    report = next(row for row in rows(office, "sales_reports") if row["report_no"] == report_no)
    language = report["language"]
    text = text_of(office / "out" / "reports" / "2026" / f"Sales {report_no}.pdf")
    now, before, long_ago = (
        sold(office, *window, report["office"])
        for window in windows(report["period"], date.fromisoformat(report["start"]))
    )
    if report["office"]:
        now.pop("office")  # a table of one row says nothing
    for dimension in now.values():
        for name, amount in dimension.items():
            assert f"\n{name} {written(amount, language)} " in text, name
    for sums in (now, before, long_ago):
        whole = sum(sums["collection"].values(), Decimal(0))
        assert written(whole, language) in text


# --- expenses ---------------------------------------------------------------------------------------


def spent(office: Path, number: str) -> Decimal:
    """Return what a report of the sample data comes to, by the rates beside it."""
    cent = Decimal("0.01")
    exchange = {(row["month"], row["currency"]): Decimal(row["rate"]) for row in rows(office, "exchange_rates")}
    daily = {row["country"]: Decimal(row["rate"]) for row in rows(office, "per_diem_rates")}
    whole = Decimal(0)
    for item in (row for row in rows(office, "expense_items") if row["report_no"] == number):
        rate = exchange.get((item["date"][:7], item["currency"]), Decimal(1))
        whole += (Decimal(item["amount"]) / rate).quantize(cent, ROUND_HALF_UP)
    for day in (row for row in rows(office, "expense_days") if row["report_no"] == number):
        rate, meals = daily[day["country"]], 0
        for meal, percent in (("breakfasts", 20), ("lunches", 40), ("dinners", 40)):
            meals += int(day[meal] or 0) * percent
        whole += max(rate * Decimal(day["days"]) * int(day["share"] or 100) / 100 - rate * meals / 100, Decimal(0))
    for drive in (row for row in rows(office, "expense_drives") if row["report_no"] == number):
        whole += (Decimal(drive["km"]) * Decimal("0.30")).quantize(cent, ROUND_HALF_UP)
    return whole


def test_each_expense_report_prints_what_its_rows_come_to(office: Path) -> None:
    for report in rows(office, "expense_reports"):
        (path,) = (office / "out" / "expenses").glob(f"*/{report['report_no']} *.pdf")
        whole = spent(office, report["report_no"])
        assert whole == Decimal(report["total"])
        assert written(whole, report["language"]) in text_of(path)


def test_a_department_prints_each_report_and_their_sum(office: Path) -> None:
    for department in rows(office, "departments"):
        (path,) = (office / "out" / "expenses").glob(f"*/Expenses {department['department']} *.pdf")
        text, language, whole = text_of(path), department["language"], Decimal(0)
        for report in (row for row in rows(office, "expense_reports") if row["department"] == department["department"]):
            assert f"\n{report['report_no']} {report['employee']}" in text
            assert written(spent(office, report["report_no"]), language) in text
            whole += spent(office, report["report_no"])
        assert f"\n{written(whole, language, symbol=True)}\n" in text


def test_all_single_reports_stand_in_one_file_for_accounts(office: Path) -> None:
    (path,) = (office / "out" / "expense-report").glob("*/bundles/Expense reports.pdf")
    text = text_of(path)
    assert [row["report_no"] for row in rows(office, "expense_reports") if row["report_no"] not in text] == []


def test_a_report_that_differs_from_its_total_keeps_its_department_back(tmp_path: Path) -> None:
    office = tmp_path / "office"
    copy_starter(office)
    data = office / "campaigns" / "data" / "expense_reports.csv"
    data.write_text(data.read_text(encoding="utf-8").replace(",97.00", ",98.00"), encoding="utf-8")
    with inside(office):
        assert call(["run", "campaigns/expense-summary.yaml"]) == 4
    made = {path.parent.name for path in (office / "out" / "expenses").glob("*/*.pdf")}
    assert made == {"london", "manila", "riga", "vilnius"}
