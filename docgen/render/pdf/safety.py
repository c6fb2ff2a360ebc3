"""Floor 2, edges: what an RML body may contain.

Everything is refused that is not listed here: what runs code (plug-ins, evalString, docExec and its kin), what writes
files or logs, what could not be archived, and any file outside the template's folder. Knows RML's vocabulary and what
docgen adds to it; draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from docgen.errors import TemplateError, did_you_mean
from docgen.model import Where
from docgen.render.body import words
from docgen.render.pdf.elements import OWN_ELEMENTS, write_out
from docgen.render.pdf.fonts import SHIPPED
from docgen.render.pdf.links import link_faults, spelling_faults
from docgen.render.pdf.marking import marking_faults
from docgen.render.pdf.papers import PAPERS, paper_faults
from docgen.render.pdf.unfold import colour_faults, spell_out_colours, unfold
from docgen.render.pdf.unknown import attribute_faults
from docgen.sharing import place_in

_DOCUMENT = """
    document docinit stylesheet template story pageInfo pageDrawing color name cropMarks registerTTFont
    registerType1Face registerFont registerFontFamily addMapping startIndex initialize alias paraStyle spanStyle
    listStyle blockTableStyle
    blockAlignment blockBackground blockBottomPadding blockColBackground blockFont blockLeading blockLeftPadding
    blockNosplit blockRightPadding blockRowBackground blockSpan blockTextColor blockTopPadding blockValign lineStyle
    pageTemplate pageGraphics frame header footer mergePage
"""
_STORY = """
    title h1 h2 h3 h4 h5 h6 para pre xpre spacer illustration barCodeFlowable outlineAdd blockTable tr td bulkData
    nextFrame setNextFrame nextPage setNextTemplate condPageBreak keepInFrame keepTogether img imageAndFlowables
    indent fixedSize bookmarkPage bookmark link hr namedString ol ul li pto pto_header pto_trailer storyPlace
    topPadder codesnippet showIndex includePdfPages
"""
_DRAWING = """
    saveState restoreState drawString drawRightString drawCenteredString drawCentredString drawAlignedString ellipse
    circle rect grid lines curves image place path moveto curveto curvesto fill stroke setFont setFontSize scale
    translate rotate skew transform lineMode barCode textAnnotation param
"""
_CHARTS = """
    barChart barChart3D linePlot linePlot3D pieChart pieChart3D spiderChart bar bars barLabels data label labels line
    lineLabels pointer slice slices spoke spokeLabels spokes strand strandLabels strands text texts xValueAxis
    yValueAxis categoryAxis valueAxis categoryNames series
"""
_INLINE = """
    b strong i em u strike a font span br super sup sub nobr greek unichar bullet seq seqDefault seqReset seqChain
    seqFormat pageNumber getName index
