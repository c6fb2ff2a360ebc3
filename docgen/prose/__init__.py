"""Floor 1, rules: formatted text from data, as values: Markdown or HTML in, blocks out. Knows no document format.

    parse_markdown(text, find=...) -> Prose      parse_html(text, find=...) -> Prose
    to_html(prose, show=...) -> str              to_text(prose) -> str

Renderers that can hold more than text write the blocks themselves; see `model` for what there is.
"""

from docgen.prose.fromhtml import parse_html
from docgen.prose.frommarkdown import parse_markdown
from docgen.prose.model import (
    Block,
    Break,
    Cell,
    Code,
    Heading,
    Inline,
    Item,
    Listing,
    Look,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Table,
    Text,
)
from docgen.prose.sources import FindPicture, no_pictures
from docgen.prose.tohtml import to_html
from docgen.prose.totext import to_text

__all__ = [
    "Block",
    "Break",
    "Cell",
    "Code",
    "FindPicture",
    "Heading",
    "Inline",
    "Item",
    "Listing",
    "Look",
    "Paragraph",
    "Picture",
    "Prose",
    "Quote",
    "Rule",
    "Table",
    "Text",
    "no_pictures",
    "parse_html",
    "parse_markdown",
    "to_html",
    "to_text",
]
