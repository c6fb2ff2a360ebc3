"""Floor 1, rules: which clauses a deal needs, their numbers, and what references to them say. Knows no wording.

A plan lists the paragraphs of all clauses with their conditions. What holds for the deal is numbered 1, 1.1, 1.2, 2
and so on in the order of the plan, so that a reference stays right when a clause before it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from docgen.errors import MissingValue, RecordError, WrongValue, raise_faults
from docgen.kinds.base import Values, read_amount, read_rows, read_text

CLAUSE_INPUT = ("clause", "paragraph", "countries", "except_countries", "from_total", "below_total", "products")
CLAUSE_FIGURES = ("name", "number")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Deal:
    """What conditions look at.

    Attributes:
        country: code of the customer's country.
        total: of the items, in the contract's currency.
        products: article numbers.
    """

    country: str
    total: Decimal
    products: Sequence[str]


@dataclass(frozen=True, slots=True)
class Condition:
    """When a paragraph is a part of the contract; what is empty holds for every deal.

    Attributes:
        countries: only there.
        except_countries: everywhere but there.
        from_total: that much or more.
        below_total: less.
        products: beginnings of article numbers, one of which must be among the items.
    """

    countries: frozenset[str] = frozenset()
    except_countries: frozenset[str] = frozenset()
    from_total: Decimal | None = None
    below_total: Decimal | None = None
    products: tuple[str, ...] = ()

    def holds(self, deal: Deal) -> bool:
        """Tell whether all of it is true of a deal."""
        return (
            (not self.countries or deal.country in self.countries)
            and deal.country not in self.except_countries
            and (self.from_total is None or deal.total >= self.from_total)
            and (self.below_total is None or deal.total < self.below_total)
            and (not self.products or any(one.startswith(self.products) for one in deal.products))
        )


def choose_clauses(values: Values, deal: Deal) -> list[dict[str, object]]:
    """Return the clauses that hold for a deal, with their numbers.

    Args:
        values: `clauses`, a row for each paragraph.
        deal: what decides.

    Returns:
        `name` and `number` of each clause, and its `paragraphs` with theirs; empty for a record without a plan.

    Raises:
        RecordError: a row without a name or with a condition that cannot be, a paragraph chosen twice, a plan of which
            nothing holds; several as Faults.
    """
    rows = read_rows(values, "clauses")
    chosen: dict[str, list[str]] = {}
    faults: list[RecordError] = []
    for index, row in enumerate(rows):
        try:
            _choose(row, f"clauses[{index + 1}].", deal, chosen)
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    if rows and not chosen:
        raise MissingValue("clauses")
    return [_clause(name, number, paragraphs) for number, (name, paragraphs) in enumerate(chosen.items(), 1)]


def _choose(row: Values, path: str, deal: Deal, chosen: dict[str, list[str]]) -> None:
    clause, paragraph = (_name(row, name, path) for name in ("clause", "paragraph"))
    if not read_condition(row, path).holds(deal):
        return
    paragraphs = chosen.setdefault(clause, [])
    if paragraph in paragraphs:
        hint = "conditions of the two leave no deal that both hold for"
        raise WrongValue(f"{path}paragraph", f"{clause}.{paragraph}", "a paragraph that is there once", hint=hint)
    paragraphs.append(paragraph)


def _name(row: Values, name: str, path: str) -> str:
    value = read_text(row, name).strip()
    if not value:
        raise MissingValue(f"{path}{name}")
    if not _NAME.fullmatch(value):
        raise WrongValue(f"{path}{name}", value, "a name of small letters, digits and underscores")
    return value


def read_condition(row: Values, path: str) -> Condition:
    """Return the condition of a row; lists are parted by blanks, commas or semicolons.

    Raises:
        RecordError: a total that is no number.
    """
    return Condition(
        countries=frozenset(_codes(row, "countries")),
        except_countries=frozenset(_codes(row, "except_countries")),
        from_total=read_amount(row, "from_total", path),
        below_total=read_amount(row, "below_total", path),
        products=tuple(_listed(row, "products")),
    )


def _codes(row: Values, name: str) -> list[str]:
    return [code.upper() for code in _listed(row, name)]


def _listed(row: Values, name: str) -> list[str]:
    return re.split(r"[\s,;]+", read_text(row, name).strip(" ,;\t\n")) if read_text(row, name) else []


def _clause(name: str, number: int, paragraphs: Sequence[str]) -> dict[str, object]:
    return {
        "name": name,
        "number": str(number),
        "paragraphs": [
            {"name": f"{name}.{paragraph}", "number": f"{number}.{position}"}
            for position, paragraph in enumerate(paragraphs, 1)
        ],
    }


def references_to(clauses: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Return what `{see_term}` and `{see_term_notice}` stand for in the texts of clauses: their numbers."""
    numbers: dict[str, str] = {}
    for clause in clauses:
        for part in (clause, *read_rows(clause, "paragraphs")):
            numbers[f"see_{part['name']}".replace(".", "_")] = str(part["number"])
    return numbers
