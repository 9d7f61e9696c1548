"""Importing the ground floor: areas, border lines, crossing points, communities, with real files."""

import re

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command

from communities import importing, places
from communities.importing.columns import DateWidget, NumberWidget, Refused, WholeNumberWidget
from communities.models import Agency, Area, BorderSection, Community, CrossingPoint, Language
from tests.communities.importing_parts import bring, csv_file, sample, tried

NAMED = {"code": {"column": "code"}, "name": {"column": "name"}}
PLACED = {
    **NAMED,
    "country": {"column": "country"},
    "latitude": {"column": "lat"},
    "longitude": {"column": "lon"},
}


def place(text: str, **options):
    return tried("communities", csv_file("code,name,country,lat,lon\n" + text), PLACED, **options)


# --- Cells ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text", ["2024-02-13", "13/02/2024", "13.02.2024", "13-2-2024", "2024-02-13 00:00:00"]
)
def test_it_takes_iso_and_plain_day_first_dates(text):
    assert DateWidget().clean(text).isoformat() == "2024-02-13"


def test_it_refuses_an_ambiguous_date_and_names_both_readings():
    with pytest.raises(Refused, match="2024-04-03 or 2024-03-04"):
        DateWidget().clean("03/04/2024")


def test_it_knows_what_a_month_first_date_means():
    with pytest.raises(Refused) as refused:
        DateWidget().clean("04/25/2024")
    assert refused.value.suggestion == "2024-04-25"


@pytest.mark.parametrize("text", ["31/02/2024", "2024-13-01", "2019", "soon"])
def test_it_refuses_days_that_do_not_exist(text):
    with pytest.raises(Refused):
        DateWidget().clean(text)


@pytest.mark.parametrize(
    ("text", "number"), [("11,5", 11.5), ("-0.25", -0.25), ("١٢٫٥", 12.5), ("1 200,5", 1200.5)]
)
def test_it_reads_numbers_as_people_write_them(text, number):
    assert NumberWidget().clean(text) == number


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e999", "twelve", "12°"])
def test_it_refuses_numbers_that_are_none(text):
    with pytest.raises(Refused):
        NumberWidget().clean(text)


def test_it_refuses_a_thousand_that_may_be_one_and_a_bit():
    with pytest.raises(Refused) as refused:
        WholeNumberWidget().clean("1,234")
    assert refused.value.suggestion == "1234"


@pytest.mark.parametrize(
    ("what", "field", "text", "expected"),
    [
        ("communities", "population", "-5", "a whole number, 0 or more"),
        ("communities", "rhythm_days", "0", "a whole number, 1 or more"),
        ("areas", "level", "9", "a whole number, 4 or less"),
        ("service-types", "max_km", "0", "a number, 0.1 or more"),
        ("communities", "name", "n" * 161, "160 characters or fewer: this has 161"),
        ("projects", "budget", "-1", "a number, 0 or more"),
        ("projects", "budget", "1.005", "2 digits or fewer after the point"),
        ("projects", "budget", "123456789012345", "14 digits or fewer before the point"),
        ("projects", "budget", "12345678901234567", "16 digits or fewer"),
    ],
)
def test_it_says_what_is_expected_in_its_own_words(what, field, text, expected):
    verdict = importing.resource_named(what).columns[field].verdict(text)
    assert verdict.message == expected


@pytest.mark.parametrize(
    "text", ["-5", "0", "9" * 30, "1.23456789", "1e300", "x" * 500, "a b", "€", "{}", "-"]
)
def test_it_leaves_no_cell_to_the_words_of_a_web_form(db, text):
    columns = [(r.name, n, c) for r in importing.resources() for n, c in r.columns.items()]
    verdicts = [(what, name, column.verdict(text)) for what, name, column in columns]
    said = [(what, name, v.message) for what, name, v in verdicts if isinstance(v, Refused)]
    assert said
    for what, name, message in said:
        assert not re.search("Ensure|This field|Enter a|valid|must be", message), (what, name, message)


# --- Places ---------------------------------------------------------------------------------------------
def test_it_suggests_to_swap_coordinates(cast):
    made = place(
        "A,Swapped,BJ,3.1,11.5\nB,High,BJ,111.5,3.1\nC,Far,BJ,48.8,2.3\nD,Sea,BJ,0,0\nE,Half,BJ,11,\n"
    )
    said = {n: (o[0].expected, o[0].suggestion) for n, o in made.refused.items()}
    assert said[2] == ("a place in BJ", "latitude 11.5, longitude 3.1: the two look swapped")
    assert "look swapped" in said[3][1]
    assert said[4] == ("a place in BJ", "")
    assert "0, 0 lies in the sea" in said[5][0]
    assert "both" in said[6][0]


