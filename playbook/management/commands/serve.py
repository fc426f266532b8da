import os
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from playbook.preflight import port_fault

WELCOME = """\
System Design Playbook is at {address}
To become its administrator: make admin, in another terminal. To stop it: Ctrl-C."""


class Command(BaseCommand):
    help = "Serve the site, as HOST, PORT and WEB_WORKERS say."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if fault := port_fault(settings.HOST, settings.PORT):
            raise CommandError(fault)
        # While developing they are served from where they are written.
        if not (settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").is_file()):
            raise CommandError("The static files are not there yet: manage.py prepare, then serve")
        server = Granian(
            "playbook.wsgi:application",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=settings.WEB_WORKERS,
            blocking_threads=settings.THREADS_PER_WORKER,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
        )
        server.on_startup(self.welcome)
        keep_interrupts_from_workers()
        server.serve()

    def welcome(self) -> None:
        self.stdout.write(WELCOME.format(address=settings.SITE_URL))
        self.stdout.flush()


def keep_interrupts_from_workers() -> None:
    """Ctrl-C reaches every process of a terminal, and a worker that is told twice to stop hangs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def stop_on_interrupt() -> None:
        signal.sigwait({signal.SIGINT})
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop_on_interrupt, daemon=True).start()
