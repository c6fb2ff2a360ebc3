"""Floor 1, rules: YAML's syntax: from a file's bytes to PyYAML's nodes, syntax faults in words for people.

The only module that knows PyYAML's sentences. Makes no values.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import yaml

from docgen.errors import UserError, did_you_mean
from docgen.model import Where


def read_bytes(path: Path, shown: str, error: type[UserError]) -> bytes:
    """Return a file's content. Raises `error` where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise error("there is no such file", where=Where(shown), hint=_what_may_be_meant(path)) from None
    except OSError as cause:
        raise error(f"the file cannot be read ({cause.strerror})", where=Where(shown)) from cause


def _what_may_be_meant(path: Path) -> str:
    """Return a hint at the file that a name without its folder or ending stands for, or at one like it."""
    campaigns = path.parent / "campaigns"
    for folder in (path.parent, campaigns):
        for name in (path.name, f"{path.name}.yaml"):
            if (folder / name).is_file():
                return f'did you mean "{folder / name}"?'
    names = {other.stem: other for other in campaigns.glob("*.y*ml")}
    if close := difflib.get_close_matches(path.stem, names, n=1):
        return f'did you mean "{names[close[0]]}"?'
    near = [other.name for other in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
    return did_you_mean(path.name, near)


def decode(content: bytes, shown: str, error: type[UserError]) -> str:
    """Return the text of UTF-8 or UTF-16 bytes. Raises `error` for others."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as cause:
        line = content.count(b"\n", 0, cause.start) + 1
        raise error("the file is not UTF-8 text", where=Where(shown, line), hint="save it as UTF-8") from cause


class _Loader(yaml.SafeLoader):
    """PyYAML's parser with the few scalars of this module; nodes only, no objects are made."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


INT, FLOAT, BOOL, NULL, STR = (f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "str"))
COLLECTIONS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
# Only what is written back just as it came is a number: text keys take numbers, and "-0" or "1." would change.
_Loader.add_implicit_resolver(INT, re.compile(r"(?:0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    FLOAT, re.compile(r"(?!-?0\.0{6})-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}$"), list("-0123456789")
)
_Loader.add_implicit_resolver(BOOL, re.compile(r"(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(NULL, re.compile(r"(?:null|~|)$"), ["n", "~", ""])


def compose(text: str, shown: str, error: type[UserError]) -> yaml.Node | None:
    """Return the only document's node, None for an empty file. Raises `error` for what is not YAML."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as cause:
        raise _translate(cause, shown, error) from cause
    except yaml.reader.ReaderError as cause:
        before = text[: cause.position]
        place = Where(shown, before.count("\n") + 1, cause.position - before.rfind("\n"))
        problem = f"a character that no YAML file may hold (U+{ord(text[cause.position]):04X})"
        raise error(problem, where=place, hint="delete it") from cause
    except RecursionError as cause:
        raise error("the file is nested too deep", where=Where(shown)) from cause
    return node


#: Part of PyYAML's sentence -> (what it means, what to do). The first that fits counts.
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("character '\\t'", "a tab stands where only spaces may", "indent with spaces"),
    ("undefined alias", "an alias (*name) without its anchor (&name)", 'put text that begins with "*" in quotes'),
    ("duplicate anchor", "two anchors (&name) of one name", ""),
    ("alphabetic or numeric", 'text that begins with "*" or "&" is not in quotes', "put it in quotes"),
    ("character '%'", 'text that begins with "%" is not in quotes', "put it in quotes"),
    ("character '@'", 'text that begins with "@" is not in quotes', "put it in quotes"),
    ("character '`'", "text that begins with a backquote is not in quotes", "put it in quotes"),
    ("unknown escape", "an escape (\\) that YAML does not know", "use '...' for text with backslashes"),
    ("escape sequence", "an escape (\\) that is not complete", "use '...' for text with backslashes"),
    ("quoted scalar", "text in quotes that does not end", 'add the closing quote; write \\" for a quote inside "..."'),
    ("flow sequence", 'a list in "[...]" that does not end, or lacks a comma', "text that begins with [ needs quotes"),
    ("flow mapping", 'keys in "{...}" that do not end, or lack a comma', "text that begins with { needs quotes"),
    (
        "mapping values are not allowed",
        'a ":" where no key can be',
        'check the indentation; text with ": " needs quotes',
    ),
    ("could not find expected ':'", 'a line that is neither "key: value" nor "- element"', "check the indentation"),
    ("block collection", "a line that does not fit the list above it", "check the indentation"),
    ("block mapping", "a line that does not fit the keys above it", "check the indentation"),
    ("block scalar", 'a text after "|" or ">" that is not indented well', "check the indentation"),
    ("single document", "a second document (---) in one file", "keep one document per file"),
    ("undefined tag handle", 'text that begins with "!" is not in quotes', "put it in quotes"),
)

_BEGINS_ABOVE = ("unexpected end of stream", "document separator", "flow sequence", "flow mapping", "expected ':'")


def _translate(cause: yaml.MarkedYAMLError, shown: str, error: type[UserError]) -> UserError:
    said = f"{cause.problem or ''}; {cause.context or ''}"
    problem, hint = next(
        ((meaning, advice) for part, meaning, advice in _SYNTAX if part in said),
        (f"this is not YAML ({cause.problem})", ""),
    )
    # What never ends is noticed far below; the person needs where it begins.
    at_start = any(part in said for part in _BEGINS_ABOVE)
    marks = (cause.context_mark, cause.problem_mark) if at_start else (cause.problem_mark, cause.context_mark)
    mark = marks[0] or marks[1]
    place = Where(shown, mark.line + 1, mark.column + 1) if mark else Where(shown)
    return error(problem, where=place, hint=hint)
