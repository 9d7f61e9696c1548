"""The permission matrix: every address the resolver knows has a row, and every row is tried as every role.

A row is a pattern of names and who may open it (GET). "office" are all nine roles; Wagtail's own addresses,
which hold no domain rows, have one row each and are tried signed out. Phones' addresses answer nobody's web
session. An address without a row fails.
"""

from __future__ import annotations

import uuid
from fnmatch import fnmatch

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from communities.sight import Role

ALL = frozenset(Role.values)
FIELD = frozenset({"officer", "supervisor"})
PLACES = FIELD | {"registrar", "manager", "editor", "liaison"}
SERVES = FIELD | {"manager", "focal_point"}
REFERENCE = frozenset({"manager", "administrator"})
NONE: frozenset = frozenset()
PUBLIC = "public"
STOCK = "stock"
PHONE = "phone"

# First match counts: put the narrower pattern first.
MATRIX: list[tuple[str, frozenset | str]] = [
    # Public door and signing in
    ("healthz", PUBLIC),
    ("basemap", PUBLIC),
    ("account_*", STOCK),
    ("mfa_*", STOCK),
    ("public:*", PUBLIC),
    # The officers' door: the app holds no data; what answers phones asks for their token, in no cookie
    ("field:shell", PUBLIC),
    ("field:worker", PUBLIC),
    ("field:manifest", PUBLIC),
    ("field:words", PUBLIC),
    ("field:session", PUBLIC),
    ("field:enrol", PHONE),
    ("field:push", PHONE),
    ("field:pull", PHONE),
    ("field:photo", PHONE),
    ("field:contact", PHONE),
    ("field:leave", PHONE),
    (
        "sms",
        PUBLIC,
    ),  # closed without a secret, and opened by a signature alone: tests/engagements/test_sms.py
    ("robots", PUBLIC),
    ("sitemap*", PUBLIC),
    ("set_language", PUBLIC),
    ("wagtail_serve", PUBLIC),
    ("mandate_times", frozenset({"supervisor", "manager", "focal_point"})),
    # Ground floor
    ("community:index*", PLACES),
    ("community:map", PLACES),
    ("community:add", FIELD | {"manager"}),
    ("community:*", PLACES),
    ("contact:add", FIELD),
    ("contact:*", FIELD),
    ("contactopening:*", FIELD),
    ("presence:add", FIELD | {"manager"}),
    ("presence:*", FIELD | {"registrar", "manager"}),
    ("tie:*", FIELD | {"manager"}),
    ("wagtailusers_users:*", frozenset({"administrator"})),
    ("posting:*", frozenset({"administrator"})),
    ("imports:*", frozenset({"manager"})),
    *[
        row
        for kind in (
            "agency",
            "area",
            "bordersection",
            "crossingpoint",
            "language",
            "servicetype",
            "sector",
            "topic",
            "mandate",
            "hotline",
        )
        for row in ((f"{kind}:add", REFERENCE), (f"{kind}:edit", REFERENCE), (f"{kind}:*", ALL))
    ],
    # Services
    ("gap*", FIELD | {"manager"}),
    ("servicepoint:add", SERVES),
    ("servicepoint:*", ALL),
    ("observation:add", SERVES),
    ("observation:photo", ALL - {"editor"}),
    ("observation:*", ALL),
    ("delivery:add", SERVES),
    ("delivery:*", SERVES | {"editor"}),
    ("cardscheme:add", frozenset({"manager"})),
    ("cardscheme:*", FIELD | {"manager", "registrar", "editor"}),
    ("carddrive:add", frozenset({"registrar"})),
    ("carddrive:*", FIELD | {"manager", "registrar", "editor"}),
    ("project:add", frozenset({"manager"})),
    ("project:*", ALL),
    ("milestone:add", frozenset({"manager", "focal_point"})),
    ("milestone:*", ALL),
    # Meetings and the loop
    ("device:*", FIELD | {"administrator"}),
    ("entry:*", FIELD),
    ("figures", FIELD | {"manager", "focal_point", "editor"}),
    ("digests", FIELD | {"manager", "focal_point", "editor"}),
    ("digests_pdf", FIELD | {"manager", "focal_point", "editor"}),
    ("digests_xlsx", FIELD | {"manager", "focal_point", "editor"}),
    ("figures_communities", FIELD | {"manager"}),
    ("engagement:log*", FIELD),
    ("engagement:brief", FIELD),
    ("engagement:mend", FIELD),
    ("engagement:*", FIELD | {"manager", "editor", "liaison"}),
    ("concern:*", FIELD | {"manager", "editor", "focal_point"}),
    ("commitment:*", FIELD | {"manager", "editor", "focal_point"}),
    ("duty:*", FIELD | {"manager", "editor"}),
    ("sealed:*", frozenset({"integrity"})),
    ("question:add", FIELD),
    ("question:*", FIELD | {"manager"}),
    ("inbox", frozenset({"supervisor"})),
    ("take_report", FIELD),
    ("report_photo_file", FIELD | {"manager", "focal_point"}),
    ("handover:new", FIELD),
    ("handover:*", FIELD | {"manager", "focal_point"}),
    ("photo_file", FIELD | {"manager"}),
    ("evidence_file", FIELD | {"manager", "focal_point"}),
    ("cms:ready", frozenset({"editor"})),
    ("cms:*", frozenset({"editor"})),
    # Wagtail's own
    ("wagtail*", STOCK),
    # Our choosers open to all who are posted, and list what is in their sight.
    ("*_chooser:*", ALL),
]


