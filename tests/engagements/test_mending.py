"""Mending a meeting before its review: what it brought moves with its day, and may be taken out."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagements import deadlines, loop, meetings
from engagements.meetings import Judged, Minutes, Told
from engagements.models import Commitment, Concern, Duty, Telling, Verdict
from tests.cast import days_ago

from .conftest import hold
from .test_office_screens import screen


def on(cast, ago, **more):
    return Minutes(community=cast.village, kind="policing", date=days_ago(ago), **more)


@pytest.fixture
def returned(cast):
    """A meeting that was held ten days ago and written down as of sixty days ago; it heard of an earlier promise."""
    hold(cast, ago=90, promised=[("We dig a well", 80)])
    earlier = Commitment.objects.get()
    meeting = hold(
        cast,
        ago=60,
        asked=[("water", "women", "Dry")],
        promised=[("We repair", 5)],
        judged=[Judged(commitment=earlier, group="women", answer=0)],
        told=[Told(duty=earlier.duties.get(), group="women")],
        review=False,
    )
    meetings.return_meeting(meeting, reason="Wrong day", by=cast.supervisor)
    return meeting


def brought(meeting):
    found = [
        list(kind.objects.filter(engagement=meeting)) for kind in (Concern, Commitment, Verdict, Telling)
    ]
    return [row for rows in found for row in rows]


# --- The day -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ago", [10, 70])
def test_what_it_brought_moves_to_the_meetings_day(cast, returned, ago):
    meetings.mend_meeting(returned, on(cast, ago), by=cast.officer)
    concern, promise, _verdict, telling = brought(returned)
    assert [concern.raised_on, promise.promised_on, telling.date] == [days_ago(ago)] * 3
    assert concern.due_on == days_ago(ago) + datetime.timedelta(days=21)
    assert concern.duties.get().due_on == concern.due_on + datetime.timedelta(days=deadlines.TELL_DAYS)
    assert promise.due_on == days_ago(5)
    assert promise.duties.get().due_on == days_ago(5) + datetime.timedelta(days=deadlines.TELL_DAYS)


def test_nothing_moves_when_the_day_stays(cast, returned):
    Concern.objects.update(due_on=days_ago(1))
    meetings.mend_meeting(returned, on(cast, 60), by=cast.officer)
    assert Concern.objects.get().due_on == days_ago(1)


def test_what_was_written_while_the_day_was_wrong_in_memory_counts_for_nothing(cast, returned):
    returned.date = days_ago(10)
    meetings.mend_meeting(returned, on(cast, 10), by=cast.officer)
    assert Concern.objects.get().raised_on == days_ago(10)


def refused(cast, meeting, ago, match):
    with pytest.raises(ValidationError, match=match) as refusal:
        meetings.mend_meeting(meeting, on(cast, ago), by=cast.officer)
    assert list(refusal.value.error_dict) == ["date"]
    meeting.refresh_from_db()
    assert meeting.date == days_ago(60)
    assert Concern.objects.get().raised_on == days_ago(60)


def test_no_day_after_the_due_date_of_a_promise(cast, returned):
    refused(cast, returned, 4, "due date comes after")


def test_no_day_after_evidence_on_its_promise(cast, returned):
    promise = Commitment.objects.get(engagement=returned)
    loop.show(promise, kind="visit", on=days_ago(20), shows=1, by=cast.officer)
    refused(cast, returned, 19, "older than the promise")


def test_no_day_after_the_answer_to_its_concern(cast, returned):
    loop.answer(Concern.objects.get(), text="In May.", on=days_ago(20), by=cast.supervisor)
    refused(cast, returned, 19, "answer comes after")


def test_no_day_before_what_people_were_told_of(cast, returned):
    refused(cast, returned, 91, "nothing to tell yet")


# --- Taking out --------------------------------------------------------------------------------------------------
def test_what_it_brought_by_mistake_is_taken_out_with_its_duties_and_leaves_a_line(cast, returned):
    meetings.mend_meeting(returned, on(cast, 60), by=cast.officer, taken_out=brought(returned))
    assert brought(returned) == []
    assert Duty.objects.count() == 1
    lines = ModelLogEntry.objects.filter(action="engagements.take_out", user=cast.officer)
    assert sorted(line.data["kind"] for line in lines) == ["commitment", "concern", "telling", "verdict"]


def test_a_concern_that_a_promise_answers_stays(cast, returned):
    with pytest.raises(ValidationError, match="stands on this"):
        meetings.mend_meeting(
            returned, on(cast, 60), by=cast.officer, taken_out=[Concern.objects.get(engagement=returned)]
        )
    assert Concern.objects.exists()


def test_a_promise_with_evidence_stays(cast, returned):
    promise = Commitment.objects.get(engagement=returned)
    loop.show(promise, kind="visit", on=days_ago(20), shows=1, by=cast.officer)
    with pytest.raises(ValidationError, match="stands on this"):
        meetings.mend_meeting(returned, on(cast, 60), by=cast.officer, taken_out=[promise])
    assert promise.duties.exists()


def test_a_concern_that_was_answered_stays(cast, returned):
    loop.answer(Concern.objects.get(), text="In May.", by=cast.supervisor)
    with pytest.raises(ValidationError, match="stands on this"):
        meetings.mend_meeting(returned, on(cast, 60), by=cast.officer, taken_out=brought(returned))
    assert len(brought(returned)) == 4


def test_what_another_meeting_brought_stays(cast, returned):
    earlier = Commitment.objects.exclude(engagement=returned)
    with pytest.raises(ValidationError, match="stands on this"):
        meetings.mend_meeting(returned, on(cast, 60), by=cast.officer, taken_out=list(earlier))
    assert earlier.exists()


def test_nothing_is_taken_out_of_a_meeting_that_is_handed_in_or_somebody_elses(cast, returned):
    with pytest.raises(PermissionDenied):
        meetings.mend_meeting(returned, on(cast, 60), by=cast.supervisor, taken_out=brought(returned))
    meetings.submit_meeting(returned, by=cast.officer)
    with pytest.raises(PermissionDenied):
        meetings.mend_meeting(returned, on(cast, 60), by=cast.officer, taken_out=brought(returned))
    assert len(brought(returned)) == 4


# --- The screen --------------------------------------------------------------------------------------------------
def test_the_screen_lists_what_the_meeting_brought_and_takes_out_what_is_ticked(cast, returned, client):
    client.force_login(cast.officer)
    address = reverse("engagement:mend", args=[returned.pk])
    verdict = Verdict.objects.get()
    assert f'value="verdict-{verdict.pk}"' in client.get(address).content.decode()
    data = screen(cast, date=days_ago(10).isoformat(), taken_out=[f"verdict-{verdict.pk}"])
    answers = {
        f"verdict-{verdict.commitment_id}-answer": 2,
        f"verdict-{verdict.commitment_id}-group": "women",
    }
    assert client.post(address, data | answers).status_code == 302
    assert Verdict.objects.get().answer == 2
    assert Concern.objects.filter(raised_on=days_ago(10)).count() == 2


def test_the_screen_takes_nothing_out_of_other_meetings(cast, returned, client):
    client.force_login(cast.officer)
    earlier = Commitment.objects.exclude(engagement=returned).get()
    data = screen(cast, taken_out=[f"commitment-{earlier.pk}"])
    address = reverse("engagement:mend", args=[returned.pk])
    assert client.post(address, data).status_code == 422
    assert Commitment.objects.filter(pk=earlier.pk).exists()


def test_a_new_meeting_has_nothing_to_take_out(cast, client):
    client.force_login(cast.officer)
    assert (
        "taken_out" not in client.get(reverse("engagement:log_for", args=[cast.village.pk])).content.decode()
    )
