"""Floor 2, edges: what ink refers to as objects of a PDF file: pictures, forms, graphics states, stationery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docgen.pdfobjects import THOROUGH, Pool, number, raw_stream, renumber, stream
from docgen.render.pdf.file.stationery import import_page
from docgen.render.pdf.layout.resources import Form, Opacity, Picture, Resource, Stationery

#: First two letters of a resource's name -> where resource dictionaries keep it.
_PLACES = {"Im": "XObject", "Fm": "XObject", "St": "XObject", "Gs": "ExtGState"}


def list_resources(numbers: Mapping[str, int]) -> str:
    """Return a resource dictionary (ISO 32000-1, 7.8.3) of names and the numbers of their objects."""
    places: dict[str, str] = {}
    for name, at in sorted(numbers.items()):
        place = _PLACES.get(name[:2], "Font")
        places[place] = f"{places.get(place, '')}/{name} {at} 0 R"
    return f"<<{''.join(f'/{place}<<{lines}>>' for place, lines in sorted(places.items()))}>>"


def put_resource(pool: Pool, resource: Resource, at: int, numbers: Mapping[str, int]) -> None:
    """Add a resource under its number; `numbers` has those of all fonts and resources.

    Raises:
        TemplateError: stationery that cannot be used.
    """
    match resource:
        case Picture():
            _put_picture(pool, resource, at)
        case Form():
            pool.add_stream(_form(resource, numbers), at)
        case Opacity():
            pool.add(f"<</Type/ExtGState/ca {number(resource.fill)}/CA {number(resource.stroke)}>>", at)
        case Stationery():
            _put_stationery(pool, resource, at)


def _put_picture(pool: Pool, picture: Picture, at: int) -> None:
    colours = picture.colours
    if isinstance(colours, bytes):
        colours = f"[/Indexed/DeviceRGB {len(colours) // 3 - 1}<{colours.hex()}>]"
        channels = 1
    else:
        channels = 3 if colours == "DeviceRGB" else 1
        colours = f"/{colours}"
    entries = [
        f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/ColorSpace{colours}",
        f"/BitsPerComponent {picture.bits}/Filter/{picture.filter}",
    ]
    if picture.predictor > 1:
        entries.append(
            f"/DecodeParms<</Predictor {picture.predictor}/Colors {channels}/BitsPerComponent {picture.bits}"
            f"/Columns {picture.width}>>"
        )
    if picture.mask:
        mask = pool.reserve()
        _put_picture(pool, picture.mask, mask)
        entries.append(f"/SMask {mask} 0 R")
    pool.add_stream(raw_stream(picture.data, "".join(entries)), at)


def _form(form: Form, numbers: Mapping[str, int]) -> bytes:
    used: Iterable[str] = (*(f"F{face}" for face, _ in form.ink.fonts), *form.ink.resources)
    box = " ".join(map(number, form.box))
    resources = list_resources({name: numbers[name] for name in used})
    entries = f"/Type/XObject/Subtype/Form/BBox[{box}]/Resources{resources}"
    return stream(form.ink.ops.encode("ascii"), entries, level=THOROUGH)


def _put_stationery(pool: Pool, page: Stationery, at: int) -> None:
    objects = import_page(page.path, page.page)
    numbers = {one.number: pool.reserve() if index else at for index, one in enumerate(objects)}
    for one in objects:
        body = renumber(one.body, numbers).decode("latin-1")
        if one.data is None:
            pool.add(f"{body}\n", numbers[one.number])
        else:
            pool.add_stream(
                raw_stream(one.data, body.strip().removeprefix("<<").removesuffix(">>")), numbers[one.number]
            )
