"""Word templates that mean harm, or are damaged: each ends in a clear fault or in the right document, within limits."""

import io
import struct
import sys
import zipfile
from xml.sax.saxutils import escape

import docx
import pytest
import wordfields
from docxtpl import DocxTemplate
from lxml import etree
from rendering import docx_text, make_context, make_template, saved, word

from docgen.errors import DocgenError, Faults, LimitExceeded, TemplateError, TemplateSyntax, flatten
from docgen.limits import Limits
from docgen.model import Making
from docgen.render import docx as renderer
from docgen.render.docx.clauses.subdocument import Subdocument
from docgen.render.docx.container import MAX_PARTS

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'


def prepare(folder, body, **options):
    return renderer.prepare(make_template(folder, body, ".docx"), **options)


def render(folder, body, values=None, **options):
    return prepare(folder, body, **options).render(make_context(values or {})).content


def refused(folder, body, **options):
    with pytest.raises((TemplateError, Faults)) as caught:
        prepare(folder, body, **options)
    return caught.value


def members(content=None):
    with zipfile.ZipFile(io.BytesIO(content or word("{{ a }}"))) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return output.getvalue()


def changed(content=None, **parts):
    """Return a document with other members; `__` stands for a slash, `_dot_` for a dot."""
    found = members(content)
    for name, new in parts.items():
        name = name.replace("__", "/").replace("_dot_", ".")
        found[name] = new(found[name]) if callable(new) else new
    return zipped(found)


def related(kind, target, mode="External", owner="word/_rels/document.xml.rels", **parts):
    """Return a document with one relation more."""
    found = members()
    kind = kind if ":" in kind else f"{OFFICE}/{kind}"
    external = f' TargetMode="{mode}"' if mode else ""
    found[owner] = found[owner].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"{external}/></Relationships>'.encode(),
    )
    return zipped(found | parts)


def body(markup):
    """Return a document of this markup."""
    document = f'<w:document xmlns:w="{W}" xmlns:r="{OFFICE}"><w:body>{markup}<w:sectPr/></w:body></w:document>'
    return zipped(members() | {"word/document.xml": document})


def paragraph(text):
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def cell(text):
    return f'<w:tc><w:tcPr><w:tcW w:w="100" w:type="dxa"/></w:tcPr>{paragraph(text)}</w:tc>'


def table(*rows):
    columns = '<w:gridCol w:w="100"/>' * len(rows[0])
    inner = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{inner}</w:tbl><w:p/>"


# --- the zip --------------------------------------------------------------------------------------


def test_more_parts_than_a_document_has_are_refused(tmp_path):
    content = zipped(members() | {f"word/media/{n}.bin": b"" for n in range(MAX_PARTS)}, zipfile.ZIP_STORED)
    assert "parts, more than" in str(refused(tmp_path / "t", content))


def test_a_part_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path):
    content = bytearray(changed(word__big_dot_bin=b"x" * 1000))
    at = content.rindex(b"word/big.bin") - 46  # its line of the directory
    struct.pack_into("<L", content, at + 24, 4_000_000_000)
    assert "4000 MB unpacked" in str(refused(tmp_path / "t", bytes(content)))


def test_many_parts_that_are_large_together_are_refused(tmp_path):
    piece = bytes(range(256)) * 4 * 900
    content = zipped(members() | {f"word/media/{n}.bin": piece for n in range(230)})
    assert "unpacked, more than" in str(refused(tmp_path / "t", content))


def test_a_part_that_unpacks_to_more_than_it_claims_is_cut_and_refused(tmp_path):
    content = bytearray(changed(word__big_dot_bin=b"x" * 500_000))
    at = content.rindex(b"word/big.bin") - 46
    struct.pack_into("<L", content, at + 24, 10)
    assert "is not a Word document" in str(refused(tmp_path / "t", bytes(content)))


