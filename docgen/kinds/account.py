"""Floor 1, rules: a customer's account: what was charged, what was paid, what is open and since when it is overdue.

Statements and reminders are computed from it. Currencies never mix. Knows no layout, no language and no stages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from docgen.errors import DocgenError, MissingValue, WrongTotal, WrongValue, did_you_mean, flatten, raise_faults
from docgen.kinds.base import ZERO, Values, read_amount, read_rows, read_text
from docgen.money import currency_code, round_money

#: What may stand on an account besides payments; the names of texts in templates.
TYPES = ("invoice", "credit_note", "fee", "interest")

ITEM_INPUT = ("number", "type", "date", "due_date", "currency", "amount", "paid", "open", "disputed", "pays")
PAYMENT_INPUT = ("number", "date", "currency", "amount", "pays")
ACCOUNT_INPUT = frozenset(
    {"date", "currency", "payment_terms_days"}
    | {f"items[].{name}" for name in ITEM_INPUT}
    | {f"payments[].{name}" for name in PAYMENT_INPUT}
)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened on an account.

    Attributes:
        row: as the data have it.
        type: one of `TYPES`, `payment`, `refund`, or `settled`: what was paid by the data's own word.
        due: when to pay (BT-9); of credits and payments their own day.
        amount: above zero what the customer owes, below zero what reduces it.
        pays: the number of the charge that a credit settles; "" where the data do not say.
        disputed: the customer objects to it.
        paid: of a charge, what is settled.
        order: where it stands in the data, for entries of one day.
    """

    row: Values
    type: str
    number: str
    day: date
    due: date
    currency: str
    amount: Decimal
    pays: str = ""
    disputed: bool = False
    paid: Decimal = ZERO
    order: int = 0

    @property
    def open(self) -> Decimal:
        """What is still to be paid of a charge."""
        return self.amount - self.paid

    def days_overdue(self, today: date) -> int:
        """Return the days since the due day, which is not overdue itself; 0 before."""
        return max((today - self.due).days, 0)


@dataclass(frozen=True, slots=True)
class Account:
    """What one customer owes in one currency on one day.

    Attributes:
        entries: all that happened up to the day, in order.
        charges: those above zero, with what is settled of each, the longest due first.
        credit: what was credited or paid beyond all charges.
    """

    currency: str
    entries: tuple[Entry, ...]
    charges: tuple[Entry, ...]
    credit: Decimal

    @property
    def open_items(self) -> list[Entry]:
        """The charges that are not settled."""
        return [charge for charge in self.charges if charge.open]

    @property
    def balance(self) -> Decimal:
        """What the customer owes; below zero what the company owes."""
        return sum((entry.amount for entry in self.entries), ZERO)


def read_accounts(values: Values, company: Values, today: date) -> list[Account]:
    """Return a customer's accounts, one per currency; what is dated after `today` is left out.

    A payment or credit note that names a charge settles that one. What it leaves over, and what names none, settles
    the longest due charges first, disputed ones last.

    Raises:
        RecordError: entries that cannot be; all of them as Faults.
    """
    default = read_text(values, "currency", read_text(company, "currency", "EUR"))
    terms = read_amount(values, "payment_terms_days", default=ZERO) or ZERO
    faults: list[DocgenError] = []
    items = _collect(values, "items", lambda row, path: _item(row, path, default, int(terms)), faults)
    payments = _collect(values, "payments", lambda row, path: _payment(row, path, default), faults)
    raise_faults(faults or _check_numbers(items, payments))
    settled = [_settled_before(item) for item in items if item.paid]
    entries = [*(replace(item, paid=ZERO) for item in items), *settled, *payments]
    known = [replace(entry, order=order) for order, entry in enumerate(entries) if entry.day <= today]
    return [
        _settle([entry for entry in known if entry.currency == currency], currency)
        for currency in dict.fromkeys(entry.currency for entry in known)
    ]


def read_day(values: Values, name: str, path: str = "") -> date | None:
    """Return a day, None where it is absent.

    Raises:
        WrongValue: something else than a day.
    """
    value = values.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise WrongValue(f"{path}{name}", str(value), "a date", hint=f"declare {name} as date in template.yaml")


def read_exact(row: Values, name: str, path: str, currency: str) -> Decimal | None:
    """Return an amount that has no more decimals than its currency, so that sums are what is shown.

    Raises:
        WrongValue: it has more, or is no number.
    """
    amount = read_amount(row, name, path)
    if amount is None:
        return None
    rounded = round_money(amount, currency)
    if rounded != amount:
        raise WrongValue(f"{path}{name}", str(amount), f"an amount of {currency}, which would be {rounded}")
    return rounded


def _collect(values: Values, name: str, read: Callable[[Values, str], Entry], faults: list[DocgenError]) -> list[Entry]:
    """Read all rows of a list, numbered from 1 in messages as in all of docgen's paths."""
    entries = []
    for number, row in enumerate(read_rows(values, name), start=1):
        try:
            entries.append(read(row, f"{name}[{number}]."))
        except DocgenError as error:
            faults.extend(flatten(error))
    return entries


