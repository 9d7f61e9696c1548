"""The demo's integrity key. A real one is made in the integrity officer's browser and never reaches the server; the
demo's is made here, so that its story can be read, and its file is left where whoever runs the demo finds it.

The file is what the office's own page writes: JSON with the private key (PKCS #8) under AES-256-GCM, the key of which
is PBKDF2-SHA256 of the passphrase. See docs/privacy.md, "Sealed concerns".
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from communities.models import User
from engagements import sealed, sealing

PASSPHRASE = "border-demo-2026!"
ROUNDS = 600_000


def file() -> Path:
    return Path(settings.PRIVATE_ROOT) / "demo-integrity-key.json"


def make(*, by: User) -> None:
    """Puts a new key in use and writes its file."""
    public, private = sealing.new_pair()
    sealed.set_key(public, by=by)
    file().parent.mkdir(parents=True, exist_ok=True)
    file().write_text(locked(public, private, PASSPHRASE))


def locked(public: str, private: rsa.RSAPrivateKey, passphrase: str) -> str:
    """A key file as the office's page writes it."""
    salt, nonce = os.urandom(16), os.urandom(12)
    secret = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ROUNDS)
    content = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fields = {"salt": salt, "nonce": nonce, "private": AESGCM(secret).encrypt(nonce, content, None)}
    coded = {name: base64.b64encode(value).decode() for name, value in fields.items()}
    return json.dumps({"v": 1, "kdf": "PBKDF2-SHA256", "rounds": ROUNDS, "public": public, **coded})
