"""A developer's machine and `make demo`: everything works without configuration, nothing leaves the machine."""

from .base import *  # noqa: F403

DEBUG = env.bool("DEBUG", default=False)  # noqa: F405
SERVE_MEDIA = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # no collectstatic needed
SECRET_KEY = "development-only-" + "0" * 50
# Written for development alone; production refuses to start without its own.
FIELD_ENCRYPTION_KEYS = ["ZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDAwMDAwMDA="]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
TIPS_EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # a tip is printed nowhere
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
