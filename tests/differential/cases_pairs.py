"""Every tag and prefix, alone and in everything that may surround it, in every part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from differential.wordml import document, drawing, note, p, r, t, tbl, tc, text_box, tr

_END_ROW, _END_CELL = tr("{%tr endfor %}"), "{%tc endfor %}"

#: A tag -> markup that holds it and may stand wherever paragraphs do.
TAGS: Mapping[str, str] = {
    "print": p("{{ name }} {{ person.first }}"),
    "print in a run": p("a ", r("{{r bare }}"), " b"),
    "if": p("{% if yes %}a{% elif no %}b{% else %}c{% endif %}"),
    "for": p("{% for x in words %}{{ x }} {% else %}none{% endfor %}"),
    "set": p("{% set k = n %}{{ k }}"),
    "set around text": p("{% set k %}[{{ n }}]{% endset %}{{ k }}"),
    "with": p("{% with k = n %}{{ k }}{% endwith %}"),
    "macro": p("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(name) }}"),
    "filter": p("{% filter upper %}{{ person.first }}{% endfilter %}"),
    "comment": p("a{# {{ name }} #}b"),
    "p for": p("{%p for x in words %}") + p("{{ x }}") + p("{%p endfor %}"),
    "p if": p("{%p if no %}") + p("a") + p("{%p elif yes %}") + p("b") + p("{%p else %}") + p("c") + p("{%p endif %}"),
    "p set": p("{%p set k = n %}") + p("{{ k }}"),
    "p print": p("{{p bare }}"),
    "p comment": p("{#p gone #}"),
    "tr for": tbl(2, tr("{%tr for x in words %}"), tr("{{ x }}", "y"), _END_ROW),
    "tr if": tbl(2, tr("{%tr if no %}"), tr("a", "b"), tr("{%tr else %}"), tr("{{ n }}", "d"), tr("{%tr endif %}")),
    "tr comment": tbl(2, tr("{#tr gone #}", ""), tr("a", "{{ n }}")),
    "tc for": tbl(1, tr("{%tc for x in columns %}", "{{ x }}", _END_CELL)),
    "tc if": tbl(2, tr("{%tc if no %}", "a", "{%tc else %}", "b", "{%tc endif %}", "{{ n }}")),
    "tc comment": tbl(2, tr("{#tc gone #}", "{{ n }}", "b")),
    "r for": p("a", r("{%r for x in words %}"), r("{{ x }}", look="<w:b/>"), r("{%r endfor %}"), "b"),
    "r if": p("a", r("{%r if yes %}"), r("b", look="<w:b/>"), r("{%r endif %}"), "c"),
    "colspan": tbl(3, tr("{% colspan span %}a", "b"), tr("1", "2", "3")),
    "cellbg": tbl(1, tr("{% cellbg colour %}a")),
    "vm": tbl(2, tr("{%tr for x in words %}"), tr("{% vm %}a", "{{ x }}"), _END_ROW),
    "hm": tbl(3, tr("{%tc for x in words %}", "{% hm %}a", _END_CELL)),
    "merging": p("a") + p("{%- if yes -%}") + p("b") + p("{%- endif -%}") + p("c"),
    "curly quotes": p("{{ words | join(“-”) }}"),
    "split": p(r("{", look="<w:b/>"), '<w:proofErr w:type="spellStart"/>', r("{ na"), r("me }"), r("}")),
    "literal": p("{_{ x }_} {_% y %_}"),
    "raw": p("{% raw %}{{ x }}{% endraw %}"),
    "layout": p("{{ mixed }} {{ lines }}") + p(r(t("{{ tabs }}", preserve=False), look="<w:i/>"), look="<w:keepNext/>"),
    "drawing": p(drawing(3, alt="{{ name }}")),
}


def _block(opening: str, closing: str) -> Callable[[str], str]:
    return lambda inner: p(opening) + inner + p(closing)


#: What may surround markup.
AROUND: Mapping[str, Callable[[str], str]] = {
    "p for": _block("{%p for w in words %}", "{%p endfor %}"),
    "p for of nothing": _block("{%p for w in nothing %}", "{%p endfor %}"),
    "p if": _block("{%p if yes %}", "{%p endif %}"),
    "p with": _block("{%p with z = n %}", "{%p endwith %}"),
    "if over paragraphs": _block("{% if yes %}a", "b{% endif %}"),
    "for over paragraphs": _block("{% for w in words %}a", "b{% endfor %}"),
    "tr for": lambda inner: tbl(1, tr("{%tr for w in words %}"), tr(tc(inner, p())), _END_ROW),
    "tr if": lambda inner: tbl(2, tr("{%tr if yes %}"), tr("a", tc(inner, p())), tr("{%tr endif %}")),
    "tc for": lambda inner: tbl(2, tr("{%tc for w in words %}", tc(inner, p()), _END_CELL)),
    "a cell": lambda inner: tbl(2, tr("a", tc(inner, p(), look='<w:gridSpan w:val="2"/>'))),
    "a text box": lambda inner: p(text_box(inner, p())),
    "a content control": lambda inner: f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>",
}


def in_every_part(markup: str) -> bytes:
    """Return a document with the same markup in each part that may hold fields."""
    return document(
        markup,
        p("end", r('<w:footnoteReference w:id="1"/>')),
        headers={"default": markup + p(), "first": markup + p()},
        footers={"default": markup + p()},
        footnotes=[note(1, markup, p())],
        endnotes=[note(1, markup, p(), kind="endnote")],
        comments=[note(0, markup, p(), kind="comment")],
    )


def surrounded(markup: str) -> bytes:
    """Return a document with the markup in everything that may surround it."""
    return document(*(p(name) + wrap(markup) for name, wrap in AROUND.items()), p("end"))


def beside_all(markup: str) -> bytes:
    """Return a document with the markup before and after all others."""
    return document(*(markup + other for other in TAGS.values()), markup, p("end"))
