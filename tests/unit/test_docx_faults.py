"""What is said of a faulty Word template: each fault once, at its place, in words that help."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from rendering import docx_text, make_context, make_template, saved, word

from docgen.errors import DocgenError, FieldMissing, flatten
from docgen.render import docx as renderer


def faults(folder, body):
    """Return the faults of a template: place, problem and hint of each."""
    try:
        renderer.prepare(make_template(folder, body, ".docx"))
    except DocgenError as error:
        return [(" › ".join(fault.where.path), fault.problem, fault.hint) for fault in flatten(error)]
    return []


def only(folder, body):
    (found,) = faults(folder, body)
    return found


def table(*rows):
    document = docx.Document()
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for texts, row in zip(rows, made.rows, strict=True):
        for text, cell in zip(texts, row.cells, strict=True):
            cell.text = text
    return saved(document)


def in_runs(*texts):
    """Return a document whose one paragraph has these runs."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text in texts:
        paragraph.add_run(text)
    return saved(document)


# --- single tags ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("{{ name", "the tag is never closed", "write }} behind it"),
        ("{{ name }", "the tag ends with one brace", "write }} at its end"),
        ("{{ name } }", "a blank stands between the last two braces", "write }}"),
        ("{ {name}}", "a blank stands between the braces", "write {{ name }}"),
        ("{name}}", "a brace is missing", "write {{ name }}"),
        ("{{{ name }}}", "there are braces too many", "write {{ name }}"),
        ("{{ a {{ b }} }}", "braces stand inside braces", "write one pair of braces"),
        ("{% if {{ a }} %}x{% endif %}", "braces stand inside braces", "names stand without braces"),
        ("{% if x }}a{% endif %}", "the tag begins with {% and ends with }}", "write %} at its end"),
        ("{% if x % }a{% endif %}", "a blank stands between % and }", "write %} at its end"),
        ("{ % if x %}a{% endif %}", "a blank stands between the braces", "write {% if x %}"),
        ("{# remark", "the tag is never closed", "write #} where the remark ends"),
        ("{{ }}", "there is nothing in it", "write a field's name"),
        ("{{ first name }}", '"name" is not expected there', "write first ~ name"),
        ("{{ total – 1 }}", "a long dash, which Word has made of a minus", "write -"),
        ("{{ a | default(„x“) }}", '"„" is a quotation mark that templates do not read', 'write "'),
        ("{{ a | default('x }}", "a quotation mark that is not closed", "at both ends"),
        ("{{ a && b }}", '"&" is not known here', "write and"),
        ("{{ (a }}", '")" is missing', "close each bracket"),
        ("{{ a) }}", '")" is not expected there', "bracket too many"),
        ("{{ a | uper }}", "there is no filter uper", 'did you mean "upper"?'),
        ("{{ adress() }}", "there is no function adress", 'did you mean "address"?'),
        ("{% if a is defind %}{% endif %}", "there is no test defind", 'did you mean "defined"?'),
        ("{% if a = 1 %}{% endif %}", '"=" is not expected there', "write =="),
        ("{% if a %}{% else if b %}{% endif %}", '"if" is not expected there', "write {% elif b %}"),
        ("{% if a %}{% elseif b %}{% endif %}", 'there is no statement "elseif"', 'did you mean "elif"?'),
        ("{% iff a %}{% endif %}", 'there is no statement "iff"', 'did you mean "if"?'),
        ("{% fro a in b %}{% endfor %}", 'there is no statement "fro"', 'did you mean "for"?'),
        ("{% for a b %}{% endfor %}", 'the word "in" is missing', "write {% for line in lines %}"),
        ("{% for a in %}{% endfor %}", "something is missing at the tag's end", ""),
        ("{% if a %}{% endif x %}", "nothing may stand behind endif", "write {% endif %}"),
        ("{% set x 1 %}", "a number is not expected there", ""),
        ("{% autoescape false %}a{% endautoescape %}", "escaping cannot be switched off", ""),
        ("{% break %}", "break stands outside of a loop", "between {% for %} and {% endfor %}"),
        ("{% do a %}", 'there is no statement "do"', ""),
    ],
)
def test_a_faulty_tag_is_told_once_in_plain_words(tmp_path, text, problem, hint):
    place, said, advice = only(tmp_path / "t", word("x", text))
    assert place == "text › paragraph 2"
    assert problem in said
    assert hint in advice
    assert bool(hint) == bool(advice)


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        ("{% tr for l in lines %}", "a blank stands before tr", "write {%tr for l in lines %}"),
        ("{% TR for l in lines %}", "a blank stands before tr", "write {%tr for l in lines %}"),
        ("{%trfor l in lines %}", 'there is no statement "trfor"', "write {%tr for l in lines %}"),
        ("{%tr\xa0for l in lines %}", "the blank behind tr is one that does not break", "write an ordinary blank"),
        ("{%tr for l in lines if l % 2 %}", "cannot hold % or }", "{% set name = … %}"),
    ],
)
def test_a_prefix_that_would_not_be_seen_is_told_and_its_loop_is_known_all_the_same(tmp_path, text, problem, hint):
    place, said, advice = only(tmp_path / "t", table([text], ["{{ l.a }}"], ["{%tr endfor %}"]))
    assert place == "text › table 1 › row 1 › cell 1"
    assert problem in said
    assert hint in advice


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | default(“x”) }}",
        "{{ a }}",
        "{_{ a }_}",
        "{% raw %}{{ a b }}{% endraw %}",
        "{{ '{{' }} {{ '}}' }}",
        "{{ {'a': {'b': 1}}['a']['b'] }}",
        "{%- if a -%}x{%- endif %}",
        "a {about 50 %} of {1, 2}",
        'code: {"a": {"b": 1}}',
        "{{ a\xa0}}",
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(1) }}",
        "{% set x %}text{% endset %}{{ x }}",
        "{% set x = 1 %}{{ x }}",
        "{% for a in b recursive %}{{ loop(a) }}{% endfor %}",
        "{% if a is none %}{% elif a is defined %}{% else %}{% endif %}",
        "{# a remark with {{ braces }} #}",
        "{% include 'x.txt' %}",
    ],
)
def test_what_is_right_has_no_fault(tmp_path, text):
    assert faults(tmp_path / "t", word(text)) == []


