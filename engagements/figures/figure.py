"""A figure: its part, its whole, its period, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Rest(TextChoices):
    """What became of those that are in the whole and not in the part."""

    UNCONFIRMED = "unconfirmed", _("Done, not yet confirmed")
    NOT_DONE = "not_done", _("Not done, or done in part")
    REFUSED = "refused", _("Done, and people did not find it kept")
    WITHDRAWN = "withdrawn", _("Withdrawn after its day")
    PROMISED = "promised", _("Answered with a promise that is not yet done")
    WORDS = "words", _("Answered in words only")
    CANNOT = "cannot", _("“Cannot, because …”")
    WAITING = "waiting", _("Still waiting for an answer")
    LATE = "late", _("Met, but too long ago")
    NEVER = "never", _("Never met")


@dataclass(frozen=True)
class Figure:
    """`part` of `whole`, between two days. Without a whole there is no share: nothing has fallen due yet.

    `unknown` stands beside the whole: nobody knows, so they are in neither. `rest` says what became of the
    others: (a Rest, count) in the order in which it matters, adding up to `missed` where it is given.
    """

    part: int
    whole: int
    since: date
    until: date
    unknown: int = 0
    rest: tuple[tuple[str, int], ...] = ()

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all of them."""
        return self.part * 100 // self.whole if self.whole else None

    @property
    def missed(self) -> int:
        return self.whole - self.part

    @property
    def lines(self) -> list[tuple[str, int]]:
        """What became of the others, in words; what came to nobody is left out."""
        return [(str(Rest(name).label), count) for name, count in self.rest if count]
