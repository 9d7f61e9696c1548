"""Importing service points and what was seen there, with real registers."""

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communities import importing
from communities.importing import writing
from communities.importing.mapping import proposed, remember
from communities.models import Area
from services.models import GapRun, Observation, Project, Sector, ServicePoint, ServiceType
from tests.cast import days_ago
from tests.communities.importing_parts import bring, csv_file, sample, tried

KWTRP = {
    "code": {"column": "row_id", "prefix": "KW-"},
    "name": {"column": "Facility name"},
    "type": {"constant": "health_centre"},
    "country": {"column": "iso3c"},
    "latitude": {"column": "Lat"},
    "longitude": {"column": "Long"},
    "kind_detail": {"column": "Facility type"},
}
POINTS = {
    "code": {"column": "code"},
    "name": {"column": "name"},
    "type": {"constant": "health_centre"},
    "country": {"constant": "BJ"},
    "latitude": {"column": "lat"},
    "longitude": {"column": "lon"},
    "observed_state": {"column": "state"},
    "observed_on": {"column": "on"},
}


def test_it_refuses_the_77_facilities_without_coordinates_and_no_other(cast, samples):
    Area.objects.update(boundary=None)  # the cast's countries are boxes
    made = tried("service-points", sample(samples, "services/health_public_kwtrp_bj_tg_ne_bf.csv"), KWTRP)
    assert len(made.new) == 5633 - 77
    assert len(made.refused) == 77
    objections = [o for row in made.refused.values() for o in row]
    assert {o.column for o in objections} == {"Lat"}
    assert objections[0].expected.startswith("no coordinates")
    assert made.new[0].row.code == "KW-1576"
    assert made.new[0].row.country == "BJ"


def test_it_takes_them_when_told_to_and_counts_them(cast, samples):
    Area.objects.update(boundary=None)
    table = sample(samples, "services/health_public_kwtrp_bj_tg_ne_bf.csv")
    made = tried("service-points", table, KWTRP, accept_without_place=True)
    assert not made.refused
    assert made.without_place == 77


def test_it_refuses_facilities_outside_their_country_by_real_boundaries(cast, samples):
    Area.objects.update(boundary=None)
    countries = sample(samples, "boundaries/wca_admin0_core7_ocha.geojson")
    mapping = {"code": {"column": "admin0Pcod"}, "name": {"column": "admin0Name"}, "level": {"constant": "0"}}
    mapping |= {"country": {"column": "admin0Pcod"}, "boundary": {"column": "geometry"}}
    assert not bring("areas", countries, mapping).refused
    made = tried("service-points", sample(samples, "services/health_public_kwtrp_bj_tg_ne_bf.csv"), KWTRP)
    outside = [o for row in made.refused.values() for o in row if not o.expected.startswith("no coordinates")]
    assert outside == []  # 14 lie outside the coarse lines, by less than 1 km
    assert len(made.new) + len(made.refused) == 5633


def test_it_imports_markets_as_service_points_of_their_type(cast, samples):
    ServiceType.objects.get_or_create(code="market", defaults={"name": "Market", "max_km": 10})
    mapping = {
        "code": {"column": "market_id", "prefix": "WFP-"},
        "name": {"column": "market"},
        "type": {"constant": "market"},
        "country": {"column": "countryiso3"},
        "latitude": {"column": "latitude"},
        "longitude": {"column": "longitude"},
    }
    made = bring("service-points", sample(samples, "markets/markets_wfp_nigeria.csv"), mapping)
    assert len(made.new) == 16
    assert ServicePoint.objects.filter(type__code="market", country="NG").count() == 16


