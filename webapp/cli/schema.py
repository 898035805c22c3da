"""At which migration the database stands, compared with this code."""

from typing import Literal

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect

from config import ROOT
from webapp.core.db import db

State = Literal["empty", "older", "current", "newer"]


def heads() -> set[str]:
    """The newest revisions this code knows."""
    return set(_scripts().get_heads())


def revision() -> str:
    """The revision the database stands at; empty when it has none."""
    with db.engine.connect() as connection:
        return ",".join(sorted(MigrationContext.configure(connection).get_current_heads()))


def state() -> State:
    """`newer` means: written by a release that this code does not know."""
    return compare(revision())


def compare(found: str) -> State:
    """How a revision (of a database or a backup) stands to this code."""
    if not found:
        return "empty"
    if set(found.split(",")) == heads():
        return "current"
    try:
        for one in found.split(","):
            _scripts().get_revision(one)
    except CommandError:
        return "newer"
    return "older"


def tables() -> set[str]:
    """The tables that are there, without Alembic's own."""
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def upgrade() -> None:
    """Applies every migration that is missing."""
    from flask_migrate import upgrade as apply

    apply(directory=str(ROOT / "migrations"))


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)
