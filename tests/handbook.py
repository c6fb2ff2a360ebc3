"""Reads README.md and docs/ as tests need them: sections, tables, blocks, links.

A comment `<!-- test: ... -->` before a block or table says what is done with it; readers do not see it. Its words,
parted by `;`:

    job | config | template     the real loader reads the YAML as a whole file
    job part, ...               the same after laying the keys over a whole one
    file NAME                   the block is written to NAME in the page's folder, for the commands that follow
    edit NAME: OLD => NEW       a text in a file of that folder is replaced, for the commands that follow
    fresh                       the commands that follow begin in a new folder
    exit N                      the last command of the block ends with this code instead of 0
    environ NAME=VALUE          for the commands of the block
    examples [BODY]             each row `| template | language | result |` is rendered, for this body
    word                        each line is a paragraph of a Word body, which is rendered
    pictures                    the same, and each shows a picture
    fault CODE                  a message that docgen really gives for this code
    picture NAME                docs/pictures/rml/NAME.png shows the block (see rmlexamples)
    example NAME                the block can be drawn, and there is nothing to show
    intended NAME, ...          cases of tests/differential which the list below accounts for
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: When the examples of the handbook were made.
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PAGES = ("README.md", "docs/job.md", "docs/templates.md", "docs/config.md", "docs/cli.md", "docs/errors.md")

_MARK = re.compile(r"<!-- test: (.*?) -->", re.DOTALL)
_FENCE = re.compile(r"(`{3,})(\w*)")
_CODE = re.compile(r"`([^`]+)`")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    line: int
    language: str
    text: str
    marks: tuple[str, ...] = ()

    def mark(self, name: str) -> str | None:
        """Return what follows the name in the comment before the block, None without it."""
        for mark in self.marks:
            if mark == name or mark.startswith(f"{name} "):
                return mark.removeprefix(name).strip()
        return None

    def all(self, name: str) -> list[str]:
        return [mark.removeprefix(name).strip() for mark in self.marks if mark.startswith(f"{name} ")]

    @property
    def id(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Table:
    """A table under its heading; cells are as written, `\\|` made `|`."""

    page: str
    line: int
    heading: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ()

    def column(self, number: int = 0) -> list[str]:
        """Return what stands in backquotes in a column."""
        return [code for row in self.rows for code in codes(row[number])]


@dataclass
class Section:
    """A heading and what stands below it up to the next heading."""

    heading: str
    level: int
    text: str = ""
    tables: list[Table] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def codes(text: str) -> list[str]:
    """Return what stands in backquotes."""
    return _CODE.findall(text)


@dataclass
class Page:
    """One Markdown file."""

    name: str
    sections: list[Section]

    @property
    def blocks(self) -> list[Block]:
        return [block for section in self.sections for block in section.blocks]

    @property
    def tables(self) -> list[Table]:
        return [table for section in self.sections for table in section.tables]

    @property
    def text(self) -> str:
        return "\n".join(f"{section.heading}\n{section.text}" for section in self.sections)

    def section(self, heading: str) -> Section:
        """Return the section of a heading; backquotes do not count."""
        plain = heading.replace("`", "")
        found = [section for section in self.sections if section.heading.replace("`", "") == plain]
        assert found, f"{self.name} has no section {heading!r}"
        return found[0]

    def under(self, heading: str) -> str:
        """Return the text of a section and of all below it."""
        first = self.sections.index(self.section(heading))
        level = self.sections[first].level
        texts = [self.sections[first].text]
        for section in self.sections[first + 1 :]:
            if section.level <= level:
                break
            texts += [section.heading, section.text]
        return "\n".join(texts)


@cache
def page(name: str) -> Page:
    """Read a page, named from the top of the tree."""
    sections = [Section("", 0)]
    lines = iter(enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1))
    marks: tuple[str, ...] = ()
    for number, line in lines:
        section = sections[-1]
        if found := _MARK.fullmatch(line.strip()):
            marks += tuple(mark.strip() for mark in found[1].split(";"))
            continue
        if fence := _FENCE.match(line):
            text = _until(lines, fence[1])
            section.blocks.append(Block(name, number, fence[2], text, marks))
        elif line.startswith("|"):
            rows = [line]
            for _, following in lines:
                if not following.startswith("|"):
                    break
                rows.append(following)
            section.tables.append(_table(name, number, section.heading, rows, marks))
            section.text += "\n".join(rows) + "\n"
        elif re.match(r"#+ ", line):
            level = len(line) - len(line.lstrip("#"))
            sections.append(Section(line[level:].strip(), level))
        else:
            section.text += f"{line}\n"
            if not line.strip():
                continue
        marks = ()
    return Page(name, sections)


def _until(lines: Iterator[tuple[int, str]], fence: str) -> str:
    inside = []
    for _, line in lines:
        if line.startswith(fence):
            break
        inside.append(line)
    return "".join(f"{line}\n" for line in inside)


def _table(name: str, number: int, heading: str, rows: list[str], marks: tuple[str, ...]) -> Table:
    cells = [
        tuple(cell.strip().replace("\\|", "|") for cell in _CELL.split(row.strip().removeprefix("|").removesuffix("|")))
        for row in rows
    ]
    return Table(name, number, heading, cells[0], tuple(cells[2:]), marks)


def markdown_files() -> list[str]:
    """Return all pages of the handbook, named from the top of the tree."""
    docs = sorted((ROOT / "docs").rglob("*.md"))
    return ["README.md", "CHANGELOG.md", *(path.relative_to(ROOT).as_posix() for path in docs)]


@dataclass(frozen=True)
class Command:
    """A command of a console block and the output shown below it."""

    line: str
    shown: tuple[str, ...]


def commands(block: Block) -> list[Command]:
    """Split a console block into its commands; a line that ends in a backslash goes on."""
    found: list[Command] = []
    for line in block.text.replace("\\\n", "").splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], ()))
        else:
            found[-1] = Command(found[-1].line, (*found[-1].shown, line))
    return found


def first_line_missing(shown: tuple[str, ...], output: str) -> str | None:
    """Return the first shown line that the output does not have after the ones before it; None when all are there.

    `...` stands for any text within a line, and alone on a line for any lines.
    """
    lines = iter(line.rstrip() for line in output.splitlines())
    for line in shown:
        if not line.strip() or line.strip() == "...":
            continue
        pattern = re.compile(re.escape(line.rstrip()).replace(r"\.\.\.", ".*"))
        if not any(pattern.fullmatch(there) for there in lines):
            return line
    return None


def lay_over(base: object, part: object) -> object:
    """Lay the keys of a part over a whole; everything but mappings is replaced."""
    if isinstance(base, Mapping) and isinstance(part, Mapping):
        return {**base, **{key: lay_over(base.get(key), value) for key, value in part.items()}}
    return part
