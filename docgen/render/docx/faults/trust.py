"""Floor 2, edges: what a Word template must not hold: macros, and what opening the document would fetch or run.

Links that a reader clicks are fine. The template that Word remembers, and the data of Word's own mail merge, are taken
away elsewhere; everything else that leads out of the document is a fault with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from docgen.errors import DocgenError, TemplateError
from docgen.model import Where
from docgen.render.docx.faults.fieldcodes import codes_of
from docgen.render.docx.faults.places import Steps
from docgen.render.docx.labels import part_names
from docgen.render.docx.package import OFFICE, Package, Relation, parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = f"{{{OFFICE}}}"
_BREAK = "break the link in Word: File, Info, Edit Links to Files"
#: Last step of a relation's type -> (what it is, what to do about it).
_EXTERNAL = {
    "image": ("a picture that is linked and not in the file", "insert the picture itself"),
    "oleObject": (
        "an object that is linked to another file",
        "break the link in Word: File, Info, Edit Links to Files",
    ),
    "package": ("an object that is linked to another file", _BREAK),
    "subDocument": ("a document that is linked", "put its text in, or use {{ … | subdocument }}"),
    "frame": ("a frame of a web page", 'save it anew as "Word document (.docx)"'),
    "video": ("a video on the web", "take it out"),
    "audio": ("a sound that is linked", "take it out"),
}
_MERGE = ("mailMergeSource", "mailMergeHeaderSource", "mailMergeRecipientData", "recipientData")
_CHUNK = ("another file that Word takes in when it opens the document", "open it in Word and save it anew")
#: Field -> what it does when the document is opened or its fields are brought up to date.
_FIELDS = {
    "DDE": "runs another program", "DDEAUTO": "runs another program", "LINK": "takes in another file",
    "INCLUDE": "takes in another file", "INCLUDETEXT": "takes in another file", "IMPORT": "takes in another file",
    "INCLUDEPICTURE": "takes in another file", "RD": "takes in another file",
}  # fmt: skip
_HINTS = {
    "INCLUDEPICTURE": "write {{ … | image }}, with the picture in the template's folder",
    "INCLUDETEXT": "write {{ … | subdocument }}, with the document in the template's folder",
}
#: A tag that says, or could, what kind of field it is; a formula's kind is its "=".
_TAGGED = re.compile(r"""[\s"“”]*(?!=)[^\s"“”\\{]*\{[{%#]""")
_KIND = re.compile(r"""[\s"“”]*([A-Za-z]+)""")
_TOLD_BY_TAG = ("a field whose kind a tag says", "write the kind itself, such as PAGE, and tags behind it")
_CONTROL = (
    "an ActiveX control, which is a program",
    "take it out in Word, or put in a content control: Developer, Controls",
)
_BEHIND = 20_000


def find_untrusted(package: Package) -> list[DocgenError]:
    """Return a fault for everything in a template that leads out of it by itself."""
    labels = {name: (number, label) for number, (name, label) in enumerate(part_names(package))}
    faults: list[DocgenError] = []
    for owner in ("", *package.parts):
        bad = {one.id: said for one in package.relations(owner).values() if (said := _judge(one))}
        if bad and owner in labels:
            faults += _placed(package, owner, *labels[owner], bad)
        else:
            faults += [_fault(package.where, said, (), (_BEHIND,)) for said in bad.values()]
    for name, (number, label) in labels.items():
        faults += _fields(package, name, number, label)
    return faults


def _kind(relation: Relation) -> str:
    return relation.kind.rpartition("/")[2]


def _judge(relation: Relation) -> tuple[str, str] | None:
    kind = _kind(relation)
    if kind == "aFChunk":
        return _CHUNK
    if kind in ("control", "activeXControlBinary"):
        return _CONTROL
    if not relation.external or kind in ("hyperlink", "attachedTemplate", *_MERGE):
        return None
    what, hint = _EXTERNAL.get(kind, ("something that is not in the file", "take it out in Word"))
    return f"{what} ({_short(relation.target)})", hint


def _short(target: str) -> str:
    return target if len(target) <= 80 else f"{target[:77]}..."


def _fault(where: Where, said: tuple[str, str], path: tuple[str, ...], order: tuple[int, ...]) -> DocgenError:
    what, hint = said
    fault = TemplateError(f"holds {what}", where=Where(where.file, path=path), hint=hint)
    fault.order = order
    return fault


def _text_root(package: Package, name: str) -> etree._Element:
    root = parse_xml(package.parts[name])
    body = root.find(f"{_W}body") if name == package.main else None
    return root if body is None else body


def _placed(
    package: Package, name: str, number: int, label: str, bad: dict[str, tuple[str, str]]
) -> Iterator[DocgenError]:
    root = _text_root(package, name)
    steps = Steps(root)
    left = dict(bad)
    for at, node in enumerate(root.iter(etree.Element)):
        for key, value in node.attrib.items():
            if value in left and str(key).startswith(_R):
                paragraph = next(iter(node.iterancestors(f"{_W}p")), root)
                yield _fault(package.where, left.pop(str(value)), (label, *steps.to(paragraph)), (number, at))
    for said in left.values():
        yield _fault(package.where, said, (label,), (number,))


def _fields(package: Package, name: str, number: int, label: str) -> Iterator[DocgenError]:
    content = package.parts[name]
    if b"instr" not in content:
        return
    root = _text_root(package, name)
    steps = Steps(root)
    for at, node, code in codes_of(root):
        if said := _judge_code(code):
            paragraph = next(iter(node.iterancestors(f"{_W}p")), root)
            yield _fault(package.where, said, (label, *steps.to(paragraph)), (number, at))


def _judge_code(code: str) -> tuple[str, str] | None:
    if _TAGGED.match(code):
        return _TOLD_BY_TAG
    found = _KIND.match(code)
    kind = found[1].upper() if found else ""
    if kind not in _FIELDS:
        return None
    return f"the field {kind}, which {_FIELDS[kind]}", _HINTS.get(kind, "take it out, or put in what it shows")
