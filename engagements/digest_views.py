"""The digests in the office: as a page, as PDF and as a workbook, of one area and one period that has begun."""

from __future__ import annotations

import io
from functools import cached_property
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from communities.office_lists import safe_cell
from communities.pdf import pdf, pdf_response
from communities.sight import ScopedPolicy, reads_figures

from . import digest_words as words
from . import figures
from .digests import Digest, digest_of
from .figure_views import FiguresView
from .figures import Period
from .models import Question

TEMPLATE = Path(__file__).parent / "typst" / "digest.typ"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DigestView(FiguresView):
    """What page, PDF and workbook share: the digest that was asked for."""

    page_title = gettext_lazy("Digests")
    header_icon = "doc-full"

    @cached_property
    def period(self) -> Period:
        """None that is still to come: the current one instead."""
        asked, today = super().period, timezone.localdate()
        return asked if asked.since <= today else figures.containing(asked.step, today)

    @cached_property
    def digest(self) -> Digest:
        return digest_of(self.population(self.area), self.period)

    @property
    def asks(self) -> bool:
        """Whether the reader may see questions to headquarters at all."""
        return not self.is_public and ScopedPolicy(Question).user_has_permission(self.request.user, "view")

    @property
    def file_name(self) -> str:
        where = self.area.code if self.area else "all"
        return f"digest-{where}-{self.period.step}-{self.period.since:%Y-%m-%d}"


class DigestPage(DigestView):
    template_name = "engagements/office/digest.html"

    def get_context_data(self, **kwargs):
        digest = self.digest
        return super().get_context_data(
            **kwargs,
            digest=digest,
            **screen(digest, asks=self.asks),
            area_lines=self.area_lines,
            late=[(line, self.late_url(line)) for line in words.late_lines(digest)],
            filter=self.filter,
            area=self.area,
            period=self.period,
            is_public=self.is_public,
            previous_url=self.address("digests", on=self.period.previous.since.isoformat()),
            next_url=self.address("digests", on=self.period.next.since.isoformat())
            if self.period.ended
            else "",
            pdf_url=self.address("digests_pdf"),
            xlsx_url=self.address("digests_xlsx"),
            figures_url=self.address("figures"),
        )

    @property
    def area_lines(self) -> list[tuple[words.AreaLine, str]]:
        return [
            (line, self.address("digests", area=line.code) if line.code else "")
            for line in words.area_lines(self.digest)
        ]

    @staticmethod
    def late_url(line: words.LateLine) -> str:
        return reverse(f"{line.row._meta.model_name}:inspect", args=[line.row.pk])


def screen(digest: Digest, *, asks: bool) -> dict[str, Any]:
    """What page and PDF both say."""
    asked = digest.asked
    return {
        "heading": words.heading(digest),
        "between": words.between(digest.period),
        "made": words.made_line(digest),
        "caveats": words.caveats(digest),
        "share_head": words.SHARE_HEAD,
        "share_lines": words.share_lines(digest),
        "share_names": [line.label for line in words.share_lines(digest)],
        "count_head": words.COUNT_HEAD,
        "count_lines": words.count_lines(digest),
        "count_names": [line.label for line in words.count_lines(digest)],
        "first_answers": words.first_answers(digest),
        "owing_head": words.OWING_HEAD,
        "owing": words.owing_lines(digest),
        "late_head": words.LATE_HEAD,
        "came_in": words.came_in_lines(digest),
        "asks": asks,
        "answer_rate": words.answer_rate_line(digest),
        "sent_down": [words.question_words(row) for row in asked.sent_down],
        "others": [words.question_words(row) for row in asked.others],
        "left_out": asked.more_sent_down + asked.more_others,
    }


# --- PDF ------------------------------------------------------------------------------------------------------
class DigestPDF(DigestView):
    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return pdf_response(pdf(TEMPLATE, document(self.digest, asks=self.asks)), f"{self.file_name}.pdf")


def document(digest: Digest, *, asks: bool) -> dict[str, Any]:
    """The data of digest.typ: words alone, in the reader's language."""
    said = screen(digest, asks=asks)
    areas = words.area_lines(digest)
    return {
        "title": _("Digest"),
        **{key: said[key] for key in ("heading", "between", "made", "caveats", "asks", "answer_rate")},
        "page_words": _("Page"),
        "caveats_title": _("What this shows and what it does not"),
        "figures": {
            "title": _("Figures"),
            "shares": _table(words.SHARE_HEAD, [line.words for line in said["share_lines"]]),
            "counts": _table(words.COUNT_HEAD, [line.words for line in said["count_lines"]]),
        },
        "first": {
            "title": _("How long people wait for a first answer"),
            "lines": [{"title": title, "lines": lines} for title, lines in said["first_answers"]],
        },
        "owed": {
            "title": _("What is owed today"),
            "none": _("Nothing is overdue today."),
            "agencies": _table(
                words.OWING_HEAD, [[row[0], *map(words.number, row[1:])] for row in said["owing"]]
            ),
            "longest_title": _("Overdue longest"),
            "longest": _table(words.LATE_HEAD, [line.words for line in words.late_lines(digest)]),
        },
        "came_in": {
            "title": _("What came in"),
            "none": _("Nothing."),
            "lists": [
                {"title": title, "rows": [[label, words.number(n)] for label, n in rows]}
                for title, rows in said["came_in"]
                if rows
            ],
        },
        "questions": {
            "title": _("Headquarters and the field"),
            "sent_down_title": _("Sent down: answers of headquarters in this period"),
            "sent_down": said["sent_down"],
            "others_title": _("Asked in this period, and not answered in it"),
            "others": said["others"],
            "none": _("None."),
        },
        "areas": {
            "title": _("By area"),
            "shares": _table(
                [_("Area"), *said["share_names"]], [[line.label, *line.share_words] for line in areas]
            ),
            "counts": _table(
                [_("Area"), *said["count_names"]],
                [[line.label, *map(words.number, line.counts)] for line in areas],
            ),
        },
    }


