"""Every setting of Footnote, in one file.

Values come from environment variables with safe defaults; docs/operations.md lists them. Combinations that would be
unsafe are refused at start-up by the system checks in ``config/checks.py``.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from kombu import Queue

from config import broker, private
from config import environment as env
from config.unfolding import UNFOLD as UNFOLD

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where state lives: everything the product writes is under one folder -------------------------------------------
FOOTNOTE_HOME = Path(env.text("FOOTNOTE_HOME") or BASE_DIR / "var").resolve()
private.write_for_oneself()
private.make_home(FOOTNOTE_HOME)


def _stored_secret(path: Path) -> str:
    """A random key kept beside the data, so that a fresh home is never started with a published default."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as stream:
        key = secrets.token_urlsafe(48)
        stream.write(key)
    return key


# --- Core -----------------------------------------------------------------------------------------------------------
DEBUG = env.switch("FOOTNOTE_DEBUG")
SECRET_KEY = env.text("FOOTNOTE_SECRET_KEY") or _stored_secret(FOOTNOTE_HOME / "secret_key")
# Signs the audit trail's head and stubs. It goes with a backup; the secret key does not.
AUDIT_KEY = env.text("FOOTNOTE_AUDIT_KEY") or _stored_secret(FOOTNOTE_HOME / "audit_key")
ALLOWED_HOSTS = env.listed("FOOTNOTE_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.listed("FOOTNOTE_ORIGINS")
# What stands before a path in a mail; without it mails name the path only.
SITE_URL = (env.text("FOOTNOTE_URL") or (CSRF_TRUSTED_ORIGINS[0] if CSRF_TRUSTED_ORIGINS else "")).rstrip("/")
BEHIND_TLS = env.switch("FOOTNOTE_TLS")
DOWNLOADS = env.switch("FOOTNOTE_DOWNLOADS", True)  # whether people may take the original files away
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.text("FOOTNOTE_TIME_ZONE", "UTC")
USE_TZ = True

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "accounts",
    "knowledge",
    "ingest",
    "assistant",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.unfolding.AdministrationPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.policy.PolicyMiddleware",
    "accounts.slowing.SlowingMiddleware",
    "accounts.sessions.SeenMiddleware",
    "accounts.denials.DenialMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.second_factor.RequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.unavailable.DatabaseUnavailable",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.navigation",
                "knowledge.context.alarm",
            ],
        },
    }
]

# --- Database: the truth --------------------------------------------------------------------------------------------
_SQLITE_OPTIONS: dict[str, Any] = {
    # IMMEDIATE: a read-then-write transaction takes the write lock at once, so two of them queue instead of failing.
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,  # seconds for the write lock; whoever waits is not served in order, so many writers need patience
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON; PRAGMA cache_size=-16384;"
    ),
}
DATABASES: dict[str, Any]
if env.text("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL"), conn_max_age=60, conn_health_checks=True)}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        DATABASES["default"].setdefault("OPTIONS", {}).update(_SQLITE_OPTIONS)
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOOTNOTE_HOME / "footnote.sqlite3",
            "OPTIONS": _SQLITE_OPTIONS,
        }
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    private.close_database(Path(DATABASES["default"]["NAME"]))

# --- Files ----------------------------------------------------------------------------------------------------------
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FOOTNOTE_HOME / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = FOOTNOTE_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
WHITENOISE_USE_FINDERS = True  # a fresh clone serves its pages without a collectstatic step
FILE_UPLOAD_TEMP_DIR = FOOTNOTE_HOME / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600

# --- How long things are kept, in days; 0: for ever, and for deleted documents: not at all ---------------------------
KEEP_CONVERSATIONS_DAYS = env.whole("FOOTNOTE_KEEP_CONVERSATIONS_DAYS", 0)  # since they were last used
KEEP_AUDIT_DAYS = env.whole("FOOTNOTE_KEEP_AUDIT_DAYS", 0)
KEEP_DELETED_DAYS = env.whole("FOOTNOTE_KEEP_DELETED_DAYS", 0)  # a deleted document can be brought back so long
KEEP_SIGN_INS_DAYS = env.whole("FOOTNOTE_KEEP_SIGN_INS_DAYS", 90)  # names and addresses that the throttle keeps
KEEP_NOTICES_DAYS = env.whole("FOOTNOTE_KEEP_NOTICES_DAYS", 90)
KEEP_BACKUPS_DAYS = env.whole("FOOTNOTE_KEEP_BACKUPS_DAYS", 30)
# Where the nightly backup goes.
BACKUP_DIR = Path(env.text("FOOTNOTE_BACKUPS")) if env.text("FOOTNOTE_BACKUPS") else None