def test_it_holds_a_place_against_the_stored_country_when_the_file_has_none(cast):
    mapping = {name: {"column": name} for name in ("code", "latitude", "longitude")}
    text = "code,latitude,longitude\nBJ-V1,3.0,11.9\nBJ-V2,11.7,3.1\n"
    made = tried("communities", csv_file(text), mapping)
    assert made.refused[2][0].suggestion == "latitude 11.9, longitude 3.0: the two look swapped"
    assert [p.key for p in made.changed] == [("BJ-V2",)]


def test_it_forgives_coarse_lines_a_few_kilometres(cast):
    made = place("A,Near,BJ,12.03,3.1\nB,Not near,BJ,12.1,3.1\n")
    assert list(made.refused) == [3]


def test_it_refuses_a_key_twice_in_one_file(cast):
    made = place("A,One,BJ,11.5,3\nA,Two,BJ,11.6,3\n")
    assert "row 2 of this file" in made.refused[3][0].expected
    assert [p.key for p in made.new] == [("A",)]


def test_it_suggests_the_one_code_that_is_spelt_alike(cast):
    mapping = PLACED | {"area": {"column": "area"}}
    text = (
        "code,name,country,lat,lon,area\nA,x,BJ,11.5,3,BJ01001\nB,x,BJ,11.5,3,Malanvile\nC,x,BJ,11.5,3,Quux\n"
    )
    made = tried("communities", csv_file(text), mapping)
    assert [made.refused[n][0].suggestion for n in (2, 3, 4)] == ["BJ0101", "BJ0101", ""]


def test_it_refuses_nul_characters_and_rows_longer_than_the_header(cast):
    made = place("A,x\x00y,BJ,11.5,3\nB,x,BJ,11.5,3,extra\n")
    assert "NUL" in made.refused[2][0].expected
    assert "more cells" in made.refused[3][0].expected


def test_it_takes_countries_by_any_name(cast):
    made = place("A,x,BEN,11.5,3\nB,x,bénin,11.5,3\nC,x,بنين,11.5,3\nD,x,Benim,11.5,3\n")
    assert {p.values["country"] for p in made.new} == {"BJ"}
    assert made.refused[5][0].suggestion == "BJ"


def test_it_refuses_rows_out_of_the_persons_sight(cast):
    text = "code,name\nBJ-V1,Mine\nBJ-V4,Theirs\n"
    made = tried("communities", csv_file(text), NAMED, by=cast.officer)
    assert [p.key for p in made.changed] == [("BJ-V1",)]
    assert "posting" in made.refused[3][0].expected


def test_it_keeps_what_the_file_does_not_speak_of(cast):
    bring("communities", csv_file("code,name\nBJ-V1,Garou Tégui\n"), NAMED)
    cast.village.refresh_from_db()
    assert (cast.village.name, cast.village.population) == ("Garou Tégui", 1200)
    assert cast.village.area == cast.north


def test_it_finds_the_area_anew_when_a_place_moves(cast):
    text = "code,name,country,lat,lon\nBJ-V1,Garou,BJ,10.5,3\n"
    bring("communities", csv_file(text), PLACED)
    cast.village.refresh_from_db()
    assert cast.village.area == cast.south
    assert cast.village.section == cast.section  # farther than 100 km from any line: it stays as stated
    assert 165 < cast.village.border_km < 167


def test_it_sets_languages_by_their_codes(cast):
    Language.objects.create(code="zzz", name="Test")
    mapping = NAMED | {"languages": {"column": "languages"}}
    text = "code,name,languages\nBJ-V1,Garou,ddn; zzz\n"
    bring("communities", csv_file(text), mapping)
    assert {x.code for x in cast.village.languages.all()} == {"ddn", "zzz"}
    assert len(tried("communities", csv_file(text), mapping).unchanged) == 1


def test_it_measures_again_when_a_border_line_changes(cast):
    bring("communities", csv_file("code,name,country,lat,lon\nA,x,BJ,11.5,3\n"), PLACED)
    before = Community.objects.get(code="A").border_km
    text = 'code,a,b,kind,wkt\nBJ-NE,BEN,NER,land,"LINESTRING (2 11.6, 4 11.6)"\n'
    mapping = {"code": {"column": "code"}, "country_a": {"column": "a"}, "country_b": {"column": "b"}}
    bring(
        "border-sections", csv_file(text), mapping | {"kind": {"column": "kind"}, "line": {"column": "wkt"}}
    )
    after = Community.objects.get(code="A").border_km
    assert 55 < before < 56
    assert 11 < after < 11.2


