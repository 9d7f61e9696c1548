"""The inbox: what came in and waits for triage, in the order of its clock. Read-only: the verbs are in loop.py.

Pages go by key, not by number: what was dealt with meanwhile moves nothing out of sight, and the thousandth page
costs what the first does. See docs/inbox.md.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

from communities.models import Agency, Area, Community, Language, User
from communities.models.reference import DISTRICT
from communities.office_columns import how_due
from communities.sight import reviewed_areas, sight_of

from . import likeness
from .models import Addition, Concern, Report, ReportPhoto, Topic
from .models.concerns import ConcernQuerySet

PAGE = 25
MOST_COUNTED = 1000
READ_FOR_REPEATS = 200
REPEATS_WITHIN = datetime.timedelta(days=180)
ADDED = "added"  # the list of what people added to since it was decided, whatever its state
# By list: what it is in the order of.
CLOCKS = {"new": "look_by", "assigned": "due_on", ADDED: "due_on"}
Key = tuple[datetime.datetime | datetime.date, int]


# --- What the reader asked for -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Choice:
    """A tab, its filters and the place in the list, as they stand in the address."""

    state: str = "new"
    topic: str = ""
    district: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, asked: Any) -> Choice:
        given = {name: asked.get(name, "") for name in ("topic", "district", "after", "before")}
        return cls(state=asked.get("state") if asked.get("state") in CLOCKS else "new", **given)

    @property
    def clock(self) -> str:
        return CLOCKS[self.state]

    def address(self, **more: Any) -> str:
        """The query of the address for this choice, with `more`."""
        given = {**vars(self), **more}
        kept = {name: value for name, value in given.items() if value and (name, value) != ("state", "new")}
        return f"?{urlencode(kept)}"

    def start(self, **changed: str) -> Choice:
        """The same, or with other filters, from the beginning of the list."""
        return replace(self, after="", before="", **changed)


# --- The list ----------------------------------------------------------------------------------------------
def waiting(user: User, choice: Choice) -> ConcernQuerySet:
    """What waits for `user` in the chosen state, the longest late first."""
    rows = Concern.objects.triaged_by(user)
    rows = added_to(rows) if choice.state == ADDED else rows.filter(state=choice.state)
    if choice.topic:
        rows = rows.filter(topic__code=choice.topic)
    if choice.district:
        roots = Area.objects.filter(code=choice.district).values_list("pk", flat=True)
        below = Area.objects.within(roots).values("pk")
        rows = rows.filter(Q(community__area__in=below) | Q(area__in=below))
    return rows.order_by(choice.clock, "pk")


def added_to(rows: Any) -> Any:
    """Of these concerns, those that people added to since the last answer or decision, by the code of it or of what was
    joined to it, and nobody read it yet."""
    waits = Addition.objects.filter(waits=True)
    living = waits.annotate(living=Coalesce("report__concern__joined_to", "report__concern"))
    return rows.filter(pk__in=living.values("living"))


def which_were_added_to(rows: list[Concern]) -> set[int]:
    shown = Concern.objects.filter(pk__in=[row.pk for row in rows])
    return set(added_to(shown).values_list("pk", flat=True))


def named(rows: ConcernQuerySet) -> ConcernQuerySet:
    """With all that a line of the list names, without its shapes."""
    areas = Area.objects.defer("boundary")
    places = Community.objects.only("pk", "code", "name", "name_fr", "name_ar", "area")
    return rows.prefetch_related(
        "topic",
        Prefetch("agency", Agency.objects.all()),
        Prefetch("area", areas),
        Prefetch("community", places),
        Prefetch("community__area", areas),
    )


def key_of(row: Concern, choice: Choice) -> Key:
    return getattr(row, choice.clock), row.pk


def written(key: Key) -> str:
    return f"{key[0].isoformat()}~{key[1]}"


def read_key(text: str, choice: Choice) -> Key | None:
    """The key that an address names; None where it names none."""
    at, _sign, pk = text.rpartition("~")
    try:
        clock = (parse_datetime if choice.clock == "look_by" else parse_date)(at)
    except ValueError:
        return None
    if clock is None or not pk.isdigit() or len(pk) > 18:
        return None
    if isinstance(clock, datetime.datetime) and timezone.is_naive(clock):
        return None
    return clock, int(pk)


def following(rows: Any, choice: Choice, key: Key) -> ConcernQuerySet:
    at, pk = key
    clock = choice.clock
    return rows.filter(Q(**{f"{clock}__gt": at}) | Q(pk__gt=pk), **{f"{clock}__gte": at})


def preceding(rows: ConcernQuerySet, choice: Choice, key: Key) -> ConcernQuerySet:
    at, pk = key
    clock = choice.clock
    earlier = rows.filter(Q(**{f"{clock}__lt": at}) | Q(pk__lt=pk), **{f"{clock}__lte": at})
    return earlier.order_by(f"-{clock}", "-pk")


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the choices that lead to the one before and the one after it."""

    rows: list[Concern]
    earlier: Choice | None
    further: Choice | None


def page_of(user: User, choice: Choice) -> Page:
    rows = named(waiting(user, choice))
    before, after = read_key(choice.before, choice), read_key(choice.after, choice)
    if before:
        found = list(preceding(rows, choice, before)[: PAGE + 1])
        shown, more_before, more_after = found[:PAGE][::-1], len(found) > PAGE, True
    else:
        found = list((following(rows, choice, after) if after else rows)[: PAGE + 1])
        shown, more_before, more_after = found[:PAGE], bool(after), len(found) > PAGE
    start = choice.start()
    return Page(
        shown,
        replace(start, before=written(key_of(shown[0], choice))) if shown and more_before else None,
        replace(start, after=written(key_of(shown[-1], choice))) if shown and more_after else None,
    )


