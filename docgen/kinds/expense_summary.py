"""Floor 1, rules: the expense reports of a department as one, by person and by category. Knows no layout.

Each report is settled by the very rules of the single one (`expenses`), so that a summary cannot differ from its parts.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from docgen.errors import Faults, MissingValue, RecordError, WrongTotal, WrongValue, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text
from docgen.kinds.expenses import ITEM_READS, PER_DIEM_READS, PERCENTS, TOTALS, Row, add, categories, settle
from docgen.money import round_money


def compute(values: Values, company: Values, today: date) -> Values:
    """Settle every report and add them up by person and category.

    Args:
        values: `reports`, each with `employee`, its own `total` and lists as an expense report has them; `currency`,
            `total`, `date`, and rates that hold for all reports.
        company: `currency` is the default.
        today: the default of `date`.

    Raises:
        RecordError: a report that cannot be, differs from its own `total` or is settled in another currency; a `total`
            that differs from the sum of the reports; several as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR")).upper()
    reports = _settled(values, currency)
    totals = {name: add(reports, name) for name in TOTALS}
    _check_total(values, totals["expenses"], currency)
    return {
        "currency": currency,
        "date": values.get("date") or today,
        "reports": reports,
        "persons": _persons(reports, totals["expenses"]),
        "categories": _categories(reports),
        "largest": _largest(reports),
        "checked": sum(1 for report in reports if report.get("total") is not None),
        **totals,
    }


def _settled(values: Values, currency: str) -> list[Row]:
    rows = read_rows(values, "reports")
    if not rows:
        raise MissingValue("reports")
    reports: list[Row] = []
    faults: list[RecordError] = []
    for index, row in enumerate(rows):
        try:
            reports.append(_report(row, values, currency, f"reports[{index + 1}]."))
        except Faults as several:
            faults.extend(fault for fault in several.faults if isinstance(fault, RecordError))
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return reports


def _report(row: Values, values: Values, currency: str, path: str) -> Row:
    own = read_text(row, "currency", currency).upper()
    if own != currency:
        raise WrongValue(f"{path}currency", own, f"{currency}, the currency of the summary")
    if not read_text(row, "employee"):
        raise MissingValue(f"{path}employee")
    rates = {name: values.get(name) for name in ("mileage_rate", *PERCENTS)}
    own_rates = {name: rate for name, rate in row.items() if rate is not None}
    return {**row, "currency": currency, **settle({**rates, **own_rates}, currency, path)}


def _persons(reports: list[Row], whole: Decimal) -> list[Row]:
    """Return one row per employee, the largest sum first; people of one name are told apart by `employee_no`."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for report in reports:
        key = (read_text(report, "employee_no"), read_text(report, "employee"))
        grouped.setdefault(key, []).append(report)
    people: list[tuple[Decimal, Row]] = []
    for (number, name), own in grouped.items():
        sums = {total: add(own, total) for total in TOTALS}
        spent = sums["expenses"]
        share = spent / whole if whole > 0 else ZERO
        people.append((spent, {"employee": name, "employee_no": number, "reports": len(own), "share": share, **sums}))
    ordered = sorted(people, key=lambda entry: (-entry[0], str(entry[1]["employee"])))
    return [row for _, row in ordered]


def _rows(reports: list[Row], name: str) -> list[Row]:
    found = []
    for report in reports:
        rows = report[name]
        assert isinstance(rows, list)
        found += rows
    return found


def _categories(reports: list[Row]) -> list[Row]:
    return categories(*(_rows(reports, name) for name in ("items", "per_diems", "mileage")))


def _largest(reports: list[Row]) -> list[Row]:
    """Return the ten largest receipts of all, with whose they are, for a manager to look at."""
    items = [
        {**item, "employee": report.get("employee"), "number": report.get("number")}
        for report in reports
        for item in _rows([report], "items")
    ]
    return sorted(items, key=lambda item: -add([item], "converted"))[:10]


def _check_total(values: Values, expenses: Decimal, currency: str) -> None:
    total = read_amount(values, "total")
    if total is not None and round_money(total, currency) != expenses:
        raise WrongTotal(
            f"total: the data say {total} {currency}, the reports add up to {expenses}",
            field="total",
            value=str(total),
            hint="a report is missing, or stands twice",
        )


_REPORT_READS = (
    frozenset({"employee", "employee_no", "number", "currency", "total", "mileage_rate", *PERCENTS})
    | {f"items[].{name}" for name in (*ITEM_READS, "date", "merchant", "description", "receipt")}
    | {f"per_diems[].{name}" for name in (*PER_DIEM_READS, *PERCENTS)}
    | {"mileage[].km", "mileage[].rate", "advances[].amount"}
)
_PERSON = ("employee", "employee_no", "reports", "share", *TOTALS)
_LARGEST = ("employee", "number", "date", "merchant", "description", "category", "receipt", "converted", "paid_by")

EXPENSE_SUMMARY = Kind(
    name="expense-summary",
    compute=compute,
    reads=frozenset({"currency", "date", "total", "mileage_rate", *PERCENTS})
    | {f"reports[].{name}" for name in _REPORT_READS},
    computed=frozenset({"currency", "date", "checked", *TOTALS})
    | {f"reports[].{name}" for name in ("currency", *TOTALS)}
    | {f"persons[].{name}" for name in _PERSON}
    | {f"categories[].{name}" for name in ("sort", "category", "amount", "share")}
    | {f"largest[].{name}" for name in _LARGEST},
    help="The expense reports of a department as one: by person, by category, checked against each report.",
)
