"""What phones send becomes rows once, through the verbs, whatever happens on the way."""

import json
import uuid

import pytest

from communities import accounts
from communities.sight import Role
from engagements import loop, meetings
from engagements.field import devices
from engagements.field.server_key import current
from engagements.models import Commitment, Concern, Engagement, Entry, Pulse, Receipt, SealedConcern
from engagements.sealing import seal
from services.models import Observation, ServicePoint
from tests import keys
from tests.cast import CANARY_SEALED, days_ago
from tests.engagements.phone import Phone, meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast):
    return Phone(cast.officer)


def full(cast, **more):
    """A meeting that brings one of everything that needs nothing earlier."""
    return meeting(
        cast.village,
        topics=[cast.water_topic.pk],
        agencies=[cast.police.pk],
        language=cast.dendi.pk,
        summary="Calm.",
        attendance=[{"sex": "women", "count": 9}, {"group": "youth", "count": 3}],
        concerns=[{"topic": cast.water_topic.pk, "raised_by": "women", "text": "The pump is broken."}],
        commitments=[
            {
                "words": "We mend it.",
                "agency": cast.water.pk,
                "due_on": days_ago(-20).isoformat(),
                "about_new": 0,
            }
        ],
        pulse={"yes": 12, "no": 3},
        position=[11.9, 3.0],
        **more,
    )


# --- Once ------------------------------------------------------------------------------------------------
def test_a_meeting_from_a_phone_is_handed_in_with_all_it_brings(cast, phone):
    told = phone.push(full(cast))
    assert told["status"] == "received" and len(told["receipt"]) == 7
    row = Engagement.objects.get()
    assert (row.state, row.author, row.attendance_total) == ("submitted", cast.officer, 24)
    assert (row.position.x, row.position.y) == (3.0, 11.9)
    assert row.commitments.get().concern == row.concerns.get()
    assert row.concerns.get().agency == cast.water  # by its mandate
    assert dict(row.pulse.values_list("answer", "count")) == {"yes": 12, "no": 3}
    assert {(a.sex, a.group, a.count) for a in row.attendance.all()} == {
        ("women", "", 9),
        ("all", "youth", 3),
    }


def test_a_repeat_gets_the_first_receipt_and_changes_nothing(cast, phone):
    command = phone.command(full(cast))
    first, second = phone.send(command).json(), phone.send(command).json()
    first.pop("now"), second.pop("now")
    assert first == second
    assert (Engagement.objects.count(), Concern.objects.count(), Receipt.objects.count()) == (1, 1, 1)


def test_something_else_under_the_same_number_waits_for_a_supervisor(cast, phone):
    command = phone.command(meeting(cast.village))
    phone.send(command)
    told = phone.send({**command, "body": meeting(cast.village, summary="Other words.")}).json()
    assert (told["status"], told["why"]) == ("held", "differs")
    assert Engagement.objects.get().summary == ""
    rival = Entry.objects.get(rival_of__uid=command["id"])
    assert rival in Entry.objects.visible_to(cast.supervisor).waiting()
    assert json.loads(rival.content)["body"]["summary"] == "Other words."


def test_an_older_version_that_comes_late_changes_nothing(cast, phone):
    command = phone.command(meeting(cast.village, summary="Second."), seq=2)
    phone.send(command)
    told = phone.send({**command, "seq": 1, "draft": True, "body": meeting(cast.village, summary="First.")})
    assert told.json()["status"] == "received"
    assert Engagement.objects.get().summary == "Second."


def test_two_phones_may_not_write_one_entry_over_one_another(cast, phone):
    command = phone.command(meeting(cast.village, summary="Mine."))
    phone.send(command)
    other = Phone(cast.supervisor)
    told = other.push(meeting(cast.village, summary="Theirs."), id=command["id"], seq=2)
    assert (told["status"], told["why"]) == ("held", "differs")
    assert Engagement.objects.get().summary == "Mine."


# --- Drafts ----------------------------------------------------------------------------------------------
def test_a_draft_is_kept_as_a_draft_and_counts_nowhere(cast, phone):
    told = phone.push({"community": cast.village.pk, "summary": "Half a sen"}, draft=True)
    assert told["status"] == "draft"
    assert not Engagement.objects.exists()
    entry = Entry.objects.get()
    assert (entry.state, entry.community) == ("draft", cast.village)


