"""Creating, changing and reading rows of the ground floor: what works, and what is refused."""

import html
import json
import re

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.urls import reverse
from wagtail.models import ModelLogEntry

from communities import accounts
from communities.models import Agency, Area, Community, Contact, ContactOpening, Posting, Presence, Tie, User
from communities.office import ScopedForm
from communities.sight import Role
from services.models import ServicePoint
from tests.cast import CANARY_NAME, CANARY_PHONE, days_ago

POINT = '{"type": "Point", "coordinates": [3.0, 11.5]}'


def community_form(**changes):
    return {
        "code": "BJ-NEW",
        "name": "New village",
        "kind": "settlement",
        "country": "BJ",
        "location": POINT,
        "rhythm_days": "90",
        "public_place": "area",
        "publish_delay_days": "0",
        "status": "active",
    } | changes


def saved(response) -> bool:
    """Whether the form was taken; its errors are printed for whoever reads a failure."""
    if response.status_code != 302:
        print(response.context["form"].errors.as_text())  # noqa: T201
    return response.status_code == 302


def errors(response):
    return str(response.context["form"].errors)


# --- Communities ---------------------------------------------------------------------------------------
def test_a_community_finds_its_area_section_and_distance_from_its_place(client, cast):
    client.force_login(cast.officer)
    assert saved(client.post(reverse("community:add"), community_form()))
    made = Community.objects.get(code="BJ-NEW")
    assert (made.area, made.section) == (cast.north, cast.section)
    assert made.border_km == pytest.approx(55.3, abs=0.3)
    assert ModelLogEntry.objects.filter(object_id=str(made.pk), action="wagtail.create").exists()


def test_a_community_is_not_created_out_of_its_authors_sight(client, cast):
    client.force_login(cast.officer)
    elsewhere = community_form(location='{"type": "Point", "coordinates": [3.0, 10.5]}')
    response = client.post(reverse("community:add"), elsewhere)
    assert response.status_code == 200 and "outside what your posting covers" in errors(response)
    assert not Community.objects.filter(code="BJ-NEW").exists()


def test_a_community_is_not_moved_out_of_its_authors_sight(client, cast):
    client.force_login(cast.officer)
    moved = community_form(code="BJ-V1", name="Moved", area=cast.south.pk)
    response = client.post(reverse("community:edit", args=[cast.village.pk]), moved)
    assert response.status_code == 200
    cast.village.refresh_from_db()
    assert (cast.village.area, cast.village.name) == (cast.north, "Garou")


def test_a_community_needs_a_place_or_an_area(client, cast):
    client.force_login(cast.officer)
    response = client.post(reverse("community:add"), community_form(location=""))
    assert "one of the two" in errors(response)


def test_a_population_needs_its_source(client, cast):
    client.force_login(cast.officer)
    response = client.post(reverse("community:add"), community_form(population="300"))
    assert "Say where the population figure comes from" in errors(response)


@pytest.mark.parametrize("shape", ["{", '{"type": "Nonsense"}', '{"type":"Point","coordinates":["x"]}'])
def test_a_malformed_shape_is_an_error_of_the_form(client, cast, shape):
    client.force_login(cast.officer)
    response = client.post(reverse("community:add"), community_form(location=shape))
    assert response.status_code == 200 and "location" in response.context["form"].errors


@pytest.mark.parametrize("view", ["edit", "inspect", "history", "history_results"])
def test_somebody_elses_community_does_not_exist(client, cast, view):
    client.force_login(cast.officer)
    url = reverse(f"community:{view}", args=[cast.far.pk])
    assert client.get(url).status_code == client.post(url, community_form()).status_code == 404


def test_a_reader_cannot_change_what_they_see(client, cast):
    client.force_login(cast.editor)
    response = client.post(reverse("community:edit", args=[cast.village.pk]), community_form(name="Mine"))
    assert response.status_code == 302
    cast.village.refresh_from_db()
    assert cast.village.name == "Garou"


def test_a_list_is_not_posted_to(client, cast):
    client.force_login(cast.officer)
    assert client.post(reverse("community:index")).status_code == 405
    assert client.post(reverse("community:inspect", args=[cast.village.pk])).status_code == 405


