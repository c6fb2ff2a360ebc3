"""Floor 2, edges: messages from MJML, HTML or text bodies: a subject, an HTML part, a text part and inline pictures.

MJML is merged first and laid out after, record by record: control flow around columns changes their widths, and both
libraries take a fraction of a millisecond. Headers, addresses and sending are not its business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import mrml
from lxml import etree

from docgen.errors import TemplateError, TemplateSyntax, did_you_mean, raise_faults
from docgen.limits import WorkLimits
from docgen.merge import Compiled, Merger, Missing
from docgen.model import Mail, Where
from docgen.render.body import TemplateFolder, language_tag, place, read_text, words
from docgen.render.htmlrich import HtmlRich, collecting
from docgen.render.htmltext import html_to_text
from docgen.render.marks import mark_lines, start_tags, syntax_fault, unmark
from docgen.render.text import inline_styles

_MJML = words(
    """
    mjml mj-head mj-body mj-attributes mj-all mj-class mj-breakpoint mj-font mj-preview mj-style mj-title mj-
    raw mj-accordion mj-accordion-element mj-accordion-text mj-accordion-title mj-button mj-carousel mj-
    carousel-image mj-column mj-divider mj-group mj-hero mj-image mj-navbar mj-navbar-link mj-section mj-
    social mj-social-element mj-spacer mj-table mj-text mj-wrapper
    """
)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)\w*;?")
_VOID = re.compile(r"<(area|br|col|hr|img|input|link|meta|wbr)\b([^>]*?)/?>", re.IGNORECASE)
_UNDETERMINED = re.compile(r'\blang="und"')


class PreparedMail:
    """A message template ready to be filled in. `html` is None for a message of text alone."""

    def __init__(
        self, html: _HtmlPart | None, text: Compiled | None, subject: Compiled, rich: HtmlRich, template: TemplateFolder
    ) -> None:
        self._html = html
        self._text = text
        self._subject = subject
        self._rich = rich
        self._folder = template.folder
        self._where = place(template)

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths that subject, HTML and text use."""
        parts = (self._subject, self._text, self._html)
        return frozenset[str]().union(*(part.fields for part in parts if part is not None))

    def render(self, context: Mapping[str, object]) -> Mail:
        """Return the message. See `protocols.PreparedMail`."""
        subject = " ".join(self._subject.render(context).split())
        with collecting() as pictures:
            html = self._render_html(context)
        text = self._text.render(context) if self._text is not None else html_to_text(html or "")
        return Mail(subject, html, text, tuple(pictures.values()))

    def _render_html(self, context: Mapping[str, object]) -> str | None:
        if self._html is None:
            return None
        html = self._html.render(context)
        return inline_styles(self._rich.take_in(html, self._folder, self._where))


class _HtmlPart:
    """An HTML body."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled

    @property
    def fields(self) -> frozenset[str]:
        return self._compiled.fields

    def render(self, context: Mapping[str, object]) -> str:
        return self._compiled.render(context)


class _MjmlPart(_HtmlPart):
    """An MJML body, its tags marked with their lines."""

    def render(self, context: Mapping[str, object]) -> str:
        merged = super().render(context)
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
    return _MjmlPart(merger.compile(source, where))


def _html(template: TemplateFolder, merger: Merger) -> _HtmlPart:
    return _HtmlPart(merger.compile(read_text(template), place(template)))


_HTML_PARTS: Mapping[str, Callable[[TemplateFolder, Merger], _HtmlPart]] = {".mjml": _mjml, ".html": _html}
SUFFIXES = frozenset({*_HTML_PARTS, ".txt"})


def prepare_mail(
    template: TemplateFolder, limits: WorkLimits | None = None, missing: Missing = "error", subject: str | None = None
) -> PreparedMail:
    """Return a message template, ready to render.

    Args:
        template: with a body of MJML, HTML or text.
        limits: bounds of each rendering.
        missing: what a name that nothing supplies becomes.
        subject: the job's own, instead of the template's.

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
    return PreparedMail(html, text, plain.compile(*_subject(template, subject)), rich, template)


def _subject(template: TemplateFolder, own: str | None) -> tuple[str, Where]:
    subject = own if own is not None else template.subject
    if subject is None or not subject.strip():
        raise TemplateError(
            "the message has no subject",
            where=template.where(),
            hint="write `subject:` in template.yaml or in the job's email step",
        )
    return subject, template.where("subject")
