"""Floor 2, edges: what Word's fields are worth, as Jinja that calls `docgen.wordfunctions`. Changes no XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from docgen.errors import TemplateError, did_you_mean
from docgen.render.docx.fields.codes import (
    OPERATORS,
    CodeFault,
    Instruction,
    Piece,
    Term,
    Token,
    code_text,
    kind_of,
    read_formula,
    read_instruction,
)
from docgen.render.docx.fields.names import FieldNames, Region, literal
from docgen.render.docx.fields.tree import Break, Field, text_of
from docgen.wordformats import check_format
from docgen.wordfunctions import FUNCTIONS
from docgen.wordpictures import has_time, plain_picture

#: Formats that say how the result looks, not what it says.
LOOKS = ("mergeformat", "charformat")
#: Kinds that print the run's day.
DATES = ("DATE", "TIME", "CREATEDATE", "PRINTDATE", "SAVEDATE")
_COMPARING = ("IF", "COMPARE", "NEXTIF", "SKIPIF")
#: Kind -> letters of its switches that nothing belongs to.
_ALONE = {
    "MERGEFIELD": "mv",
    "DATE": "hlsu",
    "CREATEDATE": "hlsu",
    "SAVEDATE": "hlsu",
    "PRINTDATE": "hlsu",
    "REF": "fhnprtw",
}
_LONGEST_PICTURE = 250
_DEEPEST = 20
_LONGEST = 200


class Live(Exception):
    """The field depends on pages or on text elsewhere, so that only the program that lays the document out knows it."""


@dataclass(frozen=True)
class Value:
    """An expression and how its value is printed.

    Attributes:
        number, day: pictures; formats: of numbers and text; before, after: expressions of what surrounds it.
    """

    expression: str
    number: str | None = None
    day: str | None = None
    formats: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    raw: bool = False

    @property
    def printed(self) -> str:
        """The expression of the text."""
        if self.raw:
            return self.expression
        options = [f"{name}={literal(text)}" for name, text in (("number", self.number), ("day", self.day)) if text]
        if self.formats:
            options.append(f"format=[{', '.join(map(literal, self.formats))}]")
        options += [f"{name}={text}" for name, text in (("before", self.before), ("after", self.after)) if text]
        given = f"({', '.join(options)})" if options else ""
        return f"{self.expression} | word_text{given}"

    @property
    def operand(self) -> str:
        """The expression of what is compared or computed with: the value itself where no switch changes it."""
        return self.expression if self == Value(self.expression) else self.printed


class Terms:
    """Makes expressions of one part's fields."""

    def __init__(self, names: FieldNames, regions: Sequence[Region], stored: set[str], decimal: str) -> None:
        """Keep what is around.

        Args:
            names: finds fields.
            regions: those that are open, innermost last; changes as the part is gone through.
            stored: bookmarks that SET fields of the part fill, in small letters.
            decimal: the decimal sign of the computer that the document was written on.
        """
        self._names = names
        self._regions = regions
        self._stored = stored
        self._decimal = decimal

    def variable(self, bookmark: str) -> str:
        """Return the name under which a SET field keeps its value."""
        return self._names.variable(f"set_{bookmark.lower()}")

    def instruction(self, one: Field) -> Instruction:
        """Return a field's code, understood. Raises CodeFault."""
        kind = kind_of(code_text(one))
        return read_instruction(one, alone=_ALONE.get(kind, ""), comparing=kind in _COMPARING)

    def value(self, one: Field) -> Value:
        """Return what a field is worth.

        Raises:
            CodeFault: its code cannot be understood, or is not supported.
            Live: only a program that lays out pages knows.
        """
        kind = kind_of(code_text(one))
        if kind in _VALUES:
            return _VALUES[kind](self, one)
        if kind in DATES:
            return self._date(one, kind)
        if kind in UNSUPPORTED:
            raise UNSUPPORTED[kind]
        if kind.lower() in self._stored:
            return self._switched(Value(self.variable(kind)), self.instruction(one))
        raise Live

    # --- kinds ---------------------------------------------------------------------------------

    def field_name(self, words: Sequence[Token]) -> str:
        """Return the name that a MERGEFIELD's words say."""
        if any(word.fields for word in words):
            raise CodeFault("the name of a merge field cannot come from another field", "write the name itself")
        name = " ".join(word.text for word in words).strip()
        if not name:
            raise CodeFault("a merge field has no name", "write MERGEFIELD and the name of a field")
        return name

    def _merge_field(self, one: Field) -> Value:
        code = self.instruction(one)
        name = self.field_name(code.words)
        prefix, colon, rest = name.partition(":")
        if colon and prefix.lower() in ("tablestart", "tableend", "begingroup", "endgroup"):
            raise CodeFault("a region cannot begin or end within another field", "take it out of that field")
        picture = colon and prefix.lower() == "image"
        wanted = rest if picture else name
        if "m" in code.switches:
            wanted = self._names.mapped(wanted)
        expression, _ = self._names.find(wanted, self._regions)
        if picture:
            return Value(f'image({expression}) if word_filled({expression}) else ""', raw=True)
        value = self._switched(Value(expression), code)
        before, after = (self._text(code.switches.get(letter)) for letter in "bf")
        return replace(value, before=before, after=after)

    def _text(self, token: Token | None) -> str:
        return self.token(token) if token is not None else ""

    def _switched(self, value: Value, code: Instruction) -> Value:
        number, day = (code.switches.get(letter) for letter in "#@")
        formats = [name for name in code.formats if name.lower() not in LOOKS]
        for name in formats:
            try:
                check_format(name)
            except TemplateError as error:
                raise CodeFault(error.problem, error.hint) from error
        return replace(
            value,
            number=plain_picture(_picture(number), self._decimal) if number is not None else None,
            day=_picture(day) if day is not None else None,
            formats=tuple(formats),
        )

    def _record(self, one: Field) -> Value:
        name = {"MERGEREC": "merge_record", "MERGESEQ": "merge_sequence"}[kind_of(code_text(one))]
        return self._switched(Value(self._names.find(name, ())[0]), self.instruction(one))

    def _date(self, one: Field, kind: str) -> Value:
        value = self._switched(Value("today"), self.instruction(one))
        if has_time(value.day) if value.day else kind == "TIME":
            raise CodeFault(
                "the run has a day and no time of day", r'give a picture of the day alone: \@ "d. MMMM yyyy"'
            )
        return value

    def _reference(self, one: Field) -> Value:
        code = self.instruction(one)
        name = code.words[0].text.lower() if code.words else ""
        if name not in self._stored:
            raise Live
        return self._switched(Value(self.variable(name)), code)

    def _address(self, _: Field) -> Value:
        return Value("word_address()")

    def _if(self, one: Field) -> Value:
        code = self.instruction(one)
        condition, (first, second) = self.condition(code), branches(code)
        expression = f"({self._text(first) or literal('')} if {condition} else {self._text(second) or literal('')})"
        return self._switched(Value(expression), code)

    def _compare(self, one: Field) -> Value:
        code = self.instruction(one)
        return self._switched(Value(f"(1 if {self.condition(code)} else 0)"), code)

    def _quote(self, one: Field) -> Value:
        code = self.instruction(one)
        return self._switched(Value(f"({self.operand(code.words)})"), code)

    def _formula(self, one: Field) -> Value:
        expression = _Formula(self, list(read_formula(one.code, self._decimal))).read()
        code = self.instruction(one)
        value = self._switched(Value(expression), code)
        return value if value.number else replace(value, expression=f'word_formula("RESULT", {expression})')

    # --- parts of codes ------------------------------------------------------------------------

    def condition(self, code: Instruction) -> str:
        """Return the expression of a comparison. Raises as `value`."""
        at = next((at for at, word in enumerate(code.words) if word.sort == "operator"), None)
        if at is None or code.words[at].text not in OPERATORS:
            raise CodeFault("nothing is compared", "write =, <>, <, >, <= or >= between two values")
        right = code.words[at + 1 : at + 2]
        if not right:
            raise CodeFault("the comparison has no right side", 'for an empty text, write ""')
        wild = ", true" if right[0].open is not None and re.search("[*?]", right[0].text) else ""
        operator = OPERATORS[code.words[at].text]
        return f'word_if({self.operand(code.words[:at])}, "{operator}", {self.operand(right)}{wild})'

    def operand(self, tokens: Sequence[Token]) -> str:
        """Return the expression of a value that is compared or kept."""
        if len(tokens) == 1 and tokens[0].open is None and not tokens[0].fields:
            text = tokens[0].text
            if text.lower() in self._stored:
                return self.variable(text)
            if number := self._number(text):
                return number
        return f" ~ {literal(' ')} ~ ".join(self.token(token) for token in tokens) or literal("")

    def _number(self, text: str) -> str | None:
        """Return a number with decimals as Jinja writes it; others read alike in all languages."""
        if not re.fullmatch(r"[+-]?[\d.,]+", text) or not re.search("[.,]", text):
            return None
        grouping = "," if self._decimal == "." else "."
        plain = text.replace(grouping, "").replace(self._decimal, ".").lstrip("+")
        return plain if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", plain) else None

    def token(self, token: Token) -> str:
        """Return the expression of a word's text."""
        pieces: list[str] = []
        text = ""
        values = []
        for part in token.parts:
            if isinstance(part, Field):
                pieces += [literal(text)] if text else []
                text = ""
                values.append(self.value(part))
                pieces.append(values[-1].printed)
            elif isinstance(part, Piece):
                text += part.text
            else:
                text += "\n" if isinstance(part, Break) else text_of(part) or ""
        if len(token.parts) == 1 and values:
            return values[0].operand
        pieces += [literal(text)] if text or not pieces else []
        return pieces[0] if len(pieces) == 1 else f"({' ~ '.join(pieces)})"

    def name(self, text: str) -> str:
        """Return the expression of a name in a formula."""
        if text.lower() in self._stored:
            return f"word_number({self.variable(text)})"
        if text.upper() in ("TRUE", "FALSE"):
            return "word_number(1)" if text.upper() == "TRUE" else "word_number(0)"
        hint = did_you_mean(text.lower(), self._stored) if self._stored else ""
        raise CodeFault(
            f'"{text}" is no value that a formula can compute with here',
            hint or "fill it by a SET field; for sums over rows, let the data or the kind have the sum",
        )


