"""Floor 1, rules: the types of values that several keys of YAML files share, each with its check.

A check says `{value}` where a message shall show the value as it is written. Knows no key.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, UnknownLocaleError
from babel.localedata import exists as locale_exists
from babel.numbers import list_currencies
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from stdnum import iban as iban_rules

from docgen.address import parse_mailbox
from docgen.errors import AddressError


def _check_country(code: str) -> str:
    if code.upper() not in Locale("en").territories or len(code) != 2:
        raise ValueError("{value} is not a country code; two letters as in ISO 3166, such as DE or US")
    return code.upper()


def check_locale(text: str) -> str:
    """Return a locale as Babel writes it, `pt_BR` for `pt-br`.

    Raises:
        ValueError: it is not one that Babel has.
    """
    try:
        locale = str(Locale.parse(text.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        locale = ""
    if not locale or not locale_exists(locale):
        raise ValueError("{value} is not a language; write it as en, de or pt_BR")
    return locale


def _check_currency(code: str) -> str:
    if code.upper() not in list_currencies():
        raise ValueError("{value} is not a currency; three letters as in ISO 4217, such as EUR or USD")
    return code.upper()


def _check_iban(text: str) -> str:
    if text and not iban_rules.is_valid(text):
        raise ValueError("{value} is not an IBAN: length or check digits are wrong")
    return iban_rules.compact(text) if text else ""


def _check_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"there is no file {path.name} here: {path.parent}")
    return path


def check_mailbox(text: str) -> str:
    """Return a mailbox `Name <a@b>` or `a@b` as it came.

    Raises:
        ValueError: it is neither.
    """
    try:
        parse_mailbox(text)
    except AddressError:
        # Said anew: the sentence of an address fault repeats the text, which may come from a variable.
        raise ValueError("{value} is not an e-mail address; write a@example.com or Name <a@example.com>") from None
    return text


def _check_mailbox_if_any(text: str) -> str:
    return check_mailbox(text) if text else text


def _check_colour(text: str) -> str:
    if not re.fullmatch("#[0-9A-Fa-f]{6}", text):
        raise ValueError('{value} is not a colour; write it as "#1F4E79", in quotes')
    return text


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?(?: (\S+))?")


def _read_moment(value: object) -> object:
    """Return a date and time that say where they are: by an offset, or the name of a time zone behind them."""
    if isinstance(value, datetime):
        return value
    found = _MOMENT.fullmatch(str(value).strip())
    if found is None or bool(found[2]) == bool(found[3]) or (found[3] and found[3] not in available_timezones()):
        raise ValueError("{value} is no date and time with a time zone; write it as 2026-12-01 09:00 Europe/Berlin")
    moment = datetime.fromisoformat(found[1] + (found[2] or ""))
    return moment.replace(tzinfo=ZoneInfo(found[3])) if found[3] else moment


def _check_there(path: Path) -> Path:
    if not path.exists():
        raise ValueError(f"there is no file or folder {path.name} here: {path.parent}")
    return path


def _under_base(path: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("base")
    return path if base is None else Path(base) / path


def _check_ledger(url: str, info: ValidationInfo) -> str:
    # Loaded late: a body is merged and a job is checked without the database library.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("this is not a database URL; the default is sqlite:///var/ledger.sqlite") from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ValueError(f"the ledger cannot be kept in {backend}; use sqlite or postgresql")
    base = (info.context or {}).get("base")
    if backend != "sqlite" or base is None or parsed.database in (None, "", ":memory:"):
        return url
    return parsed.set(database=str(Path(base) / str(parsed.database))).render_as_string(hide_password=False)


Moment = Annotated[datetime, BeforeValidator(_read_moment, json_schema_input_type=str)]
"""A date and time that mean one moment everywhere."""

Country = Annotated[str, AfterValidator(_check_country)]
LocaleId = Annotated[str, AfterValidator(check_locale)]
Currency = Annotated[str, AfterValidator(_check_currency)]
Iban = Annotated[str, AfterValidator(_check_iban)]
Mailbox = Annotated[str, AfterValidator(check_mailbox)]
MailboxOrNothing = Annotated[str, AfterValidator(_check_mailbox_if_any)]
Colour = Annotated[str, AfterValidator(_check_colour), Field(json_schema_extra={"pattern": "^#[0-9A-Fa-f]{6}$"})]
LedgerUrl = Annotated[str, AfterValidator(_check_ledger)]

Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many, json_schema_input_type=str | tuple[str, ...])]
"""A list of words; a single word may stand without brackets."""

RelativePath = Annotated[Path, AfterValidator(_under_base)]
"""A path; when it is relative, it is below the folder of the file that names it (`context["base"]`)."""

ExistingFile = Annotated[RelativePath, AfterValidator(_check_file)]

Places = Annotated[
    tuple[Annotated[RelativePath, AfterValidator(_check_there)], ...],
    BeforeValidator(_one_or_many, json_schema_input_type=str | tuple[str, ...]),
]
"""Files and folders that are there; a single one may stand without brackets."""
