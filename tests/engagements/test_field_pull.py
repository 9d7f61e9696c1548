"""What phones fetch: within their officer's sight, only what changed, and what must disappear."""

import json

import pytest

from communities import accounts
from communities.models import ContactOpening
from communities.sight import Role
from engagements import loop, meetings
from engagements.field import devices
from engagements.models import Engagement
from services import points
from services.models import ServicePoint
from tests.cast import CANARY_NAME, CANARY_NOTE, CANARY_PHONE, CANARY_SEALED, days_ago
from tests.engagements.conftest import hold
from tests.engagements.phone import Phone, meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast):
    return Phone(cast.officer)


def codes(phone):
    return {d["code"] for key, d in phone.documents.items() if key.startswith("c") and key != "choices"}


def brief_of(phone, community):
    phone.pull()
    return phone.documents[f"c{community.pk}"]


# --- Sight -----------------------------------------------------------------------------------------------
def test_a_phone_holds_the_communities_of_its_officer_and_no_others(cast, phone):
    phone.pull()
    assert codes(phone) == {"BJ-V1", "BJ-V2", "BJ-V3", "BJ-N1"}


def test_nothing_private_or_sealed_is_fetched(cast, phone):
    hold(cast, asked=[("corruption", "women", CANARY_SEALED)], promised=[])
    phone.pull()
    fetched = json.dumps(phone.documents, ensure_ascii=False)
    for canary in (CANARY_NAME, CANARY_PHONE, CANARY_NOTE, CANARY_SEALED):
        assert canary not in fetched


def test_a_community_that_left_the_officers_areas_disappears(cast, phone):
    phone.pull()
    cast.quiet.area = cast.south
    cast.quiet.save()
    told = phone.pull()
    assert told["gone"] == [f"c{cast.quiet.pk}"]
    assert "BJ-V2" not in codes(phone)


def test_an_officer_whose_posting_ended_holds_nothing_any_more(cast, phone):
    phone.pull()
    accounts.end_posting(cast.officer.postings.get(), by=None, on=days_ago(1))
    phone.pull()
    assert codes(phone) == set()


def test_a_merged_or_closed_community_disappears(cast, phone):
    phone.pull()
    cast.quiet.status = "closed"
    cast.quiet.save()
    assert phone.pull()["gone"] == [f"c{cast.quiet.pk}"]


# --- Only what changed -----------------------------------------------------------------------------------
def test_nothing_is_sent_twice(cast, phone):
    phone.pull()
    told = phone.pull()
    assert (told["documents"], told["gone"], told["more"]) == ({}, [], False)


def test_only_the_community_that_changed_is_sent_again(cast, phone):
    phone.pull()
    hold(cast, ago=3)
    assert set(phone.pull()["documents"]) == {f"c{cast.village.pk}"}


def test_an_answer_that_was_lost_is_sent_again(cast, phone):
    phone.pull()
    hold(cast, ago=3)
    before = phone.cursor
    first = phone.pull()["documents"]
    phone.cursor = before  # as if the phone never got it
    assert phone.pull()["documents"] == first


def test_a_long_answer_comes_in_pages_that_can_be_cut_between(cast, phone, monkeypatch):
    monkeypatch.setattr("engagements.field.snapshot.PAGE", 2)
    asked = phone.ask("/field/pull/").json()
    assert asked["more"] and len(asked["documents"]) == 2
    phone.pull()
    assert len(codes(phone)) == 4


def test_a_cursor_that_is_none_is_refused(phone):
    for rubbish in ("x", "eJwDAAAAAAE=", "W10="):
        assert phone.ask("/field/pull/", {"cursor": rubbish}).status_code == 400


# --- The brief -------------------------------------------------------------------------------------------
def test_the_brief_says_what_was_promised_the_longest_overdue_first(cast, phone):
    hold(cast, ago=60, asked=[("water", "women", "The pump")], promised=[("Late", 30), ("Later", 40)])
    brief = brief_of(phone, cast.village)
    assert [row["words"] for row in brief["promises"]] == ["Later", "Late"]
    assert brief["promises"][0]["done"] is None
    assert brief["last"]["on"] == days_ago(60).isoformat()


