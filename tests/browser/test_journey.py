"""The main job, end to end, in a real browser: each test is a chapter, and the file's order is the story's.

It walks on a demo of its own, as the demo's logins do, and ends with what anyone reads in public.
"""

import base64
import csv
import io
import re
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from playwright.sync_api import expect

from .visitor import after, field, figure, write_day

pytestmark = pytest.mark.browser

TODAY = datetime.now(UTC).date()
MET, DUE, SEEN, MET_AGAIN = (TODAY - timedelta(days=ago) for ago in (21, 6, 7, 0))
VILLAGE = "Bangou Kano"
AGENCY = "Water Directorate of Alibori (demo)"
ASKED = "The trough at the old well is cracked and dry."
ASKED_TOO = "The school has one teacher for three classes."
PROMISED = "We mend the trough at the old well."
ANSWER = "The trough is on our list of repairs for this month."
SHOWN = "The trough holds water again."
REASON = "How many women came? Please add it."
NEXT = "The village keeps a list of who cleans the trough."
DRIVE = "JOURNEY-DRIVE"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


# --- The register ----------------------------------------------------------------------------------------
REGISTER = "services/health_public_kwtrp_bj_tg_ne_bf.csv"
SOURCE = "Public health facilities, KEMRI-Wellcome Trust"
PATIENT = 120_000  # milliseconds: a long file is read by the worker, and the page looks again by itself
# Made up where the real register is missing: one row has no place.
SMALL = """row_id,Country,iso3c,Admin1,Facility name,Facility type,Ownership,Lat,Long
1,Benin,BEN,Alibori,Centre de santé un,Health Centre,Public,11.1143,2.9299
2,Benin,BEN,Alibori,Centre de santé deux,Health Centre,Public,11.3238,3.0433
3,Benin,BEN,Alibori,Centre de santé trois,Health Centre,Public,,
"""
INLAND = {"BEN": ("9.5", "2.3"), "TGO": ("8.6", "1.0"), "NER": ("14.5", "5.0"), "BFA": ("12.5", "-1.5")}


def register(samples) -> dict:
    """The real register, or a small one of its kind with a word about it."""
    if samples:
        content = (samples / REGISTER).read_bytes()
    else:
        warnings.warn("the real register is not on this machine: a small one stands in", stacklevel=1)
        content = SMALL.encode()
    return {"name": "health.csv", "mimeType": "text/csv", "buffer": content}


def mended(refused: bytes) -> dict:
    """The refused rows, each given a place in its country."""
    rows = list(csv.DictReader(io.StringIO(refused.decode("utf-8-sig"))))
    assert all(row["Lat_error"] for row in rows)
    for row in rows:
        row["Lat"], row["Long"] = INLAND[row["iso3c"]]
    text = io.StringIO()
    table = csv.DictWriter(text, rows[0].keys())
    table.writeheader()
    table.writerows(rows)
    return {"name": "mended.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def read_file(page, file):
    """From the choice of the file to what it would change."""
    field(page, "File").set_input_files(file)
    field(page, "Source").fill(SOURCE)
    page.get_by_role("button", name="Read this file").click()
    expect(page.get_by_role("group", name=re.compile(r"^Name\W*$"))).to_be_visible(timeout=PATIENT)


def look(page):
    page.get_by_role("button", name="See what it would change").click()
    expect(page.get_by_role("heading", name="Log")).to_be_visible(timeout=PATIENT)


def confirm(page):
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Imported on")).to_be_visible(timeout=PATIENT)


def test_chapter_1_the_manager_brings_in_a_register_and_mends_its_refused_rows(visit, samples_folder):
    manager = visit("manager")
    page = manager.page
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name="Imports").click()
    page.get_by_role("link", name=re.compile("^Import ?: Service points$")).click()
    read_file(page, register(samples_folder))
    code = page.get_by_role("group", name=re.compile(r"^Code\W*$"))
    code.get_by_label("Put before it").fill("KW-")
    kind = page.get_by_role("group", name=re.compile(r"^Service type\W*$"))
    kind.get_by_label("or the same for every row").select_option(value="health_centre")
    look(page)
    new, refused = figure(page, "New"), figure(page, "Refused")
    assert new > refused > 0
    expect(page.get_by_text("no coordinates").first).to_be_visible()
    confirm(page)
    assert (figure(page, "New"), figure(page, "Refused")) == (new, refused)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    rows = mended(download.value.path().read_bytes())
    page.get_by_role("link", name="Load the mended rows").click()
    expect(field(page, "Source")).to_have_value(SOURCE)
    read_file(page, rows)
    expect(code.get_by_label("Put before it")).to_have_value("KW-")  # the columns are remembered
    look(page)
    assert (figure(page, "New"), figure(page, "Refused")) == (refused, 0)
    confirm(page)

    page.get_by_role("button", name="Services").click()
    page.get_by_role("link", name="Service points", exact=True).click()
    expect(page.get_by_role("heading", name="Service points", level=1)).to_be_visible()
    last = list(csv.DictReader(io.StringIO(rows["buffer"].decode())))[-1]
    page.get_by_label("Search term").fill(f"KW-{last['row_id']}")
    expect(page.get_by_role("row", name=last["Facility name"])).to_be_visible()


