"""Reports from the public: what is kept of them, where nothing of them may appear, and what a code is worth."""

import logging
import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from engagements import codes
from engagements.models import Concern, TrackingCode

from .reporting import CONTACT, a_photo, address, ask, code_in, key_for, send

pytestmark = pytest.mark.usefixtures("site")
PAGES = ("report", "report_follow", "report_numbers", "report_paper")
ADDRESS, AGENT = "203.0.113.77", "Canaryagentzq/1.0"
CANARY = "canaryreportzq"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def village(cast) -> str:
    key_for(cast)
    return cast.village.public_reference


def dump() -> str:
    """Every column of every row of every table, as whoever took the database would have it."""
    found = []
    with connection.cursor() as cursor:
        for table in tables(cursor):
            cursor.execute(f"SELECT {columns(cursor, table)} FROM {connection.ops.quote_name(table)}")
            found += [b" | ".join(plain(value) for value in row) for row in cursor]
    return b"\n".join(found).decode(errors="replace")


def tables(cursor) -> list[str]:
    """On SQLite without the virtual ones: what these hold lies in tables of their own."""
    if connection.vendor != "sqlite":
        return connection.introspection.table_names(cursor)
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    return [name for (name,) in cursor.fetchall()]


def columns(cursor, table) -> str:
    """On SQLite as bytes: what a column is declared to hold would be parsed, and its own tables hold no such thing."""
    if connection.vendor != "sqlite":
        return "*"
    cursor.execute("SELECT name FROM pragma_table_info(%s)", [table])
    return ", ".join(f"CAST({connection.ops.quote_name(name)} AS BLOB)" for (name,) in cursor.fetchall())


def plain(value) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def files() -> bytes:
    folders = (settings.MEDIA_ROOT, settings.STORAGES["private"]["OPTIONS"]["location"])
    paths = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return b"\n".join(str(path).encode() + path.read_bytes() for path in paths)


# --- Headers and cookies --------------------------------------------------------------------------------------------
def test_no_page_is_kept_or_told_to_the_next_and_none_sets_a_cookie(client, village):
    answers = [client.get(address(name)) for name in PAGES] + [client.get(address(), {"place": village})]
    answers += [send(client, village), send(client, village, text=""), send(client, village, topic="tip")]
    answers += [ask(client, "abc"), ask(client, code_in(answers[5])), client.put(address())]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not Session.objects.exists()


def fetched_by(answer) -> set[str]:
    """Everything that a browser fetches by itself for a page: what an access log of static files holds of it."""
    html = answer.content.decode()
    tags = " ".join(re.findall(r"<(?:link|script|img|source|iframe|object|embed|use)\b[^>]*>", html))
    found = re.findall(r'(?:src|srcset|href|data)="([^"]+)"', tags)
    return {address for address in found if "/static/" in address or "/media/" in address}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_report_page_fetches_what_the_home_page_does_not(client, cast, village, language):
    """A script or stylesheet of its own would stand in the access log, and tell who opened the form."""
    home = fetched_by(client.get(f"/{language}/"))
    taken = send(client, village, language)
    answers = [client.get(address(name, language)) for name in PAGES]
    answers += [
        client.get(address(language=language), given) for given in ({"place": village}, {"in": "BJ0101"})
    ]
    answers += [taken, ask(client, code_in(taken), language), ask(client, "abc", language)]
    answers += [send(client, village, language, text=""), send(client, village, language, topic="tip")]
    for answer in answers:
        assert fetched_by(answer)  # else nothing was read here
        assert fetched_by(answer) <= home, answer.request["PATH_INFO"]


# --- What is kept ---------------------------------------------------------------------------------------------------
def test_neither_address_nor_browser_nor_code_is_kept(client, village):
    for topic in ("water", "corruption"):
        code = code_in(send_from(client, village, topic=topic, contact=CONTACT, photos=[a_photo()]))
        ask(client, code, text="more")
        kept = dump()
        assert code not in kept and code.replace("-", "") not in kept
        for trace in (ADDRESS, AGENT, "canaryphotozq", "canaryexifzq"):
            assert trace not in kept and trace.encode() not in files()
    assert CONTACT not in kept  # encrypted


