"""What came in from outside meetings: numbers to call, and the calls, visits, texts and forms of the last days.

Some wait and are late on their clock, two may be the same matter, one names a district alone, one is sealed, one was a
tip and was handed over. Every number begins with +000: no such country exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from communities.models import Agency, Area, Community
from engagements import loop, reports, wording
from engagements.deadlines import CLOCK
from engagements.models import Concern, Handover, Hotline, Report, SealedConcern, TrackingCode
from engagements.reports import Told

from . import history
from .meetings import Stage

TIPS_TO = {"BJ-POL": "tips-police@demo.example", "BJ-DOU": "tips-customs@demo.example"}
WATER = ("Water and pumps", "Eau et pompes", "المياه والمضخات")
# number, agency, purpose in three languages, areas, hours, languages, free, takes texts, independent
LINES = [
    ("+000 10 10 10", "BJ-POL", ("Everything about the border", "Tout ce qui touche à la frontière", "كل ما يتعلق بالحدود"), ["BJX1"], "08:00–18:00", ["fra", "ddn"], True, True, False),
    ("+000 20 20 20", "BJ-EAU", WATER, ["BJX1"], "08:00–16:00", ["fra"], True, False, False),
    ("+000 30 30 30", "BJ-COM", WATER, ["BJX101"], "", ["ddn"], None, False, False),
    ("+000 40 40 40", "BJ-SAN", ("Health questions", "Questions de santé", "أسئلة عن الصحة"), ["BJ"], "24 h", ["fra", "bba"], True, False, False),
    ("+000 50 50 50", "X-WELLS", ("What must stay sealed", "Ce qui doit rester sous scellé", "ما يجب أن يبقى مختومًا"), ["BJ", "NE", "NG", "BF", "TG"], "08:00–20:00", ["fra", "eng", "hau"], True, False, True),
]  # fmt: skip


def tell(stage: Stage) -> None:
    lines = _lines(stage)
    _tips_taken(stage)
    _calls(stage, lines)
    _mended(stage)
    _sealed(stage)
    _tip(stage)


def _lines(stage: Stage) -> dict[str, Hotline]:
    world, made = stage.world, {}
    for number, agency, purpose, areas, hours, languages, free, texts, independent in LINES:
        line = Hotline.objects.create(
            number=number,
            agency=world.agencies[agency],
            **dict(zip(("purpose", "purpose_fr", "purpose_ar"), purpose, strict=True)),
            hours=hours,
            is_free=free,
            takes_messages=texts,
            is_independent=independent,
        )
        line.areas.set(world.areas[code] for code in areas)
        line.languages.set(world.languages[code] for code in languages)
        made[agency] = line
    history.written(made.values(), by=stage.people.by_role["manager"])
    return made


def _tips_taken(stage: Stage) -> None:
    for code, address in TIPS_TO.items():
        Agency.objects.filter(code=code).update(tips_to=address)
        stage.world.agencies[code].refresh_from_db()


# --- Reports ----------------------------------------------------------------------------------------------------
def _calls(stage: Stage, lines: dict[str, Hotline]) -> None:
    """Newest last. Hours ago; topic; words; channel; where; who; what else."""
    police, water = lines["BJ-POL"], lines["BJ-EAU"]
    district: Area = stage.world.areas["BJX102"]
    village = {code: stage.world.communities[code] for code in ("BJ-V002", "BJ-V004", "BJ-V006", "BJ-V007")}
    told: list[tuple[int, str, str, str, Community | Area, str, dict[str, Any]]] = [
        (9 * 24, "health", "The health post has been closed for three weeks; the nurse left and nobody came.",
         "hotline", village["BJ-V004"], "women", {"hotline": police, "transfers": 2, "language": "ddn"}),
        (77, "water", "The pump near the market gives no water since Sunday. We walk to the river.",
         "hotline", village["BJ-V007"], "women", {"hotline": water, "transfers": 1, "urgency": "soon", "language": "ddn"}),
        (52, "water", "No water from the pump near the market for days now, the women walk to the river.",
         "web", village["BJ-V007"], "person", {"urgency": "soon", "language": "fr"}),
        (30, "grazing", "Herders report that the route to the pools was ploughed over.",
         "sms", district, "person", {"hotline": police, "language": "fr"}),
        (7, "safety", "Shots were heard on the path to the fields this morning. Children are afraid to go to school.",
         "walk_in", village["BJ-V002"], "chief", {"urgency": "now", "transfers": 0, "language": "ddn"}),
        (3, "identity", "Three young people were sent away without papers: the office had no forms.",
         "letter", village["BJ-V006"], "youth", {"transfers": None}),
    ]  # fmt: skip
    for ago, topic, words, channel, place, group, more in told:
        lies: dict[str, Any] = {"area" if isinstance(place, Area) else "community": place}
        about = stage.world.topics[topic]
        _take(stage, ago, Told(topic=about, text=words, channel=channel, raised_by=group, **lies, **more))


def _mended(stage: Stage) -> None:
    """Somebody wrote by the public form, the agency promised on its page and did it; the village was not asked yet."""
    village, by = stage.world.communities["BJ-V006"], stage.people.by_role
    told = Told(
        topic=stage.world.topics["water"],
        text="The handle of the pump at the school is broken, the children bring water from the river.",
        channel=Concern.Channel.WEB,
        community=village,
        language="fr",
    )
    concern = _take(stage, 45 * 24, told)
    asked = "The handle of the pump at the school is broken; children bring water from the river."
    wording.reword(concern, words={"public_text": asked}, by=by["supervisor"])
    loop.assign(concern, agency=stage.world.agencies["BJ-EAU"], by=by["supervisor"])
    concern.assignments.update(on=stage.ago(44))
    promise = loop.promise(
        concern=concern,
        community=village,
        agency=stage.world.agencies["BJ-EAU"],
        words="We replace the handle and show two people of the school how to keep it greased.",
        public_text="Replace the handle of the pump at the school.",
        promised_on=stage.ago(40),
        due_on=stage.ago(12),
        by=by["focal_point"],
    )
    loop.answer(
        concern,
        text="We replace the handle within four weeks.",
        on=stage.ago(40),
        by=by["focal_point"],
    )
    loop.show(
        promise,
        kind="visit",
        on=stage.ago(15),
        shows=3,
        public_note="The handle was replaced and the pump gives water.",
        by=by["focal_point"],
    )


def _take(stage: Stage, ago: int, told: Told) -> Concern:
    """Taken in now through its verb, then set back to when it came: nothing else of it depends on that moment."""
    at = timezone.now() - timedelta(hours=ago)
    written_down = told.community and told.channel not in (Concern.Channel.WEB, Concern.Channel.SMS)
    by = stage.people.officer_of(told.community) if told.community and written_down else None
    reports.take(told, by=by)
    concern = Concern.objects.latest("pk")
    _set_back(concern, at)
    return concern


def _set_back(concern: Concern, at: datetime) -> None:
    day, moved = timezone.localdate(at), timezone.now() - at
    rows = Concern.objects.filter(pk=concern.pk)
    rows.update(
        at=at,
        raised_on=day,
        due_on=concern.due_on - timedelta(days=moved.days),
        look_by=at + CLOCK[Concern.Urgency(concern.urgency)],
    )
    Report.objects.filter(concern=concern).update(received_at=at)
    TrackingCode.objects.filter(concern=concern).update(received_at=at)


# --- What nobody at the desk reads again -----------------------------------------------------------------------
def _sealed(stage: Stage) -> None:
    """By the public form, three days ago: the integrity officer alone sees that it is there."""
    reports.take(
        Told(
            topic=stage.world.topics["corruption"],
            text="Demo: a fee without receipt is asked for a stamp that is free.",
            channel=Concern.Channel.WEB,
            community=stage.world.communities["BJ-V004"],
            language="fr",
        )
    )
    row = SealedConcern.objects.latest("pk")
    SealedConcern.objects.filter(pk=row.pk).update(
        raised_on=stage.ago(3), due_on=row.due_on - timedelta(days=3)
    )
    TrackingCode.objects.filter(sealed=row).update(received_at=timezone.now() - timedelta(days=3))


def _tip(stage: Stage) -> None:
    """Handed over to the police twelve days ago, which acted on it. What it said went along, and nowhere else."""
    officer, agency = stage.people.by_role["officer"], stage.world.agencies["BJ-POL"]
    with mailed_nowhere():
        reports.hand_over(
            text="Demo: an invented tip. Strangers ask at night for a way around the post.",
            category=Handover.Category.MOVEMENT,
            area=stage.world.areas["BJX101"],
            agency=agency,
            by=officer,
            transfers=1,
        )
    tip, at = Handover.objects.latest("pk"), timezone.now() - timedelta(days=12)
    Handover.objects.filter(pk=tip.pk).update(received_at=at, handed_at=at)
    TrackingCode.objects.filter(handover=tip).update(received_at=at)
    reports.give_outcome(tip, outcome=Handover.Outcome.ACTED, by=officer, on=stage.ago(5))


@contextmanager
def mailed_nowhere() -> Iterator[None]:
    """Nobody reads the demo's mails: they are not printed among what its loading says."""
    before, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = before
