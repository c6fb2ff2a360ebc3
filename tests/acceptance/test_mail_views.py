"""Every shipped message in every language as those see it who get it: parsers, DKIM, spam filters, phones, the dark."""

from __future__ import annotations

import base64
import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, cast

import dkim
import pytest
from chromium import DESKTOP, PHONE, Chromium, open_chromium
from shippedmail import KEYS, LANGUAGES, NAMES, READER, TODAY, Sample, each_sample, signer
from spamassassin import judge

from docgen.model import MessageClass
from docgen.tokens import Wish, read_unsubscribe

#: Below this a filter has no doubt; from 5 on SpamAssassin calls a message spam.
HARMLESS = 2.0
#: CSS pixels that a thumb needs. Source: WCAG 2.2, 2.5.8 (24) and 2.5.5 (44).
LINK_PX, BUTTON_PX = 24, 44
#: Source: WCAG 2.2, 1.4.3: of text that is not large.
CONTRAST = 4.5


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(each_sample())


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with open_chromium() as opened:
        yield opened


def parsed(sample: Sample) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(sample.content, policy=email.policy.default))


def test_all_messages_are_there(samples: list[Sample]) -> None:
    assert [str(sample) for sample in samples] == [f"{name}-{language}" for name in NAMES for language in LANGUAGES]
    assert {sample.message_class for sample in samples} == set(MessageClass)


def test_python_reads_them_without_a_defect(samples: list[Sample]) -> None:
    for sample in samples:
        message = parsed(sample)
        defects = [defect for part in message.walk() for defect in part.defects]
        defects += [defect for part in message.walk() for value in part.values() for defect in value.defects]
        assert defects == [], sample
        assert message["Subject"] == sample.mail.subject
        page, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))  # type: ignore[union-attr]
        assert page.splitlines() == (sample.mail.html or "").splitlines()
        assert text.splitlines() == (sample.mail.text or "").splitlines()
        assert f'lang="{sample.language}"' in page


def test_their_signatures_are_good_and_break_with_a_word(samples: list[Sample]) -> None:
    _, key = signer()
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(key)
    for sample in samples:
        assert dkim.verify(sample.content, dnsfunc=lambda name, timeout=5: record), sample
    changed = samples[0].content.replace(b"Subject: ", b"Subject: x")
    assert not dkim.verify(changed, dnsfunc=lambda name, timeout=5: record)


def test_marketing_is_left_by_one_click_and_nothing_else_can_be(samples: list[Sample]) -> None:
    """RFC 8058 sections 3.1 and 4: one https URI, the Post field, both signed; the same link in both parts."""
    for sample in samples:
        message = parsed(sample)
        if sample.message_class is not MessageClass.MARKETING:
            assert not [name for name in message if name.lower().startswith("list-")], sample
            continue
        by_web, by_mail = re.findall(r"<([^>]+)>", str(message["List-Unsubscribe"]))
        assert by_web.startswith("https://")
        assert by_mail.startswith("mailto:")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        signed = re.sub(r"\s", "", re.findall(r"\bh=([^;]+)", str(message["DKIM-Signature"]))[0]).lower().split(":")
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed)
        wish = read_unsubscribe(by_web.rpartition("/")[2], KEYS, TODAY)
        assert wish == Wish(READER.address, topic="care")
        assert f'href="{by_web}"' in (sample.mail.html or "")
        assert by_web in (sample.mail.text or "").split()


def test_a_spam_filter_finds_them_harmless(samples: list[Sample]) -> None:
    verdicts = judge({str(sample): sample.content for sample in samples} | {"spam": _spam(samples[0])})
    assert verdicts.pop("spam").score > 5
    assert {name: verdict.tests for name, verdict in verdicts.items() if verdict.score >= HARMLESS} == {}


def _spam(sample: Sample) -> bytes:
    """Return what every filter that works calls spam: the test text of https://spamassassin.apache.org/gtube/."""
    gtube = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    head = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nMessage-ID: <gtube@example.com>\r\n"
    return head + b"Date: Fri, 20 Nov 2026 10:30:00 +0000\r\n\r\n" + gtube + b"\r\n"


# --- as a browser shows them -----------------------------------------------------------------------

#: Puts a word of 60 letters into each paragraph.
_LENGTHEN = "document.querySelectorAll('p, h1, h2').forEach(each => each.append(' ' + 'Donaudampfschiff'.repeat(4)))"
#: The height of what can be pressed: links that stand in no line of text with others, buttons and ways out.
_TARGETS = """
[...document.querySelectorAll('.action a, .ways a')].map(link =>
    [link.closest('.action') ? 'button' : 'link', link.getBoundingClientRect().height])
"""
#: The worst contrast of a text with what lies under it: [ratio, text].
_CONTRASTS = """
(() => {
    const channels = colour => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d');
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = colour => channels(colour).slice(0, 3).map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = element => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            if (channels(colour)[3] > 0) return colour;
        }
        return matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#ffffff';
    };
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement, words = texts.currentNode.data.trim();
        if (!words || !element.checkVisibility()) continue;
        const levels = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
        found.push([(levels[0] + 0.05) / (levels[1] + 0.05), words]);
    }
    return found.sort((a, b) => a[0] - b[0])[0];
})()
"""


def test_a_phone_shows_them_without_scrolling_sideways(samples: list[Sample], browser: Chromium) -> None:
    widths = {}
    for sample in samples:
        browser.open(sample.mail.html or "", PHONE)
        plain = browser.needed_width()
        browser.evaluate(_LENGTHEN)
        widths[str(sample)] = plain, browser.needed_width()
    assert {name: width for name, width in widths.items() if max(width) > PHONE} == {}
    browser.open(f'<meta name="viewport" content="width=device-width"><pre>{"x" * 99}</pre>', PHONE)
    assert browser.needed_width() > PHONE


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_they_can_be_read_in_light_and_dark(samples: list[Sample], browser: Chromium, dark: bool) -> None:
    for sample in samples:
        if sample.language == "de":
            browser.open(sample.mail.html or "", DESKTOP, dark=dark)
            ratio, words = cast(list[Any], browser.evaluate(_CONTRASTS))
            assert ratio >= CONTRAST, (str(sample), words)


def test_buttons_and_ways_out_are_large_enough_for_a_thumb(samples: list[Sample], browser: Chromium) -> None:
    targets = []
    for sample in samples:
        if sample.message_class is MessageClass.MARKETING:
            browser.open(sample.mail.html or "", PHONE)
            targets += cast(list[tuple[str, float]], browser.evaluate(_TARGETS))
    assert {kind for kind, _ in targets} == {"button", "link"}
    assert [t for t in targets if t[1] < {"button": BUTTON_PX, "link": LINK_PX}[t[0]]] == []