# --- The meeting -----------------------------------------------------------------------------------------
def open_meeting_screen(visitor, village=VILLAGE):
    """From the office's home: my communities → find → the one screen."""
    page = visitor.page
    visitor.panel("My communities, those not met for longest first").get_by_role(
        "link", name="See all"
    ).click()
    page.get_by_label("Find a community").fill(village)
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name=village).click()
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
def day_shown(day, village=VILLAGE):
    """How a home panel names a meeting of that day, whatever the order of its date."""
    return re.compile(rf"^{village},(?=.*\b{day.day}\b).*\b{day.year}$")


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


def accept(supervisor, day, village=VILLAGE):
    """The supervisor finds the meeting on the home panel and accepts it."""
    supervisor.page.goto("/office/")
    supervisor.panel("Meetings to review").get_by_role("link", name=day_shown(day, village)).click()
    supervisor.page.get_by_role("button", name="Accept").click()
    expect(supervisor.page.get_by_text("From now on this meeting counts.")).to_be_visible()


# --- The agency ------------------------------------------------------------------------------------------
def test_chapter_4_the_agency_answers_and_shows_what_it_did(visit):
    agency = visit("focal_point")
    page = agency.page
    agency.panel("Concerns waiting for your answer").get_by_role("link", name=f"Water, {VILLAGE}").click()
    expect(page.get_by_text(ASKED).first).to_be_visible()
    field(page, "Answer").fill(ANSWER)
    page.get_by_role("button", name="Write the answer").click()
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
    assert download.value.path().read_bytes().startswith(PNG[:8])  # saved anew, without what the camera added


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


# --- The cards -------------------------------------------------------------------------------------------
# Far enough apart: differences from 1 to 4 would be withheld from the public.
STEPS = {"Eligible": 120, "Enrolled": 90, "Verified": 82, "Produced": 75, "Handed over": 61}


def choose(page, button, words):
    """Wagtail's chooser: open it, find by words, take the one that is left."""
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Search").fill(words)
    dialog.get_by_role("link", name=words).first.click()
    expect(dialog).to_have_count(0)


def count(page, step, people):
    """One line of the grid: a step, how many, and the day, which is today unless changed."""
    page.get_by_label("Step BJ-V005").select_option(label=step)
    page.get_by_label("People BJ-V005").fill(str(people))
    page.get_by_role("button", name="Record these counts").click()


