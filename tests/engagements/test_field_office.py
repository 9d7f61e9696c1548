"""What supervisors decide of what phones sent, and who takes a phone out of use."""

import pytest
from django.urls import reverse

from communities import accounts
from communities.models import User
from communities.sight import Role
from engagements import meetings
from engagements.field import devices
from engagements.models import Engagement, Entry, SealedConcern
from tests import keys
from tests.cast import CANARY_SEALED, PASSWORD, days_ago
from tests.engagements.phone import Phone, meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast):
    return Phone(cast.officer)


@pytest.fixture
def colleague(cast):
    user = User.objects.create_user("colleague@example.org", PASSWORD, name="Colleague")
    accounts.post(user, Role.OFFICER, by=None, areas=[cast.north], agency=cast.police)
    return user


def page(client, user, entry, **post):
    client.force_login(user)
    address = reverse("entry:inspect", args=[entry.pk])
    return client.post(address, post) if post else client.get(address)


def held(cast, phone):
    """A meeting of yesterday by an officer whose posting ended a week ago."""
    accounts.end_posting(cast.officer.postings.get(), by=None, on=days_ago(7))
    phone.push(meeting(cast.village, date=days_ago(1).isoformat(), summary="Held words."))
    return Entry.objects.get()


# --- What waits ------------------------------------------------------------------------------------------
def test_a_supervisor_reads_what_waits_and_records_it_in_its_authors_name(cast, phone, client):
    entry = held(cast, phone)
    assert b"Held words." in page(client, cast.supervisor, entry).content
    page(client, cast.supervisor, entry, do="record")
    row = Engagement.objects.get()
    assert (row.author, row.state, row.summary) == (cast.officer, "submitted", "Held words.")
    assert row in Engagement.objects.all().reviewable_by(cast.supervisor)


def test_a_supervisor_sets_it_aside_and_its_author_reads_why(cast, phone, client):
    entry = held(cast, phone)
    page(client, cast.supervisor, entry, **{"do": "aside", "aside-reason": "Held by a colleague."})
    entry.refresh_from_db()
    assert (entry.state, entry.reason) == ("aside", "Held by a colleague.")
    assert entry.content and not Engagement.objects.exists()
    phone.pull()
    assert phone.documents[f"e{entry.uid}"]["reason"] == "Held by a colleague."


def test_setting_aside_needs_a_reason(cast, phone, client):
    entry = held(cast, phone)
    assert page(client, cast.supervisor, entry, **{"do": "aside", "aside-reason": " "}).status_code == 422
    entry.refresh_from_db()
    assert entry.state == "held"


@pytest.mark.parametrize(
    "role", ["manager", "editor", "focal_point", "integrity", "liaison", "administrator"]
)
def test_nobody_else_reads_what_phones_sent(cast, phone, client, role):
    entry = held(cast, phone)
    assert page(client, cast.users[role], entry).status_code in (302, 403, 404)


def test_an_officer_reads_their_own_entries_and_decides_nothing(cast, phone, client):
    phone.push(meeting(cast.village))
    entry = Entry.objects.get()
    assert page(client, cast.officer, entry).status_code == 200
    phone.send(phone.command(meeting(cast.village, summary="Other."), id=str(entry.uid)))
    waiting = Entry.objects.waiting().get()
    page(client, cast.officer, waiting, do="record")
    waiting.refresh_from_db()
    assert waiting.state == "held"


def test_sealed_concerns_are_shown_to_no_supervisor(cast, phone, client):
    sealed = {"topic": cast.sealed_topic.pk, "raised_by": "women", "text": CANARY_SEALED}
    phone.push({"community": cast.village.pk, "concerns": [sealed]}, draft=True)
    assert CANARY_SEALED.encode() not in page(client, cast.supervisor, Entry.objects.get()).content


def sealed_concern(cast):
    return {"topic": cast.sealed_topic.pk, "raised_by": "women", "text": CANARY_SEALED}


def test_a_concern_without_a_topic_yet_may_be_sealed_and_is_shown_to_nobody(cast, phone, client):
    for topic in (None, [1], str(cast.sealed_topic.pk)):
        row = {**sealed_concern(cast), "topic": topic}
        phone.push({"community": cast.village.pk, "concerns": [row, "rubbish"]}, draft=True)
        shown = page(client, cast.supervisor, Entry.objects.latest("pk"))
        assert shown.status_code == 200 and CANARY_SEALED.encode() not in shown.content


