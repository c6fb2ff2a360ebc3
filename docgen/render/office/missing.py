"""Floor 2, edges: what the PDF of a Word template needs and this machine lacks: fonts, and the way to update indexes.

Without being told, LibreOffice would take other fonts and leave a table of contents as it stands in the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TypeAlias

from docgen.errors import DocgenError, FontMissing, TemplateError, ToolMissing
from docgen.model import Where
from docgen.render.docx.labels import part_names
from docgen.render.docx.package import Package, parse_xml
from docgen.render.office.fontuse import FontUse, fonts_used
from docgen.render.office.installed import PACKAGES, installed_families, is_covered, twins_of
from docgen.render.office.program import find_office, find_python
from docgen.template import Template

_UNO = "install LibreOffice's interface for Python (Debian, Ubuntu: apt install python3-uno)"
_INDEX = re.compile(rb"""(?:instrText[^>]*>|instr=["'])\s*(?:TOC|INDEX|TOA)\b""")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_KIND = re.compile(r"\s*(=|[A-Za-z]+)")
_COMPUTING = frozenset({"IF", "COMPARE", "="})
_OF_PAGES = frozenset({"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF"})
_PAGES = "use another first page or sections of their own, or make Word documents"
_Needs: TypeAlias = tuple[Mapping[str, FontUse], bool, tuple[tuple[str, tuple[str, str]], ...]]
#: What a hint proposes as a substitute, the first that is there.
_PLAIN = ("Carlito", "Liberation Sans", "Noto Sans", "DejaVu Sans", "Arial")


def find_missing(template: Template, substitutes: Mapping[str, str]) -> list[DocgenError]:
    """Return a fault for each family that nothing here stands in for, and for an index that would stay as it is.

    Args:
        template: with a Word body.
        substitutes: family -> the family that stands in for it, as config.yaml allows.

    Raises:
        TemplateError: the body is no Word document.
    """
    program = find_office()
    if program is None:
        return []
    where = _where(template)
    allowed = {family.lower(): other for family, other in substitutes.items()}
    used, has_index, dependent = _needs(template.body, template.sha256, where)
    faults: list[DocgenError] = list(_missing(used, allowed, installed_families(program), where))
    if has_index and find_python(program) is None:
        problem = "it has a table of contents or an index, which LibreOffice cannot bring up to date here"
        faults.append(ToolMissing(problem, where=where, hint=_UNO))
    return faults + [_dependent(label, kinds, where) for label, kinds in dependent]


@lru_cache(maxsize=64)
def _needs(body: Path, sha256: str, where: Where) -> _Needs:
    """Read a body once; `sha256` tells it from what the file was before."""
    content = body.read_bytes()
    package = Package(content, where)
    has_index = any(_INDEX.search(part) for part in package.parts.values())
    return fonts_used(package), has_index, tuple(_page_conditions(package))


def _page_conditions(package: Package) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the label of a part, and kind and inner kind of a field in it that computes with pages."""
    for name, label in part_names(package):
        if b"fldChar" not in package.parts[name]:
            continue
        kinds: list[list[str]] = []  # of fields that are open: kind, "" until the code has a word
        for node in parse_xml(package.parts[name]).iter(f"{_W}fldChar", f"{_W}instrText"):
            sort = node.get(f"{_W}fldCharType")
            if sort == "begin":
                kinds.append([""])
            elif sort == "separate" and kinds:
                kinds[-1].append("shown")
            elif sort == "end" and kinds:
                kinds.pop()
            elif sort is None and kinds and not kinds[-1][0] and (word := _KIND.match(node.text or "")):
                kinds[-1][0] = word[1].upper()
                above = next((one[0] for one in reversed(kinds[:-1]) if one[0] in _COMPUTING and len(one) == 1), None)
                if above and kinds[-1][0] in _OF_PAGES:
                    yield label, (above, kinds[-1][0])


def _dependent(label: str, kinds: tuple[str, str], where: Where) -> TemplateError:
    outer, inner = kinds
    problem = f"a field {outer} computes with {inner}, which LibreOffice prints as a number beside it"
    return TemplateError(problem, where=Where(where.file, path=(label,)), hint=_PAGES)


def _where(template: Template) -> Where:
    manifest = template.where().file
    return Where(str(PurePath(manifest).parent / template.body.name) if manifest else template.body.name)


def _missing(
    used: Mapping[str, FontUse], allowed: Mapping[str, str], installed: frozenset[str], where: Where
) -> Iterator[FontMissing]:
    for family, use in used.items():
        substitute = allowed.get(family.lower())
        if is_covered(substitute or family, installed):
            continue
        font = f"{family}, for which config.yaml has {substitute}" if substitute else family
        problem = f'"{use.text}" is set in {font}, a font that is not installed: LibreOffice would take another'
        yield FontMissing(problem, where=Where(where.file, path=(use.part,)), hint=_hint(family, installed))


def _hint(family: str, installed: frozenset[str]) -> str:
    other = next((name for name in _PLAIN if name.lower() in installed), _PLAIN[0])
    for twin in twins_of(family):
        if package := PACKAGES.get(twin):
            return f"install it or {twin}, which has the same widths (Debian, Ubuntu: apt install {package})"
    return f"install it, or allow another in config.yaml: office: {{substitutes: {{{family}: {other}}}}}"
