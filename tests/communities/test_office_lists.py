"""Every list of the two lower floors: who may open it, what it costs, what it never holds."""

import datetime
import re

import pytest
from django.urls import reverse

from communities.models import (
    Agency,
    Area,
    BorderSection,
    Community,
    Contact,
    ContactOpening,
    CrossingPoint,
    Language,
    Posting,
    Presence,
    Tie,
    User,
)
from communities.sight import Role
from tests.cast import CANARY_NAME, CANARY_PHONE, PASSWORD, days_ago

EVERYONE = set(Role.values)
FIELD = {"officer", "supervisor"}
READERS = {
    "agency": EVERYONE,
    "area": EVERYONE,
    "bordersection": EVERYONE,
    "crossingpoint": EVERYONE,
    "language": EVERYONE,
    "community": FIELD | {"registrar", "manager", "editor", "liaison"},
    "presence": FIELD | {"registrar", "manager"},
    "tie": FIELD | {"manager"},
    "contact": FIELD,
    "contactopening": FIELD,
    "posting": {"administrator"},
    "wagtailusers_users": {"administrator"},
}


@pytest.fixture
def crowd(cast):
    """A maker of `n` more rows of everything in the officer's sight."""
    made = iter(range(1000))

    def more(count):
        for _row in range(count):
            n = next(made)
            Agency.objects.create(code=f"A{n}", name="Agency", kind="ngo")
            Area.objects.create(
                code=f"BJ01{n + 10:02}", name="District", level=2, parent=cast.region, country="BJ"
            )
            BorderSection.objects.create(code=f"S{n}", name="S", country_a="BJ", country_b="TG", kind="land")
            CrossingPoint.objects.create(code=f"C{n}", name="C", kind="official", section=cast.section)
            Language.objects.create(code=f"l{n}", name="Language")
            place = Community.objects.create(code=f"X{n}", name="X", country="BJ", area=cast.north)
            Presence.objects.create(community=place, kind="area", area=cast.north, source="people")
            Tie.objects.create(community=place, kind="kin", other=cast.village)
            contact = Contact.objects.create(community=place, role="chief", language=cast.dendi)
            ContactOpening.objects.create(contact=contact, by=cast.officer)
            user = User.objects.create_user(f"u{n}@example.org", name="U")
            Posting.objects.create(user=user, role="officer", agency=cast.police, starts=days_ago(3))

    return more


@pytest.mark.parametrize("name", READERS)
def test_a_list_opens_to_those_who_may_see_anything_in_it(client, cast, name):
    opened = set()
    for role, user in cast.users.items():
        client.force_login(user)
        answers = {client.get(reverse(f"{name}:{view}")).status_code for view in ("index", "index_results")}
        if answers == {200}:
            opened.add(str(role))
    assert opened == READERS[name]


def reader(cast, name):
    return cast.administrator if name in {"posting", "wagtailusers_users"} else cast.officer


@pytest.mark.parametrize("name", READERS)
def test_a_list_costs_as_many_queries_with_many_rows_as_with_one(
    client, cast, crowd, name, django_assert_max_num_queries
):
    client.force_login(reader(cast, name))
    url = reverse(f"{name}:index")
    crowd(1)
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    crowd(10)
    with django_assert_max_num_queries(len(few.captured_queries)):
        page = client.get(url).content.decode()
    assert page.count("<tr") > 8


@pytest.mark.parametrize("name", READERS)
def test_an_export_costs_as_many_queries_with_many_rows_as_with_one(
    client, cast, crowd, name, django_assert_max_num_queries
):
    client.force_login(reader(cast, name))
    url = reverse(f"{name}:index") + "?export=csv"
    crowd(1)
    b"".join(client.get(url))
    with django_assert_max_num_queries(40) as few:
        b"".join(client.get(url))
    crowd(10)
    with django_assert_max_num_queries(len(few.captured_queries)):
        lines = b"".join(client.get(url)).decode().splitlines()
    assert len(lines) > 10


@pytest.mark.parametrize("name", ["community", "area", "bordersection", "crossingpoint", "presence"])
def test_a_map_costs_as_many_queries_with_many_rows_as_with_one(
    client, cast, crowd, name, django_assert_max_num_queries
):
    client.force_login(cast.officer)
    url = reverse(f"{name}:map")
    client.get(url)
    with django_assert_max_num_queries(30) as few:
        client.get(url)
    crowd(10)
    with django_assert_max_num_queries(len(few.captured_queries)):
        found = client.get(url).json()
    assert found["total"] >= found["placed"] == len(found["features"])


