"""The benchmark of Word documents counts no figure of a tool that writes another text, nor one that does not hold."""

import json

import pytest
from benchmarks import docx_speed
from benchmarks.contract import PARAGRAPHS, SYNTAXES, build_records, build_template
from benchmarks.docx_speed import Figures, difference, text_of
from benchmarks.peers.environments import NotInstalled, Peer


class FakeWorker:
    """Writes the contract as it stands, tags and all, or something else."""

    def __init__(self, name, syntax="jinja"):
        self.peer = Peer(name, "1.0", syntax)

    def ask(self, line):
        _, _, file = line.split()
        with open(file, "wb") as out:
            out.write(build_template(SYNTAXES[self.peer.syntax]))


def test_tools_that_write_the_same_text_pass(tmp_path):
    docx_speed.check_texts([FakeWorker("one"), FakeWorker("two")], tmp_path)


def test_a_tool_that_writes_another_text_ends_the_benchmark(tmp_path):
    with pytest.raises(SystemExit, match=r'two 1\.0 writes another text.*"Framework agreement {number}" instead of'):
        docx_speed.check_texts([FakeWorker("one"), FakeWorker("two", "braces")], tmp_path)


def test_a_missing_paragraph_is_a_difference():
    assert difference(["a", "b"], ["a"]) == "1 paragraphs instead of 2"
    assert difference(["a", "b"], ["a", "c"]) == '"c" instead of "b"'
    assert difference(["a"], ["a"]) == ""


def test_a_figure_that_does_not_hold_is_named(monkeypatch):
    monkeypatch.setattr(docx_speed, "AT_LEAST", {"slow": 3, "quick": 3})
    figures = [
        Figures(Peer(name, "1.0", "jinja"), times=[time_s]) for name, time_s in (("base", 1), ("slow", 4), ("quick", 2))
    ]
    assert docx_speed._broken(figures) == ["docgen is 2.0 times as fast as quick 1.0, not 3"]


def test_a_tool_that_cannot_be_installed_stands_in_the_table_with_the_reason(tmp_path, monkeypatch):
    def refuse(peer, folder):
        raise NotInstalled("pip failed: no network")

    monkeypatch.setattr(docx_speed, "Worker", refuse)
    figures = docx_speed.measure(tmp_path, [Peer("one", "1.0", "jinja")])
    assert figures[0].missing == "pip failed: no network"
    figures.insert(0, Figures(Peer("docgen", "", "jinja"), times=[0.001]))
    assert "| one 1.0 | not measured: pip failed: no network | | | | |" in docx_speed._lines(figures)


def test_the_contract_is_as_long_as_it_says():
    assert len(PARAGRAPHS) >= 30
    assert all(text.count("{") >= 2 for text in PARAGRAPHS)
    record = build_records(1)[0]
    assert len(record["lines"]) == 20
    assert json.loads(json.dumps(build_records(3))) == build_records(3)


@pytest.mark.parametrize("name", SYNTAXES)
def test_the_contract_is_the_same_in_every_syntax_but_for_its_tags(name):
    text = " ".join(text_of(build_template(SYNTAXES[name])))
    assert "represented by" in text
    assert "Amount" in text
    assert "supplier_agent" in text
