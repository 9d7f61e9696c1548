"""Every list of the services floor: who may open it, what it costs, what its filters find."""

import datetime
import re

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse

from communities.office import DayColumn
from communities.sight import Role
from services import points
from services.models import (
    CardDrive,
    CardScheme,
    Delivery,
    Milestone,
    Observation,
    Project,
    Sector,
    ServicePoint,
    ServiceType,
)
from tests.cast import CANARY_HIDDEN, CANARY_NOTE, days_ago

EVERYONE = set(Role.values)
FIELD = {"officer", "supervisor"}
READERS = {
    "servicetype": EVERYONE,
    "sector": EVERYONE,
    "servicepoint": EVERYONE,
    "observation": EVERYONE,
    "delivery": FIELD | {"manager", "focal_point", "editor"},
    "project": EVERYONE,
    "milestone": EVERYONE,
    "cardscheme": FIELD | {"registrar", "manager", "editor"},
    "carddrive": FIELD | {"registrar", "manager", "editor"},
}


def test_the_filter_of_drives_knows_no_community_out_of_sight(client, cast):
    scheme = CardScheme.objects.create(code="K", name="K")
    days = {"starts": days_ago(9), "ends": days_ago(8)}
    drive = CardDrive.objects.create(
        code="DRIVE-9", scheme=scheme, agency=cast.police, area=cast.north, **days
    )
    drive.communities.set([cast.village, cast.hidden])
    url = reverse("carddrive:index_results")
    for user, found in ((cast.editor, {"bj-v1"}), (cast.manager, {"bj-v1", "bj-v3"})):
        client.force_login(user)
        for code in ("bj-v1", "bj-v3"):
            page = client.get(url, {"community": code}).content.decode()
            assert ("DRIVE-9" in page) == (code in found)


@pytest.fixture
def crowd(cast):
    made = iter(range(1000))

    def more(count):
        for _row in range(count):
            n = next(made)
            ServiceType.objects.create(code=f"t{n}", name="T", max_km=5)
            Sector.objects.create(code=f"{n:05}", name="Sector")
            point = ServicePoint.objects.create(
                code=f"P{n}",
                name="P",
                type=cast.health,
                country="BJ",
                area=cast.north,
                agency=cast.water,
                location=Point(3, 11.5),
                source="test",
            )
            Observation.objects.create(point=point, date=days_ago(3), state="working", source="test")
            Delivery.objects.create(
                type=cast.health, community=cast.village, agency=cast.water, date=days_ago(n)
            )
            project = Project.objects.create(
                code=f"R{n}", name="R", implementer=cast.water, funder=cast.police, budget=10, currency="XOF"
            )
            Milestone.objects.create(project=project, name="M", due_on=days_ago(5))
            scheme = CardScheme.objects.create(code=f"K{n}", name="K")
            CardDrive.objects.create(
                code=f"D{n}",
                scheme=scheme,
                agency=cast.police,
                area=cast.north,
                starts=days_ago(9),
                ends=days_ago(8),
            )

    return more


MAPPED = {"servicepoint", "observation", "delivery"}


@pytest.mark.parametrize("name", READERS)
def test_a_list_opens_to_those_who_may_see_anything_in_it(client, cast, name):
    opened = set()
    for role, user in cast.users.items():
        client.force_login(user)
        answers = {client.get(reverse(f"{name}:{view}")).status_code for view in ("index", "index_results")}
        if answers == {200}:
            opened.add(str(role))
    assert opened == READERS[name]


@pytest.mark.parametrize("suffix", ["index", "map", "export"])
@pytest.mark.parametrize("name", READERS)
def test_a_list_costs_as_many_queries_with_many_rows_as_with_one(
    client, cast, crowd, name, suffix, django_assert_max_num_queries
):
    if suffix == "map" and name not in MAPPED:
        return
    client.force_login(cast.manager)
    url = reverse(f"{name}:map" if suffix == "map" else f"{name}:index")
    url += "?export=csv" if suffix == "export" else ""
    crowd(1)
    b"".join(client.get(url))
    with django_assert_max_num_queries(60) as few:
        b"".join(client.get(url))
    crowd(10)
    with django_assert_max_num_queries(len(few.captured_queries)):
        b"".join(client.get(url))


@pytest.fixture
def three_points(cast):
    def point(code):
        return ServicePoint.objects.create(
            code=code, name=code, type=cast.health, country="BJ", area=cast.north, source="test"
        )

    fresh, stale, never = point("FRESH"), point("STALE"), point("NEVER")
    Observation.objects.create(point=fresh, date=days_ago(900), state="closed", source="test")
    points.observe(point=fresh, date=days_ago(9), state="partly", source="test", by=cast.manager)
    points.observe(point=stale, date=days_ago(800), state="working", source="test", by=cast.manager)
    return fresh, stale, never


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"freshness": "fresh"}, {"FRESH"}),
        ({"freshness": "stale"}, {"STALE"}),
        ({"freshness": "never"}, {"NEVER"}),
        ({"state": "partly"}, {"FRESH"}),
        ({"state": "closed"}, set()),
        ({"area": "BJ01"}, {"FRESH", "STALE", "NEVER"}),
        ({"area": "NE"}, set()),
        ({"q": "stal"}, {"STALE"}),
    ],
)
def test_points_are_found_by_what_was_last_seen(client, cast, three_points, query, found):
    client.force_login(cast.officer)
    response = client.get(reverse("servicepoint:index_results"), query)
    assert {row.code for row in response.context["object_list"]} == found


def test_nobody_having_looked_is_not_shown_as_not_working(client, cast, three_points):
    client.force_login(cast.officer)
    page = client.get(reverse("servicepoint:inspect", args=[three_points[2].pk])).content.decode()
    assert "Nobody has looked" in page and "Not working" not in page


def test_budgets_are_summed_by_currency_and_never_across(client, cast):
    for code, budget, currency in [("A", 1000, "XOF"), ("B", 500, "XOF"), ("C", 7, "EUR"), ("D", None, "")]:
        Project.objects.create(code=code, name=code, implementer=cast.water, budget=budget, currency=currency)
    client.force_login(cast.liaison)
    response = client.get(reverse("project:index"))
    assert response.context["summary"] == ["7 EUR in 1 project", "1,500 XOF in 2 projects"]
    assert "not known" in response.content.decode()


def test_a_hidden_communitys_delivery_is_not_for_editors(client, cast):
    Delivery.objects.create(type=cast.health, community=cast.hidden, agency=cast.water, date=days_ago(1))
    client.force_login(cast.editor)
    assert CANARY_HIDDEN not in client.get(reverse("delivery:index")).content.decode()
    client.force_login(cast.officer)
    assert CANARY_HIDDEN in client.get(reverse("delivery:index")).content.decode()


def test_an_editor_reads_of_a_delivery_a_public_name_and_no_note(client, cast):
    row = Delivery.objects.create(
        type=cast.health, community=cast.quiet, agency=cast.water, date=days_ago(1), note=CANARY_NOTE
    )
    client.force_login(cast.editor)
    for url in (
        reverse("delivery:index"),
        reverse("delivery:index") + "?export=csv",
        reverse("delivery:inspect", args=[row.pk]),
    ):
        page = b"".join(client.get(url)).decode()
        assert not [word for word in ("BJ-V2", "Quietvillagezq", CANARY_NOTE) if word in page], url
    assert "A community in Malanville" in page
    client.force_login(cast.officer)
    assert CANARY_NOTE in client.get(reverse("delivery:inspect", args=[row.pk])).content.decode()


@pytest.mark.parametrize(
    ("language", "day"), [("en", "3 March 2026"), ("fr", "3 mars 2026"), ("ar", "3 مارس، 2026")]
)
@pytest.mark.parametrize("name", ["observation", "delivery", "project", "milestone"])
def test_a_list_writes_its_days_as_days_in_the_readers_language(client, cast, name, language, day):
    on = datetime.date(2026, 3, 3)
    point = ServicePoint.objects.create(
        code="P", name="P", type=cast.health, country="BJ", area=cast.north, source="test"
    )
    Observation.objects.create(point=point, date=on, state="working", source="test")
    Delivery.objects.create(type=cast.health, community=cast.village, agency=cast.water, date=on)
    project = Project.objects.create(code="R", name="R", implementer=cast.water, ends=on)
    Milestone.objects.create(project=project, name="M", due_on=on)
    client.force_login(cast.manager)
    page = client.get(reverse(f"{name}:index"), headers={"accept-language": language}).content.decode()
    assert day in page and 'datetime="2026' not in page


def test_a_day_nobody_knows_is_a_dash():
    column = DayColumn("done_on", label="Done on")
    assert column.get_value(Milestone(done_on=None)) == "–"


@pytest.mark.parametrize(("ago", "done", "stands"), [(8, None, True), (8, 2, False)])
def test_a_milestone_is_late_until_it_is_done(client, cast, ago, done, stands):
    project = Project.objects.create(code="R", name="R", implementer=cast.water)
    shown = {"done_on": days_ago(done), "evidence": "visit"} if done else {}
    Milestone.objects.create(project=project, name="M", due_on=days_ago(ago), **shown)
    client.force_login(cast.manager)
    assert ("8 days late" in client.get(reverse("milestone:index")).content.decode()) == stands


def test_observations_lie_on_the_map_at_their_points(client, cast, crowd):
    crowd(2)
    Observation.objects.create(
        point=ServicePoint.objects.get(code="P1"), date=days_ago(1), state="partly", source="test"
    )
    client.force_login(cast.liaison)
    found = client.get(reverse("observation:map")).json()
    words = {f["properties"]["code"]: f["properties"]["words"] for f in found["features"]}
    assert words == {"P0": "1 in this list", "P1": "2 in this list"}
    assert (found["total"], found["placed"], found["drawn"]) == (3, 3, 3)
    found = client.get(reverse("observation:map"), {"state": "partly"}).json()
    assert [f["properties"]["code"] for f in found["features"]] == ["P1"]


def test_observations_are_filtered_by_a_service_type_that_may_be_seen(client, cast):
    client.force_login(cast.manager)
    other = ServiceType.objects.create(code="other", name="Other", max_km=5)
    for code, service_type in [("A", cast.health), ("B", other)]:
        point = ServicePoint.objects.create(
            code=code, name=code, type=service_type, country="BJ", area=cast.north, source="test"
        )
        Observation.objects.create(point=point, date=days_ago(1), state="working", source="test")
    response = client.get(reverse("observation:index_results"), {"type": other.pk})
    assert [row.point.code for row in response.context["object_list"]] == ["B"]


@pytest.mark.parametrize("name", READERS)
def test_every_row_of_a_list_can_be_opened(client, cast, crowd, name):
    crowd(1)
    client.force_login(cast.manager)
    response = client.get(reverse(f"{name}:index"))
    page = response.content.decode()
    for row in response.context["object_list"]:
        assert re.search(rf'<a\s+href="/office/\w+/(edit|inspect)/{row.pk}/"', page), row


def test_a_budget_has_its_thousands_apart(client, cast):
    budget = {"budget": 1250000, "currency": "EUR"}
    project = Project.objects.create(code="R", name="R", implementer=cast.water, **budget)
    client.force_login(cast.manager)
    page = client.get(reverse("project:inspect", args=[project.pk])).content.decode()
    assert "1,250,000" in page and "1,250,000.00" not in page
