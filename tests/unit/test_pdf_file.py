"""The file of the compiled path: what it says is read back from it by pikepdf and by programs that show PDF."""

from __future__ import annotations

import io
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import Draft, everything, flate, jpeg, palette, predicted

from docgen.errors import TemplateError
from docgen.pdfobjects import name, number, read_text, renumber, renumber_own, text
from docgen.render.pdf.file import Attachment, Extension
from docgen.render.pdf.layout.blocks import Bookmark, Ink, Node, OutlineEntry
from docgen.render.pdf.layout.resources import Form, Picture, Stationery


def opened(draft: Draft, **more: object) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(draft.write(**more)))


def roles(element: pikepdf.Object) -> object:
    """An element as its role and those below it."""
    kids = element.get("/K", pikepdf.Array())
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return str(element.S), [roles(kid) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


# --- syntax ----------------------------------------------------------------------------------------


@given(st.text())
def test_texts_are_read_back_as_they_were_written(value: str) -> None:
    value = value.encode("utf-16", "replace").decode("utf-16")
    written = text(value)
    assert written.isascii()
    assert str(pikepdf.Object.parse(written.encode())) == value
    assert read_text(written.encode()) == value


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_names_are_read_back_as_they_were_written(value: str) -> None:
    assert str(pikepdf.Object.parse(name(value).encode())) == f"/{value}"


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (12.0, "12"), (-3.14159, "-3.142"), (0.5, "0.5"), (1e-9, "0"), (-1e-9, "0")]
)
def test_numbers_are_short(value: float, written: str) -> None:
    assert number(value) == written


def test_references_get_new_numbers_and_texts_stay() -> None:
    body = b"<</A 1 0 R/B(1 0 R \\) 2 0 R)/C[2 0 R<31203020>3 0 R]/D 12 0 R>>"
    assert renumber(body, {1: 7, 2: 8, 12: 9}) == b"<</A 7 0 R/B(1 0 R \\) 2 0 R)/C[8 0 R<31203020>null]/D 9 0 R>>"


@given(st.text())
def test_no_text_of_ours_looks_like_a_reference(value: str) -> None:
    written = text(f"{value} 1 0 R {value}").encode()
    assert renumber_own(written, {}) == written


# --- text ------------------------------------------------------------------------------------------


def test_text_is_read_from_the_page_as_it_was_set(tmp_path: Path) -> None:
    draft = Draft()
    lines = ["Übergröße – “quoted” … 12,50 €", "Žemaitė Łódź Ñandú", "Ελληνικά και Русский"]
    for line in lines:
        draft.text("P", line)
    content = draft.write()
    document = pypdfium2.PdfDocument(content)
    assert document[0].get_textpage().get_text_range().splitlines() == lines
    document.close()
    path = tmp_path / "text.pdf"
    path.write_bytes(content)
    read = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, check=True)
    assert [line for line in read.stdout.decode().split("\n") if line.strip()] == lines


def test_widths_are_those_of_the_face() -> None:
    draft = Draft()
    draft.text("P", "Aé")
    with opened(draft) as pdf:
        (font,) = pdf.pages[0].Resources.Font.values()
        assert re.fullmatch(r"/[A-Z]{6}\+SourceSans3-Regular", str(font.BaseFont))
        runs = list(font.DescendantFonts[0].W)
        widths = {
            int(first) + index: float(width)
            for first, run in zip(runs[::2], runs[1::2], strict=True)
            for index, width in enumerate(run)
        }
    face = draft.letters.face("SourceSans3")
    for char in "Aé":
        assert widths[face.glyph(char)] == pytest.approx(face.advance(face.glyph(char)), abs=0.001)


def test_letters_that_differ_in_words_share_the_bytes_before_them() -> None:
    one, two = Draft(), Draft()
    one.text("P", "To Łód")
    two.text("P", "To Óžk")
    first, second = one.write(), two.write()
    shared = int(re.findall(rb"/DocgenParts\[(\d+) ", first)[0])
    assert shared > 5_000
    assert first[:shared] == second[:shared]


# --- structure -------------------------------------------------------------------------------------


