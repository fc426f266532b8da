"""The product's settings for the tests; of the machine's own, only `DATABASE_URL` counts."""

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
# Playwright keeps an event loop in the thread of the test, where Django then refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from playbook.settings import *  # noqa: E402, F403 - the product's, with the changes below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CHECK_DEPENDENCIES = True
# A test sees at once what it changed, also as a visitor.
VISITORS_SEE_CHANGES_AFTER = 0
# Counting visitors is asked for where it is tested.
VISITORS_FLUSHED_EVERY = 0
# Static files come from where they are written, without collecting them first.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
