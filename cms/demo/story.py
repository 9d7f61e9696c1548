"""The demo told from the beginning: the land, the people, what happened, and what the public reads of it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone, translation

from cms.setup import make_site
from communities.models import User
from engagements import reference as topics
from services import gaps
from services import reference as services

from . import desk, golden, history, label, meetings, outcomes, people, phones, provision, world

# How many meetings: in each of the officer's own communities, and how many elsewhere in each country.
OWN = [6, 4, 5, 4, 3, 6, 5]
ELSEWHERE = {
    "BJ": [3, 2, 2, 3, 1, 2, 1, 2],
    "NE": [3, 2, 4, 3, 1, 2, 1, 2, 2],
    "NG": [2, 3, 1, 2, 1, 3, 2],
    "BF": [2, 2, 3, 1, 3],
    "TG": [3, 2, 1, 2, 3],
}
TOLD_BY_HAND = {"BJ-V001", "BJ-V002", "BJ-V003", "BJ-V005", "BJ-N001"}


def is_told() -> bool:
    """Whether the demo is in this database: its users are."""
    return User.objects.filter(email__in=people.logins().values()).exists()


@transaction.atomic
def tell() -> bool:
    """Loads the whole demo, or nothing of it. Returns False, and changes nothing, when it is there already."""
    if is_told():
        return False
    with translation.override("en"):
        _tell()
    return True


def _tell() -> None:
    topics.load()
    services.load()
    make_site()
    label.label()
    land = world.load()
    today = timezone.localdate()
    stage = meetings.Stage(land, people.load(land, today), today)
    history.written(land.written, by=stage.people.by_role["manager"])
    by_hand = golden.tell(stage)
    meetings.tell(stage, meetings=_visited(stage))
    phones.tell(stage)
    desk.tell(stage)
    provision.tell(stage)
    for service_type in land.types.values():
        gaps.recompute(service_type)
    history.as_it_came()
    outcomes.publish(by_hand, by=stage.people.by_role["editor"])


def _visited(stage: meetings.Stage) -> dict[str, int]:
    """Which communities were met, and how often; the others were never met, and that shows."""
    settled = [
        c
        for c in stage.world.communities.values()
        if c.code not in TOLD_BY_HAND and c.area and c.area.level == 2
    ]
    own = [c for c in settled if c.area and c.area.code in people.OFFICER_AREAS]
    counts = {c.code: OWN[place % len(OWN)] for place, c in enumerate(own)}
    for country, each in ELSEWHERE.items():
        others = [c for c in settled if c.country == country and c not in own]
        chosen = stage.rng.sample(others, len(each))
        counts.update((c.code, count) for c, count in zip(chosen, each, strict=True))
    return counts
