"""A sealed report, from the key that is made in a browser to the answer that its reporter reads."""

import json
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

from .visitor import after, barriers, field

pytestmark = pytest.mark.browser

PASSPHRASE = "canaryphrasezq pool lamp river"
SAID = "canarysaidzq: a fee without receipt at the landing."
ANSWERED = "The fee was stopped on Monday."
ADDRESSES = ["/office/sealed/", "/office/sealed/key/"]
REPORT = """
import json
from communities.models import Community
from engagements import reports
from engagements.models import SealedConcern, Topic
from engagements.reports import Told
import io
from PIL import Image
from django.core.files.base import ContentFile
file = io.BytesIO()
Image.new("RGB", (40, 30), "green").save(file, "JPEG")
code = reports.take(Told(topic=Topic.objects.filter(sealed=True).first(), text=SAID, channel="web",
    community=Community.objects.filter(code="BJ-V001").get(), photos=[ContentFile(file.getvalue(), "a.jpg")]))
print(json.dumps([code, SealedConcern.objects.latest("pk").pk]))
"""
FOLLOW = """
import json
from engagements import reports
print(json.dumps([step.text for step in reports.follow(CODE).steps]))
"""
HELD = """() => new Promise((done) => {
  indexedDB.open("integrity", 1).onsuccess = ({ target: { result: db } }) => {
    if (!db.objectStoreNames.length) { db.close(); return done(0); }
    const asked = db.transaction("keys").objectStore("keys").count();
    asked.onsuccess = () => { db.close(); done(asked.result); };
  };
})"""


@pytest.fixture
def officer(visit):
    """The integrity officer, and all that their browser sends."""
    visitor = visit("integrity")
    visitor.sent = []

    def note(request):
        body = request.post_data_buffer or b""
        headers = json.dumps(request.headers)
        visitor.sent.append(
            f"{unquote_plus(request.url)} {unquote_plus(body.decode(errors='replace'))} {headers}"
        )

    visitor.context.on("request", note)
    return visitor


def make_key(page, folder):
    """Through the three steps of the page; its file."""
    page.goto("/office/sealed/key/", wait_until="networkidle")
    making, proving = page.locator("[data-form=making]"), page.locator("[data-form=proving]")
    for place in range(2):
        making.locator("input").nth(place).fill(PASSPHRASE)
    with page.expect_download() as saved:
        making.locator("button").click()
    file = folder / saved.value.suggested_filename
    saved.value.save_as(file)
    proving.locator("[type=file]").set_input_files(file)
    proving.locator("[type=password]").fill(PASSPHRASE)
    proving.locator("button").click()
    page.get_by_role("button", name="Put the new key in use").click()
    expect(page.get_by_text("The new key is in use")).to_be_visible()
    return file


def unlock(page, file, passphrase=PASSPHRASE):
    form = page.locator("[data-form=unlock]")
    form.locator("[type=file]").set_input_files(file)
    form.locator("[type=password]").fill(passphrase)
    form.locator("button").click()


