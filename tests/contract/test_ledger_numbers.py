"""Number sequences: no gap, no duplicate, and what has left the house never changes. On every ledger."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ledgers import a_spec

from docgen.model import Fault, ItemResult, ItemState, NewItem, RunState
from docgen.protocols import Ledger

INV = "INV-{n:05}"


def reserve(ledger: Ledger, run: str, keys: str, sequence: str = "INV-", start: int = 1) -> dict[str, int]:
    """Reserve for one-letter keys; return key -> n."""
    given = ledger.reserve_numbers(run, INV, [(key, sequence) for key in keys], start)
    return {key: n for key, (_, n) in given.items()}


def test_numbers_are_given_in_order_and_from_the_start_asked_for(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    assert reserve(ledger, run, "cab", start=1001) == {"c": 1001, "a": 1002, "b": 1003}
    assert reserve(ledger, run, "d", start=5) == {"d": 1004}, "a sequence that has numbers goes on"


def test_a_key_keeps_its_number_for_ever_even_when_another_sequence_is_wanted(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    reserve(ledger, run, "ab", "INV-2026-")
    ledger.seal_numbers(run)
    later = ledger.open_run(a_spec())
    wanted = [("a", "INV-2027-"), ("c", "INV-2027-"), ("c", "INV-2027-")]
    assert ledger.reserve_numbers(later, INV, wanted) == {"a": ("INV-2026-", 1), "c": ("INV-2027-", 1)}


def test_sequences_and_names_count_by_themselves(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    assert reserve(ledger, run, "ab", "A-") == {"a": 1, "b": 2}
    assert reserve(ledger, run, "c", "B-") == {"c": 1}
    assert ledger.reserve_numbers(run, "other", [("a", "A-")]) == {"a": ("A-", 3)}, "one sequence, two patterns"


def test_released_numbers_are_given_again_lowest_first(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    reserve(ledger, run, "abcdef")
    assert ledger.release_numbers(run, ["b", "e", "x"]) == 2
    assert reserve(ledger, run, "xyz") == {"x": 2, "y": 5, "z": 7}
    assert ledger.release_numbers(run) == 7
    assert ledger.release_numbers(run) == 0
    assert reserve(ledger, run, "q", start=40) == {"q": 40}, "a sequence without numbers begins anew"


def test_gaps_are_closed_in_order_and_the_changed_keys_named(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    reserve(ledger, run, "abcde")
    ledger.release_numbers(run, ["b", "d"])
    assert ledger.close_gaps(run) == {INV: ["c", "e"]}
    assert ledger.numbers(run) == {INV: {"a": ("INV-", 1), "c": ("INV-", 2), "e": ("INV-", 3)}}
    assert ledger.close_gaps(run) == {}
    assert reserve(ledger, run, "f") == {"f": 4}


def test_records_whose_number_moved_are_planned_again_with_the_same_step(ledger: Ledger) -> None:
    """A crash right after gaps were closed must not leave documents that show the old numbers."""
    run = ledger.open_run(a_spec())
    ledger.add_items(run, [NewItem(place, key, "") for place, key in enumerate("abc")])
    reserve(ledger, run, "abc")
    ledger.put_results(run, [ItemResult(0, "a")])
    ledger.put_results(run, [ItemResult(1, "b", faults=(Fault("record", "bad"),)), ItemResult(2, "c")])
    ledger.release_numbers(run, ["b"])
    assert ledger.close_gaps(run) == {INV: ["c"]}
    states = {item.key: item.state for item in ledger.items(run)}
    assert states == {"a": ItemState.READY, "b": ItemState.QUARANTINED, "c": ItemState.PLANNED}


@pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.STOPPED])
def test_a_run_that_is_given_up_gives_its_numbers_back_in_the_same_step(ledger: Ledger, state: RunState) -> None:
    given_up, waiting = ledger.open_run(a_spec()), ledger.open_run(a_spec())
    reserve(ledger, given_up, "abc")
    reserve(ledger, waiting, "b")
    ledger.set_state(waiting, RunState.WAITING)
    ledger.set_state(given_up, state)
    assert ledger.numbers(given_up) == {}
    assert reserve(ledger, waiting, "xb") == {"x": 1, "b": 2}


def test_sealed_numbers_stay_and_the_next_run_fills_the_gap(ledger: Ledger) -> None:
    first = ledger.open_run(a_spec())
    reserve(ledger, first, "ab")
    second = ledger.open_run(a_spec("letters"))
    reserve(ledger, second, "cd")
    ledger.seal_numbers(second)
    assert ledger.release_numbers(second) == 0
    assert ledger.release_numbers(first, ["a"]) == 1
    assert ledger.close_gaps(second) == {}
    assert ledger.close_gaps(first) == {INV: ["b"]}
    assert reserve(ledger, first, "ef") == {"e": 2, "f": 5}


def test_a_number_that_another_open_run_has_printed_is_not_set_free(ledger: Ledger) -> None:
    waiting = ledger.open_run(a_spec())
    reserve(ledger, waiting, "ab")
    again = ledger.open_run(a_spec())
    assert reserve(ledger, again, "bc") == {"b": 2, "c": 3}
    assert ledger.release_numbers(again) == 1
    assert reserve(ledger, again, "d") == {"d": 3}
    ledger.seal_numbers(waiting)
    assert ledger.numbers(waiting)[INV] == {"a": ("INV-", 1), "b": ("INV-", 2)}


def test_a_number_shared_with_another_run_is_not_moved_into_a_gap(ledger: Ledger) -> None:
    waiting = ledger.open_run(a_spec())
    reserve(ledger, waiting, "abc")
    again = ledger.open_run(a_spec())
    reserve(ledger, again, "cd")
    ledger.release_numbers(waiting, ["a"])
    assert ledger.close_gaps(again) == {INV: ["d"]}
    assert ledger.numbers(again)[INV] == {"c": ("INV-", 3), "d": ("INV-", 1)}


def test_numbers_of_a_run_are_those_of_its_records_too(ledger: Ledger) -> None:
    first = ledger.open_run(a_spec())
    reserve(ledger, first, "ab")
    ledger.seal_numbers(first)
    second = ledger.open_run(a_spec())
    ledger.add_items(second, [NewItem(0, "b", ""), NewItem(1, "c", "")])
    assert ledger.numbers(second) == {INV: {"b": ("INV-", 2)}}


def test_many_numbers_are_given_at_once(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    keys = [f"K{n}" for n in range(1200)]
    given = ledger.reserve_numbers(run, INV, [(key, "INV-") for key in keys])
    assert given == {key: ("INV-", n) for n, key in enumerate(keys, 1)}
    assert ledger.release_numbers(run, keys[1:]) == 1199


# --- any order of steps --------------------------------------------------------------------------

KEYS = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=6)
Place = tuple[str, str]


class Sequences(RuleBasedStateMachine):
    """Three runs at work on two sequences, against a model that knows only who has which number."""

    examples = count()

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger
        self.mark = f"{next(self.examples)}-"  # each example has sequences and keys of its own in the one ledger
        self.runs = [ledger.open_run(a_spec(f"job{n}")) for n in range(3)]
        self.given: dict[str, Place] = {}  # key -> (sequence, n)
        self.uses: dict[str, set[str]] = {}
        self.sealed: dict[str, Place] = {}

    def taken(self, sequence: str) -> set[int]:
        return {n for where, n in self.given.values() if where == sequence}

    @initialize(begun=st.permutations("abcdefghij"))
    def begin(self, begun: list[str]) -> None:
        for run in range(3):
            self.reserve(run, begun[3 * run : 3 * run + 4], "A")

    @rule(run=st.integers(0, 2), keys=KEYS, sequence=st.sampled_from("AB"))
    def reserve(self, run: int, keys: list[str], sequence: str) -> None:
        for key in dict.fromkeys(self.mark + key for key in keys):
            if key not in self.given:
                lowest = next(n for n in count(1) if n not in self.taken(self.mark + sequence))
                self.given[key] = (self.mark + sequence, lowest)
            self.uses.setdefault(key, set()).add(self.runs[run])
        wanted = [(self.mark + key, self.mark + sequence) for key in keys]
        given = self.ledger.reserve_numbers(self.runs[run], "N", wanted)
        assert given == {key: self.given[key] for key, _ in wanted}

    @rule(run=st.integers(0, 2), keys=KEYS)
    def quarantine(self, run: int, keys: list[str]) -> None:
        self.release(run, keys)
        self.close_gaps(run)

    @precondition(lambda self: len(self.given) > 4)
    @rule(run=st.integers(0, 2))
    def cancel(self, run: int) -> None:
        self.release(run, None)

    @rule(run=st.integers(0, 2), keys=KEYS)
    def release(self, run: int, keys: list[str] | None) -> None:
        chosen = None if keys is None else [self.mark + key for key in keys]
        gone = 0
        for key in set(self.given if chosen is None else chosen) & set(self.given) - set(self.sealed):
            if self.runs[run] in self.uses[key]:
                self.uses[key].discard(self.runs[run])
                if not self.uses[key]:
                    del self.given[key], self.uses[key]
                    gone += 1
        assert self.ledger.release_numbers(self.runs[run], chosen) == gone

    @precondition(lambda self: len(self.given) - len(self.sealed) > 4)
    @rule(run=st.integers(0, 2))
    def seal(self, run: int) -> None:
        self.ledger.seal_numbers(self.runs[run])
        self.sealed.update((key, place) for key, place in self.given.items() if self.runs[run] in self.uses[key])

    def close_gaps(self, run: int) -> None:
        changed = self.ledger.close_gaps(self.runs[run]).get("N", [])
        after = self.read()
        own = {key for key, uses in self.uses.items() if uses == {self.runs[run]} and key not in self.sealed}
        assert set(changed) == {key for key, place in after.items() if place != self.given[key]}
        assert set(changed) <= own
        for key in own:
            sequence, n = after[key]
            holes = set(range(1, n)) - {m for where, m in after.values() if where == sequence}
            assert not holes, f"{holes} below {key}"
        order = sorted(own, key=lambda key: self.given[key])
        assert order == sorted(own, key=lambda key: after[key]), "order of number is kept"
        self.given = after

    def read(self) -> dict[str, Place]:
        return {key: place for run in self.runs for key, place in self.ledger.numbers(run).get("N", {}).items()}

    @invariant()
    def the_ledger_says_what_was_given_without_duplicates(self) -> None:
        assert self.read() == self.given
        assert len(set(self.given.values())) == len(self.given)

    @invariant()
    def sealed_numbers_never_change(self) -> None:
        assert {key: self.given[key] for key in self.sealed} == self.sealed

    @precondition(lambda self: len(self.given) - len(self.sealed) > 4)
    @rule(last=st.integers(0, 2))
    def all_other_runs_end_and_no_gap_is_left(self, last: int) -> None:
        for run in {0, 1, 2} - {last}:
            self.release(run, None)
        self.close_gaps(last)
        for sequence in (self.mark + "A", self.mark + "B"):
            highest = max(self.open_numbers(sequence), default=0)
            assert set(range(1, highest + 1)) <= self.taken(sequence)

    def open_numbers(self, sequence: str) -> list[int]:
        return [n for key, (where, n) in self.given.items() if where == sequence and key not in self.sealed]


def test_numbers_have_no_gap_and_no_duplicate_in_any_order_of_steps(ledger: Ledger, ledger_kind: str) -> None:
    machine: Callable[[], Sequences] = lambda: Sequences(ledger)  # noqa: E731
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]
        settings=settings(
            max_examples=80 if ledger_kind == "memory" else 8,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
