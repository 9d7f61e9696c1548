"""Creating, changing and reading rows of the services floor: what works, and what is refused."""

from datetime import date

import pytest
from django.urls import reverse

from communities.models import Community
from services.models import (
    CardCount,
    CardDrive,
    CardScheme,
    Delivery,
    GapRun,
    Milestone,
    Observation,
    Project,
    ServicePoint,
)
from tests.cast import CANARY_NOTE, days_ago

AGREEMENT = {
    "agreement": "Agreement of 3 May 2024",
    "parties": "Benin, Niger",
    "scope": "Residents",
    "legal_basis": "Decree 12",
    "valid_from": "2024-05-03",
}


def errors(response):
    return str(response.context["form"].errors)


@pytest.fixture
def point(cast):
    return ServicePoint.objects.create(
        code="HC1",
        name="Garou health centre",
        type=cast.health,
        country="BJ",
        area=cast.north,
        agency=cast.water,
        source="test",
    )


def marked(service_type) -> bool:
    run = GapRun.objects.filter(type=service_type).first()
    return bool(run and run.changed_since)


# --- Service points ------------------------------------------------------------------------------------
def test_a_point_finds_its_area_and_marks_its_gaps(client, cast):
    client.force_login(cast.officer)
    form = {
        "code": "HC9",
        "name": "Post",
        "type": cast.health.pk,
        "country": "BJ",
        "precision": "exact",
        "source": "survey",
        "location": '{"type": "Point", "coordinates": [3.0, 11.5]}',
    }
    assert client.post(reverse("servicepoint:add"), form).status_code == 302
    assert ServicePoint.objects.get(code="HC9").area == cast.north
    assert marked(cast.health)


def test_a_point_is_not_added_outside_ones_areas(client, cast):
    client.force_login(cast.officer)
    form = {
        "code": "HC9",
        "name": "Post",
        "type": cast.health.pk,
        "country": "BJ",
        "precision": "exact",
        "source": "survey",
        "area": cast.south.pk,
    }
    response = client.post(reverse("servicepoint:add"), form)
    assert "outside what your posting covers" in errors(response)
    assert not ServicePoint.objects.exists()


def test_a_point_leaves_the_register_once_and_stays(client, cast, point):
    client.force_login(cast.manager)
    url = reverse("servicepoint:retire", args=[point.pk])
    assert url in client.get(reverse("servicepoint:inspect", args=[point.pk])).content.decode()
    assert "not come yet" in errors(client.post(url, {"on": days_ago(-5).isoformat()}))
    assert client.post(url, {"on": days_ago(5).isoformat()}).status_code == 302
    point.refresh_from_db()
    assert point.retired_on == days_ago(5) and marked(cast.health)
    assert url not in client.get(reverse("servicepoint:inspect", args=[point.pk])).content.decode()


# --- Observations and deliveries ---------------------------------------------------------------------------
def seen(point, **changes):
    return {
        "point": point.pk,
        "date": days_ago(2).isoformat(),
        "state": "working",
        "method": "visit",
        "source": "police",
        "staffed": "unknown",
        "supplied": "unknown",
        "note": CANARY_NOTE,
    } | changes


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager", "focal_point"])
def test_an_observation_is_recorded_by_those_the_point_belongs_to(client, cast, point, role):
    client.force_login(cast.users[role])
    page = client.get(reverse("servicepoint:inspect", args=[point.pk])).content.decode()
    assert f"{reverse('observation:add')}?point=HC1" in page
    assert client.post(reverse("observation:add"), seen(point)).status_code == 302
    observation = Observation.objects.get()
    assert (observation.by, observation.staffed) == (cast.users[role], None)
    assert marked(cast.health)


def test_an_observation_elsewhere_is_refused_and_nothing_is_kept(client, cast, point):
    point.area = cast.south
    point.save()
    client.force_login(cast.officer)
    response = client.post(reverse("observation:add"), seen(point))
    assert "outside what your posting covers" in errors(response)
    assert not Observation.objects.exists() and not marked(cast.health)


def test_an_observation_is_not_of_a_day_to_come(client, cast, point):
    client.force_login(cast.officer)
    response = client.post(reverse("observation:add"), seen(point, date=days_ago(-2).isoformat()))
    assert "not come yet" in errors(response)


def test_an_observation_is_never_changed(client, cast, point):
    client.force_login(cast.manager)
    client.post(reverse("observation:add"), seen(point))
    row = Observation.objects.get()
    assert client.get(f"/office/observation/edit/{row.pk}/").status_code == 404
    assert client.get(reverse("observation:inspect", args=[row.pk])).status_code == 200
    assert client.get(reverse("observation:history", args=[row.pk])).status_code == 200


