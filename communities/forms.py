"""The office's forms of the ground floor that need more than their model says.

Their fields are named by the viewset: a form made here, at import, would not know the choosers yet.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Area, Community, User
from .office import CodesField, ScopedForm
from .office_forms import DayInput


class AreaForm(ScopedForm):
    """Levels fall from the top down, so that the way up from an area always ends."""

    def clean(self):
        cleaned = super().clean()
        level, parent = cleaned.get("level"), cleaned.get("parent")
        if level is None:
            return cleaned
        if parent and parent.level >= level:
            above = {"area": parent.code, "level": parent.level}
            self.add_error(
                "parent", _("%(area)s is of level %(level)s: choose one that stands above.") % above
            )
        inside = Area.objects.filter(parent=self.instance.pk, level__lte=level) if self.instance.pk else None
        if inside and (child := inside.order_by("code").first()):
            below = {"area": child.code, "level": child.level}
            self.add_error("level", _("%(area)s, of level %(level)s, lies inside this area.") % below)
        return cleaned


class CommunityForm(ScopedForm):
    """The area may stay empty: it is then found from the place."""

    class Meta(ScopedForm.Meta):
        widgets = {"languages": forms.CheckboxSelectMultiple, "notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].help_text = _("Leave empty to find it from the place on the map.")
        self.fields["section"].help_text = _("Leave empty to take the nearest one.")

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("area") and not cleaned.get("location") and "area" not in self.errors:
            self.add_error("area", _("Give the area, or the place on the map: one of the two."))
        return cleaned


class TieForm(ScopedForm):
    """The other community, where it is out of its user's sight, is not shown and stays as it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        other = Community.objects.filter(pk=self.instance.other_id)
        if other and not other.visible_to(self.for_user):
            for name in ("other", "other_name", "other_country"):
                del self.fields[name]
            self.fields["kind"].help_text = _("The other community is out of your sight: it stays as it is.")


class ContactForm(ScopedForm):
    """A name or phone that was recorded is never shown here: it is kept, replaced or removed unseen."""

    forget = forms.BooleanField(
        label=_("Remove the recorded name and phone"),
        required=False,
        help_text=_("When the person asks for it, or left the role."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.recorded = {name: getattr(self.instance, name) for name in ("name", "phone")}
        for name in self.recorded:
            self.fields[name].widget = forms.TextInput(attrs={"autocomplete": "off"})
            self.initial[name] = ""
            if self.instance.pk:
                self.fields[name].help_text = _("Leave empty to keep what is recorded.")
        if not self.instance.pk:
            del self.fields["forget"]

    def clean(self):
        cleaned = super().clean()
        for name, before in self.recorded.items():
            if cleaned.get("forget"):
                cleaned[name] = ""
            elif not cleaned.get(name):
                cleaned[name] = before
        return cleaned


class UserForm(ScopedForm):
    class Meta(ScopedForm.Meta):
        model = User
        fields = ["email", "name", "language", "is_active"]

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody already signs in with this address."))
        return email


class InvitationForm(UserForm):
    """Nobody types another person's password: an invitation goes to this address."""

    class Meta(UserForm.Meta):
        fields = ["email", "name", "language"]


class PersonField(forms.ModelChoiceField):
    """A choice of people, by name: the row itself only shows its number."""

    def label_from_instance(self, obj):
        return f"{obj.name} ({obj.email})"


class PostingForm(ScopedForm):
    user = PersonField(User.objects.filter(is_active=True), label=_("User"))
    areas = CodesField(
        Area.objects.all(),
        required=False,
        label=_("Areas"),
        help_text=_(
            "P-codes, with a space or a comma between them. Who works in an area sees these areas and all "
            "below them, and nothing without them."
        ),
    )

    class Meta(ScopedForm.Meta):
        widgets = {"sections": forms.CheckboxSelectMultiple}


class EndForm(forms.Form):
    on = forms.DateField(label=_("Last day"), widget=DayInput)
