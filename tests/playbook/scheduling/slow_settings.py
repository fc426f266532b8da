"""The settings of a site with one job more, which ends when it is allowed to."""

from playbook.settings import *  # noqa: F403 - the product's, with the changes below
from playbook.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.playbook.scheduling.slow_job.SlowJobConfig"]
