from django.db import migrations


class Migration(migrations.Migration):
    """Rename the model in Django's state only: the table keeps its name."""

    dependencies = [("catalog", "0008_entries_added_with_articles")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Stamp", "CatalogVersion"),
                migrations.AlterModelTable("CatalogVersion", "catalog_stamp"),
            ]
        )
    ]
