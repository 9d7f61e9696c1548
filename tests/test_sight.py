"""Who sees which rows."""

from communities.models import Community, Contact
from communities.sight import may


def codes(rows):
    return set(rows.values_list("code", flat=True))


def test_officer_sees_own_areas_alone(cast):
    assert codes(Community.objects.visible_to(cast.officer)) == {"BJ-V1", "BJ-V2", "BJ-V3", "BJ-N1"}


def test_manager_sees_every_community(cast):
    assert Community.objects.visible_to(cast.manager).count() == Community.objects.count()


def test_editor_sees_the_communities_that_are_public_by_name_and_place_alone(cast):
    Community.objects.filter(pk=cast.nomads.pk).update(public_place="exact")
    assert codes(Community.objects.visible_to(cast.editor)) == {"BJ-V1", "BJ-V4", "NE-V1"}


def test_liaison_sees_the_shared_section(cast):
    assert "NE-V1" in codes(Community.objects.visible_to(cast.liaison))


def test_a_posting_that_ended_shows_nothing(cast):
    posting = cast.officer.postings.get()
    from communities import accounts
    from tests.cast import days_ago

    accounts.end_posting(posting, by=cast.administrator, on=days_ago(1))
    assert not Community.objects.visible_to(cast.officer).exists()


def test_contacts_are_for_the_field_alone(cast):
    seers = [role for role, user in cast.users.items() if Contact.objects.visible_to(user).exists()]
    assert seers == ["officer", "supervisor"]


def test_an_administrator_sees_no_community(cast):
    assert not Community.objects.visible_to(cast.administrator).exists()
    assert not may(cast.administrator, "view", cast.village)


def test_being_a_superuser_gives_no_sight(cast):
    cast.administrator.is_superuser = True
    cast.administrator.save()
    assert not Community.objects.visible_to(cast.administrator).exists()


def test_nobody_signed_out_sees_anything(cast):
    from django.contrib.auth.models import AnonymousUser

    assert not Community.objects.visible_to(AnonymousUser()).exists()
