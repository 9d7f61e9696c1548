"""The desk in a real browser: an officer enters a call by keyboard, reads the code out, and hands a tip over."""

import re

import pytest
from playwright.sync_api import expect

from .visitor import barriers, field

pytestmark = pytest.mark.browser

CODE = re.compile(r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$")
TIP = "Demo: an invented tip of a browser."


def code_on(page) -> str:
    shown = page.locator(".desk-code__whole")
    expect(shown).to_have_text(CODE)
    return shown.inner_text()


def test_an_officer_enters_a_call_by_keyboard_and_reads_the_code_out(visit):
    page = visit("officer").page
    way = page.get_by_role("link", name="Take a report").first
    way.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/reports/new/")
    field(page, "What is it about?").focus()
    page.keyboard.type("Water")
    page.keyboard.press("Tab")
    page.keyboard.type("The pump at the school gives no water since Friday.")
    page.keyboard.press("Tab")
    page.keyboard.type("Gorou Meyo")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    first = code_on(page)
    expect(page.locator(".desk-code__whole")).to_be_focused()
    expect(page.get_by_text("It is shown this once.")).to_be_visible()
    assert barriers(page, context=".desk-code") == []
    assert first not in page.url
    page.get_by_role("link", name="Enter the next").click()
    assert field(page, "What happened, or what do you ask for?").input_value() == ""
    assert first not in page.content()


def test_a_sealed_topic_is_said_to_be_sealed_before_and_after(visit):
    officer = visit("officer")
    page = officer.page
    page.goto("/office/reports/new/")
    warning = page.get_by_role("note").filter(has_text="Sealed at once")
    expect(warning).to_be_hidden()
    field(page, "What is it about?").select_option(label="Corruption")
    expect(warning).to_be_visible()
    with officer.refused(422):
        page.get_by_role("button", name="Save and show the code").click()
        expect(page.get_by_text("This field is required.").first).to_be_visible()
    field(page, "What happened, or what do you ask for?").fill("Demo: a fee without receipt.")
    field(page, "Community").fill("Gorou Meyo")
    page.get_by_role("button", name="Save and show the code").click()
    expect(page.get_by_text("Only the integrity officer can read it.")).to_be_visible()
    code_on(page)


def test_an_officer_hands_a_tip_over_and_nothing_of_it_stays_on_the_screen(visit, demo):
    page = visit("officer").page
    page.goto("/office/tips/new/")
    expect(page.get_by_text("Not kept:")).to_be_visible()
    field(page, "Category").select_option(label="Movement of goods")
    field(page, "District").select_option(index=1)
    field(page, "Hand over to").select_option(index=1)
    field(page, "What was said").fill(TIP)
    assert barriers(page, context=".desk-form") == []
    page.get_by_role("button", name="Hand it over and show the code").click()
    code_on(page)
    assert TIP not in page.content()
    asked = (
        "from engagements.models import Handover; print(Handover.objects.filter(category='goods').count())"
    )
    assert demo.asked(asked) == 1
    page.goto("/office/tips/")
    expect(page.get_by_role("cell", name="Movement of goods")).to_be_visible()
