"""Making the public site, and its pages in three languages."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Page, Site, Workflow

from cms.models import HomePage, OutcomeIndexPage
from cms.setup import make_site
from cms.sitemaps import Communities
from communities.models import Community

PAGES = ["", "communities/", "map/", "outcomes/", "projects/", "about/", "data-sources/", "how-we-count/"]


def test_making_the_site_twice_changes_nothing(site):
    before = sorted(Page.objects.values_list("pk", "title"))
    make_site()
    assert sorted(Page.objects.values_list("pk", "title")) == before


def test_the_command_makes_the_site(cast, capsys):
    call_command("make_site")
    assert HomePage.objects.count() == 3
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get(
        locale__language_code="en"
    )


def test_the_page_wagtail_begins_with_is_gone(site):
    assert not Page.objects.filter(title__startswith="Welcome").exists()


def test_outcomes_are_reviewed_by_editors_in_every_language(site):
    workflow = Workflow.objects.get(name="Outcome review")
    for index in OutcomeIndexPage.objects.all():
        assert index.get_workflow() == workflow


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_a_page_reads_in_each_language(client, site, story, language, direction, path):
    story.kept(story.cast.village)
    html = client.get(f"/{language}/{path}").content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in html


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stays_small(client, site, story, path):
    for place in ("village", "quiet", "far", "across"):
        story.kept(getattr(story.cast, place))
    assert len(client.get(f"/en/{path}").content) < 60_000


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_nothing_inline(client, site, story, path):
    html = client.get(f"/en/{path}").content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert "onclick" not in html


@pytest.mark.parametrize("path", PAGES)
def test_a_real_site_is_not_called_a_demonstration(client, site, path):
    html = client.get(f"/en/{path}").content.decode()
    assert "invented" not in html
    assert "Demonstration" not in html


def test_the_language_switch_keeps_the_page(client, site, cast):
    address = reverse("public:community", args=[cast.village.public_reference])
    html = client.get(address).content.decode()
    assert address.replace("/en/", "/fr/") in html
    assert address.replace("/en/", "/ar/") in html


def test_the_language_switch_keeps_the_words_asked_for(client, site):
    html = client.get("/en/communities/?q=Garou").content.decode()
    assert "/fr/communities/?q=Garou" in html


def test_the_language_switch_leads_from_a_wagtail_page_to_its_translation(client, site):
    html = client.get("/en/about/").content.decode()
    assert 'href="/fr/about/"' in html


def test_the_root_leads_to_the_readers_language(client, site):
    answer = client.get("/", headers={"accept-language": "ar"})
    assert answer.status_code == 302
    assert answer.url == "/ar/"


def test_a_missing_page_is_missed_in_our_own_words(client, site):
    answer = client.get("/fr/no-such-page/")
    assert answer.status_code == 404
    assert "masthead" in answer.content.decode()


def test_robots_keep_out_of_the_office(client, site):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /office/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def addresses(client, path):
    return re.findall("<loc>(.*?)</loc>", client.get(path).content.decode())


def test_the_sitemap_leads_to_every_page_of_every_section(client, site, monkeypatch):
    monkeypatch.setattr(Communities, "limit", 4)
    files = addresses(client, "/sitemap.xml")
    assert "http://testserver/sitemap-communities.xml?p=2" in files
    found = [address for file in files for address in addresses(client, file)]
    for row in Community.objects.public():
        for code in ("en", "fr", "ar"):
            assert f"http://testserver/{code}/communities/{row.public_reference}/" in found
    assert any(address.endswith("/fr/about/") for address in found)
    assert len(found) == len(set(found))


def test_a_section_that_is_not_there_is_not_found(client, site):
    assert client.get("/sitemap-nothing.xml").status_code == 404
    assert client.get("/sitemap-communities.xml?p=99").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("name", ["communities", "map", "public_map"])
def test_public_pages_are_only_read(client, site, name, method):
    assert getattr(client, method)(reverse(f"public:{name}")).status_code == 405


# --- Policy of the browser -------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/en/", "/en/communities/", "/en/map/", "/accounts/login/", "/en/nothing/"])
def test_the_public_site_allows_itself_alone(client, site, path):
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_the_office_alone_may_use_inline_scripts(client, site, cast):
    client.force_login(cast.editor)
    assert "unsafe-inline" in client.get("/office/")["Content-Security-Policy"]


def test_signing_in_wears_our_clothes(client, site):
    html = client.get("/accounts/login/").content.decode()
    assert "masthead" in html
    assert "sign up" not in html.lower()
