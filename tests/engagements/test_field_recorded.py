"""Entries as phones sent them, recorded once and never edited: an old app's outbox is taken for at least a year."""

import json
from pathlib import Path

import pytest

from engagements.models import Engagement, Entry
from services.models import ServicePoint
from tests.cast import days_ago
from tests.engagements.phone import Phone

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))

pytestmark = pytest.mark.django_db


def filled(path, cast, phone):
    """A recorded entry with the numbers of this database in it."""
    point, _made = ServicePoint.objects.get_or_create(
        code="HC1", defaults={"name": "Garou", "type": cast.health, "area": cast.north, "source": "test"}
    )
    text = path.read_text(encoding="utf-8")
    for word, value in {
        "DEVICE": str(phone.device.uid),
        "TOKEN": phone.token,
        "DAY": days_ago(3).isoformat(),
        "DUE": days_ago(-20).isoformat(),
    }.items():
        text = text.replace(f'"{word}"', json.dumps(value))
    for word, row in {
        "VILLAGE": cast.village,
        "WATER": cast.water_topic,
        "AGENCY": cast.water,
        "POINT": point,
    }.items():
        text = text.replace(f'"{word}"', str(row.pk))
    return json.loads(text)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_what_an_earlier_app_sent_is_still_taken(cast, path):
    phone = Phone(cast.officer)
    command = filled(path, cast, phone)
    told = phone.send(command).json()
    assert told["status"] == ("draft" if command["draft"] else "received"), told


def test_a_recorded_meeting_brings_all_that_it_brought(cast):
    phone = Phone(cast.officer)
    phone.send(filled(RECORDED[1], cast, phone))
    row = Engagement.objects.get()
    assert (row.attendance_total, row.concerns.count(), row.commitments.count()) == (31, 1, 1)
    assert (row.attendance.count(), row.pulse.count()) == (3, 2)


def test_a_version_nobody_knows_stays_on_the_phone(cast):
    phone = Phone(cast.officer)
    assert phone.send(filled(RECORDED[0], cast, phone) | {"v": 99}).status_code == 400
    assert not Entry.objects.exists()
