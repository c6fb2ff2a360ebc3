"""Floor 2, edges: the styles of a template, by name: of paragraphs, tables and lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Styles:
    """What `<stylesheet>` says.

    Attributes:
        paragraphs: name -> `parastyle.ParaStyle`; those of ReportLab's sample sheet are there.
        tables: id -> `tablestyle.TableStyle`.
        lists: name -> `lists.ListStyle`.
        elements: what an element of text says -> what `paraelement` makes of it.
        names: `<initialize><name id= value=/>`, for `<getName>`.
    """

    paragraphs: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    elements: dict[Any, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