def test_a_tag_spread_over_runs_is_one_tag(tmp_path):
    assert faults(tmp_path / "t", in_runs("Dear {", "{ na", "me }", "}!")) == []
    place, said, _ = only(tmp_path / "u", in_runs("Dear {", "{ name", " | up", "er_ }", "}!"))
    assert place == "text › paragraph 1"
    assert 'in "Dear {{ name | uper_ }}!"' in said


def test_a_remark_may_run_over_paragraphs(tmp_path):
    body = word("{# first", "second #}{{ a }}", "end")
    assert faults(tmp_path / "t", body) == []
    made = renderer.prepare(make_template(tmp_path / "u", body, ".docx")).render(make_context({"a": "x"}))
    assert docx_text(made.content).split() == ["x", "end"]


def test_the_text_around_a_tag_is_cut_where_it_is_long(tmp_path):
    long = "one two three four five six seven eight nine ten"
    _, said, _ = only(tmp_path / "t", word(f"{long} {{{{ a b }}}} {long}"))
    assert said.endswith('in "…six seven eight nine ten {{ a b }} one two three four five six…"')


# --- blocks ---------------------------------------------------------------------------------------


def test_a_block_that_is_never_closed_is_told_where_it_begins(tmp_path):
    place, said, hint = only(tmp_path / "t", word("{% for l in lines %}", "{{ l.a }}"))
    assert place == "text › paragraph 1"
    assert said.startswith("{% for l in lines %} is never closed")
    assert hint == "write {% endfor %} where it ends"


def test_what_closes_nothing_is_told_with_what_is_open(tmp_path):
    found = faults(tmp_path / "t", word("{% if a %}", "{% endfor %}", "{% endif %}", "{% else %}"))
    assert [place for place, *_ in found] == ["text › paragraph 2", "text › paragraph 4"]
    assert "{% endif %} closes" in found[0][2]
    assert "belongs to nothing" in found[1][1]


def test_blocks_that_cross_are_one_fault(tmp_path):
    place, said, hint = only(
        tmp_path / "t", word("{% for l in b %}", "{% if a %}", "{{ l }}", "{% endfor %}", "{% endif %}")
    )
    assert place == "text › paragraph 2"
    assert "{% if a %} is closed behind {% endfor %}" in said
    assert hint == "write {% endif %} before {% endfor %}"