# --- Uploads and parsing --------------------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = env.whole("FOOTNOTE_UPLOAD_MAX_MB", 200, least=1) * 1024 * 1024
PARSE_MEMORY_BYTES = env.whole("FOOTNOTE_PARSE_MEMORY_MB", 1024, least=1) * 1024 * 1024
PARSE_CPU_SECONDS = env.whole("FOOTNOTE_PARSE_CPU_SECONDS", 120, least=1)
PARSE_WALL_SECONDS = env.whole("FOOTNOTE_PARSE_WALL_SECONDS", 300, least=1)
INGEST_MAX_ATTEMPTS = 3
INGEST_PULSE = env.text("FOOTNOTE_PULSE")  # set by the supervisor: the file by which a worker shows that it lives
INGEST_LEASE_SECONDS = env.whole("FOOTNOTE_INGEST_LEASE_SECONDS", 60, least=1)

# --- Embedding and search -------------------------------------------------------------------------------------------
EMBEDDING_MODEL = env.text("FOOTNOTE_EMBEDDING_MODEL")  # a folder; empty: the model that ships with the package
EMBEDDING_QUERY_PREFIX = env.text("FOOTNOTE_EMBEDDING_QUERY_PREFIX")
EMBEDDING_PASSAGE_PREFIX = env.text("FOOTNOTE_EMBEDDING_PASSAGE_PREFIX")
# Languages in which the model's cosines mean something, by their codes; empty: in all. The packaged one knows English.
EMBEDDING_LANGUAGES = frozenset(env.listed("FOOTNOTE_EMBEDDING_LANGUAGES", "" if EMBEDDING_MODEL else "en"))
EMBEDDING_BATCH = env.whole("FOOTNOTE_EMBEDDING_BATCH", 32, least=1)
EMBEDDING_THREADS = env.whole("FOOTNOTE_EMBEDDING_THREADS", 0)  # 0: what torch chooses
EMBEDDING_CACHE = env.text("FOOTNOTE_EMBEDDING_CACHE")  # a file that keeps vectors between runs of `evaluate`
ENTAILMENT = env.text("FOOTNOTE_ENTAILMENT")  # the folder of a CrossEncoder that judges sentences; empty: without one
RERANKER = env.text("FOOTNOTE_RERANKER")  # the folder of a CrossEncoder; empty: what was found keeps the search's order
INDEX_DIR = FOOTNOTE_HOME / "index"
PAGE_CACHE_DIR = FOOTNOTE_HOME / "cache" / "pages"
INDEX_SNAPSHOT_EVERY = env.whole("FOOTNOTE_INDEX_SNAPSHOT_EVERY", 500)  # passages changed since the last snapshot
INDEX_PATIENCE_SECONDS = env.number("FOOTNOTE_INDEX_PATIENCE_SECONDS", 3)  # then a question goes without the index

# --- Answering ------------------------------------------------------------------------------------------------------
GENERATOR = env.text("FOOTNOTE_GENERATOR", "quoting")  # quoting | openai
GENERATOR_URL = env.text("FOOTNOTE_GENERATOR_URL")  # e.g. http://127.0.0.1:8080/v1
GENERATOR_MODEL = env.text("FOOTNOTE_GENERATOR_MODEL")
GENERATOR_KEY = env.text("FOOTNOTE_GENERATOR_KEY")
GENERATOR_CONNECT_SECONDS = env.number("FOOTNOTE_GENERATOR_CONNECT_SECONDS", 5)
GENERATOR_FIRST_TOKEN_SECONDS = env.number("FOOTNOTE_GENERATOR_FIRST_TOKEN_SECONDS", 30)
GENERATOR_IDLE_SECONDS = env.number("FOOTNOTE_GENERATOR_IDLE_SECONDS", 15)
GENERATOR_TOTAL_SECONDS = env.number("FOOTNOTE_GENERATOR_TOTAL_SECONDS", 120)
GENERATOR_REWRITE_SECONDS = env.number("FOOTNOTE_GENERATOR_REWRITE_SECONDS", 3)  # 0: follow-ups go by the rule alone
GENERATOR_MAX_TOKENS = env.whole("FOOTNOTE_GENERATOR_MAX_TOKENS", 600, least=1)
GENERATOR_CONTEXT_TOKENS = env.whole("FOOTNOTE_GENERATOR_CONTEXT_TOKENS", 0)  # 0: not known, all passages are sent
GENERATOR_PRICE_IN = env.amount("FOOTNOTE_GENERATOR_PRICE_IN")  # per million tokens
GENERATOR_PRICE_OUT = env.amount("FOOTNOTE_GENERATOR_PRICE_OUT")
GENERATOR_CURRENCY = env.text("FOOTNOTE_GENERATOR_CURRENCY", "EUR")
# What holds for all endpoints, those of the administrators too:
GENERATOR_PATIENCE_SECONDS = env.number("FOOTNOTE_GENERATOR_PATIENCE_SECONDS", 30)  # until some model begins to answer
GENERATOR_SHORT_WORDS = env.whole("FOOTNOTE_GENERATOR_SHORT_WORDS", 12)  # a question of more words is not a short one
BREAKER_FAILURES = env.whole("FOOTNOTE_BREAKER_FAILURES", 5, least=1)
BREAKER_PAUSE_SECONDS = env.number("FOOTNOTE_BREAKER_PAUSE_SECONDS", 30)
SECRETS_DIR = Path(env.text("FOOTNOTE_SECRETS") or FOOTNOTE_HOME / "secrets")  # files with keys, named by endpoints
WEB_PROCESSES = env.whole("FOOTNOTE_WEB_PROCESSES", 1, least=1)  # an interpreter keeps one core busy at most
ANSWER_THREADS = env.whole("FOOTNOTE_ANSWER_THREADS", 8, least=1)
ANSWER_QUEUE = env.whole("FOOTNOTE_ANSWER_QUEUE", 200)  # answers that may wait for a thread; then nobody may ask
ANSWER_FOLLOWER_GRACE_SECONDS = env.number("FOOTNOTE_ANSWER_FOLLOWER_GRACE_SECONDS", 10)

