"""Floor 1, rules: texts too long for YAML, in Markdown files by language: clauses of a contract, parts of a proposal.

`texts/en/term.md` in a template's folder, or in `shared/`, is the text `term` in English: its title. What stands below
is `term.text`, or, where headings of the second level are names (`## notice`), a text of each: `term.notice`. Knows
neither what the texts say nor Markdown beyond these headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from docgen.errors import TemplateError
from docgen.keytypes import check_locale
from docgen.model import Where

FOLDER = "texts"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TITLE = re.compile(r"#[ \t]+(.+?)[ \t]*")
_PART = re.compile(r"##[ \t]+([a-z][a-z0-9_]*)[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")


@dataclass
class LongTexts:
    """What the files of a folder say.

    Attributes:
        texts: language -> name -> text.
        places: (language, name) -> where it begins.
        faults: files that cannot be read so, and texts that a language lacks.
    """

    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[tuple[str, str], Where] = field(default_factory=dict)
    faults: list[TemplateError] = field(default_factory=list)

    def add(self, language: str, name: str, text: str, where: Where) -> None:
        """Take in a text; one that is there already is a fault."""
        texts = self.texts.setdefault(language, {})
        if name in texts:
            self.faults.append(TemplateError(f'the text "{name}" is there twice in {language}', where=where))
        texts[name] = text
        self.places[language, name] = where


def load_long_texts(folder: Path, shown: str) -> LongTexts:
    """Read the Markdown files of `texts/` in a folder; there need not be any.

    Args:
        folder: a template's, or the shared one.
        shown: what to call it in messages.
    """
    found = LongTexts()
    for path in sorted((folder / FOLDER).glob("*/*.md")):
        _read(found, path, f"{shown}/{FOLDER}/{path.parent.name}/{path.name}")
    found.faults.extend(_missing(found, f"{shown}/{FOLDER}"))
    return found


def _read(found: LongTexts, path: Path, file: str) -> None:
    try:
        language = check_locale(path.parent.name)
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        found.faults.append(TemplateError("this is not UTF-8", where=Where(file)))
        return
    except ValueError:
        problem = f'"{path.parent.name}" is not a language'
        found.faults.append(TemplateError(problem, where=Where(file), hint="call the folder en, de or pt_BR"))
        return
    if not _NAME.fullmatch(path.stem):
        hint = "use small letters, digits and underscores, a letter first"
        found.faults.append(TemplateError(f'"{path.stem}" cannot be the name of a text', where=Where(file), hint=hint))
        return
    _take_apart(found, language, path.stem, text, file)


def _take_apart(found: LongTexts, language: str, name: str, text: str, file: str) -> None:
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    title = _TITLE.fullmatch(lines[first]) if lines else None
    if title is None:
        where = Where(file, line=first + 1)
        found.faults.append(TemplateError("this does not begin with a title", where=where, hint="such as: # Term"))
        return
    found.add(language, name, title[1], Where(file, line=first + 1))
    for part, line, body in _parts(lines, first + 1):
        if body or part != "text":
            found.add(language, f"{name}.{part}", body, Where(file, line=line))


def _parts(lines: list[str], start: int) -> Iterator[tuple[str, int, str]]:
    """Yield name, line and text of what stands below the title; `text` before the first name."""
    name, begun, body, fenced = "text", start, list[str](), False
    for number in range(start, len(lines)):
        fenced ^= bool(_FENCE.match(lines[number]))
        part = None if fenced else _PART.fullmatch(lines[number])
        if part is None:
            body.append(lines[number])
            continue
        yield name, begun + 1, "\n".join(body).strip()
        name, begun, body = part[1], number, []
    yield name, begun + 1, "\n".join(body).strip()


def _missing(found: LongTexts, shown: str) -> Iterator[TemplateError]:
    """A text of one language must be in all, as those of the manifest."""
    for language, texts in found.texts.items():
        base = language.partition("_")[0]
        if base != language and base in found.texts:
            continue
        for other, name in found.places:
            if other == next(one for one in found.texts if name in found.texts[one]) and name not in texts:
                problem = f'the text "{name}" is missing in {language}; {other} has it'
                yield TemplateError(problem, where=Where(f"{shown}/{language}/{name.partition('.')[0]}.md"))


def with_long_texts(
    short: Mapping[str, Mapping[str, object]], long: LongTexts
) -> tuple[dict[str, dict[str, object]], list[TemplateError]]:
    """Return the texts of a YAML file with those of the files, and all faults of the files.

    Args:
        short: language -> name -> text or plural forms, of `template.yaml` or `texts.yaml`.
        long: of the Markdown files beside it.
    """
    languages = dict.fromkeys([*short, *long.texts])
    both = {one: {**long.texts.get(one, {}), **short.get(one, {})} for one in languages}
    return both, [*long.faults, *_twice(short, long), *_unsaid(short, long)]


def _twice(short: Mapping[str, Mapping[str, object]], long: LongTexts) -> Iterator[TemplateError]:
    for (language, name), where in long.places.items():
        if name in short.get(language, {}):
            yield TemplateError(f'the text "{name}" is in the YAML file, too', where=where)


def _unsaid(short: Mapping[str, Mapping[str, object]], long: LongTexts) -> Iterator[TemplateError]:
    """Yield the languages that have texts in YAML and no files, where others have."""
    some = next(iter(long.places.values()), None)
    for language in short if some is not None else ():
        if language not in long.texts and language.partition("_")[0] not in long.texts:
            yield TemplateError(f"the text of this file is missing in {language}", where=some)