def test_a_loop_over_rows_that_is_closed_without_its_prefix(tmp_path):
    body = table(["{%tr for l in lines %}"], ["{{ l.a }}"], ["{% endfor %}"])
    place, said, hint = only(tmp_path / "t", body)
    assert place == "text › table 1 › row 1 › cell 1"
    assert "{%tr for l in lines %} is followed by {% endfor %} without tr" in said
    assert hint == "write {%tr endfor %} in a row of its own"


def test_a_block_from_a_paragraph_into_a_table(tmp_path):
    document = docx.Document()
    document.add_paragraph("{% if a %}")
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{% endif %}"
    place, said, _ = only(tmp_path / "t", saved(document))
    assert place == "text › paragraph 1"
    assert "stands in paragraph 1, and its {% endif %} in table 1 › row 1 › cell 1" in said


def test_a_block_that_ends_in_another_paragraph_of_the_same_text_is_fine(tmp_path):
    assert faults(tmp_path / "t", word("{% if a %}one", "two{% endif %}")) == []


# --- what would be lost ---------------------------------------------------------------------------


def test_text_beside_a_row_s_tag_is_named(tmp_path):
    body = table(["{%tr for l in lines %}", "Note"], ["{{ l.a }}", ""], ["{%tr endfor %}", "{# fine #}"])
    place, said, hint = only(tmp_path / "t", body)
    assert place == "text › table 1 › row 1 › cell 1"
    assert said.startswith('the text "Note" in the row of {%tr for l in lines %} would be lost')
    assert hint == "put the tag into a row of its own"


@pytest.mark.parametrize(("tag", "what"), [("{%p if a %}", "paragraph"), ("{{p a }}", "paragraph")])
def test_text_beside_a_paragraph_s_tag_is_named(tmp_path, tag, what):
    end = "{%p endif %}" if "if" in tag else "end"
    place, said, hint = only(tmp_path / "t", word("x", f"Only {tag} for you", end))
    assert place == "text › paragraph 2"
    assert 'the text "Only for you"' in " ".join(said.split())
    assert hint == f"put the tag into a {what} of its own"


def test_two_tags_in_one_row_are_one_fault(tmp_path):
    body = table(["{%tr for l in lines %}{{ l.a }}", "{%tr endfor %}"])
    _, said, hint = only(tmp_path / "t", body)
    assert "{%tr for l in lines %} and {%tr endfor %} stand in one row" in said
    assert hint == "put each into a row of its own"


def test_a_page_break_beside_a_tag_would_be_lost(tmp_path):
    document = docx.Document()
    document.add_paragraph("{%p if a %}")
    document.add_paragraph("{%p endif %}").add_run().add_break(docx.enum.text.WD_BREAK.PAGE)
    place, said, _ = only(tmp_path / "t", saved(document))
    assert place == "text › paragraph 2"
    assert said.startswith("a page break in the paragraph of {%p endif %} would be lost")


def test_tags_for_rows_outside_of_a_table(tmp_path):
    found = faults(tmp_path / "t", word("{%tr for l in lines %}", "{%tr endfor %}"))
    assert [hint for *_, hint in found] == [
        "for paragraphs, write {%p for l in lines %}", "for paragraphs, write {%p endfor %}"
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ["{% colspan 2 %}", "{% cellbg c %}", "{% vm %}", "{% hm %}"])
def test_tags_for_cells_outside_of_a_table(tmp_path, tag):
    _, said, _ = only(tmp_path / "t", word(f"{{% for a in b %}}{tag}x{{% endfor %}}"))
    assert "stands outside of a table's cell" in said


def test_a_cell_with_a_tag_twice(tmp_path):
    _, said, _ = only(tmp_path / "t", table(["{% cellbg c %}{% cellbg d %}x"]))
    assert "cellbg stands in this cell twice" in said


# --- places ---------------------------------------------------------------------------------------


