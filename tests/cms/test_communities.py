"""The community pages: what is told, in which order, and what is not."""

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from cms import nearby, timeline
from communities.models import Community, Presence
from engagements import loop
from services.models import (
    CardCount,
    CardDrive,
    CardScheme,
    Delivery,
    Milestone,
    Observation,
    Project,
    ServicePoint,
)
from tests.cast import days_ago
from tests.cms.conftest import PRIVATE_WORDS


def page(client, community, **query):
    return client.get(reverse("public:community", args=[community.public_reference]), query)


def text(client, community):
    return page(client, community).content.decode()


# --- The story ---------------------------------------------------------------------------------------------
def test_it_tells_what_was_said_promised_done_and_told(client, site, story):
    story.kept(story.cast.village)
    html = text(client, story.cast.village)
    for words in ("A borehole near the school", "Drill one borehole", "The pump runs", "Water Directorate"):
        assert words in html
    assert "mark--kept" in html


def test_it_says_that_the_day_of_a_promise_was_moved(client, site, story):
    commitment = story.promise(story.cast.village, due=54)
    for due in (-30, -300):
        loop.revise(commitment, reason="Canary: the reason", by=story.cast.focal_point, due_on=days_ago(due))
    html = " ".join(text(client, story.cast.village).split())
    with translation.override("en"):
        first, second, third = (date_format(days_ago(ago), "j F Y") for ago in (54, -30, -300))
    assert f"Due {third}. The day first promised was {first}. Not due yet." in html
    assert f"Due {first}, moved to {second}." in html and f"Due {second}, moved to {third}." in html
    assert html.index(f"Due {first}, moved") < html.index(f"Due {second}, moved")
    assert "Canary" not in html


def test_a_move_that_is_too_young_for_the_public_has_not_happened_yet(client, site, story):
    village = story.cast.village
    Community.objects.filter(pk=village.pk).update(publish_delay_days=20)
    commitment = story.promise(village, due=54)
    loop.revise(commitment, reason="Rain", by=story.cast.focal_point, due_on=days_ago(-30))
    village.refresh_from_db()
    html = " ".join(text(client, village).split())
    assert "Not done: 54 days late." in html
    assert "first promised" not in html and "moved to" not in html


def test_a_day_moved_away_and_back_is_the_day_first_promised(client, site, story):
    commitment = story.promise(story.cast.village, due=-54)
    for due in (-90, -54):
        loop.revise(commitment, reason="Rain", by=story.cast.focal_point, due_on=days_ago(due))
    html = text(client, story.cast.village)
    assert "first promised" not in html and "moved to" in html


def test_a_change_of_words_alone_moves_nothing(client, site, story):
    commitment = story.promise(story.cast.village, due=54)
    loop.revise(
        commitment, reason="Clearer", words="Drill it", by=story.cast.focal_point, due_on=commitment.due_on
    )
    html = text(client, story.cast.village)
    assert "first promised" not in html and "moved to" not in html


def test_it_says_how_late_a_promise_is(client, site, story):
    story.promise(story.cast.village, due=54)
    html = text(client, story.cast.village)
    assert "Not done: 54 days late." in html
    assert "mark--overdue" in html


def test_full_delivery_without_a_verdict_is_not_called_kept(client, site, story):
    story.show(story.promise(story.cast.village))
    html = text(client, story.cast.village)
    assert "Done, not yet confirmed" in html
    assert "mark--kept" not in html


def test_peoples_words_say_their_language_and_a_reader_of_another_is_told(client, site, story):
    story.kept(story.cast.village)
    address = reverse("public:community", args=[story.cast.village.public_reference])
    html = client.get(address.replace("/en/", "/fr/")).content.decode()
    assert '<span lang="en" dir="auto">Drill one borehole</span>' in html
    assert '<span lang="en" dir="auto">The pump runs</span>' in html
    assert "Anglais" in html
    assert "own words:" not in client.get(address).content.decode()


