"""Describe the machine and the software: processor, memory, versions and commit."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path
from sqlite3 import sqlite_version

from tests.machine import postgresql_folder, postgresql_version
from tests.playbook.program import ROOT


def facts() -> dict[str, str]:
    folder = postgresql_folder()
    return {
        "Processor": f"{processor()}, {os.cpu_count()} of them, shared with the load generator",
        "Memory": f"{memory():.0f} GB",
        "System": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Django": version("Django"),
        "Granian": version("granian"),
        "SQLite": sqlite_version,
        "PostgreSQL": str(postgresql_version(folder)) if folder else "none",
        "Load": first_line_of("wrk", "--version").split("[")[0].strip(),
    }


def processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    name = re.search(r"^model name\s*: (.+)$", described, re.MULTILINE)
    return name[1] if name else platform.machine()


def memory() -> float:
    """Return the memory of the machine in gigabytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def commit() -> str:
    """Return the short hash of the commit, and “and changes” if tracked files differ from it."""
    apart = ("--", ".", ":!bench/results.json", ":!docs/performance.md")
    changed = first_line_of("git", "status", "--porcelain", "--untracked-files=no", *apart)
    return first_line_of("git", "rev-parse", "--short", "HEAD") + (
        " and changes" if changed else ""
    )


def first_line_of(*command: str) -> str:
    """Return the first line of a command's output, or of its errors if there is none."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().partition("\n")[0]
