"""Floor 2, edges: which field of the record the name in a merge field means. Knows no XML.

Word's own lists change names: `First Name` becomes `First_Name`, signs vanish, capitals do not count. So a name means
the declared field that it spells in that loose way; one that means none stays as it is, and checking says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from docgen.fields import FieldSpec
from docgen.merge import RESERVED

Known: TypeAlias = "dict[str, Known]"

#: Names that Jinja keeps for itself.
_WORDS = frozenset(("and", "or", "not", "in", "is", "if", "else", "elif", "true", "false", "none", "loop", "self",
                    "super", "caller", "varargs", "kwargs", "True", "False", "None"))  # fmt: skip
_UNSAFE = re.compile(r"[\\\"{}<>&“”‘’„‟\x00-\x1f\ud800-\udfff]")


def literal(text: str) -> str:
    """Return a text as Jinja writes it, without signs that docxtpl or XML would change."""
    return '"' + _UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text) + '"'


@dataclass(frozen=True)
class Region:
    """A part of the document that is repeated.

    Attributes:
        name: as its first field says it.
        variable: what one element is called.
        known: the element's fields.
    """

    name: str
    variable: str
    known: Known


def known_fields(specs: Mapping[str, FieldSpec], computed: Iterable[str] = ()) -> Known:
    """Return the fields that are declared, and those that are computed, each with those under it."""
    known = {name: known_fields(spec.fields) for name, spec in specs.items()}
    for path in sorted({*computed, *RESERVED}):
        level = known
        for step in path.replace("[]", "").split("."):
            level = level.setdefault(step, {})
    return known


def own_prefix(text: str, known: Known) -> str:
    """Return what neither a name in a text begins with, nor a known field."""
    prefix = "docgen_"
    while prefix in text or any(name.startswith(prefix) for name in known):
        prefix += "_"
    return prefix


class FieldNames:
    """Finds the fields that names mean."""

    def __init__(self, known: Known, mapped: Mapping[str, str], *, moving: bool, own: str) -> None:
        r"""Keep what is known.

        Args:
            known: of `known_fields`.
            mapped: the names that `\m` asks for, in small letters -> what the document's settings map them to.
            moving: the document goes from record to record, so that a field must be looked up when it is printed.
            own: what names begin with that the translation needs for itself: of `own_prefix`.
        """
        self._known = known
        self._mapped = mapped
        self._moving = moving
        self._own = own

    def variable(self, text: str) -> str:
        """Return a name for the translation's own use."""
        # Fractions and their like are letters to a regular expression, and none of a name.
        return self._own + "".join(char if f"_{char}".isidentifier() else "_" for char in text)

    def mapped(self, name: str) -> str:
        """Return the column that a name of Word's address lists stands for."""
        return self._mapped.get(" ".join(name.lower().replace("_", " ").split()), name)

    def find(self, name: str, regions: Sequence[Region]) -> tuple[str, Known]:
        """Return the expression that gives a field, and what is known under it: the innermost region's own first."""
        for region in reversed(regions):
            if path := _path(name, region.known):
                return region.variable + "".join(_step(step) for step, _ in path), path[-1][1]
        path = _path(name, self._known)
        if path is None and regions:
            # Of a list whose elements nobody declared, or misspelt: checking tells.
            return regions[-1].variable + _step(name), {}
        path = path or [(name, {})]
        return self._first(path[0][0]) + "".join(_step(step) for step, _ in path[1:]), path[-1][1]

    def _first(self, name: str) -> str:
        if not self._moving and _is_plain(name):
            return name
        return f"merge_field({literal(name)})"


def _is_plain(name: str) -> bool:
    return name.isidentifier() and name not in _WORDS


def _step(name: str) -> str:
    return f".{name}" if _is_plain(name) else f"[{literal(name)}]"


def _path(name: str, known: Known) -> list[tuple[str, Known]] | None:
    """Follow a name, with points between its steps, through what is known."""
    if (found := _match(name, known)) is not None:
        return [(found, known[found])]
    first, point, rest = name.partition(".")
    if not point or (found := _match(first, known)) is None:
        return None
    below = _path(rest, known[found])
    return None if below is None else [(found, known[found]), *below]


def _match(name: str, known: Collection[str]) -> str | None:
    """Return the one known name that is spelt like `name`: exactly, but for capitals, but for blanks and signs."""
    if name in known:
        return name
    for loosely in (str.casefold, _bare):
        found = [one for one in known if loosely(one) == loosely(name)]
        if len(found) == 1:
            return found[0]
    return None


def _bare(name: str) -> str:
    letters = re.sub(r"[\W_]", "", name.casefold())
    # Word puts M_ before a name that begins with a digit.
    return letters[1:] if re.match(r"m_?\d", name.casefold()) else letters
