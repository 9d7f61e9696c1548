"""What free text may not hold before it becomes public."""

import pytest

from cms.screening import findings, holds, named_places, problems, withheld
from communities.models import Community
from tests.cast import CANARY_HIDDEN, CANARY_NAME


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


# --- Where it stands -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Call 97123456", "This text holds a phone number. Take"),
        ("The pump runs.  Call 97.12.34.56 at noon. Thanks!", "a phone number, in sentence 2 of 3. Take"),
        ("هل تعمل؟ اتصل ٩٧١٢٣٤٥٦", "a phone number, in sentence 2 of 2. Take"),
        (
            "The pump runs\nWrite to a@example.org\n\nor b@example.org",
            "an e-mail address, in sentences 2, 3 of 3.",
        ),
        (
            "Call 97 12.\n34 56 78",
            "This text holds a phone number. Take",
        ),  # it runs over the end of a sentence
    ],
)
def test_the_sentence_says_where_it_stands_and_not_what_it_is(cast, text, where):
    (said,) = problems({"done": text}, cast.village)["done"]
    assert where in said
    for found in ("97", "٩٧", "@"):
        assert found not in said


def test_a_contacts_name_and_a_kept_place_are_told_by_their_sentence_alone(cast):
    said = problems({"done": f"It runs. Ask {CANARY_NAME}. Then {CANARY_HIDDEN} asked too."}, cast.village)[
        "done"
    ]
    assert ["sentence 2 of 3" in said[0], "sentence 3 of 3" in said[1]] == [True, True]
    assert CANARY_NAME not in "".join(said) and CANARY_HIDDEN not in "".join(said)
