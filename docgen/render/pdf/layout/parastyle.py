"""Floor 2, edges: the styles of paragraphs and spans: what `<paraStyle>`, `<spanStyle>`, attributes of `<para>` say.

Attributes mean what they mean to z3c.rml, and defaults are ReportLab's, its sample style sheet included. A style is
made once for what it says: styles of one content are one object, so that they serve as keys. Knows no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

from lxml import etree

from docgen.errors import did_you_mean
from docgen.render.pdf.layout.attributes import BLACK, Colour, colour, length, number, switch, whole
from docgen.render.pdf.layout.styles import Styles

#: Top, right, bottom, left.
Sides = tuple[float, float, float, float]
_NO_SIDES: Sides = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class ParaStyle:
    """How a paragraph looks. Compared by identity: equal ones are the same object.

    Attributes:
        underline_width: of lines under and through text: a length, or a factor of the font's size such as `0.1*F`;
            "" for a line of one point. Offsets and gaps likewise.
        alignment: left, right, center, justify; "" is where the text begins.
        heading: the level of headings, 0 for other paragraphs.
        language: tag of the text, "" for the document's.
    """

    name: str = "Normal"
    font_name: str = "Helvetica"
    font_size: float = 10.0
    leading: float = 12.0
    auto_leading: str = ""
    left_indent: float = 0.0
    right_indent: float = 0.0
    first_line_indent: float = 0.0
    alignment: str = ""
    space_before: float = 0.0
    space_after: float = 0.0
    bullet_font_name: str = "Helvetica"
    bullet_font_size: float = 10.0
    bullet_indent: float = 0.0
    bullet_color: Colour | None = None
    bullet_anchor: str = "start"
    text_color: Colour = BLACK
    back_color: Colour | None = None
    word_wrap: str = ""
    border_width: float = 0.0
    border_padding: Sides = _NO_SIDES
    border_color: Colour | None = None
    border_radius: float = 0.0
    allow_widows: bool = True
    allow_orphans: bool = False
    text_transform: str = ""
    end_dots: str = ""
    split_long_words: bool = True
    justify_last_line: int = 0
    justify_breaks: bool = False
    space_shrinkage: float = 0.05
    underline: bool = False
    underline_color: Colour | None = None
    underline_width: str = ""
    underline_offset: str = "-0.125*F"
    underline_gap: str = "1"
    underline_kind: str = "single"
    strike: bool = False
    strike_color: Colour | None = None
    strike_width: str = ""
    strike_offset: str = "0.25*F"
    strike_gap: str = "1"
    strike_kind: str = "single"
    link_underline: bool = False
    keep_with_next: bool = False
    page_break_before: bool = False
    frame_break_before: bool = False
    hyphenation: bool = False
    kerning: bool = False
    heading: int = 0
    language: str = ""


@dataclass(frozen=True, eq=False)
class SpanStyle:
    """What a `<span style="...">` changes, by the names of `ParaStyle`; what it does not say is not in it."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


_RELATIVE = re.compile(r"\s*(\+?-?[0-9.]*)\s*(P|L|f|F)?\s*")


def _measure(text: str) -> float:
    return 0.0 if text == "None" else length(text)


def _of_font_size(text: str) -> str:
    if text == "None":
        return ""
    found = _RELATIVE.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is neither a length nor a share of the font size')
    return f"{found[1]}*{found[2]}" if found[2] else found[1]


def _one_of(*choices: str) -> Callable[[str], str]:
    def read_choice(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f'"{text}" is none of {", ".join(choices)}')
        return text.lower()

    return read_choice


def _alignment(text: str) -> str:
    return {"centre": "center"}.get(found := _one_of("left", "right", "center", "centre", "justify")(text), found)


def _transform(text: str) -> str:
    return {"none": ""}.get(found := _one_of("none", "uppercase", "lowercase", "capitalize")(text), found)


def _padding(text: str) -> Sides:
    values = [length(part) for part in re.split(r"[ \t\n,;]+", text.strip("() \t\n"))]
    if not 1 <= len(values) <= 4:
        raise ValueError(f'"{text}" is not one to four numbers')
    top = values[0]
    right = values[1] if len(values) > 1 else top
    bottom = values[2] if len(values) > 2 else top
    return top, right, bottom, values[3] if len(values) > 3 else right


