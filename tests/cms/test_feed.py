"""The feed of outcomes, and what withdrawing a page clears everywhere."""

from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils.translation import override

from cms import countrywide, outcomes
from cms.models import OutcomePage
from communities.models import Community
from tests.cast import CANARY_HIDDEN, CANARY_NAME, CANARY_NOTE, CANARY_PHONE, CANARY_SEALED

from .conftest import PRIVATE_WORDS

ATOM = "{http://www.w3.org/2005/Atom}"


def published(commitment, cast, by=None, **words):
    page = outcomes.draft_from(commitment, by=cast.editor)
    for name, text in words.items():
        setattr(page, name, text)
    page.save_revision(user=cast.editor).publish(user=by or cast.editor)
    page.refresh_from_db()
    return page


@pytest.fixture
def page(site, story, cast):
    return published(story.kept(cast.village), cast)


def feed(client, language="en"):
    answer = client.get(f"/{language}/outcomes/feed/")
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)


def titles(client, language="en"):
    return [row.findtext(f"{ATOM}title") for row in feed(client, language).findall(f"{ATOM}entry")]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_each_language_has_its_feed(client, page, language):
    root = feed(client, language)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href").endswith(page.url.replace("/en/", f"/{language}/"))
    assert entry.findtext(f"{ATOM}updated")
    assert "The pump runs" in entry.findtext(f"{ATOM}summary")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_public_page_leads_to_it(client, page, language):
    with override(language):
        address = reverse("public:outcomes_feed")
    assert f'type="application/atom+xml" title="' in client.get(f"/{language}/").content.decode()  # noqa: F541
    assert f'href="{address}"' in client.get(f"/{language}/outcomes/").content.decode()


def test_it_holds_nothing_that_must_stay_inside(client, page, story, cast):
    story.sealed(cast.village)
    published(story.kept(cast.quiet, text="Drill one well"), cast)
    text = client.get("/en/outcomes/feed/").content.decode()
    assert "A community in Malanville" in text
    for inside in (CANARY_NAME, CANARY_PHONE, CANARY_NOTE, CANARY_HIDDEN, CANARY_SEALED, PRIVATE_WORDS,
                   "Quietvillagezq", "Nomadgroupzq", cast.quiet.code, cast.village.code):  # fmt: skip
        assert inside not in text, inside


def test_a_draft_a_hidden_place_and_a_name_that_is_kept_are_not_in_it(client, page, story, cast):
    outcomes.draft_from(story.kept(cast.village, text="Only a draft"), by=cast.editor)
    assert titles(client) == ["Drill one borehole"]
    Community.objects.filter(pk=cast.village.pk).update(public_place="hidden")
    assert titles(client) == []


def test_it_is_kept_nowhere(client, page):
    assert "no-store" in client.get("/en/outcomes/feed/").headers["Cache-Control"]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(client, page, method):
    before = OutcomePage.objects.count()
    getattr(client, method)("/en/outcomes/feed/")
    assert OutcomePage.objects.count() == before


def test_it_asks_the_same_for_one_and_for_eleven(client, page, story, cast):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked_for():
        client.get("/en/outcomes/feed/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/outcomes/feed/")
        return len(queries)

    one = asked_for()
    for place in range(10):
        published(story.kept(cast.village, text=f"Drill {place}"), cast)
    assert asked_for() == one


# --- Withdrawn -----------------------------------------------------------------------------------------------
def test_a_withdrawn_page_is_on_no_outlet_at_once(client, site, story, cast):
    """Overdue, so that the front page tells of the promise too."""
    commitment = story.promise(cast.village, text="Mend the zqroad", concern=story.concern(cast.village))
    page = published(commitment, cast, title="Pagetitlezq")
    community = reverse("public:community", args=[cast.village.public_reference])
    outlets = ["/en/", "/en/outcomes/", "/en/outcomes/?q=zqroad", community, "/en/outcomes/feed/"]
    for url in [*outlets, "/sitemap-pages.xml", page.url]:
        assert page.slug in client.get(url).content.decode() or url == page.url, url
    assert "Mend the zqroad" in client.get("/en/").content.decode()
    outcomes.withdraw(page, by=cast.editor, reason="The chief was threatened: reasonzq")
    for language in ("en", "fr", "ar"):
        for url in [*outlets, "/sitemap-pages.xml"]:
            text = client.get(url.replace("/en/", f"/{language}/")).content.decode()
            assert page.slug not in text and "Pagetitlezq" not in text and "reasonzq" not in text, url
        answer = client.get(page.url.replace("/en/", f"/{language}/"))
        assert answer.status_code == 410
        assert "reasonzq" not in answer.content.decode()
        assert "zqroad" not in client.get(f"/{language}/").content.decode()
        assert titles(client, language) == []


def test_what_was_kept_of_the_figures_is_thrown_away(client, page, cast, settings):
    settings.PUBLIC_FIGURES_SECONDS = 600
    before = countrywide.now()
    assert countrywide.now().at == before.at
    outcomes.withdraw(page, by=cast.editor, reason="x")
    assert countrywide.now().at > before.at


def test_a_promise_told_of_again_may_be_named_on_the_front_page_again(client, site, story, cast, second):
    commitment = story.promise(cast.village, text="Mend the zqroad")
    outcomes.withdraw(published(commitment, cast), by=cast.editor, reason="x")
    assert "zqroad" not in client.get("/en/").content.decode()
    published(commitment, cast, by=second)
    assert "zqroad" in client.get("/en/").content.decode()
