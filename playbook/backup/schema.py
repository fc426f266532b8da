"""The tables of a database as the migrations that were applied to it describe them."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from playbook.backup.rows import fields_of

Migrations = frozenset[tuple[str, str]]


class UnknownMigrations(Exception):
    """A newer release made the tables; names one of its migrations."""


def applied_migrations(connection: BaseDatabaseWrapper) -> Migrations:
    """Return what was applied to the database, without apps that this release does not have."""
    loader = MigrationLoader(connection)
    applied = frozenset(key for key in loader.applied_migrations if key[0] in loader.migrated_apps)
    check_known(applied)
    return applied


def check_known(migrations: Migrations) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    unknown = {
        (app, name)
        for app, name in migrations
        if app in loader.migrated_apps and (app, name) not in {*loader.disk_migrations, *replaced}
    }
    if unknown:
        raise UnknownMigrations(".".join(min(unknown)))


def models_at(migrations: Migrations) -> dict[str, type[Model]]:
    """Return every table with its model, as the code was when these migrations were the newest."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    nodes = sorted(key for key in migrations if key in loader.graph.nodes)
    apps = loader.graph.make_state(nodes=nodes, at_end=True, real_apps=loader.unmigrated_apps).apps
    return {
        model._meta.db_table: model
        for model in sorted(
            apps.get_models(include_auto_created=True), key=lambda model: model._meta.db_table
        )
        if model._meta.managed and not model._meta.proxy
    }


def has_numbers(model: type[Model]) -> bool:
    """Return whether the database numbers the rows of the model."""
    return any(field.get_internal_type().endswith("AutoField") for field in fields_of(model))
