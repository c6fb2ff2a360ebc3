"""Floor 2, edges: Word documents to PDF through LibreOffice, many with one start of the program.

Each call has a LibreOffice profile of its own, so that it neither disturbs nor is disturbed by one that a person has
open; macros are off and links are not followed. Knows no template and no record.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pikepdf

from docgen.errors import RenderError, ToolMissing
from docgen.model import MEDIA_TYPES, Artifact, Format, Where

#: Where installers put the program when they do not put it on the path.
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
_INSTALL = {
    "linux": "install it: sudo apt-get install libreoffice-writer (Debian, Ubuntu) or dnf install libreoffice-writer",
    "darwin": "install it: brew install --cask libreoffice, or from libreoffice.org",
    "win32": "install it: winget install TheDocumentFoundation.LibreOffice, or from libreoffice.org",
}
#: path of the setting, name -> value
_SETTINGS = {
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",  # very high
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("org.openoffice.Office.Common/Misc", "FirstRun"): "false",
    ("org.openoffice.Office.Writer/Content/Update", "Link"): "0",  # never
}


def find_office() -> str | None:
    """Return the path of LibreOffice's command, None when it is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    return next((place for place in _PLACES if Path(place).is_file()), None)


def convert_to_pdf(documents: Sequence[Artifact], timeout_s: float = 120.0) -> list[Artifact | RenderError]:
    """Convert Word documents, each to one PDF, in order.

    A document that LibreOffice cannot convert yields a RenderError in its place; the others are converted all the
    same. Equal documents give equal bytes on one version of LibreOffice and its fonts.

    Args:
        documents: `.docx` artifacts.
        timeout_s: how long one start of the program may take for all of them.

    Raises:
        ToolMissing: LibreOffice is not installed.
    """
    program = find_office()
    if program is None:
        hint = _INSTALL.get(sys.platform, "install it from libreoffice.org")
        raise ToolMissing("making PDF files from Word documents needs LibreOffice, which is not installed", hint=hint)
    with tempfile.TemporaryDirectory(prefix="docgen-office-") as work:
        made = _convert(program, Path(work), documents, timeout_s)
    return [_result(document, made.get(index)) for index, document in enumerate(documents)]


def _convert(program: str, work: Path, documents: Sequence[Artifact], timeout_s: float) -> dict[int, bytes]:
    """Return index -> PDF; what one start for all did not make is tried once more, each by itself."""
    profile = work / "profile"
    _write_profile(profile)
    every = range(len(documents))
    made = _start(program, work / "all", profile, {index: documents[index] for index in every}, timeout_s)
    for index in every:
        # A document that crashes the program takes along those after it.
        if index not in made and len(documents) > 1:
            made |= _start(program, work / str(index), profile, {index: documents[index]}, timeout_s)
    return made


def _start(
    program: str, folder: Path, profile: Path, documents: Mapping[int, Artifact], timeout_s: float
) -> dict[int, bytes]:
    sources, results = folder / "in", folder / "out"
    sources.mkdir(parents=True)
    results.mkdir()
    names = {index: f"{index:06}" for index in documents}
    for index, document in documents.items():
        (sources / f"{names[index]}.docx").write_bytes(document.content)
    command = [
        program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo", "--nolockcheck",
        "--nodefault", "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(results),
        *(str(sources / f"{name}.docx") for name in names.values()),
    ]  # fmt: skip
    _run(command, timeout_s)
    files = {index: results / f"{name}.pdf" for index, name in names.items()}
    return {index: file.read_bytes() for index, file in files.items() if file.is_file() and file.stat().st_size}


def _run(command: list[str], timeout_s: float) -> None:
    """Run the program and whatever it starts; end all of it when it takes too long. Its exit code says nothing."""
    process = subprocess.Popen(  # noqa: S603 - a fixed command with our own file names
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
    )
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        encoding="utf-8",
    )


def _result(document: Artifact, pdf: bytes | None) -> Artifact | RenderError:
    name = Path(document.file_name)
    where = Where(document.file_name)
    if pdf is None:
        return RenderError(
            "LibreOffice could not convert it to PDF", where=where, hint="open it in LibreOffice to see why"
        )
    try:
        content, pages = make_reproducible(pdf)
    except pikepdf.PdfError as error:
        return RenderError(f"LibreOffice wrote a PDF that cannot be read: {error}", where=where)
    return Artifact(content, MEDIA_TYPES[Format.PDF], f"{name.stem}.pdf", pages)


def make_reproducible(content: bytes, today: datetime | None = None) -> tuple[bytes, int]:
    """Return the PDF with its dates and ids fixed, and its page count. The title and all else are kept.

    Args:
        content: a PDF.
        today: the date it shall carry; without one it carries none.
    """
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for key in ("/CreationDate", "/ModDate"):
            if key in pdf.docinfo:
                del pdf.docinfo[key]
            if today is not None:
                pdf.docinfo[key] = today.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            for key in [key for key in metadata if key.endswith(("Date", "}DocumentID", "}InstanceID"))]:
                del metadata[key]
        for key in ("/DocChecksum", "/ID"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        pages = len(pdf.pages)
        pdf.save(output, deterministic_id=True, linearize=False)
    return output.getvalue(), pages
