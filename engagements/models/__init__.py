"""Meetings and the loop: concern, mandate, commitment, evidence, verdict, telling."""

from .commitments import Commitment, Evidence, Revision, Verdict
from .concerns import Concern, Mandate, Topic
from .devices import Device, Entry, Receipt, SealKey, Upload
from .escalations import Escalation, Notice
from .meetings import Attendance, Engagement, Photo, Pulse
from .questions import Question
from .tellings import Duty, Telling

__all__ = [
    "Attendance",
    "Commitment",
    "Concern",
    "Device",
    "Duty",
    "Engagement",
    "Entry",
    "Escalation",
    "Evidence",
    "Mandate",
    "Notice",
    "Photo",
    "Pulse",
    "Question",
    "Receipt",
    "Revision",
    "SealKey",
    "Telling",
    "Topic",
    "Upload",
    "Verdict",
]