def _item(row: Values, path: str, default: str, terms: int) -> Entry:
    currency = currency_code(read_text(row, "currency", default))
    number = _needed(read_text(row, "number") or None, "number", path)
    day = _needed(read_day(row, "date", path), "date", path)
    kind, amount = _signed(row, _needed(read_exact(row, "amount", path, currency), "amount", path), path)
    due = read_day(row, "due_date", path) or day + timedelta(days=terms if amount > 0 else 0)
    if due < day:
        raise WrongValue(f"{path}due_date", due.isoformat(), f"on or after its date {day.isoformat()}")
    entry = Entry(row, kind, number, day, due, currency, amount, read_text(row, "pays"), _flag(row, "disputed", path))
    return replace(entry, paid=_paid(entry, path))


def _flag(row: Values, name: str, path: str) -> bool:
    value = row.get(name)
    if value is None or value == "" or isinstance(value, bool):
        return bool(value)
    raise WrongValue(f"{path}{name}", str(value), "yes or no", hint=f"declare {name} as boolean in template.yaml")


def _signed(row: Values, amount: Decimal, path: str) -> tuple[str, Decimal]:
    """Return type and amount of an item: a credit note reduces the balance, however its amount is written."""
    kind = read_text(row, "type", "credit_note" if amount < 0 else "invoice").replace("-", "_").lower()
    if kind not in TYPES:
        raise WrongValue(f"{path}type", kind, "a type of item", hint=did_you_mean(kind, TYPES))
    if kind == "credit_note":
        return kind, -abs(amount)
    if amount < 0:
        raise WrongValue(f"{path}amount", str(amount), "above 0", hint="write `credit-note` into `type`")
    return kind, amount


def _paid(entry: Entry, path: str) -> Decimal:
    """Return what the data say was paid of an item, checked against what they say is open."""
    paid = read_exact(entry.row, "paid", path, entry.currency) or ZERO
    if paid and not 0 <= paid <= entry.amount:
        raise WrongValue(f"{path}paid", str(paid), f"from 0 to the amount {entry.amount}")
    stated = read_exact(entry.row, "open", path, entry.currency)
    if stated is not None and stated != entry.amount - paid:
        raise WrongTotal(
            f"{path}open: the data say {stated}, amount and paid leave {entry.amount - paid} {entry.currency}",
            field=f"{path}open",
            value=str(stated),
        )
    return paid


def _payment(row: Values, path: str, default: str) -> Entry:
    """Read a payment; a negative amount is one that went back, and is owed again."""
    currency = currency_code(read_text(row, "currency", default))
    day = _needed(read_day(row, "date", path), "date", path)
    amount = _needed(read_exact(row, "amount", path, currency), "amount", path)
    kind = "payment" if amount >= 0 else "refund"
    return Entry(row, kind, read_text(row, "number"), day, day, currency, -amount, read_text(row, "pays"))


def _needed(value: Read | None, name: str, path: str) -> Read:
    if value is None:
        raise MissingValue(f"{path}{name}")
    return value


def _check_numbers(items: list[Entry], payments: list[Entry]) -> list[DocgenError]:
    """Refuse numbers that stand twice, and credits that settle what is not on the account."""
    counted = Counter(item.number for item in items)
    charges = {(item.number, item.currency) for item in items if item.amount > 0}
    faults: list[DocgenError] = [
        WrongValue(f"items[{place}].number", item.number, "a number that stands once")
        for place, item in enumerate(items, start=1)
        if counted[item.number] > 1
    ]
    for name, entries in (("items", items), ("payments", payments)):
        faults += [
            WrongValue(f"{name}[{place}].pays", entry.pays, f"a charge in {entry.currency} of this account")
            for place, entry in enumerate(entries, start=1)
            if entry.pays and (entry.pays, entry.currency) not in charges
        ]
    return faults


def _settled_before(item: Entry) -> Entry:
    """Return what an item's `paid` says as an entry of its own, so that a statement shows all that it counts."""
    return Entry(item.row, "settled", item.number, item.day, item.day, item.currency, -item.paid, item.number)


def _settle(entries: list[Entry], currency: str) -> Account:
    charges = {entry.order: entry for entry in entries if entry.amount > 0}
    by_number = {charge.number: charge.order for charge in charges.values() if charge.type in TYPES}
    pool = ZERO
    for credit in (entry for entry in entries if entry.amount < 0):
        pool += _take(charges, [by_number[credit.pays]] if credit.pays in by_number else [], -credit.amount)
    ranked = sorted(charges.values(), key=lambda one: (one.disputed, one.due, one.day, one.order))
    pool = _take(charges, [charge.order for charge in ranked], pool)
    settled = sorted(charges.values(), key=lambda one: (one.due, one.day, one.order))
    return Account(currency, tuple(sorted(entries, key=_moment)), tuple(settled), pool)


def _take(charges: dict[int, Entry], orders: Iterable[int], credit: Decimal) -> Decimal:
    """Settle charges from a credit, one after the other; return what is left of it."""
    for order in orders:
        charge = charges[order]
        used = min(charge.open, credit)
        charges[order], credit = replace(charge, paid=charge.paid + used), credit - used
    return credit


def _moment(entry: Entry) -> tuple[date, bool, int]:
    """Order entries by day, charges before the credits of the same day."""
    return entry.day, entry.amount < 0, entry.order