def test_the_tree_in_the_file_is_the_tree_of_the_document() -> None:
    draft = everything()
    with opened(draft) as pdf:
        found = roles(pdf.Root.StructTreeRoot.K)
        wanted = nodes(draft.document.root)
        assert isinstance(wanted[1], list)
        assert wanted[1][1] == ("/H3", [])
        wanted[1][1] = ("/H2", [])  # a level was left out
        wanted[1].append(("/Link", []))  # a link in decoration is heard at the end
        assert found == wanted


def nodes(node: Node) -> tuple[str, list[object]]:
    return f"/{node.role}", [nodes(kid) for kid in node.kids if isinstance(kid, Node)]


def test_the_parent_tree_leads_from_each_mark_to_the_element_that_holds_it() -> None:
    draft = everything()
    with opened(draft) as pdf:
        parents = pdf.Root.StructTreeRoot.ParentTree.Nums
        tree = dict(zip(map(int, parents[::2]), parents[1::2], strict=True))
        for page, sheet in zip(pdf.pages, draft.document.sheets, strict=True):
            elements = tree[int(page.StructParents)]
            assert len(elements) == len(sheet.marks)
            for mark, (element, node) in enumerate(zip(elements, sheet.marks, strict=True)):
                assert str(element.S) == {"H3": "/H2"}.get(node.role, f"/{node.role}")
                assert mark in marks_of(element, page)
            for note in page.get("/Annots", ()):
                assert str(tree[int(note.StructParent)].S) == "/Link"


def marks_of(element: pikepdf.Object, page: pikepdf.Page) -> list[int]:
    kids = list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]
    direct = [int(kid) for kid in kids if isinstance(kid, int)]
    return direct + [int(kid.MCID) for kid in kids if "/MCID" in dir_of(kid) and kid.Pg.objgen == page.objgen]


def dir_of(kid: object) -> pikepdf.Dictionary | tuple[()]:
    return kid if isinstance(kid, pikepdf.Dictionary) else ()


def test_elements_say_what_their_nodes_say() -> None:
    draft = Draft()
    root = draft.document.root
    draft.text("P", "kurz", language="de").title = "A title"
    draft.text("Span", "ﬁn", actual="fin")
    head, cell = (draft.text(role, "x", root.add("Table").add("TR")) for role in ("TH", "TD"))
    cell.attributes |= {"ColSpan": 2, "RowSpan": 3}
    figure = draft.text("Figure", "x", alt="(Blatt) é")
    figure.attributes["BBox"] = (1, 2.5, 3, 4)
    draft.text("Figure", "x")
    items = root.add("L")
    items.attributes["ListNumbering"] = "Decimal"
    draft.text("Aside", "beside")
    with opened(draft) as pdf:
        tree = pdf.Root.StructTreeRoot
        text_, span, first, second, leaf, nameless, points, _ = tree.K.K
        assert (str(text_.Lang), str(text_["/T"])) == ("de", "A title")
        assert str(span.ActualText) == "fin"
        assert pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Column) == first.K.K.A
        assert pikepdf.Dictionary(O=pikepdf.Name.Table, ColSpan=2, RowSpan=3) == second.K.K.A
        assert str(leaf.Alt) == "(Blatt) é"
        assert [float(edge) for edge in leaf.A.BBox] == [1, 2.5, 3, 4]
        assert "/Alt" not in nameless  # layout draws what has no text to be read as decoration
        assert points.A.ListNumbering == "/Decimal"
        assert tree.RoleMap == pikepdf.Dictionary(Aside=pikepdf.Name.Div)
    assert head.attributes == {}


def test_notes_have_identifiers_that_are_found() -> None:
    draft = Draft()
    for number_ in range(12):
        draft.text("Note", f"{number_}")
    with opened(draft) as pdf:
        tree = pdf.Root.StructTreeRoot
        names = list(tree.IDTree.Names)
        assert [str(key) for key in names[::2]] == sorted(f"note-{index}" for index in range(1, 13))
        assert all(str(element.ID) == str(key) for key, element in zip(names[::2], names[1::2], strict=True))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_no_level_of_headings_is_left_out(levels: list[int]) -> None:
    draft = Draft(letters=LETTERS)
    for level in levels:
        draft.document.root.add(f"H{level}")
    with opened(draft) as pdf:
        kids = pdf.Root.StructTreeRoot.K.K
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        found = [int(str(kid.S)[2:]) for kid in kids]
    before = 0
    for level in found:
        assert 1 <= level <= before + 1
        before = level
    assert [a < b for a, b in pairwise(levels)] == [a < b for a, b in pairwise(found)]


