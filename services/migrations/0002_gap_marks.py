from django.db import migrations, models


class Migration(migrations.Migration):
    """The mark "changed since" gets its moment, so that a change during a computation is not lost."""

    dependencies = [("services", "0001_ground")]

    operations = [
        migrations.RemoveField(model_name="gaprun", name="changed_since"),
        migrations.AddField(
            model_name="gaprun",
            name="changed_since",
            field=models.DateTimeField(
                null=True,
                help_text="The latest change that is not yet computed.",
                verbose_name="changed since",
            ),
        ),
        migrations.AlterField(
            model_name="gaprun",
            name="good_until",
            field=models.DateField(
                help_text="The last day before something it rests on expires.",
                null=True,
                verbose_name="good until",
            ),
        ),
        migrations.AlterField(
            model_name="gap",
            name="reason",
            field=models.CharField(
                choices=[
                    ("within", "A working point is near enough"),
                    ("visited", "Visited within the standard"),
                    ("crowded", "Near enough, but it serves too many people"),
                    ("partly_working", "The near point works in part"),
                    ("too_far", "The nearest working point is too far"),
                    ("none_working", "No point was found working"),
                    ("not_visited", "The last visit was too long ago"),
                    ("expired", "What was observed is out of date"),
                    ("never_observed", "Nobody has looked"),
                    ("no_place", "The community has no place on the map"),
                ],
                max_length=16,
                verbose_name="why",
            ),
        ),
    ]
