"""Reports from every channel: taken in once, followed by code, added to, told; tips are handed over and kept nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from communities import accounts
from communities.sight import Role, forget
from engagements import codes, loop, questions, reports, sealed, wording
from engagements.meetings import review_meeting
from engagements.models import (
    Addition,
    Assignment,
    Commitment,
    Concern,
    Duty,
    Entry,
    Escalation,
    Handover,
    Hotline,
    IntegrityKey,
    Question,
    Report,
    SealedConcern,
    SealedNote,
    Telling,
    TrackingCode,
)
from engagements.reports import Told
from tests import keys
from tests.cast import CANARY_NAME, CANARY_SEALED, days_ago
from tests.engagements.conftest import hold
from tests.engagements.phone import Phone, meeting

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


def test_where_the_code_does_not_open_the_answer_the_independent_line_s_number_is_given(cast):
    code = take(cast, by=cast.officer, topic=cast.sealed_topic, channel="hotline")
    sealed.answer(SealedConcern.objects.get(), text=CANARY_SEALED, by=cast.integrity)
    assert words(code)[-1] == "It was answered. Ask the integrity officer."
    Hotline.objects.create(number="+000 999", agency=cast.water, is_independent=True)
    assert words(code)[-1].endswith("or call the independent line: +000 999.")


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


STATES = ["new", "assigned", "answered", "cannot", "merged"]


def brought_to(state, concern, cast):
    """Brings a concern to a state, and leaves all that can stand on it."""
    if state == "new":
        return
    if state == "merged":
        take(cast, text="The pump is dry.")
        loop.join(concern, into=Concern.objects.latest("pk"), by=cast.supervisor)
        return
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    if state in ("answered", "cannot"):
        because = "power" if state == "cannot" else ""
        loop.answer(concern, text=f"{CANARY_SEALED} answered", because=because, by=cast.focal_point)
        duty = Duty.objects.get(concern=concern)
        loop.tell(duty, on=days_ago(0), how="visit", group="person", what=CANARY_SEALED, by=cast.officer)
    question = questions.ask(area=cast.north, text=f"{CANARY_SEALED}?", by=cast.officer, concern=concern)
    questions.answer(question, text=f"{CANARY_SEALED}!", by=cast.manager)
    Escalation.objects.create(
        concern=concern, level="supervisor", since=days_ago(1), on=days_ago(0), days_late=1
    )
    if state == "assigned":
        loop.sort(concern, topic=cast.water_topic, urgency="now", by=cast.supervisor)


def traces_of(concern, duty):
    """What is left of a concern that was taken out."""
    logged = ModelLogEntry.objects.filter(object_id__in=[str(concern.pk), str(duty.pk)]).exclude(
        content_type__model__in=["posting", "user", "handover"]
    )
    steps = Escalation.objects.filter(concern=concern.pk)
    rows = [Telling.objects.filter(duty=duty.pk), Question.objects.filter(concern=concern.pk), steps]
    rows += [Assignment.objects.filter(concern=concern.pk), Duty.objects.filter(pk=duty.pk)]
    return [
        str(row) for found in [logged, Concern.objects.filter(pk=concern.pk), *rows] for row in found.all()
    ]


@pytest.mark.parametrize("state", STATES)
def test_it_is_sealed_from_every_state_with_every_trace(cast, state, whole_database):
    code = take(cast, text=CANARY_SEALED)
    reports.add(code, text=f"{CANARY_SEALED} more")
    concern, duty = Concern.objects.get(), Duty.objects.get()
    brought_to(state, concern, cast)
    reports.seal(Concern.objects.get(pk=concern.pk), topic=cast.sealed_topic, by=cast.supervisor)
    assert traces_of(concern, duty) == []
    assert CANARY_SEALED not in whole_database()
    assert reports.follow(code).is_sealed and SealedConcern.objects.get().state == "new"
    assert Concern.objects.count() == (1 if state == "merged" else 0)
    assert Concern.objects.visible_to(cast.focal_point).count() == 0


def test_what_was_done_in_the_open_is_sealed_with_it(cast):
    take(cast, text=CANARY_SEALED)
    concern = Concern.objects.get()
    brought_to("answered", concern, cast)
    reports.seal(concern, topic=cast.sealed_topic, by=cast.supervisor)
    read = keys.read(SealedConcern.objects.get())
    assert "it was with: Water Directorate" in read and f"in the open: {CANARY_SEALED} answered" in read
    assert f"headquarters: {CANARY_SEALED}?" in read and f"by headquarters: {CANARY_SEALED}!" in read


def test_no_agency_keeps_a_complaint_in_the_open_by_promising(cast, whole_database):
    take(cast, text="The agent took money")
    concern = Concern.objects.get()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    promise = loop.promise(
        concern=concern,
        community=cast.village,
        words=f"{CANARY_SEALED} promised",
        public_text="We look into it.",
        agency=cast.water,
        promised_on=days_ago(0),
        due_on=days_ago(-9),
        by=cast.focal_point,
    )
    loop.revise(promise, reason=CANARY_SEALED, due_on=days_ago(-19), by=cast.focal_point)
    loop.show(promise, kind="visit", on=days_ago(0), shows=1, note=CANARY_SEALED, by=cast.focal_point)
    loop.cancel(promise, reason=CANARY_SEALED, by=cast.focal_point)
    reports.seal(concern, topic=cast.sealed_topic, by=cast.supervisor)
    assert not Commitment.objects.exists() and not Duty.objects.exists()
    assert CANARY_SEALED not in whole_database()
    assert "promised, due on" in keys.read(SealedConcern.objects.get())


def test_a_promise_of_a_meeting_stops_sealing(cast):
    hold(cast, ago=60, asked=[("water", "women", "Dry")], promised=[("We repair the pump", 30)])
    with pytest.raises(ValidationError, match="cannot be taken out"):
        reports.seal(Concern.objects.get(), topic=cast.sealed_topic, by=cast.supervisor)


def test_who_read_how_to_reach_them_goes_along(cast, police):
    for text in ("First", "Second"):
        take(cast, text=text, contact="90 12 34 56")
    first, second = Concern.objects.order_by("pk")
    for concern in (first, second):
        reports.open_contact(Report.objects.get(concern=concern), by=cast.supervisor)
    reports.seal(first, topic=cast.sealed_topic, by=cast.supervisor)
    read = keys.read(SealedConcern.objects.get())
    assert f"How to reach them was read by {cast.supervisor.get_full_name()}" in read
    reports.hand_over_concern(second, agency=police, category="goods", by=cast.supervisor)
    opened = ModelLogEntry.objects.get(action="engagements.open_contact")
    assert (opened.object_id, opened.content_type.model) == (str(Handover.objects.get().pk), "handover")


def test_what_a_repeat_was_joined_to_is_as_young_again_when_that_is_sealed(cast):
    take(cast, text="An old one", raised_on=days_ago(90))
    old = Concern.objects.get()
    take(cast, text="A new one")
    new = Concern.objects.latest("pk")
    due_on, look_by = new.due_on, new.look_by
    loop.join(old, into=new, by=cast.supervisor)
    assert new.raised_on == days_ago(90)
    reports.seal(old, topic=cast.sealed_topic, by=cast.supervisor)
    new.refresh_from_db()
    assert (new.raised_on, new.due_on) == (days_ago(0), due_on)
    assert abs(new.look_by - look_by) < timedelta(minutes=1)


@pytest.mark.parametrize("state", STATES)
def test_a_tip_is_handed_over_from_every_state_with_every_trace(cast, police, state, whole_database):
    code = take(cast, text=CANARY_TIP)
    concern, duty = Concern.objects.get(), Duty.objects.get()
    brought_to(state, concern, cast)
    reports.hand_over_concern(
        Concern.objects.get(pk=concern.pk), category="goods", agency=police, by=cast.supervisor
    )
    assert traces_of(concern, duty) == [] and CANARY_TIP not in whole_database()
    assert CANARY_TIP in mail.outbox[0].body and CANARY_SEALED not in mail.outbox[0].body
    assert reports.follow(code).heading == "Handed over to the agency concerned"


def joined(cast, word):
    """Two reports, the second joined to the first; a third was joined to the second before."""
    said = [take(cast, text=f"{word} {place}") for place in range(3)]
    first, second, third = Concern.objects.order_by("pk")
    loop.join(third, into=second, by=cast.supervisor)
    loop.join(second, into=first, by=cast.supervisor)
    return said, first, second


def test_what_was_joined_to_it_is_sealed_with_it_each_by_its_own_code(cast, whole_database):
    said, first, _second = joined(cast, CANARY_SEALED)
    reports.seal(first, topic=cast.sealed_topic, by=cast.supervisor)
    assert not Concern.objects.exists() and not Duty.objects.exists()
    assert CANARY_SEALED not in whole_database()
    assert [reports.follow(code).is_sealed for code in said] == [True] * 3
    assert {keys.read(row) for row in SealedConcern.objects.all()} == {
        f"{CANARY_SEALED} {n}" for n in range(3)
    }


def test_no_log_line_names_one_that_is_sealed_out_of_its_middle(cast):
    _said, _first, second = joined(cast, "Dry")
    reports.seal(second, topic=cast.sealed_topic, by=cast.supervisor)
    joinings = ModelLogEntry.objects.filter(action="engagements.join")
    assert [row.data.get("into") for row in joinings] == [None]
    assert Concern.objects.count() == 2


def test_what_was_joined_to_a_tip_is_mailed_with_it_and_each_code_leads_to_the_receipt(cast, police):
    said, first, _second = joined(cast, CANARY_TIP)
    reports.hand_over_concern(first, category="goods", agency=police, by=cast.supervisor)
    assert mail.outbox[0].body.count(CANARY_TIP) == 3 and len(mail.outbox) == 1
    assert {codes.find(code).handover for code in said} == {Handover.objects.get()}


@pytest.mark.parametrize("of", ["itself", "repeat"])
def test_with_a_promise_it_is_neither_sealed_nor_handed_over_and_it_says_why(cast, police, of):
    concern = hold(cast, asked=[("water", "women", "Dry")], promised=[("We drill", -1)]).concerns.get()
    if of == "repeat":
        take(cast)
        living = Concern.objects.latest("pk")
        loop.join(concern, into=living, by=cast.supervisor)
        concern = living
    with pytest.raises(ValidationError, match="A promise was made for this"):
        reports.seal(concern, topic=cast.sealed_topic, by=cast.supervisor)
    with pytest.raises(ValidationError, match="A promise was made for this"):
        reports.hand_over_concern(concern, category="goods", agency=police, by=cast.supervisor)
    assert Concern.objects.filter(pk=concern.pk).exists() and not mail.outbox


def test_what_a_meeting_brought_is_sealed_and_the_phone_s_copy_emptied(cast, whole_database):
    phone = Phone(cast.officer)
    asked = {"topic": cast.water_topic.pk, "raised_by": "women", "text": CANARY_SEALED, "public_text": ""}
    assert phone.push(meeting(cast.village, concerns=[asked]))["status"] == "received"
    concern = Concern.objects.get()
    review_meeting(concern.engagement, by=cast.supervisor)
    reports.seal(concern, topic=cast.sealed_topic, by=cast.supervisor)
    assert not Entry.objects.exclude(content="").exists() and CANARY_SEALED not in whole_database()


def test_neither_the_agency_nor_an_officer_seals_what_was_given_to_them(cast):
    take(cast)
    concern = Concern.objects.get()
    loop.assign(concern, agency=cast.water, by=cast.supervisor)
    for user in (cast.focal_point, cast.officer, cast.manager, cast.integrity):
        with pytest.raises(PermissionDenied):
            reports.seal(concern, topic=cast.sealed_topic, by=user)


# --- Additions ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("topic", ["water_topic", "sealed_topic"])
def test_the_same_words_added_again_are_one_addition(cast, topic):
    first, second = (take(cast, topic=getattr(cast, topic), text=text) for text in ("One.", "Two."))
    for code in (first, first, second):
        reports.add(code, text="Still so.")
        reports.add(code, text=" Still so. ")
    assert Addition.objects.count() + SealedNote.objects.count() == 2
    cache.clear()  # fifteen minutes later
    reports.add(first, text="Still so.")
    assert Addition.objects.count() + SealedNote.objects.count() == 3


def test_an_addition_that_was_refused_may_be_sent_again(cast, monkeypatch):
    code = take(cast)
    monkeypatch.setattr(reports, "MOST_ADDITIONS", 0)
    with pytest.raises(ValidationError):
        reports.add(code, text="More")
    monkeypatch.undo()
    reports.add(code, text="More")
    assert Addition.objects.count() == 1


def test_a_wrong_code_counts_though_nothing_is_added(cast):
    for _guess in range(codes.WRONG_PER_HOUR):
        with pytest.raises(ValidationError, match="No report has this code"):
            reports.add("00" + codes.new()[2:], text="x")
    with pytest.raises(codes.Throttled):
        reports.add("00" + codes.new()[2:], text="x")


@pytest.mark.parametrize("moved", ["sealed", "tip"])
def test_what_is_added_while_it_is_moved_goes_along_or_is_refused(cast, police, monkeypatch, moved):
    code = take(cast)
    find = codes.find

    def found_just_before(asked):
        found = find(asked)
        monkeypatch.setattr(codes, "find", find)
        concern = Concern.objects.get()
        if moved == "sealed":
            reports.seal(concern, topic=cast.sealed_topic, by=cast.supervisor)
        else:
            reports.hand_over_concern(concern, category="goods", agency=police, by=cast.supervisor)
        return found

    monkeypatch.setattr(codes, "find", found_just_before)
    if moved == "sealed":
        reports.add(code, text=CANARY_SEALED)
        assert keys.read(SealedNote.objects.get()) == CANARY_SEALED
    else:
        with pytest.raises(ValidationError, match="No report has this code"):
            reports.add(code, text=CANARY_TIP)
    assert not Addition.objects.exists()


@pytest.mark.parametrize("decided", [False, True])
def test_an_addition_waits_where_it_comes_after_a_decision_until_the_next(cast, decided):
    code = take(cast)
    concern = Concern.objects.get()
    if decided:
        loop.assign(concern, agency=cast.water, by=cast.supervisor)
    reports.add(code, text="It is worse.")
    assert Addition.objects.get().waits is decided
    loop.answer(concern, text="We come on Monday.", by=cast.supervisor)
    assert not Addition.objects.get().waits
    reports.add(code, text="Nobody came.")
    assert Addition.objects.latest("pk").waits


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


def test_a_tip_takes_the_questions_about_it_out_too(cast, police, whole_database):
    take(cast, text=CANARY_TIP)
    concern = Concern.objects.get()
    questions.ask(area=cast.north, text=f"Whose is {CANARY_TIP}?", by=cast.officer, concern=concern)
    reports.hand_over_concern(concern, category="goods", agency=police, by=cast.supervisor)
    assert CANARY_TIP not in whole_database() and not Question.objects.exists()


def test_a_tip_keeps_when_it_came_and_how_often_they_were_passed_on(cast, police):
    take(cast, text=CANARY_TIP, by=cast.officer, channel="hotline", transfers=3)
    came = timezone.now() - timedelta(days=4)
    Report.objects.update(received_at=came)
    reports.hand_over_concern(Concern.objects.get(), category="goods", agency=police, by=cast.supervisor)
    row = Handover.objects.get()
    assert (row.received_at, row.transfers) == (came, 3) and row.handed_at > came


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
