"""Who may import whom: the arrows of docs/house.md, and no circle among modules."""

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.support import source

FEATURES = {"planning", "calendars", "attendance", "payments", "registration", "hours", "catalog", "accounts", "forms", "notifications"}
TOOLS = {"forms", "notifications", "core"}
OUTSIDE = FEATURES | {"core"}
# web, cli and jobs may name the demo's parts; they load them only where DEMO is on.
ALLOWED = {
    "web": OUTSIDE | {"devtools"}, "cli": OUTSIDE | {"devtools", "jobs"}, "jobs": OUTSIDE,
    "planning": TOOLS | {"hours", "calendars", "registration", "catalog", "accounts"},
    "calendars": TOOLS | {"registration", "catalog", "accounts"},
    "attendance": TOOLS | {"registration", "hours", "catalog", "accounts"},
    "payments": TOOLS | {"registration", "catalog", "accounts"},
    "registration": TOOLS | {"catalog", "accounts"},
    "hours": TOOLS | {"catalog", "accounts"},
    "catalog": TOOLS | {"accounts"},
    "accounts": TOOLS,
    "forms": {"core"}, "notifications": {"core"}, "core": set(), "devtools": {"core"},
}
FILES = [path for path in source.files() if len(source.module(path).split(".")) > 1]
MODULES = {source.module(path): path for path in FILES}


def _imported_modules(name):
    """The modules of ours that a module imports; `from webapp.core import clock` is an import of webapp.core.clock."""
    for imported in source.imports(MODULES[name]):
        while imported and imported not in MODULES:
            imported = imported.rpartition(".")[0]
        if imported and imported != name:
            yield imported


def test_every_package_has_its_arrows():
    assert {name.split(".")[1] for name in MODULES} == set(ALLOWED)


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_a_package_imports_only_what_it_may(package):
    wrong = {
        f"{name} imports {imported}"
        for name in MODULES if name.split(".")[1] == package
        for imported in _imported_modules(name)
        if imported.split(".")[1] not in ALLOWED[package] | {package}
    }
    assert wrong == set()


def test_no_circle_among_modules():
    graph = {name: {found for found in _imported_modules(name) if not name.startswith(f"{found}.")} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_core_knows_neither_flask_routes_nor_features():
    wrong = {f"{name}: {found}" for name, path in MODULES.items() if name.startswith("webapp.core.")
             for found in source.imports(path) if found.split(".")[0] == "flask"}
    assert wrong == set()
