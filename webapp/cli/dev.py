"""`flask --app wsgi dev`: the whole product on this machine, with demo data (`make run`)."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from config import ROOT, STRIPE_API, Settings
from webapp.accounts.models import Account, EmailAddress, RoleGrant
from webapp.catalog.models import Event
from webapp.cli.demo.names import PASSWORD
from webapp.cli.processes import Household, Part
from webapp.core.db import db

HOST = "127.0.0.1"
ADDRESS = "100 Demonstration Street; Madison, WI 53700"  # where checks go, on the invoices of a demonstration
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
# One process with threads: the card page posts its webhook while the browser waits for the page it returns to.
GUNICORN = (sys.executable, "-m", "gunicorn", "wsgi:app", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning")


@click.command("dev")
@with_appcontext
def dev() -> None:
    """Serves a demonstration: web, background work and a stand-in for Stripe. Ctrl-C ends all of it."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo:
        raise click.ClickException("This is for demonstrations. Say: make run (it sets DEMO=1). For a real site see docs/running.md.")
    _refuse_taken(settings.port)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    standin_port = _port_near(settings.port + 10)
    env = _environment(settings, standin_port)
    _prepare(env)
    household = Household(_parts(settings, env, standin_port))
    household.run(lambda: _greet(settings, household))


def _environment(settings: Settings, standin_port: int) -> dict[str, str]:
    """What was set stays; what was not gets the demonstration's value. With Stripe keys of one's own no stand-in is used."""
    given = dict(os.environ)
    env = {"DEMO": "1", "PORT": str(settings.port), "BASE_URL": f"http://{HOST}:{settings.port}", "MAIL_URL": "file:"} | given
    if not settings.association_address:
        env["ASSOCIATION_ADDRESS"] = ADDRESS
    if not _own_stripe(settings):
        env |= {"STRIPE_SECRET_KEY": "sk_test_standin", "STRIPE_API_BASE": f"http://{HOST}:{standin_port}",
                "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}"}
    return env


def _own_stripe(settings: Settings) -> bool:
    return bool(settings.stripe_secret_key.get_secret_value()) and settings.stripe_api_base == STRIPE_API


def _parts(settings: Settings, env: dict[str, str], standin_port: int) -> list[Part]:
    web = Part("web server", (*GUNICORN, "--bind", f"{HOST}:{settings.port}"), env)
    worker = Part("worker", (*FLASK, "worker"), env)
    if _own_stripe(settings):
        return [web, worker]
    standin = Part("Stripe stand-in", (
        sys.executable, "-m", "webapp.devtools.stripe_standin", "--port", str(standin_port),
        "--db", str(settings.data_dir / "stripe-standin.db"),
        "--webhook-url", f"{env['BASE_URL']}/webhooks/stripe", "--webhook-secret", env["STRIPE_WEBHOOK_SECRET"]), env)
    return [standin, web, worker]


def _prepare(env: dict[str, str]) -> None:
    """The database at the newest migration; demo data when there are no events yet."""
    _run("db", "upgrade", env=env)
    is_empty = db.session.scalar(select(Event.id).limit(1)) is None
    db.session.rollback()
    if is_empty:
        click.echo("First start: making the demo data. This takes about a minute.")
        _run("demo", "load", env=env)


def _run(*command: str, env: dict[str, str]) -> None:
    done = subprocess.run((*FLASK, *command), env=env, cwd=ROOT, check=False)
    if done.returncode:
        raise click.ClickException(f"`{' '.join(command)}` failed; what it said stands above.")


def _refuse_taken(port: int) -> None:
    if not _is_free(port):
        raise click.ClickException(f"Port {port} is taken by another program. Stop it, or choose another port: PORT={port + 1} make run")


def _port_near(wish: int) -> int:
    """The port wished for, if it is free: links to the card page keep working after a restart."""
    if wish < 65536 and _is_free(wish):
        return wish
    with socket.socket() as any_port:
        any_port.bind((HOST, 0))
        return int(any_port.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _greet(settings: Settings, household: Household) -> None:
    address = f"http://{HOST}:{settings.port}"
    deadline = time.monotonic() + 60
    while not household.is_stopping and time.monotonic() < deadline and not _answers(f"{address}/healthz"):
        time.sleep(0.2)
    if household.is_stopping:
        return
    click.echo(f"\nAttune is at {address}\nIts mail is at {address}/dev/mail\n")
    for email, roles in _sign_ins():
        click.echo(f"  {email:<40} {roles}")
    click.echo(f"\nSign in at {address}/login; the password of each is {PASSWORD}.")
    click.echo(f"Everything is kept in {_short(settings.data_dir)}. Ctrl-C ends all of it.")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _sign_ins() -> list[tuple[str, str]]:
    """Demo accounts by address, with their roles."""
    rows = db.session.execute(
        select(EmailAddress.address, RoleGrant.role)
        .join(Account, Account.person_id == EmailAddress.person_id)
        .outerjoin(RoleGrant, (RoleGrant.person_id == Account.person_id) & RoleGrant.ended_at.is_(None))
        .where(Account.is_demo, EmailAddress.is_primary).order_by(Account.id)).all()
    db.session.rollback()
    roles: dict[str, list[str]] = {}
    for address, role in rows:
        roles.setdefault(address, []).extend([role] if role else [])
    return [(address, ", ".join(sorted(set(held))) or "attendee") for address, held in roles.items()]


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
