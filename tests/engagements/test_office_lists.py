"""The lists of meetings, concerns, commitments and duties: days, words, filters and maps, as each reader has them."""

import re

import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape

from communities.models import Area, Community, Group
from engagements import history, loop, meetings
from engagements.brief import promises_to_ask_about
from engagements.models import Commitment, Concern, Duty, Engagement
from engagements.models.commitments import Answer, Shown
from services.models import Delivery
from tests.cast import days_ago

from .conftest import hold

LISTED = ("concern", "commitment", "duty")


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def rows_of(client, kind, **query):
    """The text of the list's rows, without tags."""
    response = client.get(reverse(f"{kind}:index_results"), query)
    assert response.status_code == 200
    body = "".join(re.findall(r"<tbody>.*?</tbody>", response.content.decode(), flags=re.DOTALL))
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


# --- Days ------------------------------------------------------------------------------------------------------
def due_on(day):
    for model in (Concern, Duty):
        model.objects.update(due_on=day)
    Commitment.objects.update(due_on=day, promised_on=days_ago(60))


@pytest.mark.parametrize(
    ("ago", "stands"), [(8, "▲ 8 days late"), (1, "▲ 1 day late"), (0, "today"), (-12, "in 12 days")]
)
@pytest.mark.parametrize("kind", LISTED)
def test_a_due_day_is_a_day_and_says_how_it_stands(cast, as_, told_once, kind, ago, stands):
    due_on(days_ago(ago))
    rows = rows_of(as_(cast.supervisor), kind)
    assert f"{date_format(days_ago(ago))} {stands}" in rows
    assert "Just now" not in rows


def settle(cast):
    concern, promise = Concern.objects.get(), Commitment.objects.get()
    loop.answer(concern, text="We drill in May.", by=cast.focal_point)
    loop.show(promise, kind="visit", on=days_ago(2), shows=Shown.FULL, by=cast.focal_point)
    for duty in Duty.objects.all():
        loop.tell(duty, on=days_ago(0), how="visit", group="women", reached=True, by=cast.officer)


@pytest.mark.parametrize("kind", LISTED)
def test_what_is_settled_is_not_late_any_more(cast, as_, told_once, kind):
    settle(cast)
    due_on(days_ago(8))
    rows = rows_of(as_(cast.supervisor), kind)
    assert date_format(days_ago(8)) in rows
    assert "late" not in rows


def test_a_withdrawn_promise_is_not_late(cast, as_, told_once):
    loop.cancel(Commitment.objects.get(), reason="No money", by=cast.supervisor)
    assert "late" not in rows_of(as_(cast.supervisor), "commitment")


# --- Words -----------------------------------------------------------------------------------------------------
def test_colleagues_read_the_words_and_an_editor_those_for_the_public(cast, as_, told_once):
    Commitment.objects.update(words="We repair it, says the mayor", public_text="Repair of the pump")
    for who, asked, promised in [
        ("supervisor", "The pump is dry", "We repair it, says the mayor"),
        ("focal_point", "The pump is dry", "We repair it, says the mayor"),
        ("editor", "The pump is dry, for all to read.", "Repair of the pump"),
    ]:
        client = as_(cast.users[who])
        assert f" {asked} " in rows_of(client, "concern")
        assert f" {promised} " in rows_of(client, "commitment")


def test_an_editor_reads_nothing_where_nothing_is_meant_for_the_public(cast, as_, told_once):
    Concern.objects.update(public_text="")
    Commitment.objects.update(public_text="")
    for kind in LISTED:
        rows = rows_of(as_(cast.editor), kind)
        assert "pump" not in rows and "–" in rows


def test_a_duty_says_what_it_is_about(cast, as_, told_once):
    rows = rows_of(as_(cast.officer), "duty")
    assert "The pump is dry" in rows and "We repair the pump" in rows


def test_long_words_are_cut(cast, as_, told_once):
    Concern.objects.update(text=" ".join(["water"] * 40))
    assert rows_of(as_(cast.officer), "concern").count("water") == 14


