"""The desk in the office: writing down a call, a visit or a letter, and handing a tip over. Each answers with a code to
read out, which is shown once: it is in no address, session or message."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from wagtail.admin import messages

from . import codes, reports
from .desk_forms import DeskForm, TipForm
from .forms import place_errors
from .models import Handover
from .views import FieldView

WORDS = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike",
    "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee",
    "Zulu",
]  # fmt: skip
SPOKEN = {word[0]: word for word in WORDS}  # as radio operators read, in every language


def read_out(code: str) -> list[list[tuple[str, str]]]:
    """A code in its groups, each sign with the word it is read out by: none for a digit."""
    return [[(sign, SPOKEN.get(sign, "")) for sign in group] for group in codes.grouped(code).split("-")]


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class DeskView(FieldView):
    """One form; what it brings is taken in by a verb, and the code is shown."""

    form_class: type[forms.Form]
    code_template = "engagements/office/code.html"

    @sensitive_variables()
    def take(self, form: Any) -> str:
        """Calls the verb and returns the code."""
        raise NotImplementedError

    def shown(self, form: Any) -> dict[str, Any]:
        """What the page with the code says beside it."""
        raise NotImplementedError

    def build(self, data=None) -> forms.Form:
        return self.form_class(data, user=self.request.user, initial=self.given())  # type: ignore[call-arg]

    def given(self) -> dict[str, str]:
        return {}

    @sensitive_variables()
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.build(request.POST)
        if form.is_valid() and (code := self.taken(form)):
            groups, said = read_out(code), self.shown(form)
            context = self.get_context_data(form=form, groups=groups, code=codes.grouped(code), **said)
            return self.response_class(request, [self.code_template], context)
        messages.error(request, _("Not saved yet: please look at the fields marked below."))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    @sensitive_variables()
    def taken(self, form: forms.Form) -> str:
        """The code; empty where the verb refused, with its sentences in the form."""
        try:
            return self.take(form)
        except ValidationError as error:
            place_errors(form, error)
        except PermissionDenied as error:
            form.add_error(None, str(error) or _("This is outside what your posting covers."))
        return ""

    def get_context_data(self, form: forms.Form | None = None, **kwargs):
        form = form or self.build()
        return super().get_context_data(form=form, media=form.media, **kwargs)


class TakeReport(DeskView):
    """A call, a visit, a letter or a paper form, on one screen."""

    template_name = "engagements/office/take_report.html"
    form_class = DeskForm
    page_title = gettext_lazy("Take a report")
    header_icon = "comment"

    def given(self):
        """`?channel=` and the like: what the report before had in common."""
        wanted = ("channel", "language", "hotline", "community")
        return {name: self.request.GET[name] for name in wanted if self.request.GET.get(name)}

    def take(self, form: DeskForm) -> str:
        return reports.take(form.told(), by=self.request.user, token=str(form.cleaned_data["token"] or ""))

    def shown(self, form: DeskForm):
        told = form.told()
        return {
            "sealed": told.topic.sealed,
            "about": told.topic.label,
            "lies": (told.community or told.area).label,  # type: ignore[union-attr]
            "next": f"{reverse('take_report')}?{urlencode(form.kept_for_next())}",
            "next_label": _("Enter the next"),
        }


class NewTip(DeskView):
    """A tip: handed over to the agency concerned, and kept nowhere."""

    template_name = "engagements/office/tip.html"
    form_class = TipForm
    page_title = gettext_lazy("Hand over a tip")
    header_icon = "mail"

    @sensitive_variables()
    def take(self, form: TipForm) -> str:
        given = {**form.cleaned_data}
        token = str(given.pop("token") or "")
        return reports.hand_over(**given, by=self.request.user, token=token)

    def shown(self, form: TipForm):
        return {
            "tip": True,
            "about": Handover.Category(form.cleaned_data["category"]).label,
            "lies": form.cleaned_data["area"].district.label,
            "agency": form.cleaned_data["agency"].label,
            "next": reverse("handover:new"),
            "next_label": _("Hand over the next"),
        }

    def get_breadcrumbs_items(self):
        tips = {"url": reverse("handover:index"), "label": _("Tips handed over")}
        *before, here = super().get_breadcrumbs_items()
        return [*before[:-1], tips, here]
