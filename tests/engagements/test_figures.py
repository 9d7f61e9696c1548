"""The honest figures: their parts, wholes and periods, whose rows they count, and what is not known."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities import accounts
from communities.models import Community, Contact
from communities.sight import Role
from engagements import figures, loop
from engagements.figures import Period, Population
from engagements.models import Attendance, Concern, Engagement, Pulse
from tests.cast import days_ago
from tests.cms.conftest import Story


@pytest.fixture
def story(cast):
    return Story(cast)


@pytest.fixture
def year():
    return figures.last_twelve_months(datetime.date.today())


@pytest.fixture
def inside(cast):
    """What the programme manager sees."""
    return Population.seen_by(cast.manager)


def share(figure):
    return figure.part, figure.whole


def rest(figure):
    return {name: count for name, count in figure.rest if count}


def counted(meeting, **lines):
    """Attendance lines: women=3, youth_group=0, female_officers=1 …"""
    columns = {
        "women": {"sex": "women"},
        "men": {"sex": "men"},
        "young": {"age": "young"},
        "adult": {"age": "adult"},
        "womens_group": {"group": "women"},
        "youth_group": {"group": "youth"},
        "chief": {"group": "chief"},
        "female_officers": {"who": "officers", "sex": "women"},
        "male_officers": {"who": "officers", "sex": "men"},
        "officers": {"who": "officers"},
    }
    for name, count in lines.items():
        Attendance.objects.create(engagement=meeting, count=count, **columns[name])
    return meeting


# --- Whose rows -----------------------------------------------------------------------------------------------
def test_the_public_counts_what_is_public_and_a_colleague_what_they_see(cast, story, year):
    for community in (cast.village, cast.hidden, cast.far):
        story.promise(community)
    wholes = {
        who: figures.kept(figures.read_promises(population), year).whole
        for who, population in {
            "public": Population.public(),
            "manager": Population.seen_by(cast.manager),
            "officer": Population.seen_by(cast.officer),
            "focal point": Population.seen_by(cast.focal_point),
            "integrity": Population.seen_by(cast.integrity),
        }.items()
    }
    assert wholes == {"public": 2, "manager": 3, "officer": 2, "focal point": 3, "integrity": 0}


def test_an_area_counts_what_lies_within_it(cast, story, year):
    for community in (cast.village, cast.hidden, cast.far, cast.across):
        story.promise(community)

    def whole(area):
        return figures.kept(figures.read_promises(Population.seen_by(cast.manager, area)), year).whole

    assert [whole(area) for area in (cast.north, cast.south, cast.region, cast.benin, None)] == [
        2,
        1,
        3,
        3,
        4,
    ]


def test_an_officer_who_asks_for_a_foreign_area_counts_nothing(cast, story, year):
    story.promise(cast.far)
    found = figures.sheet_of(Population.seen_by(cast.officer, cast.south), year)
    assert (found.kept.whole, found.rhythm.whole, found.told.whole) == (0, 0, 0)


def test_what_no_supervisor_reviewed_counts_nowhere(cast, story, inside, year):
    story.promise(cast.village, state="submitted")
    story.concern(cast.village, state="submitted")
    found = figures.sheet_of(inside, year)
    assert (found.kept.whole, found.told.whole, found.first_answer.raised, found.solved.whole) == (0, 0, 0, 0)
    assert found.silence.never == 6


@pytest.mark.parametrize("role", sorted(Role.values))
def test_sealed_concerns_are_in_no_figure_of_anybody(cast, story, year, role):
    before = figures.sheet_of(Population.seen_by(cast.users[role]), year)
    story.sealed(cast.village)
    after = figures.sheet_of(Population.seen_by(cast.users[role]), year)
    for name in ("told", "first_answer", "solved", "womens_concerns", "overdue", "groups"):
        assert getattr(after, name) == getattr(before, name), name


def test_integrity_beside_another_role_still_counts_nothing_sealed(cast, story, year):
    accounts.post(cast.integrity, Role.MANAGER, by=None, starts=days_ago(10))
    story.sealed(cast.village)
    assert figures.first_answer(Population.seen_by(cast.integrity), year).raised == 0


def test_the_public_waits_for_the_delay(cast, story, year):
    Community.objects.filter(pk=cast.village.pk).update(publish_delay_days=30)
    concern = story.concern(cast.village, days=100)
    Concern.objects.filter(pk=concern.pk).update(
        state="answered", answer="x", answered_on=days_ago(10), first_answered_on=days_ago(10)
    )
    public, inside = (
        figures.first_answer(population, year)
        for population in (Population.public(), Population.seen_by(cast.manager))
    )
    assert (public.raised, public.waiting, inside.waiting) == (1, 1, 0)
    assert (
        figures.overdue_by_agency(Population.public(), figures.late_by_agency(Population.public())).answers
        == 1
    )


# --- Kept, told -----------------------------------------------------------------------------------------------
def test_what_was_not_kept_is_told_apart(cast, story, inside, year):
    story.kept(cast.village)
    story.promise(cast.village)
    story.show(story.promise(cast.village))
    story.cancel(story.promise(cast.village))
    partly = story.promise(cast.village)
    story.show(partly)
    story.verdict(partly, answer=1)
    found = figures.kept(figures.read_promises(inside), year)
    assert share(found) == (1, 5)
    assert rest(found) == {"not_done": 1, "unconfirmed": 1, "withdrawn": 1, "refused": 1}
    assert sum(count for _name, count in found.rest) == found.missed


def test_the_period_is_the_day_first_promised(cast, story, inside):
    commitment = story.promise(cast.village, days=100, due=60)
    loop.revise(commitment, reason="Rain", by=cast.focal_point, due_on=days_ago(-300))
    found = figures.read_promises(inside)
    then, now = figures.month(days_ago(60)), figures.month(days_ago(-300))
    assert (figures.kept(found, then).whole, figures.kept(found, now).whole) == (1, 0)
    assert figures.sheet_of(inside, then).kept.whole == 1


def test_what_is_due_today_has_not_fallen_due(cast, story, inside):
    story.promise(cast.village, days=10, due=0)
    concern = story.concern(cast.village, days=21)
    assert concern.due_on == days_ago(0)
    this_year = figures.year(days_ago(0))
    found = figures.sheet_of(inside, this_year)
    assert (found.kept.whole, found.solved.whole, found.overdue.commitments, found.overdue.answers) == (
        0,
        0,
        0,
        0,
    )


def test_told_counts_duties_of_the_period(cast, story, inside):
    story.tell(story.promise(cast.village, due=60))
    story.promise(cast.village, due=60)
    period = Period(days_ago(47), days_ago(45))  # two weeks after the promise fell due
    assert share(figures.told(inside, period)) == (1, 2)
    assert figures.told(inside, Period(days_ago(45), days_ago(40))).whole == 0


def test_a_telling_within_the_delay_is_not_known_in_an_area(cast, story, year):
    Community.objects.filter(pk=cast.village.pk).update(publish_delay_days=50)
    story.tell(story.promise(cast.village), days=40)
    assert share(figures.told(Population.public(), year)) == (1, 1)
    assert share(figures.told(Population.public(cast.region), year)) == (0, 1)


# --- Answers --------------------------------------------------------------------------------------------------
def answer(concern, after, state="answered"):
    day = concern.raised_on + datetime.timedelta(days=after)
    because = "money" if state == "cannot" else ""
    Concern.objects.filter(pk=concern.pk).update(
        state=state, answer="x", because=because, answered_on=day, first_answered_on=day
    )
    return concern


def test_those_still_waiting_are_longer_than_any_answer(cast, story, inside, year):
    for after in (2, 4, 6):
        answer(story.concern(cast.village, days=100), after)
    found = figures.first_answer(inside, year)
    assert (found.raised, found.waiting, found.median, found.ninetieth) == (3, 0, 4, 6)
    for _more in range(2):
        story.concern(cast.village, days=50)
    found = figures.first_answer(inside, year)
    assert (found.raised, found.waiting, found.median, found.ninetieth) == (5, 2, 6, None)
    story.concern(cast.village, days=50)
    assert figures.first_answer(inside, year).median == 6
    story.concern(cast.village, days=50)
    assert figures.first_answer(inside, year).median is None


def test_nothing_raised_has_no_median(inside, year):
    found = figures.first_answer(inside, year)
    assert (found.raised, found.waiting, found.median, found.ninetieth) == (0, 0, None, None)


def test_solved_needs_an_answer_and_every_promise_done(cast, story, inside, year):
    done = answer(story.concern(cast.village), 5)
    story.show(story.promise(cast.village, concern=done))
    half = answer(story.concern(cast.village), 5)
    story.show(story.promise(cast.village, concern=half))
    story.promise(cast.village, concern=half)
    answer(story.concern(cast.village), 5)
    answer(story.concern(cast.village), 5, state="cannot")
    story.concern(cast.village)
    found = figures.solved(inside, figures.read_promises(inside), year)
    assert share(found) == (1, 5)
    assert rest(found) == {"waiting": 1, "promised": 1, "words": 1, "cannot": 1}


def test_unanswered_is_never_solved(cast, story, inside, year):
    concern = story.concern(cast.village)
    story.show(story.promise(cast.village, concern=concern))
    found = figures.solved(inside, figures.read_promises(inside), year)
    assert (share(found), rest(found)) == ((0, 1), {"waiting": 1})


def test_a_withdrawn_promise_solves_nothing(cast, story, inside, year):
    concern = answer(story.concern(cast.village), 5)
    story.cancel(story.promise(cast.village, concern=concern))
    assert rest(figures.solved(inside, figures.read_promises(inside), year)) == {"words": 1}


def test_one_that_was_opened_again_waits_again(cast, story, inside, year):
    concern = answer(story.concern(cast.village), 5, state="cannot")
    Concern.objects.filter(pk=concern.pk).update(state="assigned", agency=cast.water)
    found = figures.read_promises(inside)
    assert rest(figures.solved(inside, found, year)) == {"waiting": 1}
    assert figures.overdue_by_agency(inside, figures.late_by_agency(inside)).answers == 1
    assert figures.first_answer(inside, year).waiting == 0


def test_what_was_promised_to_a_repeat_counts_for_the_living_concern(cast, story, inside, year):
    living, repeat = answer(story.concern(cast.village), 5), story.concern(cast.village)
    story.show(story.promise(cast.village, concern=repeat))
    Concern.objects.filter(pk=repeat.pk).update(state="merged", joined_to=living)
    assert share(figures.solved(inside, figures.read_promises(inside), year)) == (1, 1)


def test_what_women_asked_became_a_promise_or_not(cast, story, inside, year):
    story.promise(cast.village, concern=story.concern(cast.village))
    story.cancel(story.promise(cast.village, concern=story.concern(cast.village)))
    story.concern(cast.village)
    men = story.concern(cast.village)
    Concern.objects.filter(pk=men.pk).update(raised_by="elders")
    assert share(figures.womens_concerns(inside, figures.read_promises(inside), year)) == (1, 3)


# --- Overdue --------------------------------------------------------------------------------------------------
def test_the_agency_that_owes_most_stands_first(cast, story, inside):
    story.promise(cast.village, due=90)
    story.promise(cast.village, due=30)
    late = story.promise(cast.village, due=95)
    loop.Commitment.objects.filter(pk=late.pk).update(agency=cast.police)
    concern = story.concern(cast.village, days=100)
    Concern.objects.filter(pk=concern.pk).update(agency=cast.water)
    story.concern(cast.village, days=60)
    story.show(story.promise(cast.village, due=99))
    found = figures.overdue_by_agency(inside, figures.late_by_agency(inside))
    rows = [
        (row.agency and row.agency.code, row.commitments, row.answers, row.oldest_days)
        for row in found.agencies
    ]
    assert rows == [("BJ-WAT", 2, 1, 90), ("BJ-POL", 1, 0, 95), (None, 0, 1, 39)]
    assert (found.commitments, found.answers, found.oldest_days, found.others) == (3, 2, 95, 0)


# --- Meetings -------------------------------------------------------------------------------------------------
def test_meetings_against_the_agreed_rhythm(cast, story, inside):
    story.meeting(cast.village, 90)
    story.meeting(cast.quiet, 91)
    story.meeting(cast.far, 5, state="submitted")
    Engagement.objects.filter(pk=story.meeting(cast.hidden, 5).pk).update(found_nobody=True)
    period = Period(days_ago(10), days_ago(-1))
    found = figures.rhythm(figures.last_met(inside, period.last_known_day), period)
    assert (share(found), rest(found)) == ((1, 6), {"never": 4, "late": 1})


def test_a_past_period_asks_at_its_own_end(cast, story, inside):
    story.meeting(cast.village, 5)
    period = Period(days_ago(60), days_ago(30))
    found = figures.rhythm(figures.last_met(inside, period.last_known_day), period)
    assert rest(found) == {"never": 6}


def test_nobody_looks_late_for_a_meeting_that_is_not_told_yet(cast, story):
    Community.objects.filter(pk=cast.village.pk).update(publish_delay_days=30, rhythm_days=30)
    story.meeting(cast.village, 50)
    story.meeting(cast.village, 10)
    period = Period(days_ago(10), days_ago(-1))
    found = figures.rhythm(figures.last_met(Population.public(), period.last_known_day), period)
    assert share(found) == (1, 5)


def test_communities_not_met_are_counted_and_listed_alike(cast, story, inside):
    on = days_ago(0)
    story.meeting(cast.village, 180)
    story.meeting(cast.quiet, 179)
    story.meeting(cast.far, 400)
    found = figures.silence(figures.last_met(inside, on), on)
    listed = [row.code for row in figures.not_met(inside, on)]
    assert (found.count, found.never, found.whole) == (5, 3, 6)
    assert listed == ["BJ-N1", "BJ-V3", "NE-V1", "BJ-V4", "BJ-V1"]


def test_a_meeting_that_did_not_count_officers_by_sex_is_unknown(cast, story, inside, year):
    counted(story.meeting(cast.village, 10), female_officers=1, male_officers=2)
    counted(story.meeting(cast.village, 11), female_officers=0)
    counted(story.meeting(cast.village, 12), male_officers=2)
    counted(story.meeting(cast.village, 13), officers=3)
    counted(story.meeting(cast.village, 14), women=3)
    story.meeting(cast.village, 15)
    found = figures.female_officers(inside, year)
    assert (share(found), found.unknown) == ((1, 3), 3)


# --- Groups ---------------------------------------------------------------------------------------------------
def groups(population, **query):
    found = figures.who_was_heard(population, days_ago(0), **query)
    return {row.group: (row.heard, row.silent, row.absent, row.unknown) for row in found.counts()}


def test_a_group_is_heard_silent_absent_or_not_known(cast, story):
    mine = Population.seen_by(cast.officer)
    heard = story.concern(cast.village, days=10).engagement
    counted(heard, youth_group=4)
    counted(story.meeting(cast.quiet, 10), womens_group=3)
    story.meeting(cast.hidden, 10)
    assert groups(mine) == {
        "women": (1, 1, 0, 2),
        "youth": (0, 1, 1, 2),
        "chief": (0, 0, 1, 0),  # the village's contact
    }


def test_meetings_that_did_not_count_neither_make_nor_hide_an_absence(cast, story):
    mine = Population.seen_by(cast.officer)
    counted(story.meeting(cast.village, 10), men=5)  # counted by sex, not by age
    story.meeting(cast.village, 20)
    assert groups(mine, communities=[cast.village.pk])["women"] == (0, 0, 1, 0)
    assert groups(mine, communities=[cast.village.pk])["youth"] == (0, 0, 0, 1)


def test_only_the_last_meetings_are_asked(cast, story):
    mine = Population.seen_by(cast.officer)
    story.concern(cast.village, days=90)
    for days in (10, 20, 30):
        counted(story.meeting(cast.village, days), men=5)
    assert groups(mine, communities=[cast.village.pk])["women"] == (0, 0, 1, 0)


def test_a_group_that_was_told_something_was_there(cast, story):
    mine = Population.seen_by(cast.officer)
    telling = story.tell(story.promise(cast.quiet, days=400, due=390), days=30)
    meeting = counted(story.meeting(cast.quiet, 30), men=5)
    telling.engagement = meeting
    telling.save()
    assert groups(mine, communities=[cast.quiet.pk])["women"] == (0, 1, 0, 0)


def test_each_community_says_which_groups_are_not_heard(cast, story):
    counted(story.meeting(cast.village, 10), womens_group=3)
    found = figures.who_was_heard(Population.seen_by(cast.officer), days_ago(0)).unheard()
    silent, absent = figures.SILENT, figures.ABSENT
    assert found == {cast.village.pk: {"women": silent, "youth": absent, "chief": absent}}


def test_who_may_not_know_contacts_expects_women_and_youth_alone(cast, story, inside):
    assert set(groups(inside)) == set(groups(Population.public())) == {"women", "youth"}
    Contact.objects.create(community=cast.village, role="herders", active=False)
    assert "herders" not in groups(Population.seen_by(cast.officer))


# --- Trust ----------------------------------------------------------------------------------------------------
def asked(story, community, days, **counts):
    meeting = story.meeting(community, days)
    for name, count in counts.items():
        Pulse.objects.create(engagement=meeting, answer=name, count=count)


def test_trust_has_a_row_where_somebody_asked(cast, story, inside):
    day = datetime.date.today()
    asked(story, cast.village, 0, yes=10, no=3)
    asked(story, cast.far, 0, yes=2)
    story.meeting(cast.village, 60)
    (row,) = figures.trust(inside, figures.month(day))
    assert (row.period, row.meetings, row.total) == (figures.month(day), 2, 15)
    assert row.counts == {"yes": 12, "partly": 0, "no": 3, "silent": 0}


def test_a_small_number_of_people_is_not_told_in_public(cast, story):
    asked(story, cast.village, 0, yes=10, no=3, partly=6)
    public, year = Population.public(), figures.year(datetime.date.today())
    (row,) = figures.trust(public, year)
    assert row.counts == {"yes": 10, "partly": None, "no": None, "silent": 0}
    assert row.period.step == "month"  # a quarter would tell what its months leave out
    assert figures.trust(Population.public(cast.region), year) == []


# --- Periods --------------------------------------------------------------------------------------------------
def test_periods_follow_each_other_without_a_gap():
    for make in (figures.week, figures.month, figures.quarter, figures.year):
        period = make(datetime.date(2026, 1, 1))
        assert period.previous.until == period.since
        assert period.next.since == period.until
        assert period.next.previous == period
        assert period.since <= datetime.date(2026, 1, 1) < period.until


def test_a_week_is_named_by_the_year_it_belongs_to():
    assert figures.week(datetime.date(2027, 1, 1)).label.startswith("Week 53 of 2026")
    assert figures.quarter(datetime.date(2026, 11, 3)).label == "October to December 2026"


def test_a_trend_goes_by_quarters_of_a_year_and_else_by_months():
    year = figures.year(datetime.date(2026, 5, 5))
    assert [step.since.month for step in year.trend()] == [1, 4, 7, 10]
    assert [step.since.month for step in figures.week(datetime.date(2026, 5, 5)).trend()] == [
        12,
        1,
        2,
        3,
        4,
        5,
    ]
    assert len(year.months()) == 12


# --- Cost -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("public", [True, False])
def test_a_sheet_asks_as_much_for_one_as_for_eleven(cast, story, year, public):
    population = Population.public() if public else Population.seen_by(cast.manager)

    def fill():
        story.kept(cast.village)
        answer(story.concern(cast.far), 3)
        counted(story.meeting(cast.village, 9), women=3, female_officers=1)
        asked(story, cast.village, 9, yes=8)

    fill()
    figures.sheet_of(population, year)
    with CaptureQueriesContext(connection) as one:
        figures.sheet_of(population, year)
    for _more in range(10):
        fill()
    with CaptureQueriesContext(connection) as eleven:
        figures.sheet_of(population, year)
    assert len(eleven) == len(one)
