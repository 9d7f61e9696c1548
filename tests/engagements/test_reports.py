"""Reports from every channel: taken in once, followed by code, added to, told; tips are handed over and kept nowhere."""

from dataclasses import replace

import pytest
from django.contrib.gis.geos import Point
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from communities import accounts
from communities.sight import Role, forget
from engagements import codes, loop, questions, reports, sealed, wording
from engagements.meetings import review_meeting
from engagements.models import (
    Assignment,
    Concern,
    Duty,
    Handover,
    IntegrityKey,
    Report,
    SealedConcern,
    Telling,
    TrackingCode,
)
from engagements.reports import Told
from tests import keys
from tests.cast import CANARY_NAME, CANARY_SEALED, days_ago
from tests.engagements.conftest import hold

pytestmark = pytest.mark.django_db
CANARY_TIP = "canarytipzq"
CANARY_CONTACT = "canarycontactzq"


def take(cast, *, by=None, **more) -> str:
    given = {
        "topic": cast.water_topic,
        "text": "The pump is dry.",
        "channel": "web",
        "community": cast.village,
    }
    return reports.take(Told(**{**given, **more}), by=by)


def words(code: str) -> list[str]:
    return [f"{step.words} {step.text}".strip() for step in reports.follow(code).steps]


# --- Taking in ---------------------------------------------------------------------------------------------------
def test_a_report_is_a_concern_that_waits_with_nobody_named(cast):
    take(cast, contact=CANARY_CONTACT)
    concern = Concern.objects.get()
    assert (concern.state, concern.agency, concern.recorded_by, concern.raised_by) == (
        "new",
        None,
        None,
        "person",
    )
    assert concern.public_text == "" and concern not in Concern.objects.public()
    assert Duty.objects.get().concern == concern


def test_how_to_reach_them_is_encrypted_and_each_opening_is_logged(cast, whole_database):
    take(cast, contact=CANARY_CONTACT)
    report = Report.objects.get()
    assert CANARY_CONTACT not in whole_database()
    for user in (cast.manager, cast.focal_point, cast.editor, cast.administrator, cast.integrity):
        with pytest.raises(PermissionDenied):
            reports.open_contact(report, by=user)
    assert reports.open_contact(report, by=cast.officer) == CANARY_CONTACT
    opened = ModelLogEntry.objects.filter(action="engagements.open_contact")
    assert [row.user for row in opened] == [cast.officer]


def test_one_from_a_district_is_seen_there_and_placed_by_the_supervisor(cast):
    take(cast, community=None, area=cast.north)
    concern = Concern.objects.get()
    assert concern in Concern.objects.visible_to(cast.officer)
    assert concern.place == "Malanville" and Duty.objects.visible_to(cast.officer).get().place == "Malanville"
    with pytest.raises(PermissionDenied):
        loop.place(concern, community=cast.village, by=cast.officer)
    with pytest.raises(PermissionDenied):
        loop.place(concern, community=cast.far, by=cast.supervisor)
    loop.place(concern, community=cast.village, by=cast.supervisor)
    concern.refresh_from_db()
    assert (concern.community, concern.area, Duty.objects.get().community) == (
        cast.village,
        None,
        cast.village,
    )


def test_an_officer_takes_reports_of_their_own_places_alone(cast):
    take(cast, by=cast.officer, channel="hotline")
    for place in ({"community": cast.far}, {"community": None, "area": cast.south}):
        for topic in (cast.water_topic, cast.sealed_topic):
            with pytest.raises(PermissionDenied):
                take(cast, by=cast.officer, topic=topic, **place)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"text": "  "}, "text"), ({"text": "x" * 4001}, "text"), ({"community": None}, "place")],
)
def test_what_is_missing_is_said_by_field(cast, more, field):
    with pytest.raises(ValidationError) as refusal:
        take(cast, **more)
    assert field in refusal.value.message_dict
    assert not Concern.objects.exists() and not TrackingCode.objects.exists()


# --- Following ---------------------------------------------------------------------------------------------------
def test_whoever_holds_the_code_reads_where_it_stands_and_is_told_by_reading_the_answer(cast):
    code = take(cast)
    concern, duty = Concern.objects.get(), Duty.objects.get()
    assert reports.follow(code).heading == "Received, not looked at yet"
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    assert "It was given to Water Directorate, which must answer." in words(code)
    assert not Telling.objects.exists()
    loop.answer(concern, text="We come on Monday.", by=cast.focal_point)
    assert duty in Duty.objects.open()
    assert words(code)[-1] == "The answer: We come on Monday."
    reports.follow(code)
    assert duty in Duty.objects.closed()
    assert (Telling.objects.get().how, Telling.objects.get().by) == ("code", None)


