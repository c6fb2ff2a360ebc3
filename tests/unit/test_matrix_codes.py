"""QR and Data Matrix codes: what a reader reads is what was written, in every size, on both paths and as PNG."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from differential.pdf_compare import picture_differences
from PIL import Image
from pressing import press, referred, rml

from docgen.errors import TemplateError
from docgen.render.matrixcodes import code_modules, code_png

#: ISO/IEC 16022, table 7: square symbols by their modules, each with the capital letters it holds.
SQUARES = {
    10: 1, 12: 5, 14: 9, 16: 15, 18: 24, 20: 30, 22: 42, 24: 51, 26: 63, 32: 90, 36: 126, 40: 168, 44: 213, 48: 258,
    52: 303, 64: 417, 72: 549, 80: 681, 88: 861, 96: 1041, 104: 1221, 120: 1572, 132: 1953, 144: 2334,
}  # fmt: skip


def read(png: bytes) -> bytes:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    return bytes(found.bytes)


@pytest.mark.parametrize("error", ["l", "m", "q", "h"])
@pytest.mark.parametrize("text", ["1", "A-17", "BCD\n002\n1\nSCT", "Ąžuolas & Söhne, ₱ 5", "x" * 900])
def test_a_qr_code_says_what_was_written(text: str, error: str) -> None:
    assert read(code_png(code_modules("qr", text, 4, error), 4)) == text.encode()


@pytest.mark.parametrize("square", [True, False])
@pytest.mark.parametrize("text", ["1", "A-17", "Ąžuolas & Söhne", "00340434162987654321", "x" * 400])
def test_a_data_matrix_code_says_what_was_written(text: str, square: bool) -> None:
    assert read(code_png(code_modules("dataMatrix", text, 2, square=square), 6)) == text.encode()


def test_every_square_size_of_data_matrix_is_used_and_read() -> None:
    for side, letters in SQUARES.items():
        text = ("AB" * letters)[:letters]
        code = code_modules("dataMatrix", text, 2)
        assert (code.columns, code.rows) == (side + 4, side + 4)
        assert read(code_png(code, 6)) == text.encode()


@pytest.mark.parametrize("kind", ["qr", "dataMatrix"])
def test_what_no_code_holds_is_a_fault(kind: str) -> None:
    with pytest.raises(TemplateError, match="code holds 5,000 bytes"):
        code_modules(kind, "é" * 2500, 0)
    with pytest.raises(TemplateError, match="holds nothing"):
        code_modules(kind, "", 0)


@pytest.mark.parametrize(
    "element",
    [
        '<qr value="https://example.com/4711" size="90" border="4"/>',
        '<dataMatrix value="A-4711" size="80" border="2"/>',
        '<dataMatrix value="A-4711-22" size="100" border="2" square="no" color="navy" align="right"/>',
    ],
)
def test_codes_in_a_pdf_are_equal_on_both_paths_and_readable(element: str) -> None:
    ours, theirs = press(rml(element)), referred(rml(element))
    assert picture_differences(ours, theirs) == []
    page = pypdfium2.PdfDocument(ours)[0].render(scale=4).to_pil().convert("L")
    (found,) = zxingcpp.read_barcodes(page)
    assert found.text in element


def test_codes_stand_on_pages(tmp_path: Path) -> None:
    graphics = '<dataMatrix value="12" x="20" y="20" size="60" border="2"/>'
    ours, theirs = press(rml("<para>x</para>", graphics=graphics)), referred(rml("<para>x</para>", graphics=graphics))
    assert picture_differences(ours, theirs) == []