def test_it_places_communities_and_says_how_many(cast):
    Community.objects.filter(pk=cast.village.pk).update(area=None, section=None)
    assert places.place_communities([cast.village.pk]) == 1
    cast.village.refresh_from_db()
    assert cast.village.area == cast.north
    assert cast.village.section == cast.section
    Community.objects.filter(pk=cast.village.pk).update(
        location=Point(3, 5, srid=4326), section=None, area=None
    )
    places.place_communities([cast.village.pk])
    cast.village.refresh_from_db()
    assert (cast.village.area, cast.village.section) == (None, None)
    assert cast.village.border_km > 700


def test_it_takes_parents_from_the_same_file_and_refuses_what_hangs_on_a_refused_one(cast):
    text = (
        "code,name,level,parent,country\n"
        "BJ020201,Commune,3,BJ0202,BJ\nBJ02,Region,1,BEN,BJ\nBJ0202,District,2,BJ02,BJ\n"
        "XX01,Bad,9,BJ,BJ\nXX0101,Below bad,2,XX01,BJ\nXX9,Lost,1,QQQQ,BJ\n"
    )
    made = bring(
        "areas", csv_file(text), importing.guessed(importing.resource_named("areas"), csv_file(text))
    )
    assert Area.objects.get(code="BJ020201").parent.parent.parent == cast.benin
    assert sorted(made.refused) == [5, 6, 7]


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ("BJ0101,2,BJ0101", {2: "level"}),  # inside itself
        ("BJ0101,2,BJ0102", {2: "level"}),  # inside its neighbour
        ("BJ01,2,BJ", {2: "level"}),  # no longer above its districts
        ("BJ01,2,BJ\nBJ0101,2,BJ01\nBJ0102,3,BJ01", {2: "level", 3: "level"}),
        ("BJ01,2,BJ\nBJ0101,3,BJ01\nBJ0102,3,BJ01", {}),
    ],
)
def test_it_keeps_every_area_above_what_lies_inside_it(cast, rows, refused):
    mapping = {name: {"column": name} for name in ("code", "level", "parent")}
    made = tried("areas", csv_file(f"code,level,parent\n{rows}\n"), mapping)
    assert {number: objections[0].field for number, objections in made.refused.items()} == refused


def test_it_keeps_an_area_below_its_own_when_the_file_has_its_level_alone(cast):
    mapping = {name: {"column": name} for name in ("code", "level")}
    made = tried("areas", csv_file("code,level\nBJ0101,1\n"), mapping)
    assert made.refused[2][0].expected == "a level below that of BJ01"


# --- Columns -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "date"),
    [
        ("source de la population", "date population"),
        ("Source_de_la_population", "Date de la population"),
        ("population_source", "population_date"),
        ("population source", "population date"),
        ("مصدر عدد السكان", "تاريخ عدد السكان"),
    ],
)
def test_it_knows_where_a_population_comes_from_and_of_when_it_is(db, source, date):
    table = csv_file(f"code,nom,population,{source},{date}\nA,x,200,RGPH,2013-05-11\n")
    mapping = importing.guessed(importing.resource_named("communities"), table)
    assert mapping["population_source"] == {"column": source}
    assert mapping["population_date"] == {"column": date}


def test_it_tries_the_next_column_of_a_fields_names_when_the_first_holds_something_else(db):
    table = csv_file("code,name,country,pays\nA,x,rural,Bénin\n")
    mapping = importing.guessed(importing.resource_named("communities"), table)
    assert mapping["country"] == {"column": "pays"}


def test_it_proposes_parents_that_come_in_the_same_file(db):
    table = csv_file("code,name,level,parent\nBJ,Benin,0,\nBJ01,Alibori,1,BJ\n")
    assert importing.guessed(importing.resource_named("areas"), table)["parent"] == {"column": "parent"}


# --- All that is wrong at once -----------------------------------------------------------------------------
def fields(made: importing.Plan) -> dict[int, list[str]]:
    return {number: [o.field for o in objections] for number, objections in sorted(made.refused.items())}


def test_it_names_swapped_coordinates_beside_a_date_that_reads_in_two_ways(cast):
    mapping = PLACED | {"population_date": {"column": "on"}}
    made = tried(
        "communities", csv_file("code,name,country,lat,lon,on\nA,x,BJ,2.83,10.84,03/04/2024\n"), mapping
    )
    assert fields(made) == {2: ["population_date", "latitude"]}
    assert made.refused[2][1].suggestion == "latitude 10.84, longitude 2.83: the two look swapped"


