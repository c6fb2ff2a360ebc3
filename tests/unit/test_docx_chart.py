"""Charts in Word documents: the markup, the workbook beside it, the look, and what cannot be drawn."""

import io
from datetime import date, datetime
from decimal import Decimal

import docx
import openpyxl
import pytest
from babel import Locale
from docx.oxml.ns import qn
from lxml import etree
from rendering import make_context, make_template, part, picture, saved, word

from docgen.errors import FieldMissing, LimitExceeded, TemplateError, UnsupportedFeature
from docgen.model import Where
from docgen.render import docx as word_renderer
from docgen.render.chartdata import days
from docgen.render.docx.charts.look import date_format, number_format
from docgen.render.docx.charts.markup import KINDS
from docgen.render.docx.package import Package
from docgen.render.text import prepare_html
from docgen.richfilters import CHARTS

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
ROWS = [
    {"month": "January", "sales": Decimal("1200.50"), "costs": 900},
    {"month": "February", "sales": None, "costs": -50},
    {"month": "March & <April>", "sales": 1500, "costs": 1000},
]
DAYS = [{"day": date(2026, month, 1), "v": month} for month in (1, 2, 4)]
COLOURS = {"accent": "#1F4E79", "text": "#1A1A1A", "muted": "#5F6B76", "hairline": "#CBD2D9"}


def render(folder, call, rows=ROWS, locale="en", body=None, **more):
    template = make_template(folder, body or word(f"{{{{ {call} }}}}"), ".docx")
    return word_renderer.prepare(template).render(make_context({"rows": rows, **more}, locale)).content


def chart_of(content, number=1):
    return etree.fromstring(part(content, f"word/charts/chart{number}.xml").encode())


def workbook_of(content, number=1):
    package = Package(content, Where("made.docx"))
    name = f"word/embeddings/Microsoft_Excel_Worksheet{number}.xlsx"
    return openpyxl.load_workbook(io.BytesIO(package.parts[name]))["Sheet1"]


def draw(folder, call, *arguments, **more):
    return chart_of(render(folder, call, *arguments, **more))


def texts(root, path):
    return [node.text for node in root.iterfind(path)]


def points(series, name):
    return {int(node.get("idx")): node.find(f"{C}v").text for node in series.iterfind(f".//{C}{name}//{C}pt")}


COSTS = "chart('line', rows, x='month', y='costs', "
SERIES = "chart('line', rows, x='m', y='v')"
COLUMN = "chart('column', rows, x='month', y=['sales', 'costs'])"


# --- what is drawn --------------------------------------------------------------------------------


def test_every_kind_of_the_function_can_be_drawn_and_no_other():
    assert set(CHARTS) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(set(CHARTS) - {"scatter"}))
def test_every_kind_holds_categories_and_values(tmp_path, kind):
    root = draw(tmp_path / "t", f"chart('{kind}', rows, x='month', y='costs')", [r for r in ROWS if r["costs"] > 0])
    assert [etree.QName(node).localname for node in root.iter() if node.find(f"{C}ser") is not None] == [
        KINDS[kind].element
    ]
    (series,) = root.iter(f"{C}ser")
    assert points(series, "cat") == {0: "January", 1: "March & <April>"}
    assert points(series, "val") == {0: "900", 1: "1000"}


def test_points_have_numbers_on_both_axes(tmp_path):
    rows = [{"x": Decimal("1.5"), "y": 2}, {"x": 3, "y": None}]
    root = draw(tmp_path / "t", "chart('scatter', rows, x='x', y='y')", rows)
    (series,) = root.iter(f"{C}ser")
    assert points(series, "xVal") == {0: "1.5", 1: "3"}
    assert points(series, "yVal") == {0: "2"}


