"""The integrity body's key in tests. Its private half is known to tests alone, as it is to that body alone."""

from __future__ import annotations

import base64
from functools import lru_cache

from engagements import sealing
from engagements.models import IntegrityKey, SealedConcern, SealedNote


@lru_cache
def pair():
    """Public key (SPKI, base64) and private key, made once."""
    return sealing.new_pair()


@lru_cache
def another_pair():
    """A newer pair, made once too: to make one takes longer than most tests."""
    return sealing.new_pair()


def set_up(user) -> IntegrityKey:
    public, _private = pair()
    return IntegrityKey.objects.create(public=public, fingerprint=sealing.fingerprint(public), by=user)


def read(row: SealedConcern | SealedNote) -> str:
    """What the integrity officer reads in their browser."""
    _public, private = pair()
    return sealing.opened(base64.b64decode(row.text), private).decode()
