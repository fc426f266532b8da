"""The product's settings as its variables make them, without starting a program."""

import os
import runpy
from typing import Any
from unittest.mock import patch

from tests.playbook.program import KEY, ROOT, environment


def configured(**variables: str) -> dict[str, Any]:
    """Run settings.py with only these variables of the product, and return what it defines."""
    with patch.dict(os.environ, environment(**{"SECRET_KEY": KEY, **variables}), clear=True):
        return runpy.run_path(str(ROOT / "playbook" / "settings.py"))
