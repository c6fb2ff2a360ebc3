"""Floor 2, edges: messages from MJML, HTML or text bodies: a subject, an HTML part, a text part and inline pictures.

MJML is merged first and laid out after, since control flow around columns changes their widths; what records share is
laid out once (`mailshapes`). Headers, addresses and sending are not its business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property

import mrml
from lxml import etree

from docgen.errors import TemplateError, TemplateSyntax, did_you_mean, raise_faults
from docgen.inspect_fields import root
from docgen.limits import WorkLimits
from docgen.merge import Compiled, Merger, Missing
from docgen.model import Artifact, Mail, Making, Where
from docgen.optout import LINKS
from docgen.render.body import TemplateFolder, language_tag, place, read_text, words
from docgen.render.htmlrich import HtmlRich, collected, collecting
from docgen.render.htmltext import html_to_text
from docgen.render.mailshapes import Laid, Page, Shapes
from docgen.render.marks import mark_lines, start_tags, syntax_fault, unmark
from docgen.render.ownpictures import OwnPictures
from docgen.render.text import inline_styles

_MJML = words(
    """
    mjml mj-head mj-body mj-attributes mj-all mj-class mj-breakpoint mj-font mj-preview mj-style mj-title
    mj-raw mj-accordion mj-accordion-element mj-accordion-text mj-accordion-title mj-button mj-carousel
    mj-carousel-image mj-column mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-section mj-
    social mj-social-element mj-spacer mj-table mj-text mj-wrapper
    """
)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)\w*;?")
_VOID = re.compile(r"<(area|br|col|hr|img|input|link|meta|wbr)\b([^>]*?)/?>", re.IGNORECASE)
_UNDETERMINED = re.compile(r'\blang="und"')


class PreparedMail:
    """A message template ready to be filled in. `html` is None for a message of text alone."""

    def __init__(
        self,
        html: _HtmlPart | None,
        text: Compiled | None,
        subject: Compiled,
        rich: HtmlRich,
        template: TemplateFolder,
        engine: Making,
    ) -> None:
        self._html = html
        self._text = text
        self._subject = subject
        self._rich = rich
        self._pictures = OwnPictures.of(template, html.fields) if html is not None else None
        shared = html is not None and engine is Making.COMPILED
        self._shapes = Shapes(html.merger, self._lay_out) if html is not None and shared else None

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths that subject, HTML and text use, other than the links that every message knows."""
        return frozenset(path for path in self._used if root(path) not in LINKS)

    @property
    def links_used(self) -> frozenset[str]:
        """Those of the links that every message knows that subject, HTML or text print."""
        return frozenset(map(root, self._used)) & LINKS.keys()

    @cached_property
    def _used(self) -> frozenset[str]:
        parts = (self._subject, self._text, self._html)
        return frozenset[str]().union(*(part.fields for part in parts if part is not None))

    def render(self, context: Mapping[str, object]) -> Mail:
        """Return the message. See `protocols.PreparedMail`."""
        subject = " ".join(self._subject.render(context).split())
        if self._html is None:
            return Mail(subject, None, self._text.render(context) if self._text is not None else "")
        with collecting() as pictures:
            page = self._page(context, pictures)
        text = self._text.render(context) if self._text is not None else page.text()
        return Mail(subject, page.html, text, page.images, page.pieces)

    def _page(self, context: Mapping[str, object], pictures: Mapping[str, Artifact]) -> Page:
        assert self._html is not None
        if self._shapes is not None:
            return self._shapes.page(self._html.pieces(context), tuple(pictures.values()), context)
        laid = self._lay_out(self._html.render(context), context)
        return Page(laid.html, None, laid.images, lambda: html_to_text(laid.html))

    def _lay_out(self, merged: str, context: Mapping[str, object]) -> Laid:
        """Make HTML with its styles inline of a merged body."""
        assert self._html is not None
        assert self._pictures is not None, "they come with HTML"
        html = self._pictures.take_in(self._html.lay_out(merged, context), self._rich.refer, context)
        inlined = inline_styles(html)
        return Laid(inlined, tuple(collected().values()), rewritten=inlined is not html)


class _HtmlPart:
    """An HTML body."""

    def __init__(self, compiled: Compiled, merger: Merger) -> None:
        self._compiled = compiled
        self.merger = merger
        self.render = compiled.render
        self.pieces = compiled.pieces

    @property
    def fields(self) -> frozenset[str]:
        return self._compiled.fields

    def lay_out(self, merged: str, context: Mapping[str, object]) -> str:
        return merged


