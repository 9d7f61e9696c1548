"""What several screens share: a name in three languages."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

NAMES = ["name", "name_fr", "name_ar"]


def names_panel() -> MultiFieldPanel:
    """The name as its people write it, with French and Arabic beside it."""
    return MultiFieldPanel(
        [FieldPanel("name"), FieldRowPanel([FieldPanel("name_fr"), FieldPanel("name_ar")])], heading=_("Name")
    )
