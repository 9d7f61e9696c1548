"""A digest in words: the same lines on the page, in the PDF and in the workbook. Misses and what is owed come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from communities.models import Community
from communities.models.reference import DISTRICT

from .digests import Digest
from .figure_cards import agency_label, first_answer_lines
from .figures import Period
from .figures.parts import Parts, Share
from .models import Commitment, Concern, Duty, Handover, Question

SHARES = {
    "kept": gettext_lazy("Commitments kept"),
    "told": gettext_lazy("People told how it ended"),
    "solved": gettext_lazy("Concerns solved"),
    "womens_concerns": gettext_lazy("Women’s concerns that became commitments"),
    "rhythm": gettext_lazy("Communities met as agreed"),
    "female_officers": gettext_lazy("Meetings with a female officer"),
    "groups": gettext_lazy("Groups heard, over all communities"),
    "trust": gettext_lazy("People who trust what was promised"),
    "answered": gettext_lazy("Questions that headquarters answered"),
    "in_time": gettext_lazy("Questions that headquarters answered in time"),
}
COUNTS = {
    "commitments_overdue": gettext_lazy("Commitments overdue today"),
    "answers_overdue": gettext_lazy("Answers overdue today"),
    "silent": gettext_lazy("Communities not met for 180 days"),
    "never": gettext_lazy("Of these, never met"),
    "meetings": gettext_lazy("Meetings held"),
    "raised": gettext_lazy("Concerns raised"),
    "waiting": gettext_lazy("Of these, waiting for a first answer"),
    "asked": gettext_lazy("Questions asked of headquarters"),
    "handed_over": gettext_lazy("Tips handed over"),
}
LEFT_TO_RIGHT = "\u200e"  # a mark that is not seen
OWED_TODAY = {"commitments_overdue", "answers_overdue"}  # of the period before, nobody knows


def number(value: int | None) -> str:
    """In the reader's form; what is not known is a dash."""
    return "–" if value is None else number_format(value, force_grouping=True)


def share_words(share: Share) -> str:
    """ "12 of 40", with what is not known beside it."""
    words = _("%(part)s of %(whole)s") % {"part": number(share.part), "whole": number(share.whole)}
    words = words if share.whole else "–"
    if share.unknown:
        words = _("%(words)s (not known: %(unknown)s)") % {"words": words, "unknown": number(share.unknown)}
    return words


# --- Figures -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShareLine:
    """One share, now and in the period before."""

    name: str
    label: str
    now: Share
    before: Share

    @property
    def change(self) -> int | None:
        """In points of a hundred, between the two shares as they are shown."""
        if self.now.percent is None or self.before.percent is None:
            return None
        return self.now.percent - self.before.percent

    @property
    def words(self) -> list[str]:
        """Label, this period, its share, the period before, its share, the change."""
        return [
            self.label,
            share_words(self.now),
            percent(self.now),
            share_words(self.before),
            percent(self.before),
            signed(self.change),
        ]


@dataclass(frozen=True)
class CountLine:
    """One count, now and in the period before; `before` is None where nobody knows."""

    name: str
    label: str
    now: int
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.now - self.before

    @property
    def words(self) -> list[str]:
        return [self.label, number(self.now), number(self.before), signed(self.change)]


def percent(share: Share) -> str:
    return "–" if share.percent is None else _("%(percent)s%%") % {"percent": number(share.percent)}


def signed(change: int | None) -> str:
    """With its sign before it, from right to left too."""
    if change is None:
        return "–"
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return f"{LEFT_TO_RIGHT}{sign}{number(abs(change))}"


def share_lines(digest: Digest) -> list[ShareLine]:
    now, before = digest.numbers.total.shares, digest.numbers.before.shares
    return [
        ShareLine(name, str(label), now[name], before[name]) for name, label in SHARES.items() if name in now
    ]


