"""Who may see and change which row: the one place where it is decided.

A user's sight is the union of their current postings. Each model's queryset states its rule by joining
*grounds* ("rows in my own areas", "rows assigned to my agency"); every door starts with `visible_to`,
`editable_by` or `public`. Roles are named in this file and nowhere else.
Source of the rules: the table "Roles" of the product description, repeated in docs/privacy.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

if TYPE_CHECKING:
    from .models import Posting, User

NOTHING = Q(pk__in=[])
EVERYTHING = Q()


class Role(models.TextChoices):
    OFFICER = "officer", _("Officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    FOCAL_POINT = "focal_point", _("Focal point")
    REGISTRAR = "registrar", _("Registrar")
    MANAGER = "manager", _("Programme manager")
    INTEGRITY = "integrity", _("Integrity officer")
    EDITOR = "editor", _("Editor")
    LIAISON = "liaison", _("Liaison")
    ADMINISTRATOR = "administrator", _("Administrator")


ADMINISTERS = Role.ADMINISTRATOR  # for the command that makes the first one
PUBLISHES = Role.EDITOR  # for the group that holds Wagtail's page rights


# --- Sight: what a user's postings amount to today ---------------------------------------------------
@dataclass(frozen=True)
class Sight:
    """The current postings of one user, by role.

    `areas`, `agencies` and `sections` map a role to primary keys; a role that is held without any is
    mapped to an empty list and sees nothing on that ground.
    """

    user_id: int | None
    roles: frozenset[str] = frozenset()
    areas: dict[str, list[int]] = field(default_factory=dict)
    agencies: dict[str, list[int]] = field(default_factory=dict)
    sections: dict[str, list[int]] = field(default_factory=dict)

    def holds(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def key(self) -> str:
        """The same for all who are posted to the same, and so see the same but for their own drafts."""
        grounds = (self.areas, self.agencies, self.sections)
        told = [
            sorted(self.roles),
            *(sorted((role, sorted(pks)) for role, pks in ground.items()) for ground in grounds),
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def sight_of(user: Any, on: date | None = None) -> Sight:
    """The sight of `user` on a day (today unless told), or the one they were lent. Cached on the user object."""
    if on is None and (given := getattr(user, "_lent", None)):
        return given
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Sight(user_id=None)
    if on is None and (cached := getattr(user, "_sight", None)):
        return cached
    sight = _gather(user.pk, apps.get_model("communities", "Posting").objects.held_by(user, on=on))
    if on is None:
        user._sight = sight
    return sight


def _gather(user_id: int, postings: models.QuerySet[Posting]) -> Sight:
    areas: dict[str, list[int]] = {}
    agencies: dict[str, list[int]] = {}
    sections: dict[str, list[int]] = {}
    roles = set()
    keys_alone = [  # never the shapes: this is asked with every request
        models.Prefetch(path, apps.get_model("communities", model)._base_manager.only("pk"))
        for path, model in (("areas", "Area"), ("sections", "BorderSection"))
    ]
    for posting in postings.prefetch_related(*keys_alone):
        roles.add(posting.role)
        areas.setdefault(posting.role, []).extend(a.pk for a in posting.areas.all())
        sections.setdefault(posting.role, []).extend(s.pk for s in posting.sections.all())
        if posting.agency_id:
            agencies.setdefault(posting.role, []).append(posting.agency_id)
    return Sight(user_id, frozenset(roles), areas, agencies, sections)


def forget(user: Any) -> None:
    """Drops the cached sight, after a posting changed within the same request."""
    user.__dict__.pop("_sight", None)


@contextmanager
def lent(user: User, sight: Sight) -> Iterator[None]:
    """Within, `user` sees and may do what `sight` allows, and nothing of their own."""
    user._lent = replace(sight, user_id=user.pk)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        del user._lent  # type: ignore[attr-defined]


class SignedInRequest(HttpRequest):
    """For type hints: the request of somebody who has come through one of the office's doors."""

    user: User


