"""When messages may go, and what follows from answers: with a clock that is passed in and chance that is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import WrongValue
from docgen.model import Delivery, DeliveryState, Departure, Outcome, Receipt
from docgen.sendconfig import (
    HoursConfig,
    RestConfig,
    RetryConfig,
    SendingConfig,
    WarmUpConfig,
)
from docgen.sending.backoff import Rest, next_try
from docgen.sending.governor import Governor, domain_of
from docgen.sending.hours import next_allowed, zone_of
from docgen.sending.quotas import Window, allowed_on, next_day
from docgen.sending.verdicts import Step, decide
from docgen.suppression import address_key

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


def _no_chance() -> float:
    return 0.5


def _delivery(number: int = 1, recipient: str = "jane@example.org", **payload: object) -> Delivery:
    return Delivery(
        id=number,
        run="r",
        ordinal=number,
        key=str(number),
        route="email",
        transport="smtp",
        recipient=recipient,
        identity=str(number),
        payload=payload,
        message_id="",
        state=DeliveryState.PENDING,
    )


# --- hours -----------------------------------------------------------------------------------------

OFFICE = HoursConfig(begin=time(9), end=time(17), timezone="Europe/Berlin", days=("mon", "tue", "wed", "thu", "fri"))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-05-04T08:59", "2026-05-04T09:00"),
        ("2026-05-04T09:00", "2026-05-04T09:00"),
        ("2026-05-04T16:59", "2026-05-04T16:59"),
        ("2026-05-04T17:00", "2026-05-05T09:00"),
        ("2026-05-08T17:00", "2026-05-11T09:00"),  # Friday -> Monday
        ("2026-03-27T18:00", "2026-03-30T09:00"),  # over the change to summer time
        ("2026-10-23T18:00", "2026-10-26T09:00"),  # and back
    ],
)
def test_messages_go_in_office_hours(now: str, then: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    assert next_allowed(OFFICE, moment) == datetime.fromisoformat(then).replace(tzinfo=BERLIN)


def test_the_hours_are_the_readers() -> None:
    assert next_allowed(OFFICE, NOON, "America/New_York") == datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert next_allowed(OFFICE, NOON, "Asia/Tokyo") == datetime(2026, 5, 5, 0, tzinfo=UTC)


def test_hours_may_go_over_midnight() -> None:
    night = HoursConfig(begin=time(22), end=time(2), timezone="UTC", days=("mon",))
    assert next_allowed(night, NOON) == NOON.replace(hour=22)
    tuesday = datetime(2026, 5, 5, 1, tzinfo=UTC)
    assert next_allowed(night, tuesday) == tuesday
    assert next_allowed(night, tuesday.replace(hour=2)) == datetime(2026, 5, 11, 22, tzinfo=UTC)


def test_an_hour_that_summer_time_skips_begins_when_the_clock_has_jumped() -> None:
    early = HoursConfig(begin=time(2, 30), end=time(4), timezone="Europe/Berlin")
    before = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert next_allowed(early, before) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@given(MOMENTS, st.times(), st.times(), st.sampled_from(ZONES))
def test_what_is_allowed_is_never_before_now_and_allowed_itself(
    now: datetime, begin: time, end: time, zone: str
) -> None:
    hours = HoursConfig(begin=begin, end=end, timezone="UTC")
    then = next_allowed(hours, now, zone)
    assert now <= then <= now + timedelta(days=3)
    assert next_allowed(hours, then, zone) == then


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("DE", "Europe/Berlin"),
        ("jp", "Asia/Tokyo"),
        (" Europe/Rome ", "Europe/Rome"),
        ("us", "America/Chicago"),
        ("UK", "Europe/London"),
        ("KZ", ""),
        ("", ""),
        (" \n", ""),
    ],
)
def test_a_zone_is_named_or_follows_from_the_country(text: str, zone: str) -> None:
    assert zone_of(text) == zone


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Europe/Berln", 'did you mean "Europe/Berlin"?'),
        ("europe/berlin", 'did you mean "Europe/Berlin"?'),
        ("Germany", "write DE"),
        ("Mars/X", ""),
        ("ZZ", ""),
        ("EU", ""),
    ],
)
def test_what_is_no_zone_is_a_fault_and_not_the_default(text: str, hint: str) -> None:
    for _ in range(2):
        with pytest.raises(WrongValue, match=f'timezone: "{text}" is not a time zone') as told:
            zone_of(f" {text} ")
        assert (told.value.hint, told.value.value) == (hint, text)


# --- quotas ----------------------------------------------------------------------------------------


@given(st.integers(1, 5), st.lists(st.integers(0, 90), max_size=60))
def test_no_span_of_time_holds_more_than_its_share(most: int, gaps: list[int]) -> None:
    window, now, taken = Window(most, timedelta(seconds=60)), NOON, []
    for gap in gaps:
        now = window.next_free(now + timedelta(seconds=gap))
        window.take(now)
        taken.append(now)
    for moment in taken:
        assert sum(moment <= other < moment + timedelta(seconds=60) for other in taken) <= most


@pytest.mark.parametrize(("day", "most"), [(3, 0), (4, 50), (5, 100), (6, 400), (7, None)])
def test_a_warm_up_plan_says_how_many_a_day(day: int, most: int | None) -> None:
    plan = WarmUpConfig(start=date(2026, 5, 4), messages_per_day=(50, 100, 400))
    assert allowed_on(plan, date(2026, 5, day)) == most


@pytest.mark.parametrize(("day", "following"), [(1, 5), (3, 5), (4, 5), (5, 8), (7, 8), (8, 9)])
def test_a_warm_up_plan_says_which_day_is_next(day: int, following: int) -> None:
    plan = WarmUpConfig(start=date(2026, 5, 4), messages_per_day=(0, 50, 0, 0))
    assert next_day(plan, date(2026, 5, day)) == date(2026, 5, following)


# --- verdicts --------------------------------------------------------------------------------------


def _receipt(words: str, outcome: Outcome = Outcome.REJECTED) -> Receipt:
    return Receipt(outcome, words, {"jane@example.org": outcome}, {"jane@example.org": words})


@pytest.mark.parametrize(
    ("words", "step", "bad", "back_off"),
    [
        ("250 2.0.0 queued", Step.SETTLE, False, False),
        ("450 4.2.0 greylisted", Step.RETRY, False, True),
        ("421 4.7.0 too many messages", Step.RETRY, False, True),
        ("451 4.3.0 later", Step.RETRY, False, True),
        ("452 4.2.2 mailbox full", Step.RETRY, False, False),
        ("454 4.7.0 no TLS now", Step.RETRY, False, True),
        ("552 5.2.2 mailbox full", Step.RETRY, False, False),
        ("550 5.1.1 user unknown", Step.SETTLE, True, False),
        ("550 user unknown", Step.SETTLE, True, False),
        ("550 5.7.1 blocked by policy", Step.PAUSE, False, False),
        ("554 5.6.0 strange content", Step.SETTLE, False, False),
    ],
)
def test_an_answer_says_what_follows(words: str, step: Step, bad: bool, back_off: bool) -> None:
    outcome = {"2": Outcome.SENT, "4": Outcome.FAILED, "5": Outcome.REJECTED}[words[0]]
    verdict = decide(_receipt(words, outcome))
    assert (verdict.step, bool(verdict.suppress), verdict.back_off) == (step, bad, back_off)


@pytest.mark.parametrize("reached", [Outcome.SENT, Outcome.UNKNOWN])
def test_what_one_of_several_may_have_is_never_done_again(reached: Outcome) -> None:
    outcomes = {"a@x.test": Outcome.FAILED, "b@x.test": reached}
    receipt = Receipt(Outcome.FAILED, "", outcomes, {"a@x.test": "450 4.2.0 later", "b@x.test": "250 ok"})
    assert decide(receipt).step is Step.SETTLE


def test_a_failure_without_an_answer_is_not_repeated() -> None:
    assert decide(Receipt(Outcome.FAILED, "too large")).step is Step.SETTLE


# --- trying again ----------------------------------------------------------------------------------


def test_tries_follow_a_schedule_until_the_last_date() -> None:
    rules = RetryConfig(after_minutes=(5, 15), jitter=0, give_up_after_hours=1)
    now, attempts, gaps = NOON, 0, []
    while due := next_try(rules, attempts + 1, NOON, now, _no_chance):
        gaps.append((due - now) / timedelta(minutes=1))
        now, attempts = due, attempts + 1
    assert gaps == [5, 15, 15, 15]


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 20))
def test_jitter_stays_within_its_share(chance: float, attempts: int) -> None:
    due = next_try(RetryConfig(after_minutes=(10,), jitter=0.2), attempts, NOON, NOON, lambda: chance)
    assert due is not None
    assert timedelta(minutes=8) <= due - NOON <= timedelta(minutes=12)


def test_a_domain_that_goes_on_refusing_is_left_alone_for_long() -> None:
    rest, rests = Rest(RestConfig(first_minutes=1, break_after=4, break_minutes=60)), []
    for _ in range(5):
        rest.refused(NOON, lambda: 0)
        rests.append((rest.next_free(NOON) - NOON) / timedelta(minutes=1))
    assert rests == [1, 2, 4, 60, 60]
    rest.took_one()
    assert rest.next_free(NOON) == NOON


# --- all together ----------------------------------------------------------------------------------


def _governor(**rules: object) -> Governor:
    return Governor(SendingConfig.model_validate(rules), _no_chance)


def test_a_domain_has_its_limit_and_others_go_on() -> None:
    governor = _governor(per_domain={"example.org": {"messages": 2, "minutes": 1}})
    for number in range(2):
        assert governor.due(_delivery(number), NOON) == NOON
        governor.starts(_delivery(number), NOON)
    assert governor.due(_delivery(3), NOON) == NOON + timedelta(minutes=1)
    assert governor.due(_delivery(4, "jim@elsewhere.test"), NOON) == NOON


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Example.ORG", "jane@example.org"),
        ("example.org", "Jane@EXAMPLE.org"),
        ("müller.example", "jane@xn--mller-kva.example"),
        ("xn--mller-kva.example", "jane@Müller.example"),
    ],
)
def test_a_domain_s_limit_holds_however_the_domain_is_written(written: str, address: str) -> None:
    governor = _governor(per_domain={written: {"messages": 1}})
    governor.starts(_delivery(1, address), NOON)
    assert governor.due(_delivery(2, address), NOON) == NOON + timedelta(minutes=1)
    governor.recount([Departure("", NOON, address_key(address))])
    assert governor.due(_delivery(2, address), NOON) == NOON + timedelta(minutes=1)


def test_a_day_of_the_warm_up_plan_ends_at_midnight_of_its_time_zone() -> None:
    plan = {"start": "2026-05-04", "messages_per_day": [1, 2]}
    governor = _governor(warm_up=plan, timezone="Europe/Berlin")
    governor.starts(_delivery(1), NOON)
    tomorrow = datetime(2026, 5, 5, tzinfo=BERLIN)
    assert governor.due(_delivery(2), NOON) == tomorrow
    for number in (2, 3):
        assert governor.due(_delivery(number), tomorrow) == tomorrow
        governor.starts(_delivery(number), tomorrow)
    assert governor.due(_delivery(4), tomorrow) == tomorrow + timedelta(days=1)


@given(MOMENTS, st.integers(-400, 400), st.sampled_from(ZONES), st.sampled_from([None, "UTC", "Asia/Tokyo"]))
def test_before_its_first_day_a_warm_up_plan_says_when_it_begins(
    now: datetime, days: int, zone: str, hours_in: str | None
) -> None:
    start = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    hours = {"begin": "09:00", "end": "17:00", "timezone": hours_in} if hours_in else None
    plan = {"start": start, "messages_per_day": [1]}
    governor = _governor(warm_up=plan, timezone=zone, hours=hours)
    governor.has_zones = False
    for hold in (governor.hold(_delivery(), now), governor.hold_of_all(now)):
        assert ("the warm-up plan begins on" in hold.why) == (days > 0)
        assert "today" not in hold.why
        assert hold.until.astimezone(ZoneInfo(zone)).date() >= start or days < 0
        assert hours_in or hold.until == max(now, datetime.combine(start, time(), ZoneInfo(zone)))
        assert governor.due(_delivery(), hold.until) == hold.until


def test_a_plan_that_has_not_begun_is_named_beside_the_hours() -> None:
    plan, hours = {"start": "2026-06-01", "messages_per_day": [1]}, {"begin": "09:00", "end": "17:00"}
    hold = _governor(warm_up=plan, hours=hours).hold(_delivery(), NOON)
    assert hold.until == datetime(2026, 6, 1, 9, tzinfo=UTC)
    words = "since the warm-up plan begins on 2026-06-01, then for the hours in which messages may go"
    assert hold.why == words


def test_a_greylisted_message_is_tried_again_and_given_up_at_last() -> None:
    governor = _governor(retry={"after_minutes": [10], "jitter": 0, "give_up_after_hours": 0.4})
    now, delivery, refused = NOON, _delivery(), _receipt("450 4.2.0 greylisted", Outcome.FAILED)
    steps = []
    while (step := governor.judge(delivery, refused, now).step) is Step.RETRY:
        steps.append(step)
        now = governor.due(delivery, now)
    assert (len(steps), step) == (2, Step.SETTLE)
    assert now == NOON + timedelta(minutes=20)


def test_a_domain_that_says_421_holds_all_its_messages_until_it_takes_one() -> None:
    governor = _governor(rest={"first_minutes": 3})
    governor.judge(_delivery(1), _receipt("421 4.7.0 slow down", Outcome.FAILED), NOON)
    assert governor.due(_delivery(2), NOON) > NOON + timedelta(minutes=3)
    assert governor.due(_delivery(3, "x@elsewhere.test"), NOON) == NOON
    governor.judge(_delivery(2), _receipt("250 ok", Outcome.SENT), NOON)
    assert governor.due(_delivery(4), NOON) == NOON


def test_a_reader_s_time_zone_decides() -> None:
    governor = _governor(hours={"begin": "09:00", "end": "17:00"})
    assert governor.due(_delivery(timezone="Asia/Tokyo"), NOON) == datetime(2026, 5, 5, tzinfo=UTC)
    assert governor.due(_delivery(), NOON) == NOON


@pytest.mark.parametrize(("address", "domain"), [("a@B.Example", "b.example"), ('"a@b"@c.test', "c.test"), ("", "")])
def test_a_domain_is_compared_without_case(address: str, domain: str) -> None:
    assert domain_of(address) == domain
