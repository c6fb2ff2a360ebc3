"""The ledger as a file and as a schema: durability, upgrades, faults of the disk, and that queries use indexes."""

from __future__ import annotations

import os
import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from ledgers import NOW, a_plan, a_spec, only_delivery, open_run_with
from services import start_postgresql

from docgen.errors import ConfigError, JobRunning, SchemaTooNew, StoreBusy, StoreError
from docgen.model import DeliveryState, ItemResult, ItemState, NewItem, Outcome, Receipt
from docgen.store import open_ledger
from docgen.store.database import Database
from docgen.store.ledger import SqlLedger
from docgen.store.locks import job_running
from docgen.store.migrate import MIGRATIONS, migrate
from docgen.store.schema import REVISIONS, VERSION_TABLE, metadata


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqlLedger]:
    opened = open_ledger(f"sqlite:///{path}", busy_timeout_s=0.05)
    assert isinstance(opened, SqlLedger)
    yield opened
    opened.close()


def pragma(ledger: SqlLedger, words: str) -> Any:
    with ledger.database.engine.connect() as connection:
        result = connection.exec_driver_sql(f"PRAGMA {words}")
        return result.scalar() if result.returns_rows else None


# --- durability ----------------------------------------------------------------------------------


def test_a_commit_survives_a_power_cut(ledger: SqlLedger) -> None:
    assert pragma(ledger, "journal_mode") == "wal"
    assert pragma(ledger, "synchronous") == 2, "FULL: the log is synced at every commit"
    assert pragma(ledger, "foreign_keys") == 1


def test_what_was_committed_is_there_when_opened_again(path: Path) -> None:
    first = open_ledger(f"sqlite:///{path}")
    run = open_run_with(first, a_plan("i0"))
    assert first.claim(only_delivery(first, run), NOW)
    second = open_ledger(f"sqlite:///{path}")  # as after kill -9: nobody has closed the first
    assert second.deliveries(run)[0].state is DeliveryState.CLAIMED
    first.close()
    second.close()


# --- schema --------------------------------------------------------------------------------------


def test_revisions_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS


def test_migrations_make_the_tables_that_the_queries_know(ledger: SqlLedger) -> None:
    assert differences(ledger.database) == []


@pytest.mark.postgresql
def test_migrations_make_the_same_tables_in_postgresql(tmp_path: Path) -> None:
    with start_postgresql(tmp_path) as url:
        ledger = open_ledger(url)
        assert isinstance(ledger, SqlLedger)
        assert differences(ledger.database) == []
        with ledger.database.read() as connection:
            assert connection.scalar(sa.text("SHOW synchronous_commit")) == "on"
        ledger.close()
        for table in ("deliveries", VERSION_TABLE):
            execute(url, f"ALTER TABLE {table} RENAME TO old_{table}")
        with pytest.raises(StoreError, match=r"another program has tables here: .*runs"):
            open_ledger(url)


def differences(database: Database) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, metadata)
        texts = index_texts(connection)
    assert "claimed" in texts["deliveries_held"], "the partial index is partial"
    return list(found)


def index_texts(connection: sa.Connection) -> dict[str, str]:
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT name, sql FROM sqlite_master" if sqlite else "SELECT indexname, indexdef FROM pg_indexes"
    return {name: text or "" for name, text in connection.execute(sa.text(query))}


