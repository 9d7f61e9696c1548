"""The steps of a promise in public: to whom it was passed and on which day, and nothing else."""

import pytest
from django.urls import reverse

from cms import outcomes
from communities.models import Community
from engagements import escalation
from engagements.models import Escalation
from tests.cast import days_ago

HEADQUARTERS, SUPERVISOR = "Passed to headquarters", "Passed to the supervisor"
pytestmark = pytest.mark.django_db


def html(client, community) -> str:
    return client.get(reverse("public:community", args=[community.public_reference])).content.decode()


@pytest.fixture
def climbed(site, story):
    """A promise that climbed ten days ago: thirty days late then."""
    promise = story.promise(story.cast.village, days=100, due=40)
    escalation.climb(on=days_ago(10))
    return promise


def test_the_story_says_to_whom_and_on_which_day(client, story, climbed):
    page = html(client, story.cast.village)
    assert HEADQUARTERS in page and SUPERVISOR in page
    assert page.count(f'datetime="{days_ago(10):%Y-%m-%d}"') == 2
    assert "30 days" not in page


def test_a_promise_that_did_not_climb_says_nothing(client, site, story):
    story.promise(story.cast.village, days=100, due=-5)
    escalation.climb()
    assert "Passed to" not in html(client, story.cast.village)


def test_the_delay_of_a_community_holds_a_step_back(client, story, climbed):
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=11)
    assert "Passed to" not in html(client, story.cast.village)
    Community.objects.filter(pk=story.cast.village.pk).update(publish_delay_days=10)
    assert HEADQUARTERS in html(client, story.cast.village)


@pytest.mark.parametrize("change", [{"public_text": ""}, {"engagement__state": "submitted"}])
def test_a_step_is_public_only_where_its_promise_is(client, story, climbed, change):
    assert Escalation.objects.all().public().count() == 2
    if "public_text" in change:
        type(climbed).objects.update(**change)
    else:
        type(climbed.engagement).objects.update(state="submitted")
    assert not Escalation.objects.all().public().exists()
    assert "Passed to" not in html(client, story.cast.village)


def test_steps_of_hidden_places_concerns_and_duties_are_never_public(client, site, story):
    story.promise(story.cast.hidden, days=100, due=40)
    concern = story.concern(story.cast.village)
    type(concern).objects.update(due_on=days_ago(50))
    escalation.climb()
    assert Escalation.objects.exclude(concern=None).exists()
    assert not Escalation.objects.all().public().exists()
    assert "Passed to" not in html(client, story.cast.village)


def test_the_outcome_page_tells_it_too(client, story, climbed):
    story.show(climbed, days=5)
    page = outcomes.draft_from(climbed, by=story.cast.editor)
    page.save_revision().publish()
    assert HEADQUARTERS in client.get(page.url).content.decode()
