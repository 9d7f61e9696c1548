"""An officer's phone with the notebook on it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from cms.demo import people

from .visitor import CHROMIUM, Visitor

PIN = "274951"
PATIENT = 20_000  # milliseconds: the PIN is slow to try, on purpose
# Everything that IndexedDB holds, as anyone reads it who has the phone and not the PIN.
READ = """async () => {
  const words = (value) => {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return ["latin1", "utf-8"].map((name) => new TextDecoder(name).decode(value));
    if (value instanceof Object) return Object.entries(value).flatMap(([key, inside]) => [key, ...words(inside)]);
    return [String(value)];
  };
  const asked = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name));
    for (const table of db.objectStoreNames) {
      const store = db.transaction(table).objectStore(table);
      const [keys, values] = [await asked(store.getAllKeys()), await asked(store.getAll())];
      found.push(`${table}: ${keys.length}`, ...keys.map(String), ...values.flatMap(words));
    }
    db.close();
  }
  return [...found, ...Object.entries(localStorage).flat()].join("\\n");
}"""

CACHED = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = (await Promise.all(opened.map((one) => one.keys()))).flat();
  return kept.map(({ url }) => new URL(url).pathname + new URL(url).search);
}"""

SEALED = """() => new Promise((done) => {
  indexedDB.open("field").onsuccess = ({ target: { result: db } }) => {
    const asked = db.transaction("outbox").objectStore("outbox").getAll();
    asked.onsuccess = () => { db.close(); done(asked.result.map(({ sealed }) => sealed.byteLength)); };
  };
})"""
WAIT_TOO_LONG = """() => new Promise((done) => {
  indexedDB.open("field").onsuccess = ({ target: { result: db } }) => {
    const change = db.transaction("plain", "readwrite");
    change.objectStore("plain").put("2020-01-01T00:00:00Z", "until");
    change.oncomplete = () => { db.close(); done(); };
  };
})"""


class Phone(Visitor):
    """With a disk it can be switched off, and finds what it kept when it is switched on again."""

    def __init__(self, browser: Browser, site: str, *, disk: Path | None = None, **context):
        self.browser, self.disk = browser, disk
        self.looks = {"viewport": {"width": 360, "height": 740}, **context}
        super().__init__(browser, site, **self.looks)

    def open(self, browser: Browser, **context) -> None:
        if self.disk is None:
            super().open(browser, **context)
        else:
            self.watch(browser.browser_type.launch_persistent_context(self.disk, **CHROMIUM, **context))

    def switch_off(self) -> None:
        self.context.close()

    def switch_on(self) -> None:
        self.open(self.browser, base_url=self.site, locale="en-GB", **self.looks)

    def cut_off(self, how: bool = True) -> None:
        """No signal from now on; or signal again."""
        self.context.set_offline(how)

    # --- What officers do -------------------------------------------------------------------------------
    def put_in_use(self, role: str = "officer") -> None:
        """Signs in once, chooses a PIN, and waits until the app and its data are on the phone."""
        self.sign_in(people.logins()[role], people.PASSWORD)
        self.choose_pin()

    def sign_in(self, email: str, password: str) -> None:
        """As the app sends officers there, in any language."""
        self.page.goto("/accounts/login/?next=/field/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url("**/field/")

    def choose_pin(self) -> None:
        self.page.locator("input[name=pin]").fill(PIN)
        self.page.locator("input[name=again]").fill(PIN)
        self.page.locator("form button.main").click()
        expect(self.page.locator(".card").first).to_be_visible(timeout=PATIENT)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def try_pin(self, pin: str) -> None:
        self.page.locator("input[name=pin]").fill(pin)
        self.page.locator("form button.main").click()

    def unlock(self) -> None:
        self.try_pin(PIN)
        expect(self.page.locator("#menu")).to_be_visible(timeout=PATIENT)

    def turn_to(self, name: str) -> None:
        """One of the four screens of the menu."""
        self.page.locator("#menu").get_by_role("link", name=re.compile(f"^{name}")).click()
        expect(self.page.locator("#menu [aria-current=page]")).to_have_text(re.compile(f"^{name}"))

    def unfold(self, heading: str) -> None:
        self.page.locator("details:not([open]) > summary").filter(has_text=heading).click()

    def ask(self) -> None:
        """Sends and fetches, and stays in the outbox."""
        self.turn_to("My entries")
        self.page.get_by_role("button", name="Send and fetch now").click()
        expect(self.page.get_by_text("Everything is sent and up to date.")).to_be_visible(timeout=PATIENT)

    def open_brief(self, community: str) -> None:
        self.turn_to("Communities")
        self.page.locator(".card").get_by_role("link", name=community, exact=True).click()
        expect(self.page.get_by_role("heading", name=community)).to_be_visible()
        expect(self.page.get_by_role("button", name="Print")).to_be_visible()

    def begin_meeting(self, community: str) -> None:
        self.open_brief(community)
        self.page.get_by_role("button", name="Log a meeting").click()
        expect(self.page.get_by_text("Each field is saved when you leave it.")).to_be_visible()

    def photograph(self, *photos: dict) -> None:
        before = self.page.locator(".photos img").count()
        self.page.locator("#photos").set_input_files(list(photos))
        expect(self.page.locator(".photos img")).to_have_count(before + len(photos))

    def hand_in(self, taps: int = 1) -> None:
        self.page.get_by_role("button", name="Hand in").click(click_count=taps)
        expect(self.page.get_by_role("heading", name="My entries")).to_be_visible()

    def entry(self, community: str) -> Locator:
        """An entry in the outbox."""
        return self.page.locator(".card").filter(has=self.page.get_by_role("heading", name=community))

    def sent(self) -> None:
        """Waits until nothing waits."""
        self.turn_to("My entries")
        expect(self.page.get_by_text("Everything is sent.", exact=False)).to_be_visible(timeout=PATIENT)
        expect(self.page.get_by_text("waits too")).to_have_count(0, timeout=PATIENT)

    def wait_until_clear(self) -> None:
        """Until an emptied phone has nothing left to send."""
        nothing = re.compile("^outbox: 0$.*^photos: 0$", re.DOTALL | re.MULTILINE)
        for _try in range(40):
            if nothing.search(self.kept_in_the_clear()):
                return
            self.page.wait_for_timeout(250)
        raise AssertionError("something was not sent")

    def kept_in_the_clear(self) -> str:
        return self.page.evaluate(READ)
