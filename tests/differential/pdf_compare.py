"""What two PDFs say differently: words, their places and looks, pictures, links, outline, sizes, document data."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from differential.pdf_pictures import picture_differences
from differential.pdf_read import Box, Entry, Link, Page, Point, Reading, Run, Shape, read, runs

__all__ = ["differences", "picture_differences", "runs", "shape_differences"]

T = TypeVar("T")
#: Names of the document data that an author gives.
_INFO = ("Title", "Author", "Subject")
#: A rectangle to click need not be as exact as what one reads.
_CLICK = 0.5


def differences(one: bytes, other: bytes, tolerance: float = 0.1) -> list[str]:
    """Return what differs, one line each; nothing when both say the same in the same places.

    Args:
        one: a file.
        other: the file it is held to.
        tolerance: how far places may be apart, in points, in each direction.
    """
    ours, theirs = read(one), read(other)
    found = list(_document(ours, theirs, tolerance))
    for number, (left, right) in enumerate(zip(ours.pages, theirs.pages, strict=False), start=1):
        found += [f"page {number}: {line}" for line in _page(left, right, tolerance)]
    return found


def _document(one: Reading, other: Reading, tolerance: float) -> Iterator[str]:
    if len(one.pages) != len(other.pages):
        yield f"{len(one.pages)} pages, the other has {len(other.pages)}"
    for name in _INFO:
        if one.info.get(name, "") != other.info.get(name, ""):
            yield f'{name} is "{one.info.get(name, "")}", the other\'s is "{other.info.get(name, "")}"'
    # The compiled path makes an outline of the headings where an author makes none.
    if one.outline != other.outline and other.outline:
        for number, (left, right) in enumerate(_side_by_side(one.outline, other.outline), start=1):
            if left is None or right is None or not _same_entry(left, right, tolerance):
                yield f"outline, entry {number}: {_entry(left)}, the other has {_entry(right)}"


def _side_by_side(one: Sequence[T], other: Sequence[T]) -> Iterator[tuple[T | None, T | None]]:
    for number in range(max(len(one), len(other))):
        yield (one[number] if number < len(one) else None), (other[number] if number < len(other) else None)


def _same_entry(one: Entry, other: Entry, tolerance: float) -> bool:
    alike = (one.level, one.title, one.closed) == (other.level, other.title, other.closed)
    return alike and same_target(one.target, other.target, tolerance)


def _entry(entry: Entry | None) -> str:
    if entry is None:
        return "none"
    return f'"{entry.title}" of level {entry.level}{", closed" if entry.closed else ""} to {entry.target}'


def same_target(one: str, other: str, tolerance: float = 0.1) -> bool:
    """Return whether two targets lead to the same address, or to the same place of a page."""
    if one == other or not (one.startswith("page ") and other.startswith("page ")):
        return one == other
    ours, theirs = one.split(), other.split()
    if ours[1] != theirs[1] or len(ours) != len(theirs):
        return False
    pairs = [(left.split("="), right.split("=")) for left, right in zip(ours[2:], theirs[2:], strict=True)]
    return all(
        left[0] == right[0] and abs(float(left[1]) - float(right[1])) <= tolerance + 0.1 for left, right in pairs
    )


def _page(one: Page, other: Page, tolerance: float) -> Iterator[str]:
    if not _near(one.size, other.size, tolerance):
        yield f"{_place(one.size)} large, the other {_place(other.size)}"
    yield from _run_differences(one.runs, other.runs, tolerance)
    images = [[shape for shape in page.shapes if shape.kind == "image"] for page in (one, other)]
    yield from _unmatched(*images, lambda shape: shape.kind, lambda shape: shape.box, _shape, tolerance)
    ours, theirs = _clickable(one.links), _clickable(other.links)
    if len(ours) != len(theirs) and one.runs:
        # Of a link with nothing but a picture on a page, ReportLab makes none there; one without any words around it
        # is a case of the catalogue.
        pictures = [picture.box for picture in images[0]]
        ours = [link for link in ours if not any(_near(link.box, box, _CLICK) for box in pictures)]
    yield from _unmatched(ours, theirs, _link_key, lambda link: link.box, _link, max(tolerance, _CLICK))


def _clickable(links: Sequence[Link]) -> list[Link]:
    """Return the links that are wide enough to be hit: ReportLab makes some at the end of a line that have no text."""
    return [link for link in links if abs(link.box[2] - link.box[0]) > _CLICK]


# --- words ----------------------------------------------------------------------------------------


def _run_differences(one: Sequence[Run], other: Sequence[Run], tolerance: float) -> Iterator[str]:
    """Pair words of the same text, the nearest first, and tell what does not fit."""
    ours, theirs = _grouped(one, lambda run: run.text), _grouped(other, lambda run: run.text)
    for text in dict.fromkeys([*ours, *theirs]):
        left, right, pairs = _pairs(ours.get(text, []), theirs.get(text, []), lambda run: (run.x, run.y))
        for run, twin in pairs:
            yield from _run_pair(run, twin, tolerance)
        yield from (f'"{text}" at {_place((run.x, run.y))} is not in the other' for run in left)
        yield from (f'"{text}" is missing, the other has it at {_place((run.x, run.y))}' for run in right)


def _run_pair(run: Run, twin: Run, tolerance: float) -> Iterator[str]:
    if not _near((run.x, run.y, run.end), (twin.x, twin.y, twin.end), tolerance):
        wide = f", {run.end - run.x:.2f} wide" if abs(run.end - run.x - twin.end + twin.x) > tolerance else ""
        wider = f", {twin.end - twin.x:.2f} wide" if wide else ""
        yield f'"{run.text}" at {_place((run.x, run.y))}{wide}, the other at {_place((twin.x, twin.y))}{wider}'
    looks = (("font", run.font, twin.font), ("colour", run.colour, twin.colour), ("angle", run.angle, twin.angle))
    for name, ours, theirs in looks:
        if ours != theirs:
            yield f'"{run.text}" at {_place((run.x, run.y))} has the {name} {ours}, the other {theirs}'
    if abs(run.size - twin.size) > 0.011:
        yield f'"{run.text}" at {_place((run.x, run.y))} has the size {run.size}, the other {twin.size}'


# --- shapes and links -----------------------------------------------------------------------------


def shape_differences(one: bytes, other: bytes, tolerance: float = 0.1) -> list[str]:
    """Return which drawings are in one file only. Files may look alike all the same: a box is one line or four."""
    found = []
    for number, (left, right) in enumerate(zip(runs(one), runs(other), strict=False), start=1):
        lines = _unmatched(left.shapes, right.shapes, _shape_key, lambda shape: shape.box, _shape, tolerance)
        found += [f"page {number}: {line}" for line in lines]
    return found


def _shape_key(shape: Shape) -> Hashable:
    return (shape.kind, shape.fill, shape.stroke, shape.width, shape.dash)


def _shape(shape: Shape) -> str:
    parts = [f"{shape.kind} {_box(shape.box)}"]
    if shape.fill:
        parts.append(f"filled {shape.fill}")
    if shape.stroke:
        parts.append(f"drawn {shape.stroke}, {shape.width} wide" + (f", dashes {shape.dash}" if shape.dash else ""))
    return ", ".join(parts)


def _link_key(link: Link) -> Hashable:
    return link.target if not link.target.startswith("page ") else link.target.split()[1]


def _link(link: Link) -> str:
    return f"link {_box(link.box)} to {link.target}"


def _unmatched(
    one: Sequence[T],
    other: Sequence[T],
    key: Callable[[T], Hashable],
    box: Callable[[T], Box],
    show: Callable[[T], str],
    tolerance: float,
) -> Iterator[str]:
    ours, theirs = _grouped(one, key), _grouped(other, key)
    for name in dict.fromkeys([*ours, *theirs]):
        left, right, pairs = _pairs(ours.get(name, []), theirs.get(name, []), box)
        yield from (f"{show(a)}, the other {show(b)}" for a, b in pairs if not _near(box(a), box(b), tolerance))
        yield from (f"{show(item)} is not in the other" for item in left)
        yield from (f"{show(item)} is missing" for item in right)


# --- pairs ----------------------------------------------------------------------------------------


def _grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _pairs(
    one: list[T], other: list[T], place: Callable[[T], Sequence[float]]
) -> tuple[list[T], list[T], list[tuple[T, T]]]:
    """Return what has no twin in one, in the other, and the pairs, nearest first."""
    rest, pairs, alone = list(other), [], []
    for item in one:
        if not rest:
            alone.append(item)
            continue
        nearest = min(rest, key=lambda twin: math.dist(place(item), place(twin)))
        rest.remove(nearest)
        pairs.append((item, nearest))
    return alone, rest, pairs


def _near(one: Sequence[float], other: Sequence[float], tolerance: float) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


def _place(point: Point) -> str:
    return f"({point[0]:.2f}, {point[1]:.2f})"


def _box(box: Box) -> str:
    return f"from ({box[0]:.2f}, {box[1]:.2f}) to ({box[2]:.2f}, {box[3]:.2f})"