def test_the_map_follows_the_filters_and_counts_what_has_no_place(client, cast):
    client.force_login(cast.officer)
    found = client.get(reverse("community:map")).json()
    assert (found["total"], found["placed"]) == (4, 3)
    assert {f["properties"]["code"] for f in found["features"]} == {"BJ-V1", "BJ-V2", "BJ-V3"}
    found = client.get(reverse("community:map"), {"kind": "nomadic"}).json()
    assert (found["total"], found["placed"], found["features"]) == (1, 0, [])


def test_a_list_is_narrowed_to_its_users_sight_on_every_page(client, cast, crowd):
    crowd(40)
    client.force_login(cast.officer)
    page = client.get(reverse("community:index"), {"p": 2}).content.decode()
    assert reverse("community:edit", args=[cast.village.pk]) not in page
    assert "BJ-V4" not in page and "X2" in page
    last = Community.objects.visible_to(cast.officer).order_by("-code").first()
    assert reverse("community:edit", args=[last.pk]) in page


def test_a_reader_is_led_to_the_details_and_not_to_the_form(client, cast):
    client.force_login(cast.editor)
    page = client.get(reverse("community:index")).content.decode()
    assert reverse("community:inspect", args=[cast.village.pk]) in page
    assert reverse("community:edit", args=[cast.village.pk]) not in page
    assert reverse("community:add") not in page


def test_a_list_is_searched_and_filtered_by_area(client, cast):
    client.force_login(cast.manager)
    url = reverse("community:index_results")
    page = client.get(url, {"q": "sori"}).content.decode()
    assert "BJ-V4" in page and "BJ-V1" not in page
    page = client.get(url, {"area": "bj0101"}).content.decode()
    assert "BJ-V1" in page and "BJ-V4" not in page
    page = client.get(url, {"area": "BJ"}).content.decode()
    assert "BJ-V4" in page and "NE-V1" not in page


def test_an_export_leaves_the_unknown_empty_and_escapes_formulas(client, cast):
    cast.village.name = "=HYPERLINK(1)"
    cast.village.save()
    client.force_login(cast.officer)
    lines = b"".join(client.get(reverse("community:index") + "?export=csv")).decode().splitlines()
    row = next(line for line in lines if line.startswith("BJ-V1"))
    assert "'=HYPERLINK(1)" in row and ",1200," in row
    nomads = next(line for line in lines if line.startswith("BJ-N1"))
    assert ",,,,,," in nomads and "None" not in nomads and ",0," not in nomads.replace(",90,", ",")


def test_no_name_or_phone_is_in_any_list_export_search_detail_or_history(client, cast):
    ContactOpening.objects.create(contact=cast.contact, by=cast.officer)
    client.force_login(cast.officer)
    urls = [
        reverse("contact:index"),
        reverse("contact:index") + "?export=csv",
        reverse("contact:index") + f"?q={CANARY_NAME}",
        reverse("contact:inspect", args=[cast.contact.pk]),
        reverse("contact:edit", args=[cast.contact.pk]),
        reverse("contact:history", args=[cast.contact.pk]),
        reverse("contact:open", args=[cast.contact.pk]),
        reverse("contactopening:index"),
        reverse("contactopening:index") + "?export=csv",
        reverse("community:inspect", args=[cast.village.pk]),
        reverse("community:index"),
        reverse("community_chooser:choose"),
    ]
    for url in urls:
        page = b"".join(client.get(url)).decode()
        assert CANARY_NAME not in page.replace(f"?q={CANARY_NAME}", "").replace(
            f'value="{CANARY_NAME}"', ""
        ), url
        assert CANARY_PHONE not in page, url
    client.force_login(cast.administrator)
    for url in (reverse("wagtailusers_users:index"), reverse("wagtailusers_users:index") + "?export=csv"):
        assert CANARY_PHONE not in b"".join(client.get(url)).decode()


def test_a_list_of_contacts_does_not_even_decrypt(client, cast, settings):
    from cryptography.fernet import Fernet

    cast.officer.phone = ""
    cast.officer.save()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]  # any decryption would now fail
    client.force_login(cast.officer)
    assert client.get(reverse("contact:index")).status_code == 200


def test_deleting_copying_and_usage_have_no_address(client, cast):
    client.force_login(cast.manager)
    for action in ("delete", "usage", "copy"):
        assert client.get(f"/office/community/{action}/{cast.village.pk}/").status_code == 404


