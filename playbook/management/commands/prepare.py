import hashlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from playbook.starting.env_file import unknown_variables
from playbook.starting.migrating import migrate
from playbook.starting.preflight import env_file
from playbook.stores.database_file import make_private


class Command(BaseCommand):
    help = "Prepare to serve: migrate, load the playbook if there is none, collect static files."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        for name in unknown_variables(env_file()):
            self.stderr.write(f"{env_file()}: {name} is not a setting of this site")
        make_private()
        try:
            connection.ensure_connection()
            migrate(self.stderr)
            call_command("createcachetable", verbosity=0)
            call_command("clearsessions")
            call_command("load_playbook", stdout=StringIO())
            call_command("refresh_metrics", "--if-missing", stdout=StringIO())
        except DatabaseError as error:
            raise CommandError(database_fault(error)) from error
        if not settings.DEBUG:
            try:
                collect_static_files()
            except OSError as error:
                raise CommandError(static_files_fault(error)) from error


def database_fault(error: DatabaseError) -> str:
    reason = " ".join(str(error).split())
    if connection.vendor == "sqlite":
        reason += f" ({connection.settings_dict['NAME']})"
        if "unable to open" in reason or "readonly" in reason:
            reason += ". Its folder must exist, and you must be able to write to both"
    return f"The database of DATABASE_URL cannot be used: {reason}"


def static_files_fault(error: OSError) -> str:
    return (
        f"The static files cannot be written to {settings.STATIC_ROOT} ({error.strerror}): "
        "set STATIC_ROOT to a folder that you can write to"
    )


def collect_static_files() -> None:
    """Collect static files if one of them has changed; hashing and compressing takes seconds."""
    if not are_collected():
        call_command("collectstatic", interactive=False, verbosity=0)
        collected_file().write_text(digest_of_static_files())


def are_collected() -> bool:
    file = collected_file()
    return file.is_file() and file.read_text() == digest_of_static_files()


def collected_file() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def digest_of_static_files() -> str:
    return hashlib.sha256("\n".join(static_files()).encode()).hexdigest()


def static_files() -> Iterator[str]:
    """Yield a line for each static file that changes whenever the file does."""
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            modified_at = storage.get_modified_time(name).timestamp()
            yield f"{storage.path(name)} {storage.size(name)} {modified_at}"
