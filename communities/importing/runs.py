"""The verbs of an import: begin, try, confirm. Long ones are worked off by the task queue."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django_tasks import task
from wagtail.log_actions import log

from ..models import ImportRun, User
from . import confirming, mapping
from .likeness import Twin, twins
from .reading import Table, Unreadable, read
from .resource import ImportResource, resource_named
from .trying import Plan, plan

logger = logging.getLogger(__name__)
LATER_ABOVE = 2000  # rows; longer imports are worked off in the background
LOST_AFTER = timedelta(minutes=15)  # a run still worked on then has lost its worker
SHOWN = 200  # rows of each kind kept for the summary
KEPT_FINDINGS = (
    "rows",
    "sheet",
    "without_place",
    "alike",
    "reasons",
)  # nothing that quotes a cell of the file
State = ImportRun.State


def begin(content: bytes, file_name: str, what: str, *, source: str, by: User) -> ImportRun:
    """Takes a file in. Raises Unreadable, with a sentence for the person, when it cannot be read."""
    resource = resource_named(what)
    table = read(content, file_name)
    run = ImportRun(what=what, file_name=file_name[:200], sheet=table.sheet[:120], source=source, by=by)
    with transaction.atomic():
        run.file.save("upload", ContentFile(content), save=False)
        run.mapping = {"columns": mapping.proposed(resource, table, source)}
        run.findings = {"rows": len(table.rows)}
        run.save()
        log(run, "wagtail.create", user=by, data={"what": what})
    return run


def table_of(run: ImportRun) -> Table:
    """The rows of the run's file. Raises Unreadable."""
    with run.file.open("rb") as file:
        return read(file.read(), run.file_name, run.sheet)


def choose_sheet(run: ImportRun, sheet: str) -> Table:
    """Takes another sheet of the workbook; the columns are proposed anew."""
    run.sheet = sheet[:120]
    table = table_of(run)
    run.sheet = table.sheet
    run.mapping = {"columns": mapping.proposed(resource_named(run.what), table, run.source)}
    run.findings = {"rows": len(table.rows)}
    run.state = State.UPLOADED
    run.save(update_fields=["sheet", "mapping", "findings", "state"])
    return table


def choose_columns(run: ImportRun, columns: mapping.Mapping, *, accept_without_place: bool) -> None:
    """Says which column is which, remembers it for the source, and tries the import."""
    run.mapping = {"columns": columns, "accept_without_place": accept_without_place}
    run.state, run.working_since = State.WORKING, timezone.now()
    run.save(update_fields=["mapping", "state", "working_since"])
    mapping.remember(resource_named(run.what), run.source, columns)
    if run.findings.get("rows", 0) > LATER_ABOVE:
        transaction.on_commit(lambda: try_later.enqueue(run.pk))
    else:
        _or_fail(run, try_run, run)


def plan_of(run: ImportRun) -> Plan:
    return plan(
        resource_named(run.what),
        table_of(run),
        run.mapping["columns"],
        source=run.source,
        by=run.by,
        accept_without_place=run.mapping.get("accept_without_place", False),
    )


def try_run(run: ImportRun) -> None:
    """The dry run: nothing but the run itself is written."""
    try:
        made = plan_of(run)
    except Unreadable as error:
        _fail(run, str(error))
        return
    _note(run, made, State.TRIED)


def confirm(run: ImportRun, *, by: User, seen: str) -> bool:
    """Imports what was tried. `seen` is the fingerprint of what the confirming person was shown.

    False when the run was not waiting for that: confirmed twice, dropped, or tried with other columns since.
    """
    waiting = ImportRun.objects.editable_by(by).filter(pk=run.pk, state=State.TRIED)
    waiting = waiting.filter(findings__fingerprint=seen)
    if not waiting.update(state=State.WORKING, working_since=timezone.now()):
        return False
    run.refresh_from_db()
    if run.findings.get("rows", 0) > LATER_ABOVE:
        transaction.on_commit(lambda: confirm_later.enqueue(run.pk, by.pk, seen))
    else:
        _or_fail(run, work, run, by=by, seen=seen)
    return True


def work(run: ImportRun, *, by: User, seen: str) -> None:
    """Plans again, since others may have changed rows meanwhile: what was not shown is not written."""
    made = plan_of(run)
    if made.fingerprint != seen:
        message = _("Rows were changed by somebody else meanwhile. Look at the differences again.")
        _note(run, made, State.TRIED, message)
        return
    computed = confirming.prepare(made)
    try:
        with transaction.atomic():
            if not _settle(run, state=State.DONE, done_at=timezone.now(), message=""):
                return
            confirming.write(made, computed, by=by, run_id=run.pk)
            log(run, "wagtail.edit", user=by, data=_counts(made) | {"alike": run.findings.get("alike", 0)})
    except PermissionDenied as error:
        _fail(run, str(error))
    except DatabaseError:  # what the planning did not foresee, the database refused: say so, write nothing
        _fail(run, _("The database refused a row, so nothing was imported. Try the file again."))


