"""Files that people bring as proof: photos and PDF alone, known by what is in them, never by their name.

A photo tells where it was taken, when, and with whose phone: it is drawn anew, without any of that.
"""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MAX_MB = 10
MAX_PIXELS = 50_000_000  # of one photo, unpacked
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
SEVERAL_IN_ONE = {"MPO": "JPEG"}  # what some phones write: the first picture is the photo
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


def cleaned(file: File, *, longest: int | None = None) -> ContentFile:
    """The file as it may be kept, under a name that tells nothing; a photo with at most `longest` pixels on a side.

    Raises ValidationError, for the field "file", when it is too large or neither a photo nor a PDF.
    """
    if file.size > MAX_MB * 2**20:
        _refuse(_("This file is larger than %(limit)s MB. Send a smaller one.") % {"limit": MAX_MB})
    content = file.read()
    if content.startswith(b"%PDF-"):
        return _kept(content, ".pdf")
    try:
        with Image.open(io.BytesIO(content), formats=tuple(SUFFIXES)) as photo:
            return _redrawn(photo, longest)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        _refuse(_("Send a photo (JPEG, PNG, WebP) or a PDF: this file is neither, or it is damaged."))


def shown(file: FieldFile, name: str, *, inline: bool = False) -> FileResponse:
    """A kept file for somebody who may see it: as a download, or in the page. Raises Http404 when it is gone."""
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    suffix = Path(file.name or "").suffix.lower()
    return FileResponse(content, as_attachment=not inline, filename=f"{name}{suffix}")


def smaller(photo: File, longest: int) -> ContentFile:
    """A copy of a kept photo for the public: a JPEG of at most `longest` pixels on its longer side."""
    with Image.open(photo, formats=tuple(SUFFIXES)) as opened:
        upright = _upright(opened).convert("RGBA")
    upright.thumbnail((longest, longest))
    on_white = Image.new("RGB", upright.size, "white")
    on_white.paste(upright, mask=upright.getchannel("A"))
    return _kept(_written(on_white, "JPEG", quality=80), ".jpg")


def _redrawn(photo: Image.Image, longest: int | None) -> ContentFile:
    if photo.width * photo.height > MAX_PIXELS:
        _refuse(_("This photo has too many pixels. Send a smaller one."))
    form = SEVERAL_IN_ONE.get(str(photo.format), str(photo.format))
    upright = _upright(photo)
    if longest:
        upright.thumbnail((longest, longest))
    return _kept(_written(upright, form, quality=85), SUFFIXES[form])


def _upright(photo: Image.Image) -> Image.Image:
    """As it is looked at, without anything but its colours."""
    upright = ImageOps.exif_transpose(photo)
    upright.info = {k: v for k, v in upright.info.items() if k == "transparency"}
    return upright


def _written(photo: Image.Image, form: str, *, quality: int) -> bytes:
    held = io.BytesIO()
    photo.save(held, form, quality=quality)
    return held.getvalue()


def _kept(content: bytes, suffix: str) -> ContentFile:
    return ContentFile(content, name=secrets.token_hex(16) + suffix)


def _refuse(sentence: str) -> NoReturn:
    raise ValidationError({"file": sentence})
