"""Floor 1, rules: filters whose result is no plain text: pictures, formatted text, links, charts, other documents.

They check what they are given and ask the body's factory (`docgen.rich`) for the thing itself. Know no format.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from markupsafe import Markup

from docgen.errors import TemplateError, UnsafePath, UnsupportedFeature, did_you_mean
from docgen.guards import bounded_list
from docgen.limits import current_work
from docgen.pictures import check_size
from docgen.prose import FindPicture
from docgen.rich import Look, Made, made_already
from docgen.sandbox import clean_text
from docgen.wordfunctions import CURSOR, cursor_of

if TYPE_CHECKING:
    from docgen.sandbox import FolderLoader, Sandbox

_FITS = ("contain", "stretch")
_COLOUR = re.compile(r"#?[0-9A-Fa-f]{6}")
_SIZES = (1, 1638)  # points that Word takes
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
CHARTS = ("column", "bar", "line", "area", "pie", "doughnut", "scatter", "stacked-column", "stacked-bar")


def _make(context: Context, what: str, thing: str) -> Any:
    """Return the factory's function for a thing, or say that this body cannot hold it."""
    found = getattr(cast("Sandbox", context.environment).rich, what, None)
    if found is None:
        raise UnsupportedFeature(f"this kind of body cannot hold {thing}", hint="Word documents can")
    return found


def _choice(name: str, value: object, choices: Collection[str]) -> None:
    if str(value) not in choices:
        raise TemplateError(f'"{value}" is not a {name}', hint=did_you_mean(str(value), choices))


# --- pictures -------------------------------------------------------------------------------------


def qr(context: Context, data: object, *, size_mm: float = 25, error: str = "M", border: int = 4) -> object:
    """Make a QR code of a text."""
    if error not in ("L", "M", "Q", "H"):
        raise TemplateError(f'"{error}" is not an error level of QR codes', hint="one of: L, M, Q, H")
    return cast("Sandbox", context.environment).rich.qr(str(data), size_mm=size_mm, error=error, border=border)


def image(
    context: Context,
    source: object,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    alt: object = "",
    fit: str = "contain",
    anchor: object = "",
) -> object:
    """Show a picture: a file of the template's folder, `company.logo`, or a field that holds a picture's bytes.

    Given both sizes, `contain` keeps the picture's shape within them and `stretch` does not; `anchor` is a link.
    """
    _choice("fit", fit, _FITS)
    for name, size in (("width_mm", width_mm), ("height_mm", height_mm)):
        check_size(name, size)
    found = source if isinstance(source, bytes) else find_file(context, source, "picture")
    address = _address(anchor) if anchor else ""
    make = cast("Sandbox", context.environment).rich.image
    return make(found, width_mm=width_mm, height_mm=height_mm, alt=_text(alt), fit=fit, anchor=address)


def _text(value: object) -> str:
    """Return an optional text, as documents can hold it; an empty field gives none."""
    if isinstance(value, Made):
        raise made_already()
    return "" if value is None else clean_text(str(value))


def _address(value: object) -> str:
    address = _text(value).strip()
    if not address.lower().startswith(_SCHEMES) or any(character.isspace() for character in address):
        raise TemplateError(f'"{address}" is not an address to link to', hint=f"it begins with {', '.join(_SCHEMES)}")
    return address


def find_file(context: Context, source: object, what: str) -> Path:
    """Return a file of the template's folder; a Path comes from the configuration and is trusted, text is not."""
    environment = cast("Sandbox", context.environment)
    if not isinstance(source, Path):
        source = cast("FolderLoader", environment.loader).find(str(source))
    if not source.is_file():
        raise UnsafePath(f'there is no {what} "{source.name}"')
    return source


# --- formatted text -------------------------------------------------------------------------------


def markdown(context: Context, value: object) -> object:
    """Write `{{ terms | markdown }}`, CommonMark with tables, as formatted text of the document."""
    return cast("Sandbox", context.environment).rich.markdown(str(value), _finder(context))


def html(context: Context, value: object) -> object:
    """Write HTML from an editor or a shop as formatted text of the document; scripts are left out."""
    return _make(context, "html", "HTML")(str(value), _optional_finder(context))