def test_a_draft_reaches_the_next_phone_of_its_officer_and_no_other(cast, phone):
    body = {"community": cast.village.pk, "summary": "Half a sen"}
    command = phone.command(body, draft=True)
    phone.send(command)
    phone.pull()
    assert "body" not in phone.documents[f"e{command['id']}"]  # it wrote it itself
    again, other = Phone(cast.officer), Phone(cast.supervisor)
    again.pull(), other.pull()
    assert again.documents[f"e{command['id']}"]["body"] == body
    assert f"e{command['id']}" not in other.documents


def test_a_draft_becomes_a_meeting_when_it_is_handed_in(cast, phone):
    command = phone.command(meeting(cast.village), draft=True)
    phone.send(command)
    phone.send({**command, "seq": 2, "draft": False})
    assert Entry.objects.get().engagement == Engagement.objects.get()


def test_a_draft_that_was_thrown_away_is_gone_from_the_next_phone(cast, phone):
    command = phone.command({"community": cast.village.pk, "summary": "Half"}, draft=True)
    phone.send(command)
    told = phone.send({**command, "seq": 2, "body": {}, "drop": True}).json()
    assert told["status"] == "aside"
    assert Entry.objects.get().content == ""
    again = Phone(cast.officer)
    again.pull()
    assert f"e{command['id']}" not in again.documents


def test_what_was_handed_in_cannot_be_thrown_away(cast, phone):
    command = phone.command(meeting(cast.village))
    phone.send(command)
    phone.send({**command, "seq": 2, "body": {}, "draft": True, "drop": True})
    assert Engagement.objects.get() and Entry.objects.get().state == "recorded"


def test_the_same_handed_in_twice_under_a_new_number_is_one_meeting_and_no_conflict(cast, phone):
    body = full(cast)
    body["concerns"].append({"topic": cast.sealed_topic.pk, "raised_by": "women", "text": CANARY_SEALED})
    command = phone.command(body)
    phone.send(command)
    assert phone.send({**command, "seq": 2}).json()["status"] == "received"
    assert (Engagement.objects.count(), Entry.objects.count(), Concern.objects.count()) == (1, 1, 1)
    assert SealedConcern.objects.count() == 1


# --- Mending ---------------------------------------------------------------------------------------------
def test_what_cannot_be_recorded_comes_back_with_sentences_by_field(cast, phone):
    body = full(cast)
    body["date"] = days_ago(-2).isoformat()
    del body["concerns"][0]["topic"]
    told = phone.push(body)
    assert told["status"] == "refused"
    assert told["problems"] == {"concerns.0.topic": ["This is still empty."]}
    assert Entry.objects.get().state == "refused"
    body["concerns"][0]["topic"] = cast.water_topic.pk
    told = phone.push(body, id=str(Entry.objects.get().uid), seq=2)
    assert told["problems"] == {"date": ["A meeting is logged after it took place."]}
    body["date"] = days_ago(2).isoformat()
    assert phone.push(body, id=str(Entry.objects.get().uid), seq=3)["status"] == "received"
    assert Engagement.objects.get().date == days_ago(2)


def test_the_sentences_are_in_the_officers_language(cast, phone):
    tomorrow = meeting(cast.village, date=days_ago(-1).isoformat())
    [said] = phone.push(tomorrow, lang="fr")["problems"]["date"]
    assert said.startswith("Une réunion")


def test_a_verbs_refusal_names_the_row_it_stands_in(cast, phone):
    body = full(cast)
    body["commitments"][0]["due_on"] = days_ago(30).isoformat()
    told = phone.push(body)
    assert list(told["problems"]) == ["commitments.0.__all__"]
    assert not Concern.objects.exists()  # nothing was half-written


def returned(cast, phone, body):
    """A meeting that the supervisor sent back: the command, and the version that its mending names."""
    command = phone.command(body)
    phone.send(command)
    meetings.return_meeting(Engagement.objects.get(), reason="How many women came?", by=cast.supervisor)
    phone.pull()
    return command, phone.documents[f"e{command['id']}"]


def test_the_phone_hears_why_a_meeting_was_returned(cast, phone):
    _command, document = returned(cast, phone, full(cast))
    assert (document["meeting"], document["reason"]) == ("returned", "How many women came?")


