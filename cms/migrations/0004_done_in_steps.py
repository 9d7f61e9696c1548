from django.db import migrations, models


class Migration(migrations.Migration):
    """Where nobody wrote what was done, the page says what the record holds."""

    dependencies = [("cms", "0003_demo")]
    operations = [
        migrations.AlterField(
            "outcomepage", "done", models.TextField(blank=True, verbose_name="what was done")
        ),
    ]