def execute(url: str, statement: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_ledger_of_a_newer_docgen_is_refused_and_left_alone(path: Path) -> None:
    open_ledger(f"sqlite:///{path}").close()
    execute(f"sqlite:///{path}", f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match=r"newer docgen \(schema 9999\); install that docgen") as caught:
        open_ledger(f"sqlite:///{path}")
    assert caught.value.exit_code == 1


def test_a_ledger_without_a_schema_is_upgraded_once(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    open_ledger(f"sqlite:///{path}").close()
    database = Database(f"sqlite:///{path}", 1)
    migrate(database, path.with_name("ledger.sqlite.locks"), 1)
    with database.read() as connection:
        assert connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).all() == [(REVISIONS[-1],)]
    database.close()


def test_a_failed_upgrade_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    def fail(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("create index", None, sqlite3.OperationalError("disk went away"))

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_index", fail)
        with pytest.raises(StoreError, match="disk went away"):
            open_ledger(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    open_ledger(f"sqlite:///{path}").close()


def test_another_programs_database_is_not_taken_over(path: Path) -> None:
    path.parent.mkdir()
    execute(f"sqlite:///{path}", "CREATE TABLE items (id INTEGER)")
    with pytest.raises(StoreError, match="another program has tables here: items; give docgen a database of its own"):
        open_ledger(f"sqlite:///{path}")


# --- faults --------------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_nothing_is_half_written(ledger: SqlLedger) -> None:
    run = ledger.open_run(a_spec())
    pragma(ledger, f"max_page_count={pragma(ledger, 'page_count')}")
    with pytest.raises(StoreError, match="the disk is full; free some space") as caught:
        ledger.add_items(run, [NewItem(n, f"K{n}" * 50, "d" * 64) for n in range(2000)])
    assert not isinstance(caught.value, StoreBusy)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    pragma(ledger, "max_page_count=100000")
    assert ledger.items(run) == []
    ledger.add_items(run, [NewItem(0, "K0", "")])


def test_a_full_disk_at_a_claim_means_no_claim(ledger: SqlLedger) -> None:
    run = open_run_with(ledger, *[a_plan(f"i{n}", payload={"x": "y" * 900}) for n in range(20)])
    pragma(ledger, f"max_page_count={pragma(ledger, 'page_count')}")
    claimed: list[int] = []

    def deliver_all() -> None:
        for delivery in ledger.deliveries(run):
            if ledger.claim(delivery.id, NOW):
                claimed.append(delivery.id)
            ledger.settle(delivery.id, Receipt(Outcome.FAILED, "z" * 9000), NOW)

    with pytest.raises(StoreError, match="the disk is full"):
        deliver_all()
    pending = ledger.deliveries(run, state=DeliveryState.PENDING)
    assert len(pending) == 20 - len(claimed), "a claim that was not told as made was not made"


def test_a_file_that_may_not_be_written_is_told(ledger: SqlLedger) -> None:
    pragma(ledger, "query_only=1")
    with pytest.raises(StoreError, match="the file cannot be written; give docgen the right"):
        ledger.open_run(a_spec())


def test_a_ledger_held_by_another_program_is_busy_and_worth_a_retry(ledger: SqlLedger, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="held by another process; try again") as caught:
        ledger.open_run(a_spec())
    assert caught.value.retryable
    assert ledger.runs() == [], "reading goes on"
    other.close()
    ledger.open_run(a_spec())


def test_a_file_that_is_no_database_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("customer;street\n" * 100)
    with pytest.raises(StoreError, match=r"ledger.sqlite: the file is not a ledger; check `ledger` in config.yaml"):
        open_ledger(f"sqlite:///{path}")


def test_a_folder_in_the_place_of_the_ledger_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="the file cannot be opened"):
        open_ledger(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StoreError, match=r"its folder cannot be made: Not a directory|its folder cannot be made: File"):
        open_ledger(f"sqlite:///{tmp_path}/var/ledger.sqlite")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "would forget what was sent"),
        ("sqlite:///:memory:", "would forget what was sent"),
        ("mysql://host/db", 'cannot keep its ledger in "mysql"; write sqlite:///var/ledger.sqlite'),
        ("var/ledger.sqlite", "not the URL of a database"),
    ],
)
def test_a_url_that_is_no_ledger_is_told(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        open_ledger(url)


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="refused") as caught:
        open_ledger("postgresql://docgen:s3cret@127.0.0.1:1/ledger")
    assert "s3cret" not in str(caught.value)


def test_what_json_cannot_hold_is_refused(ledger: SqlLedger) -> None:
    with pytest.raises(StoreError, match=r"this cannot be stored: .*not JSON serializable"):
        open_run_with(ledger, a_plan("i0", payload={"when": NOW}))


def test_a_time_without_a_zone_is_refused(ledger: SqlLedger) -> None:
    with pytest.raises(StoreError, match="has no time zone"):
        ledger.open_run(a_spec(started=NOW.replace(tzinfo=None)))


# --- locks ---------------------------------------------------------------------------------------


