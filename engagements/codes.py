"""Tracking codes: how somebody without an account follows what they reported.

A code is sixteen letters and digits, in four groups: fifteen of them are random, 75 bits, and the last one checks the
others. The alphabet has no I, L, O and U: they are read as 1, 1, 0 and V. Kept of a code is its keyed hash alone
(`TrackingCode`), so that neither a dump of the database nor an administrator can follow a report.

Guessing: with a million reports one guess in 2^75 / 10^6 = 3.8 * 10^16 hits one. Wrong codes are counted for each of
the 1,024 beginnings of two signs, without any address: at WRONG_PER_HOUR a whole year of guessing everywhere at once
is 1.8 * 10^8 guesses, a chance of one in 200 million of reading one report of a million.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities import hourly
from communities.privacy import keyed_hashes

from .models import TrackingCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 15  # signs, of 5 bits each
LENGTH = RANDOM + 1
GROUP = 4
MEANT = str.maketrans("ILOU", "110V")
PURPOSE = "tracking-code"
WRONG_PER_HOUR = 20


class Throttled(ValidationError):
    """Too many wrong codes lately: no code with this beginning is looked up for a while."""


# --- The code itself -----------------------------------------------------------------------------------------
def check_sign(signs: str) -> str:
    """Luhn modulo 32: any one wrong sign shows, and nearly any two that changed places."""
    total = 0
    for place, sign in enumerate(reversed(signs)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def new() -> str:
    """A code that nobody has."""
    return _from_bits(secrets.randbits(RANDOM * 5))


def of_form(token: str) -> str:
    """The code of what was sent with this form: sent twice over a bad line, it is the same. Whoever knows neither
    the form's token, which is kept nowhere, nor the server's key cannot work it out."""
    said = f"code-of-form:{token}".encode()
    digest = hmac.new(settings.FIELD_ENCRYPTION_KEYS[0].encode(), said, hashlib.sha256).digest()
    return _from_bits(int.from_bytes(digest) >> (256 - RANDOM * 5))


def _from_bits(bits: int) -> str:
    signs = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(RANDOM))
    return signs + check_sign(signs)


def grouped(code: str) -> str:
    """As it is shown and read out: 7K4M-9QWX-2D3F-HJ5T."""
    return "-".join(code[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def read(text: str) -> str:
    """The code that somebody typed, in whatever case, groups and digits. Raises ValidationError."""
    plain = latin(unicodedata.normalize("NFKC", text))
    code = "".join(sign for sign in plain.upper().translate(MEANT) if sign in ALPHABET)
    if len(code) != LENGTH:
        raise ValidationError(
            _("A code has %(many)d letters and digits; this has %(found)d.")
            % {"many": LENGTH, "found": len(code)}
        )
    if not hmac.compare_digest(check_sign(code[:RANDOM]), code[RANDOM]):
        raise ValidationError(_("There is a slip in this code. Compare it with what you wrote down."))
    return code


def latin(text: str) -> str:
    """Arabic and other digits as 0 to 9."""
    digits = ((sign, unicodedata.digit(sign, None)) for sign in text)
    return "".join(sign if digit is None else str(digit) for sign, digit in digits)


# --- Looking up ----------------------------------------------------------------------------------------------
def digest(code: str) -> str:
    """What is kept of a code."""
    return keyed_hashes(code, purpose=PURPOSE)[0]


def find(code: str) -> TrackingCode | None:
    """What a code follows; None counts as a wrong code. Raises Throttled.

    The hash is keyed: what the time of a look-up tells of it tells nothing of a code.
    """
    counter = f"wrong-codes.{code[:2]}"
    if not hourly.count(counter, most=WRONG_PER_HOUR):
        raise Throttled(_("Too many wrong codes came in lately. Try again in an hour."))
    wanted = keyed_hashes(code, purpose=PURPOSE)
    rows = TrackingCode.objects.filter(digest__in=wanted).select_related("concern", "sealed", "handover")
    found = next(
        (row for row in rows if any(hmac.compare_digest(row.digest, hash_) for hash_ in wanted)), None
    )
    if found:
        hourly.take_back(counter)
    return found


# --- Answers that the holder of a code alone reads --------------------------------------------------------------
def _own_key(code: str) -> X25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, None, b"reader-of-a-sealed-concern").derive(code.encode())
    return X25519PrivateKey.from_private_bytes(seed)


def reader(code: str) -> str:
    """The public key made from a code: answers are sealed to it. X25519, base64."""
    return base64.b64encode(_own_key(code).public_key().public_bytes_raw()).decode()


def _shared(secret: bytes, ours: bytes, theirs: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, None, b"sealed-to-reader" + ours + theirs).derive(secret))


def seal_to(reader_key: str, text: str) -> str:
    """`text` for whoever holds the code: an ephemeral key, a nonce and AES-256-GCM, in base64."""
    public = base64.b64decode(reader_key)
    once, nonce = X25519PrivateKey.generate(), os.urandom(12)
    ours = once.public_key().public_bytes_raw()
    cipher = _shared(once.exchange(X25519PublicKey.from_public_bytes(public)), ours, public)
    return base64.b64encode(ours + nonce + cipher.encrypt(nonce, text.encode(), None)).decode()


def open_with(code: str, sealed: str) -> str:
    """Raises ValueError where it was not sealed to this code."""
    raw, key = base64.b64decode(sealed), _own_key(code)
    once, nonce, rest = raw[:32], raw[32:44], raw[44:]
    cipher = _shared(
        key.exchange(X25519PublicKey.from_public_bytes(once)), once, key.public_key().public_bytes_raw()
    )
    try:
        return cipher.decrypt(nonce, rest, None).decode()
    except InvalidTag as error:
        raise ValueError("not for this code") from error
