"""The linter refuses migrations that the previous release could not run with."""

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from playbook.stores.operations import AddIndexWhileServing
from tests.playbook.program import manage

SETTINGS = """
from tests.linting.settings import *
from tests.linting.settings import INSTALLED_APPS, MIGRATION_LINTER_OPTIONS
INSTALLED_APPS = [*INSTALLED_APPS, "sample"]
MIGRATION_LINTER_OPTIONS = {**MIGRATION_LINTER_OPTIONS, "include_apps": ["sample"], "quiet": []}
"""
MIGRATION = """
from django.db import migrations, models
from playbook.stores.operations import AddIndexWhileServing

class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = {dependencies}
    operations = [{operations}]
"""
START = """
migrations.CreateModel("Note", [
    ("id", models.BigAutoField(primary_key=True)),
    ("text", models.CharField(max_length=200)),
    ("number", models.IntegerField(null=True)),
    ("colour", models.CharField(max_length=20)),
]),
migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),
migrations.CreateModel("Topic", [("id", models.BigAutoField(primary_key=True))]),
"""
SAFE = {
    "add_table": 'migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True))])',
    "add_nullable_column": 'migrations.AddField("Note", "at", models.DateField(null=True))',
    "add_column_with_database_default": (
        'migrations.AddField("Note", "size", models.IntegerField(db_default=0))'
    ),
    "add_index_while_serving": (
        'AddIndexWhileServing("Note", models.Index(fields=["text"], name="note_text"))'
    ),
    "alter_form_validation_only": (
        'migrations.AlterField("Note", "colour", models.CharField(max_length=20, blank=True))'
    ),
}
UNSAFE = {
    "add_not_null_column": (
        'migrations.AddField("Note", "length", models.IntegerField(default=0))'
    ),
    "alter_column_to_not_null": (
        'migrations.AlterField("Note", "number", models.IntegerField(default=0))'
    ),
    "alter_column_type": 'migrations.AlterField("Note", "text", models.TextField())',
    "add_blocking_index": (
        'migrations.AddIndex("Note", models.Index(fields=["colour"], name="colour"))'
    ),
    "add_foreign_key_with_index": (
        'migrations.AddField("Note", "tag", models.ForeignKey("Tag", models.CASCADE, null=True))'
    ),
    "add_unique_constraint": (
        'migrations.AddConstraint("Note", models.UniqueConstraint(fields=["text"], name="once"))'
    ),
    "rename_column": 'migrations.RenameField("Note", "colour", "hue")',
    "rename_table": 'migrations.RenameModel("Tag", "Label")',
    "remove_column": 'migrations.RemoveField("Note", "text")',
    "remove_table": 'migrations.DeleteModel("Topic")',
}


@pytest.fixture(scope="module")
def linter_output(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """Return the linter's output on an app that has a migration for each operation."""
    folder = tmp_path_factory.mktemp("sample")
    package = folder / "sample" / "migrations"
    package.mkdir(parents=True)
    (folder / "sample_settings.py").write_text(SETTINGS)
    for place in (package.parent, package):
        (place / "__init__.py").touch()
    before = ""
    for name, operations in {"start": START, **SAFE, **UNSAFE}.items():
        text = MIGRATION.format(
            operations=operations,
            atomic="WhileServing" not in operations,
            dependencies=[("sample", before)] if before else [],
        )
        (package / f"{name}.py").write_text(text)
        before = name
    return lint(folder, "sample_settings")


def lint(folder: Path, settings: str) -> "subprocess.CompletedProcess[str]":
    return manage("lintmigrations", "--settings", settings, PYTHONPATH=str(folder))


def test_unsafe_migrations_are_refused_and_safe_ones_accepted(
    linter_output: "subprocess.CompletedProcess[str]",
) -> None:
    verdicts = dict(
        re.findall(r"^\(sample, (\w+)\)\.\.\. (.*)$", linter_output.stdout, re.MULTILINE)
    )
    assert verdicts == {
        **dict.fromkeys(["start", *SAFE], "OK"),
        **dict.fromkeys(UNSAFE, "ERR"),
    }, linter_output.stderr
    assert linter_output.returncode == 1


def test_the_migrations_of_the_product_are_safe(tmp_path: Path) -> None:
    done = lint(tmp_path, "tests.linting.settings")
    assert "Erroneous migrations: 0/" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.django_db(transaction=True)
def test_an_index_is_added_concurrently_and_removed_again() -> None:
    """Run the operation on the test database, because the linter checks only its SQL."""
    before = ProjectState.from_apps(apps)
    after = before.clone()
    operation = AddIndexWhileServing("Alias", models.Index(fields=["added_at"], name="by_day"))
    operation.state_forwards("catalog", after)

    def indexes() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, "catalog_alias"))

    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("catalog", editor, before, after)
    assert "by_day" in indexes()
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("catalog", editor, after, before)
    assert "by_day" not in indexes()
