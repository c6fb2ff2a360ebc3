"""Word to PDF through the LibreOffice that is installed: warm processes, and one start for many."""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pikepdf
import psutil
import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from rendering import pdf_text, picture, saved, word

from docgen.errors import GlyphMissing, RenderError, ToolMissing
from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render import office
from docgen.render.office import once, program, warm
from docgen.render.office.lean import Lean, make_lean

needs_office = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
needs_uno = pytest.mark.skipif(
    not os.environ.get("CI") and not (office.find_office() and program.find_python(str(office.find_office()))),
    reason="LibreOffice is not installed, or no Python with its uno",
)
BROKEN = b"PK\x03\x04 no document"
#: How long to wait for what ends by itself.
SOON = 20


def document(name: str, content: bytes | None = None) -> Artifact:
    return Artifact(content or word(f"Hello {name}"), MEDIA_TYPES[Format.DOCX], f"{name}.docx")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files; at the end every LibreOffice that used it has ended and the folder is empty."""
    office.close_office()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    office.close_office()
    assert running(tmp_path) == []
    assert list(tmp_path.glob("docgen-office-*")) == []


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[warm.WarmOffice]:
    """Every warm process that is started."""
    started: list[warm.WarmOffice] = []

    class Watched(warm.WarmOffice):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)  # type: ignore[arg-type]
            started.append(self)

    monkeypatch.setattr(warm, "WarmOffice", Watched)
    return started


def running(folder: Path) -> list[psutil.Process]:
    """The processes that have a file or folder below this one in their command."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in word for word in process.cmdline()[1:]):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def sockets(worker: int) -> list[Path]:
    return sorted(Path("/tmp").glob(f"OSL_PIPE_*_docgen{worker}x*"))


def errors(made: list[Artifact | RenderError]) -> list[bool]:
    return [isinstance(one, RenderError) for one in made]


# --- warm processes ---------------------------------------------------------------------------------


@pytest.mark.libreoffice
@needs_uno
def test_many_documents_are_converted_by_one_process_and_a_bad_one_spoils_only_itself(folder, starts):
    made = office.convert_to_pdf([document("a"), document("bad", BROKEN), document("b")])
    again = office.convert_to_pdf([document("c")])
    assert errors(made + again) == [False, True, False, False]
    assert [one.file_name for one in (made[0], made[2], again[0])] == ["a.pdf", "b.pdf", "c.pdf"]
    assert "Hello a" in pdf_text(made[0].content)
    assert "Hello b" in pdf_text(made[2].content)
    assert made[0].pages == 1
    assert str(made[1]).startswith("bad.docx: ")
    assert len(starts) == 1


@pytest.mark.libreoffice
@needs_uno
def test_the_same_document_gives_the_same_bytes_in_every_process(folder):
    content = word("Hello")
    first, second = office.convert_to_pdf([document("a", content)] * 2)
    office.close_office()
    (third,) = office.convert_to_pdf([document("a", content)])
    assert first == second == third


@pytest.mark.libreoffice
@needs_uno
def test_leaving_out_styles_that_no_table_has_changes_nothing_in_the_pdf(folder, monkeypatch):
    body = docx.Document()
    for style in (None, "Table Grid", "Medium Shading 1 Accent 2"):
        body.add_table(2, 2, style).cell(0, 0).text = "a cell"
        body.add_paragraph()
    content = saved(body)
    (lean,) = office.convert_to_pdf([document("a", content)])
    monkeypatch.setattr(warm, "make_lean", Lean)
    (whole,) = office.convert_to_pdf([document("a", content)])
    assert styles_of(make_lean(content).content) < styles_of(content)
    assert lean.content == whole.content


def styles_of(content: bytes) -> int:
    return len(docx.Document(io.BytesIO(content)).styles)


@pytest.mark.libreoffice
@needs_uno
def test_the_pdf_is_tagged_and_has_bookmarks_of_its_headings(folder):
    body = docx.Document()
    body.add_heading("Prices", 1)
    (made,) = office.convert_to_pdf([document("a", saved(body))])
    with pikepdf.open(io.BytesIO(made.content)) as pdf, pdf.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Prices"]
        assert pdf.Root.MarkInfo.Marked


