"""The product's, as of a later version with a migration more."""

from playbook.settings import *  # noqa: F403 - all of them
from playbook.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.cluster.later"]
