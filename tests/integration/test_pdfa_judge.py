"""The judge of PDF/A and PDF/UA finds what is wrong: a judge that passes everything would prove nothing."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import partial

import pikepdf
import pytest
from PIL import ImageCms
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from verapdf import faults, judge

from docgen.render.pdf.fonts import SHIPPED

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="3" pdfaid:conformance="B"/></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def drawn() -> bytes:
    """One page of text in an embedded font, as ReportLab makes it."""
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=A4, invariant=1, initialFontName="judged")
    canvas.setFont("judged", 12)
    canvas.drawString(100, 700, "Ein Satz")
    canvas.save()
    return output.getvalue()


@pytest.fixture(scope="module", autouse=True)
def font() -> None:
    pdfmetrics.registerFont(TTFont("judged", str(SHIPPED / "SourceSans3-Regular.ttf")))


def archived(spoil: Callable[[pikepdf.Pdf], object] = lambda document: None) -> bytes:
    """The page as PDF/A-3b, then spoiled."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn())) as document:
        del document.trailer["/Info"]
        profile = document.make_stream(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), N=3)
        document.Root.OutputIntents = [
            pikepdf.Dictionary(
                Type=pikepdf.Name.OutputIntent,
                S=pikepdf.Name.GTS_PDFA1,
                OutputConditionIdentifier=pikepdf.String("sRGB"),
                DestOutputProfile=profile,
            )
        ]
        metadata = document.make_stream(XMP.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        document.Root.Metadata = metadata
        spoil(document)
        document.save(output, deterministic_id=True, compress_streams=True)
    return output.getvalue()


def take_font(document: pikepdf.Pdf) -> None:
    for font in document.pages[0].Resources.Font.values():
        if "/FontDescriptor" in font:
            del font.FontDescriptor["/FontFile2"]


def add_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))


def take(name: str, document: pikepdf.Pdf) -> None:
    del document.Root[name]


def test_a_page_with_all_it_needs_passes() -> None:
    assert faults(archived(), "3b") == []


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (partial(take, "/OutputIntents"), "6.2.4.3-4"),
        (partial(take, "/Metadata"), "6.6.2.1-1"),
        (take_font, "6.2.11.4.1-1"),
        (add_script, "6.5.1-1"),
    ],
    ids=["no output intent", "no metadata", "no font file", "a script"],
)
def test_one_planted_fault_is_found_and_named(spoil: Callable[[pikepdf.Pdf], object], clause: str) -> None:
    (found,) = [line for line in judge({"spoiled": archived(spoil)}, "3b")["spoiled"] if line.startswith(clause)]
    assert "(1 times): " in found


def test_untagged_pages_are_no_accessible_document() -> None:
    found = judge({"untagged": archived()}, "3a")["untagged"]
    assert any("6.7.2.2-1" in line or "StructTreeRoot" in line for line in found), found
    found = judge({"untagged": archived()}, "ua1")["untagged"]
    assert any(line.startswith("7.1-") for line in found), found


def test_many_files_are_judged_in_one_go_each_by_itself(tmp_path) -> None:
    paths = [tmp_path / name for name in ("good.pdf", "bad.pdf", "no.pdf")]
    for path, content in zip(paths, (archived(), drawn(), b"%PDF-1.4 nothing"), strict=True):
        path.write_bytes(content)
    verdicts = [found[:1] for found in judge(paths, "3b").values()]
    assert verdicts[0] == []
    assert verdicts[1] != []
    assert verdicts[2][0].startswith("unreadable")


def test_a_missing_judge_is_an_error_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="CI is set"):
        judge({"any": b""}, "3b")
