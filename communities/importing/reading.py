"""Files into rows of text: CSV and its cousins, XLSX, GeoJSON. What cannot be read is refused in a sentence.

Every cell becomes text as a person would have typed it: "001" stays "001", a spreadsheet's 1.0 is "1", its
dates are ISO dates. Row numbers are the file's own, as a spreadsheet shows them (features count from 1).
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_BYTES = 30 * 2**20
MAX_UNPACKED = 200 * 2**20
MAX_MEMBERS = 1_000
MAX_ROWS = 100_000
MAX_COLUMNS = 400
HEADER_WITHIN = 20  # rows above the header: titles, notes
WORKBOOKS = (".xlsx", ".xlsm")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?[\d\s.,]+\Z")
ARABIC = re.compile(r"(?<![A-Za-z\u00c0-\u024f])[\u0620-\u06d3]{2,}(?![A-Za-z\u00c0-\u024f])")
MIXED = re.compile(r"[A-Za-z\u00c0-\u024f][\u0620-\u06d3]|[\u0620-\u06d3][A-Za-z\u00c0-\u024f]")
ERROR_SUFFIX = "_error"
csv.field_size_limit(20 * 2**20)  # a boundary in one cell


class Unreadable(ValueError):
    """The file as a whole cannot be taken; the message is for the person who chose it."""


class NoRows(Unreadable):
    """The file, or this sheet of it, holds no rows."""


@dataclass
class Table:
    """The rows of one sheet. `rows` holds (row number, cells), each as long as `header`."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    overlong: set[int] = field(default_factory=set)  # row numbers with more cells than the header

    def column(self, name: str) -> list[str]:
        at = self.header.index(name)
        return [cells[at] for _number, cells in self.rows]


