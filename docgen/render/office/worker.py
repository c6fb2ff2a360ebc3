"""Floor 2, edges: keeps one LibreOffice warm and converts what it is told to; a program of its own, not part of docgen.

It runs under whichever Python has LibreOffice's `uno`, so it imports nothing of docgen and keeps to Python 3.8. Call:
`python worker.py PROGRAM FOLDER IDLE_SECONDS`. FOLDER holds the profile and is removed at the end. Standard input has a
line of JSON for each document, standard output an answer for each, after one line when LibreOffice has been started
and one when it is ready. Whatever ends docgen closes standard input, and that ends LibreOffice, the folder and this.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.document.MacroExecMode import NEVER_EXECUTE
from com.sun.star.document.UpdateDocMode import NO_UPDATE
from com.sun.star.uno import Exception as UnoException

#: Where LibreOffice puts its sockets; a killed one leaves them there.
_SOCKETS = ("/tmp", "/var/tmp")  # noqa: S108 - LibreOffice's choice
_LOAD = {
    "Hidden": True,
    "FilterName": "MS Word 2007 XML",
    "MacroExecutionMode": NEVER_EXECUTE,
    "UpdateDocMode": NO_UPDATE,
}
_EXPORT = {"UseTaggedPDF": True, "ExportBookmarks": True, "ExportFormFields": False}


class Lost(Exception):
    """LibreOffice is not there any more."""


class Office:
    """One LibreOffice, which listens on a socket that only this user may use."""

    def __init__(self, program: str, folder: str) -> None:
        self.folder = Path(folder)
        profile = (self.folder / "profile").as_uri()
        self.name = f"docgen{os.getpid()}x{os.urandom(8).hex()}"
        self.sockets = list(_sockets(self.name, f"SingleOfficeIPC_{_digest(profile)}"))
        self._ending = threading.Lock()
        options = ["--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault"]
        self.process = subprocess.Popen(  # noqa: S603 - the program that docgen found
            [program, f"-env:UserInstallation={profile}", *options, f"--accept=pipe,name={self.name};urp"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def connect(self) -> None:
        """Wait until it answers; docgen decides how long."""
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        while True:
            try:
                there = resolver.resolve(f"uno:pipe,name={self.name};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                if self.process.poll() is not None:
                    raise Lost(f"it ended with code {self.process.returncode}") from None
                time.sleep(0.02)
        self.desktop = there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)

    def convert(self, source: str, target: str, *, dated: bool) -> str | None:
        """Make a PDF; return why it cannot be made, or None. `dated`: it has fields that print the time of today."""
        try:
            document = self.desktop.loadComponentFromURL(_url(source), "_blank", 0, _values(_LOAD))
            if document is None:
                return "it cannot be read as a Word document"
            try:
                if dated:
                    stop_clock(document)
                update(document)
                export = {"FilterName": "writer_pdf_Export", "FilterData": _any(_values(_EXPORT))}
                document.storeToURL(_url(target), _values(export))
            finally:
                document.close(True)
        except UnoException as error:
            self.check()
            return f"{type(error).__name__.rpartition('.')[2]}: {error}"
        return None

    def check(self) -> None:
        """Raise Lost when LibreOffice does not answer."""
        try:
            self.desktop.getCurrentComponent()
        except UnoException as error:
            raise Lost("it ended unexpectedly") from error

    def end(self) -> None:
        """End it and whatever it started, and leave nothing behind; does so once."""
        self._ending.acquire()
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        else:
            command = ["taskkill", "/F", "/T", "/PID", str(self.process.pid)]
            subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - Windows' own
        self.process.wait()
        for path in self.sockets:
            with suppress(OSError):
                os.unlink(path)
        shutil.rmtree(self.folder, ignore_errors=True)


def update(document: Any) -> None:
    """Bring fields, references and indexes up to date; twice, since an index that grows moves what it points to."""
    fields, indexes = document.getTextFields(), document.getDocumentIndexes()
    if not indexes.getCount():
        fields.refresh()
        return
    for _ in range(2):
        document.refresh()
        fields.refresh()
        for at in range(indexes.getCount()):
            indexes.getByIndex(at).update()
    document.refresh()
    fields.refresh()


def stop_clock(document: Any) -> None:
    """Let fields that would print the time of this conversion print when the document was made."""
    made = document.getDocumentProperties().ModificationDate
    fields = document.getTextFields().createEnumeration()
    while fields.hasMoreElements():
        field = fields.nextElement()
        if field.supportsService("com.sun.star.text.TextField.DateTime") and not field.IsFixed:
            field.IsFixed = True
            field.DateTimeValue = made


def _url(path: str) -> str:
    return Path(path).as_uri()


def _values(named: Mapping[str, object]) -> tuple[Any, ...]:
    return tuple(_value(name, value) for name, value in named.items())


def _value(name: str, value: object) -> Any:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def _any(values: tuple[Any, ...]) -> Any:
    return uno.Any("[]com.sun.star.beans.PropertyValue", values)


def _sockets(*names: str) -> Iterator[str]:
    if os.name == "posix":
        yield from (f"{folder}/OSL_PIPE_{os.geteuid()}_{name}" for folder in _SOCKETS for name in names)


def _digest(text: str) -> str:
    """Return how LibreOffice names the socket of a profile."""
    return "".join(f"{byte:x}" for byte in hashlib.md5(text.encode("utf-16-le")).digest())  # noqa: S324 - no secret


def _say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _listen(office: Office, requests: queue.Queue[Any]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    # docgen is gone, or wants this to end: even in the middle of a document that hangs.
    office.end()
    os._exit(0)


def _serve(office: Office, requests: queue.Queue[Any], idle_s: float) -> None:
    while True:
        try:
            request = requests.get(timeout=idle_s)
        except queue.Empty:
            return
        _say(refused=office.convert(request["source"], request["target"], dated=request["dated"]))


def main(program: str, folder: str, idle_s: str) -> NoReturn:
    """Start, serve until nobody asks for a while, end."""
    os.umask(0o077)
    office = Office(program, folder)
    _say(started=office.process.pid, sockets=office.sockets)
    requests: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(office, requests), daemon=True).start()
    try:
        office.connect()
        _say(ready=True)
        _serve(office, requests, float(idle_s))
    except (Lost, OSError) as error:
        _say(lost=str(error))
    finally:
        office.end()
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
