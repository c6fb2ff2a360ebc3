"""Floor 3, work: what many connections want the ledger to write, in as few commits as can be. Knows no transport.

Each connection still waits until its claim is on disk, and has one claim at most: the outcome before it is written no
later than that claim. So a crash leaves no more in doubt than if each step were written by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from docgen.model import Delivery, Moves, Receipt
from docgen.protocols import Clock, Ledger

#: Turns of the event loop to wait for others: their answers are read in one turn, and what follows is done in the next.
TURNS = 3


@dataclass
class Scribe:
    """Writes for all connections of one transport.

    Attributes:
        why_not: deliveries -> for each a reason not to send it now, "" if none; asked right before they are claimed.
        on_settled: told of every outcome that is on disk.
        on_broken: told when the ledger cannot be written; nobody gets a claim from then on.
        linger_s: how long an outcome waits for company.
        company_s: how long a claim waits until as many are wanted as were together before.
        most: how many can want one at the same time.
    """

    ledger: Ledger
    run: str
    clock: Clock
    why_not: Callable[[Sequence[Delivery]], Sequence[str]]
    on_settled: Callable[[Delivery, Receipt], None]
    on_broken: Callable[[Exception], None]
    linger_s: float = 0.02
    company_s: float = 0.01
    most: int = 1
    _moves: list[tuple[Delivery, Receipt | None]] = field(default_factory=list)
    _wanted: list[tuple[Delivery, asyncio.Future[bool]]] = field(default_factory=list)
    _enough: int = 1
    _is_due: bool = False
    _timer: asyncio.TimerHandle | None = None
    _company: asyncio.TimerHandle | None = None
    _broken: Exception | None = None

    async def claim(self, delivery: Delivery) -> bool:
        """Return once the claim is on disk, or cannot be had.

        Raises:
            Exception: the ledger cannot be written.
        """
        if self._broken is not None:
            raise self._broken
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._wanted.append((delivery, answer))
        self._soon()
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.result():
                self.release(delivery)  # claimed for somebody who has gone
                self.write()
            raise

    def settle(self, delivery: Delivery, receipt: Receipt) -> None:
        """Write an outcome, before whoever brought it gets another claim, and after `linger_s` at the latest."""
        self._moves.append((delivery, receipt))
        self._later()

    def release(self, delivery: Delivery) -> None:
        """Give a claim back, as `settle`."""
        self._moves.append((delivery, None))
        self._later()

    def _later(self) -> None:
        """Wait a moment for a claim that an outcome can go along with."""
        if self._timer is None and not self._is_due:
            self._timer = asyncio.get_running_loop().call_later(self.linger_s, self.write)

    def _soon(self) -> None:
        if not self._is_due or (self._company is not None and len(self._wanted) == self._enough):
            self._is_due = True
            self._turn(TURNS)

    def _turn(self, left: int) -> None:
        if not self._is_due:
            return
        loop = asyncio.get_running_loop()
        if left:
            loop.call_soon(self._turn, left - 1)
        elif len(self._wanted) >= self._enough:
            # Where so many come together, perhaps one more does: connections fall into step.
            self._enough = min(self.most, len(self._wanted) + 1)
            self.write()
        elif self._company is None:
            self._company = loop.call_later(self.company_s, self._alone)

    def _alone(self) -> None:
        """Write for those who are there: the others are busy for longer."""
        self._enough = max(1, len(self._wanted))
        self.write()

    def write(self) -> None:
        """Write now what is to be written."""
        self._is_due = False
        for timer in (self._timer, self._company):
            if timer is not None:
                timer.cancel()
        self._timer = self._company = None
        moves, self._moves = self._moves, []
        wanted, self._wanted = [each for each in self._wanted if not each[1].done()], []
        if not (moves or wanted):
            return
        try:
            claimed = self._write(moves, [delivery for delivery, _ in wanted])
        except Exception as error:
            # Whoever waits must hear of it, whatever it is: nobody may wait for ever.
            self._broken = error
            self.on_broken(error)
            for _, answer in wanted:
                answer.set_exception(error)
            return
        for delivery, answer in wanted:
            answer.set_result(delivery.id in claimed)

    def _write(self, moves: Sequence[tuple[Delivery, Receipt | None]], wanted: Sequence[Delivery]) -> frozenset[int]:
        settled = [(delivery, receipt) for delivery, receipt in moves if receipt is not None]
        released = [delivery.id for delivery, receipt in moves if receipt is None]
        return self.write_now(wanted, settled, released)

    def write_now(
        self,
        wanted: Sequence[Delivery] = (),
        settled: Sequence[tuple[Delivery, Receipt]] = (),
        released: Sequence[int] = (),
    ) -> frozenset[int]:
        """Write outcomes, then claims, skipping who must not be sent to; return the ids that are claimed."""
        reasons = dict(zip((each.id for each in wanted), self.why_not(wanted), strict=True)) if wanted else {}
        now = self.clock()
        free = [each for each in wanted if not reasons[each.id]]
        skipped = [(id_, reason) for id_, reason in reasons.items() if reason]
        outcomes = [(delivery, receipt, now) for delivery, receipt in settled]
        claimed = self.ledger.move(Moves(outcomes, released, skipped, [each.id for each in free]), now)
        self._skip_held([each for each in free if each.id not in claimed])
        for delivery, receipt in settled:
            self.on_settled(delivery, receipt)
        return claimed

    def _skip_held(self, refused: Sequence[Delivery]) -> None:
        """Skip what another run has delivered meanwhile; what this run has claimed already stays as it is."""
        held = self.ledger.earlier([each.identity for each in refused]) if refused else {}
        for delivery in refused:
            holder = held.get(delivery.identity)
            if holder and holder.run != self.run:
                self.ledger.skip(delivery.id, f"already delivered by the run {holder.run}", self.clock())
