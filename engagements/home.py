"""What waits for officers, supervisors, agencies and the integrity role."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities import sight
from communities.commas import listed
from communities.home import ROWS, HomePanel, Line
from communities.models import User
from communities.office_columns import how_due

from . import brief, inbox, sealed
from .figures import Step, containing
from .lists import WORDS_SHOWN
from .models import Commitment, Concern, Duty, Engagement, Entry, Escalation, Question, SealedConcern

# What a step is about, as far as a line says it.
ABOUT = [
    "concern__community",
    "concern__area",
    "concern__topic",
    "commitment__community",
    "duty__community",
    "duty__concern__area",
    "duty__concern__topic",
    "duty__commitment",
]


def panels(user: User) -> list[HomePanel]:
    """The panels of this floor that `user`'s postings call for."""
    found = []
    if sight.is_field(user):
        found += [at_the_desk(), returned(user), silent_communities(user), promises_due(user)]
        found += [people_to_tell(user), answered_by_headquarters(user)]
    if sight.is_reviewer(user):
        found += [came_in(user), to_review(user), from_phones(user)]
    if sight.is_reviewer(user) or sight.is_programme(user):
        found.append(climbed(user))
    if sight.is_programme(user):
        found.append(questions_waiting(user))
    if sight.is_agency(user):
        found += [to_answer(user), promises_due(user)]
    if sight.is_integrity(user):
        found += [no_key(), sealed_waiting(user)]
    if sight.reads_figures(user):
        found.append(last_digests())
    return [panel for panel in found if panel]


def at_the_desk() -> HomePanel:
    """Where somebody who answers a call goes first."""
    lines = [
        Line(_("Take a report"), reverse("take_report"), _("A call, a visit, a letter or a paper form")),
        Line(_("Hand over a tip"), reverse("handover:new"), _("A suspicion about people or movements")),
    ]
    return HomePanel(name="desk", heading=_("Somebody calls or comes"), lines=lines, empty="", order=90)


def last_digests() -> HomePanel:
    """The last week, month and quarter that ended."""
    today = timezone.localdate()
    periods = [containing(step, today).previous for step in (Step.WEEK, Step.MONTH, Step.QUARTER)]
    lines = [
        Line(
            text=period.label,
            url=f"{reverse('digests')}?{urlencode({'step': period.step, 'on': period.since.isoformat()})}",
            detail=str(Step(period.step).label),
        )
        for period in periods
    ]
    return HomePanel(name="digests", heading=_("The last digests"), lines=lines, empty="", order=60)


def returned(user: User) -> HomePanel | None:
    rows = Engagement.objects.editable_by(user).select_related("community")[:ROWS]
    if not rows:
        return None
    lines = [
        Line(
            text=listed([row.community.label, date_format(row.date)]),
            url=reverse("engagement:inspect", args=[row.pk]),
            detail=row.return_reason or row.get_state_display(),
            owed=row.state == Engagement.State.RETURNED,
        )
        for row in rows
    ]
    return HomePanel(
        name="returned", heading=_("Your drafts and returned meetings"), lines=lines, empty="", order=10
    )


def since(days: int | None) -> str:
    if days is None:
        return _("never met")
    return ngettext("last met %(days)d day ago", "last met %(days)d days ago", days) % {"days": days}


def silent_communities(user: User) -> HomePanel:
    lines = []
    for row in brief.by_silence(user)[:ROWS]:
        days = brief.days_since(row.last_met)
        late = days is None or days > row.rhythm_days
        url = reverse("engagement:log_for", args=[row.pk])
        lines.append(Line(text=row.label, url=url, detail=since(days), owed=late))
    return HomePanel(
        name="communities",
        heading=_("My communities, those not met for longest first"),
        lines=lines,
        empty=_("No community lies in your areas yet."),
        order=20,
        more=reverse("engagement:log"),
    )


def when_due(row: Commitment | Concern | Duty | Question | SealedConcern) -> str:
    if row.due_on < timezone.localdate():
        return how_due(row.due_on)
    return _("due %(day)s") % {"day": date_format(row.due_on)}


