"""Somebody with a browser of their own, who notices what a person at the screen would not."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

NOISE = "Failed to load resource"  # the browser's word for what `_answered` says better
CHROMIUM = {
    "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
    "args": ["--no-sandbox"],
}


class Visitor:
    """One browser context and its page; keeps what went wrong unseen: errors and requests to elsewhere."""

    def __init__(self, browser: Browser, site: str, **context):
        self.site, self.complaints, self.expected = site, [], set()
        context = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **context}
        self.open(browser, base_url=site, **context)

    def open(self, browser: Browser, **context) -> None:
        self.watch(browser.new_context(**context))

    def watch(self, context: BrowserContext) -> None:
        self.context = context
        self.context.set_default_timeout(10_000)
        self.context.on("request", self._asked)
        self.context.on("response", self._answered)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda problem: self.complaints.append(f"page error: {problem.error}"))
        self.page: Page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def _asked(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.site:
            self.complaints.append(f"asked another host: {request.url}")

    def _answered(self, response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def _said(self, message) -> None:
        if message.type == "error" and not message.text.startswith(NOISE):
            self.complaints.append(f"console: {message.text}")

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """A wrong turn, taken on purpose: this status is no complaint meanwhile."""
        self.expected.add(status)
        yield
        self.expected.discard(status)

    def leave(self) -> list[str]:
        self.context.close()
        return self.complaints

    # --- What the journey does again and again ---------------------------------------------------------------
    def sign_in(self, email: str, password: str) -> None:
        """Through the real page, to the office's home."""
        self.page.goto("/accounts/login/?next=/office/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/office/")

    def panel(self, heading: str) -> Locator:
        """A panel of the office's home."""
        return self.page.get_by_role("region", name=heading)


def after(page: Page, press: Callable[[], object]) -> None:
    """Presses what leads to another page, and waits for that page: measuring at once would meet neither."""
    with page.expect_navigation(wait_until="load"):
        press()


def field(within: Page | Locator, label: str) -> Locator:
    """The input with exactly this label, whether marked as required or not."""
    labelled = within.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*\*?\s*$", re.IGNORECASE))
    return labelled.locator("xpath=self::input|self::select|self::textarea")  # not the panel around it


def write_day(within: Page | Locator, label: str, day) -> None:
    """Types a day, and leaves the field so that the calendar folds up."""
    box = field(within, label)
    box.fill(day if isinstance(day, str) else day.isoformat())
    box.press("Tab")


def figure(page: Page, term: str) -> int:
    """The number of a description list that stands beside `term`."""
    shown = page.get_by_role("term").filter(has_text=re.compile(rf"^{re.escape(term)}$"))
    beside = shown.locator("xpath=following-sibling::dd[1]").inner_text()
    return int(re.sub(r"\D", "", beside))


def barriers(page, **where) -> list[str]:
    """Serious and critical findings of axe, with the elements they stand on."""
    found = Axe().run(page, **where).response["violations"]
    return [
        f"{rule['id']}: {node['target']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
