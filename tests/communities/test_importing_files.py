"""The uploaded file of an import is kept for a declared time; who brought in what stays."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from communities.importing import forget_files
from communities.models import ImportRun
from communities.privacy import IMPORT_FILES_KEPT
from tests.communities.importing_parts import confirm

CANARY = "Canary cell 0655512345"
CSV = f"code,name,country,lat,lon\nV1,Bodjécali,BJ,11.8,3.1\nV2,Nowhere,BJ,{CANARY},\n"
COLUMNS = {
    "code-column": "code",
    "name-column": "name",
    "country-column": "country",
    "latitude-column": "lat",
    "longitude-column": "lon",
}


@pytest.fixture
def office(client, cast):
    client.force_login(cast.manager)
    return client


def tried(client) -> ImportRun:
    file = SimpleUploadedFile("v.csv", CSV.encode())
    client.post(reverse("imports:upload", args=["communities"]), {"file": file, "source": "survey"})
    run = ImportRun.objects.latest("pk")
    client.post(reverse("imports:columns", args=[run.pk]), COLUMNS)
    return run


def imported(client) -> ImportRun:
    run = tried(client)
    confirm(client, run)
    return run


def age(run: ImportRun, days: float) -> None:
    ImportRun.objects.filter(pk=run.pk).update(at=timezone.now() - timedelta(days=days))


def stored(run: ImportRun) -> bool:
    return run.file.storage.exists(run.file.name)


def test_a_file_past_its_time_is_deleted_and_its_run_and_log_stay(office, capsys):
    run = imported(office)
    run.refresh_from_db()
    assert stored(run) and CANARY in str(run.findings)
    age(run, days=IMPORT_FILES_KEPT.days + 1)
    call_command("forget_import_files")
    assert capsys.readouterr().out == "1 files deleted.\n"
    assert not stored(run)
    run.refresh_from_db()
    assert (run.state, run.new, run.refused, run.file_name) == ("done", 1, 1, "v.csv")
    assert not run.file and CANARY not in str(run.findings)
    actions = ModelLogEntry.objects.for_instance(run).values_list("action", flat=True)
    assert sorted(actions) == ["communities.forget_file", "wagtail.create", "wagtail.edit"]


def test_a_file_within_its_time_is_kept(office):
    run = imported(office)
    run.refresh_from_db()
    age(run, days=IMPORT_FILES_KEPT.days - 1)
    call_command("forget_import_files")
    assert stored(run)


def test_it_is_deleted_once(office):
    age(imported(office), days=90)
    assert forget_files(before=timezone.now() - timedelta(days=60)) == 1
    assert forget_files(before=timezone.now() - timedelta(days=60)) == 0


def test_an_import_that_nobody_confirmed_can_be_confirmed_no_more(office):
    run = tried(office)
    forget_files(before=timezone.now())
    confirm(office, run)
    run.refresh_from_db()
    assert run.state == "failed" and "Nobody confirmed this import in time" in run.message


@pytest.mark.parametrize("brought", [tried, imported])
def test_its_page_says_what_happened_and_offers_nothing_that_needs_the_file(office, brought):
    run = brought(office)
    forget_files(before=timezone.now())
    page = office.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert "The uploaded file was deleted" in page
    assert reverse("imports:refused", args=[run.pk]) not in page
    assert reverse("imports:columns", args=[run.pk]) not in page
    assert office.get(reverse("imports:refused", args=[run.pk])).status_code == 404
    assert office.get(reverse("imports:columns", args=[run.pk])).status_code == 302