# --- Grounds: reasons why a row may be seen ------------------------------------------------------------
@dataclass(frozen=True)
class Ground:
    """Alternatives of (role, rule); a rule turns a Sight into a Q. Joined with `|`."""

    parts: tuple[tuple[str, Callable[[Sight], Q]], ...] = ()

    def __or__(self, other: Ground) -> Ground:
        return Ground(self.parts + other.parts)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _rule in self.parts)

    def open_to(self, sight: Sight) -> bool:
        """Whether these grounds can give this user any row at all."""
        return sight.holds(*self.roles)

    def q(self, sight: Sight) -> Q:
        total = NOTHING
        for role, rule in self.parts:
            if role in sight.roles:
                part = rule(sight)
                if part == EVERYTHING:
                    return EVERYTHING
                total = part if total == NOTHING else total | part
        return total


NOBODY = Ground()


def _for(roles: tuple[str, ...], make: Callable[[str], Callable[[Sight], Q]]) -> Ground:
    return Ground(tuple((role, make(role)) for role in roles))


def _within(paths: tuple[str, ...], role: str, reach: str = "within") -> Callable[[Sight], Q]:
    def rule(sight: Sight) -> Q:
        ids = sight.areas.get(role)
        if not ids:
            return NOTHING
        area = apps.get_model("communities", "Area")
        reached = getattr(area.objects, reach)(ids).values("pk")
        keys = ["pk__in" if path == "self" else f"{path}__in" for path in paths]
        return Q(*[(key, reached) for key in keys], _connector=Q.OR)

    return rule


def _among(path: str, role: str, kind: str) -> Callable[[Sight], Q]:
    return lambda sight: Q(**{f"{path}__in": ids}) if (ids := getattr(sight, kind).get(role)) else NOTHING


def own_areas(*paths: str) -> Ground:
    """Officers and supervisors: rows whose area, at any of these paths, lies in the areas they are posted to."""
    return _for((Role.OFFICER, Role.SUPERVISOR), lambda role: _within(paths, role))


def areas_around(path: str) -> Ground:
    """Officers and supervisors: rows on an area that one of their own lies in."""
    return _for((Role.OFFICER, Role.SUPERVISOR), lambda role: _within((path,), role, "around"))


def met_areas(*paths: str) -> Ground:
    """Officers alone: rows in the areas whose communities they meet."""
    return _for((Role.OFFICER,), lambda role: _within(paths, role))


def reviewed_areas(*paths: str) -> Ground:
    """Supervisors alone: rows in the areas they review."""
    return _for((Role.SUPERVISOR,), lambda role: _within(paths, role))


def registry_areas(*paths: str) -> Ground:
    """Registrars: rows in the areas they register."""
    return _for((Role.REGISTRAR,), lambda role: _within(paths, role))


def own_agency(path: str) -> Ground:
    """Focal points: rows assigned to their own agency, anywhere."""
    return _for((Role.FOCAL_POINT,), lambda role: _among(path, role, "agencies"))


def shared_with(path: str) -> Ground:
    """Liaisons: rows shared with their agency."""
    return _for((Role.LIAISON,), lambda role: _among(path, role, "agencies"))


def shared_section(path: str) -> Ground:
    """Liaisons: rows on the border sections they share."""
    return _for((Role.LIAISON,), lambda role: _among(path, role, "sections"))


def own_draft(path: str, when: Q) -> Ground:
    """Officers and supervisors: what they wrote themselves, as long as `when` holds."""
    return _for(
        (Role.OFFICER, Role.SUPERVISOR), lambda _role: lambda sight: Q(**{path: sight.user_id}) & when
    )


def programme(when: Q = EVERYTHING) -> Ground:
    """Programme managers: everything (for which `when` holds)."""
    return _for((Role.MANAGER,), lambda _role: lambda _sight: when)


def publishing(when: Q = EVERYTHING) -> Ground:
    """Editors: what may be public."""
    return _for((Role.EDITOR,), lambda _role: lambda _sight: when)


def integrity(when: Q = EVERYTHING) -> Ground:
    """Integrity officers: sealed rows."""
    return _for((Role.INTEGRITY,), lambda _role: lambda _sight: when)


def administration(when: Q = EVERYTHING) -> Ground:
    """Administrators: users, postings, reference data."""
    return _for((Role.ADMINISTRATOR,), lambda _role: lambda _sight: when)


def everyone() -> Ground:
    """Reference data that every posted person reads."""
    return _for(tuple(Role), lambda _role: lambda _sight: EVERYTHING)


