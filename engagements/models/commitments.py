"""What agencies promise, and what came of it: commitment, revision, evidence, verdict.

Three answers about a commitment are kept apart and computed, never stored: delivery (from evidence alone),
schedule (from dates), verdict (the community's own). See docs/the-loop.md.
"""

from __future__ import annotations

import datetime
from typing import Protocol, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area, Community, Group
from communities.models.places import is_public
from communities.models.sources import private_storage
from communities.privacy import levels
from communities.sight import (
    Ground,
    ScopedQuerySet,
    narrowed,
    own_agency,
    own_areas,
    programme,
    publishing,
    reviewed_areas,
    sight_of,
)
from services.models import Observation

from .concerns import Concern
from .meetings import Engagement
from .publication import FROM_REVIEWED, from_reviewed, not_draft, not_hidden, past_delay


class Shown(models.IntegerChoices):
    """How much of a commitment a piece of evidence shows: the only source of delivery."""

    NOTHING = 0, _("Nothing seen")
    STARTED = 1, _("Started")
    PART = 2, _("Done in part")
    FULL = 3, _("Done")


class Answer(models.IntegerChoices):
    """The community's own answer. Ordered: the least content group at a meeting decides."""

    NOT_KEPT = 0, _("Not kept")
    PARTLY = 1, _("Partly kept")
    KEPT = 2, _("Kept")


class Standing(models.TextChoices):
    """How a commitment reads in public: delivery and verdict together, with the schedule beside it."""

    KEPT = "kept", _("Kept")
    UNCONFIRMED = "unconfirmed", _("Done, not yet confirmed")
    PARTLY = "partly", _("Partly kept")
    NOT_KEPT = "not_kept", _("Not kept")
    OPEN = "open", _("Promised")
    OVERDUE = "overdue", _("Overdue")
    CANCELLED = "cancelled", _("Withdrawn")


class Answers(Protocol):
    """What is read together: a commitment with its answers, or one of them as of a past day."""

    @property
    def withdrawn(self) -> bool: ...
    @property
    def delivery(self) -> int: ...
    @property
    def done_on(self) -> datetime.date | None: ...
    @property
    def verdict(self) -> int | None: ...
    @property
    def verdict_on(self) -> datetime.date | None: ...
    @property
    def due_on(self) -> datetime.date: ...


def standing_of(answers: Answers, on: datetime.date) -> str:
    """Delivery and verdict together, with the schedule beside them, on a day."""
    if answers.withdrawn:
        return Standing.CANCELLED
    if answers.delivery == Shown.FULL:
        asked_since = answers.verdict_on and answers.done_on and answers.verdict_on >= answers.done_on
        said: dict[int | None, Standing] = {Answer.KEPT: Standing.KEPT, Answer.PARTLY: Standing.PARTLY}
        return said.get(answers.verdict, Standing.UNCONFIRMED) if asked_since else Standing.UNCONFIRMED
    if answers.verdict == Answer.NOT_KEPT:
        return Standing.NOT_KEPT
    if answers.due_on < on:
        return Standing.OVERDUE
    return Standing.PARTLY if answers.delivery == Shown.PART else Standing.OPEN