# --- links and the table of contents ---------------------------------------------------------------


def test_links_lead_to_addresses_and_places() -> None:
    draft = Draft()
    draft.link("Ahorn", "https://example.com/ä b?x=1", "Page of Ahorn")
    draft.link("below", "#end")
    draft.next_sheet()
    draft.document.bookmarks["end"] = Bookmark(1, None, 300, fit="FitH")
    with opened(draft) as pdf:
        address, place = pdf.pages[0].Annots
        assert str(address.A.URI) == "https://example.com/%C3%A4%20b?x=1"
        assert str(address.Contents) == "Page of Ahorn"
        assert (int(address.F), str(pdf.pages[0].Tabs)) == (4, "/S")
        assert place.Dest[0].objgen == pdf.pages[1].objgen
        assert (str(place.Dest[1]), int(place.Dest[2])) == ("/FitH", 300)
        link = pdf.Root.StructTreeRoot.K.K[0].K
        mark, note = link.K
        assert (mark, str(note.Type)) == (0, "/OBJR")
        assert note.Obj.objgen == address.objgen
        assert "/Annots" not in pdf.pages[1]


def test_a_link_to_a_bookmark_that_is_nowhere_is_a_fault_with_a_hint() -> None:
    draft = Draft()
    draft.document.bookmarks["totals"] = Bookmark(0)
    draft.link("below", "#total")
    with pytest.raises(TemplateError, match='no bookmark "total" is in the document') as caught:
        draft.write()
    assert "totals" in caught.value.hint


def test_the_table_of_contents_nests_and_closes_up() -> None:
    draft = everything()
    with opened(draft) as pdf:
        root = pdf.Root.Outlines
        first, last = root.First, root.Last
        assert (str(first.Title), str(last.Title), int(root.Count)) == ("Invoice", "Ende", 3)
        inner = first.First
        assert (str(inner.Title), int(first.Count), int(inner.Count)) == ("Totals (all)", 1, -1)
        assert str(inner.First.Title) == "Deep"
        assert first.Next.objgen == last.objgen
        assert last.Prev.objgen == first.objgen
        assert first.Dest[0].objgen == pdf.pages[0].objgen


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=15))
@settings(max_examples=30, deadline=None)
def test_every_line_of_the_table_of_contents_is_found(lines: list[tuple[int, bool]]) -> None:
    draft = Draft(letters=LETTERS)
    draft.document.bookmarks["a"] = Bookmark(0)
    draft.document.outline += [OutlineEntry(f"{n}", level, "a", closed) for n, (level, closed) in enumerate(lines)]
    with opened(draft) as pdf, pdf.open_outline(strict=True) as outline:
        assert list(titles(outline.root)) == [f"{n}" for n in range(len(lines))]


def titles(items: list[pikepdf.OutlineItem]) -> list[str]:
    return [title for item in items for title in (item.title, *titles(item.children))]


# --- what it says of itself ------------------------------------------------------------------------


def test_the_information_dictionary_and_the_metadata_agree() -> None:
    with opened(everything()) as pdf, pdf.open_metadata() as xmp:
        info = pdf.docinfo
        assert str(info.Title) == xmp["dc:title"] == "Invoice 17 – März"
        assert [str(info.Author)] == xmp["dc:creator"] == ["Ahorn & Söhne"]
        assert str(info.Subject) == xmp["dc:description"] == "Żółć"
        assert str(info.Keywords) == xmp["pdf:Keywords"] == "a, b"
        assert str(info.CreationDate) == "D:20260304000000Z"
        assert xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2026-03-04T00:00:00Z"
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")
        assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("en", True)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"


def test_without_a_date_none_is_said_and_without_a_title_it_has_none() -> None:
    draft = Draft("\x00 \n")
    with opened(draft, today=None) as pdf, pdf.open_metadata() as xmp:
        assert str(pdf.docinfo.Title) == xmp["dc:title"] == "Untitled"
        assert "/CreationDate" not in pdf.docinfo
        assert "xmp:CreateDate" not in xmp


def test_equal_documents_give_equal_bytes_and_others_another_id() -> None:
    assert everything().write() == everything().write()
    other = everything()
    other.text("P", "more")
    with opened(everything()) as one, opened(other) as two:
        assert bytes(one.trailer.ID[0]) != bytes(two.trailer.ID[0])


