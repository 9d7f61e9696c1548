"""The loop: topic, mandate, concern, commitment, evidence, verdict, duty, telling.

Three answers about a commitment are kept apart and computed, never stored: delivery (from evidence alone),
schedule (from dates), verdict (the community's own). See docs/the-loop.md.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Agency, Area, Community, Group
from communities.models.places import REFERENCE, ReferenceQuerySet
from communities.models.sources import private_storage
from communities.models.words import Named, code_field
from communities.privacy import levels
from communities.sight import (
    ScopedQuerySet,
    everyone,
    integrity,
    narrowed,
    own_agency,
    own_areas,
    programme,
    publishing,
    reviewed_areas,
    sight_of,
)
from services.models import Observation

from .meetings import Engagement

OPEN_SEAL = Q(sealed=False)


# What a meeting brought counts in public once the meeting is reviewed.
def from_reviewed(path: str = "") -> Q:
    return Q(**{f"{path}engagement__isnull": True}) | Q(**{f"{path}engagement__state": "reviewed"})


FROM_REVIEWED = from_reviewed()
NOT_HIDDEN = ~Q(community__public_place="hidden")


class Topic(Named):
    """What a concern or a meeting is about. A sealed topic is for the integrity role alone."""

    code = code_field()
    sealed = models.BooleanField(
        _("sealed"),
        default=False,
        help_text=_(
            "Concerns on this topic are seen by the integrity role alone, not by the officer's chain."
        ),
    )
    days_to_answer = models.PositiveSmallIntegerField(_("days to answer, unless a mandate says"), default=30)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=100)

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(public="code name name_fr name_ar sealed days_to_answer position")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "code"]

    def __str__(self):
        return self.label


class MandateQuerySet(ScopedQuerySet):
    seen = everyone()
    edited = REFERENCE


class Mandate(models.Model):
    """Topic × area → the agency that must answer, and within how many days."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="mandates", verbose_name=_("topic"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="mandates", verbose_name=_("area"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="mandates", verbose_name=_("agency"))
    days = models.PositiveSmallIntegerField(_("days to answer"), default=30)

    objects = MandateQuerySet.as_manager()
    privacy = levels(public="topic area agency days")

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["topic", "area"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "area", "agency"], name="one_mandate_per_agency")
        ]

    def __str__(self):
        return f"{self.topic_id}×{self.area_id}"


class ConcernQuerySet(ScopedQuerySet):
    seen = narrowed(
        own_areas("community__area") | programme() | own_agency("agency") | publishing(NOT_HIDDEN),
        OPEN_SEAL,
    ) | integrity(Q(sealed=True))
    edited = narrowed(reviewed_areas("community__area") | own_agency("agency"), OPEN_SEAL) | integrity(
        Q(sealed=True)
    )
    added = own_areas("community__area")

    def open(self):
        return self.filter(state__in=["new", "assigned"])

    def overdue(self, on: datetime.date | None = None):
        return self.open().filter(due_on__lt=on or timezone.localdate())

    def public(self):
        """Concerns a public page may speak of: not sealed, not merged away, past the community's delay."""
        return (
            self.filter(OPEN_SEAL, FROM_REVIEWED, community__in=Community.objects.public())
            .exclude(public_text="")
            .exclude(state="merged")
            .filter(raised_on__lte=timezone.localdate() - delay())
        )


class Concern(models.Model):
    """What a community group asked or complained about. Repeats join one living concern."""

    class Channel(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        HOTLINE = "hotline", _("Hotline")
        WALK_IN = "walk_in", _("At the office")
        LETTER = "letter", _("Letter")

    class Urgency(models.TextChoices):
        NOW = "now", _("At once")
        SOON = "soon", _("Soon")
        NORMAL = "normal", _("Normal")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ASSIGNED = "assigned", _("With an agency")
        ANSWERED = "answered", _("Answered")
        CANNOT = "cannot", _("Cannot, because …")
        MERGED = "merged", _("Joined to another")

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="concerns", verbose_name=_("community")
    )
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="concerns", verbose_name=_("topic"))
    sealed = models.BooleanField(default=False, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.MEETING)
    engagement = models.ForeignKey(
        Engagement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("meeting"),
    )
    raised_by = models.CharField(_("raised by"), max_length=20, choices=Group)
    raised_on = models.DateField(_("raised on"))
    text = models.TextField(_("what was asked, for colleagues"))
    public_text = models.CharField(_("what was asked, for the public"), max_length=400, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.NORMAL)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW, editable=False)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerns",
        verbose_name=_("agency to answer"),
    )
    due_on = models.DateField(_("answer due on"))
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    joined_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats", verbose_name=_("joined to")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = ConcernQuerySet.as_manager()
    privacy = levels(
        public="community topic raised_by raised_on public_text state agency due_on answer answered_on",
        internal="sealed channel engagement urgency joined_to recorded_by at",
        sealed="text",
    )

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        ordering = ["-raised_on", "-pk"]
        indexes = [
            models.Index(fields=["community", "-raised_on"]),
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["agency", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="concern_answered_with_words",
                condition=~Q(state__in=["answered", "cannot"])
                | (~Q(answer="") & Q(answered_on__isnull=False)),
                violation_error_message=_("Write the answer and its date."),
            ),
            models.CheckConstraint(
                name="concern_with_an_agency",
                condition=~Q(state="assigned") | Q(agency__isnull=False),
                violation_error_message=_("Name the agency."),
            ),
            models.CheckConstraint(
                name="concern_joined_says_which",
                condition=Q(state="merged", joined_to__isnull=False)
                | (~Q(state="merged") & Q(joined_to__isnull=True)),
            ),
        ]

    def __str__(self):
        return f"C{self.pk} {self.raised_on:%Y-%m-%d}"

    @property
    def is_answered(self) -> bool:
        return self.state in (self.State.ANSWERED, self.State.CANNOT)

    @property
    def days_late(self) -> int:
        return max(0, ((self.answered_on or timezone.localdate()) - self.due_on).days)


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


