"""A phone without a screen: seals, pushes and uploads as the app does, and does not give up."""

from __future__ import annotations

import datetime
import hashlib
import http.client
import io
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from PIL import Image

from cms.demo import people
from engagements import sealing

CHUNK = 64 * 1024  # as in sync.js
SECONDS = 30  # for one answer
FAULTS = (OSError, http.client.HTTPException, ValueError)  # what a cut looks like from here


class GaveUp(AssertionError):
    """Even asking again and again did not help."""


@dataclass
class Photo:
    sealed: bytes
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))

    def announced(self) -> dict[str, Any]:
        return {"id": self.uid, "size": len(self.sealed), "sha256": hashlib.sha256(self.sealed).hexdigest()}


@dataclass
class Sender:
    """`key` seals; `address` may be changed to that of a bad line."""

    address: str
    device: str
    token: str
    key: Any  # with pk and public

    def seal(self, content: bytes) -> bytes:
        return sealing.seal(content, self.key)

    def photo(self, size: int = 120) -> Photo:
        file = io.BytesIO()
        Image.effect_noise((size, size), 60).convert("RGB").save(file, "JPEG", quality=72)
        return Photo(self.seal(file.getvalue()))

    def meeting(
        self, community: int, *, uid: str = "", seq: int = 1, photos: list[Photo] = (), **more
    ) -> bytes:
        """One sealed version of a meeting; what is not of its body stands in `more` as itself."""
        body = {
            "community": community,
            "kind": "policing",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "place": "usual",
            "attendance_total": more.pop("came", None),
            "summary": more.pop("summary", ""),
        }
        command = {
            "v": 1,
            "device": self.device,
            "token": self.token,
            "id": uid or str(uuid.uuid4()),
            "seq": seq,
            "kind": "meeting",
            "photos": [photo.announced() for photo in photos],
            "body": body,
            **more,
        }
        return self.seal(json.dumps(command).encode())

    # --- One request on one connection -----------------------------------------------------------------
    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str):
        """Status, headers and content. Raises one of FAULTS when the line or the server failed."""
        line = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, path, body, {"Connection": "close", **named})
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        if answer.status >= 500:
            raise OSError(f"the server is busy: {answer.status}")
        return answer.status, answer.headers, content

    def push(self, sealed: bytes) -> dict[str, Any]:
        status, _headers, content = self.ask(
            "POST", "/field/push/", sealed, Content_Type="application/octet-stream"
        )
        if status != 200:
            raise OSError(f"not taken: {status}")
        return json.loads(content)

    def deliver(self, sealed: bytes, *photos: Photo, chunk: int = CHUNK) -> dict[str, Any]:
        """A version of an entry, and then its photos."""
        answer = self.push(sealed)
        for photo in photos:
            self.upload(photo, chunk)
        return answer

    def pull(self, cursor: str = "") -> dict[str, Any]:
        status, _headers, content = self.ask(
            "POST",
            "/field/pull/",
            json.dumps({"cursor": cursor}).encode(),
            Authorization=f"Phone {self.device} {self.token}",
        )
        if status != 200:
            raise OSError(f"nothing fetched: {status}")
        return json.loads(content)

    def upload(self, photo: Photo, chunk: int = CHUNK) -> None:
        """From where the server has it until it is whole."""
        path = f"/field/photos/{photo.uid}/"
        status, headers, _empty = self.ask("HEAD", path)
        if status != 200:
            raise OSError(f"not announced: {status}")
        offset = offset_in(headers)
        while offset < len(photo.sealed):
            status, headers, _empty = self.ask(
                "PATCH",
                path,
                photo.sealed[offset : offset + chunk],
                Content_Type="application/offset+octet-stream",
                Upload_Offset=str(offset),
            )
            if status != 204:
                raise OSError(f"the chunk was not taken: {status}")
            offset = offset_in(headers)

    # --- Until it is done -----------------------------------------------------------------------------
    def until(self, act, *args, seconds: float = 40, **more) -> Any:
        """Does it again after every fault, as a phone does when signal comes back."""
        end = time.monotonic() + seconds
        while True:
            try:
                return act(*args, **more)
            except FAULTS as fault:
                if time.monotonic() > end:
                    raise GaveUp from fault
                time.sleep(0.1)


def offset_in(headers) -> int:
    """How far the server has a photo. http.client takes headers that were cut off for the whole of them; no browser
    does."""
    if headers["Upload-Offset"] is None:
        raise OSError("The answer was cut off.")
    return int(headers["Upload-Offset"])


def put_in_use(address: str, role: str = "officer") -> Sender:
    """Signs in on the web and puts a phone in use, as its browser would."""
    browser = build_opener(HTTPCookieProcessor(jar := CookieJar()))

    def csrf() -> str:
        return next(cookie.value for cookie in jar if cookie.name == "csrftoken")

    def post(path: str, **given: str):
        request = Request(address + path, urlencode(given).encode(), {"X-CSRFToken": csrf()})
        return browser.open(request, timeout=SECONDS)

    browser.open(f"{address}/accounts/login/", timeout=SECONDS)
    post("/accounts/login/", login=people.logins()[role], password=people.PASSWORD)
    browser.open(f"{address}/field/session/", timeout=SECONDS)
    told = json.load(post("/field/enrol/", label="Simulated"))
    key = SimpleNamespace(pk=told["key"]["id"], public=told["key"]["spki"])
    return Sender(address, told["device"], told["token"], key)


def a_community(fetched: dict[str, Any]) -> int:
    """One that is in the officer's sight."""
    return next(int(key[1:]) for key in fetched["documents"] if key[0] == "c" and key[1:].isdigit())


# --- Many of them --------------------------------------------------------------------------------------------
MANY = """
import json
from communities.models import User
from engagements import sealing
from engagements.field import devices, server_key
officer = User.objects.get(email=EMAIL)
made = [devices.enrol(by=officer, label=f"Simulated {n}") for n in range(COUNT)]
key = server_key.current()
print(json.dumps([[str(device.uid), token, key.pk, key.public] for device, token in made]))
"""


def many(site, count: int, role: str = "officer") -> list[Sender]:
    """So many phones of one officer, put in use on the server itself: signing in is slow, on purpose."""
    made = site.asked(f"EMAIL, COUNT = {people.logins()[role]!r}, {count}\n{MANY}")
    return [
        Sender(site.address, device, token, SimpleNamespace(pk=pk, public=public))
        for device, token, pk, public in made
    ]


def all_at_once(site, count: int, *, at_once: int) -> dict[str, int]:
    """Each phone fetches, logs a meeting with a photo and fetches again: people who came by uid of the meeting."""
    start = threading.Barrier(at_once)

    def work(number: int, phone: Sender) -> str:
        if number < at_once:
            start.wait()
        fetched = phone.until(phone.pull)
        community = a_community(fetched)
        uid, photo = str(uuid.uuid4()), phone.photo()
        sealed = phone.meeting(community, uid=uid, came=number, photos=[photo])
        phone.until(phone.deliver, sealed, photo)
        assert f"e{uid}" in phone.until(phone.pull, fetched["cursor"])["documents"]
        return uid

    with ThreadPoolExecutor(at_once) as pool:
        uids = list(pool.map(work, range(count), many(site, count)))
    return dict(zip(uids, range(count), strict=True))
