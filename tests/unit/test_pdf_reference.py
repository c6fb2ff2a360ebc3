"""What the reference path draws: every element of z3c.rml, or a reason why not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pdf_every import paper
from rendering import RML, make_context, make_template, pdf_text, picture
from z3c.rml import document
from z3c.rml.paraparser import Z3CParagraphParser

from docgen.errors import DocgenError, GlyphMissing, TemplateError, UnsupportedFeature
from docgen.model import Making
from docgen.render import pdf
from docgen.render.pdf import reference
from docgen.render.pdf.elements import OWN_ELEMENTS
from docgen.render.pdf.safety import ALLOWED, INLINE, REFUSED

assert reference.make_pdf  # importing it teaches z3c.rml docgen's elements


def render(folder: Path, story: str, values: Mapping[str, object] | None = None, body: str = RML) -> bytes:
    template = make_template(folder, body.replace("%s", story), ".rml")
    return pdf.prepare(template, engine=Making.REFERENCE).render(make_context(values or {})).content


def fault(folder: Path, story: str, body: str = RML) -> DocgenError:
    with pytest.raises(DocgenError) as caught:
        render(folder, story, body=body)
    return caught.value


def pages_of(content: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(content)) as made:
        return [page.get_textpage().get_text_range().strip() for page in made]


# --- vocabulary -----------------------------------------------------------------------------------


def z3c_elements() -> set[str]:
    """Every element in the tables that z3c.rml makes drawings of, and in its own description of them."""
    found: set[str] = set()
    done: set[object] = set()

    def walk(directive: object) -> None:
        if directive in done:
            return
        done.add(directive)
        describe(getattr(directive, "signature", None))
        for name, child in getattr(directive, "factories", {}).items():
            found.add(name)
            walk(child)

    def describe(signature: object) -> None:
        if signature is None or signature in done:
            return
        done.add(signature)
        for part in signature.queryTaggedValue("directives") or ():
            found.add(part.tag)
            describe(part.signature)

    walk(document.Document)
    return found


def test_every_element_of_z3c_rml_is_drawn_or_refused_with_a_reason() -> None:
    known = z3c_elements()
    assert len(known) > 170
    assert sorted(known - ALLOWED - set(REFUSED)) == []
    assert ALLOWED.isdisjoint(REFUSED)
    assert all(REFUSED.values())


def test_every_element_that_is_drawn_is_one_that_somebody_draws() -> None:
    in_text = {name for name in INLINE if hasattr(Z3CParagraphParser, f"start_{name.lower()}")}
    assert sorted(ALLOWED - z3c_elements() - in_text - OWN_ELEMENTS - {"document"}) == []


def test_nothing_in_a_text_runs_code_or_calls_what_a_body_names() -> None:
    assert not {"evalString", "onDraw", "plugInFlowable", "docExec"} & ALLOWED


@pytest.mark.parametrize("element", sorted(REFUSED))
def test_a_refused_element_says_why(tmp_path: Path, element: str) -> None:
    found = fault(tmp_path / "t", f"<{element}/>")
    assert f"<{element}> is not allowed" in str(found)
    assert REFUSED[element] in str(found)


def test_code_is_text_however_it_looks(tmp_path: Path) -> None:
    story = "<codesnippet>{{ a }}</codesnippet><codesnippet language='python'>{{ a }}</codesnippet>"
    value = "<b>1</b> & <img src='/etc/passwd'/> &lt;i&gt;"
    text = " ".join(pdf_text(render(tmp_path / "t", story, {"a": value})).split())
    assert text.count(value) == 2


def test_a_note_takes_no_parameters_but_its_place(tmp_path: Path) -> None:
    note = (
        '<illustration width="9" height="9"><textAnnotation>x<param name="A">y</param></textAnnotation></illustration>'
    )
    assert '<param>: "A" is not allowed' in str(fault(tmp_path / "t", note))


# --- attributes of docgen -------------------------------------------------------------------------


def test_what_only_says_what_a_text_is_changes_nothing_printed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for name in "ab":
        picture(tmp_path / name / "logo.png")
    story = (
        '<para{0}>x<img src="logo.png" width="9" height="9"{1}/></para><img src="logo.png"{1}/>'
        '<blockTable{2}><tr><td>1</td></tr></blockTable><qr value="x"{1}/>'
    )
    marked = story.format(' heading="2" lang="de" kerning="no" hyphenation="no"', ' alt="a"', ' headerRows="1"')
    assert render(tmp_path / "a", marked) == render(tmp_path / "b", story.format("", "", ""))


@pytest.mark.parametrize("name", ["kerning", "hyphenation"])
def test_what_the_reference_cannot_set_is_a_fault_and_not_left_out(tmp_path: Path, name: str) -> None:
    found = fault(tmp_path / "t", f'<para {name}="yes">x</para>')
    assert isinstance(found, UnsupportedFeature)
    assert f'{name}="yes"' in str(found)


# --- letters --------------------------------------------------------------------------------------


def test_a_missing_glyph_is_shown_with_its_name_and_the_text_around_it(tmp_path: Path) -> None:
    found = fault(tmp_path / "t", '<para fontName="SourceSans3">Ann 日本</para>')
    assert isinstance(found, GlyphMissing)
    assert '"日" (U+65E5 CJK UNIFIED IDEOGRAPH-65E5)' in str(found)
    assert "Ann 日本" in str(found)


def test_the_font_that_counts_is_the_one_the_text_is_set_in(tmp_path: Path) -> None:
    assert pages_of(render(tmp_path / "a", '<para fontName="SourceSans3">Ɔ</para>')) == ["Ɔ"]
    found = fault(tmp_path / "b", '<para fontName="Courier">Ɔ</para>')
    assert isinstance(found, GlyphMissing)
    assert "Courier" in str(found)


# --- pages of other files -------------------------------------------------------------------------


def papers(folder: Path, **options: object) -> Path:
    folder.mkdir()
    (folder / "paper.pdf").write_bytes(paper(**options))
    return folder


def test_pages_taken_in_keep_their_place_and_nothing_around_them_is_lost(tmp_path: Path) -> None:
    story = '<para>before</para><includePdfPages filename="paper.pdf" pages="2-3,1"/><para>after</para>'
    assert pages_of(render(papers(tmp_path / "t", pages=3), story)) == [
        "before",
        "Paper 2",
        "Paper 3",
        "Paper 1",
        "after",
    ]


def test_pages_taken_in_may_begin_and_end_a_document_and_have_their_own_size(tmp_path: Path) -> None:
    made = render(papers(tmp_path / "t", size=(300, 400)), '<includePdfPages filename="paper.pdf"/>')
    assert pages_of(made) == ["Paper 1", "Paper 2"]
    with pikepdf.open(io.BytesIO(made)) as document:
        assert [[float(edge) for edge in page.mediabox] for page in document.pages] == [[0, 0, 300, 400]] * 2


@pytest.mark.parametrize("pages", ["9", "0", "x", "3-1", "1-"])
def test_pages_that_are_not_there_are_a_fault(tmp_path: Path, pages: str) -> None:
    found = fault(papers(tmp_path / "t"), f'<includePdfPages filename="paper.pdf" pages="{pages}"/>')
    assert isinstance(found, TemplateError)
    assert "<includePdfPages>" in str(found)


def test_an_svg_is_drawn_in_its_own_shape(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="10mm"><rect width="99" height="99"/></svg>'
    )
    made = render(tmp_path / "t", '<img src="a.svg"/><para>x<img src="a.svg" width="20" height="10"/></para>')
    with closing(pypdfium2.PdfDocument(made)) as document:
        boxes = [item.get_bounds() for item in document[0].get_objects(filter=[3])]
    sizes = sorted((round(right - left), round(top - bottom)) for left, bottom, right, top in boxes)
    assert sizes == [(20, 10), (57, 28)]
