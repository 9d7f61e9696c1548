"""The integrity officer's desk: sealed concerns and their key, for that role alone; nothing opens on the server."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from communities import accounts
from communities.models import User
from communities.sight import Role
from engagements import home, reports, sealed, sealing
from engagements.models import Concern, IntegrityKey, SealedConcern, SealedOpening, SealedPhoto
from engagements.reports import Told
from tests import keys
from tests.cast import CANARY_SEALED, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def private(cast):
    """The integrity body's private key, whose public half is in use."""
    public, private = keys.another_pair()
    sealed.set_key(public, by=cast.integrity)
    return private


def take(cast, text=CANARY_SEALED, ago=3, **more):
    """A sealed report of so many days ago: its code and its row."""
    place = {} if "area" in more else {"community": cast.village}
    told = Told(topic=cast.sealed_topic, text=text, channel="web", raised_on=days_ago(ago), **place, **more)
    code = reports.take(told)
    return code, SealedConcern.objects.order_by("-pk").first()


def page(client, user, address, *args):
    client.force_login(user)
    return client.get(reverse(address, args=args))


def test_the_list_shows_number_place_and_lateness_and_never_words(cast, private, client):
    take(cast, ago=40)
    take(cast, area=cast.south)
    shown = page(client, cast.integrity, "sealed:index").content.decode()
    assert "Garou" in shown and "Kandi" in shown and "10 days late" in shown
    assert all(row.number in shown for row in SealedConcern.objects.all()) and CANARY_SEALED not in shown


def test_the_list_is_filtered_by_state_topic_and_lateness(cast, private, client):
    _code, old = take(cast, ago=40)
    _code, new = take(cast)
    sealed.answer(new, text="Heard.", by=cast.integrity)
    client.force_login(cast.integrity)
    address = reverse("sealed:index")
    for query, found in (
        ("state=answered", [new]),
        ("state=new", [old]),
        ("overdue=true", [old]),
        (f"topic={cast.sealed_topic.pk}", [old, new]),
    ):
        shown = client.get(f"{address}?{query}").content.decode()
        assert [row for row in (old, new) if f"/inspect/{row.pk}/" in shown] == found, query


def test_the_list_asks_as_often_for_eleven_rows_as_for_one(
    cast, private, client, django_assert_max_num_queries
):
    take(cast)
    client.force_login(cast.integrity)
    client.get(reverse("sealed:index"))
    with django_assert_max_num_queries(100) as one:
        client.get(reverse("sealed:index"))
    for _row in range(10):
        take(cast)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("sealed:index"))


def test_for_everyone_else_none_of_it_exists(cast, private, client):
    _code, row = take(cast)
    photo = SealedPhoto.objects.create(
        concern=row, key=row.key, content=sealing.seal(b"picture", row.key, compress=False)
    )
    addresses = [
        reverse("sealed:index"),
        reverse("sealed:index_results"),
        reverse("sealed:key"),
        reverse("sealed:inspect", args=[row.pk]),
        reverse("sealed:photo", args=[photo.pk]),
    ]
    superuser = cast.administrator
    superuser.is_superuser = True
    superuser.save()
    for role, user in cast.users.items():
        client.force_login(user)
        for address in addresses:
            there = client.get(address).status_code
            assert there == (200 if role == "integrity" else 404), (role, address)
        if role != "integrity":
            posted = client.post(reverse("sealed:inspect", args=[row.pk]), {"do": "answer"})
            assert posted.status_code == 404
            assert client.post(reverse("sealed:key"), {"public": "x"}).status_code == 404


def test_a_page_carries_what_is_sealed_as_it_is_kept_and_may_not_be_stored(cast, private, client):
    _code, row = take(cast)
    shown = page(client, cast.integrity, "sealed:inspect", row.pk)
    assert row.text in shown.content.decode() and CANARY_SEALED.encode() not in shown.content
    assert "no-store" in shown["Cache-Control"]
    assert row.key.fingerprint in shown.content.decode()