def test_chapter_6_the_registrar_takes_a_card_drive_from_eligible_to_handed_over(visit):
    registrar = visit("registrar")
    page = registrar.page
    registrar.panel("Card drives").get_by_role("link", name="See all").click()
    page.get_by_role("link", name="Add card drive").click()
    field(page, "Code").fill(DRIVE)
    field(page, "Card scheme").select_option(label="DEMO-BORDER-CARD Border resident card (demo)")
    choose(page, "Choose an agency", "BJ-EC")
    choose(page, "Choose an area", "BJX101")
    field(page, "Communities").fill("BJ-V005, BJ-V008")
    write_day(page, "From", MET)
    write_day(page, "Until", TODAY)
    after(page, page.get_by_role("button", name="Create").click)
    page.goto("/office/")
    registrar.panel("Card drives").get_by_role("link", name=DRIVE).click()
    page.get_by_role("link", name="Counts").click()

    line = page.get_by_role("row", name=VILLAGE)
    steps = page.get_by_label("Step BJ-V005").locator("option")
    expect(steps).to_have_text(["Eligible"])  # nothing else can be counted yet
    count(page, "Eligible", STEPS["Eligible"])
    expect(page.get_by_text("1 count recorded.")).to_be_visible()
    count(page, "Enrolled", 121)
    expect(page.get_by_text("Enrolled (121) cannot be more than Eligible (120).")).to_be_visible()
    expect(page.get_by_label("People BJ-V005")).to_have_value("121")
    skip_a_step(page, "produced", 80)
    expect(page.get_by_text("No step is skipped: first count the one before it.")).to_be_visible()
    for step in list(STEPS)[1:]:
        page.goto(page.url)
        count(page, step, STEPS[step])
        expect(page.get_by_text("1 count recorded.")).to_be_visible()
    expect(line).to_contain_text("14")  # made, and not collected yet


def skip_a_step(page, step, people):
    """Somebody sends a step that the form did not offer."""
    page.get_by_label("Step BJ-V005").evaluate("(list, step) => { list.options[0].value = step }", step)
    page.get_by_label("Step BJ-V005").select_option(value=step)
    page.get_by_label("People BJ-V005").fill(str(people))
    page.get_by_role("button", name="Record these counts").click()


# --- The page --------------------------------------------------------------------------------------------
def test_chapter_7_the_editor_drafts_the_outcome_in_one_click_and_publishes_it(visit):
    editor = visit("editor")
    page = editor.page
    editor.panel("Ready to publish").get_by_role("link", name="See all").click()
    page.get_by_label("Community, agency or words of the promise").fill(PROMISED)
    page.get_by_role("button", name="Find", exact=True).click()
    row = page.get_by_role("row", name=PROMISED)
    expect(row).to_contain_text("Kept")
    row.get_by_role("button", name="Draft the page").click()
    expect(page.get_by_text("Drafted. Read it through")).to_be_visible()
    expect(field(page, "You said")).to_have_value(re.compile(ASKED))
    expect(field(page, "What was done")).to_have_value(re.compile(SHOWN))
    field(page, "What is next").fill(NEXT)
    in_footer(page, "Submit to Outcome review")
    expect(page.get_by_text("has been submitted for moderation")).to_be_visible()
    page.goto("/office/")
    page.get_by_role("link", name=PROMISED).first.click()
    in_footer(page, "Approve")
    expect(page.get_by_text("has been updated")).to_be_visible()


def in_footer(page, button):
    """One of the actions at the foot of Wagtail's page editor."""
    footer = page.get_by_role("navigation", name="Actions (footer)")
    footer.get_by_role("button", name="More actions").click()
    footer.get_by_role("button", name=button, exact=True).click()


# --- The public ------------------------------------------------------------------------------------------
def test_chapter_8_anyone_finds_the_outcome_from_the_home_page(visit):
    page = visit().page
    page.goto("/")
    outcomes = page.get_by_role("region", name="Latest outcomes")
    outcomes.get_by_role("link", name=PROMISED).click()
    expect(page.get_by_role("heading", name=PROMISED, level=1)).to_be_visible()
    for words in ("You said", "What was promised", "What was done", "What is next"):
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    for words in (ASKED, SHOWN, NEXT, AGENCY):
        expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_role("region", name="Where this is").get_by_title(VILLAGE)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=VILLAGE).click()
    read_the_story(page)


def read_the_story(page):
    """Said → promised → done → told, kept, on the community's page."""
    expect(page.get_by_role("heading", name=VILLAGE, level=1)).to_be_visible()
    thread = page.get_by_role("article").filter(has=page.get_by_role("heading", name=PROMISED)).first
    for words in ("Said", "Promised", "Done", "Told", "Kept", ASKED, AGENCY, SHOWN, ANSWER):
        expect(thread).to_contain_text(words)
    expect(page.get_by_role("link", name=PROMISED)).to_be_visible()
    for step, people in STEPS.items():
        expect(page.get_by_role("row", name=f"{step} {people}")).to_be_visible()


