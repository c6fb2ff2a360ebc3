"""Floor 1, rules: a reminder of payment: stage, interest, fees and the sum of it all, per customer. Knows no wording.

One letter holds all open items of a customer. Paid and disputed ones are not reminded of; where nothing else is
overdue, or no stage is reached, there is no letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from docgen.errors import LeftOut, WrongTotal
from docgen.kinds.account import ACCOUNT_INPUT, Account, Entry, read_accounts, read_day, read_exact
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_text
from docgen.kinds.epc import payment_code
from docgen.kinds.interest import Terms, interest, periods, read_terms
from docgen.kinds.stages import Stage, choose_stage, read_stages
from docgen.money import currency_code, round_money

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a letter of a stage asks for beside the items.

    Attributes:
        terms: of interest; without rates where the stage claims none.
        compensation: a fixed sum for every late invoice (Directive 2011/7/EU, art. 6(1); section 288(5) BGB).
        currency: of fee and compensation: accounts in others bear neither, since nothing is converted.
    """

    stage: Stage
    terms: Terms
    compensation: Decimal
    currency: str


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute the stage, the last day to pay, and one account per currency with interest, fees and total.

    Args:
        values: `items` and `payments`, see `docgen.kinds.account`; `stages`, `reminded`, the stage of the last letter;
            `interest_rates`, `interest_margin`, `day_count`; `compensation`; `fee_currency`; `overdue`, by your own
            system; `customer_no`, which goes into the payment code.
        company: `currency` is the default of currencies; `name`, `iban` and `bic` go into the payment code.
        today: the default of `date`.

    Raises:
        LeftOut: no stage is reached: nothing is overdue, or all of it is disputed.
        RecordError: entries, stages or rates that cannot be, or an `overdue` that differs; several as Faults.
    """
    day = read_day(values, "date") or today
    accounts = read_accounts(values, company, day)
    late = [account for account in accounts if _late(account, day)]
    stage = choose_stage(read_stages(values), [_lateness(one, day) for one in late], read_text(values, "reminded"))
    if stage is None:
        raise LeftOut("no stage of a reminder is reached")
    claim = _claim(values, company, stage)
    rows = [_account(account, day, claim, company, read_text(values, "customer_no")) for account in late]
    _check_overdue(values, rows)
    return {
        "date": day,
        "stage": stage.name,
        "pay_by": day + timedelta(days=stage.days_to_pay),
        "days_overdue": max(_lateness(account, day)[0] for account in late),
        "day_count": claim.terms.day_count,
        "accounts": rows,
        "upcoming": [_item(item, day, ZERO) for one in accounts for item in _upcoming(one, day)],
        "disputed": [item.number for account in accounts for item in account.open_items if item.disputed],
    }


def _late(account: Account, day: date) -> list[Entry]:
    return [item for item in account.open_items if not item.disputed and item.due < day]


def _upcoming(account: Account, day: date) -> list[Entry]:
    return [item for item in account.open_items if not item.disputed and item.due >= day]


def _lateness(account: Account, day: date) -> tuple[int, Decimal]:
    late = _late(account, day)
    return max(item.days_overdue(day) for item in late), sum((item.open for item in late), ZERO)


def _claim(values: Values, company: Values, stage: Stage) -> Claim:
    currency = currency_code(read_text(values, "fee_currency", read_text(company, "currency", "EUR")))
    terms, compensation = read_terms(values), read_exact(values, "compensation", "", currency) or ZERO
    if not stage.interest:
        terms, compensation = Terms((), terms.day_count), ZERO
    return Claim(stage, terms, compensation, currency)


def _account(account: Account, day: date, claim: Claim, company: Values, reference: str) -> Row:
    late = _late(account, day)
    invoices = [item for item in late if item.type == "invoice"]  # fees and interest bear no interest themselves
    on_each = {item.order: interest(item.open, item.due, day, claim.terms, account.currency) for item in invoices}
    home = account.currency == claim.currency
    sums = {
        "overdue": sum((item.open for item in late), ZERO),
        "interest": sum(on_each.values(), ZERO),
        "fee": round_money(claim.stage.fee, account.currency) if home else ZERO,
        "compensation": claim.compensation * len(invoices) if home else ZERO,
    }
    total = sum(sums.values(), ZERO)
    return {
        "currency": account.currency,
        "items": [_item(item, day, on_each.get(item.order, ZERO)) for item in late],
        **sums,
        "compensated": len(invoices) if home and claim.compensation else 0,
        "total": total,
        "rates": _rates(invoices, day, claim.terms),
        "payment_code": payment_code(company, account.currency, total, reference),
    }


def _item(item: Entry, day: date, on_it: Decimal) -> Row:
    return {
        "type": item.type,
        "number": item.number,
        "date": item.day,
        "due_date": item.due,
        "days_overdue": item.days_overdue(day),
        "currency": item.currency,
        "amount": item.amount,
        "paid": item.paid,
        "open": item.open,
        "interest": on_it,
    }


def _rates(items: Sequence[Entry], day: date, terms: Terms) -> list[Row]:
    """Return the rates that interest was computed by, the first day of each."""
    if not terms.rates:
        return []
    used = {rate for item in items for _, _, rate in periods(item.due, day, terms)}
    return [{"from_date": rate.from_date, "rate": rate.percent} for rate in terms.rates if rate in used]


def _check_overdue(values: Values, rows: Sequence[Row]) -> None:
    """Compare with the data's own `overdue`, where it has one and there is one currency."""
    stated = read_amount(values, "overdue")
    if stated is not None and [stated] != [row["overdue"] for row in rows]:
        found = ", ".join(f"{row['overdue']} {row['currency']}" for row in rows)
        raise WrongTotal(
            f"overdue: the data say {stated}, the undisputed items add up to {found}",
            field="overdue",
            value=str(stated),
        )


ITEM_FIGURES = (
    *("type", "number", "date", "due_date", "days_overdue"),
    *("currency", "amount", "paid", "open", "interest"),
)
ACCOUNT_FIGURES = ("currency", "overdue", "interest", "fee", "compensation", "compensated", "total", "payment_code")
STAGE_INPUT = ("stage", "days", "amount", "fee", "interest", "days_to_pay")
RECORD_INPUT = (
    *("reminded", "interest_margin", "day_count", "compensation"),
    *("fee_currency", "overdue", "customer_no"),
)

REMINDER = Kind(
    name="reminder",
    compute=compute,
    reads=ACCOUNT_INPUT
    | set(RECORD_INPUT)
    | {f"stages[].{name}" for name in STAGE_INPUT}
    | {"interest_rates[].from_date", "interest_rates[].rate"},
    computed=frozenset({"date", "stage", "pay_by", "days_overdue", "day_count", "disputed[]"})
    | {f"upcoming[].{name}" for name in ITEM_FIGURES}
    | {f"accounts[].{name}" for name in ACCOUNT_FIGURES}
    | {f"accounts[].items[].{name}" for name in ITEM_FIGURES}
    | {"accounts[].rates[].from_date", "accounts[].rates[].rate"},
    help="What is overdue: stage of the reminder, interest and fees by declared rates, all open items in one letter.",
)
