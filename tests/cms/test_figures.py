"""The honest figures: their denominators, and what is not known."""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms import figures
from engagements.models import Commitment, Duty
from tests.cast import days_ago


def test_nothing_due_is_no_figure(client, site):
    assert figures.kept().percent is None
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
    figure = figures.kept()
    assert (figure.part, figure.whole, figure.percent) == (1, 4, 25)


def test_misses_count_and_what_is_still_to_come_does_not(cast, story):
    story.kept(cast.village)
    story.promise(cast.village)
    story.promise(cast.village, due=-5)
    story.promise(cast.village, days=10, due=0)
    assert (figures.kept().part, figures.kept().whole) == (1, 2)


def test_only_the_last_twelve_months_count(cast, story):
    story.promise(cast.village, days=500, due=400)
    assert figures.kept().whole == 0


def test_a_promise_withdrawn_after_its_day_is_a_miss(cast, story):
    early, late = story.promise(cast.village), story.promise(cast.village)
    for row, on in ((early, days_ago(80)), (late, days_ago(10))):
        Commitment.objects.filter(pk=row.pk).update(
            cancelled_on=on, cancel_reason="x", cancelled_by=cast.officer
        )
    assert (figures.kept().part, figures.kept().whole) == (0, 1)


def test_hidden_and_unreviewed_promises_do_not_count(cast, story):
    story.promise(cast.hidden)
    story.promise(cast.village, state="draft")
    assert figures.kept().whole == 0


def test_a_share_is_never_rounded_up_to_all(cast):
    figure = figures.Figure(299, 300, days_ago(365), days_ago(0))
    assert figure.percent == 99


def test_people_are_told_when_they_were_reached(cast, story):
    story.tell(story.promise(cast.village))
    story.tell(story.promise(cast.village), reached=False)
    story.promise(cast.village)
    story.promise(cast.village, due=-5)
    assert (figures.told().part, figures.told().whole) == (1, 3)


def test_a_telling_at_an_unreviewed_meeting_does_not_count(cast, story):
    telling = story.tell(story.promise(cast.village))
    telling.engagement = story.meeting(cast.village, 40, state="submitted")
    telling.save()
    assert (figures.told().part, figures.told().whole) == (0, 1)


def test_sealed_concerns_count_nowhere(cast, story):
    Duty.objects.create(community=cast.village, concern=story.sealed(cast.village), due_on=days_ago(10))
    assert figures.told().whole == 0


def test_the_longest_overdue_stands_first(cast, story):
    story.promise(cast.village, due=10, text="late")
    story.promise(cast.village, due=90, text="later")
    story.kept(cast.village)
    assert [row.public_text for row in figures.owed()] == ["later", "late"]


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
