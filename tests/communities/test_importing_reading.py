"""Reading files: every quirk a file from the field comes with."""

import io
import json
import zipfile

import pytest

from communities.importing import reading
from communities.importing.reading import NoRows, Unreadable, protected, read, unprotected
from tests.communities.importing_parts import workbook


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(delimiter):
    lines = [
        ["code", "name", "note"],
        ["001", "Garou", "a"],
        ["002", "Sori, sud" if delimiter != "," else "Sori", "b"],
    ]
    table = read("\n".join(delimiter.join(line) for line in lines).encode(), "x.csv")
    assert table.header == lines[0]
    assert table.rows == [(2, lines[1]), (3, lines[2])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_it_reads_every_usual_encoding(encoding):
    table = read("code;nom\nA1;Gùéné – marché\n".encode(encoding), "x.csv")
    assert table.rows == [(2, ["A1", "Gùéné – marché"])]


ARABIC_FILE = [["الرمز", "مدينة", "nom"], ["A1", "عين الزرقاء", "Aïn Zerga"], ["A2", "تبسة", "Tébessa"]]
CAPITALS = [
    ["CODE", "ÉCOLE", "RÉGION"],
    ["A1", "GUÉNÉ", "ÎLE AUX CHÈVRES À SÉDHIOU"],
    ["A2", "ÇÀ ET LÀ", "ÊTRE"],
]
PORTUGUESE = [
    ["código", "nome", "região"],
    ["A1", "São Tomé", "Água Grande"],
    ["A2", "Mé-Zóchi", "Cantagalo"],
]


@pytest.mark.parametrize(
    ("rows", "encoding"),
    [(ARABIC_FILE, "cp1256"), (CAPITALS, "cp1252"), (PORTUGUESE, "cp1252"), (ARABIC_FILE, "utf-8")],
)
def test_it_tells_windows_arabic_from_windows_french(rows, encoding):
    table = read("\n".join(";".join(row) for row in rows).encode(encoding), "x.csv")
    assert [table.header, *(cells for _number, cells in table.rows)] == rows


def test_it_keeps_arabic_headers_and_text():
    table = read("الرمز,الاسم\n12,تبسة\n".encode(), "x.csv")
    assert table.header == ["الرمز", "الاسم"]
    assert table.rows[0][1] == ["12", "تبسة"]


def test_it_skips_titles_blank_rows_and_hxl_tags_and_keeps_the_files_own_row_numbers():
    text = "Liste des écoles,,\n,,\ncode,name,pop\n#loc+code,#loc+name,#population\n\nA1,Garou,5\n,,\nA2,Sori,6\n"
    table = read(text.encode(), "x.csv")
    assert table.header == ["code", "name", "pop"]
    assert table.rows == [(6, ["A1", "Garou", "5"]), (8, ["A2", "Sori", "6"])]


def test_it_refuses_two_columns_of_one_name_and_says_which():
    with pytest.raises(Unreadable, match="“name”: number 2 and number 3"):
        read(b"code,name,name\n1,a,b\n", "x.csv")


def test_it_notes_rows_that_are_longer_than_the_header():
    assert read(b"code,name\n1,a\n2,b,c\n", "x.csv").overlong == {3}


def test_it_leaves_out_the_remarks_of_refused_rows_brought_back():
    table = read(b"code,Lat,Lat_error,x_error\n1,2,no coordinates,kept\n", "x.csv")
    assert table.header == ["code", "Lat", "x_error"]
    assert table.rows == [(2, ["1", "2", "kept"])]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02\x00\x00\x00PNG\x00"])
def test_it_refuses_what_holds_no_rows(content):
    with pytest.raises(Unreadable):
        read(content, "x.csv")


def test_it_reads_numbers_of_a_workbook_as_they_were_typed():
    table = read(workbook(("S", [["code", "n", "x"], ["001", 1, 2.5]])), "x.xlsx")
    assert table.rows == [(2, ["001", "1", "2.5"])]
    assert table.sheet == "S"


def test_it_lets_the_sheet_be_chosen_and_skips_empty_ones():
    content = workbook(("A", [["a"]]), ("B", [["code", "n"], ["x", "y"]]), ("C", [["code", "m"], ["z", "w"]]))
    assert read(content, "x.xlsx").sheet == "B"
    assert read(content, "x.xlsx", "C").rows == [(2, ["z", "w"])]
    assert read(content, "x.xlsx").sheets == ["B", "C"]


def test_it_names_columns_under_a_merged_header_cell():
    rows = [["", "", ""], ["", "Lat", "Long"], ["G", 11.5, 3]]
    content = workbook(("S", rows), merged=[("A1:A2", "Name"), ("B1:C1", "Place")])
    table = read(content, "x.xlsx")
    assert table.header == ["Name", "Place Lat", "Place Long"]
    assert table.rows == [(3, ["G", "11.5", "3"])]


def test_it_does_not_open_a_workbook_that_unpacks_too_large(monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1000)
    with pytest.raises(Unreadable, match="unpacks"):
        read(workbook(("S", [["a", "b"], ["1", "2"]])), "x.xlsx")


def test_it_refuses_a_broken_archive():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(Unreadable):
        read(content.getvalue(), "x.xlsx")
    with pytest.raises(Unreadable):
        read(b"PK\x03\x04rubbish", "x.xlsx")


@pytest.mark.parametrize("name", ["x.xlsx", "Liste.XLSX", "x.xlsm"])
def test_it_refuses_text_that_is_called_a_workbook_and_says_what_to_do(name):
    with pytest.raises(Unreadable, match=r"called a workbook .* but it is none.* save it as XLSX or as CSV"):
        read(b"this is no workbook", name)
    assert read(b"code,name\n1,a\n", "x.xls").rows  # what many registers call their text files


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"code,name\n", "x.csv"),
        (b"code,name\n,\n", "x.csv"),
        (b"code,name\n#loc+code,#loc+name\n", "x.csv"),
        (workbook(("S", [["code", "name"], ["", ""], [None, " "]])), "x.xlsx"),
        (b'{"type": "FeatureCollection", "features": []}', "x.geojson"),
    ],
)
def test_it_refuses_a_file_without_rows_and_says_what_to_do(content, name):
    with pytest.raises(NoRows, match="load it again"):
        read(content, name)