def test_misses_stand_first(site, story):
    story.kept(story.cast.village, days=90)
    story.promise(story.cast.village, days=300, due=200, text="An old miss")
    threads = timeline.of(story.cast.village).threads
    assert [thread.commitment.public_text for thread in threads] == ["An old miss", "Drill one borehole"]


def told(community):
    """(reached, [(days ago, group)]) for each step of telling of the one thread there is."""
    (thread,) = timeline.of(community).threads
    return [(step[0].reached, [(t.date, t.group) for t in step]) for step in thread.told]


def test_people_told_of_the_answer_and_of_the_promise_at_once_were_told_once(client, site, story):
    commitment = story.kept(story.cast.village)
    story.tell(commitment.concern, days=40)
    story.tell(commitment, days=40, reached=False, how="phone")
    assert told(story.cast.village) == [(True, [(days_ago(40), "women")])]
    assert text(client, story.cast.village).count('<b class="step__what">Told</b>') == 1


def test_each_group_and_each_day_of_telling_is_a_step(site, story):
    commitment = story.kept(story.cast.village)
    story.tell(commitment, days=40, group="youth")
    story.tell(commitment.concern, days=50)
    assert told(story.cast.village) == [
        (True, [(days_ago(50), "women")]),
        (True, [(days_ago(40), "women")]),
        (True, [(days_ago(40), "youth")]),
    ]


def test_attempts_that_reached_nobody_are_said_once(client, site, story):
    commitment = story.promise(story.cast.village)
    for days, group in ((30, "women"), (20, "youth"), (10, "women")):
        story.tell(commitment, days=days, group=group, reached=False)
    tried = [(days_ago(30), "women"), (days_ago(20), "youth"), (days_ago(10), "women")]
    assert told(story.cast.village) == [(False, tried)]
    html = text(client, story.cast.village)
    assert html.count("Tried to tell") == html.count("Nobody was reached.") == 1
    story.tell(commitment, days=15)
    assert [reached for reached, _days in told(story.cast.village)] == [False, True, False]


def test_a_concern_without_a_promise_is_told_too(client, site, story):
    story.concern(story.cast.village, text="A nurse on market days")
    html = text(client, story.cast.village)
    assert "A nurse on market days" in html
    assert "No answer yet" in html


def test_a_concern_that_was_promised_an_answer_stands_once(site, story):
    story.kept(story.cast.village)
    assert len(timeline.of(story.cast.village).threads) == 1


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_an_unreviewed_meeting_is_not_told(client, site, story, state):
    story.concern(story.cast.village, text="unreviewedaskzq", state=state)
    story.promise(story.cast.village, text="unreviewedpromisezq", state=state)
    html = text(client, story.cast.village)
    assert "unreviewed" not in html


def test_a_verdict_of_an_unreviewed_meeting_does_not_count(client, site, story):
    commitment = story.promise(story.cast.village)
    story.show(commitment)
    story.verdict(commitment, state="draft")
    assert "Done, not yet confirmed" in text(client, story.cast.village)


def test_the_delay_of_a_community_holds_everything_back(client, site, story):
    commitment = story.promise(story.cast.village, days=100)
    story.show(commitment, days=10)
    Delivery.objects.create(
        type=story.cast.health, community=story.cast.village, agency=story.cast.water, date=days_ago(10)
    )
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=30)
    html = text(client, story.cast.village)
    assert "Drill one borehole" in html
    assert "The pump runs" not in html
    assert "What came to people" not in html


def test_an_answer_younger_than_the_delay_is_not_told(client, site, story):
    more = {
        "state": "cannot",
        "because": "ground",
        "answer": "The site floods each August",
        "answered_on": days_ago(10),
    }
    concern = story.concern(story.cast.village)
    type(concern).objects.filter(pk=concern.pk).update(**more)
    assert "We could not do this:" in text(client, story.cast.village)
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=30)
    html = text(client, story.cast.village)
    assert "floods" not in html
    assert "No answer yet" in html


