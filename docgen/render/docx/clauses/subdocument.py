"""Floor 2, edges: Word documents inside Word documents: clause files of a template's folder, and documents of programs.

A clause is a template itself and sees the same names as the text that asks for it. It is compiled once, when the
template is prepared: where its name stands in the tag, that file alone; where the name comes from the data, every Word
document of the folder, since any of them may be asked for. `transplant` moves what came of it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from markupsafe import Markup

from docgen.errors import DocgenError, TemplateError, TemplateMissing, TemplateSyntax, UnsafePath, flatten, raise_faults
from docgen.kinds import KINDS
from docgen.limits import current_work
from docgen.merge import Merger
from docgen.model import Making, Where
from docgen.render.body import TemplateFolder, place
from docgen.render.docx.clauses.transplant import transplant
from docgen.render.docx.faults.trust import find_untrusted
from docgen.render.docx.fields.names import known_fields
from docgen.render.docx.fields.translate import translate
from docgen.render.docx.merging import Merging
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.parts import TextPart, compile_parts
from docgen.render.docx.spot import RichValue, Spot, collecting, leave
from docgen.sandbox import FolderLoader

#: Documents in documents in documents; deeper is a mistake.
_DEPTH = 8
#: Relations of a clause's text that are left behind, and must not be merged either.
_LEFT_BEHIND = ("header", "footer", "comments")

_under_way: ContextVar[tuple[Path, ...]] = ContextVar("docgen_subdocuments", default=())


@dataclass(frozen=True)
class Clause:
    """A clause file, compiled.

    Attributes:
        parts: its text and notes; headers, footers and properties stay behind.
    """

    where: Where
    parts: Sequence[TextPart]
    merging: Merging

    @cached_property
    def fields(self) -> frozenset[str]:
        """Dotted paths it uses."""
        return frozenset[str]().union(*(part.compiled.fields for part in self.parts))

    def everywhere(self, fault: DocgenError) -> list[DocgenError]:
        """Return the fault of an unknown field once for each place that uses it."""
        return [one for part in self.parts for one in part.survey.everywhere(fault)]


class Library:
    """The clause files of one template.

    Attributes:
        merger: compiles them; set by whoever makes it, since its values need the library.
    """

    merger: Merger

    def __init__(self, template: TemplateFolder, making: Making) -> None:
        self._template = template
        self._making = making
        self._clauses: dict[Path, Clause] = {}
        self._faulty: set[Path] = set()

    @property
    def fields(self) -> frozenset[str]:
        """Dotted paths that the clauses use."""
        return frozenset[str]().union(*(clause.fields for clause in self._clauses.values()))

    def everywhere(self, fault: DocgenError) -> list[DocgenError]:
        """Return the fault of an unknown field once for each place in a clause that uses it."""
        return [one for clause in self._clauses.values() for one in clause.everywhere(fault)]

    # --- preparing -----------------------------------------------------------------------------

    def take_in(self, parts: Iterable[TextPart]) -> None:
        """Compile what these parts may put in, and what that may put in.

        Raises:
            DocgenError: or `Faults`: clauses that are not there or cannot be compiled.
        """
        faults: list[DocgenError] = []
        for part in parts:
            for node in self._uses(part):
                try:
                    paths = self._named(node, part)
                except DocgenError as error:
                    faults.append(error)
                    continue
                faults += self._compile(paths)
        raise_faults(faults)

    def _uses(self, part: TextPart) -> list[nodes.Filter]:
        if "subdocument" not in part.source:
            return []
        tree = self.merger.environment.parse(part.source)
        return [node for node in tree.find_all(nodes.Filter) if node.name == "subdocument"]

    def _named(self, node: nodes.Filter, part: TextPart) -> list[Path]:
        names = _constants(node.node)
        if names is None:
            return self._all()
        loader = cast("FolderLoader", self.merger.environment.loader)
        try:
            paths = [loader.find(name) for name in names]
        except SecurityError as error:
            raise part.placed(TemplateError(str(error), where=self._line(node))) from error
        missing = [name for name, path in zip(names, paths, strict=True) if not path.is_file()]
        if missing:
            raise part.placed(UnsafePath(f'there is no document "{missing[0]}"', where=self._line(node)))
        return paths

    def _line(self, node: nodes.Node) -> Where:
        return replace(place(self._template), line=node.lineno)

    def _all(self) -> list[Path]:
        """Return every Word document of the folder but the body and what Word keeps open beside it."""
        body = self._template.body.resolve()
        found = sorted(path.resolve() for path in self._template.folder.rglob("*.docx") if path.name[0] not in "~.")
        return [path for path in found if path != body]

    def _compile(self, paths: Iterable[Path]) -> list[DocgenError]:
        faults: list[DocgenError] = []
        for path in paths:
            if path not in self._faulty:
                try:
                    self._clause(path)
                except DocgenError as error:
                    self._faulty.add(path)
                    faults += flatten(error)
        return faults

    def _clause(self, path: Path) -> Clause:
        if path not in self._clauses:
            where = self._place(path)
            with _reading(where), collecting():
                package = self._translated(_without_frame(Package(path.read_bytes(), where)))
                parts = compile_parts(package, self.merger)
            self._clauses[path] = Clause(where, parts, Merging(package, parts, self.merger, self._making))
            self.take_in(parts)
        return self._clauses[path]

    def _translated(self, package: Package) -> Package:
        """Return a clause with tags in place of its merge fields."""
        known = known_fields(self._template.fields, KINDS[self._template.kind].computed)
        translation = translate(package, known)
        raise_faults(translation.faults)
        if translation.moving:
            raise TemplateError("goes on to the next record, which the body alone may do", where=package.where)
        return translation.package

    def _place(self, path: Path) -> Where:
        folder = PurePosixPath(place(self._template).file or "").parent
        return Where(str(folder / path.relative_to(self._template.folder.resolve()).as_posix()))

    # --- merging -------------------------------------------------------------------------------

    def merge(self, files: Iterable[Path], names: Mapping[str, object]) -> Subdocuments:
        """Merge clauses with the names of the rendering under way.

        Raises:
            DocgenError: a clause cannot be merged, or contains itself; its place is in the clause.
        """
        return Subdocuments(tuple(self._merge(file, names) for file in files))

    def _merge(self, file: Path, names: Mapping[str, object]) -> _Merged:
        above = _under_way.get() or (self._template.body.resolve(),)
        self._check_depth(above, file)
        token = _under_way.set((*above, file))
        try:
            clause = self._clause(file)
            with collecting() as values:
                assembly = clause.merging.merge(names)
                merged = _Merged(assembly, tuple(values), len(assembly.read(assembly.package.main)))
        finally:
            _under_way.reset(token)
        _charge(merged.size)
        return merged

    def _check_depth(self, above: Sequence[Path], file: Path) -> None:
        chain = " › ".join(path.name for path in (*above, file))
        if file in above:
            raise TemplateError(f'the document "{file.name}" contains itself: {chain}')
        if len(above) > _DEPTH:
            raise TemplateError(f"documents are nested more than {_DEPTH} deep: {chain}")


def _constants(node: nodes.Node | None) -> list[str] | None:
    """Return the names that an expression can only mean; None where they depend on data."""
    match node:
        case nodes.Const(value=str(value)):
            return [value]
        case nodes.List(items=items) | nodes.Tuple(items=items):
            found = [_constants(item) for item in items]
        case nodes.CondExpr(expr1=first, expr2=second):
            found = [_constants(first), [] if second is None else _constants(second)]
        case _:
            return None
    return None if any(names is None for names in found) else [name for names in found for name in names or ()]


def _without_frame(package: Package) -> Package:
    """Return a clause without what is left behind: fields there need no value."""
    kinds = {f"/{kind}" for kind in _LEFT_BEHIND}
    relations = package.relations(package.main).values()
    left = [(package.main, one.id) for one in relations if one.kind.endswith(tuple(kinds))]
    return package.rewritten({}, without=left) if left else package


@contextmanager
def _reading(where: Where) -> Iterator[None]:
    try:
        yield
    except DocgenError:
        raise
    except OSError as error:
        raise TemplateMissing(f"cannot be read: {error.strerror}", where=where) from error
    except Exception as error:  # python-docx raises whatever a document's oddity leads to
        raise TemplateSyntax(f"cannot be used: {error}", where=where) from error


def _charge(size: int) -> None:
    """Count a clause as written by the text that asks for it, and once more wherever it is put in."""
    work = current_work()
    work.check_size(size)
    work.size -= size


# --- values ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Merged:
    """A clause merged, with what its tokens stand for, and how long its text is."""

    assembly: Assembly
    values: Sequence[RichValue]
    size: int


@dataclass(frozen=True)
class Subdocuments:
    """Merged clauses, one after the other."""

    merged: Sequence[_Merged]

    def place(self, spot: Spot) -> None:
        """Put in their blocks."""
        for one in self.merged:
            _charge(one.size)
        spot.blocks(*(block for one in self.merged for block in transplant(one.assembly, spot, one.values)))


class Subdocument:
    """A finished document as a value, for programs that use docgen as a library: `{{ sub }}` puts in its blocks."""

    def __init__(self, source: bytes | Path | Any) -> None:
        """Keep a document.

        Args:
            source: the file's content, its path, or a document of python-docx.

        Raises:
            TemplateSyntax: it is no Word document.
            TemplateError: or `Faults`: opening it would fetch or run something.
        """
        name = source.name if isinstance(source, Path) else "subdocument"
        self._package = Package(_content(source), Where(name))
        raise_faults(find_untrusted(self._package))

    def __html__(self) -> Markup:
        return leave(self)

    def place(self, spot: Spot) -> None:
        """Put in its blocks."""
        spot.blocks(*transplant(Assembly(self._package), spot, ()))


def _content(source: bytes | Path | Any) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, Path):
        return source.read_bytes()
    output = io.BytesIO()
    source.save(output)
    return output.getvalue()
