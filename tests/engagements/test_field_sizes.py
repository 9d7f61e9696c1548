"""What goes over the line, in bytes as they are sent: data costs money, and signal is short."""

import gzip
import json
import random
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communities.models import Community, Contact
from engagements import sealing
from engagements.field import devices, server_key, shell
from services import gaps
from services.models import ServicePoint
from tests.cast import days_ago

from .conftest import hold

FIRST_PULL, MEETING, SHELL = 200_000, 3_000, 150_000
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bu",
    "da",
    "de",
    "do",
    "fa",
    "fi",
    "ga",
    "gou",
    "ka",
    "ke",
    "ko",
    "la",
    "li",
    "lo",
    "ma",
    "mi",
    "na",
    "ni",
    "pa",
    "ra",
    "ri",
    "sa",
    "so",
    "ta",
    "ti",
    "to",
    "wa",
    "ya",
    "zo",
]


@pytest.fixture
def words():
    """`words(60)`: so many letters of something that compresses worse than a language does."""
    chance = random.Random(7)

    def say(letters: int) -> str:
        said = ""
        while len(said) < letters:
            said += "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) + " "
        return said[:letters].strip()

    return say


def settle(cast, words, number: int) -> Community:
    """A community with a full brief: three concerns, three overdue promises that people must be told of, a contact."""
    community = Community.objects.create(
        code=f"BJ-S{number}",
        name=words(12),
        name_fr=words(12),
        name_ar=words(12),
        country="BJ",
        area=cast.north,
        location=Point(2.1 + number / 50, 11.2 + number / 100, srid=4326),
    )
    Contact.objects.create(
        community=community, role="chief", name="Wxqwxq", phone="+22990000000", agreed_on=days_ago(9)
    )
    hold(
        cast,
        ago=60,
        community=community,
        asked=[("water", group, words(110)) for group in ("women", "elders", "herders")],
        promised=[(words(90), 30 + late) for late in range(3)],
        details={"language": cast.dendi, "interpreter": "teacher"},
    )
    ServicePoint.objects.bulk_create(
        ServicePoint(
            code=f"P{number}-{place}",
            name=words(25),
            type=cast.health,
            country="BJ",
            area=cast.north,
            location=Point(2.1 + number / 50, 11.2 + place / 100, srid=4326),
            source="test",
        )
        for place in range(10)
    )
    return community


def first_pull(client, device, token) -> SimpleNamespace:
    """Everything that a new phone fetches: bytes as they are sent, documents, and the queries of one answer."""
    cursor, sent, documents, queries = "", 0, {}, []
    while True:
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                "/field/pull/",
                json.dumps({"cursor": cursor}),
                content_type="application/json",
                headers={"Authorization": f"Phone {device.uid} {token}", "Accept-Encoding": "gzip"},
            )
        assert answer["Content-Encoding"] == "gzip"
        told = json.loads(gzip.decompress(answer.content))
        sent, cursor = sent + len(answer.content), told["cursor"]
        documents |= told["documents"]
        queries.append(len(asked))
        if not told["more"]:
            return SimpleNamespace(sent=sent, documents=documents, queries=queries)


def test_a_first_download_is_small_and_asks_no_more_of_the_database_for_forty_than_for_five(
    cast, client, words
):
    phone = devices.enrol(by=cast.officer, label="small")
    for number in range(5):
        settle(cast, words, number)
    gaps.recompute(cast.health)
    few = first_pull(client, *phone)
    for number in range(5, 40):
        settle(cast, words, number)
    gaps.recompute(cast.health)
    many = first_pull(client, *phone)
    briefs = [
        document
        for key, document in many.documents.items()
        if re.match(r"c\d", key) and "promises" in document
    ]
    assert len(briefs) == 40
    assert all(len(brief[rows]) == 3 for brief in briefs for rows in ("promises", "concerns", "duties"))
    assert sum(len(one["points"]) for key, one in many.documents.items() if re.match(r"p\d", key)) == 400
    assert set(many.queries) == set(few.queries)
    assert many.sent < FIRST_PULL


def test_a_meeting_without_photos_is_under_3_kB_as_it_is_sealed(db, words):
    """A long one: as the app writes it, with empty fields too. The browser test measures real ones."""
    body = {
        "community": 1234,
        "kind": "policing",
        "date": "2026-05-01",
        "place": "other",
        "place_detail": words(60),
        "attendance_total": 84,
        "found_nobody": False,
        "attendance": [{"sex": "women", "count": 40}, {"who": "officers", "sex": "women", "count": 2}]
        + [{"group": group, "count": 9} for group in ("women", "herders", "farmers", "traders")],
        "topics": [1, 2, 3],
        "agencies": [4, 5],
        "concerns": [
            {
                "topic": 1,
                "raised_by": "women",
                "text": words(150),
                "public_text": words(120),
                "urgency": "normal",
            }
            for _number in range(3)
        ],
        "commitments": [
            {
                "words": words(120),
                "agency": 7,
                "due_on": "2026-06-01",
                "public_text": words(100),
                "accepted_by": "women",
                "about_new": number,
            }
            for number in range(2)
        ],
        "verdicts": [{"commitment": 900 + number, "group": "women", "answer": 1} for number in range(4)],
        "tellings": [{"duty": 800 + number, "group": "women", "reached": True} for number in range(3)],
        "pulse": {"yes": 30, "partly": 12, "no": 4, "silent": 3},
        "language": 3,
        "interpreter": "teacher",
        "read_back_in": 3,
        "agreed_by": words(40),
        "summary": words(400),
        "public_summary": words(200),
        "position": [11.86234567, 3.38712345],
    }
    command = {
        "v": 1,
        "device": "0b5cf3a6-6c3b-4f0e-9c0e-5a5d1f9f4a10",
        "token": "x" * 43,
        "id": "0b5cf3a6-6c3b-4f0e-9c0e-5a5d1f9f4a11",
        "seq": 37,
        "kind": "meeting",
        "draft": False,
        "lang": "fr",
        "zone": 60,
        "mends": None,
        "photos": [],
        "body": body,
    }
    content = json.dumps(command, separators=(",", ":")).encode()
    assert len(content) > 2_500
    assert len(sealing.seal(content, server_key.current())) < MEETING


def sent_for(client, address: str) -> int:
    """Files are packed once, when they are collected; what a view makes is packed on its way."""
    if address.startswith(settings.STATIC_URL):
        content = Path(finders.find(address.removeprefix(settings.STATIC_URL))).read_bytes()
        return min(len(content), len(gzip.compress(content)))
    return len(client.get(address, headers={"Accept-Encoding": "gzip"}).content)


def test_the_app_itself_is_under_150_kB_as_it_is_sent(cast, client):
    sent = {address: sent_for(client, address) for address in shell.addresses()}
    assert sum(sent.values()) < SHELL, sent
