"""Many letters become one print file with a list of what is in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from docgen.deliver.print_run import PrintTransport
from docgen.deliver.window import check_window
from docgen.envelopes import WINDOWS, Box
from docgen.errors import DeliveryError, JobError, WriteError
from docgen.job import EnvelopeProfile
from docgen.model import Outcome, Parcel, Receipt, StagedFile

ADDRESS = ("Jane Doe", "1 High Street", "London SW1A 1AA")


def _letter(text: str, pages: int = 1, at: tuple[float, float] = (25, 62.7), address: Sequence[str] = ADDRESS) -> bytes:
    """Draw a letter; `at` is the address's left edge and first base line in mm from the top left."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for page in range(1, pages + 1):
        if page == 1:
            for number, line in enumerate(address):
                canvas.drawString(at[0] * mm, A4[1] - (at[1] + 5 * number) * mm, line)
        canvas.drawString(25 * mm, 150 * mm, f"{text} page {page} of {pages}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _parcel(folder: Path, number: int, *contents: bytes, **changes: Any) -> Parcel:
    files = []
    for index, content in enumerate(contents or (_letter(f"letter {number}"),)):
        path = folder / f"{number}-{index}.pdf"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        files.append(StagedFile(path, f"Letter {number}.pdf", "application/pdf", digest))
    settled: dict[str, Any] = {
        "delivery": number,
        "key": f"K{number}",
        "recipient": "Jane Doe",
        "files": tuple(files),
        "sort": (),
        "address": ADDRESS,
    }
    return Parcel(**(settled | changes))


def _pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def _manifest(path: Path) -> list[dict[str, Any]]:
    letters = json.loads(path.with_suffix(".json").read_text("utf-8"))["letters"]
    assert isinstance(letters, list)
    return letters


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    folder = tmp_path / "staged"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "print"


# --- the file --------------------------------------------------------------------------------------


def test_letters_are_sorted_and_queued_with_their_pages(staged: Path, out: Path) -> None:
    parcels = [
        _parcel(staged, 1, _letter("to Leeds", 2), sort=("GB", "LS1")),
        _parcel(staged, 2, _letter("to Berlin"), sort=("DE", "10115")),
        _parcel(staged, 3, _letter("to Bonn"), sort=("DE", "0053"), key="b"),
        _parcel(staged, 4, _letter("also to Bonn"), sort=("DE", "0053"), key="a"),
    ]
    receipts = PrintTransport(out).send_batch(iter(parcels))
    path = out / "print.pdf"
    assert [text.split(" page")[0].split("1AA ")[-1] for text in _pages(path)] == [
        "also to Bonn",
        "to Bonn",
        "to Berlin",
        "to Leeds",
        "to Leeds",
    ]
    assert receipts == {
        4: Receipt(Outcome.QUEUED, f"{path}, page 1"),
        3: Receipt(Outcome.QUEUED, f"{path}, page 2"),
        2: Receipt(Outcome.QUEUED, f"{path}, page 3"),
        1: Receipt(Outcome.QUEUED, f"{path}, pages 4 to 5"),
    }


def test_on_both_sides_every_letter_begins_on_a_front(staged: Path, out: Path) -> None:
    parcels = [_parcel(staged, n, _letter(f"letter {n}", pages)) for n, pages in ((1, 1), (2, 2), (3, 3), (4, 1))]
    PrintTransport(out, duplex=True).send_batch(parcels)
    letters = _manifest(out / "print.pdf")
    assert [(x["first_page"], x["last_page"], x["sheets"]) for x in letters] == [
        (1, 1, 1),
        (3, 4, 1),
        (5, 7, 2),
        (9, 9, 1),
    ]
    pages = _pages(out / "print.pdf")
    assert [n for n, text in enumerate(pages, 1) if not text] == [2, 8, 10]
    with pikepdf.open(out / "print.pdf") as pdf:
        assert all(
            [float(edge) for edge in page.mediabox.as_list()] == pytest.approx([0, 0, *A4], abs=0.01)
            for page in pdf.pages
        )
        assert pdf.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"


def test_a_letter_of_several_documents_stays_together(staged: Path, out: Path) -> None:
    PrintTransport(out).send_batch([_parcel(staged, 1, _letter("contract", 2), _letter("terms")), _parcel(staged, 2)])
    first, second = _manifest(out / "print.pdf")
    assert (first["first_page"], first["last_page"], len(first["sha256"])) == (1, 3, 2)
    assert second["first_page"] == 4


def test_the_outline_leads_to_each_letter(staged: Path, out: Path) -> None:
    PrintTransport(out).send_batch([_parcel(staged, n, _letter("x", n)) for n in (1, 2, 3)])
    with pikepdf.open(out / "print.pdf") as pdf, pdf.open_outline() as outline:
        pages = [pdf.pages.index(pikepdf.Page(item.destination[0])) for item in outline.root]
        titles = [item.title for item in outline.root]
    assert pages == [0, 1, 3]
    assert titles == ["1. K1 Jane Doe", "2. K2 Jane Doe", "3. K3 Jane Doe"]


def test_the_file_has_the_title_of_the_job(staged: Path, out: Path) -> None:
    PrintTransport(out, title="Reminders of May").send_batch([_parcel(staged, 1)])
    with pikepdf.open(out / "print.pdf") as pdf:
        assert str(pdf.docinfo.Title) == "Reminders of May"


def test_the_same_letters_give_the_same_bytes(staged: Path, tmp_path: Path) -> None:
    parcels = [_parcel(staged, n) for n in range(5)]
    for name in ("one", "two"):
        PrintTransport(tmp_path / name, duplex=True).send_batch(reversed(parcels) if name == "two" else parcels)
    for suffix in ("pdf", "csv", "json"):
        one, two = (tmp_path / name / f"print.{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_the_lists_say_what_is_where(staged: Path, out: Path) -> None:
    parcels = [
        _parcel(staged, 1, recipient="Luís Gonçalves", address=("Luís Gonçalves", "Av. Brasil, 1")),
        _parcel(staged, 2),
    ]
    PrintTransport(out, "letters", envelope=None).send_batch(parcels)
    assert sorted(os.listdir(out)) == ["letters.csv", "letters.json", "letters.pdf"]
    rows = list(csv.DictReader(io.StringIO((out / "letters.csv").read_text("utf-8-sig"))))
    assert rows[0] == {
        "number": "1",
        "key": "K1",
        "recipient": "Luís Gonçalves",
        "address_1": "Luís Gonçalves",
        "address_2": "Av. Brasil, 1",
        "address_3": "",
        "first_page": "1",
        "last_page": "1",
        "sheets": "1",
        "documents": "Letter 1.pdf",
        "sha256": parcels[0].files[0].sha256,
    }
    described = json.loads((out / "letters.json").read_text("utf-8"))
    assert described["sha256"] == hashlib.sha256((out / "letters.pdf").read_bytes()).hexdigest()
    assert (described["pages"], described["sheets"], described["duplex"]) == (2, 2, False)
    assert described["letters"][0]["address"] == ["Luís Gonçalves", "Av. Brasil, 1"]


# --- what cannot be printed ------------------------------------------------------------------------


def _one_bad(staged: Path, out: Path, bad: Parcel) -> Receipt:
    receipts = PrintTransport(out).send_batch([_parcel(staged, 1), bad, _parcel(staged, 3)])
    assert receipts[1].outcome is receipts[3].outcome is Outcome.QUEUED
    assert [letter["delivery"] for letter in _manifest(out / "print.pdf")] == [1, 3]
    assert len(_pages(out / "print.pdf")) == 2
    assert receipts[bad.delivery].outcome is Outcome.FAILED
    return receipts[bad.delivery]


def test_a_letter_that_changed_after_it_was_made_is_left_out(staged: Path, out: Path) -> None:
    bad = _parcel(staged, 2)
    bad.files[0].path.write_bytes(_letter("forged"))
    assert "has changed since it was made" in _one_bad(staged, out, bad).detail


def test_a_document_that_is_no_pdf_is_left_out(staged: Path, out: Path) -> None:
    file = _parcel(staged, 2).files[0]
    word = StagedFile(file.path, "Letter.docx", "application/msword", file.sha256)
    assert "only PDF can be printed" in _one_bad(staged, out, _parcel(staged, 2, files=(word,))).detail


def test_a_broken_second_document_takes_its_first_with_it(staged: Path, out: Path) -> None:
    bad = _parcel(staged, 2, _letter("whole"), b"%PDF-1.7 broken")
    assert "a document cannot be printed: " in _one_bad(staged, out, bad).detail


def test_a_locked_document_is_left_out(staged: Path, out: Path) -> None:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(_letter("secret"))) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="owner", user="user"))
    assert "is locked with a password" in _one_bad(staged, out, _parcel(staged, 2, buffer.getvalue())).detail


