"""Installing says which package it downloads, and upgrading says how to go back."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from playbook.release import SOURCES
from tests.playbook.program import KEY, ROOT, environment, run

GIT = {
    f"GIT_{who}_{what}": "me@example.org"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}


def wheel(folder: Path, name: str) -> str:
    """Write a package, and return the line of a requirements file for it."""
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", "")
        about = f"{name}-1.0.dist-info"
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


def test_installing_names_each_package(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(wheel(tmp_path, "first") + wheel(tmp_path, "second"))
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "PIP_TARGET": str(tmp_path / "installed"),
    }
    done = run("playbook/starting/installing.py", str(requirements), **offline)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "  1 of at most 2: first-1.0-py3-none-any.whl",
        "  2 of at most 2: second-1.0-py3-none-any.whl",
        "  Installing 2 packages …",
    ]

    requirements.write_text("first==1.0 --hash=sha256:" + "0" * 64)
    failed = run("playbook/starting/installing.py", str(requirements), **offline)
    assert failed.returncode == 1
    assert "DO NOT MATCH THE HASHES" in failed.stderr


def git(folder: Path, *command: str) -> str:
    done = subprocess.run(
        ["git", *command],
        cwd=folder,
        env={**os.environ, **GIT},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of this project with a prepared site, whose origin is beside it."""
    origin = tmp_path / "origin"
    origin.mkdir()
    for name in ("Makefile", "manage.py", "pyproject.toml", "requirements.txt", ".env.example"):
        shutil.copy(ROOT / name, origin)
    for name in (*SOURCES, "fixtures"):
        shutil.copytree(ROOT / name, origin / name, ignore=shutil.ignore_patterns("__pycache__"))
    (origin / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    git(origin, "init", "--quiet")
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "Release 1")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "origin", "clone")
    borrow_packages(clone)
    (clone / ".env").write_text(f"SECRET_KEY={KEY}\nDEBUG=true\n")
    return clone


def borrow_packages(clone: Path) -> None:
    """Give the clone the packages of the tests, as if they had just been installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = clone / ".venv" / "lib" / version / "site-packages"
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    (clone / ".venv" / "bin" / ".installed").touch()


def release(clone: Path, file: str, content: str) -> None:
    origin = clone.parent / "origin"
    (origin / file).write_text(content)
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "Release 2")


def make(clone: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    variables = environment()
    del variables["ENV_FILE"]
    return subprocess.run(
        ["make", "--no-print-directory", *targets],
        cwd=clone,
        env={**variables, **GIT},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_upgrade_backs_up_gets_the_release_and_prepares_it(clone: Path) -> None:
    python = clone / ".venv" / "bin" / "python"
    prepare = [str(python), "manage.py", "prepare"]
    subprocess.run(prepare, cwd=clone, env={**environment(), "ENV_FILE": ".env"}, check=True)
    release(clone, "RELEASE", "2")
    done = make(clone, "upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    (backup,) = (clone / "backups").iterdir()
    assert [line for line in done.stdout.splitlines() if line.endswith("…")] == [
        "Backing up the database …",
        "Getting the newest release …",
        "Installing its packages …",
        "Preparing the database and the static files …",
    ]
    assert "Restart the site now" in done.stdout
    assert done.stdout.endswith(f"The backup from before is backups/{backup.name}.\n")
    assert (clone / "RELEASE").read_text() == "2"

    # The next release cannot be prepared.
    commit = git(clone, "rev-parse", "--short=12", "HEAD")
    release(clone, "playbook/management/commands/prepare.py", "raise SystemExit('no')\n")
    stopped = make(clone, "upgrade")
    assert stopped.returncode == 2
    assert "The upgrade stopped at: Preparing the database and the static files." in stopped.stderr
    assert f"git checkout {commit}\n    make install\n" in stopped.stderr


def test_an_upgrade_that_cannot_begin_changes_nothing(clone: Path) -> None:
    before = git(clone, "rev-parse", "HEAD")
    release(clone, "RELEASE", "2")
    stopped = make(clone, "upgrade")  # There is no database to back up.
    assert stopped.returncode == 2
    assert "The upgrade stopped at: Backing up the database. Nothing was changed." in stopped.stderr
    assert git(clone, "rev-parse", "HEAD") == before
