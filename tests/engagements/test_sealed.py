"""Sealed concerns leave no trace for anybody else, and no dump of the database shows their words."""

import base64
import json
import re
import sqlite3
from datetime import timedelta

import pytest
from cryptography.fernet import InvalidToken
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry

from cms.setup import make_site
from communities.privacy import cipher
from communities.sight import Role
from engagements import codes, loop, meetings, questions, reports, sealed, sealing
from engagements.field import deciding, devices, server_key
from engagements.meetings import Asked, Minutes
from engagements.models import Concern, Duty, Entry, SealedConcern, SealedNote
from engagements.reports import Told
from tests import keys
from tests.cast import days_ago
from tests.engagements.conftest import hold
from tests.engagements.phone import Phone, meeting
from tests.test_doors import PUBLIC, plain_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def private(cast):
    """The integrity body's private key, whose public half is in use."""
    public, private = keys.another_pair()
    sealed.set_key(public, by=cast.integrity)
    return private


@pytest.fixture
def phone(cast):
    return Phone(cast.officer)


def told(cast, text, *, topic=None, **more):
    return Told(
        topic=topic or cast.sealed_topic, text=text, community=cast.village, **{"channel": "web", **more}
    )


# --- No trace ------------------------------------------------------------------------------------------------
OTHERS = [role for role in Role.values if role != Role.INTEGRITY]
OFFICE = ["concern:index", "duty:index", "engagement:index", "commitment:index", "entry:index", "topic:index"]


def addresses(meeting, concern, duty, community):
    exports = [f"{reverse(name)}?export=csv" for name in OFFICE[:3]]
    found = [reverse(name) for name in OFFICE] + ["/office/", "/office/reports/site-history/", *exports]
    found.append(f"{reverse('concern:index')}?q=sealedzq")
    found += [reverse("concern:map"), reverse("engagement:inspect", args=[meeting.pk])]
    found += [reverse("concern:inspect", args=[concern.pk]), reverse("duty:inspect", args=[duty.pk])]
    found += [reverse("engagement:brief", args=[community.pk])]
    return found


