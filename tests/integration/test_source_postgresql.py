"""Records from a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from services import POSTGRESQL_PASSWORD, start_postgresql

from docgen.errors import DocgenError, SourceError, ToolMissing
from docgen.job import DataSpec
from docgen.source import DuckSource, open_source

pytestmark = pytest.mark.postgresql

SCHEMA = """
alter role docgen set timezone = 'Europe/Vilnius';
create table "Order Größe" (
    id int primary key, "select" text, amount numeric(30, 10), day date, moment timestamp, instant timestamptz,
    doc jsonb, tags text[], truth bool, ratio float8, raw bytea, huge numeric
);
insert into "Order Größe"
select i, '00' || i, 12345678901234567890.0123456789, '2026-01-02', '2026-01-02 03:04:05', '2026-04-03 00:30:00+03',
    '{"a": [1.10, "x"]}', '{"p", "q"}', true, 0.1, 'abc', 12345678901234567890123456789012345678901234567890.5
from generate_series(3, 1, -1) i;
create table empty (id int);
create table many as select n as id, 'name ' || n as name, '{}'::text as padding from generate_series(1, 30000) n;
create schema sales;
create table sales.line (order_id int, position int, price numeric(10, 2));
insert into sales.line values (1, 2, 9.90), (1, 1, 10.00), (3, 1, 0.05);
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_postgresql(tmp_path_factory.mktemp("postgresql")) as started:
        engine = sa.create_engine(started)
        with engine.begin() as connection:
            for statement in SCHEMA.split(";\n"):
                if statement.strip():
                    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        engine.dispose()
        yield started


def open_data(folder: Path, tables: dict[str, Any], key: str = "id", **more: Any) -> DuckSource:
    return open_source(DataSpec.model_validate({"tables": tables, "key": key, **more}), folder, folder / "work", {})


def read_values(folder: Path, tables: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    with open_data(folder, tables, **more) as source:
        return [dict(record.values) for batch in source.batches(1000) for record in batch]


def test_a_table_keeps_its_types_in_order_of_its_key(url: str, tmp_path: Path) -> None:
    records = read_values(tmp_path, {"o": {"url": url, "table": "Order Größe"}})
    assert [record["id"] for record in records] == [1, 2, 3]
    first = records[0]
    assert first.pop("instant").isoformat() == "2026-04-03T00:30:00+03:00"
    assert first == {
        "id": 1,
        "select": "001",
        "day": date(2026, 1, 2),
        "moment": datetime(2026, 1, 2, 3, 4, 5),
        "amount": Decimal("12345678901234567890.0123456789"),
        "truth": True,
        "ratio": 0.1,
        "raw": b"abc",
        "doc": {"a": [Decimal("1.10"), "x"]},
        "tags": ["p", "q"],
        "huge": Decimal("12345678901234567890123456789012345678901234567890.5"),
    }


def test_a_query_is_taken_as_the_server_takes_it(url: str, tmp_path: Path) -> None:
    query = """select id, '12:30 :x' as clock, 'a%b' as share, 7 % 3 as rest from "Order Größe"
        where "select" like '%0%' and doc @> '{}'::jsonb order by id desc; """
    records = read_values(tmp_path, {"o": {"url": url, "query": query.strip().rstrip(";")}})
    assert records[0] == {"id": 3, "clock": "12:30 :x", "share": "a%b", "rest": 1}
    assert [record["id"] for record in records] == [3, 2, 1]


def test_exact_numbers_survive_joins_and_nesting(url: str, tmp_path: Path) -> None:
    tables = {
        "o": {"url": url, "query": 'select id as order_id, amount from "Order Größe"'},
        "line": {"url": url, "table": "sales.line"},
    }
    records = read_values(
        tmp_path,
        tables,
        key="order_id",
        records="select o.*, s.total from o join (select order_id, sum(price) as total from line group by 1) s "
        "using (order_id) order by order_id",
        nest={"lines": {"table": "line", "on": "order_id", "order_by": "position"}},
    )
    assert [str(record["total"]) for record in records] == ["19.90", "0.05"]
    assert [str(line["price"]) for line in records[0]["lines"]] == ["10.00", "9.90"]
    assert records[0]["amount"] == Decimal("12345678901234567890.0123456789")


def test_many_rows_come_through_a_cursor_of_the_server(url: str, tmp_path: Path) -> None:
    with open_data(tmp_path, {"many": {"url": url, "query": "select * from many order by id"}}) as source:
        assert source.count() == 30_000
        last = [record for batch in source.batches(1000) for record in batch][-1]
        assert (last.key, last.values["name"]) == ("30000", "name 30000")
        where = source.locate(last, "name")
        assert where is not None
        assert (where.file, where.row) == ("many (postgresql)", 30_000)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"table": "orders"}, 'there is no table "orders"'),
        ({"table": "sales.lines"}, 'there is no table "sales.lines"'),
        ({"table": "empty"}, "the table has no rows"),
        ({"query": "selec 1"}, 'the database refuses: syntax error at or near "selec"'),
        ({"query": "delete from many"}, "the database refuses"),
        ({"query": "with x as (delete from many returning *) select * from x"}, "data-modifying"),
        ({"query": "select 1 / (id - 20000) as id from many"}, "the database refuses: division by zero"),
        ({"query": "select nextval('s') as id"}, 'relation "s" does not exist'),
    ],
)
def test_what_the_server_refuses_is_a_fault_in_words(
    url: str, tmp_path: Path, spec: dict[str, str], message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        open_data(tmp_path, {"t": {"url": url, **spec}})
    assert message in str(caught.value)
    assert "DECLARE" not in str(caught.value).replace("DECLARE CURSOR must not", "")
    assert len(read_values(tmp_path, {"many": {"url": url, "table": "many"}})) == 30_000


def test_a_password_is_in_no_message(url: str, tmp_path: Path) -> None:
    wrong = "wr0ng-secret/@:%"
    quoted = sa.make_url(url).set(password=wrong).render_as_string(hide_password=False)
    port = sa.make_url(url).port
    attempts = [
        quoted,
        url.replace(f":{port}/", ":1/"),
        url.replace("/docgen", "/nosuch"),
        url.replace("postgresql+psycopg", "postgresql+nosuch"),
        url.replace(f":{port}/", ":port/"),
    ]
    for attempt in attempts:
        with pytest.raises((SourceError, ToolMissing)) as caught:
            open_data(tmp_path, {"t": {"url": attempt, "table": "many"}})
        told = str(caught.value) + repr(caught.value) + str(caught.value.as_dict())
        error: BaseException | None = caught.value
        while error is not None and isinstance(error, DocgenError):
            told += str(error.__cause__)
            error = error.__cause__
        assert POSTGRESQL_PASSWORD not in told
        assert "wr0ng" not in told


def test_the_short_url_takes_the_driver_that_docgen_brings(url: str, tmp_path: Path) -> None:
    short = url.replace("postgresql+psycopg", "postgresql")
    assert len(read_values(tmp_path, {"many": {"url": short, "table": "many"}})) == 30_000
