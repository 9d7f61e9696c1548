"""Somebody without an account and without scripts reports, follows by code, adds, and reads the answer."""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from engagements import codes

from .test_public_pages import PHONE, overflow
from .visitor import after, barriers

pytestmark = pytest.mark.browser

VILLAGE = "Bangou Lokoto"
WORDS = "The pump by the market is dry since Monday."
ANSWER = "The Water Directorate mends it on 3 July."
PAPER = "/en/report/paper/"
# What a supervisor and an agency do in the office, by the same verbs.
ANSWERED = """
import json
from communities.models import User
from engagements import loop, mandates
from engagements.models import Concern

concern = Concern.objects.filter(channel="web").latest("pk")
mine = Concern.objects.filter(pk=concern.pk)
by = next(user for user in User.objects.order_by("pk") if mine.triaged_by(user).exists())
loop.assign(concern, agency=mandates.mandate_for(concern.topic, concern.lies_in).agency, by=by)
loop.answer(concern, text={answer}, by=by)
print(json.dumps([concern.text, concern.recorded_by_id]))
"""


def send_from_form(page) -> None:
    after(page, page.get_by_role("button", name="Send", exact=True).click)


def find_village(page) -> None:
    page.goto("/en/communities/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Tell us").click()
    page.get_by_label("Village, district or region").fill("bangou")
    page.get_by_role("button", name="Find").click()
    after(page, page.get_by_role("link", name=VILLAGE).first.click)


def test_somebody_reports_and_reads_the_answer_without_scripts(visit, demo):
    visitor = visit(java_script_enabled=False, **PHONE)
    page = visitor.page
    find_village(page)
    send_from_form(page)
    expect(page.get_by_role("alert")).to_contain_text("Choose what it is about.")
    page.get_by_label("Water", exact=True).check()
    page.get_by_label("What happened, or what do you ask for?").fill(WORDS)
    send_from_form(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Received. This is your code:")
    code = page.locator(".code").inner_text()
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", code)

    page.get_by_role("link", name="Follow it with your code").click()
    page.get_by_label("Your code").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Received, not looked at yet")
    page.get_by_label("Add something").fill("The second pump as well.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Added.")

    assert demo.asked(ANSWERED.format(answer=json.dumps(ANSWER))) == [WORDS, None]
    page.goto("/en/report/follow/")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("main")).to_contain_text(ANSWER)
    assert code not in page.url
    assert visitor.context.cookies() == []


# --- Guessing -----------------------------------------------------------------------------------------------------
def test_wrong_codes_sent_at_once_are_counted_one_by_one(demo):
    wrong = [wrong_code() for _guess in range(3 * codes.WRONG_PER_HOUR)]
    with ThreadPoolExecutor(8) as guessers:
        answers = list(guessers.map(lambda code: follow(demo.address, code), wrong))
    assert Counter(answers) == {200: codes.WRONG_PER_HOUR, 429: 2 * codes.WRONG_PER_HOUR}


def wrong_code() -> str:
    signs = "ZZ" + codes.new()[2 : codes.RANDOM]
    return signs + codes.check_sign(signs)


def follow(site: str, code: str) -> int:
    """The status of the answer."""
    try:
        with urlopen(f"{site}/en/report/follow/", urlencode({"code": code}).encode()) as answer:
            return answer.status
    except HTTPError as refusal:
        return refusal.code


# --- Narrow, and for all ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_nothing_of_it_runs_off_a_narrow_screen(visit, language):
    page = visit(**PHONE).page
    for path in ("", "?in=BJ", "?q=bangou", "follow/", "numbers/", "paper/"):
        page.goto(f"/{language}/report/{path}")
        assert overflow(page) <= 0, path
    page.goto(f"/{language}/report/?q=bangou")
    after(page, page.locator("a[href*='?place=']").first.click)
    assert overflow(page) <= 0, "form"
    after(page, page.locator("main button:not([type=button])").last.click)
    assert overflow(page) <= 0, "what is missing"
    page.locator("input[value=water]").check()
    page.locator("#id_text").fill(WORDS)
    after(page, page.locator("main button:not([type=button])").last.click)
    expect(page.locator(".code")).to_be_visible()
    assert page.evaluate("document.querySelector('.code').scrollWidth") <= 340
    assert overflow(page) <= 0, "code"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_it(visit, scheme):
    page = visit(bypass_csp=True, color_scheme=scheme).page
    for path in ("", "follow/", "numbers/", "paper/"):
        page.goto(f"/en/report/{path}")
        assert barriers(page) == [], path
    find_village(page)
    assert barriers(page) == [], "form"
    send_from_form(page)
    assert barriers(page) == [], "what is missing"
    page.get_by_label("Water", exact=True).check()
    page.get_by_label("What happened, or what do you ask for?").fill(WORDS)
    send_from_form(page)
    assert barriers(page) == [], "code"


def test_the_browser_fills_in_the_point_where_people_ask_it_to(visit):
    page = visit(permissions=["geolocation"], geolocation={"latitude": 11.86912, "longitude": 3.38441}).page
    find_village(page)
    page.get_by_text("Give the exact point").click()
    page.get_by_role("button", name="Where I am now").click()
    expect(page.get_by_label("Latitude")).to_have_value("11.8691")
    expect(page.get_by_label("Longitude")).to_have_value("3.3844")


def test_the_paper_form_is_one_sheet(visit):
    page = visit(**PHONE).page
    for language in ("en", "fr", "ar"):
        page.goto(PAPER.replace("/en/", f"/{language}/"))
        sheets = re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))
        assert len(sheets) == 1, language
