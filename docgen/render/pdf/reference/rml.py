"""Floor 2, edges: z3c.rml behind one function: a checked RML tree in, PDF bytes out.

z3c.rml and ReportLab keep fonts, colours, counters and settings in module globals, so one document is made at a time
and each starts from the same state. Knows nothing of templates and records.
"""

from __future__ import annotations

import io
import logging
import re
import traceback
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree
from reportlab import rl_config
from reportlab.lib import sequencer
from reportlab.lib.colors import CMYKColor, Color, toColor
from reportlab.platypus.doctemplate import LayoutError
from reportlab.platypus.flowables import Flowable
from z3c.rml import attr, canvas, directive, document, flowable, interfaces, storyplace, template
from z3c.rml import list as lists
from zope.interface import implementer  # type: ignore[import-untyped]

from docgen.errors import DocgenError, RenderError, TemplateError, UnsupportedFeature, raise_faults
from docgen.model import Where
from docgen.render.pdf.alone import ALONE
from docgen.render.pdf.fonts import DEFAULT_FONT, FontSet
from docgen.render.pdf.glyphs import Printed
from docgen.render.pdf.layout.edges import BeyondPage
from docgen.render.pdf.marking import only_compiled, strip_marks
from docgen.render.pdf.names import missing_names
from docgen.render.pdf.overfull import overfull
from docgen.render.pdf.plainly import NO_ROOM, element_at_fault, plainly
from docgen.render.pdf.reference import charts, codes, edges, sheets, textlines, underlines
from docgen.render.pdf.reference.archive import archive
from docgen.render.pdf.reference.canvas import CheckedCanvas
from docgen.render.pdf.reference.vectors import draw_vectors


@dataclass(frozen=True)
class Settings:
    """What a document is made with. `file` is the body as shown in faults; `today` is the date the document says."""

    file: str
    fonts: FontSet
    language: str = ""
    today: date | None = None


def make_pdf(root: etree._Element, settings: Settings) -> tuple[bytes, Printed]:
    """Return the PDF, fit for the archive (PDF/A-3b), and what it printed; equal trees give equal bytes.

    Raises:
        TemplateError: the RML cannot be drawn; names element and line.
    """
    for element, name in only_compiled(root):
        raise UnsupportedFeature(
            f'<{element.tag}>: {name}="{element.get(name)}" is not known to the reference path',
            where=Where(settings.file, element.sourceline),
            hint="leave it out, or use what only docgen's own layout knows alone",
        )
    settings.fonts.check_drawable(
        str(value) for element in root.iter(etree.Element) for value in element.attrib.values()
    )
    language = root.get("lang") or settings.language
    strip_marks(root)
    _put_strings_on_one_line(root)
    draw_vectors(root)
    printed, output = Printed(), io.BytesIO()
    with ALONE:
        # Counters of <seq> live in a global and would go on counting from document to document.
        sequencer.setSequencer(sequencer.Sequencer())
        try:
            made = _Document(root, replace(settings, language=language), printed)
            made.process(output)
        except Exception as error:  # z3c.rml, zope.schema and ReportLab raise any kind, AssertionError included
            if not isinstance(error, DocgenError):
                raise_faults(missing_names(root, settings.file))
            raise _translate(error, root, settings.file) from error
        finally:
            toColor.setExtraColorsNameSpace({})
        # Papers are shared by all documents, and their library by all threads.
        return archive(output.getvalue(), [made.sheets.put]), printed


def _put_strings_on_one_line(root: etree._Element) -> None:
    """Write ends of lines in strings on pages as spaces: ReportLab would draw the sign of a missing glyph."""
    for element in root.iter(
        "drawString", "drawRightString", "drawCenteredString", "drawCentredString", "drawAlignedString"
    ):
        element.text = _BLANK.sub(" ", (element.text or "").lstrip())
        for child in element:
            child.tail = _BLANK.sub(" ", child.tail or "")


