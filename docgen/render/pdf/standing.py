"""Floor 2, edges: standing type: pages that were laid out before, printed again with other texts.

Where a layout asked no more of a text than its height, another document of the same template, with texts of the same
heights, has each of its texts in the same place; so do its structure and all objects of its file. Such a document is
not parsed, checked or laid out. What is kept answers for the whole of it: everything a layout looked at is in its key.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from docgen.render.pdf.cutting import Cut, read
from docgen.render.pdf.file import Said
from docgen.render.pdf.file.standing import StandingFile
from docgen.render.pdf.layout.blocks import FontUse
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.paraheard import Ear, Filled
from docgen.render.pdf.layout.paraplain import Setter, Setting
from docgen.render.pdf.layout.wrong import WRONG

#: So many characters of layouts are kept; then all begins anew.
_MOST = 12_000_000
#: What a layout takes besides its characters.
_ENTRY = 4_000
#: So many templates and layouts are known to have come once. What comes twice is kept.
_MOST_SEEN = 10_000
#: Documents that differ in texts alone may be asked for different ones of those; so many ways are told apart.
_MOST_PLANS = 3
#: A picture of a body, and what tells whether it is still the same.
Stamp = tuple[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Sheets with room for texts, and the file around them."""

    sheets: Sequence[Filled]
    file: StandingFile


@dataclass(slots=True)
class _Plan:
    """What is known of documents that differ in texts alone.

    Attributes:
        setters: what sets each text; None for one of which a layout asks more than its height.
        stamps: of the files it draws.
        language: of the documents.
        headings: the numbers of texts that are headings: with markup or `&` those are set otherwise.
    """

    setters: tuple[Setter | None, ...]
    stamps: tuple[Stamp, ...]
    language: str
    headings: frozenset[int]
    layouts: dict[Hashable, Layout] = field(default_factory=dict)


@dataclass(slots=True)
class Order:
    """A document to be printed.

    Attributes:
        key: all it depends on but its texts, as they are written, and what it says of itself.
        layout: it stands in, None where it has to be laid out.
        settings: its texts as they are set, by number.
        worth: it is worth keeping.
    """

    key: Hashable
    template: str
    texts: Sequence[str]
    said: Said
    layout: Layout | None = None
    settings: Sequence[Setting | None] = ()
    worth: bool = False

    def contents(self) -> list[str]:
        """Return what stands on each sheet."""
        assert self.layout is not None
        found = []
        for pieces, numbers in self.layout.sheets:
            out = [*pieces]
            out[1::2] = [self.settings[number].ops for number in numbers]  # type: ignore[union-attr]
            found.append("".join(out))
        return found


class Standing:
    """The layouts of one template's documents."""

    def __init__(self) -> None:
        self._plans: dict[Hashable, list[_Plan]] = {}
        self._seen: set[int] = set()
        self._weight = 0

    def find(self, cut: Cut, key: Hashable, said: Said, make_maker: Callable[[str], Maker]) -> Order:
        """Return how to print a document.

        Args:
            cut: its body.
            key: all that its pages depend on but its texts.
            said: what it says of itself.
            make_maker: for texts that are new.
        """
        texts = cut.texts
        order = Order(key, cut.template, texts, said)
        plans = self._plans.get(key)
        if plans is None:
            order.worth = self._came_before(hash(key))
        elif plans and not _are_same(plans[0].stamps):
            del self._plans[key]
        elif plans and len(texts) == len(plans[0].setters):
            self._choose(order, plans, make_maker)
        return order

    def _choose(self, order: Order, plans: Iterable[_Plan], make_maker: Callable[[str], Maker]) -> None:
        """Find the layout that a document stands in."""
        kinds = []
        for plan in plans:
            settings = _set(plan, order.texts, make_maker)
            if settings is not None:
                kinds.append(_kind(settings, order.texts))
                order.layout, order.settings = plan.layouts.get(kinds[-1]), settings
                if order.layout is not None:
                    return
        order.worth = bool(kinds) and self._came_before(hash((order.key, *kinds)))

    def keep(
        self,
        order: Order,
        ear: Ear,
        setters: tuple[Setter | None, ...],
        sheets: Sequence[Filled],
        file: StandingFile,
        files: Iterable[str],
    ) -> None:
        """Keep the layout of a document that was worth it, and what set its texts."""
        plans = self._plans.setdefault(order.key, [])
        plan = next((plan for plan in plans if plan.setters == setters), None)
        if plan is None:
            try:
                stamps = tuple((name, _stamp(name)) for name in files)
            except OSError:
                return  # a picture is gone: what was drawn with it is not to be printed again
            plan = _Plan(setters, stamps, file.language, frozenset(ear.headings))
            plans[_MOST_PLANS - 1 :] = []
            plans.append(plan)
            self._weight += _ENTRY
        settings = [None if setter is None else ear.setting(number, setter) for number, setter in enumerate(setters)]
        plan.layouts[_kind(settings, order.texts)] = Layout([sheet.without(setters) for sheet in sheets], file)
        self._weight += _ENTRY + file.weight + sum(len(piece) for sheet in sheets for piece in sheet.pieces)
        if self._weight > _MOST:
            self._plans.clear()
            self._weight = 0

    def refuse(self, order: Order) -> None:
        """Let documents like one be laid out each, unless some stand already."""
        self._plans.setdefault(order.key, [])

    def _came_before(self, mark: int) -> bool:
        if mark in self._seen:
            return True
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        self._seen.add(mark)
        return False


def _set(plan: _Plan, texts: Sequence[str], make_maker: Callable[[str], Maker]) -> list[Setting | None] | None:
    """Return texts as they are set; None where one cannot be set in the short way."""
    if any("&" in texts[number] or "<" in texts[number] for number in plan.headings):
        return None
    found = [setter and setter.written.get(text) for setter, text in zip(plan.setters, texts, strict=True)]
    if None not in found and False not in found:
        return found  # type: ignore[return-value]
    maker = None
    for at, (setter, setting) in enumerate(zip(plan.setters, found, strict=True)):
        if setter is not None and setting is None:
            maker = maker or make_maker(plan.language)
            found[at] = setting = _set_new(setter, texts[at], maker)
        if setting is False:
            return None
    return found  # type: ignore[return-value]


def _set_new(setter: Setter, written: str, maker: Maker) -> Setting | Literal[False]:
    """Return a text that is not among the recent ones, as it is set; False where it cannot be in the short way."""
    text = read(written)
    if text is None:
        return False
    try:
        found = setter.recent.get(text)
        found = setter.written[written] = setter.set(text, maker) if found is None else found
    except WRONG:
        return False
    return found


def _kind(settings: Sequence[Setting | None], texts: Sequence[str]) -> Hashable:
    """Return all that a layout depends on of its texts: heights, the fonts of the file, what else was looked at."""
    known: tuple[str, ...] = ()
    if None in settings:
        known = tuple(text for setting, text in zip(settings, texts, strict=True) if setting is None)
    found = [setting for setting in settings if setting is not None]
    uses = {setting[2] for setting in found}
    return tuple([setting[0] for setting in found]), frozenset[FontUse]().union(*uses), known


def _stamp(name: str) -> tuple[int, int]:
    stat = os.stat(name)
    return stat.st_mtime_ns, stat.st_size


def _are_same(stamps: Iterable[Stamp]) -> bool:
    try:
        return all(_stamp(name) == stamp for name, stamp in stamps)
    except OSError:
        return False
