"""Meetings and the loop: concern, mandate, commitment, evidence, verdict, telling."""

from .loop import (
    Commitment,
    Concern,
    Duty,
    Evidence,
    Mandate,
    Revision,
    Telling,
    Topic,
    Verdict,
)
from .meetings import Attendance, Engagement

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