def test_a_community_leads_to_what_hangs_on_it(client, cast):
    client.force_login(cast.officer)
    page = client.get(reverse("community:inspect", args=[cast.village.pk])).content.decode()
    for name in ("presence", "tie", "contact", "contactopening", "delivery"):
        assert f"{reverse(f'{name}:index')}?community=BJ-V1" in page
    client.force_login(cast.editor)
    page = client.get(reverse("community:inspect", args=[cast.village.pk])).content.decode()
    assert reverse("contact:index") not in page


def test_a_form_starts_with_the_community_of_the_list_it_came_from(client, cast):
    client.force_login(cast.officer)
    page = client.get(reverse("presence:index"), {"community": "BJ-N1"}).content.decode()
    assert f"{reverse('presence:add')}?community=BJ-N1" in page
    form = client.get(reverse("presence:add"), {"community": "BJ-N1"})
    assert form.context["form"].initial["community"] == cast.nomads.pk
    form = client.get(reverse("presence:add"), {"community": "BJ-V4"})
    assert form.context["form"].initial["community"] is None


# --- Choosers ------------------------------------------------------------------------------------------
def test_a_chooser_offers_and_gives_only_what_its_user_sees(client, cast):
    client.force_login(cast.officer)
    page = client.get(reverse("community_chooser:choose")).content.decode()
    assert "BJ-V1" in page and "BJ-V4" not in page
    page = client.get(reverse("community_chooser:choose_results"), {"q": "sori"}).content.decode()
    assert "BJ-V4" not in page
    assert client.get(reverse("community_chooser:chosen", args=[cast.village.pk])).status_code == 200
    assert client.get(reverse("community_chooser:chosen", args=[cast.far.pk])).status_code == 404
    assert client.get(reverse("community_chooser:chosen", args=["x"])).status_code == 404
    url = reverse("community_chooser:chosen_multiple") + f"?id={cast.far.pk}&id={cast.village.pk}&id=x"
    found = client.get(url).content.decode()
    assert "BJ-V1" in found and "BJ-V4" not in found
    assert client.get("/office/community_chooser/create/").status_code == 404


def test_a_chooser_finds_by_name(client, cast):
    client.force_login(cast.manager)
    page = client.get(reverse("community_chooser:choose_results"), {"q": "sori"}).content.decode()
    assert "BJ-V4" in page and "BJ-V1" not in page


def test_a_guessed_number_in_a_form_gives_nothing_away(client, cast):
    client.force_login(cast.officer)
    response = client.post(reverse("tie:add"), {"community": cast.far.pk, "kind": "kin", "other_name": "x"})
    assert response.status_code == 200 and "BJ-V4" not in response.content.decode()
    assert not Tie.objects.exists()


def test_what_a_row_already_names_out_of_sight_stays(client, cast):
    tie = Tie.objects.create(community=cast.village, other=cast.across, kind="kin")
    client.force_login(cast.officer)
    url = reverse("tie:edit", args=[tie.pk])
    page = client.get(url).content.decode()
    assert "NE-V1" not in page and "out of your sight" in page
    form = {"community": cast.village.pk, "kind": "market", "other_name": "Tanda"}
    assert client.post(url, form).status_code == 302
    tie.refresh_from_db()
    assert (tie.kind, tie.other) == ("market", cast.across)


def test_the_code_of_the_other_community_is_shown_only_to_those_who_see_it(client, cast):
    tie = Tie.objects.create(community=cast.village, other=cast.across, kind="kin")
    Tie.objects.create(community=cast.village, other=cast.quiet, kind="market")
    Tie.objects.create(community=cast.village, other_name="Tanda", kind="water")
    pages = [
        reverse("tie:index"),
        reverse("tie:index") + "?export=csv",
        reverse("tie:inspect", args=[tie.pk]),
    ]
    for user, shown in ((cast.officer, False), (cast.manager, True)):
        client.force_login(user)
        for url in pages:
            text = b"".join(client.get(url)).decode()
            assert ("NE-V1" in text) is shown and ("out of your sight" in text) is not shown
    client.force_login(cast.officer)
    text = b"".join(client.get(pages[1])).decode()
    assert "BJ-V2" in text and "Tanda" in text
    found = client.get(reverse("tie:index_results"), {"q": "NE-V1"}).content.decode()
    assert "BJ-V1" not in found