# --- What counts -----------------------------------------------------------------------------------------------
def confirmed(cast, state):
    """Done twenty days ago, and found kept ten days ago at a meeting in this state."""
    promise = Commitment.objects.get()
    loop.show(promise, kind="visit", on=days_ago(20), shows=Shown.FULL, by=cast.focal_point)
    said = meetings.Judged(commitment=promise, group="women", answer=Answer.KEPT)
    meeting = hold(cast, ago=10, judged=[said], review=state == "reviewed")
    Engagement.objects.filter(pk=meeting.pk).update(state=state, return_reason="Who said so?")
    return promise


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_was_said_at_a_meeting_that_nobody_reviewed_keeps_no_promise(cast, as_, told_once, state):
    promise = confirmed(cast, state)
    for who in ("officer", "supervisor", "manager", "focal_point", "editor"):
        client = as_(cast.users[who])
        assert "We repair the pump" not in rows_of(client, "commitment", standing="kept"), who
        assert "We repair the pump" in rows_of(client, "commitment", standing="unsettled"), who
        page = client.get(reverse("commitment:inspect", args=[promise.pk])).content.decode()
        assert "Done, not yet confirmed" in page, who
    assert list(promises_to_ask_about(cast.officer, cast.village)) == [promise]
    assert history.as_of(promise, days_ago(0)).verdict is None


def test_once_it_is_reviewed_it_does(cast, as_, told_once):
    promise = confirmed(cast, "reviewed")
    for who in ("officer", "manager", "focal_point", "editor"):
        assert "We repair the pump" in rows_of(as_(cast.users[who]), "commitment", standing="kept"), who
    assert not promises_to_ask_about(cast.officer, cast.village)
    assert history.as_of(promise, days_ago(0)).verdict == Answer.KEPT


def test_a_draft_still_shows_what_was_said_to_its_author(cast, as_, told_once):
    confirmed(cast, "draft")
    meeting = Engagement.objects.get(state="draft")
    page = as_(cast.officer).get(reverse("engagement:inspect", args=[meeting.pk])).content.decode()
    assert escape(f"{Group.WOMEN.label}: Kept") in page


# --- Filters ---------------------------------------------------------------------------------------------------
ALL_KINDS = ("engagement", *LISTED)


@pytest.fixture
def two_places(cast):
    """A meeting in the village and one in the community that the public knows by its district alone."""
    for community, agency in ((cast.village, cast.water), (cast.quiet, cast.police)):
        meeting = hold(
            cast, ago=60, community=community, asked=[("water", "women", "Dry")], promised=[("Repair", 30)]
        )
        meeting.agencies.add(agency)
        meeting.concerns.update(agency=agency)
        meeting.commitments.update(agency=agency)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_lists_are_filtered_by_community_area_and_agency(cast, as_, two_places, kind):
    client = as_(cast.manager)
    for query in ({"community": "bj-v1"}, {"agency": "bj-wat"}):
        rows = rows_of(client, kind, **query)
        assert "Garou" in rows and "Quietvillagezq" not in rows, query
    for area, found in (("BJ01", True), ("bj0101", True), ("BJ0102", False), ("NE", False)):
        assert ("Garou" in rows_of(client, kind, area=area)) == found, area


@pytest.mark.parametrize("kind", [*ALL_KINDS, "delivery"])
def test_an_editor_finds_nobody_closer_than_the_public_may(cast, as_, two_places, kind):
    commune = Area.objects.create(
        code="BJ010101", name="Commune", level=3, parent=cast.north, country="BJ", source="test"
    )
    Community.objects.update(area=commune)
    for community in (cast.village, cast.quiet):
        Delivery.objects.create(type=cast.health, community=community, agency=cast.water, date=days_ago(2))
    client = as_(cast.editor)
    quiet, shown = "A community in Malanville", "Garou"
    for query, found in [
        ({}, {quiet, shown}),
        ({"area": "BJ0101"}, {quiet, shown}),
        ({"area": "bj010101"}, {shown}),
        ({"community": "BJ-V2"}, set()),
        ({"community": "BJ-V1"}, {shown}),
    ]:
        rows = rows_of(client, kind, **query)
        assert {name for name in (quiet, shown) if name in rows} == found, query


# --- Maps ------------------------------------------------------------------------------------------------------
MAPPED = ("engagement", "concern", "commitment", "delivery")


def on_the_map(client, kind, **query):
    response = client.get(reverse(f"{kind}:map"), query)
    assert response.status_code == 200
    found = response.json()
    return {f["properties"]["code"]: f for f in found["features"]}, found


@pytest.fixture
def everywhere(cast, two_places):
    """Besides those two places: the hidden community and, wrongly public by name, the nomadic one with a point."""
    Community.objects.filter(pk=cast.nomads.pk).update(public_place="exact", location=Point(3.4, 11.6))
    for community in (cast.hidden, cast.nomads):
        hold(cast, ago=60, community=community, asked=[("water", "women", "Dry")], promised=[("Repair", 30)])
    for community in (cast.village, cast.quiet, cast.hidden, cast.nomads):
        Delivery.objects.create(type=cast.health, community=community, agency=cast.water, date=days_ago(2))


