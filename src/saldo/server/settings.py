"""Django's settings: the only place that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from saldo.server.installation import describe, home_folder

HOME = home_folder()
INSTALLATION = describe(HOME)
LANDING = INSTALLATION.landing
LINE_STORE = INSTALLATION.line_store
DOCUMENT_STORE = INSTALLATION.document_store
EINVOICE_RULES = os.environ.get("SALDO_EINVOICE_RULES")  # a folder with the official XSLT of EN 16931 and Peppol
PACKAGE = Path(__file__).resolve().parent.parent
LOCALES = Path(os.environ.get("SALDO_LOCALE", PACKAGE / "locale"))

SECRET_KEY = INSTALLATION.key
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SALDO_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("SALDO_ORIGINS", "").split(",") if origin]
BEHIND_TLS = os.environ.get("SALDO_TLS") == "1"

DATABASES = {
    "default": INSTALLATION.app.as_django()
    # Signing in at PostgreSQL costs more than what a page asks of it, so each thread keeps its connection.
    | {"OPTIONS": {"application_name": "saldo"}, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
    "owner": INSTALLATION.owner.as_django()
    | {"OPTIONS": {"application_name": "saldo-owner"}, "TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "saldo.doors.apps.Doors",  # before allauth, whose pages it draws anew
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "saldo.server.apps.Server",
    "saldo.audit.apps.Audit",
    "saldo.parties.apps.Parties",
    "saldo.outbox.apps.Outbox",
    "saldo.agreements.apps.Agreements",
    "saldo.ledger.apps.Ledger",
    "saldo.charges.apps.Charges",
    "saldo.invoicing.apps.Invoicing",
    "saldo.payables.apps.Payables",
    "saldo.receipts.apps.Receipts",
    "saldo.dunning.apps.Dunning",
    "saldo.desk.apps.Desk",
    "saldo.portal.apps.Portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "saldo.doors.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "saldo.doors.middleware.Language",
    "saldo.doors.middleware.CompanyRows",
    "saldo.doors.middleware.NoNul",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "saldo.server.urls"
WSGI_APPLICATION = "saldo.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "saldo.doors.context.frame",
            ],
            "builtins": ["saldo.doors.templatetags.written"],
        },
    }
]

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "saldo.doors.adapter.Accounts"
ACCOUNT_SESSION_REMEMBER = None  # the person says
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_TLS)  # else everybody behind the proxy would share one throttle
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "public_page": "60/m/ip",  # pages that customers open without sign-in
}
MFA_ADAPTER = "saldo.doors.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
WORLD = "saldo.server.wiring.real_world"
MESSAGE_TAGS = {25: "ok", 40: "bad"}  # success and error, as the notes of the design are called

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("zh-hans", "中文"), ("pt-br", "Português"), ("es", "Español")]
LOCALE_PATHS = [LOCALES]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("SALDO_STATIC")  # a collected copy; without it files are served where they lie
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# The throttle of sign-in counts here: in files, so that all web processes count together and a restart forgets nothing.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(HOME / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
# Saldo's own mail, to customers: smtp:// is STARTTLS, smtps:// TLS; with a token address it signs in by XOAUTH2.
MAIL: dict[str, Any] = {
    "url": os.environ.get("SALDO_SMTP_URL", ""),
    "sender": os.environ.get("SALDO_MAIL_FROM", ""),
    "per_minute": int(os.environ.get("SALDO_MAIL_PER_MINUTE", "30")),  # what Exchange Online takes
    "recipients_a_day": int(os.environ.get("SALDO_MAIL_RECIPIENTS_A_DAY", "10000")),
    "bounces": Path(os.environ.get("SALDO_BOUNCES", HOME / "bounces")),  # a mail program leaves reports here
    "imap_url": os.environ.get("SALDO_IMAP_URL", ""),  # or they are fetched from this mailbox into that folder
    "token_url": os.environ.get("SALDO_SMTP_TOKEN_URL", ""),
    "token_client": os.environ.get("SALDO_SMTP_CLIENT", ""),
    "token_secret": os.environ.get("SALDO_SMTP_SECRET", ""),
    "token_scope": os.environ.get("SALDO_SMTP_SCOPE", "https://outlook.office365.com/.default"),
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# A page that is denied stands in the audit log; here its address would name a customer, or an invitation.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"reticent": {"()": "saldo.server.faults.Reticent"}},
    "handlers": {"standard-error": {"class": "logging.StreamHandler", "formatter": "reticent"}},
    "loggers": {
        name: {"level": "ERROR", "handlers": ["standard-error"], "propagate": False}
        for name in ("django.request", "django.security")
    },
}
