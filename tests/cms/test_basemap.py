"""The base layer of the maps: our own land and lines, small, versioned."""

import json

import pytest
from django.urls import reverse

from communities import basemap
from communities.models import BorderSection


def test_it_holds_land_districts_and_borders(client, cast):
    features = client.get(reverse("basemap")).json()["features"]
    kinds = {feature["properties"]["kind"] for feature in features}
    assert kinds == {"neighbour", "land", "district", "border"}


def test_a_disputed_line_carries_its_wording_in_each_language(client, cast):
    BorderSection.objects.update(status="disputed", wording="Not settled", wording_fr="Non réglé")
    features = client.get(reverse("basemap")).json()["features"]
    (border,) = [row for row in features if row["properties"]["kind"] == "border"]
    assert border["properties"]["status"] == "disputed"
    assert border["properties"]["wording"] == {"en": "Not settled", "fr": "Non réglé"}


def test_its_version_is_kept_for_good_and_another_is_not(client, cast):
    assert "immutable" in client.get(basemap.url())["Cache-Control"]
    assert "immutable" not in client.get(reverse("basemap"), {"v": "old"})["Cache-Control"]


def test_a_reader_who_has_it_is_not_sent_it_again(client, cast):
    tag = client.get(reverse("basemap"))["ETag"]
    assert client.get(reverse("basemap"), headers={"if-none-match": tag}).status_code == 304


def test_a_changed_line_has_another_address(client, cast):
    before = basemap.url()
    BorderSection.objects.update(status="disputed")
    basemap.forget()
    assert basemap.url() != before


def test_it_is_small_and_cut_to_what_a_map_shows(client, cast):
    body = client.get(reverse("basemap")).content
    assert len(body) < 150_000
    for feature in json.loads(body)["features"]:
        numbers = str(feature["geometry"]["coordinates"]).replace("[", "").replace("]", "").split(",")
        assert all(len(number.strip().partition(".")[2]) <= 3 for number in numbers)


def test_no_neighbours_are_drawn_where_the_operator_names_no_file(client, cast, settings):
    settings.BASEMAP_NEIGHBOURS = ""
    kinds = {feature["properties"]["kind"] for feature in basemap.collection()["features"]}
    assert "neighbour" not in kinds


@pytest.mark.parametrize("path", ["/en/", "/en/map/", "/en/communities/"])
def test_pages_with_a_map_name_its_version(client, site, path):
    assert f'data-basemap="{basemap.url()}"' in client.get(path).content.decode()


@pytest.mark.parametrize(("language", "words"), [("fr", "Agrandir"), ("ar", "تكبير")])
def test_the_maps_buttons_are_named_in_the_pages_language(client, site, language, words):
    assert f'data-zoom-in="{words}"' in client.get(f"/{language}/map/").content.decode()
