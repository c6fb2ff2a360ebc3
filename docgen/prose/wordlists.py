"""Floor 1, rules: lists in HTML that Word and Outlook wrote: paragraphs with a level and a bullet of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from docgen.prose.model import Block, Inline, Item, Listing, Numbers, Paragraph

_LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d)", re.IGNORECASE)
_MARK = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"\(?(?:(?P<number>\d{1,6})|(?P<letters>[a-zA-Z]{1,8}))[.)]")


@dataclass(frozen=True, slots=True)
class WordItem:
    """A paragraph that is an item of a list; `mark` is what stands before it: `1.`, `·`."""

    level: int
    mark: str
    content: tuple[Inline, ...]


def level_of(style: str) -> int:
    """Return the level that a paragraph's style attribute says, from 1; 0 where it is in no list."""
    found = _LEVEL.search(style)
    return int(found[1]) if found else 0


def is_mark(style: str) -> bool:
    """Return whether an element holds nothing but a bullet or a number."""
    return bool(_MARK.search(style))


def fold(blocks: Iterable[Block | WordItem]) -> tuple[Block, ...]:
    """Return blocks with the items that follow one another made into lists."""
    made: list[Block] = []
    waiting: list[WordItem] = []
    for block in blocks:
        if isinstance(block, WordItem):
            waiting.append(block)
            continue
        made += _lists(waiting)
        waiting = []
        made.append(block)
    return (*made, *_lists(waiting))


def _lists(items: list[WordItem]) -> list[Block]:
    made: list[Block] = []
    while items:
        level = items[0].level
        count = _count(items, level)
        made.append(_list(items[:count], level))
        items = items[count:]
    return made


def _count(items: list[WordItem], level: int) -> int:
    """Return how many items make one list: until one of a higher level, or of another sort, begins."""
    kind = _sort_of(items[0].mark)[0]
    for index, item in enumerate(items):
        if item.level < level or (item.level == level and _sort_of(item.mark)[0] != kind):
            return index
    return len(items)


def _list(items: list[WordItem], level: int) -> Listing:
    starts = [index for index, item in enumerate(items) if item.level == level]
    ends = [*starts[1:], len(items)]
    made = tuple(
        Item((Paragraph(items[start].content), *_lists(items[start + 1 : end])))
        for start, end in zip(starts, ends, strict=True)
    )
    ordered, numbers, start = _sort_of(items[0].mark)
    return Listing(made, ordered, start, numbers)


def _sort_of(mark: str) -> tuple[bool, Numbers, int]:
    """Return whether a list is numbered, how, and its first number."""
    found = _NUMBER.match(mark.strip())
    if found is None:
        return False, "", 1
    if found["number"]:
        return True, "decimal", int(found["number"])
    letters = found["letters"]
    if set(letters.lower()) <= set("ivx"):
        return True, "upper-roman" if letters.isupper() else "lower-roman", 1
    return True, "upper-letter" if letters.isupper() else "lower-letter", 1
