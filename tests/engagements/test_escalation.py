"""Escalation: what is overdue climbs to the supervisor and to headquarters, and every step is a dated record."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.formats import date_format

from communities import accounts
from communities.sight import Role
from engagements import escalation, loop, mandates, meetings, sealed
from engagements.escalation import Climbed
from engagements.meetings import Judged, Minutes
from engagements.models import (
    Commitment,
    Concern,
    Duty,
    Engagement,
    Escalation,
    Mandate,
    SealedConcern,
    Verdict,
)
from engagements.models.commitments import Answer, Shown
from tests.cast import CANARY_SEALED, days_ago

from .conftest import hold

SUPERVISOR, HEADQUARTERS = Escalation.Level.SUPERVISOR, Escalation.Level.HEADQUARTERS
pytestmark = pytest.mark.django_db


def levels(row) -> list[str]:
    return list(Escalation.objects.about(row).values_list("level", flat=True))


def concern_due(ago: int, cast, **more) -> Concern:
    """An unanswered concern whose day was so many days ago. Its mandate gives 21 days to answer."""
    hold(cast, ago=ago + 21, asked=[("water", "women", "The pump is dry")], **more)
    return Concern.objects.latest("pk")


def promise_due(ago: int, cast, **more) -> Commitment:
    hold(cast, ago=ago + 30, promised=[("We repair the pump", ago)], **more)
    return Commitment.objects.latest("pk")


# --- When ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("late", "reached"),
    [(0, []), (6, []), (7, [SUPERVISOR]), (20, [SUPERVISOR]), (21, [SUPERVISOR, HEADQUARTERS])],
)
@pytest.mark.parametrize("due", [concern_due, promise_due])
def test_it_climbs_after_the_usual_days(cast, due, late, reached):
    row = due(late, cast)
    escalation.climb()
    assert levels(row) == reached


def test_it_climbs_a_step_at_a_time_as_the_days_pass(cast):
    row = concern_due(30, cast)
    for ago in (24, 23, 16, 9, 8, 0):
        escalation.climb(on=days_ago(ago))
    steps = Escalation.objects.about(row)
    assert [(step.level, step.on, step.days_late) for step in steps] == [
        (SUPERVISOR, days_ago(23), 7),
        (HEADQUARTERS, days_ago(9), 21),
    ]


def test_it_records_nothing_twice(cast):
    concern_due(30, cast)
    promise_due(10, cast)
    assert escalation.climb() == Climbed(2, 1)
    assert escalation.climb() == Climbed(0, 0)
    assert Escalation.objects.count() == 3


def test_a_promise_that_is_moved_and_missed_again_climbs_again(cast):
    row = promise_due(40, cast)
    escalation.climb()
    loop.revise(row, reason="The pump came late", due_on=days_ago(10), by=cast.focal_point)
    assert not Escalation.objects.about(row).standing().exists()
    escalation.climb()
    assert [(step.level, step.since) for step in Escalation.objects.about(row)] == [
        (SUPERVISOR, days_ago(40)),
        (HEADQUARTERS, days_ago(40)),
        (SUPERVISOR, days_ago(10)),
    ]
    assert Escalation.objects.about(row).standing().get().since == days_ago(10)


def test_a_concern_that_is_opened_again_climbs_again(cast):
    row = concern_due(60, cast)
    escalation.climb(on=days_ago(50))
    loop.answer(row, text="No money.", because="money", on=days_ago(45), by=cast.focal_point)
    loop.assign(row, agency=cast.water, by=cast.supervisor)
    row.assignments.update(on=days_ago(8))
    escalation.climb()
    escalation.climb()
    assert [(step.level, step.since, step.days_late) for step in Escalation.objects.about(row)] == [
        (SUPERVISOR, days_ago(60), 10),
        (SUPERVISOR, days_ago(8), 60),
    ]


def test_the_same_answer_at_the_next_meeting_climbs_again(cast):
    row = promise_due(40, cast)
    for ago in (20, 5):
        judged(cast, row, Answer.NOT_KEPT, ago=ago)
    escalation.climb()
    steps = Escalation.objects.about(row)
    assert [(step.level, step.since) for step in steps] == [
        (SUPERVISOR, days_ago(20)),
        (SUPERVISOR, days_ago(5)),
    ]
    assert steps.standing().last_of_each().get().since == days_ago(5)


def test_saying_it_every_week_keeps_nothing_from_headquarters(cast):
    """Day by day: late in day 0, found "not kept" every week from the third day on."""
    row = promise_due(45, cast)
    for ago in range(44, -1, -1):
        if ago % 7 == 0:
            judged(cast, row, Answer.NOT_KEPT, ago=ago)
            Escalation.objects.filter(since=days_ago(ago), why="not_kept").update(on=days_ago(ago))
        escalation.climb(on=days_ago(ago))
    top = Escalation.objects.about(row).filter(level=HEADQUARTERS)
    assert [step.days_late for step in top] == [
        17,
        38,
    ]  # fourteen days after the first that they did not know of


def test_what_the_supervisor_had_already_reaches_headquarters_on_its_day(cast):
    row = promise_due(30, cast)
    escalation.climb(on=days_ago(20))
    judged(cast, row, Answer.NOT_KEPT, ago=11)
    escalation.climb(on=days_ago(9))
    assert Escalation.objects.about(row).get(level=HEADQUARTERS).days_late == 21


def test_passing_on_a_concern_that_was_opened_again_starts_nothing_anew(cast):
    row = concern_due(60, cast)
    loop.answer(row, text="No money.", because="money", on=days_ago(55), by=cast.focal_point)
    for ago in (40, 25, 10):
        loop.assign(row, agency=cast.water, by=cast.supervisor)
        row.assignments.filter(on=days_ago(0)).update(on=days_ago(ago))
    escalation.climb()
    assert [(step.level, step.since) for step in Escalation.objects.about(row)] == [
        (SUPERVISOR, days_ago(40)),
        (HEADQUARTERS, days_ago(40)),
    ]


def test_steps_of_before_stand_no_more_when_a_concern_is_opened_again(cast):
    row = concern_due(60, cast)
    escalation.climb(on=days_ago(35))
    loop.answer(row, text="No money.", because="money", on=days_ago(30), by=cast.focal_point)
    loop.assign(row, agency=cast.water, by=cast.supervisor)
    assert Escalation.objects.about(row).count() == 2
    assert not Escalation.objects.about(row).standing().exists()


def test_nobody_waits_for_a_telling_when_there_is_nothing_to_tell_any_more(cast):
    row = promise_due(60, cast)
    escalation.climb()
    duty = row.duties.get()
    assert Escalation.objects.about(duty).standing().count() == 2
    loop.revise(row, reason="Rain", due_on=days_ago(-30), by=cast.focal_point)
    assert not Escalation.objects.about(duty).standing().exists()


def test_what_a_returned_meeting_brought_stands_no_more(cast):
    row = concern_due(60, cast)
    escalation.climb()
    assert Escalation.objects.about(row).standing().count() == 2
    Engagement.objects.filter(pk=row.engagement_id).update(state="returned", return_reason="Who asked?")
    assert not Escalation.objects.all().standing().exists()


def test_the_last_of_each_is_the_last_that_stands(cast):
    row = promise_due(-5, cast)
    judged(cast, row, Answer.NOT_KEPT)
    Commitment.objects.filter(pk=row.pk).update(due_on=days_ago(10))
    Escalation.objects.update(since=days_ago(40), on=days_ago(40))
    escalation.climb()
    Commitment.objects.filter(pk=row.pk).update(due_on=days_ago(-10))
    assert [step.why for step in Escalation.objects.all().standing().last_of_each()] == ["not_kept"]


def test_no_day_to_come_is_climbed(cast):
    with pytest.raises(ValidationError):
        escalation.climb(on=days_ago(-1))


def test_the_database_holds_one_step_per_level_about_one_thing(cast):
    row = concern_due(30, cast)
    step = {"level": SUPERVISOR, "since": days_ago(1), "on": days_ago(0), "days_late": 1}
    Escalation.objects.create(concern=row, **step)
    for wrong in ({"concern": row}, {}, {"concern": row, "duty": Duty.objects.get()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Escalation.objects.create(**wrong, **step)


# --- The mandate's days ------------------------------------------------------------------------------------------
def test_the_mandate_of_the_nearest_area_says_when(cast):
    Mandate.objects.update(days_to_supervisor=2, days_to_headquarters=40)
    row = concern_due(5, cast)
    escalation.climb()
    assert levels(row) == [SUPERVISOR]
    near = Mandate.objects.create(
        topic=cast.water_topic,
        area=cast.north,
        agency=cast.water,
        days_to_supervisor=5,
        days_to_headquarters=5,
    )
    escalation.climb()
    assert levels(row) == [SUPERVISOR, HEADQUARTERS]
    assert mandates.Mandates().governing(cast.water_topic.pk, cast.water.pk, cast.north.pk) == (5, 5)
    near.delete()
    assert mandates.Mandates().governing(cast.water_topic.pk, cast.water.pk, cast.north.pk) == (2, 40)


def test_the_mandate_of_its_own_agency_goes_before_a_nearer_one_of_another(cast):
    Mandate.objects.create(
        topic=cast.water_topic,
        area=cast.north,
        agency=cast.police,
        days_to_supervisor=1,
        days_to_headquarters=2,
    )
    of = mandates.Mandates().governing
    assert of(cast.water_topic.pk, cast.water.pk, cast.north.pk) == (7, 21)
    assert of(cast.water_topic.pk, cast.niger_police.pk, cast.north.pk) == (1, 2)
    assert of(cast.water_topic.pk, cast.water.pk, None) == (7, 21)
    assert of(None, cast.water.pk, cast.north.pk) == (7, 21)


def test_a_promise_follows_the_mandate_of_the_concern_it_answers(cast):
    Mandate.objects.update(days_to_supervisor=1, days_to_headquarters=3)
    hold(cast, ago=60, asked=[("water", "women", "Dry")], promised=[("Repair", 4)])
    alone = promise_due(4, cast)
    escalation.climb()
    assert levels(Commitment.objects.earliest("pk")) == [SUPERVISOR, HEADQUARTERS]
    assert levels(alone) == []


def test_headquarters_never_come_before_the_supervisor(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.update(days_to_supervisor=8, days_to_headquarters=7)
    mandate = Mandate.objects.get()
    mandate.days_to_supervisor = 30
    with pytest.raises(ValidationError, match="Headquarters come after"):
        mandate.full_clean()


# --- What climbs -------------------------------------------------------------------------------------------------
def test_what_is_answered_delivered_or_withdrawn_does_not_climb(cast):
    concern, done, withdrawn = concern_due(30, cast), promise_due(30, cast), promise_due(30, cast)
    loop.answer(concern, text="We drill in May.", by=cast.focal_point)
    loop.show(done, kind="visit", on=days_ago(1), shows=Shown.FULL, by=cast.focal_point)
    loop.cancel(withdrawn, reason="No money", by=cast.supervisor)
    Duty.objects.update(due_on=days_ago(0))
    assert escalation.climb() == Climbed(0, 0)


def test_a_duty_climbs_from_the_day_on_which_there_is_something_to_tell(cast):
    concern = concern_due(40, cast)
    duty = concern.duties.get()  # due 26 days ago
    escalation.climb()
    assert levels(duty) == []
    loop.answer(concern, text="We drill in May.", by=cast.focal_point, on=days_ago(8))
    escalation.climb(on=days_ago(2))
    assert levels(duty) == []
    escalation.climb()
    assert levels(duty) == [SUPERVISOR]
    assert Escalation.objects.about(duty).get().days_late == 26


def test_a_duty_that_was_told_does_not_climb(cast):
    concern = concern_due(60, cast)
    loop.answer(concern, text="We drill in May.", by=cast.focal_point, on=days_ago(50))
    duty = concern.duties.get()
    loop.tell(duty, on=days_ago(40), how="visit", group="women", by=cast.officer)
    escalation.climb()
    assert levels(duty) == []


def test_nothing_of_a_draft_or_a_returned_meeting_climbs(cast):
    concern_due(30, cast, review=False)
    promise_due(30, cast, review=False)
    for meeting in Concern.objects.get().engagement, Commitment.objects.get().engagement:
        meetings.return_meeting(meeting, reason="Who?", by=cast.supervisor)
    assert escalation.climb() == Climbed(0, 0)
    for meeting in Concern.objects.get().engagement, Commitment.objects.get().engagement:
        meetings.submit_meeting(meeting, by=cast.officer)
    assert escalation.climb().to_headquarters >= 2


def test_a_sealed_concern_never_climbs_nor_does_its_duty(cast):
    hold(cast, ago=200, asked=[("sealed", "traders", CANARY_SEALED)])
    assert escalation.climb() == Climbed(0, 0)
    sealed.answer(SealedConcern.objects.get(), text="Heard", by=cast.integrity, on=days_ago(100))
    assert escalation.climb() == Climbed(0, 0)


def test_what_is_taken_out_of_a_returned_meeting_takes_its_steps_along(cast):
    row = concern_due(30, cast, review=False)
    escalation.climb()
    meetings.return_meeting(row.engagement, reason="Who?", by=cast.supervisor)
    minutes = Minutes(community=cast.village, kind="policing", date=row.engagement.date)
    meetings.mend_meeting(row.engagement, minutes, by=cast.officer, taken_out=[row])
    assert not Escalation.objects.exists()


# --- Not kept ----------------------------------------------------------------------------------------------------
def judged(cast, promise, answer, *, ago=3, review=True):
    minutes = Minutes(
        community=cast.village, kind="policing", date=days_ago(ago), judged=[Judged(promise, "women", answer)]
    )
    meeting = meetings.log_meeting(minutes, by=cast.officer, submit=True)
    if review:
        meetings.review_meeting(meeting, by=cast.supervisor)
    return meeting


def test_not_kept_climbs_to_the_supervisor_at_review_whatever_its_day(cast):
    promise = promise_due(-10, cast)
    meeting = judged(cast, promise, Answer.NOT_KEPT, review=False)
    assert levels(promise) == []
    meetings.review_meeting(meeting, by=cast.supervisor)
    step = Escalation.objects.get()
    assert (step.level, step.why, step.on, step.days_late) == (SUPERVISOR, "not_kept", days_ago(0), 0)
    assert "the community answered “not kept”" in step.sentence


@pytest.mark.parametrize("answer", [Answer.KEPT, Answer.PARTLY])
def test_no_other_answer_climbs(cast, answer):
    judged(cast, promise_due(-10, cast), answer)
    assert not Escalation.objects.exists()


def test_what_was_not_kept_stays_with_the_supervisor_before_headquarters_see_it(cast):
    promise = promise_due(40, cast)
    loop.show(promise, kind="visit", on=days_ago(45), shows=Shown.FULL, by=cast.focal_point)
    judged(cast, promise, Answer.NOT_KEPT)
    escalation.climb()
    assert levels(promise) == [SUPERVISOR]
    Escalation.objects.update(on=F("on") - days_of(14))
    escalation.climb()
    assert levels(promise) == [SUPERVISOR, HEADQUARTERS]


def days_of(count):
    return days_ago(0) - days_ago(count)


def test_an_older_meeting_reviewed_later_takes_nothing_up(cast):
    promise = promise_due(20, cast)
    older = judged(cast, promise, Answer.NOT_KEPT, ago=9, review=False)
    judged(cast, promise, Answer.KEPT, ago=3)
    meetings.review_meeting(older, by=cast.supervisor)
    assert Verdict.objects.count() == 2 and not Escalation.objects.exists()


# --- Sight -------------------------------------------------------------------------------------------------------
@pytest.fixture
def steps(cast):
    """A step about each of a concern, a promise and a duty, at both levels."""
    concern = concern_due(60, cast)
    loop.answer(concern, text="We drill in May.", by=cast.focal_point, on=days_ago(45))
    concern_due(60, cast)
    promise_due(30, cast)
    escalation.climb()
    assert {type(step.about) for step in Escalation.objects.all()} == {Concern, Commitment, Duty}


@pytest.mark.parametrize("role", Role)
def test_who_sees_the_steps(cast, steps, role):
    seen = Escalation.objects.visible_to(cast.users[role])
    everything = Escalation.objects.count()
    told = seen.filter(duty=None).count()
    expected = {
        Role.OFFICER: everything,
        Role.SUPERVISOR: everything,
        Role.MANAGER: everything,
        Role.FOCAL_POINT: Escalation.objects.filter(duty=None).count(),
    }
    assert seen.count() == expected.get(role, 0)
    assert role != Role.FOCAL_POINT or told == seen.count()


def test_nobody_sees_the_steps_of_another_area_or_agency(cast, steps):
    for role, place in (
        (Role.OFFICER, {"areas": [cast.south]}),
        (Role.SUPERVISOR, {"areas": [cast.south]}),
        (Role.FOCAL_POINT, {"agency": cast.police}),
    ):
        stranger = accounts.User.objects.create_user(f"stranger-{role}@example.org", name="Stranger")
        accounts.post(stranger, role, by=None, **place)
        assert not Escalation.objects.visible_to(stranger).exists()


def test_steps_climbed_to_supervisors_in_their_areas_and_to_headquarters(cast, steps):
    for role, level in (
        (Role.SUPERVISOR, {SUPERVISOR}),
        (Role.MANAGER, {HEADQUARTERS}),
        (Role.OFFICER, set()),
    ):
        rows = Escalation.objects.all().climbed_to(cast.users[role])
        assert set(rows.values_list("level", flat=True)) == level, role


def test_a_step_stands_as_long_as_what_it_is_about_is_owed(cast, steps):
    standing = Escalation.objects.all().standing()
    assert standing.count() == Escalation.objects.count()
    loop.answer(Concern.objects.latest("pk"), text="We drill in May.", by=cast.focal_point)
    loop.show(Commitment.objects.get(), kind="visit", on=days_ago(0), shows=3, by=cast.focal_point)
    assert not standing.filter(duty=None).exists()
    for duty in Duty.objects.all():
        loop.tell(duty, on=days_ago(0), how="visit", group="women", by=cast.officer)
    assert not standing.exists()
    assert Escalation.objects.exists()


# --- At scale ----------------------------------------------------------------------------------------------------
def test_it_asks_as_many_questions_for_one_row_as_for_eleven(cast, django_assert_num_queries):
    concern_due(30, cast)
    promise_due(30, cast)
    with django_assert_num_queries(8):  # mandates, areas, three lists and three times the writing
        escalation.climb()
    for _row in range(11):
        concern_due(30, cast)
        promise_due(30, cast)
    with django_assert_num_queries(8):
        escalation.climb()


def test_a_step_says_when_to_whom_and_how_late(cast):
    row = concern_due(21, cast)
    escalation.climb()
    said = [step.sentence for step in Escalation.objects.about(row)]
    today = date_format(days_ago(0))
    assert said == [
        f"Climbed to the supervisor on {today}: 21 days late",
        f"Climbed to headquarters on {today}: 21 days late",
    ]
