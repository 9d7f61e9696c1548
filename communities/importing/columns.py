"""What a cell may hold: one widget per kind of field, each giving a value or a sentence why not.

A widget's `clean(text)` takes the cell's text (never empty) and returns the value or raises `Refused`; its
`render(value)` writes the value as `clean` would read it. A `Column` is django-import-export's field with
what an import needs to know besides: is it needed, what was expected, which headers usually mean it.
"""

from __future__ import annotations

import datetime
import difflib
import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.gis.db import models as gis
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiLineString
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from import_export.fields import Field
from import_export.widgets import Widget

from ..commas import listed
from ..geo import as_multipolygon
from .countries import alpha2, known_names, plain

LANGUAGES = ("en", "fr", "ar")
SPACES = re.compile(r"[\s\u00a0\u202f'’]")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?\Z")
WRITTEN_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\Z")
SHAPE_TEXT = re.compile(r"(MULTI)?(POLYGON|LINESTRING)\s*\(|\{", re.IGNORECASE)
MAX_SUGGESTIONS = 300  # distinct wrong codes looked up for a close one; beyond that the column is wrong


class Refused(ValueError):
    """A cell that cannot be taken: what was expected, and what it probably should be where that is certain."""

    def __init__(self, message: str, suggestion: str = ""):
        super().__init__(message)
        self.message, self.suggestion = message, suggestion


class Keep:
    """The cell says nothing: a stored value stays, a new row takes the field's default."""


def as_number(text: str) -> float:
    """A finite number, with a decimal point or comma. Raises Refused."""
    try:
        number = float(text)
    except ValueError:
        try:
            number = float(SPACES.sub("", text).replace(",", ".").replace("٫", "."))
        except ValueError:
            raise Refused(_("a number, such as 12.5")) from None
    if not math.isfinite(number):
        raise Refused(_("a number that can be measured"))
    return number


class TextWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        return value

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else value


class WholeNumberWidget(Widget):
    """Whole numbers; 12.0 is 12. "1,234" is refused: it may be a thousand or one and a bit."""

    def clean(self, value, row=None, **kwargs):
        bare = SPACES.sub("", value)
        if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", bare):
            whole = re.sub("[.,]", "", bare)
            raise Refused(_("a whole number without a point or comma"), whole)
        number = as_number(bare)
        if number != int(number):
            raise Refused(_("a whole number"))
        return int(number)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else value


class NumberWidget(WholeNumberWidget):
    def clean(self, value, row=None, **kwargs):
        return as_number(value)


class AmountWidget(WholeNumberWidget):
    """An amount of money, kept exact."""

    def clean(self, value, row=None, **kwargs):
        try:
            amount = Decimal(SPACES.sub("", value).replace(",", "."))
        except InvalidOperation:
            raise Refused(_("an amount, such as 125000 or 12.50")) from None
        if not amount.is_finite():
            raise Refused(_("an amount that can be paid"))
        return amount


class DateWidget(Widget):
    """ISO dates, and day-first dates that can be read in one way only."""

    def clean(self, value, row=None, **kwargs):
        try:
            if match := ISO_DATE.match(value):
                return datetime.date(*(int(part) for part in match.groups()))
            if match := WRITTEN_DATE.match(value):
                return self._written(int(match[1]), int(match[3]), int(match[4]))
        except ValueError as error:
            if isinstance(error, Refused):
                raise
            raise Refused(_("a day that exists")) from None
        raise Refused(_("a date written year-month-day, such as 2024-04-30"))

    @staticmethod
    def _written(first: int, second: int, year: int) -> datetime.date:
        if second > 12:  # month first: no such thing is taken, but what it means is certain
            meant = datetime.date(year, first, second).isoformat()
            raise Refused(_("the day before the month, or year-month-day"), meant)
        if first <= 12 and first != second:
            both = {
                "day_first": datetime.date(year, second, first).isoformat(),
                "month_first": datetime.date(year, first, second).isoformat(),
            }
            raise Refused(_("a date that reads in one way: %(day_first)s or %(month_first)s?") % both)
        return datetime.date(year, second, first)

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


YES = {"1", "true", "yes", "y", "oui", "vrai", "نعم", "x"}
NO = {"0", "false", "no", "n", "non", "faux", "لا"}


class YesNoWidget(Widget):
    def clean(self, value, row=None, **kwargs):
        word = value.casefold()
        if word in YES or word in NO:
            return word in YES
        raise Refused(_("yes or no"))

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else "yes" if value else "no"


