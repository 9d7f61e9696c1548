"""Digests: their parts add up, their readers see what they may, and page, PDF and workbook say the same."""

import datetime
import io

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import Phase, given, settings
from python_calamine import CalamineWorkbook

from communities.models import Area, Community
from communities.pdf import pdf
from communities.sight import Role
from engagements import digests, figures, questions
from engagements.digest_views import TEMPLATE, document
from engagements.digest_words import area_lines, count_lines, late_lines, share_lines
from engagements.figures import Population
from engagements.figures.parts import Parts
from engagements.models import Concern, Handover, Pulse
from tests.cast import CANARY_HIDDEN, CANARY_NAME, CANARY_NOTE, CANARY_PHONE, CANARY_SEALED, days_ago
from tests.cms.conftest import PRIVATE_WORDS, Story
from tests.engagements.test_figures_properties import WORLD, few, told_of

ASKED = "May we meet across the line questionzq"
ANSWERED = "Yes, with a letter answerzq"
YEAR = {"step": "year"}
# each example makes several digests: to make a failing one smaller takes minutes
fewer = settings(few, max_examples=4, phases=[Phase.explicit, Phase.generate])
KINDS = ("digests", "digests_pdf", "digests_xlsx")


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def story(cast):
    return Story(cast)


def digest(user, area=None, period=None):
    cache.clear()
    return digests.digest_of(
        Population.seen_by(user, area), period or figures.last_twelve_months(days_ago(0))
    )


def total(user, area=None):
    return digest(user, area).numbers.total


def of_area(cast, area, **more):
    """A concern that names an area alone."""
    return Concern.objects.create(
        area=area,
        topic=cast.water_topic,
        raised_by="women",
        raised_on=days_ago(50),
        due_on=days_ago(29),
        text=PRIVATE_WORDS,
        channel="hotline",
        recorded_by=cast.officer,
        **more,
    )


def ask(cast, area, days=30, answer="", after=3):
    row = questions.ask(area=area, text=ASKED, by=cast.officer, on=days_ago(days))
    if answer:
        questions.answer(row, text=answer, by=cast.manager, on=days_ago(days - after))
    return row


# --- Parts add up ----------------------------------------------------------------------------------------------
@fewer
@given(world=WORLD)
def test_the_parts_add_up_to_the_area_at_every_level(cast, world):
    with told_of(cast, world):
        for area in (cast.region, cast.niger):
            of_area(cast, area)
        ask(cast, cast.north, answer=ANSWERED)
        Handover.objects.create(category="goods", area=cast.region, agency=cast.police)
        for area in (None, cast.region):
            found = digest(cast.manager, area)
            for row in found.numbers.rows:
                if row.area:
                    assert row.parts == total(cast.manager, row.area), row.area.code
            assert_like_the_sheet(found)


def assert_like_the_sheet(found):
    """The parts together are the sheet, figure by figure."""
    sheet, whole = found.numbers.sheet, found.numbers.total
    for name in ("kept", "told", "solved", "womens_concerns", "rhythm", "female_officers"):
        one, other = getattr(sheet, name), whole.shares[name]
        assert (one.part, one.whole, one.unknown) == (other.part, other.whole, other.unknown), name
    groups = whole.shares["groups"]
    assert groups.part == sum(row.heard for row in sheet.groups)
    assert groups.unknown == sum(row.unknown for row in sheet.groups)
    assert groups.whole + groups.unknown == sum(row.whole for row in sheet.groups)
    counts = whole.counts
    assert (counts["raised"], counts["waiting"]) == (sheet.first_answer.raised, sheet.first_answer.waiting)
    assert (counts["silent"], counts["never"]) == (sheet.silence.count, sheet.silence.never)
    assert counts["commitments_overdue"] == sheet.overdue.commitments
    assert counts["answers_overdue"] == sheet.overdue.answers


@fewer
@given(world=WORLD)
def test_the_publics_parts_add_up_too(cast, world):
    with told_of(cast, world):
        for area in (None, cast.region):
            cache.clear()
            found = digests.digest_of(Population.public(area), figures.last_twelve_months(days_ago(0)))
            assert_like_the_sheet(found)
            assert not {"trust", "answered", "in_time"} & set(found.numbers.total.shares)
            assert not {"asked", "handed_over"} & set(found.numbers.total.counts)


def test_what_names_the_region_alone_has_a_row_of_its_own(cast, story):
    story.concern(cast.village)
    of_area(cast, cast.region)
    found = digest(cast.manager, cast.region)
    raised = {row.area and row.area.code: row.parts.counts["raised"] for row in found.rows}
    assert raised == {"BJ0101": 1, "BJ0102": 0, None: 1}
    assert [line.label for line in area_lines(found)][-2:] == [
        "Alibori itself, nothing smaller named",
        "Together",
    ]