def lose(monkeypatch: pytest.MonkeyPatch, name: str, times: int, lose_one: Callable[[warm.WarmOffice], None]) -> None:
    """Let a document of that name, so many times, do something to the process that converts it."""
    convert, left = warm.WarmOffice.convert, [times]

    def watched(self: warm.WarmOffice, document: Artifact, limit_s: float) -> bytes:
        if document.file_name == f"{name}.docx" and left[0]:
            left[0] -= 1
            lose_one(self)
            limit_s = min(limit_s, 0.0)
        return convert(self, document, limit_s)

    monkeypatch.setattr(warm.WarmOffice, "convert", watched)


def kill(process: warm.WarmOffice) -> None:
    os.killpg(process._group, signal.SIGKILL)


@pytest.mark.libreoffice
@needs_uno
@pytest.mark.parametrize("lose_one", [kill, lambda process: process._process.kill(), lambda process: None])
def test_a_document_that_loses_its_process_once_is_made_by_a_new_one(folder, starts, monkeypatch, lose_one):
    lose(monkeypatch, "b", 1, lose_one)
    made = office.convert_to_pdf([document("a"), document("b"), document("c")])
    assert errors(made) == [False, False, False]
    assert "Hello b" in pdf_text(made[1].content)
    assert len(starts) == 2
    assert sockets(starts[0]._process.pid) == []


@pytest.mark.libreoffice
@needs_uno
def test_a_document_that_crashes_libreoffice_every_time_fails_alone(folder, starts, monkeypatch):
    lose(monkeypatch, "b", 2, kill)
    made = office.convert_to_pdf([document("a"), document("b"), document("c")])
    assert errors(made) == [False, True, False]
    assert len(starts) == 3
    assert [path for one in starts[:2] for path in sockets(one._process.pid)] == []


@pytest.mark.libreoffice
@needs_uno
def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_made(folder, starts):
    long = word(*(f"Paragraph {n} " * 40 for n in range(2000)))
    (made,) = office.convert_to_pdf([document("long", long)], limit_s=0.05)
    assert "it took longer than 0.05 s" in str(made)
    assert len(starts) == 2
    assert running(folder) == []
    (made,) = office.convert_to_pdf([document("a")])
    assert isinstance(made, Artifact)


@pytest.mark.libreoffice
@needs_uno
def test_a_process_is_replaced_after_so_many_documents(folder, starts, monkeypatch):
    monkeypatch.setattr(warm, "DOCUMENTS", 2)
    made = office.convert_to_pdf([document(str(n)) for n in range(5)])
    assert not any(errors(made))
    assert [process.served for process in starts] == [2, 2, 1]


@pytest.mark.libreoffice
@needs_uno
def test_a_process_that_nobody_needs_ends_by_itself_and_a_new_one_takes_its_place(folder, starts, monkeypatch):
    monkeypatch.setattr(warm, "IDLE_S", 0.2)
    office.convert_to_pdf([document("a")])
    assert starts[0]._process.wait(SOON) == 0
    assert running(folder) == []
    assert list(folder.glob("docgen-office-*")) == []
    (made,) = office.convert_to_pdf([document("a")])
    assert isinstance(made, Artifact)
    assert len(starts) == 2


@pytest.mark.libreoffice
@needs_uno
def test_nothing_stays_behind_when_the_work_is_done(folder, starts):
    office.convert_to_pdf([document("a")])
    worker = starts[0]._process.pid
    assert {process.name() for process in running(folder)} >= {"soffice.bin"}
    assert sockets(worker) != []
    assert list(folder.glob("docgen-office-*")) != []
    office.close_office()
    assert running(folder) == []
    assert list(folder.glob("docgen-office-*")) == []
    assert sockets(worker) == []


CONVERT_AND_WAIT = """
import sys, tempfile
tempfile.tempdir = sys.argv[2]
from pathlib import Path
from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render import office
made = office.convert_to_pdf([Artifact(Path(sys.argv[1]).read_bytes(), MEDIA_TYPES[Format.DOCX], "a.docx")])
print(made[0].pages, flush=True)
sys.stdin.read()
"""


