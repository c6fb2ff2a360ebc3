"""Floor 1, rules: whether a text is an e-mail address, and how it is sent. Looks up no domain, knows no names.

email-validator says what an address is. It takes a tenth of a millisecond, nearly all of it for the domain, and most
recipients of a mailing share a few: of plain addresses each domain is checked once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from email_validator import validate_email

#: Local parts of which nothing can be wrong, and which are sent as they are.
#: Source: RFC 5321 sections 4.1.2 (Dot-string) and 4.5.3.1.1 (64 octets).
_PLAIN = re.compile(r"(?=.{1,64}@)([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@([^@]{1,180})")


@dataclass(frozen=True, slots=True)
class Checked:
    """An address that is well formed.

    Attributes:
        normalized: as people write it, its domain in its own script.
        sent: as a mail server gets it, in ASCII where that is possible.
    """

    normalized: str
    sent: str


def check_address(text: str) -> Checked:
    """Return an address in both forms; whether it exists is not asked.

    Raises:
        EmailNotValidError: it is none, in the words of email-validator.

    Source: RFC 5321 4.1.2, RFC 6531.
    """
    if plain := _PLAIN.fullmatch(text):
        domain = _checked_domain(plain[2])
        if domain is not None and len(domain.sent) <= 180:
            return Checked(f"{plain[1]}@{domain.normalized}", f"{plain[1]}@{domain.sent}")
    return _check(text)


def _check(text: str) -> Checked:
    # `test` domains are for trials and refused by default.
    found = validate_email(text, check_deliverability=False, test_environment=True)
    return Checked(found.normalized, found.ascii_email or found.normalized)


@lru_cache(maxsize=4096)
def _checked_domain(domain: str) -> Checked | None:
    """Return a domain in both forms, None where it is none."""
    try:
        found = _check(f"x@{domain}")
    except ValueError:
        return None
    return Checked(found.normalized.removeprefix("x@"), found.sent.removeprefix("x@"))
