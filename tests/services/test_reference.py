"""The reference data that ships: complete, sourced, loaded once, and never over what the office edited."""

import pytest
from django.core.management import call_command

from communities.models import Language
from services.models import Sector, ServiceType

NEEDED = {
    "health_centre",
    "primary_school",
    "water_point",
    "civil_registry",
    "police_post",
    "market",
    "vet_post",
    "mobile_clinic",
    "legal_aid",
}


@pytest.mark.django_db
def test_it_is_complete_and_names_its_sources_in_three_languages():
    call_command("load_reference", verbosity=0)
    types = ServiceType.objects.all()
    assert {t.code for t in types} >= NEEDED
    assert all(t.standard_source and t.name_fr and t.name_ar for t in types)
    assert all(s.name_fr and s.name_ar and len(s.code) == 5 for s in Sector.objects.all())
    assert Sector.objects.count() >= 60 and Language.objects.count() >= 25
    for row in [*types, *Sector.objects.all(), *Language.objects.all()]:
        row.full_clean()


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_keeps_what_was_edited():
    call_command("load_reference", verbosity=0)
    ServiceType.objects.filter(code="market").update(max_km=9)
    before = list(ServiceType.objects.values()), Sector.objects.count(), Language.objects.count()
    call_command("load_reference", verbosity=0)
    assert before == (list(ServiceType.objects.values()), Sector.objects.count(), Language.objects.count())
