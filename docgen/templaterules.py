"""Floor 1, rules: what the keys of a template's manifest must say beyond their types.

Works on plain data, so that these faults are found beside all others at once. Knows no files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from docgen.errors import TemplateError, did_you_mean
from docgen.keytypes import check_locale
from docgen.yamltree import KeyPath, YamlTree

#: The forms that a count decides in some language or other (CLDR).
PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")


def check_manifest(tree: YamlTree, kinds: Collection[str]) -> Iterator[TemplateError]:
    """Yield every fault."""
    yield from _check_kind(tree, kinds)
    yield from _check_field_names(tree, ("fields",))
    yield from check_texts(tree)


def check_texts(tree: YamlTree) -> Iterator[TemplateError]:
    """Yield every fault of the texts of a manifest, or of those that templates share."""
    for language in tree.mapping("texts"):
        yield from _check_language(tree, language)
    yield from _check_same_texts(tree)


def _check_kind(tree: YamlTree, kinds: Collection[str]) -> Iterator[TemplateError]:
    kind = tree.at(("kind",))
    if isinstance(kind, str) and kind not in kinds:
        yield TemplateError(f'there is no kind "{kind}"', where=tree.where(("kind",)), hint=did_you_mean(kind, kinds))


def _check_field_names(tree: YamlTree, path: KeyPath) -> Iterator[TemplateError]:
    for name in tree.mapping(*path):
        if not name.isidentifier():
            yield TemplateError(
                f'"{name}" cannot be the name of a field',
                where=tree.where_key((*path, name)),
                hint="use letters, digits and underscores, a letter first",
            )
        yield from _check_field_names(tree, (*path, name, "fields"))


def _check_language(tree: YamlTree, language: str) -> Iterator[TemplateError]:
    try:
        check_locale(language)
    except ValueError:
        place = tree.where_key(("texts", language))
        yield TemplateError(f'"{language}" is not a language', where=place, hint="write it as en, de or pt_BR")
    for name in tree.mapping("texts", language):
        path: KeyPath = ("texts", language, name)
        forms = tree.mapping(*path)
        for form in sorted(forms.keys() - set(PLURAL_FORMS)):
            hint = did_you_mean(form, PLURAL_FORMS)
            yield TemplateError(f'"{form}" is not a plural form', where=tree.where_key((*path, form)), hint=hint)
        if forms and "other" not in forms:
            problem = f'the text "{name}" lacks the plural form "other", which all other counts use'
            yield TemplateError(problem, where=tree.where_key(path))


def _check_same_texts(tree: YamlTree) -> Iterator[TemplateError]:
    """A text of one language must be in all: documents are made in the record's language, never half in another."""
    languages = tree.mapping("texts")
    for language in languages:
        base = language.replace("-", "_").partition("_")[0]
        if base != language and base in languages:
            continue  # de_AT says only what differs from de
        for name in sorted(_names(tree) - tree.mapping("texts", language).keys()):
            first = next(other for other in languages if name in tree.mapping("texts", other))
            problem = f'the text "{name}" is missing in {language}; {first} has it'
            yield TemplateError(problem, where=tree.where_key(("texts", language)))


def _names(tree: YamlTree) -> set[str]:
    return {name for language in tree.mapping("texts") for name in tree.mapping("texts", language)}
