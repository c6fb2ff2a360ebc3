"""Pictures in Word: in the line, in cells and headers, and in the place of what the author put there."""

import io

import docx
import pytest
from docx.oxml.ns import nsmap, qn
from docx.shared import Mm
from lxml import etree
from PIL import Image
from rendering import docx_text, make_context, make_template, part, picture, saved, word

from docgen.errors import DocgenError, TemplateError
from docgen.model import Making
from docgen.render import docx as word_renderer

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="200" height="99" fill="#065"/></svg>'
ASVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip"
NS = {
    **nsmap,
    "v": "urn:schemas-microsoft-com:vml",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
VML = "urn:schemas-microsoft-com:vml"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    picture(folder / "wide.png", (120, 60))
    picture(folder / "tall.jpg", (100, 200))
    picture(folder / "huge.png", (6000, 600))
    Image.new("P", (20, 20)).save(folder / "a.gif")
    (folder / "logo.svg").write_text(SVG)
    return folder


def render(folder, body, values=None, engine=Making.COMPILED):
    prepared = word_renderer.prepare(make_template(folder, body, ".docx"), engine=engine)
    return prepared.render(make_context(values or {})).content


def opened(content):
    return docx.Document(io.BytesIO(content))


def sizes(document):
    return [(round(shape.width.mm, 1), round(shape.height.mm, 1)) for shape in document.inline_shapes]


def blob_of(part_, blip):
    return part_.rels[blip.get(qn("r:embed"))].target_part.blob


# --- in the line ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["wide.png", "tall.jpg", "a.gif"])
def test_a_picture_of_each_kind_is_stored_as_it_is(folder, name):
    made = opened(render(folder, word(f'{{{{ "{name}" | image(width_mm=10) }}}}')))
    blip = next(made.element.iter("{*}blip"))
    assert blob_of(made.part, blip) == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("width_mm=30", (30, 15)),
        ("height_mm=30", (60, 30)),
        ("width_mm=30, height_mm=30", (30, 15)),
        ('width_mm=30, height_mm=30, fit="stretch"', (30, 30)),
        ("width_mm=300", (300, 150)),
    ],
)
def test_a_picture_is_as_large_as_asked_for(folder, options, size):
    made = opened(render(folder, word(f'{{{{ "wide.png" | image({options}) }}}}')))
    assert sizes(made) == [size]
    own = next(made.element.iter(qn("a:ext")))
    assert (int(own.get("cx")), int(own.get("cy"))) == tuple(side * 36_000 for side in size)


def test_a_picture_of_no_given_size_is_at_most_as_wide_as_the_text(folder):
    document = opened(word('{{ "huge.png" | image }}'))
    section = document.sections[0]
    section.page_width, section.left_margin, section.right_margin = Mm(210), Mm(25), Mm(20)
    second = document.add_section()
    second.left_margin = Mm(65)
    document.add_paragraph('{{ "huge.png" | image }}')
    section.header.paragraphs[0].text = '{{ "huge.png" | image }}'
    made = opened(render(folder, saved(document)))
    assert [width for width, _ in sizes(made)] == [165, 125]
    header = next(made.sections[0].header._element.iter(qn("wp:extent")))
    assert int(header.get("cx")) == pytest.approx(Mm(165), rel=1e-3)


def test_columns_of_the_page_and_cells_of_tables_bound_a_picture_too(folder):
    document = opened(word('{{ "huge.png" | image }}'))
    columns = document.sections[0]._sectPr.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "720")
    cell = document.add_table(rows=1, cols=2).rows[0].cells[0]
    cell.text, cell.width = '{{ "huge.png" | image }}', Mm(50)
    made = opened(render(folder, saved(document)))
    text = document.sections[0].page_width - document.sections[0].left_margin - document.sections[0].right_margin
    (first, _), (second, _) = sizes(made)
    assert first == pytest.approx((text / Mm(1) - 12.7) / 2, abs=0.1)
    assert second == pytest.approx(50 - 3.81, abs=0.1)


def test_a_small_picture_has_its_own_size(folder):
    assert sizes(opened(render(folder, word('{{ "wide.png" | image }}')))) == [(31.8, 15.9)]