def test_it_reads_the_water_points_of_a_workbook(cast, samples):
    ServiceType.objects.get_or_create(code="water_point", defaults={"name": "Water point", "max_km": 0.5})
    table = sample(samples, "services/waterpoints_wpdx_nigeria_osun.xlsx")
    mapping = {
        "code": {"column": "id", "prefix": "WPDX-"},
        "name": {"column": "water_technology", "constant": "Water point"},
        "type": {"constant": "water_point"},
        "country": {"constant": "NGA"},
        "latitude": {"column": "latitude"},
        "longitude": {"column": "longitude"},
    }
    made = tried("service-points", table, mapping)
    assert table.header[0] == "(column 1)"
    assert len(made.new) + len(made.refused) == 5126
    assert len(made.new) > 5000


def test_it_finds_the_area_of_a_point_without_a_pcode(cast):
    made = bring("service-points", csv_file("code,name,lat,lon,state,on\nA1,Post,11.5,3.0,,\n"), POINTS)
    assert ServicePoint.objects.get(code="A1").area == cast.north
    assert made.new[0].row.source == "test register"


def test_it_records_what_was_seen_beside_the_point_and_marks_the_gaps(
    cast, django_capture_on_commit_callbacks
):
    text = "code,name,lat,lon,state,on\nA1,Post,11.5,3.0,Functional,2024-01-31\n"
    with django_capture_on_commit_callbacks():
        bring("service-points", csv_file(text), POINTS)
    seen = Observation.objects.get(point__code="A1")
    assert (seen.state, seen.date.isoformat(), seen.source) == ("working", "2024-01-31", "test register")
    assert GapRun.objects.filter(type=cast.health).exclude(changed_since=None).exists()


def test_it_never_records_the_same_observation_twice_nor_overwrites_one(cast):
    row = "code,name,lat,lon,state,on\nA1,Post,11.5,3.0,%s,2024-01-31\n"
    bring("service-points", csv_file(row % "working"), POINTS)
    assert len(tried("service-points", csv_file(row % "working"), POINTS).unchanged) == 1
    made = tried("service-points", csv_file(row % "closed"), POINTS)
    assert "never overwritten" in made.refused[2][0].expected


@pytest.mark.parametrize(
    ("state", "on", "field"),
    [
        ("working", "", "observed_on"),
        ("", "2024-01-31", "observed_state"),
        ("working", "2999-01-01", "observed_on"),
    ],
)
def test_it_refuses_half_an_observation_and_one_to_come(cast, state, on, field):
    text = f"code,name,lat,lon,state,on\nA1,Post,11.5,3.0,{state},{on}\n"
    made = tried("service-points", csv_file(text), POINTS)
    assert made.refused[2][0].field == field


def test_it_keeps_observations_as_they_were_recorded(cast):
    ServicePoint.objects.create(
        code="A1", name="Post", type=cast.health, country="BJ", source="x", location=Point(3, 11, srid=4326)
    )
    table = csv_file("point,date,state\nA1,31/01/2024,yes works\nA1,13/02/2024,working\n")
    mapping = importing.guessed(importing.resource_named("observations"), table)
    bring("observations", table, mapping)
    assert Observation.objects.count() == 1
    made = tried(
        "observations", csv_file("point,date,state\nA1,2024-02-13,closed\nA1,2024-02-13,working\n"), mapping
    )
    assert "never overwritten" in made.refused[2][0].expected
    again = tried("observations", csv_file("point,date,state\nA1,2024-02-13,working\n"), mapping)
    assert len(again.unchanged) == 1


def test_it_imports_sectors_and_projects_with_their_money(cast, samples):
    table = sample(samples, "iati/codelists/dac_sectors_5digit.csv")
    bring(
        "sectors",
        table,
        {"code": {"column": "code"}, "name": {"column": "name_en"}, "name_fr": {"column": "name_fr"}},
    )
    assert Sector.objects.filter(code="14030").exists()
    text = (
        "code;name;implementer;sector;budget;currency;starts;ends;areas\n"
        "P1;Wells;BJ-WAT;14030;1 250 000,50;XOF;2024-01-01;2025-12-31;BJ0101 BJ0102\n"
        "P2;Roads;BJ-WAT;14030;100;;2024-01-01;2023-12-31;\n"
    )
    resource = importing.resource_named("projects")
    made = bring("projects", csv_file(text), importing.guessed(resource, csv_file(text)))
    project = Project.objects.get(code="P1")
    assert str(project.budget) == "1250000.50"
    assert set(project.areas.all()) == {cast.north, cast.south}
    assert {o.field for o in made.refused[3]} == {"currency", "ends"}


