"""Floor 2, edges: what Jinja says of a faulty tag, for people who write letters in Word. Knows no document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docgen.errors import did_you_mean
from docgen.render.docx.faults.statements import CELL, WORDS, meant_word
from docgen.render.docx.faults.tags import PREFIXES, Tag

_CHARACTERS = {
    **dict.fromkeys("–—−‐‑", ("a long dash, which Word has made of a minus", "write -")),
    **dict.fromkeys("„«»‚‹›‟″′´`", ("a quotation mark that templates do not read", 'write " or \'')),
    **dict.fromkeys("'\"", ("a quotation mark that is not closed", "write it at both ends of the text")),
    "…": ("three dots as one character, which Word has made", "write . for each"),
    "&": ("not known here", "write and"),
    "!": ("not known here", "write not, or != for unequal"),
    "≠": ("not known here", "write !="),
    "≤": ("not known here", "write <="),
    "≥": ("not known here", "write >="),
    "×": ("not known here", "write *"),
    "÷": ("not known here", "write /"),
    "\xad": ("an invisible hyphen", "delete the tag and type it anew"),
    "\u200b": ("an invisible blank", "delete the tag and type it anew"),
}  # fmt: skip
_GOT = re.compile(r"(?:expected token '(?P<wanted>[^']*)'|Expected an expression), got '(?P<got>.*)'$", re.DOTALL)
_CHARACTER = re.compile(r"unexpected char (['\"])(?P<char>.*?)\1 at ", re.DOTALL)
_TWO_NAMES = re.compile(r"^([^\W\d]\w*)\s+([^\W\d]\w*)\b")
_KINDS = {"integer": "a number", "float": "a number", "string": "a text"}
_ENDS = ("end of print statement", "end of statement block", "end of template")


def say(message: str, tag: Tag) -> tuple[str, str]:
    """Return problem and hint for what Jinja says of a tag."""
    if found := _CHARACTER.match(message):
        character = found["char"].encode().decode("unicode_escape") if "\\" in found["char"] else found["char"]
        what, hint = _CHARACTERS.get(character, ("not known here", ""))
        shown = f'"{character}" is ' if character.isprintable() else "there is "
        return f"{shown}{what}", hint
    if not tag.body:
        return "there is nothing in it", f"write a field's name{_prefix_hint(tag)}"
    if found := _GOT.match(message):
        return _unexpected(found["wanted"] or "", found["got"], tag)
    if found := re.match(r"unexpected '(.+?)', expected '(.+)'", message):
        return f'"{found[2]}" is missing', "close each bracket that is opened"
    if found := re.match(r"unexpected '(.+)'", message):
        return f'"{found[1]}" is not expected there', "look for a bracket too many or one that is missing"
    return message.strip().rstrip(".") or "it cannot be read", ""


def _unexpected(wanted: str, got: str, tag: Tag) -> tuple[str, str]:
    if got in _ENDS:
        hint = "look for a bracket that is not closed" if "(" in tag.body else ""
        return "something is missing at the tag's end", hint
    problem = f"{_KINDS.get(got) or _quoted(got)} is not expected there"
    if tag.word == "else":
        return problem, f"write {{% elif {tag.body.removeprefix('else').strip().removeprefix('if ')} %}}"
    if tag.word.startswith("end"):
        return f"nothing may stand behind {tag.word}", f"write {{%{tag.prefix} {tag.word} %}}"
    if got == "=":
        return problem, "to compare, write =="
    if wanted == "in":
        return 'the word "in" is missing', "write {% for line in lines %}"
    two = _TWO_NAMES.match(tag.body) if tag.span.opening == "{{" else None
    if two:
        return problem, f"a name has no blanks ({two[1]}_{two[2]}); to join two fields, write {two[1]} ~ {two[2]}"
    return problem, ""


def _quoted(text: str) -> str:
    return f'"{text}"'


def _prefix_hint(tag: Tag) -> str:
    return f"; {tag.prefix} alone says what the tag takes the place of" if tag.prefix else ""


def unknown_word(tag: Tag) -> tuple[str, str] | None:
    """Return problem and hint of a statement that there is not, None where it is known."""
    word = tag.word
    if not word:
        return ("there is nothing in it" if not tag.body else "it does not begin with a word", "")
    words = tag.body.split()
    if word.lower() in PREFIXES:
        return _detached(word.lower(), " ".join(words[1:]))
    if word in WORDS:
        return None
    meant = meant_word(word, " ".join(["", *words[1:]]))
    prefix = next((each for each in PREFIXES if word.lower() == f"{each}{meant}"), "")
    if prefix:
        return f'there is no statement "{word}"', f"write {{%{prefix} {' '.join([meant, *words[1:]])} %}}"
    if meant:
        return f'there is no statement "{word}"', f'did you mean "{meant}"?'
    hint = "write {% endif %} or {% endfor %}" if word == "end" else "to print a field, write {{ … }}"
    return f'there is no statement "{word}"', hint if len(words) == 1 else ""


def _detached(prefix: str, rest: str) -> tuple[str, str]:
    shown = rest if len(rest) <= 60 else f"{rest[:57]}..."
    return f"a blank stands before {prefix}", f"write {{%{prefix} {shown} %}}"


def glued_prefix(tag: Tag) -> tuple[str, str] | None:
    """Return problem and hint of a prefix that docxtpl would not see, though one is meant."""
    opening, inner = tag.span.opening, tag.inner
    if opening == "{#":
        return None
    found = re.match(r"(tr|tc|p|r)([\xa0\u2000-\u200b\u202f\t\n])", inner)
    if found and not (found[1] == "r" and found[2].isspace()):
        return (
            f"the blank behind {found[1]} is one that does not break",
            f"write an ordinary blank behind {found[1]}",
        )
    if tag.prefix in ("tr", "tc", "p") and re.search(r"[}%]", tag.text[2:-2]):
        hint = "work it out before, by {% set name = … %}, and use the name here"
        return f"a tag that begins with {opening}{tag.prefix} cannot hold % or }}", hint
    upper = re.match(r"(TR|TC|P|R|Tr|Tc) ", inner) if opening == "{%" else None
    if upper:
        return f"{upper[1]} is written in capitals", f"write {opening}{upper[1].lower()}"
    detached = re.match(r"\s+(tr|tc|p|r)\s+[^\W\d]", inner) if opening == "{{" else None
    if detached:
        shown = tag.body[len(detached[1]) :].strip()
        return f"a blank stands before {detached[1]}", f"write {{{{{detached[1]} {shown} }}}}"
    if opening == "{%" and tag.word in CELL and re.search(r"%", tag.body):
        return f"{tag.word} cannot hold %", "work it out before, by {% set name = … %}, and use the name here"
    return None


def unknown_name(kind: str, name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return problem and hint of a filter, test or function that there is not."""
    return f"there is no {kind} {name}", did_you_mean(name, (each for each in known if " " not in each))
