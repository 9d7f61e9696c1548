from django.db import migrations, models


class Migration(migrations.Migration):
    """What marks a site as the invented demo."""

    dependencies = [("cms", "0002_next_steps")]
    operations = [
        migrations.CreateModel(
            name="Demo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name": "demo", "verbose_name_plural": "demos"},
        ),
    ]
