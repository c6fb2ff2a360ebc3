"""Names and writes that are safe on every platform."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from docgen.errors import DeliveryError, UnsafePath, WriteError
from docgen.files import (
    MAX_NAME_BYTES,
    copy_atomically,
    inside,
    is_lasting,
    new_file,
    read_verified,
    remove_leftovers,
    safe_name,
    sha256_of,
    write_atomically,
    write_staged,
)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("INV-2026-00001 Müller.pdf", "INV-2026-00001 Müller.pdf"),
        ("Rechnung 7/2026.pdf", "Rechnung 7-2026.pdf"),
        ("..\\..\\etc\\passwd", "-..-etc-passwd"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ('a:b*c?d"e<f>g|h', "a-b-c-d-e-f-g-h"),
        ("tab\there\nand\x00there\x7f", "tab here andthere"),
        ("  spaced   out  .pdf", "spaced out.pdf"),
        ("trailing dots...", "trailing dots"),
        (".hidden file.txt", "hidden file.txt"),
        ("CON", "_CON"),
        ("nul.pdf", "_nul.pdf"),
        ("COM¹.txt", "_COM¹.txt"),
        ("LPT9 .tar.gz", "_LPT9 .tar.gz"),
        ("CONTRACT.pdf", "CONTRACT.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("Uždarosios akcinės bendrovės.docx", "Uždarosios akcinės bendrovės.docx"),
        ("Ελλάδα Україна.pdf", "Ελλάδα Україна.pdf"),
        ("", "document"),
        (" . .. ", "document"),
        (".pdf", "document.pdf"),
        ("\ud800", "document"),
    ],
)
def test_a_name_becomes_one_that_every_platform_accepts(name: str, safe: str) -> None:
    assert safe_name(name, "document") == safe


def test_a_long_name_keeps_its_extension_and_whole_characters() -> None:
    name = safe_name("ė" * 300 + ".pdf", "document")
    assert name.endswith("ė.pdf")
    assert len(name.encode()) == MAX_NAME_BYTES


def test_a_cut_does_not_take_the_accent_off_a_letter() -> None:
    # q with a tilde below and a diaeresis has no composed form: it must go as a whole.
    letter = "q\u0330\u0308"
    name = safe_name(letter * 100, "document")
    assert name == letter * (len(name) // len(letter))


@given(st.text(max_size=300), st.sampled_from(["", ".pdf", ".docx", ".tar.gz"]))
@example("\u0300" * 400, ".pdf")
@settings(deadline=None, max_examples=300)
def test_any_text_becomes_a_bare_stable_name(stem: str, suffix: str) -> None:
    name = safe_name(stem + suffix, "document")
    assert name
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    assert name[0] not in ". "
    assert name[-1] not in ". "
    assert unicodedata.is_normalized("NFC", name)
    assert safe_name(name, "document") == name


def test_a_relative_path_lies_inside(tmp_path: Path) -> None:
    assert inside(tmp_path, "archive/2026") == tmp_path / "archive" / "2026"
    assert inside(tmp_path, "archive\\2026") == tmp_path / "archive" / "2026"
    assert inside(tmp_path, "") == tmp_path


@pytest.mark.parametrize(
    "relative",
    [
        "../x",
        "a/../../x",
        "a/..",
        "/etc/passwd",
        "C:\\x",
        "c:x",
        "\\\\host\\share",
        "\\x",
        "a\\..\\..\\x",
        "a\x00b",
        "a\nb",
    ],
)
def test_a_path_that_would_leave_the_folder_is_refused(tmp_path: Path, relative: str) -> None:
    with pytest.raises(UnsafePath, match="would leave the folder"):
        inside(tmp_path, relative)


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(UnsafePath):
        inside(root, "out/file.txt")


def test_a_link_that_stays_inside_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    assert inside(tmp_path, "alias/x.txt") == tmp_path / "alias" / "x.txt"


def test_a_write_makes_folders_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    write_atomically(path, b"one")
    write_atomically(path, b"two", durable=False)
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["c.txt"]


def test_what_is_staged_makes_folders_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    write_staged(path, b"longer")
    write_staged(path, b"two")
    assert path.read_bytes() == b"two"
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="a file stands where a folder is needed"):
        write_staged(tmp_path / "file" / "c.txt", b"")


def test_a_written_file_has_ordinary_rights(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"")
    (tmp_path / "b").touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "the disk is read-only"), (errno.EACCES, "no permission")],
)
def test_a_failed_write_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    path = tmp_path / "a.txt"
    write_atomically(path, b"old")

    def fail(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match=words) as caught:
        write_atomically(path, b"new")
    assert str(path) in str(caught.value)
    assert is_lasting(caught.value)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="no resource limits there")
@pytest.mark.parametrize("write", [write_atomically, write_staged])
def test_a_disk_that_takes_no_more_leaves_no_half_file(tmp_path: Path, write: Callable[[Path, bytes], None]) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(WriteError, match="larger than this disk"):
            write(tmp_path / "a.txt", b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == []


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(WriteError, match="a file stands where a folder is needed"):
        write_atomically(tmp_path / "a" / "b.txt", b"x")


def test_a_folder_of_that_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(WriteError, match="a folder has that name") as caught:
        write_atomically(tmp_path / "a", b"x")
    assert not is_lasting(caught.value)
    assert os.listdir(tmp_path) == ["a"]


def test_a_copy_has_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    copy_atomically(tmp_path / "a", tmp_path / "sub" / "b")
    assert sha256_of(tmp_path / "sub" / "b") == sha256_of(tmp_path / "a")
    assert os.listdir(tmp_path / "sub") == ["b"]


def test_a_copy_of_nothing_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="cannot be read"):
        copy_atomically(tmp_path / "absent", tmp_path / "b")
    assert os.listdir(tmp_path) == []


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_verified_bytes_are_those_that_were_made(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    digest = sha256_of(path)
    assert read_verified(path, digest) == b"abc"
    path.write_bytes(b"abd")
    with pytest.raises(DeliveryError, match="has changed since it was made"):
        read_verified(path, digest)
    path.unlink()
    with pytest.raises(DeliveryError, match="cannot be read"):
        read_verified(path, digest)


def test_leftovers_of_dead_processes_are_removed_and_those_of_living_ones_stay(tmp_path):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    with new_file(tmp_path / "being written.txt") as file:
        file.write(b"half")
        (mine,) = tmp_path.iterdir()
        others = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{int(dead.stdout)}-"))
        elsewhere = mine.with_name(mine.name.replace(mine.name.split("-")[1], "00000000"))
        for path in (others, elsewhere):
            path.write_bytes(b"half")
        remove_leftovers(tmp_path)
        assert set(tmp_path.iterdir()) == {mine, elsewhere}
    remove_leftovers(tmp_path / "not there")
    assert {path.name for path in tmp_path.iterdir()} == {"being written.txt", elsewhere.name}
