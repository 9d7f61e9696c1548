from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0007_outcome_photos'),
        ('engagements', '0012_sealed_openings'),
    ]

    operations = [
        migrations.AddField(
            model_name='withdrawal',
            name='commitments',
            field=models.ManyToManyField(related_name='withdrawals', to='engagements.commitment', verbose_name='commitments'),
        ),
    ]
