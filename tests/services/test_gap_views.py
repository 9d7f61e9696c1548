"""The gap map finishes the sentence "it …": who sees it, what it counts, what it never says, what leaves by export."""

import csv
import datetime
import io
import re

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from communities.models import Community, Presence
from communities.sight import Role
from services import gap_tables as tables
from services import gaps
from services.models import Gap, GapRun, GapState, Observation, ServicePoint, ServiceType

ALLOWED = {Role.OFFICER, Role.SUPERVISOR, Role.MANAGER}
DOORS = ["gap_map", "gap_map_marks", "gap_map_export"]


@pytest.fixture
def health(cast):
    """One working point near the village, in the officer's district; everybody's gaps computed."""
    ServiceType.objects.exclude(pk=cast.health.pk).delete()
    point = ServicePoint.objects.create(
        code="P1",
        name="Clinic",
        type=cast.health,
        country="BJ",
        location=Point(3.01, 11.9, srid=4326),
        source="t",
    )
    Observation.objects.create(point=point, date=timezone.localdate(), state="working", source="t")
    gaps.recompute(cast.health)
    return cast.health


@pytest.fixture
def manager(client, cast):
    client.force_login(cast.manager)
    return client


def people(count):
    """`count` more communities beside the village, in two states."""
    return Community.objects.bulk_create(
        Community(
            code=f"Z{n}",
            name=f"Z{n}",
            country="BJ",
            area_id=Community.objects.get(code="BJ-V1").area_id,
            location=Point(3.0 + n % 100 * 0.005, 11.9 - n // 100 * 0.005, srid=4326),
            population=10 if n % 2 else None,
            population_source="test" if n % 2 else "",
            public_reference=f"ref{n}",
        )
        for n in range(count)
    )


def total(user, kind):
    return tables.legend(user, kind)[-1]


# --- Who -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", list(Role))
def test_it_opens_to_those_who_may_see_gaps(cast, health, client, door, role):
    client.force_login(cast.users[role])
    answer = client.get(reverse(door), {"type": health.code})
    assert answer.status_code == (200 if role in ALLOWED else 302)


@pytest.mark.parametrize("door", DOORS)
def test_it_sends_strangers_to_the_login(health, client, door):
    answer = client.get(reverse(door))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


@pytest.mark.parametrize("door", DOORS)
def test_it_answers_reading_alone(health, manager, door):
    assert manager.post(reverse(door)).status_code == 405


@pytest.mark.parametrize("door", DOORS)
def test_it_does_not_know_a_type_that_is_not_there(health, manager, door):
    assert manager.get(reverse(door), {"type": "nosuch"}).status_code == 404


def test_it_stands_in_the_menu_of_those_who_may_see_it(cast, health, client):
    for role in (Role.MANAGER, Role.REGISTRAR):
        client.force_login(cast.users[role])
        page = client.get(reverse("wagtailadmin_home")).content.decode()
        assert (reverse("gap_map") in page) == (role in ALLOWED)


# --- Someone else's rows ------------------------------------------------------------------------------------------
def test_it_shows_an_officer_the_own_district_alone(cast, health, client):
    client.force_login(cast.officer)
    page = client.get(reverse("gap_map"), {"type": health.code}).content.decode()
    assert cast.village.label in page
    assert cast.far.code not in page
    assert cast.across.code not in page
    marks = client.get(reverse("gap_map_marks"), {"type": health.code}).json()["marks"]
    assert set(marks["code"]) == {cast.village.code, cast.quiet.code, cast.hidden.code}
    sheet = client.get(reverse("gap_map_export"), {"type": health.code, "format": "csv"}).content.decode()
    assert cast.village.code in sheet
    assert cast.far.code not in sheet


def test_it_sums_what_its_reader_may_see(cast, health):
    assert total(cast.officer, health).communities == 4
    assert total(cast.manager, health).communities == 6
    assert total(cast.registrar, health).communities == 0


# --- What it counts -----------------------------------------------------------------------------------------------
def test_it_counts_every_community_also_those_without_a_place(cast, health, manager):
    tallies = {tally.state: tally for tally in tables.legend(cast.manager, health)}
    assert tallies["all"].communities == Community.objects.active().count()
    assert sum(t.communities for state, t in tallies.items() if state != "all") == tallies["all"].communities
    assert Gap.objects.get(community=cast.nomads).reason == "no_place"
    answer = manager.get(reverse("gap_map_marks"), {"type": health.code}).json()
    assert len(answer["marks"]["pk"]) == tallies["all"].communities - 1


def test_it_counts_communities_recorded_since_as_not_computed_yet(cast, health):
    people(3)
    tallies = {tally.state: tally for tally in tables.legend(cast.officer, health)}
    assert tallies[tables.WAITING].communities == 3
    assert tallies["all"].communities == 7


def test_it_leaves_out_a_community_that_was_closed_since(cast, health):
    Community.objects.filter(pk=cast.village.pk).update(status="closed")
    assert total(cast.manager, health).communities == 5


def test_it_never_takes_an_unknown_population_for_zero(cast, health):
    whole = total(cast.manager, health)
    assert (whole.people, whole.uncounted) == (1500, 4)
    assert (whole.known_words, whole.missing_words) == ("1,500 people", "4 communities have no figure")
    Community.objects.update(population=None)
    none = total(cast.manager, health)
    assert none.people is None
    assert (none.known_words, none.missing_words) == ("Not known", "6 communities have no figure")


def test_it_narrows_to_an_area_and_a_state(cast, health, manager):
    page = manager.get(reverse("gap_map"), {"type": health.code, "area": "BJ", "state": "met"})
    assert page.context["legend"][-1].communities == 5
    assert [gap.community for gap in page.context["page"]] == [cast.village]
    page = manager.get(reverse("gap_map"), {"type": health.code, "area": "BJ0102"})
    assert [gap.community for gap in page.context["page"]] == [cast.far]
    page = manager.get(reverse("gap_map"), {"type": health.code, "area": "nosuch"})
    assert page.context["filter"].errors
    assert page.context["legend"][-1].communities == 6


@pytest.mark.parametrize("sort", [*tables.SORTS, *(f"-{name}" for name in tables.SORTS)])
def test_it_sorts_with_what_is_not_known_last(cast, health, manager, sort):
    page = manager.get(reverse("gap_map"), {"type": health.code, "ordering": sort})
    shown = list(page.context["page"])
    assert len(shown) == 6
    if sort.endswith("population"):
        assert [gap.community.population for gap in shown[2:]] == [None] * 4
    if sort == "-near":
        known = [gap.near_km for gap in shown if gap.near_km is not None]
        assert known == sorted(known, reverse=True)
        assert shown[-1].near_km is None


def test_it_sorts_as_usual_when_asked_for_nonsense(cast, health, manager):
    page = manager.get(reverse("gap_map"), {"type": health.code, "ordering": "password", "p": "x"})
    assert page.status_code == 200
    assert page.context["page"][-1].state == GapState.MET


# --- The clock ----------------------------------------------------------------------------------------------------
def test_it_says_that_it_is_being_recomputed_and_sees_to_it(
    cast, health, manager, django_capture_on_commit_callbacks
):
    assert "being recomputed" not in manager.get(reverse("gap_map")).content.decode()
    GapRun.objects.update(good_until=timezone.localdate() - datetime.timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True) as queued:
        assert "being recomputed" in manager.get(reverse("gap_map")).content.decode()
    assert len(queued) == 1
    assert "being recomputed" not in manager.get(reverse("gap_map")).content.decode()


def test_it_computes_a_new_type_when_it_is_first_opened(
    cast, health, manager, django_capture_on_commit_callbacks
):
    new = ServiceType.objects.create(code="market", name="Market", max_km=10)
    with django_capture_on_commit_callbacks(execute=True):
        page = manager.get(reverse("gap_map"), {"type": new.code})
    assert "for the first time" in page.content.decode()
    assert page.context["legend"][-1].communities == 6
    assert new.gaps.count() == 6


def test_it_says_what_to_do_when_there_is_no_type(cast, health, manager):
    GapRun.objects.all().delete()
    Observation.objects.all().delete()
    ServicePoint.objects.all().delete()
    ServiceType.objects.all().delete()
    assert "record one first" in manager.get(reverse("gap_map")).content.decode()
    assert manager.get(reverse("gap_map_marks")).status_code == 404
    assert manager.get(reverse("gap_map_export")).status_code == 404


# --- The map ------------------------------------------------------------------------------------------------------
def test_it_draws_a_nomadic_group_where_it_is_this_month(cast, health, manager):
    month = timezone.localdate().month
    Presence.objects.create(
        community=cast.nomads,
        kind="place",
        first_month=month,
        last_month=month,
        location=Point(3.5, 11.4, srid=4326),
        source="test",
    )
    marks = manager.get(reverse("gap_map_marks"), {"type": health.code}).json()["marks"]
    at = marks["code"].index(cast.nomads.code)
    assert (marks["x"][at], marks["y"][at]) == (3.5, 11.4)


def test_it_draws_what_lies_in_the_box(cast, health, manager):
    url, kind = reverse("gap_map_marks"), health.code
    assert manager.get(url, {"type": kind, "box": "2.9,11.85,3.1,11.95"}).json()["marks"]["code"] == ["BJ-V1"]
    assert manager.get(url, {"type": kind, "box": "50,50,51,51"}).json()["marks"]["code"] == []
    assert manager.get(url, {"type": kind, "box": "1,2,three,4"}).status_code == 400
    assert manager.get(url, {"type": kind, "box": "1,2"}).status_code == 400


def test_it_thins_a_crowd_of_marks_and_loses_none(cast, health, manager, monkeypatch):
    monkeypatch.setattr(tables, "MARKS", 50)
    people(120)
    gaps.recompute(health)
    answer = manager.get(reverse("gap_map_marks"), {"type": health.code}).json()
    assert "marks" not in answer
    by_state = [sum(cell[2 + i] for cell in answer["cells"]) for i in range(5)]
    stored = [Gap.objects.filter(state=state).exclude(reason="no_place").count() for state in tables.SHAPES]
    assert by_state == stored


# --- The export -----------------------------------------------------------------------------------------------------
def test_it_exports_what_the_table_says(cast, health, manager):
    raw = manager.get(reverse("gap_map_export"), {"type": health.code, "format": "csv"}).content.decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(io.StringIO(raw)))
    tallies = {t.label: t for t in tables.legend(cast.manager, health)}
    assert len(rows) == tallies["All communities"].communities
    for label in (str(label) for label in GapState.labels):
        of_state = [row for row in rows if row["State"] == label]
        assert len(of_state) == tallies[label].communities
        known = [int(row["Population"]) for row in of_state if row["Population"]]
        assert (sum(known) if known else None) == tallies[label].people
        assert len(of_state) - len(known) == tallies[label].uncounted


