from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when a run is worked on, so that one whose worker is gone can be told."""

    dependencies = [("communities", "0003_area_not_inside_itself")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="working_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
