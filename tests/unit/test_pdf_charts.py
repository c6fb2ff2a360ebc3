"""Charts in RML bodies: what they say in each language, and that both paths draw the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from differential.pdf_compare import differences, picture_differences
from rendering import make_context, pdf_text, rml_template

from docgen.errors import FieldMissing, TemplateError
from docgen.model import Making
from docgen.render.pdf import prepare
from docgen.render.pdf.charts import ChartPlan, plan_chart, read_plan
from docgen.richfilters import CHARTS

ROWS = [
    {"month": month, "sales": Decimal(sales), "costs": Decimal(costs), "day": Decimal(day)}
    for month, sales, costs, day in (("Jan", "1200.5", "800", 1), ("Feb", "2300", "-150", 4), ("Mar", "900", "70", 9))
]


def plan(kind: str = "column", locale: str = "en", **more: object) -> ChartPlan:
    wanted: dict[str, object] = {
        "x": "day" if kind == "scatter" else "month", "y": ["sales"], "names": [], "title": "", "x_title": "",
        "y_title": "", "width_mm": 100, "height_mm": 60, "legend": None, "labels": False, "colors": [],
        "number_format": "", "alt": "",
    }  # fmt: skip
    return plan_chart(kind, ROWS, {"locale": locale, "currency": "EUR"}, **(wanted | more))


def both(folder: Path, story: str) -> tuple[bytes, bytes]:
    template = rml_template(folder, story)
    ours, theirs = (prepare(template, engine=making).render(make_context({"rows": ROWS})) for making in Making)
    return ours.content, theirs.content


@pytest.mark.parametrize("kind", CHARTS)
def test_both_paths_draw_the_same_chart(tmp_path: Path, kind: str) -> None:
    x = "day" if kind == "scatter" else "month"
    y = '"sales"' if kind in ("pie", "doughnut") else '["sales", "costs"]'
    rows = "rows[:1] + rows[2:]" if kind in ("pie", "doughnut") else "rows"
    call = f'chart("{kind}", {rows}, x="{x}", y={y}, title="Half a year", labels=true)'
    ours, theirs = both(tmp_path, f"{{{{ {call} }}}}")
    assert differences(ours, theirs) == []
    assert picture_differences(ours, theirs) == []
    assert "Half a year" in pdf_text(ours)


@pytest.mark.parametrize(
    ("locale", "ticks"),
    [("en", ["0", "500", "1,000"]), ("de", ["0", "500", "1.000"]), ("lt", ["0", "500", "1\u00a0000"])],
)
def test_an_axis_is_written_in_the_records_language(locale: str, ticks: list[str]) -> None:
    assert plan(locale=locale).tick_labels[:3] == ticks


def test_money_stands_on_the_axis_with_its_currency() -> None:
    assert plan(number_format="money", locale="de").tick_labels[-1] == "2.500,00\u00a0€"


def test_columns_stand_on_zero_and_stacks_reach_their_sum() -> None:
    assert plan().ticks[0] == 0
    assert plan(y=["sales", "costs"]).ticks[0] < 0
    assert plan("stacked-column", y=["sales", "costs"]).ticks[-1] >= 2300


def test_a_plan_survives_being_written_into_the_body() -> None:
    made = plan(title='5 > 4 & "so on"')
    assert read_plan(made.write()) == made


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "pie"}'])
def test_a_chart_written_by_hand_is_a_fault_that_says_how_it_is_made(text: str) -> None:
    with pytest.raises(ValueError, match="made by the function chart"):
        read_plan(text)


def test_faults_of_a_chart_name_what_is_wrong() -> None:
    with pytest.raises(FieldMissing, match="turnover"):
        plan(y=["turnover"])
    with pytest.raises(TemplateError, match="width_mm of the chart is 5"):
        plan(width_mm=5)
    with pytest.raises(TemplateError, match='"red" is not a colour'):
        plan(colors=["red"])


@pytest.mark.parametrize(("locale", "text"), [("en", "27%"), ("de", "27\u00a0%"), ("fil", "27%")])
def test_a_pie_says_its_parts_as_the_records_language_writes_percentages(locale: str, text: str) -> None:
    assert plan("pie", locale).labels[0][0] == text


def test_a_value_that_is_asked_for_stands_at_a_piece_in_place_of_its_percentage() -> None:
    assert plan("pie", labels=True).labels[0][0] == "1,201"


def test_labels_along_the_foot_of_lying_bars_stay_within_the_chart_and_clear_of_the_axis_title(tmp_path: Path) -> None:
    call = 'chart("bar", rows, x="month", y="sales", y_title="EUR", number_format="#,##0.00", width_mm=60)'
    ours, _ = both(tmp_path, f"{{{{ {call} }}}}")
    page = pypdfium2.PdfDocument(ours)[0].get_textpage()
    left = box(page, "Jan")[0]
    before, last, title = (box(page, words) for words in ("1,000.00", "2,000.00", "EUR"))
    assert before[2] < last[0], "labels touch"
    assert last[2] - left < 60 * 72 / 25.4
    assert title[3] < last[1]


def box(page: pypdfium2.PdfTextPage, words: str) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of words on a page."""
    index, count = page.search(words).get_next()
    lefts, bottoms, rights, tops = zip(*(page.get_charbox(index + at) for at in range(count)), strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)
