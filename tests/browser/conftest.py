"""The journey's stage: one demo site for all chapters, one browser, a visitor per call."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from cms.demo import people
from tests import databases

from .site import Site
from .site import demo_site as serve_demo
from .visitor import CHROMIUM, Visitor

HERE = Path(__file__).parent
STOPPED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def demo(tmp_path_factory, django_db_blocker) -> Site:
    """A demo of its own: tests' databases are not touched, and it is gone afterwards."""
    with django_db_blocker.unblock():
        database = databases.copy(f"journey{settings.WORKER}")
    with serve_demo(tmp_path_factory.mktemp("demo"), database) as site:
        yield site
    with django_db_blocker.unblock():
        databases.drop(database)


@pytest.fixture(scope="session")
def demo_site(demo) -> str:
    """The address of the demo."""
    return demo.address


@pytest.fixture(scope="module")
def browser():
    """Chromium. Module scope: Playwright's loop must not run beside other tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**CHROMIUM)
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


# --- The journey is told on a fresh demo: phones, which log many meetings, come last ----------------------
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name.startswith("test_field") and item.path.parent == HERE)


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
