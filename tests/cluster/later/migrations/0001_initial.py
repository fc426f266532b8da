"""A migration of a later version that is safe while this one serves."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("progress", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE progress_state ADD COLUMN remark text"),
        migrations.RunSQL(
            "ALTER TABLE progress_event ADD COLUMN weight integer NOT NULL DEFAULT 1"
        ),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY later_weight ON progress_event (weight)"),
    ]
