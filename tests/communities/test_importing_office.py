"""The office's screens of an import, from the file to the summary, and who may use them."""

import csv
import datetime
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities.importing import read, runs
from communities.models import Agency, ColumnMapping, Community, ImportRun
from communities.sight import Role
from tests.communities.importing_parts import confirm, workbook

CSV = "kode,Nom,pays,Lat,Long\nV1,Bodjécali,BEN,11.8,3.1\nV2,Sans lieu,Bénin,,\nV3,Kassa,BJ,3.2,11.7\n"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.manager)
    return client


def upload(client, text=CSV, what="communities", source="survey 2024", name="v.csv"):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post(reverse("imports:upload", args=[what]), {"file": file, "source": source})


COLUMNS = {
    "code-column": "kode",
    "code-prefix": "T-",
    "name-column": "Nom",
    "country-column": "pays",
    "latitude-column": "Lat",
    "longitude-column": "Long",
}


def tried(client, text=CSV, columns=COLUMNS, **more) -> ImportRun:
    upload(client, text, **more)
    run = ImportRun.objects.latest("pk")
    client.post(reverse("imports:columns", args=[run.pk]), columns)
    run.refresh_from_db()
    return run


def test_it_goes_from_the_file_to_the_summary(office):
    response = upload(office)
    run = ImportRun.objects.get()
    assert response.url == reverse("imports:columns", args=[run.pk])
    page = office.get(response.url).content.decode()
    assert "Bodjécali" in page
    response = office.post(response.url, COLUMNS)
    assert response.url == reverse("imports:run", args=[run.pk])
    run.refresh_from_db()
    assert (run.new, run.refused, run.state) == (1, 2, "tried")
    assert not Community.objects.filter(code="T-V1").exists()
    page = office.get(response.url).content.decode()
    assert "no coordinates" in page
    assert "look swapped" in page
    confirm(office, run)
    run.refresh_from_db()
    assert run.state == "done"
    row = Community.objects.get(code="T-V1")
    assert row.area.code == "BJ0101"
    assert row.section.code == "BJ-NE"
    assert 21 < row.border_km < 23
    assert "Imported on" in office.get(response.url).content.decode()


def test_every_imported_row_has_its_own_history(office, cast):
    run = tried(office, "kode,Nom,pays,Lat,Long\nV1,Un,BJ,11.8,3.1\nV2,Deux,BJ,11.7,3.2\n")
    confirm(office, run)
    for row in Community.objects.filter(code__startswith="T-V"):
        page = office.get(reverse("community:history", args=[row.pk])).content.decode()
        assert "Created" in page and str(cast.manager.name) in page, row


def test_it_gives_the_refused_rows_back_to_be_mended_and_loaded_again(office):
    run = tried(office)
    confirm(office, run)
    content = office.get(reverse("imports:refused", args=[run.pk])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["kode"] for row in rows] == ["V2", "V3"]
    assert rows[0]["Lat_error"].startswith("no coordinates")
    assert "swapped" in rows[1]["Lat_error"]
    mended = content.replace("V2,Sans lieu,Bénin,,", "V2,Sans lieu,Bénin,11.6,").replace("BJ,3.2", "BJ,11.7")
    lines = mended.splitlines()
    lines[1] = lines[1] + "3.0" if lines[1].endswith(",") else lines[1]
    lines[2] = lines[2].rsplit(",", 1)[0] + ",3.2"
    upload(office, "\n".join(lines))
    again = ImportRun.objects.latest("pk")
    page = office.get(reverse("imports:columns", args=[again.pk])).content.decode()
    assert '<option value="kode" selected>' in page
    office.post(reverse("imports:columns", args=[again.pk]), COLUMNS)
    again.refresh_from_db()
    assert (again.new, again.refused) == (2, 0)


def test_it_remembers_the_columns_of_a_source(office):
    tried(office)
    remembered = ColumnMapping.objects.get(what="communities", source="survey 2024")
    assert remembered.columns["code"] == {"column": "kode", "prefix": "T-"}
    upload(office, source="another")
    assert ImportRun.objects.latest("pk").mapping["columns"].get("code") is None
    upload(office)
    assert ImportRun.objects.latest("pk").mapping["columns"] == remembered.columns


def test_it_takes_rows_without_a_place_when_told(office):
    run = tried(office, columns=COLUMNS | {"accept_without_place": "on"})
    assert (run.new, run.refused, run.findings["without_place"]) == (2, 1, 1)


def test_it_asks_for_the_key(office):
    upload(office)
    run = ImportRun.objects.get()
    page = office.post(reverse("imports:columns", args=[run.pk]), {"name-column": "Nom"})
    assert "Say which column holds: Code" in page.content.decode()


def test_it_refuses_a_file_it_cannot_read_and_says_why(office):
    page = upload(office, "a,a\n1,2\n").content.decode()
    assert "Two columns are called" in page
    assert not ImportRun.objects.exists()