# z3c.rml looks these up on the class itself, never on its bases.
@implementer(interfaces.IManager, interfaces.IPostProcessorManager, interfaces.ICanvasManager)
class _Document(document.Document):  # type: ignore[misc]
    """z3c.rml's document with our fonts, reproducible bytes and checked text."""

    def __init__(self, element: etree._Element, settings: Settings, printed: Printed) -> None:
        self._settings = settings
        self._printed = printed
        self.sheets = sheets.Sheets()
        super().__init__(element, canvasClass=self._make_canvas)
        self.filename = settings.file

    def _make_canvas(self, *args: Any, **options: Any) -> CheckedCanvas:
        self.sheets.clear()
        fixed = {
            "invariant": 1,
            "lang": self._settings.language,
            "initialFontName": DEFAULT_FONT,
            "enforceColorSpace": _as_rgb,
        }
        made = CheckedCanvas(*args, printed=self._printed, **(options | fixed))
        if self._settings.today is not None:
            made._doc._timeStamp.YMDhms = (*self._settings.today.timetuple()[:3], 0, 0, 0)
        return made

    def processSubDirectives(self, select: Any = None, ignore: Any = None) -> None:
        # The first call comes right after the registry was emptied; styles read the fonts.
        if select == ("docinit", "stylesheet"):
            self._settings.fonts.register()
            # Pictures in a line of text may stand in the body itself; nothing is fetched, from no host.
            rl_config.trustedSchemes, rl_config.trustedHosts = ["data"], ["none.invalid"]
            rl_config.useA85 = 0
        super().processSubDirectives(select, ignore)


def _as_rgb(color: Any) -> Color:
    """Return a colour as sRGB, which the file says its colours are."""
    found = toColor(color)
    return Color(found.red, found.green, found.blue, found.alpha) if isinstance(found, CMYKColor) else found


_SIDES = {"Below": "LINEBELOW", "Above": "LINEABOVE", "Left": "LINEBEFORE", "Right": "LINEAFTER"}


class _TextCell(flowable.TableCell):  # type: ignore[misc]
    """A cell whose plain text is text and whose lines are as they say.

    z3c.rml prints `&amp;` for an ampersand, and takes the count of lines for a dash.
    """

    styleAttributesMapping = tuple(
        entry for entry in flowable.TableCell.styleAttributesMapping if not entry[0].startswith("LINE")
    )

    def processStyle(self) -> None:
        super().processStyle()
        cell = [len(self.parent.cols), len(self.parent.parent.rows)]
        for side, kind in _SIDES.items():
            names = [f"line{side}{what}" for what in ("Thickness", "Color", "Cap", "Dash", "Count", "Space")]
            said = dict(self.getAttributeValues(select=[name for name in names if self.element.get(name) is not None]))
            if not said:
                continue
            if missing := [name for name in names[:2] if name not in said]:
                raise ValueError(f"{missing[0]} is missing")
            weight, color, cap, dash, count, space = (said.get(name) for name in names)
            line = (weight, color, 1 if cap is None else cap, dash, 1, count or 1, weight if space is None else space)
            self.parent.parent.style.add(kind, cell, cell, *line)

    def process(self) -> None:
        if len(self.element):
            super().process()
            return
        self.processStyle()
        self.parent.cols.append(self.element.text or "")


class _Pre(flowable.Preformatted):  # type: ignore[misc]
    """Preformatted text without markup, for the same reason."""

    def process(self) -> None:
        options = dict(self.getAttributeValues(attrMapping=self.attrMapping))
        options["text"] = "".join(self.element.itertext())
        self.parent.flow.append(self.klass(**options))


class _StoryPlace(storyplace.StoryPlace):  # type: ignore[misc]
    """A place whose content is drawn long after it was read: a fault in it names its line all the same."""

    def process(self) -> None:
        super().process()
        placed, draw = self.parent.flow[-1], self.parent.flow[-1].draw

        def draw_or_tell() -> None:
            try:
                draw()
            except ValueError as error:
                raise TemplateError(
                    "there is not enough room for what stands here" if str(error) == NO_ROOM else str(error),
                    where=Where(attr.getManager(self).filename, self.element.sourceline),
                    hint="make the place larger or the text smaller",
                ) from error

        placed.draw = draw_or_tell


