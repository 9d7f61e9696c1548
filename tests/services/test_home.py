"""The office's home: what waits for programme managers and registrars."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.models import ImportRun
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


def test_the_home_page_does_not_read_what_imports_found(cast):
    ImportRun.objects.create(what="areas", file_name="v.csv", source="x", by=cast.manager)
    with CaptureQueriesContext(connection) as queries:
        assert home.latest_imports(cast.manager).lines
    assert not any('"findings"' in query["sql"] or '"mapping"' in query["sql"] for query in queries)


def test_an_import_leads_to_its_own_page(cast):
    run = ImportRun.objects.create(what="communities", file_name="v.csv", source="survey", by=cast.manager)
    (line,) = home.latest_imports(cast.manager).lines
    assert (line.text, line.url) == ("v.csv", reverse("imports:run", args=[run.pk]))