def test_it_names_what_a_new_row_needs_beside_a_cell_it_could_not_read(cast):
    mapping = NAMED | {"section": {"column": "section"}, "kind": {"column": "kind"}}
    mapping |= {"latitude": {"column": "lat"}, "longitude": {"column": "lon"}}
    text = "code,name,section,kind,lat,lon\nX,Post,BJ-ZZ,,11.9,3\n"
    assert fields(tried("crossing-points", csv_file(text), mapping)) == {2: ["section", "kind"]}
    without_kind = {name: given for name, given in mapping.items() if name != "kind"}
    assert fields(tried("crossing-points", csv_file(text), without_kind)) == {2: ["section", "kind"]}


def test_it_names_a_missing_name_the_swap_the_date_and_the_second_use_of_a_code(cast):
    mapping = PLACED | {"population_date": {"column": "on"}}
    rows = "A,,BJ,3.1,11.5,\nA,x,BJ,11.5,3.1,soon\nA,y,BJ,11.5,3.1,\n"
    made = tried("communities", csv_file("code,name,country,lat,lon,on\n" + rows), mapping)
    assert fields(made) == {2: ["name", "latitude"], 3: ["population_date", "code"], 4: ["code"]}
    assert "row 2 of this file" in made.refused[4][0].expected


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",x,BJ,3.1,11.5,,", ["code", "latitude"]),  # the swap, though nobody knows whether it is new
        ("A,x,BJ,12°,3.1,,", ["latitude"]),  # not "no coordinates": there are some
        ("A,x,BJ,11.5,,,", ["longitude"]),
        ("A,x,Benim,3.1,11.5,,", ["country"]),  # whose country, nobody knows
        ("A,x,BJ,11.5,3.1,many,", ["population"]),
        ("A,x,BJ,11.5,3.1,200,", ["population_source"]),
        ("A,x,Benim,11.5,3.1,200,", ["country", "population_source"]),
        ("A,x,BJ,,,,nomads", ["kind"]),  # those may go without a place
        ("A,x,BJ,,,,nomadic", []),
        ("A,,BJ,,,,", ["name", "latitude"]),
        ("BJ-V1,,Benim,,,,", ["name", "country", "latitude"]),
    ],
)
def test_it_says_what_is_wrong_with_a_row_once_and_nothing_that_is_not(cast, row, said):
    mapping = PLACED | {"population": {"column": "people"}, "kind": {"column": "kind"}}
    made = tried("communities", csv_file(f"code,name,country,lat,lon,people,kind\n{row}\n"), mapping)
    assert fields(made).get(2, []) == said


def test_a_refused_row_changes_no_stored_one_and_is_not_counted_without_a_place(cast):
    mapping = PLACED | {"rhythm_days": {"column": "rhythm"}}
    rows = "BJ-V1,Garou,BJ,11.9,3.0,\nBJ-V1,Other,BJ,11.8,3.0,\nC,x,BJ,,,soon\nD,x,BJ,,,\n"
    text = "code,name,country,lat,lon,rhythm\n" + rows
    made = tried("communities", csv_file(text), mapping, accept_without_place=True)
    assert sorted(made.refused) == [3, 4]
    assert [p.row.name for p in made.unchanged] == ["Garou"]
    assert made.without_place == 1


def test_it_asks_nothing_more_of_a_row_out_of_the_persons_sight(cast):
    made = tried("communities", csv_file("code,name\nBJ-V4,Theirs\n"), NAMED, by=cast.officer)
    assert fields(made) == {2: ["code"]}


def test_a_part_of_a_line_that_cannot_be_read_is_not_its_code_used_twice(cast):
    rows = 'BEN,NER,land,"LINESTRING (2 12, bent)"\nBEN,NER,land,"LINESTRING (2 12, 3 12)"\n'
    rows += 'BEN,NER,land,"LINESTRING (3 12, 4 12)"\nBenim,NER,land,"LINESTRING (3 12, 4 12)"\n'
    mapping = {"country_a": {"column": "a"}, "country_b": {"column": "b"}, "kind": {"column": "kind"}}
    made = tried("border-sections", csv_file("a,b,kind,wkt\n" + rows), mapping | {"line": {"column": "wkt"}})
    assert fields(made) == {2: ["line"], 5: ["country_a"]}
    assert [len(p.values["line"]) for p in made.changed] == [2]


