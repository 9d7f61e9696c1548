"""The officers' notebook in a real browser: without signal, switched off and on, taken, and taken out of use."""

import csv
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from cms.demo import people

from .phone import CACHED, PATIENT, SEALED, WAIT_TOO_LONG, Phone
from .visitor import barriers, field

pytestmark = pytest.mark.browser

TYPED = "The bridge at Tassobon is broken since the rain."
NOTED = "They would like to meet on market days."
CAME = {1: 1031, 2: 1032, 3: 1033}  # photos → people, by which the office finds the meeting again
MENDED, SENT_LATER, HELD_BACK, HELD_UP, NOT_HELD_UP = 1041, 1051, 1061, 1071, 1072
REASON = "How many women came? Please add it."
RECEIPT = re.compile(r"Received, receipt [2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}")
ON_THE_PHONE = "On this phone only: sent as soon as there is signal"


def picture(number: int) -> dict:
    """A photo that is shrunk on the phone, and still needs several chunks."""
    file = io.BytesIO()
    Image.effect_noise((200, 150), 40 + number).resize((1600, 1200)).convert("RGB").save(file, "JPEG")
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.fixture
def phone(browser, demo_site):
    """`phone()` puts a phone in use. What went wrong unseen fails the test."""
    phones = []

    def use(**context) -> Phone:
        phones.append(Phone(browser, demo_site, **context))
        phones[-1].put_in_use()
        return phones[-1]

    yield use
    complaints = [line for one in phones for line in one.leave()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
def notebook(browser, demo_site, tmp_path_factory):
    """The one phone of the chapters, with a disk."""
    phone = Phone(browser, demo_site, disk=tmp_path_factory.mktemp("phone"))
    phone.put_in_use()
    phone.communities = phone.page.locator(".card h2").all_inner_texts()
    yield phone
    complaints = phone.leave()
    assert not complaints, "\n".join(complaints)


def write_meeting(phone: Phone, community: str, *, photos: int, came: int) -> None:
    phone.begin_meeting(community)
    field(phone.page, "Kind").select_option(label="Community policing meeting")
    field(phone.page, "Counted").check()
    field(phone.page, "People who came").fill(str(came))
    phone.photograph(*(picture(number) for number in range(photos)))


def meetings_of(officer, people_who_came: int) -> list[dict]:
    """What the office's own list says, as its download."""
    words = officer.context.request.get("/office/engagement/?export=csv").text()
    rows = csv.DictReader(io.StringIO(words))
    return [row for row in rows if row["People who came"] == str(people_who_came)]


# --- Without signal --------------------------------------------------------------------------------------
def test_chapter_1_three_meetings_are_logged_without_signal(notebook):
    notebook.cut_off()
    for photos, came in CAME.items():
        write_meeting(notebook, notebook.communities[photos - 1], photos=photos, came=came)
        notebook.hand_in()
    expect(notebook.page.get_by_text(ON_THE_PHONE)).to_have_count(3)
    assert 0 < max(notebook.page.evaluate(SEALED)) < 3_000  # bytes: photos go by themselves


def test_chapter_2_a_reload_in_the_middle_of_typing_loses_at_most_that_field(notebook):
    notebook.begin_meeting(notebook.communities[3])
    page = notebook.page
    field(page, "Kind").select_option(label="Community policing meeting")
    notebook.unfold("What people asked")
    page.get_by_role("button", name="Add a concern").click()
    field(page, "Raised by").select_option(label="Women's group")
    field(page, "What was asked").fill(TYPED)
    notebook.unfold("Language, notes and place")
    field(page, "What was said, for colleagues").press_sequentially(NOTED, delay=2)
    page.reload()
    notebook.unlock()
    expect(field(page, "Kind")).to_have_value("policing")
    expect(field(page, "Raised by")).to_have_value("women")
    expect(field(page, "What was asked")).to_have_value(TYPED)
    notebook.unfold("Language, notes and place")
    field(page, "What was said, for colleagues").fill(NOTED)
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_role("heading", name=notebook.communities[3])).to_be_visible()


def test_chapter_3_switched_off_and_on_again_without_signal_the_phone_has_them_all(notebook):
    notebook.switch_off()
    notebook.switch_on()
    notebook.cut_off()
    notebook.page.goto("/field/")
    notebook.unlock()
    notebook.turn_to("My entries")
    for name in notebook.communities[:3]:
        expect(notebook.entry(name)).to_contain_text(ON_THE_PHONE)
    expect(notebook.entry(notebook.communities[3])).to_contain_text("Draft, on this phone only")
    notebook.page.goto("/field/#/map")
    expect(notebook.page.locator(".leaflet-marker-icon").first).to_be_visible()


def test_chapter_4_with_signal_the_office_has_each_exactly_once_with_its_photos(notebook, visit, demo):
    notebook.cut_off(False)
    notebook.sent()
    for name in notebook.communities[:3]:
        expect(notebook.entry(name)).to_contain_text(RECEIPT)
    officer = visit("officer")
    for photos, came in CAME.items():
        (row,) = meetings_of(officer, came)
        assert recorded(demo, row["Pk"])["photos"] == photos


