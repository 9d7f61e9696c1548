"""What comes from the field: a phone of the demo's officer, a draft on it, and two versions of one meeting."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from communities.models import Community
from engagements import sealing
from engagements.field import devices, server_key, sync

from .meetings import Stage

DRAFT_IN, TWICE_IN = "BJ-V006", "BJ-V008"


def tell(stage: Stage) -> None:
    """Sent and sealed as a phone does it, through the same door."""
    officer = stage.people.by_role["officer"]
    device, token = devices.enrol(by=officer, label="Demo phone")

    def send(body: dict[str, Any], **more: Any) -> str:
        command = {
            "v": 1,
            "device": str(device.uid),
            "token": token,
            "id": str(uuid.uuid4()),
            "seq": 1,
            "kind": "meeting",
            "body": body,
            **more,
        }
        sync.receive(sealing.seal(json.dumps(command).encode(), server_key.current()))
        return command["id"]

    community = stage.world.communities
    send({"community": community[DRAFT_IN].pk, "summary": "Half written on the way back."}, draft=True)
    meeting = _meeting(stage, community[TWICE_IN])
    first = send(meeting)
    send({**meeting, "attendance_total": 31, "summary": "Counted again from the photo."}, id=first)


def _meeting(stage: Stage, community: Community) -> dict[str, Any]:
    return {
        "community": community.pk,
        "kind": "outreach",
        "date": (stage.today - timedelta(days=2)).isoformat(),
        "place": "usual",
        "attendance_total": 28,
        "summary": "Short visit on the market day.",
        "pulse": {"yes": 14, "partly": 6, "no": 3, "silent": 5},
    }
