"""Templates that LibreOffice saves, from Word and OpenDocument texts of our own.

The files under `saved/` were made by `convert`; `pytest tests/differential --regenerate` makes them anew.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from differential.wordml import change, document, drawing, note, p, r, sdt, sect, tbl, tc, text_box, tr

from docgen.render.office import find_office

SAVED = Path(__file__).parent / "saved"

_FLAT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>Letter to {{ name }}</dc:title></office:meta>
<office:automatic-styles>
<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="I" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>
<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"/>
<style:header-style/><style:footer-style/></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm">
<style:header><text:p>{{ name }}, {{ city }}</text:p></style:header>
<style:footer><text:p>{% if yes %}page <text:page-number/>{% endif %}</text:p></style:footer>
</style:master-page></office:master-styles>
<office:body><office:text>BODY</office:text></office:body></office:document>
"""


def _flat(body: str) -> bytes:
    return _FLAT.replace("BODY", body).encode()


def _odf_row(*cells: str) -> str:
    inner = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f"<table:table-row>{inner}</table:table-row>"


_LETTER = (
    "<text:h text:outline-level='1'>Dear {{ name }}</text:h>"
    "<text:p>your <text:span text:style-name='B'>{{ ci</text:span><text:span text:style-name='I'>ty }}</text:span> and"
    " {% if n &gt; 2 %}<text:span text:style-name='B'>more</text:span>{% endif %}.</text:p>"
    "<text:p>{%p for w in words %}</text:p>"
    "<text:list><text:list-item><text:p>{{ w }}</text:p></text:list-item></text:list>"
    "<text:p>{%p endfor %}</text:p><text:p>{{ mixed }}<text:note text:note-class='footnote' text:id='n1'>"
    "<text:note-citation>1</text:note-citation><text:note-body><text:p>see {{ person.first }}</text:p></text:note-body>"
    "</text:note> and <text:a xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='https://example.com/'>{{ name }}"
    "</text:a></text:p>"
)
_TABLE = (
    "<table:table table:name='T'><table:table-column table:number-columns-repeated='3'/>"
    f"<table:table-header-rows>{_odf_row('Name', 'Qty', 'Price')}</table:table-header-rows>"
    f"{_odf_row('{%tr for i in items %}', '', '')}{_odf_row('{{ i.name }}', '{{ i.qty }}', '{{ i.price }}')}"
    f"{_odf_row('{%tr endfor %}', '', '')}</table:table><text:p>{{{{ lines }}}}</text:p>"
)

#: Name of the file that is saved -> ending and content of the file it is made of.
SOURCES: Mapping[str, tuple[str, bytes]] = {
    "letter-from-odf": (".fodt", _flat(_LETTER)),
    "table-from-odf": (".fodt", _flat(_TABLE)),
    "paragraphs": (
        ".docx",
        document(
            p("{{ name }}", look='<w:pStyle w:val="Quote"/>'),
            p(r("{{ na", look="<w:b/>"), r("me }}"), " {% if yes %}", r("x", look="<w:i/>"), "{% endif %}"),
            p("{%p for w in words %}"),
            p("{{ w }} {{ loop.index }}"),
            p("{%p endfor %}"),
            p("“{{ words | join(“, ”) }}”"),
            p("{{ mixed }}"),
            headers={"default": p("{{ name }}"), "first": p("{{ city }}"), "even": p("even {{ n }}")},
            footers={"default": p("{{ lines }}")},
            properties={"title": "For {{ name }}"},
        ),
    ),
    "tables": (
        ".docx",
        document(
            tbl(
                3,
                tr("A", "B", "C"),
                tr("{%tr for i in items %}", "", ""),
                tr("{{ i.name }}", "{% cellbg i.colour %}{{ i.qty }}", "{{ i.price }}"),
                tr("{%tr endfor %}", "", ""),
            ),
            p("between"),
            tbl(3, tr("{% colspan span %}two", "x", ""), tr("1", "2", "3")),
            p("between"),
            tbl(
                2,
                tr(
                    "x", tc(tbl(2, tr("{%tr for w in words %}", ""), tr("{{ w }}", "y"), tr("{%tr endfor %}", "")), p())
                ),
                tr("a", "b"),
            ),
            p(),
        ),
    ),
    "columns": (
        ".docx",
        document(
            tbl(
                3,
                tr("{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"),
                tr("{%tc for c in columns %}", "{{ c }}{{ n }}", "{%tc endfor %}"),
            ),
            p("end"),
        ),
    ),
    "notes-and-comments": (
        ".docx",
        document(
            p(
                "text",
                r('<w:footnoteReference w:id="1"/>'),
                " and",
                r('<w:endnoteReference w:id="1"/>'),
                '<w:commentRangeStart w:id="0"/>',
                r("{{ n }}"),
                '<w:commentRangeEnd w:id="0"/>',
                r('<w:commentReference w:id="0"/>'),
            ),
            footnotes=[note(1, p("foot {{ name }}"))],
            endnotes=[note(1, p("end {{ city }}"), kind="endnote")],
            comments=[note(0, p("ask {{ name }}"), kind="comment")],
        ),
    ),
    "pictures-and-boxes": (
        ".docx",
        document(
            p("{%p for w in words %}"),
            p(drawing(2, alt="of {{ w }}"), "{{ w }}"),
            p("{%p endfor %}"),
            p(text_box(p("{{ name }}"), p("{{ city }}")), "x"),
            headers={"default": p(drawing(1), "{{ n }}")},
        ),
    ),
    "sections-and-changes": (
        ".docx",
        document(
            p("first {{ name }}", look=sect({"default": "header-one"})),
            p(
                "second ",
                change("ins", 1, r("{{ city }}")),
                change("del", 2, r("<w:delText>gone</w:delText>")),
            ),
            sdt(p("{{ n }} in a control"), '<w:id w:val="5"/>'),
            headers={"default": p("last {{ name }}"), "one": p("first {{ n }}")},
        ),
    ),
}


def convert(folder: Path) -> Mapping[str, bytes]:
    """Let LibreOffice save every source as a Word document.

    Args:
        folder: to work in.
    """
    (folder / "out").mkdir(parents=True)
    office = find_office()
    assert office is not None
    files = [folder / f"{name}{ending}" for name, (ending, _) in SOURCES.items()]
    for file, (_, content) in zip(files, SOURCES.values(), strict=True):
        file.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out")]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return {name: (folder / "out" / f"{name}.docx").read_bytes() for name in SOURCES}
