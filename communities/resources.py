"""The importable lists of the ground floor."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from . import places
from .changes import communities_changed
from .importing import ImportResource, PlacedResource, Plan, Planned, after, register
from .importing.columns import LookupWidget, Refused
from .importing.countries import NAMES, alpha2
from .models import Agency, Area, BorderSection, Community, CrossingPoint, Language

NAMED = ["code", "name", "name_fr", "name_ar"]


class ParentWidget(LookupWidget):
    """An area by its code: a stored one, a country by any of its codes, or one that comes in the same file.

    The last is an unsaved Area that holds the code alone, until the plan knows the row.
    """

    coming: frozenset[str] | None = None  # not told yet: whatever may come

    def clean(self, value, row=None, **kwargs):
        known = self.rows()
        if found := known.get(value) or known.get(alpha2(value) or ""):
            return found
        if self.coming is None or value in self.coming:
            return Area(code=value, level=0)
        return super().clean(value)


class SectionWidget(LookupWidget):
    """A border section by its code, or by its two countries where they share one section alone."""

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value)
        except Refused:
            pair = sorted(filter(None, map(alpha2, re.split(r"[-–/]", value))))
            found = [s for s in self.rows().values() if [s.country_a, s.country_b] == pair]
            if len(found) != 1:
                raise
            return found[0]


@register
class AreaResource(ImportResource):
    """Areas with P-codes, with or without boundaries. An area's country and parent follow from its row."""

    name = "areas"
    prefixable = ("code", "parent")
    synonyms = {
        "code": ("admin2Pcod", "admin1Pcod", "admin0Pcod", "p-code", "pcode", "adm2_code", "iso_3166_2"),
        "name": ("admin2Name", "admin1Name", "admin0Name", "name"),
        "level": ("admin level", "niveau"),
        "parent": ("parent p-code", "parent_pcode", "admin1Pcod", "admin0Pcod"),
        "valid_from": ("valid from date",),
        "boundary": ("geometry",),
    }

    class Meta:
        model = Area
        fields = [*NAMED, "level", "parent", "country", "source", "valid_from", "boundary"]
        import_id_fields = ["code"]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fields["parent"].widget = ParentWidget(Area)

    def expect(self, cells: dict[str, list[str]]) -> None:
        self.fields["parent"].widget.coming = frozenset(cells.get("code", ()))

    def derive(self, values: dict[str, Any], row: dict[str, str]) -> None:
        """A P-code begins with its country's."""
        if not values.get("country") and (country := alpha2(str(values.get("code") or "")[:2])):
            values["country"] = country

    def beside(self, plan: Plan, rows: list[Planned]) -> None:
        """Every row lies in one that stands above it, in the same file or stored; from the top down."""
        here = {planned.values["code"]: planned for planned in rows}
        for planned in sorted(rows, key=lambda p: p.row.level):
            self._tie(plan, planned, here)
        self._hold_what_lies_inside(plan, here)

    def _tie(self, plan: Plan, planned: Planned, here: dict[str, Planned]) -> None:
        """Ties a row whose parent comes in the same file to that very row."""
        row = planned.row
        parent = planned.values.get("parent") or self.fields["parent"].widget.by_pk(row.parent_id)
        above = here.get(parent.code) if parent else None
        if above and above.number in plan.refused:
            above = None
        if parent is None:
            if row.level:
                plan.refuse(planned.number, "parent", _("the code of the area it lies in"))
        elif above is None and not parent.pk:
            sentence = _("an area that can be brought in: the row of the one it lies in is refused")
            plan.refuse(planned.number, "parent", sentence, value=parent.code)
        elif (above.row if above else parent).level >= row.level:
            sentence = _("a level below that of %(parent)s") % {"parent": parent.code}
            plan.refuse(planned.number, "level", sentence, value=str(row.level))
        elif above and not parent.pk:
            row.parent = above.row

    @staticmethod
    def _hold_what_lies_inside(plan: Plan, here: dict[str, Planned]) -> None:
        """A stored row that takes another level stays above the rows inside it."""
        moved = {p.row.pk: p for p in here.values() if "level" in p.changed_fields}
        if not moved:
            return
        inside = Area.objects.exclude(parent=None).order_by("code")
        for code, level, parent in inside.values_list("code", "level", "parent"):
            own = here.get(code)
            if own and own.number not in plan.refused:
                level, parent = own.row.level, own.row.parent_id
            if parent in moved and level <= moved[parent].row.level:
                sentence = _("a level above that of %(child)s") % {"child": code}
                plan.refuse(moved[parent].number, "level", sentence, value=str(moved[parent].row.level))

    def objections(self, values: dict[str, Any]):
        level, parent = values.get("level"), values.get("parent")
        if level == 0 and parent is not None:
            yield "parent", _("nothing: a country stands at the top"), ""
        if level and "parent" in values and parent is None:
            yield "parent", _("the code of the area it lies in"), ""