def test_a_mended_meeting_says_what_the_phone_says_and_no_more(cast, phone):
    command, document = returned(cast, phone, full(cast))
    kept = Concern.objects.get()
    body = full(cast, interpreter="teacher")
    body["concerns"].append({"topic": cast.water_topic.pk, "raised_by": "youth", "text": "A second pump."})
    body["commitments"] = []
    told = phone.send({**command, "seq": 2, "body": body, "mends": document["version"]}).json()
    assert told["status"] == "received"
    row = Engagement.objects.get()
    assert (row.state, row.interpreter, row.version) == ("submitted", "teacher", 2)
    assert set(Concern.objects.values_list("text", flat=True)) == {"The pump is broken.", "A second pump."}
    assert kept in row.concerns.all()  # what was not changed is the same row
    assert not Commitment.objects.exists()


def test_a_meeting_mended_in_the_office_meanwhile_waits_for_a_supervisor(cast, phone):
    command, document = returned(cast, phone, meeting(cast.village))
    row = Engagement.objects.get()
    by_hand = meetings.Minutes(cast.village, "policing", days_ago(4), details={"summary": "By hand."})
    meetings.mend_meeting(row, by_hand, by=cast.officer)
    told = phone.send(
        {
            **command,
            "seq": 2,
            "body": meeting(cast.village, summary="By phone."),
            "mends": document["version"],
        }
    ).json()
    assert (told["status"], told["why"]) == ("held", "changed")
    row.refresh_from_db()
    assert row.summary == "By hand."
    assert json.loads(Entry.objects.waiting().get().content)["body"]["summary"] == "By phone."


def test_a_returned_meeting_handed_in_as_it_was_is_handed_in_again(cast, phone):
    command, document = returned(cast, phone, meeting(cast.village))
    phone.send({**command, "seq": 2, "mends": document["version"]})
    assert Engagement.objects.get().state == "submitted"


def test_a_draft_of_the_mending_does_not_stand_for_it(cast, phone):
    command, document = returned(cast, phone, meeting(cast.village))
    mended = {**command, "body": meeting(cast.village, summary="Mended."), "mends": document["version"]}
    assert phone.send({**mended, "seq": 2, "draft": True}).json()["status"] == "draft"
    phone.send({**mended, "seq": 3})
    row = Engagement.objects.get()
    assert (row.state, row.summary) == ("submitted", "Mended.")


def test_a_sealed_concern_that_comes_with_the_mending_is_recorded_once(cast, phone):
    command, document = returned(cast, phone, meeting(cast.village))
    sealed = {"topic": cast.sealed_topic.pk, "raised_by": "women", "text": CANARY_SEALED}
    mended = {**command, "body": meeting(cast.village, concerns=[sealed]), "mends": document["version"]}
    phone.send({**mended, "seq": 2})
    phone.send({**mended, "seq": 3})
    assert keys.read(SealedConcern.objects.get()) == CANARY_SEALED


def test_a_late_draft_of_a_meeting_under_review_changes_nothing(cast, phone):
    command = phone.command(meeting(cast.village))
    phone.send(command)
    before = Entry.objects.get().content
    phone.send({**command, "seq": 2, "draft": True, "body": {"community": cast.village.pk}})
    assert Entry.objects.get().content == before


def test_the_newer_version_of_another_phone_is_not_written_over(cast, phone):
    """The officer went on with a draft on a second phone; the first one does not know, and hands in as well."""
    command = phone.command({"community": cast.village.pk}, draft=True)
    phone.send(command)
    second = Phone(cast.officer)
    second.pull()
    mine = meeting(cast.village, summary="On the second phone.")
    assert second.push(mine, id=command["id"], seq=2, after=1)["status"] == "received"
    told = phone.send({**command, "seq": 9, "draft": False, "body": meeting(cast.village, summary="First.")})
    assert told.json()["status"] == "held"
    assert Engagement.objects.get().summary == "On the second phone."


def test_what_the_database_refuses_comes_back_to_be_mended(cast, phone):
    twice = [{"sex": "women", "count": 9}, {"sex": "women", "count": 4}]
    told = phone.push(meeting(cast.village, attendance=twice))
    assert told["status"] == "refused" and told["problems"]
    assert Entry.objects.get().state == "refused"


def test_a_thief_throws_nothing_away(cast, phone):
    command = phone.command({"community": cast.village.pk, "summary": "Half"}, draft=True)
    phone.send(command)
    devices.revoke(phone.device, by=cast.administrator)
    phone.send({**command, "seq": 2, "body": {}, "drop": True})
    phone.send({**command, "seq": 3, "body": {"community": cast.village.pk, "summary": "Rubbish"}})
    kept = Entry.objects.get(rival_of=None)
    assert kept.state == "draft" and "Half" in kept.content
    assert Entry.objects.waiting().get().why == "revoked"


