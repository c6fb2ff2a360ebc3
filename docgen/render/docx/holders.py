"""Floor 2, edges: cells, headers and notes that a template leaves without a paragraph. Knows markup as text only.

ECMA-376 (17.4.65) wants a paragraph at the end of each cell, and Word mends or refuses a file where there is none.
"""

from __future__ import annotations

import re

_MARKS = r"(?:\s|<w:(?:bookmark|comment|perm|proofErr|move)[^>]*/>)*"
#: A cell that holds nothing, or whose last block is a table.
_CELL = re.compile(rf"((?:<w:tc(?:\s[^>]*)?(?<!/)>|</w:tcPr>|<w:tcPr/>|</w:tbl>){_MARKS})</w:tc>")
_OTHERS = ("hdr", "ftr", "txbxContent", "footnote", "endnote", "comment")
_OTHER = re.compile(rf"(<w:({'|'.join(_OTHERS)})(?:\s[^>]*)?(?<!/)>{_MARKS})</w:\2>")


def with_paragraphs(markup: str) -> str:
    """Return merged markup with an empty paragraph wherever one has to stand and none is left."""
    if markup.count("</w:tc>") != markup.count("</w:p></w:tc>") + markup.count("<w:p/></w:tc>"):
        markup = _CELL.sub(r"\1<w:p/></w:tc>", markup)
    if any(f"</w:{name}>" in markup for name in _OTHERS):
        markup = _OTHER.sub(r"\1<w:p/></w:\2>", markup)
    return markup
