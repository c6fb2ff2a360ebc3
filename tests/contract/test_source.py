"""What every source of records keeps to, whatever the format; and what the SQL over them may do."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from docgen.errors import DuplicateKey, Faults, JobError, MissingKey, SourceError
from docgen.job import DataSpec
from docgen.model import Record, Where
from docgen.protocols import Source
from docgen.source import DuckSource, open_source

HEADER = ["no", "name", "postcode", "phone", "odd name", "select", "größe"]
ROWS = [
    ["00123", "Žuvis, UAB", "0171", "+49 171", "1E5", "TRUE", "1-2"],
    ["1E5", 'The "Inn"', "01310-200", "0171", "", "9" * 30, "3E5"],
    ["TRUE", "Łukasz", "H2G 1A7", "", " padded ", "2026-01-01", "=1+1"],
]


def write_csv(folder: Path) -> str:
    with (folder / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *ROWS])
    return "t.csv"


def write_tsv(folder: Path) -> str:
    with (folder / "t.tsv").open("w", newline="", encoding="utf-16") as file:
        csv.writer(file, delimiter="\t").writerows([HEADER, *ROWS])
    return "t.tsv"


def write_xlsx(folder: Path) -> str:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s" if cell.value is not None else "n"
    book.save(folder / "t.xlsx")
    return "t.xlsx"


def write_ods(folder: Path) -> str:
    document = OpenDocumentSpreadsheet()
    table = OdfTable(name="Sheet one")
    for row in [HEADER, *ROWS]:
        line = TableRow()
        for text in row:
            cell = TableCell(valuetype="string", stringvalue=text)
            cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(folder / "t.ods"))
    return "t.ods#Sheet one"


def write_json(folder: Path) -> str:
    (folder / "t.json").write_text(json.dumps([dict(zip(HEADER, row, strict=True)) for row in ROWS], indent=1))
    return "t.json"


def write_json_lines(folder: Path) -> str:
    lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS]
    (folder / "t.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return "t.jsonl"


def write_parquet(folder: Path) -> str:
    columns = {name: [row[n] for row in ROWS] for n, name in enumerate(HEADER)}
    pyarrow.parquet.write_table(pa.table(columns), folder / "t.parquet")
    return "t.parquet"


def write_glob(folder: Path) -> str:
    (folder / "parts").mkdir()
    for number, row in enumerate(ROWS):
        with (folder / "parts" / f"{number}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADER, row])
    return "parts/*.csv"


def write_sqlite(folder: Path) -> dict[str, str]:
    with sqlite3.connect(folder / "t.sqlite") as connection:
        declared = ", ".join(f'"{name}" text' for name in HEADER)
        connection.execute(f"create table t ({declared})")
        connection.executemany(f"insert into t values ({', '.join('?' * len(HEADER))})", ROWS)
    connection.close()
    return {"url": "sqlite:///t.sqlite", "table": "t"}


Writer = Callable[[Path], Any]
WRITERS: list[Writer] = [
    *(
        write_csv,
        write_tsv,
        write_xlsx,
        write_ods,
        write_json,
        write_json_lines,
        write_parquet,
        write_glob,
        write_sqlite,
    )
]


def open_data(folder: Path, tables: dict[str, Any], key: str = "no", **more: Any) -> DuckSource:
    return open_source(DataSpec.model_validate({"tables": tables, "key": key, **more}), folder, folder / "work", {})


def read_all(source: DuckSource, size: int = 100) -> list[Record]:
    return [record for batch in source.batches(size) for record in batch]


def read_values(folder: Path, tables: dict[str, Any], key: str = "no", **more: Any) -> list[dict[str, object]]:
    with open_data(folder, tables, key, **more) as source:
        return [dict(record.values) for record in read_all(source)]


@pytest.fixture(params=WRITERS, ids=lambda writer: writer.__name__.removeprefix("write_"))
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_data(tmp_path, {"t": request.param(tmp_path)}) as opened:
        yield opened


# --- every source ---------------------------------------------------------------------------------


def test_text_stays_text_in_the_order_of_the_source(source: DuckSource) -> None:
    records = read_all(source)
    empty_is_none = [[value or None for value in record.values.values()] for record in records]
    assert empty_is_none == [[value or None for value in row] for row in ROWS]
    assert [record.key for record in records] == ["00123", "1E5", "TRUE"]
    assert [record.ordinal for record in records] == [0, 1, 2]


def test_columns_and_count_are_known(source: Source) -> None:
    assert source.columns == tuple(HEADER)
    assert source.count() == 3
    assert source.key_faults() == []
    assert list(source.bad_rows()) == []


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_batches_are_at_most_of_the_size_and_lose_nothing(source: DuckSource, size: int) -> None:
    batches = list(source.batches(size))
    assert all(1 <= len(batch) <= size for batch in batches)
    assert [record.ordinal for batch in batches for record in batch] == [0, 1, 2]
    assert list(source.batches(size)) == batches


def test_a_value_is_located_in_its_file_and_row(source: DuckSource) -> None:
    where = source.locate(read_all(source)[1], "odd name")
    assert where is not None
    assert where.file
    assert where.path == ("odd name",)
    expected = {"t.json": 11, "t.jsonl": 2, "t.parquet": 2, "parts/1.csv": 2, "t (sqlite)": 2}
    assert where.row == expected.get(where.file, 3)


def test_the_work_folder_is_empty_again_after_closing(source: DuckSource, tmp_path: Path) -> None:
    assert list((tmp_path / "work").iterdir())
    source.close()
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("writer", WRITERS)
def test_text_stays_text_through_joins_and_nesting(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("order,no\nA,00123\nB,1E5\nC,TRUE\n")
    tables = {"t": writer(tmp_path), "o": "o.csv"}
    sql = 'select o."order", t.* from o join t using (no) order by o."order" desc'
    records = read_values(tmp_path, tables, "order", records=sql, nest={"list": {"table": "t", "on": "no"}})
    for record, row in zip(records, reversed(ROWS), strict=True):
        (nested,) = record.pop("list")  # type: ignore[misc]
        assert [value or "" for value in nested.values()] == row
        assert [value or "" for value in record.values()][1:] == row


# --- typed sources --------------------------------------------------------------------------------


def test_a_sheet_gives_dates_numbers_and_empty_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    sheet.append([])
    sheet.append(["no", "day", "moment", "whole", "number", "mixed", "truth", "empty", None])
    sheet.append([1001, date(2026, 4, 3), datetime(2026, 4, 3, 10, 20), 123.0, 1.5, "00123", True, None])
    sheet.append([])
    sheet.append([1002, None, None, 7, 2, 1.234, False, ""])
    sheet.append([1003, None, None, None, None, date(2026, 1, 2), None, None])
    book.create_sheet("Other")
    book.save(tmp_path / "o.xlsx")
    with open_data(tmp_path, {"o": "o.xlsx#Orders"}) as source:
        first, second, third = read_all(source)
        assert dict(first.values) == {
            "no": 1001,
            "day": date(2026, 4, 3),
            "moment": datetime(2026, 4, 3, 10, 20),
            "whole": 123,
            "number": 1.5,
            "mixed": "00123",
            "truth": True,
            "empty": None,
        }
        assert [record.key for record in (first, second, third)] == ["1001", "1002", "1003"]
        assert (second.values["mixed"], third.values["mixed"]) == (1.234, date(2026, 1, 2))
        assert source.locate(second, "mixed") == Where("o.xlsx#Orders", path=("mixed",), row=5)


def test_the_values_of_formulas_are_read(tmp_path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    table = OdfTable(name="S")
    for cells in ([("string", "no"), ("string", "sum")], [("string", "A"), ("float", "2.5")]):
        row = TableRow()
        for kind, text in cells:
            extra = {"value": text, "formula": "of:=1+1.5"} if kind == "float" else {"stringvalue": text}
            cell = TableCell(valuetype=kind, **extra)
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(tmp_path / "f.ods"))
    assert read_values(tmp_path, {"t": "f.ods"}) == [{"no": "A", "sum": 2.5}]


def test_json_numbers_stay_exact_and_nested_values_pass_through(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(
        '{"no": "1", "price": 1.10, "big": 123456789012345678901234567890123456789012.5, "x": {"a": [1, "2", 3.30]}}\n'
        '{"no": "2", "price": 20.05, "big": 1, "x": null, "later": true}\n'
    )
    first, second = read_values(tmp_path, {"t": "t.jsonl"})
    assert first["price"] == Decimal("1.10")
    assert str(first["big"]) == "123456789012345678901234567890123456789012.5"
    assert first["x"] == {"a": [1, "2", Decimal("3.30")]}
    assert str(first["x"]["a"][2]) == "3.30"  # type: ignore[index]
    assert second["later"] is True
    assert first["later"] is None


def test_a_json_column_may_mix_texts_and_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"no": "00123"}, {"no": 123}, {"no": 1.5}, {"no": "1.5x"}]')
    assert [row["no"] for row in read_values(tmp_path, {"t": "t.json"})] == ["00123", 123, Decimal("1.5"), "1.5x"]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "no": pa.array([1, 2]),
            "amount": pa.array([Decimal("10.50"), None], pa.decimal128(30, 2)),
            "day": pa.array([date(2026, 4, 3), None]),
            "tags": pa.array([["a", "b"], []]),
            "who": pa.array([{"name": "Ann", "age": 3}, None]),
            "at": pa.array([datetime(2026, 4, 3, 10), None], pa.timestamp("us", "UTC")),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    first, _ = read_values(tmp_path, {"t": "t.parquet"})
    assert {name: first[name] for name in ("no", "amount", "day", "tags", "who")} == {
        "no": 1,
        "amount": Decimal("10.50"),
        "day": date(2026, 4, 3),
        "tags": ["a", "b"],
        "who": {"name": "Ann", "age": 3},
    }
    assert first["at"].isoformat() == "2026-04-03T10:00:00+00:00"  # type: ignore[attr-defined]


def test_a_table_and_a_query_of_a_database_are_joined_and_nested(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.execute("create table line (id integer primary key, no text, price numeric(10,2), n int)")
        connection.executemany(
            "insert into line values (?, ?, ?, ?)", [(n, f"A{n % 3}", 0.99 + n, n) for n in range(9, 0, -1)]
        )
    connection.close()
    url = "sqlite:///shop.sqlite"
    tables = {"line": {"url": url}, "total": {"url": url, "query": "select no, sum(n) as n from line group by no"}}
    tables["line"]["table"] = "line"
    nest = {"lines": {"table": "line", "on": "no", "order_by": "n"}}
    with open_data(tmp_path, tables, records="select * from total order by no", nest=nest) as source:
        records = read_all(source)
        assert [(record.values["no"], record.values["n"]) for record in records] == [("A0", 18), ("A1", 12), ("A2", 15)]
        assert [line["id"] for line in records[1].values["lines"]] == [1, 4, 7]  # type: ignore[attr-defined]
        assert records[0].values["lines"][0]["price"] == 3.99  # type: ignore[index]


# --- property -------------------------------------------------------------------------------------

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.sampled_from(
    ["00123", "1E5", "TRUE", "1-2", "+49 171", "9" * 30, "null", "NULL", "\\N", "\0", '"', "a\r\nb", "{}", "NaN"]
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(["csv", "jsonl"]))
@settings(deadline=None, max_examples=30)
def test_any_text_comes_out_of_duckdb_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], kind: str
) -> None:
    folder = tmp_path_factory.mktemp("t")
    numbered = [(f"k{n}", *row) for n, row in enumerate(rows)]
    if kind == "csv":
        with (folder / "t.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("no", "a", "b"), *numbered])
    else:
        lines = [json.dumps(dict(zip(("no", "a", "b"), row, strict=True))) for row in numbered]
        (folder / "t.jsonl").write_text("\n".join(lines))
    spec = {"file": "t.csv", "delimiter": ",", "quote": '"', "encoding": "utf-8"} if kind == "csv" else "t.jsonl"
    found = read_values(folder, {"t": spec}, records="select a.*, b.a as c from t a join t b using (no) order by a.no")
    expected = sorted(numbered)
    assert [tuple(row.values()) for row in found] == [(*row, row[1]) for row in expected]


# --- keys -----------------------------------------------------------------------------------------


def test_missing_and_duplicate_keys_are_faults_and_their_rows_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("no,name\nA,1\nB,2\n,3\nA,4\n  ,5\nC,6\na,7\n")
    with open_data(tmp_path, {"t": "t.csv"}) as source:
        faults = source.key_faults()
        assert [(type(fault), fault.where.row if fault.where else None, fault.key) for fault in faults] == [
            (DuplicateKey, 2, "A"),
            (MissingKey, 4, ""),
            (DuplicateKey, 5, "A"),
            (MissingKey, 6, ""),
        ]
        assert [record.key for record in read_all(source, 2)] == ["B", "C", "a"]
        assert [values["name"] for values, _ in source.bad_rows()] == ["1", "3", "4", "5"]
        assert source.count() == 7
        assert str(faults[0]).startswith("t.csv, row 2, no, record A: 2 records have this key in no")


def test_keys_of_mixed_types_are_compared_as_the_text_they_become(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"no": 7}, {"no": "7"}, {"no": "07"}, {"no": null}]')
    with open_data(tmp_path, {"t": "t.json"}) as source:
        assert [type(fault) for fault in source.key_faults()] == [DuplicateKey, DuplicateKey, MissingKey]
        assert [record.key for record in read_all(source)] == ["07"]


def test_a_key_that_is_no_column_is_a_fault_with_a_proposal(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("order_no,b\n1,2\n")
    with pytest.raises(JobError, match='did you mean "order_no"'):
        open_data(tmp_path, {"t": "t.csv"}, key="orderno")


# --- nesting and places ---------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "orders.csv").write_text("order_no;customer;day\n002;C1;x\n001;C2;y\n003;C1;z\n")
    (tmp_path / "customers.csv").write_bytes("customer;name\nC1;Žuvis\nC2;Ąžuolas\nC3;Ąžuolas\n".encode("cp1257"))
    lines = ["order_no;position;text", "001;10;ten", "002;1;one", "001;9;nine", "001;2;two", "004;1;orphan"]
    (tmp_path / "lines.csv").write_text("\n".join(lines))
    return tmp_path


SHOP = {"orders": "orders.csv", "customers": "customers.csv", "lines": "lines.csv"}
JOIN = "select o.*, c.name, upper(c.name) as loud\nfrom orders o join customers c using (customer)\norder by o.order_no"
NEST = {"lines": {"table": "lines", "on": "order_no", "order_by": "position"}}


def test_rows_are_nested_in_the_order_of_numbers_written_as_text(shop: Path) -> None:
    with open_data(shop, SHOP, "order_no", records=JOIN, nest=NEST) as source:
        assert source.columns == ("order_no", "customer", "day", "name", "loud", "lines")
        assert source.nested_columns == {"lines": ("order_no", "position", "text")}
        texts = [[line["text"] for line in record.values["lines"]] for record in read_all(source)]  # type: ignore[attr-defined]
        assert texts == [["two", "nine", "ten"], ["one"], []]


def test_without_sql_the_table_that_is_not_nested_gives_the_records(shop: Path) -> None:
    tables = {"lines": "lines.csv", "orders": "orders.csv"}
    with open_data(shop, tables, "order_no", nest=NEST) as source:
        assert [record.key for record in read_all(source, 2)] == ["002", "001", "003"]


def test_values_are_located_through_joins(shop: Path) -> None:
    with open_data(shop, SHOP, "order_no", records=JOIN, nest=NEST) as source:
        first = read_all(source)[0]
        assert source.locate(first, "name") == Where("customers.csv", path=("name",), row=3)
        assert source.locate(first, "day") == Where("orders.csv", path=("day",), row=3)
        assert source.locate(first, "lines[1].text") == Where("lines.csv", path=("text",), row=5)
        assert source.locate(first, "lines[9].text") is None
        assert source.locate(first, "lines[0].text") is None
        assert source.locate(first, "loud") is None


def test_a_place_that_cannot_be_told_apart_has_no_row(shop: Path) -> None:
    sql = "select order_no, name from orders join customers using (customer)"
    with open_data(shop, SHOP, "order_no", records=sql) as source:
        record = next(record for record in read_all(source) if record.key == "001")
        assert source.locate(record, "name") == Where("customers.csv", path=("name",))


def test_text_and_number_are_nested_only_where_they_read_alike(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("no,x\n123,\n00123,\n")
    (tmp_path / "l.json").write_text('[{"no": 123, "v": "a"}]')
    first, second = read_values(tmp_path, {"t": "t.csv", "l": "l.json"}, nest={"l": {"table": "l", "on": "no"}})
    assert first["l"] == [{"no": 123, "v": "a"}]
    assert second["l"] == []


@pytest.mark.parametrize(
    ("nest", "message"),
    [
        ({"lines": {"table": "line", "on": "order_no"}}, 'there is no table "line"; did you mean "lines"'),
        (
            {"lines": {"table": "lines", "on": "orderno"}},
            'the records have no column "orderno"; did you mean "order_no"',
        ),
        ({"lines": {"table": "lines", "on": "order_no", "order_by": "pos"}}, 'table "lines" has no column "pos"'),
        ({"day": {"table": "lines", "on": "order_no"}}, 'both have a field "day"'),
    ],
)
def test_a_nest_that_cannot_be_is_a_fault_of_the_job(shop: Path, nest: dict[str, Any], message: str) -> None:
    with pytest.raises(JobError) as caught:
        open_data(shop, SHOP, "order_no", records="select * from orders", nest=nest)
    assert message in str(caught.value)


# --- SQL ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "select *\nfrom ordrs",
            'line 2, column 6 of the SQL: Table with name ordrs does not exist; did you mean "orders"',
        ),
        ("select order_no,\n  nope\nfrom orders", 'line 2, column 3 of the SQL: Referenced column "nope" not found'),
        ("select *\nfrom orders,,", 'line 2, column 13 of the SQL: syntax error at or near ","'),
        ("select sum(day) from orders", "text stays text"),
        ("select day::int as order_no from orders", "Could not convert string 'x' to INT32"),
        (
            "select o.*, c.* from orders o, customers c",
            '2 columns are called "customer" (columns 2, 4); name one of them',
        ),
        ("drop table orders", "has to be one select statement"),
        ("select 1 as order_no; select 2", "has to be one select statement"),
        ("copy orders to 'x.csv'", "has to be one select statement"),
        ("set memory_limit = '9GB'", "has to be one select statement"),
        ("select * from read_csv('/etc/passwd')", "SQL sees only the tables of the job"),
        ("select * from 'orders.csv'", "SQL sees only the tables of the job"),
        ("select * from read_text('orders.csv')", "SQL sees only the tables of the job"),
        ("select * from glob('*')", "SQL sees only the tables of the job"),
        ("select * from 'https://example.com/x.parquet'", "SQL sees only the tables of the job"),
        ("select * from sql", "does not exist"),
    ],
)
def test_wrong_or_forbidden_sql_is_a_fault_with_its_place(shop: Path, sql: str, message: str) -> None:
    with pytest.raises((SourceError, Faults)) as caught:
        open_data(shop, SHOP, "order_no", records=sql)
    assert message in str(caught.value)
    assert list((shop / "work").iterdir()) == []


def test_python_variables_are_no_tables(shop: Path) -> None:
    secret = pa.table({"order_no": ["x"]})
    assert secret.num_rows == 1
    with pytest.raises(SourceError, match="Table with name secret does not exist"):
        open_data(shop, SHOP, "order_no", records="select * from secret")


def test_sql_may_end_in_semicolon_and_comment(shop: Path) -> None:
    sql = "-- orders\nselect *, 'a;b' as x from orders order by order_no desc; -- end"
    assert [row["order_no"] for row in read_values(shop, SHOP, "order_no", records=sql)] == ["003", "002", "001"]


def test_sql_without_rows_gives_no_records(shop: Path) -> None:
    with open_data(shop, SHOP, "order_no", records="select * from orders where day = 'never'") as source:
        assert source.count() == 0
        assert list(source.batches(10)) == []


def test_names_with_blanks_umlauts_and_keywords_work_everywhere(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('"Größe, ""x""",order,select\n1,A,x\n', encoding="utf-8")
    tables = {"Meine Tabelle": "a.csv", "from": "a.csv"}
    sql = 'select "Größe, ""x""", "order", "select" from "Meine Tabelle"'
    nest = {"group": {"table": "from", "on": ["order", "select"], "order_by": 'Größe, "x"'}}
    (record,) = read_values(tmp_path, tables, "order", records=sql, nest=nest)
    assert record['Größe, "x"'] == "1"
    assert record["group"] == [{'Größe, "x"': "1", "order": "A", "select": "x"}]


