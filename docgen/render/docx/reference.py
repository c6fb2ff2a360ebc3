"""Floor 2, edges: docxtpl, which defines what a Word template means. The only module that knows it.

The compiled path takes from here what it does not do itself: how markup is patched before Jinja sees it, and the passes
over what came out. `Reference` is the whole of docxtpl, merging one document the long way.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from docx import Document
from docx.opc.part import XmlPart
from docxtpl import DocxTemplate, InlineImage, Subdoc
from lxml import etree

from docgen.render.docx.package import Assembly, Package, parse_xml

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: How a template writes Jinja's delimiters as text; replaced in the source, so that values are left alone.
_LITERALS = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}
_BARE = DocxTemplate("")

#: (name of the part, its markup, context) -> the merged markup
Merge = Callable[[str, str, Mapping[str, object]], str]
#: Told, before a part is merged, what prints docxtpl's pictures into it.
Showing = Callable[[Callable[[Any], str]], None]


def is_picture(value: object) -> bool:
    """Return whether a value is docxtpl's InlineImage."""
    return isinstance(value, InlineImage)


def is_subdocument(value: object) -> bool:
    """Return whether a value is docxtpl's Subdoc."""
    return isinstance(value, Subdoc)


def document_of(template: Any) -> Any:
    """Return the document of a DocxTemplate, which its values hang on."""
    return template.get_docx()


def without_blanks(markup: str) -> str:
    """Return markup as python-docx reads it, without text between elements; docxtpl reads headers and footers so."""
    return str(etree.tostring(etree.fromstring(markup.encode(), _PARSER), encoding="unicode"))


def patch(xml: str) -> str:
    """Return markup as Jinja is to compile it."""
    patched = str(_BARE.patch_xml(xml))
    # docxtpl leaves ampersands in strings as XML has them, which escaping would escape again; and attributes, such as
    # the alternative text of a picture, write quotes so.
    patched = _JINJA.sub(lambda tag: tag[0].replace("&quot;", '"').replace("&amp;", "&"), patched)
    for written, meant in _LITERALS.items():
        patched = patched.replace(written, meant)
    return patched


def fix_tables(xml: str) -> etree._Element:
    """Return the tree of a body with as many columns in each table's grid as its rows have cells."""
    return _BARE.fix_tables(xml)


def resolve_listing(xml: str) -> str:
    """Return markup with line breaks and tabs made of the characters for them in texts."""
    return str(_BARE.resolve_listing(xml))


def source_of(package: Package, part: str) -> str:
    """Return the markup of a part as docxtpl reads it: the body alone of the main part."""
    content = package.parts[part]
    if part == package.main:
        return str(_BARE.xml_to_string(_body(Document(io.BytesIO(content_of(package))))))
    if _is_story(package, part):
        return str(_BARE.xml_to_string(etree.fromstring(content, _PARSER)))
    return content.decode("utf-8-sig")


_PARSER = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True, huge_tree=True)


def content_of(package: Package) -> bytes:
    """Return a package as a file."""
    return Assembly(package).save()


def _body(document: Any) -> etree._Element:
    return document._element.body


def _is_story(package: Package, part: str) -> bool:
    return part in (*package.related(package.main, "header"), *package.related(package.main, "footer"))


class Reference:
    """Merges documents by docxtpl, each from the file."""

    def __init__(self, package: Package, merge: Merge, notes: list[str]) -> None:
        """Keep what is needed.

        Args:
            package: the template.
            merge: renders one part.
            notes: the parts besides body, headers and footers that hold fields.
        """
        self._package = package
        self._content = content_of(package)
        self._merge = merge
        self._notes = notes

    def merge(self, context: Mapping[str, object], showing: Showing) -> Assembly:
        """Return the merged document."""
        word = _Word(self._content, self._merge, showing)
        word.merge(context, self._notes)
        output = io.BytesIO()
        word.save(output)
        word.take_apart()
        return Assembly(Package(output.getvalue(), self._package.where))


class _Word(DocxTemplate):  # type: ignore[misc]
    """docxtpl's template, its parts merged by docgen."""

    def __init__(self, content: bytes, merge: Merge, showing: Showing) -> None:
        self.docx: Any
        super().__init__(io.BytesIO(content))
        self._merge = merge
        self._showing = showing
        self.render_init()

    def init_docx(self, reload: bool = True) -> None:
        """Open the document, once."""
        if self.docx is None:
            self.docx = Document(self.template_file)

    def merge(self, context: Mapping[str, object], notes: list[str]) -> None:
        """Fill in every part, as docxtpl's `render` does."""
        tree = self.fix_tables(self.build_xml(context))
        self.fix_docpr_ids(tree)
        self.map_tree(tree)
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for key, xml in list(self.build_headers_footers_xml(context, uri)):
                self.map_headers_footers_xml(key, xml)
        for part in self.docx.part.package.iter_parts():
            if _name(part) in notes:  # docxtpl merges them once per section, values included
                xml = self.render_xml_part(part.blob.decode("utf-8-sig"), part, context)
                if isinstance(part, XmlPart):
                    part._element = parse_xml(xml.encode())
                else:
                    part._blob = xml.encode()
        self.is_rendered = True

    def patch_xml(self, src_xml: str) -> str:
        """Return the markup as it is: `render_xml_part` patches it."""
        return src_xml

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, object], jinja_env: Any = None) -> str:
        """Merge one part."""
        self.current_rendering_part = part
        self._showing(self._show)
        return str(self.resolve_listing(self._merge(_name(part), src_xml, context)))

    def _show(self, picture: Any) -> str:
        """Return what docxtpl prints for a picture, whichever template it was made with."""
        size = (picture.width, picture.height)
        return str(InlineImage(self, picture.image_descriptor, *size, anchor=picture.anchor))

    def take_apart(self) -> None:
        """Let go of all parts. They refer to one another, and the collector does not see how large their trees are."""
        package = self.docx.part.package
        for part in list(package.iter_parts()):
            part.__dict__.clear()
        package.__dict__.clear()
        self.__dict__.clear()


def _name(part: Any) -> str:
    return str(part.partname).lstrip("/")
