"""Which fonts a Word template is set in, and whether they are there."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run
from kit import Office
from rendering import make_template, saved

import docgen
from docgen.model import Where
from docgen.render.docx.package import Package
from docgen.render.office import installed, missing
from docgen.render.office.fontuse import FontUse, fonts_used
from docgen.render.office.installed import installed_families, is_covered

USUAL = "Cambria"  # of python-docx's own document


def used(document: Document | bytes) -> dict[str, FontUse]:
    content = document if isinstance(document, bytes) else saved(document)
    return fonts_used(Package(content, Where("body.docx")))


def set_font(run: Run, family: str, *slots: str) -> None:
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for slot in slots:
        fonts.set(qn(f"w:{slot}"), family)


# --- what is used -------------------------------------------------------------------------------------


def test_text_is_set_in_the_font_of_its_run_its_style_or_the_theme() -> None:
    body = docx.Document()
    body.styles["Quote"].font.name = "Style Serif"
    body.add_paragraph("theme")
    body.add_heading("theme's headings", 1)
    body.add_paragraph("a quote", style="Quote")
    body.add_paragraph("a quote", style="Quote").add_run(" and more").font.name = "Run Sans"
    assert set(used(body)) == {USUAL, "Calibri", "Style Serif", "Run Sans"}


def test_a_style_takes_what_it_is_based_on_and_a_character_style_comes_before_it() -> None:
    body = docx.Document()
    body.styles["Quote"].font.name = "Base Serif"
    derived = body.styles.add_style("Derived", WD_STYLE_TYPE.PARAGRAPH)
    derived.base_style = body.styles["Quote"]
    body.styles.add_style("Marked", WD_STYLE_TYPE.CHARACTER).font.name = "Marked Sans"
    paragraph = body.add_paragraph("based", style="Derived")
    paragraph.add_run(" marked", style="Marked")
    assert set(used(body)) == {"Base Serif", "Marked Sans"}


def test_a_table_style_sets_the_text_of_its_cells() -> None:
    body = docx.Document()
    body.styles["Table Grid"].font.name = "Table Sans"
    (defaults,) = body.styles.element.iter(qn("w:rPrDefault"))
    defaults.getparent().remove(defaults)
    body.add_table(1, 1, style="Table Grid").cell(0, 0).text = "cell"
    assert set(used(body)) == {"Table Sans"}


def test_styles_that_no_text_has_do_not_count() -> None:
    body = docx.Document()
    body.styles["Quote"].font.name = "Unused Serif"
    body.add_paragraph("").add_run("   ").font.name = "Blank Sans"
    hidden = body.add_paragraph("shown").add_run("hidden")
    hidden.font.name, hidden.font.hidden = "Hidden Sans", True
    assert set(used(body)) == {USUAL}


@pytest.mark.parametrize("pieces", [["{% if paid %}"], ["{%", "p if pa", "id %}"], ["{# a note #}"]])
def test_tags_that_print_nothing_do_not_count(pieces: list[str]) -> None:
    body = docx.Document()
    paragraph = body.add_paragraph("{{ name }}")
    for piece in pieces:
        paragraph.add_run(piece).font.name = "Tag Sans"
    assert set(used(body)) == {USUAL}


def test_each_script_has_the_font_that_word_gives_it() -> None:
    text = "a ė 東 ש"
    expected = {"A": "ascii", "H": "hAnsi", "E": "eastAsia", "C": "cs"}
    for letters, family in (("a", "A"), ("ė", "H"), ("東", "E"), ("ש", "C"), (text, "AHEC")):
        body = docx.Document()
        run = body.add_paragraph().add_run(letters)
        for name, slot in expected.items():
            set_font(run, name, slot)
        assert "".join(sorted(used(body))) == "".join(sorted(family))


def test_text_marked_as_right_to_left_has_the_font_for_complex_scripts() -> None:
    body = docx.Document()
    run = body.add_paragraph().add_run("123")
    set_font(run, "Plain", "ascii")
    set_font(run, "Complex", "cs")
    run.font.rtl = True
    assert set(used(body)) == {"Complex"}


def test_headers_footers_and_symbols_count_and_say_where_they_are() -> None:
    body = docx.Document()
    body.add_paragraph("text")
    body.sections[0].header.paragraphs[0].add_run("Offer").font.name = "Header Sans"
    symbol = OxmlElement("w:sym")
    symbol.set(qn("w:font"), "Wingdings")
    symbol.set(qn("w:char"), "F0FC")
    body.sections[0].footer.paragraphs[0].add_run()._r.append(symbol)
    found = used(body)
    assert found["Header Sans"] == FontUse("Header Sans", "header 1", "Offer")
    assert found["Wingdings"].part == "footer 1"
    assert found[USUAL] == FontUse(USUAL, "text", "text")


def test_fonts_that_the_document_brings_along_do_not_count() -> None:
    body = docx.Document()
    body.add_paragraph().add_run("text").font.name = "House Sans"
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(body))) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/fontTable.xml":
                font = b'<w:font w:name="House Sans"><w:embedRegular r:id="rId1"/></w:font></w:fonts>'
                content = content.replace(b"</w:fonts>", font)
            new.writestr(name, content)
    assert set(used(output.getvalue())) == set()


# --- what is there ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "there", "covered"),
    [
        ("Calibri", {"carlito"}, True),
        ("Calibri", {"calibri"}, True),
        ("CALIBRI", {"carlito"}, True),
        ("Calibri", {"liberation sans"}, False),
        ("Calibri Light", {"carlito"}, False),
        ("Times New Roman", {"liberation serif"}, True),
        ("Aptos; Arial", {"liberation sans"}, True),
        ("Wingdings", set(), True),
        ("Aptos", {"carlito"}, False),
    ],
)
def test_a_font_is_covered_by_itself_or_by_one_of_the_same_widths(family: str, there: set[str], covered: bool) -> None:
    assert is_covered(family, frozenset(there)) is covered


@pytest.fixture
def fresh() -> None:
    installed_families.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_without_fontconfig_fonts_are_read_from_their_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = tmp_path / "share" / "fonts" / "truetype"
    fonts.mkdir(parents=True)
    shutil.copy(Path(docgen.__file__).parent / "fonts" / "SourceSans3-Regular.ttf", fonts)
    (fonts / "damaged.ttf").write_bytes(b"no font")
    (fonts / "damaged.ttc").write_bytes(b"no fonts")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(installed, "_FOLDERS", {})
    assert installed_families(str(tmp_path / "program" / "soffice")) == {"source sans 3"}
    installed_families.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_with_fontconfig_its_families_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "fc-list"
    program.write_text("#!/bin/sh\necho 'DejaVu Sans,DejaVu Sans Light'\necho Carlito\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert {"dejavu sans", "dejavu sans light", "carlito"} <= installed_families(str(tmp_path / "program" / "soffice"))
    installed_families.cache_clear()


# --- what is missing ----------------------------------------------------------------------------------


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the machine LibreOffice and these fonts."""

    def give(*families: str) -> None:
        there = frozenset(family.lower() for family in families)
        monkeypatch.setattr("docgen.wiring.find_office", lambda: "soffice")
        monkeypatch.setattr(missing, "find_office", lambda: "soffice")
        monkeypatch.setattr(missing, "installed_families", lambda program: there)
        monkeypatch.setattr(missing, "find_python", lambda program: None)

    return give


