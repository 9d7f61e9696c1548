"""A supervisor triages twenty items by keyboard alone; the inbox fits a phone and shuts nobody out."""

import pytest
from playwright.sync_api import expect

from .test_office_pages import PHONE, cut_off
from .visitor import after, barriers

pytestmark = pytest.mark.browser

# Thirty reports by the public form in one village of the supervisor's: three in four are of their own words.
BRING = """
import json
from communities.models import Agency, Community, User
from engagements import reports
from engagements.models import Concern, Topic
supervisor = User.objects.get(email="supervisor@demo.example")
Concern.objects.filter(state="new").update(state="assigned", agency=Agency.objects.order_by("pk").first())
village = Community.objects.visible_to(supervisor).active().order_by("pk").first()
topic = Topic.objects.get(code="water")
said = ["The pump near the school is broken", "No water came this week", "Animals drink where we fetch water"]
for n in range(30):
    text = said[n % 3] if n % 4 else f"Well number {n} is dry and its rope is gone"
    reports.take(reports.Told(topic=topic, text=text, channel="web", community=village, urgency="now"))
print(json.dumps(Concern.objects.triaged_by(supervisor).filter(state="new").count()))
"""
LEFT = """
import json
from communities.models import User
from engagements.models import Concern
supervisor = User.objects.get(email="supervisor@demo.example")
rows = Concern.objects.filter(report__isnull=False).triaged_by(supervisor)
print(json.dumps({state: rows.filter(state=state).count() for state in ("new", "assigned", "merged", "cannot")}))
"""


@pytest.fixture(scope="module")
def reported(demo) -> int:
    return demo.asked(BRING)


@pytest.fixture
def inbox(visit, reported):
    page = visit("supervisor", bypass_csp=True).page
    page.goto("/office/inbox/", wait_until="networkidle")
    return page


def chosen(page) -> str:
    return page.locator("[data-chosen]").get_attribute("data-chosen")


def test_nobody_is_shut_out_of_it(inbox):
    assert barriers(inbox, context="main") == []
    inbox.keyboard.press("?")
    expect(inbox.get_by_role("dialog", name="Keys")).to_be_visible()
    assert barriers(inbox, context="dialog[open]") == []
    inbox.keyboard.press("Escape")
    expect(inbox.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_it_fits_a_phone(visit, reported):
    page = visit("supervisor", **PHONE).page
    page.goto("/office/inbox/", wait_until="networkidle")
    assert cut_off(page) <= 0


def test_j_and_k_go_to_the_next_and_back_and_the_focus_is_there(inbox):
    first = chosen(inbox)
    after(inbox, lambda: inbox.keyboard.press("j"))
    second = chosen(inbox)
    assert second != first
    expect(inbox.locator("[data-list] a[aria-current]")).to_be_focused()
    after(inbox, lambda: inbox.keyboard.press("ArrowUp"))
    assert chosen(inbox) == first
    inbox.keyboard.press("o")
    expect(inbox.locator("#chosen-heading")).to_be_focused()
    expect(inbox.locator("[data-said]")).to_contain_text("Water")


def test_keys_leave_what_is_typed_alone(inbox):
    before = chosen(inbox)
    inbox.get_by_text("Answer now").click()
    box = inbox.locator("#answer-text")
    box.press_sequentially("jam a mark 1 2 ?")
    expect(box).to_have_value("jam a mark 1 2 ?")
    assert chosen(inbox) == before


def test_twenty_are_triaged_by_keyboard(inbox, demo):
    keyboard, seen, before = inbox.keyboard, [], demo.asked(LEFT)
    for turn in range(20):
        seen.append(chosen(inbox))
        repeats = inbox.locator("[data-repeat]").count()
        if turn % 5 == 4:
            keyboard.press("r")
            keyboard.type("The ground")  # a list takes what is typed
            keyboard.press("Tab")
            keyboard.type("The site floods each August.")
            keyboard.press("Tab")
            after(inbox, lambda: keyboard.press("Enter"))
        elif turn % 5 == 3 and repeats:
            keyboard.press("m")
            expect(inbox.locator("[data-repeat]").first).to_be_focused()
            after(inbox, lambda: keyboard.press("m"))
        else:
            after(inbox, lambda: keyboard.press("a"))
        expect(inbox.locator(".messages")).to_contain_text(f"C{seen[-1]} was")
    assert len(set(seen)) == 20
    moved = {state: many - before[state] for state, many in demo.asked(LEFT).items()}
    assert (moved["new"], moved["cannot"]) == (-20, 4)
    assert moved["merged"] >= 1 and moved["assigned"] >= 8
    assert sum(moved.values()) == 0


def test_urgency_is_set_by_keyboard(inbox, demo):
    row = chosen(inbox)
    inbox.keyboard.press("u")
    expect(inbox.locator("#sort-urgency")).to_be_focused()
    inbox.keyboard.type("Soon")
    inbox.keyboard.press("Tab")
    after(inbox, lambda: inbox.keyboard.press("Enter"))
    expect(inbox.locator(".messages")).to_contain_text("urgency: Soon")
    asked = f"import json; from engagements.models import Concern; print(json.dumps(Concern.objects.get(pk={row}).urgency))"
    assert demo.asked(asked) == "soon"
