"""What takes long is worked out once, by one of those who ask, and what takes very long is shown older than the rest."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Semaphore
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone

from communities import renewed

TOGETHER = 8
ENOUGH = 10  # seconds


@dataclass(frozen=True)
class Answer:
    at: datetime


@pytest.fixture(autouse=True)
def minute(settings):
    settings.PUBLIC_FIGURES_SECONDS = 60
    cache.clear()
    yield
    cache.clear()


def refused():
    raise AssertionError("worked out again")


def keep(name: str, *, age: timedelta, took: float) -> Answer:
    """An answer that was worked out so long ago, in so many seconds."""
    answer = Answer(timezone.now() - age)
    cache.set(renewed._key(name), renewed.Kept(answer, took), 9999)
    return answer


def test_many_who_ask_at_once_have_it_worked_out_once(monkeypatch):
    waiting, finished, worked_out = Semaphore(0), Event(), []

    def pause(_seconds) -> None:
        waiting.release()
        finished.wait(ENOUGH)

    def work_out() -> Answer:
        worked_out.append(Answer(timezone.now()))
        for _reader in range(TOGETHER - 1):
            assert waiting.acquire(timeout=ENOUGH)
        return worked_out[-1]

    def ask(_reader) -> Answer:
        answer = renewed.now("a", work_out, refused)
        finished.set()
        return answer

    monkeypatch.setattr(renewed, "time", SimpleNamespace(sleep=pause, monotonic=time.monotonic))
    with ThreadPoolExecutor(TOGETHER) as readers:
        answers = set(readers.map(ask, range(TOGETHER)))
    assert answers == set(worked_out) and len(worked_out) == 1


def test_one_that_fails_leaves_the_work_to_the_next():
    with pytest.raises(ZeroDivisionError):
        renewed.now("a", lambda: 1 // 0, refused)
    answer = Answer(timezone.now())
    assert renewed.now("a", lambda: answer, refused) == answer


@pytest.mark.parametrize(("took", "shown"), [(0.5, False), (renewed.SOON + 1, True)])
def test_what_takes_long_is_shown_while_it_is_renewed_and_the_rest_is_worked_out_anew(took, shown):
    old, new, asked = keep("a", age=timedelta(hours=3), took=took), Answer(timezone.now()), []
    assert renewed.now("a", lambda: new, lambda: asked.append("renew")) == (old if shown else new)
    assert asked == (["renew"] if shown else [])


def test_within_its_minute_nothing_is_worked_out_and_after_it_is_renewed_once():
    young = keep("a", age=timedelta(seconds=50), took=0.1)
    assert renewed.now("a", refused, refused) == young
    older, asked = keep("a", age=timedelta(seconds=70), took=0.1), []
    assert [renewed.now("a", refused, lambda: asked.append("renew")) for _reader in range(3)] == [older] * 3
    assert asked == ["renew"]


def test_what_an_earlier_release_kept_is_not_looked_at():
    cache.set(f"a.{cache.get(renewed.VERSION, '')}", Answer(timezone.now()))
    new = Answer(timezone.now())
    assert renewed.now("a", lambda: new, refused) == new


def test_what_is_forgotten_is_worked_out_however_long_it_takes():
    keep("a", age=timedelta(seconds=1), took=99)
    renewed.forget()
    new = Answer(timezone.now())
    assert renewed.now("a", lambda: new, refused) == new
