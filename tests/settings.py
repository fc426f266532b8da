"""Settings for the tests. Of the environment's variables, only `DATABASE_URL` is used."""

import os
import re
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / ".env.example"
VARIABLES = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))

for name in VARIABLES - {"DATABASE_URL"}:
    os.environ.pop(name, None)
os.environ.update(
    ENV_FILE=os.devnull, SECRET_KEY="only-for-tests-" * 4, SITE_URL="http://testserver"
)
# Playwright runs an event loop in the thread of the test, so Django would refuse queries there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from playbook.settings import *  # noqa: E402, F403 - changed below for the tests

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CHECK_DEPENDENCIES = "WITHOUT_DEPENDENCY_CHECK" not in os.environ
# Anonymous visitors see a change at once.
VISITORS_SEE_CHANGES_AFTER = 0
# Visitors are counted only in the tests of counting.
VISITORS_FLUSHED_EVERY = 0
# Serve static files from their source folders, without collecting them first.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