class _Story(template.Story):  # type: ignore[misc]
    """A story whose parts know their elements, so that the fault of one without room names its line."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known: dict[str, Any] = template.Story.factories
        self.factories = {tag: partial(self._traced, factory) for tag, factory in known.items()}

    def _traced(self, factory: Any, element: etree._Element, parent: Any) -> Any:
        made = factory(element, parent)
        process = made.process

        def process_and_trace() -> None:
            before = len(self.flow)
            process()
            for one in self.flow[before:]:
                one.docgen_element = element

        made.process = process_and_trace
        return made


class _CodeSnippet(flowable.CodeSnippet):  # type: ignore[misc]
    """Code whose text is text: z3c.rml reads as markup what it has unescaped."""

    def process(self) -> None:
        text = "".join(self.element.itertext())
        language = self.element.get("language")
        style = self.element.get("style", "Code")
        marked = flowable.pygments2xpre(text, language.lower()) if language else escape(text)
        self.parent.flow.append(self.klass(text=marked, style=attr._getStyle(self, style)))


class _NumberedItem(lists.OrderedListItem):  # type: ignore[misc]
    """An item that counts on from the one before: z3c.rml gives every item the number its list starts with."""

    def processStyle(self, style: Any) -> Any:
        style = super().processStyle(style)
        style.value = None
        return style


def _install() -> None:
    directive.ABORT_ON_INVALID_DIRECTIVE = True  # else a misplaced element vanishes with its content
    directive.logger.disabled = True  # it would print to standard error what is then raised
    logging.raiseExceptions = True  # z3c.rml switches this off for the whole process
    flowable.TableRow.factories["td"] = _TextCell
    lists.OrderedList.factories["li"] = _NumberedItem
    document.Document.factories["story"] = _Story
    canvas.TextAnnotation.paramTypes = {
        "escape": attr.Integer(),
        "relative": attr.Integer(),
        "Rect": attr.Sequence(value_type=attr.Measurement()),  # z3c.rml hands its text on
    }
    for story in (flowable.Flow, *codes.subclasses(flowable.Flow)):
        story.factories["pre"] = _Pre
        story.factories |= {"codesnippet": _CodeSnippet, "storyPlace": _StoryPlace}
    textlines.install()
    underlines.install()
    edges.install()
    codes.install()
    charts.install()
    sheets.install()


_install()


# --- faults ---------------------------------------------------------------------------------------

_BLANK = re.compile("[\t\n\r]")
_PLACE = re.compile(r"\s*\(file .*?(?:, line (\d+))?\)\.?")
_MISPLACED = re.compile(r"Directive '(\w+)' could not be processed")
_ADDRESS = re.compile(r" ?@?(?:at )?0x[0-9A-Fa-f]+")
_ADDRESS_OF = re.compile(r"<\w+ at 0x[0-9A-Fa-f]+>")
_TOO_LARGE = re.compile(r"too large on page (\d+) in frame '?(.+?)'?(?:\(| of template '?(.+?)'?\*?(?:$|\s))")


def _translate(error: Exception, root: etree._Element, file: str) -> DocgenError:
    element = element_at_fault(error)
    if element is None and isinstance(error, BeyondPage):
        element = _being_placed(error, root)
    if isinstance(error, DocgenError):
        error.where = error.where or Where(file, element.sourceline if element is not None else None)
        return error
    text = str(error) or type(error).__name__
    place = _PLACE.search(text)
    line = int(place[1]) if place and place[1] else element.sourceline if element is not None else None
    where = Where(file, line)
    if isinstance(error, LayoutError):
        return _layout_fault(error, root, file)
    if misplaced := _MISPLACED.search(text):
        inside = f" inside <{element.tag}>" if element is not None else ""
        return TemplateError(f"<{misplaced[1]}> cannot stand{inside}", where=where, hint="text goes into a <para>")
    if element is not None:
        return TemplateError(_ADDRESS.sub("", f"<{element.tag}>: {plainly(error, element)}")[:300], where=where)
    problem = " ".join(_PLACE.sub("", text).split())[:300]
    # z3c.rml says by ValueError what the body does wrong, by KeyError which name it does not know; anything else, such
    # as the place of a cell that is not there, may be its own fault or ReportLab's.
    unknown = isinstance(error, KeyError) and all(isinstance(name, str) for name in error.args)
    kind = TemplateError if unknown or isinstance(error, ValueError) else RenderError
    return kind(_ADDRESS.sub("", problem).rstrip(". "), where=where)


def _layout_fault(error: LayoutError, root: etree._Element, file: str) -> TemplateError:
    text = str(error)
    place = _TOO_LARGE.search(text)
    content = re.search(r"'([^('\n][^'\n]{2,59})", _ADDRESS_OF.sub("", text).split("too large")[0].split("frame=")[-1])
    element = _being_placed(error, root)
    where = Where(file, element.sourceline if element is not None else None)
    return overfull(where, place[1] if place else "", content[1].strip() if content else "").plain()


def _being_placed(error: Exception, root: etree._Element) -> etree._Element | None:
    """Return the element of the story that was to be placed when it went wrong."""
    found: etree._Element | None = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        content, ahead = frame.f_locals.get("f"), frame.f_locals.get("flowables")
        if isinstance(content, Flowable) and isinstance(ahead, list):
            found = getattr(content, "docgen_element", None)
            if found is None:  # it is a part of what stood before all that is still to come
                coming = next((one for one in ahead if hasattr(one, "docgen_element")), None)
                found = coming.docgen_element.getprevious() if coming is not None else root.find("story")[-1]
    return found
