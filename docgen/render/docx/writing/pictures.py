"""Floor 2, edges: pictures in Word: in the line of text, or in the place of one that the template's author put there.

Knows DrawingML, the older VML of pictures and the extension for SVG; knows neither Jinja nor where pictures come from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from docgen.errors import TemplateError
from docgen.pictures import Picture
from docgen.render.docx.package import Story, parse_xml
from docgen.render.docx.spot import WP, R, Spot, W, w
from docgen.render.docx.writing.room import room_twips

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_VML = "urn:schemas-microsoft-com:vml"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
EMU_PER_MM = 36_000
_TWIPS_PER_MM = 1440 / 25.4
_POINTS_PER_MM = 72 / 25.4
#: Pictures outside the body are counted from here; those of the body are counted anew after merging.
_FIRST_ID = 2_000_001
_FILLS = ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")
_NAMES = {"wp": WP, "a": _A, "pic": _PIC, "r": R, "wps": _SHAPE}
_INLINE = (
    f'<w:r xmlns:w="{W}" xmlns:wp="{WP}" xmlns:a="{_A}" xmlns:pic="{_PIC}" xmlns:r="{R}"><w:drawing>'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="0" cy="0"/><wp:docPr id="1" name=""/>'
    '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
    f'<a:graphic><a:graphicData uri="{_PIC}"><pic:pic>'
    '<pic:nvPicPr><pic:cNvPr id="0" name=""/><pic:cNvPicPr/></pic:nvPicPr>'
    "<pic:blipFill><a:blip/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
    '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
    "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
).encode()


@dataclass(frozen=True)
class PlacedPicture:
    """A picture that a template shows.

    Attributes:
        width_mm: as asked for, None where nothing was; `height_mm` likewise.
        fit: given both, `contain` keeps the shape and `stretch` does not.
        alt: what a person hears who cannot see it.
        anchor: where a click leads, "" for nowhere.
    """

    picture: Picture
    width_mm: float | None = None
    height_mm: float | None = None
    fit: str = "contain"
    alt: str = ""
    anchor: str = ""

    def place(self, spot: Spot) -> None:
        """Put the picture into the line."""
        room = room_twips(spot.paragraph, spot.story)
        most = room / _TWIPS_PER_MM if room is not None else None
        width, height = self.picture.size(self.width_mm, self.height_mm, self.fit, most)
        run = parse_xml(_INLINE)
        inline = run[0][0]
        _set_extent(inline[0], width, height)
        for extent in inline.iterfind(".//a:xfrm/a:ext", _NAMES):
            _set_extent(extent, width, height)
        name = f"Picture {_count(spot.story)}"
        for properties in (inline[1], next(inline.iter(f"{{{_PIC}}}cNvPr"))):
            properties.set("name", name)
        inline[1].set("id", str(_next_id(spot)))
        self._show(next(inline.iter(f"{{{_A}}}blip")), spot.story)
        self._describe(inline[1], spot.story)
        spot.inline(run)

    def replace(self, holder: etree._Element, story: Story) -> None:
        """Take the place of a picture, in its frame: a `<w:drawing>`, one of a group, or a `<w:pict>`.

        Raises:
            TemplateError: what stands there holds no picture, or several.
        """
        pictures = [holder] if holder.tag == f"{{{_PIC}}}pic" else list(holder.iter(f"{{{_PIC}}}pic"))
        shapes = list(holder.iter(f"{{{_SHAPE}}}spPr"))
        if len(pictures) + len(shapes) > 1:
            raise TemplateError("a picture cannot take the place of a group", hint="describe one picture of the group")
        if pictures:
            self._replace_picture(holder, pictures[0], story)
        elif shapes:
            self._fill_shape(shapes[0], story)
        elif holder.tag == w("pict"):
            self._replace_vml(holder, story)
        else:
            raise TemplateError("a picture cannot take the place of what is no picture", hint="put a picture there")
        for described in holder.iterfind("*/wp:docPr", _NAMES):
            self._describe(described, story)

    # --- what is there already -----------------------------------------------------------------

    def _replace_picture(self, holder: etree._Element, node: etree._Element, story: Story) -> None:
        blip = node.find("pic:blipFill/a:blip", _NAMES)
        if blip is None:
            raise TemplateError("the picture to be replaced is empty", hint="put another one there")
        for crop in node.findall("pic:blipFill/a:srcRect", _NAMES):
            crop.getparent().remove(crop)
        self._show(blip, story)
        for described in node.iterfind("pic:nvPicPr/pic:cNvPr", _NAMES):
            described.set("descr", self.alt)
        own = node.find("pic:spPr/a:xfrm/a:ext", _NAMES)
        alone = node.getparent().tag == f"{{{_A}}}graphicData"
        outer = holder.find("*/wp:extent", _NAMES) if alone else None
        framed = next((extent for extent in (outer, own) if extent is not None), None)
        if framed is None:
            return
        size = self._fitted(int(framed.get("cx", "0")) / EMU_PER_MM, int(framed.get("cy", "0")) / EMU_PER_MM)
        for extent in (outer, own):
            if extent is not None:
                _set_extent(extent, *size)
        # What is sized by the page would be stretched again.
        for relative in [*holder.iter("{*}sizeRelH", "{*}sizeRelV")]:
            relative.getparent().remove(relative)

    def _fitted(self, width_mm: float, height_mm: float) -> tuple[float, float]:
        """Return the size within the frame that is there, or as asked for."""
        if self.width_mm is None and self.height_mm is None:
            return (
                self.picture.size(width_mm, height_mm, self.fit)
                if width_mm and height_mm
                else self.picture.size(None, None)
            )
        return self.picture.size(self.width_mm, self.height_mm, self.fit)

    def _fill_shape(self, look: etree._Element, story: Story) -> None:
        """Fill a drawn shape with the picture."""
        for name in _FILLS:
            for fill in look.findall(f"a:{name}", _NAMES):
                look.remove(fill)
        fill = etree.Element(f"{{{_A}}}blipFill", nsmap={"a": _A, "r": R})
        self._show(etree.SubElement(fill, f"{{{_A}}}blip"), story)
        inner = etree.SubElement(etree.SubElement(fill, f"{{{_A}}}stretch"), f"{{{_A}}}fillRect")
        frame = look.find("a:xfrm/a:ext", _NAMES)
        if frame is not None and self.fit == "contain":
            self._keep_shape(inner, int(frame.get("cx", "0")), int(frame.get("cy", "0")))
        before = [node for node in look if etree.QName(node).localname in ("xfrm", "custGeom", "prstGeom")]
        look.insert(len(before), fill)

    def _keep_shape(self, inner: etree._Element, wide: int, high: int) -> None:
        """Leave room at two sides of a frame, so that the picture in it keeps its shape."""
        if not wide or not high:
            return
        width, height = self.picture.size(wide, high)
        for size, whole, sides in ((width, wide, "lr"), (height, high, "tb")):
            room = round((1 - size / whole) / 2 * 100_000)
            for side in sides if room else "":
                inner.set(side, str(room))

    def _replace_vml(self, holder: etree._Element, story: Story) -> None:
        data = next(holder.iter(f"{{{_VML}}}imagedata"), None)
        if data is None:
            # The older form of a shape, beside the newer one that is filled.
            if any(node.tag.endswith("}Fallback") for node in holder.iterancestors()):
                return
            raise TemplateError("a picture cannot take the place of what is no picture", hint="put a picture there")
        data.set(f"{{{R}}}id", self._attach(story))
        for crop in ("croptop", "cropbottom", "cropleft", "cropright"):
            data.attrib.pop(crop, None)
        shape = data.getparent()
        sizes = dict(re.findall(r"(?:^|;)\s*(width|height):([\d.]+)pt", shape.get("style", "")))
        if len(sizes) == 2:
            fitted = self._fitted(*(float(sizes[name]) / _POINTS_PER_MM for name in ("width", "height")))
            for name, size in zip(("width", "height"), fitted, strict=True):
                change = rf"\g<1>{name}:{size * _POINTS_PER_MM:.2f}pt"
                shape.set("style", re.sub(rf"((?:^|;)\s*){name}:[\d.]+pt", change, shape.get("style")))
        shape.set("alt", self.alt)

    # --- the file ------------------------------------------------------------------------------

    def _attach(self, story: Story) -> str:
        picture = self.picture
        return story.attach(
            "image", f"word/media/image{{}}.{picture.ending}", picture.content, picture.media_type, shared=True
        )

    def _show(self, blip: etree._Element, story: Story) -> None:
        """Let a `<a:blip>` show the picture, and the drawing it was made of where there is one."""
        blip.attrib.pop(f"{{{R}}}link", None)
        blip.set(f"{{{R}}}embed", self._attach(story))
        for extension in blip.findall("a:extLst/a:ext", _NAMES):
            if extension.get("uri", "").upper() == _SVG_EXTENSION:
                extension.getparent().remove(extension)
        extensions = blip.find("a:extLst", _NAMES)
        if self.picture.vector is not None:
            extensions = etree.SubElement(blip, f"{{{_A}}}extLst") if extensions is None else extensions
            extension = etree.SubElement(extensions, f"{{{_A}}}ext", uri=_SVG_EXTENSION)
            vector = story.attach("image", "word/media/image{}.svg", self.picture.vector, "image/svg+xml", shared=True)
            etree.SubElement(extension, f"{{{_SVG}}}svgBlip", nsmap={"asvg": _SVG}).set(f"{{{R}}}embed", vector)
        elif extensions is not None and not len(extensions):
            blip.remove(extensions)

    def _describe(self, properties: etree._Element, story: Story) -> None:
        """Say what the picture shows and where it leads, in a `<wp:docPr>`."""
        properties.set("descr", self.alt)
        if not self.anchor:
            return
        for old in properties.findall("a:hlinkClick", _NAMES):
            properties.remove(old)
        click = etree.Element(f"{{{_A}}}hlinkClick", nsmap={"a": _A, "r": R})
        click.set(f"{{{R}}}id", story.link(self.anchor))
        properties.insert(0, click)


def _set_extent(extent: etree._Element, width_mm: float, height_mm: float) -> None:
    extent.set("cx", str(max(1, round(width_mm * EMU_PER_MM))))
    extent.set("cy", str(max(1, round(height_mm * EMU_PER_MM))))


def _count(story: Story) -> int:
    """Return the next number of a picture of the document."""
    memory = story.assembly.memory
    memory["pictures"] = number = memory.get("pictures", 0) + 1
    return int(number)


def _next_id(spot: Spot) -> int:
    """Return an id that no drawing has; those of the body are counted anew after merging."""
    memory = spot.story.assembly.memory
    memory["drawings"] = number = memory.get("drawings", _FIRST_ID - 1) + 1
    return int(number)
