"""The honest figures, each with its part, its whole, its period and what is not known. docs/figures.md defines them.

The office, the digests and the public site call the same functions over another `Population`. Read-only.
"""

from .answers import FirstAnswer, first_answer, solved, womens_concerns
from .figure import Figure, Rest
from .hearing import ABSENT, HEARD, SILENT, UNKNOWN, GroupHeard, Hearing, Trust, trust, who_was_heard
from .meetings import (
    SILENT_DAYS,
    LastMet,
    Silence,
    by_last_met,
    female_officers,
    last_met,
    not_met,
    rhythm,
    silence,
)
from .overdue import Overdue, Owing, late_by_agency, overdue_by_agency
from .periods import Period, Step, containing, last_twelve_months, month, quarter, week, year
from .population import Population
from .promises import Promises, asked_of, kept, late, read_promises, told
from .sheet import Sheet, sheet_of

__all__ = [
    "ABSENT",
    "HEARD",
    "SILENT",
    "SILENT_DAYS",
    "UNKNOWN",
    "Figure",
    "FirstAnswer",
    "GroupHeard",
    "Hearing",
    "LastMet",
    "Overdue",
    "Owing",
    "Period",
    "Population",
    "Promises",
    "Rest",
    "Sheet",
    "Silence",
    "Step",
    "Trust",
    "asked_of",
    "by_last_met",
    "containing",
    "female_officers",
    "first_answer",
    "kept",
    "last_met",
    "last_twelve_months",
    "late",
    "late_by_agency",
    "month",
    "not_met",
    "overdue_by_agency",
    "quarter",
    "read_promises",
    "rhythm",
    "sheet_of",
    "silence",
    "solved",
    "told",
    "trust",
    "week",
    "who_was_heard",
    "womens_concerns",
    "year",
]