def test_a_community_without_an_area_is_counted_once_for_everywhere(cast):
    Community.objects.filter(pk=cast.far.pk).update(area=None)
    found = digest(cast.manager)
    assert {row.area and row.area.code: row.parts.shares["rhythm"].whole for row in found.rows} == {
        "BJ": 4,
        "NE": 1,
        None: 1,
    }


def test_in_public_nothing_smaller_than_a_district_is_told_apart(cast, story):
    ward = Area.objects.create(code="BJ010101", name="Wardzq", level=3, parent=cast.north, country="BJ")
    Community.objects.filter(pk=cast.village.pk).update(area=ward)
    story.kept(cast.village)
    year = figures.last_twelve_months(days_ago(0))
    assert digests.digest_of(Population.public(cast.north), year).rows == []
    assert [row.area and row.area.code for row in digest(cast.manager, cast.north).rows] == ["BJ010101", None]


def test_the_period_before_stands_beside_and_what_is_owed_is_owed_today(cast, story):
    story.promise(cast.village, days=500, due=400)
    story.promise(cast.village, days=100, due=60)
    found = digest(cast.manager)
    (kept,) = [line for line in share_lines(found) if line.name == "kept"]
    assert (kept.now.whole, kept.before.whole, kept.change) == (1, 1, 0)
    counts = {line.name: (line.now, line.before) for line in count_lines(found)}
    assert counts["commitments_overdue"] == (2, None)


def test_what_came_in_is_counted_by_channel_and_topic(cast, story):
    story.concern(cast.village)
    of_area(cast, cast.north)
    Handover.objects.create(category="goods", area=cast.north, agency=cast.police)
    Handover.objects.create(category="goods", area=cast.south, agency=cast.police)
    story.sealed(cast.village)
    came_in = digest(cast.officer).came_in
    assert came_in.channels == [("meeting", 1), ("hotline", 1)]
    assert [(topic.code, count) for topic, count in came_in.topics] == [("water", 2)]
    # tips are counted by their area, and on the day they were handed over, which is today: not in the 365 days before
    assert came_in.tips == []
    assert digest(cast.officer, period=figures.month(days_ago(0))).came_in.tips == [("goods", 1)]


def test_what_is_overdue_longest_comes_first_and_ten_at_most(cast, story):
    for due in range(20, 40):
        story.promise(cast.village, days=100, due=due)
    found = digest(cast.manager)
    days = [line.days for line in late_lines(found)]
    assert (days[0], len(days)) == (39, 10)
    assert days == sorted(days, reverse=True)


def test_a_hidden_place_goes_by_its_code(cast, story):
    story.promise(cast.hidden)
    (line, *_duty) = late_lines(digest(cast.manager))
    assert line.place == "BJ-V3 · A community in Malanville"


# --- Headquarters -----------------------------------------------------------------------------------------------
def test_the_answer_rate_of_headquarters_is_a_figure(cast):
    ask(cast, cast.north, days=60, answer=ANSWERED)
    ask(cast, cast.north, days=60, answer=ANSWERED, after=20)
    ask(cast, cast.north, days=60)
    ask(cast, cast.north, days=2)  # not due yet
    found = total(cast.manager)
    answered, in_time = found.shares["answered"], found.shares["in_time"]
    assert (answered.part, answered.whole, in_time.part) == (2, 3, 1)


def test_sent_down_are_the_answers_of_the_period(cast):
    then = figures.month(days_ago(70))
    early = ask(cast, cast.north, days=(days_ago(0) - then.since).days, answer=ANSWERED, after=0)
    late = ask(cast, cast.north, days=(days_ago(0) - then.since).days, answer=ANSWERED, after=40)
    found = digest(cast.officer, period=then).asked
    assert ([row.pk for row in found.sent_down], [row.pk for row in found.others]) == ([early.pk], [late.pk])


# --- Doors ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("role", sorted(Role.values))
def test_whoever_reads_figures_reads_digests_and_nobody_else(cast, client, name, role):
    client.force_login(cast.users[role])
    reads = role in {"officer", "supervisor", "manager", "focal_point", "editor"}
    assert (client.get(reverse(name)).status_code == 200) == reads
    assert client.post(reverse(name)).status_code in (405, 302)


def test_an_officer_who_asks_for_a_foreign_area_gets_their_own(cast, story, client):
    story.promise(cast.far)
    client.force_login(cast.officer)
    response = client.get(reverse("digests"), {"area": "BJ0102", **YEAR})
    assert response.context["area"] is None
    assert "Kandi" not in response.content.decode()


def test_no_period_that_is_still_to_come(cast, client):
    client.force_login(cast.manager)
    period = client.get(reverse("digests"), {"step": "week", "on": "2189-01-01"}).context["period"]
    assert period == figures.week(datetime.date.today())


def test_questions_are_for_those_who_may_read_them(cast, client):
    ask(cast, cast.north, days=1, answer=ANSWERED, after=0)
    for user, reads in (
        (cast.officer, True),
        (cast.manager, True),
        (cast.focal_point, False),
        (cast.editor, False),
    ):
        client.force_login(user)
        for name in ("digests", "digests_xlsx"):
            response = client.get(reverse(name), {"step": "month", "on": days_ago(1).isoformat()})
            said = response.content.decode() if name == "digests" else str(sheets(response))
            assert (ASKED in said, ANSWERED in said) == (reads, reads), (user, name)


