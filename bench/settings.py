"""The settings of the product, with the views of the limits added."""

import os
from pathlib import Path

from playbook.settings import *  # noqa: F403 - the product's, with the changes below
from playbook.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
CAPTURED = Path(os.environ.get("BENCH_CAPTURED", os.devnull))
"""The folder of the captured responses, which the limits send."""
