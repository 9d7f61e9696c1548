"""What is limited by the hour is counted one by one, up to its limit, and begins anew with the next hour."""

import pytest
from django.core.management import call_command

from communities import hourly
from communities.models import HourCount

pytestmark = pytest.mark.django_db


def test_it_counts_up_to_its_limit_and_what_is_beyond_is_not_counted():
    assert [hourly.count("a", most=2) for _time in range(4)] == [True, True, False, False]
    assert HourCount.objects.get().many == 2
    assert hourly.count("b", most=2), "another name counts for itself"


def test_several_at_once_are_counted_whole_or_not_at_all():
    assert hourly.count("a", many=3, most=5)
    assert not hourly.count("a", many=3, most=5)
    assert hourly.count("a", many=2, most=5)
    assert not hourly.count("never", many=6, most=5) and not HourCount.objects.filter(name="never").exists()


def test_the_next_hour_begins_anew_in_the_same_row(monkeypatch):
    now = hourly._now()
    assert hourly.count("a", most=1) and not hourly.count("a", most=1)
    monkeypatch.setattr(hourly.time, "time", lambda: (now + 1) * hourly.HOUR)
    assert hourly.count("a", most=1) and not hourly.count("a", most=1)
    assert HourCount.objects.get().hour == now + 1


def test_what_is_taken_back_makes_room_in_its_own_hour_alone(monkeypatch):
    now = hourly._now()
    hourly.count("a", most=1)
    hourly.take_back("a")
    hourly.take_back("a")
    assert not HourCount.objects.exists(), "nothing says that it came"
    assert hourly.count("a", most=1)
    monkeypatch.setattr(hourly.time, "time", lambda: (now + 1) * hourly.HOUR)
    hourly.take_back("a")
    assert HourCount.objects.get().many == 1


def test_past_hours_are_forgotten_and_this_one_is_not(monkeypatch):
    hourly.count("a", most=9)
    now = hourly._now()
    call_command("forget_hourly_counts")
    assert HourCount.objects.exists()
    monkeypatch.setattr(hourly.time, "time", lambda: (now + 1) * hourly.HOUR)
    call_command("forget_hourly_counts")
    assert not HourCount.objects.exists()


def test_one_statement_asks_and_counts(django_assert_num_queries):
    """Between a question and a count of its own, other requests would come."""
    with django_assert_num_queries(2) as asked:
        hourly.count("a", most=1)
    assert [query["sql"].split()[0] for query in asked.captured_queries] == ["INSERT", "UPDATE"]
