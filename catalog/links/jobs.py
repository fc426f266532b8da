from datetime import time

from playbook.jobs import Daily, Job, command, register


def register_all() -> None:
    register(Job("check_links", command("check_links", verbosity=0), Daily(time(4, 30))))
