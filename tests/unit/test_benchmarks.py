"""The benchmarks count no figure of a tool that writes another text, nor one that does not hold."""

import json
from collections import Counter
from itertools import islice
from types import SimpleNamespace

import pytest
from benchmarks import docx_speed, pdf_invoice, pdf_letters, pdf_profile, pdf_speed
from benchmarks.contract import PARAGRAPHS, SYNTAXES, build_records, build_template
from benchmarks.docx_speed import difference, text_of
from benchmarks.figures import Figures, broken, table_lines
from benchmarks.peers.environments import NotInstalled, Peer
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas


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


def test_a_figure_that_does_not_hold_is_named():
    figures = [
        Figures(Peer(name, "1.0", "jinja"), times=[time_s]) for name, time_s in (("base", 1), ("slow", 4), ("quick", 2))
    ]
    assert broken(figures, {"slow": 3, "quick": 3}) == ["docgen is 2.0 times as fast as quick 1.0, not 3"]


def test_a_ratio_is_that_of_rounds_measured_together():
    base, other = (Figures(Peer("tool", "1.0"), times=times) for times in ([1, 10, 2], [4, 40, 9]))
    assert other.times_slower(base) == 4


def test_a_tool_that_cannot_be_installed_stands_in_the_table_with_the_reason(tmp_path, monkeypatch):
    def refuse(peer, folder):
        raise NotInstalled("pip failed: no network")

    monkeypatch.setattr(docx_speed, "Worker", refuse)
    figures = docx_speed.measure(tmp_path, [Peer("one", "1.0", "jinja")])
    assert figures[0].missing == "pip failed: no network"
    figures.insert(0, Figures(Peer("docgen", "", "jinja"), times=[0.001]))
    assert "| one 1.0 | not measured: pip failed: no network | | | | |" in table_lines(figures)


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


# --- PDF ------------------------------------------------------------------------------------------


def draw_invoice(record, folder, *, left_out="", body="Regular", pages=1, picture=True):
    """Return a PDF that prints the words of a record, eight in a line."""
    for face in ("Regular", "Semibold"):
        pdfmetrics.registerFont(TTFont(f"bench-{face}", str(pdf_invoice.FONTS / f"SourceSans3-{face}.ttf")))
    file = folder / "drawn.pdf"
    canvas = Canvas(str(file), initialFontName="bench-Regular")
    if picture:
        canvas.drawImage(str(folder / "logo.png"), 0, 0)
    canvas.setFont("bench-Semibold", 9)
    canvas.drawString(20, 820, pdf_invoice.FIXED["page"])
    words = pdf_invoice.expected_words(record) - Counter([left_out, *pdf_invoice.FIXED["page"].split()])
    canvas.setFont(f"bench-{body}", 9)
    rest = iter(words.elements())
    for line, first in enumerate(rest):
        canvas.drawString(20, 800 - 12 * line, " ".join([first, *islice(rest, 7)]))
    for _ in range(pages):
        canvas.showPage()
    canvas.save()
    return file.read_bytes()


@pytest.fixture(scope="module")
def invoices(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invoices")
    pdf_invoice.write_sources(folder)
    return folder


RECORD = pdf_invoice.build_records(3)[2]


def test_an_invoice_with_every_word_both_faces_and_the_picture_is_right(invoices):
    assert pdf_invoice.fault_of(draw_invoice(RECORD, invoices), RECORD) == ""


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"left_out": "Quantity"}, "Quantity is missing, nothing is too much"),
        ({"pages": 2}, "2 pages instead of 1"),
        ({"picture": False}, "the picture is missing"),
        ({"body": "Semibold"}, "the texts are set in one face instead of two"),
    ],
)
def test_an_invoice_that_lacks_something_is_not_measured(wrong, fault, invoices):
    assert pdf_invoice.fault_of(draw_invoice(RECORD, invoices, **wrong), RECORD) == fault


def test_an_invoice_of_another_record_is_not_measured(invoices):
    other = pdf_invoice.build_records(1)[0]
    assert "is too much" in pdf_invoice.fault_of(draw_invoice(RECORD, invoices), other)


def test_a_tool_that_makes_another_invoice_ends_the_benchmark(invoices, tmp_path):
    def write(line):
        with open(line.split()[2], "wb") as out:
            out.write(draw_invoice(RECORD, invoices, left_out="Invoice"))

    worker = SimpleNamespace(peer=Peer("two", "1.0"), ask=write)
    with pytest.raises(SystemExit, match=r"two 1\.0 makes another document, so no figure counts: Invoice is missing"):
        pdf_speed.check_documents(worker, [RECORD], tmp_path)


def test_every_tool_that_docgen_must_outrun_is_measured():
    assert set(pdf_speed.AT_LEAST) <= {peer.name for peer in pdf_speed.PEERS}


def test_fresh_records_repeat_no_description():
    texts = [line["text"] for record in pdf_invoice.build_records(50, fresh=True) for line in record["lines"]]
    assert len(set(texts)) == len(texts) == 50 * pdf_invoice.LINES


def run(letters, peak_kb, size, cpu_s):
    return pdf_letters.Run(letters, cpu_s, peak_kb, size)


def test_a_joined_file_that_holds_has_no_fault():
    joined = [run(1_000, 50_000, 2_100_000, 0.2), run(10_000, 52_000, 20_100_000, 2)]
    assert pdf_letters.letter_kb(joined) == 2
    assert pdf_letters.faults(joined, run(10_000, 50_000, 0, 3)) == []


def test_a_joined_file_that_grows_too_much_is_named():
    joined = [run(1_000, 50 * 1024, 4_000_000, 0.2), run(10_000, 500 * 1024, 40_000_000, 4)]
    assert pdf_letters.faults(joined, run(10_000, 50_000, 0, 3)) == [
        "memory grows from 50 MB for 1,000 joined letters to 500 MB for 10,000",
        "a letter adds 4.0 kB to the joined file, not 2.5",
        "a page of the joined file takes 0.40 ms, a separate one 0.30",
    ]


def test_the_profile_says_which_stages_it_cannot_time(monkeypatch):
    monkeypatch.setattr(pdf_profile, "STAGES", {"parsing": ("json:loads", "json:gone", "json:JSONDecoder.gone")})
    with pdf_profile.timed() as (spent, missing):
        json.loads("{}")
    assert set(spent) == {"parsing"}
    assert missing == ["json:gone", "json:JSONDecoder.gone"]
