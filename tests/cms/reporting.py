"""Somebody who reports: fills the form in as a browser does, and reads what is answered."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from engagements import sealed
from tests import keys
from tests.communities.test_uploads import photo

WORDS = "canaryreportzq: the pump is dry"
CONTACT = "+229 90 99 97 77"
CODE = re.compile(r'<p class="code" dir="ltr"><bdi>([0-9A-Z-]{19})</bdi>')


def key_for(cast):
    """Sets a sealed channel up; returns the private key, which the site never has."""
    public, private = keys.another_pair()
    return sealed.set_key(public, by=cast.integrity), private


def address(name="report", language="en") -> str:
    with translation.override(language):
        return reverse(f"public:{name}")


def form_of(client, place, language="en") -> dict:
    """What a browser would send from the page of this place, with nothing filled in."""
    html = client.get(address(language=language), {"place": place}).content.decode()
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', html)
    return {
        "token": token[1],
        "place": place,
        "contact": "",
        "latitude": "",
        "longitude": "",
        "leave_empty": "",
    }


def send(client, at, language="en", **said):
    """Reports from this place; `said` are the fields filled in."""
    filled = {**form_of(client, at, language), "topic": "water", "text": WORDS, **said}
    return client.post(address(language=language), filled)


def code_in(response) -> str:
    found = CODE.search(response.content.decode())
    assert found, re.findall(r'class="field__error">(.*?)<', response.content.decode())
    return found[1]


def ask(client, code, language="en", **more):
    return client.post(address("report_follow", language), {"code": code, **more})


def a_photo(name="canaryphotozq.jpg", **how) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo(**how), "image/jpeg")