def _table(head: list, rows: list[list[str]]) -> dict[str, list]:
    return {"head": [str(name) for name in head], "rows": rows}


# --- XLSX -----------------------------------------------------------------------------------------------------
class DigestXLSX(DigestView):
    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        file = io.BytesIO()
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(file, options) as book:
            for name, rows in workbook(self.digest, asks=self.asks):
                write_sheet(book, name, rows)
        headers = {
            "Content-Disposition": str(content_disposition_header(True, f"{self.file_name}.xlsx")),
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(file.getvalue(), content_type=XLSX, headers=headers)


def write_sheet(book: xlsxwriter.Workbook, name: str, rows: list[list]) -> None:
    """Numbers as numbers, days as days; what is not known is an empty cell."""
    sheet = book.add_worksheet(name[:31])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if hasattr(value, "isoformat"):
                sheet.write_datetime(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, safe_cell(value))
    sheet.freeze_panes(1, 1)


def workbook(digest: Digest, *, asks: bool) -> list[tuple[str, list[list]]]:
    """(name of a sheet, its rows)."""
    sheets = [
        (_("Figures"), figure_rows(digest)),
        (_("By area"), area_rows(digest)),
        (_("Overdue"), overdue_rows(digest)),
    ]
    return [*sheets, (_("Questions"), question_rows(digest))] if asks else sheets


def figure_rows(digest: Digest) -> list[list]:
    share = [_("Part"), _("Whole"), _("Not known"), _("Percent")]
    before = [_("%(name)s, before") % {"name": name} for name in share]
    answer, earlier = digest.numbers.sheet.first_answer, digest.numbers.first_answer_before
    blank: list[None] = [None] * 3
    rows: list[list] = [[_("Figure"), *share, *before]]
    rows += [[line.label, *_share(line.now), *_share(line.before)] for line in words.share_lines(digest)]
    rows += [[line.label, line.now, *blank, line.before] for line in words.count_lines(digest)]
    rows += [
        [_("Days within which half had a first answer"), answer.median, *blank, earlier.median],
        [_("Days within which nine in ten had a first answer"), answer.ninetieth, *blank, earlier.ninetieth],
    ]
    for title, lines in words.came_in_lines(digest):
        rows += [[f"{title}: {label}", n] for label, n in lines]
    return [*rows, [], [words.heading(digest)], *([line] for line in notes(digest))]


def notes(digest: Digest) -> list[str]:
    return [words.between(digest.period), words.made_line(digest), *words.caveats(digest)]


def _share(share: words.Share) -> list[int | None]:
    """Without a whole the part is not known either."""
    if not share.whole:
        return [None, 0, share.unknown, None]
    return [share.part, share.whole, share.unknown, share.percent]


def area_rows(digest: Digest) -> list[list]:
    head = [_("Area")]
    for line in words.share_lines(digest):
        parts = _("part"), _("whole"), _("not known")
        head += [f"{line.label}: {part}" for part in parts]
    head += [line.label for line in words.count_lines(digest)]
    return [head, *(_area_row(line) for line in words.area_lines(digest))]


def _area_row(line: words.AreaLine) -> list:
    shares = [number for share in line.shares for number in (share.part, share.whole, share.unknown)]
    return [line.label, *shares, *line.counts]


def overdue_rows(digest: Digest) -> list[list]:
    rows = [
        [line.number, line.what, line.place, line.agency, line.due_on, line.days]
        for line in words.late_lines(digest)
    ]
    owing = words.owing_lines(digest)
    return [_said(words.LATE_HEAD), *rows, [], _said(words.OWING_HEAD), *owing]


def question_rows(digest: Digest) -> list[list]:
    head = [
        _("Number"),
        _("Area"),
        _("Asked on"),
        _("Question"),
        _("Answer due on"),
        _("Answered on"),
        _("Answer"),
    ]
    rows = [
        [row.number, row.area.label, row.asked_on, row.text, row.due_on, row.answered_on, row.answer or None]
        for row in [*digest.asked.sent_down, *digest.asked.others]
    ]
    return [head, *rows, [], [words.answer_rate_line(digest)]]


def _said(head: list) -> list[str]:
    return [str(name) for name in head]


# --- Where they are ---------------------------------------------------------------------------------------------
class DigestMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return reads_figures(request.user)


def menu_item() -> MenuItem:
    return DigestMenuItem(
        gettext_lazy("Digests"), reverse("digests"), name="digests", icon_name="doc-full", order=261
    )


urlpatterns = [
    path("digests/", DigestPage.as_view(), name="digests"),
    path("digests/pdf/", DigestPDF.as_view(), name="digests_pdf"),
    path("digests/xlsx/", DigestXLSX.as_view(), name="digests_xlsx"),
]
