"""Tracking codes: easy to write down, hopeless to guess, kept as a keyed hash alone."""

import itertools

import pytest
from django.core.exceptions import ValidationError

from engagements import codes, reports
from engagements.models import TrackingCode
from engagements.reports import Told

pytestmark = pytest.mark.django_db


def report(cast, **more) -> str:
    return reports.take(
        Told(topic=cast.water_topic, text="The pump is dry.", channel="web", community=cast.village, **more)
    )


def test_a_code_has_seventy_five_random_bits_and_a_check(cast):
    assert len(codes.ALPHABET) ** codes.RANDOM == 2**75
    assert len({codes.new() for _ in range(500)}) == 500


@pytest.mark.parametrize("signs", ["7K4M9QWX2D3FHJ5", "ZZZZZZZZZZZZZZZ", "000000000000000"])
def test_any_one_wrong_sign_shows(signs):
    code = signs + codes.check_sign(signs)
    for place, sign in itertools.product(range(codes.LENGTH), codes.ALPHABET):
        if code[place] != sign:
            with pytest.raises(ValidationError):
                codes.read(code[:place] + sign + code[place + 1 :])


def test_two_neighbours_that_changed_places_show(cast):
    code = "0123456789ABCDE" + codes.check_sign("0123456789ABCDE")
    for place in range(codes.LENGTH - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            with pytest.raises(ValidationError):
                codes.read(swapped)


def test_it_is_read_in_any_case_and_grouping_and_with_arabic_digits():
    code = "".join("0123456789"[n % 10] for n in range(15))
    code += codes.check_sign(code)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for written in (
        codes.grouped(code),
        code.lower(),
        f" {code[:8]} {code[8:]} ",
        arabic,
        code.replace("0", "o"),
    ):
        assert codes.read(written) == code


def test_the_code_itself_is_kept_nowhere(cast, whole_database):
    code = report(cast)
    dump = whole_database()
    assert code not in dump and codes.grouped(code) not in dump
    assert codes.find(code).concern.text == "The pump is dry."


def test_codes_are_found_after_the_keys_were_renewed(cast, settings):
    code = report(cast)
    settings.FIELD_ENCRYPTION_KEYS = [
        "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleSE=",
        *settings.FIELD_ENCRYPTION_KEYS,
    ]
    assert codes.find(code).concern


def test_wrong_codes_are_limited_by_their_beginning_and_others_go_on(cast):
    code = report(cast)
    other = next(wrong for wrong in iter(codes.new, None) if wrong[:2] != code[:2])
    for _attempt in range(codes.WRONG_PER_HOUR):
        wrong = other[:2] + codes.new()[2:15]
        assert codes.find(wrong + codes.check_sign(wrong)) is None
    with pytest.raises(codes.Throttled):
        codes.find(other)
    assert codes.find(code)


def test_the_same_form_sent_twice_is_one_report_with_one_code(cast):
    told = Told(topic=cast.water_topic, text="Dry.", channel="web", community=cast.village)
    assert reports.take(told, token="a" * 32) == reports.take(told, token="a" * 32)
    assert TrackingCode.objects.count() == 1


def test_an_answer_sealed_to_a_code_opens_with_that_code_alone():
    code, other = codes.new(), codes.new()
    sealed = codes.seal_to(codes.reader(code), "The patrol was moved. تم نقل الدورية.")
    assert codes.open_with(code, sealed) == "The patrol was moved. تم نقل الدورية."
    with pytest.raises(ValueError, match="not for this code"):
        codes.open_with(other, sealed)
