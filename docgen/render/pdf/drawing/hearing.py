"""Floor 2, edges: what page graphics would say aloud, so that it is said once. Knows neither pages nor the tree."""

from __future__ import annotations

from lxml import etree

_SAYS = ("alt", "value", "href")


def words_of(element: etree._Element) -> str:
    """Return the texts of an element as they are read, and what stands for its pictures, codes and links."""
    said = [*element.itertext(), *(each.get(name, "") for each in element.iter(etree.Element) for name in _SAYS)]
    return " ".join(" ".join(said).split())
