"""Fixtures of the contract suites: one empty ledger of each kind, made quickly."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from ledgers import own_schema
from services import start_postgresql

from docgen.protocols import Ledger
from docgen.store import open_ledger
from docgen.store.schema import metadata
from docgen.testing import MemoryLedger


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "empty.sqlite"
    open_ledger(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgresql_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_postgresql(tmp_path_factory.mktemp("postgresql")) as url, own_schema(url, "ledger") as own:
        open_ledger(own).close()
        yield own


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ledger_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ledger_url(ledger_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if ledger_kind == "sqlite":
        path = tmp_path / "ledger.sqlite"
        shutil.copyfile(request.getfixturevalue("empty_sqlite"), path)
        return f"sqlite:///{path}"
    if ledger_kind == "postgresql":
        url = str(request.getfixturevalue("postgresql_ledger"))
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            names = ", ".join(metadata.tables)
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        engine.dispose()
        return url
    return "memory"


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened: Ledger = MemoryLedger() if ledger_url == "memory" else open_ledger(ledger_url)
    yield opened
    opened.close()