def test_missing_values_are_gaps_and_negative_ones_keep_their_colour(tmp_path):
    root = draw(tmp_path / "t", COLUMN)
    sales, costs = root.iter(f"{C}ser")
    assert points(sales, "val") == {0: "1200.5", 2: "1500"}
    assert points(costs, "val")[1] == "-50"
    assert root.find(f".//{C}dispBlanksAs").get("val") == "gap"
    assert {node.get("val") for node in root.iter(f"{C}invertIfNegative")} == {"0"}


def test_empty_text_is_a_gap_too(tmp_path):
    root = draw(tmp_path / "t", "chart('line', rows, x='m', y='v')", [{"m": "a", "v": " "}, {"m": "b", "v": 1}])
    assert points(next(root.iter(f"{C}ser")), "val") == {1: "1"}


def test_dates_stand_on_an_axis_of_time(tmp_path):
    root = draw(tmp_path / "t", "chart('line', rows, x='day', y='v')", DAYS, "de")
    assert root.find(f".//{C}catAx") is None
    assert root.find(f".//{C}dateAx/{C}baseTimeUnit").get("val") == "months"
    assert points(next(root.iter(f"{C}ser")), "cat") == {0: "46023", 1: "46054", 2: "46113"}
    assert root.find(f".//{C}dateAx/{C}numFmt").get("formatCode") == "[$-407]mmm\\ yyyy"


@pytest.mark.parametrize(
    ("dates", "unit"),
    [
        ([date(2024, 1, 1), date(2026, 1, 1)], "years"),
        ([date(2026, 1, 31), date(2026, 2, 28)], "months"),
        ([date(2026, 1, 1), date(2026, 1, 2)], "days"),
    ],
)
def test_the_axis_of_time_is_as_coarse_as_the_dates(tmp_path, dates, unit):
    root = draw(tmp_path / "t", "chart('column', rows, x='d', y='v')", [{"d": one, "v": 1} for one in dates])
    assert root.find(f".//{C}baseTimeUnit").get("val") == unit


def test_two_values_of_one_day_stand_beside_each_other(tmp_path):
    rows = [{"d": date(2026, 5, 1), "v": 1}, {"d": date(2026, 5, 1), "v": 2}]
    root = draw(tmp_path / "t", "chart('column', rows, x='d', y='v')", rows)
    assert root.find(f".//{C}dateAx") is None
    assert points(next(root.iter(f"{C}ser")), "cat") == {0: "2026-05-01", 1: "2026-05-01"}


def test_dates_can_be_values(tmp_path):
    rows = [{"m": "a", "v": date(2026, 5, 4)}, {"m": "b", "v": datetime(2026, 5, 5, 12)}]
    root = draw(tmp_path / "t", "chart('line', rows, x='m', y='v')", rows)
    assert points(next(root.iter(f"{C}ser")), "val") == {0: "46146", 1: "46147.5"}
    assert root.find(f".//{C}valAx/{C}numFmt").get("formatCode") == "[$-409]m\\/d\\/yy"


def test_series_are_called_after_their_fields_or_by_the_names_given(tmp_path):
    rows = [{"m": "a", "net_sales": 1, "x": 2}]
    plain = draw(tmp_path / "a", "chart('line', rows, x='m', y=['net_sales', 'x'])", rows)
    named = draw(tmp_path / "b", "chart('line', rows, x='m', y=['net_sales', 'x'], names=['Net & more', 'X'])", rows)
    path = f".//{C}ser/{C}tx//{C}v"
    assert texts(plain, path) == ["Net sales", "X"]
    assert texts(named, path) == ["Net & more", "X"]


def test_titles_are_written_where_they_are_given(tmp_path):
    root = draw(tmp_path / "t", f"{COLUMN[:-1]}, title='Sales & costs', x_title='Month', y_title=unit)", unit="EUR")
    assert texts(root, f".//{C}title//{A}t") == ["Sales & costs", "Month", "EUR"]
    assert root.find(f".//{C}autoTitleDeleted").get("val") == "0"
    bare = draw(tmp_path / "u", COLUMN)
    assert texts(bare, f".//{C}title//{A}t") == []
    assert bare.find(f".//{C}autoTitleDeleted").get("val") == "1"


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (COLUMN, True),
        ("chart('column', rows, x='month', y='costs')", False),
        ("chart('column', rows, x='month', y='costs', legend=true)", True),
        (f"{COLUMN[:-1]}, legend=false)", False),
        ("chart('pie', rows[:1], x='month', y='costs')", True),
    ],
)
def test_a_legend_is_there_where_there_is_something_to_tell_apart(tmp_path, call, shown):
    assert (draw(tmp_path / "t", call).find(f".//{C}legend") is not None) is shown


