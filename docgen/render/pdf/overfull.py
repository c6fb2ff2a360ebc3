"""Floor 2, edges: the fault of content that no frame has room for, the same whoever lays out."""

from __future__ import annotations

from docgen.errors import TemplateError
from docgen.model import Where


class Overfull(TemplateError):
    """Content that no frame has room for, while it is laid out: whoever lays out may look for its line."""

    def plain(self) -> TemplateError:
        """Return the fault as it leaves the layout."""
        return TemplateError(self.problem, where=self.where, hint=self.hint)


def overfull(where: Where, page: str = "", content: str = "") -> Overfull:
    """Return the fault.

    Args:
        where: the body, and the line if it is known.
        page: its number, if it is known.
        content: how the content begins.
    """
    on_page = f" on page {page}" if page else ""
    what = f', which begins "{content}"' if content else ""
    return Overfull(
        f"something is larger than the frame it stands in{on_page}{what}",
        where=where,
        hint="make the frame larger, the content smaller, or let it break over pages",
    )
