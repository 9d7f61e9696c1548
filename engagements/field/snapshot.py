"""What a phone fetches: documents within its officer's sight, only those that changed, and what must disappear.

A document has a key ("c12" a community with its brief, "p7" the service points of an area, "e…" an entry, "choices",
"me") and a hash. The cursor that a phone gives back *is* the hashes of what it holds: what differs is sent, what is
not in sight any more is gone. The server remembers nothing of it, so a lost answer costs nothing. See docs/sync.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q
from django.utils import timezone, translation
from django.utils.functional import lazy

from communities.models import Agency, Area, Group, Language, Presence, User
from communities.models.words import Named
from services.models import GapState, ServicePoint, ServiceState

from .. import sealed
from ..brief import Brief, briefs, by_silence
from ..models import Concern, Device, Engagement, Entry, Pulse, Receipt, Topic
from ..models.commitments import Answer, Shown, Standing

COMMUNITIES = 200  # on one phone at most: those not met for longest
POINTS = 1000
PAGE = 60  # documents in one answer
SHOWN_DAYS = 60  # how long a phone shows what became of an entry
ROWS = 12  # of each kind in a brief

Document = dict[str, Any]


def pull(device: Device, cursor: str) -> dict[str, Any]:
    """What changed since `cursor` (empty: everything). Raises ValueError for a cursor that is none."""
    held = _read(cursor)
    there = dict(_documents(device))
    hashes = {key: _hash(document) for key, document in there.items()}
    changed = [key for key in there if held.get(key) != hashes[key]]
    gone = [key for key in held if key not in there]
    now_held = {key: value for key, value in held.items() if key in there}
    now_held.update((key, hashes[key]) for key in changed[:PAGE])
    return {
        "cursor": _written(now_held),
        "documents": {key: there[key] for key in changed[:PAGE]},
        "gone": gone,
        "more": len(changed) > PAGE,
    }


def _hash(document: Document) -> str:
    said = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return base64.urlsafe_b64encode(hashlib.sha256(said.encode()).digest())[:8].decode()


def _written(held: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(held).encode())).decode()


def _read(cursor: str) -> dict[str, str]:
    if not cursor:
        return {}
    try:
        unpack = zlib.decompressobj()
        held = json.loads(unpack.decompress(base64.urlsafe_b64decode(cursor), 2**20))
    except zlib.error as error:
        raise ValueError("no cursor") from error
    if not isinstance(held, dict):
        raise ValueError("no cursor")
    return held


def _documents(device: Device) -> Iterator[tuple[str, Document]]:
    user = device.user
    rows = by_silence(user).select_related("area").prefetch_related("languages")
    here = list(rows.defer("area__boundary")[:COMMUNITIES])
    yield "me", _me(user, left_out=max(0, rows.count() - len(here)) if len(here) == COMMUNITIES else 0)
    yield "choices", _choices(user)
    for pk, brief in briefs(here, user).items():
        yield f"c{pk}", _community(brief)
    yield from _points(user)
    yield from _entries(device)


# --- Words in three languages ------------------------------------------------------------------------------
def _in_three(words: Any) -> dict[str, str] | str:
    """A lazy translation in every language of the app; one string where they are the same."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = str(words)
    return said if len(set(said.values())) > 1 else said["en"]


def _name(row: Named) -> dict[str, str] | str:
    said = {"en": row.name, "fr": row.name_fr or row.name, "ar": row.name_ar or row.name}
    return said if len(set(said.values())) > 1 else row.name


def _all(choices: Any) -> list[list[Any]]:
    return [[value, _in_three(label)] for value, label in choices.choices]


def _me(user: User, left_out: int) -> Document:
    return {"name": user.name, "left_out": left_out}


def _choices(user: User) -> Document:
    """What the forms of the app offer, as [value, words]; topics say whether they are sealed. `instead` says
    what to do with sealed topics where there is no sealed channel."""
    topics = sealed.offered(Topic.objects.visible_to(user))
    return {
        "kinds": _all(Engagement.Kind),
        "groups": _all(Group),
        "urgencies": _all(Concern.Urgency),
        "answers": _all(Answer),
        "pulse": _all(Pulse.Answer),
        "states": _all(ServiceState),
        "gap_states": _all(GapState),
        "standings": _all(Standing),
        "presence_kinds": _all(Presence.Kind),
        "instead": _in_three(lazy(sealed.instead, str)()),
        "topics": [[row.pk, _name(row), row.sealed] for row in topics],
        "agencies": [[row.pk, _name(row), row.country] for row in Agency.objects.visible_to(user)],
        "languages": [[row.pk, _name(row)] for row in Language.objects.visible_to(user)],
    }