class ChoiceWidget(TextWidget):
    """One of a field's choices, by its code or its name in any of the three languages."""

    def __init__(self, choices: Iterable[tuple[str, Any]], also: dict[str, str] | None = None):
        super().__init__()
        self.choices, self.also = [pair for pair in choices if pair[0]], also or {}
        self._known: dict[str, str] | None = None

    def _words(self) -> dict[str, str]:
        known = {}
        for language in LANGUAGES:
            with override(language):
                known.update({plain(str(label)): code for code, label in self.choices})
        known.update({plain(word): code for word, code in self.also.items()})
        known.update({plain(code): code for code, _label in self.choices})
        return known

    def clean(self, value, row=None, **kwargs):
        if self._known is None:
            self._known = self._words()
        bare = plain(value)
        if bare in self._known:
            return self._known[bare]
        expected = listed(code for code, _label in self.choices)
        raise Refused(_("one of: %(codes)s") % {"codes": expected}, close_to(bare, self._known))


class CountryWidget(TextWidget):
    def clean(self, value, row=None, **kwargs):
        if code := alpha2(value):
            return code
        raise Refused(
            _("a country: its two- or three-letter code, or its name"), close_to(plain(value), known_names())
        )


class LookupWidget(Widget):
    """A row of another list, by its code. The list is read once."""

    def __init__(self, model: Any):
        super().__init__()
        self.model = model
        self._by_code: dict[str, Any] | None = None
        self._by_pk: dict[int, Any] | None = None
        self._alike: dict[str, set[str]] = {}
        self._asked = 0

    def by_pk(self, pk: int | None) -> Any:
        if self._by_pk is None:
            self._by_pk = {row.pk: row for row in self.rows().values()}
        return None if pk is None else self._by_pk.get(pk)

    def rows(self) -> dict[str, Any]:
        if self._by_code is None:
            shapes = [f.name for f in self.model._meta.fields if isinstance(f, gis.GeometryField)]
            self._by_code = {row.code: row for row in self.model._default_manager.all().defer(*shapes)}
            self._alike = {}
            for row in self._by_code.values():
                for word in {
                    plain(row.code),
                    without_zeros(row.code),
                    plain(row.name),
                    plain(row.name_fr),
                } - {""}:
                    self._alike.setdefault(word, set()).add(row.code)
        return self._by_code

    def clean(self, value, row=None, **kwargs):
        if (found := self.rows().get(value)) is not None:
            return found
        raise Refused(
            _("the code of one of the %(list)s") % {"list": self.model._meta.verbose_name_plural},
            self.suggestion(value),
        )

    def suggestion(self, value: str) -> str:
        """The one row whose code or name is written almost like this; nothing where two are."""
        self._asked += 1
        if self._asked > MAX_SUGGESTIONS:
            return ""
        for word in (plain(value), without_zeros(value)):
            if len(found := self._alike.get(word, ())) == 1:
                return next(iter(found))
        return close_to(plain(value), {word: next(iter(c)) for word, c in self._alike.items() if len(c) == 1})

    def render(self, value, obj=None, **kwargs):
        return value.code if value else ""


class ManyWidget(LookupWidget):
    """Several codes, separated by semicolons, bars or spaces."""

    def clean(self, value, row=None, **kwargs):
        parts = [part for part in re.split(r"[;|\s]+", value) if part]
        found = [super(ManyWidget, self).clean(part) for part in parts]
        return tuple(sorted(found, key=lambda row: row.code))

    def render(self, value, obj=None, **kwargs):
        rows = value.all() if hasattr(value, "all") else value or ()
        return "; ".join(sorted(row.code for row in rows))


class ShapeWidget(Widget):
    """A line or a boundary, as GeoJSON or as well-known text; longitude and latitude only."""

    def __init__(self, field: gis.GeometryField):
        super().__init__()
        self.is_line = field.geom_type == "MULTILINESTRING"

    def clean(self, value, row=None, **kwargs):
        if not SHAPE_TEXT.match(value):
            raise Refused(_("a line or a boundary, as GeoJSON"))
        try:
            shape = GEOSGeometry(value, srid=4326)
        except (ValueError, GEOSException, GDALException) as error:
            raise Refused(_("a shape that can be drawn")) from error
        west, south, east, north = shape.extent
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise Refused(_("longitudes and latitudes in degrees (this looks like metres)"))
        return self._line(shape) if self.is_line else self._boundary(shape)

    @staticmethod
    def _line(shape: GEOSGeometry) -> GEOSGeometry:
        if shape.geom_type == "LineString":
            shape = MultiLineString(shape, srid=4326)
        if shape.geom_type != "MultiLineString" or shape.empty:
            raise Refused(_("a line"))
        return shape

    @staticmethod
    def _boundary(shape: GEOSGeometry) -> GEOSGeometry:
        try:
            return as_multipolygon(shape)
        except ValueError as error:
            raise Refused(str(error)) from None

    def render(self, value, obj=None, **kwargs):
        return value.wkt if value else ""


