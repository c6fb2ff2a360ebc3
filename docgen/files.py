"""Floor 1, rules: names and writes that are safe on every platform. Knows bytes and folders, nothing of documents.

A file either has its whole content under its name or is not there: content goes to a temporary name in the same
folder, is forced to disk, and is renamed. Names that come from customer data pass `safe_name`, paths pass `inside`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import secrets
import shutil
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

from docgen.errors import DeliveryError, UnsafePath, WriteError
from docgen.model import Where

#: File systems allow 255 bytes; the rest is left for people who rename files and for copies such as "name (2)".
MAX_NAME_BYTES = 200
#: What counts as an extension when a name is shortened: longer tails are part of the name.
MAX_SUFFIX_BYTES = 16

_SEPARATORS = dict.fromkeys(map(ord, '<>:"/\\|?*'), "-")
#: Invisible marks that make a name read differently from what it is, such as a right-to-left override.
_HIDDEN = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
#: Source: learn.microsoft.com, "Naming Files, Paths, and Namespaces".
_RESERVED = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"]
)

_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EFBIG: ("the file is larger than this disk or account allows", "choose another output folder"),
    errno.EACCES: ("docgen has no permission to write there", "check the owner and the rights of the folder"),
    errno.EPERM: ("docgen has no permission to write there", "check the owner and the rights of the folder"),
    errno.EROFS: ("the disk is read-only", "choose another output folder"),
    errno.ENAMETOOLONG: ("the name is too long", "shorten the file name or the folder"),
    errno.ENOTDIR: ("a file stands where a folder is needed", "move that file away"),
    errno.EEXIST: ("a file stands where a folder is needed", "move that file away"),
    errno.EISDIR: ("a folder has that name", "move that folder away"),
    errno.EMFILE: ("too many files are open", "use fewer workers"),
    errno.EIO: ("the disk reports a fault", "check the disk"),
}

#: Whose temporary files these are.
_HOST = f"{zlib.crc32(platform.node().encode()):08x}"
_TEMPORARY = re.compile(r"\.docgen-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-[0-9a-f]+\.tmp")

#: How a file is opened that is written from its beginning.
_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

#: Reasons that the next file would meet as well.
_LASTING = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO])


def safe_name(name: str, fallback: str) -> str:
    """Turn any text into a bare file or folder name that Windows, macOS and Linux accept.

    Args:
        name: with its extension, if it has one; separators become `-`, control characters vanish.
        fallback: a safe name to use where nothing is left; for `.pdf` alone it becomes the stem.

    Returns:
        NFC, not empty, at most `MAX_NAME_BYTES` in UTF-8, the extension kept. Applying it twice changes nothing.
    """
    text = _visible(name)
    if text.startswith(".") and "." not in text[1:] and text.strip(". "):
        text = fallback + text
    stem, suffix = _split(_unreserved(_trim(text)))
    stem = _cut(stem, MAX_NAME_BYTES - len(suffix.encode())).rstrip(". ")
    return (stem or fallback) + suffix


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return " ".join(text.translate(_SEPARATORS).split())
    shown = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_shown(char))
    return " ".join(unicodedata.normalize("NFC", shown).translate(_SEPARATORS).split())


def _is_shown(char: str) -> bool:
    return char not in _HIDDEN and unicodedata.category(char) not in ("Cc", "Cs")


def _trim(text: str) -> str:
    return text.lstrip(". ").rstrip(". ")


def _split(text: str) -> tuple[str, str]:
    stem, dot, suffix = text.rpartition(".")
    if stem and len(suffix.encode()) < MAX_SUFFIX_BYTES and suffix.isalnum():
        return stem, dot + suffix
    return text, ""


def _cut(text: str, limit: int) -> str:
    kept = text.encode()[:limit].decode(errors="ignore")
    if len(kept) < len(text) and unicodedata.combining(text[len(kept)]):
        # A letter that loses its accents is another letter: it goes as a whole.
        while kept and unicodedata.combining(kept[-1]):
            kept = kept[:-1]
        kept = kept[:-1]
    return kept


def _unreserved(text: str) -> str:
    device = text.partition(".")[0].rstrip().upper()
    return f"_{text}" if device in _RESERVED else text


def inside(root: Path, relative: str) -> Path:
    """Return `root / relative`, sure that it lies in `root`, links followed.

    Raises:
        UnsafePath: an absolute path, a drive, `..`, a control character, or a link that leads out.
    """
    # Read as Windows does, both slashes separate: a path that is harmless here must be harmless there.
    pure = PureWindowsPath(relative)
    if pure.anchor or ".." in pure.parts or any(unicodedata.category(char) == "Cc" for char in relative):
        raise _unsafe(root, relative)
    path = root.joinpath(*pure.parts)
    if not path.resolve().is_relative_to(root.resolve()):
        raise _unsafe(root, relative)
    return path


def _unsafe(root: Path, relative: str) -> UnsafePath:
    return UnsafePath(
        f"the path {relative!r} would leave the folder {root}",
        hint="use a relative path without ..",
        value=relative,
    )


def write_atomically(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file so that it is there whole or not at all; missing folders are made.

    Args:
        path: an existing file of that name is replaced.
        content: all of it.
        durable: wait until the disk has it. Switch off only for what can be made again.

    Raises:
        WriteError: the reason in plain words; nothing is left behind.
    """
    with new_file(path, durable) as file:
        file.write(content)


