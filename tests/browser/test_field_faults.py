"""Whatever the line and the server do to what a phone sends: never a lost, a doubled or a half entry.

A simulated phone behind a line that is cut, doubles and holds back; a server that is killed meanwhile; many phones
at once. The rows are read from the demo's own database.
"""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from . import simulated
from .proxy import Line

pytestmark = pytest.mark.browser

CUTS = 8  # places of a cut, in the push and in all of it, in each direction
CHUNK = 3_000  # bytes: several chunks of a small photo
PHONES, AT_ONCE = 30, 10  # a hundred: tests/bench/bench_field.py

# uid → [meetings, people who came, state, photos that can be opened, entries, waiting rivals]
FOUND = """
import json, sys
from PIL import Image
from engagements.models import Engagement, Entry, Photo, Upload
def whole(photo):
    with photo.file.open() as file:
        image = Image.open(file)
        image.load()
        return image.size == (120, 120)
def row(uid):
    entries = Entry.objects.filter(uid=uid)
    meetings = list(Engagement.objects.filter(uid=uid))
    photos = [whole(photo) for photo in Photo.objects.filter(engagement__uid=uid)]
    assert all(photos)
    rivals = Entry.objects.filter(rival_of__uid=uid)
    return {
        "meetings": len(meetings),
        "came": [meeting.attendance_total for meeting in meetings],
        "states": [meeting.state for meeting in meetings],
        "photos": len(photos),
        "entries": [entry.state for entry in entries],
        "rivals": [rival.why for rival in rivals],
        "arriving": Upload.objects.filter(entry__uid=uid, done=False).count(),
    }
print(json.dumps({uid: row(uid) for uid in UIDS}))
"""
ONCE = {"meetings": 1, "states": ["submitted"], "entries": ["recorded"], "rivals": [], "arriving": 0}


@pytest.fixture(scope="module")
def sender(demo):
    return simulated.put_in_use(demo.address)


@pytest.fixture(scope="module")
def community(sender) -> int:
    return simulated.a_community(sender.pull())


@pytest.fixture
def line(demo, sender):
    line = Line(demo.port)
    sender.address = line.address
    yield line
    sender.address = demo.address
    line.close()


def assert_once(demo, came: dict[str, int], *, photos: int = 0) -> None:
    """Each meeting is there once, with what was said in it and its photos whole."""
    assert len(came) > 0
    found = demo.asked(f"UIDS = {list(came)!r}\n{FOUND}")
    assert found == {uid: {**ONCE, "came": [people], "photos": photos} for uid, people in came.items()}


def spread(length: int, count: int) -> set[int]:
    """Places from before the first byte to before the last."""
    return {round(place * (length - 1) / (count - 1)) for place in range(count)}


# --- The line is cut -------------------------------------------------------------------------------------
@pytest.mark.parametrize("direction", ["request", "answer"])
def test_cut_at_any_byte_a_meeting_and_its_photo_are_there_once_after_the_resend(
    demo, sender, line, community, direction
):
    places = places_to_cut(sender, line, community, direction)
    came = {}
    for people, place in enumerate(places):
        came[uid := str(uuid.uuid4())] = people
        photo = sender.photo()
        sealed = sender.meeting(community, uid=uid, came=people, photos=[photo])
        line.cut(direction, place)
        with pytest.raises(simulated.FAULTS):
            sender.deliver(sealed, photo, chunk=CHUNK)
        first = sender.until(sender.deliver, sealed, photo, chunk=CHUNK)
        assert first["status"] == "received"
    assert_once(demo, came, photos=1)


def places_to_cut(sender, line, community, direction) -> list[int]:
    """Spread over all that is carried, and closer over the push, which is a small part of it."""
    photo = sender.photo()
    before = line.carried[direction]
    sender.push(sender.meeting(community, photos=[photo]))
    pushed = line.carried[direction] - before
    sender.upload(photo, CHUNK)
    carried = line.carried[direction] - before
    return sorted(spread(pushed, CUTS) | spread(carried - 100, CUTS))  # photos differ a little in size


# --- The line doubles, and turns the order round -----------------------------------------------------------
def test_what_arrives_twice_at_once_is_there_once(demo, sender, line, community):
    came = {}
    for people in range(4):
        came[uid := str(uuid.uuid4())] = people
        photo = sender.photo()
        sealed = sender.meeting(community, uid=uid, came=people, photos=[photo])
        line.double()
        assert sender.until(sender.push, sealed)["status"] == "received"
        for chunk in (CHUNK, 10 * CHUNK):  # some of it in one doubled chunk, and the rest in another
            line.double()
            sender.until(sender.upload, photo, chunk)
    assert_once(demo, came, photos=1)


def test_an_older_version_that_arrives_later_changes_nothing(demo, sender, line, community):
    came = {}
    for people in range(4):
        came[uid := str(uuid.uuid4())] = 100 + people
        older = sender.meeting(community, uid=uid, seq=1, came=people, draft=people % 2 == 0)
        newer = sender.meeting(community, uid=uid, seq=2, came=100 + people)
        release = line.hold()
        with ThreadPoolExecutor(1) as late:
            waiting = late.submit(sender.until, sender.push, older)
            while not line.is_free:
                time.sleep(0.01)
            assert sender.until(sender.push, newer)["status"] == "received"
            release.set()
            assert waiting.result()["status"] == "received"
    assert_once(demo, came)


def test_another_text_under_the_same_number_is_kept_beside_it(demo, sender, community):
    uid = str(uuid.uuid4())
    sender.push(sender.meeting(community, uid=uid, came=1))
    answer = sender.push(sender.meeting(community, uid=uid, came=2))
    assert (answer["status"], answer["why"]) == ("held", "differs")
    found = demo.asked(f"UIDS = [{uid!r}]\n{FOUND}")[uid]
    assert (found["came"], found["rivals"]) == ([1], ["differs"])


# --- The server is killed ----------------------------------------------------------------------------------
def test_a_server_that_is_killed_meanwhile_loses_and_doubles_nothing(demo, sender, community):
    came, until_done = {}, []
    with ThreadPoolExecutor(4) as phones:
        for people in range(16):
            came[uid := str(uuid.uuid4())] = people
            photo = sender.photo()
            sealed = sender.meeting(community, uid=uid, came=people, photos=[photo])
            until_done.append(phones.submit(sender.until, sender.deliver, sealed, photo, chunk=CHUNK))
        wait_for(until_done, 4)
        demo.kill()
        demo.start()
        answers = [one.result() for one in until_done]
    assert {answer["status"] for answer in answers} == {"received"}
    assert_once(demo, came, photos=1)


def wait_for(futures, count: int) -> None:
    while sum(one.done() for one in futures) < count:
        time.sleep(0.02)


# --- Many at once ------------------------------------------------------------------------------------------
def test_many_phones_at_once_lose_nothing(demo, sender):
    came = simulated.all_at_once(demo, PHONES, at_once=AT_ONCE)
    assert_once(demo, came, photos=1)
