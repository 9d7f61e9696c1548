"""The main job, end to end, in a real browser: each test is a chapter, and the file's order is the story's.

It walks on a demo of its own, as the demo's nine logins do, and ends with what anyone reads in public.
"""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from .visitor import field, write_day

pytestmark = pytest.mark.browser

TODAY = datetime.now(UTC).date()
MET, DUE, SEEN, MET_AGAIN = (TODAY - timedelta(days=ago) for ago in (21, 6, 7, 1))
VILLAGE = "Bangou Kano"
AGENCY = "Water Directorate of Alibori (demo)"
ASKED = "The trough at the old well is cracked and dry."
ASKED_TOO = "The school has one teacher for three classes."
PROMISED = "We mend the trough at the old well."
ANSWER = "The trough is on our list of repairs for this month."
SHOWN = "The trough holds water again."
REASON = "How many women came? Please add it."
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


# --- The meeting -----------------------------------------------------------------------------------------
def open_meeting_screen(visitor):
    """From the office's home: my communities → find → the one screen."""
    page = visitor.page
    visitor.panel("My communities, those not met for longest first").get_by_role(
        "link", name="See all"
    ).click()
    page.get_by_label("Find a community").fill(VILLAGE)
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name=VILLAGE).click()
    expect(page.get_by_role("heading", name="What people asked")).to_be_visible()


def write_five(page, day):
    field(page, "Kind").select_option(label="Community policing meeting")
    write_day(page, "Date", day)
    field(page, "Counted").check()
    field(page, "People who came").fill("24")


def test_chapter_2_the_officer_logs_a_meeting_and_nothing_typed_is_lost(visit):
    officer = visit("officer")
    page = officer.page
    open_meeting_screen(officer)
    write_five(page, "30/02/2026")
    first, second = (page.get_by_role("group", name="A concern").nth(n) for n in (0, 1))
    field(first, "About").select_option(label="Water")
    field(first, "Raised by").select_option(label="Women's group")
    field(first, "What was asked").fill(ASKED)
    field(first, "The same for the public").fill(ASKED)
    field(second, "About").select_option(label="School")
    field(second, "Raised by").select_option(label="Teachers")
    field(second, "What was asked").fill(ASKED_TOO)
    promise = page.get_by_role("group", name="A commitment").first
    field(promise, "The words as spoken").fill(PROMISED)
    field(promise, "The same for the public").fill(PROMISED)
    field(promise, "Who promised").select_option(label=f"BJ-EAU {AGENCY}")
    write_day(promise, "Due on", DUE)
    field(promise, "In answer to").select_option(label="the first concern above")
    field(promise, "Accepted by").select_option(label="Women's group")
    with officer.refused(422):
        page.get_by_role("button", name="Submit for review").click()
        expect(page.get_by_text("Not saved yet")).to_be_visible()
    expect(page.get_by_text("Enter a valid date.")).to_be_visible()
    expect(field(first, "What was asked")).to_have_value(ASKED)
    expect(field(second, "Raised by")).to_have_value("teachers")
    expect(field(promise, "The words as spoken")).to_have_value(PROMISED)
    expect(field(promise, "In answer to")).to_have_value("new-0")

    write_day(page, "Date", MET)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Your supervisor sees it now.")).to_be_visible()
    expect(page.get_by_role("link", name=ASKED)).to_be_visible()
    expect(page.get_by_role("link", name=ASKED_TOO)).to_be_visible()
    expect(page.get_by_role("link", name=PROMISED)).to_be_visible()


# --- The review ------------------------------------------------------------------------------------------
def day_shown(day):
    """How a home panel names a meeting of that day, whatever the order of its date."""
    return re.compile(rf"^{VILLAGE},(?=.*\b{day.day}\b).*\b{day.year}$")


def test_chapter_3_the_supervisor_returns_it_and_the_officer_mends_it(visit):
    supervisor = visit("supervisor")
    page = supervisor.page
    supervisor.panel("Meetings to review").get_by_role("link", name=day_shown(MET)).click()
    page.get_by_text("Return with a reason").first.click()
    field(page, "What is to be mended").fill(REASON)
    page.get_by_role("button", name="Return with a reason").click()
    expect(page.get_by_text("Its author sees your reason.")).to_be_visible()

    officer = visit("officer")
    panel = officer.panel("Your drafts and returned meetings")
    expect(panel.get_by_text(REASON)).to_be_visible()
    panel.get_by_role("link", name=day_shown(MET)).click()
    expect(officer.page.get_by_role("note").get_by_text(REASON)).to_be_visible()
    officer.page.get_by_role("link", name="Mend this meeting").click()
    expect(officer.page.get_by_role("note").get_by_text(REASON)).to_be_visible()
    officer.page.get_by_text("Who came, in detail").click()
    field(officer.page, "Women").fill("14")
    officer.page.get_by_role("button", name="Submit for review").click()
    expect(officer.page.get_by_text("Your supervisor sees it now.")).to_be_visible()

    accept(supervisor, MET)


def accept(supervisor, day):
    """The supervisor finds the meeting on the home panel and accepts it."""
    supervisor.page.goto("/office/")
    supervisor.panel("Meetings to review").get_by_role("link", name=day_shown(day)).click()
    supervisor.page.get_by_role("button", name="Accept").click()
    expect(supervisor.page.get_by_text("From now on this meeting counts.")).to_be_visible()


# --- The agency ------------------------------------------------------------------------------------------
def test_chapter_4_the_agency_answers_and_shows_what_it_did(visit):
    agency = visit("focal_point")
    page = agency.page
    agency.panel("Concerns waiting for your answer").get_by_role("link", name=f"Water, {VILLAGE}").click()
    expect(page.get_by_text(ASKED).first).to_be_visible()
    field(page, "Answer").fill(ANSWER)
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("People are still to be told.")).to_be_visible()

    page.goto("/office/")
    agency.panel("Promised and not yet done").get_by_role("link", name=PROMISED).click()
    field(page, "Kind").select_option(label="Photo")
    write_day(page, "Date", SEEN)
    field(page, "It shows").select_option(label="Done")
    field(page, "What it shows, for the public").fill(SHOWN)
    photo = {"name": "trough.png", "mimeType": "image/png", "buffer": PNG}
    field(page, "Photo or document").set_input_files(photo)
    page.get_by_role("button", name="Add evidence").click()
    expect(page.get_by_text("The community has the last word")).to_be_visible()
    expect(page.get_by_text("Done, not yet confirmed.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Open the file").click()
    assert download.value.path().read_bytes() == PNG


# --- The next meeting ------------------------------------------------------------------------------------
def test_chapter_5_the_next_meeting_opens_with_the_promise_and_closes_the_loop(visit):
    officer = visit("officer")
    page = officer.page
    open_meeting_screen(officer)
    earlier = page.get_by_role("region", name="What was promised before")
    verdict = earlier.get_by_role("group", name=PROMISED)
    expect(verdict).to_contain_text("Done, not yet confirmed.")
    field(verdict, "Kept").check()
    field(verdict, "Who answered").select_option(label="Women's group")
    to_tell = page.get_by_role("region", name="Who must be told what")
    for duty in (ANSWER, PROMISED):
        told = to_tell.get_by_role("group", name=duty)
        field(told, "Told").select_option(label="Told them")
        field(told, "Who was told").select_option(label="Women's group")
    write_five(page, MET_AGAIN)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Your supervisor sees it now.")).to_be_visible()
    expect(page.get_by_role("heading", name="Verdicts given")).to_be_visible()
    accept(visit("supervisor"), MET_AGAIN)
