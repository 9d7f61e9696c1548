"""The words that anyone may read of a concern or a promise: whether they are fit for it, and the verb that corrects them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.log_actions import log

from communities.changes import hold
from communities.models import Community, User

from .models import Commitment, Concern

PUBLIC_WORDS_CHECK = "check_public_words"
PUBLIC_WORDS: dict[type[Model], list[str]] = {
    Concern: ["public_text", "answer"],
    Commitment: ["public_text", "cancel_reason"],
}


def fit_for_the_public(community: Community, **texts: str) -> None:
    """Refuses words that anyone would read and that must stay inside. What those are the public door says: it
    registers (texts by field, community) → sentences by field under PUBLIC_WORDS_CHECK."""
    for check in hooks.get_hooks(PUBLIC_WORDS_CHECK):
        if found := check({field: text for field, text in texts.items() if text}, community):
            raise ValidationError(found)


def public_words(row: Concern | Commitment) -> list[str]:
    """The fields of `row` that anyone may read in so many words: an answer or a reason once it was given."""
    return [name for name in PUBLIC_WORDS[type(row)] if name == "public_text" or getattr(row, name)]


def _stays_said() -> str:
    return _(
        "What was public once stays so, and stays counted. Write words that anyone may read, such as what it is about."
    )


@transaction.atomic
def reword(row: Concern | Commitment, *, words: dict[str, str], by: User) -> None:
    """Corrects what the public reads of a row. What stands in public is not emptied: no miss goes out of the figures so.

    What was said inside, and the promise as it was spoken, are never touched. The log names the fields alone:
    words that had to go are not kept in it.
    """
    hold(row)
    if not type(row).objects.filter(pk=row.pk).reworded_by(by).exists():
        raise PermissionDenied
    given = {name: words[name].strip() for name in public_words(row) if name in words}
    if row.public_text and not given.get("public_text", row.public_text):
        raise ValidationError({"public_text": _stays_said()})
    changed = [name for name, text in given.items() if text != getattr(row, name)]
    for name in changed:
        setattr(row, name, given[name])
    row.full_clean()
    if row.community:
        fit_for_the_public(row.community, **given)
    row.save(update_fields=changed)
    if changed:
        log(row, "engagements.reword", user=by, data={"fields": changed})