def with_fonts(*families: str) -> bytes:
    body = docx.Document()
    for family in families:
        body.add_paragraph().add_run(f"{{{{ name }}}} {{{{ no }}}} in {family}").font.name = family
    return saved(body)


def test_each_missing_font_is_told_once_with_its_place_and_what_to_do(tmp_path: Path, machine) -> None:
    machine("Liberation Sans")
    template = make_template(tmp_path / "letter", with_fonts("Aptos", "Aptos", "Arial", "Cambria"), ".docx")
    faults = missing.find_missing(template, {})
    assert [str(fault) for fault in faults] == [
        'letter/body.docx, text: "{{ name }} {{ no }} in Aptos" is set in Aptos, a font that is not installed: '
        "LibreOffice would take another; install it, or allow another in config.yaml: "
        "office: {substitutes: {Aptos: Liberation Sans}}",
        'letter/body.docx, text: "{{ name }} {{ no }} in Cambria" is set in Cambria, a font that is not installed: '
        "LibreOffice would take another; install it or Caladea, which has the same widths "
        "(Debian, Ubuntu: apt install fonts-crosextra-caladea)",
    ]


def test_a_substitute_counts_when_it_is_there_itself(tmp_path: Path, machine) -> None:
    machine("Carlito")
    template = make_template(tmp_path / "letter", with_fonts("Aptos", "Segoe UI"), ".docx")
    (fault,) = missing.find_missing(template, {"aptos": "Calibri", "Segoe UI": "Open Sans"})
    assert "is set in Segoe UI, for which config.yaml has Open Sans, a font that is not installed" in str(fault)