def test_a_note_of_a_dead_holder_is_not_believed(ledger: SqlLedger, path: Path) -> None:
    with ledger.lock("invoices"):
        [note] = path.with_name("ledger.sqlite.locks").glob("invoices-*.holder")
        assert f'"pid": {os.getpid()}' in note.read_text()
        note.write_text('{"pid": 999999999, "since": "2026-05-04T10:32:00+00:00"}')
        with pytest.raises(JobRunning, match="taken: another process has been working on it; wait"):
            ledger.lock("invoices").__enter__()
    assert list(note.parent.glob("*.holder")) == []


def test_the_holder_of_another_day_or_machine_is_shown_with_it() -> None:
    told = str(job_running("invoices", 1234, NOW, "10.0.0.7"))
    local = NOW.astimezone()
    assert f"process 1234 on 10.0.0.7 has been working on it since {local:%Y-%m-%d %H:%M}" in told


def test_jobs_of_like_names_have_locks_of_their_own(ledger: SqlLedger) -> None:
    with ledger.lock("a/b"), ledger.lock("a-b"), ledger.lock("A/B"), ledger.lock(".."):
        pass


# --- speed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "index"),
    [
        (lambda ledger, run: ledger.claim(1, NOW), "INTEGER PRIMARY KEY (rowid=?)"),
        (lambda ledger, run: ledger.earlier(["i0"]), "deliveries_held (identity=?)"),
        (lambda ledger, run: ledger.deliveries(run, after=7), "deliveries_run (run=? AND id>?)"),
        (
            lambda ledger, run: ledger.deliveries(run, state=DeliveryState.PENDING, after=7),
            "deliveries_state (run=? AND state=? AND id>?)",
        ),
        (lambda ledger, run: ledger.items(run, after=7), "(run=? AND ordinal>?)"),
        (
            lambda ledger, run: ledger.items(run, state=ItemState.READY, after=7),
            "items_state (run=? AND state=? AND ordinal>?)",
        ),
        (lambda ledger, run: ledger.history("K0"), "sqlite_autoindex_items_2 (key=?)"),
        (lambda ledger, run: ledger.history("ana@example.com"), "deliveries_address (address=?)"),
        (
            lambda ledger, run: ledger.reserve_numbers(run, "N", [("K0", "A")]),
            "sqlite_autoindex_numbers_2 (key=? AND name=?)",
        ),
        (lambda ledger, run: ledger.seal_numbers(run), "sqlite_autoindex_numbers_2 (key=? AND name=?)"),
        (lambda ledger, run: ledger.runs("invoices"), "runs_job (job=?)"),
        (lambda ledger, run: ledger.file_collisions(run), "artifacts_name (run=?"),
    ],
    ids=["claim", "earlier", "page", "pending", "items", "ready", "key", "address", "reserve", "seal", "runs", "names"],
)
def test_hot_queries_use_their_index(ledger: SqlLedger, call: Any, index: str) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.reserve_numbers(run, "N", [("K0", "A"), ("K1", "A")])
    plans = [
        plan for statement, parameters in record(ledger, call, run) for plan in explain(ledger, statement, parameters)
    ]
    assert any(index in plan for plan in plans), plans
    scans = [plan for plan in plans if plan.startswith("SCAN") and "subquery" not in plan.lower()]
    assert [plan for plan in scans if any(name in plan.split() for name in metadata.tables)] == [], plans


def record(ledger: SqlLedger, call: Any, run: str) -> list[tuple[str, Any]]:
    """Return the statements that a call makes."""
    seen: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE"):
            seen.append((statement, parameters[0] if many else parameters))

    sa.event.listen(ledger.database.engine, "before_cursor_execute", listen)
    call(ledger, run)
    sa.event.remove(ledger.database.engine, "before_cursor_execute", listen)
    return seen


def explain(ledger: SqlLedger, statement: str, parameters: Any) -> list[str]:
    with ledger.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return [str(row[3]) for row in rows]


def test_results_of_many_records_are_put_in_a_handful_of_statements(ledger: SqlLedger) -> None:
    run = ledger.open_run(a_spec())
    ledger.add_items(run, [NewItem(n, f"K{n}", "") for n in range(1000)])

    results = [ItemResult(n, f"K{n}", deliveries=(a_plan(f"i{n}"),)) for n in range(1000)]
    count = 0

    def listen(*_: Any) -> None:
        nonlocal count
        count += 1

    sa.event.listen(ledger.database.engine, "before_cursor_execute", listen)
    ledger.put_results(run, results)
    assert count <= 12
    assert len(ledger.deliveries(run, limit=2000)) == 1000
