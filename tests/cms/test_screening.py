"""What free text may not hold before it becomes public."""

import pytest

from cms.screening import contact_names, findings, holds, named_places, problems, withheld
from communities.models import Community, Contact
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
        "90 - 12 - 34 - 56",
        "90–12–34–56",
        "90 — 12 — 34 — 56",
        "90.12.3456",
        "90-12-3456",
        "90/12/3456",
        "31-02-2026",
        "2026-13-01",
        "90,12,34,56",
        "90·12·34·56",
        "90_12_34_56",
        "٩٠ - ١٢ - ٣٤ - ٥٦",
        "٩٠–١٢–٣٤–٥٦",
        "٩٠/١٢/٣٤٥٦",
        "٩٠،١٢،٣٤،٥٦",
        "٩٠٫١٢٫٣٤٫٥٦",
        "\u200e90\u200e12\u200e34\u200e56",
        "Since 12.05.2026 call 90.12.3456",
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
        "communities 12, 15, 18 and 20",
        "The communities 12, 15, 18, 20 and 21 were met",
        "les communautés 12, 15, 18, 20, 22 et 24",
        "the school year 2025/2026",
        "the plan of 2024-2026, and of 2024 – 2026",
        "٢٠٢٤-٢٠٢٦",
        "from 12.05.2026-30.06.2026",
        "١٢/٠٥/٢٠٢٦",
        "1 250 000 FCFA",
        "12 500 000 - 13 000 000 FCFA",
    ],
)
def test_a_date_an_amount_or_a_count_is_none(text):
    assert findings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Write to a.b@example.org",
        "ali (at) gmail.com",
        "ali [at] gmail dot com",
        "ALI(AT)GMAIL(DOT)COM",
        "ali at gmail dot com",
        "ali @ gmail.com",
        "ali arobase gmail point com",
        "ali@gmail نقطة com",
    ],
)
def test_an_address_is_found(text):
    assert findings(text) == ["an e-mail address"]


@pytest.mark.parametrize(
    "text",
    [
        "We met at noon. Then we walked.",
        "Look at example.org",
        "at this point, all is done",
        "Looked at it (at last).",
    ],
)
def test_a_place_or_a_time_is_no_address(text):
    assert findings(text) == []


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


@pytest.mark.parametrize("where", ["village", "north"])
def test_a_contact_of_another_community_of_the_district_is_found_in_one_query(
    cast, where, django_assert_num_queries
):
    Contact.objects.create(community=cast.quiet, role="chief", name="Bio Sannizq")
    place = getattr(cast, where)
    assert problems({"answer": "Ask Sannizq"}, place)["answer"]
    with django_assert_num_queries(1):
        assert "Bio Sannizq" in contact_names(place)


def test_who_is_no_contact_any_more_elsewhere_or_lives_in_another_district_is_not_looked_for(cast):
    Contact.objects.create(community=cast.quiet, role="chief", name="Bio Sannizq", active=False)
    Contact.objects.create(community=cast.far, role="chief", name="Orou Gadozq")
    Contact.objects.create(community=cast.village, role="elders", name="Sabi Formerzq", active=False)
    assert {"Sabi Formerzq", CANARY_NAME} == set(contact_names(cast.village))


def test_the_name_of_the_village_of_a_contact_is_none_of_theirs(cast):
    Contact.objects.create(community=cast.quiet, role="chief", name="Chief of Quietvillagezq")
    assert "Chief of" in contact_names(cast.village)


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
