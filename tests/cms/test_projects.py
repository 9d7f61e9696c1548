"""Projects in public: by district, and without the name of a community that is not public by name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.models import Area, Community
from services.models import Milestone, Project
from tests.cast import CANARY_HIDDEN, days_ago


@pytest.fixture
def ward(cast):
    return Area.objects.create(
        code="BJ010101", name="Wardzq", level=3, parent=cast.north, country="BJ", boundary=cast.north.boundary
    )


@pytest.fixture
def project(cast, ward):
    row = Project.objects.create(
        code="P1",
        name=f"Wells of {CANARY_HIDDEN}",
        summary="Between Garou and Quietvillagezq",
        state="running",
        implementer=cast.water,
    )
    row.areas.add(ward)
    row.communities.add(cast.hidden, cast.quiet, cast.village)
    Milestone.objects.create(
        project=row,
        name="A pump at QUIETVILLAGEZQ",
        due_on=days_ago(12),
        done_on=days_ago(9),
        evidence=f"Seen in {CANARY_HIDDEN}",
    )
    return row


def html(client, address):
    return client.get(address).content.decode()


def page(client, community):
    return html(client, reverse("public:community", args=[community.public_reference]))


PLACES = ["/en/projects/P1/", "/en/projects/", "/fr/projects/P1/"]


@pytest.mark.parametrize("address", PLACES)
def test_a_project_is_told_by_its_district(client, site, project, address):
    assert "Malanville" in html(client, address)
    assert "Wardzq" not in html(client, address)


@pytest.mark.parametrize("address", PLACES)
def test_its_words_leave_out_the_names_of_kept_places(client, site, project, address):
    words = html(client, address)
    assert CANARY_HIDDEN not in words
    assert "quietvillagezq" not in words.casefold()
    assert "Garou" in words


def test_the_name_is_withheld_and_not_the_project(client, site, project):
    words = html(client, "/en/projects/P1/")
    assert "Wells of [place not published]" in words
    assert "A pump at [place not published]" in words
    assert "Seen in [place not published]" in words


def test_a_name_that_a_public_place_bears_too_stays(client, site, project, cast):
    Community.objects.filter(pk=cast.hidden.pk).update(name="Garou")
    Community.objects.filter(pk=cast.quiet.pk).update(name="Malanville")
    Project.objects.update(summary="Garou, in Malanville")
    assert "Garou, in Malanville" in html(client, "/en/projects/P1/")


def test_the_page_of_a_public_place_lists_the_projects_that_work_in_it(client, site, project, cast):
    assert "Wells of [place not published]" in page(client, cast.village)
    assert "/projects/P1/" not in page(client, cast.far)


def test_a_page_without_a_place_lists_the_projects_of_its_district_alone(client, site, project, cast, ward):
    Community.objects.filter(pk=cast.quiet.pk).update(area=ward)
    assert "/projects/P1/" not in page(client, cast.quiet)
    project.communities.clear()
    for wider in (cast.north, cast.region, cast.benin):
        project.areas.set([wider])
        assert "/projects/P1/" in page(client, cast.quiet)
    project.areas.set([cast.south])
    assert "/projects/P1/" not in page(client, cast.quiet)


def test_the_list_asks_as_much_for_one_as_for_eleven(client, site, project, cast):
    client.get("/en/projects/")
    with CaptureQueriesContext(connection) as one:
        client.get("/en/projects/")
    for number in range(10):
        row = Project.objects.create(code=f"X{number}", name="X", state="running", implementer=cast.water)
        row.areas.add(cast.north, cast.south)
    with CaptureQueriesContext(connection) as eleven:
        client.get("/en/projects/")
    assert len(eleven) == len(one)
