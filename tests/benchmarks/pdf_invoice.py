"""An invoice of one page, the records that fill it in, and what a PDF of it must hold.

A letterhead with a picture and a rule, an address, 12 lines whose descriptions take two lines each, sums, a footer.
Each tool gets the same words, measures, picture and fonts, in its own language: see the folder `invoice`.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw

SOURCES = Path(__file__).parent / "invoice"
FONTS = Path(__file__).parents[2] / "docgen/fonts"
LINES = 12

#: What all invoices have in common, in the order of the page.
FIXED: Mapping[str, str] = {
    "company": "Eiche Büromöbel AG", "sender": "Eiche Büromöbel AG, Lange Straße 12, 20095 Hamburg",
    "label_number": "Invoice number", "label_date": "Date", "label_customer": "Customer number", "title": "Invoice",
    "lead": "Thank you for your order. We charge the goods and services listed below, delivered free of charges for "
    "transport. Please quote the invoice number with your payment.",
    "head_pos": "No.", "head_text": "Description", "head_quantity": "Quantity", "head_price": "Price",
    "head_amount": "Amount",
    "label_net": "Net amount", "label_tax": "Value added tax 19 %", "label_total": "Total in EUR",
    "note": "Payable without deduction within 14 days of the date above. The goods remain the property of the "
    "supplier until they are paid for in full. Delivery took place in the month of the invoice.",
    "foot_company": "Eiche Büromöbel AG, Lange Straße 12, 20095 Hamburg, Germany",
    "foot_bank": "Nordbank Hamburg, DE02 1203 0000 0000 2020 51",
    "foot_law": "Board: Jana Mayer, Łukasz Wójcik. Hamburg District Court, HRB 10042. VAT ID DE 123 456 789",
    "page": "Page 1",
}  # fmt: skip

_FIRST = ("Ahorn", "Birch", "Žalgiris", "Café Noir", "Dahl & Nord", "Øst", "Łąka", "Große Linde")
_SECOND = ("Baldai UAB", "Interiors Ltd", "Möbel GmbH", "Mobilier S.à r.l.", "Handel AS", "Meble Sp. z o.o.")
_PEOPLE = ("Jana Mayer", "Łukasz Wójcik", "Åse Nilsen", "Zoë O'Neill", "Inès Martin", "Jonas Žukauskas")
_PLACES = ("Hamburg", "Kraków", "Tromsø", "Kilkenny", "Nîmes", "Klaipėda")
_GOODS = ("Desk", "Chair with a high back", "Shelf 80 × 200 cm", "Lamp <LED>", "Locker & key", "Table for meetings")
_MADE = ("of oiled oak from forests nearby", "of birch plywood with rounded edges", "of powder coated steel, grey")
_EXTRAS = (
    "adjustable in height without tools", "with a drawer that locks and two keys", "assembled and set up in your rooms",
    "with a cable duct and three sockets", "packed for reuse, packing taken back",
)  # fmt: skip
#: 90 articles, as many as a small dealer has.
CATALOGUE = tuple(", ".join(parts) for parts in product(_GOODS, _MADE, _EXTRAS))


def build_records(count: int, *, fresh: bool = False) -> list[dict[str, Any]]:
    """Return invented records; the same ones each time.

    Args:
        fresh: no description comes twice, so that nothing can be kept of an earlier one.
    """
    chance = random.Random(11)
    return [_record(chance, number, fresh) for number in range(count)]


def _record(chance: random.Random, number: int, fresh: bool) -> dict[str, Any]:
    lines = [_line(chance, at, number * LINES + at if fresh else None) for at in range(1, LINES + 1)]
    net = sum(line.pop("cents") for line in lines)
    tax = (net * 19 + 50) // 100
    return {
        "number": f"{2026_0000 + number}", "date": f"{chance.randint(1, 28)} March 2026",
        "customer": f"{chance.randint(10000, 99999)}",
        "name": f"{chance.choice(_FIRST)} {chance.choice(_SECOND)}", "contact": chance.choice(_PEOPLE),
        "street": f"Lange Straße {chance.randint(1, 900)}",
        "city": f"{chance.randint(10000, 99999)} {chance.choice(_PLACES)}",
        "lines": lines, "net": money(net), "tax": money(tax), "total": money(net + tax),
    }  # fmt: skip


def _line(chance: random.Random, at: int, serial: int | None) -> dict[str, Any]:
    quantity, price = chance.randint(1, 40), chance.randint(1_000, 90_000)
    text = chance.choice(CATALOGUE)
    if serial is not None:
        text = f"{text.partition(',')[0]} {serial:06}{text[text.index(',') :]}"
    return {
        "pos": str(at), "text": text, "quantity": str(quantity), "price": money(price),
        "amount": money(quantity * price), "cents": quantity * price,
    }  # fmt: skip


def money(cents: int) -> str:
    """Return an amount as it is printed."""
    return f"{cents / 100:,.2f}"


def write_sources(folder: Path) -> None:
    """Write the picture, the fonts and the templates of all tools into a folder."""
    shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
    (folder / "fonts").mkdir(exist_ok=True)
    for face in ("Regular", "Semibold"):
        shutil.copy(FONTS / f"SourceSans3-{face}.ttf", folder / "fonts")
    picture = Image.new("RGB", (360, 144), "#ffffff")
    pen = ImageDraw.Draw(picture)
    for ring in range(8):
        pen.ellipse((8 + 8 * ring, 8 + 8 * ring, 136 - 8 * ring, 136 - 8 * ring), fill=(30 + 20 * ring, 90, 60))
    pen.polygon(((160, 130), (250, 14), (340, 130)), fill="#b5651d")
    picture.save(folder / "logo.png")


# --- what a PDF must hold -------------------------------------------------------------------------


def fault_of(content: bytes, record: Mapping[str, Any]) -> str:
    """Return what a PDF lacks or has too much of; "" where it is right."""
    document = pypdfium2.PdfDocument(content)
    try:
        if len(document) != 1:
            return f"{len(document)} pages instead of 1"
        page = document[0]
        if missing := _difference(expected_words(record), Counter(page.get_textpage().get_text_range().split())):
            return missing
        if not any(thing.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for thing in page.get_objects(max_depth=8)):
            return "the picture is missing"
        return _font_fault(page)
    finally:
        document.close()


def expected_words(record: Mapping[str, Any]) -> Counter[str]:
    """Return the words of the whole page, and how often each comes."""
    texts = [*FIXED.values(), *(value for value in record.values() if isinstance(value, str))]
    texts += [str(value) for line in record["lines"] for value in line.values()]
    return Counter(" ".join(texts).split())


def _difference(expected: Counter[str], found: Counter[str]) -> str:
    lacking, more = sorted((expected - found).elements()), sorted((found - expected).elements())
    if not lacking and not more:
        return ""
    return f"{' '.join(lacking[:8]) or 'nothing'} is missing, {' '.join(more[:8]) or 'nothing'} is too much"


def _font_fault(page: pypdfium2.PdfPage) -> str:
    """Return which letters are not set in the faces given, or not in embedded ones."""
    names = set()
    for thing in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT], max_depth=8):
        font = thing.get_font()
        name = font.get_base_name().replace("-", "")
        if "SourceSans3" not in name or not pypdfium2.raw.FPDFFont_GetIsEmbedded(font):
            return f"a text is set in {name}, not in an embedded Source Sans 3"
        names.add("semibold" in name.lower())
    return "" if len(names) == 2 else "the texts are set in one face instead of two"