def count_lines(digest: Digest) -> list[CountLine]:
    now, before = digest.numbers.total.counts, digest.numbers.before.counts
    return [
        CountLine(name, str(label), now[name], None if name in OWED_TODAY else before[name])
        for name, label in COUNTS.items()
        if name in now
    ]


# --- By area -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class AreaLine:
    label: str
    parts: Parts
    code: str = ""  # of an area that can be opened
    is_total: bool = False

    @property
    def shares(self) -> list[Share]:
        return [self.parts.shares[name] for name in SHARES if name in self.parts.shares]

    @property
    def share_words(self) -> list[str]:
        return [share_words(share) for share in self.shares]

    @property
    def counts(self) -> list[int]:
        return [self.parts.counts[name] for name in COUNTS if name in self.parts.counts]


def area_lines(digest: Digest) -> list[AreaLine]:
    """One line for each area within, one for what names nothing smaller, and their sum. None where nothing is
    told apart."""
    lines = [
        AreaLine(row.area.label, row.parts, row.area.code if row.area.level <= DISTRICT else "")
        if row.area
        else AreaLine(itself(digest), row.parts)
        for row in digest.rows
    ]
    return [*lines, AreaLine(_("Together"), digest.numbers.total, is_total=True)] if lines else []


def itself(digest: Digest) -> str:
    if digest.area is None:
        return _("No area named")
    return _("%(area)s itself, nothing smaller named") % {"area": digest.area.label}


def place_name(digest: Digest) -> str:
    return digest.area.label if digest.area else _("All areas")


# --- What is overdue longest ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class LateLine:
    """A row by its number, what it is, where, who owes it, since when. No word of anybody's."""

    row: Commitment | Concern | Duty
    what: str
    place: str
    agency: str
    due_on: date
    days: int

    @property
    def number(self) -> str:
        return self.row.number

    @property
    def words(self) -> list[str]:
        return [self.number, self.what, self.place, self.agency, date_format(self.due_on), number(self.days)]


WHAT: dict[type, Callable[[Any], str]] = {
    Concern: lambda row: _("Answer on %(topic)s") % {"topic": row.topic.label},
    Commitment: lambda row: _("Commitment"),
    Duty: lambda row: _("People to tell"),
}


def late_lines(digest: Digest) -> list[LateLine]:
    return [
        LateLine(
            row,
            WHAT[type(row)](row),
            _place(row, public=digest.population.is_public),
            _agency(row),
            row.due_on,
            (digest.made_on - row.due_on).days,
        )
        for row in digest.longest
    ]


def _place(row: Commitment | Concern | Duty, *, public: bool) -> str:
    """A digest is printed and passed on: who is not named in public goes by the code here."""
    community = row.community
    if public or community is None:
        return row.public_place if public else row.place
    if community.public_place == Community.PublicPlace.EXACT:
        return community.label
    return f"{community.code} · {community.public_label}"


def _agency(row: Commitment | Concern | Duty) -> str:
    if isinstance(row, Duty):
        return "–"
    return row.agency.label if row.agency else _("No agency named yet")


# --- Questions -------------------------------------------------------------------------------------------------
def question_words(row: Question) -> dict[str, str]:
    asked = {"number": row.number, "area": row.area.label, "day": date_format(row.asked_on)}
    return {
        "asked": _("%(number)s, %(area)s, asked on %(day)s") % asked,
        "text": row.text,
        "state": _state(row),
        "answer": row.answer,
    }


def _state(row: Question) -> str:
    if row.answered_on:
        words = {"day": date_format(row.answered_on), "days": number(row.days_late)}
        if not row.days_late:
            return _("Answered on %(day)s.") % words
        late = ngettext(
            "Answered on %(day)s, %(days)s day late.",
            "Answered on %(day)s, %(days)s days late.",
            row.days_late,
        )
        return late % words
    words = {"day": date_format(row.due_on), "days": number(row.days_late)}
    if not row.days_late:
        return _("Not answered. Due on %(day)s.") % words
    late = ngettext(
        "Not answered. Due on %(day)s: %(days)s day late.",
        "Not answered. Due on %(day)s: %(days)s days late.",
        row.days_late,
    )
    return late % words


