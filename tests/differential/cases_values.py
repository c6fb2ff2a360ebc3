"""Cases: values of docxtpl's own classes, in every part and place where a program may print them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import docx
from differential.wordml import document, drawing, note, p, png, r, tbl, tc, text_box, tr
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, Listing, RichText, RichTextParagraph

#: Makes the values of a template.
Make = Callable[[DocxTemplate], Mapping[str, object]]


@dataclass(frozen=True)
class ValueCase:
    """A template and what makes its values.

    Attributes:
        name: what it holds.
        template: the file.
        make: returns new values for a template's object, since some hang on it.
    """

    name: str
    template: bytes
    make: Make


def _rich(_: DocxTemplate) -> Mapping[str, object]:
    text = RichText("plain & <")
    text.add(" bold\nand\ttabbed", bold=True, italic=True, underline=True, color="#FF0000", size=40)
    text.add(RichText(" more\aparagraph", style="Strong", font="Arial", highlight="#FFFF00", subscript=True))
    return {"v": text, "vs": [RichText("one", bold=True), RichText("two & three", strike=True, rtl=True, lang="de-DE")]}


def _paragraphs(_: DocxTemplate) -> Mapping[str, object]:
    made = RichTextParagraph("first & <", parastyle="Quote")
    made.add(RichText("second\nline", bold=True))
    return {"v": made, "vs": [RichTextParagraph("a"), RichTextParagraph("b\tc")]}


def _listing(_: DocxTemplate) -> Mapping[str, object]:
    return {"v": Listing("one & <\ntwo\tthree\afour\ffive"), "vs": [Listing("a\nb"), Listing("")]}


def _image(template: DocxTemplate) -> Mapping[str, object]:
    first = InlineImage(template, io.BytesIO(png(10)), width=Mm(8))
    return {
        "v": first,
        "vs": [
            first,
            InlineImage(template, io.BytesIO(png(200, 6)), height=Mm(5), anchor="https://example.com/?a=1&b=2"),
        ],
    }


def _subdocument(template: DocxTemplate) -> Mapping[str, object]:
    part = template.new_subdoc()
    part.add_paragraph("first & <", style=None).add_run(" bold").bold = True
    table = part.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "a", "b"
    return {"v": part, "vs": [part]}


def _file(template: DocxTemplate) -> Mapping[str, object]:
    clause = docx.Document()
    clause.add_heading("A clause", 2)
    clause.add_paragraph("in a list", style="List Number")
    clause.add_picture(io.BytesIO(png(99, 8)))
    content = io.BytesIO()
    clause.save(content)
    content.seek(0)
    part = template.new_subdoc(content)
    return {"v": part, "vs": [part]}


#: Class -> what makes the values, and the tag that it is printed with.
CLASSES: Mapping[str, tuple[Make, str]] = {
    "RichText": (_rich, "{{r v }}"),
    "RichTextParagraph": (_paragraphs, "{{p v }}"),
    "Listing": (_listing, "{{ v }}"),
    "InlineImage": (_image, "{{ v }}"),
    "Subdoc": (_subdocument, "{{p v }}"),
    "Subdoc of a file": (_file, "{{p v }}"),
}


def _places(tag: str) -> Mapping[str, bytes]:
    loop = tag.replace("v", "x")
    one = (
        p(tag)
        if tag.startswith("{{p")
        else p(r("before "), r(tag, look="<w:i/>"), " after", look='<w:pStyle w:val="Quote"/>')
    )
    many = p("{%p for x in vs %}") + p(loop) + p("{%p endfor %}")
    cells = (tc(one if tag.startswith("{{p") else p(tag), p()), "x")
    rows = tr("{%tr for x in vs %}") + tr(tc(p(loop), p()), "x") + tr("{%tr endfor %}")
    header = {"default": one + p("end")}
    return {
        "a paragraph": document(one, p("end")),
        "loops": document(many, p("end")),
        "rows and cells": document(tbl(2, tr(*cells), tr("a", "b")), tbl(2, tr("a", "b"), rows)),
        "columns that grow": document(tbl(1, tr("{%tc for x in vs %}", tc(p(loop), p()), "{%tc endfor %}"))),
        "headers and footers": document(one, headers=header, footers={"default": many, "first": one}),
        "text boxes beside drawings": document(p(drawing(5)), p(text_box(one, p())), one, images=2),
        "a condition": document(p("{%p if v %}"), one, p("{%p else %}"), p("none"), p("{%p endif %}")),
    }


CASES = [
    ValueCase(f"{name} in {place}", template, make)
    for name, (make, tag) in CLASSES.items()
    for place, template in _places(tag).items()
    if (name, place) != ("Subdoc of a file", "headers and footers")
] + [
    ValueCase(
        "text that is rich or listed in notes",
        document(
            p("x", r('<w:footnoteReference w:id="1"/>')),
            footnotes=[note(1, p("{{r v }}"), p("{{ plain }}"))],
        ),
        lambda template: {**_rich(template), "plain": Listing("a\nb\tc")},
    ),
    ValueCase(
        "several classes beside one another",
        document(
            p("{{ plain }} {{ image }} {{r rich }}"),
            p("{{p part }}"),
            p("{{ image }}"),
            tbl(2, tr("{{ image }}", "{{ plain }}")),
            headers={"default": p("{{ image }} {{ plain }}")},
        ),
        lambda template: {
            "plain": "Smith & Sons",
            "image": _image(template)["v"],
            "rich": _rich(template)["v"],
            "part": _file(template)["v"],
        },
    ),
]

#: docxtpl relates the picture to the body alone.
BROKEN = ValueCase("a picture of a file in a header", document(p("x"), headers={"default": p("{{p v }}")}), _file)