def test_it_takes_the_first_sheet_that_holds_rows():
    notes = ("Notes", [["code", "name"], ["#loc+code", "#loc+name"]])
    content = workbook(notes, ("Rows", [["code", "name"], ["A", "B"]]))
    table = read(content, "x.xlsx")
    assert (table.sheet, table.sheets) == ("Rows", ["Notes", "Rows"])
    with pytest.raises(NoRows):
        read(content, "x.xlsx", "Notes")


def features(*pairs, **more) -> bytes:
    rows = [{"type": "Feature", "properties": p, "geometry": g} for p, g in pairs]
    return json.dumps({"type": "FeatureCollection", "features": rows, **more}).encode()


def test_it_reads_geojson_points_as_latitude_and_longitude_without_its_crs():
    content = features(
        ({"name": "a", "n": 1.0}, {"type": "Point", "coordinates": [3.5, 11.25]}), crs={"x": 1}
    )
    table = read(content, "x.geojson")
    assert table.header == ["name", "n", "latitude", "longitude"]
    assert table.rows == [(1, ["a", "1", "11.25", "3.5"])]


def test_it_reads_other_shapes_as_geometry():
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]], "crs": {"evil": 1}}
    table = read(features(({"pair": "A-B"}, line)), "x.geojson")
    assert table.header == ["pair", "geometry"]
    assert "crs" not in table.rows[0][1][1]


@pytest.mark.parametrize(
    "text", ['{"features": [{"properties": {"a": NaN}}]}', "{}", '{"features": 3}', "{broken"]
)
def test_it_refuses_geojson_that_is_none(text):
    with pytest.raises(Unreadable):
        read(text.encode(), "x.geojson")


@pytest.mark.parametrize(
    "text", ["=1+1", "+229", "-x", "@a", "'=x", "''+y", "-0.5", "plain", "'tis", "'-5", "-"]
)
def test_it_takes_off_exactly_the_apostrophe_that_was_put_on(text):
    assert unprotected(protected(text)) == text


def test_it_protects_formulas_and_leaves_numbers_alone():
    assert protected("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert protected("-0.5") == "-0.5"
    assert protected(-0.5) == -0.5
