"""`manage.py daily`: what expires by itself is seen to once a day."""

import pytest
from django.core.management import call_command
from django.db import connection

from services.models import GapRun

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
