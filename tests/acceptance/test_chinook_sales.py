"""Real data: quarterly sales of the Chinook shop by employee and country, equal to SQL run on the database itself.

The database is not part of the project; where it is absent the test is skipped.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from kit import Office

DATABASE = Path(__file__).parents[3] / "shared" / "data" / "chinook.sqlite"
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATABASE.exists(), reason="the Chinook database is not here"),
    pytest.mark.timeout(900),
]

JOB = """\
title: Chinook sales
data:
  tables:
    invoice: {url: "${CHINOOK}", table: Invoice}
    customer: {url: "${CHINOOK}", table: Customer}
    employee: {url: "${CHINOOK}", table: Employee}
  records: |
    with sold as (
      select cast(i.InvoiceDate as date) as day, cast(i.Total as decimal(10, 2)) as worth, i.BillingCountry as country,
             e.FirstName || ' ' || e.LastName as person, c.FirstName || ' ' || c.LastName as customer
      from invoice i join customer c using (CustomerId) join employee e on e.EmployeeId = c.SupportRepId
    ),
    quarters as (
      select cast(unnest(generate_series(date '2022-01-01', date '2025-10-01', interval 3 months)) as date) as start
    ),
    counted as (
      select start, unnest(['person', 'country', 'customer']) as dimension, unnest([person, country, customer]) as name,
             case when day >= start and day < start + interval 3 months then worth else 0 end as now,
             case when day >= start - interval 3 months and day < start then worth else 0 end as before,
             case when day >= start - interval 1 year and day < start - interval 9 months then worth else 0 end as far
      from quarters cross join sold
    ),
    figures as (
      select start, dimension, name, sum(now) as actual, sum(before) as previous, sum(far) as last_year
      from counted group by all having sum(now) + sum(before) + sum(far) > 0
    ),
    rows as (
      select start, dimension,
             list({name: name, actual: actual, previous: previous, last_year: last_year} order by actual desc, name)
               as listed
      from figures group by all
    )
    select strftime(q.start, '%Y-%m') as report_no, 'quarter' as period, q.start, p.listed as people,
           c.listed as regions, t.listed[:10] as customers,
           (select count(*) from sold where day >= q.start and day < q.start + interval 3 months) as orders
    from quarters q
    join rows p on p.start = q.start and p.dimension = 'person'
    join rows c on c.start = q.start and c.dimension = 'country'
    join rows t on t.start = q.start and t.dimension = 'customer'
    order by q.start
  key: report_no
documents:
  report: {template: sales-report, format: pdf, file: "{{ report_no }}"}
"""

PERIOD = """
  InvoiceDate >= :start and InvoiceDate < date(:start, '+3 months')
"""
BY_EMPLOYEE = f"""
  select e.FirstName || ' ' || e.LastName, sum(i.Total)
  from Invoice i join Customer c using (CustomerId) join Employee e on e.EmployeeId = c.SupportRepId
  where {PERIOD} group by e.EmployeeId
"""
BY_COUNTRY = f"select BillingCountry, sum(Total) from Invoice where {PERIOD} group by 1"
WHOLE = f"select count(*), sum(Total) from Invoice where {PERIOD}"

STARTS = [f"{year}-{month:02}" for year in range(2022, 2026) for month in (1, 4, 7, 10)]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Quarter -> text of all pages of its report."""
    office = Office(tmp_path_factory.mktemp("chinook-sales"))
    office.write("config.yaml", (ROOT / "config.yaml").read_text(encoding="utf-8").replace("EUR", "USD"))
    office.edit("config.yaml", "company:", f"templates: {ROOT / 'templates'}\ncompany:")
    office.write("jobs/sales.yaml", JOB.replace("${CHINOOK}", f"sqlite:///{DATABASE}"))
    result = office.run("--json", job="jobs/sales.yaml")
    assert result.code == 0, result.out + result.err
    folder = office.run_folder("sales") / "documents"
    return {path.stem: _text(path) for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def shop() -> sqlite3.Connection:
    return sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)


def _text(path: Path) -> str:
    pages = pdfium.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in pages).replace("\r", "")


def _direct(shop: sqlite3.Connection, sql: str, quarter: str) -> dict[str, Decimal]:
    rows = shop.execute(sql, {"start": f"{quarter}-01"}).fetchall()
    return {name: Decimal(str(total)).quantize(Decimal("0.01")) for name, total in rows}


def _printed(text: str, heading: str, names: Mapping[str, object]) -> dict[str, Decimal]:
    """Return the sales of each row in the table under a heading; rows of nothing this quarter are left out."""
    part = re.split(rf"^{heading}$", text, flags=re.MULTILINE)[-1]
    found = re.findall(rf"^({'|'.join(map(re.escape, names))}) ([\d,]+\.\d\d) ", part, flags=re.MULTILINE)
    return {name: Decimal(amount.replace(",", "")) for name, amount in found[: len(names)]}


def test_every_quarter_has_its_report(texts: dict[str, str]) -> None:
    assert list(texts) == STARTS


@pytest.mark.parametrize("quarter", STARTS)
def test_sales_by_employee_equal_sql_run_directly(
    quarter: str, texts: dict[str, str], shop: sqlite3.Connection
) -> None:
    expected = _direct(shop, BY_EMPLOYEE, quarter)
    assert len(expected) == 3
    assert _printed(texts[quarter], "By person", expected) == expected


@pytest.mark.parametrize("quarter", STARTS)
def test_sales_by_country_equal_sql_run_directly(quarter: str, texts: dict[str, str], shop: sqlite3.Connection) -> None:
    expected = _direct(shop, BY_COUNTRY, quarter)
    assert len(expected) >= 10
    assert _printed(texts[quarter], "By region", expected) == expected


@pytest.mark.parametrize("quarter", STARTS)
def test_the_key_figures_equal_sql_run_directly(quarter: str, texts: dict[str, str], shop: sqlite3.Connection) -> None:
    (orders, total), *_ = shop.execute(WHOLE, {"start": f"{quarter}-01"}).fetchall()
    assert f"\n${total:,.2f}\n" in texts[quarter]
    assert f"{orders} orders" in texts[quarter]


@pytest.mark.parametrize("quarter", STARTS[1:])
def test_a_quarter_is_compared_with_the_figures_of_the_one_before(
    quarter: str, texts: dict[str, str], shop: sqlite3.Connection
) -> None:
    before = STARTS[STARTS.index(quarter) - 1]
    (now,), (then,) = (
        shop.execute(f"select sum(Total) from Invoice where {PERIOD}", {"start": f"{start}-01"}).fetchone()
        for start in (quarter, before)
    )
    change = (Decimal(f"{now:.2f}") - Decimal(f"{then:.2f}")) / Decimal(f"{then:.2f}") * 100
    assert f"Then: ${then:,.2f}" in texts[quarter]
    assert f"{change:+.1f}%" in texts[quarter].replace("0.0% =", "+0.0%")