def test_a_withdrawal_younger_than_the_delay_is_not_told(client, site, story):
    story.cancel(story.promise(story.cast.village))
    assert "floods" in text(client, story.cast.village)
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=30)
    html = text(client, story.cast.village)
    assert "floods" not in html
    assert "Withdrawn" not in html
    assert "mark--overdue" in html


def test_the_last_day_of_the_delay_is_told(client, site, story):
    story.promise(story.cast.village, days=30, due=5)
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=30)
    assert "Drill one borehole" in text(client, story.cast.village)
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=31)
    assert "Drill one borehole" not in text(client, story.cast.village)


def test_words_for_colleagues_are_never_told(client, site, story):
    story.kept(story.cast.village)
    assert PRIVATE_WORDS not in text(client, story.cast.village)


def test_a_long_story_goes_on_another_page(client, site, story, monkeypatch):
    monkeypatch.setattr(timeline, "PER_PAGE", 2)
    for days in (10, 20, 30):
        story.promise(story.cast.village, days=days, due=-5, text=f"Promise of day {days}")
    assert "Promise of day 30" not in page(client, story.cast.village).content.decode()
    assert "Promise of day 30" in page(client, story.cast.village, page=2).content.decode()


def test_its_page_asks_as_much_for_one_promise_as_for_eleven(client, site, story):
    story.kept(story.cast.village)
    page(client, story.cast.village)
    with CaptureQueriesContext(connection) as one:
        page(client, story.cast.village)
    for _more in range(10):
        story.kept(story.cast.village)
    with CaptureQueriesContext(connection) as eleven:
        page(client, story.cast.village)
    assert len(eleven) == len(one)


# --- What reaches it -----------------------------------------------------------------------------------------
@pytest.fixture
def points(cast):
    def point(code, lon, lat, **more):
        more.setdefault("country", "BJ")
        row = ServicePoint.objects.create(
            code=code,
            name=more.pop("name", code),
            type=cast.health,
            area=cast.north,
            location=Point(lon, lat, srid=4326),
            source="test",
            **more,
        )
        Observation.objects.create(point=row, date=days_ago(20), state="working", source="visit")
        return row

    return point


def test_the_nearest_point_of_a_type_is_shown_with_its_distance(site, cast, points):
    points("S-FAR", 3.3, 11.9)
    near = points("S-NEAR", 3.01, 11.9)
    (found,) = nearby.services(cast.village)
    assert found.point == near
    assert found.km == pytest.approx(1.09, abs=0.02)


def test_a_point_across_the_border_counts_where_it_is_open_to_others(site, cast, points):
    points("S-CLOSED", 3.0, 12.01, country="NE")
    assert nearby.services(cast.village) == []
    points("S-OPEN", 3.0, 12.05, country="NE", serves_across_border=True)
    assert [found.point.code for found in nearby.services(cast.village)] == ["S-OPEN"]


def test_a_district_alone_shows_services_without_a_distance(client, site, cast, points):
    points("S-NEAR", 3.21, 11.8)
    assert [found.km for found in nearby.services(cast.quiet)] == [None]
    assert "Services in the district" in text(client, cast.quiet)


@pytest.mark.parametrize("name", ["CSI de {}", "csi {}", "CSI {}-1"])
@pytest.mark.parametrize("kept", ["quiet", "hidden"])
def test_a_point_named_after_a_kept_place_is_told_by_its_kind_alone(client, site, cast, points, kept, name):
    place = getattr(cast, kept)
    place.name = "Guéné"
    place.save()
    points("S-KEPT", 3.01, 11.9, name=name.format("GUÉNÉ" if "csi" in name else "Guéné"))
    for shown in (cast.village, cast.quiet):
        html = text(client, shown).casefold()
        assert "guéné" not in html
        assert "health centre" in html


def test_a_point_named_after_a_public_place_keeps_its_name(client, site, cast, points):
    points("S-OWN", 3.01, 11.9, name="CSI de Garou")
    assert "CSI de Garou" in text(client, cast.village)