def test_the_brief_says_who_waits_for_an_answer_and_who_must_be_told(cast, phone, told_once):
    loop.answer(told_once.concerns.get(), text="In May.", by=cast.focal_point)
    brief = brief_of(phone, cast.village)
    assert "concerns" not in brief  # answered
    assert {row["news"] for row in brief["duties"]} == {"In May.", "We repair the pump"}


def test_the_brief_says_what_was_done_since_the_last_meeting(cast, phone, told_once):
    made = told_once.commitments.get()
    loop.show(made, kind="visit", on=days_ago(5), shows=3, by=cast.focal_point)
    brief = brief_of(phone, cast.village)
    assert [row[0] for row in brief["delivered"]] == ["We repair the pump"]
    assert brief["promises"][0]["done"] == days_ago(5).isoformat()  # still to be asked about


def test_the_brief_asks_again_about_what_was_confirmed_at_a_meeting_that_nobody_reviewed(
    cast, phone, told_once
):
    made = told_once.commitments.get()
    loop.show(made, kind="visit", on=days_ago(15), shows=3, by=cast.focal_point)
    said = meetings.Judged(commitment=made, group="women", answer=2)
    meeting = hold(cast, ago=5, judged=[said], review=False)
    assert brief_of(phone, cast.village)["promises"][0]["verdict"] is None
    meetings.review_meeting(meeting, by=cast.supervisor)
    assert "promises" not in brief_of(phone, cast.village)


def test_the_brief_names_the_groups_that_were_not_heard(cast, phone):
    """The chief is a known contact, women and youth live everywhere; women spoke."""
    hold(cast, asked=[("water", "women", "The pump")])
    assert brief_of(phone, cast.village)["unheard"] == ["chief", "youth"]


def test_where_nobody_wrote_down_who_spoke_the_brief_does_not_guess(cast, phone):
    hold(cast)
    assert "unheard" not in brief_of(phone, cast.village)


def test_the_brief_shows_how_trust_went(cast, phone):
    hold(cast, ago=50, pulse={"yes": 2, "no": 8})
    hold(cast, ago=30)
    hold(cast, ago=10, pulse={"yes": 7, "no": 1})
    assert brief_of(phone, cast.village)["trust"] == [
        [days_ago(50).isoformat(), {"yes": 2, "no": 8}],
        [days_ago(10).isoformat(), {"yes": 7, "no": 1}],
    ]


def test_who_is_an_integrity_officer_too_carries_no_sealed_concern_on_a_phone(cast):
    hold(cast, asked=[("corruption", "women", CANARY_SEALED)])
    accounts.post(cast.officer, Role.INTEGRITY, by=None)
    phone = Phone(cast.officer)
    phone.pull()
    assert CANARY_SEALED not in json.dumps(phone.documents)


def test_a_draft_meeting_is_not_the_last_one(cast, phone):
    meetings.log_meeting(meetings.Minutes(cast.village, "policing", days_ago(1)), by=cast.officer)
    assert "last" not in brief_of(phone, cast.village)


# --- Points, entries, contacts -----------------------------------------------------------------------------
def test_the_service_points_of_the_officers_areas_come_with_what_was_seen_last(cast, phone):
    here, there = (
        ServicePoint.objects.create(
            code=code, name=code, type=cast.health, country="BJ", area=area, source="test"
        )
        for code, area in (("HC1", cast.north), ("HC2", cast.south))
    )
    points.observe(point=here, date=days_ago(9), state="working", source="test", by=cast.officer)
    phone.pull()
    [row] = phone.documents[f"p{cast.north.pk}"]["points"]
    assert row[:1] + row[4:] == [here.pk, "working", days_ago(9).isoformat(), 365]
    assert f"p{cast.south.pk}" not in phone.documents and there