def test_parts_that_share_their_bytes_are_refused(tmp_path):
    content = changed(word__a_dot_bin=bytes(range(256)) * 400, word__b_dot_bin=b"")
    directory = content.index(b"PK\x01\x02")
    first = content.rindex(b"word/a.bin") - 46
    second = content.rindex(b"word/b.bin") - 46
    forged = bytearray(content)
    forged[second + 10 : second + 28] = content[first + 10 : first + 28]  # method, sizes and checksum
    forged[second + 42 : second + 46] = content[first + 42 : first + 46]  # where it begins
    assert directory < first < second
    assert "Word document" in str(refused(tmp_path / "t", bytes(forged))) or "overlap" in str(
        refused(tmp_path / "t", bytes(forged))
    )


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    output = io.BytesIO(word("{{ a }}"))
    with zipfile.ZipFile(output, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("word/document.xml", "<other/>")
    assert "holds word/document.xml twice" in str(refused(tmp_path / "t", output.getvalue()))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Word 97 to 2003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"{\\rtf1 hello}", "Rich Text"),
        (b"%PDF-1.7", "a PDF file"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b'<?xml version="1.0"?><pkg:package/>', "a single XML file"),
        (b"", "is not a Word document"),
        (b"PK\3\4 and no more", "is not a Word document"),
    ],
)
def test_what_is_no_word_document_is_named(tmp_path, content, words):
    fault = refused(tmp_path / "t", content)
    assert words in str(fault)
    assert "Word" in fault.hint


def test_an_encrypted_member_is_a_fault(tmp_path):
    content = bytearray(word("x"))
    at = content.index(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert "password" in str(refused(tmp_path / "t", bytes(content)))


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "word\\evil.xml", "C:\\evil", "word/../../evil", "con"])
def test_members_with_names_that_lead_elsewhere_are_left_behind(tmp_path, name):
    content = zipped(members() | {name: b"<evil/>"})
    made = render(tmp_path / "t", content, {"a": "x"})
    assert docx_text(made).strip() == "x"
    assert not any("evil" in each or "passwd" in each or each == "con" for each in members(made))


def test_a_document_cut_off_anywhere_is_a_fault(tmp_path):
    whole = word("{{ a }}")
    for at, size in enumerate(range(0, len(whole), len(whole) // 23)):
        with pytest.raises(TemplateError):
            prepare(tmp_path / str(at), whole[:size])


# --- XML ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels", "word/document.xml", "word/styles.xml",
     "docProps/core.xml", "word/extra.xml"],
)  # fmt: skip
def test_a_document_type_is_refused_in_every_part(tmp_path, name):
    parts = members()
    old = parts.get(name, b"<a/>").decode()
    head, _, rest = old.partition("?>") if old.startswith("<?xml") else ("", "", old)
    parts[name] = (f"{head}?>" if head else "") + BOMB + rest
    fault = refused(tmp_path / "t", zipped(parts))
    assert f"{name} declares a document type" in str(fault)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-7", "cp037", "utf-32"])
def test_an_encoding_that_could_hide_a_document_type_is_refused(tmp_path, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{BOMB}<a b="&c;"/>'
    fault = refused(tmp_path / "t", zipped(members() | {"word/styles.xml": text.encode(encoding)}))
    assert "word/styles.xml is not UTF-8" in str(fault) or "document type" in str(fault)


def test_a_part_that_is_xml_by_its_type_alone_is_looked_at_too(tmp_path):
    found = members()
    found["[Content_Types].xml"] = found["[Content_Types].xml"].replace(
        b"</Types>", b'<Override PartName="/word/odd.bin" ContentType="application/xml"/></Types>'
    )
    rels = "word/_rels/document.xml.rels"
    found[rels] = found[rels].replace(
        b"</Relationships>", f'<Relationship Id="x" Type="{OFFICE}/odd" Target="odd.bin"/></Relationships>'.encode()
    )
    fault = refused(tmp_path / "t", zipped(found | {"word/odd.bin": f"{BOMB}<a/>"}))
    assert "word/odd.bin declares a document type" in str(fault)


def test_deep_nesting_is_refused(tmp_path):
    deep = "<w:sdt><w:sdtContent>" * 10_000 + paragraph("x") + "</w:sdtContent></w:sdt>" * 10_000
    content = body(deep)
    assert "nested more deeply" in str(refused(tmp_path / "t", content)) or "times its size" in str(
        refused(tmp_path / "t", content)
    )


def test_a_huge_text_is_refused(tmp_path):
    text = "".join(chr(97 + (n * n) % 26) for n in range(11_000))
    content = zipfile.ZIP_STORED
    parts = members() | {
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{paragraph(text * 1000)}</w:body></w:document>'
    }
    assert "more than 10 million characters" in str(refused(tmp_path / "t", zipped(parts, content)))


def test_a_part_longer_than_what_may_be_written_is_refused_before_its_tags_are_read(tmp_path):
    fault = refused(tmp_path / "t", body(paragraph("x") * 2000), limits=Limits(output_mb=0.05))
    assert isinstance(fault, LimitExceeded)
    assert fault.where.path == ("text",)


# --- what leads out -------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["../../../etc/passwd", "..\\..\\evil", "C:\\evil.xml", "file:///etc/passwd",
                                    "http://example.com/x.xml", "C:evil.xml"])  # fmt: skip
