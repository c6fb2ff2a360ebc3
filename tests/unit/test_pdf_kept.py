"""What is kept over the documents of a template stays small, and what was let go of is made again."""

from __future__ import annotations

import base64
import io
import random
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import etree
from PIL import Image
from pressing import FILE, TODAY, checked, press, referred, rml
from sheets import Draft, flate

from docgen.errors import TemplateError, raise_faults
from docgen.render.pdf import compiled
from docgen.render.pdf.compiled import Press
from docgen.render.pdf.file import shared
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.safety import Rules, make_safe

LETTERS = Draft().letters


def photo(number: int, folder: Path) -> str:
    name = f"photo{number}.png"
    Image.frombytes("RGB", (80, 80), random.Random(number).randbytes(19_200)).save(folder / name)
    return name


@pytest.fixture
def pressed(tmp_path: Path) -> Press:
    return Press(load_fonts(tmp_path), FILE, tmp_path)


def test_photographs_of_every_record_do_not_pile_up(
    pressed: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_MOST_KEPT", 100_000)
    monkeypatch.setattr(shared, "_MOST_KEPT", 100_000)
    logo = photo(99, tmp_path)
    for number in range(20):
        body = (
            f'<para>Nr. {number}</para><img src="{logo}" width="20"/><img src="{photo(number, tmp_path)}" width="50"/>'
        )
        content = pressed.make_pdf(checked(rml(body), tmp_path), "en", TODAY)[0]
        with pikepdf.open(io.BytesIO(content)) as pdf:
            images = pdf.pages[0].Resources.XObject.values()
            drawn = {pikepdf.PdfImage(image).as_pil_image().convert("RGB").tobytes() for image in images}
        assert drawn == {random.Random(at).randbytes(19_200) for at in (number, 99)}
        assert pressed._store.weight < 150_000
        assert sum(len(one.data) for one in shared._made.values()) < 200_000


def test_of_a_picture_from_the_data_its_address_is_not_kept(pressed: Press, tmp_path: Path) -> None:
    content = (tmp_path / photo(1, tmp_path)).read_bytes()
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    root = etree.fromstring(rml('<img src="token"/>'))
    rules = Rules(FILE, tmp_path, load_fonts(tmp_path).names, pictures={"token": address})
    raise_faults(make_safe(root, rules))
    pressed.make_pdf(root, "en", TODAY)
    keys = [key for key in pressed._cache if key[0] == "picture"]
    assert len(keys) == 1
    assert len(repr(keys)) < 300


def test_drawings_of_every_record_do_not_pile_up(
    pressed: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_MOST_KEPT", 20_000)
    inks = []
    for number in range(30):
        body = f'<barCodeFlowable code="Code128" value="{number:012}"/>'
        pressed.make_pdf(checked(rml(body), tmp_path), "en", TODAY)
        inks.append(sum(len(made[0].ops) for key, made in pressed._cache.items() if key[0] == "barcode"))
    assert 5_000 < max(inks) < 20_000


def test_what_was_let_go_of_is_written_the_same(
    pressed: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = rml(f'<para>One</para><img src="{photo(1, tmp_path)}"/><barCodeFlowable code="Code128" value="12345"/>')
    first = pressed.make_pdf(checked(body, tmp_path), "en", TODAY)[0]
    monkeypatch.setattr(compiled, "_MOST_KEPT", 0)
    shared._made.clear()
    assert [pressed.make_pdf(checked(body, tmp_path), "en", TODAY)[0] for _ in range(2)] == [first, first]


def test_pictures_weigh_what_their_samples_and_masks_do() -> None:
    store = Draft().store
    picture = flate(mask=flate("L", 90))
    assert picture.mask is not None
    store.add(picture)
    store.add(picture)
    assert 0 <= store.weight - len(picture.data) - len(picture.mask.data) < 50


def test_drawings_are_kept_by_language(pressed: Press, tmp_path: Path) -> None:
    body = rml('<barCodeFlowable code="Code128" value="12345" humanReadable="1"/>')
    for language in ("ja", "zh-Hans"):
        pressed.make_pdf(checked(body, tmp_path), language, TODAY)
    assert sorted(key[1] for key in pressed._cache if key[0] == "barcode") == ["ja", "zh-Hans"]


# --- how a file is opened --------------------------------------------------------------------------

VIEWING = [
    'pageMode="UseThumbs" pageLayout="TwoColumnLeft"',
    'pageMode="fullscreen" nonFullScreenPageMode="useoc"',
    'hideToolbar="yes" hideMenubar="1" hideWindowUI="no" fitWindow="TRUE" centerWindow="0"',
    'direction="R2L" viewArea="CropBox" viewClip="bleedbox" printArea="TrimBox" printClip="ArtBox"',
    'printScaling="None"',
]


def opening(content: bytes) -> dict[str, Any]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        catalog = pdf.Root
        found = {key: str(catalog[key]) for key in ("/PageMode", "/PageLayout") if key in catalog}
        found |= {key: str(value) for key, value in catalog.get("/ViewerPreferences", {}).items()}
    return {"/PageMode": "/UseNone", **found, "/DisplayDocTitle": "True"}


def begun(said: str, story: str = "<para>a</para>") -> str:
    return re.sub("<template", f"<docinit {said}/><template", rml(story), count=1)


@pytest.mark.parametrize("said", VIEWING)
def test_a_file_is_opened_as_docinit_says_on_both_paths(said: str) -> None:
    assert opening(press(begun(said))) == opening(referred(begun(said)))


def test_a_table_of_contents_is_shown_unless_docinit_says_otherwise() -> None:
    story = "<h1>One</h1><nextFrame/><nextPage/><h1>Two</h1>"
    assert opening(press(begun("", story)))["/PageMode"] == "/UseOutlines"
    assert opening(press(begun('pageMode="usenone"', story)))["/PageMode"] == "/UseNone"


def test_the_title_is_shown_whatever_docinit_says_since_accessible_files_have_to() -> None:
    with pikepdf.open(io.BytesIO(press(begun('displayDocTitle="0"')))) as pdf:
        assert pdf.Root.ViewerPreferences.DisplayDocTitle is True


@pytest.mark.parametrize("said", ['pageMode="thumbs"', 'hideToolbar="perhaps"', 'direction="up"', 'printScaling=""'])
def test_what_no_reader_knows_is_a_fault(said: str) -> None:
    with pytest.raises(TemplateError, match="<docinit>: no reader knows") as caught:
        press(begun(said))
    assert caught.value.where is not None
    assert caught.value.where.line == 2