def test_who_was_given_its_texts_is_kept_and_shown_to_integrity_officers(cast, private, client):
    _code, row = take(cast)
    shown = page(client, cast.integrity, "sealed:inspect", row.pk)
    assert f", {cast.integrity.get_full_name()}</li>" in shown.content.decode()
    page(client, cast.integrity, "sealed:inspect", row.pk)
    assert [opening.by for opening in row.openings.all()] == [cast.integrity], "once in half an hour"
    row.openings.update(at=timezone.now() - sealed.ONE_OPENING)
    client.post(reverse("sealed:inspect", args=[row.pk]), {"do": "answer"})  # refused, and shown again
    assert row.openings.count() == 2
    for role, user in cast.users.items():
        assert SealedOpening.objects.visible_to(user).exists() == (role == "integrity"), role


def test_a_photo_is_handed_out_as_it_is_kept(cast, private, client):
    _code, row = take(cast)
    content = sealing.seal(b"picture", row.key, compress=False)
    photo = SealedPhoto.objects.create(concern=row, key=row.key, content=content)
    answer = page(client, cast.integrity, "sealed:photo", photo.pk)
    assert answer.content == content and "no-store" in answer["Cache-Control"]
    assert sealing.opened(answer.content, private) == b"picture"
    assert row.openings.get().by == cast.integrity


def test_an_answer_reaches_whoever_holds_the_code(cast, private, client):
    code, row = take(cast)
    client.force_login(cast.integrity)
    address = reverse("sealed:inspect", args=[row.pk])
    said = {"do": "answer", "answer-text": "The officer was spoken to.", "answer-cannot": "on"}
    assert client.post(address, said).status_code == 302
    row.refresh_from_db()
    assert row.state == "cannot"
    assert reports.follow(code).steps[-1].text == "The officer was spoken to."
    assert SealedConcern.objects.with_steps().get().is_told  # they read it with their code


def moved(cast):
    reports.take(Told(topic=cast.water_topic, text="x", channel="web", community=cast.village))
    reports.seal(Concern.objects.get(), topic=cast.sealed_topic, by=cast.supervisor)


def at_the_desk(cast):
    told = Told(topic=cast.sealed_topic, text="x", channel="hotline", community=cast.village)
    reports.take(told, by=cast.officer)


def at_a_meeting(cast):
    sealed.receive(
        topic=cast.sealed_topic,
        text="x",
        raised_by="women",
        raised_on=days_ago(3),
        channel="meeting",
        community=cast.village,
    )


@pytest.mark.parametrize(
    ("came", "said", "beside"),
    [
        (take, "they read the answer with it", "and to whoever holds the code"),
        (at_the_desk, "the officer who wrote it down knows it too", "an officer knows the code"),
        (moved, "this came in openly first", "this report came in openly first"),
        (at_a_meeting, "Nobody holds a code for this", "nobody holds a code for this"),
    ],
)
def test_the_page_says_whom_an_answer_reaches_by_the_code(cast, private, client, came, said, beside):
    came(cast)
    shown = page(client, cast.integrity, "sealed:inspect", SealedConcern.objects.get().pk)
    assert said in shown.content.decode()
    (form,) = [form for action, form in shown.context["moves"] if action.name == "answer"]
    assert beside in str(form.fields["text"].help_text)


def test_an_empty_answer_is_refused_with_a_sentence(cast, private, client):
    _code, row = take(cast)
    client.force_login(cast.integrity)
    answer = client.post(reverse("sealed:inspect", args=[row.pk]), {"do": "answer", "answer-text": " "})
    assert answer.status_code == 422 and SealedConcern.objects.get().is_open


def test_a_telling_is_recorded_once_there_is_an_answer(cast, private, client):
    _code, row = take(cast)
    client.force_login(cast.integrity)
    address = reverse("sealed:inspect", args=[row.pk])
    told = {"do": "tell", "tell-on": days_ago(0).isoformat(), "tell-how": "phone"}
    client.post(address, told)
    assert not row.notes.exists()
    sealed.answer(row, text="Heard.", by=cast.integrity)
    assert client.post(address, told).status_code == 302
    assert SealedConcern.objects.with_steps().get().is_told


