"""The desk: a call, a visit or a letter is written down on one screen, and the code is read out once."""

import base64
import datetime
import re

import pytest
from django.urls import reverse

from communities import accounts
from communities.sight import Role
from engagements import codes, reports, sealed, sealing
from engagements.models import Concern, Hotline, Report, SealedConcern, TrackingCode
from tests.cast import CANARY_SEALED, days_ago

ADDRESS = "/office/reports/new/"


@pytest.fixture
def desk(cast, client):
    client.force_login(cast.officer)
    return client


@pytest.fixture
def line(cast):
    row = Hotline.objects.create(number="+000 100", agency=cast.police, purpose="Anything")
    row.areas.add(cast.north)
    return row


def call(cast, **more):
    """What a browser posts."""
    given = {
        "token": "",
        "channel": "hotline",
        "topic": cast.water_topic.pk,
        "text": "The pump is dry since Sunday",
        "community": cast.village.code,
        "area": "",
        "raised_by": "women",
        "urgency": "soon",
        "raised_on": days_ago(0).isoformat(),
        "language": "ddn",
        "hotline": "",
        "transfers": "",
        "contact": "",
    }
    return {**given, **more}


def code_in(response) -> str:
    shown = re.search(r"desk-code__whole[^>]*>([^<]+)<", response.content.decode())
    return codes.read(shown[1]) if shown else ""


def test_a_call_is_taken_in_and_its_code_read_out(cast, desk, line):
    response = desk.post(ADDRESS, call(cast, hotline=line.pk, transfers="2", contact="by the mosque"))
    assert response.status_code == 200
    concern = Concern.objects.get()
    assert (concern.channel, concern.raised_by, concern.urgency) == ("hotline", "women", "soon")
    assert (concern.community, concern.agency, concern.recorded_by) == (cast.village, None, cast.officer)
    report = concern.report
    assert (report.hotline, report.transfers, report.language) == (line, 2, "ddn")
    assert report.contact == "by the mosque"
    assert codes.find(code_in(response)).concern == concern


def test_the_code_is_shown_in_groups_with_the_words_to_read_it_by(cast, desk):
    response = desk.post(ADDRESS, call(cast))
    groups = response.context["groups"]
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert "".join(sign for group in groups for sign, _word in group) == code_in(response)
    assert all(word.upper().startswith(sign) for group in groups for sign, word in group if word)
    assert all(sign.isdigit() for group in groups for sign, word in group if not word)


def test_the_code_is_kept_in_no_cache_session_or_address(cast, desk):
    response = desk.post(ADDRESS, call(cast))
    assert "no-store" in response["Cache-Control"]
    assert code_in(response) not in str(dict(desk.session))
    assert code_in(response) not in "".join(TrackingCode.objects.values_list("digest", flat=True)).upper()


def test_what_was_not_asked_stays_unknown(cast, desk):
    desk.post(ADDRESS, call(cast, transfers=""))
    assert Report.objects.get().transfers is None


def test_a_number_is_kept_of_a_call_alone(cast, desk, line):
    desk.post(ADDRESS, call(cast, channel="walk_in", hotline=line.pk))
    assert Report.objects.get().hotline is None


def test_the_same_form_sent_twice_is_one_report_with_one_code(cast, desk):
    token = desk.get(ADDRESS).context["form"]["token"].value()
    first, again = (desk.post(ADDRESS, call(cast, token=token)) for _click in range(2))
    assert code_in(first) == code_in(again) != ""
    assert Concern.objects.count() == 1


@pytest.mark.parametrize("typed", ["BJ-V1", "bj-v1", "Garou", "garou", "Garo"])
def test_a_community_is_found_by_code_or_name(cast, desk, typed):
    assert desk.post(ADDRESS, call(cast, community=typed)).status_code == 200
    assert Concern.objects.get().community == cast.village


def test_several_of_a_name_are_named_and_nothing_is_lost(cast, desk):
    response = desk.post(ADDRESS, call(cast, community="BJ-V", text="The well is low"))
    assert response.status_code == 422
    (sentence,) = response.context["form"].errors["community"]
    assert cast.village.code in sentence and cast.far.code not in sentence
    assert "The well is low" in response.content.decode()
    assert not Concern.objects.exists()


def test_a_community_out_of_sight_is_not_found(cast, desk):
    response = desk.post(ADDRESS, call(cast, community=cast.far.code))
    assert response.status_code == 422 and not Concern.objects.exists()
    assert cast.far.name not in str(response.context["form"].errors)


