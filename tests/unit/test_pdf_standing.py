"""Standing type: documents whose like was laid out before are printed again, and are what they would be otherwise."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from PIL import Image

from docgen.errors import DocgenError, TemplateError
from docgen.merge import build_context
from docgen.render.pdf import prepare
from docgen.render.pdf.compiled import Press
from docgen.render.pdf.cutting import cut, holders, is_sure, read, read_said
from docgen.render.pdf.prepared import PreparedPdf
from docgen.template import load_template

TODAY = date(2026, 3, 31)
BODY = """<document filename="x.pdf">
<template pageSize="(300, 400)" title="Letter {{ number }}"><pageTemplate id="m"><pageGraphics>
<image file="logo.png" x="10" y="360" width="20" height="20"/>
<setFont name="SourceSans3" size="8"/><drawString x="10" y="10">Foot</drawString>
<place x="10" y="320" width="200" height="40"><para>{{ name }}<br/>Ltd</para><para>Page <pageNumber/></para></place>
</pageGraphics><frame id="f" x1="10" y1="30" width="280" height="285"/></pageTemplate>
<pageTemplate id="n"><pageGraphics>
<setFont name="SourceSans3" size="8"/><drawString x="10" y="10">Letter {{ number }}</drawString>
</pageGraphics><frame id="f" x1="10" y1="30" width="280" height="285"/></pageTemplate></template>
<stylesheet><paraStyle name="block" alignment="justify"/>
<paraStyle name="dashed" textTransform="uppercase"/></stylesheet>
<story><h1>Letter {{ number }}</h1><para>{{ name }}<br/>{{ street }}</para><para style="block">{{ text }}</para>
<para style="dashed">{{ name }}</para><para>Hello, <b>thank</b> you, {{ street }}</para>
<blockTable repeatRows="1" colWidths="100,60"><tr><td><para>Article</para></td><td><para>Price</para></td></tr>
{% for line in lines %}<tr><td><para>{{ line }}</para></td><td><para>{{ loop.index }}</para></td></tr>{% endfor %}
</blockTable><blockTable><tr><td><para>{{ street }}</para></td></tr></blockTable></story></document>"""
PIECES = (
    "oak", "Möbel & mehr", "<LED>", "a \"quoted\" 'word'", "ﬁne", "soft\u00adhyphen", "e\u0301", "tab\there", "Łąka",
    "שלום", "non\u00a0breaking", "&amp;", "<br/>", "x\ny", " ", "", "Donaudampfschifffahrt" * 3,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "body.rml").write_text(BODY, encoding="utf-8")
    (tmp_path / "template.yaml").write_text("title: Test\nkind: letter\n", encoding="utf-8")
    Image.new("RGB", (4, 4), "#aa0000").save(tmp_path / "logo.png")
    return tmp_path


def record(number: int, **more: Any) -> dict[str, Any]:
    return {
        "number": f"{number}",
        "name": f"Name {number}",
        "street": "Lange Straße 1",
        "text": "Oak.",
        "lines": ["a"],
    } | more


def wild(number: int) -> dict[str, Any]:
    chance = random.Random(number)

    def text(most: int) -> str:
        return " ".join(chance.choices(PIECES, k=chance.randint(0, most)))

    return record(number, name=text(2), street=text(1), text=text(12), lines=[text(3)] * chance.randint(1, 3))


def make(prepared: PreparedPdf, values: dict[str, Any]) -> bytes | str:
    """Return a document, or what is wrong with it."""
    try:
        return prepared.render(build_context(values, locale="en", company={}, today=TODAY)).content
    except DocgenError as error:
        return str(error)


def new(folder: Path) -> PreparedPdf:
    made = prepare(load_template(folder, shown="test"))
    assert isinstance(made, PreparedPdf)
    return made


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the documents that are laid out."""
    counted: list[int] = []
    inner = Press.make_pdf

    def make_pdf(self: Press, *args: Any) -> Any:
        counted.append(1)
        return inner(self, *args)

    monkeypatch.setattr(Press, "make_pdf", make_pdf)
    return counted


def test_documents_are_the_same_whether_they_are_laid_out_or_printed_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, laid_out: list[int]
) -> None:
    records = [wild(number) for number in range(60)] + [record(number) for number in range(60)]
    warm = new(folder)
    for _ in range(2):
        again = [make(warm, values) for values in records]
    assert len(laid_out) < 1.7 * len(records)
    monkeypatch.setattr(PreparedPdf, "_order", lambda *_: None)
    plain = new(folder)
    assert again == [make(plain, values) for values in records]


