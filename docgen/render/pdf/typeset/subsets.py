"""Floor 2, edges: the part of a font that a file embeds.

The same face and groups give the same bytes, and are worked out once per process. Knows fontTools, which is loaded
when the first subset is made; nothing of PDF files.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

from docgen.render.pdf.typeset import sfnt
from docgen.render.pdf.typeset.cff import cff_of
from docgen.render.pdf.typeset.faces import Face, Subset
from docgen.render.pdf.typeset.glyphtexts import text_of


@lru_cache(maxsize=256)
def make_subset(face: Face, wanted: frozenset[int]) -> Subset:
    """Return the glyphs of some groups as a font, see `Face.subset`."""
    glyphs = face.glyphs_in(wanted)
    try:
        content = cff_of(face, glyphs) if face.is_cff else _true_type(face, glyphs)
    except Exception as error:  # fontTools raises whatever a damaged table leads to
        raise sfnt.broken(face.path, error) from error
    texts = {glyph: text_of(face, glyph) for glyph in sorted(glyphs)}
    return Subset(
        content,
        face.is_cff,
        {glyph: face.advance(glyph) for glyph in sorted(glyphs)},
        {glyph: text for glyph, text in texts.items() if text},
    )


def _true_type(face: Face, glyphs: frozenset[int]) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options: Any = Options(
        retain_gids=True, hinting=False, notdef_glyph=True, notdef_outline=True, layout_features=[],
        drop_tables=[*Options._drop_tables_default, "GSUB", "GPOS", "GDEF", "DSIG", "STAT", "fvar", "gvar", "avar",
                     "HVAR", "MVAR", "cvar", "kern", "vhea", "vmtx", "meta"],
        name_IDs=[6], name_languages=[0x409], name_legacy=False, glyph_names=False, recalc_timestamp=False,
        recalc_bounds=False, canonical_order=True, ignore_missing_glyphs=True,
    )  # fmt: skip
    with face.path.open("rb") as opened, TTFont(opened, fontNumber=face.number, lazy=True) as font:
        font.recalcTimestamp = False
        subsetter = Subsetter(options)
        subsetter.populate(gids=sorted(glyphs))
        subsetter.subset(font)
        for tag in ("OS/2", "cmap", "name", "post"):
            if tag in font:
                del font[tag]
        out = BytesIO()
        font.save(out, reorderTables=None)
    return out.getvalue()