def test_what_was_added_after_the_answer_waits_again(cast, private):
    code, row = take(cast)
    sealed.answer(row, text="Heard.", by=cast.integrity)
    assert not SealedConcern.objects.waiting().exists()
    reports.add(code, text="It happened again.")
    assert SealedConcern.objects.waiting().get().standing == "Answered; they added to it"
    assert home.sealed_waiting(cast.integrity).lines[0].detail == "Answered; they added to it"


# --- The key -------------------------------------------------------------------------------------------------
def test_without_a_key_the_home_and_the_page_say_so(cast, no_key, client):
    client.force_login(cast.integrity)
    assert "No key for sealed concerns is set up yet" in client.get("/office/").content.decode()
    assert "no sealed concern is taken in" in client.get(reverse("sealed:key")).content.decode()


def test_a_posted_key_is_in_use_and_the_older_one_stays_named(cast, private, client):
    take(cast)
    before, (public, _new) = sealed.current_key(), sealing.new_pair()
    client.force_login(cast.integrity)
    assert client.post(reverse("sealed:key"), {"public": public}).status_code == 302
    assert sealed.current_key().fingerprint == sealing.fingerprint(public)
    shown = client.get(reverse("sealed:key")).content.decode()
    assert " ".join(before.groups) in shown and " ".join(sealed.current_key().groups) in shown
    row = SealedConcern.objects.get()
    assert before.short in client.get(reverse("sealed:inspect", args=[row.pk])).content.decode()


def test_the_key_page_names_who_is_integrity_officer_today_and_when_that_was_written_down(
    cast, private, client
):
    another = User.objects.create_user("second@example.org", name="Second Officerzq")
    accounts.post(another, Role.INTEGRITY, by=cast.administrator, starts=days_ago(300))
    gone = User.objects.create_user("gone@example.org", name="Former Officerzq")
    accounts.post(gone, Role.INTEGRITY, by=None, starts=days_ago(300), ends=days_ago(1))
    shown = " ".join(page(client, cast.integrity, "sealed:key").content.decode().split())
    for name, ago in ((cast.integrity.get_full_name(), 400), ("Second Officerzq", 300)):
        assert f"{name}, from {date_format(days_ago(ago))} · written down on {days_ago(0):%-d}" in shown
    assert "Former Officerzq" not in shown


def test_what_is_no_key_is_refused_with_a_sentence(cast, no_key, client):
    client.force_login(cast.integrity)
    answer = client.post(reverse("sealed:key"), {"public": "bm8ga2V5"}, follow=True)
    assert "This is no public key" in answer.content.decode() and not IntegrityKey.objects.exists()


def test_the_passphrase_and_the_file_have_no_name_under_which_they_could_be_sent(cast, client, private):
    _code, row = take(cast)
    for address in (reverse("sealed:key"), reverse("sealed:inspect", args=[row.pk])):
        client.force_login(cast.integrity)
        shown = client.get(address).content.decode()
        secret = re.findall(r"<input[^>]*type=\"(?:password|file)\"[^>]*>", shown)
        assert secret and not [field for field in secret if " name=" in field]


# --- Where there is no key ---------------------------------------------------------------------------------------
def test_the_meeting_screen_offers_sealed_topics_only_where_there_is_a_key(cast, no_key, client):
    client.force_login(cast.officer)
    address = reverse("engagement:log_for", args=[cast.village.pk])
    choice = "Corruption</option>"
    without = client.get(address).content.decode()
    assert choice not in without and "Not taken in here: Corruption" in without
    public, _private = sealing.new_pair()
    sealed.set_key(public, by=cast.integrity)
    with_key = client.get(address).content.decode()
    assert choice in with_key and "Not taken in here" not in with_key
