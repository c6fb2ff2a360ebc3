"""Floor 1, rules: what the templates of one folder share: page layouts, macros, pictures and texts.

They lie in the folder `shared` beside the templates. A body names a file there by its path, `shared/letter.rml`, as it
names a file of its own folder; `shared/texts.yaml` has the texts that several templates say.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docgen.errors import TemplateError
from docgen.yamltree import YamlTree, load_yaml

SHARED = "shared"
TEXTS = "texts.yaml"


def shared_folder(template: Path) -> Path:
    """Return where what a template shares with its neighbours lies; it need not be there."""
    return template.parent / SHARED


def place_in(template: Path, name: str) -> tuple[Path, Path]:
    """Return the path of a file that a body names, links resolved, and the folder that it may not leave.

    Args:
        template: the template's folder.
        name: relative to it, or `shared/...`.

    Raises:
        OSError, ValueError or RuntimeError: the name cannot be one of a file.
    """
    own = template.resolve()
    path = (own / name).resolve()
    first, _, rest = name.partition("/")
    if first != SHARED or not rest or path.exists():
        return path, own
    shared = shared_folder(own).resolve()
    return (shared / rest).resolve(), shared


def load_shared_texts(template: Path, shown: str) -> YamlTree:
    """Return the texts that a template shares: language -> name -> text or plural forms; empty where there are none.

    Args:
        template: the template's folder.
        shown: what to call it in messages.

    Raises:
        TemplateError: or `Faults`: it is not YAML.
    """
    path = shared_folder(template) / TEXTS
    if not path.is_file():
        return YamlTree({}, "")
    file = f"{Path(shown).parent.as_posix()}/{SHARED}/{TEXTS}"
    return load_yaml(path, file, error=TemplateError)


def with_shared(
    own: Mapping[str, Mapping[str, object]], shared: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, object]]:
    """Return a template's texts with the shared ones behind them.

    A language is one of the template's where the template has texts in it; a template without texts of its own speaks
    the shared languages.
    """
    languages = own or shared
    return {language: {**shared.get(language, {}), **own.get(language, {})} for language in languages}
