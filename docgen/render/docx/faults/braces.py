"""Floor 2, edges: where a template's tags begin and end in a text, and what is wrong with their braces.

Looks at braces, quotes and nothing else: what stands between them is not understood here. Knows no markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

OPENING = re.compile(r"\{[{%#]")
CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PIECE = re.compile(
    r"'[^'\n]*'|\"[^\"\n]*\"|“[^“”„\"{}]*[“”]|„[^“”„\"{}]*[“”\"]|‘[^‘’{}]*’|\{[{%#]|[}%]\}|[{}]",
)
#: An apostrophe and a quotation mark of other tags, with what stands between them.
_ACROSS = re.compile(r"[}%]\}.*\{[{%]")
#: Braces that nearly are a tag's, in text that no tag takes up.
_ALMOST = re.compile(
    r"\{\s+\{[^{}]*\}\s*\}|\{\s*[\w.\[\]]+(?:\s*\|[^{}]*)?\s*\}\}"
    r"|\{\s+%[^{}%]*%\s*\}|\{\s*%[^{}%]*%\s+\}|\{\s*(?:if|for|endif|endfor|else|elif|set)\b[^{}%]*%\}"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A tag in a text.

    Attributes:
        opening: `{{`, `{%` or `{#`; of braces that nearly are a tag's, what they should be.
        start: of its first brace.
        end: behind its last brace, or behind what there is of it.
        problem: what is wrong with its braces, "" for nothing.
        open: the text ends before it does.
    """

    opening: str
    start: int
    end: int
    problem: str = ""
    hint: str = ""
    open: bool = False


def find_spans(text: str, at: int = 0) -> Iterator[Span]:
    """Yield the tags of a text from left to right."""
    while opening := OPENING.search(text, at):
        yield from _almost(text, at, opening.start())
        span = _span(text, opening.start(), opening[0])
        yield span
        at = span.end
    yield from _almost(text, at, len(text))


def _almost(text: str, start: int, end: int) -> Iterator[Span]:
    if text.find("}", start, end) < 0:
        return
    for found in _ALMOST.finditer(text, start, end):
        kind = "{%" if "%" in found[0] else "{{"
        inner = found[0].strip("{}% \t\xa0").strip()
        meant = f"{kind} {inner} {CLOSING[kind]}"
        reason = (
            "a blank stands between the braces" if found[0].count("{") == 2 or kind == "{%" else "a brace is missing"
        )
        yield Span(kind, found.start(), found.end(), f"{reason}, so this is printed as it stands", f"write {meant}")


def _span(text: str, start: int, opening: str) -> Span:
    if opening == "{#":
        end = text.find("#}", start + 2)
        return Span(opening, start, end + 2) if end >= 0 else _unclosed(text, start, opening, len(text))
    at, depth = start + 2, 0
    while found := _PIECE.search(text, at):
        piece, at = found[0], found.end()
        if piece[0] in "'\"" and _ACROSS.search(piece):
            at = found.start() + 1
        elif piece == "{":
            depth += 1
        elif piece[0] == "{":
            return _within(text, start, opening, found.start())
        elif piece == "}" or (piece == "}}" and depth):
            at = found.start() + 1
            depth -= 1
            if depth < 0:
                return _half_closed(text, start, opening, at)
        elif piece == CLOSING[opening]:
            return Span(opening, start, at)
        elif piece in ("}}", "%}"):
            closing = CLOSING[opening]
            hint = f"write {closing} at its end"
            return Span(opening, start, at, f"the tag begins with {opening} and ends with {piece}", hint)
    return _unclosed(text, start, opening, len(text))


def _within(text: str, start: int, opening: str, inner: int) -> Span:
    """Return the fault of a tag in which another begins: it was not closed, or one stands in the other."""
    inner_end = text.find(CLOSING[text[inner : inner + 2]], inner + 2)
    following = OPENING.search(text, inner + 2)
    limit = following.start() if following else len(text)
    end = text.find(CLOSING[opening], inner_end + 2, limit) if 0 <= inner_end < limit else -1
    if end < 0:
        return _unclosed(text, start, opening, inner)
    hint = "inside a tag, names stand without braces" if opening == "{%" else "write one pair of braces"
    return Span(opening, start, end + 2, "braces stand inside braces", hint)


def _half_closed(text: str, start: int, opening: str, end: int) -> Span:
    spaced = re.compile(r"\s+\}").match(text, end)
    if opening == "{{" and spaced:
        return Span(opening, start, spaced.end(), "a blank stands between the last two braces", "write }}")
    blank = opening == "{%" and re.compile(r"%\s+\}$").search(text, start, end)
    problem = "a blank stands between % and }" if blank else "the tag ends with one brace"
    return Span(opening, start, end, problem, f"write {CLOSING[opening]} at its end")


def _unclosed(text: str, start: int, opening: str, end: int) -> Span:
    closing = CLOSING[opening]
    kept = len(text[:end].rstrip())
    hint = f"write {closing} behind it" if opening != "{#" else "write #} where the remark ends"
    return Span(opening, start, max(kept, start + 2), "the tag is never closed", hint, open=end == len(text))
