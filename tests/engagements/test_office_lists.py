"""The lists of meetings, concerns, commitments and duties: days, words, filters and maps, as each reader has them."""

import re

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from engagements import loop
from engagements.models import Commitment, Concern, Duty
from engagements.models.commitments import Shown
from tests.cast import days_ago

from .conftest import hold

LISTED = ("concern", "commitment", "duty")


@pytest.fixture
def as_(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def rows_of(client, kind, **query):
    """The text of the list's rows, without tags."""
    response = client.get(reverse(f"{kind}:index_results"), query)
    assert response.status_code == 200
    body = "".join(re.findall(r"<tbody>.*?</tbody>", response.content.decode(), flags=re.DOTALL))
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


# --- Days ------------------------------------------------------------------------------------------------------
def due_on(day):
    for model in (Concern, Duty):
        model.objects.update(due_on=day)
    Commitment.objects.update(due_on=day, promised_on=days_ago(60))


@pytest.mark.parametrize(
    ("ago", "stands"), [(8, "▲ 8 days late"), (1, "▲ 1 day late"), (0, "today"), (-12, "in 12 days")]
)
@pytest.mark.parametrize("kind", LISTED)
def test_a_due_day_is_a_day_and_says_how_it_stands(cast, as_, told_once, kind, ago, stands):
    due_on(days_ago(ago))
    rows = rows_of(as_(cast.supervisor), kind)
    assert f"{date_format(days_ago(ago))} {stands}" in rows
    assert "Just now" not in rows


def settle(cast):
    concern, promise = Concern.objects.get(), Commitment.objects.get()
    loop.answer(concern, text="We drill in May.", by=cast.focal_point)
    loop.show(promise, kind="visit", on=days_ago(2), shows=Shown.FULL, by=cast.focal_point)
    for duty in Duty.objects.all():
        loop.tell(duty, on=days_ago(0), how="visit", group="women", reached=True, by=cast.officer)


@pytest.mark.parametrize("kind", LISTED)
def test_what_is_settled_is_not_late_any_more(cast, as_, told_once, kind):
    settle(cast)
    due_on(days_ago(8))
    rows = rows_of(as_(cast.supervisor), kind)
    assert date_format(days_ago(8)) in rows
    assert "late" not in rows


def test_a_withdrawn_promise_is_not_late(cast, as_, told_once):
    loop.cancel(Commitment.objects.get(), reason="No money", by=cast.supervisor)
    assert "late" not in rows_of(as_(cast.supervisor), "commitment")
