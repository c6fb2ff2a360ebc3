"""Floor 2, edges: the first part of a file, which documents that use the same fonts and pictures have in common.

It holds the output intent, fonts, pictures, forms and graphics states, numbered from 1, as the very bytes that begin
the file; it is made once. What is in a file behind it knows it by numbers only.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from docgen.pdfobjects import HEADER, THOROUGH, Pool, stream
from docgen.render.pdf.file.fonts import font_parts
from docgen.render.pdf.file.pictures import list_resources, put_resource
from docgen.render.pdf.layout.blocks import FontUse
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.resources import Form, Store
from docgen.render.pdf.srgb import srgb_profile
from docgen.render.pdf.typeset.faces import Face

_INTENT = (
    "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
    + "/DestOutputProfile %d 0 R>>"
)
#: So many shared parts are kept, and so many bytes of them.
_KEPT = 64
_MOST_KEPT = 32_000_000


@dataclass(frozen=True, slots=True)
class Shared:
    """The part of a file that documents share.

    Attributes:
        data: with the header of the file.
        count: its highest number.
        rows: of the cross-reference stream, from number 1.
        digest: hash of data.
        intent: number of the output intent; `resources` that of the dictionary that all pages use.
    """

    data: bytes
    count: int
    rows: bytes
    digest: bytes
    intent: int
    resources: int


_Key = tuple[Letters, frozenset[FontUse], frozenset[str]]
_made: OrderedDict[_Key, Shared] = OrderedDict()
_lock = Lock()


def shared_part(fonts: Iterable[FontUse], names: Iterable[str], letters: Letters, store: Store) -> Shared:
    """Return what a document begins with that uses these fonts and resources; names of resources say their content.

    Raises:
        TemplateError: a font or stationery is broken.
    """
    key = letters, frozenset(fonts), frozenset(names)
    with _lock:
        found = _made.get(key)
        if found is None:
            found = _made[key] = _make(key, store)
            while len(_made) > _KEPT or (len(_made) > 1 and sum(len(one.data) for one in _made.values()) > _MOST_KEPT):
                _made.popitem(last=False)
        else:
            _made.move_to_end(key)
        return found


def _with_inner(fonts: set[FontUse], names: set[str], store: Store) -> tuple[set[FontUse], set[str]]:
    """Add what forms use."""
    waiting = list(names)
    while waiting:
        resource = store[waiting.pop()]
        if isinstance(resource, Form):
            fonts |= resource.ink.fonts
            waiting.extend(resource.ink.resources - names)
            names |= resource.ink.resources
    return fonts, names


def _make(key: _Key, store: Store) -> Shared:
    letters = key[0]
    fonts, names = _with_inner(set(key[1]), set(key[2]), store)
    groups: dict[int, set[int]] = {}
    for at, group in fonts:
        groups.setdefault(at, set()).add(group)
    pool = Pool()
    intent = pool.add(_INTENT % pool.add_stream(stream(srgb_profile(), "/N 3", level=THOROUGH)))
    numbers = {f"F{at}": _put_font(pool, letters.numbered(at), frozenset(used)) for at, used in sorted(groups.items())}
    numbers.update((name, pool.reserve()) for name in sorted(names))
    for name in sorted(names):
        put_resource(pool, store[name], numbers[name], numbers)
    resources = pool.add(list_resources(numbers))
    data, rows = pool.write(len(HEADER), level=THOROUGH)
    data = HEADER + data
    return Shared(data, pool.next - 1, rows, hashlib.sha256(data).digest(), intent, resources)


def _put_font(pool: Pool, face: Face, groups: frozenset[int]) -> int:
    parts = font_parts(face, groups)
    descriptor = pool.add(parts.descriptor % pool.add_stream(parts.program))
    child = pool.add(parts.child % descriptor)
    return pool.add(parts.parent % (child, pool.add_stream(parts.to_unicode)))
