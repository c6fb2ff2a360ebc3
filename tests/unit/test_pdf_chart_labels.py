"""The names below charts stand within the chart, whatever they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from docgen.render.pdf.alone import ALONE
from docgen.render.pdf.chartdrawing import drawn
from docgen.render.pdf.chartlabels import Lettering, foot, thinned
from docgen.render.pdf.fonts import DEFAULT_FONT, load_fonts

LETTERS = Lettering("Helvetica", 8, 10)
LONG = ["Donaudampfschifffahrt", "Acme", "Rechtsschutzversicherung"]


def test_names_with_room_stand_in_a_line():
    assert foot(["Q1", "Q2"], 40, 20, 50, LETTERS, dated=False).texts == ["Q1", "Q2"]


def test_names_of_several_words_stand_in_several_lines():
    made = foot(["Northwind Joinery", "Acme"], 50, 20, 50, LETTERS, dated=False)
    assert made.texts == ["Northwind\nJoinery", "Acme"]
    assert (made.turned, made.height) == (False, 10)


def test_long_words_are_turned_and_cut_where_the_chart_ends():
    made = foot(LONG, 30, 20, 40, LETTERS, dated=False)
    assert made.turned
    assert made.texts[1] == "Acme"
    assert all(text.endswith("…") for text in (made.texts[0], made.texts[2]))
    assert all(LETTERS.width(text) * 0.7072 <= 40.1 for text in made.texts)
    assert made.height <= 40.1


def test_dates_are_left_out_evenly():
    names = [f"{day}. Nov" for day in range(10, 16)]
    assert foot(names, 20, 20, 40, LETTERS, dated=True).texts == ["10. Nov", "", "12. Nov", "", "14. Nov", ""]


def test_very_many_names_are_left_out_evenly():
    assert foot(LONG * 9, 5, 20, 40, LETTERS, dated=False).texts.count("") >= 20


def test_a_first_name_that_stays_is_cut_at_the_edge():
    made = foot(LONG * 9, 5, 20, 40, LETTERS, dated=False)
    assert LETTERS.width(made.texts[0]) <= 2 * (20 + 2.5)


def test_no_name_is_no_name():
    assert foot([], 5, 20, 40, LETTERS, dated=False).texts == []
    assert thinned([], 5, LETTERS) == []


@pytest.mark.parametrize("kind", ["column", "stacked-column", "line", "area"])
@pytest.mark.parametrize("names", [LONG, ["Northwind Joinery", "Harbour School"], ["2026", "2027"], ["x"]])
def test_names_below_a_chart_stay_on_it(kind: str, names: list[str], tmp_path: Path):
    plan = {
        "kind": kind, "width": 160.0, "height": 120.0, "title": "", "x_title": "", "y_title": "", "categories": names,
        "places": [], "names": ["a"], "values": [[1.0] * len(names)], "labels": [["1"] * len(names)],
        "ticks": [0.0, 1.0], "tick_labels": ["0", "1"], "place_ticks": [], "place_labels": [], "colours": ["14586A"],
        "text": "000000", "muted": "000000", "hairline": "000000", "legend": False, "labelled": False, "alt": "",
    }  # fmt: skip
    with ALONE:
        load_fonts(tmp_path).register()
        left, bottom, right, _ = drawn(json.dumps(plan)).getBounds()
        assert stringWidth(names[0], DEFAULT_FONT, 7.5) > 0
    assert left >= -1
    assert bottom >= -1
    assert right <= 161
