"""Floor 1, rules: what the keys of a job file must say about each other.

Works on plain data rather than on the finished model, so that these faults are found beside all others at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from docgen.errors import JobError, did_you_mean
from docgen.model import Format
from docgen.yamltree import KeyPath, YamlTree

CHANNELS = ("email", "print", "folder")
#: Formats of which many files become one.
BUNDLED = frozenset({Format.PDF, Format.DOCX})
_UNPROTECTED = "add a document of the same template without `protect`"
NOT_PRINTED = frozenset(Format) - {Format.PDF}


def cross_check(tree: YamlTree, stem: str) -> Iterator[JobError]:
    """Yield every fault.

    Args:
        tree: the job file.
        stem: the file's name without ending: the job's name where it has none.
    """
    yield from _check_name(tree, stem)
    yield from _check_names(tree)
    yield from _check_data(tree)
    yield from _check_bundles(tree)
    yield from _check_steps(tree)


def _check_name(tree: YamlTree, stem: str) -> Iterator[JobError]:
    name = tree.at(("name",))
    if not re.fullmatch(r"\w([\w .-]*\w)?", str(name or stem)):
        hint = "use letters, digits, dash and underscore" if name else "give the job a `name`, or the file another"
        shown = tree.show(("name",)) if name else stem
        yield JobError(f'"{shown}" cannot be the name of a folder', where=tree.where(("name",)), hint=hint)


def _check_names(tree: YamlTree) -> Iterator[JobError]:
    """Names that SQL and Jinja must be able to say without quotes."""
    for path in (("data", "tables"), ("data", "nest"), ("numbers",), ("values",)):
        for name in tree.mapping(*path):
            if not name.isidentifier():
                yield JobError(
                    f'"{name}" cannot be a name',
                    where=tree.where_key((*path, name)),
                    hint="use letters, digits and underscores, a letter first",
                )
    variants = [("deliver", index, "email", "ab_test", "variants") for index in range(len(tree.sequence("deliver")))]
    places: list[KeyPath] = [("documents",), ("bundles",), ("segments",), *variants]
    for place in places:
        for name in tree.mapping(*place):
            if not re.fullmatch(r"\w[\w-]*", name):
                where = tree.where_key((*place, name))
                hint = "use letters, digits, dash and underscore"
                yield JobError(f'"{name}" cannot be a name', where=where, hint=hint)


def _check_data(tree: YamlTree) -> Iterator[JobError]:
    tables = tree.mapping("data", "tables")
    nested = set()
    for name in tree.mapping("data", "nest"):
        path = ("data", "nest", name, "table")
        table = tree.at(path)
        if not isinstance(table, str):
            continue
        nested.add(table)
        if tables and path not in tree.broken and table not in tables:
            yield JobError(
                f'no table "{table}" in data.tables', where=tree.where(path), hint=did_you_mean(table, tables)
            )
    candidates = [name for name in tables if name not in nested]
    if tables and tree.at(("data", "records")) is None and len(candidates) != 1:
        several = f": there are {', '.join(candidates)}" if candidates else ""
        yield JobError(
            f"`records` is missing, so it is open which rows are the records{several}",
            where=tree.where_key(("data",)),
            hint="write SQL that gives one row per record",
        )


def _check_bundles(tree: YamlTree) -> Iterator[JobError]:
    documents = tree.mapping("documents")
    for name in tree.mapping("bundles"):
        path = ("bundles", name, "document")
        document = tree.at(path)
        if not isinstance(document, str | int) or path in tree.broken:
            continue
        format_of = (*path[:2], "format")
        wanted, made_as = str(tree.at(format_of)), tree.show(("documents", str(document), "format"))
        if str(document) not in documents:
            yield _unknown_document(tree, path, str(document), documents)
        elif wanted in BUNDLED and made_as in {*Format} - {wanted}:
            problem = f"the bundle is to be {wanted}, of a document that is {made_as}"
            hint = f"make {document} as {wanted}, or add a document that is"
            yield JobError(problem, where=tree.where(format_of), hint=hint)
        elif tree.at(("documents", str(document), "protect")):
            yield JobError("what is protected cannot be joined", where=tree.where(path), hint=_UNPROTECTED)


def _check_steps(tree: YamlTree) -> Iterator[JobError]:
    first: dict[str, int | None] = {}
    for index, entry in enumerate(tree.sequence("deliver")):
        channel = _channel(entry)
        if channel is None:
            continue
        path: KeyPath = ("deliver", index, channel)
        name = str(tree.at((*path, "name")) or channel)
        place = tree.where_key(path)
        if name in first:
            hint = f"the first is in line {first[name]}; give one a `name`"
            yield JobError(f'two steps of the name "{name}"', where=place, hint=hint)
        first.setdefault(name, place.line)
        yield from _check_documents(tree, path, "attach" if channel == "email" else "documents")


def _channel(entry: object) -> str | None:
    if isinstance(entry, str):
        return entry if entry in CHANNELS else None
    return next((key for key in entry if key in CHANNELS), None) if isinstance(entry, dict) else None


def _check_documents(tree: YamlTree, step: KeyPath, key: str) -> Iterator[JobError]:
    documents = tree.mapping("documents")
    for path, name in _elements(tree, (*step, key)):
        if path in tree.broken:
            continue
        if name not in documents:
            yield _unknown_document(tree, path, name, documents)
        elif step[-1] == "print" and (made_as := tree.show(("documents", name, "format"))) in NOT_PRINTED:
            yield JobError("only PDF can be printed", where=tree.where(path), hint=f"{name} is made as {made_as}")
        elif step[-1] == "print" and tree.at(("documents", name, "protect")):
            yield JobError("what is protected cannot be printed", where=tree.where(path), hint=_UNPROTECTED)


def _elements(tree: YamlTree, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Yield the places and texts of a list that may also be a single text."""
    single = not isinstance(tree.at(path), list)
    for index, name in enumerate(tree.sequence(*path)):
        if isinstance(name, str | int):
            yield (path if single else (*path, index)), str(name)


def _unknown_document(tree: YamlTree, path: KeyPath, name: str, documents: Collection[str]) -> JobError:
    hint = did_you_mean(name, documents) or "the job makes no documents"
    return JobError(f'no document "{tree.show(path)}" in documents', where=tree.where(path), hint=hint)