def narrowed(ground: Ground, when: Q) -> Ground:
    """The same grounds, for the rows for which `when` holds only."""

    def bind(rule: Callable[[Sight], Q]) -> Callable[[Sight], Q]:
        return lambda sight: NOTHING if (q := rule(sight)) == NOTHING else q & when

    return Ground(tuple((role, bind(rule)) for role, rule in ground.parts))


# --- The queryset and the policy every door goes through -------------------------------------------------
class ScopedQuerySet(models.QuerySet):
    """A queryset that states who sees (`seen`), changes (`edited`) and creates (`added`) its rows.

    `added` is checked against the saved row, inside the transaction: nobody creates a row, or moves one,
    to where they could not see it. Nothing is deleted in this product: rows are closed or withdrawn.
    """

    seen: Ground = NOBODY
    edited: Ground = NOBODY
    added: Ground | None = None
    through_many = False  # a ground follows a many-to-many or reverse relation

    @classmethod
    def grounds(cls, action: str) -> Ground:
        """The grounds for "view", "change" or "add"; every other action is refused to all."""
        if action == "add":
            return cls.edited if cls.added is None else cls.added
        return {"view": cls.seen, "change": cls.edited}.get(action, NOBODY)

    def visible_to(self, user: Any) -> Self:
        return self._narrow(self.seen.q(sight_of(user)))

    def editable_by(self, user: Any) -> Self:
        return self._narrow(self.edited.q(sight_of(user)))

    def addable_by(self, user: Any) -> Self:
        return self._narrow(self.grounds("add").q(sight_of(user)))

    def public(self) -> Self:
        """What anyone may read. A model that is never public keeps this."""
        return self.none()

    def _narrow(self, q: Q) -> Self:
        if q == NOTHING:
            return self.none()
        if q == EVERYTHING:
            return self.all()
        if self.through_many:  # a row may match through several joins: its primary key decides
            return self.filter(pk__in=self.model._default_manager.filter(q).values("pk"))
        return self.filter(q)


def may(user: Any, action: str, row: models.Model) -> bool:
    """Whether `user` may "view", "change" or (re-checked after saving) "add" this very row."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    narrow = {"view": "visible_to", "change": "editable_by", "add": "addable_by"}[action]
    return getattr(rows, narrow)(user).exists()


def require(user: Any, action: str, row: models.Model) -> None:
    """Raises PermissionDenied unless `may`."""
    if not may(user, action, row):
        raise PermissionDenied(_("This is outside what your posting covers."))


def holders(*roles: str) -> models.QuerySet[User]:
    """Users who hold one of these roles today."""
    posting = apps.get_model("communities", "Posting")
    return (
        apps.get_model("communities", "User")
        .objects.filter(is_active=True, postings__in=posting.objects.current().filter(role__in=roles))
        .distinct()
    )


def integrity_postings() -> models.QuerySet[Posting]:
    """The postings of today's integrity officers, the newest first."""
    postings = apps.get_model("communities", "Posting").objects.current()
    officers = postings.filter(role=Role.INTEGRITY, user__is_active=True)
    return officers.select_related("user").order_by("-starts", "-pk")


def told_of_what_is_late() -> models.QuerySet[User]:
    """Everybody to whom what is overdue climbs: officers, supervisors and headquarters."""
    return holders(Role.OFFICER, Role.SUPERVISOR, Role.MANAGER)


def programme_by_sight() -> list[User]:
    """Programme managers of today, one of all who see the same."""
    return list({sight_of(user).key: user for user in holders(Role.MANAGER).order_by("-pk")}.values())


def _field_postings(area: Any) -> Any:
    """The postings of officers and supervisors, of any time, that cover `area`."""
    lineage = list(area.upwards()) if area else []
    posting = apps.get_model("communities", "Posting")
    return posting.objects.filter(role__in=[Role.OFFICER, Role.SUPERVISOR], areas__in=lineage)


def field_colleagues(community: Any) -> models.QuerySet[User]:
    """Officers and supervisors who meet this community today."""
    posted = _field_postings(community.area if community else None).current()
    return holders(Role.OFFICER, Role.SUPERVISOR).filter(postings__in=posted).distinct()