def test_an_observation_handed_in_twice_is_one_and_no_conflict(cast, phone, post):
    command = phone.command(observation(post), kind="observation")
    phone.send(command)
    assert phone.send({**command, "seq": 2}).json()["status"] == "received"
    assert Observation.objects.count() == 1 and not Entry.objects.waiting().exists()


# --- What changed meanwhile --------------------------------------------------------------------------------
def test_a_meeting_with_a_merged_community_is_one_with_what_it_was_merged_into(cast, phone):
    cast.quiet.status, cast.quiet.merged_into = "merged", cast.village
    cast.quiet.save()
    assert phone.push(meeting(cast.quiet))["status"] == "received"
    assert Engagement.objects.get().community == cast.village


def promise(cast, community):
    return loop.promise(
        community=community,
        words="A road.",
        agency=cast.water,
        promised_on=days_ago(60),
        due_on=days_ago(10),
        by=cast.officer,
    )


def test_a_verdict_on_a_promise_withdrawn_meanwhile_is_set_aside_into_the_notes(cast, phone):
    made = promise(cast, cast.village)
    loop.cancel(made, reason="The site floods.", by=cast.supervisor)
    told = phone.push(
        meeting(
            cast.village, verdicts=[{"commitment": made.pk, "group": "women", "answer": 0}], summary="Calm."
        )
    )
    assert told["status"] == "received" and len(told["notes"]) == 1
    row = Engagement.objects.get()
    assert row.summary.startswith("Calm.\n\nSet aside: Women's group said “Not kept”")
    assert not made.verdicts.exists()


def test_verdicts_and_tellings_on_what_is_open_are_recorded(cast, phone):
    made = promise(cast, cast.village)
    duty = made.duties.get()
    told = phone.push(
        meeting(
            cast.village,
            verdicts=[{"commitment": made.pk, "group": "women", "answer": 2}],
            tellings=[{"duty": duty.pk, "group": "youth", "reached": True}],
        )
    )
    assert told["notes"] == []
    assert (made.verdicts.get().answer, duty.tellings.get().group) == (2, "youth")


def test_a_day_that_has_begun_where_the_officer_is_has_begun(cast, phone, monkeypatch):
    """At 23:30 UTC it is already tomorrow east of Greenwich: the officer's own zone says whose today it is."""
    import datetime

    from django.utils import timezone

    late = timezone.now().replace(hour=23, minute=30)
    monkeypatch.setattr(timezone, "now", lambda: late)
    tomorrow = (late.date() + datetime.timedelta(days=1)).isoformat()
    assert phone.push(meeting(cast.village, date=tomorrow), zone=60)["status"] == "received"
    assert phone.push(meeting(cast.village, date=tomorrow), zone=0)["status"] == "refused"


def end_posting(cast, on):
    accounts.end_posting(cast.officer.postings.get(), by=None, on=on)


def test_a_meeting_held_while_posted_is_recorded_after_the_posting_ended(cast, phone):
    end_posting(cast, days_ago(2))
    assert phone.push(meeting(cast.village, date=days_ago(5).isoformat()))["status"] == "received"
    assert Engagement.objects.get().author == cast.officer


def test_a_meeting_held_after_the_posting_ended_waits_for_a_supervisor(cast, phone):
    end_posting(cast, days_ago(6))
    told = phone.push(meeting(cast.village, date=days_ago(5).isoformat()))
    assert (told["status"], told["why"]) == ("held", "outside")
    assert Entry.objects.visible_to(cast.supervisor).waiting().exists()
    assert not Engagement.objects.exists()


def test_a_community_out_of_sight_is_not_written_to(cast, phone):
    told = phone.push(meeting(cast.far))
    assert (told["status"], told["why"]) == ("held", "outside")
    assert not Engagement.objects.exists()


# --- Sealed ----------------------------------------------------------------------------------------------
def test_a_sealed_concern_reaches_the_integrity_role_alone_and_leaves_no_copy(cast, phone):
    body = full(cast)
    body["concerns"].append({"topic": cast.sealed_topic.pk, "raised_by": "women", "text": CANARY_SEALED})
    phone.push(body)
    sealed = SealedConcern.objects.get()
    assert sealed in SealedConcern.objects.visible_to(cast.integrity)
    assert sealed not in SealedConcern.objects.visible_to(cast.supervisor)
    assert keys.read(sealed) == CANARY_SEALED
    assert CANARY_SEALED not in Entry.objects.get().content