"""
#: What may be within a text, and how ReportLab reads it.
INLINE = words(_INLINE)
ALLOWED = words(f"{_DOCUMENT} {_STORY} {_DRAWING} {_CHARTS}") | INLINE | OWN_ELEMENTS

#: What z3c.rml knows and docgen does not draw, and why.
REFUSED = {
    **dict.fromkeys(
        words("evalString docAssign docExec docPara docAssert docIf docElse docWhile plugInFlowable plugInGraphic"),
        "it would run code; compute with Jinja instead: {{ }} and {% if %}",
    ),
    **dict.fromkeys(words("logConfig log debug info warning error critical"), "a document writes no log"),
    "registerCidFont": "its fonts cannot be embedded; put TrueType fonts into the template's folder fonts/",
    **dict.fromkeys(
        words("textField selectField option buttonField"),
        "a field to fill in has no look of its own that could be archived; draw lines and boxes",
    ),
}

_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg"})
#: Element -> attributes whose value is read as a file, and how such files end.
FILE_TAGS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "img": {"src": _PICTURES},
    "image": {"file": _PICTURES},
    "imageAndFlowables": {"imageName": _PICTURES},
    "registerTTFont": {"fileName": frozenset({".ttf"})},
    "registerType1Face": {"afmFile": frozenset({".afm"}), "pfbFile": frozenset({".pfb"})},
    **{tag: {"filename": frozenset({".pdf"})} for tag in ("mergePage", "includePdfPages")},
    "letterhead": {"pdf": frozenset({".pdf"})},
}
_FONT_ATTRIBUTES: tuple[str, ...] = ("fontName", "bulletFontName", "face")
#: Of these ReportLab reads attributes in any letter case.
_SPELLED = INLINE | {"img"}
#: Text directly in these is dropped by z3c.rml without a word.
NO_TEXT = words(
    """
    document docinit stylesheet template pageTemplate pageGraphics story blockTable tr keepInFrame
    keepTogether indent fixedSize ol ul li pto pto_header pto_trailer storyPlace topPadder place header footer
    illustration link imageAndFlowables initialize blockTableStyle letterhead epcQr
    """
)
#: In bytes, as file systems have it.
_LONGEST_NAME, _LONGEST_PATH = 255, 1000
_NOTE_PARAMETERS = words("Rect escape relative name")
#: End a page, and cannot do so in these.
_PAGES = words("nextPage includePdfPages")
_NO_PAGES = words("para pre xpre title h1 h2 h3 h4 h5 h6 td li keepInFrame fixedSize imageAndFlowables")


@dataclass(frozen=True)
class Rules:
    """What one body may reach.

    Attributes:
        file: the body as shown in faults.
        folder: the template's folder, where pictures and fonts lie.
        fonts: names a body may write.
        extra_files: single files outside the folder that are allowed all the same: the company's logo.
        pictures: token -> file or `data:` address of pictures that the merge has allowed.
    """

    file: str
    folder: Path
    fonts: frozenset[str]
    extra_files: frozenset[Path] = frozenset()
    pictures: Mapping[str, str] = field(default_factory=dict)


def tag_faults(tags: Iterable[tuple[str, int]], file: str) -> list[TemplateError]:
    """Return a fault for each element that is unknown or not allowed."""
    return [_tag_fault(tag, Where(file, line)) for tag, line in tags if tag not in ALLOWED]


def _tag_fault(tag: str, where: Where) -> TemplateError:
    if tag in REFUSED:
        return TemplateError(f"<{tag}> is not allowed", where=where, hint=REFUSED[tag])
    return TemplateError(f"<{tag}> is not an RML element", where=where, hint=did_you_mean(tag, ALLOWED))


def make_safe(root: etree._Element, rules: Rules) -> list[TemplateError]:
    """Check a merged body and make its file names absolute, in place.

    Returns:
        Every fault, in order of the document.
    """
    faults: list[TemplateError] = write_out(root, rules.file)
    unfold(root)
    own_fonts = {
        element.get(name, "")
        for element in root.iter("registerTTFont", "registerFontFamily", "registerFont")
        for name in ("faceName", "name")
    }
    known = rules.fonts | own_fonts
    folded = frozenset(name.lower() for name in known)
    for element in root.iter(etree.Element):
        where = Where(rules.file, element.sourceline)
        if element.tag not in ALLOWED:
            faults.append(_tag_fault(str(element.tag), where))
            continue
        spell_out_colours(element)
        faults += colour_faults(element, where)
        faults += _font_faults(element, known, folded, where)
        faults += attribute_faults(element, where)
        faults += link_faults(element, where)
        faults += spelling_faults(element, where) if element.tag in _SPELLED else ()
        faults += _code_faults(element, where)
        faults += text_faults(element, where)
        faults += _padder_faults(element, where)
        faults += _page_faults(element, where)
        faults += _note_faults(element, where)
        faults += marking_faults(element, where)
        for attribute, endings in FILE_TAGS.get(str(element.tag), {}).items():
            try:
                _place_file(element, attribute, endings, rules, where)
            except TemplateError as fault:
                faults.append(fault)
            else:
                faults += paper_faults(element, where) if element.tag in PAPERS else ()
    return [*{str(fault): fault for fault in faults}.values()]  # a letterhead counts once for all its pages


def place_files(root: etree._Element, rules: Rules) -> None:
    """Make file names absolute, in place, in a tree that passed in all else.

    Raises:
        TemplateError: the first file that is not allowed, absent, or cannot be drawn.
    """
    for element in root.iter(*FILE_TAGS):
        for attribute, endings in FILE_TAGS[str(element.tag)].items():
            _place_file(element, attribute, endings, rules, Where(rules.file, element.sourceline))


def _font_faults(
    element: etree._Element, known: frozenset[str], folded: frozenset[str], where: Where
) -> Iterator[TemplateError]:
    named = element.tag in {"setFont", "blockFont", "font"}
    for attribute in (*_FONT_ATTRIBUTES, "name") if named else _FONT_ATTRIBUTES:
        name = element.get(attribute)
        # Paragraph markup matches font names in any case, tables and page drawings exactly.
        if name and name not in known and not (element.tag in {"font", "span"} and name.lower() in folded):
            hint = did_you_mean(name, known) or "put the .ttf file into the template's folder fonts/"
            yield TemplateError(f'<{element.tag}>: there is no font "{name}"', where=where, hint=hint)


def _code_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    # z3c.rml would import and call a function by this name.
    if "." in element.get("labelTextFormat", "").strip("."):
        yield TemplateError(f"<{element.tag}>: labelTextFormat may not name Python code", where=where)


def text_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield a fault for the first text that would be dropped: beside blocks, where only blocks are printed."""
    blocks = next(element.iterchildren(etree.Element), None) is not None
    silent = element.tag in NO_TEXT or (element.tag == "td" and blocks)
    if not silent:
        return
    pieces = [(element.text, where.line), *((child.tail, child.sourceline) for child in element)]
    for text, line in pieces:
        if text and not text.isspace():
            short = " ".join(text.split())[:40]
            near = replace(where, line=line)
            yield TemplateError(
                f'<{element.tag}>: the text "{short}" would not be printed', where=near, hint="put it into a <para>"
            )
            return


