"""Floor 2, edges: a ledger that forgets, for tests. It passes the contract suite of the ledgers that do not.

Its results come as JSON would bring them back: tuples in a payload are lists afterwards.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from docgen.errors import JobRunning, RunStateError
from docgen.model import (
    DELIVERED,
    GIVEN_UP,
    Approval,
    Asked,
    Consent,
    Decision,
    Delivery,
    DeliveryState,
    Departure,
    Earlier,
    Item,
    ItemResult,
    ItemState,
    Moves,
    NewDelivery,
    NewItem,
    Outcome,
    Receipt,
    Reply,
    Run,
    RunSpec,
    RunState,
    Suppression,
    Try,
    Winner,
)
from docgen.store import rules
from docgen.store.memory_numbers import MemoryNumbers, Number
from docgen.store.memory_people import MemoryPeople
from docgen.store.moving import one_by_one

Method = TypeVar("Method", bound=Callable[..., Any])


def _locked(method: Method) -> Method:
    """Let one thread at a time into a method, as a transaction would."""

    @wraps(method)
    def inner(self: MemoryLedger, *args: Any, **kwargs: Any) -> Any:
        with self._mutex:
            return method(self, *args, **kwargs)

    return cast(Method, inner)


class MemoryLedger:
    """A `Ledger` that forgets. What each method promises is said in `docgen.protocols.Ledger`."""

    def __init__(self) -> None:
        """Begin empty."""
        self._mutex = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._items: dict[str, dict[int, Item]] = defaultdict(dict)
        self._deliveries: dict[int, Delivery] = {}
        self._planned: dict[int, NewDelivery] = {}
        self._of_item: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._holder: dict[str, int] = {}
        self._last_delivery = 0
        self._numbers = MemoryNumbers()
        self._people = MemoryPeople()
        self._marks: dict[str, str] = {}
        self._approvals: list[Approval] = []
        self._winners: dict[str, Winner] = {}
        self._jobs: set[str] = set()
        self._wishes: dict[str, Asked] = {}
        self._tries: dict[int, Try] = {}
        self._accounts: dict[int, str] = {}
        self._decisions: list[tuple[str, Decision]] = []

    # runs

    @_locked
    def open_run(self, spec: RunSpec) -> str:
        """Record a new run."""
        day = spec.started.date().isoformat()
        n = 1 + sum(run.spec.job == spec.job and run.spec.started.date().isoformat() == day for run in self._all_runs())
        run = rules.run_id(spec.job, day, n)
        self._runs[run] = Run(run, replace(spec, options=rules.plain(spec.options)), RunState.MERGING)
        return run

    def _all_runs(self) -> list[Run]:
        return list(self._runs.values())

    @_locked
    def run(self, run: str) -> Run:
        """Return a run by id or short id."""
        if run in self._runs:
            return self._runs[run]
        found = [each for each in self._runs if each.rpartition("/")[2] == run]
        if len(found) > 1:
            raise rules.run_ambiguous(run, found)
        if not found:
            raise rules.run_not_found(run, list(self._runs))
        return self._runs[found[0]]

    @_locked
    def runs(self, job: str | None = None, limit: int = 50) -> list[Run]:
        """Return the newest runs first."""
        return [run for run in reversed(self._all_runs()) if job in (None, run.spec.job)][:limit]

    @_locked
    def set_state(self, run: str, state: RunState, note: str = "", finished: datetime | None = None) -> None:
        """Set state, note and end of a run."""
        self._check_exists(run)
        self._runs[run] = replace(self._runs[run], state=state, note=note, finished=finished)
        if state in GIVEN_UP:
            self._numbers.release(run, None)

    def _check_exists(self, run: str) -> None:
        if run not in self._runs:
            raise rules.run_not_found(run, list(self._runs))

    @_locked
    def ask(self, run: str, asked: Asked | None) -> None:
        """Leave a wish for whoever works on a run."""
        self._check_exists(run)
        self._wishes.pop(run, None)
        if asked is not None:
            self._wishes[run] = asked

    @_locked
    def asked(self, run: str) -> Asked | None:
        """Return the wish for a run."""
        return self._wishes.get(run)

    @contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Hold a job."""
        with self._mutex:
            if job in self._jobs:
                raise JobRunning(f'the job "{job}" is taken: this process has been working on it')
            self._jobs.add(job)
        try:
            yield
        finally:
            with self._mutex:
                self._jobs.discard(job)

    # items

    @_locked
    def add_items(self, run: str, items: Sequence[NewItem]) -> None:
        """Take records into a run."""
        self._check_exists(run)
        known = dict(self._items[run])
        keys = {item.key: item.ordinal for item in known.values()}
        for new in items:
            had = known[new.ordinal].key if new.ordinal in known else None
            if had != new.key and (had is not None or new.key in keys):
                raise rules.data_moved(run, new.ordinal, had, new.key)
            if had is None:
                known[new.ordinal] = Item(run, new.ordinal, new.key, new.data_sha256, ItemState.PLANNED)
                keys[new.key] = new.ordinal
        self._items[run] = known

    @_locked
    def items(self, run: str, *, state: ItemState | None = None, after: int = -1, limit: int = 1000) -> list[Item]:
        """Return items."""
        return [item for item in self._sorted(run) if item.ordinal > after and state in (None, item.state)][:limit]

    def _sorted(self, run: str) -> list[Item]:
        return [self._items[run][ordinal] for ordinal in sorted(self._items.get(run, {}))]

    @_locked
    def put_results(self, run: str, results: Sequence[ItemResult]) -> None:
        """Replace what is known of these items."""
        self._check_replaceable(run, results)
        for result in results:
            for id_ in self._of_item.pop((run, result.ordinal), []):
                del self._deliveries[id_], self._planned[id_]
            self._items[run][result.ordinal] = replace(
                self._items[run][result.ordinal],
                state=ItemState.QUARANTINED if result.faults else ItemState.READY,
                locale=result.locale,
                segment=result.segment,
                faults=result.faults,
                artifacts=result.artifacts,
            )
            for plan in () if result.faults else result.deliveries:
                self._plan(run, result, plan)

    def _check_replaceable(self, run: str, results: Sequence[ItemResult]) -> None:
        for result in results:
            item = self._items.get(run, {}).get(result.ordinal)
            if item is None:
                raise RunStateError(f"{run} has no record {result.ordinal + 1}")
            if item.key != result.key:
                raise rules.data_moved(run, result.ordinal, item.key, result.key)
        here = [each for result in results for each in self._at(run, result.ordinal)]
        tried = [each.key for each in here if not rules.is_replaceable(each.state, each.outcome)]
        if tried:
            raise rules.already_tried(run, list(dict.fromkeys(tried)))

    def _at(self, run: str, ordinal: int) -> list[Delivery]:
        return [self._deliveries[id_] for id_ in self._of_item.get((run, ordinal), [])]

    def _plan(self, run: str, result: ItemResult, plan: NewDelivery) -> None:
        self._last_delivery += 1
        self._planned[self._last_delivery] = plan
        self._of_item[run, result.ordinal].append(self._last_delivery)
        self._deliveries[self._last_delivery] = Delivery(
            id=self._last_delivery,
            run=run,
            ordinal=result.ordinal,
            key=result.key,
            route=plan.route,
            transport=plan.transport,
            recipient=plan.recipient,
            identity=plan.identity,
            payload=rules.plain(plan.payload),
            message_id=plan.message_id,
            variant=plan.variant,
            state=DeliveryState.SETTLED if plan.skip else DeliveryState.PENDING,
            outcome=Outcome.SKIPPED if plan.skip else None,
            detail=plan.skip,
        )

    @_locked
    def count_items(self, run: str) -> Mapping[ItemState, int]:
        """Return counts of the states that occur."""
        return Counter(item.state for item in self._sorted(run))

    @_locked
    def count_segments(self, run: str) -> Mapping[str, int]:
        """Return counts of the segments that occur."""
        return Counter(item.segment for item in self._sorted(run) if item.state is ItemState.READY)

    @_locked
    def file_collisions(self, run: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
        """Return shared names, in order of document and first item."""
        found: dict[tuple[str, str], tuple[str, str, list[tuple[int, str]]]] = {}
        for item in self.items(run, state=ItemState.READY, limit=len(self._sorted(run))):
            for note in item.artifacts:
                place = (note.document, rules.fold_name(note.file_name))
                found.setdefault(place, (note.document, note.file_name, []))[2].append((item.ordinal, item.key))
        return sorted((each for each in found.values() if len(each[2]) > 1), key=lambda each: (each[0], each[2][0]))

    # numbers

    @_locked
    def reserve_numbers(
        self, run: str, name: str, wanted: Sequence[tuple[str, str]], start: int = 1
    ) -> dict[str, Number]:
        """Give each key its number."""
        self._check_exists(run)
        return self._numbers.reserve(run, name, wanted, start)

    @_locked
    def release_numbers(self, run: str, keys: Sequence[str] | None = None) -> int:
        """Give up unsealed numbers."""
        return self._numbers.release(run, keys)

    @_locked
    def close_gaps(self, run: str) -> dict[str, list[str]]:
        """Close gaps below this run's own numbers."""
        changed = self._numbers.close_gaps(run)
        again = {key for keys in changed.values() for key in keys}
        for item in self._sorted(run):
            if item.key in again and item.state is ItemState.READY:
                self._items[run][item.ordinal] = replace(item, state=ItemState.PLANNED)
        return changed

    @_locked
    def seal_numbers(self, run: str) -> None:
        """Make numbers final."""
        self._numbers.seal(run)

    @_locked
    def numbers(self, run: str) -> dict[str, dict[str, Number]]:
        """Return the numbers of a run's records and of the keys it has reserved for."""
        return self._numbers.of_run(run, {item.key for item in self._sorted(run)})

    # deliveries

    @_locked
    def earlier(self, identities: Sequence[str]) -> dict[str, Earlier]:
        """Return who holds these identities."""
        held = {
            identity: self._deliveries[self._holder[identity]] for identity in identities if identity in self._holder
        }
        return {
            identity: Earlier(each.run, each.outcome, each.settled, self._items[each.run][each.ordinal].data_sha256)
            for identity, each in held.items()
        }

    @_locked
    def deliveries(
        self,
        run: str,
        *,
        state: DeliveryState | None = None,
        transport: str | None = None,
        outcomes: Collection[Outcome] = (),
        last: int | None = None,
        after: int = 0,
        limit: int = 1000,
    ) -> list[Delivery]:
        """Return deliveries."""
        here = (each for id_, each in self._deliveries.items() if id_ > after)
        here = (each for each in here if each.run == run and state in (None, each.state))
        here = (each for each in here if transport in (None, each.transport))
        here = (each for each in here if not outcomes or each.outcome in outcomes)
        return [each for each in here if last is None or each.ordinal <= last][:limit]

    @_locked
    def pending(self, run: str, ids: Sequence[int]) -> list[Delivery]:
        """Return which of these deliveries are pending."""
        known = [self._deliveries[id_] for id_ in sorted(set(ids)) if id_ in self._deliveries]
        return [each for each in known if each.run == run and each.state is DeliveryState.PENDING]

    @_locked
    def count_pending(self, run: str, transport: str, after: int = 0) -> int:
        """Return how many deliveries are pending."""
        here = (each for id_, each in self._deliveries.items() if id_ > after and each.run == run)
        return sum(each.state is DeliveryState.PENDING and each.transport == transport for each in here)

    @_locked
    def claim(self, delivery: int, now: datetime) -> bool:
        """Take the intent to deliver."""
        each = self._deliveries.get(delivery)
        if each is None or each.state is not DeliveryState.PENDING or each.identity in self._holder:
            return False
        self._holder[each.identity] = delivery
        self._deliveries[delivery] = replace(each, state=DeliveryState.CLAIMED, claimed=now)
        return True

    def _claimed(self, delivery: int, wanted: str) -> Delivery:
        each = self._deliveries.get(delivery)
        if each is None or each.state is not DeliveryState.CLAIMED:
            raise rules.wrong_state(delivery, each.state if each else None, wanted)
        return each

    @_locked
    def settle(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        """Keep the outcome."""
        each = self._claimed(delivery, "settled")
        if receipt.outcome not in DELIVERED:
            del self._holder[each.identity]
        self._accounts[delivery] = receipt.account
        self._deliveries[delivery] = replace(
            each,
            state=DeliveryState.SETTLED,
            outcome=receipt.outcome,
            detail=receipt.detail,
            outcomes=dict(receipt.outcomes),
            settled=now,
        )

    @_locked
    def release(self, delivery: int) -> None:
        """Give a claim back."""
        each = self._claimed(delivery, "given back")
        del self._holder[each.identity]
        self._deliveries[delivery] = replace(each, state=DeliveryState.PENDING, claimed=None)

    @_locked
    def skip(self, delivery: int, reason: str, now: datetime) -> None:
        """Settle a pending delivery as skipped."""
        each = self._deliveries.get(delivery)
        if each is not None and each.state is DeliveryState.PENDING:
            done = replace(each, state=DeliveryState.SETTLED, outcome=Outcome.SKIPPED, detail=reason, settled=now)
            self._deliveries[delivery] = done

    @_locked
    def move(self, moves: Moves, now: datetime) -> frozenset[int]:
        """Take the steps of many deliveries."""
        return one_by_one(self, moves, now)

    @_locked
    def postpone(self, delivery: int, again: Try) -> None:
        """Give a claim back until later."""
        self.release(delivery)
        self._tries[delivery] = again

    @_locked
    def tries(self, run: str) -> dict[int, Try]:
        """Return what waits for another try."""
        pending = self.deliveries(run, state=DeliveryState.PENDING, limit=len(self._deliveries))
        return {each.id: self._tries[each.id] for each in pending if each.id in self._tries}

    @_locked
    def decide(self, decisions: Sequence[Decision]) -> None:
        """Do as a person decided."""
        before = dict(self._deliveries), dict(self._holder), list(self._decisions), dict(self._tries)
        try:
            for decision in decisions:
                self._decide(decision)
        except RunStateError:
            self._deliveries, self._holder, self._decisions, self._tries = before
            raise

    def _decide(self, decision: Decision) -> None:
        each = self._deliveries.get(decision.delivery)
        was, outcomes = (each.outcome, each.outcomes) if each else (None, {})
        kinds = {reply.kind for reply in self._people.all_replies() if reply.delivery == decision.delivery}
        rules.check_decision(decision, was, outcomes, bounced=bool(kinds & rules.BOUNCES))
        assert each is not None
        if decision.outcome is None:
            blank = replace(each, detail="", outcomes={}, claimed=None, settled=None)
            self._deliveries[each.id] = replace(blank, state=DeliveryState.PENDING, outcome=None)
            self._tries.pop(each.id, None)
        else:
            after = rules.outcomes_decided(decision, outcomes)
            done = replace(each, detail=rules.decided(decision), outcomes=after, settled=decision.at)
            self._deliveries[each.id] = replace(done, outcome=decision.outcome)
        if decision.outcome is not Outcome.SENT:
            self._holder.pop(each.identity, None)
        self._decisions.append((each.run, replace(decision, was=was, words=each.detail)))

    @_locked
    def decisions(self, run: str) -> list[Decision]:
        """Return what people decided."""
        return [decision for each, decision in self._decisions if each == run]

    @_locked
    def departures(self, transports: Sequence[str], since: datetime) -> list[Departure]:
        """Return what was or may have been sent, in order of time."""
        held = (self._deliveries[id_] for id_ in self._holder.values())
        gone = [each for each in held if each.transport in transports and each.claimed and each.claimed >= since]
        found = [
            Departure(
                self._accounts.get(each.id, ""),
                each.claimed,
                rules.fold_address(each.recipient),
                rules.departed(each.outcomes, each.payload),
            )
            for each in gone
            if each.claimed
        ]
        return sorted(found, key=lambda each: (each.at, each.account))

    @_locked
    def count_outcomes(self, run: str) -> Mapping[tuple[str, Outcome | DeliveryState], int]:
        """Return counts by route."""
        here = [each for each in self._deliveries.values() if each.run == run]
        return Counter((each.route, each.outcome or each.state) for each in here)

    @_locked
    def history(self, term: str, limit: int = 200) -> list[tuple[Run, Item, Delivery | None]]:
        """Return what was made for a record key or went to an address."""
        found: list[tuple[int, int, int]] = []
        for seq, run in enumerate(self._runs):
            for item in self._sorted(run):
                here = self._at(run, item.ordinal)
                mine = [each.id for each in here if item.key == term or _went_to(each, term)]
                found += [(seq, item.ordinal, id_) for id_ in mine or [0] * (item.key == term)]
        runs = self._all_runs()
        return [
            (runs[seq], self._items[runs[seq].id][ordinal], self._deliveries.get(id_))
            for seq, ordinal, id_ in sorted(found, reverse=True)[:limit]
        ]

    # tests of variants

    @_locked
    def tested(self, run: str, *, after: int = 0, limit: int = 1000) -> list[Delivery]:
        """Return the deliveries that have a variant."""
        here = (each for id_, each in self._deliveries.items() if id_ > after and each.run == run)
        return [each for each in here if each.variant][:limit]

    @_locked
    def winner(self, test: str) -> Winner | None:
        """Return who won."""
        return self._winners.get(test)

    @_locked
    def choose(self, winner: Winner) -> None:
        """Keep who won."""
        rules.check_winner(self._winners.get(winner.test))
        self._winners[winner.test] = winner

    @_locked
    def assign(self, run: str, route: str, variant: str) -> int:
        """Give a variant to the pending deliveries that have none."""
        here = (each for each in self._deliveries.values() if each.run == run and each.route == route)
        waiting = [each for each in here if each.state is DeliveryState.PENDING and not each.variant]
        self._deliveries |= {each.id: replace(each, variant=variant) for each in waiting}
        return len(waiting)

    # people and what they answer

    @_locked
    def suppress(self, suppressions: Sequence[Suppression]) -> None:
        """Add or replace, by address and reason."""
        self._people.suppress(suppressions)

    @_locked
    def unsuppress(self, address: str) -> bool:
        """Remove all suppressions of an address."""
        return self._people.unsuppress(address)

    @_locked
    def suppressed(self, addresses: Sequence[str] | None = None) -> list[Suppression]:
        """Return suppressions in order of address and reason."""
        return self._people.suppressed(addresses)

    @_locked
    def add_consents(self, consents: Sequence[Consent]) -> None:
        """Add what people said."""
        self._people.add_consents(consents)

    @_locked
    def consents(self, addresses: Sequence[str] | None = None) -> list[Consent]:
        """Return what these people said, in the order it was added."""
        return self._people.consents_of(addresses)

    @_locked
    def forget(self, address: str, instead: str) -> int:
        """Put a hash in the place of an address."""
        return self._people.forget(address, instead)

    @_locked
    def delivery(self, delivery: int) -> Delivery | None:
        """Return a delivery by its id."""
        return self._deliveries.get(delivery)

    @_locked
    def deliveries_of(self, message_ids: Sequence[str]) -> list[Delivery]:
        """Return the deliveries of messages, newest first."""
        wanted = {each for each in message_ids if each}
        return [each for _, each in sorted(self._deliveries.items(), reverse=True) if each.message_id in wanted]

    @_locked
    def take_reply(
        self, found: Sequence[Reply], suppressions: Sequence[Suppression] = (), consents: Sequence[Consent] = ()
    ) -> bool:
        """Keep what one message says and what follows from it."""
        if not self._people.take_reply(found):
            return False
        self._people.suppress(suppressions)
        self._people.add_consents(consents)
        return True

    @_locked
    def has_reply(self, message: str) -> bool:
        """Tell whether a message was read before."""
        return self._people.has_reply(message)

    @_locked
    def replies(self, run: str) -> list[Reply]:
        """Return what came back for a run, in order of its deliveries."""
        own = {id_ for id_, each in self._deliveries.items() if each.run == run}
        found = [each for each in self._people.all_replies() if each.delivery in own]
        return sorted(found, key=lambda each: each.delivery or 0)

    @_locked
    def replies_from(self, addresses: Sequence[str]) -> list[Reply]:
        """Return what came back from these addresses."""
        wanted = set(rules.person_forms(addresses))
        return [each for each in self._people.all_replies() if each.address in wanted]

    @_locked
    def inbox_mark(self, source: str) -> str:
        """Return how far a mailbox was read."""
        return self._marks.get(source, "")

    @_locked
    def set_inbox_mark(self, source: str, mark: str) -> None:
        """Keep how far a mailbox was read."""
        self._marks[source] = mark

    # approvals

    @_locked
    def approve(self, approval: Approval) -> None:
        """Record a yes."""
        self._check_exists(approval.run)
        self._approvals.append(approval)

    @_locked
    def approval(self, run: str) -> Approval | None:
        """Return the newest yes."""
        return next((each for each in reversed(self._approvals) if each.run == run), None)

    @_locked
    def fingerprint(self, run: str) -> str:
        """Return one hash over what a run made and planned."""
        items = self._sorted(run)
        groups = [[rules.to_json(["item", item.key])] for item in items]
        groups += [[rules.artifact_line(item.key, note) for note in item.artifacts] for item in items]
        for item in items:
            here = self._of_item.get((run, item.ordinal), [])
            groups.append([rules.delivery_line(item.key, self._planned[id_]) for id_ in here])
        return rules.fingerprint(groups)

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def _went_to(delivery: Delivery, term: str) -> bool:
    receipt = Receipt(delivery.outcome or Outcome.SKIPPED, outcomes=delivery.outcomes)
    addresses = [rules.fold_address(delivery.recipient), *rules.other_addresses(delivery.recipient, receipt)]
    return rules.fold_address(term) in addresses
