"""Floor 2, edges: widths of columns: given, in percent, shared, or as wide as their content asks, as in ReportLab.

Knows contents only by what is asked of them: how wide a cell must be at least, and whether that is all it may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

#: A length, `25%`, `*` for a share of what is left, None for as wide as the content.
Given = float | str | None
#: The least width of a column with its paddings.
Least = Callable[[int], float]
#: By how much of themselves given widths may shrink for the sake of others.
_MAY_SHRINK = 0.02


@lru_cache(maxsize=1024)
def add_up(widths: tuple[float, ...]) -> tuple[float, ...]:
    """Return the left edges of columns, and the right edge of the last."""
    return tuple(accumulate(widths, initial=0.0))


@lru_cache(maxsize=1024)
def is_settled(given: tuple[Given, ...]) -> bool:
    """Return whether widths depend on nothing."""
    return all(isinstance(width, float) for width in given)


def divide(given: Sequence[Given], available: float) -> list[float | None]:
    """Return widths by percent of what given ones leave; `*` shares the rest, if there is one and nothing is None."""
    left = available
    for width in given:  # one by one, as ReportLab: what rounding leaves decides whether a share is nothing
        left -= width if isinstance(width, float) else 0.0
    left = max(0.0, left)
    weights = {at: percent(width) for at, width in enumerate(given) if is_percent(width)}
    unit = left / max(100.0, sum(weights.values()))
    widths = [width if isinstance(width, float) else None for width in given]
    for at, weight in weights.items():
        widths[at] = weight * unit
        left -= weight * unit
    stars = [at for at, width in enumerate(given) if width == "*"]
    if stars and None not in given:
        for at in stars:
            widths[at] = max(0.0, left) / len(stars) or None
    return widths


def is_percent(width: Given) -> bool:
    """Return whether a width is a share of what is left."""
    return isinstance(width, str) and width.endswith("%")


def percent(width: Given) -> float:
    """Return the number of a percentage."""
    return float(str(width)[:-1])


def balance(given: Sequence[Given], available: float, least: Least) -> list[float]:
    """Return widths where some content could be set in any width: what is left is shared by what columns ask for.

    No column gets less than its content needs while there is room for all.
    """
    minimums = {at: least(at) for at, width in enumerate(given) if not isinstance(width, float)}
    widths = {at: width for at, width in enumerate(given) if isinstance(width, float)}
    defined = sum(widths.values())
    if available - (sum(minimums.values()) + defined) > 0:
        widths |= _share(given, available, defined, minimums)
    else:
        widths |= _squeeze(widths, available, minimums)
    return [widths[at] for at in range(len(given))]


def _wishes(given: Sequence[Given], available: float, defined: float, free: Mapping[int, float]) -> dict[int, float]:
    """Return what each column that is not given asks for."""
    stars = sum(width == "*" for width in given)
    undefined = stars + sum(width is None for width in given)
    shares = sum(percent(width) for width in given if is_percent(width)) + defined / available * 100
    wish = 1.0
    if undefined and shares < 100:
        wish = (100 - shares) / (stars or undefined) / 100 * available
        shares = 100.0
    wishes = {}
    for at in free:
        width = given[at]
        if is_percent(width):
            wishes[at] = percent(width) / shares * available
        else:
            wishes[at] = wish if width == "*" or not stars else 1.0
    return wishes


def _share(given: Sequence[Given], available: float, defined: float, minimums: Mapping[int, float]) -> dict[int, float]:
    wishes = _wishes(given, available, defined, minimums)
    room = available - (sum(minimums.values()) + defined)
    widths = {at: least for at, least in minimums.items() if wishes[at] <= least}
    asking = sorted((wishes[at] - minimums[at], minimums[at], wishes[at], at) for at in minimums if at not in widths)
    room += sum(least for _, least, _, _ in asking)
    wanted = sum(wish for _, _, wish, _ in asking)
    proportion = room / wanted if wanted else 0.0
    content: list[tuple[float, int]] = []
    for _, least, wish, at in asking:
        if proportion * wish >= least:
            content.append((wish, at))
            continue
        widths[at] = least
        wanted -= wish
        room -= least
        if wanted:
            proportion = room / wanted
    return widths | {at: proportion * wish for wish, at in content}


def _squeeze(defined: Mapping[int, float], available: float, minimums: Mapping[int, float]) -> dict[int, float]:
    """Return widths where there is not room for all."""
    total = sum(defined.values())
    least = sum(minimums.values())
    room = available - (total + least)
    widths = dict(defined)
    if room < 0 and total * _MAY_SHRINK + room >= 0 and total:
        widths = {at: width - -room / total * width for at, width in defined.items()}
        factor = 1.0
    else:
        room = available - total
        factor = 1.0 if room <= 0 or not least else room / least
    return widths | {at: factor * width for at, width in minimums.items()}
