"""Meetings and the loop: concern, mandate, commitment, evidence, verdict, telling; reports and what is sealed."""

from .commitments import Commitment, Evidence, Revision, Verdict
from .concerns import Assignment, Concern, Mandate, Topic
from .devices import Device, Entry, Receipt, SealKey, Upload
from .meetings import Attendance, Engagement, Photo, Pulse
from .reports import Addition, Handover, Hotline, Report, ReportPhoto, TrackingCode
from .sealed import IntegrityKey, SealedConcern, SealedNote, SealedPhoto
from .tellings import Duty, Telling

__all__ = [
    "Addition",
    "Assignment",
    "Attendance",
    "Commitment",
    "Concern",
    "Device",
    "Duty",
    "Engagement",
    "Entry",
    "Evidence",
    "Handover",
    "Hotline",
    "IntegrityKey",
    "Mandate",
    "Photo",
    "Pulse",
    "Receipt",
    "Report",
    "ReportPhoto",
    "Revision",
    "SealKey",
    "SealedConcern",
    "SealedNote",
    "SealedPhoto",
    "Telling",
    "Topic",
    "TrackingCode",
    "Upload",
    "Verdict",
]
