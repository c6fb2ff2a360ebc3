"""Floor 1, rules: a template folder: manifest `template.yaml`, body and sample.

Checks what stands in the manifest; what stands in the body is for the renderers, which compile it. A template is
content: nothing in it is code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from docgen.errors import DocgenError, Faults, TemplateError, TemplateMissing, did_you_mean
from docgen.fields import FieldSpec
from docgen.keytypes import check_locale
from docgen.kinds import KINDS
from docgen.longtexts import load_long_texts, with_long_texts
from docgen.model import Where
from docgen.sharing import SHARED, load_shared_texts, shared_folder, with_shared
from docgen.strict import StrictModel
from docgen.templaterules import check_manifest, check_texts
from docgen.validation import collect, raise_in_order
from docgen.yamltree import YamlTree, load_yaml

MANIFEST = "template.yaml"
BODY_SUFFIXES = (".docx", ".rml", ".mjml", ".html", ".txt")

Texts = Mapping[str, Mapping[str, object]]


class Pages(StrEnum):
    """What decides the size of a Word document's pages."""

    OWN = "own"
    COMPANY = "company"


def _as_forms(value: object) -> object:
    return value if isinstance(value, dict | None) else {"other": value}


PluralForms = Annotated[dict[str, str], BeforeValidator(_as_forms, json_schema_input_type=str | dict[str, str])]


TextsKey = Annotated[
    dict[str, dict[str, PluralForms]],
    Field(default_factory=dict, description="Language -> name -> text, or its plural forms, for t() in the body."),
]


class SharedTexts(StrictModel):
    """The file shared/texts.yaml beside the templates."""

    texts: TextsKey


class Manifest(StrictModel):
    """The file template.yaml."""

    title: str = Field("", description="What a person calls the template; default: its folder's name.")
    help: str = Field("", description="What it is for and how it looks, in a sentence.")
    kind: str = Field(description="What the document is in business terms: invoice, contract, letter, message, ...")
    body: str | None = Field(
        None,
        description="File of the body, ending in .docx, .rml, .mjml, .html or .txt; default: the only body.*.",
    )
    letter_body: str | None = Field(
        None,
        description="File of the body where `company.paper` is letter: for labels and the like, whose sheets differ.",
    )
    paper: Pages = Field(
        Pages.OWN,
        description="For Word: own keeps pages as they are; company gives A4 and Letter pages `company.paper`'s size.",
    )
    text: str | None = Field(None, description="For messages: file of the text part; default: made from the body.")
    subject: str | None = Field(None, description="For messages: the subject, as Jinja text.")
    fields: dict[str, FieldSpec] = Field(
        default_factory=dict,
        description="Name -> field that the body uses: its type, whether it is required.",
    )
    texts: TextsKey
    sample: str | None = Field(
        None, description="YAML file with a sample record; default: sample.yaml where there is one."
    )


@dataclass(frozen=True)
class Template:
    """A template ready to be compiled.

    Attributes:
        name: the folder's name.
        folder: where it lies; the body may include files from here, from `shared` beside it, and nowhere else.
        kind: a key of `kinds.KINDS`.
        body: its suffix decides the renderer.
        letter_body: what takes its place on Letter paper.
        follows_paper: whether the pages of a Word document take the size of the company's paper.
        text: hand-written plain text part of a message.
        subject: of a message, Jinja.
        texts: language -> name -> text, or plural form -> text; those of `shared/texts.yaml` behind its own.
        sample: a record as a source gives it.
        sha256: over the names and bytes of all files in the folder, and of those shared with its neighbours.
    """

    name: str
    folder: Path
    title: str
    help: str
    kind: str
    body: Path
    letter_body: Path | None = None
    follows_paper: bool = False
    text: Path | None = None
    subject: str | None = None
    fields: Mapping[str, FieldSpec] = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    sample: Mapping[str, object] = field(default_factory=dict)
    sha256: str = ""
    tree: YamlTree = field(default_factory=lambda: YamlTree({}, ""), repr=False, compare=False)

    def where(self, *path: str | int) -> Where:
        """Return the place of a key of the manifest."""
        return self.tree.where(path) if self.tree.file else Where(path=path)

    def on(self, paper: str) -> Template:
        """Return the template for a paper, `a4` or `letter`: with the body that is made for it."""
        return replace(self, body=self.letter_body) if paper == "letter" and self.letter_body else self


