"""What the command line says to people who are not engineers, where a library's own words would stand otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit import Office


def test_a_folder_without_configuration_is_told_where_one_comes_from(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = Office.__new__(Office)
    elsewhere.root = tmp_path_factory.mktemp("elsewhere")
    result = elsewhere.call("runs")
    assert result.code == 1
    assert result.err == (
        "there is no config.yaml in this folder; "
        "go to the folder that has it, name it with --config, or make one: docgen init FOLDER\n"
    )


def test_a_wrong_word_for_an_option_is_answered_with_the_right_ones(office: Office) -> None:
    result = office.call("schema", "jobs")
    assert result.code == 1
    assert "'jobs' is not one of 'job', 'config', 'template'" in result.err
    assert "Value error" not in result.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["run"], "Missing argument 'JOB'; see docgen run --help\n"),
        (["suppress", "add"], "Missing argument 'ADDRESS...'; see docgen suppress add --help\n"),
        (["nope"], "No such command 'nope'; see docgen --help\n"),
    ],
)
def test_a_command_used_wrongly_points_to_its_own_help(office: Office, words: list[str], error: str) -> None:
    assert office.call(*words).err == error


def test_preview_prints_paths_as_a_person_in_the_folder_would_write_them(office: Office) -> None:
    printed = office.call("preview", "jobs/letters.yaml", "--record", "0001").out.splitlines()
    assert "out/preview/letters/letter 0001.txt" in printed
    assert all((office.root / Path(line)).is_file() for line in printed)


def test_advice_after_a_run_with_bad_rows_points_to_the_reasons(office: Office) -> None:
    office.edit("data/customers.csv", "0003,Smith & Co,", "0003,,")
    result = office.run()
    assert result.code == 4
    assert "Mend what quarantine.csv says, in your own data, and run the job again" in result.out


def test_check_says_before_the_run_that_there_are_no_records(office: Office) -> None:
    office.edit("jobs/letters.yaml", "  key: no\n", "  records: from customers where city = 'paris'\n  key: no\n")
    checked, ran = office.call("check", "jobs/letters.yaml"), office.run()
    assert (checked.code, ran.code) == (1, 1)
    assert "the data has no records; check the tables, and `records` if there is SQL" in checked.out
    assert ran.err in checked.out
