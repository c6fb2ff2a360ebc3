"""Floor 2, edges: what the settings of a Word document say of its mail merge, and the settings without it.

A merged document that still names its data source asks for it when it is opened, and one that names a template on some
server fetches it. Both are taken out, with the relations that lead there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docgen.render.docx.fields.tree import Element
from docgen.render.docx.package import Package, parse_xml, write_xml
from docgen.render.docx.spot import w

#: Last steps of the types of the relations that go.
_LEADING = ("mailMergeSource", "mailMergeHeaderSource", "recipientData", "attachedTemplate")
_ON = (None, "1", "true", "on")


@dataclass(frozen=True)
class MergeSettings:
    """What fields need to know.

    Attributes:
        decimal: the decimal sign of the computer that the document was written on: ECMA-376 part 1, 17.15.1.27.
        mapped: names of Word's address lists, in small letters -> columns: 17.14.15.
        drops_blank_lines: paragraphs with nothing but empty merge fields vanish: 17.14.12.
        changed: the settings part without its mail merge, if there is one.
        unrelated: relations that go: part and id.
    """

    decimal: str = "."
    mapped: Mapping[str, str] = field(default_factory=dict)
    drops_blank_lines: bool = True
    changed: Mapping[str, bytes] = field(default_factory=dict)
    unrelated: tuple[tuple[str, str], ...] = ()


def read_settings(package: Package) -> MergeSettings:
    """Return what the settings say; the defaults where there are none."""
    name = next(iter(package.related(package.main, "settings")), None)
    if name is None:
        return MergeSettings()
    root = parse_xml(package.parts[name])
    leading = [node for tag in ("mailMerge", "attachedTemplate") for node in root.findall(w(tag))]
    blank = root.find(f"{w('mailMerge')}/{w('doNotSuppressBlankLines')}")
    decimal = root.find(w("decimalSymbol"))
    settings = MergeSettings(
        decimal="," if decimal is not None and decimal.get(w("val")) == "," else ".",
        mapped=dict(_mapped(root)),
        drops_blank_lines=blank is None or blank.get(w("val")) not in _ON,
        unrelated=tuple((name, one.id) for one in package.relations(name).values() if one.kind.endswith(_LEADING)),
    )
    if not leading:
        return settings if not settings.unrelated else _changed(settings, name, root)
    for node in leading:
        root.remove(node)
    return _changed(settings, name, root)


def _changed(settings: MergeSettings, name: str, root: Element) -> MergeSettings:
    return MergeSettings(
        settings.decimal, settings.mapped, settings.drops_blank_lines, {name: write_xml(root)}, settings.unrelated
    )


def _mapped(root: Element) -> list[tuple[str, str]]:
    found = []
    for one in root.iter(w("fieldMapData")):
        mapped, column = one.find(w("mappedName")), one.find(w("name"))
        if mapped is not None and column is not None and mapped.get(w("val")) and column.get(w("val")):
            found.append((str(mapped.get(w("val"))).lower(), str(column.get(w("val")))))
    return found
