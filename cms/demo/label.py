"""Says wherever the public reads the demo that it is one: on every page, and at length on that of sources."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.models import Demo, StandardPage


def label() -> None:
    """Marks this site as a demo, and says on its page of sources what is invented and what is real."""
    Demo.objects.create()
    for page in StandardPage.objects.filter(slug="data-sources").select_related("locale"):
        with override(page.locale.language_code):
            page.body = [(block.block_type, block.value) for block in page.body] + _what_is_real()
        page.save_revision(log_action=False).publish(log_action=False)


def _what_is_real() -> list[tuple[str, str]]:
    invented = _(
        "This site is a demonstration. Its villages, herding groups, districts, agencies, service points, "
        "projects and cards are invented, and so is everything that happens: every meeting, every word, every "
        "promise and what came of it. In real towns too, nothing of this happened."
    )
    real = _(
        "Real are the outlines of countries and their borders, drawn coarsely, and the names, places and sizes "
        "of towns. The border stretch drawn as disputed is so; the one drawn as not demarcated is invented."
    )
    return [
        ("heading", _("What is invented here")),
        *(("paragraph", f"<p>{text}</p>") for text in (invented, real)),
    ]