def has_left(user: Any, area: Any) -> bool:
    """Whether `user` was posted to the field of `area` once and is not today."""
    postings = _field_postings(area).filter(user=user)
    return postings.filter(ends__lt=today()).exists() and not postings.current().exists()


class ScopedPolicy(BasePermissionPolicy):
    """Wagtail's permission questions, answered from the queryset's grounds."""

    def _grounds(self, action: str) -> Ground:
        return self.model._default_manager.get_queryset().grounds(action)

    def user_has_permission(self, user, action):
        return self._grounds(action).open_to(sight_of(user))

    def users_with_any_permission(self, actions):
        return holders(*frozenset().union(*(self._grounds(action).roles for action in actions)))

    def user_has_permission_for_instance(self, user, action, instance):
        return action in {"view", "change"} and may(user, action, instance)

    def instances_user_has_any_permission_for(self, user, actions):
        rows = self.model._default_manager.all()
        return rows.visible_to(user) if "view" in actions else rows.editable_by(user)

    def users_with_any_permission_for_instance(self, actions, instance):
        return self.users_with_any_permission(actions)


def scope_app(label: str) -> None:
    """Registers the scoped policy for every model of an app. First line of its wagtail_hooks.py."""
    for model in apps.get_app_config(label).get_models():
        register_permission_policy(model, ScopedPolicy(model))


def administered() -> list[type[models.Model]]:
    """The models of which administrators manage every row: those whose changes the site's history tells them."""
    sight = Sight(None, frozenset({ADMINISTERS}))
    every = [(model, model._default_manager.none()) for model in apps.get_models()]
    scoped = [(model, rows) for model, rows in every if isinstance(rows, ScopedQuerySet)]
    return [model for model, rows in scoped if rows.grounds("change").q(sight) == EVERYTHING]


# --- Named questions about a person, for menus and home panels --------------------------------------------
def today() -> date:
    return timezone.localdate()


def is_field(user: Any) -> bool:
    """Meets communities: officer or supervisor."""
    return sight_of(user).holds(Role.OFFICER, Role.SUPERVISOR)


def areas_served(user: Any) -> models.QuerySet:
    """The areas that `user` is posted to as officer or supervisor, with all that lie in them."""
    return apps.get_model("communities", "Area").objects.filter(own_areas("self").q(sight_of(user)))


def serves(user: Any, area: models.Model) -> bool:
    """Whether this area lies in those that `user` is posted to as officer or supervisor."""
    return areas_served(user).filter(pk=area.pk).exists()


def works_here(user: Any) -> bool:
    """Holds a posting of any kind today."""
    return bool(sight_of(user).roles)


def is_officer(user: Any) -> bool:
    return sight_of(user).holds(Role.OFFICER)


def is_reviewer(user: Any) -> bool:
    return sight_of(user).holds(Role.SUPERVISOR)


def is_programme(user: Any) -> bool:
    return sight_of(user).holds(Role.MANAGER)


def is_editor(user: Any) -> bool:
    return sight_of(user).holds(Role.EDITOR)


def reads_internal(user: Any) -> bool:
    """Whether `user` reads more of a row in sight than what may be public of it: everyone but an editor does."""
    return bool(sight_of(user).roles - {Role.EDITOR})


def is_agency(user: Any) -> bool:
    return sight_of(user).holds(Role.FOCAL_POINT)


def reads_figures(user: Any) -> bool:
    """Reads how the word is kept: whoever meets communities, answers them or runs the programme; and editors, who
    have the public's numbers alone (`reads_internal`)."""
    return sight_of(user).holds(Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.FOCAL_POINT, Role.EDITOR)


def reads_why_withdrawn(user: Any) -> bool:
    """Reads why a page was withdrawn: the agency concerned does not, since people may have been afraid of it."""
    return sight_of(user).holds(Role.SUPERVISOR, Role.MANAGER, Role.EDITOR)


def is_registrar(user: Any) -> bool:
    return sight_of(user).holds(Role.REGISTRAR)


def is_integrity(user: Any) -> bool:
    return sight_of(user).holds(Role.INTEGRITY)


def is_administrator(user: Any) -> bool:
    return sight_of(user).holds(Role.ADMINISTRATOR)