def sheets(response):
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def told(cast, story):
    """A year with something in every section."""
    story.kept(cast.village)
    story.promise(cast.hidden)
    story.concern(cast.far)
    story.sealed(cast.village)
    of_area(cast, cast.region)
    reports_text = "=HYPERLINK(1)"
    questions.ask(area=cast.north, text=reports_text, by=cast.officer, on=days_ago(20))


def test_the_workbook_holds_the_numbers_of_the_page(cast, story, client):
    told(cast, story)
    client.force_login(cast.manager)
    query = {"step": "year", "on": days_ago(60).isoformat()}
    page = client.get(reverse("digests"), query).context
    book = sheets(client.get(reverse("digests_xlsx"), query))
    assert list(book) == ["Figures", "By area", "Overdue", "Questions"]
    rows = {row[0]: row[1:] for row in book["Figures"]}
    for line in page["share_lines"]:
        part, whole, unknown, percent = rows[line.label][:4]
        assert (whole, unknown) == (line.now.whole, line.now.unknown)
        assert (part, percent) == ((line.now.part, line.now.percent) if line.now.whole else ("", "")), (
            line.name
        )
    for line in page["count_lines"]:
        assert rows[line.label][0] == line.now
    together = book["By area"][-1]
    (line, _url) = page["area_lines"][-1]
    assert together[1:] == [n for s in line.shares for n in (s.part, s.whole, s.unknown)] + line.counts
    assert [row[0] for row in book["Overdue"][1:]][: len(page["late"])] == [
        each.number for each, _u in page["late"]
    ]
    assert book["Questions"][1][3] == "'=HYPERLINK(1)"


def test_the_pdf_is_set_in_each_language(cast, story, client):
    told(cast, story)
    client.force_login(cast.manager)
    response = client.get(reverse("digests_pdf"), YEAR)
    assert response.content.startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert "digest-all-year-" in response["Content-Disposition"]
    for language in ("fr", "ar"):
        with translation.override(language):
            found = pdf(TEMPLATE, document(digest(cast.manager), asks=True))
            assert found.startswith(b"%PDF") and len(found) > 10_000, language


def test_what_people_write_is_never_markup(cast):
    ask(cast, cast.north, days=20, answer='#panic("x") *bold* $x$ \\ ] } = heading')
    assert pdf(TEMPLATE, document(digest(cast.manager), asks=True)).startswith(b"%PDF")


def test_no_name_and_no_words_of_people_stand_in_it(cast, story, client):
    told(cast, story)
    query = {"step": "year", "on": days_ago(60).isoformat()}
    canaries = (
        CANARY_NAME,
        CANARY_PHONE,
        CANARY_NOTE,
        CANARY_HIDDEN,
        CANARY_SEALED,
        PRIVATE_WORDS,
        "borehole",
    )
    for user in (cast.officer, cast.manager, cast.focal_point, cast.editor):
        client.force_login(user)
        cache.clear()
        year = figures.year(days_ago(60))
        said = [
            client.get(reverse("digests"), query).content.decode(),
            str(sheets(client.get(reverse("digests_xlsx"), query))),
            str(document(digest(user, period=year), asks=True)),  # every word of the PDF
        ]
        for canary in canaries:
            assert not [text for text in said if canary in text], (user, canary)


# --- What it costs ----------------------------------------------------------------------------------------------
def test_it_asks_as_much_for_a_region_of_twelve_districts_as_for_one(cast, story):
    def counted():
        with CaptureQueriesContext(connection) as asked:
            found = digest(cast.manager, cast.region)
        return len(asked), len([row for row in found.rows if row.area])

    story.kept(cast.village)
    counted()  # what is read once for each reader
    few_queries, few_rows = counted()
    for number in range(11):
        district = Area.objects.create(
            code=f"BJ02{number:02}", name=f"District {number}", level=2, parent=cast.region, country="BJ"
        )
        place = Community.objects.create(code=f"BJ-X{number}", name="x", country="BJ", area=district)
        story.kept(place)
    many_queries, many_rows = counted()
    assert (few_rows, many_rows) == (2, 13)
    assert many_queries == few_queries
    assert many_queries < 90


def test_parts_without_anything_are_no_row():
    assert not Parts()


# --- Trust -----------------------------------------------------------------------------------------------------
def test_who_gave_no_answer_is_not_known_and_trusts_neither_way(cast, story):
    meeting = story.meeting(cast.village, 20)
    for answer, count in (("yes", 47), ("partly", 14), ("no", 10), ("silent", 13)):
        Pulse.objects.create(engagement=meeting, answer=answer, count=count)
    share = total(cast.manager).shares["trust"]
    assert (share.part, share.whole, share.unknown, share.percent) == (47, 71, 13, 66)
