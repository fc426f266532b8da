"""Upgrade a running site step by step, and say how to go back if a step fails.

`make upgrade` runs it as a script. It is in memory as a whole before the first step replaces files.
"""

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2]
PYTHON = ".venv/bin/python"

UNCHANGED = "Nothing was changed."
WAY_BACK = """\
To go back to the release before:
    git checkout {commit}
    make install
    {python} manage.py prepare
and restart the site. The new tables do not disturb the old release. To have the data as they were
too, run this after it; what was written since is lost:
    {python} manage.py restore {backup} --yes"""
RESTART = """\
The release is installed, and the database is prepared for it. Restart the site now, for example:
    sudo systemctl restart playbook
The backup from before is {backup}."""


class StepFailed(Exception):
    """A step ended with an error, which it printed itself."""


@dataclass
class Upgrade:
    backup: str
    commit: str = ""
    """The commit that is installed, if the folder is a clone."""
    is_changed: bool = False
    steps: list[str] = field(default_factory=list)

    def run(self) -> None:
        self.step("Backing up the database", PYTHON, "manage.py", "backup", self.backup)
        if self.commit:
            self.step("Getting the newest release", "git", "pull", "--ff-only", "--quiet")
        self.is_changed = True
        self.step("Installing its packages", "make", "--no-print-directory", "install")
        self.step("Preparing the database and the static files", PYTHON, "manage.py", "prepare")

    def step(self, name: str, *command: str) -> None:
        print(f"{name} …", flush=True)
        self.steps.append(name)
        if subprocess.run(command, cwd=FOLDER, check=False).returncode:  # noqa: S603 - ours
            raise StepFailed

    @property
    def way_back(self) -> str:
        if not self.is_changed:
            return UNCHANGED
        commit = self.commit or "the commit before"
        return WAY_BACK.format(commit=commit, python=PYTHON, backup=self.backup)


def installed_commit() -> str:
    if not (FOLDER / ".git").exists():
        return ""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    head = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return head.stdout.strip()


def main() -> str:
    """Return why the upgrade stopped, or nothing."""
    if not ((FOLDER / PYTHON).exists() and (FOLDER / ".env").exists()):
        return "There is no site to upgrade yet: start it with make run"
    folder = FOLDER / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"before-upgrade-{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}.backup"
    upgrade = Upgrade(f"backups/{name}", installed_commit())
    try:
        upgrade.run()
    except StepFailed:
        return f"The upgrade stopped at: {upgrade.steps[-1]}. {upgrade.way_back}"
    print(RESTART.format(backup=upgrade.backup))
    return ""


if __name__ == "__main__":
    sys.exit(main() or None)
