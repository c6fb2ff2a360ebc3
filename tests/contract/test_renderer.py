"""What every renderer of documents owes, held to one suite."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from rendering import RML, docx_text, make_context, make_template, pdf_text, word

from docgen.errors import FieldMissing, LimitExceeded, TemplateError, TemplateSyntax
from docgen.limits import Limits
from docgen.model import MEDIA_TYPES, Format
from docgen.render import RENDERERS


@dataclass(frozen=True)
class Kind:
    suffix: str
    format: Format
    body: Callable[[str], str | bytes]
    read: Callable[[bytes], str]

    def prepare(self, folder, text, **options):
        template = make_template(folder, self.body(text), self.suffix)
        return RENDERERS[self.suffix, self.format](template, **options)


def _plain(content: bytes) -> str:
    return content.decode()


def _html(content: bytes) -> str:
    from docgen.render.htmltext import html_to_text

    return html_to_text(content.decode())


KINDS = [
    Kind(".rml", Format.PDF, lambda text: RML % f'<para style="text">{text}</para>', pdf_text),
    Kind(".docx", Format.DOCX, word, docx_text),
    Kind(".html", Format.HTML, lambda text: f"<html><body><p>{text}</p></body></html>", _html),
    Kind(".txt", Format.TXT, lambda text: text, _plain),
]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.suffix)


def test_every_renderer_is_in_this_suite():
    assert {(kind.suffix, kind.format) for kind in KINDS} == set(RENDERERS)


@kinds
def test_the_same_context_gives_the_same_bytes(tmp_path, kind):
    values = {"a": "Łódź", "rows": [{"x": 1}, {"x": 2}]}
    text = "{{ a }}{% for row in rows %} {{ row.x }}{% endfor %} {{ today|date }}"
    first = kind.prepare(tmp_path / "t", text)
    made = first.render(make_context(values))
    first.render(make_context(values | {"a": "another"}))
    again = first.render(make_context(values))
    anew = kind.prepare(tmp_path / "u" / "t", text).render(make_context(values))
    assert made.content == again.content == anew.content
    assert made.sha256 == anew.sha256


_ELSEWHERE = """
import sys
sys.path[:0] = sys.argv[1].split("|")
from pathlib import Path
from docgen.render import RENDERERS
from docgen.template import load_template
from rendering import make_context
folder = Path(sys.argv[2])
for (suffix, format_), prepare in RENDERERS.items():
    made = prepare(load_template(folder / suffix[1:], shown="t")).render(make_context({"a": "Łódź", "m": "a **b**"}))
    print(made.sha256)
"""


def test_another_process_gives_the_same_bytes(tmp_path):
    for kind in KINDS:
        kind.prepare(tmp_path / kind.suffix[1:], "{{ a }} {{ m|markdown }}")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _ELSEWHERE, f"{root}|{root / 'tests'}", str(tmp_path)]
    made = [
        subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}, check=True, capture_output=True)
        for seed, zone in (("1", "UTC"), ("2", "Asia/Manila"))
    ]
    assert made[0].stdout == made[1].stdout
    assert len(made[0].stdout.split()) == len(KINDS)


@kinds
def test_the_artifact_says_what_it_is(tmp_path, kind):
    made = kind.prepare(tmp_path / "t", "x").render(make_context({}))
    assert made.media_type == MEDIA_TYPES[kind.format]
    assert made.file_name.endswith(f".{kind.format}")
    assert (made.pages is not None) == (kind.format is Format.PDF)


@kinds
@pytest.mark.parametrize(
    "value",
    [
        "Smith & Co",
        "<select>",
        "a]]>b",
        "&amp; &lt;",
        "{{ 7*7 }}{% if %}",
        "{# no #}",
        'O\'Hara "x"',
        "Luís Gonçalves",
        "$&%\\1",
        "00123",
    ],
)
def test_hostile_text_survives(tmp_path, kind, value):
    made = kind.prepare(tmp_path / "t", "[{{ a }}]").render(make_context({"a": value}))
    assert f"[{value}]" in " ".join(kind.read(made.content).split())


@kinds
def test_a_name_that_nothing_supplies_is_a_fault_that_says_where(tmp_path, kind):
    prepared = kind.prepare(tmp_path / "t", "Dear {{ customer.nmae }}")
    with pytest.raises(FieldMissing) as caught:
        prepared.render(make_context({"customer": {"name": "x"}}))
    assert caught.value.where.file == f"t/body{kind.suffix}"
    assert "customer.nmae" in str(caught.value)
    assert 'did you mean "name"?' in str(caught.value)


@kinds
def test_missing_may_be_blank(tmp_path, kind):
    prepared = kind.prepare(tmp_path / "t", "[{{ a }}{{ b.c }}]", missing="blank")
    assert "[]" in kind.read(prepared.render(make_context({})).content)


@kinds
def test_the_fields_used_are_known_without_a_record(tmp_path, kind):
    prepared = kind.prepare(
        tmp_path / "t", "{{ a }}{% for r in rows %}{{ r.x|upper }}{{ loop.index }}{% endfor %}{{ company.name }}"
    )
    assert {"a", "rows[].x"} <= prepared.fields_used
    assert not {used for used in prepared.fields_used if used.startswith(("loop", "r.", "company"))}


@kinds
@pytest.mark.parametrize("text", ["{{ a", "{% for x in y %}", "{{ a | nosuchfilter }}", "{% nosuchtag %}"])
def test_what_is_no_template_is_a_fault_before_the_first_record(tmp_path, kind, text):
    with pytest.raises(TemplateSyntax) as caught:
        kind.prepare(tmp_path / "t", text)
    assert caught.value.where.file == f"t/body{kind.suffix}"


@kinds
@pytest.mark.parametrize(
    "text",
    ["{{ ''.__class__.__mro__ }}", "{{ a.__init__.__globals__ }}", "{{ cycler.__init__ }}", "{% include '../../x' %}"],
)
def test_templates_reach_nothing_but_their_data(tmp_path, kind, text):
    with pytest.raises(TemplateError):
        kind.prepare(tmp_path / "t", text).render(make_context({"a": "x"}))


@kinds
def test_work_is_bounded(tmp_path, kind):
    prepared = kind.prepare(tmp_path / "t", "{% for i in range(100000) %}x{% endfor %}", limits=Limits(loop=1000))
    with pytest.raises(LimitExceeded):
        prepared.render(make_context({}))


@kinds
def test_numbers_and_dates_are_in_the_records_language(tmp_path, kind):
    prepared = kind.prepare(tmp_path / "t", "{{ 1234.5|number(2) }}")
    texts = {locale: kind.read(prepared.render(make_context({}, locale)).content) for locale in ("de", "en")}
    assert "1.234,50" in texts["de"]
    assert "1,234.50" in texts["en"]