def test_a_code_that_is_taken_out_of_sight_is_not_given_away(client, cast):
    client.force_login(cast.officer)
    form = {"code": "BJ-V4", "name": "x", "kind": "settlement", "country": "BJ", "area": cast.north.pk}
    said = errors(client.post(reverse("community:add"), form))
    assert "This code is taken. Ask an administrator if you do not see it." in said
    assert "already exists" not in said


# --- Areas -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("level", "parent", "sentence"),
    [
        ("3", "BJ0101", "An area does not lie inside itself"),
        ("2", "BJ0102", "BJ0102 is of level 2: choose one that stands above"),
        ("2", "BJ0101", "BJ0101 is of level 2: choose one that stands above"),
    ],
)
def test_an_area_lies_in_one_that_stands_above_it(client, cast, level, parent, sentence):
    client.force_login(cast.manager)
    form = {"code": "BJ0101", "name": "Malanville", "level": level, "country": "BJ"}
    form["parent"] = Area.objects.get(code=parent).pk
    said = errors(client.post(reverse("area:edit", args=[cast.north.pk]), form))
    assert sentence in said
    cast.north.refresh_from_db()
    assert cast.north.parent == cast.region


def test_an_area_stays_above_what_lies_inside_it(client, cast):
    client.force_login(cast.manager)
    form = {"code": "BJ01", "name": "Alibori", "level": "2", "country": "BJ", "parent": cast.benin.pk}
    said = errors(client.post(reverse("area:edit", args=[cast.region.pk]), form))
    assert "BJ0101, of level 2, lies inside this area." in said


def test_no_area_lies_inside_itself(cast):
    with pytest.raises(IntegrityError):
        Area.objects.filter(pk=cast.north.pk).update(parent=F("pk"))


def test_the_way_up_from_an_area_ends_even_where_two_lie_inside_each_other(cast):
    one = Area(code="BJ01011", name="One", level=3, country="BJ")
    one.parent = Area(code="BJ01012", name="Other", level=3, country="BJ", parent=one)
    assert one.district.level == 3


# --- Presence and ties -----------------------------------------------------------------------------------
def test_a_presence_needs_the_shape_of_its_kind(client, cast):
    client.force_login(cast.officer)
    form = {
        "community": cast.nomads.pk,
        "kind": "area",
        "first_month": "11",
        "last_month": "4",
        "source": "elders",
        "confidence": "medium",
    }
    assert "Give the point of a place" in errors(client.post(reverse("presence:add"), form))
    response = client.post(reverse("presence:add"), form | {"area": cast.north.pk})
    assert response.status_code == 302
    page = client.get(reverse("presence:index"), {"month": 2}).content.decode()
    assert Presence.objects.get().community == cast.nomads and "BJ-N1" in page
    page = client.get(reverse("presence:index_results"), {"month": 7}).content.decode()
    assert "BJ-N1" not in page


def test_a_tie_has_exactly_one_other_side(client, cast):
    client.force_login(cast.officer)
    form = {"community": cast.village.pk, "kind": "kin"}
    assert "one of the two" in errors(client.post(reverse("tie:add"), form))
    both = form | {"other": cast.quiet.pk, "other_name": "Tanda"}
    assert "one of the two" in errors(client.post(reverse("tie:add"), both))
    assert client.post(reverse("tie:add"), form | {"other_name": "Tanda"}).status_code == 302


# --- Contacts ------------------------------------------------------------------------------------------
def contact_form(cast, **changes):
    return {
        "community": cast.village.pk,
        "role": "chief",
        "active": "on",
        "agreed_on": "2024-01-01",
    } | changes


def test_opening_a_contact_shows_it_once_and_is_written_down(client, cast):
    client.force_login(cast.officer)
    url = reverse("contact:open", args=[cast.contact.pk])
    asked = client.get(url).content.decode()
    assert CANARY_NAME not in asked and not ContactOpening.objects.exists()
    response = client.post(url)
    assert CANARY_NAME in response.content.decode() and CANARY_PHONE in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    opening = ContactOpening.objects.get()
    assert (opening.by, opening.contact) == (cast.officer, cast.contact)
    page = client.get(reverse("contactopening:index")).content.decode()
    assert "Officer" in page and "BJ-V1" in page