def test_it_stays_with_its_sheet_when_another_holds_no_rows(office):
    sheets = (
        ("Notes", [["code", "name"], ["#loc+code", "#loc+name"]]),
        ("Rows", [["code", "name"], ["A", "B"]]),
    )
    upload(office, workbook(*sheets), name="v.xlsx")
    run = ImportRun.objects.get()
    asked = {"use-sheet": "1", "sheet": "Notes"}
    page = office.post(reverse("imports:columns", args=[run.pk]), asked, follow=True).content.decode()
    assert "No row was found below the column names" in page
    run.refresh_from_db()
    assert run.sheet == "Rows"


def test_it_writes_nothing_when_rows_changed_since_they_were_shown(office, cast):
    run = tried(office, "code,name\nBJ-V1,Garou Tégui\n", {"code-column": "code", "name-column": "name"})
    assert run.changed == 1
    Community.objects.filter(code="BJ-V1").update(name="Garou II")
    confirm(office, run)
    run.refresh_from_db()
    cast.village.refresh_from_db()
    assert (run.state, cast.village.name) == ("tried", "Garou II")
    assert "meanwhile" in run.message
    confirm(office, run)
    cast.village.refresh_from_db()
    assert cast.village.name == "Garou Tégui"


def test_it_confirms_once(office):
    run = tried(office)
    confirm(office, run)
    page = confirm(office, run, follow=True).content.decode()
    assert "not waiting to be confirmed" in page


def test_it_writes_only_what_the_one_who_confirms_was_shown(office):
    """A second tab says that another column is the name, and comes back with as many new rows."""
    text = "code,name,nom\nX1,One,Un\nX2,Two,Deux\n"
    names = {"code-column": "code", "kind-constant": "police"}
    run = tried(office, text, names | {"name-column": "name"}, what="agencies")
    page = office.get(reverse("imports:run", args=[run.pk])).content.decode()
    seen = {"fingerprint": re.search(r'name="fingerprint" value="(\w+)"', page)[1]}
    office.post(reverse("imports:columns", args=[run.pk]), names | {"name-column": "nom"})
    for shown in (seen, {}):
        said = office.post(reverse("imports:confirm", args=[run.pk]), shown, follow=True).content.decode()
        assert "not waiting to be confirmed as you saw it" in said
        assert not Agency.objects.filter(code="X1").exists()
    confirm(office, run)
    assert Agency.objects.get(code="X1").name == "Un"


def test_a_queued_confirmation_writes_only_what_was_shown(office, cast, monkeypatch):
    run = tried(office)
    assert run.state == "tried"
    ImportRun.objects.filter(pk=run.pk).update(state="working", working_since=timezone.now())
    runs.confirm_later.call(run.pk, cast.manager.pk, "another")
    run.refresh_from_db()
    assert run.state == "tried" and "Look at the differences again" in run.message
    assert not Community.objects.filter(code="T-V1").exists()


@pytest.mark.parametrize("step", ["columns", "confirm"])
def test_it_says_so_when_the_server_fails_at_it(office, monkeypatch, step):
    upload(office)
    run = ImportRun.objects.get()

    def crash(_run):
        raise ZeroDivisionError

    if step == "confirm":
        office.post(reverse("imports:columns", args=[run.pk]), COLUMNS)
    monkeypatch.setattr(runs, "plan_of", crash)
    if step == "confirm":
        confirm(office, run)
    else:
        office.post(reverse("imports:columns", args=[run.pk]), COLUMNS)
    page = office.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert "Something went wrong on the server" in page
    run.refresh_from_db()
    assert run.state == "failed"


@pytest.mark.parametrize("name", ["index", "run"])
def test_a_run_whose_worker_is_gone_counts_as_failed_and_can_be_tried_again(office, name):
    run = tried(office)
    for minutes, state in ((14, "working"), (16, "failed")):
        since = timezone.now() - datetime.timedelta(minutes=minutes)
        ImportRun.objects.filter(pk=run.pk).update(state="working", working_since=since)
        office.get(reverse(f"imports:{name}", args=[run.pk] if name == "run" else []))
        run.refresh_from_db()
        assert run.state == state
    page = office.get(reverse("imports:run", args=[run.pk]))
    assert "The server stopped while it worked on this file" in page.content.decode()
    assert "Refresh" not in page
    office.post(reverse("imports:columns", args=[run.pk]), COLUMNS)
    run.refresh_from_db()
    assert (run.state, run.message) == ("tried", "")


def test_a_worker_that_was_given_up_writes_nothing(office, cast):
    run = tried(office)
    seen = run.findings["fingerprint"]
    run.state, run.working_since = "working", timezone.now()
    run.save()
    ImportRun.objects.filter(pk=run.pk).update(state="failed", message="gone")
    runs.work(run, by=cast.manager, seen=seen)
    run.refresh_from_db()
    assert (run.state, run.message) == ("failed", "gone")
    assert not Community.objects.filter(code="T-V1").exists()


