"""A commitment as of a past day, and what no sequence of the loop's moves may ever reach."""

import datetime
from dataclasses import dataclass, field

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cms.standing import answered
from communities.models import Community
from engagements import history, loop, meetings
from engagements.models import Commitment, Engagement, Evidence, Verdict
from engagements.models.commitments import Answer, Shown, Standing
from tests.cast import days_ago

from .conftest import hold

NOW = timezone.now


def now_read(commitment):
    return Commitment.objects.with_answers().get(pk=commitment.pk)


@pytest.fixture
def commitment(told_once):
    """Promised and recorded sixty days ago, due thirty days ago."""
    row = told_once.commitments.get()
    recorded(row, 60)
    Engagement.objects.update(reviewed_at=NOW() - datetime.timedelta(days=59))
    row.refresh_from_db()
    return row


def recorded(row, ago):
    """As if it had been written down so many days ago."""
    type(row).objects.filter(pk=row.pk).update(at=NOW() - datetime.timedelta(days=ago))


def shown(cast, commitment, ago, shows=Shown.FULL, **more):
    more.setdefault("note", "canaryshownzq")
    row = loop.show(commitment, kind="visit", on=days_ago(ago), shows=shows, by=cast.focal_point, **more)
    recorded(row, ago)
    return row


def asked(cast, commitment, ago, answer, review=True):
    meeting = hold(cast, ago=ago, review=False)
    row = loop.give_verdict(
        commitment, engagement=meeting, group="women", answer=answer, note="canarysaidzq", by=cast.officer
    )
    recorded(row, ago)
    if review:
        meetings.review_meeting(meeting, by=cast.supervisor)
        Engagement.objects.filter(pk=meeting.pk).update(reviewed_at=NOW() - datetime.timedelta(days=ago - 2))
    return meeting


# --- Reading -------------------------------------------------------------------------------------------------
def test_each_day_reads_as_it_stood(cast, commitment):
    shown(cast, commitment, 40, Shown.PART)
    shown(cast, commitment, 20)
    asked(cast, commitment, 10, Answer.NOT_KEPT)
    read = {ago: history.as_of(commitment, days_ago(ago)) for ago in (50, 40, 25, 20, 9, 8)}
    assert [past.standing for past in read.values()] == [
        Standing.OPEN,
        Standing.PARTLY,
        Standing.OVERDUE,
        Standing.UNCONFIRMED,
        Standing.UNCONFIRMED,  # answered, but its meeting was not reviewed yet: nothing is disputed
        Standing.NOT_KEPT,
    ]
    assert [len(past.evidence) for past in read.values()] == [0, 1, 1, 2, 2, 2]
    assert [row.disputed for row in read[9].evidence] == [False, False]
    assert [row.disputed for row in read[8].evidence] == [True, True]
    assert read[20].schedule == history.Schedule.DONE_LATE
    assert read[20].days_late == 10
    assert read[25].schedule == history.Schedule.LATE


def test_a_verdict_counts_from_the_day_its_meeting_was_reviewed(cast, commitment):
    shown(cast, commitment, 20)
    asked(cast, commitment, 10, Answer.KEPT)  # reviewed two days later
    before, after = (history.as_of(commitment, days_ago(ago)) for ago in (9, 8))
    assert (before.standing, before.verdict, len(before.verdicts)) == (Standing.UNCONFIRMED, None, 1)
    assert (after.standing, after.verdict) == (Standing.KEPT, Answer.KEPT)


def test_what_was_written_down_later_was_not_known_then(cast, commitment):
    late = shown(cast, commitment, 40)
    recorded(late, 5)
    assert history.as_of(commitment, days_ago(6)).delivery == Shown.NOTHING
    assert history.as_of(commitment, days_ago(5)).delivery == Shown.FULL


