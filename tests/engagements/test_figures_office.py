"""The figures in the office: who opens them, in whose sight, for which area and period."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities import accounts
from communities.changes import communities_changed
from communities.models import User
from communities.sight import Role
from tests.cast import CANARY_HIDDEN, CANARY_NAME, CANARY_NOTE, CANARY_SEALED, days_ago
from tests.cms.conftest import PRIVATE_WORDS, Story


@pytest.fixture
def story(cast):
    return Story(cast)


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    yield


@pytest.fixture
def opened(client):
    """The context of the sheet as `user` opens it."""

    def open_(user, **query):
        client.force_login(user)
        return client.get(reverse("figures"), query)

    return open_


def whole(response):
    return response.context["sheet"].kept.whole


YEAR = {"step": "year"}


def test_each_reader_counts_what_they_may_see(cast, story, opened):
    due = {"days": 40, "due": 1}
    for community in (cast.village, cast.hidden, cast.far):
        story.promise(community, **due)
    asked = {"step": "month", "on": days_ago(1).isoformat()}
    wholes = {
        role: whole(opened(cast.users[role], **asked))
        for role in ("officer", "manager", "editor", "focal_point")
    }
    assert wholes == {"officer": 2, "manager": 3, "editor": 2, "focal_point": 3}
    assert whole(opened(cast.manager, **asked, counted="public")) == 2


def test_an_editor_has_the_publics_numbers_whatever_they_ask(cast, story, opened):
    story.promise(cast.hidden, days=40, due=1)
    response = opened(cast.editor, on=days_ago(1).isoformat(), counted="")
    assert (response.context["is_public"], whole(response)) == (True, 0)
    assert "All that you may see" not in response.content.decode()


def test_an_editor_who_runs_the_programme_has_both(cast, story, opened):
    accounts.post(cast.editor, Role.MANAGER, by=None, starts=days_ago(10))
    story.promise(cast.hidden, days=40, due=1)
    assert whole(opened(cast.editor, on=days_ago(1).isoformat())) == 1


def test_an_area_narrows_it_and_only_areas_in_sight_are_offered(cast, story, opened):
    for community in (cast.village, cast.far):
        story.promise(community, days=40, due=1)
    on = {"on": days_ago(1).isoformat()}
    assert whole(opened(cast.manager, area="BJ0101", **on)) == 1
    assert whole(opened(cast.manager, area="BJ01", **on)) == 2
    html = opened(cast.officer, **on).content.decode()
    assert "Malanville" in html
    assert "Kandi" not in html


def test_a_focal_point_chooses_among_the_areas_of_their_commitments(cast, story, opened):
    story.promise(cast.far, days=40, due=1)
    html = opened(cast.focal_point).content.decode()
    assert "Kandi" in html
    assert "Malanville" not in html


@pytest.mark.parametrize(
    "query",
    [{"on": "nonsense"}, {"step": "decade"}, {"area": "NOWHERE"}, {"on": "9999-12-31"}, {"on": "0001-01-01"}],
)
def test_what_cannot_be_read_is_this_month_everywhere(cast, opened, query):
    response = opened(cast.manager, **query)
    assert response.status_code == 200
    today = datetime.date.today()
    assert response.context["period"].since <= today < response.context["period"].until
    assert response.context["area"] is None


def test_the_way_to_the_period_before_keeps_the_choices(cast, opened):
    response = opened(cast.manager, area="BJ01", step="quarter", on="2026-05-05", counted="public")
    assert response.context["previous_url"].endswith("?area=BJ01&step=quarter&on=2026-01-01&counted=public")
    assert response.context["next_url"].endswith("on=2026-07-01&counted=public")
    assert opened(cast.manager).context["next_url"] == ""


def test_a_sheet_is_kept_a_while_and_forgotten_when_a_place_changes(
    cast, story, opened, settings, django_capture_on_commit_callbacks
):
    settings.PUBLIC_FIGURES_SECONDS = 600
    asked = {"on": days_ago(1).isoformat(), "counted": "public"}
    assert whole(opened(cast.manager, **asked)) == 0
    story.promise(cast.village, days=40, due=1)
    assert whole(opened(cast.manager, **asked)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        communities_changed()
    assert whole(opened(cast.manager, **asked)) == 1


def test_a_sheet_is_worked_out_once_for_all_who_see_the_same_and_renewed_while_they_read(
    cast, story, opened, settings
):
    settings.PUBLIC_FIGURES_SECONDS = 600
    other = User.objects.create_user("second@example.org", "!", name="Second")
    accounts.post(other, Role.MANAGER, by=None, starts=days_ago(9))
    asked = {"on": days_ago(1).isoformat()}
    assert whole(opened(cast.manager, **asked)) == 0
    story.promise(cast.village, days=40, due=1)
    assert whole(opened(other, **asked)) == 0  # what the first one's sheet said
    assert whole(opened(cast.supervisor, **asked)) == 1  # sees something else
    at = opened(other, **asked).context["sheet"].at
    settings.PUBLIC_FIGURES_SECONDS = (timezone.now() - at).total_seconds() / 2  # twice that has passed
    assert whole(opened(other, **asked)) == 0  # once more, while it is renewed
    assert whole(opened(cast.manager, **asked)) == 1


def test_communities_behind_the_figures_are_those_in_sight(cast, story, client):
    story.meeting(cast.village, 200)
    client.force_login(cast.officer)
    html = client.get(reverse("figures_communities"), {"which": "silent"}).content.decode()
    assert html.index("BJ-V2") < html.index("BJ-V1")
    assert "BJ-V4" not in html
    story.meeting(cast.village, 5)
    assert "BJ-V1" not in client.get(reverse("figures_communities"), {"which": "silent"}).content.decode()


def test_no_name_and_no_words_stand_on_the_sheet(cast, story, opened):
    story.kept(cast.village)
    story.promise(cast.hidden)
    story.sealed(cast.village)
    for user in (cast.officer, cast.manager, cast.editor):
        html = opened(user, **YEAR).content.decode()
        for canary in (CANARY_NAME, CANARY_NOTE, CANARY_HIDDEN, CANARY_SEALED, PRIVATE_WORDS, "borehole"):
            assert canary not in html


@pytest.mark.parametrize("name", ["figures", "figures_communities"])
def test_it_asks_as_much_for_one_as_for_eleven(cast, story, client, name):
    client.force_login(cast.manager)
    story.kept(cast.village)
    story.promise(cast.far)
    client.get(reverse(name), YEAR)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(name), YEAR)
    for _more in range(10):
        story.kept(cast.village)
        story.promise(cast.far)
    with CaptureQueriesContext(connection) as eleven:
        client.get(reverse(name), YEAR)
    assert len(eleven) == len(one)
