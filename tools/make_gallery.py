"""Draw shipped templates with their samples: a picture of each for docs/gallery.md, or every page in every language.

Usage: python tools/make_gallery.py docs [--all]     pictures of what changed, and docs/gallery.md
       python tools/make_gallery.py pages FOLDER     every page of every kind and language, to look at
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Artifact, Format
from docgen.optout import Exits
from docgen.render import RENDERERS
from docgen.render.mail import prepare_mail
from docgen.template import Template, load_templates
from docgen.tokens import Wish

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures" / "gallery"
RECORD = PICTURES / "pictures.json"
PAGE = ROOT / "docs" / "gallery.md"
LANGUAGES = ("en", "de", "lt", "lv", "fil")
TODAY = date(2026, 11, 20)
EDGE, PAPER = (198, 207, 210), (255, 255, 255)
_WIDE, _GAP, _MOST = 420, 16, 2
_MESSAGES = (".html", ".mjml")

INTRODUCTION = """# Gallery

What docgen ships, with its sample data. Each speaks English, German, Lithuanian, Latvian and Filipino. To copy one
into your folder, with its job and data, call `docgen new` with its name; `make gallery` draws every page in every
language.
"""


def main(arguments: Sequence[str]) -> None:
    """Do as the usage says."""
    templates = load_templates(ROOT / "templates")
    match arguments:
        case ["pages", folder]:
            for name, template in templates.items():
                _draw_pages(template, Path(folder) / name)
        case ["docs", *options]:
            _draw_docs([*templates.values()], anew="--all" in options)
        case _:
            sys.exit(__doc__)


def _draw_pages(template: Template, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        for number, picture in enumerate(draw(template, language, scale=1.4), 1):
            picture.save(folder / f"{language}-{number}.png")
    sys.stdout.write(f"{template.name}\n")


def _draw_docs(found: Sequence[Template], *, anew: bool) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    known = {} if anew or not RECORD.exists() else json.loads(RECORD.read_text(encoding="utf-8"))
    for template in found:
        if known.get(template.name) != template.sha256 or not picture_of(template.name).exists():
            picture_of(template.name).write_bytes(
                _packed(_side_by_side(list(draw(template, language_of(template)))[:_MOST]))
            )
            sys.stdout.write(f"{template.name}\n")
    for stale in set(PICTURES.glob("*.png")) - {picture_of(template.name) for template in found}:
        stale.unlink()
    RECORD.write_text(json.dumps({one.name: one.sha256 for one in found}, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(gallery(found), encoding="utf-8")


def language_of(template: Template) -> str:
    """Return the language that the sample is written in."""
    return str(template.sample.get("language") or "en")


def picture_of(name: str) -> Path:
    """Return where the picture of a template lies."""
    return PICTURES / f"{name}.png"


def gallery(templates: Sequence[Template]) -> str:
    """Return docs/gallery.md."""
    parts = [INTRODUCTION]
    for template in templates:
        picture = f"pictures/gallery/{template.name}.png"
        parts.append(
            f"## {template.title}\n\n`docgen new {template.name}`: {template.help}\n"
            f"Its figures: [kind {template.kind}](kinds/{template.kind}.md).\n\n![{template.title}]({picture})\n"
        )
    return "\n".join(parts)


def draw(template: Template, language: str, scale: float = 1.0) -> Iterator[Image.Image]:
    """Yield the pages of a template with its sample, or its message on a wide screen."""
    context = sample_context(template, language)
    if template.body.suffix in _MESSAGES:
        yield _screenshot(prepare_mail(template).render(context).html)
        return
    for page in pypdfium2.PdfDocument(_as_pdf(template, context)):
        yield page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")


def sample_context(template: Template, language: str) -> dict[str, object]:
    """Return what the template sees of its sample."""
    company = load_config(ROOT / "config.yaml", {}).company.model_dump()
    values, faults = read_values(template.sample, template.fields, "en_GB", "sample")
    assert not faults, faults
    computed = KINDS[template.kind].compute(values, company, TODAY)
    links = Exits(url="https://example.com/unsubscribe", trial=True).of(Wish(""), "shop@example.com").links
    made = build_context({**values, **computed}, locale=language, company=company, today=TODAY, texts=template.texts)
    return {**made, **links}


def _as_pdf(template: Template, context: dict[str, object]) -> bytes:
    if template.body.suffix == ".rml":
        return RENDERERS[".rml", Format.PDF](template).render(context).content
    made: Artifact = RENDERERS[template.body.suffix, Format.DOCX](template).render(context)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.docx"
        file.write_bytes(made.content)
        office = ["soffice", f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless"]
        _call(*office, "--convert-to", "pdf", "--outdir", folder, str(file))
        return file.with_suffix(".pdf").read_bytes()


def _screenshot(html: str) -> Image.Image:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("pictures of messages need Chromium")
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder) / "page.html", Path(folder) / "page.png"
        page.write_text(html, encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/p"]
        size = "--window-size=720,1400"
        _call(browser, *options, size, f"--screenshot={picture}", page.as_uri())
        return _trimmed(Image.open(io.BytesIO(picture.read_bytes())).convert("RGB"))


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - programs of this machine, our own files


def _trimmed(picture: Image.Image) -> Image.Image:
    """Return a screenshot without the empty rows at its foot."""
    ground = Image.new("RGB", picture.size, picture.getpixel((2, picture.height - 2)))
    box = ImageChops.difference(picture, ground).getbbox()
    return picture.crop((0, 0, picture.width, min(picture.height, box[3] + 24))) if box else picture


def _side_by_side(pages: Sequence[Image.Image]) -> Image.Image:
    small = [page.resize((_WIDE, round(page.height * _WIDE / page.width)), Image.Resampling.LANCZOS) for page in pages]
    sheet = Image.new("RGB", ((_WIDE + _GAP) * len(small) - _GAP + 2, max(page.height for page in small) + 2), PAPER)
    for number, page in enumerate(small):
        left = number * (_WIDE + _GAP)
        sheet.paste(EDGE, (left, 0, left + _WIDE + 2, page.height + 2))
        sheet.paste(page, (left + 1, 1))
    return sheet


def _packed(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.quantize(96, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
