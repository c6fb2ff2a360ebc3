"""Cases: how tags lie in runs, and what values may hold."""

from __future__ import annotations

from differential.cases import Case
from differential.wordml import change, document, drawing, p, r, sdt, t, tbl, tc, text_box, tr

_LANG = '<w:lang w:val="en-GB"/>'
_B, _I = "<w:b/>", "<w:i/>"
_SPLIT = p(
    r("{", look=_LANG),
    '<w:proofErr w:type="spellStart"/>',
    r("{ na", look=_B),
    '<w:proofErr w:type="spellEnd"/>',
    '<w:bookmarkStart w:id="1" w:name="_GoBack"/>',
    r("me"),
    '<w:bookmarkEnd w:id="1"/>',
    r(" }", look=_I),
    r("} and "),
    r("{%"),
    r(" if"),
    r(" yes ", look=_B),
    r("%"),
    r("}"),
    r("yes"),
    r("{% endif %"),
    r("}"),
    attributes=' w:rsidR="00AA11BB"',
)

CASES = [
    Case(
        "tags split over runs with other looks, with bookmarks and marks of spelling between", document(_SPLIT, _SPLIT)
    ),
    Case(
        "paragraph tags split over runs",
        document(
            p(r("{"), r("%p", look=_B), r(" for w in"), r(" words %}")), p("{{ w }}"), p(r("{%p end"), r("for %}"))
        ),
    ),
    Case(
        "comments and row tags split over runs",
        document(
            p(r("a{"), r("# no", look=_B), r(" #"), r("}b")),
            tbl(
                2,
                tr(tc(p(r("{%"), r("tr for", look=_I), r(" w in words %}"))), ""),
                tr("{{ w }}", "x"),
                tr("{%tr endfor %}"),
            ),
        ),
    ),
    Case(
        "white space that is to stay, with and without the mark for it",
        document(
            p(r(t("  {{ n }}  ", preserve=False)), r(t(" a ", preserve=False)), r(t("{{ spaces }}", preserve=False))),
            p(r(t("x {% if yes %} y {% endif %} z", preserve=False)), r(t(" {{ empty }} "))),
            p(r(t("no tag here ", preserve=False)), r(t("{{ city }}", preserve=False), t(" tail ", preserve=False))),
        ),
    ),
    Case(
        "line breaks, tabs, paragraphs and pages in values",
        document(
            p("{{ lines }}"),
            p("a {{ tabs }} b"),
            p("{{ paragraphs }}"),
            p("{{ pages }}"),
            p("x{{ mixed }}y"),
            p("{{ newline }}"),
        ),
    ),
    Case(
        "layout characters in looks of paragraphs and runs",
        document(
            p(
                r("bold {{ mixed }} end", look=_B),
                r(" after", look=_I),
                look='<w:pStyle w:val="Quote"/><w:jc w:val="center"/>',
                attributes=' w:rsidR="00AA11BB"',
            ),
            p(r("{{ lines }}", look='<w:rStyle w:val="Strong"/>'), r("{{ tabs }}"), look="<w:keepNext/>"),
            p(r(t("{{ paragraphs }}"), t(" second text {{ pages }}"))),
        ),
    ),
    Case(
        "layout characters in loops, in cells and in runs that a tag made",
        document(
            p("{%p for w in texts %}"),
            p("{{ loop.index }}: {{ w }}"),
            p("{%p endfor %}"),
            tbl(2, tr("{%tr for w in texts %}"), tr("{{ w }}", tc(p(r("{{ w }}", look=_B)))), tr("{%tr endfor %}")),
            p("{% for w in texts %}{{ w }}{% endfor %}"),
        ),
        {"texts": ["plain", "two\nlines", "tab\there", "para\aand\fpage", ""]},
    ),
    Case(
        "layout characters that the template itself holds",
        document(p(r(t("written\ttab and\nline"))), p("{{ 'a\\nb' }} {{ \"t\\tx\" }}"), p(r(t("{{ n }}\n{{ city }}")))),
    ),
    Case(
        "layout characters in attributes",
        document(p(drawing(1, alt="{{ lines }}"))),
    ),
    Case(
        "right-to-left text",
        document(p(r("{{ hebrew }} {{ arabic }}", look="<w:rtl/>"), look="<w:bidi/>"), p("{{ hebrew }}")),
    ),
    Case(
        "text beyond the basic plane",
        document(p("{{ emoji }} and 😀 in the template {{ emoji | length }}"), p("𝔘 {{ city }}")),
    ),
    Case(
        "control characters go, white space of other kinds stays",
        document(p("[{{ control }}]"), p("{{ odd }}")),
        {"odd": "nbsp\u00a0thin\u2009zero\u200bline\u2028para\u2029next\u0085bom\ufeff"},
    ),
    Case(
        "values like markup",
        document(p("{{ markup }}"), p("{{ braces }}"), p("{{ quoted }} {{ url }}"), p("{{ markup | upper }}")),
    ),
    Case(
        "carriage returns and other ends of lines",
        document(p("{{ windows }}|{{ mac }}")),
        {"windows": "a\r\nb", "mac": "a\rb"},
    ),
    Case(
        "numbers, truths and lists that are printed",
        document(p("{{ n }} {{ zero }} {{ 12345678901234567890 }} {{ n / 2 }} {{ yes }} {{ nothing | length }}")),
        differs="docgen writes numbers and truths in the language of the record",
    ),
    Case(
        "breaks, symbols and hyphens beside tags",
        document(
            p(
                r(
                    t("{{ n }}"),
                    "<w:tab/>",
                    t("{{ city }}"),
                    "<w:br/>",
                    t("{{ name }}"),
                    '<w:br w:type="page"/>',
                    t("end"),
                )
            ),
            p(
                r(t("{{ n }}"), "<w:noBreakHyphen/>", t("{{ n }}"), "<w:softHyphen/>", t("x")),
                r('<w:sym w:font="Wingdings" w:char="F0FE"/>'),
            ),
            p(r("<w:cr/>", t("{{ n }}"), "<w:lastRenderedPageBreak/>"), r("<w:t/>", "<w:t></w:t>", t("{{ city }}"))),
        ),
    ),
    Case(
        "hyperlinks and fields around tags",
        document(
            p(
                '<w:hyperlink r:id="link1">'
                + r("{{ name }}")
                + '</w:hyperlink> <w:hyperlink w:anchor="x">'
                + r("{{ n }}")
                + "</w:hyperlink>"
            ),
            p('<w:fldSimple w:instr=" AUTHOR ">' + r("{{ city }}") + "</w:fldSimple>"),
            p(
                r('<w:fldChar w:fldCharType="begin"/>'),
                r('<w:instrText xml:space="preserve"> HYPERLINK "{{ url }}" </w:instrText>'),
                r('<w:fldChar w:fldCharType="separate"/>'),
                r("{{ name }}"),
                r('<w:fldChar w:fldCharType="end"/>'),
            ),
            links={"link1": "https://example.com/?a=1&b=2"},
        ),
    ),
    Case(
        "tags in attributes",
        document(
            p("{%p for i in items %}"),
            p(drawing("{{ loop.index + 40 }}", name="{{ i.name }}", alt="A picture of {{ i.name }} {{ quoted }}")),
            p(
                '<w:bookmarkStart w:id="{{ loop.index }}" w:name="b{{ loop.index }}"/>',
                r("x"),
                '<w:bookmarkEnd w:id="{{ loop.index }}"/>',
            ),
            p("{%p endfor %}"),
            p(
                r("coloured", look='<w:color w:val="{{ colour }}"/>'),
                look='<w:pStyle w:val="{% if yes %}Quote{% endif %}"/>',
            ),
        ),
    ),
    Case(
        "drawings in loops and text boxes",
        document(
            p("{%p for i in items %}"),
            p(drawing(5, alt="one"), "{{ i.name }}"),
            p(text_box(p("{{ i.name }} {{ i.qty }}"))),
            p("{%p endfor %}"),
            p(drawing(5)),
            tbl(1, tr("{%tr for w in words %}"), tr(tc(p(drawing(9)))), tr("{%tr endfor %}")),
        ),
    ),
    Case(
        "text boxes with paragraphs, tables and layout characters",
        document(
            p(text_box(p("{%p for w in words %}"), p("{{ w }}"), p("{%p endfor %}"))),
            p(
                text_box(
                    tbl(2, tr("{%tr for i in items %}"), tr("{{ i.name }}", "{{ i.qty }}"), tr("{%tr endfor %}")), p()
                )
            ),
            p("around ", text_box(p("{{ lines }}"), p("{{ tabs }}")), " it"),
        ),
    ),
    Case(
        "content controls around text, runs, paragraphs and cells",
        document(
            p(
                "a ",
                sdt(r("{{ city }}"), '<w:alias w:val="{{ name }}"/>'),
                " b",
            ),
            sdt(p("{%p for w in words %}") + p("{{ w }}") + p("{%p endfor %}"), '<w:id w:val="5"/>'),
            tbl(2, tr(sdt(tc("{{ n }}")), "{{ city }}")),
            tbl(1, sdt(tr("{{ n }}")), tr("x")),
        ),
    ),
    Case(
        "tracked changes",
        document(
            p(
                "old ",
                change("ins", 1, r("{{ name }}")),
                change("del", 2, r("<w:delText>{{ city }}</w:delText>")),
            ),
            p(
                r(
                    "{{ n }}",
                    look=_B + change("rPrChange", 3, f"<w:rPr>{_I}</w:rPr>"),
                )
            ),
            p(
                "{{ lines }}",
                look='<w:jc w:val="right"/>' + change("pPrChange", 4, "<w:pPr/>"),
            ),
        ),
    ),
    Case(
        "formulas, smart tags and ruby",
        document(
            p("<m:oMath><m:r><m:t>x={{ n }}</m:t></m:r></m:oMath>"),
            p(f'<w:smartTag w:uri="urn:x" w:element="place">{r("{{ city }}")}</w:smartTag>'),
            p(r(f"<w:ruby><w:rt>{r('{{ n }}')}</w:rt><w:rubyBase>{r('{{ city }}')}</w:rubyBase></w:ruby>")),
        ),
    ),
    Case(
        "empty paragraphs and elements",
        document("<w:p/>", '<w:p w:rsidR="1"/>', p("{{ n }}"), "<w:p></w:p>", p(r("<w:t/>")), p("{{ empty }}")),
    ),
    Case(
        "lists and styles in loops",
        document(
            p("{%p for w in words %}"),
            p("{{ w }}", look='<w:pStyle w:val="Quote"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'),
            p("{%p endfor %}"),
        ),
    ),
    Case(
        "paragraphs and pages in values where they cannot begin",
        document(
            p('<w:hyperlink w:anchor="x">' + r("{{ paragraphs }}") + "</w:hyperlink>", " {{ pages }}"),
            p(drawing(1, alt="{{ paragraphs }} {{ pages }}")),
            p(r("<w:instrText>{{ pages }}</w:instrText>")),
        ),
        differs="docxtpl writes markup that is not well-formed, and lets the parser guess",
    ),
]
