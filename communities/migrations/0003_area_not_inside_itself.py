from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communities", "0002_import_findings"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", True),
                    models.Q(("parent", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="area_not_inside_itself",
                violation_error_message="An area does not lie inside itself.",
            ),
        ),
    ]
