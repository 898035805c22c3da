"""Settings that are well-formed and still wrong for a site people use."""

import tomllib
from collections.abc import Iterator
from email.utils import parseaddr

from flask import current_app

from config import ROOT, Settings
from webapp.accounts import demo
from webapp.cli.checks.finding import Finding, fault, ok, warning


def check() -> Iterator[Finding]:
    """Addresses, sender, and whether this is a demonstration."""
    settings: Settings = current_app.config["SETTINGS"]
    yield ok(f"Attune {release()}; settings read: {settings.base_url}, {settings.association_timezone}")
    if settings.demo:
        yield warning("this is a demonstration (DEMO=1)", "Leave DEMO out where real people register.")
    elif not settings.base_url.startswith("https:"):
        yield fault(f"BASE_URL is {settings.base_url}: links and cookies would travel unencrypted",
                    "Set BASE_URL to the https address people use.")
    if "@" not in parseaddr(settings.mail_from)[1] or settings.mail_from.endswith("@attune.example>"):
        yield (warning if settings.demo else fault)(
            f"MAIL_FROM is {settings.mail_from}", "Set MAIL_FROM to a sender your mail server may send for.")
    if not settings.demo and (names := demo.names()):
        yield fault(f"{len(names)} demo accounts can sign in, for example {names[0]}",
                    "Their passwords are public. Start from an empty database, or disable these accounts.")


def release() -> str:
    """The version of this code, from the one place that states it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
