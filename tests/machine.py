"""The programs that tests need beside Python: PostgreSQL's server, Chromium and others."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

OLDEST_POSTGRESQL = 15
POSTGRESQL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
# On Debian, the PATH of users other than root does not have these folders.
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")
CLUSTER = ("pgbouncer", "redis-server", "nginx")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALLERS = {
    "apt-get": "apt-get update && apt-get install -y --no-install-recommends postgresql chromium",
    "dnf": "dnf install -y postgresql-server chromium",
    "brew": "brew install --cask chromium && brew install postgresql@17",
}
# Packages whose name differs from their program, on systems without apt-get.
PACKAGES = {"redis-server": "redis"}


def postgresql_folder() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs, if it is new enough."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += [folder for glob in POSTGRESQL_FOLDERS for folder in Path("/").glob(glob[1:])]
    versions = {postgresql_version(folder): folder for folder in folders}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST_POSTGRESQL else None


def postgresql_version(folder: Path) -> int:
    server = folder / "postgres"
    if not server.exists():
        return 0
    result = subprocess.run([server, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"(\d+)", result.stdout)
    return int(version[1]) if version else 0


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *SYSTEM_FOLDERS]))


def provide(*programs: str) -> None:
    """Install missing programs if that needs no password; otherwise exit with the command to run.

    `programs` are needed in addition to PostgreSQL and Chromium.
    """
    if has(*programs):
        return
    installer = next(filter(shutil.which, INSTALLERS), "")
    names = PACKAGES if installer != "apt-get" else {}
    packages = [names.get(name, name) for name in programs]
    command = " ".join([INSTALLERS[installer], *packages]) if installer else ""
    if installer == "apt-get" and os.geteuid() == 0:
        print(f"Installing what is missing: {command}", flush=True)
        subprocess.run(["sh", "-c", command], stdout=subprocess.DEVNULL, check=False)
    if not has(*programs):
        if installer in ("apt-get", "dnf"):
            command = f"sudo sh -c {shlex.quote(command)}"
        needed = ", ".join(
            [f"PostgreSQL's server, {OLDEST_POSTGRESQL} or newer", "Chromium", *programs]
        )
        sys.exit(f"{needed}: install what is missing: {command or 'by your system’s packages'}")


def provide_if_possible(name: str, package: str) -> bool:
    """Return whether there is the program, after trying to install its package with apt-get."""
    if not program(name) and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing what is missing: {package}", flush=True)
        install = ["apt-get", "install", "-y", "--no-install-recommends", package]
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(install, stdout=subprocess.DEVNULL, check=False, timeout=300)
    return bool(program(name))


def has(*programs: str) -> bool:
    return bool(postgresql_folder() and chromium() and all(map(program, programs)))