def test_a_contact_is_opened_by_nobody_who_does_not_see_it(client, cast):
    url = reverse("contact:open", args=[cast.contact.pk])
    for role, user in cast.users.items():
        if role not in {"officer", "supervisor"}:
            client.force_login(user)
            assert client.post(url).status_code == 404
    far = Contact.objects.create(community=cast.far, role="chief", name=CANARY_NAME, agreed_on=days_ago(9))
    client.force_login(cast.officer)
    assert client.post(reverse("contact:open", args=[far.pk])).status_code == 404
    assert not ContactOpening.objects.exists()


def test_a_name_left_empty_is_kept_and_a_new_one_replaces_it(client, cast):
    client.force_login(cast.officer)
    url = reverse("contact:edit", args=[cast.contact.pk])
    assert client.post(url, contact_form(cast)).status_code == 302
    cast.contact.refresh_from_db()
    assert (cast.contact.name, cast.contact.phone) == (CANARY_NAME, CANARY_PHONE)
    assert client.post(url, contact_form(cast, phone="+22912345678")).status_code == 302
    cast.contact.refresh_from_db()
    assert (cast.contact.name, cast.contact.phone) == (CANARY_NAME, "+22912345678")
    assert client.post(url, contact_form(cast, forget="on")).status_code == 302
    cast.contact.refresh_from_db()
    assert (cast.contact.name, cast.contact.phone) == ("", "")


def test_a_name_needs_the_persons_agreement(client, cast):
    client.force_login(cast.officer)
    response = client.post(reverse("contact:add"), contact_form(cast, name="Somebody", agreed_on=""))
    assert "agreed_on" in response.context["form"].errors


def test_no_log_entry_holds_a_name_or_a_phone(client, cast):
    client.force_login(cast.officer)
    client.post(reverse("contact:add"), contact_form(cast, name=CANARY_NAME, phone=CANARY_PHONE))
    client.post(reverse("contact:open", args=[cast.contact.pk]))
    client.post(reverse("contact:edit", args=[cast.contact.pk]), contact_form(cast, name=CANARY_NAME))
    logged = str(list(ModelLogEntry.objects.values()))
    assert CANARY_NAME not in logged and CANARY_PHONE not in logged
    assert ModelLogEntry.objects.count() >= 2


# --- Reference data --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_reference_data_is_kept_by_managers_and_administrators(client, cast, role):
    client.force_login(cast.users[role])
    response = client.post(reverse("agency:add"), {"code": "NGO", "name": "An NGO", "kind": "ngo"})
    assert response.status_code == 302 and Agency.objects.filter(code="NGO").exists()


@pytest.mark.parametrize("role", ["officer", "focal_point", "editor", "integrity", "liaison"])
def test_reference_data_is_read_by_the_others(client, cast, role):
    client.force_login(cast.users[role])
    assert client.get(reverse("agency:inspect", args=[cast.police.pk])).status_code == 200
    client.post(reverse("agency:add"), {"code": "NGO", "name": "An NGO", "kind": "ngo"})
    client.post(reverse("agency:edit", args=[cast.police.pk]), {"code": "P", "name": "Mine", "kind": "ngo"})
    cast.police.refresh_from_db()
    assert not Agency.objects.filter(code="NGO").exists() and cast.police.name == "Benin police"


def test_an_areas_boundary_survives_its_form(client, cast):
    client.force_login(cast.manager)
    ring = '{"type":"MultiPolygon","coordinates":[[[[2,11],[4,11],[4,12],[2,11]],[[3,11.1],[3.5,11.1],[3.5,11.3],[3,11.1]]]]}'
    form = {
        "code": "BJ0101",
        "name": "Malanville",
        "level": "2",
        "parent": cast.region.pk,
        "country": "BJ",
        "boundary": ring,
        "source": "test",
    }
    assert client.post(reverse("area:edit", args=[cast.north.pk]), form).status_code == 302
    assert Area.objects.get(code="BJ0101").boundary.num_points == 8


