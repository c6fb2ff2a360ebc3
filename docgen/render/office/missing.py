"""Floor 2, edges: the fonts that a Word template needs and LibreOffice would replace with others of its choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePath

from docgen.errors import FontMissing
from docgen.model import Where
from docgen.render.office.fontuse import FontUse, fonts_used
from docgen.render.office.installed import PACKAGES, installed_families, is_covered, twins_of
from docgen.render.office.program import find_office
from docgen.template import Template

#: What a hint proposes as a substitute, the first that is there.
_PLAIN = ("Carlito", "Liberation Sans", "Noto Sans", "DejaVu Sans", "Arial")


def missing_fonts(template: Template, substitutes: Mapping[str, str]) -> list[FontMissing]:
    """Return a fault for each family that the body's text is set in and nothing here stands in for.

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
    return list(_missing(_used(template.body, template.sha256, where), allowed, installed_families(program), where))


@lru_cache(maxsize=64)
def _used(body: Path, sha256: str, where: Where) -> Mapping[str, FontUse]:
    """Read a body once; `sha256` tells it from what the file was before."""
    return fonts_used(body.read_bytes(), where)


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
