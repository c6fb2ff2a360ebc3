"""Whatever stands in a YAML file, it is read or its faults are said with their places."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, create_model

from docgen.config import load_config
from docgen.errors import Faults, JobError, UserError
from docgen.job import load_job
from docgen.strict import StrictModel
from docgen.template import load_template
from docgen.validation import validate
from docgen.yamltree import parse_yaml

JOB = """
name: n
class: marketing
data:
  tables: {a: a.csv, b: {url: "${V}", table: t}}
  records: select 1
  key: no
  nest: {rows: {table: b, on: no, order_by: [x, y]}}
numbers: {number: "N{n}", other: {pattern: "{n:03}", start: 2}}
values: {a: {b: 1}}
documents: {d: {template: t, format: pdf, file: f}, e: {template: t, format: docx, file: f}}
deliver:
  - email: {to: a, template: m, attach: [d, e], from: a@example.com}
  - print: {documents: d, envelope: us-10, sort: [a], duplex: true}
  - folder: {path: p}
policy: {missing: blank, pause_after_failures: 3}
"""
CONFIG = """
company: {name: A, country: DE, colours: {accent: "#000000"}, footer: [a, b], iban: "", currency: EUR}
email: {transport: smtp, host: h, from: a@example.com, username: u, password: "${V}", port: 25, timeout_s: 2.5}
ledger: sqlite:///x.sqlite
templates: t
limits: {time_s: 1, loop: 10}
"""
TEMPLATE = """
title: T
kind: invoice
body: body.txt
fields: {a: text, lines: {type: list, fields: {b: {type: decimal, required: true}}}, c: {type: list, of: date}}
texts: {en: {x: X, y: {one: a, other: b}}, de: {x: X, y: Y}}
"""
LOADERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "job.yaml": (JOB, lambda file: load_job(file, {"V": "v"})),
    "config.yaml": (CONFIG, lambda file: load_config(file, {"V": "v"})),
    "template.yaml": (TEMPLATE, lambda file: load_template(file.parent)),
}

JUNK: list[Any] = [
    None,
    True,
    7,
    -1,
    1.5,
    "",
    "x",
    "a\nb",
    "${V}",
    "${UNSET}",
    "{{ x }}",
    [],
    ["a"],
    [7],
    [[]],
    [None],
    [{}],
]
JUNK += [{}, {"a": None}, {"a": "b"}, {"a b": {"c": 1}}, {"email": None}, {"name": []}]


def paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, child in pairs:
        yield from paths(child, (*path, step))


def spoiled(data: Any, path: tuple[Any, ...], how: str, junk: Any) -> Any:
    data = copy.deepcopy(data)
    parent = data
    for step in path[:-1]:
        parent = parent[step]
    if how == "replace":
        parent[path[-1]] = copy.deepcopy(junk)
    elif how == "delete":
        del parent[path[-1]]
    elif isinstance(parent, dict):
        parent[f"{path[-1]}x"] = parent.pop(path[-1])
    return data


@pytest.mark.parametrize("name", LOADERS)
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_stands_in_a_file_it_is_read_or_its_faults_have_places(name: str, data: st.DataObject) -> None:
    text, load = LOADERS[name]
    content = yaml.safe_load(text)
    for _ in range(data.draw(st.integers(0, 3))):
        path = data.draw(st.sampled_from(sorted(paths(content), key=str)))
        how = data.draw(st.sampled_from(["replace", "replace", "delete", "rename"]))
        content = spoiled(content, path, how, data.draw(st.sampled_from(JUNK)))
        if not content:
            break
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "body.txt").write_text("x")
        file = Path(folder) / name
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        try:
            load(file)
        except UserError as error:
            faults = error.faults if isinstance(error, Faults) else (error,)
            assert all(fault.where is not None and fault.where.file == str(file) for fault in faults)
            assert all("\n" not in str(fault) for fault in faults)
            assert len({str(fault) for fault in faults}) == len(faults)


class Inner(StrictModel):
    shorthand = "text"

    text: str = Field(description="The text.")
    number: float = Field(1, gt=0, lt=10)


class Outer(StrictModel):
    inner: Inner
    inners: dict[str, Inner] = Field(default_factory=dict)
    maybe: Inner | None = None
    several: tuple[Inner, ...] = ()


def sentence(text: str) -> str:
    with pytest.raises(JobError) as caught:
        validate(Outer, parse_yaml(text, "f"), JobError)
    return str(caught.value).removeprefix("f, ")


def test_a_text_stands_for_a_whole_group_of_keys() -> None:
    outer = validate(Outer, parse_yaml("inner: a\ninners: {x: 7, y: {text: b}}\nmaybe: c\nseveral: [d]", "f"), JobError)
    assert outer.inner == Inner(text="a")
    assert outer.inners == {"x": Inner(text="7"), "y": Inner(text="b")}
    assert (outer.maybe, outer.several) == (Inner(text="c"), (Inner(text="d"),))


def test_numbers_pass_for_text_as_they_are_written() -> None:
    outer = validate(Outer, parse_yaml("inner: {text: 1.10, number: 2.5}", "f"), JobError)
    assert outer.inner == Inner(text="1.10", number=2.5)
    assert isinstance(parse_yaml("a: 1.10", "f").at(("a",)), Decimal)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inner: {text: a, number: 0}", 'line 1, column 26, inner › number: "0" must be more than 0'),
        ("inner: {text: a, number: 10}", 'line 1, column 26, inner › number: "10" must be less than 10'),
        ("inner: {text: a, number: b}", 'line 1, column 26, inner › number: "b" is not a number'),
        (
            "inner: a\nmaybe: {txt: b, text: c}",
            'line 2, column 9, maybe › txt: unknown key "txt"; did you mean "text"?',
        ),
        (
            "inner: a\ninners:\n  x: {}",
            'line 3, column 3, inners › x › text: the key "text" is missing; text: the text',
        ),
        (
            "inner: a\nseveral:\n  - {}",
            'line 3, column 5, several › 0 › text: the key "text" is missing; text: the text',
        ),
    ],
)
def test_the_place_of_a_fault_is_where_the_person_must_go(text: str, expected: str) -> None:
    assert sentence(text) == expected


def test_a_long_value_is_shown_in_short_on_one_line() -> None:
    shown = sentence("inner: {text: a, number: '" + "long \n\n " * 50 + "'}")
    assert len(shown) < 150
    assert "long long" in shown
    assert "…" in shown


@pytest.mark.parametrize(
    ("described", "shown"), [("What: a, b, ...", "what: a, b, ..."), ("What.", "what"), ("PDF", "PDF")]
)
def test_the_hint_of_a_missing_key_is_its_description_to_the_end(described: str, shown: str) -> None:
    model = create_model("Described", __base__=StrictModel, kind=(str, Field(description=described)))
    with pytest.raises(JobError) as told:
        validate(model, parse_yaml("{}", "x.yaml"), JobError)
    assert told.value.hint == f"kind: {shown}"