def test_where_no_community_is_known_the_area_is_named(cast, desk):
    assert desk.post(ADDRESS, call(cast, community="", area=cast.north.pk)).status_code == 200
    assert (Concern.objects.get().community, Concern.objects.get().area) == (None, cast.north)


def test_an_area_of_others_is_refused(cast, desk):
    assert desk.post(ADDRESS, call(cast, community="", area=cast.south.pk)).status_code == 422
    assert not Concern.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * (reports.LONGEST + 1)}, "text"),
        ({"topic": ""}, "topic"),
        ({"community": ""}, "community"),
        ({"raised_on": (days_ago(0) + datetime.timedelta(days=1)).isoformat()}, "raised_on"),
        ({"raised_by": "soldiers"}, "raised_by"),
        ({"channel": "web"}, "channel"),
        ({"transfers": "-1"}, "transfers"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast, desk, wrong, field):
    response = desk.post(ADDRESS, call(cast, **{"contact": "by the mosque", **wrong}))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "by the mosque" in response.content.decode()
    assert not Concern.objects.exists() and not TrackingCode.objects.exists()


# --- Sealed topics --------------------------------------------------------------------------------------------
@pytest.fixture
def key(cast):
    public, private = sealing.new_pair()
    sealed.set_key(public, by=cast.integrity)
    return private


def test_what_is_sealed_goes_to_the_integrity_body_with_how_to_reach_them(cast, desk, key):
    response = desk.post(
        ADDRESS, call(cast, topic=cast.sealed_topic.pk, text=CANARY_SEALED, contact="the blue shop")
    )
    assert response.context["sealed"] is True
    assert CANARY_SEALED not in response.content.decode()
    assert not Concern.objects.exists()
    row = SealedConcern.objects.get()
    assert row.channel == "hotline"
    said = sealing.opened(base64.b64decode(row.text), key).decode()
    assert CANARY_SEALED in said and "the blue shop" in said
    assert codes.find(code_in(response)).sealed == row


def test_the_screen_names_the_topics_that_are_sealed_at_once(cast, desk):
    page = desk.get(ADDRESS).content.decode()
    assert "Sealed at once: Corruption" in page and "Neither you nor your superiors" in page


def test_without_a_key_the_independent_line_is_named_and_nothing_is_kept(cast, no_key, desk, line):
    Hotline.objects.create(number="+000 999", agency=cast.water, is_independent=True)
    response = desk.post(ADDRESS, call(cast, topic=cast.sealed_topic.pk, text=CANARY_SEALED))
    assert response.status_code == 422
    assert "+000 999" in response.content.decode()
    assert not SealedConcern.objects.exists()


# --- Who -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICER, Role.SUPERVISOR)])
def test_others_are_refused(cast, client, role):
    client.force_login(cast.users[role])
    assert client.get(ADDRESS).status_code != 200
    assert client.post(ADDRESS, call(cast)).status_code != 200
    assert not Concern.objects.exists()


def test_an_officer_who_is_a_manager_too_writes_for_their_own_areas_alone(cast, client):
    accounts.post(cast.officer, Role.MANAGER, by=None, starts=days_ago(3))
    client.force_login(cast.officer)
    assert client.post(ADDRESS, call(cast, community=cast.far.code)).status_code == 422


def test_the_ways_to_the_desk_stand_in_menu_home_and_list(cast, desk):
    home = desk.get("/office/").content.decode()
    assert home.count(f'href="{ADDRESS}"') >= 1 and reverse("handover:new") in home
    assert ADDRESS in desk.get(reverse("concern:index")).content.decode()


def test_the_next_begins_with_what_the_last_had_in_common(cast, desk, line):
    way = desk.post(ADDRESS, call(cast, hotline=line.pk)).context["next"]
    form = desk.get(way).context["form"]
    assert form["hotline"].value() == str(line.pk) and form["language"].value() == "ddn"
    assert not form["text"].value()


def test_as_many_queries_for_one_community_as_for_many(cast, desk, django_assert_max_num_queries):
    desk.get(ADDRESS)
    with django_assert_max_num_queries(40) as one:
        desk.get(ADDRESS)
    for number in range(10):
        type(cast.village).objects.create(
            code=f"BJ-M{number}", name=f"More {number}", country="BJ", area=cast.north, public_place="area"
        )
    with django_assert_max_num_queries(len(one)):
        desk.get(ADDRESS)


def test_a_community_leads_to_the_desk_and_is_filled_in(cast, desk):
    page = desk.get(reverse("community:inspect", args=[cast.village.pk])).content.decode()
    assert f"{ADDRESS}?community={cast.village.code}" in page
    form = desk.get(f"{ADDRESS}?community={cast.village.code}").context["form"]
    assert form["community"].value() == cast.village.code
