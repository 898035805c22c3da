"""Commands: `flask --app wsgi ...`. A module holds one command or group, named in COMMANDS."""

from importlib import import_module
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from config import ROOT
from webapp.core.db import db

COMMANDS = {
    "backup": "webapp.cli.backup:backup",
    "db": "flask_migrate.cli:db",
    "demo": "webapp.cli.demo.command:demo",
    "dev": "webapp.cli.dev:dev",
    "doctor": "webapp.cli.doctor:doctor",
    "events": "webapp.cli.events:events",
    "mail": "webapp.cli.mail:mail",
    "reconcile": "webapp.cli.payments:reconcile",
    "restore": "webapp.cli.backup:restore",
    "upgrade": "webapp.cli.upgrade:upgrade",
    "user": "webapp.cli.users:user",
    "worker": "webapp.cli.worker:worker",
}


class Commands(AppGroup):
    """Imports a command when it is called: a web process carries none of them, nor Alembic."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


class Migrations:
    """Flask-Migrate, joined when somebody first asks for it: Alembic would cost every web process 11 MB."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        """What Flask-Migrate looks for in `app.extensions["migrate"]`."""
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=str(ROOT / "migrations"), compare_type=True)
        return getattr(self._app.extensions["migrate"], name)


def init_app(app: Flask) -> None:
    """Puts the commands and the migrations on the application."""
    app.extensions["migrate"] = Migrations(app)
    app.cli = Commands(app.name)
