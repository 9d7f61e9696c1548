"""Photos on their way: sealed on the phone, sent in chunks that can be resumed, drawn anew when they are whole.

HEAD and PATCH of the tus protocol 1.0, for photos that an entry announced with their size and hash. The file is
written before the offset is: what was cut is written over.
"""

from __future__ import annotations

import hashlib
import os
from functools import partial
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction

from communities import uploads

from ..models import Entry, Photo, Upload
from ..sealing import Unreadable
from . import server_key


class Mismatch(Exception):
    """The chunk does not begin where the last one ended, or goes beyond what was announced. Ask where it ended."""


def _file(upload: Upload) -> Path:
    storage = storages["private"]
    assert isinstance(storage, FileSystemStorage)
    return Path(storage.path(f"arriving/{upload.uid}"))


@transaction.atomic
def append(uid: UUID, *, offset: int, chunk: bytes) -> int:
    """Takes a chunk that begins at `offset`: how many bytes are here now. Raises Mismatch, Upload.DoesNotExist."""
    # The entry first, as who records it does: each waits for the other, and one of them finds both.
    Entry.objects.select_for_update().get(pk=Upload.objects.values_list("entry").get(uid=uid)[0])
    upload = Upload.objects.select_for_update().get(uid=uid)
    if upload.done:
        return upload.size
    if offset != upload.offset or offset + len(chunk) > upload.size:
        raise Mismatch
    path = _file(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if offset else "wb") as file:
        file.seek(offset)
        file.write(chunk)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    upload.offset += len(chunk)
    whole = upload.offset == upload.size
    if whole and hashlib.sha256(path.read_bytes()).hexdigest() != upload.sha256:
        upload.offset, whole = 0, False  # it is to come again, from the beginning
    upload.save(update_fields=["offset"])
    if whole:
        attach(upload.entry)
    return upload.offset


def attach(entry: Entry) -> None:
    """Gives the photos that are whole to what the entry became. Before it is recorded, they wait."""
    if not (entry.engagement_id or entry.observation_id):
        return
    for upload in entry.uploads.filter(done=False):
        if upload.offset == upload.size:
            _keep(upload, entry)


def _keep(upload: Upload, entry: Entry) -> None:
    sealed = _file(upload).read_bytes()
    upload.done = True
    upload.save(update_fields=["done"])
    transaction.on_commit(lambda: _file(upload).unlink(missing_ok=True))
    try:
        photo = uploads.cleaned(ContentFile(server_key.unseal(sealed)))
    except (Unreadable, ValidationError):
        return  # announced as a photo, but it is none: there is nothing to keep
    if str(photo.name).endswith(".pdf"):
        return
    if entry.engagement:
        Photo.objects.create(uid=upload.uid, engagement=entry.engagement, file=photo, by=entry.author)
    elif entry.observation:
        entry.observation.photo.save(str(photo.name), photo, save=False)
        entry.observation.save(update_fields=["photo"])


def keep_only(entry: Entry, announced: set[UUID]) -> None:
    """What its author took out of an entry goes: a face, a mistake. On its way, or at the meeting already."""
    gone = entry.uploads.exclude(uid__in=announced)
    for photo in Photo.objects.filter(engagement=entry.engagement, uid__in=gone.values("uid")):
        transaction.on_commit(partial(photo.file.storage.delete, str(photo.file.name)))
        photo.delete()
    for upload in gone:
        transaction.on_commit(partial(_file(upload).unlink, missing_ok=True))
    gone.delete()


def forget(now) -> int:
    """Deletes what is left of photos that never came in full: how many."""
    late = Upload.objects.forgotten(now)
    for upload in late:
        _file(upload).unlink(missing_ok=True)
    return late.delete()[0]
