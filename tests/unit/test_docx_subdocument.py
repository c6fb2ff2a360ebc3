"""Word documents put into Word documents: what comes along, what stays behind, and whose fault it is."""

import io
import sys

import docx
import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate
from lxml import etree
from rendering import docx_text, make_context, make_template, part, picture, saved, word

from docgen.errors import Faults, FieldMissing, LimitExceeded, TemplateError, TemplateSyntax, UnsafePath
from docgen.limits import Limits
from docgen.model import Making, Where
from docgen.render import docx as word_renderer
from docgen.render.docx.clauses.subdocument import Subdocument
from docgen.render.docx.package import Package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def prepare(folder, body, clauses, **options):
    template = make_template(folder, body, ".docx")
    for name, content in clauses.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return word_renderer.prepare(template, **options)


def render(folder, body, clauses, values=None, **options):
    return prepare(folder, body, clauses, **options).render(make_context(values or {})).content


def tree(content, name="word/document.xml"):
    return etree.fromstring(part(content, name).encode())


def values_of(root, path):
    return [node.get(f"{W}val") for node in root.iterfind(f".//{path}")]


def styled(*paragraphs, styles=()):
    """Return a document of (text, style) paragraphs; `styles` are made."""
    document = docx.Document()
    for name in styles:
        document.styles.add_style(name, 1).font.italic = True
    for text, style in paragraphs:
        document.add_paragraph(text, style)
    return saved(document)


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("making", Making)
def test_a_clause_is_a_template_and_sees_the_same_names(tmp_path, making):
    clause = word(
        "Price: {{ price }}",
        "{%p if note %}",
        "Note: {{ note }}",
        "{%p endif %}",
        "{% for t in towns %}{{ t }}, {% endfor %}",
    )
    values = {"price": 5, "note": "a < b & c", "towns": ["Riga", "Köln"]}
    body = word("Before", "{{ 'price.docx' | subdocument }}", "After")
    content = render(tmp_path / "t", body, {"price.docx": clause}, values, engine=making)
    assert docx_text(content).split("\n") == ["Before", "Price: 5", "Note: a < b & c", "Riga, Köln, ", "After"]


@pytest.mark.parametrize(
    "tag", ["{{p names | subdocument }}", "{{ names | subdocument }}", "{{r names | subdocument }}"]
)
def test_several_clauses_follow_each_other_whatever_the_tag(tmp_path, tag):
    content = render(
        tmp_path / "t",
        word(tag),
        {"a.docx": word("One"), "b.docx": word("Two")},
        {"names": ["b.docx", "a.docx", "b.docx"]},
    )
    assert docx_text(content).split() == ["Two", "One", "Two"]


def test_no_clauses_leave_nothing(tmp_path):
    content = render(tmp_path / "t", word("A", "{{ names | subdocument }}", "B"), {"x.docx": word("X")}, {"names": []})
    assert docx_text(content).split() == ["A", "B"]


def test_text_beside_the_tag_stays_in_paragraphs_of_its_own(tmp_path):
    content = render(tmp_path / "t", word("See {{ 'a.docx' | subdocument }} here"), {"a.docx": word("One", "Two")})
    assert [line.strip() for line in docx_text(content).split("\n")] == ["See", "One", "Two", "here"]


def test_a_cell_ends_with_a_paragraph_as_word_needs_it(tmp_path):
    clause = docx.Document()
    clause.add_table(1, 1).cell(0, 0).text = "inner"
    body = docx.Document()
    body.add_table(1, 1).cell(0, 0).text = "{{ 'a.docx' | subdocument }}"
    content = render(tmp_path / "t", saved(body), {"a.docx": saved(clause)})
    cell = next(tree(content).iter(f"{W}tc"))
    assert [node.tag for node in cell if node.tag != f"{W}tcPr"] == [f"{W}tbl", f"{W}p"]


