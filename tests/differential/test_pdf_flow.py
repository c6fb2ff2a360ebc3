"""How stories flow on the compiled path, held to z3c.rml on Platypus: places of words, pages, outlines, pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from differential.pdf_compare import differences, picture_differences
from differential.pdf_flows import FLOWS
from pressing import press, referred
from rendering import picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("flows")
    picture(made / "logo.png")
    return made


#: Where more is drawn than words.
PICTURED = (
    "spaces between",
    "shrunk into a box",
    "over a box",
    "styles of lists",
    "bullets",
    "borders of frames",
    "header and footer",
    "a picture on the left",
)


@pytest.mark.parametrize("name", FLOWS)
def test_both_paths_put_the_same_words_in_the_same_places(name: str, folder: Path) -> None:
    compiled, reference = press(FLOWS[name], folder), referred(FLOWS[name], folder)

    assert differences(compiled, reference) == []
    if name in PICTURED:
        assert picture_differences(compiled, reference) == []
