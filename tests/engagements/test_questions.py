"""Questions to headquarters: asked from an area, answered on a day, read by everybody in the field there."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from communities import accounts
from communities.models import User
from communities.sight import Role
from engagements import questions
from engagements.models import Commitment, Question
from engagements.models.questions import AnswerRate
from tests.cast import days_ago

from .test_escalation import concern_due, promise_due

pytestmark = pytest.mark.django_db
WORDS = "Whopaysforthefuelzq"


def asked(cast, *, ago=0, due=None, **more) -> Question:
    given = {"area": cast.north, "text": WORDS, "by": cast.officer, "on": days_ago(ago)} | more
    return questions.ask(**given, due_on=None if due is None else days_ago(due))


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def is_refused(response) -> bool:
    """The office sends who may not back to its home, with a sentence."""
    return response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")


# --- Asking --------------------------------------------------------------------------------------------------------
def test_it_is_due_in_two_weeks_unless_told(cast):
    assert asked(cast, ago=3).due_on == days_ago(-11)
    assert asked(cast, ago=3, due=-1).due_on == days_ago(-1)


@pytest.mark.parametrize("role", Role)
def test_the_field_asks_and_nobody_else(cast, role):
    if role in (Role.OFFICER, Role.SUPERVISOR):
        assert asked(cast, by=cast.users[role]).asked_by == cast.users[role]
        return
    with pytest.raises(PermissionDenied):
        asked(cast, by=cast.users[role])
    assert not Question.objects.exists()


def test_nobody_asks_from_where_they_are_not_posted(cast):
    for area in (cast.south, cast.region, cast.niger_district):
        with pytest.raises(PermissionDenied):
            asked(cast, area=area)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"text": " "}, "text"), ({"ago": -1}, "asked_on"), ({"due": 5}, "__all__")],
)
def test_what_makes_no_sense_is_refused(cast, more, field):
    with pytest.raises(ValidationError) as refusal:
        asked(cast, **more)
    assert field in refusal.value.message_dict


def test_it_may_be_about_a_concern_or_a_promise_in_sight(cast):
    concern, promise = concern_due(3, cast), promise_due(3, cast)
    assert asked(cast, concern=concern).about == concern
    assert asked(cast, commitment=promise).about == promise


def test_the_log_says_that_it_was_asked_and_no_word_of_it(cast):
    question = asked(cast)
    questions.answer(question, text=WORDS, by=cast.manager)
    lines = ModelLogEntry.objects.filter(object_id=str(question.pk), action__startswith="engagements.")
    assert {line.action for line in lines} == {"engagements.ask", "engagements.answer_question"}
    assert all(WORDS not in f"{line.label}{line.data}" for line in lines)


# --- Answering -----------------------------------------------------------------------------------------------------
def test_the_answer_is_a_dated_record(cast):
    question = asked(cast, ago=5)
    questions.answer(question, text=" The region pays. ", by=cast.manager, on=days_ago(2))
    question.refresh_from_db()
    assert (question.answer, question.answered_on, question.answered_by) == (
        "The region pays.",
        days_ago(2),
        cast.manager,
    )
    with pytest.raises(ValidationError, match="answered already"):
        questions.answer(question, text="No.", by=cast.manager)


@pytest.mark.parametrize("more", [{"text": " "}, {"on": days_ago(9)}, {"on": days_ago(-1)}])
def test_an_answer_has_words_and_a_day_between_the_question_and_today(cast, more):
    with pytest.raises(ValidationError):
        questions.answer(asked(cast, ago=5), **{"text": "Yes", "by": cast.manager} | more)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_headquarters_answer_and_nobody_else(cast, role):
    with pytest.raises(PermissionDenied):
        questions.answer(asked(cast), text="Yes", by=cast.users[role])


def test_the_database_holds_an_answer_to_its_day_and_name(cast):
    asked(cast)
    for wrong in ({"answer": "Yes"}, {"answered_on": days_ago(0)}, {"due_on": days_ago(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.update(**wrong)


# --- Sight ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role)
def test_who_reads_it(cast, role):
    asked(cast)
    seen = Question.objects.visible_to(cast.users[role]).exists()
    assert seen == (role in {Role.OFFICER, Role.SUPERVISOR, Role.MANAGER})


def test_what_is_asked_for_a_region_is_read_in_its_districts_and_not_beside_it(cast):
    chief = User.objects.create_user("chief@example.org", name="Chief")
    accounts.post(chief, Role.SUPERVISOR, by=None, areas=[cast.region])
    wide, beside = asked(cast, by=chief, area=cast.region), asked(cast, by=chief, area=cast.south)
    assert list(Question.objects.visible_to(cast.officer)) == [wide]
    assert set(Question.objects.visible_to(chief)) == {wide, beside}


# --- The rate ------------------------------------------------------------------------------------------------------
def test_the_rate_counts_what_fell_due_in_the_period_misses_included(cast):
    for due, answered in ((30, 31), (20, 12), (10, None), (1, None), (0, None), (-5, None), (90, 91)):
        question = asked(cast, ago=due + 14, due=due) if due > -14 else None
        if answered is not None:
            questions.answer(question, text="Yes", by=cast.manager, on=days_ago(answered))
    rate = Question.objects.all().answer_rate(days_ago(40), days_ago(-10))
    assert rate == AnswerRate(fell_due=4, answered=2, in_time=1)
    assert Question.objects.all().answer_rate(days_ago(30), days_ago(30)) == AnswerRate(1, 1, 1)
    assert Question.objects.visible_to(cast.liaison).answer_rate(days_ago(40), days_ago(0)) == AnswerRate(
        0, 0, 0
    )


def test_parts_of_the_rate_add_up(cast, django_assert_num_queries):
    chief = User.objects.create_user("chief@example.org", name="Chief")
    accounts.post(chief, Role.SUPERVISOR, by=None, areas=[cast.region])
    for area in (cast.north, cast.south, cast.south):
        asked(cast, by=chief, area=area, ago=20)
    period = (days_ago(30), days_ago(0))
    with django_assert_num_queries(1):
        whole = Question.objects.all().answer_rate(*period)
    parts = [Question.objects.filter(area=area).answer_rate(*period) for area in (cast.north, cast.south)]
    assert sum(part.fell_due for part in parts) == whole.fell_due == 3


# --- Screens -------------------------------------------------------------------------------------------------------
def test_the_officer_asks_in_the_office_and_headquarters_answer(cast, as_):
    client = as_(cast.officer)
    form = client.get(reverse("question:add")).context["form"]
    assert form["area"].value() == cast.north.pk
    given = {"area": cast.north.pk, "text": WORDS, "due_on": days_ago(-14).isoformat()}
    client.post(reverse("question:add"), given)
    question = Question.objects.get()
    assert (question.asked_by, question.asked_on) == (cast.officer, days_ago(0))
    page = reverse("question:inspect", args=[question.pk])
    assert is_refused(client.post(page, {"do": "answer", "answer-text": "Yes"}))
    client = as_(cast.manager)
    assert client.post(page, {"do": "answer", "answer-text": ""}).status_code == 422
    assert client.post(page, {"do": "answer", "answer-text": "The region pays."}).status_code == 302
    assert "The region pays." in as_(cast.supervisor).get(page).content.decode()


def test_the_form_refuses_an_area_the_officer_is_not_posted_to(cast, as_):
    given = {"area": cast.south.pk, "text": WORDS, "due_on": days_ago(-14).isoformat()}
    response = as_(cast.officer).post(reverse("question:add"), given)
    assert response.status_code == 200 and response.context["form"].errors["area"]
    assert not Question.objects.exists()


@pytest.mark.parametrize("due", [concern_due, promise_due])
def test_it_is_asked_on_the_page_it_is_about(cast, as_, due):
    row = due(3, cast)
    page = reverse(f"{row._meta.model_name}:inspect", args=[row.pk])
    for user in (cast.focal_point, cast.manager, cast.officer):
        response = as_(user).post(page, {"do": "ask", "ask-text": WORDS})
        assert is_refused(response) == (user != cast.officer)
    assert Question.objects.get().about == row
    assert WORDS in as_(cast.supervisor).get(page).content.decode()
    assert WORDS not in as_(cast.focal_point).get(page).content.decode()


def test_somebody_elses_question_is_not_there(cast, as_):
    question = asked(cast)
    for role, user in cast.users.items():
        status = as_(user).get(reverse("question:inspect", args=[question.pk])).status_code
        assert (status == 200) == (role in {"officer", "supervisor", "manager"}), role
    stranger = User.objects.create_user("stranger@example.org", name="Stranger")
    accounts.post(stranger, Role.OFFICER, by=None, areas=[cast.south])
    client = as_(stranger)
    assert client.get(reverse("question:inspect", args=[question.pk])).status_code == 404
    assert WORDS not in client.get(reverse("question:index")).content.decode()


def test_its_list_is_filtered_and_asks_as_much_for_one_row_as_for_eleven(cast, as_):
    questions.answer(asked(cast, ago=5), text="Yes", by=cast.manager)
    asked(cast, ago=30, text="Latezq?")
    client = as_(cast.manager)

    def shown(**query):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html = client.get(reverse("question:index_results"), query).content.decode()
        return html, len(queries)

    assert "Latezq" in shown(which="overdue")[0] and WORDS not in shown(which="overdue")[0]
    assert "Latezq" not in shown(which="answered")[0]
    assert "Latezq" in shown(area="BJ01")[0] and "Latezq" not in shown(area="NE")[0]
    few = shown()[1]
    for _row in range(9):
        asked(cast)
    assert shown()[1] == few


def test_the_home_panels_say_what_waits_and_what_was_answered(cast, as_):
    late = asked(cast, ago=20, text="Latezq?")
    home = reverse("wagtailadmin_home")
    html = as_(cast.manager).get(home).content.decode()
    assert "Latezq?" in html and "6 days late" in html
    assert "Answered by headquarters" not in as_(cast.officer).get(home).content.decode()
    questions.answer(late, text="Yes", by=cast.manager)
    html = as_(cast.officer).get(home).content.decode()
    assert "Answered by headquarters" in html and "Latezq?" in html
    assert "Every question from the field is answered." in as_(cast.manager).get(home).content.decode()
    Question.objects.update(asked_on=days_ago(40), answered_on=days_ago(15))
    assert "Answered by headquarters" not in as_(cast.officer).get(home).content.decode()


def test_a_question_stands_in_the_way_of_nothing_public(cast):
    assert not Question.objects.all().public().exists()
    assert Commitment.objects.count() == 0
