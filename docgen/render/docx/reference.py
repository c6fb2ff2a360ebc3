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

from docgen.render.docx.holders import with_paragraphs
from docgen.render.docx.package import Assembly, Package, parse_xml, write_xml

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: How a template writes Jinja's delimiters as text; replaced in the source, so that values are left alone.
_LITERALS = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}
_BARE = DocxTemplate("")
_PARAGRAPH = re.compile(r"<w:p(?: [^>]*)?>.*?</w:p>", re.DOTALL)
#: Characters that become line breaks, tabs, paragraphs and pages.
_LAYOUT = "\t\n\a\f"
_LINE_ENDS = {7: "\n", 12: "\n"}
_NOTHING = {7: None, 12: None}

#: (name of the part, its markup, context) -> the merged markup
Merge = Callable[[str, str, Mapping[str, object]], str]
#: (name of the part, its merged markup): raises where that is no XML.
Check = Callable[[str, str], None]
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


def lay_out(xml: str) -> str:
    """Return markup with breaks, tabs, paragraphs and pages made of the characters for them in texts."""
    if not any(character in xml for character in _LAYOUT):
        return xml
    return _lay_out(xml, lambda markup: _PARAGRAPH.sub(_lay_out_paragraph, markup))


def _lay_out_paragraph(paragraph: re.Match[str]) -> str:
    text = paragraph[0]
    return str(_BARE.resolve_listing(text)) if any(character in text for character in _LAYOUT) else text


def _lay_out(xml: str, resolve: Callable[[str], str]) -> str:
    """Return markup laid out; where a paragraph or page cannot begin, as within a link, the line ends."""
    laid_out = resolve(xml)
    if "\a" not in xml and "\f" not in xml:
        return laid_out
    if not _is_sound(laid_out):
        laid_out = resolve(xml.translate(_LINE_ENDS))
    return laid_out.translate(_NOTHING)


def _is_sound(xml: str) -> bool:
    try:
        parse_xml(xml.translate(_NOTHING).encode())
    except etree.XMLSyntaxError:
        return False
    return True


def source_of(package: Package, part: str) -> str:
    """Return the markup of a part as docxtpl reads it: the body alone of the main part."""
    content = package.parts[part]
    if part == package.main:
        return str(_BARE.xml_to_string(_body(Document(io.BytesIO(content_of(package))))))
    if _is_story(package, part):
        return str(_BARE.xml_to_string(etree.fromstring(content, _PARSER)))
    return content.decode("utf-8-sig")


def main_part_of(package: Package) -> str:
    """Return the main part as python-docx writes it."""
    return write_xml(etree.fromstring(package.parts[package.main], _PARSER)).decode()


_PARSER = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True, huge_tree=True)


def content_of(package: Package) -> bytes:
    """Return a package as a file that python-docx reads: it looks for a part where no mark says "address"."""
    assembly = Assembly(package)
    for part, relation in _within(package):
        assembly.set_within(part, relation, False)
    return assembly.save()


def _within(package: Package) -> list[tuple[str, str]]:
    return [(part, one.id) for part in package.parts for one in package.relations(part).values() if one.within]


def _body(document: Any) -> etree._Element:
    return document._element.body


def _is_story(package: Package, part: str) -> bool:
    return part in (*package.related(package.main, "header"), *package.related(package.main, "footer"))


class Reference:
    """Merges documents by docxtpl, each from the file."""

    def __init__(self, package: Package, merge: Merge, check: Check, notes: list[str]) -> None:
        """Keep what is needed.

        Args:
            package: the template.
            merge: renders one part.
            check: raises for a merged part that is no XML.
            notes: the parts besides body, headers and footers that hold fields.
        """
        self._package = package
        self._content = content_of(package)
        self._merge = merge
        self._check = check
        self._notes = notes

    def merge(self, context: Mapping[str, object], showing: Showing) -> Assembly:
        """Return the merged document."""
        word = _Word(self._content, self._merge, self._check, showing)
        word.merge(context, self._notes)
        output = io.BytesIO()
        word.save(output)
        word.take_apart()
        assembly = Assembly(Package(output.getvalue(), self._package.where, own=True))
        for part, relation in _within(self._package):
            assembly.set_within(part, relation, True)
        return assembly


class _Word(DocxTemplate):  # type: ignore[misc]
    """docxtpl's template, its parts merged by docgen."""

    def __init__(self, content: bytes, merge: Merge, check: Check, showing: Showing) -> None:
        self.docx: Any
        super().__init__(io.BytesIO(content))
        self._merge = merge
        self._check = check
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
        merged = with_paragraphs(_lay_out(self._merge(_name(part), src_xml, context), self.resolve_listing))
        self._check(_name(part), merged)  # docxtpl goes on with what it can make of markup that is none
        return merged

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