@pytest.mark.parametrize(("language", "shown"), [("en", "12,345"), ("fr", "12\u202f345"), ("ar", "12.345")])
def test_a_number_of_people_has_its_thousands_apart(client, cast, language, shown):
    Community.objects.filter(pk=cast.village.pk).update(population=12345)
    client.force_login(cast.officer)
    for url in [reverse("community:index"), reverse("community:inspect", args=[cast.village.pk])]:
        page = client.get(url, headers={"accept-language": language}).content.decode()
        assert shown in page.replace("\xa0", "\u202f") and "12345" not in page


def test_postings_are_dated_by_the_day(client, cast):
    Posting.objects.update(starts=datetime.date(2026, 3, 3))
    client.force_login(cast.administrator)
    assert "3 March 2026" in client.get(reverse("posting:index")).content.decode()


@pytest.mark.parametrize("name", READERS)
def test_every_row_of_a_list_can_be_opened(client, cast, crowd, name):
    crowd(1)
    client.force_login(reader(cast, name))
    response = client.get(reverse(f"{name}:index"))
    page = response.content.decode()
    for row in response.context["object_list"]:
        assert re.search(rf'<a\s+href="/office/\w+/(edit|inspect)/{row.pk}/"', page), row


def test_a_page_of_the_office_bears_the_trackers_name(client, cast):
    client.force_login(cast.officer)
    for url in ("/office/", reverse("community:index"), "/office/nowhere/"):
        title = client.get(url).content.decode().split("<title>")[1].split("</title>")[0]
        assert title.endswith(" - Border community tracker")


def test_words_keep_their_own_direction_on_a_page_of_the_other(client, cast):
    client.force_login(cast.officer)
    arabic = {"accept-language": "ar"}
    page = client.get(reverse("community:inspect", args=[cast.village.pk]), headers=arabic).content.decode()
    assert f"<bdi>{cast.village.name}</bdi>" in page
    page = client.get(reverse("community:edit", args=[cast.village.pk]), headers=arabic).content.decode()
    assert re.search(r'<input[^>]+name="name"[^>]+dir="auto"', page)
    assert not re.search(r'<input[^>]+name="population"[^>]+dir="auto"', page)


def test_the_two_countries_of_a_border_section_are_told_apart(client, cast):
    client.force_login(cast.manager)
    for url in (reverse("bordersection:index"), reverse("bordersection:add")):
        page = client.get(url).content.decode()
        assert "Country on one side" in page and "Country on the other side" in page


def test_the_map_of_border_sections_tells_an_agreed_line_from_a_disputed_one(client, cast):
    BorderSection.objects.filter(pk=cast.section.pk).update(status="disputed")
    client.force_login(cast.manager)
    (feature,) = client.get(reverse("bordersection:map")).json()["features"]
    assert feature["properties"]["state"] == "disputed"


@pytest.mark.parametrize(("language", "words"), [("en", {"Yes", "No"}), ("fr", {"Oui", "Non"})])
@pytest.mark.parametrize("name", ["crossingpoint", "contact", "topic", "wagtailusers_users"])
def test_whether_something_is_so_is_said_in_words(client, cast, name, language, words):
    for code, joint in (("C1", True), ("C2", False)):
        CrossingPoint.objects.create(code=code, name="C", kind="official", section=cast.section, joint=joint)
    Contact.objects.create(community=cast.village, role="women", active=False)
    User.objects.create_user("gone@example.org", name="G", is_active=False)
    client.force_login(reader(cast, name))
    page = client.get(
        reverse(f"{name}:index_results"), headers={"accept-language": language}
    ).content.decode()
    cells = set(re.findall(r"<td[^>]*>\s*(\w+)\s*</td>", page))
    assert words <= cells and not {"True", "False"} & cells


def test_signing_in_greets_by_name(client, cast):
    answer = client.post(
        reverse("account_login"), {"login": cast.officer.email, "password": PASSWORD}, follow=True
    )
    assert "Successfully signed in as Officer." in answer.content.decode()


def test_each_cell_says_its_column_for_screens_where_rows_stack(client, cast):
    client.force_login(cast.officer)
    html = client.get(reverse("community:index")).content.decode()
    table = re.search(r'<table class="listing stacks">.*?</table>', html, flags=re.DOTALL)[0]
    head = re.findall(r"<th\b[^>]*>(.*?)</th>", table, flags=re.DOTALL)
    row = re.search(r"<tbody>.*?</tr>", table, flags=re.DOTALL)[0]
    said = re.findall(r'<td data-label="([^"]+)"', row)
    assert said == [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in head]
