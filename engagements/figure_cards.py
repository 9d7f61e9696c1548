"""The figures in words and charts: the same at the office's door and at the public's. Misses come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.charts import Bar, Chart
from communities.privacy import people

from .figures import Figure, FirstAnswer, GroupHeard, Owing, Sheet, Trust
from .figures.hearing import LAST_MEETINGS
from .models import Pulse


@dataclass(frozen=True)
class Card:
    """One share: its heading, what it is counted over, what it leaves out, and its bars with the misses first."""

    name: str
    heading: str
    figure: Figure
    counted: str
    left_out: str
    chart: Chart


def cards(sheet: Sheet, *, public: bool) -> list[Card]:
    """The shares, in the order of the loop: promised, told, solved, heard, met."""
    on = {"day": date_format(sheet.period.last_known_day), "days": sheet.silence.days}
    return [
        _card(
            "kept",
            _("Commitments kept"),
            sheet.kept,
            words=(_("Kept"), _("Not kept")),
            counted=_("Over all commitments whose day, as first promised, passed in this period."),
            left_out=_("Kept needs evidence that all was done, and since then the people’s own word."),
        ),
        _card(
            "told",
            _("People told how it ended"),
            sheet.told,
            words=(_("Told"), _("Nobody was told")),
            counted=_("Over all duties to tell whose last day passed in this period."),
            left_out=_("Only a telling that reached people counts, whenever it came."),
        ),
        _card(
            "solved",
            _("Concerns solved"),
            sheet.solved,
            words=(_("Solved"), _("Not solved")),
            counted=_asked(_("Over all concerns whose answer fell due in this period."), public),
            left_out=_(
                "Solved: answered, and all that was promised for it was done. Words alone solve nothing."
            ),
        ),
        _card(
            "women",
            _("Women’s concerns that became commitments"),
            sheet.womens_concerns,
            words=(_("Became a commitment"), _("Became none")),
            counted=_asked(_("Over all concerns that women’s groups raised in this period."), public),
            left_out=_("Commitments withdrawn since do not count."),
        ),
        _card(
            "rhythm",
            _("Communities met as agreed"),
            sheet.rhythm,
            words=(_("Met as agreed"), _("Not met as agreed")),
            counted=_("Over all active communities, as of %(day)s.") % on,
            left_out=_("A meeting counts once it is reviewed; a visit that found nobody does not."),
        ),
        _card(
            "officers",
            _("Meetings with a female officer"),
            sheet.female_officers,
            words=(_("With a female officer"), _("With none")),
            counted=_("Over the meetings of this period where officers were counted by sex."),
            left_out=_unknown_officers(sheet.female_officers.unknown),
        ),
    ]


def _asked(counted: str, public: bool) -> str:
    """What a share of concerns is counted over. The public's are those that have words for the public."""
    narrowed = _("Only what has words for the public is counted.")
    return f"{counted} {narrowed}" if public else counted


def _unknown_officers(unknown: int) -> str:
    if not unknown:
        return _("Every meeting counted them.")
    return ngettext(
        "%(n)s meeting did not count them: whether a woman came is not known, and it is left out.",
        "%(n)s meetings did not count them: whether a woman came is not known, and they are left out.",
        unknown,
    ) % {"n": number_format(unknown, force_grouping=True)}


def _card(
    name: str, heading: str, figure: Figure, *, words: tuple[str, str], counted: str, left_out: str
) -> Card:
    done, missed = words
    misses = [Bar(label, [count]) for label, count in figure.lines] or [Bar(missed, [figure.missed])]
    bars = [*misses, Bar(done, [figure.part], marked=True)] if figure.whole else []
    chart = Chart(name, _("What became of them"), _("Outcome"), [_("How many")], bars, whole=figure.whole)
    return Card(name, heading, figure, counted, left_out, chart)


# --- First answers, silence --------------------------------------------------------------------------------
def first_answer_lines(found: FirstAnswer) -> list[str]:
    """What is to be said of it, the longest wait first."""
    if not found.raised:
        return [_("No concern was raised in this period.")]
    numbers = {"waiting": number_format(found.waiting, force_grouping=True)}
    lines = [
        _within(_("Nine in ten had a first answer within %(days)s."), found.ninetieth)
        or _("It cannot be said yet within how many days nine in ten are answered: %(waiting)s still wait.")
        % numbers,
        _within(_("Half had a first answer within %(days)s."), found.median)
        or _("Not even half have had a first answer: %(waiting)s still wait.") % numbers,
    ]
    if found.waiting and found.ninetieth is not None:
        lines.append(_("Still waiting: %(waiting)s.") % numbers)
    return lines


def _within(sentence: str, days: int | None) -> str:
    if days is None:
        return ""
    return sentence % {"days": ngettext("%(n)s day", "%(n)s days", days) % {"n": number_format(days)}}


# --- Charts ------------------------------------------------------------------------------------------------
def overdue_chart(sheet: Sheet) -> Chart:
    """By agency, the worst first, with the days of what is late for longest."""
    bars = [
        Bar(agency_label(row), [row.commitments, row.answers], note=_oldest(row.oldest_days))
        for row in sheet.overdue.agencies
    ]
    series = [_("Commitments"), _("Answers")]
    return Chart("overdue", _("Overdue today, by agency"), _("Agency"), series, bars, owed=True)


def agency_label(row: Owing) -> str:
    return row.agency.label if row.agency else _("No agency named yet")


def _oldest(days: int) -> str:
    return ngettext("the oldest %(n)s day late", "the oldest %(n)s days late", days) % {
        "n": number_format(days, force_grouping=True)
    }


def groups_chart(groups: list[GroupHeard]) -> Chart:
    """In how many communities each group stayed away, came and stayed silent, was not counted, or was heard."""
    bars = [Bar(row.label, [row.absent, row.silent, row.unknown, row.heard]) for row in groups]
    series = [_("Absent"), _("Present, silent"), _("Not counted"), _("Heard")]
    caption = ngettext(
        "Who was heard at each community’s last reviewed meeting",
        "Who was heard at each community’s last %(n)s reviewed meetings",
        LAST_MEETINGS,
    ) % {"n": LAST_MEETINGS}
    return Chart("groups", caption, _("Group"), series, bars, fills=(1, 2, 3, 0))


def trust_chart(steps: list[Trust], *, public: bool) -> Chart:
    """Answers to the trust pulse by month or quarter, with how many meetings asked."""
    answers = list(Pulse.Answer)
    bars = [_trust_bar(row, answers, public=public) for row in steps]
    caption = _("“Do you trust that what was promised today will be done?” People by answer")
    return Chart("trust", caption, _("When"), [str(answer.label) for answer in answers], bars)


def _trust_bar(row: Trust, answers: list, *, public: bool) -> Bar:
    meetings = ngettext("%(n)s meeting asked", "%(n)s meetings asked", row.meetings) % {
        "n": number_format(row.meetings, force_grouping=True)
    }
    parts = [row.counts[answer] for answer in answers]
    shown = [_("not told") if part is None else people(part) for part in parts] if public else ()
    return Bar(row.period.label, parts, shown=shown, note=meetings)


def page(sheet: Sheet, *, public: bool) -> dict[str, Any]:
    """What the template of a sheet needs."""
    return {
        "sheet": sheet,
        "public": public,
        "cards": cards(sheet, public=public),
        "first_answer": first_answer_lines(sheet.first_answer),
        "overdue_chart": overdue_chart(sheet),
        "groups_chart": groups_chart(sheet.groups),
        "trust_chart": trust_chart(sheet.trust, public=public),
    }
