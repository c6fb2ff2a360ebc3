"""Write docgen/render/pdf/standard.py: the attributes that z3c.rml and ReportLab read of the elements of RML.

The versions that docgen is locked to are asked; a test compares what they say with what is checked in.
"""

from __future__ import annotations

import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zope.schema
from reportlab.platypus import paraparser
from z3c.rml import attr, canvas, chart, document, flowable, special, stylesheet, template
from z3c.rml import list as lists

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docgen.render.pdf.safety import ALLOWED, OWN_ELEMENTS

FILE = Path(__file__).resolve().parent.parent / "docgen" / "render" / "pdf" / "standard.py"
_WIDTH = 116
#: What z3c.rml reads as content, not as an attribute.
_CONTENT = (attr.TextNode, attr.TextNodeSequence, attr.TextNodeGrid, attr.RawXMLContent, attr.XMLContent)
#: Elements of markup, whose attributes ReportLab's parser of paragraphs holds in tables ...
_MARKUP = {
    "font": paraparser._spanAttrMap,
    "span": paraparser._spanAttrMap,
    "a": paraparser._linkAttrMap | paraparser._anchorAttrMap,
    "link": paraparser._linkAttrMap,
    "u": paraparser._uAttrMap,
    "strike": paraparser._strikeAttrMap,
    "sup": paraparser._supAttrMap,
    "super": paraparser._supAttrMap,
    "sub": paraparser._supAttrMap,
    "img": paraparser._imgAttrMap,
    "bullet": paraparser._bulletAttrMap,
    "index": paraparser._indexAttrMap,
}
#: ... and those that it, or z3c.rml, asks for by name.
_ASKED = {
    **dict.fromkeys(("header", "footer"), "x y width height"),
    "unichar": "name code",
    "seq": "id template inc",
    "seqDefault": "id",
    "seqReset": "id base",
    "seqChain": "order",
    "seqFormat": "id value",
    "pageNumber": "countingFrom",
    "getName": "id default",
}
_HEAD = '''"""Floor 2, edges: which attributes the standard elements of RML have.

Made by tools/make_rml_attributes.py from z3c.rml and ReportLab; not written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from docgen.render.body import words

#: Elements, then their attributes.
_TABLE = """
'''
_TAIL = '''"""


def _read(table: str) -> dict[str, frozenset[str]]:
    read = {}
    for row in table.replace("\\n    ", " ").strip().splitlines():
        tags, _, names = row.partition(":")
        read.update(dict.fromkeys(tags.split(), words(names)))
    return read


#: Element -> its attributes.
STANDARD: Mapping[str, frozenset[str]] = _read(_TABLE)
'''


def collect() -> dict[str, frozenset[str]]:
    """Return the attributes of each standard element that docgen draws."""
    found: dict[str, set[str]] = defaultdict(set)
    for tag, names in _signatures("document", document.IDocument, set()):
        found[tag] |= names
    for tag, signature in _registered():
        found[tag] |= _names(signature)
    for tag, table in _MARKUP.items():
        found[tag] |= _own_spelling(table)
    for tag, names in _ASKED.items():
        found[tag] |= set(names.split())
    return {tag: frozenset(found[tag]) for tag in sorted(ALLOWED - OWN_ELEMENTS)}


def _signatures(tag: str, signature: Any, seen: set[tuple[str, Any]]) -> Iterator[tuple[str, set[str]]]:
    if (tag, signature) in seen:
        return
    seen.add((tag, signature))
    yield tag, _names(signature)
    for directive in signature.queryTaggedValue("directives", ()):
        yield from _signatures(directive.tag, directive.signature, seen)


def _registered() -> Iterator[tuple[str, Any]]:
    """Yield what z3c.rml reads though the signature of what is around it does not say so."""
    for module in (canvas, chart, document, flowable, lists, special, stylesheet, template):
        for directive in vars(module).values():
            for tag, factory in (getattr(directive, "factories", None) or {}).items():
                signature = getattr(factory, "signature", None)
                if signature is not None and factory.__module__.startswith("z3c."):
                    yield tag, signature


def _names(signature: Any) -> set[str]:
    return {name for name, field in zope.schema.getFields(signature).items() if not isinstance(field, _CONTENT)}


def _own_spelling(table: dict[str, Any]) -> set[str]:
    """Return the names of a table without those that are another in small letters."""
    return {name for name in table if not any(other != name and other.lower() == name for other in table)}


def write() -> str:
    """Return the module."""
    groups: dict[frozenset[str], list[str]] = defaultdict(list)
    for tag, names in collect().items():
        groups[names].append(tag)
    rows = sorted(f"{' '.join(tags)}: {' '.join(sorted(names))}".rstrip() for names, tags in groups.items())
    return _HEAD + "\n".join(textwrap.fill(row, _WIDTH, subsequent_indent="    ") for row in rows) + "\n" + _TAIL


if __name__ == "__main__":
    FILE.write_text(write())