def in_another_process(folder: Path) -> subprocess.Popen[str]:
    """A process that has converted a document and keeps its LibreOffice."""
    (folder / "a.docx").write_bytes(word("Hello"))
    command = [sys.executable, "-c", CONVERT_AND_WAIT, str(folder / "a.docx"), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    return process


@pytest.mark.libreoffice
@needs_uno
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_nothing_stays_behind_however_docgen_ends(tmp_path, end):
    with in_another_process(tmp_path) as process:
        there = [one for one in running(tmp_path) if one.pid != process.pid]
        assert {one.name() for one in there} >= {"soffice.bin"}
        if end:
            process.send_signal(end)
        else:
            assert process.stdin is not None
            process.stdin.close()
        process.wait(SOON)
    assert psutil.wait_procs(there, SOON)[1] == []
    assert list(tmp_path.glob("docgen-office-*")) == []
    assert [path for one in there for path in sockets(one.pid)] == []


@pytest.mark.libreoffice
@needs_uno
def test_two_docgen_at_once_do_not_disturb_each_other(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    with in_another_process(other) as process:
        made = office.convert_to_pdf([document("a")])
        office.close_office()
        assert process.poll() is None
        assert {one.name() for one in running(other)} >= {"soffice.bin"}
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(SOON) == 0
    assert errors(made) == [False]


@pytest.mark.libreoffice
@needs_uno
def test_threads_share_the_pool_and_each_has_a_process_of_its_own(folder, starts, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    made: dict[str, Artifact | RenderError] = {}
    both = threading.Barrier(2)
    convert = warm.WarmOffice.convert

    def together(self: warm.WarmOffice, document: Artifact, limit_s: float) -> bytes:
        both.wait(SOON)
        return convert(self, document, limit_s)

    def make(name: str) -> None:
        (made[name],) = office.convert_to_pdf([document(name)])

    monkeypatch.setattr(warm.WarmOffice, "convert", together)
    threads = [threading.Thread(target=make, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: "Hello " + name in pdf_text(one.content) for name, one in made.items()} == {"a": True, "b": True}
    assert len(starts) == 2


def fake_office(folder: Path, script: str) -> str:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.libreoffice
@needs_uno
@pytest.mark.parametrize(("script", "reason"), [("exit 7", "it ended with code 7"), ("sleep 60 & wait", "longer than")])
def test_a_libreoffice_that_does_not_start_stops_the_work_and_leaves_nobody_behind(folder, monkeypatch, script, reason):
    python = program.find_python(office.find_office() or "")
    monkeypatch.setattr(office, "find_office", lambda: fake_office(folder, script))
    monkeypatch.setattr(office, "find_python", lambda _: python)
    monkeypatch.setattr(warm, "START_S", 2 if reason == "longer than" else SOON)
    with pytest.raises(RenderError, match=f"does not start: .*{reason}"):
        office.convert_to_pdf([document("a")])


# --- what is in the PDF -------------------------------------------------------------------------------


def field(paragraph: Paragraph, instruction: str) -> None:
    """Add a field as Word writes it, with a result that is out of date."""
    for kind in ("begin", "instrText", "separate", "result", "end"):
        run = paragraph.add_run("stale" if kind == "result" else "")
        if kind == "instrText":
            node = OxmlElement("w:instrText")
            node.text = instruction
            run._r.append(node)
        elif kind != "result":
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), kind)
            run._r.append(node)


def bookmark(paragraph: Paragraph, name: str) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for node in (start, end):
        node.set(qn("w:id"), "7")
    start.set(qn("w:name"), name)
    paragraph._p.insert(1, start)
    paragraph._p.append(end)


def with_contents() -> Document:
    """A document whose table of contents alone takes more than a page."""
    body = docx.Document()
    field(body.add_paragraph(), r'TOC \o "1-2" \h')
    reference = body.add_paragraph("Payment: page ")
    field(reference, "PAGEREF payment \\h")
    reference.add_run(", ")
    field(reference, "REF payment \\h")
    for number in range(60):
        heading = body.add_heading(f"Chapter {number}", 1)
        if number == 50:
            bookmark(heading, "payment")
        body.add_paragraph("Words that fill some lines of the chapter. " * 20)
    footer = body.sections[0].footer.paragraphs[0]
    for text, instruction in (("Page ", "PAGE"), (" of ", "NUMPAGES"), (" file ", "FILENAME"), (" on ", "DATE")):
        footer.add_run(text)
        field(footer, instruction)
    return body


def pages_of(made: Artifact) -> list[str]:
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        texts = []
        for page in pdf.pages:
            single = pikepdf.new()
            single.pages.append(page)
            output = io.BytesIO()
            single.save(output)
            single.close()
            texts.append(pdf_text(output.getvalue()))
    return texts


@pytest.mark.libreoffice
@needs_uno
def test_contents_references_and_page_counts_are_right(folder):
    (made,) = office.convert_to_pdf([document("offer 12", saved(with_contents()))])
    pages = pages_of(made)
    assert made.pages == len(pages)
    assert "stale" not in "".join(pages)
    listed = {}
    for line in "\n".join(pages).splitlines():
        name, dots, number = line.partition("...")
        if dots:
            listed[name.strip()] = int(number.strip(". "))
    there = {
        line.strip(): at
        for at, page in enumerate(pages, 1)
        for line in page.splitlines()
        if line.startswith("Chapter ") and "..." not in line
    }
    assert listed == there
    assert len(listed) == 60
    assert min(there.values()) > 1, "the contents fill the first page"
    assert f"Payment: page {there['Chapter 50']}, Chapter 50" in "".join(pages)
    for at, page in enumerate(pages, 1):
        assert f"Page {at} of {len(pages)} file offer 12.docx on 12/23/13" in page


@pytest.mark.libreoffice
@needs_uno
def test_a_font_that_config_allows_stands_in_for_one_that_is_missing(folder):
    body = docx.Document()
    body.add_paragraph().add_run("Hello").font.name = "Nosuch Sans"
    (made,) = office.convert_to_pdf([document("a", saved(body))], 60, {"Nosuch Sans": "Carlito"})
    assert fonts_in(made) == {"Carlito"}


def fonts_in(made: Artifact) -> set[str]:
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        fonts = pdf.pages[0].Resources.Font
        return {str(fonts[name].BaseFont).partition("+")[2] for name in fonts}


# --- what it must not do ------------------------------------------------------------------------------


class Web:
    """A server on this machine that notes who comes."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            with connection:
                if not (request := connection.recv(1000)):
                    return
                self.requests.append(request.partition(b"\r\n")[0])
                connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

    def close(self) -> None:
        socket.create_connection(self.socket.getsockname()).close()
        self.thread.join()
        self.socket.close()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


def with_links(address: str, image: Path) -> bytes:
    """A document with pictures and texts that lie elsewhere."""
    body = docx.Document()
    body.add_picture(str(image))
    blip = next(body.element.iter(qn("a:blip")))
    del blip.attrib[qn("r:embed")]
    blip.set(qn("r:link"), body.part.relate_to(f"{address}/picture.png", RELATIONSHIP_TYPE.IMAGE, is_external=True))
    field(body.add_paragraph(), f'INCLUDEPICTURE "{address}/field.png" \\d')
    field(body.add_paragraph(), f'INCLUDETEXT "{address}/text.docx"')
    body.part.relate_to(
        f"{address}/letter.dotm", f"{RELATIONSHIP_TYPE.IMAGE.rpartition('/')[0]}/attachedTemplate", is_external=True
    )
    return saved(body)


@pytest.mark.libreoffice
@needs_uno
def test_nothing_is_fetched_from_the_network(folder, web, monkeypatch):
    content = with_links(web.address, picture(folder / "red.png"))
    assert errors(office.convert_to_pdf([document("a", content)])) == [False]
    assert web.requests == []
    office.close_office()
    monkeypatch.setattr(program, "_SETTINGS", {})
    office.convert_to_pdf([document("a", content)])
    assert web.requests != [], "without the settings it would be"


@pytest.mark.libreoffice
@needs_uno
def test_files_of_this_machine_are_not_taken_into_the_document(folder, monkeypatch):
    content = with_links(folder.as_uri(), picture(folder / "picture.png"))
    (folder / "text.docx").write_bytes(word("a secret"))
    (made,) = office.convert_to_pdf([document("a", content)])
    assert not has_picture(made)
    assert "secret" not in pdf_text(made.content)
    office.close_office()
    monkeypatch.setattr(program, "_SETTINGS", {})
    (made,) = office.convert_to_pdf([document("a", content)])
    assert has_picture(made), "without the settings it would be there"


def has_picture(made: Artifact) -> bool:
    with pikepdf.open(io.BytesIO(made.content)) as pdf:
        return "/XObject" in pdf.pages[0].Resources


@pytest.mark.libreoffice
@needs_uno
def test_it_listens_to_this_user_only_and_on_no_network(folder, starts):
    office.convert_to_pdf([document("a")])
    processes = [one for one in running(folder) if one.name() == "soffice.bin"]
    assert len(processes) == 1
    assert processes[0].net_connections("inet") == []
    (own,) = sockets(starts[0]._process.pid)
    assert own.stat().st_mode & 0o077 == 0


# --- one start for many -------------------------------------------------------------------------------


@pytest.fixture
def without_uno(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_python", lambda program: None)


@pytest.mark.libreoffice
@needs_office
@pytest.mark.usefixtures("without_uno")
def test_without_uno_many_documents_are_converted_by_one_start(folder, monkeypatch):
    calls: list[list[str]] = []
    run = once._run
    monkeypatch.setattr(once, "_run", lambda command, timeout_s: (calls.append(command), run(command, timeout_s)))
    made = office.convert_to_pdf([document("a"), document("bad", BROKEN), document("b")])
    assert errors(made) == [False, True, False]
    assert "Hello b" in pdf_text(made[2].content)
    assert len(calls) == 2, "one for all, one more for the bad one"


@pytest.mark.usefixtures("without_uno")
def test_without_uno_a_conversion_that_takes_too_long_is_ended(folder, monkeypatch):
    program = fake_office(folder, f"sleep 60 & echo $! > {folder / 'pid'}\nwait")
    monkeypatch.setattr(office, "find_office", lambda: program)
    monkeypatch.setattr(once, "START_S", 0.3)
    (made,) = office.convert_to_pdf([document("a")], limit_s=0.1)
    assert isinstance(made, RenderError)
    child = Path("/proc") / (folder / "pid").read_text().strip()
    assert not child.exists() or "Z" in (child / "stat").read_text().split()[2]


def test_without_libreoffice_the_fault_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(program, "PLACES", ())
    with pytest.raises(ToolMissing, match="install it"):
        office.convert_to_pdf([document("a")])


def test_dates_and_ids_of_a_pdf_are_fixed_and_its_title_kept():
    def pdf(date: str, identity: bytes) -> bytes:
        output = io.BytesIO()
        with pikepdf.new() as made:
            made.add_blank_page()
            made.docinfo["/Title"] = "Contract"
            made.docinfo["/CreationDate"] = date
            made.trailer.ID = pikepdf.Array([pikepdf.String(identity), pikepdf.String(identity)])
            made.save(output, static_id=False)
        return output.getvalue()

    first, pages = office.make_reproducible(pdf("D:20260101000000Z", b"1" * 16))
    second, _ = office.make_reproducible(pdf("D:20270101000000Z", b"2" * 16))
    assert first == second
    assert pages == 1
    with pikepdf.open(io.BytesIO(first)) as made:
        assert str(made.docinfo["/Title"]) == "Contract"


@pytest.mark.libreoffice
@needs_office
def test_a_character_that_no_font_has_is_a_fault_of_its_document_alone_and_no_box():
    made = office.convert_to_pdf([document("a"), document("b", word("Name: \U00010570 \u00e4")), document("c")])
    assert [type(one) for one in made] == [Artifact, GlyphMissing, Artifact]
    assert "U+10570" in str(made[1])
    assert made[1].value == "\U00010570"
    assert [one.file_name for one in made[::2]] == ["a.pdf", "c.pdf"]