def next_after(user: User, choice: Choice, key: Key) -> int | None:
    """The number of what comes next in the list, else of its first; None when nothing is left."""
    keys = waiting(user, choice).values_list("pk", flat=True)
    return following(keys, choice, key).first() or keys.first()


def counted(rows: ConcernQuerySet, most: int = MOST_COUNTED) -> str:
    """How many, as people read it: "214", or "1,000+" where there are more."""
    many = rows.order_by()[: most + 1].values("pk").count()
    shown = number_format(min(many, most), use_l10n=True, force_grouping=True)
    return f"{shown}+" if many > most else shown


def districts(user: User) -> list[Area]:
    """The districts that `user` triages."""
    own = Area.objects.filter(reviewed_areas("self").q(sight_of(user)), level=DISTRICT)
    return list(own.defer("boundary").order_by("code"))


def topics() -> list[Topic]:
    """What an open concern may be about: a sealed matter never comes here."""
    return list(Topic.objects.filter(sealed=False))


# --- How late ----------------------------------------------------------------------------------------------
def is_late(row: Concern) -> bool:
    return row.is_waited_for if row.state == "new" else bool(row.is_open and row.days_late)


def clock_said(row: Concern) -> str:
    """How long until the clock of an open concern runs out, or since it did: "to be looked at within 3 hours"."""
    if row.answered_on and row.is_answered:
        return _("answered on %(day)s") % {"day": date_format(row.answered_on)}
    if row.state == "assigned":
        return _("to be answered: %(when)s") % {"when": how_due(row.due_on)}
    if row.is_waited_for:
        return _("should have been looked at %(time)s ago") % {"time": timesince(row.look_by, depth=1)}
    return _("to be looked at within %(time)s") % {"time": timeuntil(row.look_by, depth=1)}


# --- One of them -------------------------------------------------------------------------------------------
def one(user: User, pk: int) -> Concern | None:
    """One that `user` triages, whatever has become of it, with its place up to the country."""
    up = "__parent" * 4
    paths = (f"community__area{up}", f"area{up}")
    shapes = [f"{path.removesuffix('__parent' * n)}__boundary" for path in paths for n in range(5)]
    rows = Concern.objects.triaged_by(user).select_related("topic", "agency", "joined_to", *paths)
    return rows.defer(*shapes, "community__location").filter(pk=pk).first()


def standing(row: Concern) -> str:
    """What a decision on a concern rests on: where this has changed, somebody else has dealt with it meanwhile."""
    parts = (
        row.state,
        row.agency_id,
        row.topic_id,
        row.urgency,
        row.community_id,
        row.assignments.count(),
        Addition.objects.of(row).count(),
    )
    return "-".join("" if part is None else str(part) for part in parts)


def passed_on(row: Concern) -> int:
    """How often a concern went from one agency to another."""
    return max(0, row.assignments.count() - 1)


def additions(row: Concern, user: User) -> list[Addition]:
    """What somebody added later, by the code of it or of what was joined to it."""
    return list(Addition.objects.visible_to(user).of(row))


def photos(row: Concern, user: User) -> list[ReportPhoto]:
    return list(ReportPhoto.objects.visible_to(user).filter(report=row.pk))


# --- Repeats -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Likeness:
    """Another concern of the same place and topic, and how alike its words are, from 0 to 1."""

    concern: Concern
    share: float

    @property
    def said(self) -> str:
        return likeness.said(self.share)


def beside(concern: Concern, by: User) -> list[Likeness]:
    """Open concerns of the same place and topic, raised within 180 days of it, the most alike first: what was
    answered before this came does not answer it.

    At most the newest READ_FOR_REPEATS are read. A concern of a district is compared with the district's own.
    """
    here = {"community_id": concern.community_id, "area_id": concern.area_id, "topic_id": concern.topic_id}
    close = (concern.raised_on - REPEATS_WITHIN, concern.raised_on + REPEATS_WITHIN)
    rows = Concern.objects.triaged_by(by).open().filter(**here, raised_on__range=close)
    rows = rows.exclude(pk=concern.pk).select_related("agency")
    words = likeness.runs(concern.text)
    newest = rows.order_by("-raised_on", "-pk")[:READ_FOR_REPEATS]
    found = [Likeness(row, likeness.likeness(words, likeness.runs(row.text))) for row in newest]
    return sorted(found, key=lambda row: -row.share)


def repeats_among(beside: list[Likeness], limit: int = 5) -> list[Likeness]:
    """What may be a repeat, by its words. A proposal: nothing is joined unless somebody says so."""
    return [row for row in beside if row.share >= likeness.SOME][:limit]


# --- For the menu and the home page --------------------------------------------------------------------------
def not_looked_at(user: User) -> ConcernQuerySet:
    """What came in and nobody looked at, the longest late first."""
    return waiting(user, Choice())


def how_it_came(row: Concern, user: User) -> dict[str, Any]:
    """What came with a concern from outside a meeting, as far as `user` sees it; for how_it_came.html."""
    report = Report.objects.visible_to(user).filter(concern=row).select_related("hotline").first()
    return {
        "report": report,
        "may_open_contact": report is not None
        and Report.objects.filter(pk=report.pk).opened_by(user).exists(),
        "spoken": _language(report.language) if report else "",
        "additions": additions(row, user),
        "photos": photos(row, user),
    }


def _language(code: str) -> str:
    known = Language.objects.filter(code=code).first()
    return known.label if known else str(dict(settings.LANGUAGES).get(code, code))
