"""Makes an RML document that fails as small as it gets while it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree


def shrunk(document: str, fails: Callable[[str], bool], attempts: int = 400) -> str:
    """Return a smaller document for which `fails` still holds.

    Args:
        document: one that fails.
        fails: whether a document fails as the first one does.
        attempts: how many documents are tried at most.
    """
    left, smaller = attempts, True
    while smaller and left > 0:
        smaller = False
        for candidate in _smaller(document):
            left -= 1
            if fails(candidate):
                document, smaller = candidate, True
                break
            if left <= 0:
                break
    return document


def _smaller(document: str) -> Iterator[str]:
    """Yield documents with one thing less, large things first."""
    count = len(list(etree.fromstring(document.encode()).iter(etree.Element)))
    for number in range(1, count):
        for change in (_without, _unwrapped):
            yield from _changed(document, number, change)
    for number in range(1, count):
        root = etree.fromstring(document.encode())
        for name in _nth(root, number).attrib:
            yield from _changed(document, number, lambda element, name=name: _drop(element, name))
    for number in range(1, count):
        yield from _changed(document, number, _with_half_its_text)
        yield from _changed(document, number, _without_tail)


def _changed(document: str, number: int, change: Callable[[etree._Element], bool]) -> Iterator[str]:
    root = etree.fromstring(document.encode())
    if change(_nth(root, number)):
        yield etree.tostring(root, encoding="unicode")


def _nth(root: etree._Element, number: int) -> etree._Element:
    return list(root.iter(etree.Element))[number]


def _without(element: etree._Element) -> bool:
    if element.tag in ("template", "story", "stylesheet"):
        return False
    element.getparent().remove(element)
    return True


def _unwrapped(element: etree._Element) -> bool:
    if not len(element) or element.tag in ("template", "story", "stylesheet", "pageTemplate", "document"):
        return False
    for child in element:
        element.addprevious(child)
    element.getparent().remove(element)
    return True


def _drop(element: etree._Element, name: str) -> bool:
    del element.attrib[name]
    return True


def _with_half_its_text(element: etree._Element) -> bool:
    parts = (element.text or "").split(" ")
    if len(parts) < 2:
        return False
    element.text = " ".join(parts[: len(parts) // 2])
    return True


def _without_tail(element: etree._Element) -> bool:
    if not (element.tail or "").strip():
        return False
    element.tail = None
    return True
