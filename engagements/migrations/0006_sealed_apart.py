"""Sealed concerns move to their own table, before the column that told them apart goes. Their text waits under the
server's key until the integrity body has one of its own. """

from datetime import timedelta

from django.db import migrations
from django.db.models import F

from communities.privacy import cipher


def move_apart(apps, schema_editor):
    Concern, Sealed, Note, Duty, Telling = (
        apps.get_model("engagements", name)
        for name in ("Concern", "SealedConcern", "SealedNote", "Duty", "Telling")
    )
    closed = cipher()
    for row in Concern.objects.filter(sealed=True).iterator():
        answered = row.state in ("answered", "cannot")
        sealed = Sealed.objects.create(
            topic_id=row.topic_id,
            community_id=row.community_id,
            channel=row.channel,
            raised_by=row.raised_by,
            raised_on=row.raised_on,
            due_on=row.due_on,
            state=row.state if answered else "new",
            answered_on=row.answered_on if answered else None,
            text=closed.encrypt(row.text.encode()).decode(),
            engagement_id=row.engagement_id,
        )
        if row.answer:
            words = closed.encrypt(row.answer.encode()).decode()
            Note.objects.create(concern=sealed, kind="answer", on=row.answered_on, text=words)
        for told in Telling.objects.filter(duty__concern=row, reached=True):
            Note.objects.create(concern=sealed, kind="told", on=told.date, how=told.how, by_id=told.by_id)
        Telling.objects.filter(duty__concern=row).delete()
        Duty.objects.filter(concern=row).delete()
        Concern.objects.filter(joined_to=row).update(joined_to=None, state="new")
        row.delete()


def fill_in(apps, schema_editor):
    Concern = apps.get_model("engagements", "Concern")
    Concern.objects.filter(state="cannot").update(because="other")
    Concern.objects.filter(answered_on__isnull=False).update(first_answered_on=F("answered_on"))
    for urgency, days in (("soon", 2), ("normal", 7)):
        late = F("at") + timedelta(days=days)
        Concern.objects.filter(urgency=urgency).update(look_by=late)


class Migration(migrations.Migration):
    dependencies = [("engagements", "0005_reports_and_sealed")]
    operations = [
        migrations.RunPython(move_apart, migrations.RunPython.noop),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
