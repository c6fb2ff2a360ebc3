"""A won deal: contract, order confirmation and invoice of one run say the same of goods and money."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from docx import Document

from docgen.cli import call
from docgen.starter import copy_starter

#: Net and gross. Discounts on lines and document, an accepted option; an accepted alternative; with VAT; in pesos.
DEALS = {
    "Q-2026-0035": ("5.227,58", "5.227,58"),
    "Q-2026-0036": ("3.007,00", "3.007,00"),
    "Q-2026-0031": ("5 528,02", "6 688,90"),
    "Q-2026-0038": ("148,765.25", "148,765.25"),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deal") / "office"
    copy_starter(folder)
    return folder


def run(office: Path, key: str) -> dict[str, str]:
    """Return the text of each document of a deal, by its kind; the contract is read as the Word file."""
    assert call(["run", "campaigns/deal.yaml", "--record", key]) == 0
    texts = {}
    for path in sorted((office / "out" / "deals" / key).iterdir()):
        kind = {"RS": "contract", "SO": "confirmation", "IN": "invoice"}[path.name[:2]]
        if kind != "contract" or path.suffix == ".docx":
            texts[kind] = _text(path)
    return texts


def _text(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".docx":
        body = Document(io.BytesIO(content)).element.body
        lines = ["".join(run.text or "" for run in p.iter() if run.tag.endswith("}t")) for p in body.iter() if _is_p(p)]
    else:
        pages = pypdfium2.PdfDocument(content)
        lines = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pages]
    return "\n".join(lines)


def _is_p(element: object) -> bool:
    return str(getattr(element, "tag", "")).endswith("}p")


def _squeezed(text: str) -> str:
    """Return a text without blanks and breaks: pages break lines where paper ends."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("key", DEALS)
def test_the_three_documents_of_a_deal_say_the_same(key: str, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(office)
    texts = {kind: _squeezed(text) for kind, text in run(office, key).items()}
    assert sorted(texts) == ["confirmation", "contract", "invoice"]

    net, gross = (_squeezed(amount) for amount in DEALS[key])
    assert [kind for kind, text in texts.items() if net not in text] == []
    assert [kind for kind in ("confirmation", "invoice") if gross not in texts[kind]] == []

    ordered, left_out = _lines(key)
    for line in ordered:
        assert [kind for kind, text in texts.items() if _squeezed(line["description"]) not in text] == []
    for line in left_out:
        assert [kind for kind, text in texts.items() if _squeezed(line["description"]) in text] == []


def _lines(key: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the lines of an estimate that were ordered, and those that were not."""
    with Path("campaigns/data/estimate_lines.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["estimate_no"] == key]
    replaced = {row["alternative_to"] for row in rows if row["accepted"]}
    ordered = [
        row
        for row in rows
        if row["accepted"] or not (row["optional"] or row["alternative_to"] or row["position"] in replaced)
    ]
    return ordered, [row for row in rows if row not in ordered]


def test_the_totals_of_the_deals_are_those_of_their_lines() -> None:
    # Q-2026-0035: 6 x 489.00 - 5 %, 6 x 219.00, 3 x 312.50, the option 6 x 64.90 - 10 %; less 3 % of 5389.26.
    lines = Decimal("2787.30") + Decimal("1314.00") + Decimal("937.50") + Decimal("350.46")
    assert lines - (lines * 3 / 100).quantize(Decimal("0.01")) == Decimal("5227.58")
    # Q-2026-0036: 4 x 489.00, 4 x 219.00, and 20 x 8.75 in place of 10 x 12.40.
    assert 4 * Decimal("489.00") + 4 * Decimal("219.00") + 20 * Decimal("8.75") == Decimal("3007.00")
    # Q-2026-0031: 6 x 489.00, 6 x 219.00, 3 x 312.50 - 5 %, the option 6 x 64.90; 21 % VAT.
    net = 6 * Decimal("489.00") + 6 * Decimal("219.00") + Decimal("937.50") - Decimal("46.88") + 6 * Decimal("64.90")
    assert (net, round(net * Decimal("1.21"), 2)) == (Decimal("5528.02"), Decimal("6688.90"))
    # Q-2026-0038, in pesos: 3 x 31051.50, 3 x 13906.50, the option 25 x 555.65; an export, without VAT.
    assert 3 * Decimal("31051.50") + 3 * Decimal("13906.50") + 25 * Decimal("555.65") == Decimal("148765.25")


def test_a_deal_whose_data_contradict_each_other_makes_none_of_the_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = tmp_path / "office"
    copy_starter(office)
    lines = office / "campaigns" / "data" / "estimate_lines.csv"
    text = lines.read_text(encoding="utf-8")
    lines.write_text(text.replace(",20,Stk.,8.75,,0,,3,yes", ",20,Stk.,8.75,,0,,9,yes"), encoding="utf-8")
    monkeypatch.chdir(office)
    assert call(["run", "campaigns/deal.yaml", "--record", "Q-2026-0036"]) != 0
    assert not (office / "out" / "deals").exists()