def test_a_delivery_tells_nobody_counted_from_nobody_came(client, cast):
    client.force_login(cast.focal_point)
    form = {
        "type": cast.health.pk,
        "community": "",
        "agency": cast.water.pk,
        "date": days_ago(1).isoformat(),
        "result": "delivered",
    }
    assert "community" in client.post(reverse("delivery:add"), form).context["form"].errors
    client.force_login(cast.officer)
    form |= {"community": cast.village.pk}
    assert client.post(reverse("delivery:add"), form).status_code == 302
    assert Delivery.objects.get().people_reached is None and marked(cast.health)
    worse = form | {"people_reached": "3", "women_reached": "5"}
    assert "more women than people" in errors(client.post(reverse("delivery:add"), worse))
    assert client.post(reverse("delivery:add"), form | {"community": cast.far.pk}).status_code == 200
    assert Delivery.objects.count() == 1


def test_a_changed_standard_marks_its_gaps(client, cast):
    client.force_login(cast.manager)
    form = {
        "code": "health_centre",
        "name": "Health centre",
        "max_km": "8",
        "fresh_days": "365",
        "position": "1",
    }
    assert client.post(reverse("servicetype:edit", args=[cast.health.pk]), form).status_code == 302
    assert marked(cast.health)


def test_a_moved_community_marks_every_gap(client, cast):
    client.force_login(cast.officer)
    form = {
        "code": "BJ-V1",
        "name": "Garou",
        "kind": "settlement",
        "country": "BJ",
        "location": '{"type": "Point", "coordinates": [2.5, 11.5]}',
        "rhythm_days": "90",
        "public_place": "exact",
        "publish_delay_days": "0",
        "status": "active",
    }
    assert client.post(reverse("community:edit", args=[cast.village.pk]), form).status_code == 302
    assert marked(cast.health)


# --- Card schemes and drives -------------------------------------------------------------------------------
@pytest.fixture
def scheme(cast):
    return CardScheme.objects.create(code="RES", name="Resident card", **AGREEMENT)


@pytest.fixture
def drive(cast, scheme):
    scheme.state = "open"
    scheme.save()
    drive = CardDrive.objects.create(
        code="RES-1",
        scheme=scheme,
        agency=cast.police,
        area=cast.north,
        starts=days_ago(60),
        ends=days_ago(50),
    )
    drive.communities.set([cast.village, cast.quiet, cast.far])
    return drive


def test_a_scheme_opens_only_with_its_agreement(client, cast, scheme):
    client.force_login(cast.manager)
    scheme.parties = scheme.legal_basis = ""
    scheme.save()
    url = reverse("cardscheme:open", args=[scheme.pk])
    refused = errors(client.post(url))
    assert "parties" in refused and "legal basis" in refused and "scope" not in refused.split("missing:")[1]
    CardScheme.objects.filter(pk=scheme.pk).update(parties="Benin, Niger", legal_basis="Decree")
    assert client.get(url).status_code == 200
    assert CardScheme.objects.get(pk=scheme.pk).state == "draft"
    assert client.post(url).status_code == 302
    assert CardScheme.objects.get(pk=scheme.pk).state == "open"
    assert client.post(reverse("cardscheme:close", args=[scheme.pk])).status_code == 302


@pytest.mark.parametrize("state", ["open", "closed"])
def test_an_opened_scheme_keeps_its_agreement(client, cast, scheme, state):
    client.force_login(cast.manager)
    url = reverse("cardscheme:edit", args=[scheme.pk])
    bare = {"code": "RES", "name": "Resident card"}
    CardScheme.objects.update(state=state)
    refused = client.post(url, bare | AGREEMENT | {"parties": " ", "valid_from": ""}).context["form"].errors
    assert set(refused) == {"parties", "valid_from"} and "this part stays" in str(refused)
    CardScheme.objects.update(state="draft")
    assert client.post(url, bare).status_code == 302


def test_a_scheme_is_opened_by_the_programme_alone(client, cast, scheme, drive):
    CardScheme.objects.update(state="draft")
    for role in ("registrar", "officer", "editor"):
        client.force_login(cast.users[role])
        assert client.post(reverse("cardscheme:open", args=[scheme.pk])).status_code == 302
    for role in ("administrator", "liaison"):
        client.force_login(cast.users[role])
        assert client.post(reverse("cardscheme:open", args=[scheme.pk])).status_code == 404
    assert CardScheme.objects.get().state == "draft"


