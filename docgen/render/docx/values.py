"""Floor 2, edges: values of docxtpl's own classes, and its replacements, for programs that use docgen as a library.

Such a value is markup that docgen did not make: it is printed as docxtpl prints it, and what it is printed into is
looked at afterwards. Knows docxtpl's classes through `reference` only.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from docx.image.image import Image
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from docx.oxml.shape import CT_Inline
from lxml import etree
from markupsafe import Markup

from docgen.errors import TemplateError, did_you_mean, raise_faults
from docgen.model import Where
from docgen.render.docx import package as packages
from docgen.render.docx.faults.trust import find_untrusted
from docgen.render.docx.package import Assembly, Package, Story
from docgen.render.docx.reference import is_picture, is_subdocument

#: Without these markup is text, as the marks of `spot` are.
_SPECIAL = re.compile("[<>&\"']")
_NUMBERED = re.compile(r"word/media/[A-Za-z]+([1-9][0-9]*)\.\w+")
_RELATED = re.compile(r'\br:(?:id|embed|link|pict|dm|lo|qs|cs)="([^"]*)"')


@dataclass
class Foreign:
    """What one rendering prints that docgen did not make.

    Attributes:
        printed: whether markup was printed, so that the part must be looked at.
        show: prints a picture into the part that is being merged; set by the engine, part by part.
        master: the document whose parts the values hang on; None: that of the template.
        wanted: the document that a printed value hangs on, where it is another one.
    """

    printed: bool = False
    show: Callable[[Any], str] | None = None
    master: object = None
    wanted: object = None

    def adopt(self, value: Any) -> Markup:
        """Return the markup of a value as docxtpl prints it; what a filter made of text may be no markup any more."""
        if isinstance(value, Markup):
            self.printed = self.printed or _SPECIAL.search(value) is not None
            return value
        self.printed = True
        if is_picture(value) and self.show is not None:
            return Markup(self.show(value))  # noqa: S704 - the program's own markup, checked once it is merged
        if is_subdocument(value) and value.docx is not self.master:
            self.wanted = value.docx
            return Markup("")
        if is_subdocument(value):
            check_subdocument(value)
        return Markup(value.__html__())  # noqa: S704 - likewise


_foreign: ContextVar[Foreign | None] = ContextVar("docgen_foreign", default=None)


@contextmanager
def printing(master: object = None) -> Iterator[Foreign]:
    """Notice what one rendering prints; a rendering within one has the same master."""
    outer = _foreign.get()
    foreign = Foreign(master=master or (outer.master if outer else None))
    token = _foreign.set(foreign)
    try:
        yield foreign
    finally:
        _foreign.reset(token)
        if outer is not None:
            outer.wanted = outer.wanted or foreign.wanted


def adopt(value: object) -> object:
    """Return a value that brings its own markup as it is printed; outside of a rendering, itself."""
    foreign = _foreign.get()
    return value if foreign is None else foreign.adopt(value)


# --- pictures -------------------------------------------------------------------------------------


class Pictures:
    """Prints docxtpl's InlineImage into one part of a document, as python-docx would draw it there."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def show(self, value: Any) -> str:
        """Return the markup, which ends the text and the run that it stands in and begins new ones."""
        image = Image.from_file(value.image_descriptor)
        name = f"word/media/image{self._free_number()}.{image.ext}"
        relation = self._story.attach("image", name, image.blob, image.content_type, shared=True)
        size = image.scaled_dimensions(value.width, value.height)
        xml = CT_Inline.new_pic_inline(self._next_id(), relation, self._name(relation, image), *size).xml
        if value.anchor:
            xml = self._anchored(xml, value.anchor)
        return f'</w:t></w:r><w:r><w:drawing>{xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'

    def _free_number(self) -> int:
        """Return the first number that no picture of the document has, whatever its ending."""
        used = {int(found[1]) for name in self._story.assembly if (found := _NUMBERED.fullmatch(name))}
        return next(number for number in itertools.count(1) if number not in used)

    def _next_id(self) -> int:
        """Return what python-docx counts: one more than the highest id of the template's part."""
        memory, key = self._story.assembly.memory, ("next id", self._story.part)
        if key not in memory:
            tree = packages.parse_xml(self._story.assembly.package.parts[self._story.part])
            memory[key] = 1 + max((int(number) for number in tree.xpath("//@id") if number.isdigit()), default=0)
        return int(memory[key])

    def _name(self, relation: str, image: Image) -> str:
        """Return the name of the file that brought the picture first, which python-docx keeps."""
        assembly = self._story.assembly
        part = assembly.relations(self._story.part)[relation].target
        known = f"image.{image.ext}" if part in assembly.package.parts else image.filename
        return str(assembly.memory.setdefault(("name of picture", part), known))

    def _anchored(self, xml: str, address: str) -> str:
        inline = parse_xml(xml)
        relation = self._story.link(address)
        for path in (".//wp:docPr", ".//pic:cNvPr"):
            click = OxmlElement("a:hlinkClick")
            click.set(qn("r:id"), relation)
            inline.xpath(path)[0].append(click)
        return str(inline.xml)


