"""Sealing to a public key: whoever holds the private key opens it, and nobody else.

Two kinds of key pairs use it: the server's own, to which phones seal what they send (docs/sync.md), and the integrity
body's, whose private key never comes here (docs/privacy.md, "Sealed concerns").

    "FS1" | key number (4 bytes, big-endian) | flags (1 byte: 1 = gzip) | wrapped key (384 bytes) |
    nonce (12 bytes) | AES-256-GCM of the content, with everything before the nonce as associated data

The key of the content is wrapped by RSA-OAEP with SHA-256, 3072 bits: what every browser's WebCrypto can do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import zlib
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"FS1"
BITS = 3072
WRAPPED = BITS // 8
HEAD = len(MAGIC) + 5
GZIP = 1
LARGEST = 8 * 2**20  # bytes of an opened content
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class PublicKey(Protocol):
    """A row with a public key: SPKI in base64."""

    pk: int
    public: str


class Unreadable(Exception):
    """These bytes were not sealed to this key, or are damaged."""


def new_pair() -> tuple[str, rsa.RSAPrivateKey]:
    """A public key (SPKI, base64) and its private key."""
    private = rsa.generate_private_key(65537, BITS)
    spki = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(spki).decode(), private


def public_key(spki: str) -> rsa.RSAPublicKey:
    """Raises ValueError where this is no RSA key of BITS bits in base64."""
    try:
        key = serialization.load_der_public_key(base64.b64decode(spki, validate=True))
    except (binascii.Error, UnsupportedAlgorithm) as error:
        raise ValueError("no key") from error
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size != BITS:
        raise ValueError("no RSA key of the right length")
    return key


def fingerprint(spki: str) -> str:
    """SHA-256 of the public key, as hexadecimal digits."""
    return hashlib.sha256(base64.b64decode(spki)).hexdigest()


def seal(content: bytes, key: PublicKey, *, compress: bool = True) -> bytes:
    secret, nonce = AESGCM.generate_key(256), os.urandom(12)
    flags = bytes([GZIP if compress else 0])
    head = MAGIC + key.pk.to_bytes(4) + flags + public_key(key.public).encrypt(secret, OAEP)
    packed = zlib.compress(content, wbits=31) if compress else content
    return head + nonce + AESGCM(secret).encrypt(nonce, packed, head)


def key_number(sealed: bytes) -> int:
    """Which key opens this. Raises Unreadable."""
    if not sealed.startswith(MAGIC) or len(sealed) < HEAD + WRAPPED + 12 + 16:
        raise Unreadable("not sealed")
    return int.from_bytes(sealed[3:7])


def opened(sealed: bytes, private: rsa.RSAPrivateKey) -> bytes:
    """The content. Raises Unreadable."""
    key_number(sealed)
    head, nonce, rest = sealed[: HEAD + WRAPPED], sealed[HEAD + WRAPPED :][:12], sealed[HEAD + WRAPPED + 12 :]
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
