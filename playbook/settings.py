"""Every setting, read from the environment or `.env`; `.env.example` explains each variable."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError, EnvNotSetError

from playbook.starting.env_file import malformed_line, misspelt_variable
from playbook.starting.preflight import env_file, env_file_fault

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
if fault := (env_file_fault() or malformed_line(env_file()) or misspelt_variable(env_file())):
    raise ImproperlyConfigured(fault)
env.read_env(env_file(), recurse=False)


def variable(
    read: Callable[..., Any],
    name: str,
    *,
    expects: str,
    holds: Callable[[Any], bool] = lambda value: True,
    **options: object,
) -> Any:
    """Read a variable, or raise `ImproperlyConfigured` with what it expects and where to set it."""
    reason = "cannot be used"
    try:
        value = read(name, **options)
        if holds(value):
            return value
    except EnvNotSetError:
        reason = "is missing"
    except EnvError:
        pass
    raise ImproperlyConfigured(
        f"{name} {reason}: it should be {expects}. "
        "Set it in the environment or in .env; .env.example explains it."
    )


def is_ip_address(address: str) -> bool:
    try:
        return bool(ip_address(address))
    except ValueError:
        return False


def is_origin(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.port != 0
            and parts.path in {"", "/"}
            and not (parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        return False


def is_dsn(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.username and parts.hostname)
            and parts.port != 0
            and parts.path.rpartition("/")[2].isdecimal()
        )
    except ValueError:
        return False


# --- This site

DEBUG: bool = variable(env.bool, "DEBUG", expects="true or false", default=False)

SECRET_KEY: str = variable(
    env.str,
    "SECRET_KEY",
    expects="at least 50 random characters",
    holds=lambda key: len(key) >= 50,
)

HOST: str = variable(
    env.str,
    "HOST",
    expects="the IP address to listen on, such as 127.0.0.1 or 0.0.0.0",
    default="127.0.0.1",
    holds=is_ip_address,
)
PORT: int = variable(
    env.int,
    "PORT",
    expects="the port to listen on, a number from 1 to 65535",
    default=8000,
    holds=lambda port: 1 <= port <= 65535,
)

SITE_URL: str = variable(
    env.str,
    "SITE_URL",
    expects="the address readers type, such as https://study.example.org",
    default=f"http://127.0.0.1:{PORT}",
    holds=is_origin,
).rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")

ALLOWED_HOSTS: list[str] = [
    urlsplit(SITE_URL).netloc.removesuffix(f":{urlsplit(SITE_URL).port}").lower(),
    "127.0.0.1",
    "localhost",
    *variable(
        env.list,
        "ALLOWED_HOSTS",
        expects="host names, separated by commas",
        default=[],
        holds=lambda hosts: all(host and "/" not in host for host in hosts),
    ),
]

CSRF_TRUSTED_ORIGINS: list[str] = [
    SITE_URL,
    *variable(
        env.list,
        "CSRF_TRUSTED_ORIGINS",
        expects="origins such as https://study.example.org, separated by commas",
        default=[],
        holds=lambda origins: all(is_origin(origin) for origin in origins),
    ),
]

TRUSTED_PROXY_COUNT: int = variable(
    env.int,
    "TRUSTED_PROXY_COUNT",
    expects="the number of your own proxies in front of the site, from 0",
    default=1 if IS_HTTPS else 0,
    holds=lambda count: count >= 0,
)

TIME_ZONE: str = variable(
    env.str,
    "TIME_ZONE",
    expects="a time zone such as Europe/Berlin",
    default="UTC",
    holds=lambda name: name in available_timezones(),
)
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
FORMAT_MODULE_PATH = "playbook.formats"

WEB_WORKERS: int = variable(
    env.int,
    "WEB_WORKERS",
    expects="the number of processes that answer requests, from 1",
    default=min(os.cpu_count() or 1, 4),
    holds=lambda count: count >= 1,
)

RUN_SCHEDULER: bool = variable(env.bool, "RUN_SCHEDULER", expects="true or false", default=True)

# --- Apps, middleware and templates

INSTALLED_APPS = [
    "playbook",
    "playbook.scheduling",
    "allauth.usersessions",
    "accounts",
    "catalog",
    "catalog.playbook_file",
    "catalog.links",
    "catalog.suggestions",
    "catalog.prompts",
    "catalog.cases",
    "catalog.prerequisites",
    "progress",
    "progress.project_metrics",
    "progress.notes",
    "progress.recall",
    "progress.practice",
    "progress.planner",
    "adminsortable2",
    "allauth",
    "accounts.apps.EmailAddressesConfig",
    "csp",
    "django_htmx",
    "simple_history",
    "template_partials",
    "playbook.editing_site.EditingConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "playbook.middleware.ObserveRequests",
    "playbook.middleware.DescribeSite",
    "playbook.middleware.AnswerProbes",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "progress.project_metrics.middleware.CountVisitors",
    "playbook.cookies.AdoptFormerSession",
    "catalog.middleware.CurrentSnapshot",
    "playbook.rendering.anonymous.AnonymousResponses",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "playbook.middleware.NeverStoreSessions",
    "django.middleware.common.CommonMiddleware",
    "playbook.middleware.RefuseForgedRequests",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.EndOldSessions",
    "accounts.middleware.ReaderTimeZone",
    "progress.middleware.RequestProgress",
    "progress.replica.ReadOwnRows",
    "playbook.middleware.RefuseBodies",
    "playbook.middleware.ExplainWrongMethod",
]

ROOT_URLCONF = "playbook.urls"
WSGI_APPLICATION = "playbook.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "playbook.rendering.tags",
                "playbook.diagrams.tags",
                "catalog.prompts.fragments",
                "catalog.cases.fragments",
                "catalog.prerequisites.fragments",
                "progress.fragments",
                "progress.my_progress",
                "progress.notes.fragments",
                "progress.recall.fragments",
                "progress.practice.fragments",
                "progress.planner.fragments",
                "django_htmx.templatetags.django_htmx",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "playbook.http.site",
            ],
        },
    }
]

# --- Databases and caches


def is_postgresql(database: dict[str, Any]) -> bool:
    return str(database["ENGINE"]).endswith("postgresql")


DATABASES: dict[str, dict[str, Any]] = {
    "default": variable(
        env.dj_db_url,
        "DATABASE_URL",
        expects="sqlite:///FILE or postgres://USER:PASSWORD@HOST:PORT/NAME",
        default=f"sqlite:///{BASE_DIR / 'playbook.sqlite3'}",
        holds=lambda url: is_postgresql(url) or url["ENGINE"].endswith("sqlite3"),
    )
}
HAS_REPLICA = bool(env.str("DATABASE_REPLICA_URL", ""))
if HAS_REPLICA:
    DATABASES["replica"] = variable(
        env.dj_db_url,
        "DATABASE_REPLICA_URL",
        expects="postgres://USER:PASSWORD@HOST:PORT/NAME, a replica of DATABASE_URL's database",
        holds=lambda url: is_postgresql(url) and is_postgresql(DATABASES["default"]),
    )
    DATABASE_ROUTERS = ["playbook.stores.replica.Router"]

DATABASE_POOLER: bool = variable(
    env.bool,
    "DATABASE_POOLER",
    expects="true behind a pooler in transaction mode, or false",
    default=False,
)
THREADS_PER_WORKER = 8
# SQLite has one writer at a time. The more threads of a process wait for their turn, the longer the
# one that has it waits for the interpreter; and those that wait answer no other request.
WRITING_THREADS_PER_WORKER = 8 if is_postgresql(DATABASES["default"]) else 3

SQLITE_OPTIONS = {
    # A deferred transaction that starts to write fails at once if another one is writing;
    # an immediate transaction waits.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
POSTGRESQL_OPTIONS = {
    # Notice within seconds that a server does not respond or has disappeared.
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
for database in DATABASES.values():
    on_postgresql = is_postgresql(database)
    options = POSTGRESQL_OPTIONS if on_postgresql else SQLITE_OPTIONS
    database["OPTIONS"] = {**options, **database.get("OPTIONS", {})}
    # Each thread keeps its connection. PostgreSQL connections are checked before they are reused.
    database["CONN_MAX_AGE"] = None if on_postgresql else 60
    database["CONN_HEALTH_CHECKS"] = on_postgresql
    database["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLER

REDIS_URL: str = variable(
    env.str,
    "REDIS_URL",
    expects="redis://HOST:PORT/NUMBER, rediss:// for TLS, or unix:///SOCKET",
    default="",
    holds=lambda url: not url or url.startswith(("redis://", "rediss://", "unix://")),
)
# The sign-in rate limits must hold across all processes. A full table would drop counters that are
# still needed, so it has room for many more than can be active at once.
IN_DATABASE = {
    "BACKEND": "playbook.stores.caches.Database",
    "LOCATION": "playbook_cache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
IN_REDIS = {"BACKEND": "playbook.stores.caches.RedisOrDatabase", "LOCATION": REDIS_URL}
CACHES = {"default": IN_REDIS if REDIS_URL else IN_DATABASE, "database": IN_DATABASE}

# The longest time in seconds until anonymous visitors see a change of the catalogue; everybody else
# sees it at once. A cache in front of the site may keep anonymous pages for a minute anyway.
VISITORS_SEE_CHANGES_AFTER = 1

# Historical records are looked up by their row, never by their date.
SIMPLE_HISTORY_DATE_INDEX = False

# Refuse undeclared reads in cached pages. The check is slow, so it is off in production.
CHECK_DEPENDENCIES = DEBUG

FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# --- Accounts, sessions and e-mail

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.CommonPasswordValidator",
        # More than Django's list has: accounts/common-passwords.md says from where.
        "OPTIONS": {"password_list_path": BASE_DIR / "accounts" / "common-passwords.txt.gz"},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "catalog:roadmap"
SESSION_ENGINE = "progress.sessions"
# New sessions of visitors, which hold their progress, at one network address (a school has one).
VISITOR_SESSIONS_LIMIT = "60/m/ip,300/h/ip"
SESSION_COOKIE_AGE = 365 * 24 * 60 * 60
# A session in which somebody is signed in ends earlier: without use, and in any case.
SIGNED_IN_UNUSED_AGE = timedelta(days=30)
SIGNED_IN_AGE = timedelta(days=365)
STAFF_SIGNED_IN_AGE = timedelta(hours=12)

EMAIL_URL: str = env.str("EMAIL_URL", "")
HAS_EMAIL = bool(EMAIL_URL)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if HAS_EMAIL:
    vars().update(
        variable(
            env.dj_email_url,
            "EMAIL_URL",
            expects="submission://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST:PORT or console:",
            holds=lambda url: bool(url.get("EMAIL_BACKEND")),
        )
    )
# A mail server that does not respond must not block a request for ever.
EMAIL_TIMEOUT = vars().get("EMAIL_TIMEOUT") or 10
DEFAULT_FROM_EMAIL: str = env.str("EMAIL_FROM", f"playbook@{urlsplit(SITE_URL).hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email*" if HAS_EMAIL else "email",
    "password1*",
    "password2*",
]
ACCOUNT_EMAIL_VERIFICATION = "optional" if HAS_EMAIL else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "System Design Playbook: "
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Failures for one account are counted in accounts/sign_in_limits.py.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip"}
# A sign-up with an address that has an account looks like any other; only its owner, who gets the
# mail, can confirm it. Without mail nobody could, so the address is refused.
ACCOUNT_PREVENT_ENUMERATION = "strict" if HAS_EMAIL else True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.EmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.PasswordForm",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- Static files

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / ".static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Backups

BACKUP_FOLDER: Path | None = BASE_DIR / folder if (folder := env.str("BACKUP_FOLDER", "")) else None
BACKUPS_KEPT: int = variable(
    env.int,
    "BACKUPS_KEPT",
    expects="the number of daily backups to keep, from 1",
    default=14,
    holds=lambda count: count >= 1,
)

# --- Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURITY_CONTACT: str = variable(
    env.str,
    "SECURITY_CONTACT",
    expects="where to report a weakness, as mailto:… or https://…",
    default="",
    holds=lambda address: not address or address.startswith(("mailto:", "https://")),
)
CSRF_FAILURE_VIEW = "playbook.http.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:
    # With this prefix, browsers accept no cookie from another host of the domain.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# W003: RefuseForgedRequests is a subclass of Django's CSRF middleware, which the check does not
# recognise. W005, W021: other hosts of the operator's domain may not use https.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W005", "security.W021"]

# --- Metrics, error reports and logs

METRICS_TOKEN: str = variable(
    env.str,
    "METRICS_TOKEN",
    expects="at least 20 random characters, none of them a space",
    default="",
    holds=lambda token: (
        not token
        or (len(token) >= 20 and token.isascii() and token.isprintable() and " " not in token)
    ),
)
METRICS_REPOSITORY: str = variable(
    env.str,
    "METRICS_REPOSITORY",
    expects="a repository on GitHub, as owner/name",
    default="",
    holds=lambda name: bool(re.fullmatch(r"([A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100})?", name)),
)
# How often, in seconds, a process writes the visitors it counted to the database; 0 is never.
VISITORS_FLUSHED_EVERY = 60
SENTRY_DSN: str = variable(
    env.str,
    "SENTRY_DSN",
    expects="the DSN of a Sentry project, such as https://KEY@sentry.example.org/1",
    default="",
    holds=lambda dsn: not dsn or is_dsn(dsn),
)
LOG_REQUESTS: bool = variable(env.bool, "LOG_REQUESTS", expects="true or false", default=False)
LOG_FORMAT: str = variable(
    env.str,
    "LOG_FORMAT",
    expects="line or json",
    default="line",
    holds=lambda name: name in {"line", "json"},
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "playbook.observing.logs.LineFormatter",
            "format": "{asctime} {request_id} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {
            "()": "playbook.observing.logs.JsonFormatter",
            "fmt": ["asctime", "levelname", "name", "message"],
            "rename_fields": {
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "exc_info": "traceback",
            },
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "loggers": {"playbook.requests": {"level": "INFO" if LOG_REQUESTS else "WARNING"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
