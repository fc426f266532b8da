"""The settings of a later version, which has one more migration."""

from playbook.settings import *  # noqa: F403 - a later version has them too
from playbook.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.cluster.later"]