class CommitmentQuerySet(ScopedQuerySet):
    seen = own_areas("community__area") | programme() | own_agency("agency") | publishing(NOT_HIDDEN)
    edited = own_agency("agency") | reviewed_areas("community__area")
    added = own_areas("community__area")

    def with_answers(self) -> CommitmentQuerySet:
        """Annotates delivery, done_on, verdict (least of the last meeting's groups) and verdict_on."""
        evidence = Evidence.objects.filter(commitment=OuterRef("pk"), disputed=False).order_by("-date", "-pk")
        last = Verdict.objects.filter(commitment=OuterRef("pk")).order_by(
            "-engagement__date", "-engagement_id"
        )
        worst = (
            Verdict.objects.filter(commitment=OuterRef("pk"), engagement=OuterRef("last_asked"))
            .values("commitment")
            .annotate(least=Min("answer"))
            .values("least")
        )
        return self.annotate(
            delivery=Coalesce(Subquery(evidence.values("shows")[:1]), 0, output_field=IntegerField()),
            done_on=Subquery(evidence.filter(shows=Shown.FULL).order_by("date", "pk").values("date")[:1]),
            last_asked=Subquery(last.values("engagement")[:1]),
            verdict_on=Subquery(last.values("engagement__date")[:1]),
        ).annotate(verdict=Subquery(worst[:1], output_field=IntegerField()))

    def shown_by(self, user) -> CommitmentQuerySet:
        """Those for which `user` may give evidence: their agency's, and those of the communities they meet."""
        grounds = own_agency("agency") | own_areas("community__area")
        return self.filter(grounds.q(sight_of(user)))

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
        return self.live().filter(asked)

    def kept(self) -> CommitmentQuerySet:
        return self.live().filter(delivery=Shown.FULL, verdict=Answer.KEPT)

    def public(self) -> CommitmentQuerySet:
        """Commitments a public page may speak of, past the community's delay."""
        return (
            self.filter(community__in=Community.objects.public())
            .exclude(public_text="")
            .filter(FROM_REVIEWED, promised_on__lte=timezone.localdate() - delay())
        )


