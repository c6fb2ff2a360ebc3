"""Two Word documents compared part by part: markup under C14N, relations and types as sets, the rest as bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined
from lxml import etree
from rendering import make_context, make_template

from docgen.errors import DocgenError
from docgen.model import Making, Where
from docgen.render.docx import prepare
from docgen.render.docx.package import TYPES, Package

#: Parts of the package that docxtpl merges, and that docgen must not write otherwise.
_TEXT_PARTS = ("word/document", "word/header", "word/footer", "word/footnotes")


def render(folder: Path, content: bytes, values: Mapping[str, object], making: Making, **more: object) -> bytes:
    """Return the document that docgen makes of a template."""
    template = make_template(folder, content, ".docx")
    return prepare(template, engine=making, **more).render(make_context(values)).content


def render_docxtpl(content: bytes, values: Mapping[str, object]) -> bytes:
    """Return the document that docxtpl itself makes, with escaping and without blanks for what is missing."""
    template = DocxTemplate(io.BytesIO(content))
    environment = Environment(autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.loopcontrols"])
    template.render(make_context(values), environment)
    output = io.BytesIO()
    template.save(output)
    return output.getvalue()


def outcome(folder: Path, content: bytes, values: Mapping[str, object], making: Making) -> bytes | str:
    """Return the document, or the fault where there is one."""
    try:
        return render(folder, content, values, making)
    except DocgenError as fault:
        return f"{type(fault).__name__}: {fault}"


def differences(one: bytes, other: bytes) -> list[str]:
    """Return what differs between two files, one line each."""
    ours, theirs = _members(one), _members(other)
    found = [f"only in one of them: {name}" for name in sorted(set(ours) ^ set(theirs))]
    for name in sorted(set(ours) & set(theirs)):
        if _meaning(name, ours) != _meaning(name, theirs):
            found.append(f"{name}:\n{_shown(name, ours)}\n{_shown(name, theirs)}")
    return found


def text_differences(one: bytes, other: bytes) -> list[str]:
    """Return what differs in the parts that docxtpl merges too."""
    ours, theirs = _members(one), _members(other)
    return [
        f"{name}:\n{_shown(name, ours)}\n{_shown(name, theirs)}"
        for name in sorted({*ours, *theirs})
        if name.startswith(_TEXT_PARTS) and ours.get(name) is not None
        if name not in theirs or canonical(ours[name]) != canonical(theirs[name])
    ]


def canonical(content: bytes) -> bytes:
    """Return markup so that equal trees are equal bytes."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return bytes(etree.tostring(etree.fromstring(content, parser), method="c14n"))


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def _meaning(name: str, members: Mapping[str, bytes]) -> object:
    content = members[name]
    if name == TYPES:
        return _types(members)
    if name.endswith(".rels"):
        return {tuple(sorted(node.attrib.items())) for node in etree.fromstring(content)}
    return canonical(content) if name.endswith(".xml") else content


def _types(members: Mapping[str, bytes]) -> object:
    """Return the content type of each part, however they are listed."""
    nodes = list(etree.fromstring(members[TYPES]))
    by_name = {node.get("PartName", "").lstrip("/"): node.get("ContentType") for node in nodes if node.get("PartName")}
    by_ending = {node.get("Extension", "").lower(): node.get("ContentType") for node in nodes if node.get("Extension")}
    return {name: by_name.get(name) or by_ending.get(name.rpartition(".")[2].lower()) for name in members}


def _shown(name: str, members: Mapping[str, bytes]) -> str:
    found = _meaning(name, members)
    return found.decode() if isinstance(found, bytes) and name.endswith((".xml", ".rels")) else repr(found)[:2000]


def parts_of(content: bytes) -> Package:
    """Return a document as docgen reads it, with all its checks."""
    return Package(content, Where("document.docx"))