# --- Limits for one person: (how much, within how many seconds); 0 is without limit ----------------------------------
LIMITS = {
    "requests": (env.whole("FOOTNOTE_REQUESTS_PER_MINUTE", 900), 60),
    "questions": (env.whole("FOOTNOTE_QUESTIONS_PER_MINUTE", 20), 60),
    "trials": (env.whole("FOOTNOTE_TRIALS_PER_MINUTE", 60), 60),
    "uploads": (env.whole("FOOTNOTE_UPLOADS_PER_HOUR", 2000), 3600),
    "bytes": (env.whole("FOOTNOTE_UPLOAD_MB_PER_DAY", 20_000) * 1024 * 1024, 86_400),
    "codes": (10, 900),  # second factors tried
    "tokens": (env.whole("FOOTNOTE_TOKENS_PER_DAY", 2_000_000), 86_400),
}
STREAMS_AT_ONCE = env.whole("FOOTNOTE_STREAMS_AT_ONCE", 6)  # two answers, each in up to three windows
QUOTA_PERSON_BYTES = env.whole("FOOTNOTE_QUOTA_PERSON_MB", 50_000) * 1024 * 1024  # kept in all; 0 is without limit
QUOTA_COLLECTION_BYTES = env.whole("FOOTNOTE_QUOTA_COLLECTION_MB", 100_000) * 1024 * 1024

# --- Queue ----------------------------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
EMBEDDED_BROKER = not REDIS_URL
if EMBEDDED_BROKER:
    # The embedded Valkey listens on a socket of this home, so that two homes never meet.
    REDIS_URL = broker.url(FOOTNOTE_HOME)
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # one that refuses (its disk is full) is waited for, as one that left is
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2}
INGEST_LANES = ("ingest", "ingest-long")  # the queues, see ingest/lanes.py
CELERY_TASK_DEFAULT_QUEUE = INGEST_LANES[0]
CELERY_TASK_QUEUES = [Queue(lane, routing_key=lane) for lane in INGEST_LANES]  # a worker that names none serves both
CELERY_TASK_PUBLISH_RETRY = False  # the database is the queue's truth: the sweeper sends again what was not sent
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep": {"task": "ingest.tasks.sweep", "schedule": 10.0},
    "snapshot": {"task": "ingest.tasks.snapshot_index", "schedule": 30.0},
    "life": {"task": "ingest.tasks.show_life", "schedule": 30.0, "options": {"queue": INGEST_LANES[1]}},
    "verify": {
        "task": "ingest.tasks.check_store_nightly",
        "schedule": crontab(hour="3", minute="10"),
        "options": {"queue": INGEST_LANES[1]},
    },
    "erase": {"task": "config.tasks.erase", "schedule": 300.0},
    "retention": {"task": "config.tasks.retention", "schedule": 3600.0},
    "gaps": {"task": "assistant.tasks.mind_the_gaps", "schedule": 60.0},
    "figures": {"task": "assistant.tasks.roll_up_days", "schedule": 1800.0},
    "remind": {"task": "knowledge.tasks.remind", "schedule": 3600.0},
    "notices": {"task": "accounts.tasks.mail_notices", "schedule": 120.0},
    "reviews": {"task": "assistant.tasks.keep_reviews", "schedule": 600.0},
    "backup": {"task": "config.tasks.nightly_backup", "schedule": crontab(hour=2, minute=30)},
}
_LONG_LANE = {"queue": INGEST_LANES[1]}
CELERY_TASK_ROUTES = {"assistant.tasks.run_evaluation": _LONG_LANE}  # minutes long: uploads do not wait behind it
CELERY_BEAT_SCHEDULE |= {
    "evaluation_sweep": {"task": "assistant.tasks.sweep_evaluations", "schedule": 60.0},
    "evaluation": {"task": "assistant.tasks.nightly_evaluations", "schedule": crontab(hour="1", minute="20")},
}
EVALUATION_LEAST_CASES = env.whole("FOOTNOTE_EVALUATION_LEAST_CASES", 20, least=1)  # fewer say nothing of a candidate
EVALUATION_MARGIN = env.number("FOOTNOTE_EVALUATION_MARGIN", 0.05, most=1)  # of mean score that may be lost by chance
EVALUATION_LEASE_SECONDS = env.whole("FOOTNOTE_EVALUATION_LEASE_SECONDS", 300, least=1)  # longer than any case takes
PROBE_SECONDS = env.whole("FOOTNOTE_PROBE_SECONDS", 300)  # between two permission proofs; 0: only by `manage.py probe`
if PROBE_SECONDS > 0:
    CELERY_BEAT_SCHEDULE["probe"] = {"task": "knowledge.tasks.probe", "schedule": float(PROBE_SECONDS)}
