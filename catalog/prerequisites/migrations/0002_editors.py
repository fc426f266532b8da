"""Editors write, order, retire and restore prerequisites."""

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EDITORS = "Editors"


def permit_editors(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    # On a first migrate the permissions come after the last migration; they are needed now.
    create_permissions(
        installed_apps.get_app_config("prerequisites"), verbosity=0, using=database, apps=apps
    )
    groups = apps.get_model("auth", "Group")._default_manager.using(database)
    permissions = apps.get_model("auth", "Permission")._default_manager.using(database)
    editors, _is_new = groups.get_or_create(name=EDITORS)
    editors.permissions.add(*permissions.filter(content_type__app_label="prerequisites"))


def forbid_editors(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission")._default_manager.using(database)
    for editors in (
        apps.get_model("auth", "Group")._default_manager.using(database).filter(name=EDITORS)
    ):
        editors.permissions.remove(*permissions.filter(content_type__app_label="prerequisites"))


class Migration(migrations.Migration):
    dependencies = [
        ("prerequisites", "0001_prerequisites"),
        ("catalog", "0002_editors"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(permit_editors, forbid_editors)]
