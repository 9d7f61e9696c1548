"""The test suite: fast hashes, tasks run at once, mail kept in memory."""

from .dev import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TIPS_EMAIL_BACKEND = None
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WORKER = env.str("PYTEST_XDIST_WORKER", default="")  # noqa: F405  each has its own files, as it has its own database
MEDIA_ROOT = VAR_DIR / f"test-media{WORKER}"  # noqa: F405
STORAGES["private"] = {  # noqa: F405
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": VAR_DIR / f"test-private{WORKER}", "base_url": None},  # noqa: F405
}
PUBLIC_FIGURES_SECONDS = 0  # worked out each time
