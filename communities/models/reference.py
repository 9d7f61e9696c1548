"""Reference data: agencies, areas, border sections, crossing points, languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..privacy import levels
from ..sight import EVERYTHING, ScopedQuerySet, administration, everyone, programme
from .words import Named, code_field, country_field, in_language

REFERENCE = programme() | administration()
DISTRICT, DEEPEST = 2, 4  # levels of areas


class ReferenceQuerySet(ScopedQuerySet):
    """Reference data: every posted person reads it, managers and administrators keep it, all may know it."""

    seen = everyone()
    edited = REFERENCE

    def public(self):
        return self.filter(EVERYTHING)


class Agency(Named):
    """An organisation that acts."""

    class Kind(models.TextChoices):
        POLICE = "police", _("Police")
        BORDER_GUARD = "border_guard", _("Border guard")
        CUSTOMS = "customs", _("Customs")
        GENDARMERIE = "gendarmerie", _("Gendarmerie")
        CIVIL_REGISTRY = "civil_registry", _("Civil registry")
        MINISTRY = "ministry", _("Ministry")
        LOCAL_GOVERNMENT = "local_government", _("Local government")
        NGO = "ngo", _("Non-governmental organisation")
        DONOR = "donor", _("Donor")

    code = code_field()
    country = country_field(blank=True, help_text=_("Empty for an international organisation."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    tips_to = models.EmailField(
        _("e-mail for tips"),
        blank=True,
        help_text=_("What is handed over to this agency is mailed there, and kept nowhere here."),
    )

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(public="code name name_fr name_ar country kind", internal="tips_to")

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.label}"


class AreaQuerySet(ReferenceQuerySet):
    def within(self, ids: Iterable[int]) -> AreaQuerySet:
        """The areas with these primary keys and all below them (the tree is at most five levels deep)."""
        ids = list(ids)
        below = Q(pk__in=ids)
        path = "parent"
        for _level in range(DEEPEST):
            below |= Q(**{f"{path}_id__in": ids})
            path += "__parent"
        return self.filter(below)

    def around(self, ids: Iterable[int]) -> AreaQuerySet:
        """The areas with these primary keys and all above them."""
        lower = Area.objects.filter(pk__in=list(ids))
        above, path = Q(pk__in=lower.values("pk")), "parent"
        for _level in range(DEEPEST):
            above |= Q(pk__in=lower.values(path))
            path += "__parent"
        return self.filter(above)

    def named(self, query: str) -> AreaQuerySet:
        """Those of which the code or a name holds these words."""
        fields = ("code", "name", "name_fr", "name_ar")
        return self.filter(Q(*((f"{name}__icontains", query) for name in fields), _connector=Q.OR))


class Area(Named):
    """An administrative area with its P-code; a tree: country 0, region 1, district 2, …"""

    code = code_field(help_text=_("The P-code, such as BJ01."))
    level = models.PositiveSmallIntegerField(_("level"), validators=[MaxValueValidator(DEEPEST)])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside")
    )
    country = country_field()
    boundary = models.MultiPolygonField(_("boundary"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)

    objects = AreaQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar level parent country boundary source valid_from",
    )

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="area_has_parent_below_country",
                condition=Q(level=0, parent__isnull=True) | Q(level__gt=0, parent__isnull=False),
                violation_error_message=_("A country stands at the top; every other area lies inside one."),
            ),
            models.CheckConstraint(
                name="area_not_inside_itself",
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                violation_error_message=_("An area does not lie inside itself."),
            ),
        ]
        indexes = [models.Index(fields=["country", "level"])]

    def __str__(self):
        return f"{self.code} {self.label}"

    def upwards(self) -> Iterator[Area]:
        """This area and those it lies in, the nearest first. A query for each that was not fetched along with it."""
        area: Area | None = self
        for _step in range(DEEPEST + 1):
            if area:
                yield area
                area = area.parent

    @property
    def district(self) -> Area:
        """The district this area lies in, or itself at district level and above: nothing smaller is public."""
        return next((area for area in self.upwards() if area.level <= DISTRICT), self)


class Tree:
    """Which area lies in which, read in one query and asked without another."""

    def __init__(self) -> None:
        self.parents: dict[int, int | None] = dict(Area.objects.order_by().values_list("pk", "parent"))

    def upwards(self, area: int | None) -> list[int]:
        """The keys of an area and of those it lies in, the nearest first; none without an area."""
        found: list[int] = []
        while area is not None and len(found) <= DEEPEST:
            found.append(area)
            area = self.parents.get(area)
        return found


class BorderSection(Named):
    """A named stretch of border between two countries. Its status decides line style and wording."""

    class Kind(models.TextChoices):
        LAND = "land", _("Land (green border)")
        WATER = "water", _("Water (blue border)")

    class Status(models.TextChoices):
        AGREED = "agreed", _("Agreed")
        NOT_DEMARCATED = "not_demarcated", _("Not demarcated")
        DISPUTED = "disputed", _("Disputed")

    code = code_field()
    country_a = country_field()
    country_b = country_field()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.AGREED)
    wording = models.CharField(
        _("public wording"),
        max_length=240,
        blank=True,
        help_text=_("Shown beside a line that is disputed or not demarcated. The map asserts no claim."),
    )
    wording_fr = models.CharField(_("public wording in French"), max_length=240, blank=True)
    wording_ar = models.CharField(_("public wording in Arabic"), max_length=240, blank=True)
    line = models.MultiLineStringField(_("line"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar country_a country_b kind status wording wording_fr wording_ar "
        "line source",
    )

    class Meta:
        verbose_name = _("border section")
        verbose_name_plural = _("border sections")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="section_between_two_countries",
                condition=Q(country_a__lt=F("country_b")),
                violation_error_message=_("Name two different countries, in alphabetical order."),
            )
        ]

    def __str__(self):
        return f"{self.code} {self.label}"

    @property
    def public_wording(self) -> str:
        return in_language(self, "wording")

    @property
    def map_state(self) -> str:
        """The style of its line on the map of a list."""
        return self.status


class CrossingPoint(Named):
    """An official or customary place to cross."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("Official")
        CUSTOMARY = "customary", _("Customary")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SEASONAL = "seasonal", _("Open in some seasons")
        CLOSED = "closed", _("Closed")
        UNKNOWN = "unknown", _("Not known")

    code = code_field()
    section = models.ForeignKey(
        BorderSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="crossing_points",
        verbose_name=_("border section"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UNKNOWN)
    opening_hours = models.CharField(_("opening hours"), max_length=160, blank=True)
    joint = models.BooleanField(_("joint (one-stop) post"), default=False)
    location = models.PointField(_("place"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(
        public="code name name_fr name_ar section kind status opening_hours joint location source as_of",
    )

    class Meta:
        verbose_name = _("crossing point")
        verbose_name_plural = _("crossing points")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.label}"


class Language(Named):
    """A language people speak at meetings. The code is ISO 639-3."""

    code = code_field()

    objects = ReferenceQuerySet.as_manager()
    privacy = levels(public="code name name_fr name_ar")

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        ordering = ["name"]

    def __str__(self):
        return self.label
