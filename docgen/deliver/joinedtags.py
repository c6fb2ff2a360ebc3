"""Floor 2, edges: the structure of many documents as parts of one (ISO 32000-1, 14.7). Knows docgen's files only."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

from docgen.deliver.objectfile import ObjectFile
from docgen.deliver.parts import OwnPart
from docgen.deliver.pdftrees import Tree
from docgen.pdfobjects import outside_texts, read_text, renumber_own, text, text_order

#: Between objects that are renumbered as one: a byte that no object of docgen has, texts included.
_BETWEEN = b"\0"
_KEY = outside_texts(rb"/StructParents? (\d+)")
#: In a parent tree as docgen writes it, each key begins a line.
_LINE = re.compile(r"^(\d+)", re.MULTILINE)
_ROLE = re.compile(rb"/(\w+)/(\w+)")
_HEADERS = outside_texts(rb"/Headers\[([^\]()<>]*(?:(?:\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]*>) *)*)\]")
_TEXT = outside_texts(b"(?!)")
#: How objects begin that have a key in the parent tree.
_KEYED = b"<</Type/Page/", b"<</Type/Annot/"
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
        joined = _BETWEEN.join([part.objects[at] for at in order])
        if joined.count(_BETWEEN) != len(order) - 1:
            raise ValueError("an object of docgen has no such byte")
        parents, *bodies = renumber_own(joined, numbers).split(_BETWEEN)
        if part.ids:
            self._rename(bodies, order, part, numbers)
        tree = parents.decode("latin-1")
        count = len(_LINE.findall(tree))
        if self._key:
            tree = _LINE.sub(self._shift, tree)
            bodies = [_KEY.sub(self._shift_key, body) if body.startswith(_KEYED) else body for body in bodies]
        first, last = self._key, self._key + count - 1
        tree = tree.replace("<<", f"<</Limits[{first} {last}]", 1)
        self._parents.add(numbers[part.first], (first, last))
        self._key = last + 1
        bodies[0] = bodies[0].replace(b"<<", f"<</Lang({part.language})".encode(), 1)
        self._tops.append(numbers[part.first + 1])
        self._roles.update(_ROLE.findall(part.roles))
        return [tree, *[body.decode("latin-1") for body in bodies]]

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

    def _shift_key(self, found: re.Match[bytes]) -> bytes:
        if found[1] is None:
            return found[0]
        return b"%b %d" % (found[0].partition(b" ")[0], int(found[1]) + self._key)

    def _rename(self, bodies: list[bytes], order: Sequence[int], part: OwnPart, numbers: dict[int, int]) -> None:
        """Let identifiers, which are one document's own, begin with its number."""

        def change(written: bytes) -> str:
            return text(f"{len(self._tops):07d}-{read_text(written)}")

        def change_headers(found: re.Match[bytes]) -> bytes:
            if found[1] is None:
                return found[0]
            return b"/Headers[%b]" % _TEXT.sub(lambda one: change(one[0]).encode(), found[1])

        places = {at: index for index, at in enumerate(order[1:])}
        for name, at in part.ids:
            index, new = places[at], change(name)
            bodies[index] = bodies[index].replace(b"/ID" + name, f"/ID{new}".encode(), 1)
            self._names.append((new, numbers[at]))
        for index, body in enumerate(bodies):
            if b"/Headers[" in body:
                bodies[index] = _HEADERS.sub(change_headers, body)

    def _write_node(self, at: int, kids: Sequence[int], keys: tuple[int, int], count: int, parent: int) -> None:
        limits = f"/Limits[{keys[0]} {keys[1]}]" if parent else ""
        listed = " ".join([f"{kid} 0 R" for kid in kids])
        self._file.settle(at, f"<<{limits}/Kids[{listed}]>>".encode())

    def _write_names(self) -> str:
        if not self._names:
            return ""
        leaves = []
        # Not as they are written: in hex come after the others.
        ordered = sorted(self._names, key=lambda one: text_order(read_text(one[0].encode())))
        for start in range(0, len(ordered), _NAMES):
            names = ordered[start : start + _NAMES]
            listed = "".join(f"{name}{at} 0 R" for name, at in names)
            leaves.append(f"<</Limits[{names[0][0]}{names[-1][0]}]/Names[{listed}]>>")
        first = self._file.write_block(leaves)
        return f"/IDTree<</Kids[{' '.join(f'{first + index} 0 R' for index in range(len(leaves)))}]>>"
