"""Fixtures for all tests: a clean environment, a folder to work in, the flag that writes golden files anew."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from kit import Office

#: A busy machine must not fail a property: what takes time is measured by the benchmarks.
settings.register_profile("docgen", deadline=None)
settings.load_profile("docgen")


def pytest_configure() -> None:
    """A job in the background of a shell ignores Ctrl-C, and so would every process that the tests start."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the golden files instead of comparing with them")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own settings must not reach the tests."""
    for name in list(os.environ):
        if name.startswith("DOCGEN_"):
            monkeypatch.delenv(name)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A small working folder: plain-text letters to four customers."""
    return Office(tmp_path)