RECORDED = """
import json
from engagements.models import Attendance, Entry, Photo
photos, counts, entries = (rows.objects.filter(engagement=PK) for rows in (Photo, Attendance, Entry))
women = [row.count for row in counts.filter(sex="women")]
print(json.dumps({"photos": photos.count(), "women": women, "rivals": entries.count() - 1}))
"""


def recorded(demo, pk: str) -> dict:
    """What the office's list does not show."""
    return demo.asked(f"PK = {pk}\n{RECORDED}")


# --- Returned ----------------------------------------------------------------------------------------------
def test_chapter_5_the_supervisor_returns_one_and_the_officer_mends_it_on_the_phone(notebook, visit, demo):
    officer, supervisor = visit("officer"), visit("supervisor").page
    (row,) = meetings_of(officer, CAME[1])
    supervisor.goto(f"/office/engagement/inspect/{row['Pk']}/")
    supervisor.get_by_text("Return with a reason").first.click()
    field(supervisor, "What is to be mended").fill(REASON)
    supervisor.get_by_role("button", name="Return with a reason").click()
    expect(supervisor.get_by_text("Its author sees your reason.")).to_be_visible()

    page, community = notebook.page, notebook.communities[0]
    notebook.ask()
    expect(notebook.entry(community)).to_contain_text(f"Returned: {REASON}")
    notebook.entry(community).get_by_role("link").click()
    expect(page.get_by_text(f"Returned: {REASON}")).to_be_visible()
    field(page, "People who came").fill(str(MENDED))
    notebook.unfold("Who came, in detail")
    field(page, "Women").fill("700")
    notebook.hand_in(taps=2)
    notebook.sent()
    expect(notebook.entry(community)).to_contain_text(RECEIPT)
    assert meetings_of(officer, CAME[1]) == []
    (mended,) = meetings_of(officer, MENDED)
    assert mended["Pk"] == row["Pk"]
    assert recorded(demo, row["Pk"]) == {"photos": 1, "women": [700], "rivals": 0}
    supervisor.goto(f"/office/engagement/inspect/{row['Pk']}/")
    supervisor.get_by_role("button", name="Accept").click()
    notebook.ask()
    expect(notebook.entry(community)).to_contain_text("Accepted")


# --- If the phone is taken --------------------------------------------------------------------------------
def open_a_contact(phone: Phone) -> None:
    """The first contact that can be opened: its phone number is on the phone from then on."""
    page = phone.page
    page.once("dialog", lambda dialog: dialog.accept())
    for name in phone.communities:
        phone.open_brief(name)
        if page.get_by_role("heading", name="Contacts").count():
            phone.unfold("Contacts")
            if (opening := page.get_by_role("button", name="Open name and phone")).count():
                opening.first.click()
                expect(page.get_by_role("link", name=people.PHONE)).to_be_visible()
                return
    raise AssertionError("no contact can be opened")


def test_chapter_6_who_has_the_phone_and_not_the_pin_reads_nothing(notebook):
    open_a_contact(notebook)
    held = notebook.kept_in_the_clear()
    assert re.search("^locked: ", held, re.M) and re.search(r"^contact:\d+:\d+$", held, re.M)
    for words in (*notebook.communities, TYPED, NOTED, REASON, people.PHONE, "Malanville", "policing"):
        assert words not in held, words


def test_chapter_7_the_worker_keeps_the_app_and_nothing_else(notebook, demo):
    kept = notebook.page.evaluate(CACHED)
    app = demo.asked("import json; from engagements.field import shell; print(json.dumps(shell.addresses()))")
    assert sorted(kept) == sorted(app)


def test_chapter_8_an_entry_that_the_server_cannot_take_does_not_hold_up_the_others(notebook):
    notebook.cut_off()
    for community, came in zip(notebook.communities[:2], (HELD_UP, NOT_HELD_UP), strict=True):
        notebook.begin_meeting(community)
        field(notebook.page, "Kind").select_option(label="Community policing meeting")
        field(notebook.page, "Counted").check()
        field(notebook.page, "People who came").fill(str(came))
        notebook.hand_in()
    notebook.page.route("**/field/push/", lambda route: route.fulfill(status=500), times=1)
    with notebook.refused(500):
        notebook.cut_off(False)
        expect(notebook.page.get_by_text("1 entry waits for signal.")).to_be_visible(timeout=PATIENT)
    notebook.ask()
    notebook.sent()


def test_chapter_9_after_too_long_without_contact_what_was_fetched_is_gone_and_what_was_written_is_not(
    notebook,
):
    notebook.cut_off()
    page = notebook.page
    written = re.findall("^entry:.*", notebook.kept_in_the_clear(), re.M)
    page.evaluate(WAIT_TOO_LONG)
    page.reload()
    notebook.unlock()
    expect(page.get_by_text("This phone was out of contact for too long")).to_be_visible()
    held = notebook.kept_in_the_clear()
    assert not re.search("^(doc|contact):", held, re.M)
    assert written and re.findall("^entry:.*", held, re.M) == written
    notebook.cut_off(False)
    expect(page.locator(".card").first).to_be_visible(timeout=PATIENT)