@pytest.mark.parametrize("making", Making)
def test_rich_values_and_clauses_work_within_clauses(tmp_path, making):
    picture(tmp_path / "red.png")
    clauses = {
        "outer.docx": word(
            "{{ text | markdown }}", "{{ image('red.png', width_mm=10) }}", "{{p 'clauses/inner.docx' | subdocument }}"
        ),
        "clauses/inner.docx": word("Inner for {{ name }}"),
    }
    template = make_template(tmp_path / "t", word("{{ 'outer.docx' | subdocument }}"), ".docx")
    picture(tmp_path / "t" / "red.png")
    for name, content in clauses.items():
        (tmp_path / "t" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "t" / name).write_bytes(content)
    prepared = word_renderer.prepare(template, engine=making)
    content = prepared.render(make_context({"text": "# Head\n\nBold **b**", "name": "Ann"})).content
    assert docx_text(content).split("\n") == ["Head", "Bold b", "", "Inner for Ann"]
    assert len(docx.Document(io.BytesIO(content)).inline_shapes) == 1
    assert prepared.fields_used == {"text", "name"}


def test_two_renderings_are_the_same_bytes(tmp_path):
    prepared = prepare(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": styled(("1", "List Number"))})
    assert prepared.render(make_context({})).content == prepared.render(make_context({})).content


# --- styles and lists -----------------------------------------------------------------------------


def test_styles_of_the_same_name_stay_the_masters_and_others_come_along(tmp_path):
    clause = docx.Document()
    clause.styles["Quote"].font.bold = True
    base = clause.styles.add_style("Clause Base", 1)
    clause.styles.add_style("Clause", 1).base_style = base
    clause.add_paragraph("a", "Quote")
    clause.add_paragraph("b", "Clause")
    content = render(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": saved(clause)})
    made = docx.Document(io.BytesIO(content))
    assert [paragraph.style.name for paragraph in made.paragraphs] == ["Quote", "Clause"]
    assert made.styles["Quote"].font.bold is None
    assert made.styles["Clause"].base_style.name == "Clause Base"
    identities = [style.style_id for style in made.styles]
    assert len(identities) == len(set(identities))


def test_a_style_is_found_by_its_name_whatever_its_id(tmp_path):
    clause = docx.Document()
    clause.styles["Quote"].element.set(f"{W}styleId", "Zitat")
    paragraph = clause.add_paragraph("a")
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().set(f"{W}val", "Zitat")
    content = render(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": saved(clause)})
    assert values_of(tree(content), f"{W}pStyle") == ["Quote"]


def test_a_style_whose_id_is_taken_by_another_gets_an_id_of_its_own(tmp_path):
    clause = docx.Document()
    style = clause.styles.add_style("Small Print", 1)
    style.element.set(f"{W}styleId", "Quote2x")
    body = docx.Document()
    body.styles.add_style("Other", 1).element.set(f"{W}styleId", "Quote2x")
    body.add_paragraph("{{ 'a.docx' | subdocument }}")
    clause.add_paragraph("a")._p.get_or_add_pPr().get_or_add_pStyle().set(f"{W}val", "Quote2x")
    made = docx.Document(io.BytesIO(render(tmp_path / "t", saved(body), {"a.docx": saved(clause)})))
    assert made.paragraphs[0].style.name == "Small Print"
    assert made.paragraphs[0].style.style_id == "Quote2x2"


def test_a_style_that_nothing_defines_is_left_out(tmp_path):
    clause = docx.Document()
    clause.add_paragraph("a")._p.get_or_add_pPr().get_or_add_pStyle().set(f"{W}val", "Nowhere")
    content = render(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": saved(clause)})
    assert values_of(tree(content), f"{W}pStyle") == []


def numbers_of(content):
    """Return the list of each paragraph that has one, and the `<w:num>` of these."""
    lists = values_of(tree(content), f"{W}pPr/{W}numPr/{W}numId")
    nums = {node.get(f"{W}numId"): node for node in tree(content, "word/numbering.xml").iter(f"{W}num")}
    return lists, [nums[one] for one in lists]


def test_lists_begin_anew_in_every_clause_and_count_on_within_it(tmp_path):
    clause = styled(("one", "List Number"), ("two", "List Number"))
    body = docx.Document()
    body.add_paragraph("own", "List Number")
    body.add_paragraph("{{p ['a.docx', 'a.docx'] | subdocument }}")
    lists, nums = numbers_of(render(tmp_path / "t", saved(body), {"a.docx": clause}))
    assert len(lists) == 4
    assert lists[0] == lists[1] != lists[2] == lists[3]
    assert [values_of(num, f"{W}lvlOverride/{W}startOverride") for num in nums] == [["1"]] * 4


def test_bullets_keep_the_masters_list(tmp_path):
    content = render(tmp_path / "t", word("{{p 'a.docx' | subdocument }}"), {"a.docx": styled(("x", "List Bullet"))})
    assert values_of(tree(content), f"{W}numPr/{W}numId") == []
    assert values_of(tree(content), f"{W}pStyle") == ["ListBullet"]


def direct_list():
    """Return a document whose paragraphs name a list of its own, in Roman numbers."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    definition = etree.fromstring(
        f'<w:abstractNum xmlns:w="{W[1:-1]}" w:abstractNumId="77"><w:nsid w:val="ABCD0123"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/></w:lvl>'
        "</w:abstractNum>"
    )
    numbering.insert(0, definition)
    numbering.append(etree.fromstring(f'<w:num xmlns:w="{W[1:-1]}" w:numId="88"><w:abstractNumId w:val="77"/></w:num>'))
    for text in ("one", "two"):
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = 88
    return saved(document)


def test_lists_of_the_clauses_own_come_along_once_and_begin_at_their_start(tmp_path):
    content = render(tmp_path / "t", word("{{p ['a.docx', 'a.docx'] | subdocument }}"), {"a.docx": direct_list()})
    lists, nums = numbers_of(content)
    assert lists[0] == lists[1] != lists[2] == lists[3]
    numbering = tree(content, "word/numbering.xml")
    roman = [one for one in numbering.iter(f"{W}abstractNum") if "upperRoman" in values_of(one, f"{W}lvl/{W}numFmt")]
    assert len(roman) == 1
    assert {num.find(f"{W}abstractNumId").get(f"{W}val") for num in nums} == {roman[0].get(f"{W}abstractNumId")}
    assert values_of(nums[0], f"{W}lvlOverride/{W}startOverride") == ["3"]
    tags = [node.tag for node in numbering]
    assert tags.index(f"{W}num") > max(at for at, tag in enumerate(tags) if tag == f"{W}abstractNum")


def test_lists_of_markdown_and_of_clauses_share_one_part(tmp_path):
    body = docx.Document()
    relation = next(r for r in body.part.rels.values() if r.reltype.endswith("/numbering"))
    del body.part.rels[relation.rId]
    body.add_paragraph("{{p 'a.docx' | subdocument }}")
    body.add_paragraph("{{p text | markdown }}")
    content = render(tmp_path / "t", saved(body), {"a.docx": direct_list()}, {"text": "1. x\n2. y"})
    relations = part(content, "word/_rels/document.xml.rels")
    assert relations.count("relationships/numbering") == 1
    lists, _ = numbers_of(content)
    assert len(set(lists)) == 2


# --- what hangs on the text -----------------------------------------------------------------------


def relations_of(content):
    root = etree.fromstring(part(content, "word/_rels/document.xml.rels").encode())
    return {node.get("Id"): node.get("Target") for node in root}


def test_pictures_are_stored_once_and_links_lead_where_they_led(tmp_path):
    clause = docx.Document()
    clause.add_picture(str(picture(tmp_path / "red.png")), width=Mm(10))
    paragraph = clause.add_paragraph()
    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"),
        clause.part.relate_to(
            "https://example.com/terms", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        ),
    )
    paragraph._p.append(link)
    content = render(tmp_path / "t", word("{{p ['a.docx', 'a.docx'] | subdocument }}"), {"a.docx": saved(clause)})
    relations = relations_of(content)
    blips = [node.get(qn("r:embed")) for node in tree(content).iter(qn("a:blip"))]
    links = [node.get(qn("r:id")) for node in tree(content).iter(f"{W}hyperlink")]
    assert [relations[one] for one in blips] == ["media/image1.png"] * 2
    assert [relations[one] for one in links] == ["https://example.com/terms"] * 2
    identities = [node.get("id") for node in tree(content).iter(qn("wp:docPr"))]
    assert len(set(identities)) == 2


def test_charts_come_along_with_their_workbooks(tmp_path):
    rows = [{"m": "Jan", "v": 1}, {"m": "Feb", "v": 2}]
    clause = word("{{ chart('column', rows, x='m', y='v') }}")
    finished = render(tmp_path / "c", clause, {}, {"rows": rows})
    content = render(tmp_path / "t", word("{{p ['a.docx', 'a.docx'] | subdocument }}"), {"a.docx": finished})
    package = Package(content, Where("made.docx"))
    charts = package.related(package.main, "chart")
    assert charts == ["word/charts/chart1.xml", "word/charts/chart2.xml"]
    books = [package.related(chart, "package") for chart in charts]
    assert len({name for found in books for name in found}) == 2


def with_bookmark():
    document = docx.Document()
    paragraph = document.add_paragraph("Clause")._p
    for name, position in (("bookmarkStart", 0), ("bookmarkEnd", 2)):
        mark = OxmlElement(f"w:{name}")
        mark.set(qn("w:id"), "0")
        if name == "bookmarkStart":
            mark.set(qn("w:name"), "price")
        paragraph.insert(position, mark)
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), "price")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), " REF price \\h ")
    document.add_paragraph()._p.extend([link, field])
    return saved(document)


def test_bookmarks_get_names_of_their_own_and_references_follow(tmp_path):
    root = tree(render(tmp_path / "t", word("{{p ['a.docx', 'a.docx'] | subdocument }}"), {"a.docx": with_bookmark()}))
    starts = [(node.get(f"{W}id"), node.get(f"{W}name")) for node in root.iter(f"{W}bookmarkStart")]
    assert starts == [("1", "price"), ("2", "price_2")]
    assert [node.get(f"{W}id") for node in root.iter(f"{W}bookmarkEnd")] == ["1", "2"]
    assert [node.get(f"{W}anchor") for node in root.iter(f"{W}hyperlink")] == ["price", "price_2"]
    assert [node.get(f"{W}instr") for node in root.iter(f"{W}fldSimple")] == [" REF price \\h ", " REF price_2 \\h "]


def with_note(text):
    """Return a document with a footnote, which python-docx cannot make."""
    note = f'<w:footnote w:id="5"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
    document = docx.Document()
    content = f'<w:footnotes xmlns:w="{W[1:-1]}">{note}</w:footnotes>'.encode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    notes = docx.opc.part.Part(docx.opc.packuri.PackURI("/word/footnotes.xml"), kind, content, document.part.package)
    document.part.relate_to(notes, docx.opc.constants.RELATIONSHIP_TYPE.FOOTNOTES)
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "5")
    document.add_paragraph("Text").add_run()._r.append(reference)
    return saved(document)


@pytest.mark.parametrize("own", [False, True])
def test_footnotes_join_those_of_the_document(tmp_path, own):
    body = with_note("Own") if own else word("Text")
    document = docx.Document(io.BytesIO(body))
    document.add_paragraph("{{p ['a.docx', 'a.docx'] | subdocument }}")
    clause = {"a.docx": with_note("See {{ place }}")}
    content = render(tmp_path / "t", saved(document), clause, {"place": "Riga"})
    package = Package(content, Where("made.docx"))
    (name,) = package.related(package.main, "footnotes")
    notes = {node.get(f"{W}id"): "".join(node.itertext()) for node in tree(content, name)}
    references = [node.get(f"{W}id") for node in tree(content).iter(f"{W}footnoteReference")]
    assert [notes[one] for one in references] == ["Own"] * own + ["See Riga", "See Riga"]
    assert len(set(references)) == len(references)


def test_footnotes_cannot_come_into_a_header(tmp_path):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ 'a.docx' | subdocument }}"
    with pytest.raises(Exception, match="can be put into the text only"):
        render(tmp_path / "t", saved(document), {"a.docx": with_note("x")})


def test_headers_comments_and_the_last_section_stay_behind(tmp_path):
    clause = docx.Document(io.BytesIO(word("Wide")))
    clause.sections[0].orientation = WD_ORIENT.LANDSCAPE
    clause.sections[0].header.paragraphs[0].text = "{{ unknown }}"
    clause.paragraphs[0]._p.append(OxmlElement("w:commentReference"))
    prepared = prepare(tmp_path / "t", word("{{p 'a.docx' | subdocument }}"), {"a.docx": saved(clause)})
    content = prepared.render(make_context({})).content
    assert prepared.fields_used == frozenset()
    assert len(docx.Document(io.BytesIO(content)).sections) == 1
    assert "commentReference" not in part(content, "word/document.xml")


def test_sections_within_a_clause_keep_their_pages_and_leave_the_text_before_alone(tmp_path):
    clause = docx.Document()
    clause.add_paragraph("Wide")
    clause.sections[0].orientation = WD_ORIENT.LANDSCAPE
    clause.sections[0].page_width, clause.sections[0].page_height = Mm(297), Mm(210)
    clause.add_section(WD_SECTION.NEW_PAGE)
    clause.add_paragraph("Last")
    content = render(
        tmp_path / "t", word("Before", "{{p 'a.docx' | subdocument }}", "After"), {"a.docx": saved(clause)}
    )
    sections = docx.Document(io.BytesIO(content)).sections
    assert [section.page_width > section.page_height for section in sections] == [False, True, False]


def test_ids_that_must_differ_are_left_to_word(tmp_path):
    clause = docx.Document(io.BytesIO(word("Text")))
    paragraph = clause.paragraphs[0]._p
    paragraph.set("{http://schemas.microsoft.com/office/word/2010/wordml}paraId", "12345678")
    content = render(tmp_path / "t", word("{{p ['a.docx', 'a.docx'] | subdocument }}"), {"a.docx": saved(clause)})
    assert "paraId" not in part(content, "word/document.xml")


# --- fields and faults ----------------------------------------------------------------------------


def test_fields_of_named_clauses_are_known_and_found_in_them(tmp_path):
    clauses = {"a.docx": word("{{ price }}"), "b.docx": word("{{ other }}")}
    prepared = prepare(tmp_path / "t", word("{{ ('a.docx' if name else 'a.docx') | subdocument }}"), clauses)
    assert prepared.fields_used == {"name", "price"}
    (place,) = prepared.everywhere(FieldMissing("", field="price"))
    assert str(place.where) == "t/a.docx, text › paragraph 1"


def test_fields_of_all_clauses_are_known_where_the_data_name_one(tmp_path):
    clauses = {"a.docx": word("{{ price }}"), "more/b.docx": word("{{ other }}"), "~$a.docx": b"Word's"}
    prepared = prepare(tmp_path / "t", word("{{ clause | subdocument }}"), clauses)
    assert prepared.fields_used == {"clause", "price", "other"}


def test_faults_of_all_clauses_are_reported_at_once_with_their_places(tmp_path):
    clauses = {"a.docx": word("fine", "{{ price | mony }}"), "b.docx": word("{% if x %}"), "c.docx": b"no document"}
    with pytest.raises(Faults) as caught:
        prepare(tmp_path / "t", word("{{ clause | subdocument }}"), clauses)
    places = [str(fault.where) for fault in caught.value.faults]
    assert [place.split(",")[0] for place in places] == ["t/a.docx", "t/b.docx", "t/c.docx"]
    assert "paragraph 2" in places[0]


def test_a_named_clause_that_is_not_there_is_a_fault_of_the_template(tmp_path):
    with pytest.raises(UnsafePath) as caught:
        prepare(tmp_path / "t", word("fine", "{{ 'gone.docx' | subdocument }}"), {})
    assert str(caught.value).startswith('t/body.docx, text › paragraph 2: there is no document "gone.docx"')


def test_a_named_clause_outside_the_folder_is_refused(tmp_path):
    (tmp_path / "secret.docx").write_bytes(word("secret"))
    with pytest.raises(TemplateError, match="outside the template's folder"):
        prepare(tmp_path / "t", word("{{ '../secret.docx' | subdocument }}"), {})


def test_a_clause_that_the_data_name_and_that_is_not_there_is_a_fault(tmp_path):
    prepared = prepare(tmp_path / "t", word("{{ clause | subdocument }}"), {"a.docx": word("x")})
    with pytest.raises(UnsafePath, match=r'text › paragraph 1: there is no document "b.docx"'):
        prepared.render(make_context({"clause": "b.docx"}))


def test_an_empty_field_of_clauses_is_a_fault_that_names_it(tmp_path):
    prepared = prepare(tmp_path / "t", word("{{ clause | subdocument }}"), {"a.docx": word("x")})
    with pytest.raises(FieldMissing, match='"clause" is empty'):
        prepared.render(make_context({"clause": None}))


@pytest.mark.parametrize("making", Making)
def test_what_a_clause_lacks_is_said_with_the_place_in_the_clause(tmp_path, making):
    clauses = {"a.docx": word("fine", "{{ price }}")}
    prepared = prepare(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), clauses, engine=making)
    with pytest.raises(FieldMissing) as caught:
        prepared.render(make_context({}))
    assert str(caught.value).startswith('t/a.docx, text › paragraph 2: "price" is not there')


def test_under_missing_blank_a_clause_prints_nothing(tmp_path):
    content = render(
        tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": word("[{{ x }}]")}, missing="blank"
    )
    assert docx_text(content) == "[]"


def test_a_clause_that_contains_itself_is_a_fault(tmp_path):
    clauses = {"a.docx": word("{{ 'b.docx' | subdocument }}"), "b.docx": word("{{ 'a.docx' | subdocument }}")}
    prepared = prepare(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), clauses)
    with pytest.raises(TemplateError, match=r"body\.docx › a\.docx › b\.docx › a\.docx"):
        prepared.render(make_context({}))


def test_a_body_that_contains_itself_is_a_fault(tmp_path):
    prepared = prepare(tmp_path / "t", word("{{ 'body.docx' | subdocument }}"), {})
    with pytest.raises(TemplateError, match="contains itself"):
        prepared.render(make_context({}))


def test_documents_are_nested_eight_deep_and_no_deeper(tmp_path):
    clauses = {f"{n}.docx": word(f"{n} {{{{ '{n + 1}.docx' | subdocument }}}}") for n in range(1, 9)}
    eight = {**clauses, "8.docx": word("8")}
    assert "8" in docx_text(render(tmp_path / "t", word("{{ '1.docx' | subdocument }}"), eight))
    nine = {**clauses, "9.docx": word("9")}
    with pytest.raises(TemplateError, match="nested more than 8 deep"):
        render(tmp_path / "u", word("{{ '1.docx' | subdocument }}"), nine)


def test_clauses_share_the_limits_of_the_document(tmp_path):
    clause = word("{% for i in range(60) %}{{ i }}{% endfor %}")
    body = word("{{ ['a.docx', 'a.docx'] | subdocument }}")
    prepared = prepare(tmp_path / "t", body, {"a.docx": clause}, limits=Limits(loop=100))
    with pytest.raises(LimitExceeded, match="100 rounds"):
        prepared.render(make_context({}))


def test_what_clauses_write_counts_as_written(tmp_path):
    clause = word("{{ 'x' * 30000 }}")
    body = word("{% for i in range(20) %}{{ 'a.docx' | subdocument }}{% endfor %}")
    prepared = prepare(tmp_path / "t", body, {"a.docx": clause}, limits=Limits(output_mb=0.2))
    with pytest.raises(LimitExceeded, match="million characters"):
        prepared.render(make_context({}))


def test_a_clause_with_a_dangling_relation_is_damaged(tmp_path):
    clause = docx.Document()
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), "rId999")
    clause.add_paragraph()._p.append(link)
    with pytest.raises(TemplateSyntax, match=r"t/a.docx: is damaged: the relation rId999 is not there"):
        render(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": saved(clause)})


def test_code_in_a_clause_runs_in_the_sandbox(tmp_path):
    with pytest.raises(TemplateError):
        render(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": word("{{ ''.__class__.__mro__ }}")})


def merge_field(name):
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" MERGEFIELD {name} ")
    return field


def test_merge_fields_of_word_work_in_clauses(tmp_path):
    clause = docx.Document()
    clause.add_paragraph("For ")._p.append(merge_field("name"))
    body = word("{{ 'a.docx' | subdocument }}")
    assert docx_text(render(tmp_path / "t", body, {"a.docx": saved(clause)}, {"name": "Ann"})) == "For Ann"


def test_a_clause_cannot_go_on_to_the_next_record(tmp_path):
    clause = docx.Document()
    field = merge_field("name")
    field.set(qn("w:instr"), " NEXT ")
    clause.add_paragraph()._p.append(field)
    with pytest.raises(TemplateError, match=r"t/a\.docx: goes on to the next record"):
        prepare(tmp_path / "t", word("{{ 'a.docx' | subdocument }}"), {"a.docx": saved(clause)})


# --- documents of programs ------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["bytes", "path", "document"])
def test_programs_can_give_a_document_as_a_value(tmp_path, form):
    content = styled(("one", "List Number"), ("{{ not a tag", "Quote"))
    (tmp_path / "sub.docx").write_bytes(content)
    source = {"bytes": content, "path": tmp_path / "sub.docx", "document": docx.Document(io.BytesIO(content))}[form]
    made = render(tmp_path / "t", word("A", "{{p sub }}", "B"), {}, {"sub": Subdocument(source)})
    assert docx_text(made).split("\n") == ["A", "one", "{{ not a tag", "B"]


def blocks_of(content):
    """Return text, style name and whether it is in a list, of every paragraph, tables included."""
    document = docx.Document(io.BytesIO(content))
    names = {style.style_id: style.name for style in document.styles}
    found = []
    for paragraph in document.element.body.iter(f"{W}p"):
        style = next(iter(values_of(paragraph, f"{W}pPr/{W}pStyle")), None)
        pictures = sum(1 for _ in paragraph.iter(qn("a:blip")))
        found.append(("".join(paragraph.itertext()), names.get(style, "Normal"), pictures))
    return found


def test_a_given_document_comes_out_as_docxtpls_own_does(tmp_path):
    sub = docx.Document()
    sub.styles.add_style("Clause", 1)
    sub.add_heading("Head", 2)
    sub.add_paragraph("a", "Clause")
    sub.add_paragraph("b", "List Bullet")
    sub.add_table(2, 2, "Table Grid").cell(0, 0).text = "cell"
    sub.add_picture(str(picture(tmp_path / "red.png")), width=Mm(10))
    (tmp_path / "sub.docx").write_bytes(saved(sub))
    body = word("A", "{{p sub }}", "B")
    reference = DocxTemplate(io.BytesIO(body))
    reference.render({"sub": reference.new_subdoc(str(tmp_path / "sub.docx"))})
    expected = io.BytesIO()
    reference.save(expected)
    made = render(tmp_path / "t", body, {}, {"sub": Subdocument(tmp_path / "sub.docx")})
    assert blocks_of(made) == blocks_of(expected.getvalue())


@pytest.mark.parametrize("making", Making)
def test_a_clause_that_is_printed_twice_is_there_twice(tmp_path, making):
    body = word("{% set a = 'a.docx' | subdocument %}{{ a }}", "mid", "{{ a }}")
    content = render(tmp_path / "t", body, {"a.docx": word("One {{ 'two' | rich }}")}, engine=making)
    assert docx_text(content).split("\n") == ["One two", "mid", "One two"]


def test_a_clause_that_is_printed_in_every_round_is_there_in_every_round_with_a_note_of_its_own(tmp_path):
    clause = with_note("Note")
    body = word("{%p set a = 'a.docx' | subdocument %}", "{%p for i in range(3) %}", "{{ a }}", "{%p endfor %}")
    content = render(tmp_path / "t", body, {"a.docx": clause})
    references = [node.get(f"{W}id") for node in tree(content).iter(f"{W}footnoteReference")]
    assert len(references) == len(set(references)) == 3
    assert part(content, "word/footnotes.xml").count("Note") == 3


def test_a_document_of_a_program_is_there_wherever_it_is_printed(tmp_path):
    content = render(tmp_path / "t", word("{{ s }}", "mid", "{{ s }}"), {}, {"s": Subdocument(word("One"))})
    assert docx_text(content).split("\n") == ["One", "mid", "One"]


def test_a_clause_counts_as_written_wherever_it_is_put_in(tmp_path):
    body = word("{%p set a = 'a.docx' | subdocument %}", "{%p for i in range(300) %}", "{{ a }}", "{%p endfor %}")
    with pytest.raises(LimitExceeded, match="writes more than"):
        render(tmp_path / "t", body, {"a.docx": word("x" * 2000)}, limits=Limits(output_mb=0.5))


# --- work -----------------------------------------------------------------------------------------


def calls(function):
    """Return how many Python functions are called on the way: a measure that no busy machine changes."""
    count = 0

    def tick(frame, event, _):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def counted():
    return styled(("a", "List Number"), ("b", "List Number"))


def marked():
    document = docx.Document()
    paragraph = document.add_paragraph("x")
    for name in ("bookmarkStart", "bookmarkEnd"):
        mark = OxmlElement(f"w:{name}")
        mark.set(qn("w:id"), "1")
        mark.set(qn("w:name"), "here")
        paragraph._p.append(mark)
    return saved(document)


@pytest.mark.parametrize("clause", [counted, marked, lambda: with_note("Note")])
def test_the_work_grows_with_the_clauses_and_not_with_their_square(tmp_path, clause):
    body = word("{%p for i in range(n) %}", "{{ 'a.docx' | subdocument }}", "{%p endfor %}")
    prepared = prepare(tmp_path / "t", body, {"a.docx": clause()})

    def work(number):
        return calls(lambda: prepared.render(make_context({"n": number})))

    work(3)
    few, many = work(30), work(240)
    assert many < few * 9