def _heading(text: str) -> int:
    if text not in {"0", "1", "2", "3", "4", "5", "6"}:
        raise ValueError(f'"{text}" is no level of headings from 1 to 6')
    return int(text)


_KIND = _one_of("single", "double", "triple")
_SPAN: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "fontName": ("font_name", str),
    "fontSize": ("font_size", _measure),
    "textTransform": ("text_transform", _transform),
    "underline": ("underline", switch),
    "underlineColor": ("underline_color", colour),
    "underlineWidth": ("underline_width", _of_font_size),
    "underlineOffset": ("underline_offset", _of_font_size),
    "underlineGap": ("underline_gap", _of_font_size),
    "underlineKind": ("underline_kind", _KIND),
    "strike": ("strike", switch),
    "strikeColor": ("strike_color", colour),
    "strikeWidth": ("strike_width", _of_font_size),
    "strikeOffset": ("strike_offset", _of_font_size),
    "strikeGap": ("strike_gap", _of_font_size),
    "strikeKind": ("strike_kind", _KIND),
    "textColor": ("text_color", colour),
    "backColor": ("back_color", colour),
    "linkUnderline": ("link_underline", switch),
}
_PARA: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    **_SPAN,
    "leading": ("leading", _measure),
    "leftIndent": ("left_indent", _measure),
    "rightIndent": ("right_indent", _measure),
    "firstLineIndent": ("first_line_indent", _measure),
    "alignment": ("alignment", _alignment),
    "spaceBefore": ("space_before", _measure),
    "spaceAfter": ("space_after", _measure),
    "bulletFontName": ("bullet_font_name", str),
    "bulletFontSize": ("bullet_font_size", _measure),
    "bulletIndent": ("bullet_indent", _measure),
    "bulletColor": ("bullet_color", colour),
    "bulletAnchor": ("bullet_anchor", _one_of("start", "middle", "end", "numeric")),
    "wordWrap": ("word_wrap", _one_of("cjk", "rtl", "ltr")),
    "borderWidth": ("border_width", _measure),
    "borderPadding": ("border_padding", _padding),
    "borderColor": ("border_color", colour),
    "borderRadius": ("border_radius", _measure),
    "allowWidows": ("allow_widows", switch),
    "allowOrphans": ("allow_orphans", switch),
    "endDots": ("end_dots", str),
    "splitLongWords": ("split_long_words", switch),
    "justifyLastLine": ("justify_last_line", whole),
    "justifyBreaks": ("justify_breaks", switch),
    "spaceShrinkage": ("space_shrinkage", number),
    "keepWithNext": ("keep_with_next", switch),
    "pageBreakBefore": ("page_break_before", switch),
    "frameBreakBefore": ("frame_break_before", switch),
    "hyphenation": ("hyphenation", switch),
    "kerning": ("kerning", switch),
    "heading": ("heading", _heading),
    "lang": ("language", str),
}
#: z3c.rml gives every new style these values where it says nothing, whatever its parent says.
_NOT_INHERITED = {
    "underline_kind": "single",
    "strike_kind": "single",
    "link_underline": False,
    "split_long_words": True,
    "justify_last_line": 0,
    "justify_breaks": False,
    "bullet_anchor": "start",
}


def read(element: etree._Element, styles: Styles) -> ParaStyle:
    """Return the style of a `<paraStyle>`.

    Raises:
        ValueError: an attribute says something wrong.
    """
    parent = find(element.get("parent"), styles) if element.get("parent") else SAMPLE["Normal"]
    values = _values(element.items(), _PARA)
    base = parent if isinstance(parent, ParaStyle) else changed(SAMPLE["Normal"], parent.values)
    name = (element.get("name") or "").removeprefix("style.")
    return changed(base, {**_NOT_INHERITED, **values, "name": name})


def read_span(element: etree._Element, styles: Styles) -> SpanStyle:
    """Return the style of a `<spanStyle>`. Raises ValueError."""
    parent = find(element.get("parent"), styles) if element.get("parent") else None
    values = _values(element.items(), _SPAN)
    kept = {"underline_kind": "single", "strike_kind": "single", "link_underline": False}
    return SpanStyle((element.get("name") or "").removeprefix("style."), {**span_values(parent), **kept, **values})