def load_template(folder: Path, *, shown: str | None = None, kinds: Collection[str] = tuple(KINDS)) -> Template:
    """Read a template folder.

    Args:
        folder: the template.
        shown: what to call the folder in messages; default: `folder` as given.
        kinds: the kinds there are.

    Raises:
        TemplateMissing: there is no template here; the hint names a similar one beside it.
        TemplateError: or `Faults`, with all that is wrong in the manifest.
    """
    shown = shown or str(folder)
    if not (folder / MANIFEST).is_file():
        raise _missing(folder.parent, folder.name)
    tree = load_yaml(folder / MANIFEST, f"{shown}/{MANIFEST}", error=TemplateError)
    manifest, faults = collect(Manifest, tree, TemplateError)
    common = load_shared_texts(folder, shown)
    shared, shared_faults = collect(SharedTexts, common, TemplateError)
    faults = [*faults, *common.faults, *shared_faults, *check_texts(common)]
    files = _Files(folder, tree)
    body, text, sample = files.body(), files.named("text"), files.sample(shown)
    letter_body = files.letter_body(body)
    raise_in_order([*tree.faults, *faults, *check_manifest(tree, kinds), *files.faults])
    assert manifest is not None, "no manifest means faults"
    assert shared is not None, "no shared texts mean faults"
    assert body is not None, "no body means faults"
    return Template(
        name=folder.name,
        folder=folder,
        title=manifest.title or folder.name,
        help=manifest.help,
        kind=manifest.kind,
        body=body,
        letter_body=letter_body,
        follows_paper=manifest.paper is Pages.COMPANY,
        text=text,
        subject=manifest.subject,
        fields=manifest.fields,
        texts=_all_texts(folder, shown, _texts(manifest.texts, tree), _texts(shared.texts, common)),
        sample=sample,
        sha256=hash_folder(folder, shared_folder(folder)),
        tree=tree,
    )


def find_template(
    templates: Path, name: str, *, where: Where | None = None, kinds: Collection[str] = tuple(KINDS)
) -> Template:
    """Read the template of a name.

    Args:
        templates: the folder of all templates.
        name: as a job says it.
        where: the place that says it, for the fault.
        kinds: the kinds there are.

    Raises:
        TemplateMissing: there is none of this name.
    """
    if name not in template_names(templates):
        raise _missing(templates, name, where)
    return load_template(templates / name, kinds=kinds)


def load_templates(templates: Path, *, kinds: Collection[str] = tuple(KINDS)) -> dict[str, Template]:
    """Read all templates of a folder, by name.

    Raises:
        TemplateError: or `Faults`, over all templates.
    """
    loaded: dict[str, Template] = {}
    faults: list[DocgenError] = []
    for name in template_names(templates):
        try:
            loaded[name] = load_template(templates / name, kinds=kinds)
        except Faults as several:
            faults.extend(several.faults)
        except TemplateError as one:
            faults.append(one)
    raise_in_order(faults)
    return loaded


def template_names(templates: Path) -> list[str]:
    """Return the names of all templates of a folder, sorted.

    Raises:
        TemplateError: there is no such folder.
    """
    if not templates.is_dir():
        raise TemplateError("there is no such folder of templates", where=Where(str(templates)))
    return sorted(manifest.parent.name for manifest in templates.glob(f"*/{MANIFEST}"))


def _missing(templates: Path, name: str, where: Where | None = None) -> TemplateMissing:
    names = template_names(templates) if templates.is_dir() else []
    hint = did_you_mean(name, names) or f"templates are folders with a {MANIFEST} in {templates}"
    return TemplateMissing(f'there is no template "{name}"', where=where or Where(str(templates)), hint=hint)


