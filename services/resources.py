"""The importable lists of the services' floor."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities import places
from communities.importing import ImportResource, PlacedResource, Plan, Planned, after, register
from communities.importing.columns import ChoiceWidget, Column, DateWidget

from . import gaps
from .models import Observation, Project, Sector, ServicePoint, ServiceState, ServiceType

NAMED = ["code", "name", "name_fr", "name_ar"]
STATE_WORDS = {
    "functional": "working",
    "functioning": "working",
    "operational": "working",
    "open": "working",
    "fonctionnel": "working",
    "en service": "working",
    "يعمل": "working",
    "partially functional": "partly",
    "functional but needs repair": "partly",
    "partiellement fonctionnel": "partly",
    "non functional": "not_working",
    "not functional": "not_working",
    "non fonctionnel": "not_working",
    "hors service": "not_working",
    "لا يعمل": "not_working",
    "abandoned": "closed",
    "fermé": "closed",
    "مغلق": "closed",
}


@register
class ServiceTypeResource(ImportResource):
    name = "service-types"

    class Meta:
        model = ServiceType
        fields = [
            *NAMED,
            "max_km",
            "max_people",
            "max_visit_gap_days",
            "fresh_days",
            "standard_source",
            "position",
        ]
        import_id_fields = ["code"]

    def objections(self, values: dict[str, Any]):
        named = {"max_km", "max_visit_gap_days"} <= values.keys()
        if named and not values["max_km"] and not values["max_visit_gap_days"]:
            yield "max_km", _("a distance, a gap between visits, or both"), ""


@register
class ServicePointResource(PlacedResource):
    """Service points; what was seen there may stand in the same row, and becomes an observation."""

    name = "service-points"
    export_only = {
        "retired_on": gettext_lazy(
            "The column “retired_on” is not read: a point is taken out of the register on its own page."
        )
    }
    apart = ("observed",)
    alike_by = ("type",)
    place_needed = True
    prefixable = ("code", "area", "agency")
    synonyms = {
        "code": ("row_id", "facility_id", "market_id"),
        "name": ("facility name", "market", "school", "nom de l'établissement"),
        "kind_detail": ("facility type", "type_label_fr", "water_technology", "category"),
        "precision": ("geo_precision",),
        "observed_state": ("status_id", "functionality"),
    }
    observed_state = Column(
        None,
        widget=ChoiceWidget(ServiceState.choices, STATE_WORDS),
        label=gettext_lazy("state, as observed"),
    )
    observed_on = Column(None, widget=DateWidget(), label=gettext_lazy("observed on"))

    class Meta:
        model = ServicePoint
        fields = [
            *[*NAMED, "type", "country", "area", "agency", "latitude", "longitude", "precision"],
            *["serves_across_border", "kind_detail", "source", "retired_on", "observed_state", "observed_on"],
        ]
        import_id_fields = ["code"]

    def derive(self, values: dict[str, Any], row: dict[str, str]) -> None:
        if "observed_state" in values or "observed_on" in values:
            values["observed"] = values.pop("observed_state", None), values.pop("observed_on", None)

    def objections(self, values: dict[str, Any]):
        state, day = values.get("observed", (None, None))
        if state and not day:
            yield "observed_on", _("the day on which this state was seen"), ""
        if day and not state:
            yield "observed_state", _("the state that was seen on that day"), ""
        if day and day > timezone.localdate():
            yield "observed_on", _("a day that has come"), ""
        area, country = values.get("area"), values.get("country")
        if area and country and area.country != country:
            yield "area", _("an area in %(country)s") % {"country": country}, ""

    def beside(self, plan: Plan, rows: list[Planned]) -> None:
        """An observation for each row that states one and is not recorded yet."""
        stating = [p for p in rows if all(p.apart.get("observed", (None,)))]
        known = _recorded([p.stored.pk for p in stating if p.stored])
        for planned in stating:
            state, day = planned.apart["observed"]
            source = planned.values.get("source") or planned.row.source
            earlier = known.get((planned.stored.pk, day), {}) if planned.stored else {}
            if state in earlier.values():
                continue
            if source not in earlier:
                new = Observation(state=state, date=day, source=source, method="register", by=plan.by)
                planned.beside.append(new)
                planned.differences.append(("observed_state", "", f"{day.isoformat()} {state}"))
            else:
                sentence = _("another date or source: what was recorded is never overwritten")
                plan.refuse(planned.number, "observed_state", sentence, value=state)

    def complete(self, rows) -> set[str]:
        return places.find_areas(rows)

    def for_export(self, queryset):
        return queryset.with_latest()

    def dehydrate_observed_state(self, row: ServicePoint) -> str:
        return getattr(row, "seen_state", None) or ""

    def dehydrate_observed_on(self, row: ServicePoint) -> str:
        seen_on = getattr(row, "seen_on", None)
        return seen_on.isoformat() if seen_on else ""


def _recorded(points: list[int]) -> dict[tuple, dict[str, str]]:
    """(service point, day) → {source: state}."""
    known: dict[tuple, dict[str, str]] = {}
    for start in range(0, len(points), 1000):
        rows = Observation.objects.filter(point__in=points[start : start + 1000])
        for point, day, source, state in rows.values_list("point", "date", "source", "state"):
            known.setdefault((point, day), {})[source] = state
    return known


@register
class ObservationResource(ImportResource):
    """Observations. A new one stands beside the earlier: an import never overwrites what was recorded."""

    name = "observations"
    append_only = True
    prefixable = ("point",)
    synonyms = {"point": ("code", "service point", "facility_code"), "state": ("observed_state",)}

    class Meta:
        model = Observation
        fields = ["point", "date", "state", "method", "source", "staffed", "supplied"]
        import_id_fields = ["point", "date", "source"]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fields["state"].widget.also = STATE_WORDS

    def objections(self, values: dict[str, Any]):
        if values.get("date") and values["date"] > timezone.localdate():
            yield "date", _("a day that has come"), ""


@register
class SectorResource(ImportResource):
    name = "sectors"
    synonyms = {"name": ("name_en",)}

    class Meta:
        model = Sector
        fields = NAMED
        import_id_fields = ["code"]


@register
class ProjectResource(ImportResource):
    name = "projects"
    synonyms = {"code": ("project code", "iati-identifier"), "name": ("project", "projet", "titre")}

    class Meta:
        model = Project
        fields = [
            *[*NAMED, "summary", "summary_fr", "summary_ar", "state", "funder", "implementer", "sector"],
            *["budget", "currency", "starts", "ends", "areas", "communities"],
        ]
        import_id_fields = ["code"]

    def objections(self, values: dict[str, Any]):
        if values.get("budget") is not None and "currency" in values and not values["currency"]:
            yield "currency", _("the currency of the budget, such as XOF"), ""
        if values.get("starts") and values.get("ends") and values["ends"] < values["starts"]:
            yield "ends", _("a day no earlier than the first"), ""


# --- What rests on these rows is computed again -----------------------------------------------------------
@after(ServicePoint)
def points_changed(ids: list[int]) -> None:
    gaps.mark_changed(_types_of(ServicePoint.objects.filter, "pk__in", "type", ids))


@after(Observation)
def observations_changed(ids: list[int]) -> None:
    gaps.mark_changed(_types_of(Observation.objects.filter, "pk__in", "point__type", ids))


@after(ServiceType)
def standards_changed(ids: list[int]) -> None:
    gaps.mark_changed(set(ids))


def _types_of(narrow, lookup: str, path: str, ids: list[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(ids), 1000):
        rows = narrow(**{lookup: ids[start : start + 1000]}).order_by()
        found.update(rows.values_list(path, flat=True).distinct())
    return found