def names(patterns=None, namespace="") -> dict[str, URLPattern]:
    """Every named address, with its namespaces, as reverse() takes it."""
    found = {}
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found.update(names(pattern.url_patterns, inner))
        elif pattern.name:
            found[f"{namespace}{pattern.name}"] = pattern
    return found


def row_for(name: str):
    return next((who for pattern, who in MATRIX if fnmatch(name, pattern)), None)


def test_every_address_has_a_row():
    missing = sorted(name for name in names() if row_for(name) is None)
    assert not missing, f"no row in the permission matrix: {missing}"


def test_every_row_has_an_address():
    known = list(names())
    idle = [pattern for pattern, _who in MATRIX if not any(fnmatch(name, pattern) for name in known)]
    assert not idle, f"rows for addresses that are gone: {idle}"


def plain_addresses(kinds) -> list[tuple[str, str]]:
    """(name, address) of the addresses without parameters whose row is of one of these kinds."""
    found = []
    for name in sorted(names()):
        who = row_for(name)
        if not kinds(who):
            continue
        try:
            found.append((name, reverse(name)))
        except NoReverseMatch:
            continue
    return found


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_opens_what_its_rows_say_and_nothing_else(cast, client, role):
    client.force_login(cast.users[role])
    wrong = []
    for name, address in plain_addresses(lambda who: isinstance(who, frozenset)):
        opened = client.get(address).status_code in (200, 405)
        if opened != (role in row_for(name)):
            wrong.append((name, "opens" if opened else "is refused"))
    assert not wrong, f"{role}: {wrong}"


@pytest.mark.parametrize("role", sorted(ALL))
def test_no_web_session_opens_what_answers_phones(cast, client, role):
    client.force_login(cast.users[role])
    phones = [name for name in names() if row_for(name) == PHONE]
    assert len(phones) == 6
    for name in phones:
        given = {"field:contact": {"pk": cast.contact.pk}, "field:photo": {"uid": uuid.uuid4()}}.get(name, {})
        address = reverse(name, kwargs=given)
        assert client.get(address).status_code in (400, 401, 404, 405), name
        if name != "field:enrol":  # which takes the web session once, in exchange for a phone's own
            assert client.post(address).status_code in (400, 401, 404), name


def test_nobody_signed_out_opens_the_office(cast, client):
    opened = [
        name
        for name, address in plain_addresses(lambda who: who is not None and who != PUBLIC)
        if address.startswith("/office/") and client.get(address).status_code == 200
    ]
    allowed = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}
    assert set(opened) <= allowed, opened
