"""Floor 2, edges: which element of a story makes which block: the one table of what the compiled path can lay out."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.render.pdf.layout import paragraph
from docgen.render.pdf.layout.maker import Builder

#: element of a story -> who makes its blocks
BUILDERS: Mapping[str, Builder] = {
    "para": paragraph.build,
}