def test_eight_wrong_pins_empty_the_phone_and_what_was_handed_in_is_still_sent(phone, visit, demo):
    taken = phone()
    page, community = taken.page, taken.page.locator(".card h2").first.inner_text()
    taken.cut_off()
    write_meeting(taken, community, photos=1, came=SENT_LATER)
    taken.hand_in()
    page.reload()
    for left in range(7, 0, -1):
        taken.try_pin("111222")
        expect(page.get_by_role("alert")).to_contain_text(f"{left} tr")
    taken.try_pin("111222")
    expect(page.get_by_text("1 entry waits to be sent.")).to_be_visible(timeout=PATIENT)
    held = taken.kept_in_the_clear()
    assert re.search("^locked: 0$", held, re.M) and re.search("^outbox: 1$", held, re.M)
    taken.cut_off(False)
    taken.wait_until_clear()
    (row,) = meetings_of(visit("officer"), SENT_LATER)
    assert recorded(demo, row["Pk"])["photos"] == 1


REVOKE = """
from communities.models import User
from engagements.field import devices
from engagements.models import Device
devices.revoke(Device.objects.latest("pk"), by=User.objects.get(email="administrator@demo.example"))
print(1)
"""
HELD = """
import json
from engagements.models import Entry
entry = Entry.objects.latest("pk")
print(json.dumps([entry.state, entry.why, entry.engagement_id]))
"""


def test_a_revoked_phone_empties_itself_at_its_next_contact_and_what_it_sends_is_held(phone, visit, demo):
    lost = phone()
    community = lost.page.locator(".card h2").first.inner_text()
    lost.cut_off()
    write_meeting(lost, community, photos=1, came=HELD_BACK)
    lost.hand_in()
    assert demo.asked(REVOKE)
    lost.cut_off(False)
    expect(lost.page.get_by_text("This phone was taken out of use.")).to_be_visible(timeout=PATIENT)
    held = lost.kept_in_the_clear()
    for store in ("plain", "locked", "outbox", "photos"):
        assert re.search(f"^{store}: 0$", held, re.M), store
    assert demo.asked(HELD) == ["held", "revoked", None]
    assert meetings_of(visit("officer"), HELD_BACK) == []


def test_only_one_tab_writes_at_a_time(phone):
    first = phone()
    second = first.context.new_page()
    second.goto("/field/")
    expect(second.locator("input[name=pin]")).to_be_visible(timeout=PATIENT)
    expect(first.page.get_by_role("heading", name="The notebook is open in another tab")).to_be_visible()
    first.page.get_by_role("button", name="Use it here").click()
    first.unlock()
    expect(second.get_by_role("heading", name="The notebook is open in another tab")).to_be_visible()


# --- For all ---------------------------------------------------------------------------------------------
FULLEST = """
import json
from engagements.field import snapshot
from engagements.models import Device
documents = snapshot.pull(Device.objects.latest("pk"), "")["documents"]
briefs = {key[1:]: len(json.dumps(said)) for key, said in documents.items() if key[0] == "c" and key[1:].isdigit()}
print(max(briefs, key=briefs.get))
"""
# A brief carries twelve promises, duties, concerns and deliveries at most: here it carries as many.
FILL = """document.querySelectorAll(".brief .plain-list").forEach((list) => {
  while (list.querySelector(".words") && list.children.length < 12) list.append(list.firstElementChild.cloneNode(true));
})"""
LOCALES = {"en": "en-GB", "fr": "fr-FR", "ar": "ar"}


def look_at(page, screen: str) -> None:
    """Nothing runs off the screen, and nobody is shut out."""
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0, screen
    assert barriers(page) == [], screen


@pytest.mark.parametrize("language", LOCALES)
def test_every_screen_fits_a_phone_and_shuts_nobody_out(browser, demo_site, demo, language):
    scheme = "dark" if language == "fr" else "light"
    phone = Phone(browser, demo_site, locale=LOCALES[language], color_scheme=scheme, bypass_csp=True)
    page = phone.page
    page.goto("/field/")
    expect(page.locator("a.main")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    look_at(page, "welcome")
    phone.sign_in(people.logins()["officer"], people.PASSWORD)
    expect(page.locator("input[name=pin]")).to_be_visible()
    look_at(page, "PIN")
    phone.choose_pin()
    look_at(page, "home")
    page.goto(f"/field/#/c/{demo.asked(FULLEST)}")
    expect(page.locator(".brief")).to_be_visible()
    look_at(page, "brief")
    page.evaluate(FILL)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 2
    page.locator("button.main").click()
    expect(page.locator("form[data-entry]")).to_be_visible()
    for screen in ("meeting", "outbox", "points", "map", "more"):
        if screen != "meeting":
            page.goto(f"/field/#/{screen}")
        expect(
            page.locator({"meeting": ".end", "map": ".leaflet-marker-icon"}.get(screen, "h1")).first
        ).to_be_visible()
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        look_at(page, screen)
    page.reload()
    expect(page.locator("input[name=pin]")).to_be_visible()
    look_at(page, "unlock")
    assert phone.leave() == []