# --- documents that values were made with ---------------------------------------------------------


def check_master(document: Any, package: Package) -> None:
    """Raise TemplateError for a document that values hang on and that is not made of this template."""
    theirs = document.part.rels
    for relation in package.relations(package.main).values():
        other = theirs.get(relation.id)
        if other is None or other.reltype != relation.kind or other.is_external != relation.external:
            raise TemplateError(
                "a value was made with another Word template",
                where=package.where,
                hint="make it with a DocxTemplate of this body",
            )


def check_subdocument(value: Any) -> None:
    """Raise TemplateError, or `Faults`, for everything in docxtpl's Subdoc that leads out of it by itself."""
    content = io.BytesIO()
    value.subdocx.save(content)
    raise_faults(find_untrusted(Package(content.getvalue(), Where("subdocument"))))


def check_relations(assembly: Assembly, part: str, where: Where) -> None:
    """Raise TemplateError where a value's markup refers to what the document does not have."""
    known = assembly.relations(part)
    for name in _RELATED.findall(assembly.read(part).decode()):
        if name and name not in known:
            raise TemplateError(
                f'a value refers to the relation "{name}", which the Word template does not have',
                where=where,
                hint="give render() the DocxTemplate that the value was made with: template=...",
            )


# --- replacements ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Replacements:
    """What takes the place of files in a template, as docxtpl's `replace_...` functions say it.

    Attributes:
        pictures: name, title or description of a picture of body, headers or footers -> its new content.
        media: content of a picture -> its new content.
        embedded: content of an embedded file -> its new content.
        members: name in the package (`word/embeddings/a.xlsx`) -> new content.
    """

    pictures: Mapping[str, bytes] = field(default_factory=dict)
    media: Mapping[bytes, bytes] = field(default_factory=dict)
    embedded: Mapping[bytes, bytes] = field(default_factory=dict)
    members: Mapping[str, bytes] = field(default_factory=dict)

    def apply(self, assembly: Assembly) -> None:
        """Replace, in a document.

        Raises:
            TemplateError: something is not there to be replaced.
        """
        where = assembly.package.where
        if self.pictures:
            self._replace_pictures(assembly, where)
        members = {
            name: assembly.read(name) for name in assembly if name.startswith(("word/media/", "word/embeddings/"))
        }
        for folder, changes in (("word/media/", self.media), ("word/embeddings/", self.embedded)):
            found = {name: content for name, content in members.items() if name.startswith(folder)}
            for name, content in found.items():
                if content in changes and name not in self.members:
                    assembly.replace(name, changes[content])
            for missing in set(changes) - set(found.values()):
                raise TemplateError(
                    f"no file in {folder} has the content of {len(missing)} bytes to be replaced", where=where
                )
        for name, content in self.members.items():
            if name not in assembly:
                raise TemplateError(
                    f'there is no "{name}" in the document', where=where, hint=did_you_mean(name, assembly)
                )
            assembly.replace(name, content)

    def _replace_pictures(self, assembly: Assembly, where: Where) -> None:
        package = assembly.package
        seen: list[str] = []
        replaced: set[str] = set()
        parts = [package.main, *package.related(package.main, "header"), *package.related(package.main, "footer")]
        for part in parts:
            for names, target in _pictures_of(assembly, part):
                seen += names
                wanted = next((name for name in self.pictures if name in names), None)
                if wanted is not None:
                    assembly.replace(target, self.pictures[wanted])
                    replaced.add(wanted)
        for name in self.pictures:
            if name not in replaced:
                hint = did_you_mean(name, filter(None, seen))
                raise TemplateError(f'there is no picture "{name}" in the Word template', where=where, hint=hint)


def _pictures_of(assembly: Assembly, part: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield name, title and description of each picture in a part, and the name of its file."""
    relations = assembly.relations(part)
    for data in packages.parse_xml(assembly.read(part)).xpath("//a:graphic/a:graphicData", namespaces=nsmap):
        if data.get("uri") != nsmap["pic"]:
            continue
        blip = data.find("pic:pic/pic:blipFill/a:blip", nsmap)
        properties = data.find("pic:pic/pic:nvPicPr/pic:cNvPr", nsmap)
        relation = relations.get(blip.get(qn("r:embed"), "")) if blip is not None else None
        if relation is not None and not relation.external and properties is not None:
            yield _names(properties), relation.target


def _names(properties: etree._Element) -> tuple[str, ...]:
    return tuple(properties.get(name, "") for name in ("name", "title", "descr"))