def test_values_are_written_beside_what_is_drawn_on_request(tmp_path):
    root = draw(tmp_path / "t", "chart('column', rows, x='month', y='costs', labels=true)")
    assert root.find(f".//{C}dLbls/{C}showVal").get("val") == "1"
    pie = draw(tmp_path / "p", "chart('pie', rows[:1], x='month', y='costs')")
    assert pie.find(f".//{C}dLbls/{C}showPercent").get("val") == "1"
    assert pie.find(f".//{C}dLbls/{C}numFmt").get("formatCode") == "[$-409]#,##0%"


def test_bars_are_read_from_above(tmp_path):
    root = draw(tmp_path / "t", "chart('bar', rows, x='month', y='costs')")
    assert root.find(f".//{C}catAx/{C}scaling/{C}orientation").get("val") == "maxMin"
    assert root.find(f".//{C}valAx/{C}crosses").get("val") == "max"


def test_stacked_columns_stand_on_each_other(tmp_path):
    root = draw(tmp_path / "t", "chart('stacked-column', rows, x='month', y=['sales', 'costs'])")
    assert root.find(f".//{C}grouping").get("val") == "stacked"
    assert root.find(f".//{C}overlap").get("val") == "100"


# --- the look -------------------------------------------------------------------------------------


def colours(root):
    return [node.get("val") for node in root.iterfind(f".//{C}ser/{C}spPr/{A}solidFill/*")]


def test_colours_are_those_given_else_the_companys_else_the_themes(tmp_path):
    template = make_template(
        tmp_path / "t", word("{{ " + COLUMN + " }}", "{{ " + COLUMN[:-1] + ", colors='#abcdef') }}"), ".docx"
    )
    prepared = word_renderer.prepare(template)
    context = make_context({"rows": ROWS})
    assert colours(chart_of(prepared.render(context).content)) == ["accent1", "accent2"]
    context["company"] = {**context["company"], "colours": COLOURS}
    content = prepared.render(context).content
    assert colours(chart_of(content))[0] == "1F4E79"
    assert len(set(colours(chart_of(content)))) == 2
    assert colours(chart_of(content, 2)) == ["ABCDEF", "ABCDEF"]


def test_every_piece_of_a_pie_has_a_colour(tmp_path):
    rows = [{"m": str(number), "v": 1} for number in range(12)]
    root = draw(tmp_path / "t", "chart('doughnut', rows, x='m', y='v')", rows)
    assert [int(node.find(f"{C}idx").get("val")) for node in root.iter(f"{C}dPt")] == list(range(12))


def test_letters_on_light_pieces_are_dark(tmp_path):
    call = "chart('doughnut', rows[:2], x='m', y='v', colors=['#000000', '#FFFFFF'])"
    root = draw(tmp_path / "t", call, [{"m": "a", "v": 1}, {"m": "b", "v": 1}])
    letters = [node.find(f".//{A}srgbClr").get("val") for node in root.iter(f"{C}dLbl")]
    assert letters == ["FFFFFF", "262626"]


@pytest.mark.parametrize("by_theme", [True, False])
def test_it_is_written_in_the_templates_font(tmp_path, by_theme):
    document = docx.Document()
    if not by_theme:
        document.styles["Normal"].font.name = "Carlito"
    document.add_paragraph("{{ " + COLUMN + " }}")
    root = draw(tmp_path / "t", "", body=saved(document))
    assert {node.get("typeface") for node in root.iter(f"{A}latin")} == {"Cambria" if by_theme else "Carlito"}


