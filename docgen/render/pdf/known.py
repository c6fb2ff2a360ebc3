"""Floor 2, edges: which merged bodies need no second look by `safety`.

Records differ in their values, hardly ever in their tags. A body that passed unchanged teaches its tags, each with the
elements around it; a later body made of such tags alone is as safe, since values are escaped and bring none of their
own. Where attributes differ, that one tag is looked at. It decides nothing by itself: what it does not know goes to
`safety` whole.
"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from docgen.errors import raise_faults
from docgen.render.pdf.elements import write_out
from docgen.render.pdf.safety import FILE_TAGS, NO_TEXT, Rules, make_safe, place_files

#: A text behind a tag, which becomes a full stop: what it says does not count.
_TEXT = re.compile(r">\s*+[^<\s][^<]*")
#: A tag, and whether text follows it.
_PIECES = re.compile(r"<([^>]*)>\s*([^<]?)")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_OWN = re.compile("<(?:addressWindow|epcQr|markdown|letterhead)\\b")
#: Of these it counts whether text begins them: beside blocks it would be dropped.
_TEXT_COUNTS = NO_TEXT | {"td"}
_STAY, _LEAVE = -1, -2
_MOST = 50_000
#: So many characters of lines are remembered.
_MOST_LETTERS = 4_000_000

#: What is around it, the tag as written, whether a tag follows it at once.
_Key = tuple[int, str, bool]


class KnownTags:
    """What was learned of one template's bodies."""

    def __init__(self) -> None:
        self._steps: dict[_Key, int] = {}
        self._shapes: dict[_Key, int] = {}
        self._paths: dict[tuple[int, str, bool], int] = {}
        self._above = [0]
        self._lines: dict[tuple[int, str], int] = {}
        self._room = self._tags_room = _MOST_LETTERS
        self._files: dict[tuple[str, frozenset[Path]], str] = {}

    def make_safe(self, root: etree._Element, merged: str, rules: Rules) -> bool:
        """Check the tree of a merged body and make its file names absolute, in place, as `safety.make_safe` does.

        Returns:
            Whether all its tags were known, so that nothing else was changed.

        Raises:
            TemplateError: something in it is not allowed.
        """
        faults = write_out(root, rules.file) if _OWN.search(merged) else []
        if not faults and "<markdown" not in merged and self.holds(merged, rules):
            self._place_files(root, rules)
            return True
        before = _described(root)
        raise_faults([*faults, *make_safe(root, rules)])
        if _described(root) == before and not _hides_tags(merged):
            self.learn(merged)
        return False

    def _place_files(self, root: etree._Element, rules: Rules) -> None:
        """Make file names absolute; where one leads is looked up once, whoever reads the file finds it gone."""
        for element in root.iter(*FILE_TAGS):
            for attribute in FILE_TAGS[str(element.tag)]:
                name = element.get(attribute)
                if name is None:
                    continue
                found = rules.pictures.get(name) or self._files.get((name, rules.extra_files))
                if found is None:
                    place_files(element, rules)
                    found = self._files[name, rules.extra_files] = element.get(attribute, "")
                element.set(attribute, found)

    def holds(self, merged: str, rules: Rules) -> bool:
        """Return whether a merged body has known tags only, and so passes `make_safe` unchanged, file names apart.

        Most lines of a body are those of the one before. Where they lead depends on nothing but what they stand in,
        since a line ends with a tag that no text follows.
        """
        if merged.count("<") != merged.count(">") or _hides_tags(merged):  # one in an attribute could hide others
            return False
        lines, state = self._lines, 0
        for line in _TEXT.sub(">.", f"{merged.rstrip()}\n").split(">\n"):
            after = lines.get((state, line))
            if after is None:
                after = self._follow(state, line, rules)
                if after is None:
                    return False
            state = after
        return True

    def _follow(self, start: int, line: str, rules: Rules) -> int | None:
        """Return what stands open after a line, None where it has a tag that is not known there."""
        state = start
        for tag, text in _PIECES.findall(line + ">"):
            key = (state, tag, not text)
            step = self._steps.get(key)
            if step is None:
                step = self._look(key, rules)
            if step is None:
                return None
            if step != _STAY:
                state = self._above[state] if step == _LEAVE else step
        if len(line) < self._room:
            self._room -= len(line)
            self._lines[start, line] = state
        return state

    def _look(self, key: _Key, rules: Rules) -> int | None:
        """Look at one tag whose like is known, with other values in its attributes."""
        state, tag, bare = key
        step = self._shapes.get((state, _shape(tag), bare))
        if step is None:
            return None
        try:
            root = etree.fromstring(f"<story><{tag.removesuffix('/')}/></story>")
        except etree.XMLSyntaxError:
            return None
        if write_out(root, rules.file):
            return None
        before = _described(root)
        if make_safe(root, rules) or _described(root) != before:
            return None
        self._keep(self._steps, key, step)
        return step

    def _keep(self, known: dict[_Key, int], key: _Key, step: int) -> None:
        """Keep what was learned, as long as tags are few and short; what is not kept is looked at again."""
        if key not in known and len(known) < _MOST and len(key[1]) <= self._tags_room:
            known[key] = step
            self._tags_room -= len(key[1])

    def learn(self, merged: str) -> None:
        """Take the tags of a body for known that passed `make_safe` unchanged."""
        state = 0
        for tag, text in _PIECES.findall(merged):
            step = self._step(state, tag, bare=not text)
            if step is None:
                return
            self._keep(self._steps, (state, tag, not text), step)
            if _ATTRIBUTE.search(tag):
                self._keep(self._shapes, (state, _shape(tag), not text), step)
            if step != _STAY:
                state = self._above[state] if step == _LEAVE else step

    def _step(self, state: int, tag: str, *, bare: bool) -> int | None:
        """Return where a tag leads, None where no more places can be kept."""
        if tag.startswith("/"):
            return _LEAVE
        if tag.endswith("/") or tag.startswith(("!", "?")):
            return _STAY
        name = tag.split(None, 1)[0]
        place = state, name, bare or name not in _TEXT_COUNTS
        if place not in self._paths:
            if len(self._paths) >= _MOST:
                return None
            self._paths[place] = len(self._above)
            self._above.append(state)
        return self._paths[place]


def _hides_tags(merged: str) -> bool:
    """Return whether it has what tags can be written in without being any: comments, sections, instructions."""
    return "<!" in merged or merged.find("<?", 1) >= 0


def _shape(tag: str) -> str:
    """Return a tag without the values of its attributes."""
    return _ATTRIBUTE.sub(r"\1", tag)


def _described(root: etree._Element) -> list[object]:
    """Return tags, attributes and texts.

    Left out are the names of files, which are made absolute for each document, and the letter case of attributes, which
    is only put right for z3c.rml.
    """
    return [
        (
            element.tag,
            {name.lower(): value for name, value in element.items() if name not in FILE_TAGS.get(element.tag, ())},
            element.text,
            element.tail,
        )
        for element in root.iter()
    ]
