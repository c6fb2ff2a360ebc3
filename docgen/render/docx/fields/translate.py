"""Floor 2, edges: Word's own merge fields, rewritten as Jinja before a template is compiled.

What a field prints becomes a tag in a run of the result's look; IF becomes a condition around the runs of its two
texts, so that these keep their looks, paragraphs and fields; regions become loops. Engines and tools see Jinja alone.
Fields that only a program with pages can compute stay, marked to be computed anew where they may be out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from docgen.errors import DocgenError, TemplateSyntax
from docgen.render.docx.faults.places import Steps
from docgen.render.docx.fields.codes import CodeFault, Instruction, Piece, Token, code_text, kind_of
from docgen.render.docx.fields.names import FieldNames, Known, Region, own_prefix
from docgen.render.docx.fields.regions import Marked, enclose, is_tag, tag, write_tags
from docgen.render.docx.fields.settings import MergeSettings, read_settings
from docgen.render.docx.fields.terms import DATES, UNSUPPORTED, Live, Terms, branches
from docgen.render.docx.fields.tree import (
    Break,
    Element,
    Field,
    Item,
    Remover,
    find_kinds,
    is_text,
    make_run,
    prepare,
    read_story,
    runs_of,
    settle_texts,
    text_of,
)
from docgen.render.docx.labels import part_names
from docgen.render.docx.package import Package, parse_xml, write_xml
from docgen.render.docx.spot import w

_MOVING = ("NEXT", "NEXTIF")
#: Kinds that become Jinja.
_OURS = frozenset({
    "MERGEFIELD", "IF", "COMPARE", "SET", "QUOTE", "=", "MERGEREC", "MERGESEQ", "NEXT", "NEXTIF", "SKIPIF",
    "ADDRESSBLOCK", *DATES, *UNSUPPORTED,
})  # fmt: skip
#: Kinds that show what stands elsewhere, and do not look there again by themselves.
_STALE = frozenset({"TOC", "TOA", "INDEX", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ"})
_STORIES = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}
_LONGEST_CODE = 80
_ONE_PLACE = "let both stand in one paragraph, one row, one table, or in paragraphs that follow each other"


@dataclass(frozen=True)
class Translation:
    """A template in Jinja.

    Attributes:
        package: the template.
        moving: it goes from record to record within one document.
        skipping: it leaves records out.
        faults: what could not be translated, placed.
    """

    package: Package
    moving: bool = False
    skipping: bool = False
    faults: tuple[DocgenError, ...] = ()


def translate(package: Package, known: Known) -> Translation:
    """Return a template with Jinja in place of its merge fields.

    Args:
        package: as Word wrote it.
        known: the fields that are declared and computed.
    """
    settings = read_settings(package)
    parts: dict[str, bytes] = dict(settings.changed)
    faults: list[DocgenError] = []
    moving = skipping = False
    for number, (name, label) in enumerate(part_names(package)):
        content = package.parts[name]
        if b"fldChar" not in content and b"fldSimple" not in content:
            continue
        root = parse_xml(content)
        kinds = {kind_of(code) for _, code in find_kinds(root)}
        moves = name == package.main and not kinds.isdisjoint(_MOVING)
        changed = _mark_stale(root)
        if not kinds.isdisjoint(_OURS):
            own = own_prefix(content.decode("utf-8", "replace") + "".join(map(str, root.itertext())), known)
            names = FieldNames(known, settings.mapped, moving=moves, own=own)
            part = _Part(root, names, settings, main=name == package.main)
            part.translate()
            if moves:
                _go_back(root)
            faults += part.placed(label, package, number)
            changed = True
        if changed:
            parts[name] = write_tags(write_xml(root))
        moving, skipping = moving or moves, skipping or "SKIPIF" in kinds
    if parts:
        package = package.rewritten(parts, without=settings.unrelated)
    return Translation(package, moving, skipping, tuple(faults))


def _go_back(root: Element) -> None:
    """Let what is merged after the text, such as headers, have the first record again."""
    body = root.find(w("body"))
    last = body[-1] if body is not None and len(body) else None
    if last is not None and last.tag == w("sectPr"):
        last.addprevious(tag("{{ next_record(end=true) }}"))
    elif last is not None:
        last.addnext(tag("{{ next_record(end=true) }}"))


def _mark_stale(root: Element) -> bool:
    found = [mark for mark, code in find_kinds(root) if kind_of(code) in _STALE]
    for mark in found:
        mark.set(w("dirty"), "true")
    return bool(found)


@dataclass(frozen=True, eq=False)
class _Fault:
    at: Element
    problem: str
    hint: str = ""
    code: str = ""


@dataclass
class _Open:
    """A region that has begun."""

    region: Region
    mark: Element
    source: str
    code: str


@dataclass
class _Part:
    """The fields of one part on their way to Jinja; changes the tree."""

    root: Element
    names: FieldNames
    settings: MergeSettings
    main: bool
    faults: list[_Fault] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    _open: list[_Open] = field(default_factory=list)
    _marked: list[Marked] = field(default_factory=list)
    _printed: dict[Element, str] = field(default_factory=dict)
    _numbers: dict[Element, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = Steps(self.root)
        self.remover = Remover()
        self.terms = Terms(self.names, self.regions, self.stored, self.settings.decimal)
        self._paths: dict[Element, tuple[str, ...]] = {}

    def translate(self) -> None:
        prepare(self.root)
        # Paragraphs are joined and taken away below; what people count is how they stand now.
        self._paths = {paragraph: self.steps.to(paragraph) for paragraph in self.root.iter(w("p"))}
        self.stored.update(self._bookmarks())
        for story in self._stories():
            self._translate_story(story)
        for open_ in self._open:
            self._fault(
                open_.mark, f"the region {open_.region.name} does not end", f"add TableEnd:{open_.region.name}", ""
            )
        begun = {one: next(one.begin.iterancestors(w("p"))) for one in self._marked}
        for wrong in enclose(sorted(self._marked, key=lambda one: self._numbers[one.begin])):
            self._fault(begun[wrong], "a region begins and ends in different places", _ONE_PLACE, "")
        if self.settings.drops_blank_lines:
            self._drop_blank_lines()

    def _stories(self) -> list[Element]:
        kind = next((kind for name, kind in _STORIES.items() if self.root.tag == w(name)), None)
        return [self.root] if kind is None else list(self.root.iter(w(kind)))

    def _bookmarks(self) -> Iterator[str]:
        for _, code in find_kinds(self.root):
            words = code.split()
            if kind_of(code) == "SET" and len(words) > 1:
                yield words[1].strip('"“”').lower()

    def placed(self, label: str, package: Package, number: int) -> list[DocgenError]:
        """Return the faults with their places."""
        found: list[DocgenError] = []
        for one in self.faults:
            paragraph = one.at if one.at.tag == w("p") else None
            where = replace(package.where, path=(label, *self._paths.get(paragraph, ())))
            shown = one.code if len(one.code) <= _LONGEST_CODE else f"{one.code[: _LONGEST_CODE - 1]}…"
            problem = f'{one.problem}, in the field "{shown}"' if shown else one.problem
            fault = TemplateSyntax(problem, where=where, hint=one.hint, value=shown)
            fault.order = (number, 0, len(found))
            found.append(fault)
        return found

    def _fault(self, at: Element, problem: str, hint: str, code: str) -> None:
        paragraph = at if at.tag == w("p") else next(at.iterancestors(w("p")), at)
        self.faults.append(_Fault(paragraph, problem, hint, code))

    # --- a story -------------------------------------------------------------------------------

    def _translate_story(self, story: Element) -> None:
        items, amiss = read_story(story)
        for one in amiss:
            self._fault(one.mark, one.problem, "delete the field, and insert it anew", "")
        if not amiss:
            for item in items:
                self._place(item)
            settle_texts(story)

    def _place(self, item: Item) -> None:
        """Put Jinja in the place of a field, or of those in a text box."""
        if isinstance(item, Field):
            try:
                self._place_field(item)
            except CodeFault as fault:
                self._fault(item.begin, fault.problem, fault.hint, code_text(item))
            except Live:
                self._keep(item)
        elif not isinstance(item, Break) and item.tag == w("txbxContent"):
            self._translate_story(item)

    def _keep(self, one: Field) -> None:
        """Leave a field to the program that lays out pages; what is in it is translated."""
        if kind_of(code_text(one)) in _OURS:
            one.begin.find(w("fldChar")).set(w("dirty"), "true")
        for item in (*one.code, *one.result):
            self._place(item)

    def _place_field(self, one: Field) -> None:
        handler = _HANDLERS.get(kind_of(code_text(one)))
        if handler is None or not handler(self, one):
            self._print(one)

    def _print(self, one: Field) -> None:
        value = self.terms.value(one)
        run = make_run(self._look(one), w("t"), f"{{{{ {value.printed} }}}}")
        one.begin.addprevious(run)
        if kind_of(code_text(one)) == "MERGEFIELD":
            self._printed[run] = value.expression
        self._drop(one)

    def _look(self, one: Field) -> Element | None:
        r"""Return the look of a field's result: what it last showed, with `\* CHARFORMAT` its code's first letter."""
        code = [run for run in runs_of(one.code) if (text_of(run) or "").strip()]
        shown = [run for run in runs_of(one.result) if is_text(run)]
        as_code = "charformat" in code_text(one).lower()
        runs = [*code, *shown] if as_code else [*shown, *code]
        return next((run.find(w("rPr")) for run in runs), None)

    def _drop(self, one: Field) -> None:
        if not self.remover.drop_field(one):
            raise CodeFault("the field goes over a table's cell or a section", "let it begin and end in one place")

    # --- kinds that print nothing by themselves ------------------------------------------------

    def _place_merge_field(self, one: Field) -> bool:
        code = self.terms.instruction(one)
        prefix, colon, name = self.terms.field_name(code.words).partition(":")
        word = prefix.lower() if colon else ""
        if word in ("tablestart", "begingroup"):
            self._begin_region(one, name.strip())
        elif word in ("tableend", "endgroup"):
            self._end_region(one, name.strip())
        else:
            return False
        return True

    def _begin_region(self, one: Field, name: str) -> None:
        expression, known = self.names.find(name, self.regions)
        mark = tag("mark")
        one.begin.addprevious(mark)
        self._numbers[mark] = len(self._numbers) + 1
        region = Region(name, self.names.variable(f"row_{self._numbers[mark]}"), known)
        self._open.append(_Open(region, mark, expression, code_text(one)))
        self.regions.append(region)
        self._drop(one)

    def _end_region(self, one: Field, name: str) -> None:
        open_ = self._open[-1] if self._open else None
        if open_ is None or open_.region.name.casefold() != name.casefold():
            within = f", within {open_.region.name}" if open_ else ""
            raise CodeFault(f"the region {name} ends and has not begun{within}", f"put TableStart:{name} before it")
        mark = tag("mark")
        assert one.end is not None
        one.end.addnext(mark)
        opening = f"{{% for {open_.region.variable} in {open_.source} %}}"
        self._marked.append(Marked(open_.mark, mark, opening, "{% endfor %}"))
        self._open.pop()
        self.regions.pop()
        self._drop(one)

    def _place_set(self, one: Field) -> bool:
        code = self.terms.instruction(one)
        if len(code.words) < 2 or code.words[0].fields:
            raise CodeFault("SET needs a name and a value", 'write SET Name "value"')
        name = self.terms.variable(code.words[0].text)
        one.begin.addprevious(tag(f"{{% set {name} = {self.terms.operand(code.words[1:])} %}}"))
        self._drop(one)
        return True

    def _place_move(self, one: Field) -> bool:
        kind = kind_of(code_text(one))
        if not self.main:
            raise CodeFault(f"{kind} may stand in the text only", "headers, footers and notes show one record")
        action = "{{ skip_record() }}" if kind == "SKIPIF" else "{{ next_record() }}"
        if kind != "NEXT":
            condition = self.terms.condition(self.terms.instruction(one))
            action = f"{{% if {condition} %}}{action}{{% endif %}}"
        one.begin.addprevious(tag(action))
        self._drop(one)
        return True

    # --- kinds that choose among texts ---------------------------------------------------------

    def _place_if(self, one: Field) -> bool:
        code = self.terms.instruction(one)
        condition = self.terms.condition(code)
        if self._is_plain(code):
            first, second = branches(code)
            tags = [f"{{% if {condition} %}}", "{% else %}" if second else "{% endif %}", "{% endif %}"]
            texts = [token for token in (first, second) if token is not None]
            self._unfold(one, texts, tags)
            return True
        return False

    def _place_quote(self, one: Field) -> bool:
        code = self.terms.instruction(one)
        if not self._is_plain(code) or len(code.words) != 1:
            return False
        self._unfold(one, code.words, [])
        return True

    def _is_plain(self, code: Instruction) -> bool:
        """Tell whether no switch changes the result, so that its runs may stay as they are."""
        return not code.switches and all(name.lower() in ("mergeformat", "charformat") for name in code.formats)

    def _unfold(self, one: Field, texts: Sequence[Token], tags: Sequence[str]) -> None:
        """Leave the texts of a field where they stand, with tags before, between and behind them; take out the rest."""
        kept: list[Item] = []
        waiting = iter(tags)
        if (opening := next(waiting, None)) and texts:
            _first(texts[0]).addprevious(tag(opening))
        for token in texts:
            last = _last(token)
            closing = tag(closing_tag) if (closing_tag := next(waiting, None)) else None
            if closing is not None and not isinstance(last, Piece):
                last.addnext(closing)
            for part in token.parts:
                if isinstance(part, Piece):
                    part.run.addprevious(make_run(part.run.find(w("rPr")), w("t"), part.text))
                else:
                    kept.append(part)
            if closing is not None and isinstance(last, Piece):
                last.run.addprevious(closing)
        for item in kept:
            self._place(item)
        rest = [item for item in one.code if item not in kept]
        marks = [mark for mark in (one.begin, one.separate, one.end) if mark is not None]
        done = self.remover.drop([*marks, *rest], whole=False)
        if not (self.remover.drop(one.result, whole=True) and done):
            raise CodeFault("the field goes over a table's cell or a section", "let it begin and end in one place")

    # --- blank lines ---------------------------------------------------------------------------

    def _drop_blank_lines(self) -> None:
        """Let paragraphs vanish whose only content is merge fields that print nothing: ECMA-376 part 1, 17.14.12."""
        lines: dict[Element, list[str]] = {}
        for run, expression in self._printed.items():
            paragraph = run.getparent()
            if paragraph is not None and paragraph.tag == w("p"):
                lines.setdefault(paragraph, []).append(expression)
        for paragraph, expressions in lines.items():
            if self._may_vanish(paragraph, len(expressions)):
                paragraph.addprevious(tag(f"{{% if word_filled({', '.join(expressions)}) %}}"))
                paragraph.addnext(tag("{% endif %}"))

    def _may_vanish(self, paragraph: Element, many: int) -> bool:
        silent = (w("pPr"), w("bookmarkStart"), w("bookmarkEnd"), w("proofErr"))
        content = [node for node in paragraph if node.tag not in silent]
        look = paragraph.find(w("pPr"))
        following = paragraph.getnext()
        while following is not None and (is_tag(following) or following.tag in silent):
            following = following.getnext()
        return (
            len(content) == many
            and all(node in self._printed for node in content)
            and (look is None or look.find(w("sectPr")) is None)
            and following is not None
        )


def _first(token: Token) -> Element:
    """Return the run before which a word begins."""
    if token.open is not None:
        return token.open.run
    part = token.parts[0]
    if isinstance(part, Piece):
        return part.run
    return part.begin if isinstance(part, Field) else part


def _last(token: Token) -> Piece | Element:
    """Return what a word ends with: letters of a run, or a run after which it ends."""
    if token.close is not None:
        return token.close
    part = token.parts[-1]
    return part.end if isinstance(part, Field) else part


_HANDLERS: Mapping[str, Callable[[_Part, Field], bool]] = {
    "MERGEFIELD": _Part._place_merge_field,
    "SET": _Part._place_set,
    "NEXT": _Part._place_move,
    "NEXTIF": _Part._place_move,
    "SKIPIF": _Part._place_move,
    "IF": _Part._place_if,
    "QUOTE": _Part._place_quote,
}