@pytest.mark.parametrize(
    ("wanted", "values", "locale", "code"),
    [
        ("number", ["1200", "3"], "en", "[$-409]#,##0"),
        ("number", ["1.5", "2.25"], "de_AT", "[$-C07]#,##0.00"),
        ("number", ["1.12345"], "lt", "[$-427]#,##0.00"),
        ("money", ["1", "2"], "de", '[$-407]#,##0\\ "€"'),
        ("money", ["1.5"], "en_US", '[$-409]"€"#,##0.00'),
        ("percent", ["0.19", "0.2"], "de", "[$-407]#,##0\\ %"),
        ("percent", ["0.195"], "en", "[$-409]#,##0.0%"),
        ('0.0 "kg"', ["1"], "de", '0.0 "kg"'),
    ],
)
def test_numbers_are_written_as_the_language_does(wanted, values, locale, code):
    numbers = [Decimal(value) for value in values]
    assert number_format(wanted, numbers, Locale.parse(locale), "EUR") == code


@pytest.mark.parametrize(
    ("dates", "locale", "code"),
    [
        ([date(2026, 5, 4)], "de", "[$-407]dd\\.mm\\.yy"),
        ([date(2026, 5, 4)], "lt", "[$-427]yyyy\\-mm\\-dd"),
        ([date(2026, 5, 1)], "lv", '[$-426]yyyy\\.\\ "g"\\.\\ mmm'),
        ([date(2025, 1, 1), date(2026, 1, 1)], "en_GB", "[$-809]yyyy"),
    ],
)
def test_dates_are_written_as_the_language_does(dates, locale, code):
    assert date_format([days(one) for one in dates], Locale.parse(locale)) == code


def test_large_values_have_an_axis_without_decimals(tmp_path):
    root = draw(tmp_path / "t", COLUMN)
    assert root.find(f".//{C}valAx/{C}numFmt").get("formatCode") == "[$-409]#,##0"
    assert texts(root, f".//{C}val//{C}formatCode")[0] == "[$-409]#,##0.0"


# --- the file -------------------------------------------------------------------------------------


def test_the_workbook_holds_what_the_chart_shows(tmp_path):
    sheet = workbook_of(render(tmp_path / "t", f"{COLUMN[:-1]}, names=['Sales', 'Costs & more'])"))
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["Month", "Sales", "Costs & more"],
        ["January", 1200.5, 900],
        ["February", None, -50],
        ["March & <April>", 1500, 1000],
    ]
    assert sheet["B2"].number_format == "[$-409]#,##0.0"


def test_the_workbook_holds_dates_as_dates(tmp_path):
    sheet = workbook_of(render(tmp_path / "t", "chart('line', rows, x='day', y='v')", DAYS))
    assert sheet["A2"].value == datetime(2026, 1, 1)


def test_the_chart_names_the_cells_of_the_workbook(tmp_path):
    content = render(tmp_path / "t", COLUMN)
    assert texts(chart_of(content), f".//{C}f") == [
        "Sheet1!$B$1", "Sheet1!$A$2:$A$4", "Sheet1!$B$2:$B$4", "Sheet1!$C$1", "Sheet1!$A$2:$A$4", "Sheet1!$C$2:$C$4",
    ]  # fmt: skip
    package = Package(content, Where("made.docx"))
    assert package.related("word/charts/chart1.xml", "package") == ["word/embeddings/Microsoft_Excel_Worksheet1.xlsx"]
    assert package.media_type("word/charts/chart1.xml").endswith("drawingml.chart+xml")
    assert package.media_type("word/embeddings/Microsoft_Excel_Worksheet1.xlsx").endswith("spreadsheetml.sheet")


