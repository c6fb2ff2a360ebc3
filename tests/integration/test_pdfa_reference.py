"""What the reference draws may be archived: PDF/A-3b, as veraPDF reads it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from pdf_every import EVERY, every_template, paper
from PIL import Image
from rendering import RML, make_context, make_template, pdf_text, rml_template
from verapdf import judge

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Making
from docgen.render import pdf
from docgen.render.pdf.safety import ALLOWED
from docgen.template import Template, load_template, template_names

ROOT = Path(__file__).parents[2]
#: Stand in a document without a story.
DRAWN = """<document filename="x.pdf"><pageInfo pageSize="(200, 100)"/>
<pageDrawing><setFont name="Times-Roman" size="9"/><drawString x="9" y="9">One</drawString></pageDrawing>
<pageDrawing><drawString x="9" y="9">Two</drawString><mergePage filename="paper.pdf" page="1"/></pageDrawing></document>
"""
#: Comes from a function of templates, which the sample calls.
WRITTEN = {"chart"}
#: Fonts of another kind, which a test cannot bring along.
TYPE_1 = {"registerFont", "registerType1Face"}


def render(template: Template, values: Mapping[str, object] | None = None) -> bytes:
    return pdf.prepare(template, engine=Making.REFERENCE).render(make_context(values or {})).content


def test_the_sample_uses_every_element_that_a_body_may_have() -> None:
    used = {element.tag for body in (EVERY, DRAWN) for element in etree.fromstring(body).iter(etree.Element)}
    assert used | WRITTEN == ALLOWED - TYPE_1


def test_a_document_of_every_element_can_be_archived(tmp_path: Path) -> None:
    template = every_template(tmp_path / "t")
    made = render(template)
    assert judge({"every": made}, "3b") == {"every": []}
    assert render(template) == made


def test_page_drawings_can_be_archived(tmp_path: Path) -> None:
    template = make_template(tmp_path / "t", DRAWN, ".rml")
    (tmp_path / "t" / "paper.pdf").write_bytes(paper(size=(300, 150)))
    made = render(template)
    assert judge({"drawn": made}, "3b") == {"drawn": []}
    with pikepdf.open(io.BytesIO(made)) as document:
        assert [[float(edge) for edge in page.mediabox] for page in document.pages] == [
            [0, 0, 200, 100],
            [0, 0, 300, 150],
        ]


def test_every_shipped_template_can_be_archived() -> None:
    company = load_config(ROOT / "config.yaml", {}).company.model_dump()
    made = {}
    for name in template_names(ROOT / "templates"):
        template = load_template(ROOT / "templates" / name)
        if template.body.suffix == ".rml":
            values, _ = read_values(template.sample, template.fields, "en_GB", "sample")
            computed = KINDS[template.kind].compute(values, company, date(2026, 11, 20))
            for language in template.texts:
                context = build_context(
                    {**values, **computed},
                    locale=language,
                    company=company,
                    today=date(2026, 11, 20),
                    texts=template.texts,
                )
                made[f"{name}-{language}"] = pdf.prepare(template, engine=Making.REFERENCE).render(context).content
    assert len(made) >= 5
    assert judge(made, "3b") == {name: [] for name in made}


def test_pictures_of_all_colours_can_be_archived(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    kinds = {"RGB.jpg": (9, 9, 90), "CMYK.jpg": (9, 200, 9, 9), "L.jpg": 40, "RGBA.png": (9, 9, 9, 9), "LA.png": (9, 9)}
    for name, colour in {**kinds, "P.gif": 4}.items():
        Image.new(name.partition(".")[0], (20, 10), colour).save(tmp_path / "t" / name)
    story = "".join(f'<img src="{name}" width="20" height="10"/>' for name in (*kinds, "P.gif"))
    assert judge({"pictures": render(rml_template(tmp_path / "t", story))}, "3b") == {"pictures": []}


def test_stationery_packed_as_of_old_can_be_archived(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    with pikepdf.open(io.BytesIO(paper())) as document:
        content = document.pages[0].Contents
        content.write(lzw(content.read_bytes()), filter=pikepdf.Name.LZWDecode)
        document.save(tmp_path / "t" / "paper.pdf", compress_streams=False)
    assert b"LZWDecode" in (tmp_path / "t" / "paper.pdf").read_bytes()
    body = RML.replace('"A4">', '"A4"><letterhead pdf="paper.pdf"/>') % "<para>x</para>"
    made = render(make_template(tmp_path / "t", body, ".rml"))
    assert judge({"old": made}, "3b") == {"old": []}
    assert "Paper 1" in pdf_text(made)


def lzw(data: bytes) -> bytes:
    """Pack without packing: the table is emptied before codes would take more than nine bits."""
    codes = [code for start in range(0, len(data), 200) for code in (256, *data[start : start + 200])]
    bits = "".join(f"{code:09b}" for code in (*codes, 257))
    return int(bits.ljust(-len(bits) % 8 + len(bits), "0"), 2).to_bytes((len(bits) + 7) // 8, "big")


def test_what_values_bring_can_be_archived(tmp_path: Path) -> None:
    story = (
        '<para style="text">{{ a }} <a href="https://example.com/{{ b }}">x</a></para><outlineAdd>{{ a }}</outlineAdd>'
    )
    hostile = {"a": "]]> <b>&amp;</b> ß " * 50, "b": "%3Cä)(\\"}
    template = rml_template(tmp_path / "t", story)
    assert judge({"values": render(template, hostile)}, "3b") == {"values": []}


@pytest.mark.parametrize("language", ["de", "lt", "fil"])
def test_words_that_describe_a_document_are_the_same_in_both_places(tmp_path: Path, language: str) -> None:
    template = rml_template(tmp_path / "t", '<para style="text">x</para>')
    context = make_context({}, locale=language)
    made = pdf.prepare(template, engine=Making.REFERENCE).render(context).content
    with pikepdf.open(io.BytesIO(made)) as document, document.open_metadata() as xmp:
        info = {name: str(value) for name, value in document.docinfo.items()}
        assert xmp["dc:title"] == info["/Title"] == "A test"
        assert xmp["dc:creator"] == [info["/Author"]] == ["Ahorn & Söhne"]
        assert xmp["pdf:Producer"] == info["/Producer"]
        assert xmp["xmp:CreateDate"].startswith("2026-03-04T00:00:00")
        assert xmp.pdfa_status == "3B"
        assert str(document.Root.Lang) == language
        assert document.check_pdf_syntax() == []
