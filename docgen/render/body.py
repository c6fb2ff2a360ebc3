"""Floor 2, edges: what all renderers need of a template: its body's text and how faults name it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from docgen.errors import TemplateMissing, TemplateSyntax
from docgen.fields import FieldSpec
from docgen.model import Where


class TemplateFolder(Protocol):
    """What renderers use of `docgen.template.Template`."""

    @property
    def name(self) -> str:
        """The template's name."""
        ...

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def kind(self) -> str:
        """What the document is in business terms, a key of `kinds.KINDS`."""
        ...

    @property
    def fields(self) -> Mapping[str, FieldSpec]:
        """The declared fields."""
        ...

    @property
    def body(self) -> Path:
        """The file that is rendered."""
        ...

    @property
    def follows_paper(self) -> bool:
        """For Word: whether its pages take the size of the company's paper."""
        ...

    @property
    def text(self) -> Path | None:
        """For mail: the hand-written text part."""
        ...

    @property
    def subject(self) -> str | None:
        """For mail: the subject, a Jinja string."""
        ...

    def where(self, *path: str | int) -> Where:
        """Return the place of a key of the manifest."""
        ...


def place(template: TemplateFolder, file: Path | None = None) -> Where:
    """Return the place of a template's file, its body by default: `templates/invoice/body.rml`."""
    manifest = template.where().file
    folder = PurePosixPath(manifest).parent if manifest else PurePosixPath(template.folder.name)
    return Where(str(folder / (file or template.body).name))


def read_text(template: TemplateFolder, file: Path | None = None) -> str:
    """Return the text of a template's file, its body by default.

    Raises:
        TemplateMissing: it is not there.
        TemplateSyntax: it is not UTF-8.
    """
    path = file or template.body
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateSyntax("is not UTF-8", where=place(template, path), hint="save it as UTF-8") from error
    except OSError as error:
        raise TemplateMissing(f"cannot be read: {error.strerror}", where=place(template, path)) from error


def read_bytes(template: TemplateFolder) -> bytes:
    """Return the bytes of the body. Raises TemplateMissing."""
    try:
        return template.body.read_bytes()
    except OSError as error:
        raise TemplateMissing(f"cannot be read: {error.strerror}", where=place(template)) from error


def language_tag(context: object) -> str:
    """Return the document's language as PDF, HTML and Word write it: `de-AT`; "" when the context has none."""
    locale = context.get("locale") if hasattr(context, "get") else None
    return str(locale or "").replace("_", "-")


def words(text: str) -> frozenset[str]:
    """Return the words of a table of names."""
    return frozenset(text.split())
