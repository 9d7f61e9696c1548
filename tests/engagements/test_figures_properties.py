"""What holds for the figures of any world: parts add up, nothing divides by zero, the unknown moves no share."""

import datetime
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.models import Community
from engagements import figures
from engagements.figures import Population
from engagements.figures.hearing import LAST_MEETINGS
from engagements.models import Attendance, Commitment, Concern, Engagement, Pulse
from tests.cast import days_ago
from tests.cms.conftest import Story

few = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLACES = st.sampled_from(["village", "quiet", "hidden", "nomads", "far", "across"])
PROMISE = st.fixed_dictionaries(
    {
        "place": PLACES,
        "due": st.integers(-40, 380),
        "shows": st.lists(st.integers(0, 3), max_size=2),
        "verdict": st.none() | st.integers(0, 2),
        "cancelled": st.none() | st.integers(0, 300),
        "told": st.booleans(),
    }
)
CONCERN = st.fixed_dictionaries(
    {
        "place": PLACES,
        "days": st.integers(0, 380),
        "after": st.none() | st.integers(0, 60),
        "state": st.sampled_from(["answered", "cannot"]),
        "promises": st.lists(st.integers(0, 3), max_size=2),
        "by": st.sampled_from(["women", "youth", "chief"]),
    }
)
MEETING = st.fixed_dictionaries(
    {
        "place": PLACES,
        "days": st.integers(0, 380),
        "women": st.none() | st.integers(0, 9),
        "officers": st.none() | st.tuples(st.sampled_from(["women", "men", "all"]), st.integers(0, 3)),
        "group": st.none() | st.tuples(st.sampled_from(["women", "youth", "chief"]), st.integers(0, 9)),
        "yes": st.none() | st.integers(0, 30),
    }
)
WORLD = st.fixed_dictionaries(
    {
        "promises": st.lists(PROMISE, max_size=5),
        "concerns": st.lists(CONCERN, max_size=5),
        "meetings": st.lists(MEETING, max_size=5),
        "delay": st.sampled_from([0, 0, 30]),  # days for which the village is not told of
    }
)
SHARES = ("kept", "told", "solved", "womens_concerns", "rhythm", "female_officers")


@contextmanager
def told_of(cast, world):
    """The world's rows, gone again afterwards."""
    with transaction.atomic():
        story = Story(cast)
        Community.objects.filter(pk=cast.village.pk).update(publish_delay_days=world["delay"])
        for row in world["promises"]:
            _promise(story, row)
        for row in world["concerns"]:
            _concern(story, row)
        for row in world["meetings"]:
            _meeting(story, row)
        yield story
        transaction.set_rollback(True)


def _promise(story, row):
    days = max(row["due"], 0) + 30
    made = story.promise(getattr(story.cast, row["place"]), days=days, due=row["due"])
    for shows in row["shows"]:
        story.show(made, days=max(row["due"], 0), shows=shows)
    if row["verdict"] is not None:
        story.verdict(made, days=max(row["due"] - 1, 0), answer=row["verdict"])
    if row["cancelled"] is not None:
        story.cancel(made, days=min(row["cancelled"], days))
    if row["told"]:
        story.tell(made, days=max(row["due"] - 5, 0))


def _concern(story, row):
    place = getattr(story.cast, row["place"])
    made = story.concern(place, days=row["days"])
    changes = {"raised_by": row["by"]}
    if row["after"] is not None:
        answered_on = min(made.raised_on + datetime.timedelta(days=row["after"]), days_ago(0))
        changes |= {"state": row["state"], "answer": "x", "answered_on": answered_on}
        changes |= {"because": "money"} if row["state"] == "cannot" else {}
    Concern.objects.filter(pk=made.pk).update(**changes)
    for shows in row["promises"]:
        story.show(story.promise(place, days=row["days"], due=row["days"], concern=made), days=0, shows=shows)


def _meeting(story, row):
    held = story.meeting(getattr(story.cast, row["place"]), row["days"])
    if row["women"] is not None:
        Attendance.objects.create(engagement=held, sex="women", count=row["women"])
    if row["officers"]:
        sex, count = row["officers"]
        Attendance.objects.create(engagement=held, who="officers", sex=sex, count=count)
    if row["group"]:
        group, count = row["group"]
        Attendance.objects.create(engagement=held, group=group, count=count)
    if row["yes"] is not None:
        Pulse.objects.create(engagement=held, answer="yes", count=row["yes"])


@pytest.fixture(params=["public", "inside"])
def population(request, cast):
    def of(area=None):
        return (
            Population.public(area) if request.param == "public" else Population.seen_by(cast.manager, area)
        )

    return of


def year():
    return figures.last_twelve_months(datetime.date.today())