def test_chapter_9_the_map_shows_the_community_and_so_does_the_list_beside_it(visit):
    page = visit().page
    with page.expect_response(re.compile(r"/map\.json")) as answer:
        page.goto("/en/map/")
    point = next(point for point in answer.value.json()["points"] if point["label"] == VILLAGE)
    assert point["state"] == "kept"
    expect(page.get_by_role("button", name=VILLAGE)).to_be_attached()
    link = page.get_by_role("region", name="List").get_by_role("link", name=VILLAGE)
    while not link.count():
        before = page.url
        page.get_by_role("link", name="Next", exact=True).click()
        expect(page).not_to_have_url(before)
    assert link.get_attribute("href") == point["url"]
    link.click()
    read_the_story(page)


def read_the_outcome_in(page, code):
    """Our words are the reader's; the people's stay as they were spoken, and say in which language."""
    with translation.override(code):
        headings = [gettext(w) for w in ("You said", "What was promised", "What was done", "What is next")]
        days = [date_format(day, "j F Y") for day in (MET, SEEN, MET_AGAIN)]
        ours = [
            gettext(w) for w in ("Women's group", "Photo", "Done", "Kept", "The community's answer", "Told")
        ]
    for words in headings:
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    for words in [*ours, *days]:
        expect(page.get_by_role("article")).to_contain_text(words)
    expect(page.get_by_role("article")).not_to_contain_text("Promised on")
    for words in (ASKED, SHOWN, NEXT):
        expect(page.get_by_text(words)).to_be_visible()
        assert page.get_by_text(words).evaluate("element => element.closest('[lang]').lang") == "en"


@pytest.mark.parametrize(("name", "code", "direction"), [("français", "fr", "ltr"), ("العربيّة", "ar", "rtl")])
def test_chapter_10_they_read_it_in_their_own_language(visit, name, code, direction):
    page = visit().page
    page.goto("/en/")
    page.get_by_role("link", name=name).click()
    page.wait_for_url(f"**/{code}/")
    with translation.override(code):
        latest, story, kept = (gettext(w) for w in ("Latest outcomes", "Said, promised, done, told", "Kept"))
    page.get_by_role("region", name=latest).get_by_role("link", name=PROMISED).click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    read_the_outcome_in(page, code)
    page.get_by_role("main").get_by_role("link").first.click()
    page.wait_for_url(f"**/{code}/communities/**")
    expect(page.locator("html")).to_have_attribute("dir", direction)
    region = page.get_by_role("region", name=story)
    expect(region).to_contain_text(SHOWN)
    expect(region).to_contain_text(kept)
    page.goto(f"/{code}/map/")
    expect(page.locator("html")).to_have_attribute("lang", code)


def test_chapter_11_they_read_it_without_javascript(visit):
    page = visit(java_script_enabled=False).page
    page.goto("/en/")
    page.get_by_role("link", name=PROMISED).click()
    expect(page.get_by_role("main")).to_contain_text(SHOWN)
    page.get_by_role("main").get_by_role("link", name=VILLAGE).click()
    read_the_story(page)


# --- The last word -----------------------------------------------------------------------------------------
SCHOOL, TEACHER = "Gorou Lokoto", "Send a second teacher for class three."


def test_chapter_12_a_dispute_at_the_next_meeting_reopens_what_was_said_to_be_done(visit):
    page = visit().page
    page.goto("/en/communities/")
    page.get_by_role("searchbox").fill(SCHOOL)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("main").get_by_role("link", name=SCHOOL).first.click()
    thread = page.get_by_role("article").filter(has=page.get_by_role("heading", name=TEACHER)).first
    expect(thread).to_contain_text("Done, not yet confirmed")

    officer = visit("officer")
    open_meeting_screen(officer, SCHOOL)
    verdict = officer.page.get_by_role("region", name="What was promised before").get_by_role(
        "group", name=TEACHER
    )
    field(verdict, "Not kept").check()
    field(verdict, "Who answered").select_option(label="Youth group")
    write_five(officer.page, MET_AGAIN)
    officer.page.get_by_role("button", name="Submit for review").click()
    expect(officer.page.get_by_text("Your supervisor sees it now.")).to_be_visible()
    accept(visit("supervisor"), MET_AGAIN, SCHOOL)

    page.reload()
    expect(thread).to_contain_text("Not kept")
    expect(thread).not_to_contain_text("Done, not yet confirmed")
