"""What templates share: files of `shared/`, its texts, and where faults in them are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from docgen.errors import DocgenError, Faults
from docgen.merge import build_context
from docgen.model import Making
from docgen.render.pdf.prepared import PreparedPdf
from docgen.template import Template, load_template

TODAY = date(2026, 11, 20)
PAGE = """<document filename="x.pdf">
<template><pageTemplate id="one"><frame id="f" x1="0" y1="0" width="80mm" height="60mm"/></pageTemplate></template>
<stylesheet/>
<story>
<para>{{ heading }}</para>
{% block story %}{% endblock %}
</story>
</document>
"""
BODY = """{% extends "shared/page.rml" %}
{% import "shared/parts.rml" as house %}
{% set heading = "Head of " ~ name %}
{% block story %}<para>{{ house.twice(name) }} {{ t('greeting') }}</para>{% endblock %}
"""
PARTS = "{% macro twice(text) %}{{ text }}, {{ text }}{% endmacro %}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shared, own = tmp_path / "templates" / "shared", tmp_path / "templates" / "one"
    for path, text in {
        shared / "page.rml": PAGE,
        shared / "parts.rml": PARTS,
        shared / "texts.yaml": "texts:\n  en: {greeting: Hello, bye: Bye}\n  de: {greeting: Hallo, bye: Ade}\n",
        own / "body.rml": BODY,
        own / "template.yaml": "kind: letter\nfields:\n  name: {}\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return own


def press(folder: Path, engine: Making = Making.COMPILED) -> str:
    template = load_template(folder, shown="templates/one")
    context = build_context({"name": "Ona"}, locale="de", company={"name": "House"}, today=TODAY, texts=template.texts)
    made = PreparedPdf(template, None, "error", (), engine).render(context)
    return str(pypdfium2.PdfDocument(made.content)[0].get_textpage().get_text_range())


@pytest.mark.parametrize("engine", Making)
def test_a_body_stands_on_a_shared_page_with_shared_macros_and_texts(folder: Path, engine: Making) -> None:
    text = press(folder, engine)
    assert "Head of Ona" in text
    assert "Ona, Ona Hallo" in text


def test_a_fault_in_a_shared_file_names_that_file_and_its_line(folder: Path) -> None:
    page = folder.parent / "shared" / "page.rml"
    page.write_text(PAGE.replace("<para>{{", "\n<para style='nowhere'>{{"))
    with pytest.raises(DocgenError) as caught:
        press(folder)
    assert str(caught.value.where) == "templates/shared/page.rml, line 6"


def test_an_expression_that_fails_in_a_shared_file_names_it_too(folder: Path) -> None:
    (folder.parent / "shared" / "page.rml").write_text(PAGE.replace("{{ heading }}", "{{ heading / 0 }}"))
    with pytest.raises(DocgenError) as caught:
        press(folder)
    assert str(caught.value.where) == "templates/shared/page.rml, line 5"


def test_an_element_that_is_not_allowed_in_a_shared_file_is_a_fault_there(folder: Path) -> None:
    (folder.parent / "shared" / "page.rml").write_text(PAGE.replace("<stylesheet/>", "<stylesheet/>\n<evalString/>"))
    with pytest.raises(DocgenError) as caught:
        press(folder)
    assert "templates/shared/page.rml, line 4" in str(caught.value.where)


def test_a_change_of_a_shared_file_is_another_version_of_the_template(folder: Path) -> None:
    before = load_template(folder).sha256
    (folder.parent / "shared" / "parts.rml").write_text(PARTS + " ")
    assert load_template(folder).sha256 != before


def test_own_texts_win_and_say_which_languages_there_are(folder: Path) -> None:
    def texts_with(own: str) -> Template:
        (folder / "template.yaml").write_text(f"kind: letter\nfields:\n  name: {{}}\n{own}")
        return load_template(folder)

    assert texts_with("").texts == {
        "en": {"greeting": "Hello", "bye": "Bye"},
        "de": {"greeting": "Hallo", "bye": "Ade"},
    }
    assert texts_with("texts:\n  de: {greeting: Moin}\n").texts == {"de": {"greeting": "Moin", "bye": "Ade"}}


def test_faults_of_shared_texts_are_found_with_those_of_the_manifest(folder: Path) -> None:
    (folder.parent / "shared" / "texts.yaml").write_text("texts:\n  en: {greeting: Hello}\n  de: {}\n")
    (folder / "template.yaml").write_text("kind: leter\nfields:\n  name: {}\n")
    with pytest.raises(Faults) as caught:
        load_template(folder, shown="templates/one")
    assert [fault.where.file for fault in caught.value.faults if fault.where] == [
        "templates/one/template.yaml",
        "templates/shared/texts.yaml",
    ]


@pytest.mark.parametrize("name", ["shared/../../secret.txt", "../shared/../../secret.txt", "shared/none.rml"])
def test_a_body_cannot_leave_the_shared_folder(folder: Path, name: str) -> None:
    (folder.parent.parent / "secret.txt").write_text("secret")
    (folder / "body.rml").write_text(BODY.replace("shared/page.rml", name))
    with pytest.raises(DocgenError) as caught:
        press(folder)
    assert 'secret.txt" is outside' in str(caught.value) or "none.rml" in str(caught.value)
