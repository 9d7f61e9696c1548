"""The honest figures: their denominators, and what is not known."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from cms import countrywide, figures
from communities.changes import communities_changed
from communities.models import Community
from engagements import loop
from engagements.models import Commitment
from tests.cast import days_ago


def owed():
    return countrywide.owed(countrywide.now().longest_overdue)


def test_nothing_due_is_no_figure(client, site):
    assert countrywide.now().kept.percent is None
    html = client.get("/en/").content.decode()
    assert html.count("Nothing has fallen due yet.") == 2
    assert "0%" not in html


def test_kept_needs_full_delivery_and_the_communitys_word(cast, story):
    story.kept(cast.village)
    story.show(story.promise(cast.village))
    story.verdict(story.promise(cast.village))
    partly = story.promise(cast.village)
    story.show(partly)
    story.verdict(partly, answer=1)
    figure = countrywide.now().kept
    assert (figure.part, figure.whole, figure.percent) == (1, 4, 25)


def test_misses_count_and_what_is_still_to_come_does_not(cast, story):
    story.kept(cast.village)
    story.promise(cast.village)
    story.promise(cast.village, due=-5)
    story.promise(cast.village, days=10, due=0)
    assert (countrywide.now().kept.part, countrywide.now().kept.whole) == (1, 2)


def test_only_the_last_twelve_months_count(cast, story):
    story.promise(cast.village, days=500, due=400)
    assert countrywide.now().kept.whole == 0


def test_a_promise_withdrawn_after_its_day_is_a_miss(cast, story):
    early, late = story.promise(cast.village), story.promise(cast.village)
    for row, on in ((early, days_ago(80)), (late, days_ago(10))):
        Commitment.objects.filter(pk=row.pk).update(
            cancelled_on=on, cancel_reason="x", cancelled_by=cast.officer
        )
    assert (countrywide.now().kept.part, countrywide.now().kept.whole) == (0, 1)


def test_hidden_and_unreviewed_promises_do_not_count(cast, story):
    story.promise(cast.hidden)
    story.promise(cast.village, state="draft")
    assert countrywide.now().kept.whole == 0


def test_a_share_is_never_rounded_up_to_all(cast):
    figure = figures.Figure(299, 300, days_ago(365), days_ago(0))
    assert figure.percent == 99


def test_people_are_told_when_they_were_reached(cast, story):
    story.tell(story.promise(cast.village))
    story.tell(story.promise(cast.village), reached=False)
    story.promise(cast.village)
    story.promise(cast.village, due=-5)
    assert (countrywide.now().told.part, countrywide.now().told.whole) == (1, 3)


def test_a_telling_at_an_unreviewed_meeting_does_not_count(cast, story):
    telling = story.tell(story.promise(cast.village))
    telling.engagement = story.meeting(cast.village, 40, state="submitted")
    telling.save()
    assert (countrywide.now().told.part, countrywide.now().told.whole) == (0, 1)


def test_sealed_concerns_count_nowhere(cast, story):
    story.sealed(cast.village)
    assert countrywide.now().told.whole == 0


def test_the_longest_overdue_stands_first(cast, story):
    story.promise(cast.village, due=10, text="late")
    story.promise(cast.village, due=90, text="later")
    story.kept(cast.village)
    assert [row.public_text for row in owed()] == ["later", "late"]


def test_the_home_page_says_denominator_period_and_misses(client, site, story):
    story.kept(story.cast.village)
    story.promise(story.cast.village)
    html = client.get("/en/").content.decode()
    assert "of 2" in html
    assert "50%" in html
    since = datetime.date.today() - datetime.timedelta(days=365)
    assert f"from {since.day} {since:%B %Y}" in html


def test_the_home_page_asks_as_much_for_one_as_for_eleven(client, site, story):
    story.kept(story.cast.village)
    story.promise(story.cast.village)
    client.get("/en/")
    with CaptureQueriesContext(connection) as one:
        client.get("/en/")
    for _more in range(10):
        story.kept(story.cast.village)
        story.promise(story.cast.quiet)
    with CaptureQueriesContext(connection) as eleven:
        client.get("/en/")
    assert len(eleven) == len(one)


def test_a_community_stands_as_its_worst_promise(cast, story):
    story.kept(cast.village)
    story.kept(cast.far)
    story.promise(cast.far)
    story.promise(cast.across, due=-10)
    counts = figures.by_community([cast.village.pk, cast.far.pk, cast.across.pk])
    assert counts[cast.village.pk].state == "kept"
    assert counts[cast.far.pk].state == "overdue"
    assert counts[cast.across.pk].state == "open"


def test_every_community_stands_alike_on_its_card_and_on_the_map(cast, story):
    story.kept(cast.village)
    story.kept(cast.far)
    story.promise(cast.far)
    story.promise(cast.across, due=-10)
    places = countrywide.now().places
    on_map = {pk: countrywide.STATES[state] for pk, state in zip(places.pk, places.state, strict=True)}
    on_cards = figures.by_community(Community.objects.public())
    assert set(on_map) == {cast.village.pk, cast.far.pk, cast.across.pk}
    assert all(on_cards[pk].state == state for pk, state in on_map.items())


def test_the_least_content_group_of_the_last_meeting_decides(cast, story):
    commitment = story.kept(cast.village)
    assert countrywide.now().kept.part == 1
    meeting = commitment.verdicts.get().engagement
    commitment.verdicts.create(engagement=meeting, group="youth", answer=0, by=cast.officer)
    assert countrywide.now().kept.part == 0


def test_a_withdrawal_within_the_delay_is_not_known_yet(cast, story):
    cast.village.publish_delay_days = 30
    cast.village.save()
    commitment = story.promise(cast.village, days=300, due=100)
    assert [row.pk for row in owed()] == [commitment.pk]
    Commitment.objects.filter(pk=commitment.pk).update(
        cancelled_on=days_ago(5), cancel_reason="No money", cancelled_by=cast.supervisor
    )
    assert [row.pk for row in owed()] == [commitment.pk]
    assert figures.by_community([cast.village.pk])[cast.village.pk].owed == 1
    Commitment.objects.filter(pk=commitment.pk).update(cancelled_on=days_ago(40))
    assert owed() == []
    assert figures.by_community([cast.village.pk])[cast.village.pk].owed == 0


def test_figures_are_kept_a_while_and_forgotten_when_a_place_changes(
    client, cast, story, site, settings, django_capture_on_commit_callbacks
):
    settings.PUBLIC_FIGURES_SECONDS = 600  # the suite keeps nothing
    story.promise(cast.village)
    assert countrywide.now().legend.states["overdue"] == 1
    story.promise(cast.far)
    assert countrywide.now().legend.states["overdue"] == 1
    Community.objects.filter(pk=cast.village.pk).update(public_place="hidden")
    assert "Garou" not in client.get("/en/map.json").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        communities_changed()
    legend = countrywide.now().legend
    assert (legend.states["overdue"], sum(legend.states.values())) == (1, 2)


def test_figures_past_their_time_are_shown_once_more_while_they_are_renewed(cast, story, settings):
    settings.PUBLIC_FIGURES_SECONDS = 600
    countrywide.forget()
    story.promise(cast.village)
    first = countrywide.now()
    story.promise(cast.far)
    settings.PUBLIC_FIGURES_SECONDS = (timezone.now() - first.at).total_seconds() / 2  # twice that has passed
    assert countrywide.now().legend.states["overdue"] == 1
    assert countrywide.now().legend.states["overdue"] == 2


@pytest.mark.parametrize(("language", "none"), [("fr", "0 ligne"), ("ar", "لم يُقرأ أي صف")])
def test_nothing_is_never_called_one_in_another_language(language, none):
    """French counts nothing in the singular, so the singular holds the number."""
    with translation.override(language):
        said = ngettext("%(rows)s row was read.", "%(rows)s rows were read.", 0) % {"rows": 0}
    assert none in said


def test_moving_its_day_takes_no_miss_away(cast, story):
    commitment = story.promise(cast.village)
    assert (countrywide.now().kept.part, countrywide.now().kept.whole) == (0, 1)
    loop.revise(commitment, reason="Rain", by=cast.focal_point, due_on=days_ago(-300))
    assert (countrywide.now().kept.part, countrywide.now().kept.whole) == (0, 1)


def test_a_verdict_from_before_the_delivery_is_not_kept(cast, story):
    commitment = story.promise(cast.village)
    story.verdict(commitment, days=40)
    story.show(commitment, days=10)
    assert countrywide.now().kept.part == 0
    assert figures.by_community([cast.village.pk])[cast.village.pk].kept == 0


def test_a_concern_whose_topic_is_sealed_later_leaves_the_public_site(client, site, cast, story):
    story.concern(cast.village, text="Borehole by the mosque")
    url = reverse("public:community", args=[cast.village.public_reference])
    assert "Borehole by the mosque" in client.get(url).content.decode()
    cast.water_topic.sealed = True
    cast.water_topic.save()
    assert "Borehole by the mosque" not in client.get(url).content.decode()
