"""Floor 1, rules: lines of text put together piece by piece, as readers of Markdown and HTML find them."""

from __future__ import annotations

import re
from dataclasses import replace

from docgen.prose.model import Break, Inline, Look, Picture, Text

#: What no document can hold: control characters, lone surrogates, and docgen's own marks, private-use characters.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ue0f0\ue0f1\ue0fa]"
)
#: Blanks that HTML makes one of; the one that does not break is none of them.
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def clean_text(text: str) -> str:
    """Return a text without what documents cannot hold, its line ends as one character."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class LineBuilder:
    """The pieces of one paragraph; texts alike in look and link are one."""

    def __init__(self) -> None:
        self._pieces: list[Inline] = []
        self._texts: list[str] = []  # of the last piece, not yet joined
        self._like = Text("")

    def __len__(self) -> int:
        return len(self._pieces) + bool(self._texts)

    def add(self, piece: Inline | None) -> None:
        """Add a piece as it is."""
        if isinstance(piece, Text):
            if (self._like.look, self._like.link) != (piece.look, piece.link):
                self._join()
            self._like = piece
            self._texts.append(piece.text)
        elif piece is not None:
            self._join()
            self._pieces.append(piece)

    def flow(self, text: str, look: Look, link: str) -> None:
        """Add text as HTML means it: blanks and line ends are one blank, at the start of a line none."""
        text = _BLANKS.sub(" ", text)
        if text.startswith(" ") and self._at_blank():
            text = text[1:]
        if text:
            self.add(Text(text, look, link))

    def _at_blank(self) -> bool:
        if self._texts:
            return self._texts[-1].endswith(" ")
        last = self._pieces[-1] if self._pieces else None
        return last is None or isinstance(last, Break) or (isinstance(last, Text) and last.text.endswith(" "))

    def _join(self) -> None:
        text = "".join(self._texts)
        if text:
            self._pieces.append(replace(self._like, text=text))
        self._texts = []

    def take(self) -> tuple[Inline, ...]:
        """Return the line and begin another one."""
        self._join()
        made, self._pieces = self._pieces, []
        return tuple(made)

    def take_flow(self) -> tuple[Inline, ...]:
        """Return the line without blanks at its end and before line breaks, and without breaks at its ends."""
        line = self.take()
        made = [piece for piece in map(_before_break, line, [*line[1:], Break()]) if piece is not None]
        while made and isinstance(made[-1], Break):
            made.pop()
        while made and isinstance(made[0], Break):
            made.pop(0)
        return tuple(made)


def _before_break(piece: Inline, following: Inline) -> Inline | None:
    if isinstance(piece, Text) and isinstance(following, Break) and piece.text.endswith(" "):
        text = piece.text.rstrip(" ")
        return replace(piece, text=text) if text else None
    return piece


def has_content(line: tuple[Inline, ...]) -> bool:
    """Return whether a line says or shows anything; a blank that does not break says nothing."""
    return any(isinstance(piece, Picture) or (isinstance(piece, Text) and piece.text.strip()) for piece in line)