def looked_at(client, asked):
    """What each address answers, without what differs each time, and how many queries it took."""
    seen = {}
    for address in asked:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
            content = b"".join(answer) if answer.streaming else answer.content
        words = re.sub(rb"[A-Za-z0-9]{64}", b"", content)  # tokens of forms
        words = re.sub(rb"<updated>[^<]*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"", words)
        seen[address] = (answer.status_code, words, len(queries))
    return seen


def logged():
    return ModelLogEntry.objects.count(), PageLogEntry.objects.count()


def everything(client, cast, office):
    seen = {}
    for role in OTHERS:
        client.force_login(cast.users[role])
        seen[role] = looked_at(client, office)
    client.logout()
    seen["anyone"] = looked_at(
        client, [address for _name, address in plain_addresses(lambda who: who == PUBLIC)]
    )
    return seen


def test_no_other_role_and_no_reader_sees_that_there_is_one(cast, private, phone, client, caplog):
    held = hold(cast, asked=[("water", "women", "The pump is dry")], promised=[("We repair it", -9)])
    make_site()
    for history in (ModelLogEntry, PageLogEntry):  # else what the history calls "1 minute ago" would differ
        history.objects.update(timestamp=timezone.now() - timedelta(days=2))
    office = addresses(held, Concern.objects.get(), Duty.objects.first(), cast.village)
    everything(client, cast, office)  # what is kept between requests is kept now
    before, entries = everything(client, cast, office), logged()
    phone.pull()
    fetched = json.dumps(phone.documents)

    caplog.set_level("DEBUG")
    caplog.clear()
    code = reports.take(told(cast, "sealedzq"))
    reports.take(told(cast, "sealedzq", channel="hotline"), by=cast.officer)
    row = SealedConcern.objects.first()
    sealed.receive(
        topic=cast.sealed_topic,
        text="sealedzq",
        raised_by="women",
        raised_on=held.date,
        channel="meeting",
        community=cast.village,
        engagement=held,
    )
    reports.add(code, text="sealedzq")
    sealed.answer(row, text="sealedzq", by=cast.integrity)
    sealed.tell(row, on=days_ago(0), how="phone", by=cast.integrity)
    assert not [line for line in caplog.records if not line.name.startswith("django.db")]
    assert "sealedzq" not in caplog.text

    after = everything(client, cast, office)
    for role, pages in after.items():
        for address, seen in pages.items():
            assert seen == before[role][address], (role, address)
    phone.pull()
    assert json.dumps(phone.documents) == fetched
    assert logged() == entries
    assert not mail.outbox


def test_what_is_sealed_later_leaves_no_trace_for_any_other_role(cast, private, client):
    held = hold(cast, asked=[("water", "women", "The pump is dry")], promised=[("We repair it", -9)])
    about, duty = Concern.objects.get(), Duty.objects.first()
    make_site()
    for history in (ModelLogEntry, PageLogEntry):
        history.objects.update(timestamp=timezone.now() - timedelta(days=2))
    office = [*addresses(held, about, duty, cast.village), reverse("inbox"), reverse("question:index")]
    everything(client, cast, office)
    before, entries = everything(client, cast, office), logged()

    code = reports.take(told(cast, "sealedzq", topic=cast.water_topic, channel="hotline"), by=cast.officer)
    row = Concern.objects.latest("pk")
    loop.sort(row, topic=cast.water_topic, urgency="now", by=cast.supervisor)
    loop.assign(row, agency=cast.water, by=cast.supervisor)
    questions.ask(area=cast.north, text="sealedzq?", by=cast.officer, concern=row)
    loop.answer(row, text="sealedzq", by=cast.focal_point)
    loop.tell(row.duties.get(), on=days_ago(0), how="visit", group="person", by=cast.officer)
    reports.add(code, text="sealedzq more")
    assert everything(client, cast, office) != before
    reports.seal(row, topic=cast.sealed_topic, by=cast.supervisor)

    assert logged() == entries
    after = everything(client, cast, office)
    for role, pages in after.items():
        for address, (status, words, _queries) in pages.items():
            assert (status, words) == before[role][address][:2], (role, address)
    assert b"sealedzq" not in dumped()


def test_numbers_of_other_rows_do_not_jump_over_one(cast, private):
    reports.take(told(cast, "The pump is dry", topic=cast.water_topic))
    last = Concern.objects.latest("pk").pk, Duty.objects.latest("pk").pk
    for _time in range(3):
        reports.take(told(cast, "sealedzq"))
    reports.take(told(cast, "The pump is dry", topic=cast.water_topic))
    assert (Concern.objects.latest("pk").pk, Duty.objects.latest("pk").pk) == (last[0] + 1, last[1] + 1)


def test_a_wrong_code_is_answered_alike_whether_there_is_one_or_not(cast, private):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert reports.follow(codes.new()) is None
        return len(queries)

    without = asked()
    reports.take(told(cast, "sealedzq"))
    assert asked() == without


def test_a_meeting_reads_the_same_with_a_sealed_concern_and_without(cast, private, client):
    plain, carrying = (
        hold(cast, ago=ago, asked=[("water", "women", "The pump is dry"), *more])
        for ago, more in ((9, []), (8, [("sealed", "traders", "sealedzq")]))
    )
    client.force_login(cast.supervisor)
    client.get(reverse("engagement:inspect", args=[plain.pk]))
    pages = looked_at(client, [reverse("engagement:inspect", args=[row.pk]) for row in (plain, carrying)])
    (_one, first, few), (_two, second, many) = pages.values()
    assert few == many and b"sealedzq" not in second
    assert first.count(b"/office/concern/inspect/") == second.count(b"/office/concern/inspect/")


# --- A dump of the database ------------------------------------------------------------------------------------
FERNET = re.compile(r"gAAAAA[\w=-]{60,}")
BASE64 = re.compile(r"RlMx[A-Za-z0-9+/=]{500,}")  # "FS1"


def rows():
    """Every value of every column of every table of ours, as it is stored."""
    quote, plain = connection.ops.quote_name, connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            columns = [one.name for one in connection.introspection.get_table_description(cursor, table)]
            asked = [f"CAST({quote(name)} AS BLOB)" if plain else quote(name) for name in columns]
            cursor.execute(f"SELECT {', '.join(asked)} FROM {quote(table)}")
            for row in cursor.fetchall():
                yield from row


def opened_by_the_server(value):
    """A value, and all that the server's own keys make of it."""
    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    yield raw
    text = raw.decode(errors="ignore")
    inside = [base64.b64decode(found) for found in BASE64.findall(text)]
    for content in [raw, *inside]:
        try:
            yield from opened_by_the_server(server_key.unseal(content))
        except sealing.Unreadable:
            continue
    for token in FERNET.findall(text):
        try:
            yield from opened_by_the_server(cipher().decrypt(token.encode()))
        except InvalidToken:
            continue


def dumped():
    """A dump, read by somebody who has everything but the integrity body's private key."""
    whole = b"\n".join(part for value in rows() for part in opened_by_the_server(value))
    if connection.vendor == "sqlite" and hasattr(sqlite3.Connection, "serialize"):
        whole += connection.connection.serialize()
    return whole


def opened(private):
    """What the private key opens: texts, notes, and what phones left with us."""
    kept = [*SealedConcern.objects.values_list("text", flat=True)]
    kept += SealedNote.objects.exclude(text="").values_list("text", flat=True)
    for entry in Entry.objects.exclude(content=""):
        kept += re.findall(r"SC1:\d+:\w+:([A-Za-z0-9+/=]+)", entry.content)
    return {sealing.opened(base64.b64decode(text), private).decode() for text in kept}


def asked_about(topic, text):
    return {"topic": topic, "raised_by": "women", "text": text, "public_text": f"public {text}"}


def test_a_dump_tells_what_is_not_sealed(cast, private):
    """Else the test below would prove nothing."""
    reports.take(told(cast, "openwordszq", topic=cast.water_topic, contact="contactwordszq"))
    assert b"openwordszq" in dumped() and b"contactwordszq" in dumped()


def test_no_dump_shows_the_words_of_a_sealed_concern_and_the_private_key_opens_them(cast, private, phone):
    code = reports.take(told(cast, "sealedzq by anyone"))
    reports.take(told(cast, "sealedzq by an operator", channel="hotline"), by=cast.officer, token="form")
    reports.add(code, text="sealedzq added")
    sealed.answer(SealedConcern.objects.earliest("pk"), text="sealedzq answered", by=cast.integrity)
    minutes = Minutes(
        community=cast.village,
        kind="policing",
        date=days_ago(3),
        asked=[Asked(cast.sealed_topic, "women", "sealedzq in the office", "sealedzq for the public")],
    )
    meetings.log_meeting(minutes, by=cast.officer, submit=True)

    topic = cast.sealed_topic.pk
    phone.push(meeting(cast.village, concerns=[asked_about(topic, "sealedzq handed in")]))
    phone.push(
        {"community": cast.village.pk, "concerns": [asked_about(topic, "sealedzq in a draft")]}, draft=True
    )
    phone.push(
        {"community": cast.village.pk, "concerns": [asked_about(None, "sealedzq on no topic")]}, draft=True
    )
    phone.push({"community": cast.village.pk, "concerns": [asked_about(topic, "sealedzq refused")]})
    first = phone.command(
        meeting(cast.village, summary="One.", concerns=[asked_about(topic, "sealedzq first")])
    )
    phone.send(first)
    phone.send({**first, "body": meeting(cast.village, concerns=[asked_about(topic, "sealedzq set aside")])})
    deciding.set_aside(Entry.objects.waiting().get(), reason="Written twice", by=cast.supervisor)
    devices.revoke(phone.device, by=cast.officer)
    phone.push(meeting(cast.village, concerns=[asked_about(topic, "sealedzq from a lost phone")]))

    assert b"sealedzq" not in dumped()
    said = ["by anyone", "by an operator", "added", "answered", "in the office", "handed in", "in a draft"]
    said += ["on no topic", "refused", "first", "set aside", "from a lost phone"]
    assert opened(private) == {f"sealedzq {words}" for words in said}


def test_an_older_key_still_opens_what_was_sealed_to_it(cast, private):
    reports.take(told(cast, "sealedzq before"))
    public, newer = sealing.new_pair()
    sealed.set_key(public, by=cast.integrity)
    reports.take(told(cast, "sealedzq after"))
    before, after = SealedConcern.objects.order_by("pk")
    assert sealing.opened(base64.b64decode(before.text), private) == b"sealedzq before"
    assert sealing.opened(base64.b64decode(after.text), newer) == b"sealedzq after"
    with pytest.raises(sealing.Unreadable):
        sealing.opened(base64.b64decode(after.text), private)


# --- On phones -------------------------------------------------------------------------------------------------
def test_phones_offer_sealed_topics_only_where_there_is_a_key(cast, no_key, phone):
    phone.pull()
    offered = [row[0] for row in phone.documents["choices"]["topics"]]
    assert cast.sealed_topic.pk not in offered and cast.water_topic.pk in offered
    assert phone.documents["choices"]["instead"]["en"].startswith("Not taken in here: Corruption")
    public, _private = sealing.new_pair()
    sealed.set_key(public, by=cast.integrity)
    phone.pull()
    assert cast.sealed_topic.pk in [row[0] for row in phone.documents["choices"]["topics"]]
    assert phone.documents["choices"]["instead"] == ""


def test_without_a_key_what_is_said_on_a_sealed_topic_is_refused_and_not_kept(cast, no_key, phone):
    told = phone.push(meeting(cast.village, concerns=[asked_about(cast.sealed_topic.pk, "sealedzq")]))
    assert told["status"] == "refused" and "concerns.0.topic" in told["problems"]
    assert b"sealedzq" not in dumped()


def test_words_that_were_sealed_in_a_draft_cannot_become_an_open_concern(cast, private, phone):
    other = Phone(cast.officer)
    phone.push({"community": cast.village.pk, "concerns": [asked_about(None, "sealedzq")]}, draft=True)
    other.pull()
    handed_back = next(row for key, row in other.documents.items() if key.startswith("e"))
    row = handed_back["body"]["concerns"][0]
    assert row["text"].startswith("SC1:") and row["public_text"] == ""
    more = {"id": handed_back["id"], "seq": 2, "after": 1}
    body = meeting(cast.village, concerns=[{**row, "topic": cast.water_topic.pk}])
    told = other.push(body, **more)
    assert told["problems"] == {
        "concerns.0.text": ["These words were sealed. Write them anew for this topic."]
    }
    body = meeting(cast.village, concerns=[{**row, "topic": cast.sealed_topic.pk}])
    assert other.push(body, **{**more, "seq": 3})["status"] == "received"
    assert opened(private) == {"sealedzq"} and not Concern.objects.exists()


def test_a_long_sealed_text_is_taken_as_a_long_open_one_is(cast, private, phone):
    text = "".join(chr(0x620 + place * place % 40) for place in range(9_990))
    body = meeting(cast.village, concerns=[asked_about(cast.sealed_topic.pk, text)])
    body["concerns"][0]["public_text"] = ""
    assert phone.push(body)["status"] == "received"
    assert opened(private) == {text}
