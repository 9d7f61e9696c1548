"""The journey's stage: one demo site for all chapters, one browser, a visitor per call."""

import os

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from cms.demo import people

from .site import demo_site as serve_demo
from .visitor import Visitor

STOPPED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory) -> str:
    """The address of a demo of its own: tests' databases are not touched, and it is gone afterwards."""
    with serve_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Chromium. Module scope: Playwright's loop must not run beside other tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, demo_site):
    """`visit()` opens a browser for anyone; `visit("officer")` signs in. What went wrong unseen fails the test."""
    visitors = []

    def come(role: str = "", **context) -> Visitor:
        visitors.append(Visitor(browser, demo_site, **context))
        if role:
            visitors[-1].sign_in(people.logins()[role], people.PASSWORD)
        return visitors[-1]

    yield come
    complaints = [line for visitor in visitors for line in visitor.leave()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="session")
def samples_folder():
    """The real sample data, or None where it is missing."""
    folder = settings.BASE_DIR.parent / "shared" / "data"
    return folder if folder.is_dir() else None


# --- A story stops where a chapter fails ------------------------------------------------------------------
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and "chapter" in item.name:
        item.parent.stash.setdefault(STOPPED, item.name)
    return report


def pytest_runtest_setup(item):
    if stopped := item.parent.stash.get(STOPPED, None):
        pytest.skip(f"the story stopped at {stopped}")
