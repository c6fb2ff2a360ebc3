"""Formatted text, links, page ends and check boxes within a line of Word text."""

import io
import re
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from lxml import etree
from rendering import make_context, make_template, part, picture, saved, word

from docgen.errors import DocgenError, TemplateError
from docgen.model import Making, Where
from docgen.render import docx as word_renderer
from docgen.render.docx.package import Package
from docgen.render.docx.writing.looks import _ORDER

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def render(folder, body, values=None, engine=Making.COMPILED, locale="en"):
    prepared = word_renderer.prepare(make_template(folder, body, ".docx"), engine=engine)
    return docx.Document(io.BytesIO(prepared.render(make_context(values or {}, locale)).content))


def run_of(document, text):
    return next(run for paragraph in document.paragraphs for run in paragraph.runs if run.text == text)


def in_order(document):
    """Return whether the elements of every look stand in the order that Word insists on."""
    looks = [[etree.QName(node).localname for node in look] for look in document.element.iter(qn("w:rPr"))]
    return all(look == sorted(look, key=_ORDER.index) for look in looks)


# --- formatted text -------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", Making)
def test_a_piece_of_text_stands_in_its_sentence_in_a_look_of_its_own(tmp_path, engine):
    tag = '{{ a | rich(bold=true, italic=true, underline=true, strike=true, color="#b00020", size=16, font="Arial") }}'
    made = render(tmp_path / "t", word(f"before {tag} after"), {"a": "Smith & Co <b>"}, engine)
    assert made.paragraphs[0].text == "before Smith & Co <b> after"
    font = run_of(made, "Smith & Co <b>").font
    assert (font.bold, font.italic, font.underline, font.strike) == (True, True, True, True)
    assert (font.color.rgb, font.size, font.name) == (RGBColor(0xB0, 0, 0x20), Pt(16), "Arial")
    assert made.paragraphs[0].runs[0].bold is None
    assert in_order(made)


def test_what_is_not_said_is_as_the_text_around(tmp_path):
    document = docx.Document()
    run = document.add_paragraph().add_run('{{ a | rich(italic=true) }} {{ a | rich(bold=false, color="112233") }}')
    run.bold, run.font.size, run.font.highlight_color = True, Pt(20), 7
    made = render(tmp_path / "t", saved(document), {"a": "x"})
    first, _, second = made.paragraphs[0].runs
    assert (first.bold, first.italic, first.font.size) == (True, True, Pt(20))
    assert (second.bold, second.italic, second.font.color.rgb) == (False, None, RGBColor(0x11, 0x22, 0x33))
    assert in_order(made)


def test_any_colour_can_be_behind_a_text_and_takes_the_place_of_words_own(tmp_path):
    document = docx.Document()
    document.add_paragraph().add_run('{{ a | rich(highlight="#FFEE00") }}').font.highlight_color = 7
    look = run_of(render(tmp_path / "t", saved(document), {"a": "x"}), "x")._r.rPr
    assert look.find(qn("w:shd")).get(qn("w:fill")) == "FFEE00"
    assert look.find(qn("w:highlight")) is None


@pytest.mark.parametrize(("script", "position"), [("super", "superscript"), ("sub", "subscript")])
def test_text_can_stand_above_and_below_the_line(tmp_path, script, position):
    made = render(tmp_path / "t", word(f'H{{{{ 2 | rich(script="{script}") }}}}O'))
    assert run_of(made, "2")._r.rPr.find(qn("w:vertAlign")).get(qn("w:val")) == position


@pytest.mark.parametrize("name", ["Intense Emphasis", "intense emphasis"])
def test_a_style_is_named_as_in_word(tmp_path, name):
    made = render(tmp_path / "t", word(f'{{{{ a | rich(style="{name}") }}}}'), {"a": "x"})
    assert run_of(made, "x").style.name == "Intense Emphasis"


