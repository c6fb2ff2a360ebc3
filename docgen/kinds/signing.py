"""Floor 1, rules: the parties of an agreement, who signs for each, and where an e-signature service puts it.

An anchor is a piece of text that a service looks for in the PDF. Knows no service and no layout.
"""

from __future__ import annotations

from collections.abc import Sequence

from docgen.errors import MissingValue, RecordError, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import Values, read_rows, read_text

ADDRESS = ("name", "street", "postcode", "city", "region", "country", "vat_id")
PARTY_FIELDS = (*ADDRESS, "signatory")
SIGNATORY_FIELDS = ("name", "function", "anchor", "date_anchor")
#: What services find as they are set up to; `{n}` is the number of the signatory, from 1.
SIGNATURE_ANCHOR, DATE_ANCHOR = "/sig{n}/", "/date{n}/"


def read_parties(values: Values, company: Values) -> list[dict[str, object]]:
    """Return the parties: the company, the customer, and those of `more_parties`, each with its signatories.

    Args:
        values: the customer's name and address; `signatories` with `party`, `name` and `function`; `more_parties`
            with `role`, name and address; `signature_anchor` and `date_anchor` with `{n}` in them.
        company: the provider.

    Returns:
        `role`, what `PARTY_FIELDS` names, and `signatories`. A party of which the record names nobody is signed for
        by its own `signatory`, or by a person whose name is left open.

    Raises:
        RecordError: a party without name or role, a role twice, somebody who signs for no party; several as Faults.
    """
    faults: list[RecordError] = []
    parties = [_party("provider", company), _party("customer", values), *_more_parties(values, faults)]
    signing = _signatories(values, [str(party["role"]) for party in parties], faults)
    raise_faults(faults)
    count = 0
    for party in parties:
        people = signing.get(str(party["role"])) or [{"name": str(party["signatory"]), "function": ""}]
        party["signatories"] = [
            {**person, **_anchors(values, number)} for number, person in enumerate(people, count + 1)
        ]
        party["signatory"] = people[0]["name"]
        count += len(people)
    return parties


def _party(role: str, values: Values) -> dict[str, object]:
    return {"role": role, **{name: read_text(values, name) for name in PARTY_FIELDS}}


def _more_parties(values: Values, faults: list[RecordError]) -> list[dict[str, object]]:
    parties, roles = [], {"provider", "customer"}
    for index, row in enumerate(read_rows(values, "more_parties")):
        faults += [
            MissingValue(f"more_parties[{index + 1}].{name}") for name in ("role", "name") if not read_text(row, name)
        ]
        role = read_text(row, "role")
        if role in roles:
            faults.append(WrongValue(f"more_parties[{index + 1}].role", role, "a role that no other party has"))
        roles.add(role)
        parties.append(_party(role, row))
    return parties


def _signatories(values: Values, roles: Sequence[str], faults: list[RecordError]) -> dict[str, list[dict[str, str]]]:
    people: dict[str, list[dict[str, str]]] = {}
    for index, row in enumerate(read_rows(values, "signatories")):
        party, path = read_text(row, "party", "customer"), f"signatories[{index + 1}]."
        if party not in roles:
            faults.append(WrongValue(f"{path}party", party, "one of the parties", hint=did_you_mean(party, roles)))
        if not read_text(row, "name"):
            faults.append(MissingValue(f"{path}name"))
        people.setdefault(party, []).append({name: read_text(row, name) for name in ("name", "function")})
    return people


def _anchors(values: Values, number: int) -> dict[str, str]:
    patterns = {"anchor": ("signature_anchor", SIGNATURE_ANCHOR), "date_anchor": ("date_anchor", DATE_ANCHOR)}
    return {
        name: read_text(values, field, default).replace("{n}", str(number))
        for name, (field, default) in patterns.items()
    }