class CommitmentQuerySet(ScopedQuerySet):
    seen = (
        own_areas("community__area")
        | programme(not_draft())
        | narrowed(own_agency("agency") | publishing(not_hidden()), FROM_REVIEWED)
    )
    edited = narrowed(own_agency("agency"), FROM_REVIEWED) | reviewed_areas("community__area")
    added = own_areas("community__area") | narrowed(
        own_agency("concern__agency"), Q(concern__agency=F("agency")) & from_reviewed("concern__")
    )

    def with_answers(self) -> CommitmentQuerySet:
        """Annotates withdrawn, delivery, done_on, verdict (least of the last meeting's groups) and verdict_on. What
        was said at a meeting counts once the meeting is reviewed."""
        evidence = Evidence.objects.filter(commitment=OuterRef("pk"), disputed=False).order_by("-date", "-pk")
        heard = Verdict.objects.reviewed().filter(commitment=OuterRef("pk"))
        last = heard.order_by("-engagement__date", "-engagement_id")
        worst = (
            Verdict.objects.filter(commitment=OuterRef("pk"), engagement=OuterRef("last_asked"))
            .values("commitment")
            .annotate(least=Min("answer"))
            .values("least")
        )
        return self.annotate(
            withdrawn=ExpressionWrapper(Q(cancelled_on__isnull=False), output_field=models.BooleanField()),
            delivery=Coalesce(Subquery(evidence.values("shows")[:1]), 0, output_field=IntegerField()),
            done_on=Subquery(evidence.filter(shows=Shown.FULL).order_by("date", "pk").values("date")[:1]),
            last_asked=Subquery(last.values("engagement")[:1]),
            verdict_on=Subquery(last.values("engagement__date")[:1]),
        ).annotate(verdict=Subquery(worst[:1], output_field=IntegerField()))

    def shown_by(self, user) -> CommitmentQuerySet:
        """Those for which `user` may give evidence: their agency's, and those of the communities they meet."""
        grounds = narrowed(own_agency("agency"), FROM_REVIEWED) | own_areas("community__area")
        return self.filter(grounds.q(sight_of(user)))

    def reworded_by(self, user) -> Self:
        """Those whose words for the public `user` may correct: their supervisors', their agency's and editors'."""
        grounds = reviewed_areas("community__area") | own_agency("agency") | publishing()
        return self.visible_to(user).filter(grounds.q(sight_of(user)))

    def live(self) -> CommitmentQuerySet:
        return self.filter(cancelled_on__isnull=True)

    def undelivered(self) -> CommitmentQuerySet:
        """Needs `with_answers`: nothing shows yet that it was done in full."""
        return self.live().exclude(delivery=Shown.FULL)

    def overdue(self, on: datetime.date | None = None) -> CommitmentQuerySet:
        return self.undelivered().filter(due_on__lt=on or timezone.localdate())

    def unsettled(self) -> CommitmentQuerySet:
        """What the next meeting must ask about: neither cancelled nor both done and found kept."""
        asked = Q(verdict__isnull=True) | ~Q(verdict=Answer.KEPT) | ~Q(delivery=Shown.FULL)
        return self.live().filter(asked | Q(verdict_on__lt=F("done_on")))

    def kept(self) -> CommitmentQuerySet:
        return self.live().filter(delivery=Shown.FULL, verdict=Answer.KEPT, verdict_on__gte=F("done_on"))

    def public(self) -> CommitmentQuerySet:
        """Commitments a public page may speak of, past the community's delay."""
        return (
            self.filter(is_public("community__"))
            .exclude(public_text="")
            .filter(FROM_REVIEWED, past_delay("promised_on", "community"))
        )