def send_from(client, village, **said):
    client.defaults.update({"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT})
    return send(client, village, **said)


def test_a_sealed_report_is_in_no_table_and_no_file_in_plain(client, village):
    before = files()
    code = code_in(send(client, village, topic="corruption", contact=CONTACT, photos=[a_photo()]))
    ask(client, code, text=f"{CANARY} again")
    kept = dump()
    for words in (CANARY, CONTACT, code):
        assert words not in kept and words.encode() not in files()
    assert files() == before
    assert "JFIF" not in kept
    send(client, village)
    assert CANARY in dump()  # which is how it would show


# --- Where nothing may appear -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("topic", ["water", "corruption"])
def test_no_log_no_cache_and_no_public_page_has_a_word_of_it(client, cast, village, caplog, topic):
    caplog.set_level(logging.DEBUG)
    for logger in ("django", "django.request", "django.security", "django.db.backends"):
        caplog.set_level(logging.INFO, logger)
    code = code_in(send_from(client, village, topic=topic, contact=CONTACT))
    wrong = codes.grouped(codes.new())
    for said in ({"text": "more"}, {"text": ""}, {}):
        ask(client, code, **said)
    ask(client, wrong)
    client.get(address("report_follow"), {"code": code})
    kept = repr(cache._cache) + caplog.text + "".join(map(repr, caplog.records))
    pages = ["/en/", "/en/communities/", f"/en/communities/{village}/", "/en/map.json", "/sitemap.xml"]
    shown = "".join(client.get(page).content.decode() for page in pages)
    shown += "".join(client.get(address(name)).content.decode() for name in PAGES)
    for trace in (CANARY, CONTACT, code, code.replace("-", ""), wrong, wrong.replace("-", "")):
        assert trace not in kept and trace not in shown
    for trace in (ADDRESS, AGENT):
        assert trace not in kept


def test_a_limit_that_was_reached_is_logged_without_a_word_of_what_was_sent(
    client, village, monkeypatch, caplog
):
    monkeypatch.setattr("cms.report_limits.SITE_PER_HOUR", 0)
    assert send_from(client, village, contact=CONTACT).status_code == 429
    assert "/en/report/" in caplog.text
    for trace in (CANARY, CONTACT, ADDRESS, AGENT):
        assert trace not in caplog.text


def test_a_failure_on_our_side_is_reported_without_what_was_sent(
    client, village, monkeypatch, mailoutbox, settings
):
    settings.ADMINS = [("Admin", "admin@example.org")]
    monkeypatch.setattr("engagements.reports.take", lambda *args, **kwargs: 1 / 0)
    client.raise_request_exception = False
    assert send(client, village, contact=CONTACT).status_code == 500
    sent = "".join(f"{mail.subject}{mail.body}{mail.alternatives}" for mail in mailoutbox)
    assert CANARY not in sent and CONTACT not in sent


@pytest.mark.parametrize(
    "role", ["registrar", "editor", "liaison", "administrator", "integrity", "focal_point"]
)
def test_no_office_list_of_another_role_shows_it(client, cast, village, role):
    code_in(send(client, village, contact=CONTACT))
    client.force_login(cast.users[role])
    answer = client.get(reverse("concern:index"))
    assert CANARY not in answer.content.decode() and CONTACT not in answer.content.decode()


# --- Codes ------------------------------------------------------------------------------------------------------------
def test_guessing_is_hopeless_by_calculation():
    assert math.log2(len(codes.ALPHABET) ** codes.RANDOM) == 75
    reports, beginnings = 10**6, len(codes.ALPHABET) ** 2
    a_year = codes.WRONG_PER_HOUR * beginnings * 24 * 365
    assert a_year * reports / 2**75 < 1 / 10**8


def test_guessing_is_stopped_in_practice_and_others_still_read_theirs(client, village):
    code = code_in(send(client, village))
    start = "00" if code[:2] != "00" else "11"
    for number in range(codes.WRONG_PER_HOUR):
        assert ask(client, wrong_code(start, number)).status_code == 200
    stopped = ask(client, wrong_code(start, 99))
    assert stopped.status_code == 429
    assert "Too many wrong codes" in stopped.content.decode()
    assert "Received, not looked at yet" in ask(client, code).content.decode()


def wrong_code(start: str, number: int) -> str:
    signs = f"{start}{number:013d}"
    return signs + codes.check_sign(signs)


def test_a_slip_a_wrong_code_and_none_answer_alike(client, village):
    code = code_in(send(client, village))
    slip = code[:-1] + ("A" if code[-1] != "A" else "B")
    for typed, sentence in [
        (slip, "There is a slip in this code."),
        (code[:-2], "this has 14"),
        (wrong_code("00", 1), "No report has this code."),
        ("", "Write the code you were given."),
    ]:
        answer = ask(client, typed)
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
        assert "What happened so far" not in answer.content.decode()


def test_a_code_is_read_in_any_hand(client, village):
    code = code_in(send(client, village))
    for typed in (
        code.lower(),
        code.replace("-", " "),
        code.translate(ARABIC),
        f"  {code.replace('1', 'I')} ",
    ):
        assert "You told us." in ask(client, typed).content.decode()


def test_a_code_in_an_address_is_not_looked_at(client, village):
    code = code_in(send(client, village))
    assert "You told us." not in client.get(address("report_follow"), {"code": code}).content.decode()


def test_an_addition_under_a_wrong_code_is_kept_nowhere(client, village):
    code_in(send(client, village))
    assert "No report has this code." in ask(client, wrong_code("00", 1), text=CANARY * 2).content.decode()
    assert CANARY * 2 not in dump()


def test_what_cannot_be_added_is_said_and_not_lost(client, village):
    code = code_in(send(client, village))
    page = ask(client, code, text="x" * 4001).content.decode()
    assert "x" * 4001 in page and "Not sent yet" in page and "You told us." in page
    for number in range(20):
        ask(client, code, text=f"More {number}")
    assert "You have added 20 times." in ask(client, code, text="One more").content.decode()
    assert Concern.objects.get().report.additions.count() == 20


def test_only_a_hash_of_a_code_is_kept(client, village):
    code = code_in(send(client, village)).replace("-", "")
    assert TrackingCode.objects.get().digest == codes.digest(code) != code