def test_it_writes_all_or_nothing(office, monkeypatch, cast):
    text = "code,name,kind,country\nX1,One,police,BJ\nX2,Two,police,BJ\n"
    names = {f"{n}-column": n for n in ("code", "name", "kind", "country")}
    run = tried(office, text, names, what="agencies")
    Agency.objects.create(code="X3", name="Three", kind="police")
    real = runs.plan_of

    def plan_with_a_code_taken_meanwhile(run):
        made = real(run)
        made.new[1].row.code = "X3"
        return made

    monkeypatch.setattr(runs, "plan_of", plan_with_a_code_taken_meanwhile)
    confirm(office, run)
    run.refresh_from_db()
    assert run.state == "failed"
    assert not Agency.objects.filter(code="X1").exists()


def test_it_works_large_files_off_in_the_background(office, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(runs, "LATER_ABOVE", 2)
    upload(office)
    run = ImportRun.objects.get()
    with django_capture_on_commit_callbacks(execute=False):
        office.post(reverse("imports:columns", args=[run.pk]), COLUMNS)
    page = office.get(reverse("imports:run", args=[run.pk]))
    assert page["Refresh"] == "3"
    runs.try_later.call(run.pk)
    run.refresh_from_db()
    assert run.state == "tried"
    with django_capture_on_commit_callbacks(execute=True):
        confirm(office, run)
    run.refresh_from_db()
    assert run.state == "done"
    assert Community.objects.filter(code="T-V1").exists()


def test_it_exports_what_it_can_take_back_and_changes_that_row_alone(office, cast):
    Community.objects.filter(code="BJ-V2").update(name="=Quiet")
    content = office.get(reverse("imports:export", args=["communities", "csv"])).content
    table = read(content, "communities.csv")
    assert b"'=Quiet" in content
    names = {f"{name}-column": name for name in table.header} | {"accept_without_place": "on"}
    run = tried(office, content, names)
    assert (run.new, run.changed, run.unchanged, run.refused) == (0, 0, 6, 0)
    run = tried(office, content.replace(b"Garou", b"Garou-Tegui"), names)
    assert (run.new, run.changed, run.unchanged, run.refused) == (0, 1, 5, 0)
    confirm(office, run)
    assert Community.objects.get(code="BJ-V1").name == "Garou-Tegui"
    assert Community.objects.get(code="BJ-V2").name == "=Quiet"


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_it_exports_areas_in_each_form(office, form):
    content = office.get(reverse("imports:export", args=["areas", form])).content
    table = read(content, f"areas.{form}")
    assert len(table.rows) == 7
    assert ("geometry" in table.header) == (form == "geojson")


def test_it_offers_a_template_with_the_header_alone(office):
    content = office.get(reverse("imports:template", args=["agencies"])).content.decode("utf-8-sig")
    assert content.strip() == "code,name,name_fr,name_ar,kind,country,tips_to"


ADDRESSES = [
    ("index", []),
    ("upload", ["communities"]),
    ("template", ["communities"]),
    ("export", ["communities", "csv"]),
]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
@pytest.mark.parametrize(("name", "args"), ADDRESSES)
def test_it_sends_away_all_who_may_not_import(client, cast, role, name, args):
    client.force_login(cast.users[role])
    response = client.get(reverse(f"imports:{name}", args=args))
    assert response.status_code == 302
    assert response.url == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", ["run", "columns", "refused", "confirm"])
def test_it_shows_nobody_else_a_run(client, cast, name):
    client.force_login(cast.manager)
    run = tried(client)
    client.force_login(cast.officer)
    method = client.post if name == "confirm" else client.get
    assert method(reverse(f"imports:{name}", args=[run.pk])).status_code == 302
    run.refresh_from_db()
    assert run.state == "tried"


def test_it_confirms_by_post_alone(office):
    run = tried(office)
    assert office.get(reverse("imports:confirm", args=[run.pk])).status_code == 405


@pytest.mark.parametrize(
    "address", [("imports:upload", ["users"]), ("imports:run", [99]), ("imports:export", ["agencies", "pdf"])]
)
def test_it_knows_no_other_lists_runs_or_forms(office, address):
    assert office.get(reverse(address[0], args=address[1])).status_code == 404


def test_it_lists_runs_in_a_constant_number_of_queries(office):
    upload(office)
    office.get(reverse("imports:index"))
    with CaptureQueriesContext(connection) as at_one:
        office.get(reverse("imports:index"))
    for _turn in range(10):
        upload(office)
    with CaptureQueriesContext(connection) as at_eleven:
        assert office.get(reverse("imports:index")).content.decode().count("v.csv") == 11
    assert len(at_one) == len(at_eleven) < 20


def test_each_input_of_the_columns_is_named_once_within_its_field(office):
    upload(office)
    run = ImportRun.objects.latest("pk")
    page = office.get(reverse("imports:columns", args=[run.pk])).content.decode()
    row = page.split('aria-labelledby="field-name"')[1].split('role="group"')[0]
    assert 'id="field-name">Name' in row
    assert re.findall(r"<label[^>]*>(.*?)</label>", row) == ["Column", "or the same for every row"]