@pytest.mark.parametrize("number", ["7 & 8", "<7>", "7"])
def test_a_heading_is_the_same_letters_whether_it_is_set_anew_or_printed_again(folder: Path, number: str) -> None:
    warm = new(folder)
    for before in ("1", "2", "3"):
        make(warm, record(1) | {"number": before})
    values = record(1) | {"number": number}
    assert make(warm, values) == make(new(folder), values)


def test_what_came_twice_is_printed_again_with_other_texts(folder: Path, laid_out: list[int]) -> None:
    warm = new(folder)
    for number in range(10, 30):
        make(warm, record(number))
    assert len(laid_out) == 2


def test_another_height_or_number_of_rows_is_laid_out_anew(folder: Path, laid_out: list[int]) -> None:
    warm = new(folder)
    for number in range(10, 14):
        make(warm, record(number))
    before = len(laid_out)
    make(warm, record(14, text="oak " * 60))
    make(warm, record(15, lines=["a", "b"]))
    assert len(laid_out) == before + 2


def test_a_picture_that_changed_is_drawn_anew(folder: Path) -> None:
    warm = new(folder)
    for number in range(10, 14):
        before = make(warm, record(number))
    Image.new("RGB", (8, 8), "#00aa00").save(folder / "logo.png")
    after = make(warm, record(13))
    assert after != before
    assert after == make(new(folder), record(13))


@pytest.mark.parametrize("known", [True, False], ids=["printed before", "new"])
@pytest.mark.parametrize("inner", [True, False], ids=["in the story", "on the page"])
def test_a_picture_that_is_gone_is_a_fault_with_its_name(folder: Path, inner: bool, known: bool) -> None:
    if inner:
        story = BODY.replace('<image file="logo.png" x="10" y="360" width="20" height="20"/>', "")
        (folder / "body.rml").write_text(story.replace("<story>", '<story><img src="logo.png"/>'), encoding="utf-8")
    warm = new(folder)
    for number in range(10, 14):
        make(warm, record(number))
    (folder / "logo.png").unlink()

    with pytest.raises(TemplateError) as caught:
        warm.render(build_context(record(13) if known else wild(3), locale="en", company={}, today=TODAY))

    assert '"logo.png"' in caught.value.problem
    assert caught.value.where is not None
    assert caught.value.where.file.endswith("body.rml")


def test_what_layouts_take_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch, laid_out: list[int]) -> None:
    monkeypatch.setattr("docgen.render.pdf.standing._MOST", 1)
    monkeypatch.setattr("docgen.render.pdf.standing._MOST_SEEN", 2)
    warm = new(folder)
    for number in range(10, 16):
        make(warm, record(number))
    assert len(laid_out) == 6


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("plain", "plain"), ("a &amp; b &lt;c&gt; &#34;&#39;&quot;&apos;", "a & b <c> \"'\"'"), ("a<br/>b", "a\0b"),
        ("tab\tor\nline", "tab or\nline"), ("e\u0301", "é"), ("&nbsp;", None), ("&#160;", None), ("a & b", None),
        ("<b>x", None), ("<br />", None), ("\x0b", None), ("\r\n", None), ("\ufffe", None), ("&amp", None),
    ],
)  # fmt: skip
def test_a_text_is_read_as_xml_reads_it_or_not_at_all(written: str, said: str | None) -> None:
    assert read(written) == said


def test_a_body_is_cut_at_its_texts() -> None:
    body = '<document title="T"><template author="A"/><story>'
    body += "<para>x<br/>y</para><para/><para><b>z</b> w</para></story></document>"
    found = cut(body)
    assert found is not None
    assert found.texts == ["x<br/>y", " w"]
    assert read_said(found.said, {"title": "no", "subject": "S"}) == (
        ("Title", "T"), ("Author", "A"), ("Subject", "S"), ("Keywords", ""), ("Creator", ""),
    )  # fmt: skip
    elements = holders(etree.fromstring(body), found.texts)
    assert elements is not None
    assert [element.text for element in elements] == ["x"]
    assert list(elements.values()) == [0]
    assert holders(etree.fromstring(body), ["x<br/>y"]) is None
    assert holders(etree.fromstring(body), ["x<br/>z", " w"]) is None


@pytest.mark.parametrize("hidden", ["<!-- <para> -->", "<![CDATA[</para>]]>", "<?x?>", "<markdown>", "<epcQr/>"])
def test_what_may_be_mistaken_is_never_kept(hidden: str) -> None:
    assert not is_sure(f"<document><story>{hidden}</story></document>")
