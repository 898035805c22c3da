"""The parts of `make test`, `check`, `ci` and `soak`: a command, what it needs, and the seconds it may take on two cores."""

import sys
from dataclasses import dataclass, field

PYTHON = sys.executable
OVER_HTTP = "tests/concurrency/test_races_over_http.py"
HTTP_REPEATS = 20  # docs/decisions/ci-budget.md
LONG = 780  # seconds of the long machines on one database, while those on the other run beside it
QUICK = ("tests/rules", "tests/actions", "tests/web", "tests/flows")


@dataclass(frozen=True)
class Part:
    """One process. `alone`: it measures or races, so nothing else runs beside it. `last`: it reads what the others left."""

    name: str
    command: tuple[str, ...]
    budget: int
    needs: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    alone: bool = False
    last: bool = False


def of(what: str) -> list[Part]:
    """The parts of one target, longest first so that two at a time end together."""
    test = [*_browser("sqlite"), *_quick("sqlite"), *_quick("postgresql"), *_races("sqlite"), *_races("postgresql")]
    if what == "test":
        return test
    if what == "check":
        return _checks()
    if what == "ci":
        races = [*_over_http("sqlite"), *_over_http("postgresql")]
        return [*_machines("postgresql", "long", LONG), *_machines("sqlite", "long", LONG), *_browser("postgresql"), *races, *test,
                *_checks(), _sums()]
    if what == "soak":
        return [_pytest("programs that subscribe", ("tests/flows/calendars",), 900, "-m", "soak"),
                *_repeated("sqlite"), *_repeated("postgresql"),
                *_machines("sqlite", "long", LONG), *_machines("postgresql", "long", LONG), _sums(),
                *_machines("sqlite", "soak", 21_600), *_machines("postgresql", "soak", 28_800)]
    raise ValueError(f"{what}: choose test, check, ci or soak")


def _pytest(name: str, where: tuple[str, ...], budget: int, *words: str, database: str = "sqlite", alone: bool = False,
            needs: tuple[str, ...] = (), **environment: str) -> Part:
    wanted = (*needs, *(("postgresql",) if database == "postgresql" else ()))
    return Part(f"{name}, {database}", (PYTHON, "-m", "pytest", "-q", "--color=no", *where, *words), budget, wanted,
                {"ATTUNE_TEST_DB": database, **environment}, alone)


def _quick(database: str) -> list[Part]:
    if database == "sqlite":
        return [_pytest("rules, actions, web, flows", QUICK, 600, "-m", "not soak"),
                _pytest("the house", ("tests/architecture", "tests/devtools"), 180)]
    return [_pytest("actions, web, flows, migrations", (*QUICK[1:], "tests/architecture/test_migrations.py"), 900, "-m", "not soak",
                    database=database)]


def _races(database: str) -> list[Part]:
    return [_pytest("races and machines", ("tests/concurrency", "tests/machines"), 540, "-m", "not soak", database=database, alone=True)]


def _over_http(database: str) -> list[Part]:
    return [_pytest(f"races over HTTP {HTTP_REPEATS} times", (OVER_HTTP,), 480, "-m", "race", database=database, alone=True,
                    ATTUNE_RACE_REPEATS=str(HTTP_REPEATS))]


def _repeated(database: str) -> list[Part]:
    return [_pytest("all races 200 times", ("tests/concurrency",), 7200, "-m", "race", database=database, alone=True,
                    ATTUNE_RACE_REPEATS="200")]


def _machines(database: str, profile: str, budget: int) -> list[Part]:
    return [_pytest(f"machines, {profile}", ("tests/machines",), budget, "-m", "machine", database=database, ATTUNE_HYPOTHESIS=profile)]


def _sums() -> Part:
    """What the long machines of both databases tried, added up."""
    return Part("every act of the machines 200 times", (PYTHON, "-m", "tests.machines.sums"), 20, ("postgresql",), last=True)


def _browser(database: str) -> list[Part]:
    return [_pytest("stories in a browser", ("tests/browser",), 600, "-m", "not soak", database=database, needs=("chromium",))]


def _checks() -> list[Part]:
    return [
        Part("ruff", (PYTHON, "-m", "ruff", "check", "."), 20),
        Part("mypy", (PYTHON, "-m", "mypy"), 180),
        _pytest("migrations and requirements", ("tests/architecture/test_migrations.py", "tests/architecture/test_requirements.py"), 60),
    ]
