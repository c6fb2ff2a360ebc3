"""Floor 1, rules: a statement of account: what moved, what is open, since when, and the balance. Knows no wording."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from docgen.errors import MissingValue, WrongTotal, WrongValue
from docgen.kinds.account import ACCOUNT_INPUT, Account, Entry, read_accounts, read_day
from docgen.kinds.ageing import age, read_classes
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_text
from docgen.kinds.epc import payment_code
from docgen.money import round_money

Row = dict[str, object]


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute one account per currency: movements with a running balance, open items, ageing, balance.

    Args:
        values: `items` and `payments`, see `docgen.kinds.account`; `date`, the day of the statement; `from_date`, the
            first day whose movements are shown, all of them without it; `ageing_days`; `balance`, by your own system.
        company: `currency` is the default; `name`, `iban` and `bic` go into the payment codes.
        today: the default of `date`.

    Raises:
        RecordError: entries that cannot be, no entries, or a `balance` that differs; several as Faults.
    """
    day = read_day(values, "date") or today
    since, classes = read_day(values, "from_date"), read_classes(values)
    if since is not None and since > day:
        raise WrongValue("from_date", since.isoformat(), f"on or before the statement's date {day.isoformat()}")
    accounts = read_accounts(values, company, day)
    if not accounts:
        raise MissingValue("items")
    _check_balance(values, accounts)
    reference = read_text(values, "customer_no")
    return {
        "date": day,
        "from_date": since,
        "accounts": [_account(account, company, day, since, classes, reference) for account in accounts],
    }


def _account(
    account: Account, company: Values, day: date, since: date | None, classes: tuple[int, ...], reference: str
) -> Row:
    open_items = account.open_items
    aged = age(((item.days_overdue(day), item.open) for item in open_items), classes)
    opening, movements = _movements(account.entries, since)
    return {
        "currency": account.currency,
        "opening": opening,
        "movements": movements,
        "items": [_open_item(item, day) for item in open_items],
        "ageing": aged,
        "not_due": aged[0]["amount"],
        "overdue": sum((one["amount"] for one in aged[1:]), ZERO),
        "credit": account.credit,
        "balance": account.balance,
        "payment_code": payment_code(company, account.currency, account.balance, reference),
    }


def _movements(entries: Iterable[Entry], since: date | None) -> tuple[Decimal, list[Row]]:
    """Return the balance before the first day shown, and the movements from then on with the balance after each."""
    opening, rows = ZERO, []
    balance = ZERO
    for entry in entries:
        balance += entry.amount
        if since is not None and entry.day < since:
            opening = balance
            continue
        rows.append(
            {
                "date": entry.day,
                "type": entry.type,
                "number": entry.number,
                "pays": entry.pays if entry.pays != entry.number else "",
                "charge": max(entry.amount, ZERO),
                "credit": max(-entry.amount, ZERO),
                "balance": balance,
            }
        )
    return opening, rows


def _open_item(item: Entry, day: date) -> Row:
    return {
        "type": item.type,
        "number": item.number,
        "date": item.day,
        "due_date": item.due,
        "days_overdue": item.days_overdue(day),
        "disputed": item.disputed,
        "amount": item.amount,
        "paid": item.paid,
        "open": item.open,
    }


def _check_balance(values: Values, accounts: list[Account]) -> None:
    """Compare with the data's own `balance`, which has a meaning only where there is one currency."""
    stated = read_amount(values, "balance")
    if stated is None:
        return
    if len(accounts) > 1:
        currencies = ", ".join(account.currency for account in accounts)
        raise WrongValue("balance", str(stated), f"a balance of one currency; the account has {currencies}")
    found = accounts[0].balance
    if round_money(stated, accounts[0].currency) != found:
        raise WrongTotal(
            f"balance: the data say {stated} {accounts[0].currency}, the entries add up to {found}",
            field="balance",
            value=str(stated),
            hint="an invoice, credit note or payment is missing, or dated after the statement",
        )


ACCOUNT_FIGURES = ("currency", "opening", "not_due", "overdue", "credit", "balance", "payment_code")
MOVEMENT_FIGURES = ("date", "type", "number", "pays", "charge", "credit", "balance")
ITEM_FIGURES = ("type", "number", "date", "due_date", "days_overdue", "disputed", "amount", "paid", "open")

STATEMENT = Kind(
    name="statement",
    compute=compute,
    reads=ACCOUNT_INPUT | {"from_date", "ageing_days", "balance", "customer_no"},
    computed=frozenset({"date", "from_date"})
    | {f"accounts[].{name}" for name in ACCOUNT_FIGURES}
    | {f"accounts[].movements[].{name}" for name in MOVEMENT_FIGURES}
    | {f"accounts[].items[].{name}" for name in ITEM_FIGURES}
    | {f"accounts[].ageing[].{name}" for name in ("first_day", "last_day", "amount")},
    help="What a customer owes and since when: movements, open items, ageing and balance, by currency.",
)
