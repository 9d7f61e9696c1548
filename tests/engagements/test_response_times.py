"""How soon agencies answer, by mandate: what is counted, for whom, and how the median is taken."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.sight import Role
from engagements import loop, response_times
from engagements.models import Concern, Mandate, Topic
from tests.cast import days_ago

TIMES = "/office/mandates/times/"


def ask(cast, ago, answered=None, *, community=None, area=None, topic=None, give=None, because=""):
    """Asked `ago` days ago and answered so many days ago, if at all."""
    place = {"area": area} if area else {"community": community or cast.village}
    row = loop.raise_concern(
        topic=topic or cast.water_topic,
        raised_by="person",
        text="Dry",
        raised_on=days_ago(ago),
        channel="web",
        by=None,
        **place,
    )
    if give:
        loop.assign(row, agency=give, by=cast.supervisor)
    if answered is not None:
        loop.answer(row, text="Done.", on=days_ago(answered), because=because, by=cast.supervisor)
    return row


def times_of(mandate, user):
    return next(
        row for row in response_times.times(response_times.mandates(user), user) if row.mandate == mandate
    )


@pytest.fixture
def mandate(cast):
    return Mandate.objects.get()


def test_it_counts_in_time_late_waiting_and_late_now(cast, mandate):
    ask(cast, 60, 50, give=cast.water)
    ask(cast, 60, 10, give=cast.water)
    ask(cast, 60, 55, give=cast.water, because="money")
    ask(cast, 5)
    ask(cast, 40, area=cast.north)
    row = times_of(mandate, cast.supervisor)
    assert dict(row.counts) == {"in_time": 2, "late": 1, "waiting": 1, "late_now": 1}
    assert (row.total, row.median_days) == (5, 50)


def test_it_has_no_median_yet_where_that_is_among_what_waits(cast, mandate):
    ask(cast, 60, 50, give=cast.water)
    assert times_of(mandate, cast.supervisor).median_days == 10
    ask(cast, 40)
    assert times_of(mandate, cast.supervisor).median_days is None


def test_it_counts_nothing_as_nothing(cast, mandate):
    row = times_of(mandate, cast.supervisor)
    assert (row.total, row.median_days) == (0, None)


def test_the_nearest_mandate_governs(cast, mandate):
    near = Mandate.objects.create(topic=cast.water_topic, area=cast.north, agency=cast.police, days=7)
    ask(cast, 5)
    ask(cast, 5, community=cast.far)
    assert times_of(near, cast.manager).total == 1
    assert times_of(mandate, cast.manager).total == 1


def test_where_agencies_overlap_each_has_what_it_was_given_and_both_what_nobody_was(cast, mandate):
    other = Mandate.objects.create(topic=cast.water_topic, area=cast.region, agency=cast.police, days=7)
    ask(cast, 5)
    ask(cast, 5, give=cast.police)
    assert times_of(mandate, cast.manager).total == 1
    assert times_of(other, cast.manager).total == 2


def test_it_leaves_out_repeats_other_topics_other_agencies_and_what_is_older(cast, mandate):
    living, repeat = ask(cast, 5), ask(cast, 5)
    loop.join(repeat, into=living, by=cast.supervisor)
    ask(cast, 5, topic=Topic.objects.create(code="school", name="School"))
    ask(cast, 5, give=cast.niger_police)
    ask(cast, 366)
    assert times_of(mandate, cast.manager).total == 1


def test_each_counts_what_they_may_see(cast, mandate):
    ask(cast, 5)
    ask(cast, 5, give=cast.water)
    ask(cast, 5, community=cast.far)
    assert times_of(mandate, cast.supervisor).total == 2
    assert times_of(mandate, cast.manager).total == 3
    assert times_of(mandate, cast.focal_point).total == 1


def test_an_agency_reads_of_its_own_mandates_alone_and_a_supervisor_of_those_that_reach_their_areas(
    cast, mandate
):
    other = Mandate.objects.create(topic=cast.water_topic, area=cast.south, agency=cast.police, days=7)
    assert list(response_times.mandates(cast.focal_point)) == [mandate]
    assert list(response_times.mandates(cast.supervisor)) == [mandate]
    assert set(response_times.mandates(cast.manager)) == {mandate, other}


@pytest.mark.parametrize("role", sorted(Role.values))
def test_it_opens_to_supervisors_managers_and_agencies(cast, client, role):
    ask(cast, 40)
    client.force_login(cast.users[role])
    response = client.get(TIMES)
    opens = role in {"supervisor", "manager", "focal_point"}
    assert (response.status_code == 200) == opens
    if opens:
        assert "Water Directorate, within 21 days" in response.content.decode()


def test_it_is_read_alone(cast, client):
    client.force_login(cast.supervisor)
    assert client.post(TIMES).status_code == 405


def test_it_asks_as_often_for_eleven_mandates_as_for_one(cast, client):
    client.force_login(cast.supervisor)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(TIMES)
        return len(queries)

    ask(cast, 5)
    asked()
    one = asked()
    for n in range(10):
        topic = Topic.objects.create(code=f"t{n}", name=f"Topic {n}")
        Mandate.objects.create(topic=topic, area=cast.north, agency=cast.police, days=7)
        ask(cast, 40 + n, topic=topic)
    assert Concern.objects.count() == 11
    assert asked() == one


def test_each_number_says_its_column_for_screens_where_rows_stack(cast, client):
    ask(cast, 5)
    client.force_login(cast.supervisor)
    html = client.get(TIMES).content.decode()
    head = re.findall(r'<th scope="col" class="number">(.*?)</th>', html)
    assert re.findall(r'<td class="number" data-label="([^"]+)"', html)[: len(head)] == head