def test_a_point_nobody_looked_at_is_not_called_closed(client, site, cast, points):
    Observation.objects.filter(point=points("S-NEAR", 3.01, 11.9)).delete()
    html = text(client, cast.village)
    assert "Nobody has looked" in html
    assert "mark--unknown" in html


def test_what_nobody_has_looked_at_since_is_no_longer_said_to_work(client, site, cast, points):
    """What is out of date differs from what works in its words and in its shape."""
    seen = Observation.objects.filter(point=points("S-NEAR", 3.01, 11.9))
    fresh = text(client, cast.village)
    assert "mark--working" in fresh and "nobody has looked since" not in fresh
    seen.update(date=days_ago(cast.health.fresh_days + 1))
    stale = text(client, cast.village)
    assert f"Working on {date_format(seen.get().date, 'j F Y')}; nobody has looked since" in stale
    assert "mark--stale" in stale and "line dashed" in stale
    assert "mark--working" not in stale


def test_the_last_day_of_its_freshness_still_holds(client, site, cast, points):
    seen = Observation.objects.filter(point=points("S-NEAR", 3.01, 11.9))
    seen.update(date=days_ago(cast.health.fresh_days))
    assert "mark--working" in text(client, cast.village)


def test_a_distance_stands_beside_its_standard_and_too_far_is_said(client, site, cast, points):
    points("S-NEAR", 3.01, 11.9)
    assert "1.1 km away, the standard is 5 km" in text(client, cast.village)
    cast.health.max_km = 0.5
    cast.health.save()
    html = text(client, cast.village)
    assert "Too far: 1.1 km away, the standard is 0.5 km" in html
    assert "mark--unmet" in html


def test_a_district_alone_is_told_no_standard_and_nothing_too_far(client, site, cast, points):
    cast.health.max_km = 0.5
    cast.health.save()
    points("S-FAR", 3.21, 11.8)
    html = text(client, cast.quiet)
    assert "the standard is" not in html
    assert "Too far" not in html


def delivery(cast, **counts):
    return Delivery.objects.create(
        type=cast.health, community=cast.village, agency=cast.water, date=days_ago(9), **counts
    )


def test_few_people_reached_are_not_counted_in_public(client, site, cast):
    delivery(cast, people_reached=3)
    assert "People reached: fewer than 5" in text(client, cast.village)


def test_women_are_left_out_where_the_rest_would_give_few_men_away(client, site, cast):
    delivery(cast, people_reached=40, women_reached=38)
    html = text(client, cast.village)
    assert "People reached: 40" in html
    assert "38" not in html.split("What came to people")[1].split("</section>")[0]


def test_people_nobody_counted_are_not_zero(client, site, cast):
    delivery(cast)
    assert "People reached: not known" in text(client, cast.village)


def drive(cast, counts, state="open"):
    scheme = CardScheme.objects.create(
        code="S1",
        name="Border card",
        state=state,
        agreement="a",
        parties="b",
        scope="c",
        legal_basis="d",
        valid_from=days_ago(300),
    )
    row = CardDrive.objects.create(
        code="D1", scheme=scheme, agency=cast.police, area=cast.north, starts=days_ago(50), ends=days_ago(40)
    )
    for step, count in counts.items():
        CardCount.objects.create(
            drive=row, community=cast.village, step=step, count=count, date=days_ago(30), by=cast.registrar
        )
    return row


