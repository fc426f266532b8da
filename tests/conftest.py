import gc
import os
from collections import deque
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.template import Context, Engine, Template
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from accounts.models import User
from playbook.rendering import guard
from progress.kept_rows import KEPT_ROWS
from tests import prepared, rows
from tests.machine import chromium
from tests.playbook.program import free_port, manage

Clock: TypeAlias = Callable[[float], None]

HERE = Path(__file__).parent
MARKERS = {
    HERE / "e2e": "browser",
    HERE / "cluster": "cluster",
    HERE / "faults": "faults",
}
# `database_url` gives programs that a test starts a database of their own.
DATABASES = {"db", "transactional_db", "database_url"}
REAL_TRANSACTIONS = {"transactional_db", "live_server"}

UNUSED_FEATURES = (
    # Two pages under the address bar, which a window loads when it opens: half of its time.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    # Those that Playwright disables: the browser heeds only the last list that it is given.
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip

# The time of an example says more about what else the machine does than about the code.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for folder, marker in MARKERS.items():
            if folder in item.path.parents:
                item.add_marker(marker)
        if not asks_for_database(item):
            item.add_marker("once")
        else:
            # With this, Django does not run what follows a migration when a test with real
            # transactions has emptied the tables; `emptied_database` restores their rows.
            item.fixturenames.append("django_db_serialized_rollback")


def pytest_collection_finish() -> None:
    """Collect garbage rarely, and never among the modules: it took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def asks_for_database(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Return whether the item is a test that may use the database; others may not query it."""
    is_marked = item.get_closest_marker("django_db") is not None
    return isinstance(item, pytest.Function) and (
        is_marked or not DATABASES.isdisjoint(item.fixturenames)
    )


@pytest.fixture(autouse=True)
def database_is_requested_by_name(request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuse a test that requests the database while it runs; it would be marked `once`."""
    yield
    is_once = request.node.get_closest_marker("once")
    assert not is_once or DATABASES.isdisjoint(request.fixturenames), "name the fixture `db`"


@pytest.fixture(autouse=True, scope="session")
def recorded_pages(django_test_environment: None) -> Iterator[None]:
    """Record what a page is rendered with for `response.context`, but not each widget and include.

    Django copies the context of each of them: hundreds on a page with a list of time zones.
    """

    def render(template: Template, context: Context) -> SafeString:
        if context.template is template and template.engine is Engine.get_default():
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True, scope="module")
def profiled_renders() -> None:
    """Check the first renders of each page in every module, not only in the first one."""
    guard.profile_again()


@pytest.fixture(autouse=True)
def no_kept_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test without rows that a process keeps, and each count of queries.

    What is counted is then what a page reads, not what another page read before it.
    """
    KEPT_ROWS.clear()
    enter = CaptureQueriesContext.__enter__

    def enter_without_rows(self: CaptureQueriesContext) -> CaptureQueriesContext:
        KEPT_ROWS.clear()
        return enter(self)

    monkeypatch.setattr(CaptureQueriesContext, "__enter__", enter_without_rows)


@pytest.fixture(scope="session")
def database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of SQLite's test database, migrated if there is one to copy."""
    file = tmp_path_factory.mktemp("database") / "playbook.sqlite3"
    prepared.copy_database(prepared.MIGRATED, file)
    return file


@pytest.fixture(scope="session")
def django_db_keepdb(database_file: Path) -> bool:
    """Return whether the database is migrated already."""
    return connection.vendor == "sqlite" and database_file.exists()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, database_file: Path
) -> None:
    """Use a file as SQLite's test database, as in production: threads share it in WAL mode."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(database_file)


@pytest.fixture(scope="session")
def migrated_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> rows.Rows:
    """Return the rows that the migrations created, and keep Django from restoring them itself.

    It saves each through its model, which takes a twelfth of a second for every test.
    """
    connection._test_serialized_contents = "[]"  # type: ignore[attr-defined] # Django sets it
    with django_db_blocker.unblock():
        return rows.read_all()


def has_transactions(request: pytest.FixtureRequest) -> bool:
    """Return whether the test's transactions are real, so that they are not rolled back."""
    marker = request.node.get_closest_marker("django_db")
    is_marked = marker is not None and bool(marker.kwargs.get("transaction"))
    return is_marked or not REAL_TRANSACTIONS.isdisjoint(request.fixturenames)


@pytest.fixture(autouse=True)
def emptied_database(request: pytest.FixtureRequest) -> None:
    """Restore the rows of the migrations after a test with real transactions emptied the tables.

    Clear the cache table too, which counts attempts and is not emptied with the models' tables.
    """
    if has_transactions(request):
        migrated_rows = request.getfixturevalue("migrated_rows")
        request.getfixturevalue("db")
        cache.clear()
        if not ContentType.objects.exists():
            rows.run(rows.insertion(migrated_rows))


@pytest.fixture(scope="session")
def shipped_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> rows.Rows:
    """Load the playbook with its command once, and return the rows for every test."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_playbook", verbosity=0)
        shipped = rows.read_catalog()
        transaction.set_rollback(True)
    return shipped


@pytest.fixture(scope="session")
def shipped_rows_insertion(
    shipped_rows: rows.Rows, django_db_blocker: DjangoDbBlocker
) -> list[rows.Statement]:
    """Return the statements that write the rows of the playbook."""
    with django_db_blocker.unblock():
        return rows.insertion(shipped_rows)


@pytest.fixture
def playbook(db: None, shipped_rows_insertion: list[rows.Statement]) -> None:
    """Load the playbook that comes with the project."""
    rows.run(shipped_rows_insertion)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a function that sets the clock by which the remembered catalog version expires."""
    monkeypatch.setattr("catalog.catalog_version._last", deque([(-inf, "")], maxlen=1))

    def set_to(seconds: float) -> None:
        monkeypatch.setattr("catalog.catalog_version.monotonic", lambda: seconds)

    return set_to


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("learner", "learner@example.org", "a-learner's-password")


@pytest.fixture
def editor(db: None) -> User:
    user = User.objects.create_user(
        "editor", "editor@example.org", "an-editor's-password", is_staff=True
    )
    user.groups.add(Group.objects.get_or_create(name="Editors")[0])
    return user


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium of this machine. As root it starts only without its sandbox."""
    arguments = [
        "--disable-gpu",
        f"--disable-features={','.join(UNUSED_FEATURES)}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    return {**browser_type_launch_args, "executable_path": chromium(), "args": arguments}


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Create a database that is not prepared yet."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/playbook.sqlite3"
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE to_be_started")
        yield server.rpartition("/")[0] + "/to_be_started"
        connection.execute("DROP DATABASE to_be_started WITH (FORCE)")


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a folder for static files; the first site that is prepared collects missing ones."""
    folder = tmp_path_factory.mktemp("collected") / "static"
    prepared.copy_static_files(folder)
    return str(folder)


@pytest.fixture(scope="module")
def site(database_url: str, static_root: str) -> dict[str, str]:
    """Return the variables of a site that was prepared."""
    if not database_url.startswith("postgres"):
        prepared.copy_database(prepared.DATABASE, Path(database_url.removeprefix("sqlite:///")))
    variables = {
        "DATABASE_URL": database_url,
        "STATIC_ROOT": static_root,
        "PORT": str(free_port()),
        "WEB_WORKERS": "2",
    }
    done = manage("prepare", **variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return variables