def test_mending_leaves_a_sealed_concern_as_it_is(cast, phone):
    body = meeting(
        cast.village,
        concerns=[{"topic": cast.sealed_topic.pk, "raised_by": "women", "text": CANARY_SEALED}],
    )
    command, document = returned(cast, phone, body)
    told = phone.send(
        {**command, "seq": 2, "body": meeting(cast.village), "mends": document["version"]}
    ).json()
    assert told["status"] == "received"
    assert keys.read(SealedConcern.objects.get()) == CANARY_SEALED


# --- Observations ----------------------------------------------------------------------------------------
@pytest.fixture
def post(cast):
    return ServicePoint.objects.create(
        code="HC1", name="Garou", type=cast.health, country="BJ", area=cast.north, source="test"
    )


def observation(point, **more):
    return {"point": point.pk, "date": days_ago(1).isoformat(), "state": "partly", **more}


def test_an_observation_from_a_phone_stands_beside_the_earlier_ones(cast, phone, post):
    given = observation(post, staffed=True, supplied=False, open_that_day=True, note="No vaccines.")
    assert phone.push(given, kind="observation")["status"] == "received"
    row = Observation.objects.get()
    assert (row.state, row.staffed, row.supplied, row.open_that_day) == ("partly", True, False, True)
    assert (row.method, row.by) == ("visit", cast.officer)


def test_an_observation_is_never_written_over(cast, phone, post):
    command = phone.command(observation(post), kind="observation")
    phone.send(command)
    told = phone.send({**command, "seq": 2, "body": observation(post, state="working")}).json()
    assert told["status"] == "held"
    assert Observation.objects.get().state == "partly"


def test_a_point_that_left_the_register_is_named(cast, phone, post):
    post.retired_on = days_ago(3)
    post.save()
    told = phone.push(observation(post), kind="observation")
    assert list(told["problems"]) == ["point"]


# --- What is no entry ------------------------------------------------------------------------------------
def test_what_is_not_sealed_to_us_is_refused_and_kept_nowhere(client, db):
    for rubbish in (b"", b"FS1", b"x" * 500, seal(b"{}", current()), seal(b"no json", current())):
        response = client.post("/field/push/", rubbish, content_type="application/octet-stream")
        assert response.status_code == 400
    assert not Entry.objects.exists()


def test_one_changed_byte_makes_it_unreadable(cast, phone):
    sealed = bytearray(seal(json.dumps(phone.command(meeting(cast.village))).encode(), current()))
    for place in (0, 5, 7, 100, 395, 400, len(sealed) - 1):
        broken = sealed.copy()
        broken[place] ^= 1
        assert (
            phone.client.post(
                "/field/push/", bytes(broken), content_type="application/octet-stream"
            ).status_code
            == 400
        )
    assert not Entry.objects.exists()


def test_a_wrong_token_or_another_phones_number_is_not_known(cast, phone):
    wrong = [
        phone.command(meeting(cast.village), token="guess"),
        phone.command(meeting(cast.village), device=str(uuid.uuid4())),
        phone.command(meeting(cast.village), device=str(Phone(cast.supervisor).device.uid)),
    ]
    assert [phone.send(command).status_code for command in wrong] == [401, 401, 401]
    assert not Entry.objects.exists()


def test_a_field_nobody_knows_is_refused_by_name(cast, phone):
    told = phone.push(meeting(cast.village, informant="x"))
    assert list(told["problems"]) == ["informant"]


def test_entries_of_a_revoked_phone_wait_for_a_person_and_it_is_told_to_empty_itself(cast, phone):
    devices.revoke(phone.device, by=cast.administrator)
    told = phone.push(meeting(cast.village))
    assert (told["status"], told["why"], told["empty"]) == ("held", "revoked", True)
    assert not Engagement.objects.exists()
    phone.device.refresh_from_db()
    assert phone.device.emptied_at


def test_a_phone_out_of_contact_for_too_long_still_hands_in(cast, phone):
    phone.device.expires_at = phone.device.created_at
    phone.device.save()
    assert phone.ask("/field/pull/").status_code == 401
    assert phone.push(meeting(cast.village))["status"] == "received"


def test_a_posting_of_another_role_does_not_open_the_field(cast):
    accounts.post(cast.editor, Role.EDITOR, by=None)
    with pytest.raises(Exception, match="officers and supervisors"):
        devices.enrol(by=cast.editor, label="x")


def test_the_pulse_takes_no_negative_counts(cast, phone):
    assert list(phone.push(meeting(cast.village, pulse={"yes": -1}))["problems"]) == ["pulse.yes"]
    assert not Pulse.objects.exists()
