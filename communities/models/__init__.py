"""Places, people, and who may see what."""

from .contacts import Contact, ContactOpening, Group
from .places import (
    Agency,
    Area,
    BorderSection,
    Community,
    CrossingPoint,
    Language,
    Presence,
    Tie,
)
from .postings import Posting, User
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
    "ImportRun",
    "Language",
    "Posting",
    "Presence",
    "Tie",
    "User",
]
