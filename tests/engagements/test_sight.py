"""Who reads what a meeting brought, while it is a draft, under review, and reviewed."""

import pytest

from engagements.models import (
    Commitment,
    Concern,
    Duty,
    Engagement,
    Evidence,
    Revision,
    Telling,
    Verdict,
)
from tests.cast import days_ago

from .conftest import hold

ROWS = [Concern, Commitment, Duty, Evidence, Revision, Verdict, Telling]
UNREVIEWED = ["draft", "submitted", "returned"]
OF_AGENCIES = [Concern, Commitment, Evidence, Revision, Verdict]


def bring(cast, state, community=None):
    """A meeting in `state` whose promise has evidence, a revision, a verdict and a telling of its own."""
    meeting = hold(
        cast,
        ago=60,
        asked=[("water", "women", "Dry")],
        promised=[("We repair", 30)],
        review=state == "reviewed",
        community=community,
    )
    if state != "reviewed":
        Engagement.objects.filter(pk=meeting.pk).update(state=state, return_reason="Wrong day")
    promise = Commitment.objects.get(engagement=meeting)
    Evidence.objects.create(commitment=promise, kind="visit", date=days_ago(9), shows=2, by=cast.officer)
    Revision.objects.create(
        commitment=promise, due_before=promise.due_on, due_on=days_ago(1), reason="Rain", by=cast.officer
    )
    Verdict.objects.create(commitment=promise, engagement=meeting, group="women", answer=1, by=cast.officer)
    Telling.objects.create(
        duty=promise.duties.get(), date=days_ago(8), how="visit", group="women", by=cast.officer
    )
    return meeting


def seen_by(user):
    return [model.__name__ for model in ROWS if model.objects.visible_to(user).exists()]


@pytest.mark.parametrize("state", UNREVIEWED)
def test_what_an_unreviewed_meeting_brought_reaches_neither_agencies_nor_editors(cast, state):
    bring(cast, state)
    assert seen_by(cast.focal_point) == []
    assert seen_by(cast.editor) == []


@pytest.mark.parametrize("state", UNREVIEWED)
def test_an_agency_changes_nothing_that_an_unreviewed_meeting_brought(cast, state):
    bring(cast, state)
    changed = [m.__name__ for m in ROWS if m.objects.editable_by(cast.focal_point).exists()]
    assert changed == []
    assert not Commitment.objects.shown_by(cast.focal_point).exists()


def test_what_a_reviewed_meeting_brought_reaches_the_agency_and_the_editor(cast):
    bring(cast, "reviewed")
    assert seen_by(cast.focal_point) == [model.__name__ for model in OF_AGENCIES]
    assert seen_by(cast.editor) == [model.__name__ for model in ROWS]


def test_what_came_by_no_meeting_reaches_them_at_once(cast):
    bring(cast, "draft")
    for model in (Concern, Commitment):
        model.objects.update(engagement=None)
    assert seen_by(cast.focal_point) == ["Concern", "Commitment", "Evidence", "Revision"]
    assert Concern.objects.editable_by(cast.focal_point).exists()


def test_an_answer_at_an_unreviewed_meeting_stays_in_the_area(cast):
    promise = Commitment.objects.get(engagement=bring(cast, "reviewed"))
    meeting = hold(cast, ago=5, review=False)
    verdict = Verdict.objects.create(
        commitment=promise, engagement=meeting, group="youth", answer=0, by=cast.officer
    )
    telling = Telling.objects.create(
        duty=promise.duties.get(),
        date=days_ago(5),
        how="meeting",
        group="youth",
        by=cast.officer,
        engagement=meeting,
    )
    for user in (cast.focal_point, cast.editor):
        assert verdict not in Verdict.objects.visible_to(user)
        assert telling not in Telling.objects.visible_to(user)
    for user in (cast.officer, cast.supervisor, cast.manager):
        assert verdict in Verdict.objects.visible_to(user)
        assert telling in Telling.objects.visible_to(user)


def test_a_manager_reads_no_draft(cast):
    bring(cast, "draft")
    assert seen_by(cast.manager) == []
    Engagement.objects.update(state="submitted")
    assert seen_by(cast.manager) == [model.__name__ for model in ROWS]


@pytest.mark.parametrize("state", [*UNREVIEWED, "reviewed"])
@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_the_area_reads_all_of_it_whatever_its_state(cast, state, who):
    bring(cast, state)
    assert seen_by(cast.users[who]) == [model.__name__ for model in ROWS]


def test_an_editor_reads_nothing_about_a_hidden_community(cast):
    bring(cast, "reviewed", community=cast.hidden)
    assert seen_by(cast.editor) == []
