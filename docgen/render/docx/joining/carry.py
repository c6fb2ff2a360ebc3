"""Floor 2, edges: parts of one document carried into another, with all that they are related to."""

from __future__ import annotations

import hashlib
import posixpath
import re

from lxml import etree

from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.spot import R, w

#: Where a name counts: `image7.png`.
_NUMBER = re.compile(r"\d+(?=\.\w+$)")
#: What sections refer to is adapted, and shared, before.
_APART = (w("headerReference"), w("footerReference"))
_RELATED = etree.XPath("//@*[namespace-uri() = $uri]")


class Carrier:
    """Carries parts into a document; pictures and other parts that are related to nothing are there once."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self._begin(None)

    def _begin(self, package: Package | None) -> None:
        self._package = package
        self._carried: dict[str, str] = {}
        self._digests: dict[str, bytes] = {}

    def part(self, package: Package, name: str) -> str:
        """Return the name that a part of another document has in this one; it is carried over with what it needs."""
        if package is not self._package:
            self._begin(package)
        if name not in self._carried:
            if name not in package.parts:
                return name  # a relation that leads nowhere does so still
            leaf = not package.relations(name)
            content, media_type = package.parts[name], package.media_type(name)
            self._carried[name] = self.assembly.add(pattern_of(name), content, media_type, shared=leaf)
            self.relations(package, name, self._carried[name])
        return self._carried[name]

    def relations(self, package: Package, name: str, carried: str) -> None:
        """Give a part that was added the relations that it had, under the ids that its content uses."""
        for one in package.relations(name).values():
            target = one.target if one.external else self.part(package, one.target)
            self.assembly.relate(carried, one.kind, target, external=one.external, name=one.id)

    def relate_anew(self, root: etree._Element, package: Package, name: str, home: str) -> None:
        """Make the relations that elements use those of the part they move to; not those of headers and footers.

        Args:
            root: the elements.
            package: their document.
            name: the part they come from.
            home: the part they go to.
        """
        relations = package.relations(name)
        for found in _RELATED(root, uri=R):
            relation = relations.get(str(found))
            if relation is not None and found.getparent().tag not in _APART:
                target = relation.target if relation.external else self.part(package, relation.target)
                new = self.assembly.relate(home, relation.kind, target, external=relation.external)
                found.getparent().set(found.attrname, new)

    def digest(self, package: Package, name: str) -> bytes:
        """Return what is equal for parts that are equal with all that they are related to."""
        if package is not self._package:
            self._begin(package)
        if name not in self._digests:
            self._digests[name] = b""  # what is related in a ring is told by the rest of it
            summed = hashlib.sha256(package.parts.get(name, b""))
            for one in sorted(package.relations(name).values(), key=lambda one: one.id):
                target = one.target.encode() if one.external else self.digest(package, one.target)
                summed.update(f"\0{one.id}\0{one.kind}\0".encode() + target)
            self._digests[name] = summed.digest()
        return self._digests[name]


def pattern_of(name: str) -> str:
    """Return the pattern of a part's name, for `Assembly.add`."""
    escaped = name.replace("{", "{{").replace("}", "}}")
    if _NUMBER.search(escaped):
        return _NUMBER.sub("{}", escaped)
    stem, ending = posixpath.splitext(escaped)
    return f"{stem}{{}}{ending}"
