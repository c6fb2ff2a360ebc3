"""Long tables: wherever on a page they begin, every row is printed."""

from __future__ import annotations

import pypdfium2
import pytest
from pressing import press

DOCUMENT = """<document filename="x.pdf" title="A test">
<template pageSize="(210mm,297mm)"><pageTemplate id="main"><frame id="f" x1="25mm" y1="32mm" width="165mm"
 height="165mm" leftPadding="0" rightPadding="0" topPadding="0" bottomPadding="0"/></pageTemplate></template>
<stylesheet><paraStyle name="text" fontName="SourceSans3" fontSize="9" leading="4mm"/>
<blockTableStyle id="t"><blockTopPadding length="1.8mm"/><blockBottomPadding length="2.2mm"/></blockTableStyle>
</stylesheet><story><spacer length="%s"/><blockTable style="t" repeatRows="1" colWidths="165mm">%s</blockTable></story>
</document>
"""
ROWS = 60


# Rows of 8 mm end on the foot of the frame where the space before them is 5 mm, 13 mm and so on, but for rounding.
@pytest.mark.parametrize("before_mm", [5, 6.3, 13, 21, 29, 37, 45, 53, 61, 69, 77, 85, 93, 101, 109, 117, 125, 133])
def test_no_row_is_lost_where_the_last_one_ends_on_the_foot_of_the_frame(before_mm: float) -> None:
    rows = "".join(f'<tr><td><para style="text">Row {number};</para></td></tr>' for number in range(ROWS))
    document = pypdfium2.PdfDocument(press(DOCUMENT % (f"{before_mm}mm", rows)))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert [number for number in range(ROWS) if f"Row {number};" not in text] == []
