import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from playbook.observing import metrics_folder
from playbook.observing.probes import migrations_are_applied
from playbook.server.scheduler import SchedulerProcess
from playbook.starting.preflight import port_fault
from playbook.stores.database_file import make_private

WELCOME = """\
System Design Playbook is at {address}
To become its administrator: make admin, in another terminal. To stop it: Ctrl-C."""


class Command(BaseCommand):
    help = "Serve the site at HOST and PORT with WEB_WORKERS processes."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        if fault := port_fault(settings.HOST, settings.PORT):
            raise CommandError(fault)
        # In development they are served from their source folders.
        if not (settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").is_file()):
            raise CommandError("The static files are missing: run manage.py prepare first")
        if is_unprepared():
            raise CommandError(
                "The database has no tables, or those of an older release: "
                "run manage.py prepare first"
            )
        server = Granian(
            "playbook.server.worker:site",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.WEB_WORKERS,
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            log_level=LogLevels.error,
        )
        server.on_startup(self.welcome)
        keep_interrupts_from_workers()
        with shared_metrics(), SchedulerProcess() as scheduler:
            if settings.RUN_SCHEDULER:
                server.on_startup(scheduler.start)
            server.serve()

    def welcome(self) -> None:
        if sys.stdout is None:  # It was closed before the start.
            return
        try:
            self.stdout.write(WELCOME.format(address=settings.SITE_URL))
            self.stdout.flush()
        except OSError:
            discard_output()


def is_unprepared() -> bool:
    """Return whether migrations are missing; a database that is away may come back."""
    make_private()
    try:
        return not migrations_are_applied()
    except DatabaseError:
        return False
    finally:
        connection.close()


def discard_output() -> None:
    """Drop what is buffered for a reader that is gone, which would fail again at the end."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Let the workers share their metrics if the operator reads them."""
    folder = metrics_folder.folder_for(settings.HOST, settings.PORT)
    with ExitStack() as until_stopped:
        if settings.METRICS_TOKEN:
            try:
                until_stopped.enter_context(metrics_folder.shared(folder))
            except OSError as error:
                raise CommandError(
                    f"Metrics (METRICS_TOKEN) cannot be kept in {folder} "
                    f"({error.strerror or error}): remove it, or set TMPDIR to another folder"
                ) from error
        yield


def keep_interrupts_from_workers() -> None:
    """Pass Ctrl-C on once; it reaches every process, and a worker told twice to stop hangs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def stop_on_interrupt() -> None:
        signal.sigwait({signal.SIGINT})
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop_on_interrupt, daemon=True).start()
