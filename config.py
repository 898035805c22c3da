"""Settings: read from the environment (and `.env`) here and nowhere else, validated, typed. Secrets are never printed."""

from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
STRIPE_API = "https://api.stripe.com"


class Settings(BaseSettings):
    """The product's settings (names: docs/settings.md). A bad one is refused by its name."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True)

    secret_key: SecretStr = SecretStr("")
    base_url: str = "http://127.0.0.1:5000"
    port: int = Field(default=5000, ge=1, le=65535)
    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    mail_url: SecretStr = SecretStr("")
    mail_from: str = "Attune <no-reply@attune.example>"
    stripe_secret_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_api_base: str = STRIPE_API
    association_name: str = "Lakes & Prairies IECMH Association"
    association_timezone: str = "America/Chicago"
    association_address: str = ""  # where cheques go; lines are separated by ";"
    balance_months: int = Field(default=12, ge=1, le=120)  # how long money kept for a payer can be used, where no policy says it
    data_dir: Path = ROOT / "instance"
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    log_format: Literal["json", "text"] = "text"
    demo: bool = False

    @field_validator("association_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is not an IANA time zone name, for example America/Chicago")
        return value

    @field_validator("base_url", "stripe_api_base")
    @classmethod
    def _absolute(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be an absolute http or https address")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must end with the host: Attune needs a name of its own, not a path below another site")
        return value.rstrip("/")

    @field_validator("data_dir")
    @classmethod
    def _from_the_root(cls, value: Path) -> Path:
        return ROOT / value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and urlsplit(value.get_secret_value()).scheme not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("must be like postgresql+psycopg://user:password@host/name, or empty for SQLite in DATA_DIR")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_queue(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and urlsplit(value.get_secret_value()).scheme not in ("redis", "rediss"):
            raise ValueError("must be like redis://host:6379/0, or empty for one machine")
        return value

    @field_validator("mail_url")
    @classmethod
    def _known_way(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in ("", "file") and not (parts.scheme in ("smtp", "smtps") and parts.hostname):
            raise ValueError("must be like smtp://user:password@host:587?tls=1, smtps://user:password@host or file:")
        return value

    @model_validator(mode="after")
    def _safe(self) -> "Settings":
        if not self.demo and len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("SECRET_KEY must be set to at least 32 characters")
        if not self.demo and self.stripe_secret_key.get_secret_value() and self.stripe_api_base != STRIPE_API:
            raise ValueError("STRIPE_API_BASE points at a stand-in; that is for DEMO=1 only")
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy address; SQLite in DATA_DIR unless DATABASE_URL names another."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'attune.db'}"

    @property
    def uploads(self) -> Path:
        """The folder of uploaded files."""
        return self.data_dir / "uploads"

    @cached_property
    def domain(self) -> str:
        """The host of BASE_URL: the right side of calendar UIDs and Message-IDs."""
        return urlsplit(self.base_url).hostname or "localhost"


def read() -> Settings:
    """The settings of this process. A bad one ends it with a line that names it and says why; no value is printed."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [": ".join([*(str(part).upper() for part in fault["loc"]), fault["msg"].removeprefix("Value error, ")])
                 for fault in error.errors(include_input=False, include_url=False)]
        raise SystemExit("\n".join(["Attune does not start; a setting is wrong (docs/settings.md):", *lines])) from None
