"""Bodies that hide text, lead elsewhere, or say nonsense: each is a fault that names its element, or harmless."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from PIL import Image
from pressing import FILE, press, pressed, referred, rml
from rendering import make_context, rml_template

from docgen.errors import DocgenError, TemplateError
from docgen.model import Where
from docgen.render.pdf import known, prepare
from docgen.render.pdf.compiled import Press
from docgen.render.pdf.file.outline import Places
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.known import KnownTags
from docgen.render.pdf.layout.attributes import colour, length, relative
from docgen.render.pdf.layout.blocks import Link
from docgen.render.pdf.safety import Rules, make_safe

RULES = Rules(FILE, Path("."), load_fonts().names)
TEXT_CELL = "<blockTable><tr><td>AAA</td></tr></blockTable>"
BLOCK_CELL = "<blockTable><tr><td><para>B</para></td></tr></blockTable>"
MIXED_CELL = "<blockTable><tr><td>AAA<para>B</para></td></tr></blockTable>"
BOTH = pytest.mark.parametrize("make", [press, referred])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "inner"
    inner.mkdir()
    for path in (inner / "p.png", tmp_path / "secret.png"):
        Image.new("RGB", (8, 4), "red").save(path)
    return inner


def figures(document) -> list[str]:
    found, nodes = [], [document.root]
    while nodes:
        node = nodes.pop()
        if not hasattr(node, "kids"):
            continue
        found += [node.alt] if node.role == "Figure" else []
        nodes += node.kids
    return found


# --- known tags -----------------------------------------------------------------------------------


def test_text_beside_blocks_in_a_cell_is_not_known_from_cells_with_either() -> None:
    tags = KnownTags()
    for story in (TEXT_CELL, BLOCK_CELL):
        tags.make_safe(etree.fromstring(rml(story)), rml(story), RULES)
        assert tags.holds(rml(story), RULES)
    assert not tags.holds(rml(MIXED_CELL), RULES)


def test_a_table_refuses_text_beside_blocks_by_itself() -> None:
    root = etree.fromstring(rml(MIXED_CELL))
    with pytest.raises(TemplateError, match='<td>: the text "AAA" would not be printed'):
        Press(load_fonts(), FILE, Path(".")).make_pdf(root, "en", None)


@pytest.mark.parametrize("holder", ["keepTogether", "indent", "keepInFrame"])
def test_blocks_that_hold_others_refuse_text_by_themselves(holder: str) -> None:
    root = etree.fromstring(rml(f"<{holder}>stray<para>B</para></{holder}>"))
    with pytest.raises(TemplateError, match=f'<{holder}>: the text "stray" would not be printed'):
        Press(load_fonts(), FILE, Path(".")).make_pdf(root, "en", None)


def test_what_is_known_stays_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_MOST", 40)
    tags = KnownTags()
    for cents in range(10, 99):
        body = rml(f'<epcQr name="A" iban="DE89370400440532013000" amount="1.{cents}"/>')
        tags.make_safe(etree.fromstring(body), body, RULES)
    assert len(tags._steps) <= 40
    assert len(tags._shapes) <= 40


def test_elements_that_are_written_out_are_known_with_other_values() -> None:
    tags = KnownTags()
    bodies = [rml(f'<epcQr name="A" iban="DE89370400440532013000" amount="{n}.00"/>') for n in (1, 2)]
    tags.make_safe(etree.fromstring(bodies[0]), bodies[0], RULES)
    assert tags.holds(bodies[1], RULES)


def test_instructions_that_hide_tags_are_never_known() -> None:
    hidden = '<?x < ?><para><a color="blue" target="# -&gt; y" href="%s">c</a></para>'.replace("&gt;", ">")
    tags = KnownTags()
    body = rml(hidden % "https://example.com")
    tags.make_safe(etree.fromstring(body), body, RULES)
    assert not tags.holds(body, RULES)
    assert not tags.holds(rml(hidden % "javascript:alert(1)"), RULES)


# --- stories and texts ----------------------------------------------------------------------------


def test_a_story_that_becomes_empty_has_a_page(tmp_path: Path) -> None:
    body = '{% if e %}<para style="text">{{ e }}</para>{% endif %}'
    prepared = prepare(rml_template(tmp_path, body))
    assert [prepared.render(make_context({"e": text})).pages for text in ("x", "", "y")] == [1, 1, 1]


def test_a_story_of_a_name_alone_has_a_page() -> None:
    with pikepdf.open(io.BytesIO(press(rml('<name id="a" value="b"/>')))) as pdf:
        assert len(pdf.pages) == 1


@BOTH
def test_a_second_element_at_the_foot_of_a_frame_is_a_fault(make) -> None:
    with pytest.raises(TemplateError, match="<topPadder>: it holds more than one element"):
        make(rml("<topPadder><para>one</para><para>two</para></topPadder>"))


def test_comments_in_a_cell_leave_its_text() -> None:
    _, document = pressed(rml("<blockTable><tr><td>one <!-- c --> two</td></tr></blockTable>"))
    assert not document.lacks
    assert not make_safe(etree.fromstring(rml("<blockTable><tr><td>a<!-- c -->b</td></tr></blockTable>")), RULES)


# --- what pictures say ----------------------------------------------------------------------------


@pytest.mark.parametrize("around", ["%s", "<para>a %s</para>"])
def test_a_picture_says_its_alt_and_is_decoration_without(folder: Path, around: str) -> None:
    picture = '<img src="p.png" width="9" height="9"%s/>'
    said = [figures(pressed(rml(around % (picture % alt)), folder)[1]) for alt in (' alt="A dog"', ' alt=""', "")]
    assert said == [["A dog"], [], []]


@pytest.mark.parametrize("around", ["%s", '<para style="text">%s</para>'])
def test_image_of_a_template_says_its_alt(folder: Path, around: str) -> None:
    call = """{{ image("p.png", width_mm=9, alt='"R" & <D>') }}"""
    content = prepare(rml_template(folder, around % call)).render(make_context({})).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        alts = [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert alts == ['"R" & <D>']


def test_a_chart_without_alt_says_its_data() -> None:
    chart = """<illustration width="200" height="150"><barChart dx="10" dy="10" dwidth="180" dheight="120">
    <data><series>1 2</series></data><bars><bar fillColor="blue"/></bars><categoryAxis><categoryNames><name>jan</name>
    <name>feb</name></categoryNames></categoryAxis></barChart></illustration>"""
    assert figures(pressed(rml(chart))[1]) == ["jan 1, feb 2"]


def test_a_chart_of_no_numbers_is_a_fault() -> None:
    chart = """<illustration width="200" height="150"><barChart dx="10" dy="10" dwidth="180" dheight="120">
    <data><series>1 nan</series></data></barChart></illustration>"""
    with pytest.raises(TemplateError, match="<barChart>: its data hold nan or inf"):
        press(rml(chart))


# --- links ----------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("name", ["href", "link", "dest", "target", "destination", "url", "HREF", "Href"])
def test_links_lead_to_allowed_schemes_only_whatever_their_attribute(make, name: str) -> None:
    with pytest.raises(DocgenError, match="is not allowed"):
        make(rml(f'<para><a {name}="javascript:alert(1)">x</a></para>'))


@pytest.mark.parametrize("target", ["\\\\evil\\share", "//evil/share", "../x.exe", "FILE:/etc", "java&#9;script:x"])
def test_links_to_files_and_shares_are_faults(target: str) -> None:
    with pytest.raises(TemplateError, match="is not allowed"):
        press(rml(f'<para><a href="{target}">x</a></para>'))


def test_an_annotation_is_checked_once_more() -> None:
    with pytest.raises(TemplateError, match='"javascript:x" is not allowed') as caught:
        Places({}, [1], FILE).annotation(Link(0, 0.0, 0.0, 1.0, 1.0, "javascript:x", ""), 0)
    assert caught.value.where == Where(FILE)


@BOTH
def test_pictures_hide_behind_no_other_spelling(make, folder: Path) -> None:
    source = rml(f'<para>a <img SRC="{folder.parent / "secret.png"}" width="4" height="4"/></para>')
    with pytest.raises(TemplateError, match='<img>: the attribute "SRC" is written "src"'):
        make(source, folder)


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["9**9", "1e999", "Color(1,0,0)", "[0]*9", "rgba(1,2,3,7)", "rgb(300,0,0)", "5"])
def test_colours_are_never_computed(text: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        colour(text)


@pytest.mark.parametrize(
    "text", ["red", "LightGrey", "#ffaa00", "0x112233", "rgb(1,2,3)", "cmyk(0,0,0,1)", "hsl(1,2%,3%)"]
)
def test_colours_have_names_codes_and_forms(text: str) -> None:
    assert colour(text) is not None


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "9" * 400, "99999999"])
def test_lengths_are_finite_and_no_longer_than_pages(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a|longer than|more than"):
        length(text)
    with pytest.raises(ValueError, match=r"is not a|longer than|more than"):
        relative(f"{text}%", 100.0)


NONSENSE = {
    '<para><u width="abc">x</u></para>': "<u>: width",
    '<para><unichar code="1114112"/></para>': "<unichar>: code",
    '<para><unichar code="55296"/></para>': "<unichar>: code",
    '<para><unichar name="NO SUCH"/></para>': "<unichar>: there is no character",
    '<para><seq id="a" template="%s%s"/></para>': "<para>: the template",
    '<namedString id="a">x<pageNumber countingFrom="abc"/></namedString>': '"abc" is not a whole number',
    '<keepInFrame maxWidth="-5"><para>x</para></keepInFrame>': "<keepInFrame>: maxWidth",
    '<fixedSize width="-5" height="4"><para>x</para></fixedSize>': "<fixedSize>: width",
    '<dataMatrix value="x" border="-5"/>': "<dataMatrix>: -5 is less",
    f'<img src="{"a" * 300}.png"/>': "<img src>",
    "<img/>": '<img>: the attribute "src" is missing',
    '<para>a <img width="3" height="3"/></para>': '<img>: the attribute "src" is missing',
    '<blockTable><tr><td lineBelowThickness="1" lineBelowColor="red" lineBelowCount="10">a</td></tr></blockTable>': "9",
    '<para borderPadding="1e999">x</para>': "borderPadding",
    '<para backColor="1e999">x</para>': "is not a colour",
}
PYTHON_WORDS = re.compile(r"chr\(|list index|invalid literal|could not convert|argument|NoneType|codec|for int")


@pytest.mark.parametrize("story", NONSENSE)
def test_nonsense_is_a_fault_of_its_element_in_plain_words(story: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(NONSENSE[story])) as caught:
        press(rml(story))
    assert caught.value.where is not None
    assert caught.value.where.line
    assert not PYTHON_WORDS.search(str(caught.value))


@pytest.mark.parametrize(
    "graphic", ['<path x="1" y="2">3 4<moveto></moveto></path>', '<image x="1" y="2"/>', '<scale sx="0"/>']
)
def test_nonsense_on_pages_is_a_fault_of_its_element(graphic: str) -> None:
    with pytest.raises(TemplateError) as caught:
        press(rml("<para>x</para>", graphics=graphic))
    assert f"<{graphic[1:].split()[0]}>" in str(caught.value)
    assert not PYTHON_WORDS.search(str(caught.value))
