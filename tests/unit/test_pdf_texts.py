"""Texts that look like the syntax of PDF: no file is cut, joined or renumbered by what a value says."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary
from reportlab.pdfgen.canvas import Canvas
from sheets import Draft, flate

from docgen.deliver.joined import JoinedFile
from docgen.deliver.objectfile import ObjectFile
from docgen.deliver.parts import OwnPart, read_part
from docgen.pdfobjects import IN_STREAM, REFERENCE, renumber, text, text_order
from docgen.render.pdf.file import Attachment
from docgen.render.pdf.layout.blocks import Bookmark, OutlineEntry

LETTERS = Draft().letters
PIECES = [
    "\\", "\\0", "\0", "(", ")", "<", ">", "<<", ">>", "[", "]", "]>>", " 0 R", "12 0 R", "1 0 obj\n", "endobj\n",
    "stream\n", ">>stream\n", "\nendstream", "/StructParent 3", "/StructParents 0", "/ID(x)", "/Headers[(x)]", "é",
    "/IDTree<</Names[(x)7 0 R]>>", "/RoleMap<</P/Div>>", " obj\n<</Title(x)", "/Lang(xx)", "<</Type/Annot/",
    "startxref\n9\n", "/DocgenParts[1 2 3 4]", "%%EOF\n", "<41>", "/MediaBox[0 0 9 9]", "/Length 5",
]  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=3), min_size=1, max_size=5
).map("".join)


def letter(said: str, number: int) -> Draft:
    """A letter with a text wherever a text can stand."""
    draft = Draft(f"{said} {number}", "en", LETTERS)
    draft.document.subject = draft.document.keywords = said
    draft.text("P", "first").actual = said
    draft.text("P", "second").title = said
    figure = draft.text("Figure", "third", alt=said)
    figure.attributes["BBox"] = (1, 2, 3, 4)
    draft.link("web", f"https://example.com/{said}", said)
    line = draft.document.root.add("Table").add("TR")
    head, cell = (draft.text(role, role, line) for role in ("TH", "TD"))
    head.attributes["ID"] = said
    cell.attributes["Headers"] = (said, f"{said}2")
    draft.text("Note", "a note")
    draft.document.bookmarks[said] = Bookmark(0)
    draft.document.outline.append(OutlineEntry(said, 0, said))
    return draft


def write(draft: Draft, said: str) -> bytes:
    return draft.write(attachments=[Attachment(name, b"x", "text/plain", "Data", said) for name in (said, f"{said}2")])


def seen(element: pikepdf.Object, prefix: str = "") -> Any:
    """What an element says, and all below it; identifiers as they are behind a prefix, which they must have."""
    texts = [str(element.get(key, "")) for key in ("/S", "/Alt", "/ActualText", "/T", "/ID")]
    if texts[-1]:
        assert texts[-1].startswith(prefix)
        texts[-1] = texts[-1].removeprefix(prefix)
    given = element.get("/A", Dictionary())
    for one in given.get("/Headers", ()) if isinstance(given, Dictionary) else ():
        assert str(one).startswith(prefix)
        texts.append(str(one).removeprefix(prefix))
    kids = element.get("/K", Array())
    below: list[Any] = []
    for kid in list(kids) if isinstance(kids, Array) else [kids]:
        if not isinstance(kid, Dictionary):
            below.append(int(kid))
        elif "/Obj" in kid:
            note = kid.Obj
            assert set(note.keys()) == {
                "/Type", "/Subtype", "/Rect", "/Border", "/F", "/Contents", "/StructParent", "/A",
            }  # fmt: skip
            below.append((str(note.Contents), str(note.A.URI)))
        else:
            assert kid.P.objgen == element.objgen
            below.append(seen(kid, prefix))
    return texts, below


def check_parents(pdf: pikepdf.Pdf) -> None:
    tree = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    assert list(tree) == list(range(int(pdf.Root.StructTreeRoot.ParentTreeNextKey)))
    for page in pdf.pages:
        assert all(element.Pg.objgen == page.obj.objgen for element in tree[int(page.StructParents)])
        for note in page.Annots:
            _, reference = tree[int(note.StructParent)].K
            assert reference.Obj.objgen == note.objgen


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
@example("C:\\0abc", "/StructParent 3")
@example("\\0<</Type/Annot/A<</S/JavaScript/JS<61>>>>>\\0", "(x) 7 0 R")
@example("note-1", ")/ID(note-1)")
def test_whatever_texts_say_a_joined_file_says_the_same(first: str, second: str) -> None:
    parts = [write(letter(said, number), said) for number, said in enumerate((first, second, first))]
    output = io.BytesIO()
    file = JoinedFile(output)
    for part, said in zip(parts, (first, second, first), strict=True):
        own = read_part(part)
        assert isinstance(own, OwnPart)
        file.add_part(own, said)
    file.add_blank()
    file.close()
    with pikepdf.open(output) as pdf:
        tops = list(pdf.Root.StructTreeRoot.K.K)
        found = [seen(top, f"{number:07d}-") for number, top in enumerate(tops)]
        names = [one for leaf in pdf.Root.StructTreeRoot.IDTree.Kids for one in leaf.Names]
        keys = [bytes(key) for key in names[::2]]
        assert keys == sorted(bytes(element.ID) for element in names[1::2])
        *pages, blank = pdf.pages
        assert len(pages) == 3
        assert [round(float(edge)) for edge in blank.mediabox.as_list()] == [0, 0, 595, 842]
        assert pdf.check_pdf_syntax() == []
        del pdf.pages[3]
        check_parents(pdf)
        title = str(pdf.docinfo["/Title"])
    expected = []
    for part in parts:
        with pikepdf.open(io.BytesIO(part)) as pdf:
            expected.append(seen(pdf.Root.StructTreeRoot.K))
            check_parents(pdf)
            title = title if expected[1:] else same(title, str(pdf.docinfo["/Title"]))
    assert found == expected


def same(one: str, other: str) -> str:
    assert one == other
    return one


@given(TEXTS)
@settings(deadline=None)
def test_references_are_found_outside_texts_only(said: str) -> None:
    body = Dictionary(A=pikepdf.String(said), B=pikepdf.Name("/12"), C=pikepdf.String(said.encode("utf-8"))).unparse()
    assert not [found for found in REFERENCE.finditer(body) if found[1]]
    assert renumber(b"[%b 12 0 R]" % text(said).encode(), {12: 7}) == b"[%b 7 0 R]" % text(said).encode()


@given(st.lists(TEXTS, max_size=6, unique=True))
@settings(deadline=None)
def test_names_are_sorted_as_readers_look_for_them(names: list[str]) -> None:
    written = [bytes(pikepdf.Object.parse(text(name).encode())) for name in names]
    assert sorted(written) == [text_order(name) for name in sorted(names, key=text_order)]


def test_a_shared_part_cut_otherwise_is_another() -> None:
    draft = Draft("Pictures", "en", LETTERS)
    for colour in ((9, 9, 9), (200, 200, 200)):
        draft.place(draft.store.add(flate(colour=colour)), None)
    parts = [read_part(draft.write()) for _ in range(2)]
    forged, honest = parts
    assert isinstance(forged, OwnPart)
    assert isinstance(honest, OwnPart)
    rows = [forged.table[at : at + 7] for at in range(0, len(forged.table), 7)]
    images = [at for at, body in honest.shared().items() if b"/Image" in body.entries]
    one, other = (at - 1 for at in images)
    rows[one], rows[other] = rows[other], rows[one]
    forged.table = b"".join(rows)  # the same bytes, said to hold other objects
    output = io.BytesIO()
    file = JoinedFile(output)
    for part in parts:
        file.add_part(part)
    file.close()
    with pikepdf.open(output) as joined, pikepdf.open(io.BytesIO(honest.content)) as single:
        found, expected = (
            {name: image.read_bytes() for name, image in page.Resources.XObject.items()}
            for page in (joined.pages[1], single.pages[0])
        )
        assert found == expected


def test_a_foreign_page_cannot_write_into_the_blank_one_behind_it() -> None:
    source = io.BytesIO()
    canvas = Canvas(source, invariant=1)
    canvas.showPage()
    canvas.save()
    with pikepdf.open(source) as pdf:
        pdf.pages[0].obj["/A"] = pikepdf.String("/MediaBox [0 0 1 1 /AA 7]")
        pdf.pages[0].obj["/B1"] = pikepdf.String("/MediaBox [0 0 1 1]")
        changed = io.BytesIO()
        pdf.save(changed)
    output = io.BytesIO()
    file = JoinedFile(output)
    file.add(changed.getvalue())
    file.add_blank()
    file.close()
    with pikepdf.open(output) as pdf:
        assert pdf.pages[1].mediabox.as_list() == pdf.pages[0].mediabox.as_list()
        assert "/AA" not in pdf.pages[1].obj


# --- many objects ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long() -> bytes:
    draft = Draft("Long", "en", LETTERS)
    draft.text("P", "seen")
    for number in range(70_000):
        draft.document.root.add("P", alt=str(number))
    draft.text("P", "last")
    return draft.write()


def test_a_document_may_have_more_elements_than_two_bytes_count(long: bytes) -> None:
    with pikepdf.open(io.BytesIO(long)) as pdf:
        kids = pdf.Root.StructTreeRoot.K.K
        assert len(kids) == 70_002
        assert [str(kids[at + 1].Alt) for at in (0, IN_STREAM, 65_536, 69_999)] == ["0", "16384", "65536", "69999"]
        assert int(kids[70_001].K) == 1


def test_such_a_document_is_joined_with_all_its_elements(long: bytes) -> None:
    output = io.BytesIO()
    file = JoinedFile(output)
    for content in (letter("x", 1).write(), long, letter("x", 2).write()):
        part = read_part(content)
        assert isinstance(part, OwnPart)
        file.add_part(part)
    file.close()
    with pikepdf.open(output) as pdf:
        first, kids, last = (top.K for top in pdf.Root.StructTreeRoot.K.K)
        assert [str(kids[at + 1].Alt) for at in (0, IN_STREAM, 65_536, 69_999)] == ["0", "16384", "65536", "69999"]
        assert len(first) == len(last)


@pytest.mark.parametrize("count", [IN_STREAM - 1, IN_STREAM, IN_STREAM + 1, 2 * IN_STREAM, 2 * IN_STREAM + 1])
def test_the_table_of_objects_knows_those_of_many_streams(count: int) -> None:
    output = io.BytesIO()
    file = ObjectFile(output)
    stream = b"<</Length 1>>stream\nx\nendstream"
    first = file.write_block([stream, *[f"{index} " for index in range(count)], stream])
    alone = file.write_block([stream])
    root = file.write_block(["<</Type/Catalog/Pages<</Type/Pages/Count 0/Kids[]>>>>"])
    file.finish(f"/Root {root} 0 R")
    with pikepdf.open(output) as pdf:
        assert [int(pdf.get_object(first + 1 + index, 0)) for index in range(count)] == list(range(count))
        assert [pdf.get_object(at, 0).read_bytes() for at in (first, first + count + 1, alone)] == [b"x"] * 3
        assert pdf.get_object(alone + 1, 0) is None
        assert pdf.check_pdf_syntax() == []
