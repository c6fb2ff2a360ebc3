"""Floor 2, edges: the paper of a Word document whose template leaves it to the company: A4 or Letter.

Changes size and side margins of sections, nothing else: text keeps its width, so that tables and tabs fit as before.
"""

from __future__ import annotations

import re

#: Width and height upright, in twentieths of a point (ECMA-376 part 1, 17.6.13): 210 x 297 mm, 8.5 x 11 inches.
_SIZES = {"a4": (11906, 16838), "letter": (12240, 15840)}
#: By how much a page may differ: Word itself writes A4 in more than one way.
_TOLERANCE = 20
#: What printers cannot reach, 10 mm.
_LEAST_MARGIN = 567
_SECTION = re.compile(rb"<w:sectPr\b.*?</w:sectPr>", re.DOTALL)
_SIZE, _MARGINS = re.compile(rb"<w:pgSz\b[^>]*>"), re.compile(rb"<w:pgMar\b[^>]*>")


def fit_pages(markup: bytes, paper: str) -> bytes:
    """Return the markup of a document with its A4 and Letter pages on this paper.

    Args:
        markup: of the main part.
        paper: `a4` or `letter`; with another word the markup is returned as it is.
    """
    if paper not in _SIZES or b"<w:pgSz" not in markup:
        return markup
    return _SECTION.sub(lambda found: _fit(found[0], paper), markup)


def _fit(section: bytes, paper: str) -> bytes:
    size = _SIZE.search(section)
    if size is None:
        return section
    width, height = _number(size[0], "w"), _number(size[0], "h")
    if not any(_is_size((width, height), known) for known in _SIZES.values()):
        return section
    wide, high = _SIZES[paper] if width < height else _SIZES[paper][::-1]
    fitted = _put(_put(size[0], "w", wide), "h", high)
    section = section.replace(size[0], fitted, 1)
    return _MARGINS.sub(lambda found: _widen(found[0], wide - width), section, count=1)


def _is_size(page: tuple[int, int], known: tuple[int, int]) -> bool:
    pairs = zip(sorted(page), known, strict=True)
    return all(abs(one - other) <= _TOLERANCE for one, other in pairs)


def _widen(margins: bytes, by: int) -> bytes:
    """Give the right margin what the page is wider by; what it cannot give, the left one does."""
    left, right = _number(margins, "left"), _number(margins, "right")
    wanted = right + by
    right = max(wanted, min(_LEAST_MARGIN, right))
    left = max(left - (right - wanted), min(_LEAST_MARGIN, left))
    return _put(_put(margins, "left", left), "right", right)


def _number(element: bytes, name: str) -> int:
    found = re.search(rf'\bw:{name}="(\d+)"'.encode(), element)
    return int(found[1]) if found else 0


def _put(element: bytes, name: str, value: int) -> bytes:
    return re.sub(rf'\bw:{name}="[^"]*"'.encode(), f'w:{name}="{value}"'.encode(), element, count=1)