def read(content: bytes, file_name: str, sheet: str = "") -> Table:
    """The rows of a file, one at least. Raises Unreadable with a sentence."""
    if len(content) > MAX_BYTES:
        raise Unreadable(_("This file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 2**20})
    if content[:4] == b"PK\x03\x04":
        return _from_workbook(content, sheet)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable(
            _("This is an old or locked Excel file: save it as XLSX without a password, or as CSV.")
        )
    if file_name.lower().endswith(WORKBOOKS):
        raise Unreadable(
            _(
                "This file is called a workbook (%(name)s), but it is none: it may be damaged, or have been renamed. "
                "Open it in a spreadsheet program and save it as XLSX or as CSV."
            )
            % {"name": file_name}
        )
    text = _decoded(content)
    if text.lstrip().startswith("{"):
        return _from_geojson(text)
    return _from_text(text)


# --- Cells -------------------------------------------------------------------------------------------------
def protected(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it. `unprotected` undoes it."""
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA_STARTS) and not NUMBER.match(value):
        return f"'{value}"
    return value


def unprotected(text: str) -> str:
    """Takes off exactly the apostrophe that `protected` puts on."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return unprotected(value).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return "" if value is None else str(value)


# --- Text: CSV, TSV -------------------------------------------------------------------------------------------
def _decoded(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text[:400].count("\x00") > 3:
            break
        return text
    raise Unreadable(_("This is not a text file, nor XLSX, nor GeoJSON."))


def _encodings(content: bytes) -> Iterator[str]:
    """Those to try, the next only when the one before does not read it."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield "utf-16"
    else:
        yield "utf-8-sig"
        yield _code_page(content[: 2 * 2**20])


def _code_page(content: bytes) -> str:
    """Windows-1256 where its Arabic letters make words of their own, else Windows-1252.

    The two share the small letters of French; É and its like, read as Arabic, stand among Latin letters.
    """
    as_arabic = content.decode("cp1256")
    return "cp1256" if len(ARABIC.findall(as_arabic)) > len(MIXED.findall(as_arabic)) else "cp1252"


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns, evenly."""
    sample = text[:20_000]

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        widths = widths[:HEADER_WITHIN]
        usual = max(set(widths), key=widths.count) if widths else 1
        return (0 if usual == 1 else round(widths.count(usual) / len(widths), 1), usual)

    return max(",;\t|", key=score)


def _from_text(text: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = [(number, [_text(cell) for cell in row]) for number, row in enumerate(reader, 1)]
    except csv.Error as error:
        raise Unreadable(
            _("This file stops making sense on line %(line)s.") % {"line": reader.line_num}
        ) from error
    return _table(rows)


# --- XLSX -------------------------------------------------------------------------------------------------------
def _from_workbook(content: bytes, wanted: str) -> Table:
    """The rows of the sheet that is wanted, or else of the first that holds any."""
    _guard_unpacking(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            s.name
            for s in book.sheets_metadata
            if s.typ == SheetTypeEnum.WorkSheet and s.visible == SheetVisibleEnum.Visible
        ]
        filled = [name for name in names if book.get_sheet_by_name(name).height > 1]
        if not filled:
            raise NoRows(_("No sheet of this workbook holds rows."))
        table = _first_with_rows(book, [wanted] if wanted in filled else filled)
    except (CalamineError, OSError) as error:
        raise Unreadable(_("This workbook cannot be opened; it may be damaged.")) from error
    table.sheets = filled
    return table


def _first_with_rows(book: CalamineWorkbook, names: list[str]) -> Table:
    for name in names:
        with suppress(NoRows):
            return _of_sheet(book.get_sheet_by_name(name))
    return _of_sheet(book.get_sheet_by_name(names[0]))  # which says what it lacks


def _of_sheet(sheet: CalamineSheet) -> Table:
    rows = [
        (number, [_text(cell) for cell in row])
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
    ]
    table = _table(rows, _merged(sheet))
    table.sheet = sheet.name
    return table


def _guard_unpacking(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(_("This workbook cannot be opened; it may be damaged.")) from error
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
        raise Unreadable(
            _("This workbook unpacks to more than the server takes. Save the sheet alone, or as CSV.")
        )


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, int, int]]:
    """Merged ranges as (first row, first column, last row, last column), counted from 0."""
    return [(*start, *end) for start, end in sheet.merged_cell_ranges or []]


# --- The header ---------------------------------------------------------------------------------------------------
def _table(rows: list[tuple[int, list[str]]], merged: list[tuple[int, int, int, int]] | None = None) -> Table:
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise NoRows(_("This file is empty."))
    if len(filled) > MAX_ROWS:
        raise Unreadable(_("This file has more than %(limit)s rows: divide it.") % {"limit": MAX_ROWS})
    at = _header_at(filled)
    number = filled[at][0]
    header, depth = _header(dict(rows), number, merged or [])
    body = [row for row in filled if row[0] >= number + depth]
    while body and _is_hxl(body[0][1]):
        body = body[1:]
    table = _squared(header, body)
    if not table.rows:
        raise NoRows(_("No row was found below the column names. Fill in the rows and load it again."))
    return table


def _header_at(filled: list[tuple[int, list[str]]]) -> int:
    """The first row that is nearly as wide as the widest and holds words, not numbers."""
    counts = [sum(map(bool, cells)) for _number, cells in filled[:50]]
    for at, (_number, cells) in enumerate(filled[:HEADER_WITHIN]):
        words = [cell for cell in cells if cell]
        numbers = sum(1 for cell in words if NUMBER.match(cell))
        if counts[at] >= 0.6 * max(counts) and numbers <= 0.2 * len(words):
            return at
    raise NoRows(_("No row of column names was found among the first %(n)s rows.") % {"n": HEADER_WITHIN})


def _header(
    rows: dict[int, list[str]], number: int, merged: list[tuple[int, int, int, int]]
) -> tuple[list[str], int]:
    """The column names, and how many rows they take: a merged cell names all the columns it spans."""
    spans = [m for m in merged if m[0] <= number - 1 <= m[2]]
    above = [m for m in merged if m[2] == number - 2 and 0 < m[3] - m[1] < len(rows[number]) - 1]
    first = min([m[0] for m in spans + above] + [number - 1])
    last = max([m[2] for m in spans] + [number - 1])
    if any(m[0] == last and m[3] > m[1] for m in spans):
        last += 1  # columns grouped under one merged name have their own names below
    lines = {at: list(rows.get(at + 1, [])) for at in range(first, last + 1)}
    for top, left, bottom, right in merged:
        if first <= top <= last and left < len(lines[top]):
            for at in range(top, min(bottom, last) + 1):
                lines[at] += [""] * (right + 1 - len(lines[at]))
                lines[at][left : right + 1] = [lines[top][left]] * (right + 1 - left)
    width = max(map(len, lines.values()))
    stacked = [[line[i] if i < len(line) else "" for line in lines.values()] for i in range(width)]
    names = [" ".join(dict.fromkeys(part for part in parts if part)) for parts in stacked]
    return [" ".join(name.split()) for name in names], last - (number - 1) + 1


def _is_hxl(cells: list[str]) -> bool:
    words = [cell for cell in cells if cell]
    return bool(words) and sum(cell.startswith("#") for cell in words) >= 0.5 * len(words)


def _squared(header: list[str], body: list[tuple[int, list[str]]]) -> Table:
    width = max((i + 1 for i, name in enumerate(header) if name), default=0)
    if width > MAX_COLUMNS:
        raise Unreadable(_("This file has more than %(limit)s columns.") % {"limit": MAX_COLUMNS})
    header = header[:width]
    _refuse_twins(header)
    names = [name or _("(column %(number)s)") % {"number": i} for i, name in enumerate(header, 1)]
    overlong = {number for number, cells in body if any(cells[width:])}
    rows = [(number, (cells + [""] * (width - len(cells)))[:width]) for number, cells in body]
    kept = [i for i, name in enumerate(header) if not _is_remark(name, header)]
    if len(kept) < width:
        rows = [(number, [cells[i] for i in kept]) for number, cells in rows]
        names = [names[i] for i in kept]
    return Table(names, [row for row in rows if any(row[1])], overlong=overlong)


def _is_remark(name: str, header: list[str]) -> bool:
    """The `_error` columns of a file of refused rows, mended and brought back."""
    return name.endswith(ERROR_SUFFIX) and name.removesuffix(ERROR_SUFFIX) in header


def _refuse_twins(header: list[str]) -> None:
    seen: dict[str, int] = {}
    for at, name in enumerate(header, 1):
        if name and name in seen:
            raise Unreadable(
                _("Two columns are called “%(name)s”: number %(first)s and number %(second)s. Rename one.")
                % {"name": name, "first": seen[name], "second": at}
            )
        seen[name] = at


# --- GeoJSON ---------------------------------------------------------------------------------------------------------
def _from_geojson(text: str) -> Table:
    try:
        data = json.loads(text, parse_constant=_no_such_number)
        features = data["features"]
        known = dict.fromkeys(key for f in features for key in f.get("properties") or {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("This is not a GeoJSON feature collection.")) from error
    if not features:
        raise NoRows(_("This file holds no features. Draw or export them, and load it again."))
    if len(features) > MAX_ROWS:
        raise Unreadable(_("This file has more than %(limit)s rows: divide it.") % {"limit": MAX_ROWS})
    names = list(known)
    placed = [name for name in ("latitude", "longitude", "geometry") if name not in known]
    rows = []
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") or {}
        place = _placed(feature.get("geometry"))
        cells = [_text(_flat(properties.get(name))) for name in names] + [place[name] for name in placed]
        rows.append((number, cells))
    return _without_empty_columns(Table([*names, *placed], rows), placed)


def _no_such_number(name: str) -> float:
    raise Unreadable(_("This file holds “%(name)s” where a number should be.") % {"name": name})


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _placed(geometry: Any) -> dict[str, str]:
    """A point as latitude and longitude, any other shape as GeoJSON: never its `crs`."""
    place = {"latitude": "", "longitude": "", "geometry": ""}
    if isinstance(geometry, dict) and geometry.get("coordinates"):
        kind, coordinates = geometry.get("type"), geometry["coordinates"]
        if kind == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
            place["longitude"], place["latitude"] = map(_text, coordinates[:2])
        else:
            place["geometry"] = json.dumps({"type": kind, "coordinates": coordinates})
    return place


def _without_empty_columns(table: Table, candidates: list[str]) -> Table:
    empty = {name for name in candidates if not any(table.column(name))}
    kept = [i for i, name in enumerate(table.header) if name not in empty]
    rows = [(number, [cells[i] for i in kept]) for number, cells in table.rows]
    return Table([table.header[i] for i in kept], rows)


def numbered(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as (row number, {column: cell})."""
    for number, cells in table.rows:
        yield number, dict(zip(table.header, cells, strict=True))