def test_when_nothing_can_be_printed_there_is_no_file(staged: Path, out: Path) -> None:
    bad = _parcel(staged, 1, b"no pdf")
    assert PrintTransport(out).send_batch([bad])[1].outcome is Outcome.FAILED
    assert PrintTransport(out).send_batch([]) == {}
    assert not out.exists() or os.listdir(out) == []


def test_a_folder_that_cannot_be_written_is_an_error(staged: Path, out: Path) -> None:
    out.write_text("a file stands here")
    with pytest.raises(WriteError):
        PrintTransport(out).send_batch([_parcel(staged, 1)])


# --- doing it again --------------------------------------------------------------------------------


def _bytes(out: Path) -> Mapping[str, bytes]:
    return {name: (out / name).read_bytes() for name in sorted(os.listdir(out))}


def test_the_same_batch_again_changes_nothing(staged: Path, out: Path) -> None:
    parcels = [_parcel(staged, n) for n in range(3)]
    first = PrintTransport(out).send_batch(parcels)
    before = _bytes(out)
    assert PrintTransport(out).send_batch(parcels) == first
    assert _bytes(out) == before


def test_letters_settled_before_a_crash_are_neither_lost_nor_printed_twice(staged: Path, out: Path) -> None:
    parcels = [_parcel(staged, n) for n in range(1, 6)]
    first = PrintTransport(out).send_batch(parcels)
    before = _bytes(out)
    again = PrintTransport(out).send_batch(parcels[3:])
    assert again == {4: first[4], 5: first[5]}
    assert _bytes(out) == before


