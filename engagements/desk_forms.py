"""The forms of the desk: a report that an officer writes down, a tip that is handed over, what became of it."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.db.models import Case, Q, QuerySet, When
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.commas import listed
from communities.models import Agency, Area, Community, Language
from communities.models.reference import DISTRICT
from communities.office_forms import DayInput
from communities.sight import areas_served

from . import reports, sealed
from .models import Concern, Handover, Hotline, Topic
from .report_forms import ReportForm
from .reports import Told

AT_THE_DESK = [
    Concern.Channel.HOTLINE,
    Concern.Channel.WALK_IN,
    Concern.Channel.LETTER,
    Concern.Channel.PAPER,
]
LISTED = 300  # communities that the browser offers as one types
NAMED = 8  # communities that a refusal names
MOST_TRANSFERS = 20
OFF = {"autocomplete": "off"}


def places_served(user: Any) -> QuerySet[Area]:
    """The areas that somebody at the desk may name: theirs, down to districts; the smaller ones where they serve
    nothing larger."""
    served = areas_served(user).defer("boundary").order_by("code")
    wide = served.filter(level__lte=DISTRICT)
    return wide if wide.exists() else served


class NamedChoice(forms.ModelChoiceField):
    """An area or an agency, by its name and code."""

    def label_from_instance(self, obj):
        return f"{obj.label} ({obj.code})"


class CommunityInput(forms.TextInput):
    """A code or name, with those in sight offered as one types."""

    template_name = "engagements/office/community_input.html"

    def __init__(self, offered: list[Community]):
        super().__init__(attrs={**OFF, "list": "communities-in-sight", "spellcheck": "false", "dir": "auto"})
        self.offered = offered

    def get_context(self, name, value, attrs):
        return {**super().get_context(name, value, attrs), "offered": self.offered}

    def _render(self, template_name, context, renderer=None):
        """Django's own renderer of widgets looks into apps alone; ours are with all other templates."""
        return mark_safe(render_to_string(template_name, context))


class CommunityByName(forms.CharField):
    """The community that somebody typed, by its code or name, among `rows`. Several of a name are named, to choose."""

    rows: QuerySet[Community] = Community.objects.none()

    def offer(self, rows: QuerySet[Community]) -> None:
        self.rows = rows
        offered = rows.only("code", "name", "name_fr", "name_ar").order_by("name")[:LISTED]
        self.widget = CommunityInput(list(offered))

    def clean(self, value):
        typed = super().clean(value)
        if not typed:
            return None
        found = self.found(typed)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(
                _("No community in your areas has this code or name. If it is not known, choose the area.")
            )
        named = listed(f"{row.label} {row.code}" for row in found[:NAMED])
        raise forms.ValidationError(
            _("Several are meant: %(communities)s. Type the code.") % {"communities": named}
        )

    def found(self, typed: str) -> list[Community]:
        """By the whole code, else by a whole name, else by a part of either."""
        names = ("name", "name_fr", "name_ar")
        by_code = {"code__iexact": typed}
        by_name = {f"{name}__iexact": typed for name in names}
        by_part = {f"{name}__icontains": typed for name in ("code", *names)}
        for asked in (by_code, by_name, by_part):
            rows = self.rows.filter(Q(**asked, _connector=Q.OR)).order_by("code")
            if found := list(rows[: NAMED + 1]):
                return found
        return []