def test_the_words_and_the_day_in_force_are_those_of_that_day(cast, commitment):
    first_due = commitment.due_on
    for ago, words, due in ((45, "", -10), (15, "We repair it and train two people", -40)):
        row = loop.revise(commitment, reason="x", by=cast.focal_point, due_on=days_ago(due), words=words)
        recorded(row, ago)
    read = [history.as_of(commitment, days_ago(ago)) for ago in (50, 40, 15)]
    assert [past.due_on for past in read] == [first_due, days_ago(-10), days_ago(-40)]
    assert [past.words for past in read] == [
        *["We repair the pump"] * 2,
        "We repair it and train two people",
    ]
    assert [len(past.revisions) for past in read] == [0, 1, 2]


def test_a_withdrawal_holds_from_its_day_on(cast, commitment):
    loop.cancel(commitment, reason="It floods", by=cast.focal_point, on=days_ago(3))
    commitment.refresh_from_db()
    assert history.as_of(commitment, days_ago(4)).standing == Standing.OVERDUE
    assert history.as_of(commitment, days_ago(3)).standing == Standing.CANCELLED


def test_a_commitment_is_not_withdrawn_on_a_day_to_come(cast, commitment):
    with pytest.raises(ValidationError):
        loop.cancel(commitment, reason="It floods", by=cast.focal_point, on=days_ago(-1))


def test_tellings_are_those_recorded_by_then(cast, commitment):
    duty = commitment.duties.get()
    row = loop.tell(duty, on=days_ago(20), how="visit", group="women", by=cast.officer)
    recorded(row, 18)
    assert history.as_of(commitment, days_ago(19)).tellings == ()
    assert history.as_of(commitment, days_ago(18)).tellings == (row,)


def test_before_the_promise_nothing_was_promised(commitment):
    past = history.as_of(commitment, days_ago(61))
    assert not past.is_promised
    assert history.as_of(commitment, days_ago(60)).is_promised


def test_it_asks_no_more_where_more_was_recorded(cast, commitment):
    def queries():
        with CaptureQueriesContext(connection) as asked_for:
            history.as_of(commitment, days_ago(0))
        return len(asked_for)

    shown(cast, commitment, 40, Shown.PART)
    few = queries()
    for ago in range(20, 9, -1):
        shown(cast, commitment, ago)
        asked(cast, commitment, ago, Answer.PARTLY)
    assert queries() == few


def test_a_mark_that_no_verdict_explains_counts_on_every_day(cast, commitment):
    row = shown(cast, commitment, 20)
    Evidence.objects.filter(pk=row.pk).update(disputed=True)
    for ago in (20, 0):
        assert history.as_of(commitment, days_ago(ago)).delivery == Shown.NOTHING


# --- The page ------------------------------------------------------------------------------------------------
def page(client, commitment, user, as_of=None):
    client.force_login(user)
    address = reverse("commitment:inspect", args=[commitment.pk])
    return client.get(address, {} if as_of is None else {"as_of": as_of})


def test_the_page_is_read_as_of_a_day(client, cast, commitment):
    shown(cast, commitment, 20)
    html = page(client, commitment, cast.officer, days_ago(25).isoformat()).content.decode()
    assert "As it stood at the end of" in html
    assert "Not done: 5 days late" in html
    assert "canaryshownzq" not in html
    assert 'name="do"' not in html  # the past is read, not written
    assert (
        "canaryshownzq" in page(client, commitment, cast.officer, days_ago(20).isoformat()).content.decode()
    )


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-40", "9999-12-31", "0001-01-01x", "' or 1=1"])
def test_a_day_that_is_none_gets_a_sentence(client, cast, commitment, day):
    answer = page(client, commitment, cast.officer, day)
    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert "As it stood" not in answer.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "1900-05-01"])
def test_a_day_long_before_reads_not_promised_yet(client, cast, commitment, day):
    assert "Not promised yet" in page(client, commitment, cast.officer, day).content.decode()


def test_promised_but_not_recorded_yet_says_so(client, cast, commitment):
    recorded(commitment, 50)
    html = page(client, commitment, cast.officer, days_ago(55).isoformat()).content.decode()
    assert "nobody had recorded it yet" in html
    assert "We repair the pump" not in html.split("tracker-headline")[1]


