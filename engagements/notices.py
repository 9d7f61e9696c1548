"""The digest mails of escalation: what is new for whom, at most one a person and day, with nothing of it inside.

Who gets one, and what it says, is worked out when it is sent, from what its reader sees that day: a successor gets
what a predecessor did not, and who lost their posting gets nothing. A mail counts, in its reader's language, and
leads into the office; it holds no name, place, topic or word of anybody's. See docs/the-loop.md, "Escalation".
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.errors import MessageError
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django_tasks import task

from communities import sight
from communities.arrays import as_table
from communities.models import Area, Posting, User

from . import escalation
from .digests import has_news
from .figures import Population, Step, containing
from .models import Escalation, Notice

LEASE = timedelta(minutes=15)  # a run that died while it sent is taken for dead after this
UNSENDABLE = (SMTPException, OSError, MessageError, ValueError)  # the server, the line, or the address
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """How many digests went out, and how many could not."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Count:
    """How many of a kind are owed, how many of these are new, and by how many days the oldest is late. `shown_by` is
    the filter of its list that shows them."""

    kind: str
    every: int
    new: int
    days_late: int
    shown_by: str

    @property
    def words(self) -> str:
        given = {"count": self.every, "new": self.new, "days": self.days_late}
        return str(KINDS[self.kind](self.every) % given)

    @property
    def url(self) -> str:
        return f"{settings.WAGTAILADMIN_BASE_URL}{reverse(f'{self.kind}:index')}?{self.shown_by}"


# What is counted, the filters of its list that show what fell due and what climbed, and how it is said.
OVERDUE: dict[str, Callable[[date], Any]] = {
    "concern": escalation.overdue_concerns,
    "commitment": escalation.overdue_commitments,
    "duty": escalation.overdue_duties,
}
LIES_IN: dict[str, Any] = {  # where a step's row lies
    "concern": Coalesce("concern__community__area", "concern__area"),
    "commitment": F("commitment__community__area"),
    "duty": Coalesce("duty__community__area", "duty__concern__area"),
}
FELL_DUE = {"concern": "overdue=true", "commitment": "standing=overdue", "duty": "which=late"}
CLIMBED = "climbed=true"
KINDS: dict[str, Callable[[int], str]] = {
    "concern": lambda count: ngettext(
        "%(count)d concern without an answer (new: %(new)d), %(days)d days late",
        "%(count)d concerns without an answer (new: %(new)d), the oldest %(days)d days late",
        count,
    ),
    "commitment": lambda count: ngettext(
        "%(count)d promise not seen done (new: %(new)d), %(days)d days late",
        "%(count)d promises not seen done (new: %(new)d), the oldest %(days)d days late",
        count,
    ),
    "duty": lambda count: ngettext(
        "%(count)d duty to tell people (new: %(new)d), %(days)d days late",
        "%(count)d duties to tell people (new: %(new)d), the oldest %(days)d days late",
        count,
    ),
}


@dataclass
class Digest:
    """What one person is to read today."""

    climbed: list[Count] = field(default_factory=list)
    fell_due: list[Count] = field(default_factory=list)
    last_week: str = ""  # where the digest of last week is read, with the first mail of a week

    def __bool__(self) -> bool:
        """Whether there is any news in it: what is known already is no reason to write."""
        return bool(self.last_week) or any(count.new for count in self.counts)

    @property
    def counts(self) -> list[Count]:
        return [*self.climbed, *self.fell_due]


# --- What there is to say ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Overdue:
    """All that is overdue on a day, and the steps it took, by kind. Read once, for everybody who is written to.

    Of each row its area (0 for none), day, the day since which it is overdue, and the second it was written down;
    of each step what it is about, its area, the day of that, whether it went to headquarters, and its second.
    """

    on: date
    at: datetime  # before it was read: what comes later is in the next mail
    rows: dict[str, np.ndarray]
    steps: dict[str, np.ndarray]

    @classmethod
    def now(cls, on: date) -> Overdue:
        at = timezone.now()
        rows = {kind: _rows(kind, find(on)) for kind, find in OVERDUE.items()}
        return cls(on, at, rows, {kind: _steps(kind) for kind in OVERDUE})


def _rows(kind: str, rows: QuerySet) -> np.ndarray:
    # A duty comes with what it is about: that is written down, the duty is not.
    written = Value(None, DateTimeField()) if kind == "duty" else F("at")
    columns = rows.order_by().values_list(escalation.AREA, "due_on", "since", written).iterator()
    types = "area i8", "due M8[D]", "since M8[D]", "at f8"
    return as_table(((area or 0, *days, at.timestamp() if at else 0) for area, *days, at in columns), *types)


def _steps(kind: str) -> np.ndarray:
    rows = Escalation.objects.filter(**{f"{kind}__isnull": False}).standing().order_by()
    columns = rows.values_list(kind, LIES_IN[kind], f"{kind}__due_on", "level", "at").iterator()
    types = "about i8", "area i8", "due M8[D]", "top ?", "at f8"
    top = Escalation.Level.HEADQUARTERS
    return as_table(
        ((pk, area or 0, due, level == top, at.timestamp()) for pk, area, due, level, at in columns), *types
    )


def digest(user: User, overdue: Overdue) -> Digest:
    """What waits for `user` on a day: what climbed to them and, where they meet people, what fell due."""
    last = _last_read(user)
    return Digest(_climbed(user, last, overdue), _fell_due(user, last, overdue), _last_week(user, overdue.on))


