"""Floor 2, edges: one message of a mailbox. A value."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Letter:
    """A message as a mailbox has it.

    Attributes:
        place: where it lies, for people.
        content: its bytes; of long ones only the beginning.
        mark: how far the mailbox was read when this one is done; "" for files, which are always read whole.
    """

    place: str
    content: bytes = field(repr=False)
    mark: str = ""