def _picture(token: Token) -> str:
    if token.fields:
        raise CodeFault("a picture cannot come from another field", "write the picture itself")
    if len(token.text) > _LONGEST_PICTURE:
        raise CodeFault(f"a picture has more than {_LONGEST_PICTURE} characters")
    return token.text


def branches(code: Instruction) -> tuple[Token | None, Token | None]:
    """Return the two texts of an IF field, as far as they are there."""
    at = next((at for at, word in enumerate(code.words) if word.sort == "operator"), len(code.words))
    rest = code.words[at + 2 : at + 4]
    return rest[0] if rest else None, rest[1] if len(rest) > 1 else None


_VALUES: Mapping[str, Callable[[Terms, Field], Value]] = {
    "MERGEFIELD": Terms._merge_field, "IF": Terms._if, "COMPARE": Terms._compare, "QUOTE": Terms._quote,
    "=": Terms._formula, "MERGEREC": Terms._record, "MERGESEQ": Terms._record, "REF": Terms._reference,
    "ADDRESSBLOCK": Terms._address,
}  # fmt: skip

_ASKING = "let the data have it: declare a field for it, or give it in the job's `values`"
#: Kind -> why it is refused.
UNSUPPORTED: Mapping[str, CodeFault] = {
    "ASK": CodeFault("nobody can be asked while documents are made", f"{_ASKING}, and print it by a MERGEFIELD"),
    "FILLIN": CodeFault("nobody can be asked while documents are made", f"{_ASKING}, and print it by a MERGEFIELD"),
    "DATABASE": CodeFault("a document cannot read a database", "read it in the job, under `data`"),
    "GREETINGLINE": CodeFault(
        "a greeting line is not composed by docgen",
        'write it with merge fields and IF, or in several languages as {{ t("greeting", name=name) }}',
    ),
}