def test_it_exports_a_workbook_with_the_table_on_its_second_sheet(cast, health, manager):
    answer = manager.get(reverse("gap_map_export"), {"type": health.code, "state": "met"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    communities, table = (book.get_sheet_by_index(i).to_python() for i in (0, 1))
    assert [row[0] for row in communities[1:]] == [cast.village.code]
    said = {row[0]: row[1] for row in table if row and row[0]}
    assert [said[t.label] for t in tables.legend(cast.manager, health)] == [
        t.communities for t in tables.legend(cast.manager, health)
    ]
    assert 'filename="gaps-health_centre-' in answer["Content-Disposition"]


def test_it_exports_names_that_a_spreadsheet_will_not_run(cast, health, manager):
    Community.objects.filter(pk=cast.village.pk).update(name="=1+1")
    query = {"type": health.code, "format": "csv"}
    assert "'=1+1" in manager.get(reverse("gap_map_export"), query).content.decode()


def test_it_exports_in_no_other_format(cast, health, manager):
    assert manager.get(reverse("gap_map_export"), {"type": health.code, "format": "exe"}).status_code == 404


# --- Its weight -----------------------------------------------------------------------------------------------------
def queries(client, url, django_assert_num_queries):
    with django_assert_num_queries(60, exact=False) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("door", DOORS)
def test_it_asks_as_often_for_eleven_as_for_one(cast, health, manager, door, django_assert_num_queries):
    Gap.objects.exclude(community=cast.village).delete()
    Community.objects.exclude(pk=cast.village.pk).update(status="closed")
    url = f"{reverse(door)}?type={health.code}"
    queries(manager, url, django_assert_num_queries)
    one = queries(manager, url, django_assert_num_queries)
    people(10)
    gaps.recompute(health)
    assert Gap.objects.count() == 11
    assert queries(manager, url, django_assert_num_queries) == one
    assert one <= 25


def test_it_stays_small_with_ten_thousand_communities(cast, health, manager):
    people(10_000)
    gaps.recompute(health)
    page = manager.get(reverse("gap_map"), {"type": health.code})
    assert page.context["legend"][-1].communities == 10_006
    assert len(page.content) < 300_000
    answer = manager.get(reverse("gap_map_marks"), {"type": health.code})
    assert len(answer.content) < 300_000


def test_it_reads_without_its_script(cast, health, manager):
    page = manager.get(reverse("gap_map"), {"type": health.code}).content.decode()
    text = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert "1,500 people" in text and "4 communities have no figure" in text
    assert cast.village.label in text
    for shape in tables.SHAPES.values():
        assert shape in text
