"""The directory of numbers, and how each district is reached."""

import pytest
from django.urls import reverse
from django.utils import translation

from communities.sight import Role
from engagements import hotlines, reports
from engagements.models import Handover, Hotline

REACH = "/office/hotlines/reach/"


def line(number, agency, *areas, **more):
    row = Hotline.objects.create(number=number, agency=agency, **more)
    row.areas.add(*areas)
    return row


def call(cast, *, by_line=None, transfers=None, area=None):
    community = None if area else cast.village
    told = reports.Told(
        topic=cast.water_topic, text="x", channel="hotline", community=community, area=area,
        hotline=by_line, transfers=transfers,
    )  # fmt: skip
    reports.take(told)


def reach_of(area, user):
    (row,) = hotlines.reach([area], user)
    return row


def test_a_line_reaches_what_lies_in_its_areas(cast):
    wide, near = line("+000 1", cast.police, cast.benin), line("+000 2", cast.water, cast.north)
    line("+000 3", cast.niger_police, cast.niger)
    line("+000 4", cast.police, cast.north, working=False)
    rows = hotlines.reach([cast.north, cast.south], cast.officer)
    assert [row.lines for row in rows] == [[wide, near], [wide]]


def test_two_agencies_for_one_purpose_overlap_two_lines_of_one_do_not(cast):
    first = line("+000 1", cast.police, cast.north, purpose="Tips and questions")
    second = line("+000 2", cast.water, cast.region, purpose="tips and questions ")
    line("+000 3", cast.water, cast.north, purpose="Water")
    line("+000 4", cast.water, cast.north, purpose="Water")
    line("+000 5", cast.water, cast.north)
    line("+000 6", cast.police, cast.north)
    assert reach_of(cast.north, cast.officer).overlaps == [[first, second]]


def test_the_mean_is_of_those_who_were_asked(cast):
    for transfers in (0, 3, None):
        call(cast, transfers=transfers)
    call(cast, transfers=2, area=cast.north)
    Handover.objects.create(category="goods", area=cast.north, agency=cast.police, transfers=1)
    passing = reach_of(cast.north, cast.officer).passing
    assert (passing.taken, passing.asked, passing.not_asked, passing.mean) == (5, 4, 1, 1.5)


def test_who_wrote_alone_was_passed_on_by_nobody_and_is_not_counted_as_not_asked(cast):
    for channel in ("web", "sms"):
        told = reports.Told(topic=cast.water_topic, text="x", channel=channel, community=cast.village)
        reports.take(told)
    passing = reach_of(cast.north, cast.officer).passing
    assert (passing.taken, passing.not_asked) == (2, 0)


def test_nobody_asked_is_not_known(cast):
    call(cast)
    assert reach_of(cast.north, cast.officer).passing.mean is None


def test_figures_are_of_what_their_reader_sees(cast):
    call(cast, transfers=3)
    assert reach_of(cast.north, cast.editor).passing.taken == 0
    assert reach_of(cast.north, cast.manager).passing.taken == 1


def test_everyone_posted_reads_the_page_and_an_editor_no_figures(cast, client):
    line("+000 1", cast.police, cast.north)
    call(cast, transfers=3)
    for role in Role:
        client.force_login(cast.users[role])
        page = client.get(REACH).content.decode()
        assert "Malanville" in page and "1 number" in page
        assert ("3.0 times" in page) == (role in {"officer", "supervisor", "manager"}), role


def test_as_many_queries_for_one_district_as_for_many(cast, client, django_assert_max_num_queries):
    client.force_login(cast.manager)
    line("+000 1", cast.police, cast.north, purpose="a")
    client.get(REACH)
    with django_assert_max_num_queries(40) as one:
        client.get(REACH + "?q=BJ0101")
    for number in range(10):
        district = type(cast.north).objects.create(
            code=f"BJ02{number:02}", name=f"District {number}", level=2, parent=cast.region, country="BJ"
        )
        line(f"+000 9{number}", cast.police, district)
        call(cast, area=district, transfers=1)
    with django_assert_max_num_queries(len(one)):
        client.get(REACH)


