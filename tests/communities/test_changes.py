"""Whoever changes communities, border lines or boundaries tells the floors above, once, and the base map."""

import pytest
from django.urls import reverse
from wagtail import hooks

from communities import basemap, places
from communities.changes import COMMUNITIES_CHANGED, PUBLIC_PLACES_CHANGED
from services.models import GapRun
from tests.communities.importing_parts import bring, csv_file

NAMED = {"code": {"column": "code"}, "name": {"column": "name"}}
COMMUNITIES = ("communities", "code,name\nBJ-V1,Garou\nBJ-V2,Other\n", NAMED)
AREAS = ("areas", "code,name\nBJ0101,Malanville\n", NAMED)
SECTIONS = (
    "border-sections",
    'code,a,b,kind,wkt\nBJ-NE,BEN,NER,land,"LINESTRING (2 11.6, 4 11.6)"\n',
    {
        "code": {"column": "code"},
        "country_a": {"column": "a"},
        "country_b": {"column": "b"},
        "kind": {"column": "kind"},
        "line": {"column": "wkt"},
    },
)
SECTION_FORM = {
    "code": "BJ-NE",
    "name": "Benin–Niger",
    "country_a": "BJ",
    "country_b": "NE",
    "kind": "water",
    "status": "agreed",
}


@pytest.fixture
def heard():
    """How often the floors above were told."""
    calls: list[str] = []
    with hooks.register_temporarily(COMMUNITIES_CHANGED, lambda: calls.append("told")):
        yield calls


@pytest.fixture
def heard_of_in_public():
    """How often the floors above were told that what the public may know changed."""
    calls: list[str] = []
    with hooks.register_temporarily(PUBLIC_PLACES_CHANGED, lambda: calls.append("told")):
        yield calls


@pytest.mark.parametrize("file", [COMMUNITIES, AREAS, SECTIONS], ids=lambda file: file[0])
def test_an_import_tells_once_and_the_gaps_are_marked(cast, heard, file, django_capture_on_commit_callbacks):
    what, text, mapping = file
    with django_capture_on_commit_callbacks():
        bring(what, csv_file(text), mapping)
    assert heard == ["told"]
    assert GapRun.objects.filter(type=cast.health).exclude(changed_since=None).exists()


@pytest.mark.parametrize(
    ("changes", "told", "told_of_in_public"),
    [
        ({"notes": "The road floods", "rhythm_days": "60"}, [], []),
        ({"name": "Garou Tégui"}, ["told"], ["told"]),
        ({"public_place": "hidden"}, ["told"], ["told"]),
        ({"publish_delay_days": "9"}, ["told"], ["told"]),
        ({"population": "1300"}, ["told"], []),
        ({"location": '{"type": "Point", "coordinates": [3.01, 11.9]}'}, ["told"], ["told"]),
    ],
)
def test_the_office_tells_only_of_what_others_rest_on(
    client, cast, heard, heard_of_in_public, changes, told, told_of_in_public
):
    client.force_login(cast.manager)
    url = reverse("community:edit", args=[cast.village.pk])
    form = client.get(url).context["form"]
    as_it_is = {field.html_name: field.value() for field in form}
    as_it_is["location"] = cast.village.location.json
    posted = {name: value for name, value in as_it_is.items() if value not in (None, [])} | changes
    assert client.post(url, posted).status_code == 302
    assert (heard, heard_of_in_public) == (told, told_of_in_public)


def test_a_new_community_is_told_of(client, cast, heard):
    client.force_login(cast.manager)
    form = {"code": "N", "name": "New", "kind": "settlement", "country": "BJ", "area": cast.north.pk}
    form |= {"rhythm_days": 90, "public_place": "area", "publish_delay_days": 0, "status": "active"}
    assert client.post(reverse("community:add"), form).status_code == 302
    assert heard == ["told"]


def test_an_import_of_something_else_tells_nobody(cast, heard):
    bring("languages", csv_file("code,name\nzzz,Test\n"), NAMED)
    assert heard == []


def test_an_imported_line_is_on_the_map_at_once(cast, django_capture_on_commit_callbacks):
    what, text, mapping = SECTIONS
    before = basemap.url()
    with django_capture_on_commit_callbacks(execute=True):
        bring(what, csv_file(text), mapping)
    assert basemap.url() != before


def test_an_imported_boundary_is_on_the_map_at_once(cast, django_capture_on_commit_callbacks):
    before = basemap.url()
    text = 'code,name,wkt\nBJ0101,Malanville,"MULTIPOLYGON (((2 11, 4 11, 4 12, 2 11)))"\n'
    with django_capture_on_commit_callbacks(execute=True):
        bring("areas", csv_file(text), NAMED | {"boundary": {"column": "wkt"}})
    assert basemap.url() != before


def test_a_line_redrawn_in_the_office_tells_once_and_is_on_the_map_at_once(
    client, cast, heard, django_capture_on_commit_callbacks
):
    client.force_login(cast.manager)
    before = basemap.url()
    line = '{"type": "MultiLineString", "coordinates": [[[2, 11.9], [4, 11.9]]]}'
    with django_capture_on_commit_callbacks(execute=True):
        url = reverse("bordersection:edit", args=[cast.section.pk])
        assert client.post(url, {**SECTION_FORM, "line": line}).status_code == 302
    assert heard == ["told"]
    assert basemap.url() != before


def test_a_line_redrawn_measures_many_communities_in_the_background(
    cast, heard, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(places, "LATER_ABOVE", 5)
    before = basemap.url()
    what, text, mapping = SECTIONS
    with django_capture_on_commit_callbacks() as after:
        bring(what, csv_file(text), mapping)
        cast.village.refresh_from_db()
        assert (cast.village.border_km, heard) == (None, [])
    with django_capture_on_commit_callbacks(execute=True):
        for work in after:
            work()
    cast.village.refresh_from_db()
    assert 33 < cast.village.border_km < 34
    assert heard == ["told"]
    assert basemap.url() != before


def test_a_line_that_becomes_disputed_is_drawn_so_at_once(
    client, cast, heard, django_capture_on_commit_callbacks
):
    client.force_login(cast.manager)
    before = basemap.url()
    form = {**SECTION_FORM, "status": "disputed", "wording": "Not settled", "line": cast.section.line.json}
    with django_capture_on_commit_callbacks(execute=True):
        url = reverse("bordersection:edit", args=[cast.section.pk])
        assert client.post(url, form).status_code == 302
    assert heard == []
    assert basemap.url() != before
