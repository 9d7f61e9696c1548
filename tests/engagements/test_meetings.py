"""Logging a meeting, and its way to the reviewed ones."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from engagements import meetings
from engagements.meetings import Headcount, Minutes
from engagements.models import Commitment, Concern, Engagement
from tests.cast import days_ago

from .conftest import hold


def minutes(cast, **more):
    return Minutes(**{"community": cast.village, "kind": "policing", "date": days_ago(1), **more})


def test_five_fields_make_a_meeting(cast):
    engagement = meetings.log_meeting(minutes(cast), by=cast.officer)
    assert (engagement.state, engagement.author) == ("draft", cast.officer)
    assert engagement.attendance_total is None


def test_not_counted_is_not_zero(cast):
    engagement = meetings.log_meeting(minutes(cast, attendance_total=0), by=cast.officer)
    assert engagement.attendance_total == 0


def test_all_or_nothing(cast):
    with pytest.raises(ValidationError):
        hold(cast, asked=[("water", "women", "Dry")], promised=[("We repair", 20)])  # due before the promise
    assert not Engagement.objects.exists()
    assert not Concern.objects.exists()


def test_a_meeting_of_tomorrow_is_refused(cast):
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="after it took place"):
        meetings.log_meeting(minutes(cast, date=tomorrow), by=cast.officer)


def test_a_cross_border_meeting_names_the_counterpart(cast):
    with pytest.raises(ValidationError, match="counterpart"):
        meetings.log_meeting(minutes(cast, kind="cross_border"), by=cast.officer)
    shared = hold(cast)
    Engagement.objects.filter(pk=shared.pk).update(counterpart=cast.niger_police)
    assert shared in Engagement.objects.visible_to(cast.liaison)


@pytest.mark.parametrize("who", ["manager", "editor", "focal_point", "registrar", "administrator", "liaison"])
def test_only_the_field_logs_meetings(cast, who):
    with pytest.raises(PermissionDenied):
        meetings.log_meeting(minutes(cast), by=cast.users[who])
    assert not Engagement.objects.exists()


def test_no_meeting_outside_ones_areas(cast):
    with pytest.raises(PermissionDenied):
        meetings.log_meeting(minutes(cast, community=cast.far), by=cast.officer)


def test_women_and_men_are_not_more_than_all(cast):
    lines = [Headcount(count=30, sex="women"), Headcount(count=20, sex="men")]
    with pytest.raises(ValidationError, match="more than all"):
        meetings.log_meeting(minutes(cast, attendance_total=40, attendance=lines), by=cast.officer)


def test_nobody_reviews_what_they_logged(cast):
    own = meetings.log_meeting(minutes(cast), by=cast.supervisor, submit=True)
    with pytest.raises(PermissionDenied):
        meetings.review_meeting(own, by=cast.supervisor)


def test_a_returned_meeting_carries_its_reason_and_comes_back(cast):
    engagement = meetings.log_meeting(minutes(cast), by=cast.officer, submit=True)
    with pytest.raises(PermissionDenied):
        meetings.mend_meeting(engagement, minutes(cast), by=cast.officer)
    with pytest.raises(ValidationError, match="mended"):
        meetings.return_meeting(engagement, reason="", by=cast.supervisor)
    meetings.return_meeting(engagement, reason="How many women?", by=cast.supervisor)
    meetings.mend_meeting(engagement, minutes(cast, attendance_total=12), by=cast.officer, submit=True)
    meetings.review_meeting(engagement, by=cast.supervisor)
    assert engagement.state == "reviewed"


def test_a_reviewed_meeting_is_closed_to_change(cast, told_once):
    with pytest.raises(PermissionDenied):
        meetings.mend_meeting(told_once, minutes(cast), by=cast.officer)
    with pytest.raises(PermissionDenied):
        meetings.return_meeting(told_once, reason="again", by=cast.supervisor)


def test_what_an_unreviewed_meeting_brought_is_not_public(cast):
    hold(cast, ago=60, asked=[("water", "women", "Dry")], promised=[("We repair", 30)], review=False)
    assert not Concern.objects.public().exists()
    assert not Commitment.objects.public().exists()


def test_a_delay_holds_back_what_is_young(cast, told_once):
    assert Commitment.objects.public().count() == 1
    cast.village.publish_delay_days = 90
    cast.village.save()
    assert not Commitment.objects.public().exists()
    assert not Concern.objects.public().exists()


def test_a_move_goes_by_what_is_stored_and_not_by_what_was_read_before(cast):
    meeting = meetings.log_meeting(minutes(cast), by=cast.officer)
    read_before = Engagement.objects.get(pk=meeting.pk)
    meetings.submit_meeting(meeting, by=cast.officer)
    meetings.return_meeting(read_before, reason="How many women?", by=cast.supervisor)
    meetings.submit_meeting(meeting, by=cast.officer)
    meetings.review_meeting(read_before, by=cast.supervisor)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.return_reason) == ("reviewed", "")
