r"""Floor 2, edges: the codes of Word's fields, taken apart into words, switches and formulas. Knows no Jinja.

A word stands between blanks or in quotation marks, which may be curly; `\"` and `\\` in them mean the signs themselves.
A field in a code is a word or a part of one. Source: ECMA-376 part 1, 17.16.1 to 17.16.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docgen.render.docx.fields.tree import Break, Element, Field, Item, is_text, text_of

_QUOTES = {'"': '"', "“": "“”\"", "”": "“”\"", "„": "“”\"", "‟": "“”\""}  # fmt: skip
#: As a code writes it -> as `wordformats.OPERATORS` calls it.
OPERATORS = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
#: Switches of all fields.
GENERAL = ("*", "#", "@")


class CodeFault(Exception):
    """A code that does not say what its field needs: what is wrong, and what to do."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


@dataclass(frozen=True, eq=False)
class Piece:
    """Letters of a run, from one position to another."""

    run: Element
    start: int
    end: int

    @property
    def text(self) -> str:
        """The letters."""
        return (text_of(self.run) or "")[self.start : self.end]


@dataclass(eq=False)
class Token:
    """A word of a code.

    Attributes:
        sort: `word`, `switch` or `operator`.
        parts: letters, fields, and what else stands in it; a Break where it goes on in the next paragraph.
        open: the quotation mark it begins with, None where it has none.
        close: the one it ends with.
    """

    sort: str = "word"
    parts: list[Piece | Item] = field(default_factory=list)
    open: Piece | None = None
    close: Piece | None = None

    @property
    def text(self) -> str:
        """What is written in it, fields left out."""
        return "".join(part.text for part in self.parts if isinstance(part, Piece))

    @property
    def fields(self) -> list[Field]:
        """The fields in it."""
        return [part for part in self.parts if isinstance(part, Field)]

    def add(self, run: Element, at: int) -> None:
        """Add a letter of a run."""
        last = self.parts[-1] if self.parts else None
        if isinstance(last, Piece) and last.run is run and last.end == at:
            self.parts[-1] = Piece(run, last.start, at + 1)
        else:
            self.parts.append(Piece(run, at, at + 1))


class _Lexer:
    def __init__(self, comparing: bool) -> None:
        self.tokens: list[Token] = []
        self._token: Token | None = None
        self._closing = ""
        self._comparing = comparing  # until the operator is found
        self._escaped = False

    def read(self, items: Sequence[Item]) -> list[Token]:
        for item in items:
            if isinstance(item, Field):
                self._word().parts.append(item)
            elif isinstance(item, Break) or not is_text(item):
                self._thing(item)
            else:
                for at, letter in enumerate(text_of(item) or ""):
                    self._letter(letter, item, at)
        if self._closing:
            raise CodeFault("a quotation mark is not closed", 'each " needs another')
        self._end()
        return self.tokens

    def _current(self, sort: str = "word") -> Token:
        if self._token is None:
            self._token = Token(sort)
            self.tokens.append(self._token)
        return self._token

    def _word(self) -> Token:
        if self._token is not None and self._token.sort != "word":
            self._end()
        return self._current()

    def _end(self) -> None:
        self._token = None
        self._escaped = False

    def _thing(self, item: Item) -> None:
        blank = isinstance(item, Break) or text_of(item) is not None
        if blank and not self._closing:
            self._end()
        else:
            self._word().parts.append(item)

    def _letter(self, letter: str, run: Element, at: int) -> None:
        if self._closing:
            self._quoted(letter, run, at)
        elif self._token is not None and self._token.sort == "switch":
            self._token.add(run, at)
            self._end()
        elif letter.isspace():
            self._end()
        elif letter in _QUOTES:
            self._end()
            self._current().open = Piece(run, at, at + 1)
            self._closing = _QUOTES[letter]
        elif letter == "\\" and self._token is None:
            self._current("switch").add(run, at)
        elif self._comparing and letter in "=<>":
            self._operator(letter, run, at)
        else:
            self._word().add(run, at)

    def _quoted(self, letter: str, run: Element, at: int) -> None:
        token = self._current()
        if self._escaped and letter in '"\\“”':
            last = token.parts[-1]
            assert isinstance(last, Piece)
            token.parts[-1] = Piece(last.run, last.start, last.end - 1)
            token.parts.append(Piece(run, at, at + 1))
            self._escaped = False
        elif letter in self._closing:
            token.close = Piece(run, at, at + 1)
            self._closing = ""
            self._end()
        else:
            token.add(run, at)
            self._escaped = letter == "\\"

    def _operator(self, letter: str, run: Element, at: int) -> None:
        found = next((token for token in self.tokens if token.sort == "operator"), None)
        if found is None:
            self._end()
            self._current("operator").add(run, at)
        elif found is self._token and found.text + letter in OPERATORS:
            found.add(run, at)
        else:
            self._word().add(run, at)


