"""A community's story for its public page: said → promised → done → told, misses first.

A constant number of queries, whatever the length of the story.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from django.core.paginator import Page, Paginator
from django.utils import timezone

from communities.models import Community
from engagements.models import Commitment, Concern, Escalation, Evidence, Revision, Telling, Verdict
from engagements.models.commitments import Standing

from .screening import withhold
from .standing import answered

PER_PAGE = 50
OWED = {Standing.OVERDUE, Standing.NOT_KEPT}


@dataclass
class Thread:
    """One concern, or one commitment with the concern it answers, and what followed."""

    concern: Concern | None = None
    commitment: Commitment | None = None
    moved: list[Revision] = field(default_factory=list)  # to another day
    evidence: list[Evidence] = field(default_factory=list)
    passed: list[Escalation] = field(default_factory=list)  # up the chain, while it was overdue
    verdicts: list[Verdict] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)

    @property
    def is_owed(self) -> bool:
        return self.commitment is not None and Standing(self.commitment.standing) in OWED

    @property
    def told(self) -> list[list[Telling]]:
        """The steps of telling, oldest first: one for each day and group that was told, however many things it was
        told at once. Attempts in a row that reached nobody are one step."""
        once: dict[tuple[date, str], Telling] = {}
        for row in sorted(self.tellings, key=lambda row: (row.date, not row.reached)):
            once.setdefault((row.date, row.group), row)
        steps: list[list[Telling]] = []
        for row in once.values():
            if steps and not row.reached and not steps[-1][0].reached:
                steps[-1].append(row)
            else:
                steps.append([row])
        return steps


@dataclass
class Timeline:
    threads: list[Thread]
    page_obj: Page

    @property
    def owed(self) -> int:
        return sum(thread.is_owed for thread in self.threads)


def last_public_day(community: Community) -> date:
    return timezone.localdate() - timedelta(days=community.publish_delay_days)


def of(community: Community, page: int | str | None = None) -> Timeline:
    """The threads of one page of the story, newest fifty first; within the page what is owed stands on top."""
    commitments = Commitment.objects.public().filter(community=community)
    answered_by = commitments.exclude(concern=None).values("concern")
    concerns = Concern.objects.public().filter(community=community).exclude(pk__in=answered_by)
    keys = [(day, "commitment", pk) for pk, day in commitments.order_by().values_list("pk", "promised_on")]
    keys += [(day, "concern", pk) for pk, day in concerns.order_by().values_list("pk", "raised_on")]
    page_obj = Paginator(sorted(keys, reverse=True), PER_PAGE).get_page(page)
    threads = _threads(list(page_obj), commitments, concerns)
    _hold_back(threads, last_public_day(community))
    _follow(threads, community)
    _withhold(threads, community)
    return Timeline(sorted(threads, key=lambda thread: not thread.is_owed), page_obj)


def threads_of(commitments: list[Commitment]) -> list[Thread]:
    """The threads of these commitments of one community, which have their answers (`standing.answered`)."""
    asked = {row.concern_id for row in commitments if row.concern_id}
    said = Concern.objects.public().filter(pk__in=asked).select_related("agency", "topic").in_bulk()
    threads = [Thread(said.get(row.concern_id), row) for row in commitments]
    community = commitments[0].community
    _hold_back(threads, last_public_day(community))
    _follow(threads, community)
    _withhold(threads, community)
    return threads


def _threads(keys: list[tuple], commitments, concerns) -> list[Thread]:
    wanted = defaultdict(list)
    for _day, kind, pk in keys:
        wanted[kind].append(pk)
    rows = answered(commitments.filter(pk__in=wanted["commitment"])).select_related("agency")
    promised = {row.pk: row for row in rows}
    answers = [row.concern_id for row in promised.values() if row.concern_id]
    said = Concern.objects.public().filter(pk__in=[*wanted["concern"], *answers])
    asked = {row.pk: row for row in said.select_related("agency", "topic")}
    return [
        Thread(asked.get(promised[pk].concern_id), promised[pk])
        if kind == "commitment"
        else Thread(concern=asked[pk])
        for _day, kind, pk in keys
    ]


def _hold_back(threads: list[Thread], until: date) -> None:
    """An answer, or another day for a promise, that is younger than the community's delay has not happened yet for
    the public."""
    for thread in threads:
        if thread.commitment:
            known = getattr(thread.commitment, "due_then", None)  # annotated by `answered`
            thread.commitment.due_on = known or thread.commitment.due_on
        concern = thread.concern
        if concern and concern.answered_on and concern.answered_on > until:
            concern.state, concern.answer, concern.answered_on = Concern.State.ASSIGNED, "", None


def _follow(threads: list[Thread], community: Community) -> None:
    until = last_public_day(community)
    by_commitment = {thread.commitment.pk: thread for thread in threads if thread.commitment}
    by_concern = defaultdict(list)
    for thread in threads:
        if thread.concern:
            by_concern[thread.concern.pk].append(thread)
    shown = Evidence.objects.public().filter(commitment__in=by_commitment, date__lte=until)
    for row in shown.order_by("date", "pk"):
        by_commitment[row.commitment_id].evidence.append(row)
    for change in Revision.objects.public().filter(commitment__in=by_commitment, at__date__lte=until).moved():
        by_commitment[change.commitment_id].moved.append(change)
    for step in Escalation.objects.public().filter(commitment__in=by_commitment, on__lte=until):
        by_commitment[cast(int, step.commitment_id)].passed.append(step)
    heard = Verdict.objects.public().filter(
        commitment__in=by_commitment, engagement__state="reviewed", engagement__date__lte=until
    )
    for row in heard.select_related("engagement").order_by("engagement__date", "group"):
        by_commitment[row.commitment_id].verdicts.append(row)
    for row in _tellings(by_commitment, by_concern, until):
        about = row.duty
        told = by_concern[about.concern_id] if about.concern_id else [by_commitment[about.commitment_id]]
        for thread in told:
            thread.tellings.append(row)


def _tellings(by_commitment, by_concern, until: date):
    rows = Telling.objects.public().filter(date__lte=until).exclude(engagement__state__in=UNREVIEWED)
    about = rows.filter(duty__commitment__in=by_commitment) | rows.filter(duty__concern__in=by_concern)
    return about.select_related("duty").order_by("date", "pk")


UNREVIEWED = ["draft", "submitted", "returned"]


def _withhold(threads: list[Thread], community: Community) -> None:
    """Words written while the place was public by name, or by mistake: the name is left out."""
    for thread in threads:
        if thread.concern:
            withhold(thread.concern, ("public_text", "answer"), community)
        if thread.commitment:
            withhold(thread.commitment, ("public_text", "cancel_reason"), community)
        for row in thread.evidence:
            withhold(row, ("public_note",), community)
