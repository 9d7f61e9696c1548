"""The public's sheets of figures: for the last twelve months, and for this and the last quarter and year.

No other period is offered: each is worked out over every public row. A sheet holds numbers and agencies, no text and
no place.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from communities import renewed
from engagements.figures import Period, Population, Sheet, last_twelve_months, quarter, sheet_of, year

PERIODS: dict[str, Callable] = {
    "": last_twelve_months,
    "quarter": quarter,
    "last-quarter": lambda today: quarter(today).previous,
    "year": year,
    "last-year": lambda today: year(today).previous,
}


def period_of(name: str) -> Period:
    """Raises KeyError for a name that is not offered."""
    return PERIODS[name](timezone.localdate())


def label_of(name: str) -> str:
    return period_of(name).label if name else _("The last twelve months")


def now(name: str) -> Sheet:
    """The sheet of one of PERIODS, as it was worked out last."""
    return renewed.now(f"sheet.{name}", lambda: work_out(name), lambda: renew.enqueue(name))


def again(name: str) -> Sheet:
    return renewed.again(f"sheet.{name}", lambda: work_out(name))


@task()
def renew(name: str) -> None:
    again(name)


def work_out(name: str) -> Sheet:
    return sheet_of(Population.public(), period_of(name))