def _optional_finder(context: Context) -> FindPicture:
    """Return what finds pictures for a text of somebody who knows nothing of the folder: what is not there is none."""

    def find(name: str) -> Path:
        try:
            return find_file(context, name, "picture")
        except (UnsafePath, SecurityError) as error:
            raise FileNotFoundError(name) from error

    return find


def _finder(context: Context) -> FindPicture:
    """Return what finds the pictures that formatted text names, in the template's folder."""
    return lambda name: find_file(context, name, "picture")


def rich(
    context: Context,
    value: object,
    *,
    bold: bool | None = None,
    italic: bool | None = None,
    underline: bool = False,
    strike: bool = False,
    color: str | None = None,
    highlight: str | None = None,
    size: float | None = None,
    font: str | None = None,
    style: str | None = None,
    script: str | None = None,
) -> object:
    """Write a piece of text in another look; `size` is in points, colours are `#RRGGBB`."""
    for name, value_ in (("color", color), ("highlight", highlight)):
        if value_ is not None and not _COLOUR.fullmatch(str(value_)):
            raise TemplateError(f'"{value_}" is not a {name}', hint='write it as "#RRGGBB"')
    if script is not None:
        _choice("script", script, ("super", "sub"))
    if size is not None and not (isinstance(size, int | float | Decimal) and _SIZES[0] <= size <= _SIZES[1]):
        raise TemplateError(f"size={size} is not a size of text", hint=f"between {_SIZES[0]} and {_SIZES[1]} points")
    look = Look(bold, italic, underline, strike, _hex(color), _hex(highlight), size, _name(font), _name(style), script)
    return _make(context, "rich", "formatted text")(_shown(context, value), look)


def _shown(context: Context, value: object) -> str:
    """Return a value as text, in the document's language."""
    shown = cast("Sandbox", context.environment).shown(context, value, None)
    if isinstance(shown, Markup):
        raise TemplateError("what is formatted already cannot be formatted again", hint="say all in one filter")
    return str(shown)


def _name(value: str | None) -> str | None:
    return None if value is None else _text(value)


def _hex(color: str | None) -> str | None:
    return None if color is None else color.removeprefix("#").upper()


def link(context: Context, value: object, text: object = None) -> object:
    """Write a link; addresses of web, mail and telephone only."""
    address = _address(value)
    return _make(context, "link", "links")(address, _shown(context, text) if text is not None else address)


def checkbox(context: Context, value: object, label: object = "") -> object:
    """Show a box, ticked where the value counts as true."""
    return _make(context, "checkbox", "check boxes")(bool(value), _shown(context, label) if label else "")


def page_break(context: Context) -> object:
    """Begin a new page."""
    return _make(context, "page_break", "page breaks")()


# --- Word only ------------------------------------------------------------------------------------


def subdocument(context: Context, value: object) -> object:
    """Put in Word documents of the template's folder, merged with the same fields: `{{ clauses | subdocument }}`."""
    names = bounded_list(value) if isinstance(value, list | tuple) else [value]
    files = [find_file(context, name, "document") for name in names]
    cursor = cursor_of(context)
    if cursor is not None and cursor.done:
        return ""
    fields = current_work().names if cursor is None else {**cursor.names, CURSOR: cursor}
    return _make(context, "subdocument", "other documents")(files, fields)


def chart(
    context: Context,
    kind: str,
    rows: object,
    *,
    x: str,
    y: str | Sequence[str],
    names: str | Sequence[str] = (),
    title: object = "",
    x_title: object = "",
    y_title: object = "",
    width_mm: float = 150,
    height_mm: float = 80,
    legend: bool | None = None,
    labels: bool = False,
    colors: str | Sequence[str] = (),
    number_format: str = "",
    alt: object = "",
) -> object:
    """Draw a native chart.

    `x` names the field of the categories, `y` the fields of the series, `names` what the legend calls them.
    """
    _choice("kind of chart", kind, CHARTS)
    make = _make(context, "chart", "charts")
    if rows is None or isinstance(rows, str | Mapping):
        raise TemplateError("a chart needs rows", hint="give it a list of records")
    return make(
        kind, bounded_list(cast("Sequence[object]", rows)), x=x, y=_several(y), names=_several(names),
        title=_text(title), x_title=_text(x_title), y_title=_text(y_title), width_mm=width_mm, height_mm=height_mm,
        legend=legend, labels=labels, colors=_several(colors), number_format=number_format, alt=_text(alt),
    )  # fmt: skip


def _several(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
