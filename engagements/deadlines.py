"""By when a concern is to be looked at and answered, and people told: no correction takes lateness away. See
docs/the-loop.md."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from communities.changes import hold

from .mandates import mandate_for
from .models import Concern

TELL_DAYS = 14  # after an answer or a promise falls due, people are to be told within these days
CLOCK = {  # how soon somebody is to look at what came in
    Concern.Urgency.NOW: timedelta(hours=4),
    Concern.Urgency.SOON: timedelta(days=2),
    Concern.Urgency.NORMAL: timedelta(days=7),
}
DAYS = ["raised_on", "due_on", "look_by"]


def tell_by(due_on: date) -> date:
    return due_on + timedelta(days=TELL_DAYS)


def days_to_answer(concern: Concern) -> int:
    """By the mandate that governs it now, else as many as its topic takes."""
    mandate = mandate_for(concern.topic, concern.lies_in)
    return mandate.days if mandate else concern.topic.days_to_answer


def redate(concern: Concern) -> None:
    """The day to answer, and the day to tell. What was answered keeps its day, and so does what has passed."""
    today = timezone.localdate()
    if not concern.is_open or concern.due_on < today:
        return
    concern.due_on = concern.raised_on + timedelta(days=days_to_answer(concern))
    concern.duties.filter(due_on__gte=today).update(due_on=tell_by(concern.due_on))


def set_clock(concern: Concern) -> None:
    """By its urgency, from when it or the first of what was joined to it came in. A clock that ran out runs no longer."""
    came_in = min([concern.at, *concern.repeats.values_list("at", flat=True)])
    anew = came_in + CLOCK[Concern.Urgency(concern.urgency)]
    concern.look_by = min(anew, concern.look_by) if concern.look_by < timezone.now() else anew


def as_old_as(concern: Concern, other: Concern) -> None:
    """What lives on for another is as old and as late as the older of the two."""
    for day in DAYS:
        setattr(concern, day, min(getattr(concern, day), getattr(other, day)))


def as_old_as_what_is_left(living: Concern) -> None:
    """A repeat was taken out: the living concern has the days of its own again, and of what is still joined to it."""
    hold(living)
    asked_on = living.engagement.date if living.engagement else timezone.localdate(living.at)
    living.raised_on, living.look_by = asked_on, living.at + CLOCK[Concern.Urgency(living.urgency)]
    living.due_on = asked_on + timedelta(days=days_to_answer(living))
    for repeat in living.repeats.all():
        as_old_as(living, repeat)
    living.save(update_fields=DAYS)
