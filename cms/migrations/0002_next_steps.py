from django.db import migrations


class Migration(migrations.Migration):
    """A page's field cannot be called `next`: Wagtail's editor takes a posted "next" for an address."""

    dependencies = [("cms", "0001_public_site")]
    operations = [migrations.RenameField("outcomepage", "next", "next_steps")]