def promises_due(user: User) -> HomePanel:
    rows = (
        Commitment.objects.visible_to(user)
        .with_answers()
        .undelivered()
        .select_related("community", "agency")
        .order_by("due_on", "pk")[:ROWS]
    )
    today = timezone.localdate()
    lines = [
        Line(
            text=row.public_text or row.words,
            url=reverse("commitment:inspect", args=[row.pk]),
            detail=f"{row.community.label} · {row.agency.label} · {when_due(row)}",
            owed=row.due_on < today,
        )
        for row in rows
    ]
    return HomePanel(
        name="promises",
        heading=_("Promised and not yet done"),
        lines=lines,
        empty=_("Nothing promised is open."),
        order=30,
        more=reverse("commitment:index"),
    )


def came_in(user: User) -> HomePanel:
    rows = inbox.named(inbox.not_looked_at(user))[:ROWS]
    lines = [
        Line(
            text=listed([row.topic.label, row.place]),
            url=f"{reverse('inbox')}?c={row.pk}#chosen",
            detail=f"{row.get_channel_display()} · {inbox.clock_said(row)}",
            owed=inbox.is_late(row),
        )
        for row in rows
    ]
    return HomePanel(
        name="inbox",
        heading=_("Came in and nobody looked yet"),
        lines=lines,
        empty=_("Everything that came in was looked at."),
        order=4,
        more=reverse("inbox"),
    )


def people_to_tell(user: User) -> HomePanel:
    """What officers owe their communities, whoever recorded it."""
    rows = brief.news_to_tell(user).select_related(
        "community", "concern__topic", "concern__area", "commitment"
    )[:ROWS]
    today = timezone.localdate()
    lines = [
        Line(
            text=f"{row.place}: {what_about(row)}",
            url=reverse("duty:inspect", args=[row.pk]),
            detail=when_due(row),
            owed=row.due_on < today,
        )
        for row in rows
    ]
    return HomePanel(
        name="tell",
        heading=_("People to tell"),
        lines=lines,
        empty=_("Everybody was told what there is to tell."),
        order=12,
        more=reverse("duty:index") + "?which=open",
    )


def what_about(row: Concern | Commitment | Duty) -> str:
    """What a row is about, in the fewest words."""
    if isinstance(row, Concern):
        return row.topic.label
    if isinstance(row, Commitment):
        return row.public_text or row.words
    return what_about(row.about)


def what_is_owed(row: Concern | Commitment | Duty) -> str:
    said = what_about(row)
    return _("to be told: %(about)s") % {"about": said} if isinstance(row, Duty) else said


def climbed(user: User) -> HomePanel:
    """What is still owed and has climbed to `user`, the last step first."""
    steps = (
        Escalation.objects.all()
        .climbed_to(user)
        .standing()
        .last_of_each()
        .select_related(*ABOUT)
        .order_by("-on", "-pk")[:ROWS]
    )
    lines = [
        Line(
            text=f"{row.about.place}: {what_is_owed(row.about)}",
            url=reverse(f"{row.about._meta.model_name}:inspect", args=[row.about.pk]),
            detail=f"{row.about.number} · {row.sentence}",
            owed=True,
        )
        for row in steps
    ]
    return HomePanel(
        name="climbed",
        heading=_("Climbed to you"),
        lines=lines,
        empty=_("Nothing that is overdue has climbed to you."),
        order=7,
    )


def to_review(user: User) -> HomePanel:
    rows = Engagement.objects.all().reviewable_by(user).select_related("community").order_by("date")[:ROWS]
    lines = [
        Line(
            text=listed([row.community.label, date_format(row.date)]),
            url=reverse("engagement:inspect", args=[row.pk]),
            detail=row.get_kind_display(),
        )
        for row in rows
    ]
    return HomePanel(
        name="review",
        heading=_("Meetings to review"),
        lines=lines,
        empty=_("Every meeting is reviewed."),
        order=5,
        more=reverse("engagement:index") + "?state=submitted",
    )


