"""`docgen preview`: documents and messages as files, as text, as pictures, and a page with all of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from chromium import find_chromium
from kit import Office
from PIL import Image
from services import require

MAIL = """\
<html><head><style>@media (prefers-color-scheme: dark) { body { background: #112233 !important } }</style></head>
<body style="background: #ffeedd"><p>Dear {{ name }}, <b>letter {{ no }}</b></p>{{ "logo.png" | image(width_mm=10) }}
<script>document.body.textContent = "a script ran"</script></body></html>
"""
LETTER = """\
<document><template pageSize="a4"><pageTemplate id="main"><frame id="f" x1="2cm" y1="2cm" width="17cm" height="25cm"/>
</pageTemplate></template><story><para>Dear {{ name }}</para><nextPage/><para>{{ no }}</para></story></document>
"""


@pytest.fixture
def shop(office: Office) -> Office:
    """An office whose message has HTML with a picture, and whose letter is a PDF of two pages."""
    picture = io.BytesIO()
    Image.new("RGB", (20, 20), "#a02030").save(picture, "PNG")
    office.write("templates/note/logo.png", picture.getvalue())
    office.write("templates/note/template.yaml", office.read("templates/note/template.yaml") + "body: body.html\n")
    (office.root / "templates/note/body.txt").unlink()
    office.write("templates/note/body.html", MAIL)
    office.write("templates/deed/template.yaml", "kind: letter\nfields: {no: {type: text}, name: {type: text}}\n")
    office.write("templates/deed/body.rml", LETTER)
    deed = '  deed: {template: deed, format: pdf, file: "deed {{ no }}"}\n'
    office.edit("jobs/letters.yaml", "documents:\n", f"documents:\n{deed}")
    return office


@pytest.fixture
def without_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No program is found by its name."""
    monkeypatch.setenv("PATH", str(tmp_path))


def made(office: Office) -> Path:
    return office.root / "out/preview/letters"


@pytest.mark.usefixtures("without_browser")
def test_a_preview_is_files_text_pictures_of_pages_and_a_page_of_all(shop: Office) -> None:
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0001")
    assert result.code == 0
    assert [Path(line).relative_to("out/preview/letters").as_posix() for line in result.out.splitlines()] == [
        "preview.html",
        "deed 0001.pdf",
        "letter 0001.txt",
        "email.eml",
        "email.html",
        "email.txt",
        "pictures/deed 0001 page 1.png",
        "pictures/deed 0001 page 2.png",
    ]
    assert result.err.endswith("note: no pictures of the messages: there is no Chromium here\n")
    html = (made(shop) / "email.html").read_text(encoding="utf-8")
    assert "Dear Ona Kazlauskaitė" in html
    assert 'src="data:image/png;base64,' in html
    assert "cid:" not in html
    assert "letter 0001" in (made(shop) / "email.txt").read_text(encoding="utf-8")
    with Image.open(made(shop) / "pictures/deed 0001 page 1.png") as page:
        assert page.height > page.width > 800


@pytest.mark.usefixtures("without_browser")
def test_the_page_shows_light_and_dark_and_names_every_file(shop: Office) -> None:
    shop.call("preview", "jobs/letters.yaml", "--record", "0001")
    page = (made(shop) / "preview.html").read_text(encoding="utf-8")
    assert page.count("@media (min-width: 0) { body { background: #112233") == 2
    assert page.count("@media (max-width: 0) { body { background: #112233") == 2
    assert "there is no Chromium here" in page
    for name in ("deed%200001.pdf", "letter%200001.txt", "email.eml", "email.html", "email.txt"):
        assert f'href="{name}"' in page
    assert page.count('sandbox="allow-same-origin"') == 4
    assert "allow-scripts" not in page


def test_pictures_of_a_message_are_those_of_a_phone_and_a_desktop_in_light_and_dark(shop: Office) -> None:
    require(find_chromium() is not None, "Chromium")
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0001")
    assert (result.code, "note:" in result.err) == (0, False), result.err
    found = {}
    for title in ("phone", "phone dark", "desktop", "desktop dark"):
        with Image.open(made(shop) / f"pictures/email {title}.png") as picture:
            corner = picture.convert("RGB").getpixel((2, 2))
            colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20) or ()}
            found[title] = (picture.width, corner, (160, 32, 48) in colours)
            assert 40 < picture.height < 400
    assert found == {
        "phone": (390, (255, 238, 221), True),
        "phone dark": (390, (17, 34, 51), True),
        "desktop": (1000, (255, 238, 221), True),
        "desktop dark": (1000, (17, 34, 51), True),
    }


def test_a_browser_that_fails_is_told_and_the_rest_is_there(
    shop: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0001")
    assert result.code == 0
    assert f"note: there are no pictures of the messages: {program} does not make them" in result.err
    assert (made(shop) / "email.html").exists()


def test_without_pictures_there_are_none(shop: Office) -> None:
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0001", "--no-pictures")
    assert (result.code, "png" in result.out, "note:" in result.err) == (0, False, False)
    assert not (made(shop) / "pictures").exists()


@pytest.mark.parametrize(
    ("name", "begins"), [("x.pdf", b"%PDF"), ("x.html", b"<html>"), ("x.eml", b"From:"), ("x.txt", b"Hello Ona")]
)
def test_one_file_is_the_first_thing_of_its_ending(shop: Office, name: str, begins: bytes) -> None:
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0001", "-o", name)
    assert (result.code, result.out) == (0, f"{name}\n")
    assert (shop.root / name).read_bytes().startswith(begins)
    assert not made(shop).exists()


@pytest.mark.usefixtures("without_browser")
def test_one_picture_can_be_asked_for(shop: Office) -> None:
    assert shop.call("preview", "jobs/letters.yaml", "--record", "0001", "-o", "x.png").code == 0
    assert (shop.root / "x.png").read_bytes().startswith(b"\x89PNG")


def test_each_variant_of_a_message_is_shown(shop: Office) -> None:
    test = 'ab_test: {variants: {calm: {}, loud: {subject: "{{ no }}!"}}, share: 20}'
    shop.edit("jobs/letters.yaml", "      template: note\n", f"      template: note\n      {test}\n")
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0001", "--no-pictures")
    assert [line for line in result.out.splitlines() if line.endswith(".eml")] == [
        "out/preview/letters/email calm.eml",
        "out/preview/letters/email loud.eml",
    ]
    page = (made(shop) / "preview.html").read_text(encoding="utf-8")
    assert "<h2>Letter 0001</h2>" in page
    assert "<h2>0001!</h2>" in page


def test_a_message_takes_no_document_s_place(shop: Office) -> None:
    shop.edit("jobs/letters.yaml", 'file: "letter {{ no }}"', "file: email")
    assert shop.call("preview", "jobs/letters.yaml", "--record", "0001", "--no-pictures").code == 0
    assert (made(shop) / "email.txt").read_text(encoding="utf-8").startswith("Hello Ona")
    assert (made(shop) / "message email.html").exists()


def test_a_protected_document_is_shown_without_pictures(shop: Office) -> None:
    shop.edit("jobs/letters.yaml", "format: pdf,", "format: pdf, protect: {open_password: secret},")
    result = shop.call("preview", "jobs/letters.yaml", "--record", "0003")
    assert result.code == 0
    assert "note: there are no pictures of the PDF's pages: " in result.err
    assert "deed 0003.pdf" in result.out