# --- pictures and stationery -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("picture", "colour"),
    [
        (flate(), (200, 30, 60)),
        (flate("L", 120), (120, 120, 120)),
        (jpeg(), (10, 120, 60)),
        (palette(), (0, 255, 0)),
        (predicted(), (40, 0, 0)),
        (flate(mask=flate("L", 0)), (255, 255, 255)),
    ],
    ids=["flate", "grey", "jpeg", "palette", "predictor", "transparent"],
)
def test_pictures_are_drawn(picture: Picture, colour: tuple[int, int, int]) -> None:
    draft = Draft()
    size = 240, 180
    draft.place(draft.store.add(picture), draft.document.root.add("Figure", alt="x"), *size)
    x, y = (120, 60 + 180 * 0.25)  # in the second of six rows, from the top
    assert pixel(draft.write(), x, y) == pytest.approx(colour, abs=6)


def pixel(content: bytes, x: float, y: float) -> tuple[int, ...]:
    document = pypdfium2.PdfDocument(content)
    image = document[0].render(scale=1).to_pil().convert("RGB")
    document.close()
    found = image.getpixel((int(x), int(y)))
    assert isinstance(found, tuple)
    return found


def test_a_form_draws_with_what_it_refers_to() -> None:
    draft = Draft()
    inner = draft.store.add(flate(colour=(0, 0, 200)))
    form = Form(Ink(f"/{inner} Do\n", resources=frozenset({inner})), (0, 0, 1, 1))
    draft.place(draft.store.add(form), None)
    assert pixel(draft.write(), 70, 80) == (0, 0, 200)


def test_a_resource_has_the_same_name_in_every_process() -> None:
    resources = frozenset({"Im1", "Gs2", "Fm3"})
    form = Form(Ink("x\n", frozenset({(1, 2), (0, 0)}), resources), (0, 0, 1, 1))
    assert Draft().store.add(form) == "Fm4e2c81eda7aa0867"


def test_stationery_lies_under_the_page_with_all_it_needs(tmp_path: Path) -> None:
    paper = Draft()
    paper.text("P", "Ahorn and Sons, founded 1871")
    paper.place(paper.store.add(flate()), None)
    path = tmp_path / "paper.pdf"
    path.write_bytes(paper.write())
    draft = Draft()
    form = draft.store.add(Stationery("digest of it", 1, path))
    draft.sheet.put(Ink(f"/{form} Do\n", resources=frozenset({form})), 0, 0)
    draft.line("Dear Ms Birch", draft.document.root.add("P"), x=300)
    made = draft.write()
    document = pypdfium2.PdfDocument(made)
    words = document[0].get_textpage().get_text_range()
    document.close()
    assert "founded 1871" in words
    assert "Dear Ms Birch" in words
    assert pixel(made, 70, 110) == (200, 30, 60)


# --- attachments -----------------------------------------------------------------------------------


def test_an_attachment_is_read_back_with_what_is_said_of_it() -> None:
    invoice = Attachment("factur-x.xml", b"<invoice/>", "text/xml", "Alternative", "The invoice as data")
    with opened(everything(), attachments=[invoice]) as pdf:
        attached = pdf.attachments["factur-x.xml"]
        assert attached.get_file().read_bytes() == b"<invoice/>"
        assert attached.get_file().mime_type == "text/xml"
        assert attached.description == "The invoice as data"
        (associated,) = pdf.Root.AF
        assert str(associated.AFRelationship) == "/Alternative"
        assert str(associated.EF.F.Params.ModDate) == "D:20260304000000Z"


def test_attachments_are_refused_without_a_date_and_under_one_name() -> None:
    one = Attachment("a.xml", b"", "text/xml")
    with pytest.raises(ValueError, match="date"):
        Draft().write(today=None, attachments=[one])
    with pytest.raises(ValueError, match="one name"):
        Draft().write(attachments=[one, one])


def test_an_extension_stands_in_the_metadata() -> None:
    extension = Extension('<rdf:Description rdf:about="" xmlns:x="urn:x"><x:y>1</x:y></rdf:Description>')
    with opened(Draft(), extension=extension) as pdf, pdf.open_metadata() as xmp:
        assert xmp["{urn:x}y"] == "1"


LETTERS = Draft().letters
