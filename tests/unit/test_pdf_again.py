"""What is kept from one document of a template to the next: it makes them quicker, and never other than they are."""

from __future__ import annotations

import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from lxml import etree
from pressing import FILE

from docgen.merge import build_context
from docgen.protocols import Prepared
from docgen.render.pdf import prepare
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.layout.blocks import Document, Sheet
from docgen.render.pdf.layout.kept import Cache, Shelf
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.paragraph import Paragraph, normal
from docgen.render.pdf.layout.paraplain import PlainParagraph, Setter, text_of
from docgen.render.pdf.layout.parastyle import SAMPLE, changed
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.story import BUILDERS
from docgen.render.pdf.layout.styles import Styles
from docgen.template import load_template

TODAY = date(2026, 3, 31)
BODY = """<document filename="x.pdf">
<template pageSize="(300, 400)" title="{{ name }}"><pageTemplate id="m"><pageGraphics>
<stroke color="{{ colour }}"/><lines>10 20 290 20</lines>
<setFont name="SourceSans3" size="8"/><drawString x="10" y="12">{{ foot }}</drawString>
<place x="10" y="360" width="200" height="30"><para>{{ name }}<br/>Page <pageNumber/></para></place>
<drawRightString x="290" y="12">{{ name }}</drawRightString>
</pageGraphics><frame id="f" x1="10" y1="30" width="280" height="320"/></pageTemplate></template>
<stylesheet><paraStyle name="text" fontSize="{{ size }}" textColor="{{ colour }}"/>
<blockTableStyle id="t"><lineStyle kind="GRID" colorName="{{ colour }}"/></blockTableStyle></stylesheet>
<story><para style="text">{{ text }}</para>
<blockTable style="t" repeatRows="1" colWidths="100,100"><tr><td><para>A</para></td><td><para>B</para></td></tr>
{% for line in lines %}<tr><td><para style="text">{{ line }}</para></td><td>{{ line }}</td></tr>{% endfor %}
</blockTable></story></document>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "body.rml").write_text(BODY, encoding="utf-8")
    (tmp_path / "template.yaml").write_text("title: Test\nkind: letter\n", encoding="utf-8")
    return tmp_path


def record(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    words = ["Ahorn", "Möbel", "oak", "&", "<LED>", "ﬁne", "lamp,", "birch", "12.50", "Åse"]
    texts = [" ".join(chance.choices(words, k=chance.randint(0, 12))) for _ in range(chance.randint(1, 40))]
    return {
        "name": f"Name {number}", "colour": chance.choice(["#aa0000", "#00aa00"]), "size": chance.choice(["9", "11"]),
        "foot": chance.choice(texts), "text": " ".join(texts), "lines": texts,
    }  # fmt: skip


def make(prepared: Prepared, number: int) -> bytes:
    return prepared.render(build_context(record(number), locale="en", company={}, today=TODAY)).content


def test_what_a_document_looks_like_does_not_depend_on_those_before_it(folder: Path) -> None:
    warm = prepare(load_template(folder, shown="test"))
    for number in range(12):
        make(warm, number)
    for number in (3, 0, 20):
        assert make(warm, number) == make(prepare(load_template(folder, shown="test")), number)


def test_each_document_of_a_template_has_the_page_size_that_it_spells_like_other_makers_of_rml(folder: Path) -> None:
    prepared = prepare(load_template(folder, shown="test"))
    sizes = {pypdfium2.PdfDocument(make(prepared, number))[0].get_size() for number in range(4)}
    assert sizes == {(300.0, 400.0)}


# --- plain paragraphs -----------------------------------------------------------------------------


def maker(cache: Cache) -> Maker:
    letters = Letters(load_fonts(Path()))
    return Maker(Document(letters, "en"), Styles(), letters, Store(), FILE, BUILDERS, cache)


@pytest.mark.parametrize("alignment", ["", "left", "right", "center", "justify"])
@pytest.mark.parametrize("shrinkage", [0.0, 0.05, 0.3])
def test_plain_text_is_set_in_one_pass_as_it_is_step_by_step(alignment: str, shrinkage: float) -> None:
    chance, here = random.Random(f"{alignment} {shrinkage}"), maker(Cache())
    words = [
        "oak",
        "of",
        "Möbel",
        "Łąka",
        "“quoted”",
        "a-b",
        "12.50 €",
        "ﬁ",
        "מלה",
        "中文",
        "so\u00adft",
        "a\u00a0b",
        "adjustable",
    ]
    short = 0
    for _ in range(300):
        indents = {"first_line_indent": chance.choice([0.0, 12.0]), "left_indent": chance.choice([0.0, 5.0])}
        values = indents | {"alignment": alignment, "space_shrinkage": shrinkage, "font_name": "SourceSans3"}
        setter = Setter(changed(SAMPLE["Normal"], values), chance.uniform(40, 300), here)
        text = " ".join(chance.choices(words[: chance.choice([7, len(words)])], k=chance.randint(1, 20)))
        made = setter.set(text, here)
        assert made == setter._set_by_steps(normal(text), here)
        short += bool(made)
    assert short > 100


def joined(ops: str) -> str:
    """Return operators with the pieces of a line as one, and without what says its font."""
    return re.sub(r"/F\d+ \S+ Tf\n[\d. ]+ rg\n", "", ops).replace("> Tj\n<", "")


@pytest.mark.parametrize("alignment", ["", "left", "right", "center"])
def test_text_with_ends_of_lines_and_references_is_set_as_it_is_with_markup(alignment: str) -> None:
    chance, here = random.Random(alignment), maker(Cache())
    words, short = ["oak", "&amp;", "R&amp;D", "&lt;LED&gt;", "Möbel", "of", "adjustable", "&amp;lt;"], 0
    for _ in range(300):
        values = {"alignment": alignment, "font_name": "SourceSans3", "first_line_indent": chance.choice([0.0, 12.0])}
        style, width = changed(SAMPLE["Normal"], values), chance.uniform(30, 300)
        ends = ["", "", "", "<br/>", " <br/> "]
        content = " ".join(chance.choice(words) + chance.choice(ends) for _ in range(chance.randint(1, 20)))
        element = etree.fromstring(f"<para>{content}</para>")
        setting = Setter(style, width, here).set(text_of(element) or "", here)
        other = Paragraph(style, here, "P", content, element)
        height = other.wrap(width, 500)[1]
        if setting:
            other.draw(sheet := Sheet(here.document, 0, 500, 500), 0, 0)
            assert setting.height == height
            assert joined(setting.ops) in joined("".join(sheet.out))
            assert setting.fonts == sheet.fonts
            short += 1
    assert short > 100


def test_a_plain_paragraph_is_parted_like_any_other() -> None:
    here = maker(Cache())
    text = "Many words & more, so that there are lines enough to be parted. " * 4
    element = etree.Element("para")
    element.text = text
    plain, other = (
        PlainParagraph(SAMPLE["Normal"], here, element, text),
        Paragraph(SAMPLE["Normal"], here, "P", "<", element),
    )
    parts = []
    for paragraph in (plain, other):
        parts.append([paragraph.wrap(150, 500)] + [part.wrap(150, 500) for part in paragraph.split(150, 40)])
    assert parts[0] == parts[1]
    assert len(parts[0]) == 3


# --- what is kept ---------------------------------------------------------------------------------


def test_what_is_not_asked_for_again_is_forgotten() -> None:
    cache = Cache()
    cache.shelf_limit = 100
    shelf = cache.shelf("texts", Shelf)
    shelf.recent |= {"often": 1, "once": 2}
    for _ in range(2):
        assert shelf.find("often") == 1
        cache.count(101)
    assert shelf.find("often") == 1
    assert shelf.find("once") is None
