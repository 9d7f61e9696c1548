"""The cast of every test: one person per role, two districts on each side of a line, a few communities.

    Benin (BJ): region BJ01 with districts BJ0101 (north, x 2.0–3.0) and BJ0102 (south)
    Niger (NE): region NE01 with district NE0101, north of latitude 12
    The border runs along latitude 12, from longitude 2 to 4: section BJ-NE

The officer, supervisor and registrar are posted to BJ0101; the focal point and liaison to their agencies.
Canaries: every private field holds a word found nowhere else, so that a leak is unmistakable.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon
from django.utils import timezone

from communities import accounts
from communities.models import Agency, Area, BorderSection, Community, Contact, Language, User
from communities.sight import Role
from engagements.field import server_key
from engagements.models import Mandate, Topic
from services.models import ServiceType
from tests import keys

PASSWORD = "correct horse battery"
CANARY_NAME = "Canarynamezq"
CANARY_PHONE = "+22990999777"
CANARY_NOTE = "canarynotezq"
CANARY_HIDDEN = "Hiddenvillagezq"
CANARY_SEALED = "sealedtextzq"


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


def days_ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


@dataclass
class Cast:
    """Everyone and everything, by name. `users[role]` is the person who holds that role."""

    benin: Area
    region: Area
    north: Area
    south: Area
    niger: Area
    niger_district: Area
    section: BorderSection
    police: Agency
    water: Agency
    niger_police: Agency
    dendi: Language
    village: Community  # public, exact, in the officer's district
    quiet: Community  # public as its district alone, in the officer's district
    hidden: Community  # appears nowhere public, in the officer's district
    nomads: Community  # nomadic, no point, in the officer's district
    far: Community  # in the other district: out of the officer's sight
    across: Community  # over the line
    contact: Contact
    water_topic: Topic
    sealed_topic: Topic
    health: ServiceType
    users: dict[str, User]

    @classmethod
    def assemble(cls) -> Cast:
        places = _places()
        people = _people(places)
        keys.set_up(people["users"][Role.INTEGRITY])
        server_key.current()
        return cls(**places, **people)

    @property
    def officer(self) -> User:
        return self.users[Role.OFFICER]

    @property
    def supervisor(self) -> User:
        return self.users[Role.SUPERVISOR]

    @property
    def focal_point(self) -> User:
        return self.users[Role.FOCAL_POINT]

    @property
    def registrar(self) -> User:
        return self.users[Role.REGISTRAR]

    @property
    def manager(self) -> User:
        return self.users[Role.MANAGER]

    @property
    def integrity(self) -> User:
        return self.users[Role.INTEGRITY]

    @property
    def editor(self) -> User:
        return self.users[Role.EDITOR]

    @property
    def liaison(self) -> User:
        return self.users[Role.LIAISON]

    @property
    def administrator(self) -> User:
        return self.users[Role.ADMINISTRATOR]


def _area(code, name, level, parent, country, shape) -> Area:
    return Area.objects.create(
        code=code, name=name, level=level, parent=parent, country=country, boundary=shape, source="test"
    )


def _places() -> dict:
    benin = _area("BJ", "Benin", 0, None, "BJ", box(1, 9, 4, 12))
    region = _area("BJ01", "Alibori", 1, benin, "BJ", box(2, 10, 4, 12))
    north = _area("BJ0101", "Malanville", 2, region, "BJ", box(2, 11, 4, 12))
    south = _area("BJ0102", "Kandi", 2, region, "BJ", box(2, 10, 4, 11))
    niger = _area("NE", "Niger", 0, None, "NE", box(1, 12, 4, 15))
    niger_region = _area("NE01", "Dosso", 1, niger, "NE", box(2, 12, 4, 13))
    niger_district = _area("NE0101", "Gaya", 2, niger_region, "NE", box(2, 12, 4, 13))
    section = BorderSection.objects.create(
        code="BJ-NE",
        name="Benin–Niger",
        country_a="BJ",
        country_b="NE",
        kind="water",
        line=MultiLineString(LineString((2, 12), (4, 12)), srid=4326),
    )
    police = Agency.objects.create(code="BJ-POL", name="Benin police", country="BJ", kind="police")
    water = Agency.objects.create(code="BJ-WAT", name="Water Directorate", country="BJ", kind="ministry")
    niger_police = Agency.objects.create(code="NE-POL", name="Niger police", country="NE", kind="police")
    dendi, _made = Language.objects.get_or_create(code="ddn", defaults={"name": "Dendi"})
    topic, _made = Topic.objects.get_or_create(code="water", defaults={"name": "Water"})
    sealed, _made = Topic.objects.get_or_create(
        code="corruption", defaults={"name": "Corruption", "sealed": True}
    )
    health, _made = ServiceType.objects.get_or_create(
        code="health_centre",
        defaults={"name": "Health centre", "max_km": 5, "standard_source": "Sphere", "fresh_days": 365},
    )
    Mandate.objects.create(topic=topic, area=region, agency=water, days=21)

    def community(code, name, area, point, public_place="exact", **more):
        return Community.objects.create(
            code=code,
            name=name,
            country=area.code[:2],
            area=area,
            section=section,
            location=Point(*point, srid=4326) if point else None,
            public_place=public_place,
            notes=CANARY_NOTE,
            **more,
        )

    village = community(
        "BJ-V1", "Garou", north, (3.0, 11.9), population=1200, population_source="test census"
    )
    places = {
        "village": village,
        "quiet": community(
            "BJ-V2",
            "Quietvillagezq",
            north,
            (3.2, 11.8),
            "area",
            population=300,
            population_source="test census",
        ),
        "hidden": community("BJ-V3", CANARY_HIDDEN, north, (3.3, 11.7), "hidden"),
        "nomads": community("BJ-N1", "Nomadgroupzq", north, None, "area", kind="nomadic"),
        "far": community("BJ-V4", "Sori", south, (3.0, 10.5)),
        "across": community("NE-V1", "Gaya village", niger_district, (3.0, 12.1)),
    }
    contact = Contact.objects.create(
        community=village, role="chief", name=CANARY_NAME, phone=CANARY_PHONE, agreed_on=days_ago(400)
    )
    return {
        **places,
        "benin": benin,
        "region": region,
        "north": north,
        "south": south,
        "niger": niger,
        "niger_district": niger_district,
        "section": section,
        "police": police,
        "water": water,
        "niger_police": niger_police,
        "dendi": dendi,
        "contact": contact,
        "water_topic": topic,
        "sealed_topic": sealed,
        "health": health,
    }


def _people(places: dict) -> dict:
    needs = {
        Role.OFFICER: {"areas": [places["north"]], "agency": places["police"]},
        Role.SUPERVISOR: {"areas": [places["north"]], "agency": places["police"]},
        Role.REGISTRAR: {"areas": [places["north"]]},
        Role.FOCAL_POINT: {"agency": places["water"]},
        Role.LIAISON: {"agency": places["niger_police"], "sections": [places["section"]]},
    }
    users = {}
    for role in Role:
        user = User.objects.create_user(
            f"{role.value}@example.org", PASSWORD, name=role.label, phone=CANARY_PHONE
        )
        accounts.post(user, role, by=None, starts=days_ago(400), **needs.get(role, {}))
        users[role] = user
    return {"users": users}
