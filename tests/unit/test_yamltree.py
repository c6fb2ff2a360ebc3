"""YAML as plain data with places."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import ConfigError, DocgenError, Faults, JobError, MissingVariable
from docgen.model import Where
from docgen.yamltree import YamlTree, load_yaml, parse_yaml


def read(text: str, environ: Mapping[str, str] | None = None) -> YamlTree:
    return parse_yaml(text, "job.yaml", environ)


def fault_of(text: str) -> DocgenError:
    with pytest.raises(JobError) as caught:
        read(text)
    return caught.value


TEXTS = [
    *("yes", "no", "on", "off", "True", "NULL", "00123", "0171", "1E5", "1e5", "0x10", "0o7", "1_000", "+5", "-0"),
    *("1.", ".5", ".inf", ".nan", "2026-01-01", "12:30", "1-2", "0.0000001", "1234567890123456789"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text(text: str) -> None:
    assert read(f"a: {text}").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-12", -12), ("1.10", Decimal("1.10")), ("true", True), ("false", False), ("~", None), ("", None)],
)
def test_few_scalars_mean_something(text: str, value: object) -> None:
    data = read(f"a: {text}").data
    assert data == {"a": value}
    assert isinstance(data, dict)
    assert type(data["a"]) is type(value)


def test_quoted_scalars_are_text() -> None:
    assert read("""a: "12"\nb: 'true'\nc: |\n  7\n""").data == {"a": "12", "b": "true", "c": "7\n"}


def test_keys_are_text_even_when_they_look_like_something_else() -> None:
    assert read("on: a\n1: b\ntrue: c\n2026-01-01: d").data == {"on": "a", "1": "b", "true": "c", "2026-01-01": "d"}


@given(st.from_regex(r"[-+]?[0-9][0-9._eExo:-]{0,14}", fullmatch=True).filter(lambda text: not text.endswith(":")))
@settings(deadline=None, max_examples=300)
def test_what_looks_like_a_number_is_written_back_as_it_came(text: str) -> None:
    data = read(f"a: {text}").data
    assert isinstance(data, dict)
    assert str(data["a"]) == text


# PyYAML itself does not read back these three as it writes them.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"), max_size=12)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**17), max_value=10**17),
    TEXT,
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(TREES, st.sampled_from([True, False, None]), st.booleans())
@settings(deadline=None, max_examples=200)
def test_what_yaml_dumps_comes_back_equal(data: object, flow: bool | None, unicode: bool) -> None:
    text = yaml.safe_dump({"data": data}, default_flow_style=flow, allow_unicode=unicode, sort_keys=False)
    tree = read(text)
    assert tree.faults == ()
    assert tree.data == {"data": data}


SHAPES: st.SearchStrategy[Any] = st.recursive(
    st.just(None), lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=15
)


def name_leaves(shape: Any, as_mapping: bool, counter: Iterator[int]) -> Any:
    """Give every leaf and key a word that stands nowhere else."""
    if shape is None:
        return f"word{next(counter):03}"
    if as_mapping:
        return {f"key{next(counter):03}": name_leaves(child, not as_mapping, counter) for child in shape}
    return [name_leaves(child, not as_mapping, counter) for child in shape]


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, str):
        yield path, data
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, child in pairs:
        yield from leaves(child, (*path, step))


def place_in(text: str, word: str) -> tuple[int, int]:
    before = text[: text.index(word)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@given(SHAPES, st.sampled_from([True, False, None]), st.integers(2, 6), st.integers(20, 90))
@settings(deadline=None, max_examples=200)
def test_every_value_and_key_knows_its_place(shape: Any, flow: bool | None, indent: int, width: int) -> None:
    data = {"top": name_leaves(shape, True, iter(range(1000)))}
    text = yaml.safe_dump(data, default_flow_style=flow, indent=indent, width=width)
    tree = read(text)
    for path, word in leaves(data):
        place = tree.where(path)
        assert ((place.line, place.column), place.path) == (place_in(text, word), path)
        if isinstance(path[-1], str):
            key = tree.where_key(path)
            assert (key.line, key.column) == place_in(text, path[-1])


def test_a_value_that_is_not_there_has_the_place_of_the_nearest_above_it() -> None:
    tree = read("a:\n  b: {c: 1}\n")
    assert tree.where(("a", "b", "x", 3)) == Where("job.yaml", 2, 6, ("a", "b", "x", 3))
    assert tree.where(("z",)) == Where("job.yaml", 1, 1, ("z",))


def test_values_are_found_by_path_and_others_are_none() -> None:
    tree = read("a: [{b: 1}, two]")
    assert tree.at(("a", 0, "b")) == 1
    assert tree.at(("a", 5)) is None
    assert tree.at(("a", 1, "b")) is None
    assert tree.mapping("a", 0) == {"b": 1}
    assert tree.mapping("a") == {}
    assert tree.sequence("a", 1) == ["two"]
    assert tree.sequence("nothing") == []


def test_variables_are_put_in() -> None:
    tree = read('a: ${USER_1}\nb: "x${A}y${B:-d e}z"\nc: ${EMPTY:-default}', {"USER_1": "u", "A": "1", "EMPTY": ""})
    assert tree.faults == ()
    assert tree.data == {"a": "u", "b": "x1yd ez", "c": "default"}


def test_a_number_from_a_variable_stays_text() -> None:
    assert read("a: ${PORT}", {"PORT": "0587"}).data == {"a": "0587"}


def test_jinja_after_a_dollar_sign_and_doubled_dollars_are_left_alone() -> None:
    assert read('a: "${{ total }} $${HOME} $1"', {}).data == {"a": "${{ total }} ${HOME} $1"}


def test_without_an_environment_nothing_is_put_in() -> None:
    assert read("a: ${HOME}").data == {"a": "${HOME}"}


def test_every_unset_variable_is_named_with_its_place() -> None:
    tree = read("a: ${ONE}\nb: [x, 'y${TWO}']", {})
    assert [type(fault) for fault in tree.faults] == [MissingVariable, MissingVariable]
    assert [str(fault).partition(";")[0] for fault in tree.faults] == [
        "job.yaml, line 1, column 4, a: the environment variable ONE is not set",
        "job.yaml, line 2, column 8, b › 1: the environment variable TWO is not set",
    ]
    assert tree.faults[0].hint == "set ONE, or write ${ONE:-default}"
    assert tree.broken == {("a",), ("b", 1)}
    with pytest.raises(Faults):
        tree.check()


def test_what_is_no_name_of_a_variable_is_a_fault() -> None:
    (fault,) = read("a: ${not a name}", {}).faults
    assert str(fault) == (
        "job.yaml, line 1, column 4, a: ${not a name} does not name an environment variable; write $${ for a plain ${"
    )


def test_a_message_shows_variables_as_they_are_written() -> None:
    tree = read("a: ${SECRET}\nb: plain\nc: true", {"SECRET": "hunter2"})
    assert [tree.show((key,)) for key in "abc"] == ["${SECRET}", "plain", "true"]
    assert "hunter2" not in repr(tree)


def test_a_duplicate_key_is_a_fault_and_the_first_counts() -> None:
    tree = read("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert tree.data == {"a": 1, "b": {"c": 1}}
    assert [str(fault) for fault in tree.faults] == [
        'job.yaml, line 4, column 3, b › c: the key "c" is here twice; the first is in line 3',
        'job.yaml, line 5, column 1, a: the key "a" is here twice; the first is in line 1',
    ]


def test_jinja_without_quotes_is_recognised() -> None:
    (fault,) = read("to: {{ email }}").faults
    assert (
        str(fault) == 'job.yaml, line 1, column 5, to: a key that is not text; text that begins with "{" needs quotes'
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("a:\n\tb: 1", 2, 1, "a tab stands where only spaces may; indent with spaces"),
        ("a: b: c", 1, 5, 'a ":" where no key can be'),
        ("a: 1\n  b: 2", 2, 4, 'a ":" where no key can be'),
        ("a:\n  b: 1\n c: 2", 3, 2, "a line that does not fit the keys above it"),
        ("a:\n  - 1\n  b: 2", 3, 3, "a line that does not fit the list above it"),
        ('x: 1\na: "open\nb: 1', 2, 4, "text in quotes that does not end"),
        ("x: 1\na: [1, 2\nb: 1", 2, 4, 'a list in "[...]" that does not end'),
        ("a: {b: 1\n", 1, 4, 'keys in "{...}" that do not end'),
        ("a: @b", 1, 4, 'text that begins with "@" is not in quotes; put it in quotes'),
        ("a: %b", 1, 4, 'text that begins with "%" is not in quotes'),
        ("a: *b", 1, 4, "an alias (*name) without its anchor"),
        ("a: ** b", 1, 5, "is not in quotes"),
        ('a: "\\q"', 1, 6, "an escape (\\) that YAML does not know"),
        ("a: 1\njust words\nb: 2", 2, 1, 'neither "key: value" nor'),
        ("a: 1\n---\nb: 2", 2, 1, "a second document"),
        ("a: !x!y z", 1, 4, 'text that begins with "!" is not in quotes'),
        ("a: 1\nb: x\x07y", 2, 5, "a character that no YAML file may hold (U+0007)"),
        ("a: &x {b: *x}", 1, 4, "nested too deep, or an alias that holds itself"),
    ],
)
def test_faults_of_syntax_are_said_in_plain_words(text: str, line: int, column: int, part: str) -> None:
    fault = fault_of(text)
    assert part in str(fault)
    assert fault.where is not None
    assert (fault.where.file, fault.where.line, fault.where.column) == ("job.yaml", line, column)


@pytest.mark.parametrize(
    "text", ["a: !!python/object:os.system x", "a: !!int x", "a: !!set {b}", "a: !!timestamp 2026-01-01"]
)
def test_tags_make_no_objects(text: str) -> None:
    (fault,) = read(text).faults
    assert "tag (!...)" in str(fault)


def test_merge_keys_are_a_fault_rather_than_a_strange_key() -> None:
    (fault,) = read("a: &x {b: 1}\nc: {<<: *x}").faults
    assert "merging keys with << is not supported; repeat the keys" in str(fault)


def test_aliases_that_multiply_are_stopped() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "anchors and aliases multiply beyond measure" in str(fault_of("\n".join(levels)))


def test_deep_nesting_is_stopped() -> None:
    assert "nested too deep" in str(fault_of("[" * 1500 + "]" * 1500))
    assert "nested too deep" in str(fault_of("[" * 80 + "]" * 80))


def test_an_empty_file_is_nothing() -> None:
    assert read("").data is None
    assert read("# only a comment\n").data is None


def test_a_file_is_called_as_the_user_called_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: \xc3\xa4\n")
    assert load_yaml(file).where(("a",)) == Where(str(file), 1, 4, ("a",))
    tree = load_yaml(file, "campaigns/a.yaml")
    assert (tree.data, tree.file) == ({"a": "ä"}, "campaigns/a.yaml")
    assert tree.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_utf16_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: ä\n", encoding="utf-16")
    assert load_yaml(file).data == {"a": "ä"}


def test_other_encodings_are_a_fault_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\nb: ä\n", encoding="windows-1252")
    with pytest.raises(ConfigError, match=r"a\.yaml, line 2: the file is not UTF-8 text; save it as UTF-8"):
        load_yaml(file, "a.yaml", error=ConfigError)


def test_an_absent_file_names_a_similar_one(tmp_path: Path) -> None:
    (tmp_path / "invoices.yaml").write_text("a: 1")
    with pytest.raises(JobError, match=r'x\.yaml: there is no such file; did you mean "invoices\.yaml"\?'):
        load_yaml(tmp_path / "invoice.yaml", "x.yaml")
    with pytest.raises(JobError, match=r"there is no such file$"):
        load_yaml(tmp_path / "no" / "invoice.yaml", "x.yaml")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("newsletter", "campaigns/newsletter.yaml"),
        ("newsletter.yaml", "campaigns/newsletter.yaml"),
        ("newsleter", "campaigns/newsletter.yaml"),
        ("campaigns/newsletter", "campaigns/newsletter.yaml"),
        ("job", "job.yaml"),
    ],
)
def test_a_name_without_folder_or_ending_is_answered_with_the_file(tmp_path: Path, name: str, meant: str) -> None:
    (tmp_path / "campaigns").mkdir()
    for file in ("campaigns/newsletter.yaml", "campaigns/deal.yaml", "job.yaml"):
        (tmp_path / file).write_text("a: 1")
    with pytest.raises(JobError) as caught:
        load_yaml(tmp_path / name, name)
    assert caught.value.hint == f'did you mean "{tmp_path / meant}"?'


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="the file cannot be read"):
        load_yaml(tmp_path)


def test_a_value_can_be_replaced_with_one_from_elsewhere() -> None:
    tree = read("a:\n  b: ${UNSET}\n  c: 2", {})
    other = tree.with_value(("a", "b"), "x", Where("elsewhere")).with_value(("d", "e"), "y", Where("there"))
    assert other.data == {"a": {"b": "x", "c": 2}, "d": {"e": "y"}}
    assert other.faults == ()
    assert other.where(("a", "b")) == Where("elsewhere", path=("a", "b"))
    assert other.where_key(("d", "e")) == Where("there", path=("d", "e"))
    assert other.with_value(("a", "c"), None, Where("there")).data == {"a": {"b": "x"}, "d": {"e": "y"}}
    assert tree.data == {"a": {"b": "${UNSET}", "c": 2}}
