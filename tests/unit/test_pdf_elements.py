"""Elements and attributes that docgen adds to RML mean the same to both ways of making PDF."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from functools import partial
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pdf_every import paper
from rendering import RML, make_context, make_template, pdf_text

from docgen.deliver.window import check_window
from docgen.envelopes import WINDOWS
from docgen.errors import DocgenError, Faults, TemplateError
from docgen.kinds.epc import read_payment
from docgen.model import Making
from docgen.render import pdf

IBAN = "AT61 1904 3002 3457 3201"


@pytest.fixture(params=list(Making), autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "prepare", partial(pdf.prepare, engine=request.param))


def render(folder: Path, story: str, values: Mapping[str, object] | None = None, body: str = RML) -> bytes:
    template = make_template(folder, body.replace("%s", story), ".rml")
    return pdf.prepare(template).render(make_context(values or {})).content


def fault(folder: Path, story: str, body: str = RML) -> DocgenError:
    with pytest.raises(DocgenError) as caught:
        render(folder, story, body=body)
    return caught.value


def pages_of(content: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(content)) as made:
        return [page.get_textpage().get_text_range().strip() for page in made]


# --- attributes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attribute", ['heading="7"', 'heading="title"', 'lang="not a language"', 'headerRows="-1"', 'kerning="perhaps"']
)
def test_an_attribute_of_another_kind_is_a_fault(tmp_path: Path, attribute: str) -> None:
    tag = "blockTable" if attribute.startswith("headerRows") else "para"
    found = fault(tmp_path / "t", f"<{tag} {attribute}/>")
    assert isinstance(found, TemplateError)
    assert attribute in str(found)


def test_a_document_may_say_its_language_itself(tmp_path: Path) -> None:
    body = RML.replace("<document ", '<document lang="lt" ')
    with pikepdf.open(io.BytesIO(render(tmp_path / "t", "<para>x</para>", body=body))) as made:
        assert str(made.Root.Lang) == "lt"


# --- <addressWindow> ------------------------------------------------------------------------------

ADDRESS = ["Ann Example & Sons", "Long Street Name 123", "Building C", "12345 Townsville", "LITHUANIA"]


@pytest.mark.parametrize("profile", sorted(WINDOWS))
@pytest.mark.parametrize("place", ["story", "page"])
def test_an_address_stands_in_the_window_of_its_envelope(tmp_path: Path, profile: str, place: str) -> None:
    size = "letter" if profile.startswith("us") else "A4"
    window = (
        f'<addressWindow profile="{profile}" sender="Ahorn · Weg 1 · Wien" foldMarks="yes">'
        "{% for line in lines %}{{ line }}{% if not loop.last %}<br/>{% endif %}{% endfor %}</addressWindow>"
    )
    body = RML.replace("A4", size)
    if place == "page":
        body = body.replace(
            '<pageTemplate id="main">', f'<pageTemplate id="main"><pageGraphics>{window}</pageGraphics>'
        )
        window = ""
    lines = ADDRESS[: 4 if profile.startswith("us") else 5]
    made = render(tmp_path / "t", f"{window}<para>Dear</para>", {"lines": lines}, body=body)
    check_window(made, lines, WINDOWS[profile])
    assert "Ahorn · Weg 1 · Wien" in pdf_text(made)


def test_an_address_too_long_for_its_window_is_a_fault(tmp_path: Path) -> None:
    lines = "<br/>".join(["x"] * 9)
    found = fault(tmp_path / "t", f'<addressWindow profile="din-5008-b">{lines}</addressWindow>')
    assert "t/body.rml, line 7" in str(found)
    assert "room" in str(found) or "larger" in str(found)


def test_a_window_that_is_none_is_a_fault_that_names_others(tmp_path: Path) -> None:
    assert 'did you mean "din-5008-b"?' in str(
        fault(tmp_path / "t", '<addressWindow profile="din-5008b">x</addressWindow>')
    )
    assert 'needs the attribute "profile"' in str(fault(tmp_path / "u", "<addressWindow>x</addressWindow>"))
    assert 'has no attribute "sendr"' in str(
        fault(tmp_path / "v", '<addressWindow profile="us-10" sendr="x">x</addressWindow>')
    )


# --- <epcQr> --------------------------------------------------------------------------------------


def test_a_payment_code_says_what_a_bank_reads() -> None:
    payment = read_payment("Ahorn  GmbH", IBAN, "BKAUATWW", "12.5", text="Invoice 7")
    assert payment.amount == Decimal("12.5")
    assert payment.write().split("\n") == [
        *("BCD", "002", "1", "SCT", "BKAUATWW", "Ahorn GmbH", "AT611904300234573201", "EUR12.50", "", "", "Invoice 7"),
    ]


def test_a_payment_code_is_drawn_like_any_other(tmp_path: Path) -> None:
    value = read_payment("Ahorn", IBAN, amount="7").write().replace("\n", "&#10;")
    (tmp_path / "t").mkdir()
    written = f'<epcQr name="Ahorn" iban="{IBAN}" amount="7" size="30mm"/>'
    assert render(tmp_path / "a", written) == render(tmp_path / "b", f'<qr value="{value}" size="30mm"/>')


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ('iban="AT61 1904 3002 3457 3202"', 'iban="AT611904300234573202" is not an IBAN'),
        (f'iban="{IBAN}" bic="BANK"', 'bic="BANK" is not a BIC'),
        (f'iban="{IBAN}" amount="0"', 'amount="0" is not an amount in euro'),
        (f'iban="{IBAN}" amount="1.005"', 'amount="1.005" is not an amount in euro'),
        (f'iban="{IBAN}" amount="1,50"', 'amount="1,50" is not an amount in euro'),
        (f'iban="{IBAN}" amount="NaN"', 'amount="NaN" is not an amount in euro'),
        (f'iban="{IBAN}" reference="RF00"', 'reference="RF00" is not a creditor reference'),
        (f'iban="{IBAN}" reference="RF18539007547034" text="x"', "only one of reference and text"),
        (f'iban="{IBAN}" text="{"x" * 141}"', "text has more than 140 characters"),
        ("", 'needs the attribute "iban"'),
    ],
)
def test_a_payment_code_that_a_bank_would_refuse_is_a_fault(tmp_path: Path, attributes: str, problem: str) -> None:
    found = fault(tmp_path / "t", f'<epcQr name="Ahorn" {attributes}/>')
    assert problem in str(found)
    assert str(found.where) == "t/body.rml, line 7"


# --- <markdown> -----------------------------------------------------------------------------------


def test_markdown_in_an_element_is_set_as_by_its_filter(tmp_path: Path) -> None:
    text = "# Head\n\nSome **bold** & <b>plain</b>\n\n- one\n- two\n\n    code"
    made = render(tmp_path / "a", "<markdown>{{ m }}</markdown><para>end</para>", {"m": text})
    assert made == render(tmp_path / "b", "{{ m|markdown }}<para>end</para>", {"m": text})


def test_markdown_may_be_indented_as_the_body_is(tmp_path: Path) -> None:
    text = pdf_text(render(tmp_path / "t", "\n  <markdown>\n    # Head\n\n    1. one\n       - deep\n  </markdown>"))
    assert next(line.strip() for line in text.split("\n") if line.strip()) == "Head"
    assert "#" not in text


def test_elements_within_markdown_are_a_fault(tmp_path: Path) -> None:
    assert "elements cannot stand in it" in str(fault(tmp_path / "t", "<markdown>a <b>x</b></markdown>"))


# --- pages of other files -------------------------------------------------------------------------

ON_PAPER = RML.replace('<template pagesize="A4">', '<template pagesize="A4"><letterhead pdf="paper.pdf"{}/>')
THREE_PAGES = "<para>one</para><nextPage/><para>two</para><nextPage/><para>three</para>"


def papers(folder: Path, **options: object) -> Path:
    folder.mkdir()
    (folder / "paper.pdf").write_bytes(paper(**options))
    return folder


@pytest.mark.parametrize(
    ("attributes", "pages", "expected"),
    [
        ("", 2, ["Paper 1", "Paper 2", "Paper 2"]),
        ("", 1, ["Paper 1", "Paper 1", "Paper 1"]),
        (' next="none"', 2, ["Paper 1", "", ""]),
        (' first="none" next="1"', 2, ["", "Paper 1", "Paper 1"]),
        (' first="2" next="1"', 3, ["Paper 2", "Paper 1", "Paper 1"]),
    ],
)
def test_stationery_lies_under_first_and_following_pages(
    tmp_path: Path, attributes: str, pages: int, expected: list[str]
) -> None:
    body = ON_PAPER.replace("{}", attributes)
    made = render(papers(tmp_path / "t", pages=pages), THREE_PAGES, body=body)
    found = [text.replace("\r\n", "\n").split("\n") for text in pages_of(made)]
    assert [next((line for line in lines if "Paper" in line), "") for lines in found] == expected
    with pikepdf.open(io.BytesIO(made)) as document:
        assert all("/Annots" not in page.obj for page in document.pages), "a link of the stationery came along"
        forms = {form.objgen for page in document.pages for form in page.Resources.get("/XObject", {}).values()}
    assert len(forms) == len({paper for paper in expected if paper}), "a page of the stationery is there twice"


@pytest.mark.parametrize(
    ("options", "attributes", "problem"),
    [
        ({"embedded": False}, "", '"paper.pdf" does not hold its font AAAAAA+SourceSans3-Bold'),
        ({"size": (300, 400)}, "", "the stationery is 106 x 141 mm, the page 210 x 297 mm"),
        ({}, ' first="3"', '"paper.pdf" has no page 3'),
        ({}, ' first="x"', 'first="x" is not the number of a page'),
        ({}, ' second="1"', 'has no attribute "second"'),
    ],
)
def test_stationery_that_cannot_be_used_is_one_fault(
    tmp_path: Path, options: dict[str, object], attributes: str, problem: str
) -> None:
    found = fault(papers(tmp_path / "t", **options), "<para>x</para>", body=ON_PAPER.replace("{}", attributes))
    assert not isinstance(found, Faults)
    assert problem in str(found)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"\x89PNG"])
def test_stationery_that_is_no_pdf_is_a_fault(tmp_path: Path, content: bytes) -> None:
    folder = papers(tmp_path / "t")
    (folder / "paper.pdf").write_bytes(content)
    assert '"paper.pdf" is no PDF that can be read' in str(
        fault(folder, "<para>x</para>", body=ON_PAPER.replace("{}", ""))
    )


def test_stationery_behind_a_password_is_a_fault(tmp_path: Path) -> None:
    folder = papers(tmp_path / "t")
    with pikepdf.open(io.BytesIO(paper())) as document:
        document.save(folder / "paper.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    assert '"paper.pdf" is locked' in str(fault(folder, "<para>x</para>", body=ON_PAPER.replace("{}", "")))


def test_stationery_that_draws_more_than_any_is_a_fault(tmp_path: Path) -> None:
    folder = papers(tmp_path / "t")
    with pikepdf.open(io.BytesIO(paper(pages=1, embedded=False))) as document:
        content = document.pages[0].Contents
        content.write(zlib.compress(b" " * 60_000_000), filter=pikepdf.Name.FlateDecode)
        document.save(folder / "paper.pdf", compress_streams=False)
    assert '"paper.pdf" draws too much' in str(fault(folder, "<para>x</para>", body=ON_PAPER.replace("{}", "")))


@pytest.mark.parametrize(
    "source", ["/etc/passwd", "../paper.pdf", "http://example.com/a.pdf", "[z3c.rml]/rml-reference.pdf"]
)
@pytest.mark.parametrize("element", ['<includePdfPages filename="{}"/>', "letterhead"])
def test_pages_come_from_the_templates_folder_only(tmp_path: Path, element: str, source: str) -> None:
    papers(tmp_path / "t")
    (tmp_path / "paper.pdf").write_bytes(paper())
    if element == "letterhead":
        found = fault(tmp_path / "t", "<para>x</para>", body=ON_PAPER.replace("paper.pdf", source).replace("{}", ""))
    else:
        found = fault(tmp_path / "t", element.format(source))
    assert "is outside the template's folder" in str(found) or "there is no file" in str(found)
