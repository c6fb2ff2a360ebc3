"""Floor 1, rules: what a body may hold besides text, and who makes it.

The merge knows *that* a template asks for a QR code, a picture, formatted text or a block of lines; each renderer
brings a factory that knows *how* its format says it. This module knows no format but plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Lines(tuple[str, ...]):
    """Lines of text that print one below the other, in whatever way the body breaks lines."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(self)


class RichFactory(Protocol):
    """Makes the values that templates print. Results are printed as they are: give them `__html__`, or escape first.

    A factory that needs something of the rendering under way (an inline picture's id) keeps it itself.
    """

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> object:
        """Return a QR code. `error` is one of L, M, Q, H; `border` counts modules."""
        ...

    def image(self, source: Path | bytes, *, width_mm: float | None, height_mm: float | None, alt: str) -> object:
        """Return a picture. A path is absolute, exists, and has been checked to be allowed."""
        ...

    def markdown(self, text: str) -> object:
        """Return CommonMark as formatted text. Raw HTML in it is text, not markup."""
        ...

    def lines(self, lines: Sequence[str]) -> object:
        """Return lines of plain text, such as an address, with line breaks between them."""
        ...


class TextRich:
    """For bodies that can hold nothing but text."""

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> object:
        """Return the data: what the code would say."""
        return data

    def image(self, source: Path | bytes, *, width_mm: float | None, height_mm: float | None, alt: str) -> object:
        """Return the alternative text."""
        return alt

    def markdown(self, text: str) -> object:
        """Return the source, which is readable as it is."""
        return text

    def lines(self, lines: Sequence[str]) -> object:
        """Return the lines, one below the other."""
        return "\n".join(lines)
