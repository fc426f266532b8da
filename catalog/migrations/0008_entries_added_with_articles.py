"""Date each entry: it was added with its article at the earliest."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def add_with_articles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    articles = apps.get_model("catalog", "Article")._default_manager.filter(
        pk=OuterRef("article_id")
    )
    entries = apps.get_model("catalog", "Entry")._default_manager.using(database)
    entries.update(added_at=Subquery(articles.values("added_at")))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_entry_added_at")]

    operations = [migrations.RunPython(add_with_articles, migrations.RunPython.noop)]