def test_letters_that_come_later_go_to_a_file_of_their_own(staged: Path, out: Path) -> None:
    PrintTransport(out).send_batch([_parcel(staged, 1), _parcel(staged, 2)])
    before = _bytes(out)
    later = PrintTransport(out).send_batch([_parcel(staged, 2), _parcel(staged, 3)])
    assert later[2].detail == f"{out / 'print.pdf'}, page 2"
    assert later[3].detail == f"{out / 'print-2.pdf'}, page 1"
    assert {name: content for name, content in _bytes(out).items() if "-2" not in name} == before


def test_a_batch_that_grew_before_anything_was_settled_is_one_file(staged: Path, out: Path) -> None:
    PrintTransport(out).send_batch([_parcel(staged, 2)])
    PrintTransport(out).send_batch([_parcel(staged, n) for n in (1, 2, 3)])
    assert sorted(os.listdir(out)) == ["print.csv", "print.json", "print.pdf"]
    assert [letter["delivery"] for letter in _manifest(out / "print.pdf")] == [1, 2, 3]


def test_no_letter_lies_in_two_files(staged: Path, out: Path) -> None:
    PrintTransport(out).send_batch([_parcel(staged, 1)])
    PrintTransport(out).send_batch([_parcel(staged, 2)])
    assert (out / "print-2.pdf").exists()
    PrintTransport(out).send_batch([_parcel(staged, 1), _parcel(staged, 2)])
    assert sorted(os.listdir(out)) == ["print.csv", "print.json", "print.pdf"]
    assert [letter["delivery"] for letter in _manifest(out / "print.pdf")] == [1, 2]


def test_what_an_interrupted_attempt_left_is_written_anew(staged: Path, out: Path) -> None:
    PrintTransport(out).send_batch([_parcel(staged, 1), _parcel(staged, 2)])
    whole = _bytes(out)
    (out / "print.json").unlink()
    (out / "print.pdf").write_bytes(b"half")
    PrintTransport(out).send_batch([_parcel(staged, 1), _parcel(staged, 2)])
    assert _bytes(out) == whole


# --- the window ------------------------------------------------------------------------------------


def test_every_envelope_a_job_may_name_has_a_window() -> None:
    assert set(WINDOWS) == {profile.value for profile in EnvelopeProfile}


