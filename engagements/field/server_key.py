"""The server's own key pair: phones seal to it what they send, so that a locked phone can send it, unread."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..models import SealKey
from ..sealing import Unreadable, key_number, new_pair, opened


def current() -> SealKey:
    """The key that phones seal to; made when it is first asked for."""
    return SealKey.objects.first() or _make()


def _make() -> SealKey:
    public, private = new_pair()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SealKey.objects.create(public=public, private=pem.decode())


def unseal(sealed: bytes) -> bytes:
    """What a phone sealed. Raises Unreadable."""
    key = SealKey.objects.filter(pk=key_number(sealed)).first()
    if key is None:
        raise Unreadable("unknown key")
    # Our own key was proven when it was made; to prove it for each message costs far more than to open one.
    private = serialization.load_pem_private_key(
        key.private.encode(), None, unsafe_skip_rsa_key_validation=True
    )
    assert isinstance(private, rsa.RSAPrivateKey)
    return opened(sealed, private)
