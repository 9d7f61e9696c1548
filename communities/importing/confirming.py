"""Confirming: the plan is written in one short transaction, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from communities import statistics

from .resource import ModelOf, Row, told_after
from .trying import Plan, Planned

AT_ONCE = 1000
MANY = 1000  # new rows that change how the database had better look for rows
UPDATE_AT_ONCE = 200


def prepare(made: Plan) -> set[str]:
    """Works out what is computed (areas, distances), outside the transaction; the fields it set."""
    moved = [planned for planned in made.changed if "location" in planned.changed_fields]
    before = [(planned, _loosen(planned)) for planned in moved]
    rows = [planned.row for planned in [*made.new, *moved]]
    computed = made.resource.complete(rows) if rows else set()
    for planned, held in before:  # what could not be found anew stays as it was
        for attname, value in held.items():
            if getattr(planned.row, attname) is None:
                setattr(planned.row, attname, value)
    return computed | {name.removesuffix("_id") for _planned, held in before for name in held}


def _loosen(planned: Planned) -> dict[str, int]:
    """A row that moved is looked for anew, unless the file says where it belongs: what it held till now."""
    held = {}
    for name in ("area", "section"):
        attname = f"{name}_id"
        if name not in planned.values and getattr(planned.row, attname, None):
            held[attname] = getattr(planned.row, attname)
            setattr(planned.row, attname, None)
    return held


def write(made: Plan, computed: set[str], *, by: Any, run_id: int | None = None) -> None:
    """Writes what `made` plans. One transaction: a row that cannot be written undoes all of them.

    Raises PermissionDenied when a written row lies outside what `by` may add or change, IntegrityError
    when the database refuses one.
    """
    with transaction.atomic():
        fields = {name for planned in made.changed for name in planned.changed_fields}
        _create([planned.row for planned in made.new])
        _update(made, fields | (computed if fields else set()))
        _set_many(made.new + made.changed)
        _write_beside(made.new + made.changed)
        _check_sight(made, by)
        _log(made, by, run_id)
        told_after(made.resource.model, [planned.row.pk for planned in made.new + made.changed])
        if len(made.new) >= MANY:
            transaction.on_commit(statistics.refresh)


def _create(rows: Sequence[Row]) -> None:
    """Rows that stand inside one another (areas) are written from the top down."""
    if rows and hasattr(rows[0], "level"):
        for level in sorted({row.level for row in rows}):
            type(rows[0])._default_manager.bulk_create([r for r in rows if r.level == level], AT_ONCE)
    elif rows:
        type(rows[0])._default_manager.bulk_create(rows, AT_ONCE)


def _update(made: Plan, fields: set[str]) -> None:
    rows = [planned.row for planned in made.changed if planned.changed_fields]
    if rows and fields:
        made.resource.model._default_manager.bulk_update(rows, sorted(fields), batch_size=UPDATE_AT_ONCE)


def _set_many(planned_rows: Iterable[Planned]) -> None:
    planned_rows = list(planned_rows)
    for name in sorted({name for planned in planned_rows for name in planned.many}):
        touched = [planned for planned in planned_rows if name in planned.many]
        relation: Any = type(touched[0].row)._meta.get_field(name)
        through, own = relation.remote_field.through, relation.m2m_column_name()
        other = relation.m2m_reverse_name()
        through._default_manager.filter(**{f"{own}__in": [p.row.pk for p in touched]}).delete()
        through._default_manager.bulk_create(
            [through(**{own: p.row.pk, other: row.pk}) for p in touched for row in p.many[name]], AT_ONCE
        )


def _write_beside(planned_rows: Iterable[Planned]) -> None:
    """Rows of other models that came along, such as a service point's observation."""
    beside: dict[tuple[ModelOf, str], list[Row]] = {}
    for planned in planned_rows:
        for row in planned.beside:
            link = next(f.name for f in row._meta.fields if f.related_model is type(planned.row))
            setattr(row, link, planned.row)
            beside.setdefault((type(row), link), []).append(row)
    for (model, _link), rows in beside.items():
        model._default_manager.bulk_create(rows, AT_ONCE)
        told_after(model, [row.pk for row in rows])


def _check_sight(made: Plan, by: Any) -> None:
    """Asked of the written rows, inside the transaction: nobody adds or moves a row out of their sight."""
    if by is None:
        return
    for planned_rows, may in ((made.new, "addable_by"), (made.changed, "editable_by")):
        written = [planned.row.pk for planned in planned_rows]
        for start in range(0, len(written), AT_ONCE):
            part = made.resource.model._default_manager.filter(pk__in=written[start : start + AT_ONCE])
            if getattr(part, may)(by).count() != len(written[start : start + AT_ONCE]):
                raise PermissionDenied(
                    _("A row lies outside what your posting covers. Nothing was imported.")
                )


def _log(made: Plan, by: Any, run_id: int | None) -> None:
    """One history line per written row, with the import's number. Wagtail shows one line of those that share
    an identity (`uuid`), so each stands alone."""
    about = {
        "content_type_id": ContentType.objects.get_for_model(made.resource.model).pk,
        "user_id": by and by.pk,
        "timestamp": timezone.now(),
        "content_changed": True,
    }
    entries = [
        ModelLogEntry(
            **about,
            object_id=str(planned.row.pk),
            label=str(planned.row),
            action="wagtail.create" if planned.is_new else "wagtail.edit",
            data={"import": run_id, "fields": sorted(planned.changed_fields)},
        )
        for planned in made.new + made.changed
    ]
    ModelLogEntry.objects.bulk_create(entries, AT_ONCE)