def test_a_paragraph_style_stands_for_the_character_style_tied_to_it(tmp_path):
    made = render(tmp_path / "t", word('{{ a | rich(style="Heading 1") }}'), {"a": "x"})
    assert run_of(made, "x").style.style_id == "Heading1Char"


def test_a_style_that_is_not_there_is_a_fault_with_its_place(tmp_path):
    with pytest.raises(
        TemplateError, match=r'no character style "Intens Emphasis".*did you mean "Intense Emphasis"'
    ) as caught:
        render(tmp_path / "t", word("x", '{{ "a" | rich(style="Intens Emphasis") }}'))
    assert caught.value.where.path == ("text", "paragraph 2")


def test_numbers_and_lines_are_written_as_anywhere(tmp_path):
    values = {"a": Decimal("1234.5"), "b": "one\ntwo\tthree"}
    made = render(tmp_path / "t", word("{{ a | rich(bold=true) }}", "{{ b | rich(bold=true) }}"), values, locale="de")
    assert [paragraph.text for paragraph in made.paragraphs] == ["1.234,5", "one\ntwo\tthree"]


def test_marks_of_other_values_cannot_be_forged(tmp_path):
    made = render(tmp_path / "t", word("{{ a | rich(bold=true) }} {{ a }}"), {"a": "\ue0f00\ue0f1"})
    assert made.paragraphs[0].text == "0 0"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('rich(color="red")', '"red" is not a color'),
        ('rich(highlight="#12345")', "is not a highlight"),
        ('rich(script="over")', '"over" is not a script'),
        ("rich(size=0)", "size=0 is not a size of text"),
        ("rich(bold=true) | rich(italic=true)", r"cannot be changed by \|rich"),
    ],
)
def test_what_is_no_look_is_a_fault_with_its_place(tmp_path, call, message):
    with pytest.raises(DocgenError, match=message) as caught:
        render(tmp_path / "t", word("x", f'{{{{ "a" | {call} }}}}'))
    assert caught.value.where.path == ("text", "paragraph 2")


# --- links ----------------------------------------------------------------------------------------


def test_a_link_stands_in_its_sentence_and_leads_out(tmp_path):
    body = word('See {{ url | link("the <portal>") }} or {{ url | link }}.')
    made = render(tmp_path / "t", body, {"url": "https://example.com/?a=1&b=2"})
    paragraph = made.paragraphs[0]
    assert paragraph.text == "See the <portal> or https://example.com/?a=1&b=2."
    assert {link.address for link in paragraph.hyperlinks} == {"https://example.com/?a=1&b=2"}
    assert len({link._hyperlink.get(qn("r:id")) for link in paragraph.hyperlinks}) == 1


def test_a_link_has_the_style_for_links_where_there_is_one(tmp_path):
    document = docx.Document()
    document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    run = document.add_paragraph().add_run('{{ "https://example.com" | link("x") }}')
    run.font.color.rgb, run.bold = RGBColor(1, 2, 3), True
    (made,) = render(tmp_path / "t", saved(document)).paragraphs[0].hyperlinks[0].runs
    assert (made.style.name, made.bold, made.font.color.rgb) == ("Hyperlink", True, None)


def test_a_link_is_blue_and_underlined_where_there_is_none(tmp_path):
    made = render(tmp_path / "t", word('{{ "mailto:a@example.com" | link("x") }}'))
    font = made.paragraphs[0].hyperlinks[0].runs[0].font
    assert (font.color.rgb, font.underline) == (RGBColor(0x05, 0x63, 0xC1), True)
    assert in_order(made)


