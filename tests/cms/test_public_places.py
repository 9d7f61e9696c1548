"""Public places: what is hidden appears nowhere, what is public by district gives no name, code or point."""

import json

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import countrywide, outcomes, views
from cms.sitemaps import SITEMAPS
from communities.models import Area, Community
from engagements.models import EarlierAnswer, Revision
from tests import cast as canaries
from tests.cast import days_ago
from tests.cms.conftest import PRIVATE_WORDS

PRIVATE = [
    canaries.CANARY_NAME,
    canaries.CANARY_PHONE,
    canaries.CANARY_NOTE,
    canaries.CANARY_HIDDEN,
    canaries.CANARY_SEALED,
    PRIVATE_WORDS,
    "Quietvillagezq",
    "Nomadgroupzq",
    "BJ-V2",
    "BJ-V3",
    "BJ-N1",
]


@pytest.fixture
def told(site, story, cast):
    """Every community with a whole story, sealed concerns, and outcome pages where there may be one."""
    for row in Community.objects.all():
        commitment = story.kept(row, text=f"A promise to {row.name}")
        story.sealed(row)
        due = {"due_before": commitment.due_on, "due_on": days_ago(-9)}
        Revision.objects.create(commitment=commitment, reason=PRIVATE_WORDS, by=cast.supervisor, **due)
        EarlierAnswer.objects.create(concern=story.concern(row), text=PRIVATE_WORDS, on=days_ago(9))
        if row in (cast.village, cast.far):
            page = outcomes.draft_from(commitment, by=cast.editor)
            page.get_latest_revision().publish()
    return cast


def addresses():
    pages = ["", "communities/", "map/", "map.json", "outcomes/", "projects/", "about/"]
    pages += [f"communities/{row.public_reference}/" for row in Community.objects.all()]
    pages += [f"communities/?q={word}" for word in ("zq", "Quiet", "Hidden", "Nomad", "BJ-V2")]
    pages += ["communities/?district=BJ0101", "outcomes/?q=zq", "outcomes/?q=Hidden"]
    prefixed = [f"/{language}/{page}" for language in ("en", "fr", "ar") for page in pages]
    sections = [f"/sitemap-{section}.xml" for section in SITEMAPS]
    return [*prefixed, *sections, "/sitemap.xml", "/robots.txt", "/map/base.json"]


def test_no_private_word_appears_in_any_public_answer(client, told):
    for address in addresses():
        # What a reader typed is shown back to them and is no leak.
        words = client.get(address).content.decode().replace(f'value="{address.rpartition("q=")[2]}"', "")
        leaked = [word for word in PRIVATE if word in words.replace(f"q={address.rpartition('q=')[2]}", "")]
        assert leaked == [], address


def test_a_hidden_community_is_as_if_it_were_not(client, told):
    hidden = reverse("public:community", args=[told.hidden.public_reference])
    never = reverse("public:community", args=["nosuchone"])
    first, second = client.get(hidden), client.get(never)
    assert first.status_code == second.status_code == 404
    shown = first.content.decode().replace(told.hidden.public_reference, "nosuchone")
    assert shown == second.content.decode()
    assert told.hidden.public_reference not in client.get("/sitemap-communities.xml").content.decode()


@pytest.mark.parametrize("status", ["closed", "merged"])
def test_a_community_that_is_no_more_is_not_found(client, told, status):
    merged = {"merged_into": told.far} if status == "merged" else {}
    Community.objects.filter(pk=told.village.pk).update(status=status, **merged)
    address = reverse("public:community", args=[told.village.public_reference])
    assert client.get(address).status_code == 404


def test_a_district_alone_shows_the_district(client, told):
    address = reverse("public:community", args=[told.quiet.public_reference])
    html = client.get(address).content.decode()
    assert "A community in Malanville" in html
    assert "[place not published]" in html
    place = json.loads(html.split('id="place-data" type="application/json">')[1].split("</script>")[0])
    assert place["outline"]["type"] == "Polygon"
    assert "point" not in place
    assert "300" not in html.split("<main")[1].split("</main>")[0]


def test_a_ward_is_not_published_in_place_of_its_district(client, told):
    ward = Area.objects.create(
        code="BJ010101", name="Wardzq", level=3, parent=told.north, country="BJ", boundary=told.north.boundary
    )
    Community.objects.filter(pk=told.quiet.pk).update(area=ward)
    address = reverse("public:community", args=[told.quiet.public_reference])
    for url in (address, "/en/communities/", "/en/map.json", "/en/"):
        assert "Wardzq" not in client.get(url).content.decode()
    assert "A community in Malanville" in client.get(address).content.decode()


