"""One act on one row of the office: a page that asks, a POST that acts, the row's page again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin

from .sight import may


class RowActionView(BaseObjectMixin, WagtailAdminTemplateMixin, FormView):
    """One act on one row: asks with a page, acts on POST, and goes back to the row.

    A subclass gives `name` (in the address), `button_label`, `explanation`, `act(row, cleaned)`, and
    the `action` its user must be allowed on the row. What `act` refuses is shown as the form's error.
    """

    name = ""
    action = "change"
    icon = "edit"
    button_label: Any = ""
    explanation: Any = ""
    done_message: Any = ""
    form_class = forms.Form
    template_name = "communities/office/action.html"
    index_url_name = inspect_url_name = None

    @classmethod
    def offered_to(cls, row: models.Model, user: Any) -> bool:
        """Whether the row's page shows the button; `dispatch` asks the same before acting."""
        return may(user, cls.action, row)

    def act(self, row: models.Model, cleaned: dict) -> Any:
        raise NotImplementedError

    def dispatch(self, request, *args, **kwargs):
        if not self.offered_to(self.object, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            with transaction.atomic():
                self.result = self.act(self.object, form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, "; ".join(refusal.messages))
            return self.form_invalid(form)
        return self.respond()

    def respond(self):
        if self.done_message:
            messages.success(self.request, self.done_message)
        return redirect(self.inspect_url)

    @property
    def inspect_url(self) -> str:
        return reverse(self.inspect_url_name, args=(quote(self.object.pk),))

    def get_page_title(self):
        return self.button_label

    def get_page_subtitle(self):
        return str(self.object)

    def get_header_icon(self):
        return self.icon

    def get_breadcrumbs_items(self):
        plural = self.model._meta.verbose_name_plural
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural[:1].upper() + plural[1:]},
            {"url": self.inspect_url, "label": str(self.object)},
            {"url": "", "label": self.button_label, "sublabel": str(self.object)},
        ]


class Offer:
    """An action bound to the viewset that offers it."""

    def __init__(self, view: type[RowActionView], url_name: str):
        self.view, self.url_name = view, url_name
