"""When a step's messages begin to go: a date and time that mean one moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from docgen.keytypes import Moment

READ = TypeAdapter(Moment).validate_python


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01 09:00 Europe/Berlin", "2026-12-01T08:00"),
        ("2026-07-01T09:00 Europe/Berlin", "2026-07-01T07:00"),
        ("2026-12-01T09:00+01:00", "2026-12-01T08:00"),
        ("2026-12-01 09:00:30Z", "2026-12-01T09:00:30"),
        (" 2026-12-01 09:00 UTC ", "2026-12-01T09:00"),
    ],
)
def test_a_moment_is_read(text: str, moment: str) -> None:
    assert READ(text).astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01 09:00",
        "2026-12-01",
        "2026-12-01 09:00 Mars/Olympus",
        "2026-12-01 09:00+01:00 Europe/Berlin",
        "2026-13-01 09:00 UTC",
        "tomorrow",
        "",
        5,
    ],
)
def test_what_may_mean_several_moments_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        READ(text)