def _padder_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Refuse what z3c.rml leaves out of `<topPadder>` without a word: all but the first."""
    if element.tag == "topPadder" and len([*element.iterchildren(etree.Element)]) > 1:
        problem = "<topPadder>: it holds more than one element"
        yield TemplateError(problem, where=where, hint="put them into a <keepTogether> or a <keepInFrame>")


def _page_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Refuse a page's end within a text, where it would be left out without a word."""
    inside = next((parent for parent in element.iterancestors(*_NO_PAGES)), None) if element.tag in _PAGES else None
    if inside is not None:
        yield TemplateError(f"a page cannot end inside <{inside.tag}>", where=where, hint="end it between paragraphs")


def _note_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Refuse parameters of notes that would go into the file as they are."""
    if element.tag == "param" and element.get("name") not in _NOTE_PARAMETERS:
        hint = f"one of {', '.join(sorted(_NOTE_PARAMETERS))}"
        yield TemplateError(f'<param>: "{element.get("name")}" is not allowed', where=where, hint=hint)


def _place_file(element: etree._Element, attribute: str, endings: frozenset[str], rules: Rules, where: Where) -> None:
    name = element.get(attribute)
    if name is None:
        return
    if name in rules.pictures:
        element.set(attribute, rules.pictures[name])
        return
    if element.tag == "registerTTFont" and (SHIPPED / name).is_file() and Path(name).name == name:
        element.set(attribute, str(SHIPPED / name))
        return
    element.set(attribute, str(find_file(name, rules, where, f"<{element.tag} {attribute}>", endings)))


def _can_be_file(name: str) -> bool:
    """Return whether the system would look for a file of this name, and not refuse to."""
    parts = name.encode("utf-8", "replace").split(b"/")
    return bool(name) and "\0" not in name and max(map(len, parts)) <= _LONGEST_NAME and len(name) <= _LONGEST_PATH


def find_file(name: str, rules: Rules, where: Where, what: str, endings: frozenset[str] = _PICTURES) -> Path:
    """Return the absolute path of a picture, font or PDF that the body names.

    Raises:
        TemplateError: it is outside the template's folder, absent, or of a kind that cannot be drawn.
    """
    path, folder = place_in(rules.folder, name) if _can_be_file(name) else (rules.folder, rules.folder)
    inside = path.is_relative_to(folder) and not name.startswith("[")
    if not inside and path not in rules.extra_files:
        raise TemplateError(
            f'{what}: "{name}" is outside the template\'s folder', where=where, hint="copy the file into the folder"
        )
    if not path.is_file():
        there = (file for file in rules.folder.rglob("*") if file.is_file() and file.suffix.lower() in endings)
        files = (str(file.relative_to(rules.folder)) for file in there)
        raise TemplateError(f'{what}: there is no file "{name}"', where=where, hint=did_you_mean(name, files))
    if path.suffix.lower() not in endings:
        hint = "use PNG, JPEG or SVG" if endings is _PICTURES else f"use a file that ends in {' or '.join(endings)}"
        raise TemplateError(f'{what}: "{name}" cannot be drawn', where=where, hint=hint)
    return path
