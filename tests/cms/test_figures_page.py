"""The public page of figures: denominators, periods, and what must not be on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.charts import Bar, Chart
from engagements import figures
from engagements.models import Pulse
from tests.cast import CANARY_HIDDEN, CANARY_NAME, CANARY_NOTE, CANARY_SEALED, days_ago

from .conftest import PRIVATE_WORDS

PAGE = "/en/figures/"


def test_each_figure_says_its_whole_and_misses_first(client, site, story):
    story.kept(story.cast.village)
    story.promise(story.cast.village)
    html = client.get(PAGE).content.decode()
    assert "Over all commitments whose day, as first promised, passed in this period." in html
    assert "50%" in html
    assert html.index("What is owed today") < html.index("Commitments kept")
    assert html.index("Not done, or done in part") < html.index(">Kept<")


def test_nothing_to_count_is_no_figure(client, site):
    html = client.get(PAGE).content.decode()
    assert "Nothing to count in this period." in html
    assert "No reviewed meeting asked." in html
    assert "100%" not in html


@pytest.mark.parametrize("name", ["quarter", "last-quarter", "year", "last-year"])
def test_the_periods_that_are_offered_open(client, site, name):
    assert client.get(PAGE, {"period": name}).status_code == 200


def test_no_other_period_opens(client, site):
    assert client.get(PAGE, {"period": "1987"}).status_code == 404


def test_only_reading_is_answered(client, site):
    assert client.post(PAGE).status_code == 405


def test_no_name_text_or_place_stands_on_it(client, site, cast, story):
    story.kept(cast.village, text="Canarypromisezq")
    story.kept(cast.hidden)
    story.kept(cast.quiet)
    story.sealed(cast.village)
    for language in ("en", "fr", "ar"):
        html = client.get(f"/{language}/figures/").content.decode()
        for canary in (
            CANARY_NAME,
            CANARY_NOTE,
            CANARY_HIDDEN,
            CANARY_SEALED,
            PRIVATE_WORDS,
            "Canarypromisezq",
            "Quietvillagezq",
            "Garou",
            "BJ-V1",
            "borehole",
        ):
            assert canary not in html


def test_it_says_that_only_what_has_words_for_the_public_is_counted(client, site, cast, story):
    story.concern(cast.village)
    html = client.get(PAGE).content.decode()
    assert "that have words for the public" in html
    assert html.count("Only what has words for the public is counted.") == 2  # solved, and what women asked


@pytest.mark.parametrize(
    ("worded", "bare", "said"), [(6, 0, 6), (1, 5, 6), (6, 3, None), (3, 0, None), (0, 5, 5)]
)
def test_how_many_were_asked_in_all_is_told_unless_a_small_number_could_be_found(
    client, site, cast, story, worded, bare, said
):
    for text in ["Dry"] * worded + [""] * bare:
        story.concern(cast.village, text=text)
    story.concern(cast.hidden)
    story.concern(cast.village, state="submitted")
    story.sealed(cast.village)
    answer = client.get(PAGE)
    assert answer.context["sheet"].first_answer.raised == worded
    assert answer.context["sheet"].asked_in_all == said
    assert (f"In all, {said} concerns were raised" in answer.content.decode()) == (said is not None)


def test_within_an_area_nothing_is_told_of_what_has_no_words(cast, story):
    for _each in range(9):
        story.concern(cast.village, text="")
    year = figures.last_twelve_months(days_ago(0))
    assert figures.sheet_of(figures.Population.public(), year).asked_in_all == 9
    assert figures.sheet_of(figures.Population.public(cast.region), year).asked_in_all is None


def test_a_small_number_of_people_is_not_told(client, site, cast, story):
    meeting = story.meeting(cast.village, 3)
    for answer, count in (("yes", 41), ("no", 3), ("partly", 17)):
        Pulse.objects.create(engagement=meeting, answer=answer, count=count)
    html = client.get(PAGE).content.decode()
    assert "<strong>41</strong>" in html
    assert "<strong>3</strong>" not in html
    assert "<strong>17</strong>" not in html


def test_it_asks_as_much_for_one_as_for_eleven(client, site, cast, story):
    story.kept(cast.village)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for _more in range(10):
        story.kept(cast.village)
    with CaptureQueriesContext(connection) as eleven:
        client.get(PAGE)
    assert len(eleven) == len(one)


def test_it_is_kept_a_while(client, site, cast, story, settings):
    settings.PUBLIC_FIGURES_SECONDS = 600
    client.get(PAGE)
    story.kept(cast.village)
    assert client.get(PAGE).context["sheet"].kept.whole == 0


def test_a_chart_has_a_table_that_says_the_same():
    chart = Chart("x", "Caption", "Row", ["a", "b"], [Bar("one", [3, None]), Bar("two", [0, 6])])
    assert [[(piece.x, piece.width) for piece in row.segments] for row in chart.rows] == [
        [(0, 150)],
        [(0, 300)],
    ]
    assert [[number for _name, number, _n in row.numbers] for row in chart.rows] == [["3", "–"], ["0", "6"]]
    assert Chart("x", "Caption", "Row", ["a"], []).rows == []