def test_a_registrar_plans_the_first_drive_of_an_open_scheme(client, cast, scheme):
    client.force_login(cast.registrar)
    form = {
        "code": "RES-1",
        "scheme": scheme.pk,
        "agency": cast.police.pk,
        "area": cast.north.pk,
        "communities": "BJ-V1\nBJ-V2",
        "starts": days_ago(5).isoformat(),
        "ends": days_ago(1).isoformat(),
    }
    assert "scheme" in client.post(reverse("carddrive:add"), form).context["form"].errors
    CardScheme.objects.update(state="open")
    unseen = client.post(reverse("carddrive:add"), form | {"communities": "BJ-V1 BJ-V4"})
    assert "BJ-V4" in errors(unseen)
    assert client.post(reverse("carddrive:add"), form).status_code == 302
    assert set(CardDrive.objects.get().communities.all()) == {cast.village, cast.quiet}


def line(community, step, count, days):
    prefix = f"c{community.pk}-"
    return {f"{prefix}step": step, f"{prefix}count": str(count), f"{prefix}on": days_ago(days).isoformat()}


@pytest.mark.parametrize("page", ["inspect", "edit"])
def test_the_counts_are_one_step_away_from_a_drives_pages(client, cast, drive, page):
    client.force_login(cast.registrar)
    html = client.get(reverse(f"carddrive:{page}", args=[drive.pk])).content.decode()
    assert f'href="{reverse("carddrive:counts", args=[drive.pk])}"' in html


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [
        (date(2026, 3, 3), date(2026, 3, 8), "3–8 March 2026"),
        (date(2026, 3, 3), date(2026, 3, 3), "3 March 2026"),
        (date(2026, 3, 28), date(2026, 4, 3), "28 March – 3 April 2026"),
        (date(2025, 12, 28), date(2026, 1, 3), "28 December 2025 – 3 January 2026"),
    ],
)
def test_the_list_of_drives_says_their_days(client, cast, drive, starts, ends, shown):
    CardDrive.objects.filter(pk=drive.pk).update(starts=starts, ends=ends)
    client.force_login(cast.registrar)
    html = client.get(reverse("carddrive:index")).content.decode()
    assert shown in html
    assert " ago" not in html


def test_a_registrar_fills_the_grid_step_by_step(client, cast, drive):
    client.force_login(cast.registrar)
    url = reverse("carddrive:counts", args=[drive.pk])
    steps = [("eligible", 100), ("enrolled", 80), ("verified", 80), ("produced", 70), ("handed_over", 42)]
    for day, (step, count) in enumerate(steps):
        assert client.post(url, line(cast.village, step, count, 30 - day)).status_code == 302
    page = client.get(url)
    row = page.context["view"].rows[0]
    assert (row.community, row.waiting, row.next_step) == (cast.village, 28, None)
    assert "BJ-V4" not in page.content.decode()
    assert client.get(reverse("carddrive:history", args=[drive.pk])).status_code == 200


def test_a_drives_page_shows_each_reader_its_communities_and_their_counts(client, cast, drive):
    client.force_login(cast.registrar)
    client.post(
        reverse("carddrive:counts", args=[drive.pk]),
        line(cast.village, "eligible", 4321, 3) | line(cast.quiet, "eligible", 1234, 3),
    )
    for user, shown in [
        (cast.registrar, {"BJ-V1", "4321", "BJ-V2", "1234", "5555"}),
        (cast.manager, {"BJ-V1", "4321", "BJ-V2", "1234", "5555"}),
        (cast.editor, {"BJ-V1", "4321"}),
    ]:
        client.force_login(user)
        html = client.get(reverse("carddrive:inspect", args=[drive.pk])).content.decode()
        table = html.split("Communities and counts")[1].replace(",", "")
        assert {w for w in ("BJ-V1", "4321", "BJ-V2", "1234", "5555") if w in table} == shown
        assert "<input" not in table.split("</table>")[0]


def test_a_drive_none_of_whose_communities_may_be_seen_says_so(client, cast, drive):
    drive.communities.set([cast.hidden])
    client.force_login(cast.editor)
    html = client.get(reverse("carddrive:inspect", args=[drive.pk])).content.decode()
    assert "No community of this drive is in your areas." in html and "BJ-V3" not in html


def test_several_lines_are_recorded_together_or_not_at_all(client, cast, drive):
    client.force_login(cast.registrar)
    url = reverse("carddrive:counts", args=[drive.pk])
    good, bad = line(cast.village, "eligible", 9, 3), line(cast.quiet, "eligible", 9, -3)
    response = client.post(url, good | bad)
    assert response.status_code == 200 and "not come yet" in response.content.decode()
    assert not CardCount.objects.exists()
    assert client.post(url, good | line(cast.quiet, "eligible", 7, 3)).status_code == 302
    assert CardCount.objects.count() == 2