# --- Communities ---------------------------------------------------------------------------------------------
def _community(brief: Brief) -> Document:
    row, last = brief.community, brief.last
    document = {
        "id": row.pk,
        "code": row.code,
        "name": _name(row),
        "kind": row.kind,
        "country": row.country,
        "area": _name(row.area) if row.area else "",
        "at": [round(row.location.y, 4), round(row.location.x, 4)] if row.location else None,
        "rhythm": row.rhythm_days,
        "languages": [language.pk for language in row.languages.all()],
        "presence": [_presence(stay) for stay in brief.presences],
        "last": _last(last) if last else None,
        "promises": [_promise(promise) for promise in brief.promises[:ROWS]],
        "delivered": [
            [done.commitment.words, _name(done.commitment.agency), done.date.isoformat()]
            for done in brief.delivered[:ROWS]
        ],
        "concerns": [_concern(concern) for concern in brief.concerns[:ROWS]],
        "duties": [_duty(duty) for duty in brief.duties[:ROWS]],
        "unheard": brief.unheard,
        "gaps": [[_name(gap.type), gap.state, gap.km and round(gap.km, 1)] for gap in brief.gaps[:ROWS]],
        "trust": [[day.isoformat(), answers] for day, answers in brief.trust],
        "contacts": [
            [contact.pk, contact.role, bool(contact.name or contact.phone)] for contact in brief.contacts
        ],
        "more": {
            name: len(rows) - ROWS
            for name in ("promises", "delivered", "concerns", "duties", "gaps")
            if len(rows := getattr(brief, name)) > ROWS
        },
    }
    return {key: value for key, value in document.items() if value not in ([], {}, "", None)}


def _last(meeting: Engagement) -> Document:
    return {
        "on": meeting.date.isoformat(),
        "language": meeting.language_id,
        "interpreter": meeting.interpreter,
    }


def _presence(stay: Presence) -> list[Any]:
    return [
        stay.kind,
        stay.first_month,
        stay.last_month,
        _name(stay.area) if stay.area else "",
    ]


def _promise(row: Any) -> Document:
    return {
        "id": row.pk,
        "words": row.words,
        "by": _name(row.agency),
        "on": row.promised_on.isoformat(),
        "due": row.due_on.isoformat(),
        # How it reads on a day is worked out on the phone: days pass there too.
        "done": row.done_on.isoformat() if row.delivery == Shown.FULL and row.done_on else None,
        "part": row.delivery == Shown.PART,
        "verdict": row.verdict,
    }


def _concern(row: Concern) -> Document:
    return {
        "id": row.pk,
        "topic": row.topic_id,
        "by": row.raised_by,
        "text": row.public_text or row.text,
        "on": row.raised_on.isoformat(),
        "due": row.due_on.isoformat(),
        "agency": _name(row.agency) if row.agency else "",
    }


def _duty(row: Any) -> Document:
    return {"id": row.pk, "news": row.news, "due": row.due_on.isoformat(), "since": row.news_on.isoformat()}


# --- Service points ---------------------------------------------------------------------------------------------
def _points(user: User) -> Iterator[tuple[str, Document]]:
    """The points of the officer's areas, a document for each area."""
    by_area: dict[int, list[ServicePoint]] = defaultdict(list)
    rows = ServicePoint.objects.editable_by(user).open().with_latest().select_related("type")
    for row in rows.filter(area__isnull=False).order_by("area", "code")[:POINTS]:
        by_area[row.area_id].append(row)
    areas = Area.objects.in_bulk(by_area)
    for pk, points in by_area.items():
        yield f"p{pk}", {"area": _name(areas[pk]), "points": [_point(row) for row in points]}


def _point(row: Any) -> list[Any]:
    """Its number, name, type, place, what was seen last and when, and for how many days that holds."""
    at = [round(row.location.y, 4), round(row.location.x, 4)] if row.location else None
    seen_on = row.seen_on.isoformat() if row.seen_on else None
    return [row.pk, _name(row), _name(row.type), at, row.seen_state, seen_on, row.type.fresh_days]


# --- Entries ------------------------------------------------------------------------------------------------------
def _entries(device: Device) -> Iterator[tuple[str, Document]]:
    """What became of what this officer wrote. The content comes only where this phone has not written it itself."""
    lately = timezone.now() - timedelta(days=SHOWN_DAYS)
    rows = Entry.objects.filter(author=device.user, rival_of=None)
    unfinished = Q(state__in=[Entry.State.DRAFT, Entry.State.REFUSED, Entry.State.HELD]) | Q(
        engagement__state=Engagement.State.RETURNED
    )
    rows = rows.exclude(state=Entry.State.ASIDE, reason="").select_related("engagement", "observation")
    shown = rows.filter(unfinished | Q(changed_at__gte=lately)).prefetch_related(
        Prefetch("receipts", Receipt.objects.order_by("seq", "pk")),
        Prefetch("rivals", Entry.objects.waiting()),
    )
    for row in shown.order_by("pk"):
        yield f"e{row.uid}", _entry(row, device)


def _entry(row: Entry, device: Device) -> Document:
    meeting, answers = row.engagement, [json.loads(receipt.answer) for receipt in row.receipts.all()]
    told = answers[-1] if answers else {}
    held = next(iter(row.rivals.all()), row)  # a version that waits beside it is what its author must know of
    returned = meeting is not None and meeting.state == Engagement.State.RETURNED
    document = {
        "id": str(row.uid),
        "kind": row.kind,
        "seq": row.seq,
        "community": row.community_id,
        "point": row.point_id,
        "on": _day(row),
        "changed": row.changed_at.isoformat(),
        "state": held.state,
        "meeting": meeting.state if meeting else "",
        "version": meeting.version if meeting else None,
        "why": held.why,
        **{name: told[name] for name in ("receipt", "problems", "notes") if told.get(name)},
        "reason": meeting.return_reason if returned and meeting else row.reason,
    }
    if (
        row.content
        and (returned or row.state in (Entry.State.DRAFT, Entry.State.REFUSED))
        and row.device_id != device.pk
    ):
        document.update(json.loads(row.content))  # body and photos
    return document


def _day(row: Entry) -> str | None:
    recorded = row.engagement or row.observation
    return recorded.date.isoformat() if recorded else None