def test_a_border_drawn_anew_moves_it_for_every_community(client, cast):
    client.force_login(cast.manager)
    form = {
        "code": "BJ-NE",
        "name": "Benin–Niger",
        "country_a": "BJ",
        "country_b": "NE",
        "kind": "water",
        "status": "agreed",
        "line": '{"type": "MultiLineString", "coordinates": [[[2, 11.9], [4, 11.9]]]}',
    }
    assert saved(client.post(reverse("bordersection:edit", args=[cast.section.pk]), form))
    cast.village.refresh_from_db()
    assert cast.village.border_km == pytest.approx(0, abs=0.5)


# --- People --------------------------------------------------------------------------------------------
def test_a_user_is_invited_and_chooses_a_password_through_the_link(
    client, cast, mailoutbox, django_capture_on_commit_callbacks
):
    client.force_login(cast.administrator)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("wagtailusers_users:add"),
            {"email": "New.Person@Example.org", "name": "New", "language": "fr"},
        )
    assert response.status_code == 302
    user = User.objects.get(email="new.person@example.org")
    assert not user.has_usable_password() and not user.postings.exists()
    link = next(word for word in mailoutbox[0].body.split() if word.startswith("http"))
    client.logout()
    assert client.get(link, follow=True).status_code == 200
    assert ModelLogEntry.objects.filter(action="communities.invite").exists()


def test_an_address_is_given_to_one_person_only(client, cast):
    client.force_login(cast.administrator)
    form = {"email": "OFFICER@example.org", "name": "Twin", "language": "en"}
    assert "already signs in" in errors(client.post(reverse("wagtailusers_users:add"), form))


def test_no_administrator_posts_themselves(client, cast):
    client.force_login(cast.administrator)
    for role in Role:
        form = {
            "user": cast.administrator.pk,
            "role": role.value,
            "agency": cast.police.pk,
            "starts": "2026-01-01",
        }
        response = client.post(reverse("posting:add"), form)
        assert response.status_code == 200 and "another administrator must do it" in errors(response)
    assert cast.administrator.postings.count() == 1
    form["user"] = cast.officer.pk
    assert saved(client.post(reverse("posting:add"), form))


def test_no_administrator_gives_their_own_posting_a_later_end(client, cast):
    past = accounts.post(
        cast.administrator, Role.INTEGRITY, by=None, starts=days_ago(300), ends=days_ago(100)
    )
    client.force_login(cast.administrator)
    address = reverse("posting:end", args=[past.pk])
    response = client.post(address, {"on": days_ago(-100).isoformat()})
    assert "another administrator must do it" in str(response.context["form"].errors)
    past.refresh_from_db()
    assert past.ends == days_ago(100)


def test_nobody_but_an_administrator_reaches_users_and_postings(client, cast):
    for role, user in cast.users.items():
        if role == "administrator":
            continue
        client.force_login(user)
        for name in ("wagtailusers_users", "posting"):
            assert client.get(reverse(f"{name}:add")).status_code == 302
        assert client.get(reverse("wagtailusers_users:edit", args=[user.pk])).status_code == 404
        assert client.post(reverse("wagtailusers_users:invite", args=[user.pk])).status_code == 404
        posting = cast.officer.postings.get()
        assert client.post(reverse("posting:end", args=[posting.pk]), {"on": "2030-01-01"}).status_code == 404


def test_a_posting_gives_sight_and_its_end_takes_it(client, cast):
    new = User.objects.create_user("new@example.org", name="New")
    client.force_login(cast.administrator)
    form = {
        "user": new.pk,
        "role": "officer",
        "agency": cast.police.pk,
        "areas": "bj0102, BJ0102".upper(),
        "starts": days_ago(3).isoformat(),
    }
    assert client.post(reverse("posting:add"), form).status_code == 302
    assert set(Community.objects.visible_to(new)) == {cast.far}
    posting = new.postings.get()
    url = reverse("posting:end", args=[posting.pk])
    assert client.post(url, {"on": days_ago(1).isoformat()}).status_code == 302
    assert not Community.objects.visible_to(User.objects.get(pk=new.pk)).exists()


def test_a_posting_refuses_what_it_cannot_be(client, cast):
    client.force_login(cast.administrator)
    form = {"user": cast.officer.pk, "role": "liaison", "starts": "2024-01-01"}
    assert "needs an agency" in errors(client.post(reverse("posting:add"), form))
    form |= {"agency": cast.police.pk, "areas": "NOWHERE"}
    assert "NOWHERE" in errors(client.post(reverse("posting:add"), form))
    posting = cast.officer.postings.get()
    response = client.post(reverse("posting:end", args=[posting.pk]), {"on": "1999-01-01"})
    assert "last day comes after the first" in errors(response)
    assert Posting.objects.get(pk=posting.pk).ends is None


