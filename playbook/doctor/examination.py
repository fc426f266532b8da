"""Everything that is examined, in the order of what needs what."""

from collections.abc import Iterator

from playbook.doctor.configuration import examine_settings
from playbook.doctor.database import examine_clock, examine_database, examine_migrations
from playbook.doctor.findings import Examination, Finding, Level, in_one_line, problem
from playbook.doctor.machine import examine_disk, examine_env_file, examine_static_files
from playbook.doctor.services import examine_cache, examine_jobs, examine_mail, examine_proxy

WITHOUT_DATABASE: dict[str, Examination] = {
    "settings": examine_settings,
    ".env": examine_env_file,
    "disk": examine_disk,
    "static files": examine_static_files,
    "mail": examine_mail,
    "proxy": examine_proxy,
    "database": examine_database,
}
WITH_DATABASE: dict[str, Examination] = {
    "migrations": examine_migrations,
    "clock": examine_clock,
    "cache": examine_cache,
    "jobs": examine_jobs,
}


def examine() -> Iterator[tuple[str, Finding]]:
    """Yield every finding with what it is about."""
    stops = False
    for about, examination in {**WITHOUT_DATABASE, **WITH_DATABASE}.items():
        for finding in result_of(examination):
            yield about, finding
            stops |= about in {"database", "migrations"} and finding.level is Level.PROBLEM
        if stops:  # What follows would only fail for the same reason.
            return


def result_of(examination: Examination) -> Iterator[Finding]:
    try:
        yield from examination()
    except Exception as error:  # noqa: BLE001 - an examination must not hide the others
        yield problem(f"This could not be examined: {in_one_line(error)}", "Report it as a bug")
