"""Give existing rows a first historical record, which their next change is compared with."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

MODELS = ("Layer", "Section", "Status", "Article", "Entry")
OWN = {"history_id", "history_date", "history_type", "history_user", "history_change_reason"}
ROWS_AT_ONCE = 500


def make_first_versions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    for name in MODELS:
        rows = apps.get_model("catalog", name)._default_manager.using(database)
        version = apps.get_model("catalog", f"Historical{name}")
        names = [field.attname for field in version._meta.fields if field.name not in OWN]
        now = timezone.now()
        version._default_manager.using(database).bulk_create(
            (
                version(history_date=now, history_type="+", **values)
                for values in rows.values(*names)
            ),
            batch_size=ROWS_AT_ONCE,
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_history")]

    operations = [migrations.RunPython(make_first_versions, migrations.RunPython.noop)]
