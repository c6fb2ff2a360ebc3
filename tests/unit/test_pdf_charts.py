"""Charts in RML bodies: what they say in each language, and that both paths draw the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

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