def test_a_picture_says_what_it_shows_and_leads_where_it_should(folder):
    body = word('{{ "wide.png" | image(alt="A & \\"B\\"", anchor="https://example.com/?a=1&b=2") }}')
    made = opened(render(folder, body))
    properties = next(made.element.iter(qn("wp:docPr")))
    assert properties.get("descr") == 'A & "B"'
    click = properties.find(qn("a:hlinkClick"))
    assert made.part.rels[click.get(qn("r:id"))].target_ref == "https://example.com/?a=1&b=2"


def test_a_drawing_is_there_as_vectors_and_as_pixels(folder):
    made = opened(render(folder, word('{{ "logo.svg" | image(width_mm=40) }}')))
    blip = next(made.element.iter(qn("a:blip")))
    vector = made.part.rels[next(blip.iter(ASVG)).get(qn("r:embed"))].target_part
    assert (vector.content_type, vector.blob.count(b"<rect")) == ("image/svg+xml", 1)
    assert Image.open(io.BytesIO(blob_of(made.part, blip))).size == (1200, 600)
    assert sizes(made) == [(40, 20)]


def test_drawings_have_ids_and_names_of_their_own_in_every_part(folder):
    document = opened(word('{{ "wide.png" | image }}{{ "tall.jpg" | image }}'))
    document.sections[0].header.paragraphs[0].text = '{{ "wide.png" | image }}{{ "a.gif" | image }}'
    made = opened(render(folder, saved(document)))
    roots = (made.element, made.sections[0].header._element)
    described = [node for root in roots for node in root.iter(qn("wp:docPr"))]
    assert len({node.get("id") for node in described}) == len({node.get("name") for node in described}) == 4


def test_a_picture_shown_twice_is_stored_once(folder):
    made = opened(render(folder, word('{{ "wide.png" | image }}', '{{ "wide.png" | image(width_mm=9) }}')))
    assert len({blip.get(qn("r:embed")) for blip in made.element.iter(qn("a:blip"))}) == 1
    assert sizes(made) == [(31.8, 15.9), (9, 4.5)]


def test_bytes_of_a_record_are_a_picture_too(folder):
    content = (folder / "tall.jpg").read_bytes()
    made = opened(render(folder, word("{{ photo | image(height_mm=20) }}"), {"photo": content}))
    assert blob_of(made.part, next(made.element.iter(qn("a:blip")))) == content


def test_a_picture_in_each_row_of_a_table(folder):
    document = docx.Document()
    table = document.add_table(rows=3, cols=1)
    texts = ("{%tr for n in names %}", "{{ n | image(height_mm=10) }} {{ n }}", "{%tr endfor %}")
    for row, text in zip(table.rows, texts, strict=True):
        row.cells[0].text = text
    made = opened(render(folder, saved(document), {"names": ["wide.png", "tall.jpg"]}))
    assert sizes(made) == [(20, 10), (5, 10)]
    assert [row.cells[0].text.strip() for row in made.tables[0].rows] == ["wide.png", "tall.jpg"]


def test_both_ways_of_making_show_the_same(folder):
    body = word(
        '{{ "logo.svg" | image }} {{ "x" | qr }} {{ "tall.jpg" | image(alt="a", anchor="mailto:a@example.com") }}'
    )
    made = [part(render(folder, body, engine=engine), "word/document.xml") for engine in Making]
    canonical = [etree.tostring(etree.fromstring(xml.encode()), method="c14n") for xml in made]
    assert canonical[0] == canonical[1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('"wide.png" | image(fit="crop")', '"crop" is not a fit'),
        ('"wide.png" | image(width_mm=0)', "width_mm=0 is not a size"),
        ('"wide.png" | image(anchor="javascript:x")', "is not an address to link to"),
        ('"none.png" | image', 'there is no picture "none.png"'),
        ('"../x.png" | image', "outside the template's folder"),
        ('"template.yaml" | image', 'the picture "template.yaml" is not a picture'),
    ],
)
def test_a_fault_of_a_picture_has_its_place(folder, call, message):
    with pytest.raises(DocgenError, match=message) as caught:
        render(folder, word("x", f"{{{{ {call} }}}}"))
    assert caught.value.where.path == ("text", "paragraph 2")


# --- in the place of another ----------------------------------------------------------------------


