"""What people said and are known by, from the command line: what is kept is proved, goes out and comes back."""

from __future__ import annotations

import csv
import mailbox
from pathlib import Path

import pytest
from kit import Office

from docgen.tokens import Keys, Wish, make_unsubscribe

KEY = "0123456789abcdef" * 2


@pytest.fixture
def kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that knows an unsubscribe by mail, two consents by hand, and one that was said before all of them."""
    monkeypatch.setenv("DOCGEN_EMAIL__UNSUBSCRIBE__KEY", KEY)
    monkeypatch.setenv("DOCGEN_EMAIL__ERASURE_KEY", KEY)
    box = mailbox.mbox(office.root / "box", create=True)
    box.add(f"From: ona@example.com\nSubject: {make_unsubscribe(Wish('ona@example.com'), Keys.parse(KEY))}\n\n")
    box.close()
    office.call("inbox", "box")
    office.call("consent", "add", "ona@example.com", "--wording", " line\r\n two ", "--source", " call", "--by", "me ")
    office.call("consent", "add", "jan@example.com", "--state", "withdrawn", "--source", "call")
    office.write("old.csv", "address,at,wording,source\nona@example.com,2020-05-04,v1,fair\n")
    assert office.call("consent", "import", "old.csv").out.strip() == "1 added, 0 known"
    return office


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_exported_is_known_when_it_is_imported_oldest_first(kept: Office) -> None:
    kept.call("consent", "export", "--output", "all.csv")
    rows = _rows(kept.root / "all.csv")
    assert [(row["address"], row["state"]) for row in rows] == [
        ("ona@example.com", "given"),
        ("ona@example.com", "withdrawn"),
        ("ona@example.com", "given"),
        ("jan@example.com", "withdrawn"),
    ]
    assert [row["wording"] for row in rows] == ["v1", "", "line\r\n two", ""]
    assert kept.call("consent", "import", "all.csv").out.strip() == "0 added, 4 known"
    shown = kept.call("consent", "show", "ona@example.com", "--json").json
    assert [each["wording"] for each in shown["consents"]] == ["v1", "", "line\r\n two"]


@pytest.mark.parametrize("state", ["given", "pending", "confirmed"])
def test_what_proves_a_consent_may_not_be_blank(office: Office, state: str) -> None:
    said = ("consent", "add", "a@example.com", "--state", state, "--source", " ", "--wording", " ")
    refused = office.call(*said)
    assert refused.code == 1
    assert "wording is empty" in refused.err
    assert "source is empty" in refused.err
    assert "Nothing is known" in office.call("consent", "show", "a@example.com").out


def test_who_is_forgotten_was_known(kept: Office) -> None:
    nobody = kept.call("suppress", "forget", "nobody@example.com")
    assert (nobody.code, nobody.out.strip()) == (1, "Nothing is known of nobody@example.com.")
    once, twice = (kept.call("suppress", "forget", "jan@example.com") for _ in range(2))
    assert (once.code, once.out.strip()) == (0, "1 entry of jan@example.com: now under its hash")
    assert (twice.code, twice.out.strip()) == (0, "jan@example.com is under its hash already")