def read_tokens(items: Sequence[Item], *, comparing: bool = False) -> list[Token]:
    """Return the words of a code.

    Args:
        items: the code.
        comparing: the first `=`, `<`, `>` and their pairs are words by themselves, blanks around them or not.

    Raises:
        CodeFault: a quotation mark is not closed.
    """
    return _Lexer(comparing).read(items)


@dataclass
class Instruction:
    r"""A code, understood as far as all codes are alike.

    Attributes:
        kind: the first word, in capitals; `=` for formulas.
        words: what follows, without switches.
        switches: switch -> what belongs to it, None for one that stands alone; the last one counts.
        formats: what the `\*` switches say, in their order.
    """

    kind: str
    words: list[Token]
    switches: dict[str, Token | None]
    formats: list[str]


def read_instruction(one: Field, *, alone: str = "", comparing: bool = False) -> Instruction:
    """Return a field's code, understood.

    Args:
        one: the field.
        alone: letters of the switches that nothing belongs to.
        comparing: as for `read_tokens`.

    Raises:
        CodeFault: it cannot be understood.
    """
    tokens = read_tokens(one.code, comparing=comparing)
    words: list[Token] = []
    switches: dict[str, Token | None] = {}
    formats: list[str] = []
    waiting = iter(tokens)
    for token in waiting:
        if token.sort != "switch":
            words.append(token)
            continue
        letter = token.text[1:].lower()
        given = None if letter in alone else next(waiting, None)
        if letter == "*" and given is not None:
            formats.append(given.text)
        else:
            switches[letter] = given
    kind = words.pop(0).text.upper() if words else ""
    return Instruction(kind, words, switches, formats)


def kind_of(code: str) -> str:
    """Return the kind of field that a code begins with, in capitals; `=` for formulas."""
    found = re.match(r"\s*(=|[^\s\"“”\\]+)", code)
    return found[1].upper() if found else ""


def code_text(one: Field) -> str:
    """Return a field's own code as text, without those inside, in one line."""
    texts = [
        "…" if isinstance(item, Field) else " " if isinstance(item, Break) else text_of(item) or "" for item in one.code
    ]
    return " ".join("".join(texts).split())


# --- formulas -------------------------------------------------------------------------------------

_FORMULA = re.compile(r"\s*(?:([.,]?\d[\d.,]*)|([^\W\d]\w*(?::\w+)?)|(<>|<=|>=|[-+*/^%=<>()]|[;,]))")


@dataclass(frozen=True, eq=False)
class Term:
    """A piece of a formula: `number`, `name`, `sign` or `field`."""

    sort: str
    text: str = ""
    field: Field | None = None


def read_formula(items: Sequence[Item], decimal: str = ".") -> Iterator[Term]:
    r"""Yield the pieces of a formula up to its first switch; a number is written with a point.

    Args:
        items: the code, with its `=`.
        decimal: the decimal sign of the computer it was written on.

    Raises:
        CodeFault: there is a sign that no formula has.
    """
    begun = False
    depth = 0
    for item in _joined(items):
        if isinstance(item, Field):
            yield Term("field", field=item)
            continue
        text = item.partition("\\")[0]
        if not begun:
            begun, text = True, text.lstrip().removeprefix("=")
        for term in _terms(re.sub('[$€£"]', " ", text), decimal, depth):
            depth += {"(": 1, ")": -1}.get(term.text, 0)
            yield term
        if "\\" in item:
            return


def _joined(items: Sequence[Item]) -> Iterator[Field | str]:
    text = ""
    for item in items:
        if isinstance(item, Field):
            yield text
            yield item
            text = ""
        else:
            text += " " if isinstance(item, Break) else text_of(item) or ""
    yield text


def _terms(text: str, decimal: str, depth: int) -> Iterator[Term]:
    """Yield the pieces; within brackets, what parts thousands parts the values of a function."""
    single = re.compile(rf"\d*[{decimal}]?\d*")
    at = 0
    while text[at:].strip():
        found = _FORMULA.match(text, at)
        if found is None:
            raise CodeFault(f'"{text[at:].strip()[:20]}" does not belong into a formula')
        at = found.end()
        if found[1]:
            matched = single.match(found[1]) if depth > 0 else None
            number = (matched[0] if matched else found[1]).rstrip(",.") or found[1][0]
            at -= len(found[1]) - len(number)
            yield Term("sign", number) if number in ",." else Term("number", _plain_number(number, decimal))
        elif found[2]:
            yield Term("name", found[2])
        else:
            depth += {"(": 1, ")": -1}.get(found[3], 0)
            yield Term("sign", found[3])


def _plain_number(text: str, decimal: str) -> str:
    grouping = "," if decimal == "." else "."
    plain = re.sub(rf"(?<=\d){re.escape(grouping)}(?=\d{{3}}(?!\d))", "", text).replace(decimal, ".")
    if not re.fullmatch(r"\d{0,30}(\.\d{1,30})?", plain) or not plain:
        raise CodeFault(
            f'"{text}" is not a number', f"decimals follow a {decimal} here, as the document's settings say"
        )
    return f"0{plain}" if plain.startswith(".") else plain
