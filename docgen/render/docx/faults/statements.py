"""Floor 2, edges: the statements of a Word template as blocks: what opens, what closes it, what is left over.

Reads the first words of tags only, so that one broken tag does not make its block's other end a second fault.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from docgen.render.docx.faults.tags import PREFIXES, Tag

OPENING = frozenset({"if", "for", "macro", "call", "filter", "with", "block", "set"})
_MIDDLE = {"else": ("if", "for"), "elif": ("if",)}
_SINGLE = frozenset({"include", "import", "from", "extends", "break", "continue"})
#: docxtpl's own, which become an attribute of the cell they stand in.
CELL = frozenset({"colspan", "cellbg", "vm", "hm"})
ENDING = frozenset(f"end{word}" for word in OPENING)
#: What only a loop gives a meaning to.
_IN_LOOPS = frozenset({"break", "continue", "vm", "hm"})
#: Known to Jinja, and refused by docgen with a reason.
_REFUSED = frozenset({"autoescape", "endautoescape"})
WORDS = OPENING | ENDING | _SINGLE | CELL | _REFUSED | set(_MIDDLE)

#: What people write, from other languages -> what they mean.
_MEANT = {
    "elseif": "elif", "elsif": "elif", "end": "", "fi": "endif", "next": "endfor", "foreach": "for", "loop": "for",
    "endforeach": "endfor", "endloop": "endfor", "then": "", "unless": "if", "wenn": "if", "sonst": "else",
}  # fmt: skip
_SET_BLOCK = re.compile(r"set\s+[\w.]+\s*(\|.*)?$", re.DOTALL)
#: Loops in loops, and blocks in blocks, that Python can compile.
_DEEPEST = 15
_DEEPEST_BLOCKS = 60


@dataclass(frozen=True)
class Misplaced:
    """A tag that no block fits to."""

    tag: Tag
    problem: str
    hint: str


@dataclass
class Block:
    """A block: its tags, from the one that opens it."""

    word: str
    tags: list[Tag]
    closed: bool = False

    @property
    def opener(self) -> Tag:
        """The tag that opens it."""
        return self.tags[0]


@dataclass
class Blocks:
    """What was found of a part's blocks.

    Attributes:
        all: every block that was opened, in order.
        faults: tags that are left over, and blocks that are never closed.
        dropped: tags that must not be given to Jinja, for what is wrong with their place is said already.
        ends: words of closing tags that are missing, by the tag before which they belong; None is the end.
    """

    all: list[Block] = field(default_factory=list)
    faults: list[Misplaced] = field(default_factory=list)
    dropped: set[Tag] = field(default_factory=set)
    ends: dict[Tag | None, list[str]] = field(default_factory=dict)


def is_set_block(tag: Tag) -> bool:
    """Tell whether `{% set %}` is followed by text and `{% endset %}`."""
    return bool(_SET_BLOCK.match(tag.body))


def meant_word(word: str, rest: str = "") -> str:
    """Return the statement that a word stands for, itself where it is one, "" where nobody can tell.

    Args:
        word: as it is written.
        rest: what follows it, which may tell `for` from `from`.
    """
    lower = word.lower()
    if lower in WORDS:
        return lower
    if lower in _MEANT:
        return _MEANT[lower]
    for prefix in PREFIXES:
        if lower.startswith(prefix) and lower.removeprefix(prefix) in WORDS:
            return lower.removeprefix(prefix)
    if re.search(r"\sin\s", rest) and difflib.get_close_matches(lower, ["for"], cutoff=0.6):
        return "for"
    close = difflib.get_close_matches(lower, sorted(WORDS - CELL), n=1, cutoff=0.6)
    return close[0] if close else ""


def statement_of(tag: Tag) -> str:
    """Return which statement a tag is or was meant to be."""
    word, rest = tag.word, tag.body[len(tag.word) :]
    if word.lower() in PREFIXES:  # {% tr for …, with a blank too many
        word, _, rest = rest.strip().partition(" ")
    return meant_word(word, rest) if word else ""


def find_blocks(tags: Iterable[Tag]) -> Blocks:
    """Match what opens with what closes."""
    matcher = _Matcher()
    for tag in tags:
        if tag.span.opening == "{%":
            matcher.take(tag)
    matcher.finish()
    return matcher.found


class _Matcher:
    def __init__(self) -> None:
        self.found = Blocks()
        self._open: list[Block] = []
        self._loops = 0
        #: Blocks that were open when one around them was closed, with that one's closing tag.
        self._crossed: list[tuple[Block, Tag | None]] = []

    def take(self, tag: Tag) -> None:
        word = statement_of(tag)
        if word in OPENING and not (word == "set" and not is_set_block(tag)):
            self._begin(Block(word, [tag]))
        elif word in _MIDDLE:
            self._middle(tag, word)
        elif word in ENDING:
            self._end(tag, word.removeprefix("end"))
        elif not word and tag.word.lower().startswith("end") and self._open:
            self._open[-1].tags.append(tag)
            self._close().closed = True
        elif word in _IN_LOOPS and not self._loops:
            self._fault(tag, f"{word} stands outside of a loop", "it belongs between {% for %} and {% endfor %}")
        elif word in ("break", "continue"):
            next(block for block in reversed(self._open) if block.word == "for").tags.append(tag)

    def _begin(self, block: Block) -> None:
        self.found.all.append(block)
        self._open.append(block)
        self._loops += block.word == "for"
        if block.word == "for" and self._loops == _DEEPEST + 1:
            self._too_deep(block, f"more than {_DEEPEST} loops")
        elif len(self._open) == _DEEPEST_BLOCKS + 1:
            self._too_deep(block, f"more than {_DEEPEST_BLOCKS} blocks")

    def _too_deep(self, block: Block, what: str) -> None:
        self.found.faults.append(Misplaced(block.opener, f"{what} stand inside one another", "use fewer"))

    def _close(self) -> Block:
        block = self._open.pop()
        self._loops -= block.word == "for"
        return block

    def _middle(self, tag: Tag, word: str) -> None:
        if self._open and self._open[-1].word in _MIDDLE[word]:
            self._open[-1].tags.append(tag)
        elif self._open and any(block.word in _MIDDLE[word] for block in self._open):
            inner = self._open[-1]
            self._fault(
                tag,
                f"{{% {word} %}} stands inside {short(inner.opener)}, to which it does not belong",
                f"close that first: {{% end{inner.word} %}}",
            )
        else:
            where = " or ".join(f"{{% {each} %}}" for each in _MIDDLE[word])
            self._fault(tag, f"{{% {word} %}} belongs to nothing: no {where} is open here", "take it out, or open one")

    def _end(self, tag: Tag, word: str) -> None:
        depth = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at].word == word), None)
        if depth is None:
            self._end_nothing(tag, word)
            return
        while len(self._open) > depth + 1:
            inner = self._close()
            self._crossed.append((inner, tag))
            self.found.ends.setdefault(tag, []).append(f"end{inner.word}")
        block = self._close()
        block.tags.append(tag)
        block.closed = True

    def _end_nothing(self, tag: Tag, word: str) -> None:
        for block, outer in reversed(self._crossed):
            if block.word == word and outer is not None:
                self._crossed.remove((block, outer))
                self.found.dropped.add(tag)
                problem = f"{short(block.opener)} is closed behind {short(outer)}, which ends what it stands in"
                hint = f"write {{% end{word} %}} before {short(outer)}"
                self.found.faults.append(Misplaced(block.opener, problem, hint))
                return
        if self._open and word in OPENING and self._open[-1].word in ("if", "for"):
            opener = short(self._open[-1].opener)
            hint = f"here {opener} is open, which {{% end{self._open[-1].word} %}} closes"
        else:
            hint = f"take it out, or write {{% {word} … %}} where its block begins"
        self._fault(tag, f"{{% end{word} %}} closes nothing", hint)

    def _fault(self, tag: Tag, problem: str, hint: str) -> None:
        self.found.dropped.add(tag)
        self.found.faults.append(Misplaced(tag, problem, hint))

    def finish(self) -> None:
        """Report what is still open."""
        while self._open:
            block = self._close()
            self._crossed.append((block, None))
            self.found.ends.setdefault(None, []).append(f"end{block.word}")
        for block, outer in self._crossed:
            ending = f"{{%{block.opener.prefix} end{block.word} %}}"
            hint = f"write {ending} where it ends" + (f", before {short(outer)}" if outer else "")
            self.found.faults.append(Misplaced(block.opener, f"{short(block.opener)} is never closed", hint))


def short(tag: Tag) -> str:
    """Return a tag's text, cut in the middle where it is long."""
    text = " ".join(tag.text.split())
    return text if len(text) <= 60 else f"{text[:40]} … {text[-12:]}"


def names_set(tags: Iterable[Tag]) -> Iterator[tuple[str, Tag]]:
    """Yield the names that statements give a meaning to, also those of broken ones, with the tag that does it."""
    for tag in tags:
        word = statement_of(tag)
        text = tag.body
        if word == "for":
            found = re.search(r"\bfor\s+([\w\s,()]+?)\s+in\b", text) or re.search(r"\bfor\s+(\w+)", text)
        elif word in ("macro", "set"):
            found = re.search(rf"\b{word}\s+(\w+)", text)
        elif word in ("import", "from"):
            found = re.search(r"\b(?:as|import)\s+([\w\s,]+)", text)
        else:
            found = None
        if found:
            for name in re.findall(r"\w+", found[1]):
                yield name, tag
