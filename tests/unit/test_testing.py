"""The public doubles. That `MemoryLedger` keeps a ledger's promises is tested in the contract suite."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from docgen.model import NewItem, RunSpec
from docgen.protocols import Clock, Ledger
from docgen.testing import FixedClock, MemoryLedger


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    told: Clock = clock
    assert told() == told() == datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    clock.advance(90)
    assert told() == datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC)


def test_a_fixed_clock_needs_a_time_zone() -> None:
    assert FixedClock()().utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="needs a time zone"):
        FixedClock(datetime(2026, 5, 4))


def test_memory_ledgers_share_nothing() -> None:
    first, second = MemoryLedger(), MemoryLedger()
    ledgers: list[Ledger] = [first, second]
    run = ledgers[0].open_run(RunSpec("letters", "", "letters.yaml", "", "/srv/out", FixedClock()()))
    assert ledgers[1].runs() == []
    with first.lock("letters"), second.lock("letters"):
        first.add_items(run, [NewItem(0, "K0", "")])


def test_what_a_memory_ledger_returned_does_not_change_afterwards() -> None:
    ledger = MemoryLedger()
    run = ledger.open_run(RunSpec("letters", "", "letters.yaml", "", "/srv/out", FixedClock()()))
    before = ledger.items(run)
    counted = ledger.count_items(run)
    ledger.add_items(run, [NewItem(0, "K0", "")])
    assert (before, counted) == ([], {})
    assert len(ledger.items(run)) == 1
