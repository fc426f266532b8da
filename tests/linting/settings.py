"""For `manage.py lintmigrations`: what a migration would do to PostgreSQL, without a server."""

from tests.settings import *  # noqa: F403 - the product's, with the changes below
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
DATABASES = {"default": {"ENGINE": "tests.linting", "NAME": "nowhere"}}

MIGRATION_LINTER_OPTIONS = {
    "include_apps": ["accounts", "catalog", "links", "progress"],
    "sql_analyser": "postgresql",
    "no_cache": True,
    "quiet": ["ok", "ignore"],
    # Building an index keeps writers out for as long as the table is large.
    "warnings_as_errors": ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"],
    # Names of migrations that are safe although they do not look it, each with its reason.
    "ignore_name": [],
}
