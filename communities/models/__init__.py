"""Places, people, and who may see what."""

from .contacts import Contact, ContactOpening, Group
from .counters import HourCount
from .places import Community, Presence, Tie
from .postings import Posting, User
from .reference import Agency, Area, BorderSection, CrossingPoint, Language, Tree
from .sources import ColumnMapping, ImportRun

__all__ = [
    "Agency",
    "Area",
    "BorderSection",
    "ColumnMapping",
    "Community",
    "Contact",
    "ContactOpening",
    "CrossingPoint",
    "Group",
    "HourCount",
    "ImportRun",
    "Language",
    "Posting",
    "Presence",
    "Tie",
    "Tree",
    "User",
]
