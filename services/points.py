"""The verbs of service points and deliveries: register, observe, retire, record a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from communities.models import Agency, Community, User
from communities.places import find_areas
from communities.sight import require, today

from .gaps import mark_changed
from .models import Delivery, Observation, ServicePoint, ServiceState, ServiceType


def not_after_today(day: Date) -> None:
    """Raises ValidationError for a day that has not come yet: what was not seen cannot be recorded."""
    if day > today():
        raise ValidationError({"date": _("This day has not come yet.")})


@dataclass(frozen=True)
class Standing:
    """What a point's latest observation says today: a key for its colour, its shape, and the words."""

    key: str
    mark: str
    words: str


MARKS = {"working": "●", "partly": "◐", "not_working": "▲", "closed": "▲"}


def standing(point: Any, *, on: Date) -> Standing:
    """The standing of a point from `with_latest()`, with its type fetched. Nobody having looked is unknown."""
    if point.retired_on:
        return Standing("unknown", "–", _("No longer in the register"))
    if point.seen_state is None:
        return Standing("unknown", "?", _("Nobody has looked"))
    words = {
        "state": ServiceState(point.seen_state).label,
        "day": date_format(point.seen_on, "j F Y"),
    }
    if (on - point.seen_on).days > point.type.fresh_days:
        return Standing("stale", "◌", _("%(state)s on %(day)s; nobody has looked since") % words)
    return Standing(point.seen_state, MARKS[point.seen_state], _("%(state)s on %(day)s") % words)


def fresh(*, on: Date) -> Q:
    """Points from `with_latest()` whose latest observation still holds on a day, by their type's standard."""
    fresh_enough = Q(pk__in=[])
    for pk, days in ServiceType.objects.values_list("pk", "fresh_days"):
        fresh_enough |= Q(type=pk, seen_on__gte=on - timedelta(days=days))
    return fresh_enough


@transaction.atomic
def settle(point: ServicePoint, *, was_type: int | None = None) -> None:
    """After a point was added or changed: finds its area where that is empty, and says that gaps changed.

    `was_type` is the primary key of the type it had before, where that may have changed.
    """
    if found := find_areas([point]):
        point.save(update_fields=sorted(found))
    mark_changed({point.type_id} | ({was_type} if was_type else set()))


@transaction.atomic
def observe(
    *,
    point: ServicePoint,
    date: Date,
    state: str,
    source: str,
    method: str = Observation.Method.VISIT,
    staffed: bool | None = None,
    supplied: bool | None = None,
    open_that_day: bool | None = None,
    note: str = "",
    by: User,
) -> Observation:
    """Records what somebody saw at a service point. It stands beside earlier observations, for good.

    Raises ValidationError (a day to come, a missing source) and PermissionDenied (the point is not `by`'s).
    """
    not_after_today(date)
    observation = Observation(
        point=point,
        date=date,
        state=state,
        method=method,
        source=source,
        staffed=staffed,
        supplied=supplied,
        open_that_day=open_that_day,
        note=note,
        by=by,
    )
    observation.full_clean()
    observation.save()
    require(by, "add", observation)
    log(observation, "services.observe", user=by, data={"state": state})
    mark_changed([point.type_id])
    return observation


@transaction.atomic
def retire(point: ServicePoint, *, by: User, on: Date) -> None:
    """Takes a point out of the register. It stays, with its observations. Raises ValidationError if it is out."""
    require(by, "change", point)
    not_after_today(on)
    if point.retired_on:
        raise ValidationError(_("This point has already left the register."))
    point.retired_on = on
    point.save(update_fields=["retired_on"])
    log(point, "services.retire", user=by, data={"on": on.isoformat()})
    mark_changed([point.type_id])


@transaction.atomic
def record_delivery(
    *,
    type: ServiceType,
    community: Community,
    agency: Agency,
    date: Date,
    result: str = Delivery.Result.DELIVERED,
    people_reached: int | None = None,
    women_reached: int | None = None,
    note: str = "",
    by: User,
) -> Delivery:
    """Records that something came to people, or that it did not. "Nobody counted" (None) is not zero.

    Raises ValidationError (a day to come, more women than people) and PermissionDenied.
    """
    not_after_today(date)
    delivery = Delivery(
        type=type,
        community=community,
        agency=agency,
        date=date,
        result=result,
        people_reached=people_reached,
        women_reached=women_reached,
        note=note,
        by=by,
    )
    delivery.full_clean()
    delivery.save()
    require(by, "add", delivery)
    log(delivery, "services.deliver", user=by, data={"result": result})
    mark_changed([type.pk])
    return delivery
