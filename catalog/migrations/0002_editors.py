"""The Editors group: whoever is in it edits the catalogue, and nothing else."""

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EDITORS = "Editors"


def make_editors(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    # On a first migrate the permissions come after the last migration; they are needed now.
    create_permissions(
        installed_apps.get_app_config("catalog"), verbosity=0, using=database, apps=apps
    )
    groups = apps.get_model("auth", "Group")._default_manager.using(database)
    permissions = apps.get_model("auth", "Permission")._default_manager.using(database)
    editors, _is_new = groups.get_or_create(name=EDITORS)
    editors.permissions.set(permissions.filter(content_type__app_label="catalog"))


def remove_editors(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group")._default_manager.using(schema_editor.connection.alias)
    groups.filter(name=EDITORS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_editors, remove_editors)]