def test_an_editor_reads_what_may_be_public_alone(client, cast, commitment):
    Commitment.objects.filter(pk=commitment.pk).update(words="canaryfirstzq")
    shown(cast, commitment, 20, public_note="The pump runs")
    asked(cast, commitment, 10, Answer.KEPT)
    loop.revise(
        commitment, reason="canarywhyzq", words="canarynewzq", by=cast.focal_point, due_on=days_ago(-9)
    )
    html = page(client, commitment, cast.editor, days_ago(0).isoformat()).content.decode()
    assert "The pump runs" in html
    for inside in ("canaryfirstzq", "canarynewzq", "canarywhyzq", "canaryshownzq", "canarysaidzq"):
        assert inside not in html, inside
    assert "canarynewzq" in page(client, commitment, cast.officer, days_ago(0).isoformat()).content.decode()


def test_an_agency_does_not_read_what_a_draft_says(client, cast, commitment):
    meeting = meetings.log_meeting(
        meetings.Minutes(community=cast.village, kind="policing", date=days_ago(9)), by=cast.officer
    )
    loop.give_verdict(commitment, engagement=meeting, group="youth", answer=Answer.PARTLY, by=cast.officer)
    said = f"{Verdict.objects.get().get_group_display()}: "
    today = days_ago(0).isoformat()
    assert said in page(client, commitment, cast.officer, today).content.decode()
    assert said not in page(client, commitment, cast.focal_point, today).content.decode()


def test_somebody_elses_commitment_has_no_past(client, cast, commitment):
    Community.objects.filter(pk=cast.village.pk).update(area=cast.south)
    assert page(client, commitment, cast.officer, days_ago(9).isoformat()).status_code == 404
    assert page(client, commitment, cast.registrar, days_ago(9).isoformat()).status_code in (302, 403, 404)


# --- No sequence of moves ------------------------------------------------------------------------------------
MOVES = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.tuples(st.just("show"), st.sampled_from(Shown.values), st.integers(0, 30)),
    st.tuples(
        st.just("ask"), st.lists(st.sampled_from(Answer.values), min_size=1, max_size=2),
        st.integers(0, 30), st.booleans(),
    ),
    st.tuples(st.just("review"), st.booleans()),
    st.tuples(st.just("revise"), st.integers(-20, 60), st.booleans()),
    st.just(("cancel",)),
)  # fmt: skip
GROUPS = ["women", "youth"]


@dataclass
class Told:
    """What the moves did, kept apart from the code under test."""

    cast: object
    commitment: Commitment
    clock: list
    shown: list = field(default_factory=list)  # (day it shows, how much)
    answers: list = field(default_factory=list)  # (day, meeting, answer)
    waiting: list = field(default_factory=list)  # meetings nobody reviewed yet
    days: dict = field(default_factory=dict)  # how each day ended

    @property
    def today(self):
        return timezone.localdate()

    def back(self, days):
        return max(self.today - datetime.timedelta(days=days), self.commitment.promised_on)

    def do(self, move, *given):
        try:
            with transaction.atomic():
                getattr(self, move)(*given)
        except ValidationError:
            pass  # a refused move changes nothing

    def wait(self, days):
        self.clock[0] += datetime.timedelta(days=days)

    def show(self, shows, back):
        day = self.back(back)
        loop.show(self.commitment, kind="visit", on=day, shows=shows, by=self.cast.focal_point)
        self.shown.append((day, shows))

    def ask(self, answers, back, review):
        ago = (self.today - self.back(back)).days
        minutes = meetings.Minutes(
            community=self.cast.village, kind="policing", date=self.today - datetime.timedelta(days=ago)
        )
        meeting = meetings.log_meeting(minutes, by=self.cast.officer, submit=True)
        for group, answer in zip(GROUPS, answers, strict=False):
            given = {"engagement": meeting, "group": group, "answer": answer, "by": self.cast.officer}
            loop.give_verdict(self.commitment, **given)
            self.answers.append((meeting.date, meeting.pk, answer))
        self.waiting.append(meeting)
        if review:
            self.review(True)

    def review(self, last):
        if self.waiting:
            meetings.review_meeting(self.waiting.pop(-1 if last else 0), by=self.cast.supervisor)

    def revise(self, days, words):
        due = self.commitment.due_on + datetime.timedelta(days=days)
        said = "Other words" if words else ""
        loop.revise(self.commitment, reason="x", by=self.cast.focal_point, due_on=due, words=said)

    def cancel(self):
        loop.cancel(self.commitment, reason="It floods", by=self.cast.supervisor)

    def says_kept(self):
        """By the rule in product.md: full delivery, and the verdict kept since, at a meeting that was reviewed."""
        full = [day for day, shows in self.shown if shows == Shown.FULL]
        unheard = {meeting.pk for meeting in self.waiting}
        heard = [answer for answer in self.answers if answer[1] not in unheard]
        last = max(((day, pk) for day, pk, _answer in heard), default=None)
        if not full or last is None:
            return False
        said = {answer for day, pk, answer in heard if (day, pk) == last}
        return said == {Answer.KEPT} and last[0] >= min(full)


