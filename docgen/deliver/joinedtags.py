"""Floor 2, edges: the structure of many documents as parts of one (ISO 32000-1, 14.7). Knows docgen's files only."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

from docgen.deliver.objectfile import ObjectFile
from docgen.deliver.parts import OwnPart
from docgen.deliver.pdftrees import Tree
from docgen.pdfobjects import renumber_own

_KEY = re.compile(r"/StructParent(s?) (\d+)")
#: In a parent tree as docgen writes it, each key begins a line.
_LINE = re.compile(r"^(\d+)", re.MULTILINE)
_ROLE = re.compile(rb"/(\w+)/(\w+)")
_HEADERS = re.compile(r"/Headers\[[^\]]*\]")
_NAMES = 256


class JoinedTags:
    """The structure of a joined file, which has an element of its own over those of the documents."""

    def __init__(self, file: ObjectFile) -> None:
        """Begin."""
        self._file = file
        self._root, self._document = file.reserve(), file.reserve()
        self._parents = Tree(file.reserve, self._write_node)
        self._tops = array("L")
        self._key = 0
        self._roles: dict[bytes, bytes] = {}
        self._names: list[tuple[str, int]] = []

    def open(self) -> None:
        """Reserve what `join` will need, which itself takes no numbers."""
        self._parents.parent()

    def join(self, part: OwnPart, numbers: dict[int, int]) -> list[str]:
        """Return the own objects of a document as they are to be written: parent tree, top element, pages and so on.

        Args:
            part: the document.
            numbers: the new number of each of its objects.
        """
        numbers[part.structure] = self._document
        order = sorted(part.objects)
        joined = renumber_own(b"\\0".join([part.objects[at] for at in order]), numbers).decode("latin-1")
        if part.ids:
            joined = self._rename(joined, part, numbers)
        parents, *bodies = joined.split("\\0")
        keys = _LINE.findall(parents)
        if self._key:
            parents = _LINE.sub(self._shift, parents)
            bodies = _KEY.sub(self._shift_key, "\\0".join(bodies)).split("\\0")
        first, last = self._key, self._key + len(keys) - 1
        parents = parents.replace("<<", f"<</Limits[{first} {last}]", 1)
        self._parents.add(numbers[part.first], (first, last))
        self._key = last + 1
        bodies[0] = bodies[0].replace("<<", f"<</Lang({part.language})", 1)
        self._tops.append(numbers[part.first + 1])
        self._roles.update(_ROLE.findall(part.roles))
        return [parents, *bodies]

    def close(self, *, is_whole: bool) -> str:
        """Write the rest; return what the catalog says. `is_whole`: all of the file is tagged."""
        if not self._tops:
            return ""
        kids = " ".join([f"{at} 0 R" for at in self._tops])
        self._file.settle(self._document, f"<</S/Document/P {self._root} 0 R/K[{kids}]>>".encode())
        parents = self._parents.close()
        roles = "".join(f"/{role}/{known}" for role, known in self._list_roles())
        head = f"<</Type/StructTreeRoot/K {self._document} 0 R/ParentTree {parents} 0 R/ParentTreeNextKey {self._key}"
        more = (f"/RoleMap<<{roles}>>" if roles else "") + self._write_names()
        self._file.settle(self._root, f"{head}{more}>>".encode())
        return f"/StructTreeRoot {self._root} 0 R/MarkInfo<</Marked {'true' if is_whole else 'false'}>>"

    def _list_roles(self) -> list[tuple[str, str]]:
        return sorted((role.decode(), known.decode()) for role, known in self._roles.items())

    def _shift(self, found: re.Match[str]) -> str:
        return str(int(found[1]) + self._key)

    def _shift_key(self, found: re.Match[str]) -> str:
        return f"/StructParent{found[1]} {int(found[2]) + self._key}"

    def _rename(self, joined: str, part: OwnPart, numbers: dict[int, int]) -> str:
        """Let identifiers, which are one document's own, begin with its number."""
        prefix = f"({len(self._tops):07d}-"
        for name, at in part.ids:
            old = name.decode("latin-1")
            new = prefix + old.removeprefix("(")
            joined = joined.replace(f"/ID{old}", f"/ID{new}")
            self._names.append((new, numbers[at]))
        return _HEADERS.sub(lambda found: found[0].replace("(", prefix), joined)

    def _write_node(self, at: int, kids: Sequence[int], keys: tuple[int, int], count: int, parent: int) -> None:
        limits = f"/Limits[{keys[0]} {keys[1]}]" if parent else ""
        listed = " ".join([f"{kid} 0 R" for kid in kids])
        self._file.settle(at, f"<<{limits}/Kids[{listed}]>>".encode())

    def _write_names(self) -> str:
        if not self._names:
            return ""
        leaves = []
        for start in range(0, len(self._names), _NAMES):
            names = sorted(self._names[start : start + _NAMES])
            listed = "".join(f"{name}{at} 0 R" for name, at in names)
            leaves.append(f"<</Limits[{names[0][0]}{names[-1][0]}]/Names[{listed}]>>")
        first = self._file.write_block(leaves)
        return f"/IDTree<</Kids[{' '.join(f'{first + index} 0 R' for index in range(len(leaves)))}]>>"