def test_a_chart_has_its_size_and_says_what_it_shows(tmp_path):
    content = render(tmp_path / "t", f"{COLUMN[:-1]}, width_mm=100, height_mm=50, title='T', alt='Sales rise & fall')")
    root = etree.fromstring(part(content, "word/document.xml").encode())
    extent, properties = root.find(f".//{qn('wp:extent')}"), root.find(f".//{qn('wp:docPr')}")
    assert (extent.get("cx"), extent.get("cy")) == ("3600000", "1800000")
    assert properties.get("descr") == "Sales rise & fall"


@pytest.mark.parametrize(("more", "alt"), [(", title='T'", "T"), ("", "Sales, Costs")])
def test_without_alternative_text_title_or_series_say_it(tmp_path, more, alt):
    root = etree.fromstring(part(render(tmp_path / "t", COLUMN[:-1] + more + ")"), "word/document.xml").encode())
    assert root.find(f".//{qn('wp:docPr')}").get("descr") == alt


def test_several_charts_stand_in_text_tables_and_headers_with_ids_of_their_own(tmp_path):
    document = docx.Document()
    document.add_paragraph("{% for i in range(2) %}{{ " + COLUMN + " }}{% endfor %}")
    document.add_table(1, 1).cell(0, 0).text = "{{ " + COLUMN + " }}"
    document.sections[0].header.paragraphs[0].text = "{{ " + COLUMN + " }}"
    content = render(tmp_path / "t", "", body=saved(document))
    package = Package(content, Where("made.docx"))
    assert len(package.related(package.main, "chart")) == 3
    assert len(package.related("word/header1.xml", "chart")) == 1
    names = ("word/document.xml", "word/header1.xml")
    identities = [
        node.get("id") for name in names for node in etree.fromstring(part(content, name).encode()).iter(qn("wp:docPr"))
    ]
    assert len(set(identities)) == 4


def test_a_chart_takes_the_place_and_size_of_a_picture_that_asks_for_it(tmp_path):
    document = docx.Document()
    document.add_picture(str(picture(tmp_path / "red.png")), width=docx.shared.Mm(42))
    document.inline_shapes[0]._inline.docPr.set("descr", "{{ " + COLUMN + " }}")
    content = render(tmp_path / "t", "", body=saved(document))
    root = etree.fromstring(part(content, "word/document.xml").encode())
    assert root.find(f".//{C}chart") is not None
    assert root.find(f".//{qn('pic:pic')}") is None
    assert root.find(f".//{qn('wp:extent')}").get("cx") == str(42 * 36_000)


def test_two_renderings_are_the_same_bytes(tmp_path):
    assert render(tmp_path / "t", COLUMN) == render(tmp_path / "t", COLUMN)


def test_fields_that_a_chart_draws_are_fields_of_the_template(tmp_path):
    template = make_template(tmp_path / "t", word("{{ chart('line', a.rows, x='day', y=['v', 'w']) }}"), ".docx")
    assert word_renderer.prepare(template).fields_used == {"a.rows[].day", "a.rows[].v", "a.rows[].w"}