def test_a_relation_to_a_part_outside_the_file_is_refused(tmp_path, target):
    assert "leads out of the file" in str(refused(tmp_path / "t", related("image", target, mode="")))


def test_a_relation_to_a_part_that_is_not_there_is_refused(tmp_path):
    fault = refused(tmp_path / "t", related("image", "media/none.png", mode=""))
    assert 'refers to "word/media/none.png", which is not in the file' in str(fault)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("image", "insert the picture itself"), ("oleObject", "break the link"), ("subDocument", "subdocument"),
     ("frame", "save it anew"), ("video", "take it out"), ("http://example.com/odd", "take it out")],
)  # fmt: skip
def test_what_would_be_fetched_on_opening_is_a_fault(tmp_path, kind, words):
    fault = refused(tmp_path / "t", related(kind, "http://example.com/track.png"))
    assert "(http://example.com/track.png)" in str(fault)
    assert words in fault.hint


def test_a_linked_picture_is_told_with_its_paragraph_and_together_with_other_faults(tmp_path):
    found = members(related("image", "http://example.com/a.png"))
    picture = '<w:p><w:r><w:pict><w:x r:link="rIdX"/></w:pict></w:r></w:p>'
    document = (
        f'<w:document xmlns:w="{W}" xmlns:r="{OFFICE}"><w:body>{paragraph("{{ a | uper }}")}{picture}'
        f"{paragraph('{{ b')}</w:body></w:document>"
    )
    fault = refused(tmp_path / "t", zipped(found | {"word/document.xml": document}))
    assert [each.where.path for each in flatten(fault)] == [
        ("text", "paragraph 1"), ("text", "paragraph 2"), ("text", "paragraph 3")
    ]  # fmt: skip


def test_links_that_a_reader_clicks_are_fine(tmp_path):
    made = render(tmp_path / "t", related("hyperlink", "https://example.com/"), {"a": "x"})
    assert b"https://example.com/" in members(made)["word/_rels/document.xml.rels"]


@pytest.mark.parametrize("kind", ["attachedTemplate", "mailMergeSource"])
def test_word_s_own_template_and_merge_data_are_taken_away(tmp_path, kind):
    found = members()
    found["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="file:///C:/x" TargetMode="External"/></Relationships>'
    ).encode()
    inner = '<w:attachedTemplate r:id="rId1"/>' if kind == "attachedTemplate" else "<w:mailMerge/>"
    found["word/settings.xml"] = f'<w:settings xmlns:w="{W}" xmlns:r="{OFFICE}">{inner}</w:settings>'.encode()
    made = members(render(tmp_path / "t", zipped(found), {"a": "x"}))
    assert b"file:" not in b"".join(made.values())
    assert b"attachedTemplate" not in made["word/settings.xml"]
    assert b"mailMerge" not in made["word/settings.xml"]


def test_a_file_that_word_would_take_in_is_a_fault(tmp_path):
    content = related("aFChunk", "chunk.html", mode="", **{"word/chunk.html": b"<html/>"})
    assert "takes in when it opens" in str(refused(tmp_path / "t", content))


@pytest.mark.parametrize("code", ["DDEAUTO c:\\\\cmd.exe", "INCLUDETEXT x.docx", "includepicture http://example.com/x"])
def test_fields_that_run_or_fetch_are_faults_however_their_code_is_split(tmp_path, code):
    half = len(code) // 5
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText> {code[:half]}</w:instrText></w:r><w:r><w:instrText>{code[half:]}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    fault = refused(tmp_path / "t", body(paragraph("a") + field))
    assert fault.where.path == ("text", "paragraph 2")
    assert f"the field {code.split()[0].upper()}, which" in str(fault)


