"""What `docgen check` says of a message before anything is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docgen.mailcheck import CLIPPED, HEAVY_MESSAGE, HEAVY_PICTURES, Duties, Finding, examine, examine_sender
from docgen.model import Artifact, Mail, MessageClass

LONG = "We have three new tables in the workshop, and you may come and see each of them on Saturday from ten to four."
WAY_OUT = '<p>Marių g. 18, LT-92233 Klaipėda <a href="mailto:a@example.com?subject=unsubscribe">no more</a></p>'
GOOD = Mail(
    "News from the workshop",
    f"<html><head><title>x</title></head><body><p>{LONG}</p>{WAY_OUT}</body></html>",
    f"{LONG}\n\nMarių g. 18\nLT-92233 Klaipėda\nmailto:a@example.com?subject=unsubscribe\n",
)
ONE_CLICK = "https://example.com/u/1"
MARKETING = Duties(MessageClass.MARKETING, "Marių g. 18", "Klaipėda", [ONE_CLICK])
BILL = Duties(MessageClass.TRANSACTIONAL, "", "")


def found(mail: Mail, duties: Duties = BILL, size: int = 0) -> list[Finding]:
    return examine(mail, size, duties)


def test_a_good_message_is_passed_in_silence() -> None:
    assert found(GOOD) == []
    assert found(GOOD, MARKETING) == []


def _html(inside: str) -> Mail:
    return replace(GOOD, html=(GOOD.html or "").replace(WAY_OUT, inside))


@pytest.mark.parametrize(
    ("mail", "said", "fault"),
    [
        (_html('<a href="">x</a>'), "leads nowhere", True),
        (_html('<a href="#">x</a>'), "leads nowhere", True),
        (_html('<a href="javascript:alert(1)">x</a>'), "leads nowhere", True),
        (_html('<a href="https://[">x</a>'), "leads nowhere", True),
        (_html('<a href="https://localhost:8000/x">x</a>'), "leads to this machine", True),
        (_html('<a href="http://127.0.0.1/x">x</a>'), "leads to this machine", True),
        (_html('<a href="news/1">x</a>'), "no whole address", True),
        (_html('<a href="http://example.com/x">x</a>'), "is not encrypted", False),
        (_html("<p>Dear {{ name }},</p>"), "{{ name }} was not filled in", True),
        (_html('<a href="https://example.com/*|ID|*">x</a>'), "*|ID|* was not filled in", True),
        (_html('<img src="cid:a.png">'), "no alt text", False),
        (_html(f"<p>{'x' * CLIPPED}</p>"), "Gmail shows 102 kB", False),
        (replace(GOOD, text=" \n"), "no text part", False),
        (replace(GOOD, subject="BUY OUR TABLES"), "all capitals", False),
        (replace(GOOD, subject="Tables! Chairs!"), "exclamation marks", False),
        (replace(GOOD, subject="..."), "says nothing", False),
        (replace(GOOD, subject="{{ title }}"), "was not filled in", True),
        (replace(GOOD, html='<p>Hi <img src="cid:a.png" alt="All our news"></p>'), "hardly any text", False),
        (replace(GOOD, images=(Artifact(b"x" * (HEAVY_PICTURES + 1), "image/png", "a"),)), "1.0 MB together", False),
    ],
)
def test_what_is_wrong_is_told(mail: Mail, said: str, fault: bool) -> None:
    (finding,) = found(mail)
    assert said in finding.text
    assert finding.fault is fault


@pytest.mark.parametrize("target", ["#part", "tel:+3704655", "mailto:a@example.com", "https://example.com/a?b=c&d=e"])
def test_links_that_lead_somewhere_are_passed(target: str) -> None:
    assert found(_html(f'<a id="part" href="{target}">x</a>')) == []


def test_a_subject_in_a_script_without_capitals_is_not_shouted() -> None:
    assert found(replace(GOOD, subject="ニュースレター 十一月号 工房だより")) == []


def test_a_heavy_message_is_noted() -> None:
    (finding,) = found(GOOD, size=HEAVY_MESSAGE + 1)
    assert "10.0 MB" in finding.text


def test_marketing_needs_an_address_and_a_way_out() -> None:
    plain = Mail("News", None, f"{LONG}\n")
    said = [finding.text for finding in found(plain, MARKETING) if finding.fault]
    assert len(said) == 2
    assert "text part shows no way to unsubscribe" in said[0]
    assert "postal address" in said[1]
    assert found(plain) == []


@pytest.mark.parametrize(("part", "name"), [("html", "HTML"), ("text", "text part")])
def test_the_way_out_must_stand_in_every_part(part: str, name: str) -> None:
    without = (getattr(GOOD, part) or "").replace("?subject=unsubscribe", "")
    (finding,) = found(replace(GOOD, **{part: without}), MARKETING)
    assert finding.text.startswith(f"the {name} shows no way to unsubscribe")
    assert finding.fault


def test_a_link_to_unsubscribe_is_known_whatever_it_is_called() -> None:
    parts = {"html": GOOD.html, "text": GOOD.text}
    own = {
        name: (part or "").replace("mailto:a@example.com?subject=unsubscribe", ONE_CLICK)
        for name, part in parts.items()
    }
    assert found(replace(GOOD, **own), replace(MARKETING, signed=True)) == []


def test_a_way_out_that_does_not_say_who_asks_is_noted_where_there_are_tokens() -> None:
    findings = found(GOOD, replace(MARKETING, signed=True))
    assert [finding.fault for finding in findings] == [False, False]
    assert "not that of the message's head" in findings[0].text


@pytest.mark.parametrize("part", ["html", "text"])
def test_the_address_must_stand_in_every_part(part: str) -> None:
    without = (getattr(GOOD, part) or "").replace("Marių g. 18", "")
    assert [finding.fault for finding in found(replace(GOOD, **{part: without}), MARKETING)] == [True]


def test_an_address_that_the_company_does_not_have_is_missing() -> None:
    assert [finding.fault for finding in found(GOOD, replace(MARKETING, street=""))] == [True]


def test_marketing_without_one_click_is_noted() -> None:
    (finding,) = found(GOOD, replace(MARKETING, unsubscribe=["mailto:a@example.com"]))
    assert "https" in finding.text
    assert not finding.fault


@pytest.mark.parametrize(
    ("domain", "sends", "host", "signs", "count"),
    [
        ("example.com", True, "mail.example.com", True, 0),
        ("example.com", False, "", False, 0),
        ("example.com", True, "mail.example.com", False, 1),
        ("gmail.com", True, "mail.example.com", True, 1),
        ("gmail.com", True, "smtp.gmail.com", True, 0),
    ],
)
def test_the_sender_is_looked_at(domain: str, sends: bool, host: str, signs: bool, count: int) -> None:
    assert len(list(examine_sender(domain, sends=sends, host=host, signs=signs))) == count