@pytest.fixture
def clock(monkeypatch):
    moment = [NOW()]
    ticks = iter(range(1, 10**6))
    monkeypatch.setattr(timezone, "now", lambda: moment[0] + datetime.timedelta(milliseconds=next(ticks)))
    moment[0] = moment[0].replace(hour=6, minute=0)
    return moment


def check(told, first_words):
    row = now_read(told.commitment)
    past = history.as_of(row, told.today)
    assert (past.standing, past.delivery, past.done_on, past.verdict, past.due_on, past.days_late) == (
        row.standing, row.delivery, row.done_on, row.verdict, row.due_on, row.days_late,
    )  # fmt: skip
    assert row.words == first_words
    evidence = list(Evidence.objects.filter(commitment=row))
    flags = {each.pk: each.disputed for each in evidence}
    verdicts = list(row.verdicts.select_related("engagement"))
    then = history.disputed_before(timezone.now(), evidence, verdicts)
    assert {each.pk: each.pk in then for each in evidence} == flags
    public = answered(Commitment.objects.filter(pk=row.pk)).get()
    if row.standing == Standing.KEPT or public.standing == Standing.KEPT:
        assert row.delivery == Shown.FULL
    if row.standing == Standing.KEPT:
        assert told.says_kept()
    if public.standing == Standing.KEPT:
        heard = Verdict.objects.filter(commitment=row, engagement__state="reviewed", answer=Answer.KEPT)
        assert heard.filter(engagement__date__gte=public.done_on).exists()
    told.days[told.today] = (row.standing, row.delivery, row.verdict, row.due_on, len(evidence))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(moves=st.lists(MOVES, min_size=3, max_size=9))
@example(
    [
        ("show", Shown.FULL, 0), ("wait", 3), ("ask", [Answer.KEPT], 0, True), ("wait", 2),
        ("ask", [Answer.KEPT, Answer.NOT_KEPT], 0, False), ("wait", 4), ("review", True), ("wait", 1),
        ("show", Shown.FULL, 0), ("wait", 40),
    ]
)  # fmt: skip
@example([("ask", [Answer.NOT_KEPT], 0, False), ("wait", 9), ("show", Shown.FULL, 9), ("review", True)])
@example([("ask", [Answer.KEPT], 0, True), ("wait", 1), ("show", Shown.FULL, 0), ("cancel",), ("wait", 1)])
def test_no_sequence_of_moves_reaches_kept_alone_and_every_day_reads_as_it_ended(cast, clock, moves):
    start = clock[0]
    with transaction.atomic():
        meeting = hold(cast, ago=0, promised=[("We repair the pump", -30)])
        told = Told(cast, meeting.commitments.get(), clock)
        first_words = told.commitment.words
        check(told, first_words)
        for move in moves:
            before = now_read(told.commitment).delivery
            told.do(*move)
            told.commitment.refresh_from_db()
            if move[0] in ("wait", "revise", "cancel"):
                assert now_read(told.commitment).delivery == before
            check(told, first_words)
        for day, ended in told.days.items():
            past = history.as_of(told.commitment, day)
            read = (past.standing, past.delivery, past.verdict, past.due_on, len(past.evidence))
            assert read == ended, day
        transaction.set_rollback(True)
    clock[0] = start
