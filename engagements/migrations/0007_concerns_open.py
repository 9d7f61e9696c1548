import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engagements", "0006_sealed_apart")]
    operations = [
        migrations.RemoveField(
            model_name='concern',
            name='sealed',
        ),
        migrations.AlterField(
            model_name='concern',
            name='topic',
            field=models.ForeignKey(limit_choices_to={'sealed': False}, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='engagements.topic', verbose_name='topic'),
        ),
        migrations.AddConstraint(
            model_name='concern',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cannot'), _negated=True), models.Q(('because', ''), _negated=True), _connector='OR'), name='concern_cannot_because', violation_error_message='Say why not: choose the reason.'),
        ),
    ]
