"""What mail accounts may still carry: by the hour and the day, over all that is known, and never more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.model import Departure
from docgen.sendconfig import SmtpAccount
from docgen.sending.allowances import Allowances
from docgen.testing import FixedClock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ONE = SmtpAccount(host="one.test", messages_per_hour=2)
OTHER = SmtpAccount(host="two.test", username="ana", messages_per_hour=3, messages_per_day=4)


def _allowances(*accounts: SmtpAccount) -> tuple[Allowances, FixedClock]:
    clock = FixedClock(NOON)
    return Allowances(accounts, clock), clock


def test_an_account_is_known_by_server_port_and_name() -> None:
    assert (ONE.label, OTHER.label) == ("one.test:587", "two.test:587 as ana")


def test_an_account_without_limits_is_always_free() -> None:
    allowances, _ = _allowances(ONE, SmtpAccount(host="free.test"))
    for n in range(9):
        allowances.promise(n)
    assert allowances.next_free(NOON) == NOON
    assert allowances.is_free("free.test:587")
    assert _allowances(SmtpAccount(host="free.test"))[0].longest == timedelta()


def test_what_is_promised_is_not_promised_twice() -> None:
    allowances, _ = _allowances(ONE)
    for n in (1, 2):
        assert allowances.next_free(NOON) == NOON
        allowances.promise(n)
    assert allowances.next_free(NOON) > NOON
    allowances.forgo(2)
    assert allowances.next_free(NOON) == NOON


def test_what_was_taken_comes_back_after_the_hour_and_what_was_refused_at_once() -> None:
    allowances, clock = _allowances(ONE)
    allowances.take(ONE.label, 1)
    clock.advance(600)
    allowances.take(ONE.label, 2)
    assert not allowances.is_free(ONE.label)
    assert allowances.next_free(clock.now) == NOON + timedelta(hours=1)
    allowances.give_back(ONE.label)
    assert allowances.is_free(ONE.label)


def test_the_ledger_says_what_counts_and_what_nobody_knows_the_account_of_counts_for_all() -> None:
    allowances, _ = _allowances(ONE, OTHER)
    gone = [(OTHER.label, 3), ("", 2), (ONE.label, 1), ("elsewhere:25", 1)]
    allowances.recount([Departure(label, NOON - timedelta(minutes=m), "a@example.org") for label, m in gone])
    assert not allowances.is_free(ONE.label)
    assert allowances.is_free(OTHER.label)
    allowances.recount([])
    assert allowances.is_free(ONE.label)


def test_a_day_counts_beside_the_hour() -> None:
    allowances, clock = _allowances(OTHER)
    allowances.recount([Departure(OTHER.label, NOON - timedelta(hours=h), "a@example.org") for h in (23, 9, 8, 7)])
    assert allowances.next_free(NOON) == NOON + timedelta(hours=1)
    clock.advance(3600)
    assert allowances.next_free(clock.now) == clock.now
    assert allowances.longest == timedelta(days=1)


@pytest.mark.parametrize("lowered", [1, 2])
def test_a_limit_that_was_lowered_waits_until_enough_is_past(lowered: int) -> None:
    account = SmtpAccount(host="one.test", messages_per_hour=lowered)
    allowances, _ = _allowances(account)
    allowances.recount([Departure(account.label, NOON - timedelta(minutes=m), "a@example.org") for m in (30, 20, 10)])
    assert allowances.next_free(NOON) == NOON + timedelta(minutes=50 if lowered == 1 else 40)


@given(st.lists(st.tuples(st.integers(0, 1200), st.booleans()), max_size=60), st.integers(1, 5), st.integers(1, 9))
def test_no_hour_and_no_day_holds_more(steps: Sequence[tuple[int, bool]], hour: int, day: int) -> None:
    account = SmtpAccount(host="one.test", messages_per_hour=hour, messages_per_day=day)
    allowances, clock = _allowances(account)
    taken: list[datetime] = []
    for number, (seconds, refused) in enumerate(steps):
        clock.advance(seconds)
        clock.now = max(clock.now, allowances.next_free(clock.now))
        allowances.promise(number)
        allowances.take(account.label, number)
        if refused:
            allowances.give_back(account.label)
        else:
            taken.append(clock.now)
    for length, most in ((timedelta(hours=1), hour), (timedelta(days=1), day)):
        assert all(sum(begin <= each < begin + length for each in taken) <= most for begin in taken)


# --- several recipients ----------------------------------------------------------------------------


def test_a_message_takes_a_place_for_each_recipient() -> None:
    allowances, clock = _allowances(SmtpAccount(host="two.test", messages_per_hour=3))
    label = "two.test:587"
    allowances.promise(1, 2)
    assert (allowances.room(NOON), allowances.next_free(NOON, 2) > NOON) == (1, True)
    allowances.take(label, 1, 2)
    assert (allowances.is_free(label), allowances.is_free(label, 2)) == (True, False)
    clock.advance(60)
    allowances.take(label, 2)
    assert allowances.next_free(clock.now, 2) == NOON + timedelta(hours=1)
    allowances.give_back(label, 1)
    assert allowances.room(clock.now) == 1


def test_a_message_with_more_recipients_than_a_limit_takes_the_whole_of_it() -> None:
    allowances, clock = _allowances(ONE)
    assert allowances.next_free(NOON, 5) == NOON
    allowances.take(ONE.label, 1, 5)
    assert allowances.next_free(NOON) == NOON + timedelta(hours=1)
    clock.advance(3600)
    assert allowances.is_free(ONE.label, 5)


def test_places_at_two_accounts_do_not_make_room_for_one_message() -> None:
    both = (SmtpAccount(host="one.test", messages_per_hour=2), SmtpAccount(host="two.test", messages_per_hour=2))
    allowances, _ = _allowances(*both)
    for account in both:
        allowances.take(account.label, 1)
    assert allowances.next_free(NOON) == NOON
    assert allowances.next_free(NOON, 2) == NOON + timedelta(hours=1)


def test_an_account_over_its_limit_takes_nothing_from_what_another_has_left() -> None:
    allowances, _ = _allowances(ONE, OTHER)
    allowances.recount([Departure(ONE.label, NOON, "a@example.org", recipients=9)])
    assert (allowances.room(NOON), allowances.next_free(NOON)) == (3, NOON)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 900)), max_size=40), st.integers(1, 4))
def test_what_was_promised_is_always_free_at_some_account(messages: Sequence[tuple[int, int]], at_once: int) -> None:
    """Else a run would stop in the middle, since every account has reached its limit."""
    accounts = [SmtpAccount(host=f"{n}.test", messages_per_hour=3 + n) for n in range(2)]
    allowances, clock = _allowances(*accounts)
    promised: list[tuple[int, int]] = []
    for number, (places, seconds) in enumerate(messages):
        clock.advance(seconds)
        if allowances.next_free(clock.now, places) <= clock.now:
            allowances.promise(number, places)
            promised.append((number, places))
        while len(promised) > at_once or (promised and number == len(messages) - 1):
            first, size = promised.pop(0)
            free = [each.label for each in accounts if allowances.is_free(each.label, size)]
            assert free
            allowances.take(free[first % len(free)], first, size)
