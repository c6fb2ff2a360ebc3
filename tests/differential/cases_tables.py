"""Cases: rows, cells, columns, grids, and tables in tables."""

from __future__ import annotations

from differential.cases import Case
from differential.wordml import change, document, p, r, sdt, tbl, tc, tr

_SPAN2, _SPAN3 = '<w:gridSpan w:val="2"/>', '<w:gridSpan w:val="3"/>'


def _grid(*widths: object) -> str:
    columns = ("<w:gridCol/>" if width is None else f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tblGrid>{''.join(columns)}</w:tblGrid>"


def _bare(grid: str, *rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{grid}{''.join(rows)}</w:tbl>"


CASES = [
    Case(
        "rows in a loop, with a heading and a sum",
        document(
            tbl(
                3,
                tr("Name", "Qty", "Price", look="<w:tblHeader/>"),
                tr("{%tr for i in items %}", "", ""),
                tr(
                    "{{ i.name }}",
                    "{{ i.qty }}",
                    tc(p(r("{{ i.price }}", look="<w:b/>"), look='<w:jc w:val="right"/>')),
                ),
                tr("{%tr endfor %}"),
                tr(tc("Sum", look=_SPAN2), "{{ n }}"),
            ),
            p("after"),
        ),
    ),
    Case(
        "cells whose paragraphs are all left out",
        document(
            tbl(
                2,
                tr(tc(p("{%p if not n %}"), p("one"), p("{%p endif %}")), "x"),
                tr(tc(p("{%p if n %}"), p("one"), p("{%p endif %}")), "x"),
                tr(tc(tbl(1, tr("inner")), p("{%p if not n %}"), p("one"), p("{%p endif %}")), "x"),
            ),
        ),
        differs="docxtpl leaves cells without a paragraph, which ECMA-376 does not allow",
    ),
    Case(
        "rows with conditions",
        document(
            tbl(
                2,
                tr("{%tr for i in items %}"),
                tr("{%tr if i.big %}"),
                tr("{{ i.name }}", "big"),
                tr("{%tr elif i.qty == '1' %}"),
                tr("{{ i.name }}", "one"),
                tr("{%tr else %}"),
                tr("never", "x"),
                tr("{%tr endif %}"),
                tr("{%tr endfor %}"),
            ),
        ),
    ),
    Case(
        "tags of a row loop in the row itself",
        document(tbl(2, tr("{% for i in items %}{{ i.name }}", "{{ i.qty }}{% endfor %}"), tr("end", "x"))),
    ),
    Case(
        "all rows gone",
        document(tbl(2, tr("{%tr for w in nothing %}"), tr("{{ w }}", "x"), tr("{%tr endfor %}")), p("after")),
    ),
    Case(
        "rows gone but for a heading",
        document(tbl(2, tr("a", "b"), tr("{%tr for w in nothing %}"), tr("{{ w }}", "x"), tr("{%tr endfor %}"))),
    ),
    Case(
        "a table that is there or not",
        document(
            p("{%p if no %}"),
            tbl(2, tr("a", "{{ n }}")),
            p("{%p endif %}"),
            p("{%p if yes %}"),
            tbl(2, tr("b", "{{ n }}")),
            p("{%p else %}"),
            tbl(3, tr("c", "d", "e")),
            p("{%p endif %}"),
            p("{%p for g in groups %}"),
            p("{{ g.title }}"),
            tbl(
                3,
                tr("{%tr for row in g.rows %}"),
                tr("{{ row[0] }}", "{{ row[1] }}", "{{ row[2] }}"),
                tr("{%tr endfor %}"),
            ),
            p("{%p endfor %}"),
        ),
    ),
    Case(
        "columns that grow",
        document(
            tbl(
                1,
                tr("{%tr for row in matrix %}"),
                tr("{%tc for x in row %}", "{{ x }}", "{%tc endfor %}"),
                tr("{%tr endfor %}"),
                width=9000,
            )
        ),
    ),
    Case(
        "columns that shrink",
        document(
            tbl(4, tr("{%tc for x in single %}", "{{ x }}", "{%tc endfor %}"), width=2101),
            tbl(3, tr("{%tc for x in nothing %}", "{{ x }}", "{%tc endfor %}")),
        ),
    ),
    Case(
        "columns beside fixed ones",
        document(
            tbl(
                3,
                tr("head", "{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}", "sum"),
                tr("{%tr for i in items %}"),
                tr("{{ i.name }}", "{%tc for c in columns %}", "{{ c }}{{ i.qty }}", "{%tc endfor %}", "x"),
                tr("{%tr endfor %}"),
            ),
        ),
    ),
    Case(
        "cells with conditions",
        document(
            tbl(
                3,
                tr("a", "{%tc if yes %}", "b", "{%tc else %}", "c", tc("d"), "{%tc endif %}"),
                tr("x", "{%tc if no %}", "y", "{%tc endif %}", "z"),
            ),
        ),
    ),
    Case(
        "columns that grow in one row only, and in grids without widths",
        document(
            _bare(_grid(None, None), tr("{%tc for c in single %}", "{{ c }}", "{%tc endfor %}", "x")),
            _bare(_grid(500, 3000), tr("a", "b"), tr("{%tc for c in words %}", "{{ c }}", "{%tc endfor %}")),
        ),
    ),
    Case(
        "a grid with more columns than cells, and with fewer",
        document(
            tbl(5, tr("a", "{{ n }}")),
            tbl(1, tr("a", "{{ n }}", "c")),
            tbl(3, tr("a", tc("wide", look=_SPAN2)), tr("{{ n }}", "b", "c")),
        ),
    ),
    Case(
        "colspan",
        document(
            tbl(
                4,
                tr("{% colspan span %}two{{ n }}", "b", "c"),
                tr("1", "2", "3", "4"),
                tr(tc("{% colspan 3 %}three", look=_SPAN2), "x"),
            )
        ),
    ),
    Case(
        "colspan by the number of columns",
        document(
            tbl(
                1,
                tr(tc(p("{% colspan columns|length %}", r("all of {{ name }}")))),
                tr("{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"),
            ),
        ),
    ),
    Case(
        "cellbg",
        document(
            tbl(
                2,
                tr("{%tr for i in items %}"),
                tr(
                    "{% cellbg i.colour %}{{ i.name }}",
                    tc("{% cellbg colour %}x", look='<w:shd w:val="clear" w:fill="FFFFFF"/>'),
                ),
                tr("{%tr endfor %}"),
                tr(tc(p("{%", r("cellbg 'EEEEEE'"), " %}"), p("{{ n }}")), "plain"),
            ),
        ),
    ),
    Case(
        "vm merges cells downwards",
        document(
            tbl(
                2,
                tr("{%tr for i in items %}"),
                tr("{% vm %}{{ name }}", "{{ i.name }}"),
                tr("{%tr endfor %}"),
                tr("x", "y"),
            )
        ),
    ),
    Case(
        "vm with text before it, beside cells with looks",
        document(
            tbl(
                3,
                tr("{%tr for w in words %}"),
                tr("{{ w }}", tc(p(r("all {% vm %} of them", look="<w:b/>"), look='<w:jc w:val="center"/>')), "x"),
                tr("{%tr endfor %}"),
            )
        ),
    ),
    Case(
        "hm merges cells sideways",
        document(
            tbl(
                3,
                tr("{%tc for c in columns %}", "{% hm %}{{ name }}", "{%tc endfor %}"),
                tr("{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"),
            )
        ),
    ),
    Case(
        "hm in a cell that spans columns already",
        document(
            tbl(
                4,
                tr("{%tc for w in words %}", tc("{% hm %}{{ name }}", look=_SPAN2), "{%tc endfor %}"),
                tr("a", "b", "c", "d"),
            )
        ),
    ),
    Case(
        "colspan, cellbg, vm and rows together",
        document(
            tbl(
                3,
                tr("{%tr for i in items %}"),
                tr("{% vm %}{% cellbg colour %}all", "{% colspan span %}{% cellbg i.colour %}{{ i.name }}"),
                tr("{%tr endfor %}"),
                tr("{% colspan 3 %}end"),
            ),
        ),
    ),
    Case(
        "merged cells that were merged in Word",
        document(
            tbl(
                2,
                tr(tc("up", look='<w:vMerge w:val="restart"/>'), "{{ n }}"),
                tr(tc(p(), look="<w:vMerge/>"), "b"),
                tr("{%tr for w in words %}"),
                tr(tc("{{ w }}", look=_SPAN2)),
                tr("{%tr endfor %}"),
            ),
        ),
    ),
    Case(
        "tables in tables",
        document(
            tbl(
                2,
                tr("{%tr for g in groups %}"),
                tr(
                    "{{ g.title }}",
                    tc(tbl(1, tr("{%tr for m in g.members %}"), tr("{{ m }}"), tr("{%tr endfor %}")), p()),
                ),
                tr("{%tr endfor %}"),
                tr("x", tc(tbl(2, tr("a", "{{ n }}")), p("{{ city }}"))),
            ),
        ),
    ),
    Case(
        "a table in a table, wider than the one around it",
        document(
            tbl(1, tr(tc(tbl(4, tr("1", "2", "3", "{{ n }}")), p()))),
            tbl(3, tr("a", "b", tc(tbl(1, tr("{{ n }}")), p()))),
        ),
    ),
    Case(
        "tables in loops over paragraphs in cells",
        document(
            tbl(
                1,
                tr(
                    tc(
                        p("{%p for g in groups %}"),
                        p("{{ g.title }}"),
                        tbl(
                            3,
                            tr("{%tr for row in g.rows %}"),
                            tr("{%tc for x in row %}", "{{ x }}", "{%tc endfor %}"),
                            tr("{%tr endfor %}"),
                        ),
                        p("{%p endfor %}"),
                        p("end"),
                    )
                ),
            ),
        ),
    ),
    Case(
        "rows with looks, ids and exceptions",
        document(
            tbl(
                2,
                tr("{%tr for w in words %}", attributes=' w:rsidR="00112233"'),
                tr(
                    "{{ w }}",
                    "x",
                    look='<w:cantSplit/><w:trHeight w:val="400"/>',
                    attributes=' w:rsidR="00112244" w14:paraId="1A2B3C4D"',
                ),
                tr("{%tr endfor %}"),
            ),
            tbl(
                2, '<w:tr><w:tblPrEx><w:tblW w:w="0" w:type="auto"/></w:tblPrEx>' + tc("{{ n }}") + tc("b") + "</w:tr>"
            ),
            tbl(
                3,
                '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + tc("{{ n }}") + tc("b") + "</w:tr>",
                tr("1", "2", "3"),
            ),
        ),
    ),
    Case(
        "many rows",
        document(tbl(2, tr("{%tr for k in range(400) %}"), tr("{{ k }}", "{{ name }}"), tr("{%tr endfor %}"))),
    ),
    Case(
        "rows that a paragraph tag repeats from within",
        document(
            tbl(
                2,
                tr(
                    tc(p("{%p for w in words %}"), p("{{ w }}"), p("{%p endfor %}")),
                    tc(p("{%p if no %}"), p("gone"), p("{%p endif %}"), p()),
                ),
            )
        ),
    ),
    Case(
        "alternating rows of different width",
        document(
            tbl(
                3,
                tr("{%tr for i in items %}"),
                tr("{%tr if loop.index is odd %}"),
                tr("1", "2", "{{ i.name }}"),
                tr("{%tr else %}"),
                tr(tc("{{ i.name }}", look='<w:gridSpan w:val="3"/>')),
                tr("{%tr endif %}"),
                tr("{%tr endfor %}"),
            ),
            tbl(3, tr("{%tr if no %}"), tr("1", "2", "3"), tr("{%tr else %}"), tr("only {{ n }}"), tr("{%tr endif %}")),
        ),
    ),
    Case(
        "rows of a span that a tag computes",
        document(
            tbl(
                4,
                tr(tc("{{ n }}", look='<w:gridSpan w:val="{{ span }}"/>'), "b"),
                tr(tc("x", look='<w:gridSpan w:val="{% if yes %}4{% else %}2{% endif %}"/>')),
            )
        ),
    ),
    Case(
        "rows and cells that a macro writes",
        document(
            p("{%p macro line(x) %}"),
            p("{{ x }}!"),
            p("{%p endmacro %}"),
            tbl(2, tr(tc(p("{{p line(name) }}")), "{{ n }}"), tr("{%tr set k = 4 %}"), tr("{{ k }}", "y")),
        ),
    ),
    Case(
        "conditions and loops from one table into another",
        document(
            tbl(2, tr("a{% if no %}", "b")),
            tbl(3, tr("c{% endif %}", "d", "{{ n }}")),
            tbl(2, tr("a{% for w in words %}", "b")),
            tbl(3, tr("c{% endfor %}", "d", "{{ n }}")),
        ),
    ),
    Case(
        "cells and rows in content controls, and cells that were changed",
        document(
            tbl(3, tr("a", sdt(tc("{{ n }}")), "c")),
            tbl(2, sdt(tr("{{ n }}", "b")), tr("c", "d")),
            tbl(2, sdt(tr("{{ n }}"))),
            tbl(3, tr(tc("{{ n }}", look=change("tcPrChange", 1, f"<w:tcPr>{_SPAN3}</w:tcPr>")))),
            tbl(2, tr("a", "{{ n }}")).replace(
                "</w:tblGrid>",
                change("tblGridChange", 2, '<w:tblGrid><w:gridCol w:w="5"/></w:tblGrid>') + "</w:tblGrid>",
            ),
        ),
    ),
    Case(
        "cells and rows that macros, calls and blocks of text write",
        document(
            tbl(
                2,
                tr("{%tc macro more(x) %}", "{{ x }}", "{{ x }}!", "{%tc endmacro %}", "a", "{{ n }}"),
                tr("b", "{{tc more(name) }}"),
                tr("c", "d"),
            ),
            tbl(
                2,
                tr("{%tr set kept %}"),
                tr("x", "{{ n }}", "z"),
                tr("{%tr endset %}"),
                tr("{{tr kept }}"),
                tr("a", "b"),
            ),
            p("{% macro box(t) %}[{{ t }}{{ caller() }}]{% endmacro %}"),
            p("{%p call box(n) %}"),
            p("{{ name }}"),
            p("{%p endcall %}"),
        ),
    ),
]
