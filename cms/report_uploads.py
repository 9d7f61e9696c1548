"""What a report's form brings, read within bounds and kept in memory alone: a sealed report leaves no file behind.

Whatever is wrong with it is answered with a sentence, never with a bare error.
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation, ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from communities.uploads import MAX_MB


class Bounded(MemoryFileUploadHandler):
    """Keeps files in memory, leaves out one that is too large and goes on reading what people wrote."""

    left_out = False

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.activated = True

    def new_file(self, *args, **kwargs):
        self.bytes = 0
        with suppress(StopFutureHandlers):  # there are none
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        self.bytes += len(raw_data)
        if self.bytes > MAX_MB * 2**20:
            self.left_out = True
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def read(request: HttpRequest) -> bool:
    """Reads what was sent; True where a file was left out because it is too large.

    Raises ValidationError where nothing of it can be read.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.REPORT_LARGEST_BODY:
        raise ValidationError(_("This is too much at once. Send smaller photos, or none."), code="large")
    handler = Bounded(request)
    request.upload_handlers = [handler]
    try:
        _read = request.POST, request.FILES
    except (SuspiciousOperation, BadRequest, MultiPartParserError, UnicodeError) as error:
        raise ValidationError(_("This did not arrive whole. Please send it again.")) from error
    return handler.left_out
