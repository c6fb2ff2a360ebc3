"""Floor 2, edges: footnotes and endnotes that join a document. Knows where they stand, not what they say."""

from __future__ import annotations

from lxml import etree

from docgen.render.docx.package import Assembly
from docgen.render.docx.spot import W, w

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}s+xml"
#: The lines that part notes from the text, without which Word finds a document damaged.
_EMPTY = (
    '<w:{0}s xmlns:w="{1}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<w:{0} w:type="separator" w:id="-1"><w:p><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
    "<w:r><w:separator/></w:r></w:p></w:{0}>"
    '<w:{0} w:type="continuationSeparator" w:id="0"><w:p><w:pPr>'
    '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:continuationSeparator/></w:r></w:p></w:{0}>'
    "</w:{0}s>"
)


class Notes:
    """The notes of one kind in a document. Get it by `notes_of`.

    Attributes:
        part: the part they stand in; it is made where the document had none.
    """

    def __init__(self, host: Assembly, kind: str) -> None:
        self._host = host
        self._highest: int | None = None
        main = host.package.main
        related = [one for one in host.relations(main).values() if one.kind.endswith(f"/{kind}s") and not one.external]
        if related:
            self.part = related[0].target
        else:
            content = _EMPTY.format(kind, W).encode()
            usual = f"word/{kind}s.xml"
            pattern = f"word/{kind}s{{}}.xml" if usual in host else usual
            self.part = host.add(pattern, content, _TYPE.format(kind))
            host.relate(main, f"{kind}s", self.part)

    def add(self, note: etree._Element) -> str:
        """Add a note and return its id."""
        notes = self._host.tree(self.part)
        if self._highest is None:
            self._highest = max((int(one.get(w("id"), "0")) for one in notes), default=0)
        self._highest += 1
        note.set(w("id"), str(self._highest))
        notes.append(note)
        return str(self._highest)


def notes_of(host: Assembly, kind: str) -> Notes:
    """Return the notes of a kind in a document in the making."""
    if (Notes, kind) not in host.memory:
        host.memory[Notes, kind] = Notes(host, kind)
    notes: Notes = host.memory[Notes, kind]
    return notes
