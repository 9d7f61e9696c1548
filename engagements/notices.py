"""The digest mails of escalation: what is new for whom, at most one a person and day, with nothing of it inside.

Who gets one, and what it says, is worked out when it is sent, from what its reader sees that day: a successor gets
what a predecessor did not, and who lost their posting gets nothing. A mail counts, in its reader's language, and
leads into the office; it holds no name, place, topic or word of anybody's. See docs/the-loop.md, "Escalation".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.errors import MessageError
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django_tasks import task

from communities import sight
from communities.models import Area, Posting, User

from . import escalation
from .digests import has_news
from .figures import Population, Step, containing
from .models import Commitment, Concern, Duty, Escalation, Notice

LEASE = timedelta(minutes=15)  # a run that died while it sent is taken for dead after this
CHUNK = 1000  # keys in one query
UNSENDABLE = (SMTPException, OSError, MessageError, ValueError)  # the server, the line, or the address
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """How many digests went out, and how many could not."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Count:
    """How many of a kind are owed, how many of these are new, and by how many days the oldest is late."""

    kind: str
    every: int
    new: int
    days_late: int

    @property
    def words(self) -> str:
        given = {"count": self.every, "new": self.new, "days": self.days_late}
        return str(KINDS[self.kind](self.every) % given)

    @property
    def url(self) -> str:
        return f"{settings.WAGTAILADMIN_BASE_URL}{reverse(f'{self.kind}:index')}?{FILTERS[self.kind]}"


# What is counted, the filter of its list that shows it, and how it is said.
OVERDUE: dict[str, Callable[[date], Any]] = {
    "concern": escalation.overdue_concerns,
    "commitment": escalation.overdue_commitments,
    "duty": escalation.overdue_duties,
}
MODELS: dict[str, Any] = {"concern": Concern, "commitment": Commitment, "duty": Duty}
FILTERS = {"concern": "overdue=true", "commitment": "standing=overdue", "duty": "which=late"}
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
    """All that is overdue on a day, by kind: key and area of each. Found once, for everybody who is written to."""

    on: date
    rows: dict[str, list[tuple[int, int | None]]]

    @classmethod
    def now(cls, on: date) -> Overdue:
        columns = ("pk", escalation.AREA)
        return cls(on, {kind: list(find(on).values_list(*columns)) for kind, find in OVERDUE.items()})

    def within(self, kind: str, areas: set[int]) -> Iterator[list[int]]:
        """The keys of what lies in `areas`, CHUNK at a time."""
        keys = [pk for pk, area in self.rows[kind] if area in areas]
        return (keys[place : place + CHUNK] for place in range(0, len(keys), CHUNK))


def digest(user: User, overdue: Overdue) -> Digest:
    """What waits for `user` on a day: what climbed to them and, where they meet people, what fell due."""
    last = _last_read(user)
    return Digest(
        _climbed(user, last, overdue.on), _fell_due(user, last, overdue), _last_week(user, overdue.on)
    )


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


def _climbed(user: User, last: datetime | None, on: date) -> list[Count]:
    steps = Escalation.objects.all().climbed_to(user).standing()
    found = []
    for kind in OVERDUE:
        rows = steps.filter(**{f"{kind}__isnull": False}).values_list("at", f"{kind}__due_on")
        found.append(_counted(kind, [(last is None or at > last, due) for at, due in rows], on))
    return [count for count in found if count.every]


def _fell_due(user: User, last: datetime | None, overdue: Overdue) -> list[Count]:
    """What fell due in the areas whose communities `user` meets; nothing for who meets none."""
    if not sight.is_officer(user):
        return []
    since = timezone.localdate(last) if last else date.min
    written = Q(at__gte=last) if last else Q()  # late already when it was written down
    met = Area.objects.filter(sight.met_areas("self").q(sight.sight_of(user)))
    areas = set(met.values_list("pk", flat=True))
    found = []
    for kind, model in MODELS.items():
        answered = Q(concern__answered_on__gte=since)  # late already when there came to be something to tell
        came = Q(due_on__gte=since) | (answered if kind == "duty" else written)
        new = Case(When(came, then=Value(True)), default=Value(False), output_field=BooleanField())
        rows = model.objects.visible_to(user).annotate(new=new).values_list("new", "due_on")
        seen = [row for keys in overdue.within(kind, areas) for row in rows.filter(pk__in=keys)]
        found.append(_counted(kind, seen, overdue.on))
    return [count for count in found if count.every]


def _counted(kind: str, rows: list[tuple[bool, date]], on: date) -> Count:
    days_late = max([(on - due).days for _new, due in rows], default=0)
    return Count(kind, len(rows), sum(new for new, _due in rows), max(0, days_late))


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
    read_at = timezone.now()
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
        sent_at=timezone.now(), sent_on=overdue.on, read_at=read_at, claimed_at=None
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
