"""Floor 2, edges: `<addressWindow>`: an address behind the window of an envelope, written in plain RML.

The window's place comes from `docgen.envelopes`; what stands where within it is here. Knows no way of drawing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from docgen.envelopes import WINDOWS, Window
from docgen.render.pdf.fonts import DEFAULT_FONT

_MM = 72 / 25.4
#: From the window's left and top edge to the text, mm: an envelope's content slides.
_INSET_MM = 5.0
_ABOVE_MM = 2.0
#: Of the window, above the address: the line of the sender, and notes to the post office (DIN 5008).
_HEAD_MM = {"din-5008-a": 17.7, "din-5008-b": 17.7}
_SENDER_MM = 5.0
_FOLDS_MM = {"din-5008-a": (87, 148.5, 192), "din-5008-b": (105, 148.5, 210), "us-10": (93.1, 186.3)}
_FOLDS_MM |= {"us-10-double": _FOLDS_MM["us-10"]}
_THIRDS_MM = (99.0, 198.0)
_PUNCH_MM = 148.5
_ADDRESS = f'fontName="{DEFAULT_FONT}" fontSize="10" leading="12"'
_SENDER = f'fontName="{DEFAULT_FONT}" fontSize="6.5" leading="8" textColor="#595959"'


def write_window(element: etree._Element, page_height: float) -> Iterator[etree._Element]:
    """Yield the RML that an `<addressWindow>` stands for: in page graphics, or in a story.

    Args:
        element: with a `profile`; its lines are its text.
        page_height: in points.
    """
    window = WINDOWS[element.get("profile", "")]
    in_story = not _on_page(element)
    head = _HEAD_MM.get(window.name, _ABOVE_MM + (_SENDER_MM if element.get("sender") else 0))
    if sender := element.get("sender"):
        line = _para(element, "senderStyle", _SENDER)
        line.text = sender
        yield _place(window, head - _SENDER_MM, _SENDER_MM, page_height, [line], in_story)
    address = _para(element, "style", _ADDRESS)
    address.text = element.text
    address.extend(list(element))
    yield _place(window, head, window.height_mm - head, page_height, [address], in_story)
    if element.get("foldMarks", "no").lower() in ("yes", "true", "1"):
        marks = _fold_marks(window, page_height)
        yield _story_drawing(marks) if in_story else marks


def _on_page(element: etree._Element) -> bool:
    return any(parent.tag in ("pageGraphics", "pageDrawing") for parent in element.iterancestors())


def _para(element: etree._Element, style: str, plain: str) -> etree._Element:
    named = element.get(style)
    para = etree.fromstring(f"<para {'' if named else plain}/>")
    if named:
        para.set("style", named)
    return para


def _place(
    window: Window, below_mm: float, height_mm: float, page_height: float, content: list[etree._Element], in_story: bool
) -> etree._Element:
    place = etree.Element("storyPlace" if in_story else "place")
    foot = page_height - (window.y_mm + below_mm + height_mm) * _MM
    box = {
        "x": (window.x_mm + _INSET_MM) * _MM,
        "y": foot,
        "width": (window.width_mm - 2 * _INSET_MM) * _MM,
        "height": height_mm * _MM,
    }
    for name, points in box.items():
        place.set(name, f"{points:.3f}")
    place.extend(content)
    return place


def _fold_marks(window: Window, page_height: float) -> etree._Element:
    marks = etree.Element("lines")
    folds = _FOLDS_MM.get(window.name, _THIRDS_MM)
    ends = [(4, 10 if fold == _PUNCH_MM else 8, page_height / _MM - fold) for fold in folds]
    marks.text = " ".join(f"{left}mm {y:.3f}mm {right}mm {y:.3f}mm" for left, right, y in ends)
    return marks


def _story_drawing(marks: etree._Element) -> etree._Element:
    place = etree.Element("storyPlace", x="0", y="0", width="20mm", height="1")
    drawing = etree.SubElement(place, "illustration", width="1", height="1")
    etree.SubElement(drawing, "lineMode", width="0.25")
    drawing.append(marks)
    return place
