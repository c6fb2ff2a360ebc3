"""Finding encoding, delimiter and quoting of text files, and faults of rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, SourceError
from docgen.source.encodings import find_encoding
from docgen.source.tables import Table
from docgen.source.text_files import find_layout, read_text_file

NAMES = {
    "lt": "Jonas Kazlauskas,Šiauliai,Vaičiulytė Rūta,Žemaitės g. 5,Ąžuolų gatvė,Kovalčukas,Įmonė,Kęstutis,Panevėžys",
    "lv": "Jānis Bērziņš,Rīga,Liepāja,Ķekava,Ģirts,Kļaviņš,Šķēde,Ozoliņš",
    "et": "Tõnu Mägi,Pärnu,Jõhvi,Kuressaare",
    "de": "Müller,Straße,Köln,Jürgen Weiß,Österreich,Übung",
    "fr": "Hélène,François,Île-de-France,Noël,Saint-Étienne,Besançon,Mâcon,forêt,à côté",
    "es": "Muñoz,Peña,José,García,España,Málaga,Logroño,Núñez",
    "pt": "São Paulo,Conceição,Gonçalves,João,Luís,Ação,Praça",
    "sv": "Åsa Öberg,Malmö,Göteborg,Västerås",
    "da": "Søren,Ærø,Århus,København,Nørrebro",
    "it": "Nicolò,città,perché,Forlì,lunedì,Cantù",
    "fil": "Peñafrancia,Parañaque,Niño",
}


def write(folder: Path, content: bytes | str, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, **options: object) -> tuple[tuple[str, ...], list[tuple[int, list[object]]]]:
    table: Table = read_text_file(path, path.name, **options)  # type: ignore[arg-type]
    return table.columns, [(row, list(values)) for row, values in table.rows]


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        (language, encoding)
        for language, text in NAMES.items()
        for encoding in ("cp1252", "cp1257", "iso8859-1", "iso8859-15")
        if text.encode(encoding, "ignore").decode(encoding) == text
    ],
)
def test_names_of_a_language_are_read_right_in_every_encoding_that_has_them(
    tmp_path: Path, language: str, encoding: str
) -> None:
    text = NAMES[language]
    content = text.encode(encoding)
    path = write(tmp_path, content)
    assert path.read_text(find_encoding(path, "data.csv")) == text


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Rūta", "cp1257"),
        ("Jonė", "cp1257"),
        ("Rīga", "cp1257"),
        ("Hélène", "cp1252"),
        ("crème", "cp1252"),
        ("à", "cp1252"),
    ],
)
def test_one_word_can_be_enough(tmp_path: Path, word: str, encoding: str) -> None:
    assert find_encoding(write(tmp_path, word.encode(encoding)), "data.csv") == encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Иванов,Москва,улица", "cp1251"),
        ("Łódź,Kraków,Wałęsa,Świętokrzyska,Żółć", "cp1250"),
        ("Αθήνα,Παπαδόπουλος", "cp1253"),
        ("Müller,Straße,Köln", "cp850"),
    ],
)
def test_rarer_encodings_are_found_where_the_common_ones_make_no_words(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = write(tmp_path, text.encode(encoding))
    assert path.read_text(find_encoding(path, "data.csv")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_found_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "name;city\nJūratė;Šiauliai\n00123;€ 5\n".encode(encoding))
    assert read(path) == (("name", "city"), [(2, ["Jūratė", "Šiauliai"]), (3, ["00123", "€ 5"])])


def test_iso_8859_15_is_told_by_its_own_letters(tmp_path: Path) -> None:
    path = write(tmp_path, "Šárka,Žižkov".encode("iso8859-15"))
    assert path.read_text(find_encoding(path, "data.csv")) == "Šárka,Žižkov"


def test_a_wrong_guess_can_be_overridden(tmp_path: Path) -> None:
    path = write(tmp_path, "n\nGuðmundur Þórðarson\n".encode("cp1252"))
    assert read(path, encoding="windows-1252")[1] == [(2, ["Guðmundur Þórðarson"])]


@pytest.mark.parametrize("declared", ["utf-8", "ascii", "cp1252"])
def test_a_wrong_declared_encoding_names_line_and_byte(tmp_path: Path, declared: str) -> None:
    bad = b"\x81" if declared == "cp1252" else "ü".encode("cp1252")
    path = write(tmp_path, b"name\r\nAnn\r\nM" + bad + b"ller\r\n")
    with pytest.raises(SourceError) as caught:
        read(path, encoding=declared)
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.line) == ("data.csv", 3)
    assert f"byte 13 of the file (hexadecimal {bad.hex().upper()})" in caught.value.problem
    assert "encoding: windows-1252" in caught.value.hint


def test_the_bad_byte_is_found_beyond_the_first_block(tmp_path: Path) -> None:
    path = write(tmp_path, b"name\n" + b"0123456789\n" * 200_000 + b"\xfc\n")
    with pytest.raises(SourceError, match="byte 2200006 of the file") as caught:
        read(path, encoding="utf-8")
    assert caught.value.where is not None
    assert caught.value.where.line == 200_002


def test_a_damaged_utf8_file_is_a_fault_and_not_taken_for_another_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, "name\nJūratė\nŠarūnas\nKęstutis\n".encode() + b"M\xfcller\n")
    with pytest.raises(SourceError, match="not UTF-8: byte") as caught:
        read(path)
    assert caught.value.where is not None
    assert caught.value.where.line == 5


def test_an_unknown_encoding_is_a_fault_with_a_proposal(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='did you mean "windows-1257"'):
        read(write(tmp_path, "a\n1\n"), encoding="window-1257")


# --- layout ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["no", "name", "note"], ["001", "Žuvis, UAB", "a; b | c"], ["002", 'He said "hi"', "two\nlines"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    columns, found = read(write(tmp_path, text.getvalue()))
    assert [list(columns), *(values for _, values in found)] == rows


def test_german_decimals_do_not_make_the_comma_a_delimiter() -> None:
    assert find_layout("name;amount\nA;1,5\nB;2,5\nC;3,5\n").delimiter == ";"


def test_a_single_column_is_not_cut() -> None:
    assert find_layout("name\nLee, Ann\nRay\nFox\n").delimiter == "\t"


def test_single_quotes_and_backslashes_are_found(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a,b\n'x, y',1\n'z',2\n"))[1] == [(2, ["x, y", "1"]), (3, ["z", "2"])]
    assert read(write(tmp_path, 'a,b\n"x \\"y\\", z",1\n'))[1] == [(2, ['x "y", z', "1"])]


def test_an_apostrophe_in_a_name_is_no_quote(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a,b\nO'Neil,D'Arcy\n'tis,x\n"))[1] == [(2, ["O'Neil", "D'Arcy"]), (3, ["'tis", "x"])]


def test_excels_separator_line_is_obeyed_and_counted(tmp_path: Path) -> None:
    assert read(write(tmp_path, "sep=|\r\na|b\r\n1,2;3|x\r\n")) == (("a", "b"), [(3, ["1,2;3", "x"])])


@pytest.mark.parametrize("name", ["tab", "\t", "TAB"])
def test_a_delimiter_may_be_named(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path, "a,b\tc\n1,2\t3\n"), delimiter=name) == (("a,b", "c"), [(2, ["1,2", "3"])])
    with pytest.raises(SourceError, match="not one character"):
        read(write(tmp_path, "a\n1\n"), delimiter=";;")


def test_without_a_header_columns_are_numbered(tmp_path: Path) -> None:
    assert read(write(tmp_path, "1;2\n3;4\n"), header=False) == (
        ("column1", "column2"),
        [(1, ["1", "2"]), (2, ["3", "4"])],
    )


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["00123", "1E5", "TRUE", "1-2", "+49 171", "9" * 30, '"', "'", ",;|\t", "a\r\nb", "\n", " x ", "ž€", "=1", "\\"]
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 4))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))


@given(tables(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]))
@settings(deadline=None, max_examples=200)
def test_any_table_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    text = io.StringIO()
    header = [f"c{n}" for n in range(len(rows[0]))]
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    path = write(tmp_path_factory.mktemp("t"), text.getvalue().encode(encoding))
    declared = encoding if encoding == "utf-16-le" else None
    columns, found = read(path, delimiter=delimiter, encoding=declared, quote='"')
    assert list(columns) == header
    assert [values for _, values in found] == rows


LATIN = st.text("abcxyzäöüßéñ 0123456789-+.,;|'\"\n", max_size=10)


@given(
    st.lists(st.tuples(LATIN, LATIN, LATIN), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["cp1252", "iso8859-1", "iso8859-15", "cp1257"]),
)
@settings(deadline=None, max_examples=100)
def test_any_table_in_a_declared_encoding_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], delimiter: str, encoding: str
) -> None:
    rows = [tuple("".join(c for c in cell if c != "ñ" or encoding != "cp1257") for cell in row) for row in rows]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
    path = write(tmp_path_factory.mktemp("t"), text.getvalue().encode(encoding))
    assert [tuple(values) for _, values in read(path, encoding=encoding)[1]] == rows


# --- faults ---------------------------------------------------------------------------------------


def test_every_ragged_row_is_named_with_its_row(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b;c\n1;2;3\n1;2\n\n1;2;3\n1;2;3;4\n")
    with pytest.raises(Faults) as caught:
        read(path)
    assert [str(fault) for fault in caught.value.faults] == [
        "data.csv, row 3: the row has 2 values, the header has 3 columns; "
        "every row needs as many delimiters as the header",
        "data.csv, row 6: the row has 4 values, the header has 3 columns; "
        "put a value that contains the delimiter in quotes",
    ]


def test_thousands_of_ragged_rows_are_told_up_to_a_cap(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b\n" + "1;2\n" * 3000 + "1\n" * 2000)
    with pytest.raises(Faults) as caught:
        read(path)
    assert len(caught.value.faults) == 51
    assert "and 1950 more rows like these" in str(caught.value.faults[-1])


def test_a_quote_that_never_closes_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path, 'a;b\n1;2\n3;"4\n5;6\n')
    with pytest.raises(SourceError, match="a quote is opened and never closed"):
        read(path, quote='"')


def test_text_after_a_closing_quote_is_a_fault_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'a;b\n1;2\n3;"4" inch\n5;6\n')
    with pytest.raises(SourceError, match="text follows a closing quote") as caught:
        read(path, quote='"', delimiter=";")
    assert caught.value.where is not None
    assert caught.value.where.line == 3


@pytest.mark.parametrize("header", ["a;b;a", "Name;x;name", "a;b; a "])
def test_columns_of_one_name_are_a_fault(tmp_path: Path, header: str) -> None:
    with pytest.raises(SourceError, match=r"2 columns are called .* \(columns 1, 3\)"):
        read(write(tmp_path, f"{header}\n1;2;3\n"))


def test_a_column_without_a_name_is_a_fault_unless_it_is_empty_and_last(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="column 2 has no name"):
        read(write(tmp_path, "a;;c\n1;2;3\n"))
    assert read(write(tmp_path, "a;b;\n1;2;\n")) == (("a", "b"), [(2, ["1", "2"])])
    with pytest.raises(SourceError, match="row 2: the row has a value in a column without a name"):
        read(write(tmp_path, "a;b;\n1;2;3\n"))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_an_empty_file_is_a_fault(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="the file is empty"):
        read(write(tmp_path, content))


def test_header_names_lose_blanks_and_values_keep_them(tmp_path: Path) -> None:
    assert read(write(tmp_path, ' a ;"b\nc"\n 1 ;2\n')) == (("a", "b c"), [(2, [" 1 ", "2"])])
