"""Beginning with a shipped kind of document: what is copied, and that nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import UserError
from docgen.job import load_job
from docgen.starter import copy_kind, shipped_kinds, starter_folder
from docgen.template import load_templates, template_names


@pytest.mark.parametrize("kind", shipped_kinds())
def test_every_kind_comes_with_all_that_it_needs(kind: str, tmp_path: Path) -> None:
    written = copy_kind(kind, tmp_path / "templates", tmp_path / "campaigns", "our-own")
    templates = load_templates(tmp_path / "templates")
    job_file = tmp_path / "campaigns" / "our-own.yaml"
    shipped_job = starter_folder() / "campaigns" / f"{kind}.yaml"
    assert job_file.exists() == shipped_job.exists()
    if kind in template_names(starter_folder() / "templates"):
        assert "our-own" in templates
        assert kind not in templates
    if job_file.exists():
        job = load_job(job_file, {})
        named = {spec.template for spec in job.documents.values()}
        assert named <= templates.keys()
        assert all((job_file.parent / path).exists() for path in _data(shipped_job))
    assert all(path.is_file() for path in written)


def _data(job: Path) -> list[str]:
    words = job.read_text(encoding="utf-8").replace("#", " ").replace(",", " ").split()
    return [word for word in words if word.startswith("data/")]


def test_a_kind_keeps_its_name_where_none_is_given(tmp_path: Path) -> None:
    copy_kind("invoice", tmp_path / "templates", tmp_path / "campaigns")
    assert {"invoice", "invoice-email"} == set(template_names(tmp_path / "templates"))


def test_a_name_that_is_taken_changes_nothing(tmp_path: Path) -> None:
    copy_kind("invoice", tmp_path / "templates", tmp_path / "campaigns")
    body = tmp_path / "templates" / "invoice" / "body.rml"
    body.write_text("mine")
    with pytest.raises(UserError, match="is there already; nothing was changed"):
        copy_kind("invoice", tmp_path / "templates", tmp_path / "campaigns")
    copy_kind("invoice", tmp_path / "templates", tmp_path / "campaigns", "second")
    assert body.read_text() == "mine"


def test_shared_parts_and_sample_data_of_the_user_stay(tmp_path: Path) -> None:
    mine = [tmp_path / "templates/shared/styles.rml", tmp_path / "campaigns/data/customers.csv"]
    for path in mine:
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    copy_kind("invoice", tmp_path / "templates", tmp_path / "campaigns")
    assert [path.read_text() for path in mine] == ["mine", "mine"]


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("invoce", "", 'docgen ships no "invoce"; did you mean "invoice"?'),
        ("invoice", "../up", '"../up" cannot be the name of a template; use letters, digits and hyphens'),
        ("invoice", "shared", '"shared" cannot be the name of a template; use letters, digits and hyphens'),
    ],
)
def test_what_cannot_be_begun_is_told(kind: str, name: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        copy_kind(kind, tmp_path / "templates", tmp_path / "campaigns", name)
    assert str(caught.value) == told
    assert not [*tmp_path.rglob("*")]
