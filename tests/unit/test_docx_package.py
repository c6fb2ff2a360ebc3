"""A Word document as a zip: what is read, what is kept, what one rendering changes."""

import io
import random
import subprocess
import sys
import zipfile
import zlib

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from rendering import make_context, make_template, saved, word

from docgen.errors import LimitExceeded, TemplateError, TemplateSyntax
from docgen.model import Making, Where
from docgen.render import docx as word_renderer
from docgen.render.docx.package import OFFICE, TYPES, Assembly, Package, Relation, relations_name

WHERE = Where("t/body.docx")
PNG = "image/png"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(content=None):
    return Package(content or word("x"), WHERE)


def with_members(members, content=None):
    output = io.BytesIO(content or word("x"))
    with zipfile.ZipFile(output, "a") as file:
        for name, member in members.items():
            file.writestr(name, member)
    return output.getvalue()


def without(name, content=None):
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or word("x"))) as old, zipfile.ZipFile(output, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
    return output.getvalue()


def names(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return file.namelist()


def test_nothing_changed_gives_the_same_document_and_the_same_bytes_each_time():
    read = package()
    first, second = Assembly(read).save(), Assembly(package()).save()
    assert first == second
    assert Package(first, WHERE).parts == read.parts
    assert docx.Document(io.BytesIO(first)).paragraphs[0].text == "x"


def test_the_file_is_one_that_other_zip_programs_read(tmp_path):
    assembly = Assembly(package())
    assembly.add("word/média/{}.txt", b"y" * 100_000, "text/plain")
    (tmp_path / "a.docx").write_bytes(assembly.save())
    command = [
        sys.executable, "-c", "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])",
        str(tmp_path / "a.docx"), str(tmp_path / "out"),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    assert (tmp_path / "out/word/média/1.txt").read_bytes() == b"y" * 100_000


def test_the_list_of_content_types_comes_first_and_times_are_always_the_same():
    content = Assembly(package()).save()
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.namelist()[0] == TYPES
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_only_parts_that_can_be_reached_are_kept():
    content = with_members({"../evil.txt": b"x", "word/unused.xml": b"<a/>", "C:\\x": b"x"})
    assert not {"../evil.txt", "word/unused.xml", "C:\\x"} & set(names(Assembly(package(content)).save()))


def test_a_relation_that_leads_out_of_the_package_is_a_fault():
    read = package()
    relations = relations_name(read.main)
    with zipfile.ZipFile(io.BytesIO(word("x"))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members[relations] = members[relations].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdX" Type="{OFFICE}/image" Target="../../../etc/passwd"/></Relationships>'.encode(),
    )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, member in {**members, "etc/passwd": b"x"}.items():
            file.writestr(name, member)
    with pytest.raises(TemplateError, match="leads out of the file"):
        package(output.getvalue())


def test_a_damaged_list_of_relations_is_a_fault():
    with zipfile.ZipFile(io.BytesIO(word("x"))) as file:
        members = {name: file.read(name) for name in file.namelist()}
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, member in {**members, "_rels/.rels": b"<broken"}.items():
            file.writestr(name, member)
    with pytest.raises(TemplateSyntax, match="damaged"):
        package(output.getvalue())


def test_an_added_part_has_a_free_number_a_relation_and_a_content_type():
    assembly = Assembly(package())
    story = assembly.story("word/document.xml")
    first = story.attach("image", "word/media/image{}.png", b"one", PNG, shared=True)
    second = story.attach("image", "word/media/image{}.png", b"two", PNG, shared=True)
    again = story.attach("image", "word/media/image{}.png", b"one", PNG, shared=True)
    made = Package(assembly.save(), WHERE)
    assert first == again != second
    assert made.relations(made.main)[first] == Relation(first, f"{OFFICE}/image", "word/media/image1.png")
    assert made.parts["word/media/image2.png"] == b"two"
    assert made.media_type("word/media/image1.png") == PNG


def test_a_part_that_the_template_has_is_shared_too():
    document = docx.Document()
    document.add_paragraph("x")
    base = Assembly(package(saved(document)))
    base.story("word/document.xml").attach("image", "word/media/image{}.png", b"logo", PNG)
    read = Package(base.save(), WHERE)
    assembly = Assembly(read)
    name = assembly.add("word/media/image{}.png", b"logo", PNG, shared=True)
    assert name == "word/media/image1.png"
    assert assembly.add("word/media/image{}.png", b"logo", PNG) == "word/media/image2.png"


def test_one_rendering_leaves_the_template_as_it_was():
    read = package()
    before = Assembly(read).save()
    assembly = Assembly(read)
    assembly.tree("word/document.xml").append(etree.Element(qn("w:p")))
    assembly.relate("word/document.xml", "hyperlink", "https://example.com", external=True)
    assembly.add("word/x{}.bin", b"x", "application/x")
    assert assembly.save() != before
    assert Assembly(read).save() == before


def test_a_tree_that_was_asked_for_is_saved_with_its_changes():
    assembly = Assembly(package())
    next(assembly.tree("word/document.xml").iter(qn("w:t"))).text = "changed"
    assert b"changed" in assembly.read("word/document.xml")
    assert docx.Document(io.BytesIO(assembly.save())).paragraphs[0].text == "changed"


def test_a_relation_can_be_taken_away():
    read = package()
    relation = next(one for one in read.relations(read.main).values() if one.kind.endswith("/styles"))
    made = read.rewritten({}, without=[(read.main, relation.id)])
    assert relation.id not in made.relations(made.main)
    assert "word/styles.xml" not in made.parts


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("abcdefgh/é", min_size=1, max_size=12), st.binary(max_size=2000), max_size=8))
def test_any_members_come_back_as_they_were(members):
    read = package()
    made = read.zipped({f"x/{name}": content for name, content in members.items()})
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert {name: file.read(f"x/{name}") for name in members} == members
        assert {info.CRC for info in file.infolist()} >= {zlib.crc32(content) for content in members.values()}


def test_many_different_sets_of_members_do_not_pile_up():
    read = package()
    for number in range(100):
        read.zipped({f"word/{number}.xml": b"<a/>"})
    assert len(read._kept) < 50


def test_styles_are_known_by_their_names():
    assert package().styles["heading 1"] == "Heading1"


def test_names_that_differ_in_capitals_only_are_taken():
    content = with_members({"word/media/image1.JPG": b"one"}, without("word/_rels/document.xml.rels"))
    kind = f"{OFFICE}/image"
    relations = f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{kind}" Target="media/image1.JPG"/>'
    content = with_members({"word/_rels/document.xml.rels": f"{relations}</Relationships>"}, content)
    assembly = Assembly(package(content))
    assert assembly.add("word/media/image{}.jpg", b"two", "image/jpeg") == "word/media/image2.jpg"
    assert assembly.add("word/media/Image{}.jpg", b"three", "image/jpeg") == "word/media/Image3.jpg"
    made = names(assembly.save())
    assert len({name.casefold() for name in made}) == len(made)


def test_more_parts_than_a_zip_can_count_are_a_fault(monkeypatch):
    read = package()
    monkeypatch.setattr("docgen.render.docx.package._MOST_MEMBERS", len(names(Assembly(read).save())) + 1)
    assembly = Assembly(read)
    assembly.add("word/media/image{}.png", b"a", PNG)
    assembly.save()
    assembly.add("word/media/image{}.png", b"b", PNG)
    with pytest.raises(LimitExceeded, match="parts, more than a Word document can hold") as caught:
        assembly.save()
    assert caught.value.where == WHERE


def test_more_bytes_than_a_zip_can_count_are_a_fault(monkeypatch):
    monkeypatch.setattr("docgen.render.docx.package._MOST_BYTES", len(Assembly(package()).save()))
    assembly = Assembly(package())
    assembly.add("word/media/image{}.png", random.Random(1).randbytes(50_000), PNG)
    with pytest.raises(LimitExceeded, match="MB, more than a Word document can hold"):
        assembly.save()


@pytest.mark.parametrize("engine", Making)
def test_what_docgen_makes_itself_may_be_packed_as_well_as_it_is(tmp_path, engine):
    prepared = word_renderer.prepare(make_template(tmp_path / "t", word("{{ x }}"), ".docx"), engine=engine)
    made = prepared.render(make_context({"x": "a\t" * 40_000})).content
    assert docx.Document(io.BytesIO(made)).paragraphs[0].text.count("\t") == 40_000


def test_a_changed_template_is_read_without_the_bounds_for_hostile_ones():
    read = package()
    long = read.parts[read.main].replace(b"<w:t>x</w:t>", b"<w:t>x" + b" " * 10_100_000 + b"</w:t>")
    assert len(read.rewritten({read.main: long}).parts[read.main]) == len(long)


@pytest.mark.parametrize("mode", ["", ' TargetMode="External"'])
@pytest.mark.parametrize("engine", Making)
def test_a_link_to_a_place_in_the_document_stays_as_it_is(tmp_path, engine, mode):
    original = word("{{ x }}")
    with zipfile.ZipFile(io.BytesIO(original)) as file:
        relations = file.read("word/_rels/document.xml.rels").decode()
    link = f'<Relationship Id="rId99" Type="{OFFICE}/hyperlink" Target="#Chapter1"{mode}/>'
    changed = relations.replace("</Relationships>", f"{link}</Relationships>")
    content = with_members({"word/_rels/document.xml.rels": changed}, without("word/_rels/document.xml.rels", original))
    prepared = word_renderer.prepare(make_template(tmp_path / "t", content, ".docx"), engine=engine)
    with zipfile.ZipFile(io.BytesIO(prepared.render(make_context({"x": "1"})).content)) as file:
        assert link in file.read("word/_rels/document.xml.rels").decode()