@few
@given(world=WORLD)
def test_districts_add_up_to_their_region(cast, population, world):
    with told_of(cast, world):
        whole, *parts = (
            figures.sheet_of(population(area), year()) for area in (cast.region, cast.north, cast.south)
        )
    for name in SHARES:
        region = getattr(whole, name)
        districts = [getattr(part, name) for part in parts]
        assert region.part == sum(part.part for part in districts), name
        assert region.whole == sum(part.whole for part in districts), name
        assert region.unknown == sum(part.unknown for part in districts), name
        for n, (kind, count) in enumerate(region.rest):
            assert count == sum(part.rest[n][1] for part in districts), kind
    for name in ("commitments", "answers"):
        assert getattr(whole.overdue, name) == sum(getattr(part.overdue, name) for part in parts)
    assert whole.overdue.oldest_days == max(part.overdue.oldest_days for part in parts)
    for name in ("raised", "waiting"):
        assert getattr(whole.first_answer, name) == sum(getattr(part.first_answer, name) for part in parts)
    assert whole.silence.count == sum(part.silence.count for part in parts)
    heard = {row.group: row for row in whole.groups}
    for group, row in heard.items():
        theirs = [each for part in parts for each in part.groups if each.group == group]
        for name in ("whole", "heard", "silent", "absent", "unknown"):
            assert getattr(row, name) == sum(getattr(each, name) for each in theirs), (group, name)
    people = {step.period: step.counts for step in whole.trust}
    for period, counts in people.items():
        theirs = [step.counts for part in parts for step in part.trust if step.period == period]
        assert counts["yes"] == sum(each["yes"] for each in theirs)


@few
@given(world=WORLD)
def test_no_figure_divides_by_zero_and_every_part_is_within_its_whole(cast, population, world):
    with told_of(cast, world):
        sheets = [figures.sheet_of(population(area), year()) for area in (None, cast.niger_district)]
    for found in sheets:
        for name in SHARES:
            figure = getattr(found, name)
            assert 0 <= figure.part <= figure.whole, name
            assert (figure.percent is None) == (figure.whole == 0), name
            if figure.rest:
                assert sum(count for _kind, count in figure.rest) == figure.missed, name
        waits = found.first_answer
        assert 0 <= waits.waiting <= waits.raised
        assert (waits.median is None) == (waits.raised == 0 or waits.waiting > waits.raised // 2)
        assert waits.ninetieth is None or waits.median <= waits.ninetieth
        for row in found.groups:
            assert row.heard + row.silent + row.absent + row.unknown == row.whole


@few
@given(world=WORLD, more=st.integers(1, 4))
def test_what_nobody_counted_moves_no_share(cast, population, world, more):
    with told_of(cast, world) as story:
        before = figures.sheet_of(population(), year())
        for _each in range(
            more
        ):  # on one day with the world's youngest meetings: nobody counted anything there
            story.meeting(cast.village, 400)
        older = figures.sheet_of(population(), year())
        held = Engagement.objects.filter(community=cast.village, date__gt=days_ago(365)).count()
        for meeting in (story.meeting(cast.village, 40) for _each in range(more)):
            Attendance.objects.create(engagement=meeting, who="officers", count=3)
            Attendance.objects.create(engagement=meeting, count=30)
        after = figures.sheet_of(population(), year())
    assert older.female_officers == before.female_officers
    assert (after.female_officers.part, after.female_officers.whole) == (
        before.female_officers.part,
        before.female_officers.whole,
    )
    assert after.female_officers.unknown == before.female_officers.unknown + more
    assert after.trust == before.trust
    if held + more <= LAST_MEETINGS:  # else an older meeting, at which a group came, is looked at no more
        assert after.groups == before.groups


@few
@given(world=WORLD, on=st.integers(0, 400))
def test_passing_a_date_never_changes_delivery(cast, population, world, on):
    with told_of(cast, world):
        now = figures.read_promises(population())
        then = figures.read_promises(population(), days_ago(0) + datetime.timedelta(days=on))
    assert now.pk.tolist() == then.pk.tolist()
    assert now.full.tolist() == then.full.tolist()
    assert now.kept.tolist() == then.kept.tolist()
    assert (then.late | ~now.late).all()


@few
@given(world=WORLD)
def test_a_promise_stands_here_as_its_row_says(cast, world):
    """The columns agree with what a commitment says of itself."""
    with told_of(cast, world):
        found = figures.read_promises(Population.seen_by(cast.manager))
        rows = {row.pk: row for row in Commitment.objects.all().with_answers()}
        for n, pk in enumerate(found.pk.tolist()):
            row = rows[pk]
            assert bool(found.kept[n]) == (row.standing == "kept")
            assert bool(found.full[n]) == (not row.withdrawn and row.delivery == 3)
            assert bool(found.late[n]) == (row.is_undelivered and row.due_on < days_ago(0))


@few
@given(world=WORLD, ago=st.integers(0, 380), days=st.integers(1, 200))
def test_what_is_read_for_a_period_is_all_it_asks_about(cast, population, world, ago, days):
    """A sheet reads a part of the promises; its figures are those of all of them."""
    period = figures.Period(days_ago(ago), days_ago(ago - days))
    with told_of(cast, world):
        everyone, every = population(), figures.read_promises(population())
        part = figures.read_promises(everyone, among=figures.asked_of(period))
        for figure in (figures.solved, figures.womens_concerns):
            assert figure(everyone, part, period) == figure(everyone, every, period)
        assert figures.kept(part, period) == figures.kept(every, period)
        assert set(figures.late(everyone).values_list("pk", flat=True)) == set(every.pk[every.late].tolist())
        assert figures.late_by_agency(everyone)["many"].sum() == every.late.sum()
