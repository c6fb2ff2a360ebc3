"""Floor 1, rules: what a body may hold besides text, and who makes it.

The merge knows *that* a template asks for a QR code, a picture, formatted text or a block of lines; each renderer
brings a factory that knows *how* its format says it. This module knows no format but plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

from markupsafe import Markup

from docgen.errors import TemplateError
from docgen.prose import FindPicture, no_pictures, parse_html, to_text


class Lines(tuple[str, ...]):
    """Lines of text that print one below the other, in whatever way the body breaks lines."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(self)


class Made(Markup):
    """What a renderer leaves in a text until it puts a picture or formatted text there: to be printed, no more.

    It reads as a mark that means nothing, so that whatever looks into it is refused. It counts as true.
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise made_already()

    # What a class of text says here is bound by name, each anew.
    __len__ = __iter__ = __getitem__ = __contains__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = Markup.__hash__

    def __bool__(self) -> bool:
        return True


def made_already(by: str = "") -> TemplateError:
    """Return the fault of a template that changes what is made already; `by` says with what."""
    problem = f"what is formatted already cannot be changed{f' by {by}' if by else ''}"
    return TemplateError(problem, hint="change the text first, then format it, by one filter")


@dataclass(frozen=True)
class Look:
    """How a piece of text is to look; None leaves it as the text around.

    Attributes:
        style: the name of a style.
        size: in points.
        color: RRGGBB; `highlight` likewise.
        script: `super` or `sub`.
    """

    bold: bool | None = None
    italic: bool | None = None
    underline: bool = False
    strike: bool = False
    color: str | None = None
    highlight: str | None = None
    size: float | None = None
    font: str | None = None
    style: str | None = None
    script: str | None = None


class RichFactory(Protocol):
    """Makes the values that templates print. Results are printed as they are: give them `__html__`, or escape first.

    A factory that needs something of the rendering under way (an inline picture's id) keeps it itself. Besides what is
    here it may have `rich`, `link`, `checkbox`, `page_break`, `subdocument` and `chart`: what a factory lacks, its
    body cannot hold. `adopt`, where there is one, is shown values that bring markup of their own. Where `lays_out` is
    true, values keep the characters for a new paragraph (bell) and a new page (form feed).
    """

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> object:
        """Return a QR code. `error` is one of L, M, Q, H; `border` counts modules."""
        ...

    def image(
        self,
        source: Path | bytes,
        *,
        width_mm: float | None,
        height_mm: float | None,
        alt: str,
        fit: str = "contain",
        anchor: str = "",
    ) -> object:
        """Return a picture. A path is absolute, exists, and has been checked to be allowed.

        Given both sizes, `fit` is `contain` or `stretch`; `anchor` is an address that has been checked, or "".
        """
        ...

    def markdown(self, text: str, find: FindPicture = no_pictures) -> object:
        """Return CommonMark as formatted text. Raw HTML in it is text, not markup. `find` returns allowed pictures."""
        ...

    def html(self, text: str, find: FindPicture = no_pictures) -> object:
        """Return HTML as formatted text, without anything that runs or loads."""
        ...

    def lines(self, lines: Sequence[str]) -> object:
        """Return lines of plain text, such as an address, with line breaks between them."""
        ...


class TextRich:
    """For bodies that can hold nothing but text."""

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> object:
        """Return the data: what the code would say."""
        return data

    def image(self, source: Path | bytes, *, alt: str, **_: Any) -> object:
        """Return the alternative text."""
        return alt

    def rich(self, text: str, look: Look) -> object:
        """Return the text: plain text has one look."""
        return text

    def link(self, address: str, text: str) -> object:
        """Return the text with the address behind it."""
        return text if text == address else f"{text} ({address})"

    def checkbox(self, checked: bool, label: str) -> object:
        """Return the box as people type it."""
        return f"[{'x' if checked else ' '}] {label}".rstrip()

    def page_break(self) -> object:
        """Return a form feed, at which printers begin a new page."""
        return "\f"

    def markdown(self, text: str, find: FindPicture = no_pictures) -> object:
        """Return the source, which is readable as it is."""
        return text

    def html(self, text: str, find: FindPicture = no_pictures) -> object:
        """Return what the text says, without its markup."""
        return to_text(parse_html(text))

    def lines(self, lines: Sequence[str]) -> object:
        """Return the lines, one below the other."""
        return "\n".join(lines)
