"""The verbs of card schemes and drives: open a scheme, record a count; and the grid of a drive's counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.models import Community, User
from communities.sight import require, today

from .models import CardCount, CardDrive, CardScheme, Step

LINE = [Step.ELIGIBLE, Step.ENROLLED, Step.VERIFIED, Step.PRODUCED, Step.HANDED_OVER]
# What a step stands on: it cannot be counted before that one, nor above it, nor be dated earlier.
STANDS_ON = {
    Step.ENROLLED: Step.ELIGIBLE,
    Step.VERIFIED: Step.ENROLLED,
    Step.PRODUCED: Step.VERIFIED,
    Step.HANDED_OVER: Step.PRODUCED,
    Step.REFUSED: Step.ENROLLED,
    Step.EXPIRED: Step.PRODUCED,
}


@transaction.atomic
def open_scheme(scheme: CardScheme, *, by: User) -> None:
    """Opens a scheme for drives. Raises ValidationError that names the parts its agreement lacks."""
    require(by, "change", scheme)
    if scheme.state != CardScheme.State.DRAFT:
        raise ValidationError(_("This scheme is not being prepared any more."))
    if scheme.missing:
        parts = get_text_list([part.lower() for part in scheme.missing], _("and"))
        raise ValidationError(
            _("The scheme opens only with its agreement recorded. Still missing: %(parts)s.")
            % {"parts": parts}
        )
    scheme.state = CardScheme.State.OPEN
    scheme.save(update_fields=["state"])
    log(scheme, "services.open_scheme", user=by)


@transaction.atomic
def close_scheme(scheme: CardScheme, *, by: User) -> None:
    """Closes a scheme: no more counts. Raises ValidationError when it is not open."""
    require(by, "change", scheme)
    if scheme.state != CardScheme.State.OPEN:
        raise ValidationError(_("Only an open scheme can be closed."))
    scheme.state = CardScheme.State.CLOSED
    scheme.save(update_fields=["state"])
    log(scheme, "services.close_scheme", user=by)


@transaction.atomic
def record_count(
    *, drive: CardDrive, community: Community, step: str, count: int, on: Date, by: User
) -> CardCount:
    """Records how many people of a community had reached a step by a day. A second count replaces the first.

    No step is skipped, none stands above the one it stands on, nor do two that stand on the same together,
    and a correction may not break the steps that stand on it. Raises ValidationError with the sentence that says which; PermissionDenied.
    """
    require(by, "change", drive)
    # One count at a time per drive: two registrars must not write past each other.
    drive = CardDrive.objects.select_for_update().select_related("scheme").get(pk=drive.pk)
    _check_place(drive, community)
    current = {c.step: c for c in CardCount.objects.current().filter(drive=drive, community=community)}
    _check_step(Step(step), count, on, current)
    CardCount.objects.filter(drive=drive, community=community, step=step, replaced=False).update(
        replaced=True
    )
    row = CardCount(drive=drive, community=community, step=step, count=count, date=on, by=by)
    row.full_clean()
    row.save()
    log(drive, "services.count", user=by, data={"step": str(step), "community": community.pk})
    return row


def _check_place(drive: CardDrive, community: Community) -> None:
    if drive.scheme.state != CardScheme.State.OPEN:
        raise ValidationError(_("The card scheme is not open."))
    if not drive.communities.filter(pk=community.pk).exists():
        raise ValidationError(_("This community is not part of the drive."))


def _check_step(step: Step, count: int, on: Date, current: dict[str, CardCount]) -> None:
    if on > today():
        raise ValidationError(_("This day has not come yet."))
    if step in STANDS_ON:
        below = STANDS_ON[step]
        if below not in current:
            raise ValidationError(_("First count: %(step)s.") % {"step": below.label})
        _check_pair(below, current[below].count, current[below].date, step, count, on)
    for above, below in STANDS_ON.items():
        if below == step and above in current:
            _check_pair(step, count, on, above, current[above].count, current[above].date)
    _check_together(step, count, {s: row.count for s, row in current.items()})


def _check_pair(below: Step, base: int, since: Date, above: Step, count: int, on: Date) -> None:
    words = {"above": above.label, "count": count, "below": below.label, "base": base}
    if count > base:
        raise ValidationError(_("%(above)s (%(count)s) cannot be more than %(below)s (%(base)s).") % words)
    if on < since:
        raise ValidationError(_("%(above)s cannot be dated before %(below)s.") % words)


def _check_together(step: Step, count: int, known: dict[str, int]) -> None:
    """Nobody is both verified and refused: the steps that stand on one step share its count out."""
    counts = known | {step: count}
    for base in [step, STANDS_ON[step]] if step in STANDS_ON else [step]:
        parts = [above for above, below in STANDS_ON.items() if below == base and above in counts]
        if sum(counts[part] for part in parts) > counts[base]:
            named = [f"{part.label} ({counts[part]})" for part in parts]
            raise ValidationError(
                _("%(parts)s cannot together be more than %(below)s (%(base)s).")
                % {"parts": get_text_list(named, _("and")), "below": base.label, "base": counts[base]}
            )


# --- The grid, read-only -------------------------------------------------------------------------------
@dataclass(frozen=True)
class GridRow:
    """A community's counts in a drive: by step, the step to count next, and the cards nobody collected."""

    community: Community
    counts: dict[str, CardCount]

    @property
    def cells(self) -> list[CardCount | None]:
        return [self.counts.get(step) for step in Step]

    @property
    def next_step(self) -> Step | None:
        return next((step for step in LINE if step not in self.counts), None)

    @property
    def countable(self) -> list[tuple[str, Any]]:
        """The steps that may be counted now, with their labels: the next one first, then corrections."""
        free = [s for s in Step if s not in self.counts and STANDS_ON.get(s, s) in {s, *self.counts}]
        first = [(s.value, s.label) for s in free]
        again = [(s.value, _("Correct: %(step)s") % {"step": s.label}) for s in Step if s in self.counts]
        return first + again

    @property
    def waiting(self) -> int | None:
        """Cards produced and not handed over. None while nothing was produced: that is not zero."""
        if Step.PRODUCED not in self.counts:
            return None
        handed = self.counts.get(Step.HANDED_OVER)
        return self.counts[Step.PRODUCED].count - (handed.count if handed else 0)


def grid(drive: CardDrive, *, user: User) -> list[GridRow]:
    """One row per community of the drive that `user` may see, by code."""
    counts: dict[int, dict[str, CardCount]] = {}
    for row in CardCount.objects.current().filter(drive=drive).visible_to(user):
        counts.setdefault(row.community_id, {})[row.step] = row
    communities = drive.communities.visible_to(user).defer("location").order_by("code")
    return [GridRow(community, counts.get(community.pk, {})) for community in communities]


def column_totals(rows: list[GridRow]) -> list[tuple[int | None, int]]:
    """For each step: the sum over the communities that were counted (None if none was), and how many those are."""
    totals = []
    for step in Step:
        known = [row.counts[step].count for row in rows if step in row.counts]
        totals.append((sum(known) if known else None, len(known)))
    return totals


def waiting_total(rows: list[GridRow]) -> int | None:
    """Cards that nobody has collected, over the communities where any was produced; None if none was anywhere."""
    waiting = [row.waiting for row in rows if row.waiting is not None]
    return sum(waiting) if waiting else None
