"""The messages that docs/errors.md shows are those that docgen gives: each is provoked and compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import partial

import docx
import pytest
from handbook import NOW, Block, first_line_missing, page
from kit import Office
from rendering import saved, word

import docgen.render.office.missing
import docgen.wiring
from docgen import api
from docgen.errors import DeliveryError, UserError
from docgen.files import read_verified
from docgen.kinds import KINDS
from docgen.limits import Limits
from docgen.merge import Merger
from docgen.model import Artifact, Where
from docgen.render import RENDERERS
from docgen.render import office as libreoffice
from docgen.run import Runner
from docgen.store import open_ledger
from docgen.store.schema import VERSION_TABLE
from docgen.template import load_template
from docgen.testing import FixedClock

Patch = pytest.MonkeyPatch

RUN = f"letters/{NOW:%Y-%m-%d}-001"


def _said(office: Office, *arguments: str) -> str:
    result = office.call(*arguments)
    return result.err + result.out


def _run(office: Office) -> str:
    """Run the job and return why records were set aside."""
    office.run()
    shown = office.call("show", RUN, "--failed", "--json").json
    return "\n".join(fault["message"] for record in shown["records"] for fault in record["faults"])


def _check(office: Office) -> str:
    return _said(office, "check", "jobs/letters.yaml")


# --- one function per code -----------------------------------------------------------------------


def _input(office: Office, patch: Patch) -> str:
    return _said(office, "run", "jobs/letters.yaml", "--record", "0099")


def _config(office: Office, patch: Patch) -> str:
    office.edit("config.yaml", "  country: DE\n", "  country: Germany\n")
    office.edit("config.yaml", "email:\n", "mail:\n")
    return _check(office)


def _job(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "      attach: [letter]", "      atach: [letter]")
    return _check(office)


def _missing_variable(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "{customers: ../data/customers.csv}", "{customers: {url: '${SHOP_DB}', table: c}}")
    return _check(office)


def _source(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "customers.csv", "custommers.csv")
    return _check(office)


def _missing_value(office: Office, patch: Patch) -> str:
    office.edit("data/customers.csv", "0003,Smith & Co,", "0003,,")
    return _check(office)


def _wrong_value(office: Office, patch: Patch) -> str:
    office.edit("templates/letter/template.yaml", "amount: text", "amount: money")
    office.edit("data/customers.csv", "Köln,1E5", 'Köln,"12,50"')
    return _check(office)


def _duplicate_key(office: Office, patch: Patch) -> str:
    office.edit("data/customers.csv", "0004,", "0003,")
    return _check(office)


def _missing_key(office: Office, patch: Patch) -> str:
    office.edit("data/customers.csv", "0004,", ",")
    return _check(office)


def _wrong_total(office: Office, patch: Patch) -> str:
    line = {"quantity": Decimal(2), "unit_price": Decimal("10.00"), "vat_rate": Decimal(19)}
    with pytest.raises(UserError) as caught:
        KINDS["invoice"].compute({"lines": [line], "total": Decimal("24.00")}, {"currency": "EUR"}, date(2026, 11, 21))
    caught.value.key = "SO-10233"
    return str(caught.value)


def _file_collision(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", 'file: "letter {{ no }}"', 'file: "letter {{ city[:1] }}"')
    office.edit("data/customers.csv", "Vilnius", "Kaunas")
    return _run(office)


def _unsafe_path(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "path: archive,", 'path: "../{{ city }}",')
    return _run(office)


def _template(office: Office, patch: Patch) -> str:
    office.write("templates/letter/body.txt", "{{ name }}\n{{ no }} {{ city }} {{ amount | money('EUR') }}\n")
    office.edit("templates/letter/template.yaml", "texts:\n  en: {greeting: Hello}\n  de: {greeting: Guten Tag}\n", "")
    return _run(office)


def _template_missing(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "template: letter,", "template: leter,")
    return _check(office)


def _template_syntax(office: Office, patch: Patch) -> str:
    office.edit("templates/letter/body.txt", "{{ no }} {{ city }}", "{{ no }} {% if city %}{{ city }}")
    office.write("templates/card/template.yaml", "kind: letter\nfields: {no: text, name: text}\n")
    office.write("templates/card/body.docx", word("Dear {{ name | uper }},", "{% if no %}Number {{ no }}"))
    office.edit("jobs/letters.yaml", "documents:\n", "documents:\n  card: {template: card, format: docx, file: card}\n")
    return _check(office)


def _field_missing(office: Office, patch: Patch) -> str:
    office.edit("templates/letter/body.txt", "{{ city }}", "{{ town }} {{ ctiy }}")
    return _check(office)


def _field_unused(office: Office, patch: Patch) -> str:
    office.edit("templates/letter/template.yaml", "  city: text", "  city: text\n  street: text")
    return _check(office)


def _text_missing(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\nlocale: lt")
    return _run(office)


def _limit(office: Office, patch: Patch) -> str:
    merger = Merger(None, "none", Limits(loop=1000))
    source = "{% for a in rows %}{% for b in rows %}{{ a }}{{ b }}{% endfor %}{% endfor %}"
    with pytest.raises(UserError) as caught:
        merger.compile(source, Where("templates/letter/body.txt")).render({"rows": list(range(100))})
    return str(caught.value)


def _glyph_missing(office: Office, patch: Patch) -> str:
    body = """<document filename="x.pdf"><template pageSize="(210mm,297mm)"><pageTemplate id="main">