# --- what cannot be drawn -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "rows", "kind", "message"),
    [
        ("chart('columns', rows, x='m', y='v')", [{}], TemplateError, 'did you mean "column"'),
        (COLUMN, [], TemplateError, "the chart has no rows"),
        (COLUMN, None, TemplateError, "a chart needs rows"),
        (COLUMN, "text", TemplateError, "a chart needs rows"),
        ("chart('line', rows, x='month', y=[])", ROWS, TemplateError, "no series"),
        (
            "chart('line', rows, x='month', y='sale')",
            ROWS,
            FieldMissing,
            'did you mean "sales"',
        ),
        (SERIES, [{"m": 1, "v": 1}, {"m": 2}], FieldMissing, 'row 2 of the chart has no "v"'),
        (SERIES, [1], TemplateError, "row 1 of the chart is no record"),
        (SERIES, [{"m": 1, "v": "12"}], TemplateError, '"v" in row 1 of the chart is not a number: "12"'),
        (SERIES, [{"m": 1, "v": float("inf")}], TemplateError, "is not a number"),
        (
            "chart('scatter', rows, x='m', y='v')",
            [{"m": "a", "v": 1}],
            TemplateError,
            '"m" in row 1 of the chart is not a number',
        ),
        ("chart('pie', rows, x='m', y='v')", [{"m": "a", "v": -1}], TemplateError, "cannot show a value below 0"),
        ("chart('pie', rows, x='month', y=['sales', 'costs'])", ROWS, TemplateError, "a pie shows one series"),
        (COSTS + "names=['a', 'b'])", ROWS, TemplateError, "1 series and 2 names"),
        (COSTS + "colors=['red'])", ROWS, TemplateError, '"red" is not a colour'),
        (COSTS + "width_mm=5000)", ROWS, TemplateError, "between 10 and 1000"),
        (COSTS + "height_mm='x')", ROWS, TemplateError, "height_mm of the chart is not a number"),
        (COSTS + "number_format='x' * 200)", ROWS, TemplateError, "is not a number format"),
        (COSTS + "number_format='money')", ROWS, FieldMissing, "no currency is known"),
        ("chart('line', rows * 5000, x='month', y='costs')", ROWS, LimitExceeded, "15000 rows of 1 series"),
        ("chart('line', rows, x='month', y=['costs'] * 60)", ROWS, LimitExceeded, "3 rows of 60 series"),
    ],
)
def test_what_cannot_be_drawn_is_a_fault_with_its_place(tmp_path, call, rows, kind, message):
    with pytest.raises(kind) as caught:
        render(tmp_path / "t", call, rows)
    assert str(caught.value).startswith("t/body.docx, text › paragraph 1: ")
    assert message in str(caught.value)


def test_bodies_other_than_words_cannot_hold_charts(tmp_path):
    template = make_template(tmp_path / "t", "<p>{{ " + COLUMN + " }}</p>", ".html")
    with pytest.raises(UnsupportedFeature, match="cannot hold charts"):
        prepare_html(template).render(make_context({"rows": ROWS}))


def test_texts_keep_what_joins_and_parts_letters(tmp_path):
    kept = "10\u00a0000\u202f€ می\u200cخواهم \U0001f468\u200d\U0001f469"
    rows = [{"a": kept, "b": 1}]
    made = draw(tmp_path / "t", "chart('column', rows, x='a', y='b', names=t, title=t)", rows, t=kept)
    assert texts(made, f".//{C}title//{A}t") == [kept]
    assert set(texts(made, f".//{C}strCache/{C}pt/{C}v")) == {kept}


def test_texts_lose_what_documents_cannot_hold(tmp_path):
    rows = [{"a": "q\x0b\x1dm\ue0f0", "b": 1}]
    content = render(tmp_path / "t", "chart('column', rows, x='a', y='b', names=t, title=t)", rows, t="T\x07\ne\ue0f1")
    assert texts(chart_of(content), f".//{C}title//{A}t") == ["T e"]
    assert set(texts(chart_of(content), f".//{C}strCache/{C}pt/{C}v")) == {"T e", "qm"}
    assert workbook_of(content)["A2"].value == "qm"


@pytest.mark.parametrize("value", [Decimal("1e400"), Decimal("-1e308")])
@pytest.mark.parametrize("kind", ["column", "scatter"])
def test_a_number_beyond_all_spreadsheets_is_a_fault_that_names_its_row(tmp_path, value, kind):
    rows = [{"a": 1, "b": 1}, {"a": 2, "b": value}]
    with pytest.raises(TemplateError, match='"b" in row 2 of the chart is too large to be drawn'):
        render(tmp_path / "t", f"chart('{kind}', rows, x='a', y='b')", rows)


def test_a_number_that_spreadsheets_hold_is_drawn(tmp_path):
    made = draw(tmp_path / "t", "chart('column', rows, x='a', y='b')", [{"a": 1, "b": Decimal("9e307")}])
    assert texts(made, f".//{C}val//{C}v") == ["9e+307"]