def test_the_map_draws_points_of_exact_communities_alone(client, told):
    data = client.get("/en/map.json").json()
    assert data["bounds"] == [3.0, 10.5, 3.0, 12.1]
    assert sorted(point["label"] for point in data["points"]) == ["Garou", "Gaya village", "Sori"]
    assert [(d["label"], d["count"]) for d in data["districts"]] == [("Malanville", 2)]


def test_the_map_tells_what_lies_in_a_box(client, told):
    data = client.get("/en/map.json?box=2.9,11.8,3.1,12.0").json()
    assert [point["label"] for point in data["points"]] == ["Garou"]
    assert "districts" not in data


@pytest.mark.parametrize("box", ["a,b,c,d", "1,2,3", "nan"])
def test_a_box_that_is_none_is_refused_with_a_sentence(client, told, box):
    answer = client.get(f"/en/map.json?box={box}")
    assert answer.status_code == 400
    assert "four numbers" in answer.content.decode()


def test_many_places_are_counted_in_cells(client, told, monkeypatch):
    monkeypatch.setattr(views, "MARKS", 2)
    data = client.get("/en/map.json").json()
    assert "points" not in data
    assert sum(sum(counts) for _x, _y, *counts in data["cells"]) == 3


def test_a_nomadic_group_never_has_a_point(client, told):
    Community.objects.filter(pk=told.nomads.pk).update(
        public_place="exact", location=Point(3.5, 11.5, srid=4326)
    )
    data = client.get("/en/map.json").json()
    assert "Nomadgroupzq" not in [point["label"] for point in data["points"]]
    assert {"label": "Malanville", "count": 2}.items() <= data["districts"][0].items()


def test_a_search_never_tells_where_a_name_that_is_not_public_lies(client, told):
    html = client.get("/en/communities/?q=Quietvillagezq").content.decode()
    assert "No community found" in html


def test_the_order_of_the_list_follows_no_private_name(client, told):
    before = client.get("/en/communities/?district=BJ0101").content
    for name in ("Aaa", "Zzz"):
        Community.objects.filter(pk=told.quiet.pk).update(name=name, code=f"{name}-1")
        assert client.get("/en/communities/?district=BJ0101").content == before


@pytest.mark.parametrize("name", ["Aaa", "Zzz"])
def test_the_order_of_the_list_follows_nothing_smaller_than_a_district(client, told, name):
    """Whatever its ward or neighbourhood is called, a community stands where its district and reference say."""
    before = [row.pk for row in views.found(RequestFactory().get("/"))[0]]
    ward = Area.objects.create(code="BJ010101", name=name, level=3, parent=told.north, country="BJ")
    part = Area.objects.create(code="BJ01010101", name=name, level=4, parent=ward, country="BJ")
    for area in (ward, part):
        Community.objects.filter(pk=told.quiet.pk).update(area=area)
        assert [row.pk for row in views.found(RequestFactory().get("/"))[0]] == before


def test_a_place_that_becomes_less_public_takes_its_pages_with_it(client, told):
    page = told.village.commitments.get().outcome_pages.get(locale__language_code="en")
    assert client.get(page.url).status_code == 200
    Community.objects.filter(pk=told.village.pk).update(public_place="area")
    answer = client.get(page.url)
    assert answer.status_code == 410
    for url in ("/en/", "/en/outcomes/", "/sitemap-pages.xml", "/en/map.json"):
        assert "Garou" not in client.get(url).content.decode()
    assert "Garou" not in answer.content.decode()


def test_no_outline_is_read_where_none_is_drawn(client, told):
    """The base layer of the maps is made once and kept: only its own queries read outlines."""
    client.get("/map/base.json")
    with CaptureQueriesContext(connection) as asked:
        for path in ("communities/", "communities/?district=BJ0101", "map/", "map.json", "outcomes/", ""):
            client.get(f"/en/{path}")
        client.get(reverse("public:community", args=[told.village.public_reference]))
    shapes = ('boundary"', '."line"')
    assert not [row["sql"] for row in asked.captured_queries if any(shape in row["sql"] for shape in shapes)]


def test_the_legend_counts_every_public_community_once(told):
    legend = countrywide.now().legend
    assert legend.total == Community.objects.public().count() == 5
    assert legend.in_districts == 2
    assert legend.states["kept"] == 3
