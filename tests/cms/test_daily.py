"""`manage.py daily`: what expires by itself is seen to once a day."""

import pytest
from django.core.management import call_command
from django.db import connection

from cms import countrywide, sheets
from engagements import digests, figures
from engagements.figures import Population
from engagements.figures.kept_sheets import sheet_for
from services.models import GapRun
from tests.cast import days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queue(settings):
    """As in production: tasks wait in the database."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_it_computes_the_gaps_that_no_longer_hold(cast):
    call_command("daily")
    assert GapRun.objects.get(type=cast.health).computed_at


def test_it_lets_the_database_look_at_its_rows(cast):
    call_command("daily")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'communities_community'")
        else:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'communities_community'")
        assert cursor.fetchone()[0] > 0


def test_what_most_readers_open_first_is_worked_out_before_they_come(cast, story, settings):
    settings.PUBLIC_FIGURES_SECONDS = 600
    last_week, month = figures.week(days_ago(7)), figures.month(days_ago(0))
    manager = Population.seen_by(cast.manager)
    supervisor = Population.seen_by(cast.supervisor)

    def digest(when: figures.Period) -> int:
        return digests.digest_of(manager, when).numbers.sheet.overdue.commitments

    asked = {
        "the two figures": lambda: countrywide.now().kept.whole,
        "the public's sheet": lambda: sheets.now("").kept.whole,
        "a manager's month": lambda: sheet_for(manager, month).overdue.commitments,
        "its digest": lambda: digest(month),
        "last week's digest": lambda: digest(last_week),
        "a supervisor's month": lambda: sheet_for(supervisor, month).overdue.commitments,
    }
    call_command("daily")
    story.promise(cast.village)
    assert {what: find() for what, find in asked.items()} == dict.fromkeys(asked, 0) | {
        "a supervisor's month": 1
    }
