"""How a feed knows, without reading its entries, that nothing changed: the database counts changes as they happen.

Triggers raise `catalog_stamp.value` whenever a row changes that public entries and pages (web/events/memory.py) show, and
`registration.calendar_stamp` whenever a seat of the registration changes, or what mail has told of it. No action has to remember to
say so, and bulk updates count too.
"""

from sqlalchemy import DDL, MetaData, Select, event, func, select

from webapp.calendars.models import CatalogStamp
from webapp.core.db import db
from webapp.registration.models import Registration

SHOWN = ("event", "session", "session_credit", "credit_area", "session_break", "room", "venue", "organization", "block", "group",
         "presenter", "session_presenter", "track", "programme", "event_inclusion")
_OF_CATALOG = select(CatalogStamp.value).where(CatalogStamp.id == 1)  # built once: every public page asks
_RAISE = "INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1"
_RAISE_OF = "UPDATE registration SET calendar_stamp = calendar_stamp + 1 WHERE id ="
_OF_SEAT = "(SELECT registration_id FROM seat WHERE seat.id = NEW.seat_id)"


def statements(dialect: str) -> list[str]:
    """All triggers, for migrations and for `create_all`."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> list[str]:
    made = [
        f'CREATE TRIGGER "{table}_stamps_{verb.lower()}" AFTER {verb} ON "{table}" BEGIN {_RAISE}; END'
        for table in SHOWN for verb in ("INSERT", "UPDATE", "DELETE")
    ]
    made += [
        f'CREATE TRIGGER "seat_stamps_{verb.lower()}" AFTER {verb} ON seat BEGIN {_RAISE_OF} {row}.registration_id; END'
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ]
    made += [
        f'CREATE TRIGGER "invitation_stamps_{verb.lower()}" AFTER {verb} ON invitation BEGIN {_RAISE_OF} {_OF_SEAT}; END'
        for verb in ("INSERT", "UPDATE")
    ]
    return made


def _postgresql() -> list[str]:
    made = [f"CREATE OR REPLACE FUNCTION raise_catalog_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_RAISE}; RETURN NULL; END $$"]
    made += [
        f'CREATE TRIGGER "{table}_stamps" AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION raise_catalog_stamp()" for table in SHOWN
    ]
    made.append(
        "CREATE OR REPLACE FUNCTION raise_calendar_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE registration SET calendar_stamp = calendar_stamp + 1 WHERE id IN (SELECT registration_id FROM changed); "
        "RETURN NULL; END $$"
    )
    made += [
        f"CREATE TRIGGER seat_stamps_{verb.lower()} AFTER {verb} ON seat REFERENCING {side} TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION raise_calendar_stamp()"
        for verb, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ]
    made.append(
        "CREATE OR REPLACE FUNCTION raise_invitation_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE registration SET calendar_stamp = calendar_stamp + 1 WHERE id IN "
        "(SELECT seat.registration_id FROM seat JOIN changed ON changed.seat_id = seat.id); RETURN NULL; END $$"
    )
    made += [
        f"CREATE TRIGGER invitation_stamps_{verb.lower()} AFTER {verb} ON invitation REFERENCING NEW TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION raise_invitation_stamp()" for verb in ("INSERT", "UPDATE")
    ]
    return made


def install(metadata: MetaData) -> None:
    """Adds the triggers after `create_all` (tests); migrations call `statements`. Safe to repeat."""
    if metadata.info.get("stamped"):
        return
    metadata.info["stamped"] = True
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(dialect):
            event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))


def of_catalog() -> str:
    """The present stamp of everything public."""
    return str(db.session.scalar(_OF_CATALOG) or 0)


def of_registrations(where: Select[int]) -> str:
    """The present stamp of the registrations whose ids `where` selects."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Registration.calendar_stamp), 0), func.coalesce(func.max(Registration.id), 0))
        .where(Registration.id.in_(where))
    ).one()
    return ".".join(str(part) for part in row)