def hash_folder(*folders: Path) -> str:
    """Return one hex digest over the names and bytes of all files below folders; one that is not there is empty."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            # Word's lock files (~$body.docx) and the like come and go without the template changing.
            if any(part.startswith((".", "~")) for part in name.split("/")):
                continue
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _texts(read: Mapping[str, Mapping[str, Mapping[str, str]]], tree: YamlTree) -> Texts:
    """Give plain texts back their plain form."""
    return {
        check_locale(language): {
            name: forms if isinstance(tree.at(("texts", language, name)), dict) else forms["other"]
            for name, forms in texts.items()
        }
        for language, texts in read.items()
    }


def _all_texts(folder: Path, shown: str, own: Texts, shared: Texts) -> Texts:
    """Return the texts of manifest and Markdown files, the shared ones behind them."""
    beside = f"{Path(shown).parent.as_posix()}/{SHARED}"
    texts, faults = with_long_texts(own, load_long_texts(folder, shown))
    common, others = with_long_texts(shared, load_long_texts(shared_folder(folder), beside))
    raise_in_order([*faults, *others])
    return with_shared(texts, common)


class _Files:
    """The files that a manifest names; faults are collected."""

    def __init__(self, folder: Path, tree: YamlTree) -> None:
        self.folder = folder
        self.tree = tree
        self.faults: list[DocgenError] = []

    def named(self, key: str) -> Path | None:
        """Return the file that a key names, None without the key or with a fault."""
        value = self.tree.at((key,))
        if isinstance(value, dict | list | bool | None):
            return None  # a fault of its type
        name = str(value)
        there = [path.name for path in self.folder.iterdir() if path.is_file()] if self.folder.is_dir() else []
        if name not in there:
            shown = self.tree.show((key,))
            self._fault(f'there is no file "{shown}" in this folder', key, did_you_mean(name, set(there) - {MANIFEST}))
            return None
        return self.folder / name

    def body(self) -> Path | None:
        """Return the body, named or found."""
        if self.tree.at(("body",)) is not None:
            body = self.named("body")
            if body and body.suffix not in BODY_SUFFIXES:
                self._fault(f"a body cannot be a {body.suffix or 'file without ending'}", "body", _suffix_hint())
            return body
        found = sorted(path for path in self.folder.glob("body.*") if path.suffix in BODY_SUFFIXES)
        if len(found) == 1:
            return found[0]
        several = (
            f"there are {' and '.join(path.name for path in found)}" if found else "there is no body.* in this folder"
        )
        self._fault(several, "body", "name one in `body`" if found else _suffix_hint())
        return None

    def letter_body(self, body: Path | None) -> Path | None:
        """Return the body for Letter paper, if the manifest names one."""
        if self.tree.at(("paper",)) == Pages.COMPANY and body and body.suffix != ".docx":
            problem = f"{body.name} is no Word document: its pages are as large as it says itself"
            self._fault(problem, "paper", "leave `paper` out, and look at `company.paper` in the body")
        other = self.named("letter_body")
        if other and body and other.suffix != body.suffix:
            self._fault(f"{other.name} cannot take the place of {body.name}", "letter_body", f"name a {body.suffix}")
        return other

    def sample(self, shown: str) -> Mapping[str, object]:
        """Return the sample record, an empty one where there is none."""
        path = self.named("sample") if self.tree.at(("sample",)) is not None else self.folder / "sample.yaml"
        if path is None or not path.is_file():
            return {}
        try:
            tree = load_yaml(path, f"{shown}/{path.name}", error=TemplateError)
            tree.check()
        except Faults as several:
            self.faults.extend(several.faults)
            return {}
        except TemplateError as one:
            self.faults.append(one)
            return {}
        if isinstance(tree.data, dict):
            return tree.data
        self.faults.append(TemplateError("a sample is a record: lines of `field: value`", where=tree.where()))
        return {}

    def _fault(self, problem: str, key: str, hint: str) -> None:
        self.faults.append(TemplateError(problem, where=self.tree.where((key,)), hint=hint))


def _suffix_hint() -> str:
    return f"a body ends in {', '.join(BODY_SUFFIXES)}"
