"""Meetings and the loop: concern, mandate, commitment, evidence, verdict, telling."""

from .commitments import Commitment, Evidence, Revision, Verdict
from .concerns import Concern, Mandate, Topic
from .meetings import Attendance, Engagement
from .tellings import Duty, Telling

__all__ = [
    "Attendance",
    "Commitment",
    "Concern",
    "Duty",
    "Engagement",
    "Evidence",
    "Mandate",
    "Revision",
    "Telling",
    "Topic",
    "Verdict",
]