def described(folder, tag, width=40, height=30, where="body"):
    """Return a document with a picture whose alternative text is the tag."""
    document = docx.Document()
    document.add_paragraph("before")
    holder = document.sections[0].header.paragraphs[0] if where == "header" else document.add_paragraph("at ")
    shape = holder.add_run().add_picture(str(picture(folder.parent / "dummy.png", (9, 9))), Mm(width), Mm(height))
    shape._inline.docPr.set("descr", tag)
    return document


def test_a_picture_takes_the_place_and_keeps_its_shape_within_the_frame(folder):
    document = described(folder, "{{ photo | image }}")
    next(document.element.iter(qn("pic:cNvPr"))).set("descr", "{{ photo | image }}")
    made = opened(render(folder, saved(document), {"photo": "tall.jpg"}))
    assert sizes(made) == [(15, 30)]
    blip = next(made.element.iter(qn("a:blip")))
    assert blob_of(made.part, blip) == (folder / "tall.jpg").read_bytes()
    assert {node.get("descr") for node in made.element.iter(qn("wp:docPr"), qn("pic:cNvPr"))} == {""}
    assert docx_text(saved(made)) == "before\nat "


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ('fit="stretch"', (40, 30)),
        ("width_mm=10", (10, 20)),
        ('alt="The logo", height_mm=10', (5, 10)),
    ],
)
def test_options_say_more_exactly_how(folder, options, size):
    document = described(folder, f'{{{{ "tall.jpg" | image({options}) }}}}')
    made = opened(render(folder, saved(document)))
    assert sizes(made) == [size]
    assert ("The logo" in options) == (next(made.element.iter(qn("wp:docPr"))).get("descr") == "The logo")


def test_a_picture_in_a_header_can_be_replaced_by_a_drawing(folder):
    document = described(folder, '{{ "logo.svg" | image(anchor="https://example.com") }}', where="header")
    header = opened(render(folder, saved(document))).sections[0].header
    blip = next(header._element.iter(qn("a:blip")))
    assert header.part.rels[next(blip.iter(ASVG)).get(qn("r:embed"))].target_part.content_type == "image/svg+xml"
    click = next(header._element.iter(qn("a:hlinkClick")))
    assert header.part.rels[click.get(qn("r:id"))].target_ref == "https://example.com"


def test_a_drawing_that_is_replaced_by_pixels_is_gone(folder):
    inner = opened(render(folder, word('{{ "logo.svg" | image }}')))
    next(inner.element.iter(qn("wp:docPr"))).set("descr", '{{ "tall.jpg" | image }}')
    made = opened(render(folder, saved(inner)))
    assert list(made.element.iter(ASVG, qn("a:extLst"))) == []


def test_a_code_may_take_the_place_of_a_picture(folder):
    made = opened(render(folder, saved(described(folder, '{{ "hello" | qr }}', 30, 40))))
    assert sizes(made) == [(30, 30)]
    assert next(made.element.iter(qn("wp:docPr"))).get("descr") == "hello"


def test_a_floating_picture_keeps_its_place_and_loses_its_crop(folder):
    document = described(folder, '{{ "wide.png" | image }}', 20, 40)
    inline = next(document.element.iter(qn("wp:inline")))
    anchor = (
        f'<wp:anchor xmlns:wp="{nsmap["wp"]}" distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="page"><wp:posOffset>720000</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="page"><wp:posOffset>360000</wp:posOffset></wp:positionV></wp:anchor>'
    )
    floating = etree.fromstring(anchor)
    floating.extend(list(inline))
    floating.insert(4, etree.fromstring(f'<wp:wrapNone xmlns:wp="{nsmap["wp"]}"/>'))
    inline.getparent().replace(inline, floating)
    crop = etree.Element(qn("a:srcRect"), l="25000")
    next(floating.iter(qn("a:blip"))).addnext(crop)
    tree = etree.fromstring(part(render(folder, saved(document)), "word/document.xml").encode())
    made = next(tree.iter(qn("wp:anchor")))
    assert [node.text for node in made.iter(qn("wp:posOffset"))] == ["720000", "360000"]
    assert list(made.iter(qn("a:srcRect"))) == []
    extent = made.find(qn("wp:extent"))
    assert (int(extent.get("cx")), int(extent.get("cy"))) == (Mm(20), Mm(10))


