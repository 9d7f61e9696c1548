"""The words that anyone may read of a concern, a promise or its evidence: whether they are fit for it, and the verb that
corrects them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import Area, Community, User

from .models import Commitment, Concern, Evidence

PUBLIC_WORDS_CHECK = "check_public_words"
Worded = Concern | Commitment | Evidence
PUBLIC_WORDS: dict[type[Worded], list[str]] = {
    Concern: ["public_text", "answer"],
    Commitment: ["public_text", "cancel_reason"],
    Evidence: ["public_note"],
}
ONCE_GIVEN = {"answer", "cancel_reason"}


def fit_for_the_public(place: Community | Area | None, **texts: str) -> None:
    """Refuses words that anyone would read and that must stay inside, of a community or, where none is known, of an
    area. What those are the public door says: it registers (texts by field, place) → sentences by field under
    PUBLIC_WORDS_CHECK."""
    given = {field: text for field, text in texts.items() if text}
    for check in hooks.get_hooks(PUBLIC_WORDS_CHECK) if given else ():
        if found := check(given, place):
            raise ValidationError(found)


def public_words(row: Worded) -> list[str]:
    """The fields of `row` that anyone may read in so many words: an answer or a reason once it was given."""
    return [name for name in PUBLIC_WORDS[type(row)] if name not in ONCE_GIVEN or getattr(row, name)]


def _stays_said() -> str:
    return _(
        "What was public once stays so, and stays counted. Write words that anyone may read, such as what it is about."
    )


@transaction.atomic
def reword(row: Worded, *, words: dict[str, str], by: User) -> None:
    """Corrects what the public reads of a row. A note of evidence may be taken back; what was asked or promised in
    public is not emptied: no miss goes out of the figures so.

    What was said inside, and the promise as it was spoken, are never touched. The log names the fields alone:
    words that had to go are not kept in it.
    """
    hold(row)
    if not type(row).objects.filter(pk=row.pk).reworded_by(by).exists():
        raise PermissionDenied
    given = {name: words[name].strip() for name in public_words(row) if name in words}
    stood = getattr(row, "public_text", "")
    if stood and not given.get("public_text", stood):
        raise ValidationError({"public_text": _stays_said()})
    changed = [name for name, text in given.items() if text != getattr(row, name)]
    for name in changed:
        setattr(row, name, given[name])
    row.full_clean()
    fit_for_the_public(_place_of(row), **given)
    row.save(update_fields=changed)
    if changed:
        _log(row, changed, by)


def _place_of(row: Worded) -> Community | Area | None:
    if isinstance(row, Concern):
        return row.community or row.area
    return (row.commitment if isinstance(row, Evidence) else row).community


def _log(row: Worded, fields: list[str], by: User) -> None:
    """Evidence has no page of its own: its line stands in the history of its commitment."""
    data: dict[str, Any] = {"fields": fields}
    if isinstance(row, Evidence):
        log(row.commitment, "engagements.reword", user=by, data={**data, "evidence": row.pk})
    else:
        log(row, "engagements.reword", user=by, data=data)
