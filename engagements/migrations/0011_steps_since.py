"""Steps know since when what climbed was overdue, so that what is missed again climbs again."""

from datetime import timedelta
from itertools import islice

from django.db import migrations, models

SUBJECTS = ("concern", "commitment", "duty")
BATCH = 1000


def from_days_late(apps, schema_editor):
    """What was so many days late on a day was due so many days before it; "not kept" was said on the day itself."""
    Escalation = apps.get_model("engagements", "Escalation")
    rows = Escalation.objects.order_by("pk").iterator()
    while batch := list(islice(rows, BATCH)):
        for row in batch:
            row.since = row.on if row.why == "not_kept" else row.on - timedelta(days=row.days_late)
        Escalation.objects.bulk_update(batch, ["since"])


class Migration(migrations.Migration):
    dependencies = [("engagements", "0010_steps_by_reason")]

    operations = [
        *(
            migrations.RemoveConstraint("escalation", f"one_step_per_{name}_and_level")
            for name in SUBJECTS
        ),
        migrations.AddField(
            "escalation",
            "since",
            models.DateField(
                "overdue since",
                null=True,
                help_text="The day it was due then, or on which “not kept” was said: each such day climbs anew.",
            ),
        ),
        migrations.RunPython(from_days_late, migrations.RunPython.noop),
        migrations.AlterField(
            "escalation",
            "since",
            models.DateField(
                "overdue since",
                help_text="The day it was due then, or on which “not kept” was said: each such day climbs anew.",
            ),
        ),
        *(
            migrations.AddConstraint(
                "escalation",
                models.UniqueConstraint(
                    fields=[name, "level", "why", "since"], name=f"one_step_per_{name}_level_and_day"
                ),
            )
            for name in SUBJECTS
        ),
    ]
