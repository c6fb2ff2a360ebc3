"""Estimates, order confirmations and delivery notes of any length: what stays together, and what is left out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Format
from docgen.render import RENDERERS
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)
LINE = {"description": "Regal „Smiltynė“, fünf Böden", "quantity": "3", "unit": "Stk.", "unit_price": "312.50"}
PACKED = {"description": "Regal „Smiltynė“, fünf Böden", "quantity": "3", "unit": "Stk."}
NO_MORE: dict[str, object] = {"allowances": [], "charges": []}


def pages(name: str, **more: object) -> list[str]:
    """Return the text of each page of a template's sample, with other values."""
    template = load_template(ROOT / "templates" / name)
    company = load_config(ROOT / "config.yaml", {}).company.model_dump()
    values, faults = read_values({**template.sample, **more}, template.fields, "en_GB", "sample")
    assert not faults
    computed = KINDS[template.kind].compute(values, company, TODAY)
    context = build_context({**values, **computed}, locale="de", company=company, today=TODAY, texts=template.texts)
    made = RENDERERS[".rml", Format.PDF](template).render(context)
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.content)]
    return [str(text).replace("\r\n", "\n") for text in texts]


def whole(name: str, **more: object) -> str:
    return "\n".join(pages(name, **more))


@pytest.mark.parametrize("name", ["estimate", "order-confirmation"])
@pytest.mark.parametrize("count", [1, 60])
def test_every_line_is_there_once_and_every_page_with_lines_has_the_head(name: str, count: int) -> None:
    lines = [{**LINE, "sku": f"S{number:04}"} for number in range(1, count + 1)]
    text = pages(name, lines=lines, **NO_MORE)
    assert re.findall(r"S\d{4}", "".join(text)) == [f"S{number:04}" for number in range(1, count + 1)]
    assert all("Einzelpreis" in page for page in text if "Smiltynė" in page)
    assert "".join(text).count("Gesamtbetrag\n") + "".join(text).count("Gesamtbetrag ") == 1


def test_an_order_of_one_line_takes_one_page() -> None:
    assert len(pages("order-confirmation", lines=[LINE], **NO_MORE)) == 1


@pytest.mark.parametrize("count", range(1, 12))
def test_no_page_of_an_order_holds_the_closing_alone(count: int) -> None:
    last = pages("order-confirmation", lines=[LINE] * count, **NO_MORE)[-1]
    assert "Mit freundlichen Grüßen" in last
    assert "Lieferung und Bedingungen" in last


@pytest.mark.parametrize("count", range(1, 12))
def test_what_is_accepted_is_signed_on_the_same_page(count: int) -> None:
    last = pages("estimate", lines=[LINE] * count, **NO_MORE)[-1]
    assert re.search(r"Annahme\s+Wir nehmen das Angebot .* an\..*Ort, Datum", last, re.DOTALL)


def test_an_estimate_without_choices_says_nothing_of_them() -> None:
    text = whole("estimate", lines=[LINE], **NO_MORE)
    assert [word for word in ("Option", "Alternativ", "Kreuzen", "kreuzen") if word in text] == []


def test_amounts_in_the_millions_stay_in_one_line() -> None:
    text = whole("estimate", lines=[{**LINE, "quantity": "12345", "unit_price": "9876.54"}], **NO_MORE)
    assert re.search(r"\b121\.925\.886,30\n", text)
    assert re.search(r"\b121\.925\.886,30\s€", text)


@pytest.mark.parametrize("count", [1, 60])
def test_a_delivery_note_has_no_prices_in_any_length(count: int) -> None:
    lines = [{**PACKED, "sku": f"S{number:04}", "unit_price": "312.50"} for number in range(1, count + 1)]
    text = whole("delivery-note", lines=lines, packages=[], gross_weight="")
    assert len(set(re.findall(r"S\d{4}", text))) == count
    assert [word for word in ("312", "€", "EUR", "Preis", "Betrag") if word in text] == []


def test_a_whole_delivery_has_no_columns_for_parts() -> None:
    text = whole("delivery-note", lines=[PACKED], packages=[], gross_weight="")
    assert [word for word in ("Bestellt", "Folgt", "Packstück\n", "Teillieferung") if word in text] == []


@pytest.mark.parametrize("count", range(1, 14))
def test_goods_are_received_below_what_they_came_with(count: int) -> None:
    last = pages("delivery-note", lines=[PACKED] * count, packages=[], gross_weight="")[-1]
    assert re.search(r"Spedition.*Ware erhalten.*Unterschrift", last, re.DOTALL)