# --- formulas -------------------------------------------------------------------------------------

_LEVELS = (("=", "<>", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"))


class _Formula:
    """Reads a formula: comparisons, sums, products, signs, powers, percent, in the order of their binding."""

    def __init__(self, terms: Terms, pieces: Sequence[Term]) -> None:
        self._terms = terms
        if len(pieces) > _LONGEST:
            raise CodeFault(f"the formula has more than {_LONGEST} parts")
        self._pieces: Iterator[Term] = iter(pieces)
        self._next: Term | None = next(self._pieces, None)
        self._depth = 0

    def read(self) -> str:
        expression = self._level(0)
        if self._next is not None:
            raise CodeFault(f'"{self._next.text}" does not belong into the formula here')
        return expression

    def _take(self) -> Term:
        found = self._next
        if found is None:
            raise CodeFault("the formula ends too early")
        self._next = next(self._pieces, None)
        return found

    def _sign(self, *signs: str) -> str | None:
        if self._next is not None and self._next.sort == "sign" and self._next.text in signs:
            return self._take().text
        return None

    def _whole(self) -> str:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CodeFault("the formula is nested too deeply", "use fewer brackets")
        expression = self._level(0)
        self._depth -= 1
        return expression

    def _level(self, level: int) -> str:
        if level == len(_LEVELS):
            return self._signed()
        left = self._level(level + 1)
        while sign := self._sign(*_LEVELS[level]):
            right = self._level(level + 1)
            compared = f'word_formula("{OPERATORS[sign]}", {left}, {right})' if level == 0 else ""
            left = compared or f"({left} {sign} {right})"
        return left

    def _signed(self) -> str:
        negative = False
        while sign := self._sign("-", "+"):
            negative = negative != (sign == "-")
        value = self._percent()
        while self._sign("^"):
            value = f'word_formula("POWER", {value}, {self._percent()})'
        return f"(-{value})" if negative else value

    def _percent(self) -> str:
        value = self._single()
        while self._sign("%"):
            value = f"({value} / 100)"
        return value

    def _single(self) -> str:
        piece = self._take()
        if piece.sort == "number":
            if len(piece.text) > 16:
                raise CodeFault(f"{piece.text} has more digits than a formula may compute with")
            return f"word_number({piece.text})"
        if piece.sort == "field" and piece.field is not None:
            return f"word_number({self._terms.value(piece.field).operand})"
        if piece.sort == "name":
            return self._named(piece.text)
        if piece.text == "(":
            inner = self._whole()
            self._close()
            return inner
        raise CodeFault(f'"{piece.text}" does not belong into the formula here')

    def _named(self, name: str) -> str:
        if not self._sign("("):
            return self._terms.name(name)
        if name.upper() not in FUNCTIONS:
            raise CodeFault(f'"{name}" is no function of formulas', did_you_mean(name.upper(), FUNCTIONS))
        given: list[str] = []
        if not self._sign(")"):
            given.append(self._whole())
            while self._sign(",", ";"):
                given.append(self._whole())
            self._close()
        _, least, most = FUNCTIONS[name.upper()]
        if not least <= len(given) <= most:
            raise CodeFault(f"{name.upper()} takes {least if least == most else f'{least} to {most}'} values")
        return f"word_formula({', '.join([literal(name.upper()), *given])})"

    def _close(self) -> None:
        if not self._sign(")"):
            raise CodeFault("a bracket of the formula is not closed")
