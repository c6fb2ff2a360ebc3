"""Where a paragraph has to stand in Word's markup, one stands, whatever a template left out."""

from __future__ import annotations

import pytest

from docgen.render.docx.holders import with_paragraphs

NESTED = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
MARK = '<w:bookmarkStart w:id="1" w:name="a"/><w:bookmarkEnd w:id="1"/>'


@pytest.mark.parametrize(
    "markup",
    [
        "<w:tc>{}</w:tc>",
        '<w:tc w:id="1">{}</w:tc>',
        "<w:tc><w:tcPr/>{}</w:tc>",
        '<w:tc><w:tcPr><w:tcW w:w="9"/></w:tcPr>{}</w:tc>',
        f"<w:tc><w:tcPr/>{MARK}{{}}</w:tc>",
        f"<w:tc>{NESTED}{{}}</w:tc>",
        "<w:hdr>{}</w:hdr>",
        '<w:footnote w:id="2">{}</w:footnote>',
        "<w:txbxContent>{}</w:txbxContent>",
    ],
)
def test_what_has_no_paragraph_gets_an_empty_one(markup):
    assert with_paragraphs(markup.format("")) == markup.format("<w:p/>")


@pytest.mark.parametrize(
    "markup",
    [
        "<w:tc><w:p/></w:tc>",
        "<w:tc><w:tcPr/><w:p><w:r/></w:p></w:tc>",
        f"<w:tc>{NESTED}<w:p/></w:tc>",
        f"<w:tc><w:p/>{MARK}</w:tc>",
        "<w:tc><w:sdt><w:sdtContent><w:p/></w:sdtContent></w:sdt></w:tc>",
        f"<w:hdr>{NESTED}</w:hdr>",
        "<w:tcs><w:tc/></w:tcs>",
    ],
)
def test_what_is_whole_stays_as_it_is(markup):
    assert with_paragraphs(markup) == markup