@pytest.mark.parametrize("write", [writing.as_csv, writing.as_workbook])
def test_it_takes_its_own_export_back_unchanged(cast, write):
    point = ServicePoint.objects.create(
        code="007",
        name="-Poste “=1”",
        type=cast.health,
        country="BJ",
        source="a register",
        location=Point(3.0123456789012345, 11.100000000000001, srid=4326),
    )
    Observation.objects.create(point=point, date=days_ago(9), state="partly", source="a visit")
    resource = importing.resource_named("service-points")
    content = write(*writing.exported(resource, ServicePoint.objects.visible_to(cast.manager)))
    table = importing.read(content, "x")
    made = tried("service-points", table, importing.guessed(resource, table), by=cast.manager)
    assert (len(made.unchanged), made.refused) == (1, {})


def test_it_never_takes_a_point_out_of_the_register_nor_puts_one_back(cast):
    point = ServicePoint.objects.create(
        code="A1", name="Post", type=cast.health, country="BJ", source="x", retired_on=days_ago(9)
    )
    resource = importing.resource_named("service-points")
    header, rows = writing.exported(resource, ServicePoint.objects.visible_to(cast.manager))
    assert rows[0][header.index("retired_on")] == days_ago(9).isoformat()
    for day in ("", "2999-01-01"):
        table = csv_file(f"code,name,retired_on\nA1,Poste,{day}\n")
        mapping = importing.guessed(resource, table) | {"retired_on": {"column": "retired_on"}}
        bring("service-points", table, mapping)
        point.refresh_from_db()
        assert (point.name, point.retired_on) == ("Poste", days_ago(9))


def test_it_says_that_a_column_is_not_read(client, cast):
    client.force_login(cast.manager)
    file = SimpleUploadedFile("points.csv", b"code,name,retired_on\nA1,Post,2024-01-31\n")
    url = reverse("imports:upload", args=["service-points"])
    page = client.post(url, {"file": file, "source": "x"}, follow=True).content.decode()
    assert "“retired_on” is not read" in page


def test_it_proposes_no_column_of_whose_values_the_field_takes_none(cast, samples):
    table = sample(samples, "services/waterpoints_wpdx_nigeria_osun.xlsx")
    assert "status_id" in table.header  # "Yes" and "No": whether a status is known, not what was seen
    mapping = importing.guessed(importing.resource_named("service-points"), table)
    assert "observed_state" not in mapping
    assert mapping["latitude"] == {"column": "latitude"}


@pytest.mark.parametrize(
    ("seen", "column"), [("No,functional", "status_id"), ("No,functionl", None), (",", "status_id")]
)
def test_it_proposes_a_column_by_its_name_when_one_value_will_do_or_none_says_otherwise(cast, seen, column):
    one, other = seen.split(",")
    table = csv_file(f"code,status_id\nA1,{one}\nA2,{other}\n")
    mapping = importing.guessed(importing.resource_named("service-points"), table)
    assert mapping.get("observed_state", {}).get("column") == column


def test_it_fills_in_what_a_remembered_mapping_lacks(cast):
    resource = importing.resource_named("service-points")
    remember(resource, "x", {"code": {"column": "row_id", "prefix": "K-"}, "name": {"column": "gone"}})
    mapping = proposed(resource, csv_file("row_id,name,iso3c,lat\n1,Post,BEN,11.5\n"), "x")
    assert mapping["code"] == {"column": "row_id", "prefix": "K-"}
    assert mapping["name"] == {"column": "name"}
    assert mapping["country"] == {"column": "iso3c"}
    assert "latitude" not in mapping
