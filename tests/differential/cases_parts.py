"""Cases: headers, footers, notes, comments, properties, sections, and packages with odd ways."""

from __future__ import annotations

from differential.cases import Case
from differential.wordml import DECLARED, document, drawing, note, p, r, root, sect, tbl, text_box, tr

_TABLE = tbl(2, tr("{%tr for w in words %}"), tr("{{ w }}", "{{ loop.index }}"), tr("{%tr endfor %}"))
_REFERENCE = r('<w:footnoteReference w:id="1"/>')
_NOTES_ONCE = "docxtpl merges notes once for each section, so what values hold is merged again"

CASES = [
    Case(
        "headers and footers, first, even and other",
        document(
            p("{{ name }}"),
            headers={
                "default": p("{{ name }}\tpage"),
                "first": p("First {{ city }}"),
                "even": p("{% if yes %}even{% endif %}"),
            },
            footers={
                "default": p("{{ n }}"),
                "first": p("{%p for w in words %}") + p("{{ w }}") + p("{%p endfor %}"),
                "even": _TABLE,
            },
        ),
    ),
    Case(
        "headers with pictures, text boxes, tables and layout characters",
        document(
            p("body"),
            headers={"default": p(drawing(3, alt="{{ name }}")) + p(text_box(p("{{ city }}"))) + _TABLE},
            footers={"default": p("{{ lines }}") + p("{{ mixed }}", look='<w:pStyle w:val="Quote"/>') + p(drawing(3))},
        ),
    ),
    Case(
        "columns that grow in a header keep their grid",
        document(
            p("{{ n }}"), headers={"default": tbl(2, tr("{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}")) + p()}
        ),
    ),
    Case(
        "footnotes",
        document(
            p("text", _REFERENCE, " {{ n }}"),
            footnotes=[note(1, p("note for {{ name }}: ", r("{{ city }}", look="<w:i/>")))],
        ),
    ),
    Case(
        "footnotes with loops, tables and layout characters",
        document(
            p("text", _REFERENCE),
            footnotes=[note(1, p("{%p for w in words %}"), p("{{ w }}"), p("{%p endfor %}"), _TABLE, p("{{ lines }}"))],
        ),
    ),
    Case(
        "footnotes over several sections are merged once",
        document(p("one", _REFERENCE, look=sect()), p("two"), footnotes=[note(1, p("{{ braces }} {{ name }}"))]),
        differs=_NOTES_ONCE,
    ),
    Case(
        "endnotes",
        document(
            p("text", r('<w:endnoteReference w:id="1"/>')),
            endnotes=[note(1, p("note for {{ name }} {{ tabs }}"), kind="endnote")],
        ),
    ),
    Case(
        "comments",
        document(
            p(
                '<w:commentRangeStart w:id="0"/>',
                r("{{ n }}"),
                '<w:commentRangeEnd w:id="0"/>',
                r('<w:commentReference w:id="0"/>'),
            ),
            comments=[note(0, p("Ask {{ name }}{% if yes %} at once{% endif %}"), kind="comment")],
        ),
    ),
    Case(
        "properties",
        document(
            p("{{ n }}"),
            properties={
                "title": "Letter to {{ name }}",
                "subject": "{{ city }}",
                "creator": "A. Writer",
                "description": "{% if yes %}x{% endif %}",
                "language": "en",
            },
        ),
    ),
    Case(
        "several sections with headers of their own",
        document(
            p("first {{ n }}", look=sect({"default": "header-one"}, more='<w:type w:val="nextPage"/>')),
            p("second {{ city }}"),
            headers={"default": p("last {{ name }}"), "one": p("first {{ name }}")},
        ),
    ),
    Case(
        "sections in a loop",
        document(
            p("{%p for w in words %}"),
            p("{{ w }}"),
            p(look=sect({"default": "header-one"})),
            p("{%p endfor %}"),
            p("end"),
            headers={"default": p("h"), "one": p("{{ name }}")},
        ),
    ),
    Case(
        "a header that two sections share",
        document(p("{{ n }}", look=sect({"default": "header-default"})), p("x"), headers={"default": p("{{ name }}")}),
    ),
    Case("a header that no section shows", document(p("{{ n }}"), headers={"orphan": p("{{ name }}")})),
    Case("a body without a section", document(p("{{ n }}"), section=False)),
    Case(
        "markup laid out over lines",
        document(
            whole='<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
            f"<w:document {DECLARED}>\n  <w:body>\n    <w:p>\n      <w:r>\n"
            "        <w:t>{{ name }}</w:t>\n      </w:r>\n"
            f"    </w:p>\n    {sect()}\n  </w:body>\n</w:document>\n"
        ),
    ),
    Case(
        "a background, and a body with attributes and comments",
        document(
            whole=root(
                "document",
                '<w:background w:color="FFEEDD"/><w:body w14:x="1"><!-- {{ n }} -->'
                f"{p('{{ name }}')}{sect()}</w:body>",
            )
        ),
    ),
    Case(
        "another encoding and an order mark",
        document(whole="\ufeff" + root("document", f"<w:body>{p('{{ city }} ü')}{sect()}</w:body>")),
    ),
    Case(
        "names of the namespace declared deeper",
        document(p("{{ n }}"), f'<w:p xmlns:x="urn:x"><x:y x:z="{{{{ city }}}}"/>{r("{{ name }}")}</w:p>'),
    ),
    Case(
        "links of the package to outside",
        document(
            p(f'<w:hyperlink r:id="link1">{r("{{ name }}")}</w:hyperlink>'),
            links={"link1": "https://example.com/?a=1&b=2"},
        ),
    ),
    Case(
        "several pictures, some in a condition",
        document(p("{%p if no %}"), p(drawing(1)), p("{%p endif %}"), p(drawing(1, relation="image2")), images=2),
    ),
    Case(
        "a long letter",
        document(*(p(f"Paragraph {k} for {{{{ name }}}} in {{{{ city }}}}, {{{{ n }}}}.") for k in range(300))),
    ),
    Case("no field at all", document(p("nothing to fill in"), tbl(2, tr("a", "b")), headers={"default": p("header")})),
    Case(
        "document parts that all hold the same tags",
        document(
            p("{{ name }}"),
            _TABLE,
            headers={"default": _TABLE + p("{{ name }}")},
            footers={"default": p("{{ name }}")},
            footnotes=[note(1, _TABLE, p("{{ name }}"))],
            endnotes=[note(1, _TABLE, p("{{ name }}"), kind="endnote")],
            comments=[note(0, _TABLE, p("{{ name }}"), kind="comment")],
            properties={"title": "{{ name }}"},
        ),
    ),
    Case(
        "properties of values that XML cannot hold",
        document(
            p("{{ n }}"), properties={"title": "{{ control }} {{ markup }}", "description": "{{ emoji }} {{ mixed }}"}
        ),
        differs="docxtpl refuses such values",
    ),
]