class DeskForm(ReportForm):
    """What a call, a visit, a letter or a paper form brings. The place is a community or, where none is known, an area."""

    token = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=[(channel.value, channel.label) for channel in AT_THE_DESK],
        initial=Concern.Channel.HOTLINE,
        widget=forms.RadioSelect,
    )
    community = CommunityByName(
        label=gettext_lazy("Community"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Code or name."),
    )
    area = NamedChoice(
        label=gettext_lazy("Area, if the community is not known"),
        queryset=Area.objects.none(),
        required=False,
    )
    raised_by = forms.ChoiceField(label=gettext_lazy("Raised by"), choices=Concern.RAISERS, initial="person")
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        choices=Concern.Urgency,
        initial=Concern.Urgency.NORMAL,
        help_text=gettext_lazy("At once: somebody looks within 4 hours. Soon: 2 days. Normal: 7 days."),
    )
    raised_on = forms.DateField(
        label=gettext_lazy("Day"), initial=timezone.localdate, widget=DayInput(attrs=OFF)
    )
    language = forms.ModelChoiceField(
        label=gettext_lazy("Language spoken"),
        queryset=Language.objects.none(),
        to_field_name="code",
        required=False,
    )
    hotline = forms.ModelChoiceField(
        label=gettext_lazy("Number they called"), queryset=Hotline.objects.none(), required=False
    )
    transfers = forms.IntegerField(
        label=gettext_lazy("How often were they passed on before they got here?"),
        required=False,
        min_value=0,
        max_value=MOST_TRANSFERS,
        help_text=gettext_lazy("Ask. Empty means not asked: it is not counted as 0."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        field = cast("dict[str, Any]", self.fields)
        field["community"].offer(
            Community.objects.visible_to(user).filter(area__in=areas_served(user).values("pk")).active()
        )
        field["area"].queryset = places_served(user)
        field["language"].queryset = Language.objects.visible_to(user)
        field["hotline"].queryset = Hotline.objects.visible_to(user).working()
        field["topic"].queryset = sealed.offered(Topic.objects.all())
        field["topic"].help_text = sealed.instead()
        field["text"].help_text = _("In their words: what, where, since when. No names are needed.")
        field["contact"].label = _("How to reach them, if they want to say")
        for name in ("text", "contact"):
            field[name].widget.attrs.update(OFF, dir="auto")

    @cached_property
    def sealed_topics(self) -> list[Topic]:
        """The topics that are sealed at once, where there is a key."""
        return list(sealed.offered(Topic.objects.all()).filter(sealed=True))

    @property
    def sealed_keys(self) -> str:
        return " ".join(str(topic.pk) for topic in self.sealed_topics)

    @property
    def sealed_names(self) -> str:
        return listed(topic.label for topic in self.sealed_topics)

    def clean(self):
        cleaned = super().clean()
        if "community" in cleaned and bool(cleaned["community"]) == bool(cleaned.get("area")):
            self.add_error(
                "community", _("Name the community or, where it is not known, the area: one of them.")
            )
        return cleaned

    def told(self) -> Told:
        given = {**self.cleaned_data}
        given.pop("token")
        called = given["channel"] == Concern.Channel.HOTLINE
        given["language"] = given["language"].code if given["language"] else ""
        given["hotline"] = given["hotline"] if called else None
        return Told(**given)

    def kept_for_next(self) -> dict[str, str]:
        """What the next report at this desk most likely has in common with this one: no word of what was said."""
        kept = {"channel": self.cleaned_data["channel"]}
        for name in ("language", "hotline"):
            if row := self.cleaned_data.get(name):
                kept[name] = row.code if name == "language" else str(row.pk)
        return kept


def taking_tips(user: Any) -> QuerySet[Agency]:
    """The agencies that take tips: those of the countries that `user` serves first."""
    countries = areas_served(user).order_by().values("country").distinct()
    return (
        Agency.objects.visible_to(user)
        .exclude(tips_to="")
        .annotate(away=Case(When(country__in=countries, then=0), default=1))
        .order_by("away", "code")
    )


class TipAgency(forms.Form):
    """Who is to have it, and what kind of tip it is: that much is kept."""

    category = forms.ChoiceField(
        label=gettext_lazy("Category"), choices=[("", "—"), *Handover.Category.choices]
    )
    agency = NamedChoice(label=gettext_lazy("Hand over to"), queryset=Agency.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["agency"]).queryset = taking_tips(user)


class TipOfConcern(TipAgency):
    """What came in as a concern and is a tip."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].help_text = _(
            "The words go by mail, with those of what was joined to it. Photos do not go with it: they are deleted here."
        )


class TipForm(TipAgency):
    """A tip: its words go to the agency by mail and are kept nowhere."""

    token = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
    area = NamedChoice(label=gettext_lazy("District"), queryset=Area.objects.none())
    transfers = forms.IntegerField(
        label=gettext_lazy("How often were they passed on before they got here?"),
        required=False,
        min_value=0,
        max_value=MOST_TRANSFERS,
        help_text=gettext_lazy("Ask. Empty means not asked: it is not counted as 0."),
    )
    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=reports.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "dir": "auto", **OFF}),
        help_text=gettext_lazy("Mailed to the agency when you hand it over. Kept nowhere here."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        area = cast("forms.ModelChoiceField", self.fields["area"])
        area.queryset = places_served(user)
        if area.queryset.count() == 1:
            area.initial = area.queryset.first()


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        choices=[("", "—"), *[choice for choice in Handover.Outcome.choices if choice[0] != "waiting"]],
        help_text=gettext_lazy("Whoever gave the tip reads this with their code."),
    )