@after(Area)
def place_what_was_lost(ids: list[int]) -> None:
    places.boundaries_redrawn()


@register
class BorderSectionResource(ImportResource):
    """Border lines. The pair is put in order; code and name follow from it where the file has none."""

    name = "border-sections"
    derived = ("code", "name")
    joins_shapes = True
    synonyms = {
        "code": ("pair", "country_pair"),
        "name": ("names",),
        "country_a": ("adm0_a3_l", "adm0_left"),
        "country_b": ("adm0_a3_r", "adm0_right"),
        "line": ("geometry",),
        "wording": ("comment",),
    }

    class Meta:
        model = BorderSection
        fields = [
            *NAMED,
            *[
                "country_a",
                "country_b",
                "kind",
                "status",
                "wording",
                "wording_fr",
                "wording_ar",
                "source",
                "line",
            ],
        ]
        import_id_fields = ["code"]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fields["code"].needed = False
        also = {
            "International boundary (verify)": "agreed",
            "Disputed (please verify)": "disputed",
            "Line of control (please verify)": "disputed",
            "Claim boundary": "disputed",
            "Indefinite (please verify)": "not_demarcated",
        }
        self.fields["status"].widget.also = also
        self.fields["kind"].widget.also = {"Water Indicator": "water", "river": "water"}

    def derive(self, values: dict[str, Any], row: dict[str, str]) -> None:
        a, b = values.get("country_a"), values.get("country_b")
        if a and b:
            values["country_a"], values["country_b"] = sorted([a, b])
            values["code"] = values.get("code") or "-".join(sorted([a, b]))
            if not values.get("name"):
                values["name"] = "–".join(NAMES.get(c, (c,))[0] for c in sorted([a, b]))

    def objections(self, values: dict[str, Any]):
        if values.get("country_a") and values.get("country_a") == values.get("country_b"):
            yield "country_b", _("another country than the first"), ""


@after(BorderSection)
def measure_again(ids: list[int]) -> None:
    places.lines_redrawn()


@register
class CrossingPointResource(PlacedResource):
    name = "crossing-points"
    place_needed = True
    synonyms = {"section": ("country_pair", "border_section"), "kind": ("official",)}

    class Meta:
        model = CrossingPoint
        fields = [
            *[*NAMED, "section", "kind", "status", "opening_hours", "joint"],
            *["latitude", "longitude", "source", "as_of"],
        ]
        import_id_fields = ["code"]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fields["section"].widget = SectionWidget(BorderSection)
        self.fields["kind"].widget.also = {
            "yes": "official",
            "no": "customary",
            "oui": "official",
            "non": "customary",
        }


@register
class AgencyResource(ImportResource):
    name = "agencies"
    synonyms = {
        "code": ("acronym", "sigle"),
        "name": ("organisation", "agency"),
        "tips_to": ("e-mail for tips", "email for tips", "courriel pour les signalements"),
    }

    class Meta:
        model = Agency
        fields = [*NAMED, "kind", "country", "tips_to"]
        import_id_fields = ["code"]


@register
class LanguageResource(ImportResource):
    name = "languages"
    synonyms = {"code": ("iso", "iso 639-3", "iso639_3")}

    class Meta:
        model = Language
        fields = NAMED
        import_id_fields = ["code"]


@register
class CommunityResource(PlacedResource):
    """Communities. A population of 0 is a figure nobody has: it is taken as not known."""

    name = "communities"
    place_needed = True
    placeless_kinds = ("nomadic",)
    alike_by = ()
    prefixable = ("code", "area")
    synonyms = {
        "code": ("geonameid", "code_commune", "place_id"),
        "name": ("village", "settlement", "commune", "name_fr"),
        "population_source": (
            *["population source", "source of population", "source population", "source de la population"],
            "مصدر عدد السكان",
        ),
        "population_date": (
            *["date of population", "date population", "date de la population"],
            "تاريخ عدد السكان",
        ),
    }

    class Meta:
        model = Community
        fields = [
            *[*NAMED, "kind", "country", "area", "section", "latitude", "longitude"],
            *["population", "population_source", "population_date", "languages", "rhythm_days"],
            *["public_place", "publish_delay_days", "at_risk"],
        ]
        import_id_fields = ["code"]

    def derive(self, values: dict[str, Any], row: dict[str, str]) -> None:
        if "population" in values and not values["population"]:
            values["population"] = None

    def objections(self, values: dict[str, Any]):
        if values.get("population") and not values.get("population_source"):
            yield "population_source", _("where the population figure comes from"), ""
        area, country = values.get("area"), values.get("country")
        if area and country and area.country != country:
            yield "area", _("an area in %(country)s") % {"country": country}, ""

    def complete(self, rows) -> set[str]:
        return places.find_areas(rows) | places.find_border(rows)


@after(Community)
def tell_the_floors_above(ids: list[int]) -> None:
    communities_changed()
