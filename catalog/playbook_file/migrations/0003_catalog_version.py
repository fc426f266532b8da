from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename the field in Django's state only: the column keeps its name."""

    dependencies = [("playbook_file", "0002_editors")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("Revision", "stamp", "catalog_version"),
                migrations.AlterField(
                    "Revision",
                    "catalog_version",
                    models.CharField(db_column="stamp", max_length=32),
                ),
            ]
        )
    ]