def delay():
    """The community's publication delay as a database duration."""
    return models.ExpressionWrapper(
        Cast("community__publish_delay_days", models.IntegerField()) * datetime.timedelta(days=1),
        output_field=models.DurationField(),
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
        limit_choices_to={"sealed": False},
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
        indexes = [models.Index(fields=["community", "due_on"]), models.Index(fields=["agency", "due_on"])]
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
        return f"P{self.pk} {self.due_on:%Y-%m-%d}"

    @property
    def standing(self) -> str:
        """How it reads in public. Needs `with_answers`. Passing the due date never changes delivery."""
        if self.cancelled_on:
            return Standing.CANCELLED
        if self.delivery == Shown.FULL:
            return {
                None: Standing.UNCONFIRMED,
                Answer.KEPT: Standing.KEPT,
                Answer.PARTLY: Standing.PARTLY,
            }.get(self.verdict, Standing.UNCONFIRMED)
        if self.verdict == Answer.NOT_KEPT:
            return Standing.NOT_KEPT
        if self.due_on < timezone.localdate():
            return Standing.OVERDUE
        return Standing.PARTLY if self.delivery == Shown.PART else Standing.OPEN

    @property
    def standing_label(self) -> str:
        return Standing(self.standing).label

    @property
    def days_late(self) -> int:
        """Days after the due date, until done or today. Needs `with_answers`."""
        return max(0, ((self.done_on or timezone.localdate()) - self.due_on).days)


class BesideCommitment(ScopedQuerySet):
    """Rows that stand beside a commitment are seen by whoever sees it."""

    seen = (
        own_areas("commitment__community__area")
        | programme()
        | own_agency("commitment__agency")
        | publishing(~Q(commitment__community__public_place="hidden"))
    )

    def public(self):
        return self.filter(commitment__in=Commitment.objects.public())


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

    objects = BesideCommitment.as_manager()
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
    edited = own_agency("commitment__agency") | own_areas("commitment__community__area")


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
        indexes = [models.Index(fields=["commitment", "-date"])]
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
    edited = own_areas("commitment__community__area")


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


class DutyQuerySet(ScopedQuerySet):
    seen = narrowed(
        own_areas("community__area") | programme() | publishing(NOT_HIDDEN),
        Q(concern__isnull=True) | Q(concern__sealed=False),
    ) | integrity(Q(concern__sealed=True))

    def tellable_by(self, user):
        """Those on which `user` may record a telling."""
        grounds = own_areas("community__area") | integrity(Q(concern__sealed=True))
        return self.visible_to(user).filter(grounds.q(sight_of(user)))

    def open(self):
        """Nobody has been reached yet: only a telling that reached people closes a duty."""
        return self.exclude(Exists(Telling.objects.filter(duty=OuterRef("pk"), reached=True)))

    def closed(self):
        return self.filter(Exists(Telling.objects.filter(duty=OuterRef("pk"), reached=True)))

    def fell_due(self, on: datetime.date | None = None):
        return self.filter(due_on__lte=on or timezone.localdate())

    def public(self):
        """Duties that count in public: from reviewed meetings, past the delay, nothing sealed."""
        day = timezone.localdate() - delay()
        asked = from_reviewed("concern__") & Q(concern__sealed=False, concern__raised_on__lte=day)
        promised = from_reviewed("commitment__") & Q(commitment__promised_on__lte=day)
        return self.filter(
            Q(concern__isnull=False) & asked | Q(commitment__isnull=False) & promised,
            community__in=Community.objects.public(),
        )


class Duty(models.Model):
    """The duty to tell: a concern or a commitment means that someone must be told, by a date."""

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="duties", verbose_name=_("community")
    )
    concern = models.ForeignKey(
        Concern, models.PROTECT, null=True, related_name="duties", verbose_name=_("concern")
    )
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="duties", verbose_name=_("commitment")
    )
    due_on = models.DateField(_("tell by"))

    objects = DutyQuerySet.as_manager()
    privacy = levels(internal="community concern commitment due_on")

    class Meta:
        verbose_name = _("duty to tell")
        verbose_name_plural = _("duties to tell")
        ordering = ["due_on"]
        indexes = [models.Index(fields=["community", "due_on"])]
        constraints = [
            models.CheckConstraint(
                name="duty_about_one_thing",
                condition=Q(concern__isnull=False, commitment__isnull=True)
                | Q(concern__isnull=True, commitment__isnull=False),
            )
        ]

    def __str__(self):
        return f"D{self.pk} {self.due_on:%Y-%m-%d}"

    @property
    def about(self) -> Concern | Commitment:
        return self.concern or self.commitment

    @property
    def news(self) -> str:
        """What there is to tell, for those who tell it."""
        return self.concern.answer if self.concern else self.commitment.public_text or self.commitment.words


class TellingQuerySet(ScopedQuerySet):
    seen = narrowed(
        own_areas("duty__community__area") | programme() | publishing(),
        Q(duty__concern__isnull=True) | Q(duty__concern__sealed=False),
    ) | integrity(Q(duty__concern__sealed=True))
    edited = own_areas("duty__community__area") | integrity(Q(duty__concern__sealed=True))

    def public(self):
        return self.filter(duty__in=Duty.objects.public())


class Telling(models.Model):
    """People were told: when, how, by whom, which group, reached or not."""

    class How(models.TextChoices):
        MEETING = "meeting", _("At a meeting")
        VISIT = "visit", _("By a visit")
        PHONE = "phone", _("By telephone")
        RADIO = "radio", _("On the radio")
        NOTICE = "notice", _("On the notice board")
        MESSAGE = "message", _("By text message")

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="tellings", verbose_name=_("duty to tell"))
    date = models.DateField(_("date"))
    how = models.CharField(_("how"), max_length=10, choices=How)
    group = models.CharField(_("who was told"), max_length=20, choices=Group)
    reached = models.BooleanField(_("they were reached"), default=True)
    what = models.CharField(_("what they were told"), max_length=400, blank=True)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, blank=True, related_name="tellings", verbose_name=_("meeting")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = TellingQuerySet.as_manager()
    privacy = levels(public="duty date how group reached", internal="what engagement by at")

    class Meta:
        verbose_name = _("telling")
        verbose_name_plural = _("tellings")
        ordering = ["-date", "-pk"]

    def __str__(self):
        return f"D{self.duty_id} {self.date:%Y-%m-%d}"