def test_an_unknown_envelope_is_named(out: Path) -> None:
    with pytest.raises(JobError, match='did you mean "din-5008-b"'):
        PrintTransport(out, envelope="din-5008-c-b")


def test_an_address_in_the_window_is_printed(staged: Path, out: Path) -> None:
    receipts = PrintTransport(out, envelope="din-5008-b").send_batch([_parcel(staged, 1)])
    assert receipts[1].outcome is Outcome.QUEUED


def test_an_address_outside_the_window_is_left_out_with_place_and_millimetres(staged: Path, out: Path) -> None:
    bad = _parcel(staged, 1, _letter("x", at=(12, 84)))
    receipts = PrintTransport(out, envelope="din-5008-b").send_batch([bad, _parcel(staged, 2)])
    assert receipts[1].outcome is Outcome.FAILED
    assert receipts[2].outcome is Outcome.QUEUED
    first, second, third = receipts[1].detail.partition("; change the template")[0].split("; ")
    assert first.startswith('the address line "Jane Doe" stands 7.9 mm beyond the left edge of the window din-5008-b ')
    assert "(x 20 to 105 mm, y 45 to 90 mm): it is at x 12.1 to " in first
    assert "mm on page 1" in first
    assert '"1 High Street"' in second
    assert "mm below the window" in third
    assert len(_pages(out / "print.pdf")) == 1


def test_a_line_that_is_not_on_the_first_page_is_named() -> None:
    with pytest.raises(DeliveryError, match='the address line "Paris" is not on page 1'):
        check_window(_letter("x"), [*ADDRESS, "Paris"], WINDOWS["din-5008-b"])


def test_a_word_of_the_address_elsewhere_does_not_count() -> None:
    # The letter says "London" in its text too; only the address block is asked.
    check_window(_letter("London SW1A 1AA"), ADDRESS, WINDOWS["din-5008-b"])
    with pytest.raises(DeliveryError):
        check_window(_letter("London SW1A 1AA", at=(25, 95)), ADDRESS, WINDOWS["din-5008-b"])


def test_the_sender_s_line_in_the_window_does_not_stand_for_the_address() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 7)
    canvas.drawString(25 * mm, A4[1] - 50 * mm, " - ".join(ADDRESS))
    canvas.setFont("Helvetica", 12)
    for number, line in enumerate(ADDRESS):
        canvas.drawString(25 * mm, A4[1] - (100 + 5 * number) * mm, line)
    canvas.save()
    with pytest.raises(DeliveryError, match="mm below the window"):
        check_window(buffer.getvalue(), ADDRESS, WINDOWS["din-5008-b"])


def test_spaces_and_composed_letters_do_not_matter() -> None:
    content = _letter("x", address=("Café  Élan", "1  Rue É"))
    check_window(content, ("Cafe\u0301 E\u0301lan", "1 Rue\u00a0É", "  "), WINDOWS["din-5008-b"])


def test_a_turned_page_is_seen_as_it_prints() -> None:
    with pikepdf.open(io.BytesIO(_letter("x"))) as pdf:
        pdf.pages[0].rotate(90, relative=True)
        buffer = io.BytesIO()
        pdf.save(buffer)
    with pytest.raises(DeliveryError, match="window din-5008-b"):
        check_window(buffer.getvalue(), ADDRESS, WINDOWS["din-5008-b"])


@pytest.mark.parametrize("name", sorted(WINDOWS))
@given(st.floats(0, 150), st.floats(10, 200))
@settings(deadline=None, max_examples=12)
def test_an_address_is_accepted_exactly_where_the_window_is(name: str, x_mm: float, y_mm: float) -> None:
    window = WINDOWS[name]
    lines = ("Jane", "London")
    content = _letter("x", at=(x_mm, y_mm), address=lines)
    # Outlines of 12 pt Helvetica: at most 3.2 mm over the base line and 0.1 mm under it, 14.6 mm wide.
    inner = Box(x_mm + 0.7, y_mm - 3.0, x_mm + 13.5, y_mm + 5)
    outer = Box(x_mm, y_mm - 3.3, x_mm + 15, y_mm + 5.3)
    try:
        check_window(content, lines, window)
    except DeliveryError:
        assert window.overhang(outer)
    else:
        assert not window.overhang(inner)