def test_a_changed_body_is_looked_at_anew(tmp_path: Path, machine) -> None:
    machine("Carlito")
    first = make_template(tmp_path / "letter", with_fonts("Aptos"), ".docx")
    assert len(missing.find_missing(first, {})) == 1
    second = make_template(tmp_path / "letter", with_fonts("Calibri"), ".docx")
    assert missing.find_missing(second, {}) == []


@pytest.mark.parametrize(
    ("instruction", "told"), [(' TOC \\o "1-3" ', True), ("INDEX", True), (" PAGEREF x ", False), ("AUTHOR", False)]
)
def test_without_uno_an_index_is_told_since_it_would_stay_as_it_is(
    tmp_path: Path, machine, monkeypatch, instruction: str, told: bool
) -> None:
    machine("Carlito")
    body = docx.Document(io.BytesIO(with_fonts("Calibri")))
    text = OxmlElement("w:instrText")
    text.text = instruction
    body.add_paragraph().add_run("TOC ")._r.append(text)
    body.paragraphs[-1].runs[0].font.name = "Calibri"
    template = make_template(tmp_path / "letter", saved(body), ".docx")
    faults = missing.find_missing(template, {})
    assert [fault.code for fault in faults] == ["tool-missing"] * told
    assert all("python3-uno" in str(fault) for fault in faults)
    monkeypatch.setattr(missing, "find_python", lambda program: "python3")
    assert missing.find_missing(template, {}) == []


def letters(office: Office, *families: str) -> None:
    (office.root / "templates/letter/body.txt").unlink()
    office.write("templates/letter/body.docx", with_fonts(*families))
    office.write(
        "templates/letter/template.yaml",
        "kind: letter\nfields: {no: {type: text, required: true}, name: {type: text, required: true}}\n",
    )
    office.edit("jobs/letters.yaml", "format: txt", "format: pdf")


def test_check_and_run_report_a_missing_font_before_anything_is_made(office: Office, machine) -> None:
    machine("Carlito")
    letters(office, "Aptos")
    for command in ("check", "run"):
        result = office.call(command, "jobs/letters.yaml", "--json")
        assert result.code == 1
        assert '"code": "font-missing"' in result.out
    assert not (office.root / "out").exists()


def test_a_document_that_stays_word_may_have_any_font(office: Office, machine) -> None:
    machine("Carlito")
    letters(office, "Aptos")
    office.edit("jobs/letters.yaml", "format: pdf", "format: docx")
    assert office.call("check", "jobs/letters.yaml").code == 0


def test_config_lets_a_font_stand_in(office: Office, machine) -> None:
    machine("Carlito")
    letters(office, "Aptos")
    office.write("config.yaml", office.read("config.yaml") + "office: {substitutes: {Aptos: Carlito}}\n")
    assert office.call("check", "jobs/letters.yaml").code == 0
