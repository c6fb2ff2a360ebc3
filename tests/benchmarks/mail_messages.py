"""Personalised, signed messages: docgen's against a loop of Jinja, EmailMessage and dkimpy, as one writes it by hand.

Both sides merge the same 10 kB of HTML and its text with the same records, and sign by the same RSA key of 2048 bits.
Before anything is measured, both messages of a record must say the same and both signatures must hold.
Transport is not in it.
"""

from __future__ import annotations

import email
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path

import dkim
import jinja2

from docgen.dkim import Algorithm, Signer, dns_record, new_key, sign_message
from docgen.merge import build_context
from docgen.message import Letterhead, make_message_id, write_message
from docgen.model import Artifact, MessageClass, Recipient
from docgen.render.mail import prepare_mail
from docgen.template import load_template

DOMAIN, SELECTOR = "example.com", "s1"
NOW = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)
MESSAGES = 400
ROUNDS = 5
HTML = (
    '<!doctype html><html lang="en"><head><title>News</title>'
    "<style>p { margin: 0 0 16px; color: #1a1a1a }</style></head>"
    "<body><p>Dear {{ name }},</p>"
    + '<p style="margin: 0">A long line of running text that everybody gets, about tables, chairs and lamps.</p>\n'
    * 95
    + '<p>Your number is {{ number }}, and <a href="https://example.com/u/{{ number }}">your page is here</a>.</p>'
    "</body></html>\n"
)
TEXT = "Dear {{ name }},\n\n" + "A line of running text.\n" * 30 + "\nYour number: {{ number }}\n"
Record = dict[str, str]


def records() -> list[Record]:
    """Return invented records; the same ones each time."""
    names = ("Jana Mayer", "Łukasz Wójcik", "O'Neill & Sons", "Inès Martin")
    return [{"name": f"{names[at % 4]} {at}", "number": f"K-{at:06}"} for at in range(MESSAGES)]


def docgen_side(folder: Path, pem: bytes, pdf: bytes | None) -> Callable[[Record], bytes]:
    """Return what makes a message of docgen."""
    folder.mkdir()
    (folder / "body.html").write_text(HTML, encoding="utf-8")
    (folder / "body.txt").write_text(TEXT, encoding="utf-8")
    fields = "fields: {name: text, number: text}"
    (folder / "template.yaml").write_text(
        f"kind: letter\nbody: body.html\nsubject: 'News for {{{{ name }}}}'\ntext: body.txt\n{fields}\n"
    )
    prepared = prepare_mail(load_template(folder))
    signers = [Signer.open(pem, DOMAIN, SELECTOR, Algorithm.RSA)]
    letterhead = Letterhead(
        sender=Recipient("Baltic Lamps", f"shop@{DOMAIN}"),
        to=[Recipient("", "x@example.org")],
        date=NOW,
        message_id="<1@example.com>",
        message_class=MessageClass.TRANSACTIONAL,
        language="en",
    )

    def make(record: Record) -> bytes:
        context = build_context(record, locale="en", company={}, today=NOW.date())
        own = replace(
            letterhead,
            to=[Recipient(record["name"], f"{record['number'].lower()}@example.org")],
            message_id=make_message_id("news", "", record["number"], "email", DOMAIN),
        )
        attached = [] if pdf is None else [Artifact(_own(pdf, record), "application/pdf", f"{record['number']}.pdf")]
        return sign_message(write_message(prepared.render(context), own, attached)[0], signers, NOW)

    return make


def by_hand(pem: bytes, attach: Callable[[Record], bytes] | None) -> Callable[[Record], bytes]:
    """Return what makes a message by Jinja, EmailMessage and dkimpy; styles are left as they are.

    Args:
        pem: the key.
        attach: makes the PDF of a record; None for no attachment.
    """
    environment = jinja2.Environment(autoescape=True, keep_trailing_newline=True)
    html, text = environment.from_string(HTML), jinja2.Environment(keep_trailing_newline=True).from_string(TEXT)

    def make(record: Record) -> bytes:
        message = EmailMessage(SMTP)
        message["From"] = f"Baltic Lamps <shop@{DOMAIN}>"
        message["To"] = f'"{record["name"]}" <{record["number"].lower()}@example.org>'
        message["Subject"] = f"News for {record['name']}"
        message["Date"] = NOW
        message["Message-ID"] = make_message_id("news", "", record["number"], "email", DOMAIN)
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "en"
        message.set_content(text.render(record))
        message.add_alternative(html.render(record), subtype="html")
        if attach is not None:
            message.add_attachment(attach(record), "application", "pdf", filename=f"{record['number']}.pdf")
        content = message.as_bytes()
        signature = dkim.sign(content, SELECTOR.encode(), DOMAIN.encode(), pem, canonicalize=(b"relaxed", b"simple"))
        return bytes(signature) + content

    return make


def _own(pdf: bytes, record: Record) -> bytes:
    return record["number"].encode() + pdf[len(record["number"]) :]


def check(one: bytes, other: bytes, pem: bytes) -> None:
    """Stop where a signature does not hold or the two messages say different things."""
    record = dns_record(pem).encode()
    for content in (one, other):
        if not dkim.verify(content, dnsfunc=lambda name, timeout=5: record):
            raise SystemExit("mail: a signature does not hold")
    if _said(one) != _said(other):
        raise SystemExit("mail: the two messages differ")


def _said(content: bytes) -> list[object]:
    message = email.message_from_bytes(content, policy=SMTP)
    said: list[object] = [str(message[name]) for name in ("From", "Subject", "Date", "Message-ID")]
    for part in message.walk():
        if part.is_multipart():
            continue
        body = part.get_payload(decode=True)
        # The other side writes no styles to elements.
        said.append(
            (part.get_content_type(), part.get_filename(), len(body) if "html" not in part.get_content_type() else 0)
        )
    return said


def seconds(make: Callable[[Record], bytes], rows: Sequence[Record]) -> float:
    """Return the CPU seconds of one message, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for row in rows:
            make(row)
        best = min(best, (time.process_time() - start) / len(rows))
    return best


def signature_alone(pem: bytes) -> float:
    """Return the CPU seconds of one RSA signature."""
    signer = Signer.open(pem, DOMAIN, SELECTOR, Algorithm.RSA)
    return seconds(lambda record: signer.sign_octets(record["number"].encode()), records()[:200])


def table() -> list[str]:
    """Return the lines of the table."""
    rows, pem = records(), new_key(Algorithm.RSA)
    lines = [
        "| message | docgen, ms | by hand, ms | times |",
        "|---|---|---|---|",
    ]
    for name, pdf in (("10 kB of HTML, and text", None), ("the same with a PDF of 60 kB", os.urandom(60_000))):
        with tempfile.TemporaryDirectory(prefix="docgen-") as folder:
            ours, theirs = docgen_side(Path(folder) / "t", pem, pdf), by_hand(pem, pdf and partial(_own, pdf))
            for row in rows[:8]:
                check(ours(row), theirs(row), pem)
            fast, slow = seconds(ours, rows), seconds(theirs, rows[:40])
        lines.append(f"| {name} | {fast * 1000:.2f} | {slow * 1000:.2f} | {slow / fast:.1f} |")
    lines.append(f"\nThe RSA signature alone takes {signature_alone(pem) * 1000:.2f} ms of each.")
    return lines
