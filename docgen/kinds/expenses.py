"""Floor 1, rules: what one employee's expenses come to: receipts, per-diems, kilometres, advances.

Shared by the expense report and the department's summary. Every rate is declared by the data or the job: this module
knows no country's per-diems, no price of a kilometre, no exchange rates and no VAT rates.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from docgen.errors import MissingValue, RecordError, WrongTotal, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import ZERO, Values, read_amount, read_rows, read_text
from docgen.money import round_money

HUNDRED = Decimal(100)
MEALS = ("breakfast", "lunch", "dinner")
#: Who paid a receipt; only what employees paid themselves is given back to them.
PAYERS = ("employee", "company")

Row = dict[str, object]


def settle(values: Values, currency: str, path: str = "") -> Row:
    """Price every row of a report and add it up.

    Args:
        values: the report: `items`, `per_diems`, `mileage`, `advances`, and rates that hold for all its rows.
        currency: what the report is settled in.
        path: where the report stands, for messages: `reports[2].`; rows count from 1, as in all of docgen's paths.

    Returns:
        The lists, each row with its figures, and the totals. All amounts of totals are in `currency`.

    Raises:
        RecordError: a row that cannot be, or a `total` that differs; several as Faults.
    """
    faults: list[RecordError] = []

    def rows(name: str, price: Callable[[Values, str], Row]) -> list[Row]:
        return _priced(read_rows(values, name), price, f"{path}{name}", faults)

    items = rows("items", lambda row, at: _item(row, currency, at))
    per_diems = rows("per_diems", lambda row, at: _per_diem(row, values, currency, at))
    mileage = rows("mileage", lambda row, at: _drive(row, values, currency, at))
    advances = rows("advances", lambda row, at: _advance(row, currency, at))
    raise_faults(faults)
    made = {"items": items, "per_diems": per_diems, "mileage": mileage, "advances": advances}
    totals = _totals(items, per_diems, mileage, advances)
    _check_total(values, totals["expenses"], currency, path)
    return {**made, **totals, "categories": categories(items, per_diems, mileage)}


def add(rows: list[Row], name: str) -> Decimal:
    """Return the sum of a column of figures."""
    return sum((figure for row in rows if isinstance(figure := row.get(name), Decimal)), ZERO)


def categories(items: list[Row], per_diems: list[Row], mileage: list[Row]) -> list[Row]:
    """Return amount and share of each category, the largest first.

    Per-diems and kilometres are categories of their own: `sort` says `items`, `per_diems` or `mileage`, and `category`
    is empty there, as it is for items without one.
    """
    sums: dict[tuple[str, str], Decimal] = {}
    for sort, rows in (("items", items), ("per_diems", per_diems), ("mileage", mileage)):
        for row in rows:
            key = (sort, read_text(row, "category") if sort == "items" else "")
            sums[key] = sums.get(key, ZERO) + add([row], "converted")
    whole = sum(sums.values(), ZERO)
    ordered = sorted(sums.items(), key=lambda entry: (-entry[1], entry[0]))
    return [
        {"sort": sort, "category": category, "amount": amount, "share": amount / whole if whole > 0 else ZERO}
        for (sort, category), amount in ordered
    ]


def _priced(rows: list[Values], price: Callable[[Values, str], Row], name: str, faults: list[RecordError]) -> list[Row]:
    made = []
    for index, row in enumerate(rows):
        try:
            figures = price(row, f"{name}[{index + 1}].")
        except RecordError as fault:
            faults.append(fault)
            continue
        made.append({**row, "position": row.get("position") or index + 1, **figures})
    return made


def _item(row: Values, currency: str, path: str) -> Row:
    own = read_text(row, "currency", currency).upper()
    amount, rate = _needed(row, "amount", path), _exchange_rate(row, own, currency, path)
    payer, vat = _payer(row, path), _vat(row, amount, own, path)
    converted = round_money(amount / rate, currency)
    stated = read_amount(row, "converted", path)
    if stated is not None and round_money(stated, currency) != converted:
        raise WrongTotal(
            f"{path}converted: the data say {stated} {currency}, {amount} {own} at {rate} are {converted}",
            field=f"{path}converted",
            value=str(stated),
        )
    return {
        "currency": own,
        "amount": amount,
        "exchange_rate": rate,
        "foreign": own != currency,
        "vat": vat,
        "paid_by": payer,
        "converted": converted,
        "converted_vat": None if vat is None else round_money(vat / rate, currency),
        "reimbursed": converted if payer == "employee" else ZERO,
    }


def _payer(row: Values, path: str) -> str:
    payer = read_text(row, "paid_by", "employee").lower()
    if payer not in PAYERS:
        raise WrongValue(f"{path}paid_by", payer, "employee or company", hint=did_you_mean(payer, PAYERS))
    return payer


def _vat(row: Values, amount: Decimal, currency: str, path: str) -> Decimal | None:
    """Return the VAT in a gross amount: as the receipt says, else by its rate; None where the data say nothing.

    Source: Directive 2006/112/EC, Article 78: the price of a receipt includes its VAT, so the tax is r / (100 + r).
    """
    vat, rate = read_amount(row, "vat", path), read_amount(row, "vat_rate", path)
    if vat is None and rate is not None:
        if rate < 0:
            raise WrongValue(f"{path}vat_rate", str(rate), "a percentage from 0")
        vat = round_money(amount * rate / (HUNDRED + rate), currency)
    if vat is not None and (abs(vat) > abs(amount) or vat * amount < 0):
        raise WrongValue(f"{path}vat", str(vat), f"a part of the amount {amount}")
    return vat


def _per_diem(row: Values, report: Values, currency: str, path: str) -> Row:
    """Return the allowance of one or several like days, less the meals that somebody else gave.

    A meal takes a declared percentage off the rate of a whole day, however short the day was; never more than the
    allowance. That is how German law has it (§ 9 Abs. 4a EStG: 20, 40 and 40 %); other rules declare other percentages.
    """
    own = read_text(row, "currency", currency).upper()
    exchange = _exchange_rate(row, own, currency, path)
    days, rate = _positive(row, "days", path, Decimal(1)), _positive(row, "rate", path)
    allowance = round_money(days * rate * _positive(row, "share", path, HUNDRED) / HUNDRED, own)
    percent = sum((_meals(row, report, meal, days, path) for meal in MEALS), ZERO)
    deduction = min(round_money(rate * percent / HUNDRED, own), allowance)
    amount = allowance - deduction
    return {
        "currency": own,
        "exchange_rate": exchange,
        "foreign": own != currency,
        "days": days,
        "rate": rate,
        "allowance": allowance,
        "deduction": deduction,
        "amount": amount,
        "converted": round_money(amount / exchange, currency),
    }


def _meals(row: Values, report: Values, meal: str, days: Decimal, path: str) -> Decimal:
    """Return the percentage that the meals of one sort take off: 2 breakfasts of 20 % are 40."""
    name = f"{meal}_percent"
    count = read_amount(row, _plural(meal), path, ZERO) or ZERO
    if count == 0:
        return ZERO
    if count < 0 or count > days.to_integral_value("ROUND_CEILING"):
        raise WrongValue(f"{path}{_plural(meal)}", str(count), f"a count within {days} days")
    percent = read_amount(row, name, path, read_amount(report, name))
    if percent is None:
        raise MissingValue(f"{path}{name}")
    return count * percent


def _plural(meal: str) -> str:
    return "lunches" if meal == "lunch" else f"{meal}s"


def _drive(row: Values, report: Values, currency: str, path: str) -> Row:
    kilometres = _positive(row, "km", path)
    rate = read_amount(row, "rate", path, read_amount(report, "mileage_rate"))
    if rate is None:
        raise MissingValue(f"{path}rate")
    return {"km": kilometres, "rate": rate, "converted": round_money(kilometres * rate, currency)}


def _advance(row: Values, currency: str, path: str) -> Row:
    return {"amount": round_money(_positive(row, "amount", path), currency)}


def _exchange_rate(row: Values, own: str, currency: str, path: str) -> Decimal:
    """Return how many units of the row's currency one unit of the report's buys.

    Source: the European Central Bank writes its reference rates so, "1 EUR = 11.05 SEK".
    """
    rate = read_amount(row, "exchange_rate", path, Decimal(1) if own == currency else None)
    if rate is None:
        raise MissingValue(f"{path}exchange_rate")
    if rate <= 0 or (own == currency and rate != 1):
        expected = "1 for the report's own currency" if own == currency else f"a rate, {own} for 1 {currency}"
        raise WrongValue(f"{path}exchange_rate", str(rate), expected)
    return rate


def _needed(row: Values, name: str, path: str, default: Decimal | None = None) -> Decimal:
    figure = read_amount(row, name, path, default)
    if figure is None:
        raise MissingValue(f"{path}{name}")
    return figure


def _positive(row: Values, name: str, path: str, default: Decimal | None = None) -> Decimal:
    figure = _needed(row, name, path, default)
    if figure < 0:
        raise WrongValue(f"{path}{name}", str(figure), "0 or more")
    return figure


def _totals(items: list[Row], per_diems: list[Row], mileage: list[Row], advances: list[Row]) -> dict[str, Decimal]:
    item_total, per_diem_total = add(items, "converted"), add(per_diems, "converted")
    mileage_total, advance_total = add(mileage, "converted"), add(advances, "amount")
    expenses, company_paid = item_total + per_diem_total + mileage_total, item_total - add(items, "reimbursed")
    balance = expenses - company_paid - advance_total
    return {
        "item_total": item_total,
        "per_diem_total": per_diem_total,
        "mileage_total": mileage_total,
        "vat_total": add(items, "converted_vat"),
        "expenses": expenses,
        "company_paid": company_paid,
        "advance_total": advance_total,
        "balance": balance,
        "payable": max(balance, ZERO),
        "repayable": max(-balance, ZERO),
    }


def _check_total(values: Values, expenses: Decimal, currency: str, path: str) -> None:
    """Compare with the data's own `total`, where it has one."""
    total = read_amount(values, "total", path)
    if total is not None and round_money(total, currency) != expenses:
        raise WrongTotal(
            f"{path}total: the data say {total} {currency}, the rows add up to {expenses}",
            field=f"{path}total",
            value=str(total),
            hint="a receipt is missing, or a rate differs",
        )


