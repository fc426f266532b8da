"""Settings for `manage.py lintmigrations`, which checks SQL for PostgreSQL without a server."""

from tests.settings import *  # noqa: F403 - the product's, with the changes below
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
DATABASES = {"default": {"ENGINE": "tests.linting", "NAME": "nowhere"}}

MIGRATION_LINTER_OPTIONS = {
    "include_apps": ["accounts", "catalog", "links", "progress"],
    "sql_analyser": "postgresql",
    "no_cache": True,
    "quiet": ["ok", "ignore"],
    # Writers wait until an index is built, which takes long for a large table.
    "warnings_as_errors": ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"],
    # Migrations that are safe although the linter refuses them, each with the reason.
    "ignore_name": [],
}
