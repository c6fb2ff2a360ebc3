"""Floor 2, edges: values of docxtpl's own classes, given by programs that use docgen as a library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Foreign:
    """Whether one rendering printed markup that docgen did not make, and which must be looked at therefore."""

    printed: bool = False