def test_a_step_that_would_give_few_people_away_by_subtraction_is_left_out(site, cast):
    drive(cast, {"eligible": 100, "enrolled": 98, "verified": 60, "produced": 3})
    (found,) = nearby.card_drives(cast.village)
    assert [count for _step, count, _day in found.steps] == [
        "100",
        "left out (small number)",
        "60",
        "fewer than 5",
    ]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"enrolled": 100, "verified": 90, "refused": 7}, ["100", "90", "left out (small number)"]),
        ({"enrolled": 100, "verified": 90, "refused": 10}, ["100", "90", "10"]),
        ({"enrolled": 100, "verified": 80, "refused": 10}, ["100", "80", "10"]),
        ({"produced": 60, "handed_over": 40, "expired": 18}, ["60", "40", "left out (small number)"]),
        ({"enrolled": 100, "produced": 60, "refused": 38}, ["100", "60", "left out (small number)"]),
        ({"eligible": 100, "enrolled": 80, "verified": 60, "produced": 42}, ["100", "80", "60", "42"]),
        ({"enrolled": 100, "verified": 0, "refused": 0}, ["100", "0", "0"]),
    ],
)
def test_a_step_that_would_give_few_people_away_beside_several_is_left_out(site, cast, counts, shown):
    drive(cast, counts)
    (found,) = nearby.card_drives(cast.village)
    assert [count for _step, count, _day in found.steps] == shown


def test_a_scheme_being_prepared_is_not_told(client, site, cast):
    drive(cast, {"eligible": 100}, state="draft")
    assert "Border card" not in text(client, cast.village)


# --- Projects ------------------------------------------------------------------------------------------------
@pytest.fixture
def project(cast):
    row = Project.objects.create(
        code="P1", name="Water for all", state="running", implementer=cast.water, budget=1000, currency="XOF"
    )
    row.communities.add(cast.village)
    Milestone.objects.create(project=row, name="Sites chosen", due_on=days_ago(12))
    return row


def test_a_project_has_a_page_with_its_late_steps(client, site, project):
    html = client.get(reverse("public:project", args=["P1"])).content.decode()
    assert "Water for all" in html
    assert "12 days late." in html
    assert "XOF" in html


def test_a_project_stands_on_its_communitys_page_and_in_the_list(client, site, cast, project):
    assert "Water for all" in text(client, cast.village)
    assert "Water for all" in client.get("/en/projects/").content.decode()


def test_a_project_that_is_not_public_yet_is_nowhere(client, site, cast, project):
    Project.objects.update(state="planned_internally")
    assert client.get(reverse("public:project", args=["P1"])).status_code == 404
    assert "Water for all" not in text(client, cast.village)
    assert "Water for all" not in client.get("/en/projects/").content.decode()


# --- The list ------------------------------------------------------------------------------------------------
def listed(client, **query):
    return client.get(reverse("public:communities"), query).content.decode()


def test_the_list_finds_a_public_name(client, site):
    html = listed(client, q="garou")
    assert "Garou" in html
    assert "Sori" not in html


def test_the_list_finds_by_district(client, site, cast):
    html = listed(client, district=cast.south.code)
    assert "Sori" in html
    assert "Garou" not in html


def test_an_unknown_district_is_no_error(client, site):
    assert "Garou" in listed(client, district="nothing", page="x")


def test_the_list_asks_as_much_for_one_as_for_eleven(client, site, story, cast):
    Community.objects.exclude(pk=cast.village.pk).update(status="closed")
    story.kept(cast.village)
    listed(client)
    with CaptureQueriesContext(connection) as one:
        listed(client)
    for number in range(10):
        Community.objects.create(
            code=f"X{number}", name=f"X{number}", country="BJ", area=cast.north, public_place="exact"
        )
    for row in Community.objects.public():
        story.kept(row)
    with CaptureQueriesContext(connection) as eleven:
        listed(client)
    assert len(eleven) == len(one)


def test_a_season_is_all_that_is_told_of_a_nomadic_groups_places(client, site, cast):
    Presence.objects.create(
        community=cast.nomads,
        kind="place",
        first_month=11,
        last_month=4,
        location=Point(3.777, 11.333, srid=4326),
        source="herders",
    )
    Presence.objects.create(
        community=cast.nomads, kind="area", first_month=6, last_month=9, area=cast.south, source="herders"
    )
    html = text(client, cast.nomads)
    assert "In this district from November to April." in html
    assert "June" not in html.split("</header>")[1].split("columns")[0]
    assert "3.777" not in html