class Commitment(models.Model):
    """What an agency promised: the words as spoken (frozen), due date, who accepted it."""

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="commitments", verbose_name=_("community")
    )
    engagement = models.ForeignKey(
        Engagement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("meeting"),
    )
    concern = models.ForeignKey(
        Concern,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("concern"),
    )
    words = models.TextField(_("the words as spoken"))
    public_text = models.CharField(_("what was promised, for the public"), max_length=400, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="commitments", verbose_name=_("agency"))
    promised_on = models.DateField(_("promised on"))
    due_on = models.DateField(_("due on"))
    accepted_by = models.CharField(_("accepted by"), max_length=20, choices=Group, blank=True)
    cancelled_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)
    cancel_reason = models.TextField(_("why it was withdrawn"), blank=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = CommitmentQuerySet.as_manager()
    privacy = levels(
        public="community concern public_text agency promised_on due_on accepted_by cancelled_on cancel_reason",
        internal="engagement words cancelled_by recorded_by at",
    )

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["community", "due_on"]),
            models.Index(fields=["agency", "due_on"]),
            models.Index(fields=["due_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="commitment_due_after_promise",
                condition=Q(due_on__gte=F("promised_on")),
                violation_error_message=_("The due date comes after the day of the promise."),
            ),
            models.CheckConstraint(
                name="commitment_cancelled_with_reason_and_name",
                condition=Q(cancelled_on__isnull=True)
                | (~Q(cancel_reason="") & Q(cancelled_by__isnull=False)),
                violation_error_message=_("Withdrawing needs a reason and a name."),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.due_on:%Y-%m-%d}"

    @property
    def number(self) -> str:
        return f"P{self.pk}"

    @property
    def lies_in(self) -> Area | None:
        return self.community.area

    @property
    def place(self) -> str:
        """Where it lies, for colleagues."""
        return self.community.label

    @property
    def public_place(self) -> str:
        return self.community.public_label

    @property
    def standing(self) -> str:
        """How it reads in public. Needs `with_answers`. Passing the due date never changes delivery."""
        return standing_of(cast(Answers, self), timezone.localdate())

    @property
    def standing_label(self) -> str:
        return str(Standing(self.standing).label)

    @property
    def is_undelivered(self) -> bool:
        """Whether it is still owed. Needs `with_answers`."""
        return not self.withdrawn and self.delivery != Shown.FULL

    @property
    def days_late(self) -> int:
        """Days after the due date, until done or today. Needs `with_answers`."""
        done_on = self.done_on if self.delivery == Shown.FULL else None
        return max(0, ((done_on or timezone.localdate()) - self.due_on).days)


def seen_beside(in_house: Q, further: Q) -> Ground:
    """`in_house` is asked of what managers read, `further` of what agencies and editors read."""
    outside = own_agency("commitment__agency") | publishing(not_hidden("commitment__"))
    return own_areas("commitment__community__area") | programme(in_house) | narrowed(outside, further)


class BesideCommitment(ScopedQuerySet):
    """Rows that stand beside a commitment are seen by whoever sees it."""

    seen = seen_beside(not_draft("commitment__"), from_reviewed("commitment__"))

    def public(self):
        return self.filter(Exists(Commitment.objects.public().filter(pk=OuterRef("commitment"))))


class RevisionQuerySet(BesideCommitment):
    def moved(self) -> Self:
        """Those that moved the day, the first one first."""
        return self.exclude(due_before=F("due_on")).order_by("at", "pk")


class Revision(models.Model):
    """A dated change to a commitment's due date or words. The first words stay as they were spoken."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="revisions", verbose_name=_("commitment")
    )
    words = models.TextField(_("new words"), blank=True)
    due_before = models.DateField(_("due before"))
    due_on = models.DateField(_("due now"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = RevisionQuerySet.as_manager()
    privacy = levels(public="commitment due_before due_on at", internal="words reason by")

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(name="revision_with_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.commitment_id} {self.at:%Y-%m-%d}"


class EvidenceQuerySet(BesideCommitment):
    edited = narrowed(own_agency("commitment__agency"), from_reviewed("commitment__")) | own_areas(
        "commitment__community__area"
    )

    def reworded_by(self, user) -> Self:
        """Those whose words for the public `user` may correct: with those of the commitment."""
        theirs = Commitment.objects.filter(pk=OuterRef("commitment")).reworded_by(user)
        return self.visible_to(user).filter(Exists(theirs))


class Evidence(models.Model):
    """A dated photo, document, site visit or service observation that shows delivery."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        DOCUMENT = "document", _("Document")
        VISIT = "visit", _("Site visit")
        OBSERVATION = "observation", _("Service observation")

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="evidence", verbose_name=_("commitment")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    date = models.DateField(_("date"))
    shows = models.PositiveSmallIntegerField(_("shows"), choices=Shown)
    note = models.TextField(_("what it shows, for colleagues"), blank=True)
    public_note = models.CharField(_("what it shows, for the public"), max_length=400, blank=True)
    file = models.FileField(_("file"), upload_to="evidence", storage=private_storage, blank=True)
    observation = models.ForeignKey(
        Observation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("observation")
    )
    disputed = models.BooleanField(
        default=False, editable=False, help_text=_("A community answered “not kept” after it was given.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()
    privacy = levels(
        public="commitment kind date shows public_note", internal="note file observation disputed by at"
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["commitment", "-date"]), models.Index(fields=["date"])]
        constraints = [
            models.CheckConstraint(
                name="evidence_observation_named",
                condition=~Q(kind="observation") | Q(observation__isnull=False),
                violation_error_message=_("Choose the observation."),
            )
        ]

    def __str__(self):
        return f"P{self.commitment_id} {self.date:%Y-%m-%d}"


class VerdictQuerySet(BesideCommitment):
    seen = seen_beside(
        not_draft("commitment__") & not_draft(), from_reviewed("commitment__") & from_reviewed()
    )
    edited = own_areas("commitment__community__area")

    def reviewed(self) -> Self:
        """What counts: given at a meeting that was reviewed."""
        return self.filter(engagement__state=Engagement.State.REVIEWED)


class Verdict(models.Model):
    """The community's own answer on a commitment, given by a group at a meeting."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="verdicts", verbose_name=_("commitment")
    )
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="verdicts", verbose_name=_("meeting")
    )
    group = models.CharField(_("given by"), max_length=20, choices=Group)
    answer = models.PositiveSmallIntegerField(_("answer"), choices=Answer)
    note = models.TextField(_("in their words, for colleagues"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = VerdictQuerySet.as_manager()
    privacy = levels(public="commitment group answer", internal="engagement note by at")

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        ordering = ["-engagement__date", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "engagement", "group"],
                name="one_verdict_per_group_and_meeting",
                violation_error_message=_("This group has already answered at this meeting."),
            )
        ]

    def __str__(self):
        return f"P{self.commitment_id}:{self.group}"
