"""Floor 1, rules: what a document is in business terms. One module per kind with figures of its own."""

from __future__ import annotations

from collections.abc import Mapping

from docgen.kinds.base import Kind
from docgen.kinds.contract import CONTRACT
from docgen.kinds.invoice import INVOICE
from docgen.kinds.plain import LETTER, MESSAGE, NEWSLETTER, REPORT

__all__ = ["KINDS", "Kind"]

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (INVOICE, CONTRACT, NEWSLETTER, LETTER, MESSAGE, REPORT)}
