"""A mistake of an operator gives one line that names it and says what to do."""

from pathlib import Path

import pytest

from tests import prepared
from tests.playbook.program import KEY, manage, run


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("PORT=8000\n\nTIME ZONE=UTC\n", 3),
        ("SITE_URL\n", 1),
        ("# A comment\nSITE_URL='http://127.0.0.1\n", 2),
    ],
)
def test_a_malformed_line_of_the_env_file_is_named(written: str, line: int, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(written)
    done = manage("check", ENV_FILE=str(file))
    assert done.stderr == (
        f"{file}, line {line} cannot be read: "
        "it should be NAME=value, or begin with # as a comment\n"
    )
    assert (done.returncode, done.stdout) == (1, "")


def test_an_env_file_with_comments_quotes_and_unknown_variables_is_read(tmp_path: Path) -> None:
    file = tmp_path / "env"
    key = f"# The key\nexport SECRET_KEY='{KEY}'  # kept\n"
    file.write_text(f"{key}\nOTHER_PROGRAM=8001\nEMAIL_FROM=\n")
    assert manage("check", ENV_FILE=str(file)).returncode == 0


def test_an_env_file_that_is_a_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    fault = f"{tmp_path} is a folder: move it away; variables are read from a file of that name"
    done = manage("check", ENV_FILE=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{fault}\n")
    before_installing = run("playbook/starting/preflight.py", "port", ENV_FILE=str(tmp_path))
    assert (before_installing.stdout, before_installing.stderr) == (f"{fault}\n", "")


def test_an_env_file_in_a_different_encoding_is_reported_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_bytes("PORT=8000\nEMAIL_FROM=café@example.org\n".encode("latin-1"))
    fault = f"{file} is not UTF-8 (line 2): save it as UTF-8"
    done = manage("check", ENV_FILE=str(file))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{fault}\n")
    before_installing = run("playbook/starting/preflight.py", "port", ENV_FILE=str(file))
    assert (before_installing.stdout, before_installing.stderr) == (f"{fault}\n", "")


def test_a_database_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "playbook.sqlite3"
    done = manage("prepare", DATABASE_URL=f"sqlite:///{file}")
    assert done.stderr == (
        "CommandError: The database of DATABASE_URL cannot be used: unable to open database file "
        f"({file}). Its folder must exist, and you must be able to write to both\n"
    )
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("place", ["file", "file/static"])
def test_a_static_root_that_cannot_be_a_folder_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = tmp_path / "playbook.sqlite3"
    prepared.copy_database(prepared.DATABASE, database)
    url = f"sqlite:///{database}"
    done = manage("prepare", DATABASE_URL=url, STATIC_ROOT=str(tmp_path / place))
    assert done.stderr.startswith(
        f"CommandError: The static files cannot be written to {tmp_path / place} ("
    )
    assert done.stderr.endswith("): set STATIC_ROOT to a folder that you can write to\n")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