<frame id="f" x1="20mm" y1="20mm" width="170mm" height="250mm"/></pageTemplate></template><stylesheet/>
<story><para>{{ name }}</para></story></document>"""
    office.write("templates/card/body.rml", body)
    office.write("templates/card/template.yaml", "kind: letter\nfields: {name: text}\n")
    prepare = next(make for (suffix, _), make in RENDERERS.items() if suffix == ".rml")
    template = load_template(office.root / "templates/card", shown="templates/card")
    with pytest.raises(UserError) as caught:
        prepare(template, None, "error").render({"name": "Vilnius \u0378", "locale": "en", "company": {}})
    return str(caught.value)


def _font_missing(office: Office, patch: Patch) -> str:
    (office.root / "templates/letter/body.txt").unlink()
    body = docx.Document()
    for text in ("{{ name }}", "{{ t('greeting') }} {{ no }} {{ city }} {{ amount }}"):
        body.add_paragraph().add_run(text).font.name = "Aptos"
    office.write("templates/letter/body.docx", saved(body))
    office.edit("jobs/letters.yaml", "format: txt", "format: pdf")
    patch.setattr(docgen.wiring, "find_office", lambda: "soffice")
    patch.setattr(docgen.render.office.missing, "find_office", lambda: "soffice")
    patch.setattr(docgen.render.office.missing, "installed_families", lambda _: frozenset({"carlito"}))
    return _check(office)


def _address(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "      when: email\n", "")
    return _run(office)


def _unsupported(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "format: txt", "format: pdf")
    return _check(office)


def _tool_missing(office: Office, patch: Patch) -> str:
    patch.setattr(docgen.wiring, "find_office", lambda: None)
    api.init_folder(office.root / "shop")
    office.edit("shop/campaigns/contract.yaml", "format: docx", "format: pdf")
    return _said(office, "check", "shop/campaigns/contract.yaml", "--config", "shop/config.yaml")


def _run_not_found(office: Office, patch: Patch) -> str:
    return _said(office, "show", "letters/2026-01-01-001")


def _run_state(office: Office, patch: Patch) -> str:
    office.run()
    return _said(office, "resume", RUN)


def _job_running(office: Office, patch: Patch) -> str:
    ledger = open_ledger(f"sqlite:///{office.root}/var/ledger.sqlite")
    with closing(ledger), ledger.lock("letters"):
        return office.run().err


def _render(office: Office, patch: Patch) -> str:
    patch.setattr(libreoffice, "find_office", lambda: "soffice")
    patch.setattr(libreoffice, "find_python", lambda _: None)
    patch.setattr(libreoffice.once, "_start", lambda *_: {})
    (made,) = libreoffice.convert_to_pdf([Artifact(b"no Word file", "application/msword", "SO-10233 Example.docx")])
    return str(made)


def _mail(office: Office, patch: Patch) -> str:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\nclass: marketing\nconsent: no > ''")
    return office.call("check", "jobs/letters.yaml").out


def _delivery(office: Office, patch: Patch) -> str:
    path = office.write("letter 0001.pdf", "changed by hand")
    with pytest.raises(DeliveryError) as caught:
        read_verified(path, "0" * 64)
    return str(caught.value)


def _interrupted(office: Office, patch: Patch) -> str:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    patch.setattr(Runner, "publish", stop)
    return office.run().err


def _transport_unavailable(office: Office, patch: Patch) -> str:
    office.edit("config.yaml", "email:\n", "email:\n  transport: smtp\n  host: 127.0.0.1\n  port: 1\n")
    return office.run().out


def _store(office: Office, patch: Patch) -> str:
    (office.root / "var").mkdir()
    (office.root / "var/ledger.sqlite").write_bytes(b"no database at all " * 100)
    return office.call("runs").err


def _schema_too_new(office: Office, patch: Patch) -> str:
    office.call("runs")
    with closing(sqlite3.connect(office.root / "var/ledger.sqlite")) as connection:
        connection.execute(f"update {VERSION_TABLE} set version_num = '0099'")
        connection.commit()
    return office.call("runs").err


def _internal(office: Office, patch: Patch) -> str:
    def fail(*_: object) -> None:
        raise KeyError("number")

    patch.setattr(api, "list_runs", fail)
    return office.call("runs").err


def _write(office: Office, patch: Patch) -> str:
    (office.root / "out").write_bytes(b"a file where a folder is needed")
    return office.run().err


SCENARIOS: dict[str, Callable[[Office, Patch], str]] = {
    "input": _input,
    "config": _config,
    "job": _job,
    "mail": _mail,
    "missing-variable": _missing_variable,
    "source": _source,
    "missing-value": _missing_value,
    "wrong-value": _wrong_value,
    "duplicate-key": _duplicate_key,
    "missing-key": _missing_key,
    "wrong-total": _wrong_total,
    "file-collision": _file_collision,
    "unsafe-path": _unsafe_path,
    "template": _template,
    "template-missing": _template_missing,
    "template-syntax": _template_syntax,
    "field-missing": _field_missing,
    "field-unused": _field_unused,
    "text-missing": _text_missing,
    "limit": _limit,
    "glyph-missing": _glyph_missing,
    "font-missing": _font_missing,
    "address": _address,
    "unsupported": _unsupported,
    "tool-missing": _tool_missing,
    "run-not-found": _run_not_found,
    "run-state": _run_state,
    "job-running": _job_running,
    "render": _render,
    "delivery": _delivery,
    "interrupted": _interrupted,
    "transport-unavailable": _transport_unavailable,
    "store": _store,
    "schema-too-new": _schema_too_new,
    "write": _write,
    "internal": _internal,
}

EXAMPLES = [block for block in page("docs/errors.md").blocks if block.mark("fault")]


def test_every_provoked_message_is_shown() -> None:
    assert sorted(block.mark("fault") or "" for block in EXAMPLES) == sorted(SCENARIOS)


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.mark("fault"))
def test_messages_are_those_that_the_page_shows(block: Block, office: Office, monkeypatch: Patch) -> None:
    monkeypatch.setattr(api, "open_workspace", partial(api.open_workspace, clock=FixedClock(NOW)))
    said = SCENARIOS[block.mark("fault") or ""](office, monkeypatch).replace(f"{office.root}/", "")
    assert first_line_missing(tuple(block.text.splitlines()), said) is None, said