def test_a_reason_why_not_is_told_with_its_words(cast):
    code = take(cast)
    with pytest.raises(ValidationError):
        loop.answer(Concern.objects.get(), text="No.", because="rubbish", by=cast.supervisor)
    loop.answer(Concern.objects.get(), text="It floods.", because="ground", by=cast.supervisor)
    assert words(code)[-1] == "The ground does not allow it It floods."


def test_merged_reports_each_read_the_answer_and_each_stay_to_be_told(cast):
    first, second = take(cast), take(cast, text="Our pump gives no water.")
    living, repeat = Concern.objects.order_by("pk")
    loop.join(repeat, into=living, by=cast.supervisor)
    loop.answer(living, text="We come on Monday.", by=cast.supervisor)
    assert Duty.objects.open().count() == 2
    assert words(second)[-1] == words(first)[-1] == "The answer: We come on Monday."
    assert Duty.objects.closed().count() == 2


def test_they_add_to_it_and_not_without_end(cast):
    code = take(cast)
    for number in range(reports.MOST_ADDITIONS):
        reports.add(code, text=f"More {number}")
    assert Report.objects.get().additions.count() == reports.MOST_ADDITIONS
    with pytest.raises(ValidationError, match="Call or visit"):
        reports.add(code, text="Once more")


def test_a_code_that_nobody_has_follows_nothing(cast):
    assert reports.follow(codes.new()) is None
    with pytest.raises(ValidationError, match="No report has this code"):
        reports.add(codes.new(), text="x")


# --- Sealed ------------------------------------------------------------------------------------------------------
def test_a_sealed_report_is_answered_to_its_code_and_nothing_of_it_can_be_read_here(cast, whole_database):
    code = take(cast, topic=cast.sealed_topic, text=CANARY_SEALED)
    reports.add(code, text=f"{CANARY_SEALED} again")
    concern = SealedConcern.objects.get()
    sealed.answer(concern, text=f"{CANARY_SEALED} answered", by=cast.integrity)
    assert CANARY_SEALED not in whole_database()
    assert words(code)[-1] == f"The answer: {CANARY_SEALED} answered"
    assert keys.read(concern) == CANARY_SEALED
    assert [row.kind for row in concern.notes.all()] == ["added", "answer", "told"]
    assert not Concern.objects.exists() and not Duty.objects.exists()


def test_without_a_key_nothing_sealed_is_taken_in(cast):
    IntegrityKey.objects.all().delete()
    with pytest.raises(ValidationError, match="No sealed channel is set up here"):
        take(cast, topic=cast.sealed_topic)
    assert not SealedConcern.objects.exists() and not TrackingCode.objects.exists()


def test_only_the_integrity_role_answers_and_sets_a_key(cast):
    take(cast, topic=cast.sealed_topic)
    for role, user in cast.users.items():
        if role != "integrity":
            with pytest.raises(PermissionDenied):
                sealed.answer(SealedConcern.objects.get(), text="x", by=user)
            with pytest.raises(PermissionDenied):
                sealed.set_key("x", by=user)
    with pytest.raises(ValidationError, match="no public key"):
        sealed.set_key("x", by=cast.integrity)


def test_an_officer_who_took_it_in_does_not_read_the_answer_with_the_code(cast):
    code = take(cast, by=cast.officer, topic=cast.sealed_topic, channel="hotline")
    sealed.answer(SealedConcern.objects.get(), text=CANARY_SEALED, by=cast.integrity)
    assert words(code)[-1].startswith("It was answered. Ask the integrity officer")
    assert not SealedConcern.objects.get().notes.filter(kind="told").exists()


def test_reading_by_code_tells_nobody_where_an_officer_knows_the_code(cast):
    code = take(cast, by=cast.officer, channel="hotline")
    loop.answer(Concern.objects.get(), text="We come on Monday.", by=cast.supervisor)
    assert words(code)[-1] == "The answer: We come on Monday."
    assert not Telling.objects.exists() and Duty.objects.open().count() == 1


