"""Periods of whole days: a week, a month, a quarter, a year.

Half-open: `since` is the first day, `until` the first day that is not in it. So periods follow each other without
a gap or a day counted twice, and parts of a year add up to the year.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LAST_TWELVE_MONTHS = 365  # days
TREND_MONTHS = 6


class Step(TextChoices):
    """How long a period is."""

    WEEK = "week", gettext_lazy("Week")
    MONTH = "month", gettext_lazy("Month")
    QUARTER = "quarter", gettext_lazy("Quarter")
    YEAR = "year", gettext_lazy("Year")


@dataclass(frozen=True)
class Period:
    """From `since` to the day before `until`. `step` is empty for a period that is no week, month, quarter or year."""

    since: date
    until: date
    step: str = ""

    def __post_init__(self):
        if self.until <= self.since:
            raise ValueError("A period ends after it begins.")

    @property
    def last_day(self) -> date:
        return self.until - timedelta(days=1)

    @property
    def ended(self) -> bool:
        return self.until <= timezone.localdate()

    @property
    def last_known_day(self) -> date:
        """Its last day, or today while it lasts."""
        return min(self.last_day, timezone.localdate())

    @property
    def past(self) -> tuple[date, date]:
        """The same, as far as its days have passed: what is due today has not fallen due yet."""
        return self.since, min(self.until, timezone.localdate())

    @property
    def label(self) -> str:
        """In words: "week 12 of 2026, from 16 March", "March 2026", "2nd quarter of 2026", "2026"."""
        return LABELS.get(self.step, between)(self)

    @property
    def previous(self) -> Period:
        """The one before, of the same kind or, for any other, of the same number of days."""
        before = self.since - timedelta(days=1)
        return containing(self.step, before) if self.step else Period(self.since - self.length, self.since)

    @property
    def next(self) -> Period:
        if self.step:
            return containing(self.step, self.until)
        return Period(self.until, self.until + self.length)

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    def holds(self, day: str) -> Q:
        """Rows whose date at this path lies within."""
        return Q(**{f"{day}__gte": self.since, f"{day}__lt": self.until})

    def trend(self) -> list[Period]:
        """The steps in which its trend is told, the oldest first: the quarters of a year, else the months that
        lead up to its last day."""
        if self.step == Step.YEAR:
            return [quarter(date(self.since.year, first, 1)) for first in (1, 4, 7, 10)]
        return self.months()

    def months(self) -> list[Period]:
        """The months it lies in, the oldest first, and those before until there are TREND_MONTHS."""
        steps = [month(self.last_day)]
        while len(steps) < TREND_MONTHS or steps[0].since > self.since:
            steps.insert(0, steps[0].previous)
        return steps


def _first_of_month(year: int, months: int) -> date:
    """The first day of the month that comes `months` after January of `year`."""
    return date(year + months // 12, months % 12 + 1, 1)


def week(day: date) -> Period:
    """The ISO week of a day: from Monday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=7), Step.WEEK)


def _months(day: date, *, many: int, step: Step) -> Period:
    first = (day.month - 1) // many * many
    return Period(_first_of_month(day.year, first), _first_of_month(day.year, first + many), step)


month = partial(_months, many=1, step=Step.MONTH)
quarter = partial(_months, many=3, step=Step.QUARTER)
year = partial(_months, many=12, step=Step.YEAR)
STEPS: dict[Step, Callable[[date], Period]] = {
    Step.WEEK: week,
    Step.MONTH: month,
    Step.QUARTER: quarter,
    Step.YEAR: year,
}


def containing(step: str, day: date) -> Period:
    """The week, month, quarter or year that `day` lies in."""
    return STEPS[Step(step)](day)


def last_twelve_months(today: date) -> Period:
    """The 365 days before `today`."""
    return Period(today - timedelta(days=LAST_TWELVE_MONTHS), today)


# --- In words --------------------------------------------------------------------------------------------
def between(period: Period) -> str:
    since, until = date_format(period.since), date_format(period.last_day)
    return _("%(since)s to %(until)s") % {"since": since, "until": until}


def _week_label(period: Period) -> str:
    number = period.since.isocalendar()
    words = {
        "number": number.week,
        "year": number.year,
        "since": date_format(period.since, "MONTH_DAY_FORMAT"),
    }
    return _("Week %(number)s of %(year)s, from %(since)s") % words


def _quarter_label(period: Period) -> str:
    names = (
        _("January to March %(year)s"),
        _("April to June %(year)s"),
        _("July to September %(year)s"),
        _("October to December %(year)s"),
    )
    return names[period.since.month // 3] % {"year": period.since.year}


LABELS: dict[str, Callable[[Period], str]] = {
    Step.WEEK: _week_label,
    Step.MONTH: lambda period: date_format(period.since, "YEAR_MONTH_FORMAT"),
    Step.QUARTER: _quarter_label,
    Step.YEAR: lambda period: str(period.since.year),
}