@pytest.mark.parametrize("kind", MAPPED)
def test_a_map_shows_each_reader_the_places_that_the_register_shows_them(cast, as_, everywhere, kind):
    for who, places in [
        ("officer", {"BJ-V1", "BJ-V2", "BJ-V3", "BJ-N1"}),
        ("manager", {"BJ-V1", "BJ-V2", "BJ-V3", "BJ-N1"}),
        ("editor", {"BJ-V1"}),
    ]:
        features, found = on_the_map(as_(cast.users[who]), kind)
        assert set(features) == places, who
        assert found["drawn"] == found["placed"] == len(places)
        register, _found = on_the_map(as_(cast.users[who]), "community")
        assert places <= set(register)


@pytest.mark.parametrize("kind", ["concern", "commitment", "delivery"])
def test_an_agency_that_reads_no_register_has_no_map(cast, as_, everywhere, kind):
    client = as_(cast.focal_point)
    assert on_the_map(client, kind)[0] == {}
    assert "<list-map" not in client.get(reverse(f"{kind}:index")).content.decode()
    assert "<list-map" in as_(cast.manager).get(reverse(f"{kind}:index")).content.decode()


def test_the_liaisons_map_shows_the_places_on_the_shared_section(cast, as_):
    hold(cast)
    Engagement.objects.update(counterpart=cast.niger_police)
    Community.objects.filter(pk=cast.village.pk).update(section=None)
    assert on_the_map(as_(cast.liaison), "engagement")[0] == {}
    Community.objects.filter(pk=cast.village.pk).update(section=cast.section)
    assert set(on_the_map(as_(cast.liaison), "engagement")[0]) == {"BJ-V1"}


def test_a_place_is_one_mark_that_leads_to_its_rows(cast, as_, told_once):
    hold(cast, asked=[("water", "women", "Dry"), ("water", "chief", "Still dry")])
    features, found = on_the_map(as_(cast.supervisor), "concern", state="new", p="1")
    assert (found["total"], found["drawn"]) == (3, 3)
    about = features["BJ-V1"]["properties"]
    assert about["words"] == "3 in this list"
    assert about["url"] == f"{reverse('concern:index')}?state=new&community=BJ-V1"
    assert on_the_map(as_(cast.supervisor), "concern", state="answered")[0] == {}


def test_the_maps_filters_are_those_of_the_list(cast, as_, two_places):
    client = as_(cast.manager)
    assert set(on_the_map(client, "commitment", standing="overdue", agency="BJ-POL")[0]) == {"BJ-V2"}
    assert set(on_the_map(client, "commitment", standing="kept")[0]) == set()


@pytest.mark.parametrize("kind", MAPPED)
def test_an_editors_search_tells_nothing_on_the_map_either(cast, as_, two_places, kind):
    Delivery.objects.create(type=cast.health, community=cast.quiet, agency=cast.water, date=days_ago(2))
    found = [on_the_map(as_(cast.editor), kind, q=words)[1] for words in ("Quietv", "BJ-V2", "Zeppel")]
    assert len({(each["total"], each["placed"]) for each in found}) == 1


@pytest.mark.parametrize("kind", MAPPED)
def test_a_map_costs_as_many_queries_with_many_rows_as_with_one(
    cast, as_, kind, django_assert_max_num_queries
):
    def fill(number):
        for n in range(number):
            place = Community.objects.create(
                code=f"X{Community.objects.count()}",
                name="X",
                country="BJ",
                area=cast.north,
                location=Point(3, 11.5),
            )
            hold(cast, community=place, asked=[("water", "women", "Dry")], promised=[("Repair", 5)])
            Delivery.objects.create(type=cast.health, community=place, agency=cast.water, date=days_ago(n))

    client, url = as_(cast.manager), reverse(f"{kind}:map")
    fill(1)
    client.get(url)
    with django_assert_max_num_queries(30) as few:
        client.get(url)
    fill(5)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(client.get(url).json()["features"]) == 6


# --- From a community ------------------------------------------------------------------------------------------
def test_a_community_leads_to_what_it_was_heard_on_asked_and_was_promised(cast, as_, two_places):
    client = as_(cast.supervisor)
    page = client.get(reverse("community:inspect", args=[cast.village.pk])).content.decode()
    for kind in ("engagement", "concern", "commitment"):
        url = f"{reverse(f'{kind}:index')}?community=BJ-V1"
        assert f'href="{url}"' in page
        rows = rows_of(client, kind, community="BJ-V1")
        assert "Garou" in rows and "Quietvillagezq" not in rows


def test_a_community_leads_nobody_to_what_they_may_not_list(cast, as_):
    page = as_(cast.registrar).get(reverse("community:inspect", args=[cast.village.pk])).content.decode()
    assert not [kind for kind in ("engagement", "concern", "commitment") if f"/office/{kind}/?" in page]
