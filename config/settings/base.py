"""What every environment shares. Each choice that someone will question is in docs/decisions.md."""

from operator import methodcaller

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.env import BASE_DIR, VAR_DIR, database, env

DATABASES = {"default": database(env.str("DATABASE_URL", default=f"spatialite:///{VAR_DIR / 'db.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "cms",
    "engagements",
    "services",
    "communities",
    "wagtail.contrib.redirects",
    "wagtail.sites",
    "config.apps.OfficeUsersConfig",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "leaflet",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "whitenoise.runserver_nostatic",
    "django.contrib.gis",
    "django.contrib.humanize",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.OfficePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.PublicLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "communities.middleware.PostingMiddleware",
    "config.middleware.SecondFactorMiddleware",
    "cms.middleware.RefusedPublishingMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["communities.templatetags.commas"],
        },
    }
]

# --- Who -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "communities.User"
AUTHENTICATION_BACKENDS = ["communities.accounts.PostingBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/office/"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "communities.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = methodcaller("get_full_name")  # str() of a user is a number: logs print it
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
# A whole office may share one address: the limit per account is the one that bites.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Border community tracker"
SECOND_FACTOR_REQUIRED = False

# --- Doors -----------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = _("Border community tracker")
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://localhost:8000")
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_I18N_ENABLED = True
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
X_FRAME_OPTIONS = "SAMEORIGIN"
LEAFLET_CONFIG = {"TILES": [], "RESET_VIEW": False, "DEFAULT_CENTER": (12.0, 2.8), "DEFAULT_ZOOM": 7}
# Outside map tiles are off unless an address is given; nothing is fetched from elsewhere by default.
OUTSIDE_TILES = env.str("OUTSIDE_TILES", default="")
# Land around the tracker's own countries on the base map: GeoJSON with `iso2`, or empty for none.
BASEMAP_NEIGHBOURS = env.str(
    "BASEMAP_NEIGHBOURS", default=str(BASE_DIR / "cms" / "demo" / "data" / "countries.geojson")
)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

# --- Words -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = USE_TZ = True
# Days are written day first, in every language.
FORMAT_MODULE_PATH = "config.formats"
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"

TIME_ZONE = env.str("TIME_ZONE", default="UTC")  # whose "today" it is

# The public figures are worked out over every promise and then kept this long.
PUBLIC_FIGURES_SECONDS = env.int("PUBLIC_FIGURES_SECONDS", default=60)

# For so many days a phone of an officer works, and keeps what it fetched, without contact.
FIELD_DAYS_WITHOUT_CONTACT = env.int("FIELD_DAYS_WITHOUT_CONTACT", default=30)

# Text messages: secrets that gateways sign with; tokens of those that cannot sign. Empty: that door is closed.
SMS_SECRETS = env.list("SMS_SECRETS", default=[])
SMS_TOKENS = env.list("SMS_TOKENS", default=[])
SMS_PER_HOUR = env.int("SMS_PER_HOUR", default=600)  # to each line

EMAIL_TIMEOUT = 15  # seconds: who hands a tip over waits for its mail
TIPS_EMAIL_BACKEND: str | None = None  # of tips alone; None: as all other mail

# Bytes of a report with its photos, which are read into memory. The web server's own limit lies above it.
REPORT_LARGEST_BODY = env.int("REPORT_LARGEST_BODY", default=40 * 2**20)

# --- Files, cache, work ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
SERVE_MEDIA = False  # in production the web server shows them
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Shared by all workers, so that the counters of failed logins are too.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {
            "MAX_ENTRIES": 100_000
        },  # culled at 300 otherwise: wrong codes would push out the counters
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# gis.W001: with this GDAL Django cannot confine hostile spatial references; we never hand GDAL any
# user-supplied reference (docs/decisions.md).
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