def write_staged(path: Path, content: bytes) -> None:
    """Write a file that is made again where a crash leaves half of it; missing folders are made.

    A third of the work of `write_atomically`: no second name, and nothing is forced to disk.

    Raises:
        WriteError: the reason in plain words; nothing is left behind.
    """
    with writing(path):
        try:
            number = os.open(path, _ANEW, 0o666)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(path, _ANEW, 0o666)
        try:
            _write_all(number, content)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _write_all(number: int, content: bytes) -> None:
    """Write to a file and close it; without a file object, which asks the system three things more."""
    try:
        written = os.write(number, content)
        while written < len(content):
            written += os.write(number, memoryview(content)[written:])
    finally:
        os.close(number)


def copy_atomically(source: Path, target: Path, *, durable: bool = True) -> None:
    """Copy bytes as `write_atomically` writes them, in constant memory.

    Raises:
        WriteError: the source cannot be read or the target not be written; nothing is left behind.
    """
    try:
        opened = source.open("rb")
    except OSError as error:
        raise WriteError(f"{source} cannot be read: {error.strerror}") from error
    with opened, new_file(target, durable) as file:
        shutil.copyfileobj(opened, file, 1 << 20)


def sha256_of(path: Path) -> str:
    """Return the lower-case hex digest of a file's bytes, read in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_verified(path: Path, sha256: str) -> bytes:
    """Return a file's bytes, sure that they are those whose digest was taken.

    Raises:
        DeliveryError: the file is gone or has changed since.
    """
    try:
        with FileIO(path) as file:  # `read_bytes` puts a buffer in front, for one reading
            content = file.readall()
    except OSError as error:
        raise DeliveryError(f"{path} cannot be read: {error.strerror}", hint="start a new run") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DeliveryError(f"{path} has changed since it was made", hint="start a new run")
    return content


def remove_file(path: Path) -> bool:
    """Remove a file; return whether it was there.

    Raises:
        WriteError: no permission.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _write_error(path, error) from error
    return True


def is_lasting(error: WriteError) -> bool:
    """Tell whether the next file would fail for the same reason: a full disk, no permission."""
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in _LASTING


def is_full(error: BaseException) -> bool:
    """Tell whether there is no room left on the disk."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def new_file(path: Path, durable: bool = True) -> Iterator[BinaryIO]:
    """Open a file to write; it appears under its name when the block ends well, and not at all otherwise.

    Raises:
        WriteError: the reason in plain words; nothing is left behind.
    """
    temporary = path.with_name(f".docgen-{_HOST}-{os.getpid()}-{secrets.token_hex(8)}.tmp")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                yield file
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            temporary.replace(path)
            if durable:
                _sync_folder(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Make sure that files can be written into a folder, which is made.

    Raises:
        WriteError: they cannot, in plain words.
    """
    probe = folder / ".docgen-writable"
    try:
        write_atomically(probe, b" ", durable=False)
        remove_file(probe)
    except WriteError as error:
        error.where = Where(str(folder))
        raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in plain words why something cannot be written there.

    Raises:
        WriteError: for any OSError of the block.
    """
    try:
        yield
    except OSError as error:
        raise _write_error(path, error) from error


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that killed processes left in a folder; those of living ones stay."""
    with suppress(OSError):
        # By name alone: the folder may hold a hundred thousand messages.
        for name in [name for name in os.listdir(folder) if _TEMPORARY.fullmatch(name)]:
            if _is_leftover(folder / name):
                (folder / name).unlink(missing_ok=True)


def _is_leftover(path: Path) -> bool:
    match = _TEMPORARY.fullmatch(path.name)
    if match is None or match["host"] != _HOST:
        return False  # on a shared disk: only that machine knows whether its process lives
    import psutil  # type: ignore[import-untyped]  # nearly no folder has leftovers

    try:
        # A process that began after the file was written has the number of one that is gone.
        return bool(psutil.Process(int(match["pid"])).create_time() > path.stat().st_mtime + 1)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False


def _sync_folder(folder: Path) -> None:
    # Windows neither allows nor needs it: a rename there is journalled.
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_error(path: Path, error: OSError) -> WriteError:
    reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), ""))
    return WriteError(f"the file cannot be written or replaced: {reason}", where=Where(file=str(path)), hint=hint)