def _last_week(user: User, on: date) -> str:
    """The address of last week's digest of what `user` sees, where it has anything to tell and no mail of this week
    named it. Without an area in it: an address names no place."""
    monday = on - timedelta(days=on.weekday())
    if not sight.reads_figures(user) or Notice.objects.filter(to=user, sent_on__gte=monday).exists():
        return ""
    week = containing(Step.WEEK, monday - timedelta(days=1))
    if not has_news(Population.seen_by(user), week):
        return ""
    query = urlencode({"step": week.step, "on": week.since.isoformat()})
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('digests')}?{query}"


def _last_read(user: User) -> datetime | None:
    """Up to when `user` was told; None when they never were, or were posted anew since then."""
    last = (
        Notice.objects.filter(to=user).sent().order_by("-sent_at").values_list("read_at", flat=True).first()
    )
    posted = Posting.objects.held_by(user).order_by("-starts").values_list("starts", flat=True).first()
    if last is None or (posted and posted > timezone.localdate(last)):
        return None
    return last


def _climbed(user: User, last: datetime | None, overdue: Overdue) -> list[Count]:
    """Supervisors in the areas they review, headquarters everywhere."""
    reviewed, at_the_top = _areas(user, sight.reviewed_areas("self")), sight.is_programme(user)
    found = []
    for kind, steps in overdue.steps.items():
        here = np.where(steps["top"], at_the_top, np.isin(steps["area"], reviewed))
        seen = steps[here]
        new = seen["at"] > (last.timestamp() if last else 0)
        every, first = np.unique(seen["about"], return_index=True)  # two steps about one thing are one thing
        new_ones = len(np.unique(seen["about"][new]))
        late = _days_late(seen["due"][first], overdue.on)
        found.append(Count(kind, len(every), new_ones, late, CLIMBED))
    return [count for count in found if count.every]


def _fell_due(user: User, last: datetime | None, overdue: Overdue) -> list[Count]:
    """What fell due in the areas whose communities `user` meets; nothing for who meets none. New is what is overdue
    since the last mail, and what was late already when it was written down."""
    if not sight.is_officer(user):
        return []
    met = _areas(user, sight.met_areas("self"))
    day = np.datetime64(timezone.localdate(last) if last else date.min)
    found = []
    for kind, rows in overdue.rows.items():
        seen = rows[np.isin(rows["area"], met)]
        new = (seen["since"] >= day) | (seen["at"] >= (last.timestamp() if last else 0))
        late = _days_late(seen["due"], overdue.on)
        found.append(Count(kind, len(seen), int(new.sum()), late, FELL_DUE[kind]))
    return [count for count in found if count.every]


def _areas(user: User, ground: sight.Ground) -> list[int]:
    return list(Area.objects.filter(ground.q(sight.sight_of(user))).values_list("pk", flat=True))


def _days_late(due: np.ndarray, on: date) -> int:
    return int(max(0, (np.datetime64(on) - due).astype(int).max(initial=0)))


# --- Sending -------------------------------------------------------------------------------------------------
def send() -> Sent:
    """Writes to everybody for whom there is news, once a day. One person's failure stops nobody else's mail; it is
    tried again with the next run."""
    on = timezone.localdate()
    people = sight.told_of_what_is_late().order_by("pk")
    Notice.objects.waiting().exclude(
        to__in=people.order_by().values("pk")
    ).delete()  # nobody's business any more
    told_today = Notice.objects.filter(to=OuterRef("pk"), sent_on=on)
    overdue = Overdue.now(on)
    done = [_write_to(user, overdue) for user in people.filter(~Exists(told_today))]
    return Sent(done.count(True), done.count(False))


def _write_to(user: User, overdue: Overdue) -> bool | None:
    """True when a mail went out, False when it could not, None when there was nothing to send."""
    content = digest(user, overdue)
    notice = _claimed(user, overdue.on) if content else None
    if notice is None:
        return None
    try:
        _mail(user, content)
    except UNSENDABLE as failure:  # the address is in the failure's words: they stay out of the log
        logger.warning("A digest to user %d could not be sent: %s", user.pk, type(failure).__name__)
        Notice.objects.filter(pk=notice).update(claimed_at=None)
        return False
    Notice.objects.filter(pk=notice).update(
        sent_at=timezone.now(), sent_on=overdue.on, read_at=overdue.at, claimed_at=None
    )
    return True


def _claimed(user: User, on: date) -> int | None:
    """The key of the notice that this run, and no other, sends to `user`; None when another one does or did.

    A single statement claims it, so that of two runs at once one sends. A run that died after it sent leaves its
    claim behind: after LEASE the mail goes out again, twice rather than never.
    """
    try:
        with transaction.atomic():
            Notice.objects.waiting().get_or_create(to=user)
    except IntegrityError:
        pass  # another run has just made it
    now = timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE)
    told_today = Notice.objects.filter(to=user, sent_on=on)
    waiting = Notice.objects.waiting().filter(free, ~Exists(told_today), to=user)
    taken = waiting.update(claimed_at=now, tried_on=on, attempts=F("attempts") + 1)
    return Notice.objects.waiting().get(to=user).pk if taken else None


def _mail(user: User, content: Digest) -> None:
    with override(user.language):
        about = {
            "digest": content,
            "office": f"{settings.WAGTAILADMIN_BASE_URL}{reverse('wagtailadmin_home')}",
        }
        text = render_to_string("engagements/mail/digest.txt", about)
        subject = _("What is overdue and waits for you") if content.counts else _("The digest of last week")
        send_mail(str(subject), text, None, [user.email])


@task()
def escalate() -> None:
    """What is overdue climbs, and who is concerned is written to."""
    escalation.climb()
    send()
