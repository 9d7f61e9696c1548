"""Steps know since when what climbed was overdue, so that what is missed again climbs again."""

from django.db import migrations, models

SUBJECTS = ("concern", "commitment", "duty")


def since_they_climbed(apps, schema_editor):
    """When it was due then is not known of all: no later than the day on which it climbed."""
    Escalation = apps.get_model("engagements", "Escalation")
    Escalation.objects.update(since=models.F("on"))


def keep_the_first(apps, schema_editor):
    """Before, one step for each thing, level and reason."""
    Escalation = apps.get_model("engagements", "Escalation")
    for name in SUBJECTS:
        first = Escalation.objects.filter(
            **{name: models.OuterRef(name)}, level=models.OuterRef("level"), why=models.OuterRef("why")
        )
        later = Escalation.objects.filter(models.Exists(first.filter(pk__lt=models.OuterRef("pk"))))
        Escalation.objects.filter(pk__in=list(later.values_list("pk", flat=True))).delete()


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
                help_text="What is overdue anew climbs anew: since a moved day, news to tell, or “not kept”.",
            ),
        ),
        migrations.RunPython(since_they_climbed, keep_the_first),
        migrations.AlterField(
            "escalation",
            "since",
            models.DateField(
                "overdue since",
                help_text="What is overdue anew climbs anew: since a moved day, news to tell, or “not kept”.",
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