def test_the_list_says_what_came_through_and_asks_as_much_for_one_as_for_eleven(
    cast, client, django_assert_max_num_queries
):
    client.force_login(cast.manager)
    first = line("+000 1", cast.police, cast.north)
    call(cast, by_line=first, transfers=2)
    call(cast, by_line=first)
    page = client.get(reverse("hotline:index")).content.decode()
    assert "2.0 times on average (1 of 2 asked)" in page
    with django_assert_max_num_queries(60) as one:
        client.get(reverse("hotline:index"))
    for number in range(10):
        call(cast, by_line=line(f"+000 2{number}", cast.water, cast.south))
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("hotline:index"))


def test_managers_and_administrators_keep_it_nobody_else(cast, client):
    given = {
        "number": "+000 7", "agency": cast.water.pk, "purpose": "Water", "areas": "BJ0101 BJ0102",
        "hours": "8-18", "is_free": "true", "takes_messages": "on", "working": "on",
    }  # fmt: skip
    for role in Role:
        client.force_login(cast.users[role])
        client.post(reverse("hotline:add"), given)
        assert Hotline.objects.filter(number="+000 7").exists() == (role in {"manager", "administrator"}), (
            role
        )
        Hotline.objects.all().delete()
    client.force_login(cast.manager)
    client.post(reverse("hotline:add"), given)
    assert set(Hotline.objects.get().areas.all()) == {cast.north, cast.south}


def test_an_area_nobody_knows_is_said(cast, client):
    client.force_login(cast.manager)
    response = client.post(
        reverse("hotline:add"), {"number": "+000 7", "agency": cast.water.pk, "areas": "XX"}
    )
    assert response.status_code == 200 and not Hotline.objects.exists()
    assert "XX" in str(response.context["form"].errors["areas"])


def test_the_brief_counts_the_numbers_that_reach_a_community(cast, client):
    client.force_login(cast.officer)
    brief = reverse("engagement:brief", args=[cast.village.pk])
    assert "People here have no number to call." in client.get(brief).content.decode()
    line("+000 1", cast.police, cast.benin)
    line("+000 2", cast.water, cast.north)
    line("+000 3", cast.niger_police, cast.niger)
    page = client.get(brief).content.decode()
    assert "2 numbers reach this community" in page and "+000 3" not in page


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager"])
def test_a_communitys_page_says_how_many_numbers_reach_it_and_leads_to_them(cast, client, role):
    client.force_login(cast.users[role])
    page = reverse("community:inspect", args=[cast.village.pk])
    assert "No number reaches it" in client.get(page).content.decode()
    line("+000 1", cast.police, cast.benin)
    line("+000 2", cast.water, cast.north, cast.region)
    line("+000 3", cast.niger_police, cast.niger)
    line("+000 4", cast.police, cast.north, working=False)
    html = client.get(page).content.decode()
    assert "2 numbers reach it" in html
    way = reverse("hotline:index") + "?reaches=BJ-V1"
    assert f'href="{way}"' in html
    found = client.get(way).content.decode()
    assert "+000 1" in found and "+000 2" in found and "+000 3" not in found and "+000 4" not in found


def test_the_numbers_of_a_community_out_of_sight_are_not_told(cast, client):
    line("+000 1", cast.police, cast.benin)
    client.force_login(cast.editor)
    found = client.get(reverse("hotline:index"), {"reaches": cast.hidden.code}).content.decode()
    assert "+000 1" not in found


# --- In three languages ----------------------------------------------------------------------------------------
def test_what_a_number_is_for_is_read_in_the_readers_language(cast):
    row = line("+000 1", cast.water, cast.north, purpose="Water", purpose_fr="Eau", purpose_ar="المياه")
    bare = line("+000 2", cast.water, cast.north, purpose="Wells")
    for language, said in (("en", "Water"), ("fr", "Eau"), ("ar", "المياه")):
        with translation.override(language):
            assert (row.is_for, bare.is_for) == (said, "Wells")


def test_the_office_takes_and_finds_the_purpose_in_three_languages(cast, client):
    client.force_login(cast.manager)
    given = {
        "number": "+000 7", "agency": cast.water.pk, "areas": "BJ0101", "working": "on",
        "purpose": "Water", "purpose_fr": "Eau et pompes", "purpose_ar": "المياه",
    }  # fmt: skip
    client.post(reverse("hotline:add"), given)
    row = Hotline.objects.get()
    assert (row.purpose, row.purpose_fr, row.purpose_ar) == ("Water", "Eau et pompes", "المياه")
    assert "+000 7" in client.get(reverse("hotline:index"), {"q": "pompes"}).content.decode()
