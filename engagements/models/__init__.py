"""Meetings and the loop: concern, mandate, commitment, evidence, verdict, telling; reports and what is sealed."""

from .commitments import Commitment, Evidence, Revision, Verdict
from .concerns import Assignment, Concern, EarlierAnswer, Mandate, Topic
from .devices import Device, Entry, Receipt, SealKey, Upload
from .escalations import Escalation, Notice
from .meetings import Attendance, Engagement, Photo, Pulse
from .questions import Question
from .reports import Addition, Handover, Hotline, Report, ReportPhoto, TrackingCode
from .sealed import IntegrityKey, SealedConcern, SealedNote, SealedOpening, SealedPhoto
from .tellings import Duty, Telling

__all__ = [
    "Addition",
    "Assignment",
    "Attendance",
    "Commitment",
    "Concern",
    "Device",
    "Duty",
    "EarlierAnswer",
    "Engagement",
    "Entry",
    "Escalation",
    "Evidence",
    "Handover",
    "Hotline",
    "IntegrityKey",
    "Mandate",
    "Notice",
    "Photo",
    "Pulse",
    "Question",
    "Receipt",
    "Report",
    "ReportPhoto",
    "Revision",
    "SealKey",
    "SealedConcern",
    "SealedNote",
    "SealedOpening",
    "SealedPhoto",
    "Telling",
    "Topic",
    "TrackingCode",
    "Upload",
    "Verdict",
]