def in_paragraph(markup):
    """Return a document with a run of given markup."""
    document = docx.Document()
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items() if prefix != "xml")
    names += ' xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"'
    document.add_paragraph()._p.append(etree.fromstring(f"<w:r {names}>{markup}</w:r>"))
    return document


SHAPE = """<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>
<wp:extent cx="720000" cy="720000"/><wp:docPr id="3" name="Ellipse" descr="{{ &quot;wide.png&quot; | image }}"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="720000" cy="720000"/></a:xfrm>
<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="DDDDDD"/></a:solidFill><a:ln/></wps:spPr>
<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:oval style="width:57pt;height:57pt" alt="{{ &quot;wide.png&quot; | image }}"/></w:pict>
</mc:Fallback></mc:AlternateContent>"""


def test_a_shape_is_filled_with_the_picture(folder):
    tree = etree.fromstring(part(render(folder, saved(in_paragraph(SHAPE))), "word/document.xml").encode())
    look = next(tree.iter("{*}spPr"))
    assert [etree.QName(node).localname for node in look] == ["xfrm", "prstGeom", "blipFill", "ln"]
    assert dict(look.find("a:blipFill/a:stretch/a:fillRect", nsmap).attrib) == {"t": "25000", "b": "25000"}
    assert [node.get("alt") for node in tree.iter(f"{{{VML}}}oval")] == [""]


def test_a_picture_of_the_older_kind_is_replaced(folder):
    document = in_paragraph("<w:pict/>")
    relation, _ = document.part.get_or_add_image(str(folder / "a.gif"))
    markup = (
        f'<v:shape xmlns:v="{VML}" style="width:100pt;height:50pt" alt="{{{{ photo | image(alt=&quot;P&quot;) }}}}">'
        f'<v:imagedata xmlns:r="{nsmap["r"]}" r:id="{relation}" croptop="100f"/></v:shape>'
    )
    next(document.element.iter(qn("w:pict"))).append(etree.fromstring(markup))
    made = opened(render(folder, saved(document), {"photo": "tall.jpg"}))
    shape = next(made.element.iter(f"{{{VML}}}shape"))
    assert (shape.get("style"), shape.get("alt")) == ("width:25.00pt;height:50.00pt", "P")
    data = shape[0]
    assert made.part.rels[data.get(qn("r:id"))].target_part.blob == (folder / "tall.jpg").read_bytes()
    assert data.get("croptop") is None


def group(first, second):
    pictures = "".join(
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="p" descr="{text}"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip/></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="720000" cy="360000"/>'
        "</a:xfrm></pic:spPr></pic:pic>"
        for number, text in enumerate((first, second), 5)
    )
    return (
        '<w:drawing><wp:inline><wp:extent cx="1440000" cy="720000"/><wp:docPr id="4" name="g" descr="%s"/><a:graphic>'
        f'<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp>{pictures}'
        "</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def test_one_picture_of_a_group_is_replaced_within_the_group(folder):
    markup = group("", "{{ &quot;tall.jpg&quot; | image }}") % ""
    tree = etree.fromstring(part(render(folder, saved(in_paragraph(markup))), "word/document.xml").encode())
    assert [blip.get(qn("r:embed")) is None for blip in tree.iter(qn("a:blip"))] == [True, False]
    assert [(int(node.get("cx")), int(node.get("cy"))) for node in tree.iter(qn("a:ext"))] == [
        (720_000, 360_000),
        (180_000, 360_000),
    ]
    assert next(tree.iter(qn("wp:extent"))).get("cx") == "1440000"


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{{ &quot;wide.png&quot; | image }}", "cannot take the place of a group"),
        ("{{ &quot;x&quot; | rich(bold=true) }}", "only a picture can take the place of a picture"),
    ],
)
def test_what_cannot_take_the_place_is_a_fault_with_its_part(folder, tag, message):
    with pytest.raises(TemplateError, match=message) as caught:
        render(folder, saved(in_paragraph(group("", "") % tag)))
    assert caught.value.where.path == ("text",)


def test_plain_text_in_the_alternative_text_stays_text(folder):
    document = described(folder, "Photo of {{ name }}")
    made = opened(render(folder, saved(document), {"name": 'A "&" B'}))
    assert next(made.element.iter(qn("wp:docPr"))).get("descr") == 'Photo of A "&" B'
    assert sizes(made) == [(40, 30)]