def test_a_link_within_a_link_is_its_text(tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph()
    link = etree.SubElement(paragraph._p, qn("w:hyperlink"))
    link.set(qn("w:anchor"), "place")
    link.append(paragraph.add_run('{{ "https://example.com" | link("x") }}')._r)
    made = render(tmp_path / "t", saved(document))
    assert [one.text for one in made.paragraphs[0].hyperlinks] == ["x"]


def test_a_link_in_a_header_hangs_on_the_header(tmp_path):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = '{{ "https://example.com" | link("x") }}'
    made = render(tmp_path / "t", saved(document))
    assert made.sections[0].header.paragraphs[0].hyperlinks[0].address == "https://example.com"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/hostname", "example.com", "https://a b"])
def test_a_link_that_leads_nowhere_good_is_a_fault(tmp_path, address):
    with pytest.raises(TemplateError, match="is not an address to link to"):
        render(tmp_path / "t", word("{{ a | link }}"), {"a": address})


# --- pages ----------------------------------------------------------------------------------------


def test_a_page_ends_in_a_paragraph_of_its_own_and_within_a_text(tmp_path):
    made = render(tmp_path / "t", word("one", "{{ page_break() }}", "two {{ page_break() }} three"))
    assert [node.get(qn("w:type")) for node in made.element.iter(qn("w:br"))] == ["page", "page"]
    assert made.element.body.xpath("string(w:p[3])") == "two  three"


def test_a_page_cannot_end_in_a_header_or_a_table(tmp_path):
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "{{ page_break() }}"
    with pytest.raises(TemplateError, match="cannot end in a header") as caught:
        render(tmp_path / "t", saved(document))
    assert caught.value.where.path == ("footer 1",)
    document = docx.Document()
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ page_break() }}"
    with pytest.raises(TemplateError, match="cannot end in a table"):
        render(tmp_path / "u", saved(document))


# --- check boxes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "glyph", "checked"), [(True, "☒", "1"), (False, "☐", "0"), ("", "☐", "0"), (3, "☒", "1")]
)
def test_a_box_is_a_control_that_word_can_tick(tmp_path, value, glyph, checked):
    made = render(tmp_path / "t", word('I want {{ a | checkbox("the news & more") }}, please'), {"a": value})
    (box,) = made.element.iter(qn("w:sdt"))
    assert [node.text for node in box.iter(qn("w:t"))] == [glyph]
    properties = box.find(qn("w:sdtPr"))
    assert [etree.QName(node).localname for node in properties] == ["alias", "id", "checkbox"]
    assert properties.find(f"{W14}checkbox/{W14}checked").get(f"{W14}val") == checked
    assert made.element.body.xpath("string(w:p[1])") == f"I want {glyph}\u00a0the news & more, please"


def test_boxes_have_ids_of_their_own_and_look_as_the_text_around(tmp_path):
    document = docx.Document()
    document.add_paragraph().add_run("{{ a | checkbox }} {{ a | checkbox }}").font.size = Pt(20)
    made = render(tmp_path / "t", saved(document), {"a": True})
    boxes = list(made.element.iter(qn("w:sdt")))
    assert len({box.find(f"{qn('w:sdtPr')}/{qn('w:id')}").get(qn("w:val")) for box in boxes}) == 2
    assert {box.find(f".//{qn('w:sz')}").get(qn("w:val")) for box in boxes} == {"40"}


def test_a_box_for_an_empty_field_is_a_fault_that_names_it(tmp_path):
    with pytest.raises(DocgenError, match='"a" is empty'):
        render(tmp_path / "t", word("{{ a | checkbox }}"), {"a": None})


@pytest.mark.parametrize(
    "tag",
    [
        '{{ "x" | rich(bold=true) }}',
        '{{ "https://example.com" | link("x") }}',
        "{{ true | checkbox }}",
        "{{ page_break() }}",
    ],
)
def test_both_ways_of_making_write_the_same(tmp_path, tag):
    body = word(f"before {tag} after")
    first, second = (render(tmp_path / engine, body, engine=engine).element for engine in Making)
    assert etree.tostring(first, method="c14n") == etree.tostring(second, method="c14n")


