"""Ready to publish: what waits, in which order, and how it is found."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import outcomes, waiting
from tests.cast import days_ago


def waits(cast, words=""):
    return [
        news.commitment.public_text for news in waiting.rows(waiting.keys(cast.editor, words), cast.editor)
    ]


def screen(client, cast, **query):
    client.force_login(cast.editor)
    return client.get(reverse("cms:ready"), query)


def test_a_promise_that_is_neither_due_nor_answered_does_not_wait(site, story, cast):
    story.promise(cast.village, days=5, due=-20)
    assert waits(cast) == []


def test_a_promise_that_was_only_begun_waits_from_the_day_it_is_overdue(site, story, cast):
    for due, text in ((-20, "Begun, not due"), (5, "Begun, overdue")):
        story.show(story.promise(cast.village, due=due, text=text), days=30, shows=1)
    story.show(story.promise(cast.village, due=-20, text="Half done"), days=40, shows=2)
    assert waits(cast) == ["Half done", "Begun, overdue"]


def test_what_was_seen_or_answered_last_stands_first_then_what_fell_overdue_last(site, story, cast):
    story.promise(cast.village, due=3, text="Overdue lately")
    story.promise(cast.village, due=50, text="Overdue for long")
    story.show(story.promise(cast.village, due=-9, text="Shown"), days=30)
    kept = story.promise(cast.village, due=70, text="Kept")
    story.show(kept, days=75)
    story.verdict(kept, days=20)
    assert waits(cast) == ["Kept", "Shown", "Overdue lately", "Overdue for long"]
    assert [day for _pk, day in waiting.keys(cast.editor)] == [days_ago(n) for n in (20, 30, 3, 50)]


def test_a_promise_with_several_news_stands_once_at_the_latest(site, story, cast):
    commitment = story.promise(cast.village)
    for days in (70, 40, 55):
        story.show(commitment, days=days)
    story.verdict(commitment, days=45, group="youth")
    assert waiting.keys(cast.editor) == [(commitment.pk, days_ago(40))]


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_an_answer_at_an_unreviewed_meeting_is_no_news(site, story, cast, state):
    story.verdict(story.promise(cast.village, due=-9), state=state)
    assert waits(cast) == []


def test_what_is_younger_than_the_delay_is_no_news(site, story, cast):
    cast.village.publish_delay_days = 60
    cast.village.save()
    commitment = story.promise(cast.village, due=-9)
    story.show(commitment, days=59)
    story.verdict(commitment, days=59)
    assert waits(cast) == []
    story.show(commitment, days=60)
    assert waits(cast) == ["Drill one borehole"]


def test_evidence_that_shows_nothing_or_is_disputed_is_no_news(site, story, cast):
    commitment = story.promise(cast.village, due=-9)
    story.show(commitment, shows=0)
    commitment.evidence.update(disputed=True)
    story.show(commitment, shows=0)
    assert waits(cast) == []


def test_what_may_not_be_public_does_not_wait(site, story, cast):
    story.kept(cast.hidden)
    story.kept(cast.village, text="")
    story.promise(cast.village, state="submitted")
    assert waits(cast) == []


def test_a_drafted_promise_waits_no_more_until_its_page_is_withdrawn(site, story, cast):
    page = outcomes.draft_from(story.kept(cast.village), by=cast.editor)
    assert waits(cast) == []
    outcomes.withdraw(page, by=cast.editor, reason="x")
    assert waits(cast) == ["Drill one borehole"]


@pytest.mark.parametrize("words", ["garou", "water direct", "borehole"])
def test_it_is_found_by_community_agency_and_promise(site, story, cast, words):
    story.kept(cast.village)
    story.promise(cast.across, text="Open the gate at noon")
    type(cast.across).objects.filter(pk=cast.across.pk).update(name="Elsewhere")
    story.cast.water.commitments.filter(community=cast.across).update(agency=cast.police)
    assert waits(cast, words) == ["Drill one borehole"]


def test_a_place_that_is_public_by_its_district_is_found_by_its_district_alone(site, story, cast):
    story.kept(cast.quiet)
    assert waits(cast, "Quietvillagezq") == []
    assert waits(cast, "malanville") == ["Drill one borehole"]


def test_a_search_finds_what_is_older_than_the_list_shows(site, story, cast, monkeypatch):
    monkeypatch.setattr(waiting, "MOST", 1)
    story.promise(cast.village, days=300, due=200, text="Mend the road")
    story.promise(cast.village, due=50)
    assert waits(cast) == ["Drill one borehole"]
    assert waits(cast, "road") == ["Mend the road"]


def test_the_screen_says_the_order_and_keeps_the_search_while_paging(client, site, story, cast, monkeypatch):
    monkeypatch.setattr("cms.office_views.PER_PAGE", 2)
    for days in (20, 30, 40):
        story.promise(cast.village, due=days, text=f"Road {days}")
    story.promise(cast.village, due=10, text="Well")
    first = screen(client, cast, q="road").content.decode()
    assert "stands first" in first
    assert "Latest news" in first
    assert first.index("Road 20") < first.index("Road 30")
    assert "Road 40" not in first and "Well" not in first
    assert "?p=2&amp;q=road" in first
    assert "Road 40" in screen(client, cast, q="road", p=2).content.decode()


def test_words_that_nothing_holds_are_answered(client, site, story, cast):
    story.kept(cast.village)
    assert "Nothing that waits holds these words." in screen(client, cast, q="zeppelin").content.decode()


@pytest.mark.parametrize("query", [{}, {"q": "borehole"}])
def test_the_screen_asks_as_much_for_one_as_for_eleven(client, site, story, cast, query):
    story.kept(cast.village)
    screen(client, cast, **query)
    with CaptureQueriesContext(connection) as one:
        screen(client, cast, **query)
    for _more in range(10):
        story.kept(cast.far)
    with CaptureQueriesContext(connection) as eleven:
        screen(client, cast, **query)
    assert len(eleven) == len(one)


def test_the_newest_are_read_along_an_index(site, story, cast):
    """Neither list may sort a whole table: it is read as far as it is shown."""
    with CaptureQueriesContext(connection) as asked:
        waiting.keys(cast.editor)
    if connection.vendor != "sqlite":
        pytest.skip("a plan of PostgreSQL depends on its statistics")
    evidence, overdue = (next(q["sql"] for q in asked if f'FROM "{table}"' in q["sql"].split("WHERE")[0])
                         for table in ("engagements_evidence", "engagements_commitment"))  # fmt: skip
    for sql in (evidence, overdue):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(row[-1] for row in cursor.fetchall())
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan
