"""Many PDF files in one, written as a stream: what they share is there once, and nothing of a letter is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from reportlab.pdfgen.canvas import Canvas
from sheets import Draft, everything, flate

from docgen.deliver.joined import JoinedFile
from docgen.deliver.objectfile import ObjectFile
from docgen.deliver.parts import ForeignPart, OwnPart, read_part
from docgen.deliver.pdftrees import Tree
from docgen.errors import DeliveryError

LETTERS = Draft().letters


def letter(number: int, language: str = "en") -> bytes:
    draft = Draft(f"Letter {number}", language, LETTERS)
    draft.text("H1", f"Letter {number}")
    draft.place(draft.store.add(flate()), None)
    draft.link(f"web {number}", f"https://example.com/{number}")
    return draft.write()


def foreign(words: str, pages: int = 1) -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output, invariant=1)
    for page in range(pages):
        canvas.drawString(100, 700, f"{words} {page}")
        canvas.linkURL("https://example.com", (100, 690, 200, 710))
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def joined(*parts: bytes, bookmark: Callable[[int], str] = lambda number: f"part {number}") -> bytes:
    output = io.BytesIO()
    file = JoinedFile(output)
    for number, part in enumerate(parts, 1):
        file.add(part, bookmark(number))
    file.close()
    return output.getvalue()


def words(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    found = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return found


def test_pages_come_in_order_with_a_bookmark_for_each_document() -> None:
    parts = [letter(1), foreign("Mixed", 2), everything(LETTERS).write(), letter(1), letter(2)]
    content = joined(*parts)
    assert words(content) == [page for part in parts for page in words(part)]
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_outline(strict=True) as outline:
        found = {item.title: pdf.pages.index(pikepdf.Page(item.destination[0])) for item in outline.root}
        assert found == {"part 1": 0, "part 2": 1, "part 3": 3, "part 4": 5, "part 5": 6}
        assert pdf.check_pdf_syntax() == []


def test_what_documents_share_is_written_once() -> None:
    few, many = (joined(*(letter(number) for number in range(10, 10 + count))) for count in (2, 52))
    assert (len(many) - len(few)) / 50 < 1_200
    with pikepdf.open(io.BytesIO(many)) as pdf:
        assert sum("/FontFile2" in one for one in pdf.objects if isinstance(one, Dictionary)) == 1
        assert sum(one.get("/Subtype") == Name.Image for one in pdf.objects if isinstance(one, pikepdf.Stream)) == 1


def test_equal_streams_of_foreign_documents_are_written_once() -> None:
    part = foreign("Equal")
    with pikepdf.open(io.BytesIO(joined(part, part, part))) as pdf:
        assert len({page.Contents.objgen for page in pdf.pages}) == 1
        assert len({page.obj.objgen for page in pdf.pages}) == 3


def test_structures_are_joined_under_one_root_each_in_its_language() -> None:
    parts = [letter(1, "de"), everything(LETTERS).write(), everything(LETTERS).write(), letter(2, "lt")]
    with pikepdf.open(io.BytesIO(joined(*parts))) as pdf:
        root = pdf.Root.StructTreeRoot
        tops = list(root.K.K)
        assert [str(top.Lang) for top in tops] == ["de", "en", "en", "lt"]
        assert str(pdf.Root.Lang) == "de"
        tree = pikepdf.NumberTree(root.ParentTree)
        assert list(tree.keys()) == list(range(int(root.ParentTreeNextKey)))
        for page in pdf.pages:
            assert all(holds(element, tops) for element in tree[int(page.StructParents)])
            for note in page.get("/Annots", ()):
                assert str(tree[int(note.StructParent)].S) == "/Link"
        assert root.RoleMap == Dictionary(Aside=Name.Div)
        names = pikepdf.NameTree(root.IDTree)
        assert list(names) == ["0000001-note-1", "0000002-note-1"]
        assert all(str(element.ID) == key for key, element in names.items())


def holds(element: pikepdf.Object, tops: list[pikepdf.Object]) -> bool:
    while element.objgen not in {top.objgen for top in tops}:
        element = element.P
    return True


def test_links_inside_a_document_lead_to_its_own_pages() -> None:
    part = everything(LETTERS).write()
    with pikepdf.open(io.BytesIO(joined(part, part))) as pdf:
        for first in (0, 2):
            inner = [note for note in pdf.pages[first].Annots if "/Dest" in note]
            assert [pdf.pages.index(pikepdf.Page(note.Dest[0])) for note in inner] == [first + 1]


def test_a_blank_page_has_the_size_of_the_last() -> None:
    output = io.BytesIO()
    file = JoinedFile(output)
    for part in (everything(LETTERS).write(), foreign("Other")):
        file.add(part)
        file.add_blank()
    assert file.close() == 5
    with pikepdf.open(output) as pdf:
        sizes = [[round(float(edge)) for edge in page.mediabox.as_list()] for page in pdf.pages]
        assert sizes == [[0, 0, 595, 842], [0, 0, 400, 500], [0, 0, 400, 500], [0, 0, 595, 842], [0, 0, 595, 842]]


@pytest.mark.parametrize("count", [1, 64, 65, 700])
def test_trees_of_pages_of_any_length_are_balanced(count: int) -> None:
    part = letter(1)
    content = joined(*[part] * count)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == int(pdf.Root.Pages.Count) == count
        assert len(pdf.Root.Pages.Kids) <= 64
        assert len(pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)) == 2 * count
        assert pdf.check_pdf_syntax() == []
        with pdf.open_outline(strict=True) as outline:
            assert len(outline.root) == count


@given(st.integers(0, 9_000))
@settings(max_examples=40, deadline=None)
def test_a_tree_finds_all_its_leaves_in_order(count: int) -> None:
    numbers = iter(range(1_000_000, 2_000_000))
    nodes: dict[int, tuple[list[int], tuple[int, int], int]] = {}
    parents: dict[int, int] = {}

    def write(at: int, kids: list[int], keys: tuple[int, int], below: int, parent: int) -> None:
        nodes[at] = list(kids), keys, below
        parents[at] = parent

    tree = Tree(numbers.__next__, write)
    for leaf in range(count):
        parents[leaf] = tree.parent()
        tree.add(leaf, (leaf, leaf))
    root = tree.close()

    def leaves(at: int) -> list[int]:
        kids, keys, below = nodes[at]
        assert len(kids) <= 64
        assert all(parents[kid] == at for kid in kids)
        found = [leaf for kid in kids for leaf in (leaves(kid) if kid in nodes else [kid])]
        assert (len(found), (found[0], found[-1])) == (below, keys)
        return found

    assert (leaves(root) if count else []) == list(range(count))
    assert count == 0 or parents[root] == 0


def test_the_table_of_objects_knows_more_than_256_in_one_stream() -> None:
    output = io.BytesIO()
    file = ObjectFile(output)
    later = file.reserve()
    never = file.reserve()
    first = file.write_block([*[f"{index} " for index in range(700)], b"<</Length 1>>stream\nx\nendstream", "700 "])
    root = file.write_block(["<</Type/Catalog/Pages 1 0 R>>"])
    file.settle(later, b"<</Type/Pages/Count 0/Kids[]>>")
    file.finish(f"/Root {root} 0 R")
    with pikepdf.open(output) as pdf:
        assert [int(pdf.get_object(first + index, 0)) for index in range(700)] == list(range(700))
        assert pdf.get_object(first + 700, 0).read_bytes() == b"x"
        assert int(pdf.get_object(first + 701, 0)) == 700
        assert pdf.get_object(never, 0) is None


def test_the_same_documents_give_the_same_bytes() -> None:
    parts = [letter(1), foreign("Mixed"), letter(2)]
    assert joined(*parts) == joined(*parts)
    assert joined(*parts) != joined(*reversed(parts))


def test_documents_of_docgen_are_known_and_others_are_not() -> None:
    assert isinstance(read_part(letter(1)), OwnPart)
    assert isinstance(read_part(everything(LETTERS).write()), OwnPart)
    assert isinstance(read_part(foreign("x")), ForeignPart)


def test_what_only_looks_like_a_document_of_docgen_is_read_as_another() -> None:
    content = letter(1)
    mark = re.findall(rb"/DocgenParts\[[0-9 ]+\]", content)[0]
    numbers = [int(part) for part in mark[13:-1].split()]
    for index in range(4):
        for change in (-3, -1, 1, 3):
            changed = [one + change * (at == index) for at, one in enumerate(numbers)]
            written = b"/DocgenParts[%d %d %d %d]" % tuple(changed)
            if len(written) != len(mark):
                continue
            made = joined(content.replace(mark, written), letter(2))
            assert len(words(made)) >= 2


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\nstartxref\n9\n%%EOF", b"/DocgenParts[1 1 1 1]"])
def test_what_is_no_pdf_cannot_be_joined(content: bytes) -> None:
    with pytest.raises(DeliveryError, match="cannot be printed"):
        JoinedFile(io.BytesIO()).add(content)


def test_pages_that_lead_to_each_other_are_copied_whole() -> None:
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(2):
            pdf.add_blank_page(page_size=(100, 100))
        first, second = (page.obj for page in pdf.pages)
        for here, there in ((first, second), (second, first)):
            note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), P=here)
            note.Dest = Array([there, Name.Fit])
            here.Annots = Array([pdf.make_indirect(note)])
        pdf.save(output)
    with pikepdf.open(io.BytesIO(joined(output.getvalue(), output.getvalue()))) as pdf:
        pages = [page.obj.objgen for page in pdf.pages]
        leads = [page.Annots[0].Dest[0].objgen for page in pdf.pages]
        assert leads == [pages[1], pages[0], pages[3], pages[2]]
        assert [page.Annots[0].P.objgen for page in pdf.pages] == pages


@pytest.mark.parametrize("value", [Name.Nothing, 7, Dictionary(), Array([Name.Nothing, 3])], ids=repr)
@pytest.mark.parametrize("key", ["/Annots", "/Resources", "/MediaBox", "/Contents"])
def test_pages_that_are_not_as_they_should_be_are_copied_as_they_are(key: str, value: pikepdf.Object) -> None:
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100, 100))
        pdf.pages[0].obj[key] = value
        pdf.save(output)
    with pikepdf.open(io.BytesIO(joined(letter(1), output.getvalue(), letter(2)))) as pdf:
        assert len(pdf.pages) == 3


def test_memory_does_not_grow_with_the_letters(tmp_path: Path) -> None:
    import tracemalloc

    part = letter(1)
    sizes = []
    tracemalloc.start()
    try:
        with (tmp_path / "all.pdf").open("wb") as output:
            file = JoinedFile(output)
            for number in range(600):
                file.add(part, f"{number:05}")
                if number in {199, 599}:
                    sizes.append(tracemalloc.get_traced_memory()[0])
            file.close()
    finally:
        tracemalloc.stop()
    assert (sizes[1] - sizes[0]) / 400 < 1_500
