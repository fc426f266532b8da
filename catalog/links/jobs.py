from datetime import time

from django.utils.translation import gettext_lazy as _

from playbook.jobs import Daily, Job, command, register


def register_all() -> None:
    description = _("Visits the link of each article, and lists the broken ones.")
    check = command("check_links", verbosity=0)
    register(Job("check_links", check, Daily(time(4, 30)), description=description))
