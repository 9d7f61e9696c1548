"""The figures in the office: one sheet for an area and a period, as the reader sees it or as the public does; and
the communities behind it."""

from __future__ import annotations

import datetime
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from communities.commas import listed
from communities.models import Area, Group
from communities.models.reference import DEEPEST, DISTRICT
from communities.sight import SignedInRequest, is_field, is_programme, reads_figures, reads_internal

from . import figures
from .figure_cards import page
from .figures import Period, Population, Step
from .figures.kept_sheets import sheet_for

PER_PAGE = 25
FIRST_DAY, LAST_DAY = datetime.date(1990, 1, 1), datetime.date(2190, 1, 1)
UP_THE_TREE = ["area" + "__parent" * level for level in range(DEEPEST + 1)]


class FigureFilter(forms.Form):
    """What the reader chose. What is missing or cannot be read is this month, everywhere, in their own sight."""

    area = forms.ModelChoiceField(
        Area.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("All areas"),
        label=gettext_lazy("Area"),
    )
    step = forms.ChoiceField(choices=Step.choices, required=False, label=gettext_lazy("Period"))
    on = forms.DateField(
        required=False,
        label=gettext_lazy("A day in it"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )
    counted = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("All that you may see")),
            ("public", gettext_lazy("As the public sees it")),
        ],
        required=False,
        label=gettext_lazy("What is counted"),
    )

    def __init__(self, data, *, areas: QuerySet[Area], public_alone: bool):
        super().__init__(data)
        cast("forms.ModelChoiceField", self.fields["area"]).queryset = areas
        if public_alone:
            del self.fields["counted"]


class FiguresView(WagtailAdminTemplateMixin, TemplateView):
    """What both screens share: who may come in, whose rows are counted, where and when."""

    request: SignedInRequest
    header_icon = "order"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not self.opens_to(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def opens_to(user: Any) -> bool:
        return reads_figures(user)

    @cached_property
    def is_public(self) -> bool:
        """An editor has the public's numbers and no others."""
        return not reads_internal(self.request.user) or self.request.GET.get("counted") == "public"

    def population(self, area: Area | None = None) -> Population:
        return Population.public(area) if self.is_public else Population.seen_by(self.request.user, area)

    @cached_property
    def filter(self) -> FigureFilter:
        given = {"step": Step.MONTH.value, "on": timezone.localdate().isoformat(), **self.request.GET.dict()}
        public_alone = not reads_internal(self.request.user)
        form = FigureFilter(given, areas=areas_of(self.population()), public_alone=public_alone)
        form.full_clean()
        return form

    @property
    def area(self) -> Area | None:
        return self.filter.cleaned_data.get("area")

    @cached_property
    def period(self) -> Period:
        chosen = self.filter.cleaned_data
        return figures.containing(chosen.get("step") or Step.MONTH, chosen.get("on") or timezone.localdate())

    def address(self, name: str, **changes: str) -> str:
        query = {
            "area": self.area.code if self.area else "",
            "step": self.period.step,
            "on": self.period.since.isoformat(),
            "counted": "public" if self.is_public else "",
            **changes,
        }
        return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value})}"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class Figures(FiguresView):
    template_name = "engagements/office/figures.html"
    page_title = gettext_lazy("Figures")

    def get_context_data(self, **kwargs):
        sheet = sheet_for(self.population(self.area), self.period)
        following = self.period.next
        listed = not self.is_public and CommunitiesBehind.opens_to(self.request.user)
        return super().get_context_data(
            **kwargs,
            **page(sheet, public=self.is_public),
            filter=self.filter,
            area=self.area,
            period=self.period,
            is_public=self.is_public,
            trust_withheld=self.is_public and self.area is not None,
            previous_url=self.address("figures", on=self.period.previous.since.isoformat()),
            next_url=self.address("figures", on=following.since.isoformat()) if self.period.ended else "",
            digest_url=self.address("digests"),
            silent_url=self.address("figures_communities", which="silent") if listed else "",
            unheard_url=self.address("figures_communities") if listed else "",
        )


class CommunitiesBehind(FiguresView):
    """The reader's communities, those not met for longest first, each with the groups that are not heard."""

    template_name = "engagements/office/figures_communities.html"
    page_title = gettext_lazy("Communities and who is heard")

    @staticmethod
    def opens_to(user: Any) -> bool:
        return is_field(user) or is_programme(user)

    def population(self, area: Area | None = None) -> Population:
        return Population.seen_by(self.request.user, area)

    def get_context_data(self, **kwargs):
        only_silent = self.request.GET.get("which") == "silent"
        population, on = self.population(self.area), self.period.last_known_day
        rows = figures.not_met(population, on) if only_silent else figures.by_last_met(population, on)
        page_obj = Paginator(rows.select_related("area").defer("area__boundary"), PER_PAGE).get_page(
            self.request.GET.get("p")
        )
        keys = [row.pk for row in page_obj]
        heard = figures.who_was_heard(population, on, communities=keys).unheard()
        return super().get_context_data(
            **kwargs,
            page_obj=page_obj,
            lines=[(row, *_by_state(heard.get(row.pk, {}))) for row in page_obj],
            only_silent=only_silent,
            on=on,
            area=self.area,
            days=figures.SILENT_DAYS,
            all_url=self.address("figures_communities"),
            silent_url=self.address("figures_communities", which="silent"),
            back_url=self.address("figures"),
            keep=self.address("figures_communities", which="silent" if only_silent else "").partition("?")[2],
        )


def _by_state(groups: dict[str, int]) -> list[str]:
    """The names of the groups that are absent, and of those that are present and silent."""
    return [
        listed(Group(name).label for name, state in groups.items() if state == wanted)
        for wanted in (figures.ABSENT, figures.SILENT)
    ]


def areas_of(population: Population) -> QuerySet[Area]:
    """Areas down to districts that hold a community, or else a commitment, of this population."""
    paths = list(population.communities().order_by().values_list(*UP_THE_TREE).distinct())
    if not paths and not population.is_public:
        upwards = [f"community__{above}" for above in UP_THE_TREE]
        paths = list(population.commitments().order_by().values_list(*upwards).distinct())
    around = {pk for path in paths for pk in path if pk}
    return Area.objects.filter(pk__in=around, level__lte=DISTRICT).defer("boundary").order_by("code")


# --- Where they are ----------------------------------------------------------------------------------------
class FiguresMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return reads_figures(request.user)


def menu_item() -> MenuItem:
    return FiguresMenuItem(
        gettext_lazy("Figures"), reverse("figures"), name="figures", icon_name="order", order=260
    )


urlpatterns = [
    path("figures/", Figures.as_view(), name="figures"),
    path("figures/communities/", CommunitiesBehind.as_view(), name="figures_communities"),
]
