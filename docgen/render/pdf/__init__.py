"""Floor 2, edges: PDF from an RML body. Everything about RML, z3c.rml and ReportLab stays in this package.

`prepared` merges and checks; then `compiled` lays out and writes, or `reference` lets z3c.rml do both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docgen.limits import WorkLimits
from docgen.merge import Missing
from docgen.model import Making
from docgen.render.body import TemplateFolder
from docgen.render.pdf.prepared import PreparedPdf


def prepare(
    template: TemplateFolder,
    limits: WorkLimits | None = None,
    missing: Missing = "error",
    engine: Making = Making.COMPILED,
    fonts: Sequence[Path] = (),
) -> PreparedPdf:
    """Return the RML body of a template, ready to render PDF.

    Args:
        template: its body is RML.
        limits: bounds of each merge.
        missing: whether fields that are missing are faults or blank.
        engine: compiled, for what it can lay out, or z3c.rml for everything.
        fonts: folders and files of further fonts.

    Raises:
        TemplateError: the body cannot be used; all its faults at once.
    """
    return PreparedPdf(template, limits, missing, fonts, engine)