def test_a_step_that_cannot_be_counted_yet_is_not_offered(client, cast, drive):
    client.force_login(cast.registrar)
    url = reverse("carddrive:counts", args=[drive.pk])
    response = client.post(url, line(cast.village, "enrolled", 9, 3))
    assert response.status_code == 200 and not CardCount.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("officer", 200), ("manager", 200), ("editor", 200)])
def test_others_read_the_grid_and_record_nothing(client, cast, drive, role, status):
    client.force_login(cast.users[role])
    url = reverse("carddrive:counts", args=[drive.pk])
    page = client.get(url)
    assert page.status_code == status and '<input type="number"' not in page.content.decode()
    client.post(url, line(cast.village, "eligible", 9, 3))
    assert not CardCount.objects.exists()


def test_somebody_elses_drive_does_not_exist(client, cast, drive):
    CardDrive.objects.update(area=cast.south)
    client.force_login(cast.registrar)
    url = reverse("carddrive:counts", args=[drive.pk])
    assert client.get(url).status_code == client.post(url).status_code == 404


def test_the_grid_costs_as_many_queries_with_many_communities(
    client, cast, drive, django_assert_max_num_queries
):
    client.force_login(cast.registrar)
    url = reverse("carddrive:counts", args=[drive.pk])
    client.get(url)
    with django_assert_max_num_queries(40) as few:
        client.get(url)
    for n in range(10):
        drive.communities.add(Community.objects.create(code=f"X{n}", name="X", country="BJ", area=cast.north))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(client.get(url).context["view"].rows) == 12


def test_a_counted_community_stays_in_its_drive_and_unseen_ones_too(client, cast, drive):
    client.force_login(cast.registrar)
    client.post(reverse("carddrive:counts", args=[drive.pk]), line(cast.village, "eligible", 9, 3))
    url = reverse("carddrive:edit", args=[drive.pk])
    form = {
        "code": "RES-1",
        "scheme": drive.scheme_id,
        "agency": cast.police.pk,
        "area": cast.north.pk,
        "communities": "BJ-V2",
        "starts": days_ago(60).isoformat(),
        "ends": days_ago(50).isoformat(),
    }
    assert "BJ-V1" in errors(client.post(url, form))
    assert client.post(url, form | {"communities": "BJ-V1"}).status_code == 302
    assert set(drive.communities.all()) == {cast.village, cast.far}


# --- Projects ------------------------------------------------------------------------------------------
def project_form(cast, **changes):
    return {"code": "WELLS", "name": "Wells", "state": "running", "implementer": cast.water.pk} | changes


def test_a_project_keeps_what_its_focal_point_cannot_see(client, cast):
    project = Project.objects.create(code="WELLS", name="Wells", implementer=cast.water)
    project.communities.set([cast.village, cast.far])
    project.areas.set([cast.north])
    client.force_login(cast.focal_point)
    url = reverse("project:edit", args=[project.pk])
    assert "BJ-V1" not in client.get(url).content.decode()
    form = project_form(cast, budget="1500000", currency="XOF", areas="BJ0101 BJ0102")
    assert client.post(url, form).status_code == 302
    project.refresh_from_db()
    assert set(project.communities.all()) == {cast.village, cast.far}
    assert set(project.areas.all()) == {cast.north, cast.south}


def test_a_budget_needs_its_currency(client, cast):
    client.force_login(cast.manager)
    response = client.post(reverse("project:add"), project_form(cast, budget="10"))
    assert "An amount needs its currency" in errors(response)


@pytest.mark.parametrize("role", ["officer", "focal_point", "editor", "administrator"])
def test_a_project_is_added_by_the_programme_alone(client, cast, role):
    client.force_login(cast.users[role])
    assert client.post(reverse("project:add"), project_form(cast)).status_code == 302
    assert not Project.objects.exists()


def test_a_milestone_is_done_with_evidence(client, cast):
    project = Project.objects.create(code="WELLS", name="Wells", implementer=cast.water)
    client.force_login(cast.focal_point)
    form = {"project": project.pk, "name": "First well", "due_on": "2024-01-01", "done_on": "2024-02-01"}
    assert "Say what shows" in errors(client.post(reverse("milestone:add"), form))
    assert client.post(reverse("milestone:add"), form | {"evidence": "photo"}).status_code == 302
    assert Milestone.objects.get().days_late == 31
    page = client.get(reverse("project:inspect", args=[project.pk])).content.decode()
    assert f"{reverse('milestone:index')}?project=WELLS" in page