def test_faults_of_all_parts_come_in_the_order_of_the_document(tmp_path):
    document = docx.Document()
    document.core_properties.title = "{{ a b }}"
    document.add_paragraph("{{ a b }}")
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ a b }}"
    document.add_paragraph("{{ a b }}")
    document.sections[0].header.paragraphs[0].text = "{{ a b }}"
    document.sections[0].footer.paragraphs[0].text = "{{ a b }}"
    assert [place for place, *_ in faults(tmp_path / "t", saved(document))] == [
        "text › paragraph 1", "text › table 1 › row 1 › cell 1", "text › paragraph 2", "header 1 › paragraph 1",
        "footer 1 › paragraph 1", "properties › title",
    ]  # fmt: skip


def test_a_tag_in_a_text_box_is_told_once_though_word_keeps_it_twice(tmp_path):
    document = docx.Document()
    run = document.add_paragraph("x").add_run()._r
    space = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
    content = etree.Element(f"{space}AlternateContent")
    for name in ("Choice", "Fallback"):
        box = etree.SubElement(etree.SubElement(content, f"{space}{name}"), qn("w:txbxContent"))
        box.append(docx.Document().add_paragraph("{{ a | uper }}")._p)
    run.append(content)
    place, said, _ = only(tmp_path / "t", saved(document))
    assert place.startswith("text › paragraph 1")
    assert "there is no filter uper" in said


def test_a_fault_at_run_time_names_the_very_tag_of_a_line_of_them(tmp_path):
    loop = (["{%tr for l in lnies %}", ""], ["{{ l }}", ""], ["{%tr endfor %}", ""])
    body = table(["{{ title }}", "{{ other }}"], *loop)
    prepared = renderer.prepare(make_template(tmp_path / "t", body, ".docx"))
    with pytest.raises(FieldMissing) as caught:
        prepared.render(make_context({"title": "x", "other": "y", "lines": []}))
    assert caught.value.where.path == ("text", "table 1", "row 2", "cell 1")
    assert caught.value.problem.endswith('in "{%tr for l in lnies %}"')


@pytest.mark.parametrize("tag", ["{% colspan n %}", "{% cellbg n %}"])
def test_a_fault_in_a_tag_for_cells_names_its_cell(tmp_path, tag):
    prepared = renderer.prepare(make_template(tmp_path / "t", table(["{{ a }}", "b"], ["c", f"{tag}d"]), ".docx"))
    with pytest.raises(FieldMissing) as caught:
        prepared.render(make_context({"a": "x"}))
    assert caught.value.where.path == ("text", "table 1", "row 2", "cell 2")


def test_every_place_of_an_unknown_field_is_named_and_many_are_counted(tmp_path):
    prepared = renderer.prepare(make_template(tmp_path / "t", word("{{ a }}", "x", *["{{ b }}"] * 25), ".docx"))
    found = prepared.everywhere(FieldMissing('"b" is used and not declared', field="b"))
    assert len(found) == 20
    assert found[0].where.path == ("text", "paragraph 3")
    assert found[-1].problem.endswith("and in 5 more places behind it")


def test_fields_of_a_broken_template_are_known_all_the_same(tmp_path):
    body = word("{{ a | uper }}", "{{ b }}", "{% for l in lines", "{{ l.c }}", "{{ d e }}")
    overview = renderer.survey(make_template(tmp_path / "t", body, ".docx"))
    assert overview.fields_used == {"a", "b"}
    assert len(overview.faults) == 3


def test_notes_are_looked_through_too(tmp_path):
    found = io.BytesIO(word("x"))
    with zipfile.ZipFile(found) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'.encode()
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", f'<Relationship Id="n" Type="{relation}" Target="footnotes.xml"/></Relationships>'.encode()
    )
    space = qn("w:p")[1:].split("}")[0]
    parts["word/footnotes.xml"] = (
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:id="1"><w:p><w:r><w:t>{{{{ a b }}}}</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    ).encode()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    place, _, _ = only(tmp_path / "t", output.getvalue())
    assert place == "footnotes › paragraph 1"


def test_a_loop_that_is_left_inside_a_table_it_does_not_stand_in(tmp_path):
    document = docx.Document()
    document.add_paragraph("{% for l in lines %}")
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{% if l %}{% break %}{% endif %}"
    document.add_paragraph("{% endfor %}")
    place, said, _ = only(tmp_path / "t", saved(document))
    assert place == "text › paragraph 1"
    assert "its {% break %} in table 1 › row 1 › cell 1" in said
