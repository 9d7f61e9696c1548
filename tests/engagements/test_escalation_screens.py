"""What the office shows of escalation: steps on pages, home panels, and what a successor goes on with."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format

from communities import accounts
from communities.models import Posting, User
from communities.sight import Role
from engagements import escalation, loop
from engagements.models import Commitment, Concern, Duty, Mandate
from tests.cast import days_ago

from .conftest import hold
from .test_escalation import concern_due, promise_due

pytestmark = pytest.mark.django_db
INHERITED = "Recorded by a colleague whose posting ended; it is yours now."


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def page_of(row):
    return reverse(f"{row._meta.model_name}:inspect", args=[row.pk])


def home(client) -> str:
    return client.get(reverse("wagtailadmin_home")).content.decode()


def panel(client, name) -> str:
    """The text of one panel of the home page; empty when there is none."""
    html = home(client)
    start = html.find(f'aria-labelledby="home-{name}"')
    return "" if start < 0 else html[start : html.index("</section>", start)]


# --- Steps -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("due", [concern_due, promise_due])
def test_a_step_is_shown_on_the_page_of_what_it_is_about(cast, as_, due):
    row = due(21, cast)
    escalation.climb()
    said = f"Climbed to headquarters on {date_format(days_ago(0))}: 21 days late"
    for user in (cast.officer, cast.supervisor, cast.focal_point, cast.manager):
        assert said in as_(user).get(page_of(row)).content.decode()
    assert "Climbed to" not in as_(cast.editor).get(page_of(row)).content.decode()


def test_a_step_is_shown_on_the_page_of_a_duty(cast, as_):
    concern = concern_due(60, cast)
    loop.answer(concern, text="We drill in May.", by=cast.focal_point, on=days_ago(50))
    escalation.climb()
    assert "Climbed to headquarters" in as_(cast.officer).get(page_of(concern.duties.get())).content.decode()


def test_what_climbed_is_on_the_home_page_of_those_it_climbed_to(cast, as_):
    concern = concern_due(9, cast)
    escalation.climb()
    assert page_of(concern) in panel(as_(cast.supervisor), "climbed")
    assert "9 days late" in panel(as_(cast.supervisor), "climbed")
    assert "Nothing that is overdue" in panel(as_(cast.manager), "climbed")
    assert not panel(as_(cast.officer), "climbed")
    Mandate.objects.update(days_to_headquarters=8)
    escalation.climb()
    assert page_of(concern) in panel(as_(cast.manager), "climbed")
    loop.answer(concern, text="We drill in May.", by=cast.focal_point)
    assert page_of(concern) not in panel(as_(cast.manager), "climbed")


def test_the_home_page_asks_as_much_for_one_row_as_for_eleven(cast, as_):
    def many(count):
        for _row in range(count):
            answered = concern_due(60, cast)
            loop.answer(answered, text="We drill in May.", by=cast.focal_point, on=days_ago(50))
            concern_due(30, cast)
            promise_due(30, cast)
        escalation.climb()

    def asked(client):
        home(client)
        with CaptureQueriesContext(connection) as queries:
            home(client)
        return len(queries)

    many(2)
    few = {role: asked(as_(cast.users[role])) for role in ("officer", "supervisor", "manager")}
    many(9)
    assert {role: asked(as_(cast.users[role])) for role in few} == few


def test_a_mandate_is_edited_with_its_days(cast, as_):
    mandate = Mandate.objects.get()
    url = reverse("mandate:edit", args=[mandate.pk])
    given = {"topic": mandate.topic_id, "area": mandate.area_id, "agency": mandate.agency_id, "days": 21}
    client = as_(cast.manager)
    refused = client.post(url, {**given, "days_to_supervisor": 9, "days_to_headquarters": 8})
    assert "Headquarters come after the supervisor" in refused.content.decode()
    client.post(url, {**given, "days_to_supervisor": 3, "days_to_headquarters": 8})
    mandate.refresh_from_db()
    assert (mandate.days_to_supervisor, mandate.days_to_headquarters) == (3, 8)
    exported = client.get(reverse("mandate:index"), {"export": "csv"})
    assert "BJ-WAT,21,3,8" in b"".join(exported.streaming_content).decode()


# --- The successor -----------------------------------------------------------------------------------------------
@pytest.fixture
def handed_over(cast):
    """A promise and an answered concern that the officer recorded, whose posting has ended since."""
    hold(cast, ago=60, asked=[("water", "women", "The pump is dry")], promised=[("We repair it", 30)])
    loop.answer(Concern.objects.get(), text="We drill in May.", by=cast.focal_point, on=days_ago(50))
    accounts.end_posting(Posting.objects.get(user=cast.officer), by=cast.administrator, on=days_ago(1))
    successor = User.objects.create_user("successor@example.org", name="Successor")
    accounts.post(successor, Role.OFFICER, by=None, areas=[cast.region])
    return successor


def test_the_successor_sees_tells_and_closes_what_the_predecessor_left(cast, as_, handed_over):
    client = as_(handed_over)
    duties = list(Duty.objects.visible_to(handed_over))
    assert len(duties) == 2
    for duty in duties:
        assert page_of(duty) in panel(client, "tell")
        assert INHERITED in client.get(page_of(duty)).content.decode()
        told = {"tell-on": days_ago(0), "tell-how": "visit", "tell-group": "women", "tell-reached": "on"}
        assert client.post(page_of(duty), {"do": "tell", **told}).status_code == 302
    assert not Duty.objects.all().open().exists()
    assert "Everybody was told what there is to tell." in panel(client, "tell")
    assert INHERITED in client.get(page_of(Commitment.objects.get())).content.decode()


def test_the_predecessor_sees_none_of_it_any_more(cast, as_, handed_over):
    former = User.objects.get(pk=cast.officer.pk)
    client = as_(former)
    assert not Duty.objects.visible_to(former).exists()
    for row in (Duty.objects.first(), Commitment.objects.get()):
        assert client.get(page_of(row)).status_code in (302, 403, 404)


def test_nobody_is_said_to_have_left_who_has_not(cast, as_, told_once):
    for user in (cast.officer, cast.supervisor):
        assert INHERITED not in as_(user).get(page_of(Commitment.objects.get())).content.decode()
    accounts.end_posting(Posting.objects.get(user=cast.officer), by=cast.administrator, on=days_ago(1))
    again = User.objects.get(pk=cast.officer.pk)
    accounts.post(again, Role.OFFICER, by=None, areas=[cast.benin])
    assert INHERITED not in as_(cast.supervisor).get(page_of(Commitment.objects.get())).content.decode()


def test_it_is_nobodys_who_does_not_meet_these_people(cast, as_, handed_over):
    for user in (cast.manager, cast.editor, cast.focal_point):
        assert INHERITED not in as_(user).get(page_of(Commitment.objects.get())).content.decode()


def test_people_to_tell_are_in_the_order_in_which_they_wait(cast, as_):
    for ago in (50, 60):
        concern = concern_due(ago, cast)
        loop.answer(concern, text="We drill in May.", by=cast.focal_point, on=days_ago(ago))
    shown = panel(as_(cast.officer), "tell")
    first, second = (shown.index(page_of(duty)) for duty in Duty.objects.order_by("due_on"))
    assert first < second
    assert "46 days late" in shown and "Garou: Water" in shown