def span_values(style: ParaStyle | SpanStyle | None) -> Mapping[str, Any]:
    """Return what a style says about letters; a paragraph's style may be a span's."""
    if style is None:
        return {}
    if isinstance(style, SpanStyle):
        return style.values
    names = [name for name, _ in _SPAN.values()]
    return {name: getattr(style, name) for name in names}


def find(name: str, styles: Styles) -> ParaStyle | SpanStyle:
    """Return a style by its name, which may be written with `style.` before it.

    Raises:
        ValueError: there is none.
    """
    for known in (styles.paragraphs, SAMPLE):
        for spelled in (name, f"style.{name}", name.removeprefix("style.")):
            if spelled in known:
                return known[spelled]
    meant = did_you_mean(name, (*styles.paragraphs, *SAMPLE))
    raise ValueError(f'there is no style "{name}"; {meant}'.rstrip("; "))


def with_attributes(style: ParaStyle, items: Iterable[tuple[str, str]], styles: Styles) -> ParaStyle:
    """Return a style with what the attributes of a paragraph change. Raises ValueError."""
    return _with_attributes(style, tuple(items))


@lru_cache(maxsize=4096)
def _with_attributes(style: ParaStyle, items: tuple[tuple[str, str], ...]) -> ParaStyle:
    values = _values(items, _PARA)
    return changed(style, values) if values else style


def _values(items: Iterable[tuple[str, str]], table: Mapping[str, tuple[str, Callable[[str], Any]]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in items:
        if name not in table:
            continue
        attribute, read_value = table[name]
        try:
            values[attribute] = read_value(text)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return values


def changed(style: ParaStyle, values: Mapping[str, Any]) -> ParaStyle:
    """Return a style with other values, the same object for the same change."""
    return _changed(style, tuple(sorted(values.items())))


@lru_cache(maxsize=4096)
def _changed(style: ParaStyle, values: tuple[tuple[str, Any], ...]) -> ParaStyle:
    return _known(tuple(getattr(changed := replace(style, **dict(values)), each) for each in _FIELDS), changed)


_FIELDS = tuple(each.name for each in fields(ParaStyle))
_BY_CONTENT: dict[tuple[Any, ...], ParaStyle] = {}
_KEPT_STYLES = 4096


def _known(content: tuple[Any, ...], style: ParaStyle) -> ParaStyle:
    if len(_BY_CONTENT) >= _KEPT_STYLES:
        _BY_CONTENT.clear()
    return _BY_CONTENT.setdefault(content, style)


def _sample() -> dict[str, ParaStyle]:
    normal = ParaStyle()
    body = replace(normal, name="BodyText", space_before=6.0)
    found = [normal, body, replace(body, name="Italic", font_name="Helvetica-Oblique")]
    heads = (
        ("Heading1", "Helvetica-Bold", 18, 22, 0, 6),
        ("Title", "Helvetica-Bold", 18, 22, 0, 6),
        ("Heading2", "Helvetica-Bold", 14, 18, 12, 6),
        ("Heading3", "Helvetica-BoldOblique", 12, 14, 12, 6),
        ("Heading4", "Helvetica-BoldOblique", 10, 12, 10, 4),
        ("Heading5", "Helvetica-Bold", 9, 10.8, 8, 4),
        ("Heading6", "Helvetica-Bold", 7, 8.4, 6, 2),
    )
    for name, font, size, leading, before, after in heads:
        style = replace(normal, name=name, font_name=font, font_size=float(size), leading=float(leading))
        alignment = "center" if name == "Title" else ""
        found.append(replace(style, space_before=float(before), space_after=float(after), alignment=alignment))
    found.append(replace(normal, name="Bullet", space_before=3.0))
    indented = replace(normal, left_indent=36.0)
    found.append(replace(indented, name="Definition", space_before=6.0, bullet_font_name="Helvetica-BoldOblique"))
    found.append(replace(indented, name="Code", font_name="Courier", font_size=8.0, leading=8.8))
    return {style.name: style for style in found}


#: ReportLab's sample style sheet.
SAMPLE: Mapping[str, ParaStyle] = _sample()
