"""Floor 2, edges: the structure tree of a document as objects of its file (ISO 32000-1, 14.7 and 14.8).

What the layout says is written as it is, but for what PDF/UA refuses: levels of headings that are left out close up,
header cells say of what, figures say something. A link in decoration gets an element of its own at the end, since a
link outside the tree is one that nobody hears of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from docgen.pdfobjects import Pool, name, number, text, text_order
from docgen.render.pdf.layout.blocks import Link, Node, Sheet

#: Elements that readers know (14.8.4); others are said to be one of these.
STANDARD = frozenset(
    ["Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct",
     "Private", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH",
     "TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot",
     "Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP", "Figure", "Formula", "Form"]
)  # fmt: skip
ROLES = {"Title": "P", "Em": "Span", "Strong": "Span", "Sub": "Span", "Aside": "Div", "FENote": "Note"}
_OTHER_ROLE = "Div"
_OWNERS = {
    "Scope": "Table",
    "ColSpan": "Table",
    "RowSpan": "Table",
    "Headers": "Table",
    "Summary": "Table",
    "ListNumbering": "List",
}
_HEADINGS = {f"H{level}": level for level in range(1, 7)}
#: Elements of which nothing is to be checked -> how they begin.
_PLAIN = {role: f"<</S/{role}/P " for role in STANDARD - {*_HEADINGS, "TH", "Figure", "Formula", "Note"}}
_NEED_TEXT = frozenset({"Figure", "Formula"})
#: Elements that have an identifier (ISO 14289-1, 7.9).
_NAMED = frozenset({"Note", "FENote"})
#: What leads to the objects with the lowest numbers, which every file has.
_KEPT = 4096
_LEADS = [f"{at} 0 R" for at in range(_KEPT)]


class Tree:
    """A structure tree being written into a pool."""

    def __init__(self, pool: Pool, sheets: Sequence[Sheet], pages: Sequence[int], notes: Mapping[int, int]) -> None:
        """Begin.

        Args:
            pool: takes the objects.
            sheets: of the document.
            pages: their numbers in the file.
            notes: `id` of a link -> the number of its annotation.
        """
        self._pool = pool
        self._sheets = sheets
        self._pages = pages
        self._notes = notes
        self._first = 0
        self._bodies: list[str] = []
        self._parents = [["null"] * len(sheet.marks) for sheet in sheets]
        self._on_page = {sheet: f"/Pg {at} 0 R>>" for sheet, at in enumerate(pages)} | {-1: ">>"}
        self._heard: dict[int, int] = {}
        self._headings: list[int] = []
        self._roles: set[str] = set()
        self._named: list[tuple[str, int]] = []

    def write(self, root: Node, at: int, parent_tree: int, top: int) -> None:
        """Add the tree under a number reserved for its root, the parent tree and the top element under two others."""
        self._first = self._pool.next
        kids, page = self._write_kids(root.kids, top, f"{top} 0 R")
        for sheet in self._sheets:
            kids += [self._write_lone_link(link, top) for link in sheet.links if id(link) not in self._heard]
        self._pool.extend(self._bodies)
        self._pool.add(
            f"<</S{self._role(root.role)}/P {at} 0 R/K[{' '.join(kids)}]{self._more(root, top)}{self._on_page[page]}",
            top,
        )
        self._pool.add(f"<</Nums[\n{self._list_parents()}]>>", parent_tree)
        count = len(self._sheets) + len(self._heard)
        self._pool.add(
            f"<</Type/StructTreeRoot/K {top} 0 R/ParentTree {parent_tree} 0 R/ParentTreeNextKey {count}"
            f"{self._list_roles()}{self._list_names()}>>",
            at,
        )

    def _write_node(self, node: Node, parent: str) -> str:
        """Write an element and all below it; return what leads to it. This is where a file spends its time."""
        bodies = self._bodies
        index = len(bodies)
        at = self._first + index
        here = _LEADS[at] if at < _KEPT else f"{at} 0 R"
        role = node.role
        if role not in _PLAIN or node.attributes or node.alt or node.actual or node.language or node.title:
            head = f"<</S{self._role(role)}{self._more(node, at)}/P {parent}/K"
        else:
            head = f"{_PLAIN[role]}{parent}/K"
        kids = node.kids
        if len(kids) != 1:
            bodies.append("")
            written, page = self._write_kids(kids, at, here)
            bodies[index] = f"{head}[{' '.join(written)}]{self._on_page[page]}"
        elif type(kid := kids[0]) is tuple:
            sheet, mark = kid
            self._parents[sheet][mark] = here
            bodies.append(f"{head} {mark}{self._on_page[sheet]}")
        elif type(kid) is Node:
            bodies.append("")
            bodies[index] = f"{head} {self._write_node(kid, here)}>>"
        else:
            assert type(kid) is Link, "nothing else is below an element"
            bodies.append(f"{head} {self._hear(kid, at)}>>")
        return here

    def _write_kids(
        self, kids: Sequence[Node | tuple[int, int] | Link], at: int, here: str, page: int = -1
    ) -> tuple[list[str], int]:
        """Write what is below an element.

        Returns:
            What leads to each, and the page of the first mark among them, whose marks go by their number alone; -1
            without one.
        """
        written = []
        write_node = self._write_node
        for kid in kids:
            if type(kid) is Node:
                written.append(write_node(kid, here))
            elif type(kid) is tuple:
                sheet, mark = kid
                self._parents[sheet][mark] = here
                page = sheet if page < 0 else page
                found = f"<</Type/MCR/Pg {self._pages[sheet]} 0 R/MCID {mark}>>" if sheet != page else str(mark)
                written.append(found)
            else:
                assert type(kid) is Link, "nothing else is below an element"
                written.append(self._hear(kid, at))
        return written, page

    def _hear(self, link: Link, at: int) -> str:
        self._heard[id(link)] = at
        return f"<</Type/OBJR/Obj {self._notes[id(link)]} 0 R/Pg {self._pages[link.sheet]} 0 R>>"

    def _write_lone_link(self, link: Link, parent: int) -> str:
        at = self._first + len(self._bodies)
        self._bodies.append(f"<</S/Link/P {parent} 0 R/K {self._hear(link, at)}>>")
        return f"{at} 0 R"

    def _role(self, role: str) -> str:
        if role in _HEADINGS:
            return f"/H{self._heading(_HEADINGS[role])}"
        if role not in STANDARD:
            self._roles.add(role)
        return f"/{role}"

    def _heading(self, level: int) -> int:
        """Return the level a heading may have after those before it (ISO 14289-1, 7.4.2): none is left out."""
        while self._headings and self._headings[-1] >= level:
            self._headings.pop()
        self._headings.append(level)
        return len(self._headings)

    def _more(self, node: Node, at: int) -> str:
        more = ""
        role = node.role
        if node.attributes or role in _NAMED or role == "TH":
            more = self._attributes(node, at)
        said = node.alt or (node.actual or node.title if role in _NEED_TEXT else "")
        if said:
            more += f"/Alt{text(said)}"
        if node.actual:
            more += f"/ActualText{text(node.actual)}"
        if node.language:
            more += f"/Lang{text(node.language)}"
        if node.title:
            more += f"/T{text(node.title)}"
        return more

    def _attributes(self, node: Node, at: int) -> str:
        given = dict(node.attributes)
        name = str(given.pop("ID", "")) or (
            f"{node.role.lower()}-{len(self._named) + 1}" if node.role in _NAMED else ""
        )
        if node.role == "TH":
            given.setdefault("Scope", "Column")
        identifier = ""
        if name:
            self._named.append((name, at))
            identifier = f"/ID{text(name)}"
        return identifier + list_attributes(tuple(given.items()))

    def _list_parents(self) -> str:
        """Return the parent tree: for pages the element of each mark, for annotations that of their link."""
        lines = [f"{key}[{' '.join(parents)}]" for key, parents in enumerate(self._parents)]
        key = len(self._parents)
        for sheet in self._sheets:
            for link in sheet.links:
                lines.append(f"{key} {self._heard[id(link)]} 0 R")
                key += 1
        return "\n".join(lines)

    def _list_roles(self) -> str:
        if not self._roles:
            return ""
        return f"/RoleMap<<{''.join(f'/{role}/{ROLES.get(role, _OTHER_ROLE)}' for role in sorted(self._roles))}>>"

    def _list_names(self) -> str:
        if not self._named:
            return ""
        named = sorted(self._named, key=lambda one: text_order(one[0]))
        return f"/IDTree<</Names[{''.join(f'{text(key)}{at} 0 R' for key, at in named)}]>>"


@lru_cache(maxsize=4096)
def list_attributes(given: tuple[tuple[str, object], ...]) -> str:
    """Return the attributes of an element (14.8.5), each with those of its owner."""
    owners: dict[str, str] = {}
    for key, value in given:
        owner = _OWNERS.get(key, "Layout")
        owners[owner] = owners.get(owner, "") + f"/{key}{_value(value)}"
    written = [f"<</O/{owner}{entries}>>" for owner, entries in sorted(owners.items())]
    return f"/A{written[0]}" if len(written) == 1 else f"/A[{''.join(written)}]" if written else ""


def _value(value: object) -> str:
    match value:
        case int() | float():
            return f" {number(value)}"
        case tuple() | list():
            return f"[{' '.join(_item(item) for item in value)}]"
        case _:
            return name(str(value))


def _item(value: object) -> str:
    return number(value) if isinstance(value, int | float) else text(str(value))
