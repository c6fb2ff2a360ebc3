"""Floor 2, edges: RML drawn by z3c.rml on ReportLab, the reference that docgen's own layout is held to.

Everything of z3c.rml and of ReportLab's canvas stays in this package. Knows no templates and no records.
"""

from docgen.render.pdf.reference.rml import Settings, make_pdf

__all__ = ["Settings", "make_pdf"]
