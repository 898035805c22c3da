"""One transaction per use case: commit is written once, and only outermost callers open one."""

from tests.support import source

INSIDE = {"actions", "rules", "queries", "models", "messages", "seats", "pricing", "cancellation"}
OUTERMOST = ("webapp/web/", "webapp/cli/", "webapp/jobs/")  # whatever their modules are called


def test_commit_is_written_once():
    found = [call.where for path in source.files() for call in source.calls(path) if call.name.endswith("session.commit")]
    assert len(found) == 1
    assert found[0].startswith("webapp/core/db.py:")


def test_inner_roles_never_open_a_transaction():
    inner = [path for path in source.files()
             if INSIDE & set(source.module(path).split(".")) and not source.short(path).startswith(OUTERMOST)]
    wrong = [call.where for path in inner
             for call in source.calls(path) if call.name in ("transaction", "db.transaction")]
    assert wrong == []


def test_tables_are_made_by_migrations_only():
    # `demo reset` empties by making the tables anew; test_migrations.py holds models and migrations to the same.
    may = ("webapp/core/", "webapp/devtools/", "webapp/cli/demo/")
    wrong = [call.where for path in source.files("webapp") if not source.short(path).startswith(may)
             for call in source.calls(path) if call.name.endswith((".create_all", ".drop_all"))]
    assert wrong == []
