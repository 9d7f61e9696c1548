"""What officers and agencies write for the public is read before it is taken: no verb lets through what must
stay inside, and the screen says which words to take out."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from engagements import loop, wording
from engagements.models import Commitment, Concern, Engagement
from tests.cast import CANARY_HIDDEN, CANARY_NAME, days_ago
from tests.engagements.conftest import hold
from tests.engagements.test_office_screens import screen

pytestmark = pytest.mark.django_db
NOT_FIT = ["Call +229 97 12 34 56", f"Ask {CANARY_NAME}", f"As in {CANARY_HIDDEN}", "Write to x@example.org"]


@pytest.fixture
def promised(cast) -> Commitment:
    hold(cast, ago=60, asked=[("water", "women", "The pump is dry")], promised=[("We repair it", 30)])
    return Commitment.objects.get()


@pytest.mark.parametrize("words", NOT_FIT)
def test_no_verb_takes_words_that_must_stay_inside(cast, promised, words):
    day = days_ago(5)
    asked = {"community": cast.village, "topic": cast.water_topic, "raised_by": "women", "text": "Water"}
    made = {"community": cast.village, "words": "We drill", "agency": cast.water, "promised_on": day}
    shown = {"kind": "visit", "on": day, "shows": 3, "by": cast.focal_point}
    for verb in (
        lambda: loop.raise_concern(**asked, raised_on=day, by=cast.officer, public_text=words),
        lambda: loop.promise(**made, due_on=day, by=cast.officer, public_text=words),
        lambda: loop.answer(promised.concern, text=words, by=cast.focal_point),
        lambda: loop.show(promised, **shown, public_note=words),
        lambda: loop.cancel(promised, reason=words, by=cast.supervisor),
        lambda: wording.reword(promised, words={"public_text": words}, by=cast.supervisor),
    ):
        with pytest.raises(ValidationError, match="Take it out"), transaction.atomic():
            verb()
    assert (Concern.objects.count(), Commitment.objects.count()) == (1, 1)
    assert not promised.evidence.exists()


def test_the_officer_reads_which_words_to_take_out_and_loses_nothing(cast, client):
    client.force_login(cast.officer)
    url = reverse("engagement:log_for", args=[cast.village.pk])
    answer = client.post(url, screen(cast, **{"concerns-0-public_text": "Call 97 12 34 56"}))
    html = answer.content.decode()
    assert "This text holds a phone number. Take it out" in html
    assert "We repair it by May" in html
    assert not Engagement.objects.exists()
