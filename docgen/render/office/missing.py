"""Floor 2, edges: what the PDF of a Word template needs and this machine lacks: fonts, and the way to update indexes.

Without being told, LibreOffice would take other fonts and leave a table of contents as it stands in the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePath

from docgen.errors import DocgenError, FontMissing, ToolMissing
from docgen.model import Where
from docgen.render.docx.package import Package
from docgen.render.office.fontuse import FontUse, fonts_used
from docgen.render.office.installed import PACKAGES, installed_families, is_covered, twins_of
from docgen.render.office.program import find_office, find_python
from docgen.template import Template

_UNO = "install LibreOffice's interface for Python (Debian, Ubuntu: apt install python3-uno)"
_INDEX = re.compile(rb"""(?:instrText[^>]*>|instr=["'])\s*(?:TOC|INDEX|TOA)\b""")
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
    used, has_index = _needs(template.body, template.sha256, where)
    faults: list[DocgenError] = list(_missing(used, allowed, installed_families(program), where))
    if has_index and find_python(program) is None:
        problem = "it has a table of contents or an index, which LibreOffice cannot bring up to date here"
        faults.append(ToolMissing(problem, where=where, hint=_UNO))
    return faults


@lru_cache(maxsize=64)
def _needs(body: Path, sha256: str, where: Where) -> tuple[Mapping[str, FontUse], bool]:
    """Read a body once; `sha256` tells it from what the file was before."""
    content = body.read_bytes()
    package = Package(content, where)
    return fonts_used(package), any(_INDEX.search(part) for part in package.parts.values())


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