def answer_rate_line(digest: Digest) -> str:
    """How headquarters answered what fell due in the period; nothing fell due is neither good nor bad."""
    answered, in_time = (digest.numbers.total.shares.get(name, Share()) for name in ("answered", "in_time"))
    if not answered.whole:
        return _("No question fell due in this period.")
    return _(
        "Of %(due)s that fell due in this period headquarters answered %(answered)s, %(in_time)s of them in time."
    ) % {
        "due": number(answered.whole),
        "answered": number(answered.part),
        "in_time": number(in_time.part),
    }


# --- The whole --------------------------------------------------------------------------------------------------
SHARE_HEAD = [
    gettext_lazy("Figure"),
    gettext_lazy("This period"),
    gettext_lazy("Share"),
    gettext_lazy("The period before"),
    gettext_lazy("Share before"),
    gettext_lazy("Change, points"),
]
COUNT_HEAD = [
    gettext_lazy("How many"),
    gettext_lazy("This period"),
    gettext_lazy("The period before"),
    gettext_lazy("Change"),
]
LATE_HEAD = [
    gettext_lazy("Number"),
    gettext_lazy("What"),
    gettext_lazy("Where"),
    gettext_lazy("Agency"),
    gettext_lazy("Due on"),
    gettext_lazy("Days late"),
]


def heading(digest: Digest) -> str:
    return f"{place_name(digest)} · {digest.period.label}"


def made_line(digest: Digest) -> str:
    """When it was made, and how far the period is known."""
    day = date_format(digest.made_on)
    if digest.period.ended:
        return _("As known on %(day)s, when this was made.") % {"day": day}
    return _("As known on %(day)s, when this was made. The period is not over.") % {"day": day}


def between(period: Period) -> str:
    days = {"since": date_format(period.since), "last": date_format(period.last_day)}
    return _("From %(since)s to %(last)s, both included.") % days


def caveats(digest: Digest) -> list[str]:
    lines = [
        _(
            "The counts of the areas add up to the whole. Shares in percent, the days of half and of nine in ten, and the "
            "oldest days do not: they are worked out anew for each area."
        ),
        _(
            "Whether a word was kept is told as it stands today. What is overdue is overdue today, whatever the period."
        ),
        _("Sealed concerns are in no number. What a meeting brought counts once it is reviewed."),
    ]
    if digest.population.is_public:
        lines.append(_("Counted as the public sees it: public communities, with the delay of each."))
    return lines


def came_in_lines(digest: Digest) -> list[tuple[str, list[tuple[str, int]]]]:
    """(heading, [(what, how many)]) of what came in."""
    came_in = digest.came_in
    return [
        (_("Concerns by channel"), [(str(Concern.Channel(name).label), n) for name, n in came_in.channels]),
        (_("Concerns by topic"), [(topic.label, n) for topic, n in came_in.topics]),
        (_("Tips handed over"), [(str(Handover.Category(name).label), n) for name, n in came_in.tips]),
    ]


def owing_lines(digest: Digest) -> list[list]:
    """Agency, commitments, answers, days of the oldest."""
    return [
        [agency_label(row), row.commitments, row.answers, row.oldest_days]
        for row in digest.numbers.sheet.overdue.agencies
    ]


OWING_HEAD = [
    gettext_lazy("Agency"),
    gettext_lazy("Commitments"),
    gettext_lazy("Answers"),
    gettext_lazy("Oldest, days late"),
]


def first_answers(digest: Digest) -> list[tuple[str, list[str]]]:
    """What is to be said of the first answers, for this period and the one before."""
    return [
        (str(_("This period")), first_answer_lines(digest.numbers.sheet.first_answer)),
        (str(_("The period before")), first_answer_lines(digest.numbers.first_answer_before)),
    ]