CELERY_BEAT_SCHEDULE_FILENAME = str(FOOTNOTE_HOME / "celerybeat-schedule")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Sign-in --------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # failed sign-ins are counted once, by axes, in the database
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
OIDC_URL = env.text("FOOTNOTE_OIDC_URL")
if OIDC_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": env.text("FOOTNOTE_OIDC_NAME", "Company sign-in"),
                "client_id": env.text("FOOTNOTE_OIDC_CLIENT_ID"),
                "secret": env.text("FOOTNOTE_OIDC_SECRET"),
                "settings": {"server_url": OIDC_URL},
            }
        ],
    }
STAFF_MFA = env.switch("FOOTNOTE_STAFF_MFA")
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Footnote"
MFA_FORMS = {
    # Their own count of guesses hangs on "login_failed" above.
    "authenticate": "accounts.second_factor.CountedAuthenticateForm",
    "reauthenticate": "accounts.second_factor.CountedReauthenticateForm",
}
AXES_FAILURE_LIMIT = env.whole("FOOTNOTE_LOGIN_FAILURES", 10, least=1)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.slowing.locked_out"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "accounts.adapters.client_ip"
AXES_USERNAME_CALLABLE = "accounts.adapters.sign_in_name"
PROXIES = env.whole("FOOTNOTE_PROXIES", 0)  # proxies of one's own in front, whose X-Forwarded-For is believed
EMAIL_HOST = env.text("FOOTNOTE_EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("FOOTNOTE_EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = env.text("FOOTNOTE_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("FOOTNOTE_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.switch("FOOTNOTE_EMAIL_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("FOOTNOTE_EMAIL_FROM", "footnote@localhost")
EMAIL_BACKEND = env.text(
    "FOOTNOTE_EMAIL_BACKEND",
    f"django.core.mail.backends.{'smtp' if env.text('FOOTNOTE_EMAIL_HOST') else 'console'}.EmailBackend",
)
# A monitoring program shows it as "Authorization: Bearer …" at /metrics; without one only this machine may ask.
METRICS_TOKEN = env.text("FOOTNOTE_METRICS_TOKEN")
# Notices go by mail only where mail was set up: the console is a log, and logs hold nobody's words.
MAILS = bool(env.text("FOOTNOTE_EMAIL_HOST") or env.text("FOOTNOTE_EMAIL_BACKEND"))

# --- Where the server itself may connect to, beside the two addresses above: see accounts/outbound.py ----------------
OUTBOUND = env.listed("FOOTNOTE_OUTBOUND")

# --- Browser safety -------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# --- Logs: events and ids, never content ----------------------------------------------------------------------------
LOG_DIR = FOOTNOTE_HOME / "logs"
LOG_DIR.mkdir(parents=True, exist_ok=True)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.redaction.RedactingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "filters": {"mistakes": {"()": "config.log_filters.MistakesOfClients"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mistakes"]}},
    "root": {"handlers": ["stderr"], "level": env.level("FOOTNOTE_LOG_LEVEL", "WARNING")},
    "loggers": {
        "footnote": {"level": env.level("FOOTNOTE_LOG_LEVEL", "INFO")},
        # Every tick of the scheduler and every task that came and went, many a minute. What fails is an error.
        **{name: {"level": "WARNING"} for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")},
    },
}

DEFAULT_EXCEPTION_REPORTER = "config.redaction.Reporter"  # error pages and reports
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.redaction.ReporterFilter"

MISREAD = tuple(env.mistakes)  # refused by the system checks

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