def test_a_concern_that_belongs_there_goes_to_the_sealed_channel_with_all_it_said(cast, whole_database):
    code = take(cast, text=CANARY_SEALED, contact=CANARY_CONTACT, point=Point(3.0123, 11.9, srid=4326))
    reports.add(code, text=f"{CANARY_SEALED} more")
    concern = Concern.objects.get()
    with pytest.raises(PermissionDenied):
        reports.seal(concern, topic=cast.sealed_topic, by=cast.officer)
    reports.seal(concern, topic=cast.sealed_topic, by=cast.supervisor)
    assert not Concern.objects.exists() and not Duty.objects.exists()
    assert CANARY_SEALED not in whole_database()
    read = keys.read(SealedConcern.objects.get())
    assert f"{CANARY_SEALED} more" in read and CANARY_CONTACT in read and "11.9000, 3.0123" in read
    assert reports.follow(code).is_sealed


def test_the_same_form_with_other_words_is_another_report_with_a_code_of_its_own(cast):
    told = Told(topic=cast.water_topic, text="Dry.", channel="hotline", community=cast.village)
    first = reports.take(told, by=cast.officer, token="t" * 32)
    second = reports.take(replace(told, text="No nurse."), by=cast.officer, token="t" * 32)
    assert first != second and Concern.objects.count() == 2


def test_a_form_that_is_sent_again_much_later_is_refused_in_words(cast):
    told = Told(topic=cast.water_topic, text="Dry.", channel="web", community=cast.village)
    reports.take(told, token="t" * 32)
    TrackingCode.objects.update(received_at=timezone.now() - 2 * reports.SHOWN_AGAIN)
    with pytest.raises(ValidationError, match="was taken in then"):
        reports.take(told, token="t" * 32)
    assert Concern.objects.count() == 1


def test_a_promise_of_a_meeting_nobody_reviewed_is_not_told_by_code(cast):
    code = take(cast)
    about = Concern.objects.get()
    meeting = hold(cast, promised=[], review=False)
    loop.promise(
        community=cast.village,
        words="We drill.",
        public_text="Drill a well",
        agency=cast.water,
        promised_on=meeting.date,
        due_on=days_ago(-9),
        engagement=meeting,
        concern=about,
        by=cast.officer,
    )
    assert "Drill a well" not in " ".join(words(code))
    review_meeting(meeting, by=cast.supervisor)
    assert "Drill a well" in " ".join(words(code))


# --- Tips ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def police(cast):
    cast.police.tips_to = "tips@police.example"
    cast.police.save()
    return cast.police


def hand_over(cast, agency, **more):
    given = {
        "text": CANARY_TIP,
        "category": "goods",
        "area": cast.north,
        "agency": agency,
        "by": cast.officer,
    }
    return reports.hand_over(**{**given, **more})


def test_a_tip_is_mailed_to_the_agency_and_kept_nowhere(cast, police, whole_database, caplog):
    code = hand_over(cast, police)
    assert [(m.to, CANARY_TIP in m.body) for m in mail.outbox] == [(["tips@police.example"], True)]
    assert CANARY_TIP not in whole_database() and CANARY_TIP not in caplog.text
    assert words(code) == ["It was handed over to Benin police. What you said is kept nowhere here."]
    reports.give_outcome(Handover.objects.get(), outcome="acted", by=cast.officer)
    assert words(code)[-1] == "The agency acted on it"


def test_a_tip_that_cannot_be_mailed_leaves_nothing(cast, police, settings):
    settings.EMAIL_BACKEND = "tests.engagements.broken_mail.Broken"
    with pytest.raises(ValidationError, match="could not be mailed"):
        hand_over(cast, police)
    assert not Handover.objects.exists() and not TrackingCode.objects.exists()


def test_a_concern_that_is_a_tip_is_taken_out_and_its_code_becomes_the_receipt(cast, police, whole_database):
    code = take(cast, text=CANARY_TIP)
    reports.add(code, text=f"{CANARY_TIP} more")
    concern = Concern.objects.get()
    with pytest.raises(PermissionDenied):
        reports.hand_over_concern(concern, category="goods", agency=police, by=cast.officer)
    reports.hand_over_concern(concern, category="goods", agency=police, by=cast.supervisor)
    assert CANARY_TIP not in whole_database() and f"{CANARY_TIP} more" in mail.outbox[0].body
    assert not Concern.objects.exists() and not Duty.objects.exists()
    assert reports.follow(code).heading == "Handed over to the agency concerned"


