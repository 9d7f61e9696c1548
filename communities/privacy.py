"""What may leave the house: field levels, encrypted text, public places, small numbers.

Rules: docs/privacy.md. Every field of every domain model declares a level, in `privacy` on the model;
`communities.checks` refuses to start when one is missing, so that a new field is never public by accident.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
from datetime import timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact
from django.utils.formats import number_format
from django.utils.translation import gettext as _

SMALLEST_PUBLIC_COUNT = 5
IMPORT_FILES_KEPT = timedelta(days=30)  # from the day they were uploaded


class Level(enum.StrEnum):
    """How far a field's value may travel."""

    PUBLIC = "public"  # may appear on a public page, when its row is public
    INTERNAL = "internal"  # posted people whose sight covers the row
    PERSONAL = "personal"  # names, phones: encrypted at rest, each opening logged
    SEALED = "sealed"  # the integrity role alone, when the row is sealed


def levels(*, public: str = "", internal: str = "", personal: str = "", sealed: str = "") -> dict[str, Level]:
    """Field names by level, written as space-separated words so that a declaration stays short."""
    given = {
        Level.PUBLIC: public,
        Level.INTERNAL: internal,
        Level.PERSONAL: personal,
        Level.SEALED: sealed,
    }
    return {name: level for level, names in given.items() for name in names.split()}


@lru_cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The first key writes, all keys read: put a new key in front to rotate."""
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS))


def keyed_hashes(value: str, *, purpose: str) -> list[str]:
    """HMAC-SHA256 of `value` as hexadecimal digits, under each of the keys: the first is the one to store.

    What was stored under an older key is found by asking for all of them. `purpose` keeps hashes of different
    things apart.
    """
    keys = settings.FIELD_ENCRYPTION_KEYS
    said = f"{purpose}:{value}".encode()
    return [hmac.new(key.encode(), said, hashlib.sha256).hexdigest() for key in keys]


class IsEmpty(Exact):
    """`field=""`, and no other comparison."""

    def get_prep_lookup(self):
        if self.rhs != "":
            raise TypeError("Encrypted text cannot be looked up.")
        return self.rhs


class EncryptedTextField(models.TextField):
    """Text encrypted at rest. It can be tested for emptiness and nothing else: no search, no ordering.

    A wrong key raises cryptography.fernet.InvalidToken: loudly, never as text.
    """

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value in (None, "") else cipher().encrypt(value.encode()).decode()

    def from_db_value(self, value, expression, connection):
        return value if value in (None, "") else cipher().decrypt(value.encode()).decode()

    def get_lookup(self, lookup_name):
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        if lookup_name == "exact":
            return IsEmpty
        raise TypeError("Encrypted text cannot be looked up.")


def people(count: int | None) -> str:
    """A count of people as the public may read it.

    1 to 4 reads "fewer than 5"; None reads "not known", never zero.
    """
    if count is None:
        return _("not known")
    if 0 < count < SMALLEST_PUBLIC_COUNT:
        return _("fewer than %(limit)s") % {"limit": number_format(SMALLEST_PUBLIC_COUNT)}
    return number_format(count, use_l10n=True, force_grouping=True)


def publishable_parts(parts: list[int | None], total: int | None) -> list[int | None]:
    """The parts of a published total, with whatever would give a small count away left out.

    One suppressed part could be found by subtraction, so the next smallest is suppressed with it.
    A suppressed or unknown part is None. Zero is published: it identifies nobody.
    """
    shown: list[int | None] = list(parts)
    small = [i for i, n in enumerate(parts) if n is not None and 0 < n < SMALLEST_PUBLIC_COUNT]
    for i in small:
        shown[i] = None
    hidden = [i for i, n in enumerate(shown) if n is None]
    if small and total is not None and len(hidden) == 1:
        rest = [i for i, n in enumerate(shown) if n]
        if rest:
            shown[min(rest, key=lambda i: parts[i] or 0)] = None
    return shown
