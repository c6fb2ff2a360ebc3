"""Many PDF files in one, in memory and beyond it."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from docgen.deliver.binding import PdfBinder
from docgen.errors import DeliveryError
from docgen.model import Record
from docgen.spool import Spool


def sheet(width: int, pages: int = 1) -> bytes:
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(width, 100))
        pdf.save(output, deterministic_id=True)
    return output.getvalue()


def widths(path: Path) -> list[int]:
    with pikepdf.open(path) as pdf:
        return [int(page.mediabox[2]) for page in pdf.pages]


@pytest.mark.parametrize("kept", [1, 1_500, 64_000_000], ids=["each to a file", "some to a file", "all in memory"])
def test_pages_bookmarks_and_order_do_not_depend_on_what_is_kept_in_memory(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "all.pdf"
    bookmarks = []
    with PdfBinder(kept) as binder:
        for number, pages in enumerate((1, 3, 2, 1), 1):
            bookmarks.append((f"part {number}", binder.pages + 1))
            assert binder.add([sheet(100 * number, pages)]) == pages
        binder.add_blank()
        assert binder.pages == 8
        assert binder.save(path, bookmarks, {"PrintScaling": "None"}) == 8
    assert widths(path) == [100, 200, 200, 200, 300, 300, 400, 400]
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        places = {item.title: pdf.pages.index(pikepdf.Page(item.destination[0])) for item in outline.root}
        assert places == {"part 1": 0, "part 2": 1, "part 3": 4, "part 4": 6}
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"


def test_equal_documents_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        with PdfBinder(1) as binder:
            binder.add([sheet(100), sheet(200)])
            binder.add([sheet(300)])
            binder.save(tmp_path / name, [("one", 1)], {})
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_of_documents_that_belong_together_one_that_is_broken_keeps_out_all(tmp_path: Path) -> None:
    with PdfBinder() as binder:
        binder.add([sheet(100)])
        with pytest.raises(DeliveryError, match="cannot be printed"):
            binder.add([sheet(200), b"no PDF"])
        binder.add([sheet(300)])
        binder.save(tmp_path / "all.pdf", [], {})
    assert widths(tmp_path / "all.pdf") == [100, 300]


def test_records_are_read_from_the_spool_in_any_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    records = [Record(f"k{n}", {"name": "Žž" * n, "n": n}, n) for n in range(7)]
    list(spool.write([records[:3], records[3:6], records[6:]]))
    assert list(spool.read([(2, 0), (0, 2), (1, 1), (0, 0)])) == [records[6], records[2], records[4], records[0]]