def test_macros_are_refused(tmp_path):
    found = members(
        related("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin", mode="")
    )
    fault = refused(tmp_path / "t", zipped(found | {"word/vbaProject.bin": b"x"}))
    assert "holds macros" in str(fault)
    kinds = members()["[Content_Types].xml"].replace(
        b"vnd.openxmlformats-officedocument.wordprocessingml.document.main", b"vnd.ms-word.document.macroEnabled.main"
    )
    assert "holds macros" in str(refused(tmp_path / "m", zipped(members() | {"[Content_Types].xml": kinds})))


def test_a_template_of_word_is_named(tmp_path):
    kinds = members()["[Content_Types].xml"].replace(
        b"wordprocessingml.document.main", b"wordprocessingml.template.main"
    )
    assert "(.dotx)" in str(refused(tmp_path / "t", zipped(members() | {"[Content_Types].xml": kinds})))


# --- code -----------------------------------------------------------------------------------------

ESCAPE = "{{ cycler.__init__.__globals__.os.system('true') }}"


def escapes(part):
    """Return a document that tries to leave the sandbox from a part."""
    document = docx.Document()
    if part == "header":
        document.sections[0].header.paragraphs[0].text = ESCAPE
    elif part == "property":
        document.core_properties.title = ESCAPE
    elif part == "picture":
        document.add_paragraph("x")
    else:
        document.add_paragraph(ESCAPE if part == "text" else "x")
    content = saved(document)
    if part == "field code":
        code = f'<w:instrText xml:space="preserve"> HYPERLINK {ESCAPE}</w:instrText>'
        return body(
            f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>{code}</w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        )
    if part == "attribute":
        return body(f'<w:p w:x="{ESCAPE}"/>')
    return content


@pytest.mark.parametrize("part", ["text", "header", "property", "field code", "attribute"])
@pytest.mark.parametrize("engine", list(Making))
def test_no_part_leaves_the_sandbox(tmp_path, part, engine):
    with pytest.raises(TemplateError):
        render(tmp_path / "t", escapes(part), engine=engine)


# --- work -----------------------------------------------------------------------------------------


def traced_calls(function):
    """Return how many Python functions are called on the way: a measure that no busy machine changes."""
    count = 0

    def tick(frame, event, _):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        function()
    except DocgenError:
        pass
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "piece",
    ["{{ f%d }}", "{{ a b%d }}", "{{ a%d ", "{% ", "{ ", "{{ ' ", "{{ x } ", "} ", "{# x ", "{% if x %}", "{% endif %}",
     "{% for a in b %}{% if x %}", "{%p if x %}", "{%tr for a in b %}", "{{ x | uper%d }}", "{% vm %}", "{ a ", "{ % "],
)  # fmt: skip
def test_the_work_grows_with_the_length_and_not_with_its_square(tmp_path, piece):
    def work(number):
        text = "".join(paragraph(piece % n if "%d" in piece else piece) for n in range(number))
        content = body(text)
        return traced_calls(lambda: prepare(tmp_path / f"t{number}", content))

    work(3)  # what is loaded once
    few, many = work(100), work(400)
    assert many < few * 6


@pytest.mark.parametrize("piece", ["{{ f%d }}", "{%% cellbg c%d %%}x", "{%% colspan %d %%}x"])
def test_heavy_tables_are_no_more_work_than_their_length(tmp_path, piece):
    def work(number):
        content = body(table(*([piece % n] for n in range(number))))
        return traced_calls(lambda: prepare(tmp_path / f"t{number}", content))

    work(3)
    few, many = work(50), work(200)
    assert many < few * 6


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ " + "(" * 5_000 + "a" + ")" * 5_000 + " }}", "nested too deeply"),
        ("{{ a" + ".b" * 5_000 + " }}", "nested too deeply"),
        ("{{ " + "a" * 30_000 + " }}", "longer than 20000 characters"),
        ("{% " + " " * 30_000 + "%}", "longer than 20000 characters"),
        ("{% if x %}" * 70 + "{% endif %}" * 70, "more than 60 blocks"),
        ("{% for a in b %}" * 30 + "{% endfor %}" * 30, "more than 15 loops"),
        ("{{ 9" + "9" * 5_000 + " }}", "cannot be read"),
    ],
)
def test_a_tag_that_is_too_much_is_a_fault_at_its_place(tmp_path, text, words):
    (fault,) = flatten(refused(tmp_path / "t", word("x", text)))
    assert words in str(fault)
    assert fault.where.path == ("text", "paragraph 2")


