"""Floor 1, rules: the hours in which people get messages, by their own clocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from docgen.codes import parse_country
from docgen.errors import WrongValue, did_you_mean
from docgen.sendconfig import HoursConfig

#: Countries of several zones -> where most people live, or the middle. Others of several zones say nothing.
_MOSTLY = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/Chicago",
}


def next_allowed(hours: HoursConfig, now: datetime, zone: str = "") -> datetime:
    """Return when a message may go: `now` itself, or the next time the hours begin where its reader is.

    Args:
        hours: from and to, the latter excluded; over midnight where `to` is not after `from`.
        now: aware.
        zone: the reader's, as `Europe/Berlin`; default: that of the hours.
    """
    local = now.astimezone(ZoneInfo(zone or hours.timezone))
    # The night before belongs to the day on which it began; a week is always enough.
    for offset in range(-1, 9):
        day = local.date() + timedelta(days=offset)
        if day.weekday() not in hours.weekdays:
            continue
        begin = _at(datetime.combine(day, hours.begin), local)
        last = day if hours.begin < hours.end else day + timedelta(days=1)
        end = _at(datetime.combine(last, hours.end), local)
        if now < end:
            return max(now, begin.astimezone(now.tzinfo))
    raise ValueError("these hours hold no day")


def _at(wall: datetime, local: datetime) -> datetime:
    """Return the moment a clock shows a time; one that is skipped in spring comes when the clock has jumped.

    Compared in UTC, since differences between times of one zone ignore its changes.
    """
    return wall.replace(tzinfo=local.tzinfo).astimezone(UTC)


@lru_cache(maxsize=1024)
def zone_of(text: str) -> str:
    """Return a time zone by its own name or by a country's two letters.

    "" where that says nothing: a blank, or a country of several zones.

    Raises:
        WrongValue: it is neither; by the default, messages would go at a wrong hour and nobody would know.
    """
    text = text.strip()
    if len(text) == 2:
        with suppress(KeyError):
            return _zone_of_country(parse_country(text))
    elif not text or text in _zones():
        return text
    expected = "a time zone, such as Europe/Berlin, or a country of two letters, such as DE"
    raise WrongValue("timezone", text, expected, hint=_zone_hint(text))


def _zone_of_country(code: str) -> str:
    zones: Sequence[str] = get_global("territory_zones").get(code, ())
    return _MOSTLY.get(code) or (zones[0] if len(zones) == 1 else "")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1024)
def _zone_hint(text: str) -> str:
    try:
        return f"write {parse_country(text)}"
    except KeyError:
        return did_you_mean(text, _zones())


def midnight_of(day: date, zone: str) -> datetime:
    """Return when a day begins there."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
