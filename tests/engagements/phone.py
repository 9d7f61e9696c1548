"""A phone in the field, without a screen: it writes, seals and sends as the app does."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.test import Client

from engagements import sealing
from engagements.field import devices, server_key
from tests.cast import days_ago


def meeting(community, **more: Any) -> dict[str, Any]:
    """The body of a meeting with its five required fields, four days ago."""
    five = {
        "community": community.pk,
        "kind": "policing",
        "date": days_ago(4).isoformat(),
        "place": "usual",
        "attendance_total": 24,
    }
    return {**five, **more}


class Phone:
    def __init__(self, user, label="Test phone"):
        self.device, self.token = devices.enrol(by=user, label=label)
        self.client, self.cursor, self.documents = Client(), "", {}

    def command(self, body: dict, **more: Any) -> dict[str, Any]:
        return {
            "v": 1,
            "device": str(self.device.uid),
            "token": self.token,
            "id": str(uuid.uuid4()),
            "seq": 1,
            "kind": "meeting",
            "draft": False,
            "lang": "en",
            "body": body,
            **more,
        }

    def send(self, command: dict) -> Any:
        sealed = sealing.seal(json.dumps(command).encode(), server_key.current())
        return self.client.post("/field/push/", sealed, content_type="application/octet-stream")

    def push(self, body: dict, **more: Any) -> dict[str, Any]:
        response = self.send(self.command(body, **more))
        assert response.status_code == 200, response.content
        return response.json()

    def ask(self, address: str, given: dict | None = None) -> Any:
        headers = {"Authorization": f"Phone {self.device.uid} {self.token}"}
        return self.client.post(
            address, json.dumps(given or {}), content_type="application/json", headers=headers
        )

    def pull(self) -> dict[str, Any]:
        """Fetches until there is no more; answers the last answer, and keeps what a phone would."""
        more = True
        while more:
            told = self.ask("/field/pull/", {"cursor": self.cursor}).json()
            self.documents.update(told["documents"])
            for key in told["gone"]:
                del self.documents[key]
            self.cursor, more = told["cursor"], told["more"]
        return told

    # --- Photos ------------------------------------------------------------------------------------------
    def photo(self, content: bytes) -> tuple[dict, bytes]:
        """What an entry announces of a photo, and the sealed photo."""
        sealed = sealing.seal(content, server_key.current())
        about = {"id": str(uuid.uuid4()), "size": len(sealed), "sha256": hashlib.sha256(sealed).hexdigest()}
        return about, sealed

    def offset(self, photo: dict) -> int:
        return int(self.client.head(f"/field/photos/{photo['id']}/").headers["Upload-Offset"])

    def chunk(self, photo: dict, offset: int, content: bytes) -> Any:
        return self.client.patch(
            f"/field/photos/{photo['id']}/",
            content,
            content_type="application/offset+octet-stream",
            headers={"Upload-Offset": str(offset)},
        )
