"""What every reader needs of the public pages, and an officer of the meeting screen: light, narrow, for all."""

import csv
import re
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from cms.demo import tables
from cms.demo.world import DATA

from .visitor import barriers

pytestmark = pytest.mark.browser

OUTCOME = "The pump by the school gives water again"
VILLAGE = "Bangou Lokoto"
LIGHT = 100_000  # bytes of a page without its map
OF_THE_MAP = re.compile(r"leaflet|/map\.js|/basemap|/map/base\.json|/map\.json")
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def pages(browser, demo_site) -> dict[str, str]:
    """The addresses of the pages looked at, found as a reader finds them."""
    context = browser.new_context(base_url=demo_site, locale="en-GB")
    page = context.new_page()
    page.goto("/en/outcomes/")
    outcome = page.get_by_role("link", name=OUTCOME).get_attribute("href")
    page.goto(outcome)
    community = page.get_by_role("main").get_by_role("link", name=VILLAGE).get_attribute("href")
    context.close()
    return {
        "home": "/en/",
        "community": community,
        "outcome": urlsplit(outcome).path,
        "map": "/en/map/",
        "communities": "/en/communities/",
    }


def open_meeting_screen(page):
    page.goto("/office/engagement/log/?q=BJ-V001")
    page.get_by_role("link", name=VILLAGE).click()
    expect(page.get_by_role("heading", name="What people asked")).to_be_visible()


# --- Light -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["home", "community", "outcome"])
def test_a_page_without_its_map_is_under_100_kB(visit, pages, name):
    page, answers = visit().page, []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(pages[name], wait_until="networkidle")
    weights = {a.url: len(a.body()) for a in answers if not OF_THE_MAP.search(a.url)}
    assert len(weights) > 1
    assert sum(weights.values()) < LIGHT, weights


# --- Narrow ----------------------------------------------------------------------------------------------
def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_nothing_runs_off_a_narrow_screen(visit, pages, language):
    page = visit(**PHONE).page
    for name, path in pages.items():
        page.goto(re.sub("^/en/", f"/{language}/", path), wait_until="networkidle")
        assert overflow(page) <= 0, name


def test_the_meeting_screen_fits_a_phone(visit):
    page = visit("officer", **PHONE).page
    open_meeting_screen(page)
    assert overflow(page) <= 0


# --- For all ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["home", "community", "outcome"])
def test_nobody_is_shut_out_of_a_public_page(visit, pages, name, scheme):
    page = visit(bypass_csp=True, color_scheme=scheme).page
    page.goto(pages[name], wait_until="networkidle")
    assert barriers(page) == []


def test_nobody_is_shut_out_of_the_meeting_screen(visit):
    page = visit("officer", bypass_csp=True).page
    open_meeting_screen(page)
    assert barriers(page, context=".tracker-meeting") == []


# --- Hidden is hidden ------------------------------------------------------------------------------------
FORMS_READ = 20  # of the forms to report from a place, which print its label and its numbers


def hidden_names() -> set[str]:
    with (DATA / "villages.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] in tables.HIDDEN]
    return {row[key] for row in rows for key in ("code", "name", "name_fr", "name_ar")}


def test_a_hidden_community_appears_nowhere(visit, demo_site):
    reader = visit().context.request
    hidden, seen = hidden_names(), set()
    assert len(hidden) >= 4
    waiting = ["/en/", "/sitemap.xml", "/robots.txt", "/en/map.json", "/fr/map.json", "/ar/map.json"]
    while waiting:
        path = waiting.pop()
        if path in seen or ("?place=" in path and len([p for p in seen if "?place=" in p]) == FORMS_READ):
            continue
        seen.add(path)
        words = reader.get(path).text()
        assert not [name for name in hidden if name in words], path
        waiting += [link for link in links(path, words, demo_site) if link not in seen]
    assert len(seen) > 100


def test_a_hidden_community_is_found_by_no_search(visit):
    page = visit().page
    for name in hidden_names():
        page.goto("/en/communities/")
        page.get_by_role("searchbox").fill(name)
        page.get_by_role("searchbox").press("Enter")
        expect(page.get_by_role("searchbox")).to_have_value(name)
        expect(page.get_by_role("main").get_by_role("article")).to_have_count(0)


def links(path: str, words: str, site: str) -> list[str]:
    """Where an English public page leads, on this site."""
    found = re.findall(r'href="([^"#]+)', words)
    urls = {urljoin(site + path, address.replace("&amp;", "&")).removeprefix(site) for address in found}
    return sorted(url for url in urls if url.startswith("/en/"))
