"""Photos come sealed and in chunks, resume where they were cut, and are drawn anew without what they tell."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from engagements import meetings
from engagements.field import deciding, devices
from engagements.models import Entry, Photo, Upload
from services.models import Observation, ServicePoint
from tests.cast import days_ago
from tests.engagements.phone import Phone, meeting

pytestmark = pytest.mark.django_db

CHUNK = 700


@pytest.fixture
def phone(cast):
    return Phone(cast.officer)


def jpeg(make="Canaryphone") -> bytes:
    exif = Image.Exif()
    exif[0x010F] = make
    held = io.BytesIO()
    Image.effect_noise((64, 48), 90).convert("RGB").save(held, "JPEG", exif=exif)
    return held.getvalue()


def send(phone, about, sealed, *, until=None):
    """Sends the rest of a photo in chunks."""
    while (offset := phone.offset(about)) < (until or len(sealed)):
        assert phone.chunk(about, offset, sealed[offset : offset + CHUNK]).status_code == 204


def announced(cast, phone, content=None, **more):
    about, sealed = phone.photo(content or jpeg())
    told = phone.push(meeting(cast.village), photos=[about], **more)
    return told, about, sealed


def test_a_photo_follows_its_meeting_and_loses_what_it_tells(cast, phone, django_capture_on_commit_callbacks):
    _told, about, sealed = announced(cast, phone)
    assert phone.offset(about) == 0
    with django_capture_on_commit_callbacks(execute=True):
        send(phone, about, sealed)
    photo = Photo.objects.get()
    assert photo.engagement == Entry.objects.get().engagement
    with photo.file.open() as file:
        content = file.read()
    assert b"Canaryphone" not in content
    assert Image.open(io.BytesIO(content)).size == (64, 48)
    assert not storages["private"].exists(f"arriving/{about['id']}")


def test_a_cut_photo_goes_on_where_it_was_cut(cast, phone):
    _told, about, sealed = announced(cast, phone)
    send(phone, about, sealed, until=CHUNK)
    assert phone.offset(about) == CHUNK
    send(phone, about, sealed)
    assert Photo.objects.count() == 1


def test_a_chunk_that_does_not_fit_changes_nothing(cast, phone):
    _told, about, sealed = announced(cast, phone)
    assert phone.chunk(about, 5, sealed[5:50]).status_code == 409
    assert phone.chunk(about, 0, sealed + b"more").status_code == 409
    assert phone.offset(about) == 0


def test_a_chunk_that_comes_twice_is_there_once(cast, phone):
    _told, about, sealed = announced(cast, phone)
    phone.chunk(about, 0, sealed[:CHUNK])
    assert phone.chunk(about, 0, sealed[:CHUNK]).status_code == 409
    send(phone, about, sealed)
    assert Photo.objects.count() == 1
    assert phone.chunk(about, 0, sealed[:CHUNK]).headers["Upload-Offset"] == str(len(sealed))


def test_a_photo_that_is_not_what_was_announced_comes_again_from_the_beginning(cast, phone):
    _told, about, sealed = announced(cast, phone)
    wrong = bytes([sealed[0] ^ 1]) + sealed[1:]
    send(phone, about, wrong, until=len(sealed) - CHUNK)
    offset = phone.offset(about)
    assert phone.chunk(about, offset, wrong[offset:]).headers["Upload-Offset"] == "0"
    assert not Photo.objects.exists()
    send(phone, about, sealed)
    assert Photo.objects.count() == 1


def test_nothing_is_taken_that_no_entry_announced(phone):
    about, sealed = phone.photo(jpeg())
    assert phone.chunk(about, 0, sealed).status_code == 404
    assert not Upload.objects.exists()


def test_what_is_no_photo_is_not_kept(cast, phone):
    _told, about, sealed = announced(cast, phone, b"<script>alert(1)</script>" * 40)
    send(phone, about, sealed)
    assert Upload.objects.get().done and not Photo.objects.exists()


def test_a_photo_that_came_before_its_meeting_could_be_recorded_waits_for_it(cast, phone):
    about, sealed = phone.photo(jpeg())
    wrong = meeting(cast.village, date=days_ago(-3).isoformat())
    command = phone.command(wrong, photos=[about])
    assert phone.send(command).json()["status"] == "refused"
    send(phone, about, sealed)
    assert not Photo.objects.exists()
    phone.send({**command, "seq": 2, "body": meeting(cast.village)})
    assert Photo.objects.count() == 1


def test_a_photo_that_was_taken_out_does_not_come_with_the_meeting(cast, phone):
    about, sealed = phone.photo(jpeg())
    command = phone.command(meeting(cast.village, date=days_ago(-3).isoformat()), photos=[about])
    phone.send(command)
    send(phone, about, sealed)
    phone.send({**command, "seq": 2, "body": meeting(cast.village), "photos": []})
    assert not Photo.objects.exists() and not Upload.objects.exists()


def test_a_photo_that_was_taken_out_while_mending_leaves_the_meeting(cast, phone):
    about, sealed = phone.photo(jpeg())
    command = phone.command(meeting(cast.village), photos=[about])
    phone.send(command)
    send(phone, about, sealed)
    row = Photo.objects.get().engagement
    meetings.return_meeting(row, reason="A face can be seen.", by=cast.supervisor)
    phone.send({**command, "seq": 2, "photos": [], "mends": row.version})
    assert not Photo.objects.exists()


def test_a_pdf_is_no_photo(cast, phone):
    _told, about, sealed = announced(cast, phone, b"%PDF-1.4 " + b"x" * 600)
    send(phone, about, sealed)
    assert not Photo.objects.exists()


def test_the_photo_of_an_observation_stands_with_it(cast, phone):
    point = ServicePoint.objects.create(
        code="HC1", name="Garou", type=cast.health, country="BJ", area=cast.north, source="test"
    )
    about, sealed = phone.photo(jpeg())
    given = {"point": point.pk, "date": days_ago(1).isoformat(), "state": "working"}
    phone.push(given, kind="observation", photos=[about])
    send(phone, about, sealed)
    assert Observation.objects.get().photo.size > 0


def test_photos_that_never_came_in_full_are_forgotten_after_a_while(cast, phone):
    _told, about, sealed = announced(cast, phone)
    phone.chunk(about, 0, sealed[:CHUNK])
    call_command("forget_phone_data")
    assert Upload.objects.exists()
    Upload.objects.update(at=timezone.now() - timedelta(days=61))
    call_command("forget_phone_data")
    assert not Upload.objects.exists()
    assert not storages["private"].exists(f"arriving/{about['id']}")


def test_a_whole_photo_waits_as_long_as_its_entry_does(cast, phone):
    devices.revoke(phone.device, by=cast.administrator)
    _told, about, sealed = announced(cast, phone)
    send(phone, about, sealed)
    Upload.objects.update(at=timezone.now() - timedelta(days=61))
    call_command("forget_phone_data")
    deciding.record(Entry.objects.get(), by=cast.supervisor)
    assert Photo.objects.count() == 1


def test_the_content_of_an_entry_goes_once_its_meeting_speaks_for_it(cast, phone):
    phone.push(meeting(cast.village))
    call_command("forget_phone_data")
    assert Entry.objects.get().content  # a supervisor may still return it, to another phone
    meetings.review_meeting(Entry.objects.get().engagement, by=cast.supervisor)
    call_command("forget_phone_data")
    assert Entry.objects.get().content == ""
