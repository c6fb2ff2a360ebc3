"""Floor 2, edges: what ink refers to by name: pictures, forms, graphics states, stationery.

Values only, immutable, named by their content, so that all pages and documents of a run share each. The file knows how
they are written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from docgen.render.pdf.layout.blocks import Ink


@dataclass(frozen=True, slots=True)
class Picture:
    """Samples of a picture (ISO 32000-1, 8.9.5), in sRGB or grey.

    Attributes:
        width: in samples; `height` likewise.
        data: as it is written, encoded by `filter`.
        filter: `DCTDecode` or `FlateDecode`.
        colours: `DeviceRGB`, `DeviceGray`, or the bytes of an RGB palette.
        mask: its transparency, itself a grey picture.
        predictor: 15 where `data` is PNG's.
    """

    width: int
    height: int
    data: bytes
    filter: str
    colours: str | bytes = "DeviceRGB"
    bits: int = 8
    mask: Picture | None = None
    predictor: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """A drawing that is placed as one, with its own box: left, bottom, right, top."""

    ink: Ink
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Opacity:
    """A graphics state with alpha for fills and strokes, 0 to 1."""

    fill: float
    stroke: float


@dataclass(frozen=True, slots=True)
class Stationery:
    """A page of another PDF, drawn as a form.

    Attributes:
        digest: of the file, which names it.
        page: counts from 1.
        path: where the file is.
    """

    digest: str
    page: int
    path: Path = field(compare=False, repr=False)


Resource = Picture | Form | Opacity | Stationery


_KINDS = {Picture: "Im", Form: "Fm", Opacity: "Gs", Stationery: "St"}


def _content(resource: Resource) -> bytes:
    """Return what tells a resource from others of its kind, the same in every process."""
    if isinstance(resource, Form):
        ink = resource.ink
        return repr((ink.ops, sorted(ink.fonts), sorted(ink.resources), resource.box)).encode()
    return repr(resource).encode()


def _weigh(resource: Resource) -> int:
    if isinstance(resource, Picture):
        return len(resource.data) + len(resource.colours) + (_weigh(resource.mask) if resource.mask else 0)
    return len(resource.ink.ops) if isinstance(resource, Form) else 0


class Store:
    """The resources of a template by name: `Im`, `Fm`, `Gs` or `St` and a hash of the content.

    It forgets nothing, since ink that is kept refers to it: who has both lets go of both, see `Press`.

    Attributes:
        weight: about how many bytes it holds.
    """

    def __init__(self) -> None:
        self.weight = 0
        self._by_name: dict[str, Resource] = {}
        self._names: dict[Resource, str] = {}

    def add(self, resource: Resource) -> str:
        """Return the name of a resource, the same for equal ones."""
        name = self._names.get(resource)
        if name is None:
            name = _KINDS[type(resource)] + hashlib.sha256(_content(resource)).hexdigest()[:16]
            self._names[resource] = name
            self._by_name[name] = resource
            self.weight += _weigh(resource)
        return name

    def __getitem__(self, name: str) -> Resource:
        return self._by_name[name]
