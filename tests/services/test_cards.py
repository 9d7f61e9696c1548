"""The verbs of a card drive: the order of its steps, and what a correction may not break."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from services import cards
from services.models import CardCount, CardDrive, CardScheme, Step
from tests.cast import days_ago


@pytest.fixture
def drive(cast):
    scheme = CardScheme.objects.create(
        code="RES",
        name="Resident card",
        state="open",
        agreement="A",
        parties="B",
        scope="C",
        legal_basis="D",
        valid_from=days_ago(400),
    )
    drive = CardDrive.objects.create(
        code="D1", scheme=scheme, agency=cast.police, area=cast.north, starts=days_ago(60), ends=days_ago(50)
    )
    drive.communities.set([cast.village])
    return drive


@pytest.fixture
def count(cast, drive):
    def record(step, number, days=10, **changes):
        given = {"drive": drive, "community": cast.village, "by": cast.registrar} | changes
        return cards.record_count(step=step, count=number, on=days_ago(days), **given)

    return record


@pytest.fixture
def all_counted(count):
    for step, number, days in [
        ("eligible", 100, 50),
        ("enrolled", 80, 40),
        ("verified", 75, 30),
        ("produced", 70, 20),
        ("handed_over", 40, 10),
    ]:
        count(step, number, days)


def test_no_step_is_skipped(count):
    with pytest.raises(ValidationError, match="First count: Eligible"):
        count("enrolled", 5)
    count("eligible", 10)
    with pytest.raises(ValidationError, match="First count: Verified"):
        count("produced", 5)


def test_no_step_stands_above_the_one_before(count):
    count("eligible", 10)
    with pytest.raises(ValidationError, match="cannot be more than Eligible"):
        count("enrolled", 11)
    assert count("enrolled", 10).count == 10


def test_no_step_is_dated_before_the_one_before_or_in_the_future(count):
    count("eligible", 10, days=5)
    with pytest.raises(ValidationError, match="dated before"):
        count("enrolled", 5, days=6)
    with pytest.raises(ValidationError, match="not come yet"):
        count("enrolled", 5, days=-1)


def test_refused_and_expired_leave_the_line_where_they_stand(count, all_counted):
    with pytest.raises(ValidationError, match="more than Enrolled"):
        count("refused", 81)
    with pytest.raises(ValidationError, match="more than Produced"):
        count("expired", 71)
    assert count("refused", 3).count == 3
    assert count("expired", 0).count == 0


def test_nobody_is_both_verified_and_refused(count, all_counted):
    together = r"Verified \(75\) and Refused \(6\) cannot together be more than Enrolled \(80\)"
    with pytest.raises(ValidationError, match=together):
        count("refused", 6)
    count("refused", 5)
    with pytest.raises(ValidationError, match="cannot together be more than Enrolled"):
        count("verified", 76, days=30)
    with pytest.raises(ValidationError, match="cannot together be more than Produced"):
        count("expired", 31)


def test_a_correction_replaces_and_keeps_the_earlier_count(count, all_counted, drive):
    count("enrolled", 82, days=39)
    rows = CardCount.objects.filter(drive=drive, step="enrolled")
    assert sorted(rows.values_list("count", "replaced")) == [(80, True), (82, False)]


def test_a_correction_does_not_break_the_steps_after(count, all_counted):
    with pytest.raises(ValidationError, match=r"Verified \(75\) cannot be more than Enrolled \(74\)"):
        count("enrolled", 74, days=40)
    with pytest.raises(ValidationError, match="Verified cannot be dated before Enrolled"):
        count("enrolled", 80, days=29)
    count("refused", 5)
    with pytest.raises(ValidationError, match="cannot together be more than Enrolled"):
        count("enrolled", 79, days=40)


def test_a_community_outside_the_drive_is_refused(count, cast):
    with pytest.raises(ValidationError, match="not part of the drive"):
        count("eligible", 5, community=cast.quiet)


def test_a_scheme_that_is_not_open_takes_no_counts(count, drive):
    CardScheme.objects.update(state="closed")
    with pytest.raises(ValidationError, match="not open"):
        count("eligible", 5)


def test_only_the_drives_registrar_counts(count, cast):
    for person in (cast.officer, cast.manager, cast.editor, cast.administrator):
        with pytest.raises(PermissionDenied):
            count("eligible", 5, by=person)
    assert not CardCount.objects.exists()


def test_what_waits_to_be_collected_is_produced_less_handed_over(all_counted, drive, cast):
    (row,) = cards.grid(drive, user=cast.registrar)
    assert row.waiting == 30
    assert cards.column_totals([row])[list(Step).index(Step.REFUSED)] == (None, 0)


def test_nothing_produced_is_not_zero_waiting(count, drive, cast):
    count("eligible", 10)
    (row,) = cards.grid(drive, user=cast.registrar)
    assert row.waiting is None and row.next_step == Step.ENROLLED
