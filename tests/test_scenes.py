"""What tests begin with is in the database as its objects say, and is gone with the test."""

import pytest
from django.db.models import Model

from communities.models import Community, Contact, Posting, User
from communities.sight import Role

pytestmark = pytest.mark.django_db


def values(row: Model) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_the_cast_stands_in_the_database_as_it_was_assembled(cast):
    rows = [row for row in (*vars(cast).values(), *cast.users.values()) if isinstance(row, Model)]
    assert len(rows) > 25
    for row in rows:
        assert values(type(row)._base_manager.get(pk=row.pk)) == values(row)
    assert Posting.objects.count() == User.objects.count() == len(Role)
    assert set(cast.officer.groups.values_list("name", flat=True)) == {Role.OFFICER}


def test_its_objects_know_each_other(cast):
    assert cast.village.area is cast.north and cast.contact.community is cast.village


def test_rows_that_follow_have_keys_of_their_own(cast):
    added = Community.objects.create(code="BJ-V9", name="Newcomer", country="BJ", area=cast.north)
    assert added.pk > max(Community.objects.exclude(pk=added.pk).values_list("pk", flat=True))


def test_without_it_nobody_is_there():
    assert not User.objects.exists() and not Community.objects.exists() and not Contact.objects.exists()
