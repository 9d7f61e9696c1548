"""Sheets kept and renewed by the worker, one for all who see the same: a national one takes seconds.

Whoever asks within 20 times settings.PUBLIC_FIGURES_SECONDS of the last answer waits for nothing, and reads of which
minute it is. See communities/renewed.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django_tasks import task
from django_tasks.base import Task

from communities import renewed
from communities.models import Area, User
from communities.sight import sight_of

from .periods import Period
from .population import Population
from .sheet import Sheet, sheet_of

Work = Callable[[Population, Period], renewed.Found]


def sheet_for(population: Population, period: Period) -> Sheet:
    return kept_for("figures", sheet_of, renew, population, period)


def sheet_ahead(population: Population, period: Period) -> Sheet:
    return ahead_for("figures", sheet_of, population, period)


@task()
def renew(*asked) -> None:
    again_for("figures", sheet_of, *asked)


def kept_for(
    name: str, work: Work[renewed.Found], task: Task, population: Population, period: Period
) -> renewed.Found:
    """What `work` found last for the same sight, area and period. `task` has the worker call `again_for` with `work`
    and what it is given."""
    user, area = population.user, population.area
    asked = (
        user.pk if user else None,
        area.pk if area else None,
        period.since.isoformat(),
        period.until.isoformat(),
        str(period.step),
    )
    key = _key(name, population, period)
    return renewed.now(key, lambda: work(population, period), lambda: task.enqueue(*asked))


def again_for(
    name: str, work: Work, user: int | None, area: int | None, since: str, until: str, step: str
) -> None:
    here = Area.objects.get(pk=area) if area else None
    population = Population.seen_by(User.objects.get(pk=user), here) if user else Population.public(here)
    period = Period(date.fromisoformat(since), date.fromisoformat(until), step)
    ahead_for(name, work, population, period)


def ahead_for(name: str, work: Work[renewed.Found], population: Population, period: Period) -> renewed.Found:
    """Works it out now, for whoever asks next."""
    return renewed.again(_key(name, population, period), lambda: work(population, period))


def _key(name: str, population: Population, period: Period) -> str:
    who = sight_of(population.user).key if population.user else "public"
    where = population.area.pk if population.area else ""
    return f"{name}.{population.today}.{who}.{where}.{period.since}.{period.until}.{period.step}"
