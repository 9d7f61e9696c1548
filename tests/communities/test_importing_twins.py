"""A new row that may be here already under another code is pointed out in the dry run, and never refused."""

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from communities.importing import twins
from communities.models import Community, ImportRun
from services.models import ServicePoint, ServiceType
from tests.communities.importing_parts import confirm, csv_file, tried

NAMES = {"code": "code", "name": "name", "country": "country", "latitude": "lat", "longitude": "lon"}
PLACED = {field: {"column": column} for field, column in NAMES.items()}
HEADER = "code,name,country,lat,lon\n"
NORTH = 0.0045  # degrees of latitude: 498 m


def found(rows: str, what="communities", by=None, **more) -> dict[int, tuple[str, int]]:
    made = tried(what, csv_file(HEADER + rows), PLACED | more, by=by, accept_without_place=True)
    return {number: (twin.code, twin.metres) for number, twin in twins(made).items()}


@pytest.mark.parametrize("name", ["Garou", "GAROÛ", "garou ", "gârou"])
def test_it_finds_the_community_of_the_same_name_close_by(cast, name):
    assert found(f"A,{name},BJ,11.9,3.0\n") == {2: ("BJ-V1", 0)}


@pytest.mark.parametrize(
    ("row", "metres"),
    [
        (f"A,Garou,BJ,{11.9 + NORTH},3.0", [498]),
        (f"A,Garou,BJ,{11.9 + 2 * NORTH},3.0", []),  # a kilometre away
        ("A,Garou II,BJ,11.9,3.0", []),
        ("A,–,BJ,11.9,3.0", []),
        ("A,Garou,BJ,,", []),
        ("BJ-V1,Garou,BJ,11.9,3.0", []),  # under its own code
        ("A,Garou,Benim,11.9,3.0", []),  # refused for something else
    ],
)
def test_it_finds_none_elsewhere_or_under_another_name(cast, row, metres):
    assert [twin[1] for twin in found(f"{row}\n").values()] == metres


def test_it_compares_the_names_of_every_language_and_takes_the_nearest(cast):
    Community.objects.filter(pk=cast.village.pk).update(name_ar="غارو", name_fr="Garou-Tégui")
    near = Community.objects.create(
        code="BJ-V9", name="garou tegui", country="BJ", location=Point(3.001, 11.9, srid=4326)
    )
    assert near.pk
    assert found("A,غارو,BJ,11.9,3.0\nB,Garou Tégui,BJ,11.9,3.0009\n") == {2: ("BJ-V1", 0), 3: ("BJ-V9", 11)}


def test_it_names_nobody_that_the_person_may_not_see(cast):
    assert found("A,Sori,BJ,10.5,3.0\n", by=cast.manager) == {2: ("BJ-V4", 0)}
    assert found("A,Sori,BJ,10.5,3.0\n", by=cast.officer) == {}


def test_it_finds_service_points_of_the_same_type_alone(cast):
    point = {"name": "Poste", "country": "BJ", "source": "x", "location": Point(3, 11.5, srid=4326)}
    ServicePoint.objects.create(code="P1", type=cast.health, **point)
    other = ServiceType.objects.create(code="well", name="Well", max_km=1)
    row = "A,poste,BJ,11.5,3.0\n"
    assert found(row, "service-points", type={"constant": "health_centre"}) == {2: ("P1", 0)}
    assert found(row, "service-points", type={"constant": other.code}) == {}


def test_it_asks_for_a_handful_of_queries_however_many_rows(cast, django_assert_max_num_queries):
    made = tried(
        "communities", csv_file(HEADER + "".join(f"A{n},Garou,BJ,11.9,3.0\n" for n in range(50))), PLACED
    )
    with django_assert_max_num_queries(2):
        assert len(twins(made)) == 50


def test_it_is_shown_beside_the_row_and_in_the_log_and_keeps_nobody_from_importing(client, cast):
    client.force_login(cast.manager)
    rows = HEADER + "A,Elsewhere,BJ,11.2,3.0\nB,Garou,BJ,11.9,3.001\n"
    file = SimpleUploadedFile("v.csv", rows.encode())
    client.post(reverse("imports:upload", args=["communities"]), {"file": file, "source": "survey"})
    run = ImportRun.objects.get()
    columns = {f"{field}-column": column for field, column in NAMES.items()}
    page = client.post(reverse("imports:columns", args=[run.pk]), columns, follow=True).content.decode()
    assert "One new row may be here already under another code" in page
    assert "<td>B</td><td>Garou</td><td><b>BJ-V1</b> Garou, 109 m away</td>" in page
    assert page.index("<td>B</td>") < page.index("<td>A</td>")
    confirm(client, run)
    assert Community.objects.filter(code="B").exists()
    page = client.get(reverse("imports:run", args=[run.pk])).content.decode()
    assert "one new row may have been here already" in page
    assert "nothing keeps you" not in page


def test_it_says_so_on_the_command_line(cast, tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("code,name,country,latitude,longitude\nA,Garou,BJ,11.9,3.0\n")
    call_command("import_file", "communities", path, source="x", dry_run=True)
    assert "row 2 may be here already: BJ-V1 Garou, 0 m away" in capsys.readouterr().err
