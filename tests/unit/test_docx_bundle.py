"""Many Word documents in one: each keeps its pages, headers, lists, notes and looks, and nothing collides."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from xml.sax.saxutils import escape

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from rendering import docx_text, part, saved

from docgen.errors import RenderError
from docgen.model import Where
from docgen.render.docx.joining.bundle import join_documents
from docgen.render.docx.joining.order import PARAGRAPH, SECTION, SETTINGS
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.package import parse_xml as tree_of
from docgen.render.docx.spot import WP, R, W, w

VAL = w("val")


def letter(text: str, header: str = "", change: Callable[[Document], None] | None = None) -> bytes:
    document = docx.Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.add_paragraph(text)
    if change is not None:
        change(document)
    return saved(document)


def listed(*items: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for item in items:
            document.add_paragraph(item, style="List Number")

    return change


def field(paragraph: object, instruction: str) -> None:
    paragraph._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )


def picture(colour: str) -> io.BytesIO:
    output = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(output, "PNG")
    output.seek(0)
    return output


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def body(content: bytes) -> etree._Element:
    return tree_of(part(content, "word/document.xml").encode())


def package(content: bytes) -> Package:
    return Package(content, Where("bundle.docx"))


def joined(*documents: bytes) -> bytes:
    """Join, and hold the result to what every Word document must be."""
    content = join_documents(documents)
    assert_sound(content)
    return content


def assert_sound(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        assert len(set(file.namelist())) == len(file.namelist())
    found = package(content)
    trees = {name: tree_of(part) for name, part in found.parts.items() if name.endswith(".xml")}
    for name, tree in trees.items():
        used = {str(value) for value in tree.xpath("//@*[namespace-uri() = $uri]", uri=R)}
        assert used <= found.relations(name).keys(), f"{name} uses relations that it has not"
        assert found.media_type(name) != "application/octet-stream"
        for relation in found.relations(name).values():
            assert relation.external or relation.target in found.parts
    text = trees[found.main]
    assert_unique(node.get("id") for tree in trees.values() for node in tree.iter(f"{{{WP}}}docPr"))
    assert_unique(node.get(w("name")) for node in text.iter(w("bookmarkStart")))
    assert_unique(node.get(w("id")) for node in text.iter(w("bookmarkStart")))
    for node, order in ((w("sectPr"), SECTION), (w("pPr"), PARAGRAPH)):
        for one in text.iter(node):
            assert_in_order(one, order)
    assert_refers(text, trees, "footnotes", "footnoteReference", "footnote")
    assert_refers(text, trees, "comments", "commentReference", "comment")
    styles = {style.get(w("styleId")) for style in trees["word/styles.xml"].iter(w("style"))}
    assert_unique(style.get(w("styleId")) for style in trees["word/styles.xml"].iter(w("style")))
    assert_unique(style.find(w("name")).get(VAL).lower() for style in trees["word/styles.xml"].iter(w("style")))
    assert {node.get(VAL) for name in ("pStyle", "rStyle", "tblStyle") for node in text.iter(w(name))} <= styles
    lists = trees.get("word/numbering.xml", trees.get("word/numbering1.xml", etree.Element("none")))
    nums = [num.get(w("numId")) for num in lists.iter(w("num"))]
    definitions = [one.get(w("abstractNumId")) for one in lists.iter(w("abstractNum"))]
    assert_unique(iter(nums))
    assert_unique(iter(definitions))
    assert {node.get(VAL) for node in text.iter(w("numId"))} <= {*nums, "0"}
    assert {node.get(VAL) for num in lists.iter(w("num")) for node in num.iter(w("abstractNumId"))} <= {*definitions}
    kinds = [node.tag for node in lists]
    assert kinds == sorted(kinds, key=[w("numPicBullet"), w("abstractNum"), w("num")].index)


def assert_unique(values: Iterator[str]) -> None:
    found = list(values)
    assert len(set(found)) == len(found), f"not unique: {sorted(found)}"


def assert_in_order(node: etree._Element, order: tuple[str, ...]) -> None:
    places = [order.index(etree.QName(child).localname) for child in node]
    assert places == sorted(places), etree.tostring(node)


def assert_refers(text: etree._Element, trees: dict[str, etree._Element], stem: str, reference: str, note: str) -> None:
    used = [node.get(w("id")) for node in text.iter(w(reference))]
    there = [node.get(w("id")) for name, tree in trees.items() if f"/{stem}" in name for node in tree.iter(w(note))]
    assert set(used) <= set(there)
    assert_unique(iter(used))
    assert_unique(iter(there))


# --- pages and headers ----------------------------------------------------------------------------


def test_each_document_keeps_its_paper_margins_and_header() -> None:
    def landscape(document: Document) -> None:
        section = document.sections[0]
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
        section.left_margin = Mm(40)

    made = opened(joined(letter("one", "Header A"), letter("two", "Header B", landscape), letter("three", "Header A")))
    assert [paragraph.text for paragraph in made.paragraphs] == ["one", "two", "three"]
    sections = list(made.sections)
    assert [section.header.paragraphs[0].text for section in sections] == ["Header A", "Header B", "Header A"]
    assert [section.page_width > section.page_height for section in sections] == [False, True, False]
    assert [round(section.left_margin.mm) for section in sections] == [32, 40, 32]
    assert all(section.start_type == WD_SECTION.NEW_PAGE for section in sections)


def test_equal_headers_are_there_once() -> None:
    found = package(joined(*(letter(f"text {n}", "One for all") for n in range(10))))
    assert len(found.related(found.main, "header")) == 1


def test_a_header_is_not_taken_for_another_part_that_had_its_relation_in_its_own_document() -> None:
    made = opened(joined(noted(letter("one"), "a"), noted(letter("two", "Header"), "b"), noted(letter("three"), "c")))
    assert [section.header.paragraphs[0].text for section in made.sections] == ["", "Header", ""]


def test_a_document_without_header_does_not_show_that_of_the_one_before() -> None:
    made = opened(joined(letter("one", "Secret of one"), letter("two"), letter("three", "Header of three")))
    assert [section.header.paragraphs[0].text for section in made.sections] == ["Secret of one", "", "Header of three"]


def test_a_document_that_went_on_in_the_same_section_begins_on_a_new_page_all_the_same() -> None:
    def flowing(document: Document) -> None:
        document.sections[0].start_type = WD_SECTION.CONTINUOUS

    assert opened(joined(letter("one"), letter("two", change=flowing))).sections[1].start_type == WD_SECTION.NEW_PAGE


def test_a_document_that_begins_on_an_odd_page_still_does() -> None:
    def odd(document: Document) -> None:
        document.sections[0].start_type = WD_SECTION.ODD_PAGE

    assert opened(joined(letter("one"), letter("two", change=odd))).sections[1].start_type == WD_SECTION.ODD_PAGE


def test_pages_are_numbered_from_one_in_each_document_but_as_it_says_where_it_does() -> None:
    def from_five(document: Document) -> None:
        document.sections[0]._sectPr.find(w("cols")).addprevious(
            parse_xml(f'<w:pgNumType {nsdecls("w")} w:start="5"/>')
        )

    def several(document: Document) -> None:
        document.add_section()
        document.add_paragraph("appendix")

    text = body(joined(letter("one"), letter("two", change=several), letter("three", change=from_five)))
    starts = [[node.get(w("start")) for node in section.iter(w("pgNumType"))] for section in text.iter(w("sectPr"))]
    assert starts == [[], ["1"], [], ["5"]]


def test_the_count_of_pages_is_that_of_the_document() -> None:
    def counting(document: Document) -> None:
        field(document.sections[0].footer.paragraphs[0], r"NUMPAGES \* Arabic")

    content = joined(letter("one", change=counting), letter("two", change=counting))
    found = package(content)
    fields = [
        node.get(w("instr"))
        for name in found.related(found.main, "footer")
        for node in tree_of(found.parts[name]).iter(w("fldSimple"))
    ]
    assert fields == [r"PAGEREF _part_1_end \* Arabic", r"PAGEREF _part_2_end \* Arabic"]
    marks = [node.get(w("name")) for node in body(content).iter(w("bookmarkStart"))]
    assert marks == ["_part_1", "_part_1_end", "_part_2", "_part_2_end"]


def test_a_table_of_contents_lists_its_own_document_only() -> None:
    def contents(document: Document) -> None:
        field(document.add_paragraph(), r"TOC \o &quot;1-3&quot; \h")

    text = body(joined(letter("one", change=contents), letter("two", change=contents)))
    assert [node.get(w("instr")).split(r"\h")[1].strip() for node in text.iter(w("fldSimple"))] == [
        r"\b _part_1",
        r"\b _part_2",
    ]


def even_pages(document: Document) -> None:
    document.settings.odd_and_even_pages_header_footer = True
    document.sections[0].even_page_header.paragraphs[0].text = "even"


def shown_on_even_pages(content: bytes) -> list[str]:
    return [section.even_page_header.paragraphs[0].text for section in opened(content).sections]


@pytest.mark.parametrize("first", [True, False])
def test_documents_that_do_not_tell_even_pages_apart_show_there_what_they_show_elsewhere(first: bool) -> None:
    plain, special = letter("plain", "plain"), letter("special", "odd", even_pages)
    content = joined(*((special, plain) if first else (plain, special)))
    assert shown_on_even_pages(content) == (["even", "plain"] if first else ["plain", "even"])
    assert opened(content).settings.odd_and_even_pages_header_footer


def test_without_documents_that_tell_even_pages_apart_nothing_is_said_of_them() -> None:
    content = joined(letter("one", "A"), letter("two", "B"))
    assert not opened(content).settings.odd_and_even_pages_header_footer
    assert "docgen-even" not in part(content, "word/document.xml")


def test_a_document_that_ends_with_a_table_is_followed_by_a_paragraph_that_takes_no_room() -> None:
    def table(document: Document) -> None:
        document.add_table(1, 1).cell(0, 0).text = "in the table"

    text = body(joined(letter("one", change=table), letter("two")))
    ends = [node.getparent().getparent() for node in text.iter(w("sectPr")) if node.getparent().tag == w("pPr")]
    assert len(ends) == 1
    assert ends[0].find(f"{w('pPr')}/{w('spacing')}").get(w("line")) == "20"


# --- lists ----------------------------------------------------------------------------------------


def numbers_of(content: bytes) -> dict[str, str]:
    """Text of a paragraph -> the list it is in."""
    return {
        "".join(node.text or "" for node in paragraph.iter(w("t"))): paragraph.find(f".//{w('numId')}").get(VAL)
        for paragraph in body(content).iter(w("p"))
        if paragraph.find(f".//{w('numId')}") is not None
    }


def test_lists_begin_anew_in_each_document() -> None:
    content = joined(*(letter(f"text {n}", change=listed(f"{n} first", f"{n} second")) for n in range(3)))
    numbers = numbers_of(content)
    assert numbers["1 first"] == numbers["1 second"] != numbers["2 first"] == numbers["2 second"]
    lists = tree_of(part(content, "word/numbering.xml").encode())
    begun = {
        num.get(w("numId")): {node.get(VAL) for node in num.iter(w("startOverride"))} for num in lists.iter(w("num"))
    }
    assert begun[numbers["1 first"]] == begun[numbers["2 first"]] == {"1"}


def test_definitions_of_lists_are_shared() -> None:
    one = letter("text", change=listed("item"))
    before = len(list(tree_of(part(one, "word/numbering.xml").encode()).iter(w("abstractNum"))))
    lists = tree_of(part(joined(*[one] * 10), "word/numbering.xml").encode())
    assert len(list(lists.iter(w("abstractNum")))) == before
    assert len({num.find(w("abstractNumId")).get(VAL) for num in lists.iter(w("num"))}) <= before


def test_bullets_need_no_lists_of_their_own() -> None:
    def bullets(document: Document) -> None:
        document.add_paragraph("point", style="List Bullet")

    one = letter("text", change=bullets)
    assert part(joined(*[one] * 5), "word/numbering.xml") == part(joined(one, one), "word/numbering.xml")


def with_lists(content: bytes, definition: str, nums: str, paragraphs: str) -> bytes:
    assembly = Assembly(package(content))
    name = next(iter(assembly.package.related(assembly.package.main, "numbering")))
    assembly.replace(name, f"<w:numbering {nsdecls('w')}>{definition}{nums}</w:numbering>".encode())
    text = assembly.tree(assembly.package.main).find(w("body"))
    for node in etree.fromstring(f"<w:body {nsdecls('w')}>{paragraphs}</w:body>"):
        text.insert(len(text) - 1, node)
    return assembly.save()


LETTERED = (
    '<w:abstractNum w:abstractNumId="7"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="3"/>'
    '<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>'
)


def item(num: int, text: str) -> str:
    numbering = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{numbering}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_list_begins_where_its_definition_says_and_two_of_one_definition_go_on() -> None:
    nums = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="7"/></w:num>' for n in (1, 2))
    one = with_lists(letter("text"), LETTERED, nums, item(1, "a") + item(2, "b"))
    content = joined(one, with_lists(letter("text"), LETTERED, nums, item(1, "c") + item(2, "d")))
    numbers = numbers_of(content)
    lists = tree_of(part(content, "word/numbering.xml").encode())
    starts = {
        num.get(w("numId")): [n.get(VAL) for n in num.iter(w("startOverride"))][:1] for num in lists.iter(w("num"))
    }
    assert starts[numbers["c"]] == ["3"]
    assert starts[numbers["d"]] == [], "Word goes on with a list of the same definition"
    assert len(list(lists.iter(w("abstractNum")))) == 1


def test_lists_of_another_template_come_along() -> None:
    nums = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    content = joined(letter("one", change=listed("x")), with_lists(letter("two"), LETTERED, nums, item(1, "c")))
    lists = tree_of(part(content, "word/numbering.xml").encode())
    link = next(num for num in lists.iter(w("num")) if num.get(w("numId")) == numbers_of(content)["c"])
    target = link.find(w("abstractNumId")).get(VAL)
    definition = next(one for one in lists.iter(w("abstractNum")) if one.get(w("abstractNumId")) == target)
    assert definition.find(f".//{w('numFmt')}").get(VAL) == "lowerLetter"


def test_a_document_with_lists_can_follow_one_without_any() -> None:
    assembly = Assembly(package(letter("one")))
    main = assembly.package.main
    for relation in list(assembly.relations(main).values()):
        if relation.kind.endswith("/numbering"):
            assembly.unrelate(main, relation.id)
    bare = package(assembly.save()).rewritten({}).members
    assert not any("numbering" in name for name in bare)
    content = joined(assembly.save(), letter("two", change=listed("first")))
    assert numbers_of(content)["first"]


def headed(document: Document) -> None:
    """Headings that their style numbers, and indents."""
    style = document.styles["Heading 1"]
    style.element.get_or_add_pPr().append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="1"/></w:numPr>'))
    style.paragraph_format.left_indent = Mm(12)
    document.add_heading("First", 1)
    document.add_heading("Second", 1)


def test_headings_that_their_style_numbers_begin_anew_and_keep_their_indents() -> None:
    nums = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    one = with_lists(letter("text", change=headed), LETTERED, nums, "")
    headings = [p for p in opened(joined(one, one)).paragraphs if p.style.name == "Heading 1"]
    numbers = [p._p.pPr.numPr.numId.val if p._p.pPr.numPr is not None else None for p in headings]
    assert numbers[:2] == [None, None]
    assert numbers[2] == numbers[3] not in (None, 1)
    assert headings[2].paragraph_format.left_indent == headings[0].style.paragraph_format.left_indent


# --- pictures, links, notes -----------------------------------------------------------------------


def pictured(colour: str) -> bytes:
    return letter(colour, change=lambda document: document.add_picture(picture(colour)))


def test_equal_pictures_are_there_once_and_others_each() -> None:
    content = joined(pictured("red"), pictured("blue"), pictured("red"), pictured("blue"))
    assert len([name for name in package(content).parts if name.startswith("word/media/")]) == 2
    shown = [
        opened(content).part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        for shape in opened(content).inline_shapes
    ]
    assert shown[0].sha1 == shown[2].sha1 != shown[1].sha1 == shown[3].sha1


def charted(content: bytes, title: str) -> bytes:
    """Hang a part with a part of its own on a document."""
    assembly = Assembly(package(content))
    main = assembly.package.main
    chart = f'<c:chart xmlns:c="urn:chart" xmlns:r="{R}" title="{title}"><c:data r:id="rId9"/></c:chart>'.encode()
    name = assembly.add("word/charts/chart{}.xml", chart, "application/chart+xml")
    book = assembly.add("word/embeddings/book{}.xlsx", b"cells", "application/book", shared=True)
    assembly.relate(name, "package", book, name="rId9")
    run = parse_xml(f'<w:r {nsdecls("w", "r")}><w:object r:id="{assembly.relate(main, "chart", name)}"/></w:r>')
    assembly.tree(main).find(f".//{w('p')}").append(run)
    return assembly.save()


def test_parts_come_along_with_what_they_need() -> None:
    found = package(joined(charted(letter("one"), "A"), charted(letter("two"), "B")))
    charts = found.related(found.main, "chart")
    assert [tree_of(found.parts[name]).get("title") for name in charts] == ["A", "B"]
    assert {found.relations(name)["rId9"].target for name in charts} == {"word/embeddings/book1.xlsx"}


def linked(address: str, anchor: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        relation = document.part.relate_to(address, f"{R}/hyperlink", is_external=True)
        document.paragraphs[0]._p.append(
            parse_xml(f'<w:hyperlink {nsdecls("w", "r")} r:id="{relation}"><w:r><w:t>there</w:t></w:r></w:hyperlink>')
        )
        document.paragraphs[0]._p.append(parse_xml(f'<w:hyperlink {nsdecls("w")} w:anchor="{anchor}"/>'))
        mark = f'<w:bookmarkStart {nsdecls("w")} w:id="0" w:name="{anchor}"/>'
        document.paragraphs[0]._p.append(parse_xml(mark))
        document.paragraphs[0]._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="0"/>'))
        field(document.paragraphs[0], f"REF {anchor} \\h")

    return change


def test_links_lead_where_they_led() -> None:
    content = joined(
        letter("one", change=linked("https://one.example.com", "total")),
        letter("two", change=linked("https://two.example.com", "total")),
    )
    relations = package(content).relations("word/document.xml")
    links = list(body(content).iter(w("hyperlink")))
    outside = [relations[link.get(f"{{{R}}}id")].target for link in links if link.get(f"{{{R}}}id")]
    assert outside == ["https://one.example.com", "https://two.example.com"]
    assert [link.get(w("anchor")) for link in links if link.get(w("anchor"))] == ["total", "total_2"]
    assert [node.get(w("instr")) for node in body(content).iter(w("fldSimple"))] == [r"REF total \h", r"REF total_2 \h"]


SEPARATOR = '<w:{0} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{0}>'


def noted(content: bytes, *texts: str, sort: str = "footnote") -> bytes:
    assembly = Assembly(package(content))
    main = assembly.package.main
    notes = "".join(
        f'<w:{sort} w:id="{n}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{sort}>' for n, text in enumerate(texts, 1)
    )
    markup = f"<w:{sort}s {nsdecls('w')}>{SEPARATOR.format(sort)}{notes}</w:{sort}s>".encode()
    kind = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{sort}s+xml"
    assembly.relate(main, f"{sort}s", assembly.add(f"word/{sort}s{{}}.xml", markup, kind))
    for n in range(1, len(texts) + 1):
        run = parse_xml(f'<w:r {nsdecls("w")}><w:{sort}Reference w:id="{n}"/></w:r>')
        assembly.tree(main).find(f".//{w('p')}").append(run)
    return assembly.save()


def notes_of(content: bytes, sort: str) -> list[str]:
    """The texts of the notes in the order in which the document refers to them."""
    found = package(content)
    (name,) = found.related(found.main, f"{sort}s")
    texts = {
        note.get(w("id")): "".join(node.text or "" for node in note.iter(w("t")))
        for note in tree_of(found.parts[name]).iter(w(sort))
    }
    return [texts[node.get(w("id"))] for node in body(content).iter(w(f"{sort}Reference"))]


@pytest.mark.parametrize("sort", ["footnote", "endnote", "comment"])
def test_notes_stay_with_what_refers_to_them(sort: str) -> None:
    content = joined(
        letter("none"), noted(letter("one"), "a", "b", sort=sort), letter("no"), noted(letter("two"), "c", sort=sort)
    )
    assert notes_of(content, sort) == ["a", "b", "c"]


def test_footnotes_are_counted_anew_in_each_document() -> None:
    text = body(joined(noted(letter("one"), "a"), letter("two"), noted(letter("three"), "b")))
    restarts = [[node.get(VAL) for node in section.iter(w("numRestart"))] for section in text.iter(w("sectPr"))]
    assert restarts == [[], [], ["eachSect"]]


def test_endnotes_stand_at_the_end_of_their_document() -> None:
    def several(document: Document) -> None:
        document.add_section()
        document.add_paragraph("more")

    content = joined(letter("one"), noted(letter("two", change=several), "a", sort="endnote"))
    kept_back = [section.find(w("noEndnote")) is not None for section in body(content).iter(w("sectPr"))]
    assert kept_back == [False, True, False]
    found = tree_of(part(content, "word/settings.xml").encode())
    assert found.find(f"{w('endnotePr')}/{w('pos')}").get(VAL) == "sectEnd"
    assert_in_order_where_known(found)


def assert_in_order_where_known(node: etree._Element) -> None:
    names = [etree.QName(child).localname for child in node]
    places = [SETTINGS.index(name) for name in names if name in SETTINGS]
    assert places == sorted(places)
    known = [at for at, name in enumerate(names) if name in SETTINGS]
    assert known == list(range(len(known))), "what the list does not name stands behind"


def test_content_controls_keep_their_text_and_lose_the_data_behind_it() -> None:
    def controlled(document: Document) -> None:
        document.element.body.insert(
            0,
            parse_xml(
                f'<w:sdt {nsdecls("w")}><w:sdtPr><w:id w:val="5"/><w:dataBinding w:xpath="/x" w:storeItemID="{{1}}"/>'
                "</w:sdtPr><w:sdtContent><w:p><w:r><w:t>bound</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            ),
        )

    content = joined(letter("one", change=controlled), letter("two", change=controlled))
    properties = list(body(content).iter(w("sdtPr")))
    assert [len(one) for one in properties] == [2, 0]
    assert docx_text(content).count("bound") <= 2


# --- styles and settings --------------------------------------------------------------------------


def corporate(size: int, name: str = "Clause") -> Callable[[Document], None]:
    def change(document: Document) -> None:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(size)
        document.add_paragraph("clause", style=name)

    return change


def test_documents_of_one_template_share_their_styles() -> None:
    one = letter("one", change=corporate(9))
    content = joined(one, letter("two", change=corporate(9)))
    assert part(content, "word/styles.xml") == part(one, "word/styles.xml")


def test_a_style_of_the_same_name_that_means_something_else_gets_another_name() -> None:
    made = opened(joined(letter("one", change=corporate(9)), letter("two", change=corporate(14))))
    clauses = [paragraph.style for paragraph in made.paragraphs if paragraph.text == "clause"]
    assert [(style.name, style.font.size) for style in clauses] == [("Clause", Pt(9)), ("Clause (2)", Pt(14))]


def test_a_style_that_the_first_document_has_not_comes_along() -> None:
    made = opened(joined(letter("one"), letter("two", change=corporate(14, "Fine print"))))
    assert made.paragraphs[-1].style.name == "Fine print"
    assert made.paragraphs[-1].style.base_style.name == "Normal"


def test_what_a_document_has_by_its_defaults_it_keeps() -> None:
    def large(document: Document) -> None:
        fonts = document.styles.element.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
        fonts.find(w("sz")).set(VAL, "40")

    made = opened(joined(letter("one"), letter("two", change=large)))
    first, second = made.paragraphs
    assert first.style.name == "Normal"
    assert (second.style.name, second.style.font.size) == ("Normal (2)", Pt(20))


def test_a_theme_of_its_own_does_not_change_a_documents_font() -> None:
    def themed(document: Document) -> None:
        (theme,) = (one for one in document.part.package.iter_parts() if "theme" in str(one.partname))
        theme._blob = theme.blob.replace(b'typeface="Cambria"', b'typeface="Gentium"')

    made = opened(joined(letter("one"), letter("two", change=themed)))
    assert made.paragraphs[1].style.font.name == "Gentium"


def test_settings_are_the_first_documents_and_what_another_needs() -> None:
    def updating(document: Document) -> None:
        document.settings.element.append(parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'))

    content = joined(letter("one"), letter("two", change=updating))
    found = tree_of(part(content, "word/settings.xml").encode())
    assert found.find(w("updateFields")) is not None
    assert_in_order_where_known(found)


def test_a_title_stays_where_all_documents_have_it() -> None:
    def titled(title: str) -> Callable[[Document], None]:
        def change(document: Document) -> None:
            document.core_properties.title = title
            document.core_properties.author = "Sales"

        return change

    same = opened(joined(letter("one", change=titled("Offer")), letter("two", change=titled("Offer"))))
    other = opened(joined(letter("one", change=titled("Offer 1")), letter("two", change=titled("Offer 2"))))
    assert same.core_properties.title == "Offer"
    assert (other.core_properties.title, other.core_properties.author) == ("", "Sales")


def test_markup_under_other_prefixes_is_kept() -> None:
    def other(content: bytes) -> bytes:
        assembly = Assembly(package(content))
        text = part(content, "word/document.xml").replace("xmlns:w=", 'xmlns:x="urn:two" xmlns:w=', 1)
        assembly.replace(assembly.package.main, text.replace("<w:body>", '<w:body><x:mark at="2"/>').encode())
        return assembly.save()

    first = Assembly(package(letter("one")))
    text = part(letter("one"), "word/document.xml").replace("xmlns:w=", 'xmlns:x="urn:one" xmlns:w=', 1)
    first.replace(first.package.main, text.encode())
    assert next(body(join_documents([first.save(), other(letter("two"))])).iter("{urn:two}mark")).get("at") == "2"


# --- the whole ------------------------------------------------------------------------------------


def test_equal_documents_give_equal_bytes() -> None:
    documents = [pictured("red"), letter("two", "Header", listed("a")), noted(letter("three"), "note")]
    assert join_documents(documents) == join_documents(documents)


def test_one_document_is_a_bundle_too() -> None:
    assert docx_text(joined(letter("alone"))) == docx_text(letter("alone"))


def test_no_document_is_a_fault() -> None:
    with pytest.raises(RenderError, match="no documents to join"):
        join_documents([])


def test_what_is_no_document_is_a_fault_that_says_which() -> None:
    with pytest.raises(RenderError) as caught:
        join_documents([letter("one"), b"PK no document"])
    assert str(caught.value).startswith("document 2 of the bundle: is not a Word document")


def test_many_documents_need_no_more_parts_than_one() -> None:
    one = letter("text", "Header", listed("first", "second"))
    assert len(package(joined(*[one] * 60)).parts) == len(package(joined(one, one)).parts)


@cache
def varied(texts: tuple[str, ...], items: int, header: str, colour: str, notes: int, size: int) -> bytes:
    def change(document: Document) -> None:
        for text in texts:
            document.add_paragraph(text)
        listed(*(f"item {n}" for n in range(items)))(document)
        if size:
            corporate(size)(document)
        if colour:
            document.add_picture(picture(colour))
        if items > 2:
            document.add_table(1, 2)

    made = letter("begin", header, change)
    return noted(made, *(f"note {n}" for n in range(notes))) if notes else made


SHAPES = st.tuples(
    st.lists(st.sampled_from(["plain", "Smith & Co", "<b>", "ŽŪĒ", "שלום", "a\tb"]), max_size=3).map(tuple),
    st.integers(0, 3),
    st.sampled_from(["", "Header A", "Header B"]),
    st.sampled_from(["", "red", "blue"]),
    st.integers(0, 2),
    st.sampled_from([0, 8, 16]),
)


def texts_of(content: bytes) -> list[str]:
    return ["".join(node.text or "" for node in p.iter(w("t"))) for p in body(content).iter(w("p"))]


@settings(max_examples=10, deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=5))
def test_a_bundle_says_what_its_documents_say(shapes: list[tuple[tuple[str, ...], int, str, str, int, int]]) -> None:
    documents = [varied(*shape) for shape in shapes]
    content = joined(*documents)
    wanted = [text for document in documents for text in texts_of(document)]
    assert [text for text in texts_of(content) if text] == [text for text in wanted if text]
    headers = [section.header.paragraphs[0].text for section in opened(content).sections]
    assert headers == [opened(document).sections[0].header.paragraphs[0].text for document in documents]
    assert etree.QName(body(content)).namespace == W


@pytest.mark.parametrize(
    ("code", "adapted"),
    [
        (r' = Total * 2 \# "Total 0" ', r' = Total_2 * 2 \# "Total 0" '),
        (' IF "a" = "a" "Total sum" "Total" ', ' IF "a" = "a" "Total sum" "Total" '),
        (' IF Total > 5 "Total" "x" ', ' IF Total_2 > 5 "Total" "x" '),
        (r" REF \h Total \d Total ", r" REF \h Total_2 \d Total "),
        (r' PAGEREF "Total" ', ' PAGEREF "Total_2" '),
        (r" Total \* Upper ", r" Total_2 \* Upper "),
        (r' HYPERLINK "Total" \o "Total" \l "Total" ', r' HYPERLINK "Total" \o "Total" \l "Total_2" '),
        (r" TOC \b Total ", r" TOC \b Total_2 "),
        (" SEQ Total ", " SEQ Total "),
        (" MERGEFIELD Total ", " MERGEFIELD Total "),
    ],
)
def test_a_renamed_bookmark_is_followed_where_a_field_names_it_and_nowhere_else(code: str, adapted: str) -> None:
    def change(document: Document) -> None:
        marks = f'<w:bookmarkStart w:id="0" w:name="Total"/><w:bookmarkEnd w:id="0"/>{spread(code)}'
        document.paragraphs[0]._p.extend(parse_xml(f"<w:p {nsdecls('w')}>{marks}</w:p>"))

    content = joined(letter("one", change=change), letter("two", change=change))
    assert "".join(node.text for node in body(content).iter(w("instrText"))) == code + adapted


def spread(code: str) -> str:
    """Return a field whose code is cut in the middle of words, as Word cuts it."""
    pieces = [escape(code[at : at + 7]) for at in range(0, len(code), 7)]
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    ends = [f'<w:r><w:fldChar w:fldCharType="{sort}"/></w:r>' for sort in ("begin", "end")]
    return runs.join(ends)