ITEM_READS = ("amount", "currency", "exchange_rate", "vat", "vat_rate", "paid_by", "converted", "category")
PER_DIEM_READS = ("currency", "exchange_rate", "days", "rate", "share", "breakfasts", "lunches", "dinners")
PERCENTS = tuple(f"{meal}_percent" for meal in MEALS)
ITEM_FIGURES = (
    *("position", "currency", "amount", "exchange_rate", "foreign", "vat", "paid_by"),
    *("converted", "converted_vat", "reimbursed"),
)
PER_DIEM_FIGURES = (
    *("position", "currency", "exchange_rate", "foreign", "days", "rate", "allowance", "deduction", "amount"),
    "converted",
)
TOTALS = (
    *("item_total", "per_diem_total", "mileage_total", "vat_total", "expenses", "company_paid", "advance_total"),
    *("balance", "payable", "repayable"),
)
READS = (
    frozenset({"total", "mileage_rate", *PERCENTS, "mileage[].km", "mileage[].rate", "advances[].amount"})
    | {f"items[].{name}" for name in ITEM_READS}
    | {f"per_diems[].{name}" for name in (*PER_DIEM_READS, *PERCENTS)}
)
COMPUTED = (
    frozenset(TOTALS)
    | {f"items[].{name}" for name in ITEM_FIGURES}
    | {f"per_diems[].{name}" for name in PER_DIEM_FIGURES}
    | {f"mileage[].{name}" for name in ("position", "km", "rate", "converted")}
    | {f"advances[].{name}" for name in ("position", "amount")}
    | {f"categories[].{name}" for name in ("sort", "category", "amount", "share")}
)