@task()
def try_later(run_id: int) -> None:
    run = ImportRun.objects.select_related("by").get(pk=run_id)
    with translation.override(run.by.language):
        _or_fail(run, try_run, run)


@task()
def confirm_later(run_id: int, by_id: int, seen: str) -> None:
    run = ImportRun.objects.select_related("by").get(pk=run_id)
    by = User.objects.get(pk=by_id)
    with translation.override(by.language):
        _or_fail(run, work, run, by=by, seen=seen)


# --- How it ends ------------------------------------------------------------------------------------------------
def _or_fail(run: ImportRun, verb: Callable[..., None], *args: Any, **kwargs: Any) -> None:
    """A run never stays "being imported" after a crash; the crash itself is for the log."""
    try:
        verb(*args, **kwargs)
    except Exception:  # whatever it is, the person who waits for the run must be told
        logger.exception("import %s failed", run.pk)
        _fail(run, _("Something went wrong on the server. Nothing was imported."))


def _fail(run: ImportRun, message: str) -> None:
    _settle(run, state=State.FAILED, message=message)


def _settle(run: ImportRun, **outcome: Any) -> bool:
    """Writes how the work on a run ended. False when it was given up, or begun anew, meanwhile."""
    mine = ImportRun.objects.filter(pk=run.pk, state=State.WORKING, working_since=run.working_since)
    settled = bool(mine.update(**outcome))
    if settled:
        for name, value in outcome.items():
            setattr(run, name, value)
    return settled


def give_up_lost() -> None:
    """Runs whose worker is gone count as failed, and can be tried again."""
    working = ImportRun.objects.filter(state=State.WORKING)
    lost = working.exclude(working_since__gte=timezone.now() - LOST_AFTER)
    message = _("The server stopped while it worked on this file. Nothing was imported: try it again.")
    lost.update(state=State.FAILED, message=message)


# --- What is not kept -------------------------------------------------------------------------------------------
def forget_files(*, before: datetime) -> int:
    """Deletes the files uploaded before this moment, and the cells quoted from them; how many files.

    The runs stay, with their counts, their reasons for refusal and their log. One that was never confirmed
    can be confirmed no more.
    """
    runs = ImportRun.objects.filter(at__lt=before).exclude(file="").select_related("by")
    for run in runs:
        _forget_file(run)
    return len(runs)


def _forget_file(run: ImportRun) -> None:
    run.file.delete(save=False)
    run.findings = {name: run.findings[name] for name in KEPT_FINDINGS if name in run.findings}
    if run.state not in (State.DONE, State.FAILED):
        run.state = State.FAILED
        with translation.override(run.by.language):
            run.message = _("Nobody confirmed this import in time, and its file was deleted. Load it again.")
    with transaction.atomic():
        run.save(update_fields=["file", "findings", "state", "message"])
        log(run, "communities.forget_file")


# --- What is kept to show ------------------------------------------------------------------------------------
def _counts(made: Plan) -> dict[str, int]:
    return {
        "new": len(made.new),
        "changed": len(made.changed),
        "unchanged": len(made.unchanged),
        "refused": len(made.refused),
    }


def _note(run: ImportRun, made: Plan, state: str, message: str = "") -> None:
    found = {"rows": len(made.table.rows), **findings(made)}
    _settle(run, state=state, message=message, findings=found, **_counts(made))


def findings(made: Plan) -> dict[str, Any]:
    """A plan in words: examples of what is new, the differences, every refusal, and refusals by reason."""
    resource, sheet, alike = made.resource, made.table.sheet, twins(made)
    new = sorted(made.new, key=lambda planned: planned.number not in alike)  # those to look at come first
    refused = [
        {"row": number, "field": o.field, "column": o.column, "value": o.value[:200], "expected": o.expected}
        | ({"suggestion": o.suggestion} if o.suggestion else {})
        for number in sorted(made.refused)
        for o in made.refused[number]
    ]
    reasons = Counter((r["column"], r["expected"]) for r in refused)
    return {
        "sheet": sheet,
        "fingerprint": made.fingerprint,
        "without_place": made.without_place,
        "alike": len(alike),
        "new": [_line(p) | _twin(alike.get(p.number)) for p in new[:SHOWN]],
        "changed": [_line(p) | {"differences": _differences(resource, p)} for p in made.changed[:SHOWN]],
        "refused": refused,
        "reasons": [[*reason, count] for reason, count in reasons.most_common(20)],
    }


def _line(planned) -> dict[str, Any]:
    key = " · ".join(str(getattr(part, "code", part)) for part in planned.key)
    return {"row": planned.number, "key": key, "name": str(planned.values.get("name", ""))}


def _twin(twin: Twin | None) -> dict[str, Any]:
    return {"twin": asdict(twin)} if twin else {}


def _differences(resource: ImportResource, planned) -> list[list[str]]:
    return [[_label(resource, name), str(old), str(new)] for name, old, new in planned.differences]


def _label(resource: ImportResource, name: str) -> str:
    if name in resource.columns:
        return resource.columns[name].label
    return capfirst(str(resource.model._meta.get_field(name).verbose_name))
