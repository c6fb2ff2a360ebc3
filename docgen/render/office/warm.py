"""Floor 2, edges: LibreOffice kept warm: one process by `worker.py`, and the pool of them that this process has.

A process converts one document at a time and is ended after some hundred, since LibreOffice grows. A document that
crashes or hangs it is tried once more in a new one, and then fails alone. Knows no PDF and no record.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from typing import Any

from docgen.errors import RenderError
from docgen.model import Artifact
from docgen.render.office.lean import make_lean
from docgen.render.office.program import clean_environ, write_profile

WORKER = Path(__file__).with_name("worker.py")
#: A start takes two seconds, on a busy machine with a cold disk twenty.
START_S = 90.0
#: Ending it is killing it.
END_S = 10.0
#: How long one that nobody needs is kept: a run that goes on to deliver gives its memory back.
IDLE_S = 30.0
#: Documents for one process: it grows from 140 MB to 230 MB with them, and a start costs as much as ten.
DOCUMENTS = 500
_LONGEST_NAME = 200  # bytes; file systems take 255, ending included


class Refused(Exception):
    """LibreOffice says that it cannot convert the document."""


class Lost(Exception):
    """LibreOffice crashed or took too long."""


class WarmOffice:
    """One LibreOffice with a profile of its own."""

    def __init__(self, program: str, python: str, substitutes: Mapping[str, str]) -> None:
        """Start it and wait until it is ready.

        Raises:
            Lost: it does not start.
        """
        self.served = 0
        self._group: int = 0
        self._sockets: list[str] = []
        self._folder = Path(tempfile.mkdtemp(prefix="docgen-office-"))
        write_profile(self._folder / "profile", substitutes)
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [python, str(WORKER), program, str(self._folder), str(IDLE_S)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=clean_environ(),
            start_new_session=True,
        )
        self._answers: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            started = self._answer(START_S)
            self._group, self._sockets = started["started"], started["sockets"]
            self._answer(START_S)
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it still waits for documents."""
        return self._process.poll() is None

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put({"lost": "it ended unexpectedly"})

    def _answer(self, limit_s: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=limit_s)
        except Empty:
            raise Lost(f"it took longer than {limit_s:g} s") from None
        if "lost" in answer:
            raise Lost(str(answer["lost"]))
        return answer

    def convert(self, document: Artifact, limit_s: float) -> bytes:
        """Return the PDF.

        Raises:
            Refused: it cannot be converted; the process goes on.
            Lost: the process is of no use any more.
            OSError: a file cannot be written or read; the process goes on.
        """
        self.served += 1
        folder = self._folder / str(self.served)
        folder.mkdir()
        try:
            # Under its own name, which a field in the document may print.
            source, target = folder / f"{working_name(document)}.docx", folder / "made.pdf"
            lean = make_lean(document.content)
            source.write_bytes(lean.content)
            self._ask(source=str(source), target=str(target), dated=lean.dated)
            refused = self._answer(limit_s)["refused"]
            if refused is None and target.is_file():
                return target.read_bytes()
            raise Refused(str(refused))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _ask(self, **request: object) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise Lost("it ended unexpectedly") from error

    def close(self) -> None:
        """End it, whatever it is doing."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._group and os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
        for path in self._sockets:
            with contextlib.suppress(OSError):
                os.unlink(path)
        self._listener.join()
        self._process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def working_name(document: Artifact) -> str:
    """Return a name that every file system takes: the document's own where that is short."""
    stem = Path(document.file_name).stem
    return stem if len(stem.encode()) <= _LONGEST_NAME and stem.isprintable() else "document"


class Pool:
    """Up to `size` warm processes, started when they are needed; may be used by several threads."""

    def __init__(self, program: str, python: str, substitutes: Mapping[str, str], size: int) -> None:
        self.pid = os.getpid()
        self._start = (program, python, dict(substitutes))
        self._free = BoundedSemaphore(size)
        self._lock = Lock()
        self._idle: list[WarmOffice] = []

    def convert(self, documents: Sequence[Artifact], limit_s: float) -> Iterator[bytes | str]:
        """Yield the PDF of each document, or why there is none.

        Raises:
            RenderError: LibreOffice does not start.
        """
        with self._free:
            for document in documents:
                yield self._convert(document, limit_s)

    def _convert(self, document: Artifact, limit_s: float) -> bytes | str:
        lost = ""
        for _ in range(2):
            office = self._take()
            keep = False
            try:
                made = office.convert(document, limit_s)
            except Refused as error:
                keep = True
                return str(error)
            except OSError as error:
                keep = True
                return f"a file for it cannot be written: {error.strerror}"
            except Lost as error:
                lost = str(error)
            else:
                keep = True
                return made
            finally:
                self._give_back(office, keep)
        return lost

    def _take(self) -> WarmOffice:
        with self._lock:
            while self._idle:
                office = self._idle.pop()
                if office.alive:
                    return office
                office.close()
        try:
            return WarmOffice(*self._start)
        except Lost:
            pass  # once more: a machine under load may need a second chance
        try:
            return WarmOffice(*self._start)
        except Lost as error:
            hint = f"try it by hand: {self._start[0]} --headless --convert-to pdf FILE"
            raise RenderError(f"LibreOffice does not start: {error}", hint=hint) from error

    def _give_back(self, office: WarmOffice, keep: bool) -> None:
        if keep and office.served < DOCUMENTS:
            with self._lock:
                self._idle.append(office)
        else:
            office.close()

    def close(self) -> None:
        """End all that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for office in idle:
            office.close()
