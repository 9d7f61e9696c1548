"""The public site over the cast, with one told story and what must never be told."""

import datetime

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from cms.setup import make_site
from communities import accounts
from communities.models import User
from communities.sight import Role
from engagements import sealed
from engagements.models import Commitment, Concern, Duty, Engagement, Evidence, Telling, Verdict
from tests.cast import CANARY_SEALED, PASSWORD, days_ago
from tests.scenes import Scene

PRIVATE_WORDS = "canarywordszq"


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session")
def made_site(assembled, django_db_blocker) -> Scene:
    """The public site over the cast, as it was made for the first test of this worker."""
    with django_db_blocker.unblock(), transaction.atomic():
        assembled.lay()
        site = Scene(make_site)
        transaction.set_rollback(True)
    return site


@pytest.fixture
def site(cast, made_site):
    """The public site, made as `manage.py make_site` makes it."""
    return made_site.lay()


class Story:
    """Writes rows as the loop's verbs leave them, with any day and state that a test needs."""

    def __init__(self, cast):
        self.cast = cast

    def meeting(self, community, days, state="reviewed"):
        reviewed = state == "reviewed"
        return Engagement.objects.create(
            community=community,
            kind="policing",
            date=days_ago(days),
            author=self.cast.officer,
            state=state,
            summary=PRIVATE_WORDS,
            return_reason="x" if state == "returned" else "",
            reviewer=self.cast.supervisor if reviewed else None,
            reviewed_at=timezone.now() if reviewed else None,
        )

    def concern(self, community, days=100, text="A borehole near the school", state="reviewed", **more):
        more.setdefault("topic", self.cast.water_topic)
        return Concern.objects.create(
            community=community,
            engagement=self.meeting(community, days, state),
            raised_by="women",
            raised_on=days_ago(days),
            due_on=days_ago(days - 21),
            text=PRIVATE_WORDS,
            public_text=text,
            recorded_by=self.cast.officer,
            **more,
        )

    def promise(self, community, days=100, due=60, text="Drill one borehole", state="reviewed", concern=None):
        """Promised `days` ago, due `due` days ago (negative: still to come)."""
        commitment = Commitment.objects.create(
            community=community,
            engagement=self.meeting(community, days, state),
            concern=concern,
            words=PRIVATE_WORDS,
            public_text=text,
            agency=self.cast.water,
            promised_on=days_ago(days),
            due_on=days_ago(due),
            recorded_by=self.cast.officer,
        )
        Duty.objects.create(
            community=community, commitment=commitment, due_on=days_ago(due) + datetime.timedelta(days=14)
        )
        return commitment

    def show(self, commitment, days=70, shows=3, note="The pump runs"):
        return Evidence.objects.create(
            commitment=commitment,
            kind="visit",
            date=days_ago(days),
            shows=shows,
            note=PRIVATE_WORDS,
            public_note=note,
            by=self.cast.focal_point,
        )

    def verdict(self, commitment, days=40, answer=2, state="reviewed", group="women"):
        return Verdict.objects.create(
            commitment=commitment,
            engagement=self.meeting(commitment.community, days, state),
            group=group,
            answer=answer,
            note=PRIVATE_WORDS,
            by=self.cast.officer,
        )

    def cancel(self, commitment, days=10, reason="The site floods each August"):
        commitment.cancelled_on, commitment.cancel_reason = days_ago(days), reason
        commitment.cancelled_by = self.cast.supervisor
        commitment.save()

    def tell(self, about, days=40, reached=True, group="women", how="meeting"):
        duty, _made = Duty.objects.get_or_create(
            defaults={"due_on": about.due_on},
            community=about.community,
            **{about._meta.model_name: about},
        )
        return Telling.objects.create(
            duty=duty,
            date=days_ago(days),
            how=how,
            group=group,
            reached=reached,
            what=PRIVATE_WORDS,
            by=self.cast.officer,
        )

    def kept(self, community, **more):
        """A whole story: asked, promised, done, confirmed, told."""
        commitment = self.promise(community, concern=self.concern(community), **more)
        self.show(commitment)
        self.verdict(commitment)
        self.tell(commitment)
        return commitment

    def sealed(self, community):
        return sealed.receive(
            community=community,
            topic=self.cast.sealed_topic,
            raised_by="youth",
            raised_on=days_ago(50),
            channel="hotline",
            text=CANARY_SEALED,
        )


@pytest.fixture
def story(cast):
    return Story(cast)


@pytest.fixture
def second(cast):
    user = User.objects.create_user("second@example.org", PASSWORD, name="Second editor")
    accounts.post(user, Role.EDITOR, by=None, starts=days_ago(400))
    return user