def test_fifteen_loops_in_one_another_work(tmp_path):
    text = "".join(f"{{% for a{n} in b %}}" for n in range(15)) + "x" + "{% endfor %}" * 15
    assert docx_text(render(tmp_path / "t", word(text), {"b": [1]})).strip() == "x"


@pytest.mark.parametrize("engine", list(Making))
def test_ten_thousand_rows_are_the_right_document(tmp_path, engine):
    content = body(table(["{%tr for l in lines %}", ""], ["{{ l.a }}", "{{ l.b }}"], ["{%tr endfor %}", ""]))
    lines = [{"a": f"a{n}", "b": f"b{n}"} for n in range(10_000)]
    made = docx.Document(io.BytesIO(render(tmp_path / "t", content, {"lines": lines}, engine=engine)))
    rows = list(made.tables[0]._tbl.tr_lst)
    assert len(rows) == 10_000
    assert "".join(rows[-1].itertext("{*}t")) == "a9999b9999"


def test_a_loop_over_more_than_the_limit_is_a_fault_at_its_place(tmp_path):
    content = body(table(["{%tr for l in range(200000) %}"], ["x"], ["{%tr endfor %}"]))
    with pytest.raises(LimitExceeded) as caught:
        render(tmp_path / "t", content)
    assert caught.value.where.path == ("text", "table 1", "row 1", "cell 1")


def test_thousands_of_different_fields_are_the_right_document(tmp_path):
    number = 3_000
    prepared = prepare(tmp_path / "t", body("".join(paragraph(f"{{{{ f{n} }}}}") for n in range(number))))
    assert len(prepared.fields_used) == number
    values = {f"f{n}": f"v{n}" for n in range(number)}
    assert docx_text(prepared.render(make_context(values)).content).split() == list(values.values())
    del values["f2999"]
    with pytest.raises(TemplateError) as caught:
        prepared.render(make_context(values))
    assert caught.value.where.path == ("text", "paragraph 3000")


def test_a_syntax_fault_is_no_other_in_a_damaged_document(tmp_path):
    assert isinstance(refused(tmp_path / "t", word("{{ a b }}")), TemplateSyntax)


# --- values in the codes of fields ----------------------------------------------------------------


def coded(*codes):
    """Return a paragraph with a field of these codes, each in a run of its own."""
    runs = "".join(f"<w:r><w:instrText>{escape(code)}</w:instrText></w:r>" for code in codes)
    marks = [f'<w:r><w:fldChar w:fldCharType="{sort}"/></w:r>' for sort in ("begin", "separate", "end")]
    return f"<w:p>{marks[0]}{runs}{marks[1]}<w:r><w:t>shown</w:t></w:r>{marks[2]}</w:p>"


def codes_in(content):
    root = etree.fromstring(members(content)["word/document.xml"])
    simple = [node.get(f"{{{W}}}instr") for node in root.iter(f"{{{W}}}fldSimple")]
    return ["".join(node.text or "" for node in root.iter(f"{{{W}}}instrText")), *simple]


@pytest.mark.parametrize("engine", list(Making))
def test_a_value_in_a_fields_code_ends_no_quotation_and_begins_no_switch(tmp_path, engine):
    simple = '<w:p><w:fldSimple w:instr=" TITLE &quot;{{ a }}&quot; "><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>'
    made = render(
        tmp_path / "t", body(coded(' AUTHOR "', "{{ a }}", '" x') + simple), {"a": 'B "\\C" “D'}, engine=engine
    )
    assert codes_in(made) == [' AUTHOR "B \\"\\\\C\\" \\“D" x', ' TITLE "B \\"\\\\C\\" \\“D" ']


@pytest.mark.parametrize("engine", list(Making))
def test_a_merge_field_in_a_field_that_word_computes_ends_no_quotation(tmp_path, engine):
    inner = wordfields.complex_field(" IF ", wordfields.field("PAGE"), ' = 1 "', wordfields.merge("a"), '" "x" ')
    content = wordfields.document(wordfields.paragraph(inner))
    made = wordfields.prepare(tmp_path / "t", content, "a: {type: text}", engine).render(make_context({"a": 'B "C"'}))
    assert '"B \\"C\\""' in codes_in(made.content)[0]


