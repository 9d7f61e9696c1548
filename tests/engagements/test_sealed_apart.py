"""The migration that moved sealed concerns to their own table: 0006_sealed_apart."""

import base64
from importlib import import_module

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from communities.privacy import cipher
from engagements import loop, sealed, sealing
from engagements.models import Concern, Duty, SealedConcern, SealedNote, Telling
from tests.cast import days_ago

pytestmark = pytest.mark.django_db

migration = import_module("engagements.migrations.0006_sealed_apart")


@pytest.fixture
def as_before(cast):
    """The table of concerns with the column that told sealed ones apart; gone with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE engagements_concern ADD COLUMN sealed boolean NOT NULL DEFAULT false")
    return cast


def concern(cast, text, *, ago=30):
    return loop.raise_concern(
        topic=cast.water_topic,
        text=text,
        raised_by="women",
        raised_on=days_ago(ago),
        community=cast.village,
        by=cast.officer,
    )


def seal(*rows):
    """As they stood before: marked, on a sealed topic."""
    keys = ", ".join(str(row.pk) for row in rows)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE engagements_concern SET sealed = true WHERE id IN ({keys})")


def move():
    loader = MigrationLoader(connection)
    state = loader.project_state(("engagements", "0005_reports_and_sealed"))
    migration.move_apart(state.apps, None)


def told(row, cast):
    """Answered twenty days ago, and told two days later."""
    Concern.objects.filter(pk=row.pk).update(
        state="answered", answer="sealedzq answered", answered_on=days_ago(20)
    )
    duty = Duty.objects.get(concern=row)
    Telling.objects.create(duty=duty, date=days_ago(18), how="visit", group="women", by=cast.supervisor)


def test_sealed_concerns_move_with_answer_and_telling_and_leave_no_duty(as_before):
    cast = as_before
    new, answered, joined, other = (
        concern(cast, f"sealedzq {n}" if n < 3 else "The pump is dry") for n in range(4)
    )
    told(answered, cast)
    Concern.objects.filter(pk=joined.pk).update(state="merged", joined_to=new)
    seal(new, answered)
    move()
    assert set(Concern.objects.values_list("pk", "state")) == {(joined.pk, "new"), (other.pk, "new")}
    assert set(Duty.objects.values_list("concern", flat=True)) == {joined.pk, other.pk}
    assert not Telling.objects.exists()
    first, second = SealedConcern.objects.get(state="new"), SealedConcern.objects.get(state="answered")
    assert second.answered_on == days_ago(20)
    assert (first.key, first.raised_on, first.place) == (None, days_ago(30), "Garou")
    assert "sealedzq" not in first.text and cipher().decrypt(first.text.encode()) == b"sealedzq 0"
    assert list(SealedNote.objects.values_list("concern", "kind", "on")) == [
        (second.pk, "answer", days_ago(20)),
        (second.pk, "told", days_ago(18)),
    ]


def test_the_first_key_seals_what_moved(as_before):
    row = concern(as_before, "sealedzq said")
    told(row, as_before)
    seal(row)
    move()
    public, private = sealing.new_pair()
    key = sealed.set_key(public, by=as_before.integrity)
    moved, note = SealedConcern.objects.get(), SealedNote.objects.get(kind="answer")
    assert moved.key == note.key == key
    texts = [sealing.opened(base64.b64decode(row.text), private) for row in (moved, note)]
    assert texts == [b"sealedzq said", b"sealedzq answered"]
    with pytest.raises(InvalidToken):  # the server's own key opens it no more
        cipher().decrypt(moved.text.encode())
