"""Bodies whose tags were seen before are checked quickly, and none passes that the whole check would not pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from differential.pdf_cases import make_folder
from differential.pdf_stories import seeded
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pressing import FILE, rml
from rendering import make_context, rml_template

from docgen.errors import DocgenError, TemplateError
from docgen.model import Making
from docgen.render.pdf import prepare
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.known import KnownTags, _described
from docgen.render.pdf.safety import Rules, make_safe

RULES = Rules(FILE, Path("."), load_fonts().names)


def learned(*bodies: str) -> KnownTags:
    known = KnownTags()
    for body in bodies:
        known.make_safe(etree.fromstring(body), body, RULES)
    return known


def test_the_same_tags_with_other_texts_are_known() -> None:
    known = learned(rml("<para>Anna &amp; <b>Co</b></para><spacer length='3'/>"))
    assert known.holds(rml("<para>Berta <b>und</b></para><spacer length='3'/>"), RULES)


def test_an_attribute_with_another_value_is_looked_at_alone() -> None:
    known = learned(rml('<para><a href="https://example.com/1">x</a></para>'))
    assert known.holds(rml('<para><a href="https://example.com/2">x</a></para>'), RULES)
    assert not known.holds(rml('<para><a href="javascript:alert(1)">x</a></para>'), RULES)
    assert not known.holds(rml('<para><a href="https://example.com" onclick="x">x</a></para>'), RULES)


@pytest.mark.parametrize(
    "body",
    [
        "<para>x</para>stray",
        "<para><para>x</para></para>",
        "<para>x<nextPage/></para>",
        '<para style="text">x</para>',
        "<b>x</b>",
        "<evalString>1</evalString>",
        "<para>x<!-- y --></para>",
    ],
)
def test_what_was_not_seen_where_it_stands_is_not_known(body: str) -> None:
    known = learned(rml("<para>x <b>y</b></para><nextPage/>"), rml("<para>x</para>"))
    assert not known.holds(rml(body), RULES)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("pictures"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_is_known_passes_the_whole_check_unchanged(pictures: Path, first: int, second: int) -> None:
    known, rules = KnownTags(), replace(RULES, folder=pictures)
    for seed in (first, second, first):
        body = seeded(seed, 1)
        root = etree.fromstring(body)
        if known.holds(body, rules):
            before = _described(root)
            assert make_safe(root, rules) == []
            assert _described(root) == before
        else:
            try:
                known.make_safe(root, body, rules)
            except DocgenError:
                return


def test_a_body_that_each_path_can_do_a_part_of_is_a_fault(tmp_path: Path) -> None:
    body = '<para kerning="yes">x</para><codesnippet>y</codesnippet>'
    with pytest.raises(TemplateError, match=r'kerning="yes" cannot be had beside <codesnippet>'):
        prepare(rml_template(tmp_path / "a", body))
    assert prepare(rml_template(tmp_path / "b", "<para kerning='yes'>x</para>")).render(make_context({})).pages == 1
    assert prepare(rml_template(tmp_path / "c", "<codesnippet>y</codesnippet>"), engine=Making.COMPILED)


def test_what_stands_behind_a_bracket_in_an_attribute_is_not_passed_over() -> None:
    body = '<para><a backColor="{}" href="https://example.com/{}">x</a></para>'
    known = learned(rml(body.format("&gt;", 1)), rml(body.format(">", 1)))
    assert not known.holds(rml(body.format(">", '1" onclick="x')), RULES)
    assert not known.holds(rml(body.format(">", 1)), RULES)


def test_a_text_on_the_next_line_is_a_text() -> None:
    known = learned(rml("<para>x</para>\n<para>x</para>"))
    assert known.holds(rml("<para>\ny</para>\n\n<para>y</para>"), RULES)
    assert not known.holds(rml("<para>x</para>\nstray\n<para>x</para>"), RULES)
