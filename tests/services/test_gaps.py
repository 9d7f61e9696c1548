"""The gap analysis finishes the sentence "it …": every state with its reason, the clock, sides, crowds, seasons."""

import datetime

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.utils import timezone
from geographiclib.geodesic import Geodesic

from communities.models import Community, Presence
from services import gaps
from services.models import Delivery, Gap, GapRun, Observation, ServicePoint, ServiceType

TODAY = datetime.date(2026, 3, 1)


@pytest.fixture
def health(cast):
    ServiceType.objects.exclude(pk=cast.health.pk).delete()
    return cast.health


def ago(days):
    return TODAY - datetime.timedelta(days=days)


def point(kind, x, y, *, country="BJ", state="", seen=10, **more):
    """A service point, observed `seen` days ago in `state` (never, when empty)."""
    made = ServicePoint.objects.create(
        code=f"P{ServicePoint.objects.count()}",
        name="Point",
        type=kind,
        country=country,
        location=Point(x, y, srid=4326),
        source="test",
        **more,
    )
    if state:
        observe(made, state, seen)
    return made


def observe(made, state, seen):
    return Observation.objects.create(point=made, date=ago(seen), state=state, source="test")


def verdict(community, kind, on=TODAY):
    gaps.recompute(kind, on=on)
    return Gap.objects.get(type=kind, community=community)


def stands(gap):
    return gap.state, gap.reason


