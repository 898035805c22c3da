"""Append-only tables: the database itself refuses to change or delete a row, on SQLite and PostgreSQL."""

from sqlalchemy import DDL, MetaData, event

TABLES = ("charge", "allocation", "presence", "award", "award_area", "award_tag", "audit_entry", "closed_month", "booked_movement",
          "balance_movement")


def statements(table: str, dialect: str) -> list[str]:
    """The statements that make a table append-only, for migrations and for `create_all`."""
    if dialect == "sqlite":
        return [
            f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ]


def protect_all(metadata: MetaData) -> None:
    """Adds the triggers whenever `create_all` makes the tables (tests); migrations call `statements`. Safe to repeat."""
    if metadata.info.get("protected"):
        return
    metadata.info["protected"] = True
    for name in TABLES:
        for dialect in ("sqlite", "postgresql"):
            for statement in statements(name, dialect):
                ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
                event.listen(metadata.tables[name], "after_create", ddl)
