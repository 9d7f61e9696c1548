"""The loop: what moves a commitment, and what does not."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from engagements import deadlines, loop, meetings, wording
from engagements.models import Commitment, Concern, Duty, Engagement, SealedConcern, Topic
from engagements.models.commitments import Answer, Shown, Standing
from tests import keys
from tests.cast import CANARY_SEALED, days_ago

from .conftest import hold


def standing(commitment):
    return Commitment.objects.with_answers().get(pk=commitment.pk).standing


@pytest.fixture
def commitment(told_once):
    return told_once.commitments.get()


def show(cast, commitment, shows=Shown.FULL, ago=20):
    return loop.show(commitment, kind="visit", on=days_ago(ago), shows=shows, by=cast.focal_point)


def test_a_concern_goes_to_the_agency_its_mandate_names(told_once, cast):
    concern = told_once.concerns.get()
    assert concern.agency == cast.water
    assert concern.due_on == concern.raised_on + datetime.timedelta(days=21)


def test_a_concern_nobody_must_answer_has_no_agency(cast):
    cast.water_topic.mandates.all().delete()
    assert hold(cast, asked=[("water", "women", "Dry")]).concerns.get().agency is None


def test_a_date_that_passes_never_changes_delivery(commitment):
    row = Commitment.objects.with_answers().get(pk=commitment.pk)
    assert row.due_on < datetime.date.today()
    assert row.delivery == Shown.NOTHING
    assert row.standing == Standing.OVERDUE


def test_full_delivery_nobody_was_asked_about_is_not_kept(cast, commitment):
    show(cast, commitment)
    assert standing(commitment) == Standing.UNCONFIRMED


def test_kept_needs_full_delivery_and_the_verdict(cast, commitment):
    meeting = hold(cast, ago=5)
    loop.give_verdict(commitment, engagement=meeting, group="women", answer=Answer.KEPT, by=cast.officer)
    assert standing(commitment) == Standing.OVERDUE
    show(cast, commitment)
    assert standing(commitment) == Standing.KEPT


def test_the_least_content_group_decides(cast, commitment):
    show(cast, commitment)
    meeting = hold(cast, ago=5)
    loop.give_verdict(commitment, engagement=meeting, group="chief", answer=Answer.KEPT, by=cast.officer)
    loop.give_verdict(commitment, engagement=meeting, group="women", answer=Answer.PARTLY, by=cast.officer)
    assert standing(commitment) == Standing.PARTLY


def test_not_kept_reopens_until_new_evidence_comes(cast, commitment):
    show(cast, commitment)
    meeting = hold(cast, ago=5)
    loop.give_verdict(commitment, engagement=meeting, group="women", answer=Answer.NOT_KEPT, by=cast.officer)
    assert standing(commitment) == Standing.NOT_KEPT
    assert commitment in Commitment.objects.with_answers().unsettled()
    show(cast, commitment, ago=1)
    assert standing(commitment) == Standing.UNCONFIRMED


def test_a_revision_leaves_the_first_words_alone(cast, commitment):
    loop.revise(
        commitment,
        due_on=datetime.date.today(),
        words="Later",
        reason="The pump is abroad",
        by=cast.focal_point,
    )
    commitment.refresh_from_db()
    assert commitment.words == "We repair the pump"
    assert commitment.revisions.get().due_before == days_ago(30)


def test_withdrawing_needs_a_reason(cast, commitment):
    with pytest.raises(ValidationError):
        loop.cancel(commitment, reason=" ", by=cast.focal_point)
    loop.cancel(commitment, reason="The site floods each August", by=cast.focal_point)
    assert standing(commitment) == Standing.CANCELLED


def test_evidence_is_for_the_agency_and_the_field(cast, commitment):
    with pytest.raises(PermissionDenied):
        loop.show(commitment, kind="visit", on=days_ago(3), shows=3, by=cast.editor)
    assert not commitment.evidence.exists()


def test_a_photo_must_be_there(cast, commitment):
    with pytest.raises(ValidationError, match="photo"):
        loop.show(commitment, kind="photo", on=days_ago(3), shows=3, by=cast.focal_point)


def test_evidence_cannot_come_from_the_future(cast, commitment):
    with pytest.raises(ValidationError):
        show(cast, commitment, ago=-1)


def test_answering_alone_does_not_tell_anybody(cast, told_once):
    concern = told_once.concerns.get()
    loop.answer(concern, text="The pump comes in May", on=days_ago(5), by=cast.focal_point)
    duty = concern.duties.get()
    assert duty in Duty.objects.open()
    loop.tell(duty, on=days_ago(1), how="meeting", group="women", reached=False, by=cast.officer)
    assert duty in Duty.objects.open()
    loop.tell(duty, on=days_ago(0), how="visit", group="women", by=cast.officer)
    assert duty in Duty.objects.closed()


def told_on(ago, duty, cast):
    return loop.tell(duty, on=days_ago(ago), how="visit", group="women", by=cast.officer)


def test_nobody_is_told_of_an_answer_before_it_came(cast, told_once):
    concern = told_once.concerns.get()
    loop.answer(concern, text="The pump comes in May", on=days_ago(5), by=cast.focal_point)
    with pytest.raises(ValidationError, match="The answer came on") as refused:
        told_on(6, concern.duties.get(), cast)
    assert set(refused.value.message_dict) == {"date"}
    assert concern.duties.get() in Duty.objects.open()
    told_on(5, concern.duties.get(), cast)
    assert concern.duties.get() in Duty.objects.closed()


def test_nobody_is_told_of_a_concern_before_it_was_raised(cast, told_once):
    duty = told_once.concerns.get().duties.get()
    with pytest.raises(ValidationError, match="This was asked on"):
        told_on(61, duty, cast)
    told_on(60, duty, cast)


def test_nobody_is_told_of_a_promise_before_it_was_made(cast, commitment):
    with pytest.raises(ValidationError, match="This was promised on"):
        told_on(61, commitment.duties.get(), cast)
    told_on(60, commitment.duties.get(), cast)


def test_a_meeting_tells_nothing_that_came_after_it(cast, told_once):
    concern = told_once.concerns.get()
    loop.answer(concern, text="The pump comes in May", on=days_ago(5), by=cast.focal_point)
    with pytest.raises(ValidationError, match="The answer came on"):
        hold(cast, ago=10, told=[meetings.Told(concern.duties.get(), "women")])
    assert Engagement.objects.get() == told_once


def test_an_answered_concern_cannot_be_answered_again(cast, told_once):
    concern = told_once.concerns.get()
    loop.answer(concern, text="Yes", by=cast.focal_point)
    with pytest.raises(ValidationError, match="Answered"):
        loop.answer(concern, text="No", by=cast.focal_point)


def test_a_sealed_concern_is_for_the_integrity_role_alone(cast):
    hold(cast, asked=[("sealed", "traders", CANARY_SEALED)])
    concern = SealedConcern.objects.get()
    seers = {role for role, user in cast.users.items() if SealedConcern.objects.visible_to(user).exists()}
    assert seers == {"integrity"}
    assert not Concern.objects.exists() and not Duty.objects.exists()
    assert not ModelLogEntry.objects.for_instance(concern).exists()
    assert CANARY_SEALED not in concern.text and keys.read(concern) == CANARY_SEALED


def test_no_promise_is_tied_to_a_sealed_concern(cast):
    with pytest.raises(ValidationError, match="sealed"):
        hold(cast, asked=[("sealed", "traders", CANARY_SEALED)], promised=[("We look into it", 1)])
    assert not SealedConcern.objects.exists()


def test_repeats_join_one_living_concern_and_keep_their_duty(cast, told_once):
    again = hold(cast, ago=5, asked=[("water", "youth", "Still dry")]).concerns.get()
    loop.join(again, into=told_once.concerns.get(), by=cast.supervisor)
    assert again.duties.get() in Duty.objects.open()
    assert again not in Concern.objects.open()


def test_what_was_joined_to_a_repeat_goes_along_when_that_is_joined(cast, told_once):
    second, third = (
        hold(cast, ago=5, asked=[("water", who, "Dry")]).concerns.get() for who in ("youth", "women")
    )
    loop.join(third, into=second, by=cast.supervisor)
    loop.join(second, into=told_once.concerns.get(), by=cast.supervisor)
    third.refresh_from_db()
    assert third.living == told_once.concerns.get()


def test_a_living_concern_is_as_old_and_as_late_as_the_oldest_that_was_joined_to_it(cast, told_once):
    old, new = told_once.concerns.get(), hold(cast, ago=5, asked=[("water", "youth", "Dry")]).concerns.get()
    loop.join(old, into=new, by=cast.supervisor)
    assert [new] == list(Concern.objects.overdue())
    assert (new.raised_on, new.due_on, new.look_by) == (old.raised_on, old.due_on, old.look_by)


def test_what_was_answered_before_a_repeat_came_does_not_answer_it(cast, told_once):
    old, new = told_once.concerns.get(), hold(cast, ago=5, asked=[("water", "youth", "Dry")]).concerns.get()
    loop.answer(old, text="We drill.", by=cast.focal_point)
    with pytest.raises(ValidationError, match="answered already"):
        loop.join(new, into=old, by=cast.supervisor)


def test_correcting_the_topic_takes_no_lateness_away(cast, told_once):
    concern, roads = told_once.concerns.get(), Topic.objects.create(code="roads", name="Roads")
    Topic.objects.filter(pk=roads.pk).update(days_to_answer=300)
    before, duty = concern.due_on, concern.duties.get()
    assert before < days_ago(0) < duty.due_on + datetime.timedelta(days=60)
    roads.refresh_from_db()
    loop.sort(concern, topic=roads, urgency="soon", by=cast.supervisor)
    assert (concern.topic, concern.due_on) == (roads, before)
    assert concern.duties.get().due_on == duty.due_on


def test_the_day_to_answer_and_to_tell_follow_the_topic_until_they_have_passed(cast):
    concern = hold(cast, ago=5, asked=[("water", "youth", "Dry")]).concerns.get()
    roads = Topic.objects.create(code="roads", name="Roads", days_to_answer=40)
    loop.sort(concern, topic=roads, urgency="soon", by=cast.supervisor)
    assert concern.due_on == days_ago(-35)
    assert concern.duties.get().due_on == days_ago(-35 - deadlines.TELL_DAYS)


def test_a_second_answer_on_the_same_day_is_to_be_told_and_the_first_one_stays(cast, told_once):
    concern = told_once.concerns.get()
    duty, today = concern.duties.get(), days_ago(0)
    loop.answer(concern, text="There is no money.", because="money", by=cast.focal_point)
    loop.tell(duty, on=today, how="visit", group="women", by=cast.officer)
    assert duty in Duty.objects.closed()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    loop.answer(concern, text="We drill after all.", by=cast.focal_point)
    assert duty in Duty.objects.open()
    assert [(row.text, row.because, row.on) for row in concern.earlier_answers.all()] == [
        ("There is no money.", "money", today)
    ]
    loop.tell(duty, on=today, how="visit", group="women", by=cast.officer)
    assert duty in Duty.objects.closed()


def test_a_second_answer_dated_back_is_to_be_told_all_the_same(cast, told_once):
    concern = told_once.concerns.get()
    duty = concern.duties.get()
    loop.answer(concern, text="No money.", because="money", by=cast.focal_point, on=days_ago(5))
    loop.tell(duty, on=days_ago(3), how="visit", group="women", by=cast.officer)
    assert duty in Duty.objects.closed()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    loop.answer(concern, text="We drill.", by=cast.focal_point, on=days_ago(4))
    assert duty in Duty.objects.open()


def test_sorting_makes_nothing_that_waited_too_long_less_late(cast, told_once):
    concern = told_once.concerns.get()
    long_ago = timezone.now() - datetime.timedelta(days=9)
    Concern.objects.filter(pk=concern.pk).update(at=long_ago, look_by=long_ago + datetime.timedelta(hours=4))
    loop.sort(concern, topic=concern.topic, urgency="normal", by=cast.supervisor)
    assert concern.is_waited_for and concern.look_by == long_ago + datetime.timedelta(hours=4)
    new = hold(cast, ago=5, asked=[("water", "youth", "Dry")]).concerns.get()
    loop.join(concern, into=new, by=cast.supervisor)
    loop.sort(new, topic=new.topic, urgency="now", by=cast.supervisor)
    assert new.is_waited_for


def test_nothing_is_promised_for_what_was_joined_meanwhile(cast, told_once):
    new = hold(cast, ago=5, asked=[("water", "youth", "Dry")]).concerns.get()
    seen_before = Concern.objects.get(pk=new.pk)
    loop.join(new, into=told_once.concerns.get(), by=cast.supervisor)
    with pytest.raises(ValidationError, match="Choose a concern"):
        loop.promise(
            concern=seen_before,
            community=cast.village,
            words="We drill",
            agency=cast.water,
            promised_on=days_ago(0),
            due_on=days_ago(-9),
            by=cast.focal_point,
        )


def test_an_agency_promises_for_what_it_was_given_alone(cast, told_once):
    about = {"community": cast.village, "words": "We drill", "agency": cast.water, "by": cast.focal_point}
    days = {"promised_on": days_ago(0), "due_on": days_ago(-9)}
    concern = told_once.concerns.get()
    loop.promise(concern=concern, **about, **days)
    Concern.objects.filter(pk=concern.pk).update(agency=None)
    for other in (concern, None):
        with pytest.raises(PermissionDenied):
            loop.promise(concern=other, **about, **days)


def test_nothing_is_added_to_what_was_withdrawn_by_somebody_else_meanwhile(cast, commitment):
    seen_before = Commitment.objects.get(pk=commitment.pk)
    loop.cancel(commitment, reason="No money", by=cast.focal_point)
    with pytest.raises(ValidationError, match="withdrawn"):
        show(cast, seen_before)
    with pytest.raises(ValidationError, match="withdrawn"):
        loop.give_verdict(
            seen_before, engagement=hold(cast, ago=5), group="women", answer=Answer.KEPT, by=cast.officer
        )


def test_the_log_holds_no_words(cast, told_once):
    entries = " ".join(str(e.data) + e.label for e in ModelLogEntry.objects.all())
    assert "pump" not in entries


def test_what_an_unreviewed_meeting_says_disputes_nothing(cast, commitment):
    evidence = show(cast, commitment)
    meeting = hold(cast, ago=5, review=False)
    loop.give_verdict(commitment, engagement=meeting, group="women", answer=Answer.NOT_KEPT, by=cast.officer)
    evidence.refresh_from_db()
    assert not evidence.disputed
    meetings.review_meeting(meeting, by=cast.supervisor)
    evidence.refresh_from_db()
    assert evidence.disputed


def test_duties_count_in_public_after_review_and_delay(cast, told_once):
    assert Duty.objects.public().count() == 2
    hold(cast, ago=50, asked=[("water", "women", "Dry")], promised=[("We repair", 20)], review=False)
    assert Duty.objects.public().count() == 2
    cast.village.publish_delay_days = 90
    cast.village.save()
    assert not Duty.objects.public().exists()


# --- What a verdict and a telling are about ------------------------------------------------------------------
def judge(cast, commitment, *, ago, answer, review=True):
    meeting = hold(cast, ago=ago, review=False)
    loop.give_verdict(commitment, engagement=meeting, group="women", answer=answer, by=cast.officer)
    if review:
        meetings.review_meeting(meeting, by=cast.supervisor)
    return meeting


def test_a_verdict_older_than_the_delivery_confirms_nothing(cast, commitment):
    judge(cast, commitment, ago=12, answer=Answer.KEPT)
    show(cast, commitment, ago=5)
    assert standing(commitment) == Standing.UNCONFIRMED
    assert not Commitment.objects.with_answers().kept().exists()
    assert commitment in Commitment.objects.with_answers().unsettled()


def test_a_late_review_of_an_older_meeting_does_not_turn_a_newer_answer_over(cast, commitment):
    show(cast, commitment, ago=20)
    older = judge(cast, commitment, ago=15, answer=Answer.NOT_KEPT, review=False)
    judge(cast, commitment, ago=5, answer=Answer.KEPT)
    meetings.review_meeting(older, by=cast.supervisor)
    assert standing(commitment) == Standing.KEPT


def test_evidence_from_before_the_answer_not_kept_does_not_undo_it(cast, commitment):
    judge(cast, commitment, ago=5, answer=Answer.NOT_KEPT)
    show(cast, commitment, ago=10)
    assert standing(commitment) == Standing.NOT_KEPT
    show(cast, commitment, ago=2)
    assert standing(commitment) == Standing.UNCONFIRMED


def test_done_and_then_only_in_part_is_late_until_today(cast, commitment):
    show(cast, commitment, ago=9)
    show(cast, commitment, ago=3, shows=Shown.PART)
    Commitment.objects.filter(pk=commitment.pk).update(due_on=days_ago(7))
    assert Commitment.objects.with_answers().get(pk=commitment.pk).days_late == 7


def test_telling_before_there_is_an_answer_closes_nothing(cast, told_once):
    concern = Concern.objects.get()
    duty = concern.duties.get()
    tell = {"how": "visit", "group": "women", "by": cast.officer}
    loop.tell(duty, on=days_ago(9), **tell)
    assert duty in Duty.objects.open()
    loop.answer(concern, text="We drill in May.", by=cast.focal_point, on=days_ago(5))
    assert duty in Duty.objects.open()
    loop.tell(duty, on=days_ago(4), **tell)
    assert duty in Duty.objects.closed()


def test_a_promise_is_told_when_it_ended_not_when_it_was_made(cast, commitment):
    duty = commitment.duties.get()
    tell = {"how": "visit", "group": "women", "by": cast.officer}
    loop.tell(duty, on=days_ago(45), **tell)
    assert duty in Duty.objects.open()
    show(cast, commitment, ago=40)
    loop.tell(duty, on=days_ago(39), **tell)
    assert duty in Duty.objects.closed()


def test_what_a_draft_says_was_told_closes_nothing(cast, commitment):
    show(cast, commitment, ago=5)
    meeting = hold(cast, ago=4, review=False)
    duty = commitment.duties.get()
    loop.tell(duty, on=days_ago(4), how="meeting", group="women", by=cast.officer, engagement=meeting)
    assert duty in Duty.objects.closed()
    meeting.state = "draft"
    meeting.save()
    assert duty in Duty.objects.open()


def test_moving_a_promise_does_not_move_a_duty_that_is_already_due(cast, commitment):
    duty = commitment.duties.get()
    Duty.objects.filter(pk=duty.pk).update(due_on=days_ago(3))
    loop.revise(commitment, reason="Rain", by=cast.focal_point, due_on=days_ago(-300))
    duty.refresh_from_db()
    assert duty.due_on == days_ago(3)


def test_two_answers_at_once_are_one_answer_and_one_refusal(cast, told_once):
    first, second = Concern.objects.get(), Concern.objects.get()
    loop.answer(first, text="We drill.", by=cast.focal_point)
    with pytest.raises(ValidationError):
        loop.answer(second, text="We do not.", by=cast.focal_point)
    assert Concern.objects.get().answer == "We drill."


# --- Words for the public ------------------------------------------------------------------------------------
def test_words_for_the_public_are_corrected_and_those_inside_stay(cast, told_once):
    concern, commitment = Concern.objects.get(), Commitment.objects.get()
    loop.answer(concern, text="Call the nurse", by=cast.focal_point)
    wording.reword(concern, words={"public_text": "A pump", "answer": "We drill in May."}, by=cast.supervisor)
    wording.reword(commitment, words={"public_text": "It runs", "words": "Nothing"}, by=cast.editor)
    concern.refresh_from_db()
    commitment.refresh_from_db()
    assert (concern.public_text, concern.answer, concern.text) == (
        "A pump",
        "We drill in May.",
        "The pump is dry",
    )
    assert (commitment.public_text, commitment.words) == ("It runs", "We repair the pump")
    assert "nurse" not in " ".join(str(entry.data) for entry in ModelLogEntry.objects.all())


@pytest.mark.parametrize("who", ["supervisor", "focal_point", "editor"])
def test_nobody_takes_a_miss_out_of_the_figures_by_taking_its_words_away(cast, commitment, who):
    with pytest.raises(ValidationError, match="stays counted"):
        wording.reword(commitment, words={"public_text": " "}, by=getattr(cast, who))
    assert Commitment.objects.public().get() == commitment


@pytest.mark.parametrize("who", ["officer", "registrar", "liaison", "administrator", "integrity"])
def test_others_do_not_touch_the_words_for_the_public(cast, told_once, who):
    with pytest.raises(PermissionDenied):
        wording.reword(Concern.objects.get(), words={"public_text": "Mine"}, by=getattr(cast, who))


@pytest.fixture
def shown(cast, told_once):
    return loop.show(
        Commitment.objects.get(), kind="visit", on=days_ago(1), shows=1, note="Seen", public_note="Call the nurse",
        by=cast.focal_point,
    )  # fmt: skip


def test_what_evidence_says_to_the_public_is_corrected_and_taken_back(cast, shown):
    wording.reword(shown, words={"public_note": "The pump runs", "note": "Nothing"}, by=cast.editor)
    shown.refresh_from_db()
    assert (shown.public_note, shown.note) == ("The pump runs", "Seen")
    wording.reword(shown, words={"public_note": ""}, by=cast.supervisor)
    shown.refresh_from_db()
    assert shown.public_note == ""
    lines = ModelLogEntry.objects.filter(action="engagements.reword", object_id=shown.commitment_id)
    assert [line.data for line in lines] == [{"fields": ["public_note"], "evidence": shown.pk}] * 2


def test_an_agency_corrects_what_its_own_evidence_says(cast, shown):
    wording.reword(shown, words={"public_note": "The pump runs"}, by=cast.focal_point)
    shown.refresh_from_db()
    assert shown.public_note == "The pump runs"


@pytest.mark.parametrize("who", ["officer", "manager", "registrar", "liaison", "administrator", "integrity"])
def test_others_do_not_touch_what_evidence_says(cast, shown, who):
    with pytest.raises(PermissionDenied):
        wording.reword(shown, words={"public_note": "Mine"}, by=getattr(cast, who))


def test_an_answer_once_given_is_not_emptied(cast, told_once):
    concern = Concern.objects.get()
    loop.answer(concern, text="We drill.", by=cast.focal_point)
    with pytest.raises(ValidationError):
        wording.reword(concern, words={"answer": ""}, by=cast.supervisor)