# --- Real files ------------------------------------------------------------------------------------------
def test_it_imports_real_towns_and_leaves_unknown_populations_unknown(cast, samples):
    Area.objects.update(boundary=None)
    mapping = {
        "code": {"column": "geonameid", "prefix": "GN-"},
        "name": {"column": "name"},
        "country": {"column": "country_code"},
        "latitude": {"column": "latitude"},
        "longitude": {"column": "longitude"},
        "population": {"column": "population"},
        "population_source": {"constant": "GeoNames"},
    }
    made = bring("communities", sample(samples, "settlements/geonames_settlements_100km.csv"), mapping)
    assert len(made.new) == 796
    towns = Community.objects.filter(code__startswith="GN-")
    assert towns.filter(population=None).count() == 164
    assert not towns.filter(population=0).exists()


def test_it_imports_communes_with_arabic_and_french_names(cast, samples):
    mapping = {
        "code": {"column": "code_commune", "prefix": "DZ-"},
        "name": {"column": "name_fr"},
        "name_fr": {"column": "name_fr"},
        "name_ar": {"column": "name_ar"},
        "country": {"constant": "Algérie"},
        "latitude": {"column": "latitude"},
        "longitude": {"column": "longitude"},
    }
    made = bring(
        "communities", sample(samples, "settlements/algeria_communes_east_border_fr_ar.csv"), mapping
    )
    assert len(made.new) == 114
    assert Community.objects.get(code="DZ-1223").name_ar == "عين الزرقاء"


def test_it_loads_real_regions_and_border_lines_from_the_command_line(db, samples, capsys):
    folder = samples / "boundaries"
    call_command("load_boundaries", folder / "wca_admin0_core7_ocha.geojson", source="OCHA", level=0)
    call_command("load_boundaries", folder / "wca_admin1_core7_ocha.geojson", source="OCHA", level=1)
    call_command("load_boundaries", folder / "border_lines_ne10m.geojson", source="Natural Earth")
    assert Area.objects.filter(level=0).count() == 7
    assert Area.objects.filter(level=1).exclude(boundary=None).count() == 100
    assert Area.objects.get(code="BJ01").parent.code == "BJ"
    assert BorderSection.objects.count() == 53
    assert BorderSection.objects.get(country_a="BJ", country_b="NE").name == "Benin–Niger"
    assert len(BorderSection.objects.get(country_a="CM", country_b="NG").line) >= 2
    crossings = sample(samples, "settlements/border_crossings_ILLUSTRATIVE.csv")
    mapping = {
        "code": {"column": "name", "slug": True, "prefix": "X-"},
        "name": {"column": "name"},
        "section": {"column": "country_pair"},
        "kind": {"column": "official"},
        "latitude": {"column": "latitude"},
        "longitude": {"column": "longitude"},
    }
    made = bring("crossing-points", crossings, mapping)
    assert (len(made.new), made.refused) == (15, {})
    assert CrossingPoint.objects.get(code="X-MALANVILLE-GAYA").section.country_b == "NE"
    again = tried("crossing-points", crossings, mapping)
    assert len(again.unchanged) == 15


def test_it_loads_pcodes_with_two_generations_and_all_their_parents(db, samples):
    text = "code,name,country,level\n" + "".join(
        f"{c},{c},{c},0\n"
        for c in ["BJ", "BF", "DZ", "GH", "LY", "ML", "NE", "NG", "TG", "TN", "TD", "MR", "CM", "CI"]
    )
    bring("areas", csv_file(text), {n: {"column": n} for n in ("code", "name", "country", "level")})
    table = sample(samples, "boundaries/pcodes_adm1_adm2.csv")
    mapping = importing.guessed(importing.resource_named("areas"), table)
    assert mapping["code"]["column"] == "P-Code"
    assert mapping["parent"]["column"] == "Parent P-Code"
    made = bring("areas", table, mapping)
    assert len(made.new) + len(made.refused) == 3061
    assert not made.refused
    assert Area.objects.get(code="BJ01").parent.code == "BJ"


def test_it_says_on_the_command_line_what_is_missing(db, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,name\n1,Police\n")
    with pytest.raises(CommandError, match="Code"):
        call_command("import_file", "agencies", path, source="x")
    path.write_text("code,name,kind\nA1,Police,police\nA2,Nobody,spy\n")
    call_command("import_file", "agencies", path, source="x", dry_run=True)
    assert not Agency.objects.exists()
    call_command("import_file", "agencies", path, source="x")
    assert [a.code for a in Agency.objects.all()] == ["A1"]