def test_an_administrator_sees_no_community_and_no_contact(client, cast):
    client.force_login(cast.administrator)
    assert client.get(reverse("community:inspect", args=[cast.village.pk])).status_code == 404
    assert client.get(reverse("contact:inspect", args=[cast.contact.pk])).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "agency",
        "area",
        "bordersection",
        "crossingpoint",
        "community",
        "presence",
        "tie",
        "contact",
        "posting",
        "servicepoint",
        "observation",
        "delivery",
        "carddrive",
        "cardscheme",
        "project",
        "milestone",
    ],
)
def test_no_form_lists_what_there_may_be_a_hundred_thousand_of(client, cast, name):
    ServicePoint.objects.create(code="POINT", name="P", type=cast.health, country="BJ", source="test")
    people = {"posting": cast.administrator, "contact": cast.officer, "carddrive": cast.registrar}
    client.force_login(people.get(name, cast.manager))
    response = client.get(reverse(f"{name}:add"))
    page = response.content.decode()
    assert response.status_code == 200
    for label in (cast.police, cast.north, cast.village, "POINT P"):
        assert f"{label}</option>" not in page


def test_every_office_form_uses_wagtails_widgets(db):
    """A form whose Meta does not inherit loses the map field and the choosers, without a word."""

    def below(form):
        for each in form.__subclasses__():
            yield each
            yield from below(each)

    client_side = [form for form in below(ScopedForm) if not hasattr(form.Meta, "formfield_callback")]
    assert client_side == []


def test_wagtails_own_screens_tell_nobody_about_our_rows(client, cast):
    client.force_login(cast.officer)
    client.post(
        reverse("community:edit", args=[cast.hidden.pk]), community_form(code="BJ-V3", name="Changed")
    )
    assert ModelLogEntry.objects.filter(object_id=str(cast.hidden.pk), label="BJ-V3").exists()
    for user in cast.users.values():
        client.force_login(user)
        for url in ("/office/reports/site-history/", "/office/"):
            assert "BJ-V3" not in client.get(url).content.decode() or user in (cast.officer, cast.supervisor)


def test_no_user_is_deleted_in_bulk(client, cast):
    url = f"/office/bulk/communities/user/delete/?id={cast.officer.pk}"
    for user in cast.users.values():
        client.force_login(user)
        client.post(url, {"objects": [cast.officer.pk]})
    assert User.objects.filter(pk=cast.officer.pk).exists()


@pytest.mark.parametrize("role", ["officer", "manager", "editor", "liaison"])
def test_users_are_not_changed_in_bulk_by_others(client, cast, role):
    client.force_login(cast.users[role])
    url = f"/office/bulk/communities/user/set_active_state/?id={cast.supervisor.pk}"
    client.post(url, {"mark_as_active": ""})
    assert User.objects.get(pk=cast.supervisor.pk).is_active


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Poser un repère sur la carte"), ("ar", "وضع علامة على الخريطة")]
)
def test_the_tools_of_a_map_field_speak_the_readers_language(client, cast, language, words):
    client.force_login(cast.officer)
    page = client.get(reverse("community:add"), headers={"accept-language": language}).content.decode()
    options = json.loads(html.unescape(re.search(r'<geo-field data-options="([^"]+)"', page)[1]))
    assert options["words"]["draw"]["toolbar"]["buttons"]["marker"] == words
    assert 'data-zoom-in="Zoom in"' not in page


def test_the_page_of_a_disputed_section_draws_its_line_as_one(client, cast):
    type(cast.section).objects.filter(pk=cast.section.pk).update(status="disputed")
    client.force_login(cast.manager)
    response = client.get(reverse("bordersection:inspect", args=[cast.section.pk]))
    (shape,) = response.context["shapes"]
    assert shape["properties"] == {"state": "disputed"}


def test_what_is_not_there_is_said_in_our_words(client, cast):
    client.force_login(cast.officer)
    answer = client.get("/office/community/inspect/999999/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "To the start of the office" in html and "Go to Wagtail" not in html
