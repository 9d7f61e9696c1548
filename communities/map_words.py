"""The words of the drawing tools on a map field, in the shape of Leaflet.draw's own `drawLocal`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def drawing_words() -> dict[str, Any]:
    """For the reader's language. What the tools of this tracker never show is left out."""
    return {"draw": {"toolbar": _drawing_tools(), "handlers": _drawing_hints()}, "edit": _editing()}


def _said(words: str) -> dict[str, str]:
    return {"title": words, "text": words}


def _drawing_tools() -> dict[str, Any]:
    return {
        "actions": _said(_("Cancel")),
        "finish": _said(_("Finish")),
        "undo": _said(_("Delete the last point")),
        "buttons": {
            "marker": _("Put a mark on the map"),
            "polyline": _("Draw a line"),
            "polygon": _("Draw a boundary"),
        },
    }


def _drawing_hints() -> dict[str, Any]:
    return {
        "marker": {"tooltip": {"start": _("Click where the place is.")}},
        "polyline": {
            "error": _("The line must not cross itself."),
            "tooltip": {
                "start": _("Click where the line begins."),
                "cont": _("Click to go on with the line."),
                "end": _("Click the last point to finish the line."),
            },
        },
        "polygon": {
            "tooltip": {
                "start": _("Click where the boundary begins."),
                "cont": _("Click to go on with the boundary."),
                "end": _("Click the first point to close the boundary."),
            },
        },
    }


def _editing() -> dict[str, Any]:
    return {
        "toolbar": {
            "actions": {
                "save": _said(_("Keep the changes")),
                "cancel": _said(_("Cancel")),
                "clearAll": _said(_("Remove everything")),
            },
            "buttons": {
                "edit": _("Change what is drawn"),
                "editDisabled": _("Nothing is drawn yet"),
                "remove": _("Remove what is drawn"),
                "removeDisabled": _("Nothing is drawn yet"),
            },
        },
        "handlers": {
            "edit": {
                "tooltip": {
                    "text": _("Move the points to where they belong."),
                    "subtext": _("Cancel takes the changes back."),
                }
            },
            "remove": {"tooltip": {"text": _("Click what is to be removed.")}},
        },
    }
