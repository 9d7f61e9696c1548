"""Sealed words and phones: what was sealed is read on none of them, and what may be sealed does not leave one."""

import json
import uuid

import pytest
from playwright.sync_api import expect

from . import simulated
from .phone import Phone
from .visitor import field

pytestmark = pytest.mark.browser

WORDS = "canarywordszq"
SEALED_TOPIC = """
import json
from engagements.models import Topic
print(json.dumps(Topic.objects.filter(sealed=True).first().pk))
"""
KEPT = f"""
import json
from engagements.models import Entry
print(json.dumps([{WORDS!r} in entry.content for entry in Entry.objects.exclude(content="") if "zqraised" in entry.content]))
"""


@pytest.fixture
def phone(browser, demo_site):
    phone = Phone(browser, demo_site)
    yield phone
    complaints = phone.leave()
    assert not complaints, "\n".join(complaints)


def draft(sender, community, topics):
    """One sealed draft with a concern on each of these topics."""
    concerns = [{"topic": topic, "raised_by": "women", "text": WORDS} for topic in topics]
    command = {
        "v": 1,
        "device": sender.device,
        "token": sender.token,
        "id": str(uuid.uuid4()),
        "seq": 1,
        "kind": "meeting",
        "draft": True,
        "body": {"community": community, "concerns": concerns},
    }
    return sender.seal(json.dumps(command).encode())


def test_a_draft_that_goes_on_at_another_phone_says_that_its_words_are_sealed(phone, demo):
    sender = simulated.put_in_use(demo.address)
    community = simulated.a_community(sender.pull())
    sender.push(draft(sender, community, [demo.asked(SEALED_TOPIC), None]))
    phone.put_in_use()
    phone.turn_to("My entries")
    phone.page.locator(".card h2 a").first.click()
    expect(phone.page.get_by_text("Sealed: its words are not readable here any more.")).to_have_count(2)
    assert WORDS not in phone.page.content() and "SC1:" not in phone.page.locator("main").inner_text()
    topics = field(phone.page, "About").last.locator("option").all_inner_texts()
    assert len(topics) > 1 and all("🔒" in topic for topic in topics[1:])


def test_words_stay_on_the_phone_until_their_topic_is_chosen(phone, demo):
    phone.put_in_use()
    phone.begin_meeting(phone.page.locator(".card h2").first.inner_text())
    page = phone.page
    phone.unfold("Language, notes and place")
    field(page, "Agreed by").fill("zqraised")
    phone.unfold("What people asked")
    page.get_by_role("button", name="Add a concern").click()
    expect(page.get_by_text("these words stay on this phone alone")).to_be_visible()
    field(page, "What was asked").fill(WORDS)
    field(page, "Raised by").select_option(label="Women's group")
    phone.ask()
    assert demo.asked(KEPT) == [False]
    page.go_back()
    field(page, "About").select_option(label="Water")
    expect(page.get_by_text("these words stay on this phone alone")).to_have_count(0)
    expect(field(page, "What was asked")).to_have_value(WORDS)
    phone.ask()
    for _try in range(40):  # what the screen says may be from the first time
        if demo.asked(KEPT) == [True]:
            return
        page.wait_for_timeout(250)
    raise AssertionError("the words did not follow their topic")
