"""Make invoices as PDF with one of the Python libraries: `python pdf_peers.py NAME FOLDER RECORDS`.

Runs in the library's own environment, obeys the lines of `loop.py`, and finds templates, picture and fonts in the
folder. Each library is used in its fastest documented way: what it can keep between documents is kept.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

from loop import serve

MM = 72 / 25.4
TEXT, MUTED, ACCENT = "#222222", "#666666", "#b5651d"


def fixed_words(folder):
    """Return the words that all invoices have in common."""
    return json.loads((folder / "fixed.json").read_text(encoding="utf-8"))


def filled(folder, name, **common):
    """Return a function from a record to a template of Jinja, filled in."""
    from jinja2 import Environment

    environment = Environment(autoescape=True)
    template = environment.from_string((folder / name).read_text(encoding="utf-8"), {"fixed": fixed_words(folder)})
    return lambda record: template.render({**record, **common})


# --- RML ------------------------------------------------------------------------------------------


def docgen(folder, engine="compiled"):
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from datetime import date

    from docgen.merge import build_context
    from docgen.model import Making
    from docgen.render.pdf import prepare
    from docgen.template import load_template

    prepared = prepare(load_template(folder / "docgen", shown="invoice"), engine=Making(engine))
    common = {"fixed": fixed_words(folder), "logo": "logo.png", "docinit": ""}
    company, today = {"name": "Eiche Büromöbel AG"}, date(2026, 3, 31)

    def render(record):
        return prepared.render(build_context({**record, **common}, locale="en", company=company, today=today)).content

    return render


def docgen_reference(folder):
    return docgen(folder, "reference")


def z3c_rml(folder):
    from markupsafe import Markup
    from reportlab import rl_config
    from z3c.rml import rml2pdf

    rl_config.useA85 = 0
    faces = {"SourceSans3": "Regular", "SourceSans3-Semibold": "Semibold"}
    fonts = "".join(
        f'<registerTTFont faceName="{name}" fileName="{folder}/fonts/SourceSans3-{face}.ttf"/>'
        for name, face in faces.items()
    )
    merge = filled(folder, "invoice.rml", logo=f"{folder}/logo.png", docinit=Markup(f"<docinit>{fonts}</docinit>"))
    return lambda record: rml2pdf.parseString(merge(record).encode()).read()


# --- code -----------------------------------------------------------------------------------------


def reportlab(folder):
    from xml.sax.saxutils import escape

    from reportlab import rl_config
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import (
        BaseDocTemplate,
        Frame,
        KeepTogether,
        PageTemplate,
        Paragraph,
        Spacer,
        Table,
        TableStyle,
    )

    rl_config.useA85 = 0
    words = fixed_words(folder)
    pdfmetrics.registerFont(TTFont("Sans", str(folder / "fonts/SourceSans3-Regular.ttf")))
    pdfmetrics.registerFont(TTFont("Semibold", str(folder / "fonts/SourceSans3-Semibold.ttf")))
    text, muted_colour, accent = HexColor(TEXT), HexColor(MUTED), HexColor(ACCENT)
    base = ParagraphStyle("base", fontName="Sans", fontSize=9, leading=11.5, textColor=text)
    right = ParagraphStyle("right", base, alignment=2)
    muted = ParagraphStyle("muted", base, textColor=muted_colour)
    address = ParagraphStyle("address", base, fontSize=10, leading=13)
    small = ParagraphStyle("small", base, fontSize=7, leading=9, textColor=muted_colour)
    page_style = ParagraphStyle("page", small, alignment=2)
    title = ParagraphStyle("title", base, fontName="Semibold", fontSize=17, leading=22)
    head = ParagraphStyle("head", base, fontName="Semibold")
    head_right = ParagraphStyle("head-right", head, alignment=2)
    total = ParagraphStyle("total", head, fontSize=11, leading=14)
    total_right = ParagraphStyle("total-right", total, alignment=2)
    bare = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    pairs = TableStyle(
        [*bare, ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
         ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
    )  # fmt: skip
    lines = TableStyle(
        [*bare, ("RIGHTPADDING", (0, 0), (-2, -1), 6), ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
         ("TOPPADDING", (0, 0), (-1, -1), 3), ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
         ("LINEBELOW", (0, 1), (-1, -1), 0.25, HexColor("#cccccc")), ("LINEBELOW", (0, 0), (-1, 0), 0.75, accent)]
    )  # fmt: skip
    sums = TableStyle(
        [*bare, ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 2),
         ("BOTTOMPADDING", (0, 0), (-1, -1), 2), ("LINEABOVE", (0, -1), (-1, -1), 0.75, accent)]
    )  # fmt: skip
    widths, logo = [width * MM for width in (10, 85, 20, 25, 25)], str(folder / "logo.png")

    def place(canvas, flowable, x, top, width, height):
        _, used = flowable.wrapOn(canvas, width * MM, height * MM)
        flowable.drawOn(canvas, x * MM, top * MM - used)

    def letterhead(record):
        def draw(canvas, document):
            canvas.drawImage(logo, 25 * MM, 270 * MM, 37.5 * MM, 15 * MM)
            canvas.setFont("Semibold", 13)
            canvas.drawString(70 * MM, 275 * MM, words["company"])
            canvas.setStrokeColor(accent)
            canvas.setLineWidth(0.75)
            canvas.line(25 * MM, 266 * MM, 190 * MM, 266 * MM)
            place(canvas, Paragraph(words["sender"], small), 25, 250, 85, 4)
            lines = (escape(record[name]) for name in ("name", "contact", "street", "city"))
            place(canvas, Paragraph("<br/>".join(lines), address), 25, 244, 85, 22)
            rows = [
                [Paragraph(words[f"label_{name}"], muted), Paragraph(record[name], right)]
                for name in ("number", "date", "customer")
            ]
            place(canvas, Table(rows, [35 * MM, 30 * MM], style=pairs), 125, 244, 65, 22)
            canvas.setStrokeColor(HexColor("#999999"))
            canvas.setLineWidth(0.25)
            canvas.line(25 * MM, 24 * MM, 190 * MM, 24 * MM)
            canvas.setFont("Sans", 7)
            for name, y in (("company", 20), ("bank", 16.8), ("law", 13.6)):
                canvas.drawString(25 * MM, y * MM, words[f"foot_{name}"])
            place(canvas, Paragraph(f"Page {document.page}", page_style), 150, 22.9, 40, 4)

        return draw

    def row(line):
        cells = ("pos", muted), ("text", base), ("quantity", right), ("price", right), ("amount", right)
        return [Paragraph(escape(line[name]), style) for name, style in cells]

    def render(record):
        output = io.BytesIO()
        document = BaseDocTemplate(output, pagesize=(595.28, 841.89), title=f"Invoice {record['number']}")
        frame = Frame(25 * MM, 28 * MM, 165 * MM, 188 * MM, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate("page", [frame], onPage=letterhead(record)))
        heads = ("pos", head), ("text", head), ("quantity", head_right), ("price", head_right), ("amount", head_right)
        rows = [[Paragraph(words[f"head_{name}"], style) for name, style in heads]]
        rows += [row(line) for line in record["lines"]]
        ends = [
            [Paragraph(words["label_net"], muted), Paragraph(record["net"], right)],
            [Paragraph(words["label_tax"], muted), Paragraph(record["tax"], right)],
            [Paragraph(words["label_total"], total), Paragraph(record["total"], total_right)],
        ]
        document.build([
            Paragraph(words["title"], title), Spacer(0, 4), Paragraph(words["lead"], base), Spacer(0, 8),
            Table(rows, widths, style=lines, repeatRows=1), Spacer(0, 8),
            KeepTogether([
                Table(ends, [50 * MM, 30 * MM], style=sums, hAlign="RIGHT"), Spacer(0, 8),
                Paragraph(words["note"], base),
            ]),
        ])  # fmt: skip
        return output.getvalue()

    return render


def fpdf2(folder):
    import logging

    from fpdf import FPDF

    logging.disable(logging.WARNING)  # what a font has that is left out, for each document
    words, logo = fixed_words(folder), str(folder / "logo.png")
    fonts = {"": str(folder / "fonts/SourceSans3-Regular.ttf"), "B": str(folder / "fonts/SourceSans3-Semibold.ttf")}
    columns, pictures = (10, 85, 20, 25, 25), FPDF().image_cache

    def render(record):
        pdf = FPDF(format="A4")
        pdf.image_cache = pictures  # documented: shared, so that the picture is read once
        pdf.c_margin = 0
        pdf.set_margins(25, 12, 20)
        pdf.set_auto_page_break(True, 28)
        for style, file in fonts.items():
            pdf.add_font("Sans", style, file)
        pdf.set_title(f"Invoice {record['number']}")
        pdf.add_page()
        letterhead(pdf, record)
        body(pdf, record)
        return bytes(pdf.output())

    def write(pdf, x, y, text, size=9.0, style="", width=0.0, leading=11.5, align="L", colour=TEXT):
        pdf.set_font("Sans", style, size)
        pdf.set_text_color(colour)
        pdf.set_xy(x, y)
        pdf.multi_cell(width, leading / MM, text, align=align)

    def rule(pdf, x, y, right, thickness, colour):
        pdf.set_draw_color(colour)
        pdf.set_line_width(thickness / MM)
        pdf.line(x, y, right, y)

    def letterhead(pdf, record):
        pdf.image(logo, 25, 12, 37.5, 15)
        write(pdf, 70, 17, words["company"], 13, "B", 100, 16)
        rule(pdf, 25, 31, 190, 0.75, ACCENT)
        write(pdf, 25, 47, words["sender"], 7, "", 85, 9, colour=MUTED)
        write(pdf, 25, 53, "\n".join(record[name] for name in ("name", "contact", "street", "city")), 10, "", 85, 13)
        for at, name in enumerate(("number", "date", "customer")):
            write(pdf, 125, 53 + at * 13.5 / MM, words[f"label_{name}"], width=35, colour=MUTED)
            write(pdf, 160, 53 + at * 13.5 / MM, record[name], width=30, align="R")
        rule(pdf, 25, 273, 190, 0.25, "#999999")
        pdf.set_auto_page_break(False)
        write(pdf, 25, 274, "\n".join(words[f"foot_{name}"] for name in ("company", "bank", "law")), 7, "", 120, 9)
        write(pdf, 150, 274, f"Page {pdf.page_no()}", 7, "", 40, 9, "R", MUTED)
        pdf.set_auto_page_break(True, 28)

    def row(pdf, texts, y, style=""):
        """Write the row with its longest text first, as the height of the others follows from it."""
        x = [25, 35, 120, 140, 165]
        write(pdf, x[1], y + 3 / MM, texts[1], style=style, width=columns[1] - 6 / MM)
        bottom = pdf.get_y()
        for at in (0, 2, 3, 4):
            width = columns[at] - (0 if at == 4 else 6 / MM)
            write(
                pdf, x[at], y + 3 / MM, texts[at], style=style, width=width, align="R" if at else "L",
                colour=TEXT if at or style else MUTED,
            )  # fmt: skip
        y = bottom + 3 / MM
        rule(pdf, 25, y, 190, 0.75 if style else 0.25, ACCENT if style else "#cccccc")
        return y

    def body(pdf, record):
        write(pdf, 25, 81, words["title"], 17, "B", 165, 22)
        write(pdf, 25, pdf.get_y() + 4 / MM, words["lead"], width=165)
        names = ("pos", "text", "quantity", "price", "amount")
        y = row(pdf, [words[f"head_{name}"] for name in names], pdf.get_y() + 8 / MM, "B")
        for line in record["lines"]:
            y = row(pdf, [line[name] for name in names], y)
        y += 10 / MM
        for label, name in (("net", "net"), ("tax", "tax")):
            write(pdf, 110, y, words[f"label_{label}"], width=50, colour=MUTED)
            write(pdf, 160, y, record[name], width=30, align="R")
            y += 15.5 / MM
        rule(pdf, 110, y - 2 / MM, 190, 0.75, ACCENT)
        write(pdf, 110, y, words["label_total"], 11, "B", 50, 14)
        write(pdf, 160, y, record["total"], 11, "B", 30, 14, "R")
        write(pdf, 25, y + 24 / MM, words["note"], width=165)

    return render


# --- Typst ----------------------------------------------------------------------------------------


def typst(folder, *, tags=False):
    import typst as library

    compiler = library.Compiler(
        str(folder / "invoice.typ"), root=str(folder), font_paths=[str(folder / "fonts")], ignore_system_fonts=True
    )

    def render(record):
        return compiler.compile(format="pdf", sys_inputs={"record": json.dumps(record)}, pdf_tags=tags)

    return render


def typst_tagged(folder):
    return typst(folder, tags=True)


# --- HTML -----------------------------------------------------------------------------------------


def use_only_our_fonts(folder):
    """Let fontconfig know the fonts of the folder and no others: no font is then read again for a document."""
    (folder / "fonts.conf").write_text(
        f"<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>", encoding="utf-8"
    )
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")


def weasyprint(folder):
    use_only_our_fonts(folder)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, pictures = FontConfiguration(), {}
    merge = filled(folder, "invoice.html", logo=(folder / "logo.png").as_uri())
    style = CSS(filename=str(folder / "invoice.css"), font_config=fonts)

    def render(record):
        return HTML(string=merge(record)).write_pdf(stylesheets=[style], font_config=fonts, cache=pictures)

    return render


def plutoprint(folder):
    use_only_our_fonts(folder)
    import plutoprint as library

    merge = filled(folder, "invoice.html", logo=(folder / "logo.png").as_uri())
    style = (folder / "invoice.css").read_text(encoding="utf-8")

    def render(record):
        output = io.BytesIO()
        book = library.Book(library.PAGE_SIZE_A4, library.PAGE_MARGINS_NONE)
        book.load_html(merge(record), user_style=style)
        book.write_to_pdf_stream(output)
        return output.getvalue()

    return render


def _fullbleed_engine(folder):
    import fullbleed as library

    bundle = library.AssetBundle()
    for face in ("Regular", "Semibold"):
        bundle.add_file(str(folder / f"fonts/SourceSans3-{face}.ttf"), "font")
    bundle.add_file(str(folder / "logo.png"), "image", name="logo.png")
    engine = library.PdfEngine(page_width="210mm", page_height="297mm", margin="0mm", shape_text=False)
    engine.register_bundle(bundle)
    return engine, (folder / "invoice.css").read_text(encoding="utf-8")


def fullbleed(folder):
    engine, style = _fullbleed_engine(folder)
    merge = filled(folder, "invoice.html", logo="logo.png")
    return lambda record: engine.render_pdf(merge(record), style)


def fullbleed_compiled(folder):
    """Its compiled mode in which texts wrap: the page with slots is compiled once, each record fills them in."""
    engine, style = _fullbleed_engine(folder)
    names = ("number", "date", "customer", "name", "contact", "street", "city", "net", "tax", "total")
    cells = ("pos", "text", "quantity", "price", "amount")
    slots = {name: f"{{{{{name}}}}}" for name in names}
    slots["lines"] = [{cell: f"{{{{{cell}_{at}}}}}" for cell in cells} for at in range(12)]
    compiled = engine.compile_pdf(filled(folder, "invoice.html", logo="logo.png", title="Invoice")(slots), style)

    def render(record):
        values = {name: [record[name]] for name in names}
        for at, line in enumerate(record["lines"]):
            values |= {f"{cell}_{at}": [line[cell]] for cell in cells}
        return compiled.render_pdf_reflow_bindings(values)

    return render


PEERS = {
    "docgen": docgen, "docgen-fresh": docgen, "docgen-reference": docgen_reference, "z3c.rml": z3c_rml,
    "reportlab": reportlab, "fpdf2": fpdf2, "typst": typst, "typst-tagged": typst_tagged, "weasyprint": weasyprint,
    "plutoprint": plutoprint, "fullbleed": fullbleed, "fullbleed-compiled": fullbleed_compiled,
}  # fmt: skip


def main(name, folder, records_file):
    serve(PEERS[name](Path(folder)), json.loads(Path(records_file).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(*sys.argv[1:])