def test_lists_and_objects_made_by_sql_come_as_such(shop: Path) -> None:
    rows = "list({'n': order_no, 'd': day} order by order_no) as orders"
    sql = f"select customer as no, {rows} from orders group by 1 order by 1"
    first, second = read_values(shop, SHOP, records=sql)
    assert first == {"no": "C1", "orders": [{"n": "002", "d": "x"}, {"n": "003", "d": "z"}]}
    assert second == {"no": "C2", "orders": [{"n": "001", "d": "y"}]}


def test_the_same_sql_without_order_gives_the_same_order(tmp_path: Path) -> None:
    with (tmp_path / "t.csv").open("w") as file:
        file.write("no,g\n")
        file.writelines(f"{n * 7919 % 60000},{n % 501}\n" for n in range(60000))
    sql = "select g as no, count(*) as n from t group by g"
    assert read_values(tmp_path, {"t": "t.csv"}, records=sql) == read_values(tmp_path, {"t": "t.csv"}, records=sql)


# --- faults of tables -----------------------------------------------------------------------------


def test_the_faults_of_all_tables_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x;y\n1\n1;2;3\n")
    (tmp_path / "b.csv").write_text("x;x\n1;2\n")
    (tmp_path / "orders.csv").write_text("x\n")
    (tmp_path / "d.doc").write_text("x")
    tables = {"a": "a.csv", "b": "b.csv", "c": "order.csv", "d": "d.doc", "e": "*.parquet", "f": "orders.csv"}
    with pytest.raises(Faults) as caught:
        open_data(tmp_path, tables, records="select 1 as no")
    told = [str(fault) for fault in caught.value.faults]
    assert [text.split(":")[0] for text in told] == [
        *("a.csv, row 2", "a.csv, row 3", "b.csv, line 1", "tables › c", "d.doc", "tables › e", "orders.csv")
    ]
    assert 'there is no file "order.csv"; did you mean "orders.csv"' in told[3]
    assert 'files ending in ".doc" cannot be read' in told[4]
    assert 'no file fits the pattern "*.parquet"' in told[5]
    assert "the table has no rows" in told[6]


