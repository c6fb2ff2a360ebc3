"""Floor 1, rules: what a PDF file says of itself, as XMP and in the information dictionary, which agree word for word.

The only date is that of the document. Knows no page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal
from xml.sax.saxutils import escape

from docgen.pdfobjects import text

Claim = Literal["A", "UA", "B", ""]
PRODUCER = "docgen"
UNTITLED = "Untitled"
#: What XML cannot hold, which no title needs.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_HEAD = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
%s<dc:format>application/pdf</dc:format>
"""
#: Standard a file keeps to -> how it says so: tagged and archivable, archivable only, neither.
_CLAIMS = {
    "A": "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>\n",
    "UA": "<pdfuaid:part>1</pdfuaid:part>\n",
    "B": "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n",
    "": "",
}
#: PDF/A wants properties declared that it does not know (ISO 19005-3, 6.6.2.3.3), and PDF/UA's is one of them.
_FOOT = """%s</rdf:Description>%s
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li>%s
</rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_IN_LANGUAGES = '<{0}><rdf:Alt><rdf:li xml:lang="x-default">{1}</rdf:li></rdf:Alt></{0}>\n'
_IN_ORDER = "<{0}><rdf:Seq><rdf:li>{1}</rdf:li></rdf:Seq></{0}>\n"
_IN_NO_ORDER = "<{0}><rdf:Bag><rdf:li>{1}</rdf:li></rdf:Bag></{0}>\n"
_PLAIN = "<{0}>{1}</{0}>\n"
#: Entry of the information dictionary -> property of XMP, and how that is written (ISO 16684-1, 8.3 and 8.5).
_PROPERTIES = {
    "Title": ("dc:title", _IN_LANGUAGES),
    "Author": ("dc:creator", _IN_ORDER),
    "Subject": ("dc:description", _IN_LANGUAGES),
    "Keywords": ("pdf:Keywords", _PLAIN),
    "Creator": ("xmp:CreatorTool", _PLAIN),
    "Producer": ("pdf:Producer", _PLAIN),
}
_DATES = {"CreationDate": "xmp:CreateDate", "ModDate": "xmp:ModifyDate"}


@dataclass(frozen=True, slots=True)
class Extension:
    """What the metadata say besides, in XML: `description` an `rdf:Description`, `schema` the `rdf:li` declaring it."""

    description: str = ""
    schema: str = ""


NO_EXTENSION = Extension()


@lru_cache(maxsize=64)
def describe(
    said: tuple[tuple[str, str], ...],
    language: str,
    today: date | None,
    extension: Extension = NO_EXTENSION,
    claim: Claim = "A",
) -> tuple[bytes, str]:
    """Return the XMP packet and the information dictionary.

    Args:
        said: Title, Author, Subject, Keywords and Creator with what they say, as far as it is known.
        language: of the document, a BCP 47 tag.
        today: the date it bears; without one, no date is said.
        extension: such as an electronic invoice needs.
        claim: the standard the file keeps to: PDF/A-3a and PDF/UA-1, the latter alone, PDF/A-3b, or none.
    """
    known = dict(said)
    lines = [_IN_NO_ORDER.format("dc:language", escape(language))]
    entries = []
    for key, (label, form) in _PROPERTIES.items():
        value = PRODUCER if key == "Producer" else clean(known.get(key, ""))
        if value:
            lines.append(form.format(label, escape(value)))
            entries.append(f"/{key}{text(value)}")
    xmp_dates, info_dates = _dates(today)
    packet = _HEAD % _CLAIMS[claim] + _FOOT % ("".join(lines) + xmp_dates, extension.description, extension.schema)
    return packet.encode(), f"<<{''.join(entries)}{info_dates}>>"


def clean(value: str) -> str:
    """Return a text of one line that XML can hold."""
    return _UNPRINTABLE.sub(" ", value).strip()


@lru_cache(maxsize=64)
def _dates(today: date | None) -> tuple[str, str]:
    if today is None:
        return "", ""
    xmp = "".join(_PLAIN.format(label, f"{today:%Y-%m-%d}T00:00:00Z") for label in _DATES.values())
    return xmp, "".join(f"/{key}{pdf_date(today)}" for key in _DATES)


def pdf_date(day: date) -> str:
    """Return the beginning of a day as PDF writes it."""
    return f"(D:{day:%Y%m%d}000000Z)"
