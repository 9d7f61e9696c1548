"""Documents as PDF, set by Typst from a template and data. What is data is never markup.

A template reads its data with `json(bytes(sys.inputs.data))`; it fetches nothing. Its fonts are those in `fonts/`:
Noto Sans and Noto Naskh Arabic (OFL), so that a document looks the same on every machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, get_language_bidi

FONTS = Path(__file__).parent / "fonts"


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """`template` (a .typ file) set with `data`, in the language that is active.

    Raises typst.TypstError where the template is wrong.
    """
    language = (get_language() or "en").split("-")[0]
    given = {**data, "language": language, "rtl": get_language_bidi()}
    return typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
    )


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """To be saved under `name`, and kept by nobody on the way."""
    headers = {
        "Content-Disposition": str(content_disposition_header(True, name)),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