def test_a_sealed_concern_in_a_draft_goes_to_the_integrity_role_when_the_draft_is_handed_on(
    cast, phone, client, colleague
):
    body = {"community": cast.village.pk, "concerns": [sealed_concern(cast)]}
    phone.push(body, draft=True)
    page(client, cast.supervisor, Entry.objects.get(), **{"do": "hand_on", "hand_on-to": colleague.pk})
    theirs = Phone(colleague)
    theirs.pull()
    assert CANARY_SEALED not in str(theirs.documents)
    assert keys.read(SealedConcern.objects.visible_to(cast.integrity).get()) == CANARY_SEALED


def test_a_draft_whose_concern_has_no_topic_yet_stays_with_its_author(cast, phone, client, colleague):
    row = {**sealed_concern(cast), "topic": None}
    phone.push({"community": cast.village.pk, "concerns": [row]}, draft=True)
    entry = Entry.objects.get()
    page(client, cast.supervisor, entry, **{"do": "hand_on", "hand_on-to": colleague.pk})
    entry.refresh_from_db()
    assert entry.author == cast.officer and "SC1:" in entry.content and CANARY_SEALED not in entry.content


def test_setting_an_entry_aside_buries_no_sealed_concern(cast, phone, client):
    devices.revoke(phone.device, by=cast.administrator)
    phone.push(meeting(cast.village, concerns=[sealed_concern(cast)]))
    given = {"do": "aside", "aside-reason": "Not ours."}
    page(client, cast.supervisor, Entry.objects.get(), **given)
    assert keys.read(SealedConcern.objects.get()) == CANARY_SEALED
    assert CANARY_SEALED not in Entry.objects.get().content


def test_a_sealed_concern_that_is_in_both_versions_is_recorded_once(cast, phone, client):
    command = phone.command(meeting(cast.village, summary="First.", concerns=[sealed_concern(cast)]))
    phone.send(command)
    phone.send({**command, "body": meeting(cast.village, summary="Second.", concerns=[sealed_concern(cast)])})
    page(client, cast.supervisor, Entry.objects.waiting().get(), **{"do": "aside", "aside-reason": "Twice."})
    assert SealedConcern.objects.count() == 1


# --- Two versions ----------------------------------------------------------------------------------------
def rivals(cast, phone):
    """A meeting that waits for review, and what else came under its number."""
    command = phone.command(meeting(cast.village, summary="First."))
    phone.send(command)
    phone.send({**command, "body": meeting(cast.village, summary="Second.")})
    return Entry.objects.waiting().get()


def test_taking_the_other_version_mends_the_meeting(cast, phone, client):
    page(client, cast.supervisor, rivals(cast, phone), do="record")
    row = Engagement.objects.get()
    assert (row.summary, row.state, row.author) == ("Second.", "submitted", cast.officer)


def test_a_meeting_that_was_accepted_is_not_changed_any_more(cast, phone, client):
    rival = rivals(cast, phone)
    meetings.review_meeting(Engagement.objects.get(), by=cast.supervisor)
    assert page(client, cast.supervisor, rival, do="record").status_code == 422
    assert Engagement.objects.get().summary == "First."


def test_the_author_hears_of_the_version_that_waits(cast, phone):
    rival = rivals(cast, phone)
    phone.pull()
    document = phone.documents[f"e{rival.rival_of.uid}"]
    assert (document["state"], document["why"]) == ("held", "differs")


def test_an_entry_whose_author_lost_their_access_is_recorded_all_the_same(cast, phone, client):
    cast.officer.is_active = False
    cast.officer.save()
    devices.revoke(phone.device, by=cast.administrator)
    phone.push(meeting(cast.village))
    page(client, cast.supervisor, Entry.objects.get(), do="record")
    assert Engagement.objects.get().author == cast.officer


def test_both_versions_of_what_waited_make_one_meeting(cast, phone, client):
    devices.revoke(phone.device, by=cast.administrator)
    command = phone.command(meeting(cast.village, summary="First.", concerns=[sealed_concern(cast)]))
    phone.send(command)
    phone.send({**command, "body": meeting(cast.village, summary="Second.", concerns=[sealed_concern(cast)])})
    for entry in Entry.objects.waiting().order_by("pk"):
        page(client, cast.supervisor, entry, do="record")
    assert Engagement.objects.get().summary == "Second."
    assert SealedConcern.objects.count() == 1