def test_an_empty_field_in_a_code_is_named(tmp_path):
    with pytest.raises(TemplateError) as caught:
        render(tmp_path / "t", body(coded(' TITLE "{{ a }}"')), {"a": None})
    assert '"a" is empty' in str(caught.value)
    assert caught.value.where.path == ("text", "paragraph 1")


def test_no_picture_stands_in_a_code(tmp_path):
    with pytest.raises(TemplateError, match="only text can stand in the code of a field"):
        render(tmp_path / "t", body(coded(' TITLE "{{ a | markdown }}"')), {"a": "x"})


@pytest.mark.parametrize("engine", list(Making))
@pytest.mark.parametrize(
    "url", ['javascript:alert(1)" \\t "x', "file:///etc/passwd", "\\\\server\\share", "JAVASCRIPT:1"]
)
def test_a_value_makes_a_link_of_an_address_alone(tmp_path, engine, url):
    prepared = prepare(tmp_path / "t", body(coded(' HYPERLINK "{{ url }}" \\o "tip"')), engine=engine)
    with pytest.raises(TemplateError) as caught:
        prepared.render(make_context({"url": url}))
    assert "is not an address to link to, in a HYPERLINK field" in str(caught.value)
    assert caught.value.where.path == ("text",)
    assert caught.value.where.file.endswith("body.docx")


@pytest.mark.parametrize("engine", list(Making))
def test_a_link_is_put_together_of_values_and_stays_one(tmp_path, engine):
    fixed = coded(' HYPERLINK "file:///shared/list.docx"') + coded(' HYPERLINK \\l "top"')
    content = body(fixed + coded(' HYPERLINK "{{ base }}/{{ q }}" \\o "{{ q }}"'))
    made = render(tmp_path / "t", content, {"base": "https://example.com", "q": 'a" \\l "Evil'}, engine=engine)
    assert codes_in(made)[0].endswith(' HYPERLINK "https://example.com/a\\" \\\\l \\"Evil" \\o "a\\" \\\\l \\"Evil"')


@pytest.mark.parametrize(
    "codes",
    [
        (' {{ "INCLUDE" }}PICTURE "{{ u }}" ',),
        (' {{ k }} "http://example.com"',),
        (" INCL{# #}UDEPICTURE x",),
        (" {%", ' if u %}DDE{% endif %} "x"'),
        (' "{{ k }}" x',),
        (" PAGE{{ k }}",),
    ],
)
def test_no_tag_says_what_kind_of_field_it_is(tmp_path, codes):
    fault = refused(tmp_path / "t", body(paragraph("a") + coded(*codes)))
    fault = next(one for one in flatten(fault) if "a field whose kind a tag says" in str(one))
    assert fault.where.path == ("text", "paragraph 2")
    assert "write the kind itself" in fault.hint


def test_a_formula_may_begin_with_a_tag(tmp_path):
    formula = wordfields.complex_field("=", wordfields.merge("a"), "*", wordfields.field("PAGE"))
    made = wordfields.prepare(tmp_path / "t", wordfields.document(wordfields.paragraph(formula)), "a: {type: integer}")
    assert codes_in(made.render(make_context({"a": 3})).content)[0].startswith("=3* PAGE ")


@pytest.mark.parametrize("as_subdoc", [False, True])
def test_a_document_of_a_program_is_looked_at_too(tmp_path, as_subdoc):
    content = body(coded(' DDEAUTO c:\\\\cmd.exe "/k calc"'))
    if not as_subdoc:
        with pytest.raises(TemplateError, match="the field DDEAUTO, which runs another program"):
            Subdocument(content)
        return
    word_template = DocxTemplate(io.BytesIO(word("{{ a }}")))
    word_template.init_docx()
    value = word_template.new_subdoc(io.BytesIO(content))
    with pytest.raises(TemplateError, match="the field DDEAUTO, which runs another program"):
        prepare(tmp_path / "t", word("{{ a }}")).render(make_context({"a": value}), template=word_template)


def test_controls_are_refused_as_macros_are(tmp_path):
    fault = refused(
        tmp_path / "t", related("control", "activeX/activeX1.xml", "", **{"word/activeX/activeX1.xml": b"<a/>"})
    )
    assert "holds an ActiveX control" in str(fault)
