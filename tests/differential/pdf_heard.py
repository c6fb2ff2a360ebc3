"""What programs hear that read a PDF aloud: its structure tree with the texts of it, and what they pass over.

Reads the file through pikepdf, by what it says of itself alone: marked content, ToUnicode, ActualText.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf

#: Elements that only hold others together.
_GROUPS = frozenset({"THead", "TBody", "TFoot", "Div", "Document"})
_CHAR = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
_SHOWN = frozenset({"Tj", "TJ", "'", '"'})


@dataclass
class Heard:
    """An element, and what it holds in the order of reading: elements and texts.

    Attributes:
        said: alternative text, language, where a link leads, what the attributes of cells and lists say.
    """

    role: str
    kids: list[Heard | str] = field(default_factory=list)
    said: dict[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """Return all that is said within."""
        return "".join(kid if isinstance(kid, str) else kid.text() for kid in self.kids)


@dataclass
class Hearing:
    """A whole file: what is read, and the texts of what is passed over, one a piece."""

    kids: list[Heard | str]
    passed: list[str]


def hear(content: bytes) -> Hearing:
    """Return what a file says."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        fonts: dict[Any, dict[int, str]] = {}
        texts: dict[tuple[Any, int], str] = {}
        passed: list[str] = []
        for page in pdf.pages:
            marked = _Marked(page, fonts)
            passed += [text for text in marked.artifacts if text]
            texts |= {(page.obj.objgen, mark): text for mark, text in marked.texts.items()}
        kids = list(_kids(pdf.Root.StructTreeRoot, None, texts))
    assert not texts, f"marks that no element has: {texts}"
    return Hearing(kids, passed)


def _kids(node: Any, page: Any, texts: dict[tuple[Any, int], str]) -> Iterator[Heard | str]:
    """Yield what an element holds; each text is taken once."""
    kids = node.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield texts.pop((page.objgen, kid))
        elif kid.get("/Type") == "/MCR":
            yield texts.pop((kid.Pg.objgen, int(kid.MCID)))
        elif "/S" in kid:
            yield from _element(kid, kid.get("/Pg", page), texts)


def _element(node: Any, page: Any, texts: dict[tuple[Any, int], str]) -> Iterator[Heard | str]:
    role = str(node.S)[1:]
    kids = _joined(list(_kids(node, page, texts)))
    if role in _GROUPS:
        yield from kids
    else:
        yield Heard(role, kids, dict(_said(node)))


def _joined(kids: Sequence[Heard | str]) -> list[Heard | str]:
    """Return what is held, texts that stand side by side as one."""
    found: list[Heard | str] = []
    for kid in kids:
        last = found[-1] if found else None
        if isinstance(kid, str) and isinstance(last, str):
            found[-1] = last + kid
        else:
            found.append(kid)
    return found


def _said(node: Any) -> Iterator[tuple[str, object]]:
    for key, name in (("/Alt", "alt"), ("/Lang", "lang"), ("/ActualText", "actual")):
        if key in node:
            yield name, str(node[key])
    attributes = node.get("/A", pikepdf.Array())
    for owner in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        for key, value in owner.items():
            if key not in ("/O", "/BBox"):
                yield key[1:], str(value)[1:] if isinstance(value, pikepdf.Name) else int(value)
    if node.S == "/Link":
        yield "target", _leads(node)


def _leads(node: Any) -> str:
    kids = node.K if isinstance(node.K, pikepdf.Array) else [node.K]
    notes = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"]
    targets = {_target(kid.Obj) for kid in notes}
    assert len(targets) == 1, f"a link with {len(targets)} targets"
    return targets.pop()


def _target(note: Any) -> str:
    action = note.get("/A")
    return str(action.URI) if action is not None and "/URI" in action else "#"


class _Marked:
    """The texts of a page by their marks, and those of its decoration."""

    def __init__(self, page: Any, fonts: dict[Any, dict[int, str]]) -> None:
        self.texts: dict[int, str] = {}
        self.artifacts: list[str] = []
        self._page, self._fonts = page, fonts
        self._stack: list[tuple[str, Any]] = []
        self._font: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            self._take(operands, str(operator))
        assert not self._stack, "marks that do not end"

    def _take(self, operands: Any, operator: str) -> None:
        if operator in ("BDC", "BMC"):
            self._begin(str(operands[0]), operands[1] if operator == "BDC" else None)
        elif operator == "EMC":
            self._stack.pop()
        elif operator == "Tf":
            font = self._page.Resources.Font[operands[0]]
            if font.objgen not in self._fonts:
                self._fonts[font.objgen] = _meanings(font)
            self._font = self._fonts[font.objgen]
        elif operator in _SHOWN:
            shown = operands[-1]
            pieces = (
                [shown] if isinstance(shown, pikepdf.String) else [x for x in shown if isinstance(x, pikepdf.String)]
            )
            self._say("".join(self._read(bytes(piece)) for piece in pieces))

    def _begin(self, tag: str, more: Any) -> None:
        actual = str(more.ActualText) if more is not None and "/ActualText" in more else None
        if actual is not None:
            self._say(actual)
        if tag == "/Artifact":
            self.artifacts.append("")
        elif more is not None and "/MCID" in more:
            assert not any(tag in ("/Artifact", "mark") for tag, _ in self._stack), "content within content"
            self.texts[int(more.MCID)] = ""
            self._stack.append(("mark", int(more.MCID)))
            return
        self._stack.append((tag, actual))

    def _say(self, text: str) -> None:
        if any(tag == "/Span" and actual is not None for tag, actual in self._stack):
            return
        for tag, mark in self._stack:
            if tag == "mark":
                self.texts[mark] += text
                return
            if tag == "/Artifact":
                self.artifacts[-1] += text
                return
        raise AssertionError(f'neither content nor decoration: "{text}"')

    def _read(self, codes: bytes) -> str:
        return "".join(self._font[int.from_bytes(codes[at : at + 2], "big")] for at in range(0, len(codes), 2))


def _meanings(font: Any) -> dict[int, str]:
    found = _CHAR.findall(font.ToUnicode.read_bytes().decode("ascii"))
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in found if len(text) % 4 == 0}