def close_to(word: str, known: dict[str, str]) -> str:
    """What `word` was probably meant to be, where one stands out; otherwise nothing."""
    near = difflib.get_close_matches(word, known, n=2, cutoff=0.8)
    meant = {known[match] for match in near}
    return meant.pop() if len(meant) == 1 else ""


def without_zeros(code: str) -> str:
    """A P-code without the zeros that pad its parts: NE01 and NE001 are the same place."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain(code))


class Column(Field):
    """One field of a resource. `virtual` columns have no field of their own (latitude, longitude)."""

    def __init__(
        self,
        attribute: str | None,
        *,
        widget: Widget,
        model_field: Any = None,
        label: str | Promise = "",
        needed: bool | None = None,
        expected: str | Promise = "",
        by_source: bool = False,
        prefixable: bool = False,
    ):
        super().__init__(attribute=attribute, widget=widget)
        self.model_field, self.by_source, self.prefixable = model_field, by_source, prefixable
        self._label = label
        self.expected = expected
        if needed is None:
            needed = bool(model_field) and not model_field.blank and model_field.default is NOT_PROVIDED
        self.needed = needed
        relation = isinstance(widget, LookupWidget)
        self.many = isinstance(widget, ManyWidget)
        self.checks_field = bool(model_field) and not relation and not isinstance(widget, ShapeWidget)

    @property
    def label(self) -> str:
        return capfirst(str(self._label or (self.model_field.verbose_name if self.model_field else "")))

    @property
    def help(self) -> str:
        """What is expected in this column, for people."""
        said = str(self.expected or getattr(self.model_field, "help_text", ""))
        if isinstance(self.widget, ChoiceWidget):
            said = f"{said} {', '.join(code for code, _label in self.widget.choices)}".strip()
        return said

    def nothing(self) -> Any:
        """What an empty cell means."""
        if self.many:
            return ()
        if self.model_field is None or self.model_field.null:
            return None
        return "" if self.model_field.blank and self.model_field.empty_strings_allowed else Keep

    def verdict(self, text: str) -> Any:
        """The value of a cell, or a Refused (returned, not raised: columns remember their verdicts)."""
        if not text:
            return Refused(_("a value: it is needed here")) if self.needed else self.nothing()
        if "\x00" in text:
            return Refused(_("text without NUL characters"))
        try:
            value = self.widget.clean(text)
            return self.model_field.clean(value, None) if self.checks_field else value
        except Refused as refused:
            return refused
        except ValidationError as error:
            return Refused("; ".join(map(self._in_our_words, error.error_list)))

    def _in_our_words(self, error: ValidationError) -> str:
        """What the field expected: our own validators say it themselves, Django's in its words for forms."""
        whole = isinstance(self.model_field, models.IntegerField)
        least = (
            _("a whole number, %(limit_value)s or more") if whole else _("a number, %(limit_value)s or more")
        )
        most = (
            _("a whole number, %(limit_value)s or less") if whole else _("a number, %(limit_value)s or less")
        )
        sentences = {
            "min_value": least,
            "max_value": most,
            "invalid": _("an e-mail address, such as name@agency.example"),
            "max_length": _("%(limit_value)s characters or fewer: this has %(show_value)s"),
            "max_digits": _("%(max)s digits or fewer"),
            "max_whole_digits": _("%(max)s digits or fewer before the point"),
            "max_decimal_places": _("%(max)s digits or fewer after the point"),
        }
        if error.code in sentences and (
            error.code != "invalid" or isinstance(self.model_field, models.EmailField)
        ):
            return sentences[error.code] % (error.params or {})
        return " ".join(error.messages)


def widget_for(field: Any) -> Widget:
    """The widget of a model's field."""
    if isinstance(field, gis.GeometryField):
        return ShapeWidget(field)
    if field.many_to_many:
        return ManyWidget(field.related_model)
    if field.is_relation:
        return LookupWidget(field.related_model)
    if field.choices:
        return ChoiceWidget(field.choices)
    if field.name.startswith("country"):
        return CountryWidget()
    kinds = {
        models.BooleanField: YesNoWidget,
        models.DateField: DateWidget,
        models.DecimalField: AmountWidget,
        models.FloatField: NumberWidget,
        models.IntegerField: WholeNumberWidget,
    }
    return next((make for kind, make in kinds.items() if isinstance(field, kind)), TextWidget)()


def latitude_column() -> Column:
    return Column(
        None,
        widget=NumberWidget(),
        label=gettext_lazy("latitude"),
        expected=gettext_lazy("Degrees north, such as 11.8701"),
    )


def longitude_column() -> Column:
    return Column(
        None,
        widget=NumberWidget(),
        label=gettext_lazy("longitude"),
        expected=gettext_lazy("Degrees east, such as 3.3856"),
    )
