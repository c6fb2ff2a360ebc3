"""Floor 2, edges: a Word template's tags as Jinja gets them, alone or together, and what stands for broken ones.

A broken tag is replaced by one that does the least: so its block keeps both ends, and its loop's name is known.
"""

from __future__ import annotations

from collections.abc import Iterable

from docgen.render.docx.faults.statements import CELL, OPENING, is_set_block, names_set, statement_of
from docgen.render.docx.faults.tags import Tag

#: Statement -> what stands for a broken one, so that its block has both ends.
_STAND_IN = {
    "if": "if true", "elif": "elif true", "else": "else", "call": "call namespace()", "filter": "filter upper",
    "with": "with",
}  # fmt: skip


def closing(words: Iterable[str] | None) -> str:
    """Return the tags that close blocks, from their words."""
    return "".join(f"{{% {word} %}}" for word in words or ())


def meant(tag: Tag) -> str:
    """Return a tag as Jinja gets it."""
    body = " ".join(tag.body.split("\n"))
    if tag.word in ("vm", "hm"):
        return ""
    if tag.word in CELL:
        return f"{{{{ {body[len(tag.word) :]} }}}}"
    return f"{tag.span.opening} {body} {'}}' if tag.span.opening == '{{' else '%}'}"


def stand_in(tag: Tag) -> str:
    """Return what stands for a broken tag."""
    word = statement_of(tag) if tag.span.opening == "{%" else ""
    names = [name for name, _ in names_set([tag])]
    if word == "for":
        return f"{{% for {', '.join(names) or '_'} in [] %}}"
    if word in ("set", "macro"):
        name = names[0] if names else "_"
        inline = word == "set" and not is_set_block(tag)
        return f"{{% {word} {name}{' = none' if inline else '()' if word == 'macro' else ''} %}}"
    if word == "block":
        return f"{{% block b{tag.order[0]} %}}"
    if word.startswith("end") and word[3:] in OPENING:
        return f"{{% {word} %}}"
    return f"{{% {_STAND_IN[word]} %}}" if word in _STAND_IN else ""


def alone(tag: Tag) -> str:
    """Return a template that has this tag alone, with what its statement needs around it."""
    text, word = meant(tag), tag.word
    if word in ("else", "elif"):
        return f"{{% if true %}}{text}{{% endif %}}"
    if word in ("break", "continue"):
        return f"{{% for _ in [] %}}{text}{{% endfor %}}"
    if word.startswith("end"):
        return f"{_opening(word.removeprefix('end'))}{text}"
    if word in OPENING and not (word == "set" and not is_set_block(tag)):
        return f"{text}{{% end{word} %}}"
    return text


def _opening(word: str) -> str:
    simple = {"for": "for _ in []", "set": "set _", "macro": "macro _()", "block": "block _"}
    return f"{{% {simple.get(word) or _STAND_IN.get(word, 'if true')} %}}"
