"""Rules are pure: values in, a value or a refusal out; told the time; no database, no Flask, no network."""

from tests.support import source

FORBIDDEN = ("flask", "sqlalchemy", "flask_sqlalchemy", "webapp.core.db", "webapp.core.clock.now", "webapp.core.clock.today", "stripe",
             "smtplib", "requests", "urllib.request", "random", "os")
NOT_IN_ACTIONS = ("flask", "flask_login", "stripe", "smtplib", "requests", "urllib.request")
FEATURES = "accounts attendance calendars catalog forms hours notifications payments planning registration"


def _modules(*roles):
    for feature in FEATURES.split():
        for path in source.files(f"webapp/{feature}"):
            if any(part in roles for part in source.module(path).split(".")[2:]):
                yield path


def _forbidden(paths, names):
    return {f"{source.short(path)} imports {found}" for path in paths for found in source.imports(path)
            if any(found == name or found.startswith(f"{name}.") for name in names)}


def test_rules_import_neither_flask_nor_database_nor_clock():
    assert _forbidden(_modules("rules", "pricing", "cancellation", "minutes"), FORBIDDEN) == set()


def test_actions_and_queries_know_no_http_and_no_network():
    assert _forbidden(_modules("actions", "queries", "rules", "models", "messages"), NOT_IN_ACTIONS) == set()


def test_no_feature_except_couriers_speaks_to_the_network():
    paths = [path for feature in FEATURES.split() for path in source.files(f"webapp/{feature}")
             if not {"courier", "couriers", "mailers", "gateway", "checkout", "refunds", "reconcile", "stripe_gateway"}
             & set(source.module(path).split("."))]
    assert _forbidden(paths, NOT_IN_ACTIONS) == set()
