from django.db import migrations


def fill_in(apps, schema_editor):
    """Which promises a page told of that was withdrawn before: its own and the further ones."""
    withdrawals = apps.get_model('cms', 'Withdrawal').objects.all()
    pages = apps.get_model('cms', 'OutcomePage').objects.all()
    for withdrawal in withdrawals:
        for page in pages.filter(translation_key=withdrawal.translation_key):
            withdrawal.commitments.add(page.commitment_id, *page.others.values_list('pk', flat=True))


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0008_withdrawn_commitments'),
    ]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
