"""What waits to be published: public commitments without a page that were seen done, wholly or in part, were
answered or fell overdue. One that was only begun waits until its day.

Each of the three is read newest first and only as far as MOST, so that the list costs the same however many
commitments there are. What is older is found by its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from communities.models import Agency, Community, User
from engagements.models import Commitment, Evidence, Verdict
from engagements.models.commitments import Shown
from engagements.models.publication import public_day

from .models import OutcomePage, Withdrawal
from .standing import answered

MOST = 500
NAMES = ("name", "name_fr", "name_ar")


@dataclass(frozen=True)
class News:
    """A commitment, the day on which it was last seen done or answered, else fell due, and what was taken back of the
    pages that told of it, the latest first."""

    commitment: Commitment
    on: date
    withdrawals: list[Withdrawal]


def keys(user: User, words: str = "") -> list[tuple[int, date]]:
    """(primary key, day of the news): what was seen done or answered last first, then what fell overdue last."""
    free = _without_page(user)
    among = None
    if words:
        free = free.filter(_mentioning(words))
        among = _few(Commitment.objects.visible_to(user).filter(_mentioning(words)))
    evidence = Evidence.objects.filter(
        disputed=False, shows__gte=Shown.PART, date__lte=public_day("commitment__community")
    )
    verdicts = Verdict.objects.filter(
        engagement__state="reviewed", engagement__date__lte=public_day("commitment__community")
    )
    due = Commitment.objects.filter(due_on__lt=timezone.localdate())
    shown = _newest(evidence, "commitment", "date", free, among)
    heard = _newest(verdicts, "commitment", "engagement__date", free, among)
    settled = dict(sorted([*shown, *heard], key=lambda pair: pair[1]))  # of several days the latest stays
    overdue = {pk: day for pk, day in _newest(due, "pk", "due_on", free, among) if pk not in settled}
    return [*_latest_first(settled)[:MOST], *_latest_first(overdue)]


def rows(found: list[tuple[int, date]], user: User) -> list[News]:
    """These commitments as they stand now, in the same order; what may not be public any more is left out."""
    wanted = Commitment.objects.visible_to(user).public().filter(pk__in=[pk for pk, _day in found])
    standing = answered(wanted).select_related("agency", "community__area__parent__parent")
    by_key = {row.pk: row for row in standing}
    taken_back = withdrawals(by_key)
    return [News(by_key[pk], day, taken_back[pk]) for pk, day in found if pk in by_key]


def withdrawals(commitments: Iterable[int]) -> dict[int, list[Withdrawal]]:
    """By commitment, what was taken back of the pages that told of it, the latest first: with its reason, for colleagues."""
    found = defaultdict(list)
    rows = Withdrawal.commitments.through.objects.filter(commitment__in=list(commitments))
    for row in rows.select_related("withdrawal__by").order_by("-withdrawal__at"):
        found[row.commitment_id].append(row.withdrawal)
    return found


def _without_page(user: User) -> QuerySet[Commitment]:
    first, further = _telling_of(OuterRef("pk"))
    return Commitment.objects.visible_to(user).public().filter(~Exists(first), ~Exists(further))


def has_page(commitment: int) -> bool:
    """Whether an outcome page, drafted or published, tells of the commitment with this key."""
    return any(rows.exists() for rows in _telling_of(commitment))


def _telling_of(commitment: Any) -> tuple[QuerySet, QuerySet]:
    """Pages that begin with a commitment, and pages where it comes further on; withdrawn ones are none."""
    withdrawn = Withdrawal.objects.values("translation_key")
    pages = OutcomePage.objects.filter(commitment=commitment).exclude(translation_key__in=withdrawn)
    further = OutcomePage.others.through.objects.filter(commitment=commitment)
    return pages, further.exclude(outcomepage__translation_key__in=withdrawn)


def _mentioning(words: str) -> Q:
    """The promise, its agency or its public place holds these words."""
    named = _holding("", words)
    by_name = Q(public_place=Community.PublicPlace.EXACT) & named
    by_district = Q(public_place=Community.PublicPlace.AREA) & _holding("area__", words)
    places = Community.objects.public().filter(by_name | by_district).values("pk")
    agencies = Agency.objects.filter(named).values("pk")
    return Q(public_text__icontains=words) | Q(agency__in=agencies) | Q(community__in=places)


def _holding(path: str, words: str) -> Q:
    return Q(*[(f"{path}{name}__icontains", words) for name in NAMES], _connector=Q.OR)


def _few(rows: QuerySet[Commitment]) -> list[int] | None:
    """Their primary keys where the words are rare. Common ones are met soon enough on the way."""
    found = list(rows.order_by().values_list("pk", flat=True)[:MOST])
    return found if len(found) < MOST else None


def _newest(
    rows: QuerySet, commitment: str, day: str, free: QuerySet[Commitment], among: list[int] | None
) -> QuerySet:
    """(commitment, day) of the newest of `rows`. Asked row by row whether it is free, a database stops early."""
    if among is not None:
        rows = rows.filter(**{f"{commitment}__in": among})
    rows = rows.filter(Exists(free.filter(pk=OuterRef(commitment))))
    return rows.order_by(f"-{day}", f"-{commitment}").values_list(commitment, day)[:MOST]


def _latest_first(days: dict[int, date]) -> list[tuple[int, date]]:
    return sorted(days.items(), key=lambda pair: (pair[1], pair[0]), reverse=True)
