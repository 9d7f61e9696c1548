"""Who works in the demo: ten logins, one per role and a second editor, and colleagues without a login in the other districts.

Nobody here has a person's name: users are called by their role, contacts have a role and no name.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from communities import accounts
from communities.models import Community, Contact, Group, User
from communities.sight import Role

from . import history
from .world import World

DOMAIN = "demo.example"
PASSWORD = "border-demo-2026!"
SINCE_DAYS = 600

# Posted besides those who sign in, so that meetings exist everywhere: key → (agency, areas of the officer and supervisor)
COLLEAGUES = {
    "bj-west": ("BJ-POL", ["BJX104", "BJX2", "BJX3"]),
    "ne": ("NE-POL", ["NE"]),
    "ng": ("NG-POL", ["NG"]),
    "bf": ("BF-POL", ["BF"]),
    "tg": ("TG-POL", ["TG"]),
}
OFFICER_AREAS = ["BJX101", "BJX102", "BJX103"]
SECOND_EDITOR = "second_editor"  # reads through what the first one wrote of a community at risk
PHONE = "+000 000 000"  # no such number: it shows what opening a contact looks like


def address(role: str) -> str:
    return f"{role.replace('_', '-')}@{DOMAIN}"


def logins() -> dict[str, str]:
    """The ten addresses by role."""
    return {role: address(role) for role in [*Role.values, SECOND_EDITOR]}


@dataclass
class People:
    """Users by role, and who meets and who reviews, by area code."""

    by_role: dict[str, User] = field(default_factory=dict)
    officers: dict[str, User] = field(default_factory=dict)
    supervisors: dict[str, User] = field(default_factory=dict)

    def officer_of(self, community: Community) -> User:
        return self.officers[_nearest(community, self.officers)]

    def supervisor_of(self, community: Community) -> User:
        return self.supervisors[_nearest(community, self.supervisors)]


def _nearest(community: Community, posted: dict[str, User]) -> str:
    """The deepest of the posted areas around the community: codes of areas begin with their parent's."""
    here = community.area.code if community.area else community.country
    return max((code for code in posted if here.startswith(code)), key=len)


def load(world: World, today: datetime.date) -> People:
    """Makes and posts the users, and writes the contacts."""
    people = People()
    starts = today - datetime.timedelta(days=SINCE_DAYS)
    for role in Role:
        user = User.objects.create_user(address(role.value), PASSWORD, name=f"Demo {role.label.lower()}")
        people.by_role[role.value] = user
        accounts.post(user, role, by=None, starts=starts, **_needs(world, role))
    second = User.objects.create_user(address(SECOND_EDITOR), PASSWORD, name="Demo second editor")
    accounts.post(second, Role.EDITOR, by=None, starts=starts)
    officer, supervisor = people.by_role[Role.OFFICER], people.by_role[Role.SUPERVISOR]
    people.officers = dict.fromkeys(OFFICER_AREAS, officer)
    people.supervisors = {"BJX1": supervisor}
    for key, (agency, areas) in COLLEAGUES.items():
        _colleagues(world, people, key, agency=agency, areas=areas, starts=starts)
    history.written(_contacts(world, today), by=None)
    return people


def _needs(world: World, role: str) -> dict:
    """What the posting of each role covers."""
    own = [world.areas[code] for code in OFFICER_AREAS]
    needs: dict[str, dict] = {
        Role.OFFICER: {"agency": world.agencies["BJ-POL"], "areas": own},
        Role.SUPERVISOR: {"agency": world.agencies["BJ-POL"], "areas": [world.areas["BJX1"]]},
        Role.FOCAL_POINT: {"agency": world.agencies["BJ-EAU"]},
        Role.REGISTRAR: {"agency": world.agencies["BJ-EC"], "areas": own},
        Role.LIAISON: {"agency": world.agencies["NE-POL"], "sections": [world.sections["BJ-NE"]]},
    }
    return needs.get(role, {})


def _colleagues(world: World, people: People, key: str, *, agency: str, areas: list[str], starts) -> None:
    covered = [world.areas[code] for code in areas]
    for role, posted in ((Role.OFFICER, people.officers), (Role.SUPERVISOR, people.supervisors)):
        user = User.objects.create_user(
            address(f"{role.value}-{key}"), name=f"Demo {role.label.lower()} ({key})"
        )
        accounts.post(user, role, by=None, agency=world.agencies[agency], areas=covered, starts=starts)
        # The region's supervisor reviews all of it; elsewhere a colleague does.
        posted.update((code, user) for code in areas if role == Role.OFFICER or code != "BJX104")


def _contacts(world: World, today: datetime.date) -> list[Contact]:
    """By role, without names. One carries a phone number that does not exist."""
    agreed = today - datetime.timedelta(days=500)
    roles = [Group.CHIEF, Group.WOMEN, Group.YOUTH, Group.RELIGIOUS, Group.TEACHERS, Group.HERDERS]
    made = []
    for place, community in enumerate(world.communities.values()):
        if "-T" in community.code and place % 3:
            continue
        chosen = [Group.CHIEF, Group.HERDERS] if community.is_nomadic else roles[: 2 + place % 4]
        made += [Contact(community=community, role=role) for role in chosen]
    first = next(row for row in made if row.community.code == "BJ-V001" and row.role == Group.CHIEF)
    first.phone, first.agreed_on = PHONE, agreed
    return Contact.objects.bulk_create(made)