def test_from_the_key_to_the_answer_that_the_reporter_reads(officer, demo, tmp_path):
    page = officer.page
    older = demo.folder / "private" / "demo-integrity-key.json"
    file = make_key(page, tmp_path)
    assert json.loads(file.read_text())["rounds"] == 600_000
    code, pk = demo.asked(f"SAID = {SAID!r}\n{REPORT}")

    page.goto("/office/")
    officer.panel("Sealed concerns waiting").get_by_role("link", name=f"S{pk} ·").click()
    expect(page.get_by_text("Sealed.").first).to_be_visible()
    unlock(page, file, "canaryphrasezq wrong")
    expect(page.get_by_text("The passphrase does not open this file")).to_be_visible()
    unlock(page, older)
    expect(page.get_by_text("The passphrase does not open this file")).to_be_visible()
    unlock(page, older, "border-demo-2026!")
    expect(page.get_by_text("This file holds another key")).to_be_visible()
    unlock(page, __file__)
    expect(page.get_by_text("This is no key file")).to_be_visible()
    assert page.evaluate(HELD) == 0
    unlock(page, file)
    expect(page.get_by_text(SAID)).to_be_visible()
    expect(page.get_by_alt_text("Photo that came with it")).to_be_visible()
    assert page.get_by_alt_text("Photo that came with it").evaluate("one => one.naturalWidth") == 40

    field(page, "Answer").fill(ANSWERED)
    page.get_by_role("button", name="Write the answer").click()
    expect(page.get_by_text("Answered, and sealed.")).to_be_visible()
    expect(page.get_by_text(SAID)).to_be_visible()  # it stays open for the next page
    expect(page.locator("[data-opened]", has_text=ANSWERED)).to_be_visible()
    assert demo.asked(f"CODE = {code!r}\n{FOLLOW}")[-1] == ANSWERED

    sent = "\n".join(officer.sent)
    private = json.loads(file.read_text())
    assert ANSWERED in sent and private["public"] in sent
    assert "canary" not in sent and private["private"] not in sent and private["salt"] not in sent

    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_text(SAID)).to_have_count(0)
    assert page.evaluate(HELD) == 0
    page.reload(wait_until="networkidle")
    expect(page.locator("[data-form=unlock]")).to_be_visible()

    # What came before the new key needs the older file, and says so.
    page.goto("/office/sealed/inspect/2/", wait_until="networkidle")
    expect(page.get_by_text("To an older key:").first).to_be_visible()
    unlock(page, older, "border-demo-2026!")
    expect(page.get_by_text("insulted at a stop")).to_be_visible()


def test_an_opened_key_ends_with_its_half_hour_and_with_the_session(officer, demo, tmp_path):
    page = officer.page
    file = make_key(page, tmp_path)
    _code, pk = demo.asked(f"SAID = {SAID!r}\n{REPORT}")
    page.clock.install()
    page.goto(f"/office/sealed/inspect/{pk}/")
    unlock(page, file)
    expect(page.get_by_text(SAID)).to_be_visible()
    page.clock.fast_forward("29:00")
    page.reload()
    expect(page.get_by_text(SAID)).to_be_visible()
    page.clock.fast_forward("01:01")
    expect(page.get_by_text(SAID)).to_have_count(0)
    expect(page.locator("[data-form=unlock]")).to_be_visible()
    assert page.evaluate(HELD) == 0

    unlock(page, file)
    expect(page.get_by_text(SAID)).to_be_visible()
    page.goto("/accounts/logout/")
    after(page, page.locator("main").get_by_role("button").first.click)
    page.goto("/accounts/login/")
    assert page.evaluate(HELD) == 0


def test_a_passphrase_that_is_short_or_differs_makes_no_key(officer):
    page = officer.page
    page.goto("/office/sealed/key/", wait_until="networkidle")
    making = page.locator("[data-form=making]")
    making.locator("input").first.fill("too short")
    making.locator("button").click()
    expect(page.get_by_text("This is too short")).to_be_visible()
    making.locator("input").first.fill(PASSPHRASE)
    making.locator("button").click()
    expect(page.get_by_text("The two are not the same")).to_be_visible()
    expect(page.locator("[data-form=proving]")).to_be_hidden()


def test_without_javascript_the_pages_say_what_they_need(visit):
    page = visit("integrity").page
    cookies = page.context.cookies()
    plain = visit(java_script_enabled=False)
    plain.context.add_cookies(cookies)
    plain.page.goto("/office/sealed/key/")
    expect(plain.page.get_by_text("this page needs a browser with JavaScript")).to_be_visible()
    plain.page.goto("/office/sealed/inspect/1/")
    expect(plain.page.get_by_text("open in a browser with JavaScript alone")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_desk_has_no_barriers_and_is_not_cut_off(visit, width):
    page = visit("integrity", viewport={"width": width, "height": 800}).page
    for address in [*ADDRESSES, "/office/sealed/inspect/1/"]:
        page.goto(address, wait_until="networkidle")
        assert page.locator("main").evaluate("main => main.scrollWidth - main.clientWidth") <= 0, address
        assert not barriers(page, context="main"), address