def test_a_tip_on_which_a_question_stands_is_neither_mailed_nor_lost(cast, police):
    take(cast, text=CANARY_TIP)
    concern = Concern.objects.get()
    questions.ask(area=cast.north, text="Whose is it?", by=cast.officer, concern=concern)
    with pytest.raises(ValidationError, match="stands on this already"):
        reports.hand_over_concern(concern, category="goods", agency=police, by=cast.supervisor)
    assert not mail.outbox and Concern.objects.get() and not Handover.objects.exists()


def test_a_tip_whose_mail_fails_leaves_the_concern_where_it_was(cast, police, settings):
    code = take(cast, text=CANARY_TIP)
    settings.EMAIL_BACKEND = "tests.engagements.broken_mail.Broken"
    with pytest.raises(ValidationError, match="could not be mailed"):
        reports.hand_over_concern(Concern.objects.get(), category="goods", agency=police, by=cast.supervisor)
    assert codes.find(code).concern and not Handover.objects.exists()


def test_no_tip_goes_to_an_agency_without_an_address_nor_from_outside_ones_areas(cast, police):
    with pytest.raises(ValidationError, match="no address for tips"):
        hand_over(cast, cast.water)
    with pytest.raises(PermissionDenied):
        hand_over(cast, police, area=cast.south)
    with pytest.raises(PermissionDenied):
        hand_over(cast, police, by=cast.manager)
    assert not mail.outbox


# --- Triage --------------------------------------------------------------------------------------------------------
def test_passing_on_is_counted(cast):
    take(cast)
    concern = Concern.objects.get()
    for agency in (cast.water, cast.police, cast.water):
        loop.assign(concern, agency=agency, by=cast.supervisor)
    assert [row.agency for row in Assignment.objects.all()] == [cast.water, cast.police, cast.water]


def test_placing_reads_the_words_that_become_public_and_takes_the_days_of_the_place(cast):
    take(cast, community=None, area=cast.benin)
    concern = Concern.objects.get()
    accounts.post(cast.supervisor, Role.SUPERVISOR, by=None, areas=[cast.benin])
    forget(cast.supervisor)
    assert concern.due_on == days_ago(-30)
    Concern.objects.update(public_text="Call +229 90 12 34 56")
    with pytest.raises(ValidationError):
        loop.place(concern, community=cast.village, by=cast.supervisor)
    wording.reword(concern, words={"public_text": "The pump is dry"}, by=cast.editor)
    loop.place(concern, community=cast.village, by=cast.supervisor)
    concern.refresh_from_db()
    assert concern.due_on == days_ago(-21)


def test_an_answer_to_what_lies_in_an_area_alone_is_read_too(cast):
    take(cast, community=None, area=cast.north)
    concern = Concern.objects.get()
    for words in ("Call +229 90 12 34 56", f"Ask {CANARY_NAME}"):
        with pytest.raises(ValidationError, match="Take it out"):
            loop.answer(concern, text=words, by=cast.supervisor)
        with pytest.raises(ValidationError, match="Take it out"):
            wording.reword(concern, words={"public_text": words}, by=cast.editor)
    concern.refresh_from_db()
    assert (concern.answer, concern.public_text) == ("", "")
    loop.answer(concern, text="We repair it in May.", by=cast.supervisor)


def test_what_was_promised_for_a_repeat_goes_with_it_to_the_living_one(cast):
    living = hold(cast, asked=[("water", "women", "Dry")]).concerns.get()
    repeat = hold(cast, asked=[("water", "youth", "Dry too")], promised=[("We drill", 1)]).concerns.get()
    loop.join(repeat, into=living, by=cast.supervisor)
    assert living.commitments.count() == 1


def test_sorting_moves_the_days_and_the_clock(cast):
    take(cast)
    concern = Concern.objects.get()
    before = concern.look_by
    loop.sort(concern, topic=cast.water_topic, urgency="now", by=cast.supervisor)
    assert concern.look_by < before and concern.due_on == days_ago(-21)
    with pytest.raises(ValidationError):
        loop.sort(concern, topic=cast.sealed_topic, urgency="now", by=cast.supervisor)


def test_what_a_meeting_brought_waits_for_its_review_before_it_is_triaged(cast):
    hold(cast, asked=[("water", "women", "Dry")], review=False)
    assert not Concern.objects.all().triaged_by(cast.supervisor).exists()
