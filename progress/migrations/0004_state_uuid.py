from django.db import migrations, models

from playbook.uuids import RandomUUID


class Migration(migrations.Migration):
    """Rewrites one table. A migration of its own, so that it locks no other table meanwhile."""

    dependencies = [("progress", "0003_completions")]

    operations = [
        migrations.AddField(
            model_name="state",
            name="uuid",
            field=models.UUIDField(db_default=RandomUUID(), editable=False, unique=True),
        ),
    ]