def from_phones(user: User) -> HomePanel | None:
    """What phones sent that a supervisor must decide; nothing is shown when nothing waits."""
    rows = Entry.objects.editable_by(user).waiting().select_related("community", "author")[:ROWS]
    if not rows:
        return None
    lines = [
        Line(
            text=listed([row.community.label if row.community else row, date_format(row.changed_at)]),
            url=reverse("entry:inspect", args=[row.pk]),
            detail=str(row.get_why_display()),
            owed=True,
        )
        for row in rows
    ]
    return HomePanel(
        name="phones",
        heading=_("From phones: waiting for you"),
        lines=lines,
        empty="",
        order=6,
        more=reverse("entry:index") + "?state=held",
    )


def to_answer(user: User) -> HomePanel:
    rows = (
        Concern.objects.visible_to(user)
        .open()
        .select_related("community", "area", "topic")
        .order_by("due_on", "pk")[:ROWS]
    )
    today = timezone.localdate()
    lines = [
        Line(
            text=listed([row.topic.label, row.place]),
            url=reverse("concern:inspect", args=[row.pk]),
            detail=when_due(row),
            owed=row.due_on < today,
        )
        for row in rows
    ]
    return HomePanel(
        name="answers",
        heading=_("Concerns waiting for your answer"),
        lines=lines,
        empty=_("Nobody is waiting for your answer."),
        order=15,
        more=reverse("concern:index"),
    )


# --- Questions to headquarters -----------------------------------------------------------------------------
ANSWERS_SHOWN_DAYS = 14


def _asked(row: Question, detail: str, *, owed: bool) -> Line:
    url = reverse("question:inspect", args=[row.pk])
    text = Truncator(row.text).words(WORDS_SHOWN)
    return Line(text=text, url=url, detail=f"{row.area.label} · {detail}", owed=owed)


def questions_waiting(user: User) -> HomePanel:
    rows = Question.objects.visible_to(user).waiting().select_related("area").defer("area__boundary")
    today = timezone.localdate()
    lines = [
        _asked(row, when_due(row), owed=row.due_on < today) for row in rows.order_by("due_on", "pk")[:ROWS]
    ]
    return HomePanel(
        name="questions",
        heading=_("Questions waiting for headquarters’ answer"),
        lines=lines,
        empty=_("Every question from the field is answered."),
        order=8,
        more=reverse("question:index") + "?which=waiting",
    )


def answered_by_headquarters(user: User) -> HomePanel | None:
    """Answers of the last days; nothing is shown when there are none."""
    since = timezone.localdate() - timedelta(days=ANSWERS_SHOWN_DAYS)
    rows = Question.objects.visible_to(user).filter(answered_on__gte=since).order_by("-answered_on", "-pk")
    lines = [
        _asked(row, _("answered on %(day)s") % {"day": date_format(cast(date, row.answered_on))}, owed=False)
        for row in rows.select_related("area").defer("area__boundary")[:ROWS]
    ]
    if not lines:
        return None
    return HomePanel(
        name="answered",
        heading=_("Answered by headquarters"),
        lines=lines,
        empty="",
        order=16,
        more=reverse("question:index") + "?which=answered",
    )


# --- The sealed channel ------------------------------------------------------------------------------------
def no_key() -> HomePanel | None:
    if sealed.current_key():
        return None
    line = Line(
        text=_("Make a key"),
        url=reverse("sealed:key"),
        detail=_("Until then no sealed concern is taken in."),
        owed=True,
    )
    return HomePanel(
        name="sealed-key",
        heading=_("No key for sealed concerns is set up yet"),
        lines=[line],
        empty="",
        order=11,
    )


def sealed_waiting(user: User) -> HomePanel:
    rows = (
        SealedConcern.objects.visible_to(user)
        .waiting()
        .select_related("topic", "community", "area")
        .order_by("due_on", "pk")[:ROWS]
    )
    lines = [
        Line(
            text=f"{row.number} · {row.topic.label}, {row.place}",
            url=reverse("sealed:inspect", args=[row.pk]),
            detail=when_due(row) if row.is_open else row.standing,
            owed=row.is_open and row.due_on < timezone.localdate(),
        )
        for row in rows
    ]
    return HomePanel(
        name="sealed",
        heading=_("Sealed concerns waiting"),
        lines=lines,
        empty=_("No sealed concern is waiting."),
        order=12,
        more=reverse("sealed:index"),
    )
