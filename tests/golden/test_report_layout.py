"""The layout of reports with many rows, long names, large amounts and with hardly anything."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Artifact, Format
from docgen.protocols import Prepared
from docgen.render import RENDERERS
from docgen.template import Template, load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)
LONG = "Heinz-Rüdiger Graf von Hohenstein-Wittelsbach zu Altenburg-Sachsen-Coburg"
ITEM = {"date": "2026-11-09", "category": "travel", "merchant": "Nordvind Air", "amount": "12.50"}


@cache
def prepared(name: str) -> tuple[Template, Prepared]:
    template = load_template(ROOT / "templates" / name)
    return template, RENDERERS[".rml", Format.PDF](template)


def report(name: str, language: str = "de", **more: object) -> Artifact:
    template, ready = prepared(name)
    company = load_config(ROOT / "config.yaml", {}).company.model_dump()
    values, faults = read_values({**template.sample, **more}, template.fields, "en_GB", "sample")
    assert not faults
    computed = KINDS[template.kind].compute(values, company, TODAY)
    return ready.render(
        build_context({**values, **computed}, locale=language, company=company, today=TODAY, texts=template.texts)
    )


def text_of(artifact: Artifact) -> str:
    return "\n---- page ----\n".join(
        page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(artifact.content)
    )


def pages_of(artifact: Artifact) -> list[str]:
    return text_of(artifact).split("---- page ----")


def right_edges(artifact: Artifact) -> float:
    """Return how far right the furthest letter of all pages stands, in millimetres."""
    furthest = 0.0
    for page in pypdfium2.PdfDocument(artifact.content):
        text = page.get_textpage()
        furthest = max(furthest, *(text.get_charbox(at)[2] for at in range(text.count_chars())))
    return furthest / 72 * 25.4


@pytest.mark.parametrize("count", [1, 6, 25, 60])
def test_a_table_of_receipts_begins_on_the_first_page_and_its_total_is_never_alone(count: int) -> None:
    items = [{**ITEM, "receipt": f"R-{number:03}"} for number in range(1, count + 1)]
    pages = pages_of(report("expense-report", items=items, per_diems=[], mileage=[], advances=[]))
    assert "R-001" in pages[0]
    assert [n for n in range(1, count + 1) if sum(f"R-{n:03}" in page for page in pages) != 1] == []
    assert f"R-{count:03}" in next(page for page in pages if "\nSumme" in page)


def test_long_names_and_purposes_stay_within_the_page() -> None:
    items = [{**ITEM, "merchant": LONG, "description": LONG, "receipt": "R-1"}] * 3
    made = report("expense-report", employee=LONG, manager=LONG, purpose=f"{LONG} {LONG}", items=items)
    assert right_edges(made) <= 190.5


def test_signatures_stand_on_one_line_under_names_of_any_length() -> None:
    document = pypdfium2.PdfDocument(report("expense-report", employee=LONG).content)
    for page in document:
        text = page.get_textpage()
        search, bottoms = text.search("Datum, Unterschrift"), []
        while found := search.get_next():
            bottoms.append(round(text.get_charbox(found[0])[1], 1))
        if bottoms:
            assert (len(bottoms), len(set(bottoms))) == (3, 1)
            return
    pytest.fail("there is nowhere to sign")


def test_a_report_of_receipts_alone_has_neither_allowances_nor_a_car() -> None:
    text = text_of(report("expense-report", items=[ITEM], per_diems=[], mileage=[], advances=[]))
    assert not re.search("Pauschale|Pkw|Vorschuss", text)


def test_a_summary_of_many_reports_names_each_once_and_keeps_its_table_with_its_heading() -> None:
    reports = [{"number": f"ER-{n:02}", "employee": f"{LONG} {n}", "items": [ITEM]} for n in range(1, 31)]
    made = report("expense-summary", reports=reports, total=None, comments="")
    pages = pages_of(made)
    assert f"{LONG.split()[0]}" in pages[0]
    listed = "".join(pages).split("Alle Abrechnungen")[1].split("Größte Belege")[0]
    assert [n for n in range(1, 31) if listed.count(f"ER-{n:02}") != 1] == []
    assert right_edges(made) <= 190.5


def test_sales_in_the_hundred_millions_stay_in_one_line() -> None:
    row = {"name": "Vilnius", "actual": "318450750.75", "target": "300000000", "previous": "1", "last_year": "2"}
    made = report("sales-report", "lt", actual=None, previous=None, last_year=None, people=[row], regions=[row] * 1,
                  products=[], customers=[])  # fmt: skip
    text = text_of(made).replace("\u00a0", " ")
    assert re.search(r"\n318 450 750,75 €\n", text)
    assert re.search(r"\nVilnius 318 450 750,75 300 000 000,00 106 %", text)
    assert right_edges(made) <= 190.5


def test_a_sales_report_of_one_figure_is_one_page_without_empty_tables() -> None:
    made = report("sales-report", previous=None, last_year=None, orders=None, people=[], regions=[], products=[],
                  customers=[], series=[], comments="")  # fmt: skip
    text = text_of(made)
    assert made.pages == 1
    assert not re.search("Nach Personen|Nach Regionen|Wichtigste Kunden|Anmerkungen|▲|▼", text)


@pytest.mark.parametrize("language", ["de", "en", "fil", "lt", "lv"])
def test_no_chart_label_leaves_the_text_area(language: str) -> None:
    regions = [{"name": f"{LONG} {n}", "actual": "1234567.89", "target": "1500000"} for n in range(3)]
    made = report("sales-report", language, actual=None, people=[], regions=regions, customers=[], previous=None,
                  last_year=None, products=[{**row, "last_year": "1"} for row in regions])  # fmt: skip
    assert right_edges(made) <= 190.5
