"""Disk space, rights and static files on this machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from playbook.doctor.findings import Finding, ok, problem, warning
from playbook.management.commands.prepare import are_collected
from playbook.starting.env_file import unknown_variables
from playbook.starting.preflight import env_file

MEGABYTE = 1 << 20
LITTLE_SPACE, NO_SPACE = 1024 * MEGABYTE, 100 * MEGABYTE


def examine_env_file() -> Iterator[Finding]:
    file = env_file()
    if not file.is_file():
        yield ok(f"There is no {file}; the settings come from the environment")
        return
    for name in unknown_variables(file):
        yield warning(f"{file} sets {name}, which is not a setting of this site", "Remove it")
    if file.stat().st_mode & 0o077:
        yield warning(f"Others on this machine can read {file}", f"Run chmod 600 {file}")
    else:
        yield ok(f"Only you can read {file}")


def examine_disk() -> Iterator[Finding]:
    for purpose, folder in folders().items():
        yield from examine_folder(purpose, folder)


def folders() -> dict[str, Path]:
    needed = {"temporary files": Path(tempfile.gettempdir())}
    if connection.vendor == "sqlite":
        needed["the database"] = Path(connection.settings_dict["NAME"]).absolute().parent
    return needed


def examine_folder(purpose: str, folder: Path) -> Iterator[Finding]:
    if not os.access(folder, os.W_OK | os.X_OK):
        yield problem(
            f"The folder of {purpose}, {folder}, is missing or cannot be written to",
            "Create it, and make it writable for the user who runs the site",
        )
        return
    free = shutil.disk_usage(folder).free
    sentence = f"{free // MEGABYTE:,} MB are free for {purpose} in {folder}"
    advice = "Delete what is not needed, such as old backups and logs, or enlarge the disk"
    if free < NO_SPACE:
        yield problem(sentence, advice)
    elif free < LITTLE_SPACE:
        yield warning(sentence, advice)
    else:
        yield ok(sentence)


def examine_static_files() -> Iterator[Finding]:
    if settings.DEBUG:
        yield ok("Static files are served from their source folders")
    elif not (settings.STATIC_ROOT / "staticfiles.json").is_file():
        yield problem(
            f"The static files are missing in {settings.STATIC_ROOT}", "Run manage.py prepare"
        )
    elif not are_collected():
        yield problem(
            f"The static files in {settings.STATIC_ROOT} are those of another release",
            "Run manage.py prepare, and restart the site",
        )
    else:
        yield ok(f"The static files in {settings.STATIC_ROOT} are those of this release")
