"""What everybody needs of the office: nothing is cut off on a phone, where Wagtail hides what is too wide."""

import pytest

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
SCREENS = ["community/", "community/new/", "servicepoint/", "servicetype/", "gaps/", "imports/"]


def cut_off(page) -> int:
    """Pixels of the screen's own box that no scrolling can reach."""
    return page.locator("main").evaluate("main => main.scrollWidth - main.clientWidth")


def test_no_screen_is_cut_off_on_a_phone(visit):
    page = visit("manager", **PHONE).page
    for path in SCREENS:
        page.goto(f"/office/{path}", wait_until="networkidle")
        assert cut_off(page) <= 0, path


def test_a_wide_list_scrolls_in_its_own_box(visit):
    page = visit("manager", **PHONE).page
    page.goto("/office/community/", wait_until="networkidle")
    page.get_by_role("columnheader", name="Status").scroll_into_view_if_needed()
    right = page.get_by_role("columnheader", name="Status").bounding_box()
    assert 0 <= right["x"] < 360


def test_the_tools_of_a_map_take_their_words_from_the_page(visit):
    page = visit("manager").page
    page.goto("/office/community/new/", wait_until="networkidle")
    for name in ("Zoom in", "Zoom out", "Put a mark on the map", "Nothing is drawn yet"):
        assert page.locator(f".geo-field__map [title='{name}']").count() > 0, name
