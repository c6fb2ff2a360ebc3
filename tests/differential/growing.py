"""Templates made at random: text, tables, content controls, and tags that Jinja can read but that may break markup."""

from __future__ import annotations

from dataclasses import dataclass, field

from differential.wordml import DECLARED, p, r, sect, t, tbl, tc, tr
from hypothesis import strategies as st

_PREFIXES = ("", "p ", "tr ", "tc ", "r ")
_LOOPS = ("for x in some", "for x in few", "for x in none_at_all")
_CONDITIONS = ("if yes", "if no", "if some")
_PRINTS = ("{{ name }}", "{{ odd }}", "{{ lines }}", "{{ some[0] }}", "{{r name }}", "{% set k = 1 %}", "{# note #}")
_CELL_TAGS = ("", "", "", "{% colspan span %}", "{% cellbg colour %}", "{% vm %}", "{% hm %}")
_SPAN3 = '<w:gridSpan w:val="3"/>'
_CELL_LOOKS = (
    "",
    "",
    '<w:gridSpan w:val="2"/>',
    "<w:vMerge/>",
    '<w:shd w:val="clear" w:fill="FFFFFF"/>',
    f'<w:tcPrChange w:id="1" w:author="a"><w:tcPr>{_SPAN3}</w:tcPr></w:tcPrChange>',
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: What grown templates are filled in with.
contexts = st.fixed_dictionaries(
    {
        "name": texts,
        "odd": st.sampled_from(
            ["<w:p>", "&amp;", "]]>", "\"'", "\x01\x0b", "\u202e", "😀", "{{ x }}", "a\ab", "a\fb", "\r\n"]
        ),
        "lines": st.text(st.sampled_from("ab\n\t<&"), max_size=6),
        "some": st.lists(texts, min_size=1, max_size=4),
        "few": st.lists(texts, max_size=2),
        "none_at_all": st.just([]),
        "yes": st.booleans(),
        "no": st.booleans(),
        "span": st.integers(1, 3),
        "colour": st.sampled_from(["FF0000", "auto"]),
    }
)


@dataclass
class _Tags:
    """Draws a tag or none for each text of a template, in order, so that every block is closed."""

    draw: st.DrawFn
    careful: bool
    open: list[tuple[str, str]] = field(default_factory=list)

    def text(self, prefixes: tuple[str, ...] = _PREFIXES) -> str:
        """Return the next text."""
        kind = self.draw(st.sampled_from(["plain", "print", "print", "open", "close", "else"]))
        if kind == "open" and len(self.open) < 3:
            word = self.draw(st.sampled_from([*_LOOPS, *_CONDITIONS]))
            self.open.append((word, self.draw(st.sampled_from(prefixes))))
            return f"{{%{self.open[-1][1] or ' '}{word} %}}"
        if kind == "close" and self.open:
            word, prefix = self.open.pop()
            prefix = prefix if self.careful else self.draw(st.sampled_from([prefix, prefix, *prefixes]))
            return f"{{%{prefix or ' '}end{word.split()[0]} %}}"
        if kind == "else" and self.open:
            return f"{{%{self.open[-1][1] or ' '}else %}}"
        return (
            self.draw(st.sampled_from(_PRINTS)) if kind == "print" else self.draw(st.sampled_from(["text", "", " x "]))
        )

    def rest(self) -> str:
        """Return the ends of what is open, each in a paragraph."""
        ends = [f"{{%{prefix or ' '}end{word.split()[0]} %}}" for word, prefix in reversed(self.open)]
        self.open.clear()
        return "".join(p(end) for end in ends)


@st.composite
def bodies(draw: st.DrawFn, careful: bool = False) -> str:
    """Return the inside of a body.

    Args:
        draw: hypothesis's.
        careful: blocks end with the prefix that they begin with, and do so in the container they begin in.
    """
    tags = _Tags(draw, careful)
    blocks = "".join(_block(tags, 0) for _ in range(draw(st.integers(1, 5))))
    return blocks + tags.rest()


def _block(tags: _Tags, depth: int) -> str:
    kind = tags.draw(st.sampled_from(["p", "p", "p", "tbl", "tbl", "sdt"]))
    if kind == "tbl" and depth < 2:
        return _table(tags, depth)
    if kind == "sdt":
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{_inside(tags, depth)}</w:sdtContent></w:sdt>"
    return _paragraph(tags)


def _inside(tags: _Tags, depth: int) -> str:
    """Return paragraphs in which as many blocks end as begin, where the tags are careful."""
    outer, tags.open = (tags.open, []) if tags.careful else (tags.open, tags.open)
    made = "".join(_paragraph(tags) for _ in range(tags.draw(st.integers(1, 2))))
    if tags.careful:
        made += tags.rest()
        tags.open = outer
    return made


def _paragraph(tags: _Tags) -> str:
    prefixes = ("", "p ", "r ") if tags.careful else _PREFIXES
    if tags.careful:
        return p(tags.text(("p ",)))
    runs = [r(t(tags.text(prefixes))) for _ in range(tags.draw(st.integers(1, 3)))]
    return p(*runs, look=tags.draw(st.sampled_from(["", "<w:keepNext/>"])))


def _table(tags: _Tags, depth: int) -> str:
    columns = tags.draw(st.integers(1, 4))
    outer, tags.open = (tags.open, []) if tags.careful else (tags.open, tags.open)
    rows = "".join(_row(tags, columns, depth) for _ in range(tags.draw(st.integers(1, 4))))
    if tags.careful:
        rows += "".join(tr(f"{{%tr end{word.split()[0]} %}}") for word, _ in reversed(tags.open))
        tags.open = outer
    change = tags.draw(
        st.sampled_from(
            ["", "", '<w:tblGridChange w:id="1"><w:tblGrid><w:gridCol w:w="9"/></w:tblGrid></w:tblGridChange>']
        )
    )
    made = tbl(columns, rows)
    return made.replace("</w:tblGrid>", f"{change}</w:tblGrid>", 1)


def _row(tags: _Tags, columns: int, depth: int) -> str:
    if tags.draw(st.integers(0, 2)) == 0:
        return tr(tc(p(tags.text(("tr ",)))))
    cells = [_cell(tags, depth) for _ in range(tags.draw(st.integers(max(1, columns - 1), columns + 1)))]
    if tags.draw(st.integers(0, 7)) == 0:
        cells[-1] = f"<w:sdt><w:sdtPr/><w:sdtContent>{cells[-1]}</w:sdtContent></w:sdt>"
    return tr(*cells)


def _cell(tags: _Tags, depth: int) -> str:
    look = tags.draw(st.sampled_from(_CELL_LOOKS))
    first = tags.draw(st.sampled_from(_CELL_TAGS))
    if tags.careful:
        return tc(p(first + tags.draw(st.sampled_from(["{{ name }}", "{{ lines }}", "x"]))), look=look)
    inside = [p(first + tags.text())]
    if depth == 0 and tags.draw(st.integers(0, 5)) == 0:
        inside.append(_block(tags, depth + 1))
    return tc(*inside, p(), look=look) if len(inside) > 1 else tc(*inside, look=look)


def body_of(inside: str) -> str:
    """Return a body as docgen compiles it."""
    return f"<w:body {DECLARED}>{inside}{sect()}</w:body>"