class _MjmlPart(_HtmlPart):
    """An MJML body, its tags marked with their lines."""

    def lay_out(self, merged: str, context: Mapping[str, object]) -> str:
        html = lay_out(merged, self._compiled.where)
        language = language_tag(context)
        return _UNDETERMINED.sub(f'lang="{language}"', html) if language else html


def lay_out(merged: str, where: Where) -> str:
    """Return the HTML of an MJML document marked by `mark_lines`.

    Raises:
        TemplateSyntax: it cannot be read, or holds no MJML.
    """
    try:
        output = mrml.to_html(unmark(merged))
    except OSError as error:  # what mrml raises whatever the fault
        raise _mjml_fault(merged, where, str(error)) from error
    if output.warnings:
        problem = "; ".join(str(warning) for warning in output.warnings)
        raise TemplateSyntax(f"the MJML cannot be laid out: {problem}", where=where)
    return str(output.content)


def _mjml_fault(merged: str, where: Where, problem: str) -> TemplateSyntax:
    """Say where: mrml does not, but what it refuses is nearly always not well-formed."""
    as_xml = _VOID.sub(r"<\1\2/>", _ENTITY.sub("", merged))
    try:
        etree.fromstring(as_xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return syntax_fault(as_xml, where.file or "", error)
    return TemplateSyntax(
        f"the MJML cannot be laid out: {problem}", where=where, hint="text stands in <mj-text>, HTML in <mj-raw>"
    )


def _check_mjml(source: str, file: str) -> None:
    faults = []
    for tag, line in start_tags(source):
        if tag == "mj-include":
            hint = "use {% include %}, which reads from the template's folder"
            faults.append(TemplateError("<mj-include> is not allowed", where=Where(file, line), hint=hint))
        elif tag.startswith("mj") and tag not in _MJML:
            hint = did_you_mean(tag, _MJML)
            faults.append(TemplateError(f"<{tag}> is not an MJML element", where=Where(file, line), hint=hint))
    raise_faults(faults)


# --- one way to make a message per kind of body --------------------------------------------------


def _mjml(template: TemplateFolder, merger: Merger) -> _HtmlPart:
    where, source = place(template), mark_lines(read_text(template))
    _check_mjml(source, where.file or template.name)
    return _MjmlPart(merger.compile(source, where), merger)


def _html(template: TemplateFolder, merger: Merger) -> _HtmlPart:
    return _HtmlPart(merger.compile(read_text(template), place(template)), merger)


_HTML_PARTS: Mapping[str, Callable[[TemplateFolder, Merger], _HtmlPart]] = {".mjml": _mjml, ".html": _html}
SUFFIXES = frozenset({*_HTML_PARTS, ".txt"})


def prepare_mail(
    template: TemplateFolder,
    limits: WorkLimits | None = None,
    missing: Missing = "error",
    subject: str | None = None,
    engine: Making = Making.COMPILED,
) -> PreparedMail:
    """Return a message template, ready to render.

    Args:
        template: with a body of MJML, HTML or text.
        limits: bounds of each rendering.
        missing: what a name that nothing supplies becomes.
        subject: the job's own, instead of the template's.
        engine: reference lays out every message anew.

    Raises:
        TemplateError: a part cannot be used, or there is no subject.
    """
    suffix = template.body.suffix.lower()
    if suffix not in SUFFIXES:
        hint = f"a message is made from one of: {', '.join(sorted(SUFFIXES))}"
        raise TemplateError(f"a message cannot be made from a {suffix} body", where=place(template), hint=hint)
    rich = HtmlRich("cid")
    plain = Merger(template.folder, "none", limits, missing)
    part = _HTML_PARTS.get(suffix)
    html = part(template, Merger(template.folder, "html", limits, missing, rich)) if part else None
    text_file = template.text or (template.body if html is None else None)
    text = plain.compile(read_text(template, text_file), place(template, text_file)) if text_file else None
    return PreparedMail(html, text, plain.compile(*_subject(template, subject)), rich, template, engine)


def _subject(template: TemplateFolder, own: str | None) -> tuple[str, Where]:
    subject = own if own is not None else template.subject
    if subject is None or not subject.strip():
        raise TemplateError(
            "the message has no subject",
            where=template.where(),
            hint="write `subject:` in template.yaml or in the job's email step",
        )
    return subject, template.where("subject")
