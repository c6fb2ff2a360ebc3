"""The comparison of PDFs finds what people would see, and passes over what they would not."""

from __future__ import annotations

import re

import pytest
from differential.pdf_compare import differences, picture_differences, runs, same_target, shape_differences
from differential.pdf_read import read
from rendering import make_context, make_template, picture

from docgen.render.pdf import prepare

PAGE = """<document filename="x.pdf">
<template title="{title}">
<pageTemplate id="main" pagesize="({width}, 300)"><pageGraphics>
<translate dx="{dx}" dy="{dy}"/><fill color="{ink}"/><setFont name="SourceSans3" size="{size}"/>
<drawString x="50" y="250">Invoice of the year</drawString><translate dx="-{dx}" dy="-{dy}"/>
<fill color="#14586A"/><rect x="300" y="200" width="40" height="40" fill="1" stroke="0"/>
<stroke color="{line}"/><lineMode width="{thick}" dash="{dash}"/><lines>50 220 280 220</lines>
<image file="logo.png" x="{picture}" y="20" width="40"/>
</pageGraphics><frame id="f" x1="40" y1="40" width="300" height="150"/></pageTemplate></template>
<stylesheet><paraStyle name="text" fontName="{font}" fontSize="9" leading="12"/></stylesheet>
<story><bookmark name="here"/><outlineAdd level="0">{entry}</outlineAdd>
<para style="text">Plain text with <b>bold</b> and <a href="{address}">a link</a> and <a href="#here">another</a>, and
more text that goes on so that the paragraph has several lines, {more}as paragraphs have.</para></story></document>
"""
PLAIN = {
    "title": "A test", "dx": 0, "dy": 0, "ink": "#000000", "size": 10, "line": "#C6CFD2", "thick": 0.25, "dash": "3,2",
    "picture": 60, "font": "SourceSans3", "entry": "First", "address": "https://example.com", "more": "", "width": 400,
}  # fmt: skip
#: What is changed -> whether words, and whether pictures must differ.
CHANGES = {
    "half a point to the right": ({"dx": 0.5}, True, True),
    "half a point up": ({"dy": 0.5}, True, True),
    "a little to the right": ({"dx": 0.09}, False, False),
    "a little up": ({"dy": 0.09}, False, False),
    "a colour of text": ({"ink": "#8A1020"}, True, True),
    "a colour of text that is nearly the same": ({"ink": "#300000"}, True, True),
    "a size": ({"size": 10.2}, True, True),
    "a font": ({"font": "SourceSans3-Semibold"}, True, True),
    "a colour of a hairline": ({"line": "#FFFFFF"}, False, True),
    "another grey of a hairline": ({"line": "#808080"}, False, True),
    "a wider line": ({"thick": 0.75}, False, True),
    "another dash": ({"dash": "3,3"}, False, True),
    "no dash": ({"dash": "1,0"}, False, True),
    "a picture that moved": ({"picture": 60.6}, True, True),
    "a word more": ({"more": "really "}, True, True),
    "a title": ({"title": "Another"}, True, False),
    "an outline": ({"entry": "Second"}, True, False),
    "an address": ({"address": "https://example.org"}, True, False),
    "a wider page": ({"width": 401}, True, True),
}


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    def made(**changes: object) -> bytes:
        folder = tmp_path_factory.mktemp("template")
        picture(folder / "logo.png")
        template = make_template(folder, PAGE.format(**PLAIN | changes), ".rml")
        return prepare(template).render(make_context({})).content

    return made


@pytest.fixture(scope="module")
def plain(make):
    return make()


def test_a_file_equals_itself(plain):
    assert differences(plain, plain) == picture_differences(plain, plain) == shape_differences(plain, plain) == []


@pytest.mark.parametrize("name", CHANGES)
def test_finds_what_changed_and_nothing_else(name, make, plain):
    changes, words, looks = CHANGES[name]
    changed = make(**changes)
    assert bool(differences(changed, plain)) == words, differences(changed, plain)
    assert bool(picture_differences(changed, plain)) == looks, picture_differences(changed, plain)


def test_finds_a_missing_hairline(make, plain):
    missing = make(thick=0.25, line="#FFFFFF")
    assert picture_differences(missing, plain)
    assert [line for line in shape_differences(missing, plain) if "#c6cfd2" in line and "dashes (3.0, 2.0)" in line]


def test_says_page_text_and_both_places(make, plain):
    lines = differences(make(dx=0.5), plain)
    assert 'page 1: "Invoice" at (50.50, 250.00), the other at (50.00, 250.00)' in lines
    assert len(lines) == 4


def test_says_where_pictures_differ(make, plain):
    (line,) = picture_differences(make(picture=63), plain)[:1]
    assert re.match(r"page 1: looks different from x (59|60)\.\d to 6\d\.\d, y \d+\.\d to \d+\.\d \(by", line)


def test_reads_words_however_they_are_grouped(plain):
    (page,) = runs(plain)
    assert [run.text for run in page.runs[:4]] == ["Invoice", "of", "the", "year"]
    bold = next(run for run in page.runs if run.text == "bold")
    assert (bold.font, bold.size, bold.colour, bold.angle) == ("SourceSans3-Bold", 9.0, "#000000", 0)
    assert page.size == (400, 300)


def test_reads_shapes_links_outline_and_document_data(plain):
    found = read(plain)
    (page,) = found.pages
    assert {shape.kind for shape in page.shapes} == {"path", "image"}
    assert "#14586a" in {shape.fill for shape in page.shapes}
    assert [link.target.split()[0] for link in page.links] == ["https://example.com", "page"]
    assert [(entry.level, entry.title) for entry in found.outline] == [(0, "First")]
    assert found.info["Title"] == "A test"


def test_targets_are_the_same_within_the_tolerance_only():
    assert same_target("page 1 x=50.0 y=700.0", "page 1 x=50.1 y=700.0")
    assert not same_target("page 1 x=50.0 y=700.0", "page 1 x=50.0 y=701.0")
    assert not same_target("page 1 x=50.0", "page 2 x=50.0")
    assert not same_target("page 1 y=50.0", "page 1 x=50.0")
    assert not same_target("https://example.com", "page 1")
