"""Small templates for the tests of renderers, and a look into what they make."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import docx
import pypdfium2
from PIL import Image

from docgen.merge import build_context
from docgen.template import Template, load_template

TODAY = date(2026, 3, 4)
COMPANY = {"name": "Ahorn & Söhne", "language": "de", "country": "DE"}

RML = """<document filename="x.pdf">
<template pagesize="A4"><pageTemplate id="main"><frame id="f" x1="50" y1="50" width="400" height="700"/></pageTemplate>
</template>
<stylesheet><paraStyle name="text" fontName="SourceSans3" fontSize="11" leading="14"/>
<blockTableStyle id="table"><blockFont name="SourceSans3" size="9"/></blockTableStyle></stylesheet>
<story>
%s
</story></document>
"""
MJML = """<mjml><mj-head><mj-title>Message</mj-title></mj-head><mj-body><mj-section><mj-column>
%s
</mj-column></mj-section></mj-body></mjml>
"""


def make_template(folder: Path, body: str | bytes, suffix: str, manifest: str = "") -> Template:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "template.yaml").write_text(f"title: A test\nkind: report\n{manifest}\n", encoding="utf-8")
    content = body if isinstance(body, bytes) else body.encode()
    (folder / f"body{suffix}").write_bytes(content)
    return load_template(folder, shown=folder.name)


def rml_template(folder: Path, story: str) -> Template:
    return make_template(folder, RML % story, ".rml")


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def picture(path: Path, size: tuple[int, int] = (120, 60)) -> Path:
    Image.new("RGB", size, (200, 30, 30)).save(path)
    return path


def make_context(values: Mapping[str, object], locale: str = "en", **more: object) -> dict[str, object]:
    return build_context(values, locale=locale, company=COMPANY, today=TODAY) | more


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document)
    finally:
        document.close()


def docx_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        texts += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(texts)


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()