def test_files_of_a_pattern_need_the_same_columns_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("no,a,b\n1,x,y\n")
    (tmp_path / "2.csv").write_text("b,no,a\nyy,2,xx\n")
    assert read_values(tmp_path, {"t": "*.csv"})[1] == {"no": "2", "a": "xx", "b": "yy"}
    (tmp_path / "3.csv").write_text("no,a,c\n3,x,y\n")
    (tmp_path / "4.csv").write_text("no,a,b\n4,x\n")
    with pytest.raises(Faults) as caught:
        open_data(tmp_path, {"t": "*.csv"})
    assert "3.csv, line 1: the columns are not those of 1.csv: it lacks b; it has also c" in str(caught.value)
    assert "4.csv, row 2" in str(caught.value)


def test_a_sheet_that_is_not_there_is_a_fault_with_a_proposal(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "t.xlsx")
    with pytest.raises(SourceError, match='there is no sheet "Shet"; did you mean "Sheet"'):
        open_data(tmp_path, {"t": "t.xlsx#Shet"})
    with pytest.raises(SourceError, match=r"t.xlsx#Sheet: the sheet is empty"):
        open_data(tmp_path, {"t": "t.xlsx#Sheet"})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"no workbook", "not a workbook that can be read"),
        ("t.parquet", b"no parquet", "not Parquet that can be read"),
        ("t.json", b'[{"no": 1},\n {"no": }]', "t.json, line 2: this is not JSON: expecting value"),
        ("t.json", b'{"no": 1}', "line 1: the file is not a JSON array"),
        ("t.json", b'[{"no": 1}\n {"no": 2}]', "line 2: a comma or ] is missing here"),
        ("t.json", b'[{"no": 1}] x', "text follows after the end"),
        ("t.json", b"[]", "the file has no records"),
        ("t.json", b"", "the file is not a JSON array"),
        ("t.json", b'[{"no": 1, "no": 2}]', "the same name twice"),
        ("t.jsonl", b'{"no": 1}\n\n{"no": NaN}', "line 3: this is not JSON: NaN is not a JSON number"),
        ("t.jsonl", b'{"no": 1}\n[2]\n3', "line 2: this is not an object with named values"),
        ("t.jsonl", b'{"no": "M\xfcller"}', "not UTF-8: byte 10 of the file (hexadecimal FC)"),
        ("t.jsonl", b'{"No": 1, "no": 2}', "2 columns are called"),
        ("t.csv", b"no;x\n", "the table has no rows"),
    ],
)
def test_a_broken_file_is_a_fault_with_its_place(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((SourceError, Faults)) as caught:
        open_data(tmp_path, {"t": name})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"url": "sqlite:///no.sqlite", "table": "t"}, 'there is no file "no.sqlite"; did you mean "not.sqlite"'),
        ({"url": "sqlite:///t.sqlite", "table": "tt"}, 'there is no table "tt"; did you mean "t"'),
        ({"url": "sqlite:///t.sqlite", "query": "selec 1"}, 'the database refuses: near "selec": syntax error'),
        ({"url": "sqlite:///t.sqlite", "query": "delete from t"}, "attempt to write a readonly database"),
        ({"url": "sqlite:///t.sqlite", "query": "select 1 as a, 2 as a"}, '2 columns are called "a"'),
        ({"url": "sqlite:///not.sqlite", "table": "t"}, "file is not a database"),
        ({"url": "nonsense", "table": "t"}, "this is not a database URL"),
        ({"url": "nosuch://u:hidden@h/x", "table": "t"}, '"nosuch" is not a known kind of database'),
    ],
)
def test_a_database_that_refuses_is_a_fault_in_words(tmp_path: Path, spec: dict[str, str], message: str) -> None:
    write_sqlite(tmp_path)
    (tmp_path / "not.sqlite").write_text("not a database, but long enough to look like one" * 20)
    before = (tmp_path / "t.sqlite").read_bytes()
    with pytest.raises(SourceError) as caught:
        open_data(tmp_path, {"t": spec})
    assert message in str(caught.value)
    assert "hidden" not in str(caught.value)
    assert (tmp_path / "t.sqlite").read_bytes() == before


