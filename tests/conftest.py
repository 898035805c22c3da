"""Fixtures for every test. Which one to ask for: docs/house.md, Tests."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session
from hypothesis import HealthCheck
from sqlalchemy import Connection
from sqlalchemy.orm import scoped_session

from config import Settings
from tests.support import client as clients
from tests.support import counting, databases, locks
from webapp import create_app
from webapp.core.db import WRITE, db

# Machines and properties share the test's database through `undone()`, and two busy cores are slow now and then.
EASY: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}
pytest_plugins = ["tests.support.stories"]
WALKS = {"sqlite": 240, "postgresql": 101}  # of 100 steps, and more for what is rare then (docs/decisions/ci-budget.md)
hypothesis.settings.register_profile("quick", max_examples=20, stateful_step_count=20, derandomize=True, **EASY)  # a few hundred steps
hypothesis.settings.register_profile("long", max_examples=WALKS[databases.chosen()], stateful_step_count=100, derandomize=True, **EASY)
hypothesis.settings.register_profile("soak", max_examples=6000, stateful_step_count=100, **EASY)
hypothesis.settings.load_profile(os.environ.get("ATTUNE_HYPOTHESIS", "quick"))
NOW = datetime(2026, 7, 15, 15, 0, tzinfo=UTC)  # a Wednesday in summer: 10:00 in Chicago
FROZEN = {"rules", "actions", "web", "flows"}
KEPT = {"clean_db", "module_db"}
WITHOUT_DATABASE = {"rules", "architecture", "browser", "devtools", "sabotage"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A race is run as often as ATTUNE_RACE_REPEATS says: once by default."""
    repeats = int(os.environ.get("ATTUNE_RACE_REPEATS", "1"))
    if repeats > 1 and metafunc.definition.get_closest_marker("race"):
        metafunc.fixturenames.append("race_turn")
        metafunc.parametrize("race_turn", range(1, repeats + 1))


@pytest.fixture
def race_turn() -> int:
    """Which repetition of a race this is."""
    return 1


@pytest.fixture(scope="session")
def database_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Databases]:
    """Where databases of the chosen kind are made."""
    with databases.place(tmp_path_factory.mktemp("databases")) as place:
        yield place


@pytest.fixture(scope="session")
def template(database_place: databases.Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with all tables and no rows. Nobody stays connected to it: it is there to be copied."""
    address = database_place.empty()
    app = create_app(make_settings(tmp_path_factory.mktemp("template"), address))
    databases.build_schema(app)
    with app.app_context():
        db.engine.dispose()
    return address


@pytest.fixture(scope="session")
def app(database_place: databases.Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application of this run, with cheap password hashing and forms that need no CSRF token."""
    made = create_app(make_settings(tmp_path_factory.mktemp("data"), database_place.copy_of(template)))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, ARGON2_FAST=True)
    made.test_client_class = clients.Client
    with made.app_context():
        db.session.configure(join_transaction_mode="create_savepoint")
    yield made
    with made.app_context():
        db.engine.dispose()


def make_settings(data_dir: Path, address: str, **others: object) -> Settings:
    """Settings of a test installation; nothing comes from the environment or `.env`."""
    values: dict[str, object] = {
        "secret_key": "test-only-" + "k" * 32, "base_url": "http://attune.test", "database_url": address, "data_dir": data_dir,
        "redis_url": "", "mail_url": f"file:{data_dir / 'mail'}", "stripe_secret_key": "sk_test_attune", "demo": False,
        "stripe_webhook_secret": "whsec_test_attune", "stripe_api_base": "https://api.stripe.com",
        "association_timezone": "America/Chicago", "log_format": "text",
    }
    return Settings(_env_file=None, **(values | others))  # type: ignore[arg-type, call-arg]  # pydantic reads them by name


@pytest.fixture
def db_connection(app: Flask) -> Iterator[Connection]:
    """The one connection a test works on. Its transaction is never committed: sessions only end savepoints inside it."""
    engines = db._app_engines[app]
    engine = engines[None]
    with app.app_context(), engine.connect().execution_options(**{WRITE: True}) as connection:
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]  # a session takes either
        try:
            yield connection
        finally:
            db.session.remove()
            engines[None] = engine
            if outer.is_active:
                outer.rollback()


@pytest.fixture
def db_session(db_connection: Connection) -> scoped_session[Session]:
    """The session, inside an application context; whatever the test does is rolled back afterwards."""
    return db.session


@pytest.fixture
def clean_db(app: Flask, database_place: databases.Databases, template: str) -> Iterator[str]:
    """A private database for tests that need real commits, threads or processes: its address. `app` and `client` work on it."""
    with databases.private(app, database_place, template) as address:
        yield address


@pytest.fixture(scope="module")
def module_db(app: Flask, database_place: databases.Databases, template: str) -> Iterator[str]:
    """As `clean_db`, kept for all tests of a module: each makes an event of its own and looks at nothing else."""
    with databases.private(app, database_place, template) as address:
        yield address


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> None:
    """Every test that may touch the database gets one that forgets, unless it asked for one that keeps."""
    if not KEPT & set(request.fixturenames) and _kind(request) not in WITHOUT_DATABASE:
        request.getfixturevalue("db_session")


@pytest.fixture(autouse=True)
def _locks() -> Iterator[None]:
    """With ATTUNE_WATCH_LOCKS=1 a request that takes a lock out of the order of docs/house.md fails its test."""
    if not locks.WATCHED:
        yield
        return
    with locks.watched() as back:
        yield
    assert not back, "\n".join(back)


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest) -> None:
    """Rules, actions, web and flows are told one fixed time; `@pytest.mark.real_time` lets the clock run."""
    if _kind(request) in FROZEN and request.node.get_closest_marker("real_time") is None:
        request.getfixturevalue("frozen")


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """The clock stands at NOW; `frozen.move_to(...)` and `frozen.shift(...)` set it on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(app: Flask, _database: None) -> FlaskClient:
    """A browser without script: keeps cookies, follows nothing."""
    return app.test_client()


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """`sign_in(client, person)`: the client belongs to this person from now on. The person needs an account."""
    return clients.sign_in


@pytest.fixture
def query_count() -> Callable[[], AbstractContextManager[list[str]]]:
    """`with query_count() as seen: ...; assert len(seen) == 4`: the statements run inside."""
    return counting.query_count


@pytest.fixture
def undone(db_connection: Connection) -> Callable[[], AbstractContextManager[None]]:
    """`with undone(): ...`: what happens inside is rolled back at its end; for one example of a property or machine."""

    @contextmanager
    def scope() -> Iterator[None]:
        db.session.commit()
        savepoint = db_connection.begin_nested()
        try:
            yield
        finally:
            db.session.remove()
            savepoint.rollback()

    return scope


def _kind(request: pytest.FixtureRequest) -> str:
    return Path(request.node.path).relative_to(Path(__file__).parent).parts[0]
