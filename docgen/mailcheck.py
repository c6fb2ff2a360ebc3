"""Floor 1, rules: what keeps a message from its reader: filters, clipping, dead links, missing duties.

Looks at one made message. A fault is wrong whoever reads it; a note is for a person to judge. Sends and asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree, html

from docgen.model import Mail, MessageClass

#: Bytes of HTML that Gmail shows. Source: known by trial; mailchimp.com, "Gmail Is Clipping My Email".
CLIPPED = 102 * 1024
#: Bytes of inline pictures that a reader on the road should not have to load.
HEAVY_PICTURES = 1024 * 1024
#: Bytes that many servers still take; Source: RFC 1870 leaves it to each server, 10 MB is Postfix's default.
HEAVY_MESSAGE = 10 * 1024 * 1024
#: Characters of text that a message of pictures should have besides them.
LITTLE_TEXT = 80
#: Mailbox providers for persons, whose DMARC policies or spam filters refuse their domains from elsewhere.
FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "aol.com", "outlook.com", "hotmail.com", "live.com"}
    | {"msn.com", "icloud.com", "me.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "mail.ru", "proton.me"}
)
_UNFILLED = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\*\|\w+\|\*|%%\w+%%|\[\[\w+\]\]")
_WAY_OUT = re.compile(r"unsubscri|opt-?out|abmeld|abbestell|desabonn|désabonn", re.IGNORECASE)
_URL = re.compile(r"""(?:https?://|mailto:)[^\s<>"')\]]+""")
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1|.*\.(?:localhost|local)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        text: what it is.
        hint: what to do about it.
        fault: whether it must not go out so.
    """

    text: str
    hint: str = ""
    fault: bool = False


@dataclass(frozen=True, slots=True)
class Duties:
    """What a message must have by its class.

    Attributes:
        street: of the company, as it must stand in marketing; `city` likewise.
        unsubscribe: the URIs of List-Unsubscribe.
        signed: whether those say whose wish it is.
    """

    message_class: MessageClass
    street: str
    city: str
    unsubscribe: Sequence[str] = ()
    signed: bool = False


def examine(mail: Mail, size: int, duties: Duties) -> list[Finding]:
    """Return what is wrong with a made message, or may be.

    Args:
        mail: as it was made.
        size: bytes of the whole message, attachments and signature included.
        duties: what its class asks for.
    """
    page = _Page(mail)
    findings = [*_of_subject(mail.subject), *_of_links(page), *_of_size(mail, size), *_of_pictures(page, mail)]
    findings += _unfilled(mail, page)
    if not (mail.text or "").strip():
        findings.append(Finding("the message has no text part", "filters distrust HTML alone; write `text:`"))
    if duties.message_class is MessageClass.MARKETING:
        findings += _of_marketing(page, duties)
    return findings


class _Page:
    """The visible text, the links and the pictures of a message."""

    def __init__(self, mail: Mail) -> None:
        self.root = html.document_fromstring(mail.html) if (mail.html or "").strip() else None
        self.text = _words(_visible(self.root)) if self.root is not None else ""
        self.plain = _words(mail.text or "")
        self.links = [str(link.get("href")) for link in self._all("a") if link.get("href") is not None]
        self.plain_urls = _URL.findall(mail.text or "")
        self.urls = [*self.links, *self.plain_urls]
        self.pictures = self._all("img")

    def _all(self, tag: str) -> list[etree._Element]:
        return list(self.root.iter(tag)) if self.root is not None else []

    @property
    def texts(self) -> list[str]:
        """The visible text of each part there is."""
        return [text for text in (self.text, self.plain) if text]


def _visible(root: etree._Element) -> str:
    parts = root.xpath("//body//text()[not(ancestor::style) and not(ancestor::script) and not(ancestor::title)]")
    return " ".join(map(str, parts))


def _words(text: str) -> str:
    return " ".join(text.split())


def _of_subject(subject: str) -> Iterator[Finding]:
    letters = [char for char in subject if char.isalpha()]
    if not letters:
        yield Finding(f'the subject "{subject}" says nothing')
    elif len(letters) > 8 and subject == subject.upper() != subject.lower():
        yield Finding(f'the subject "{subject}" is all capitals', "filters take it for spam")
    if len(re.findall(r"[!！]", subject)) > 1:
        yield Finding(f'the subject "{subject}" has several exclamation marks', "filters take it for spam")


def _of_links(page: _Page) -> Iterator[Finding]:
    for link in dict.fromkeys(page.urls):
        parts = _parts(link)
        if parts is None or link.strip() in ("", "#") or link.lower().startswith("javascript:"):
            yield Finding(f'a link leads nowhere: href="{link}"', "leave the link out where there is no address", True)
        elif parts[0] in ("http", "https") and (not parts[1] or _LOCAL.fullmatch(parts[1])):
            yield Finding(f"{link} leads to this machine", "write the public address", True)
        elif parts[0] == "http":
            yield Finding(f"{link} is not encrypted", "write https")
        elif parts[0] == "" and not link.startswith("#"):
            yield Finding(f'"{link}" is no whole address', "write all of it: https://…", True)


def _parts(link: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(link.strip())
        return parts.scheme.lower(), (parts.hostname or "").lower()
    except ValueError:
        return None


def _of_size(mail: Mail, size: int) -> Iterator[Finding]:
    page = len((mail.html or "").encode())
    if page > CLIPPED:
        yield Finding(f"the HTML has {page // 1024} kB; Gmail shows {CLIPPED // 1024} kB and cuts off the rest")
    if size > HEAVY_MESSAGE:
        yield Finding(f"the message has {size / 1024 / 1024:.1f} MB; many servers take {HEAVY_MESSAGE >> 20} MB")


def _of_pictures(page: _Page, mail: Mail) -> Iterator[Finding]:
    bare = [str(picture.get("src") or "") for picture in page.pictures if picture.get("alt") is None]
    if bare:
        which = "a picture has" if len(bare) == 1 else f"{len(bare)} pictures have"
        yield Finding(f'{which} no alt text, such as "{bare[0][:60]}"', 'alt="" where it only adorns')
    weight = sum(len(image.content) for image in mail.images)
    if weight > HEAVY_PICTURES:
        yield Finding(f"the inline pictures have {weight / 1024 / 1024:.1f} MB together", "make them smaller")
    if page.pictures and len(page.text) < LITTLE_TEXT:
        yield Finding("the message is pictures and hardly any text", "filters take it for spam, and many see none")


def _unfilled(mail: Mail, page: _Page) -> Iterator[Finding]:
    for text in (mail.subject, *page.texts, *page.links):
        for found in dict.fromkeys(_UNFILLED.findall(text)):
            yield Finding(f"{found} was not filled in", "fields are written {{ name }} in the template", True)


def _of_marketing(page: _Page, duties: Duties) -> Iterator[Finding]:
    yield from _of_ways_out(page, duties)
    if not any(uri.startswith("https:") for uri in duties.unsubscribe):
        hint = "set email.unsubscribe.url; Gmail and Yahoo ask for it from 5,000 messages a day"
        yield Finding("one click does not unsubscribe: there is no https address for it", hint)
    wanted = [_words(duties.street), _words(duties.city)]
    if not all(wanted) or not all(part in text for part in wanted for text in page.texts):
        hint = "print company.street, company.postcode and company.city at the foot, in HTML and text"
        yield Finding("the postal address of the company is missing, which marketing must have", hint, True)


def _of_ways_out(page: _Page, duties: Duties) -> Iterator[Finding]:
    """Each part needs a link: who sees the one does not see the other."""
    hint = 'print it: <a href="{{ unsubscribe_link }}">, in the text part {{ unsubscribe_link }}'
    for part, shown, links in (("HTML", page.text, page.links), ("text part", page.plain, page.plain_urls)):
        ways = [link for link in links if link in duties.unsubscribe or _WAY_OUT.search(link)]
        if shown and not ways:
            yield Finding(f"the {part} shows no way to unsubscribe, as marketing must", hint, True)
        elif ways and duties.signed and not any(link in duties.unsubscribe for link in ways):
            said = (
                f"the way to unsubscribe in the {part} is not that of the message's head, so it does not say who asks"
            )
            yield Finding(said, hint)


def examine_sender(domain: str, *, sends: bool, host: str, signs: bool) -> Iterator[Finding]:
    """Yield what is doubtful about whom messages come from.

    Args:
        domain: of the From address.
        sends: whether messages leave the house at all.
        host: the mail server.
        signs: whether docgen signs for the domain.
    """
    if domain in FREE_MAIL and not host.endswith(domain):
        yield Finding(f"From is at {domain}, whose own servers alone may send for it", "send from a domain of yours")
    if sends and not signs:
        hint = "fine where the mail server signs; else make a key with: docgen dkim new DOMAIN"
        yield Finding(f"messages from {domain} are not signed by docgen", hint)
