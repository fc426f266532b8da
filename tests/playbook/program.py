"""The product's own commands, started as programs, as an operator starts them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.settings import VARIABLES

ROOT = Path(__file__).parents[2]
KEY = "a-key-that-only-the-tests-know-and-that-is-long-enough"


def environment(**variables: str) -> dict[str, str]:
    """The machine's, without the product's variables but for these."""
    machine = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    machine.pop("DJANGO_SETTINGS_MODULE", None)
    return {**machine, "ENV_FILE": os.devnull, **variables}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run("manage.py", *arguments, **{"SECRET_KEY": KEY, **variables})
