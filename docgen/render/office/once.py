"""Floor 2, edges: LibreOffice started once for many documents, where no Python can talk to a warm one.

Tables of contents stay as they are in the document. Knows no PDF and no record.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from docgen.model import Artifact
from docgen.render.office.lean import make_lean
from docgen.render.office.program import clean_environ, write_profile

#: What a start takes at most, and what a document takes at most among many.
START_S = 60.0
EACH_S = 1.0


def convert(
    program: str, documents: Sequence[Artifact], limit_s: float, substitutes: Mapping[str, str]
) -> list[bytes | None]:
    """Return the PDF of each document; what one start for all did not make is tried once more, each by itself."""
    with tempfile.TemporaryDirectory(prefix="docgen-office-") as folder:
        work = Path(folder)
        write_profile(work / "profile", substitutes)
        everything = dict(enumerate(documents))
        made = _start(program, work, "all", everything, limit_s)
        for index, document in everything.items():
            # A document that crashes the program takes along those after it.
            if index not in made and len(documents) > 1:
                made |= _start(program, work, str(index), {index: document}, limit_s)
    return [made.get(index) for index in everything]


def _start(program: str, work: Path, name: str, documents: Mapping[int, Artifact], limit_s: float) -> dict[int, bytes]:
    sources, results = work / name / "in", work / name / "out"
    sources.mkdir(parents=True)
    results.mkdir()
    names = {index: f"{index:06}" for index in documents}
    for index, document in documents.items():
        (sources / f"{names[index]}.docx").write_bytes(make_lean(document.content).content)
    command = [
        program, f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
        "--nolockcheck", "--nodefault", "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(results),
        *(str(sources / f"{name}.docx") for name in names.values()),
    ]  # fmt: skip
    _run(command, START_S + limit_s + EACH_S * (len(documents) - 1))
    files = {index: results / f"{name}.pdf" for index, name in names.items()}
    return {index: file.read_bytes() for index, file in files.items() if file.is_file() and file.stat().st_size}


def _run(command: list[str], timeout_s: float) -> None:
    """Run the program and whatever it starts; end all of it when it takes too long. Its exit code says nothing."""
    process = subprocess.Popen(  # noqa: S603 - a fixed command with our own file names
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environ(),
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