def test_an_entry_says_what_became_of_it(cast, phone):
    told = phone.push(meeting(cast.village))
    meetings.review_meeting(Engagement.objects.get(), by=cast.supervisor)
    phone.pull()
    [document] = [d for key, d in phone.documents.items() if key.startswith("e")]
    assert (document["meeting"], document["receipt"]) == ("reviewed", told["receipt"])


def test_a_contact_is_opened_one_by_one_and_each_opening_is_written_down(cast, phone):
    told = phone.ask(f"/field/contacts/{cast.contact.pk}/").json()
    assert told == {"name": CANARY_NAME, "phone": CANARY_PHONE}
    assert ContactOpening.objects.get().by == cast.officer


def test_a_contact_out_of_sight_is_not_found(cast):
    accounts.end_posting(cast.officer.postings.get(), by=None, on=days_ago(1))
    phone = Phone(cast.supervisor)
    cast.village.area = cast.south
    cast.village.save()
    assert phone.ask(f"/field/contacts/{cast.contact.pk}/").status_code == 404
    assert not ContactOpening.objects.exists()


# --- The phone's session -----------------------------------------------------------------------------------
def test_a_revoked_phone_fetches_nothing_and_empties_itself(cast, phone):
    devices.revoke(phone.device, by=cast.administrator)
    response = phone.ask("/field/pull/")
    assert response.status_code == 401 and response.json()["empty"] is True


def test_a_user_who_may_not_sign_in_any_more_loses_the_phone(cast, phone):
    cast.officer.is_active = False
    cast.officer.save()
    assert phone.ask("/field/pull/").json()["empty"] is True


def test_each_contact_prolongs_the_time_without_one(cast, phone):
    phone.device.expires_at = phone.device.created_at + devices.working_time() / 2
    phone.device.save()
    phone.pull()
    before = phone.device.expires_at
    phone.device.refresh_from_db()
    assert phone.device.expires_at > before


def test_putting_a_phone_in_use_takes_the_web_session_once_and_ends_it(cast, client):
    client.force_login(cast.officer)
    assert client.get("/field/session/").json()["field"] is True
    told = client.post("/field/enrol/", {"label": "Old phone"}).json()
    assert set(told) == {"device", "token", "key", "now", "until"}
    assert client.get("/field/session/").json()["signed_in"] is False
    assert cast.officer.devices.get().label == "Old phone"
    assert told["token"] not in str(cast.officer.devices.values())


@pytest.mark.parametrize("role", ["manager", "editor", "integrity", "administrator", "registrar"])
def test_the_notebook_is_for_those_who_meet_communities(cast, client, role):
    client.force_login(cast.users[role])
    assert client.get("/field/session/").json()["field"] is False
    assert client.post("/field/enrol/", {"label": "x"}).status_code == 403


def test_signing_in_again_lets_the_same_phone_work_on(cast, client, phone):
    phone.device.expires_at = phone.device.created_at
    phone.device.save()
    client.force_login(cast.officer)
    told = client.post("/field/enrol/", {"device": str(phone.device.uid), "token": phone.token}).json()
    assert told["token"] == ""  # it has its own
    assert phone.ask("/field/pull/").status_code == 200


def test_nobody_takes_over_the_phone_of_another(cast, client, phone):
    client.force_login(cast.supervisor)
    given = {"device": str(phone.device.uid), "token": phone.token}
    assert client.post("/field/enrol/", given).status_code == 403


def test_where_a_second_factor_is_needed_a_phone_needs_it_too(cast, client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(cast.officer)
    assert client.post("/field/enrol/", {"label": "x"}).status_code == 302
    assert not cast.officer.devices.exists()


def test_a_phone_leaves_by_itself(cast, phone):
    assert phone.ask("/field/leave/").json() == {"empty": True}
    phone.device.refresh_from_db()
    assert phone.device.revoked_by == cast.officer