def test_the_version_of_the_first_phone_mends_what_a_colleague_handed_in(cast, phone, client, colleague):
    command = phone.command({"community": cast.village.pk}, draft=True)
    phone.send(command)
    page(client, cast.supervisor, Entry.objects.get(), **{"do": "hand_on", "hand_on-to": colleague.pk})
    Phone(colleague).push(meeting(cast.village, summary="Theirs."), id=command["id"], seq=2, after=1)
    phone.send({**command, "seq": 3, "draft": False, "body": meeting(cast.village, summary="Mine.")})
    page(client, cast.supervisor, Entry.objects.waiting().get(), do="record")
    row = Engagement.objects.get()
    assert (row.summary, row.author) == ("Mine.", colleague)


# --- Handing on ------------------------------------------------------------------------------------------
def test_a_draft_is_handed_on_to_a_colleague_and_goes_on_there(cast, phone, client, colleague):
    body = {"community": cast.village.pk, "summary": "Begun by another."}
    command = phone.command(body, draft=True)
    phone.send(command)
    phone.pull()
    page(client, cast.supervisor, Entry.objects.get(), **{"do": "hand_on", "hand_on-to": colleague.pk})
    phone.pull()
    assert f"e{command['id']}" not in phone.documents
    theirs = Phone(colleague)
    theirs.pull()
    assert theirs.documents[f"e{command['id']}"]["body"] == body
    told = theirs.push(meeting(cast.village), id=command["id"], seq=2, after=1)
    assert told["status"] == "received"
    assert Engagement.objects.get().author == colleague


def test_what_the_first_phone_still_sends_of_it_is_kept_apart(cast, phone, client, colleague):
    command = phone.command({"community": cast.village.pk}, draft=True)
    phone.send(command)
    page(client, cast.supervisor, Entry.objects.get(), **{"do": "hand_on", "hand_on-to": colleague.pk})
    told = phone.send({**command, "seq": 2, "draft": False, "body": meeting(cast.village)}).json()
    assert (told["status"], told["why"]) == ("held", "differs")


def test_nothing_is_handed_to_somebody_who_does_not_meet_the_community(cast, phone, client):
    phone.push({"community": cast.village.pk}, draft=True)
    given = {"do": "hand_on", "hand_on-to": cast.manager.pk}
    assert page(client, cast.supervisor, Entry.objects.get(), **given).status_code == 422


# --- Phones ----------------------------------------------------------------------------------------------
def revoke(client, user, device):
    client.force_login(user)
    return client.post(reverse("device:revoke", args=[device.pk]))


def test_an_administrator_takes_a_phone_out_of_use(cast, phone, client):
    revoke(client, cast.administrator, phone.device)
    phone.device.refresh_from_db()
    assert phone.device.revoked_by == cast.administrator


def test_an_officer_takes_their_own_lost_phone_out_of_use_and_no_other(cast, phone, client):
    other = Phone(cast.supervisor).device
    revoke(client, cast.officer, other)
    other.refresh_from_db()
    assert other.revoked_at is None
    revoke(client, cast.officer, phone.device)
    phone.device.refresh_from_db()
    assert phone.device.revoked_at


@pytest.mark.parametrize("role", ["manager", "editor", "registrar"])
def test_nobody_else_does(cast, phone, client, role):
    assert revoke(client, cast.users[role], phone.device).status_code in (302, 403, 404)
    phone.device.refresh_from_db()
    assert phone.device.revoked_at is None


def test_the_list_of_phones_counts_its_queries(cast, client, django_assert_max_num_queries):
    for _ in range(11):
        devices.enrol(by=cast.officer, label="Phone")
    client.force_login(cast.administrator)
    client.get(reverse("device:index"))
    with django_assert_max_num_queries(24):
        assert client.get(reverse("device:index")).status_code == 200


def test_the_list_of_entries_counts_its_queries(cast, phone, client, django_assert_max_num_queries):
    for _ in range(11):
        phone.push(meeting(cast.village))
    client.force_login(cast.supervisor)
    client.get(reverse("entry:index"))
    with django_assert_max_num_queries(24):
        assert client.get(reverse("entry:index")).status_code == 200


def test_the_meetings_page_says_who_came_and_how_they_trust(cast, phone, client):
    counted = [{"sex": "women", "count": 9}, {"who": "officers", "sex": "women", "count": 2}]
    phone.push(meeting(cast.village, attendance=counted, pulse={"yes": 12}))
    client.force_login(cast.supervisor)
    said = client.get(reverse("engagement:inspect", args=[Engagement.objects.get().pk])).content.decode()
    assert "Women: 9" in said and "Officers, Women: 2" in said and "Yes 12" in said
