"""What free text may not hold before it becomes public."""

import pytest

from cms.screening import findings, holds, named_places, withheld
from communities.models import Community


@pytest.mark.parametrize(
    "text",
    [
        "Call +229 97 12 34 56",
        "call 97123456",
        "0022997123456",
        "ring 97.12.34.56 at noon",
        "اتصل ٩٧١٢٣٤٥٦",
        "Appelez le 97123456 SVP",
        "97 123 456 MTN",
        "+229 97 123 456 SOS",
        "+229 97 123 456 XOF",
        "00 229 97 123 456 XOF",
        "97123456 XOF",
        "2 000 000 XOF, or ring 97 123 456",
    ],
)
def test_a_phone_number_is_found(text):
    assert findings(text) == ["a phone number"]


@pytest.mark.parametrize(
    "text",
    [
        "Promised on 12.05.2026, due 30/06/2026",
        "since 2025-03-01",
        "It cost 12 000 000 XOF",
        "12,500,000 francs",
        "12.500.000 FCFA, 12 500 000 F CFA or 20 000 €",
        "١٢ ٠٠٠ ٠٠٠ XOF",
        "1 200 people in 14 villages, 2026",
    ],
)
def test_a_date_an_amount_or_a_count_is_none(text):
    assert findings(text) == []


def test_an_address_is_found():
    assert findings("Write to a.b@example.org") == ["an e-mail address"]


@pytest.mark.parametrize("text", ["Moussa Garba asked", "MOUSSA asked", "asked by garba."])
def test_a_name_or_a_long_part_of_it_is_found(text):
    assert findings(text, ["Moussa Garba"]) == ["the name of a contact"]


def test_a_name_inside_another_word_is_none():
    assert findings("the moussaka", ["Moussa"]) == []


def test_a_name_is_left_out_whatever_its_case():
    assert withheld("The well of GAROU.", ["Garou"]) == "The well of [place not published]."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The well of Seme", "Sèmè"),
        ("LE PUITS DE SEME.", "Sèmè"),
        ("The well of Sèmè", "Seme"),
        ("Se\u0300me\u0300-Podji asked", "Sèmè Podji"),
        ("well-in-seme-podji", "Sèmè-Podji"),
        ("At Kotonu", "Kɔtɔnu"),
        ("à Bé", "Bé"),
        ("في مالانفيل", "مالانفيل"),
        ("وبمالانفيل سوق", "مالانفيل"),
        ("والمالانفيل", "مالانفيل"),
        ("طريق للدريب", "الدريب"),
        ("إلى احمدية", "أحمديه"),
        ("مَالانفيل", "مالانفيل"),
    ],
)
def test_a_name_is_found_however_it_is_ordinarily_spelled(text, name):
    assert holds(text, name)
    assert "[place not published]" in withheld(text, [name])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It will be se", "Bé"),
        ("Il se dit", "Sé"),
        ("Semet", "Semé"),
        ("Semét", "Seme"),
        ("كمالانفيلي", "مالانفيل"),
    ],
)
def test_a_common_word_or_a_part_of_a_word_is_no_name(text, name):
    assert not holds(text, name)


def test_what_is_not_left_out_stays_as_it_was_written():
    assert withheld("Se\u0300me\u0300 ½ …", ["Garou"]) == "Se\u0300me\u0300 ½ …"
    assert withheld("وبمالانفيل", ["مالانفيل"]) == "وب[place not published]"


def test_names_of_places_are_found_in_each_language(cast):
    Community.objects.filter(pk=cast.quiet.pk).update(name="Sèmè", name_ar="مالانفيل")
    rows = Community.objects.all()
    assert named_places("the wells of seme", rows) == {"Sèmè"}
    assert named_places("بمالانفيل", rows) == {"مالانفيل"}
    assert named_places("nowhere", rows) == set()