# --- what is made already -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        "x | html | striptags", "x | markdown | markdown", "x | rich | upper", "x | rich | truncate(1)",
        "x | rich | urlencode", "(x | markdown) | list", "(x | rich) | length", "(x | rich) | first",
        "(x | rich) | join", "x | rich | replace('0', '1')", "(x | rich)[1:]", "(x | rich)[0]", "(x | rich).upper()",
        "(x | rich).center(9)", "(x | rich) + 'a'", "'a' + (x | rich)", "(x | rich) * 2", "(x | rich) == 'a'",
        "'0' in (x | rich)", "qr(x | rich)", "image(p, alt=x | rich)", "x | link(x | rich)", "page_break() | trim",
        "[x | rich] | map('upper') | join", "chart('pie', rows, x='a', y='b', title=x | rich)",
    ],
)  # fmt: skip
def test_what_is_formatted_already_cannot_be_changed(tmp_path, call):
    values = {"x": "https://a.test", "p": picture(tmp_path / "p.png").read_bytes(), "rows": [{"a": "q", "b": 1}]}
    with pytest.raises(TemplateError, match="what is formatted already cannot be") as caught:
        render(tmp_path / "t", word(f"{{{{ {call} }}}}"), values)
    assert caught.value.where is not None


def test_a_loop_over_what_is_formatted_already_is_a_fault(tmp_path):
    with pytest.raises(TemplateError, match="what is formatted already cannot be"):
        render(tmp_path / "t", word("{% for a in x | rich %}{{ a }}{% endfor %}"), {"x": "a"})


@pytest.mark.parametrize("engine", Making)
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ (x | rich) ~ 'z' }}", "Az"),
        ("{% set m = x | rich %}{{ m }}{{ m }}", "AA"),
        ("{{ [x | rich, x] | join(', ') }}", "A, A"),
        ("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(x | rich) }}", "<A>"),
        ("{{ x | rich | default('none') }}", "A"),
        ("{{ (x | rich) or 'none' }}", "A"),
        ("{% if x | rich %}{{ x | rich | string | e }}{% endif %}", "A"),
    ],
)
def test_what_is_formatted_already_can_be_put_together(tmp_path, engine, source, shown):
    assert render(tmp_path / "t", word(source), {"x": "A"}, engine).paragraphs[0].text == shown


@pytest.mark.parametrize("engine", Making)
@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("{{ x | qr }}", 'descr="ab"'),
        ("{{ p | image(alt=x) }}", 'descr="ab"'),
        ("{{ x | rich(font=x) }}", 'w:ascii="ab"'),
        ("{{ ('tel:1' ~ x) | link }}", "tel:1ab"),
        ("{{ 'tel:1' | link(x) }}", ">ab<"),
        ("{{ p | image(alt=x, anchor='tel:1' ~ x) }}", 'descr="ab"'),
    ],
)
@pytest.mark.parametrize("forbidden", ["\x01", "\x08", "\ue0f0", "\ue0f1"])
def test_what_documents_cannot_hold_is_left_out_of_names_and_alternative_texts(tmp_path, engine, tag, found, forbidden):
    prepared = word_renderer.prepare(make_template(tmp_path / "t", word(tag), ".docx"), engine=engine)
    made = prepared.render(make_context({"x": f"a{forbidden}b", "p": picture(tmp_path / "p.png").read_bytes()})).content
    assert found in part(made, "word/document.xml")


def test_a_code_keeps_the_separators_in_its_data(tmp_path):
    def pixels(name, data):
        prepared = word_renderer.prepare(make_template(tmp_path / name, word("{{ x | qr }}"), ".docx"))
        return Package(prepared.render(make_context({"x": data})).content, Where("x")).parts["word/media/image1.png"]

    assert pixels("a", "01\x1d02") != pixels("b", "0102")


def test_the_documented_names_can_be_imported():
    text = Path(__file__).parents[2].joinpath("docs/templates.md").read_text(encoding="utf-8")
    statement = re.search(r"`(from docgen\.render\.docx import [^`]*)`", text)
    names = {}
    exec(statement[1], names)
    assert {"Subdocument", "Replacements"} <= names.keys()
