"""What holds for the figures of any world: parts add up, nothing divides by zero, the unknown moves no share."""

import datetime
import math
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from communities.models import Community
from engagements import figures
from engagements.figures import Population
from engagements.figures.hearing import LAST_MEETINGS
from engagements.models import Attendance, Commitment, Concern, Engagement, Pulse, Revision
from tests.cast import days_ago
from tests.cms.conftest import Story

few = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLACES = st.sampled_from(["village", "quiet", "hidden", "nomads", "far", "across"])
UNREVIEWED = st.sampled_from(["reviewed"] * 4 + ["draft", "submitted", "returned"])  # mostly what counts
PROMISE = st.fixed_dictionaries(
    {
        "place": PLACES,
        "due": st.integers(-40, 380),
        "shows": st.lists(st.integers(0, 3), max_size=2),
        "verdict": st.none() | st.integers(0, 2),
        "unheard": st.none() | st.integers(0, 2),  # a later verdict, at a meeting that nobody reviewed
        "moved": st.none() | st.integers(-20, 90),  # days by which its day was moved
        "meeting": UNREVIEWED,
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
        "fate": st.sampled_from(["", "", "joined", "reopened", "answered again"]),
        "meeting": UNREVIEWED,
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
# What random worlds seldom hold together: an answer that was given again, and a verdict that nobody reviewed.
SELDOM = {
    "promises": [
        {
            "place": "village", "due": 30, "shows": [3], "verdict": 2, "unheard": 0, "moved": 20, "meeting": "reviewed",
            "cancelled": None, "told": True,
        }
    ],
    "concerns": [
        {
            "place": "village", "days": 100, "after": 5, "state": "answered", "fate": "answered again",
            "meeting": "reviewed", "promises": [], "by": "women",
        }
    ],
    "meetings": [],
    "delay": 0,
}  # fmt: skip
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
    place = getattr(story.cast, row["place"])
    made = story.promise(place, days=days, due=row["due"], state=row["meeting"])
    for shows in row["shows"]:
        story.show(made, days=max(row["due"], 0), shows=shows)
    if row["verdict"] is not None:
        story.verdict(made, days=max(row["due"] - 1, 0), answer=row["verdict"])
    if row["unheard"] is not None:
        story.verdict(made, days=0, answer=row["unheard"], state="submitted")
    if row["moved"] is not None:
        _move(story, made, row["moved"])
    if row["cancelled"] is not None:
        story.cancel(made, days=min(row["cancelled"], days))
    if row["told"]:
        story.tell(made, days=max(row["due"] - 5, 0))


def _move(story, made, days):
    """Revised as `loop.revise` does it."""
    before, due_on = made.due_on, max(made.due_on + datetime.timedelta(days=days), made.promised_on)
    Revision.objects.create(
        commitment=made, due_before=before, due_on=due_on, reason="x", by=story.cast.focal_point
    )
    made.due_on = due_on
    made.save()


def _concern(story, row):
    place = getattr(story.cast, row["place"])
    made = story.concern(place, days=row["days"], state=row["meeting"])
    changes = {"raised_by": row["by"], **_answered(made, row)}
    if row["fate"] == "joined":
        living = story.concern(place, days=row["days"])
        changes |= {"state": "merged", "joined_to": living}
        Concern.objects.filter(pk=living.pk).update(**_answered(living, row))
    elif row["fate"] == "reopened":
        changes |= {"state": "assigned", "agency": story.cast.water}
    elif row["fate"] == "answered again" and row["after"] is not None:
        changes["answered_on"] = days_ago(0)  # the first answer stays the first
    Concern.objects.filter(pk=made.pk).update(**changes)
    for shows in row["promises"]:
        story.show(story.promise(place, days=row["days"], due=row["days"], concern=made), days=0, shows=shows)


def _answered(made, row):
    """As `loop.answer` leaves it, where it was answered."""
    if row["after"] is None:
        return {}
    on = min(made.raised_on + datetime.timedelta(days=row["after"]), days_ago(0))
    because = "money" if row["state"] == "cannot" else ""
    return {
        "state": row["state"], "answer": "x", "because": because, "answered_on": on, "first_answered_on": on,
    }  # fmt: skip


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
@example(world=SELDOM)
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
    assert (then.late | ~now.late | ~then.live).all()  # a withdrawal may be known of by then


@few
@given(world=WORLD)
@example(world=SELDOM)
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


# --- Recounted in plain words --------------------------------------------------------------------------------
def counted(population, model):
    """The rows of a reviewed meeting that the population may read of, by what a person would ask of each."""
    for row in model.objects.select_related("community", "engagement"):
        place, public = row.community, population.is_public
        hidden = place.public_place == "hidden" or place.status != "active"
        told_from = row.raised_on if model is Concern else row.promised_on
        if row.engagement.state == "reviewed" and not (
            public and (hidden or told_from > known_until(population, row))
        ):
            yield row


def known_until(population, row):
    delay = row.community.publish_delay_days if population.is_public else 0
    return days_ago(0) - datetime.timedelta(days=delay)


def is_kept(population, row):
    """Withdrawn, the last evidence, and what people said at the last meeting that was reviewed: one by one."""
    until = known_until(population, row)
    shown = sorted((e.date, e.pk, e.shows) for e in row.evidence.all() if e.date <= until and not e.disputed)
    heard = [v for v in row.verdicts.all() if v.engagement.state == "reviewed" and v.engagement.date <= until]
    last = max(((v.engagement.date, v.engagement_id) for v in heard), default=None)
    said = {v.answer for v in heard if (v.engagement.date, v.engagement_id) == last}
    withdrawn = row.cancelled_on is not None and row.cancelled_on <= until
    full = [day for day, _pk, shows in shown if shows == 3]
    return bool(not withdrawn and shown and shown[-1][2] == 3 and last and last[0] >= full[0] and said == {2})


@few
@given(world=WORLD)
@example(world=SELDOM)
def test_commitments_kept_are_those_that_a_person_would_count(cast, population, world):
    period = year()
    with told_of(cast, world):
        found = figures.sheet_of(population(), period).kept
        due = []
        for row in counted(population(), Commitment):
            first = row.revisions.order_by("at", "pk").first()
            first_due = first.due_before if first else row.due_on
            gone = row.cancelled_on
            never_due = gone is not None and gone <= min(first_due, known_until(population(), row))
            if period.since <= first_due < days_ago(0) and not never_due:
                due.append(row)
        kept = [row for row in due if is_kept(population(), row)]
    assert (found.part, found.whole) == (len(kept), len(due))


@few
@given(world=WORLD)
@example(world=SELDOM)
def test_the_first_answer_is_the_one_that_a_person_would_find(cast, population, world):
    period = year()
    with told_of(cast, world):
        found = figures.sheet_of(population(), period).first_answer
        asked = [
            row
            for row in counted(population(), Concern)
            if row.state != "merged" and period.since <= row.raised_on < period.until
        ]
        waits = sorted(
            (row.first_answered_on - row.raised_on).days
            for row in asked
            if row.first_answered_on and row.first_answered_on <= known_until(population(), row)
        )
    ranks = [math.ceil(len(asked) * percent / 100) for percent in (50, 90)]
    nearest = [waits[rank - 1] if 0 < rank <= len(waits) else None for rank in ranks]
    assert (found.raised, found.waiting) == (len(asked), len(asked) - len(waits))
    assert [found.median, found.ninetieth] == nearest


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
