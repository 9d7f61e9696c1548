"""The office's home: what waits for programme managers and registrars."""

from services import home
from services.models import Gap


def widest(user) -> list[str]:
    return [line.detail for line in home.widest_gaps(user).lines]


def test_the_widest_gaps_are_those_of_communities_that_are_still_there(cast):
    for community in (cast.village, cast.quiet, cast.far):
        Gap.objects.create(type=cast.health, community=community, state="unmet", reason="too_far")
    assert widest(cast.manager)[0].startswith("unmet for 3 of 3 communities")
    type(cast.far).objects.filter(pk=cast.far.pk).update(status="closed")
    assert widest(cast.manager)[0].startswith("unmet for 2 of 2 communities")