def test_several_tables_without_sql_are_a_fault(shop: Path) -> None:
    with pytest.raises(JobError, match="no `records` to say which rows are the records"):
        open_data(shop, SHOP, "order_no")


# --- memory ---------------------------------------------------------------------------------------

MEASURE = """
import resource, sys
from pathlib import Path
from docgen.job import DataSpec
from docgen.source import open_source
folder, count = Path(sys.argv[1]), 0
data = DataSpec.model_validate({"tables": {"t": "t.csv"}, "key": "no"})
with open_source(data, folder, folder / "work", {}) as source:
    for batch in source.batches(1000):
        count += len(batch)
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is measured by POSIX means")
def test_ten_times_the_records_need_hardly_more_memory(tmp_path: Path) -> None:
    peaks = {}
    for rows in (10_000, 100_000):
        folder = tmp_path / str(rows)
        folder.mkdir()
        with (folder / "t.csv").open("w") as file:
            file.write("no;name;street;city;email;note\n")
            file.writelines(
                f"{n:08};Customer {n};Street {n * 7};Vilnius;c{n}@example.com;{'x' * 60}\n" for n in range(rows)
            )
        command = [sys.executable, "-c", MEASURE, str(folder)]
        counted, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert int(counted) == rows
        peaks[rows] = int(peak)
    assert peaks[100_000] < 1.3 * peaks[10_000], peaks
