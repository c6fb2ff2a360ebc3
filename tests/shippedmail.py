"""The messages of all shipped mail templates, made of their samples in all languages, signed as a run signs them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from docgen.config import load_config
from docgen.dkim import Algorithm, Body, Signer, sign_message
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.message import Letterhead, make_list_id, make_message_id, write_message
from docgen.model import Artifact, Mail, MessageClass, Recipient
from docgen.optout import Exits, WaysOut
from docgen.render.mail import PreparedMail, prepare_mail
from docgen.template import Template, load_template
from docgen.tokens import Keys, Wish

ROOT = Path(__file__).parents[1]
LANGUAGES = ("de", "en", "fil", "lt", "lv")
NAMES = sorted(path.parent.name for ending in ("html", "mjml") for path in ROOT.glob(f"templates/*/body.{ending}"))
TODAY = date(2026, 11, 20)
KEYS = Keys.parse("0123456789abcdef")
READER = Recipient("Jana Schröder", "jana.schroeder@example.org")
SENDER = Recipient("Baltmarė, UAB", "labas@baltmare.example.com")
EXITS = Exits("https://www.baltmare.example.com/unsubscribe", "stop@baltmare.example.com", "", KEYS)
_MARKETING = frozenset({"newsletter", "email-campaign"})
_DUNNING = frozenset({"reminder-email"})


@dataclass(frozen=True)
class Sample:
    """One message of a shipped template."""

    name: str
    language: str
    message_class: MessageClass
    mail: Mail
    content: bytes

    def __str__(self) -> str:
        return f"{self.name}-{self.language}"


@cache
def signer() -> tuple[Signer, bytes]:
    """Return who signs for the sender's domain, and the key to publish."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = Signer.open(pem, "baltmare.example.com", "s", Algorithm.RSA, Body.SIMPLE)
    return made, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def each_sample() -> Iterator[Sample]:
    """Yield the messages of all templates in all languages."""
    for name in NAMES:
        template = load_template(ROOT / "templates" / name)
        prepared = prepare_mail(template)
        for language in LANGUAGES:
            yield _sample(template, prepared, language)


def _sample(template: Template, prepared: PreparedMail, language: str) -> Sample:
    name = template.name
    message_class = _class_of(name)
    marketing = message_class is MessageClass.MARKETING
    ways = EXITS.of(Wish(READER.address, topic="care"), SENDER.address) if marketing else WaysOut()
    mail = prepared.render({**_context(template, language), **ways.links})
    letterhead = Letterhead(
        sender=SENDER,
        to=[READER],
        date=datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
        message_id=make_message_id(name, "", language, "email", "baltmare.example.com", KEYS),
        message_class=message_class,
        language=language,
        unsubscribe=ways.uris,
        list_id=make_list_id(name, "baltmare.example.com") if marketing else "",
    )
    content, _ = write_message(mail, letterhead, [] if marketing else [_document()])
    return Sample(name, language, message_class, mail, sign_message(content, [signer()[0]], letterhead.date))


def _class_of(name: str) -> MessageClass:
    if name in _MARKETING:
        return MessageClass.MARKETING
    return MessageClass.DUNNING if name in _DUNNING else MessageClass.TRANSACTIONAL


@cache
def _company() -> Mapping[str, object]:
    return load_config(ROOT / "config.yaml", {}).company.model_dump()


def _context(template: Template, language: str) -> dict[str, object]:
    values, faults = read_values(template.sample, template.fields, "en_GB", "sample")
    assert not faults, faults
    computed = KINDS[template.kind].compute(values, _company(), TODAY)
    return build_context({**values, **computed}, locale=language, company=_company(), today=TODAY, texts=template.texts)


@cache
def _document() -> Artifact:
    with pikepdf.new() as made, io.BytesIO() as buffer:
        made.add_blank_page(page_size=(595, 842))
        made.save(buffer)
        return Artifact(buffer.getvalue(), "application/pdf", "INV-2026-00017.pdf")
