"""Production. Refuses to start, with a sentence, when what it cannot do without is missing."""

from config.env import required

from .base import *  # noqa: F403

DEBUG = False
SECRET_KEY = required("SECRET_KEY", "Set it to a long random text and keep it out of version control.")
FIELD_ENCRYPTION_KEYS = [
    key.strip()
    for key in required(
        "FIELD_ENCRYPTION_KEYS",
        "Set one or more Fernet keys, separated by commas: the first writes, all read.",
    ).split(",")
]
ALLOWED_HOSTS = [
    host.strip()
    for host in required("ALLOWED_HOSTS", "List the host names this site answers to, comma-separated.").split(
        ","
    )
]
DATABASES = {
    "default": database(  # noqa: F405
        required("DATABASE_URL", "Give the address of the PostGIS database: postgis://user@host/name.")
    )
}
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default=f"https://{ALLOWED_HOSTS[0]}")  # noqa: F405
SECOND_FACTOR_REQUIRED = True

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)  # noqa: F405
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")  # noqa: F405
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"tracker@{ALLOWED_HOSTS[0]}")  # noqa: F405

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "config.storage.StaticStorage"
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

# Wagtail previews pages in a frame of the same site: SAMEORIGIN, not DENY.
SILENCED_SYSTEM_CHECKS += ["security.W019"]  # noqa: F405