# --- Each state, with its reason -----------------------------------------------------------------------------
def test_it_is_met_by_a_working_point_within_the_standard(cast, health):
    near = point(health, 3.01, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("met", "within")
    assert gap.point == near
    assert gap.km == gap.near_km < 5
    assert gap.across_km is None


def test_it_is_partly_met_by_a_near_point_that_works_in_part(cast, health):
    near = point(health, 3.01, 11.9, state="partly")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("partly", "partly_working")
    assert gap.point == near
    assert gap.near_km is None


def test_it_is_unmet_when_the_working_point_is_too_far(cast, health):
    far = point(health, 3.3, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("unmet", "too_far")
    assert gap.point == far
    assert 30 < gap.km < 35


def test_it_is_unmet_when_points_were_seen_and_none_works(cast, health):
    closed = point(health, 3.01, 11.9, state="not_working")
    point(health, 3.3, 11.9, state="closed")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("unmet", "none_working")
    assert gap.point == closed


def test_it_is_stale_when_what_would_decide_it_has_expired(cast, health):
    old = point(health, 3.01, 11.9, state="working", seen=366)
    point(health, 3.3, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("stale", "expired")
    assert gap.point == old


def test_it_is_stale_when_everything_seen_around_has_expired(cast, health):
    point(health, 3.01, 11.9, state="not_working", seen=400)
    assert stands(verdict(cast.village, health)) == ("stale", "expired")


def test_it_is_not_stale_for_an_expired_observation_of_a_point_that_did_not_work(cast, health):
    point(health, 3.01, 11.9, state="not_working", seen=400)
    point(health, 3.3, 11.9, state="working")
    assert stands(verdict(cast.village, health)) == ("unmet", "too_far")


def test_it_is_unknown_when_a_near_point_was_never_observed(cast, health):
    near = point(health, 3.01, 11.9)
    point(health, 3.3, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("unknown", "never_observed")
    assert gap.point == near


def test_it_is_unknown_when_nobody_has_looked_within_a_hundred_kilometres(cast, health):
    point(health, 3.0, 10.0, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("unknown", "never_observed")
    assert gap.near_km > 200


def test_it_is_unknown_where_there_is_no_point_at_all(cast, health):
    assert stands(verdict(cast.village, health)) == ("unknown", "never_observed")


def test_it_is_unknown_without_a_place(cast, health):
    Community.objects.filter(pk=cast.village.pk).update(location=None)
    point(health, 3.01, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("unknown", "no_place")
    assert gap.near_km is None


def test_it_looks_as_far_as_the_standard_reaches(cast, health):
    health.max_km = 300
    point(health, 3.0, 10.0, state="not_working")
    assert stands(verdict(cast.village, health)) == ("unmet", "none_working")


# --- Observations ----------------------------------------------------------------------------------------------
def test_it_goes_by_the_latest_observation_alone(cast, health):
    near = point(health, 3.01, 11.9, state="working", seen=10)
    observe(near, "closed", 2)
    observe(near, "working", 30)
    assert stands(verdict(cast.village, health)) == ("unmet", "none_working")


def test_it_takes_the_later_record_of_two_on_one_day(cast, health):
    near = point(health, 3.01, 11.9, state="closed", seen=5)
    observe(near, "working", 5)
    assert stands(verdict(cast.village, health)) == ("met", "within")


def test_it_forgets_points_that_left_the_register(cast, health):
    point(health, 3.01, 11.9, state="working", retired_on=ago(1))
    assert stands(verdict(cast.village, health)) == ("unknown", "never_observed")


def test_it_leaves_out_communities_that_are_closed(cast, health):
    Community.objects.filter(pk=cast.far.pk).update(status="closed")
    gaps.recompute(health, on=TODAY)
    assert Gap.objects.filter(type=health).count() == Community.objects.active().count()


def test_it_does_not_mix_service_types(cast, health):
    other = ServiceType.objects.create(code="market", name="Market", max_km=5)
    point(other, 3.01, 11.9, state="working")
    assert stands(verdict(cast.village, health)) == ("unknown", "never_observed")


# --- The clock ---------------------------------------------------------------------------------------------------
def test_it_turns_stale_by_itself_on_the_day_after_the_observation_expires(cast, health):
    point(health, 3.01, 11.9, state="working", seen=0)
    assert verdict(cast.village, health).state == "met"
    last = TODAY + datetime.timedelta(days=health.fresh_days)
    run = GapRun.objects.get(type=health)
    assert run.good_until == last
    assert not run.is_due(last)
    after = last + datetime.timedelta(days=1)
    assert run.is_due(after)
    assert gaps.recompute_due(on=last) == []
    assert gaps.recompute_due(on=after) == [health]
    assert stands(Gap.objects.get(type=health, community=cast.village)) == ("stale", "expired")


def test_it_does_not_rest_on_observations_that_decide_nothing(cast, health):
    point(health, 3.01, 11.9, state="working", seen=0)
    point(health, 3.02, 11.95, state="not_working", seen=300)
    Community.objects.exclude(pk=cast.village.pk).update(status="closed")
    gaps.recompute(health, on=TODAY)
    assert GapRun.objects.get().good_until == TODAY + datetime.timedelta(days=365)


def test_it_waits_for_what_is_dated_later(cast, health):
    near = point(health, 3.01, 11.9, state="working", seen=10)
    observe(near, "closed", -3)
    assert verdict(cast.village, health).state == "met"
    assert GapRun.objects.get().good_until == TODAY + datetime.timedelta(days=2)
    later = TODAY + datetime.timedelta(days=3)
    assert verdict(cast.village, health, on=later).state == "unmet"


# --- Sides -------------------------------------------------------------------------------------------------------
def test_it_is_not_met_from_across_the_border_but_shows_the_distance(cast, health):
    point(health, 3.0, 11.91, country="NE", state="working")
    point(health, 3.3, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("unmet", "too_far")
    assert gap.across_km < 2 < gap.near_km == gap.km


def test_it_is_met_from_across_by_a_point_open_to_people_from_there(cast, health):
    over = point(health, 3.0, 11.91, country="NE", state="working", serves_across_border=True)
    point(health, 3.3, 11.9, state="working")
    gap = verdict(cast.village, health)
    assert stands(gap) == ("met", "within")
    assert gap.point == over
    assert gap.km == gap.across_km < 2 < gap.near_km


def test_it_learns_nothing_from_points_across_that_people_may_not_use(cast, health):
    point(health, 3.0, 11.91, country="NE", state="closed")
    assert stands(verdict(cast.village, health)) == ("unknown", "never_observed")


# --- Crowds ------------------------------------------------------------------------------------------------------
def test_it_is_crowded_when_the_people_nearest_to_a_point_exceed_the_standard(cast, health):
    health.max_people = 1400
    point(health, 3.01, 11.9, state="working")
    gap = verdict(cast.village, health)  # 1,200 here and 300 in the quiet village: both have it nearest
    assert stands(gap) == ("partly", "crowded")


def test_it_is_not_crowded_at_the_standard_itself(cast, health):
    health.max_people = 1500
    point(health, 3.01, 11.9, state="working")
    assert stands(verdict(cast.village, health)) == ("met", "within")


def test_it_does_not_call_a_point_crowded_by_people_nobody_counted(cast, health):
    Community.objects.update(population=None)
    health.max_people = 1
    point(health, 3.01, 11.9, state="working")
    assert stands(verdict(cast.village, health)) == ("met", "within")


# --- Visits ------------------------------------------------------------------------------------------------------
def deliver(cast, kind, days, result="delivered"):
    return Delivery.objects.create(
        type=kind, community=cast.village, agency=cast.water, date=ago(days), result=result
    )


@pytest.fixture
def clinic(health):
    return ServiceType.objects.create(code="mobile_clinic", name="Mobile clinic", max_visit_gap_days=30)


def test_it_is_met_by_a_visit_within_the_standard(cast, clinic):
    deliver(cast, clinic, 30)
    assert stands(verdict(cast.village, clinic)) == ("met", "visited")
    assert GapRun.objects.get(type=clinic).good_until == TODAY
    tomorrow = TODAY + datetime.timedelta(days=1)
    assert stands(verdict(cast.village, clinic, on=tomorrow)) == ("unmet", "not_visited")


def test_it_is_unmet_when_they_went_and_reached_nobody(cast, clinic):
    deliver(cast, clinic, 5, result="moved_on")
    assert stands(verdict(cast.village, clinic)) == ("unmet", "not_visited")


def test_it_is_stale_when_the_last_record_of_a_visit_is_old(cast, clinic):
    deliver(cast, clinic, 366)
    assert stands(verdict(cast.village, clinic)) == ("stale", "expired")


def test_it_is_unknown_when_no_visit_was_ever_recorded(cast, clinic):
    deliver(cast, clinic, 5)
    assert stands(verdict(cast.far, clinic)) == ("unknown", "never_observed")


def test_it_is_met_by_a_visit_even_without_a_place(cast, clinic):
    clinic.max_km = 5
    Delivery.objects.create(type=clinic, community=cast.nomads, agency=cast.water, date=ago(3))
    assert stands(verdict(cast.nomads, clinic)) == ("met", "visited")
    assert stands(verdict(cast.village, clinic)) == ("unknown", "never_observed")


# --- Seasons -----------------------------------------------------------------------------------------------------
def stay(cast, first, last, x, y):
    return Presence.objects.create(
        community=cast.nomads,
        kind="place",
        first_month=first,
        last_month=last,
        location=Point(x, y, srid=4326),
        source="test",
    )


def test_it_measures_a_nomadic_group_from_where_it_is_this_month(cast, health):
    point(health, 3.01, 11.9, state="working", seen=200)
    stay(cast, 11, 2, 3.0, 11.9)  # across the turn of the year
    stay(cast, 6, 9, 3.5, 11.4)
    days = {1: "met", 2: "met", 3: "unknown", 7: "unmet", 10: "unknown", 12: "met"}
    for month, state in days.items():
        on = datetime.date(2026, month, 15)
        Observation.objects.update(date=on)
        assert verdict(cast.nomads, health, on=on).state == state, month
    assert GapRun.objects.get().good_until > datetime.date(2026, 12, 31)


def test_it_holds_no_longer_than_the_month_in_which_a_group_moves(cast, health):
    stay(cast, 11, 2, 3.0, 11.9)
    gaps.recompute(health, on=datetime.date(2026, 2, 3))
    assert GapRun.objects.get().good_until == datetime.date(2026, 2, 28)
    gaps.recompute(health, on=datetime.date(2026, 12, 3))
    assert GapRun.objects.get().good_until is None


def test_it_takes_the_nearest_of_several_places(cast, health):
    near = point(health, 3.61, 11.2, state="working")
    point(health, 3.2, 11.9, state="working")
    stay(cast, 1, 12, 3.0, 11.9)
    stay(cast, 1, 12, 3.6, 11.2)
    gap = verdict(cast.nomads, health)
    assert (gap.point, gap.state) == (near, "met")


def test_it_does_not_go_by_the_registered_point_of_a_nomadic_group(cast, health):
    Community.objects.filter(pk=cast.nomads.pk).update(location=Point(3.0, 11.9, srid=4326))
    point(health, 3.01, 11.9, state="working")
    assert stands(verdict(cast.nomads, health)) == ("unknown", "no_place")


# --- Exact, and fast ---------------------------------------------------------------------------------------------
def test_it_measures_as_geographiclib_does_to_a_millimetre(cast, health):
    dice = np.random.default_rng(3)
    for x, y in dice.uniform((2, 10), (4, 12), (60, 2)):
        point(health, x, y, state="working")
    gaps.recompute(health, on=TODAY)
    places = {p.pk: p.location for p in ServicePoint.objects.all()}
    rows = Gap.objects.filter(near_km__isnull=False).select_related("community")
    assert len(rows) == 4
    for gap in rows:
        at = gap.community.location
        metres = {pk: Geodesic.WGS84.Inverse(at.y, at.x, to.y, to.x)["s12"] for pk, to in places.items()}
        nearest = min(metres, key=metres.get)
        assert abs(gap.near_km * 1000 - metres[nearest]) < 0.001
        assert gap.point_id in {nearest, None}


def test_it_asks_as_often_for_many_as_for_few(cast, health, django_assert_num_queries):
    def queries(count):
        with django_assert_num_queries(count, exact=False) as asked:
            gaps.recompute(health, on=TODAY)
        return len(asked)

    queries(40)
    few = queries(40)
    for number in range(10):
        Community.objects.create(
            code=f"X{number}", name="X", country="BJ", area=cast.north, location=Point(3, 11.5, srid=4326)
        )
        point(health, 3.1, 11.5, state="working")
    gaps.recompute(health, on=TODAY)
    assert queries(40) == few


# --- When it is done ---------------------------------------------------------------------------------------------
def test_it_writes_only_rows_that_changed(cast, health):
    point(health, 3.01, 11.9, state="working")
    gaps.recompute(health, on=TODAY)
    before = set(Gap.objects.values_list("pk", flat=True))
    gaps.recompute(health, on=TODAY)
    assert set(Gap.objects.values_list("pk", flat=True)) == before
    observe(ServicePoint.objects.get(), "closed", 0)
    gaps.recompute(health, on=TODAY)
    assert Gap.objects.get(community=cast.village).state == "unmet"
    assert before & set(Gap.objects.values_list("pk", flat=True))


def test_it_is_queued_once_however_often_something_changes(cast, health, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as queued:
        gaps.mark_changed([health.pk])
        gaps.mark_changed(iter([health.pk, health.pk]))
        gaps.mark_all_changed()
    assert len(queued) == 1
    assert GapRun.objects.get().changed_since


def test_it_is_computed_after_commit(cast, health, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        gaps.mark_changed([health.pk])
        assert not Gap.objects.exists()
    assert Gap.objects.count() == Community.objects.active().count()
    assert GapRun.objects.get().changed_since is None


def test_it_queues_again_what_seems_lost(cast, health, django_capture_on_commit_callbacks):
    GapRun.objects.create(type=health, changed_since=timezone.now() - datetime.timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=False) as queued:
        gaps.mark_changed([health.pk])
    assert len(queued) == 1


def test_it_stays_marked_when_something_changed_meanwhile(cast, health, monkeypatch):
    read = gaps.reading.read_visits

    def change_meanwhile(*args):
        gaps.mark_changed([health.pk])
        return read(*args)

    monkeypatch.setattr(gaps.reading, "read_visits", change_meanwhile)
    assert gaps.recompute(health).changed_since
    monkeypatch.undo()
    assert gaps.recompute(health).changed_since is None


def test_it_is_kept_current_when_somebody_looks(cast, health, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as queued:
        assert gaps.keep_current(health).computed_at is None
    assert len(queued) == 1
    with django_capture_on_commit_callbacks(execute=True) as queued:
        assert gaps.keep_current(health).computed_at
    assert not queued


def test_it_is_recomputed_by_a_command(cast, health, capsys):
    call_command("recompute_gaps")
    assert "health_centre: 6 communities" in capsys.readouterr().out
    call_command("recompute_gaps")
    assert "0 service types recomputed" in capsys.readouterr().out
    call_command("recompute_gaps", "--all")
    assert "1 service types recomputed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nosuch"):
        call_command("recompute_gaps", "nosuch")
