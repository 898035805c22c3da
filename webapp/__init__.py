"""Attune: events, registrations, payments, calendars and training hours. `create_app` joins the parts."""

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

# Every module that keeps rows, so that the metadata is whole whatever was imported first.
MODELS = ("core.audit", "core.storage", "accounts.models", "catalog.models", "forms.models", "registration.models",
          "registration.waitlist.models", "registration.codes.models", "registration.setasides.models", "registration.funds.models",
          "registration.deferrals.models", "registration.years.models", "registration.badges.models",
          "payments.models", "attendance.models", "hours.models", "calendars.models", "notifications.models")


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The application for these settings (default: from the environment)."""
    from flask import Flask

    from config import ROOT, read
    from webapp.core import ledger, logs
    from webapp.core.db import Base, db

    settings = settings or read()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key.get_secret_value() or "demo-only-" + "0" * 32,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database),
        SESSION_COOKIE_NAME="attune",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
    )
    logs.configure(settings.log_format)
    with suppress(OSError):  # the doctor says why it cannot be made
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        import_module(f"webapp.{name}")
    ledger.protect_all(Base.metadata)
    import_module("webapp.calendars.stamps").install(Base.metadata)
    db.init_app(app)
    import_module("webapp.web").init_app(app)
    import_module("webapp.jobs").init_app(app)
    import_module("webapp.cli").init_app(app)
    return app


def _engine_options(address: str) -> dict[str, object]:
    """What the values of a statement are stays out of the log: they are people's words."""
    if address.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"check_same_thread": False}}
    return {"hide_parameters": True, "isolation_level": "AUTOCOMMIT", "pool_size": 5, "max_overflow": 5}
