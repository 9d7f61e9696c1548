"""What a phone sends is sealed to the server's public key: it can be sent, unread, from a locked phone.

    "FS1" | key number (4 bytes, big-endian) | flags (1 byte: 1 = gzip) | wrapped key (384 bytes) |
    nonce (12 bytes) | AES-256-GCM of the content, with everything before the nonce as associated data

The key of the content is wrapped by RSA-OAEP with SHA-256, 3072 bits: what every phone's WebCrypto can do.
"""

from __future__ import annotations

import base64
import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..models import SealKey

MAGIC = b"FS1"
BITS = 3072
WRAPPED = BITS // 8
HEAD = len(MAGIC) + 5
GZIP = 1
LARGEST = 8 * 2**20  # bytes of an opened content
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class Unreadable(Exception):
    """These bytes were not sealed to one of our keys, or are damaged."""


def current() -> SealKey:
    """The key that phones seal to; made when it is first asked for."""
    return SealKey.objects.first() or _make()


def _make() -> SealKey:
    key = rsa.generate_private_key(65537, BITS)
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SealKey.objects.create(public=base64.b64encode(spki).decode(), private=pem.decode())


def seal(content: bytes, key: SealKey) -> bytes:
    """As a phone does it: for tests and simulated phones."""
    public = serialization.load_der_public_key(base64.b64decode(key.public))
    assert isinstance(public, rsa.RSAPublicKey)
    secret, nonce = AESGCM.generate_key(256), os.urandom(12)
    head = MAGIC + key.pk.to_bytes(4) + bytes([GZIP]) + public.encrypt(secret, OAEP)
    packed = zlib.compress(content, wbits=31)
    return head + nonce + AESGCM(secret).encrypt(nonce, packed, head)


def unseal(sealed: bytes) -> bytes:
    """The content. Raises Unreadable."""
    head, nonce, rest = sealed[: HEAD + WRAPPED], sealed[HEAD + WRAPPED :][:12], sealed[HEAD + WRAPPED + 12 :]
    if not sealed.startswith(MAGIC) or len(rest) < 16:
        raise Unreadable("not sealed")
    key = SealKey.objects.filter(pk=int.from_bytes(sealed[3:7])).first()
    if key is None:
        raise Unreadable("unknown key")
    # Our own key was proven when it was made; to prove it for each message costs far more than to open one.
    private = serialization.load_pem_private_key(
        key.private.encode(), None, unsafe_skip_rsa_key_validation=True
    )
    assert isinstance(private, rsa.RSAPrivateKey)
    try:
        secret = private.decrypt(head[HEAD:], OAEP)
        content = AESGCM(secret).decrypt(nonce, rest, head)
        return _unpacked(content) if sealed[7] & GZIP else content
    except (ValueError, InvalidTag, zlib.error) as damage:
        raise Unreadable("damaged") from damage


def _unpacked(content: bytes) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    plain = unpack.decompress(content, LARGEST)
    if unpack.unconsumed_tail:
        raise Unreadable("too large")
    return plain
