"""Data in bulk: so many coming events, past sessions and registrations, inserted by the database itself in seconds.

The coming events are made through the product's actions (one of each shape, then copies of its rows); what only fills the tables is
inserted as rows that keep every invariant: pools are recounted afterwards and must agree.
"""

import json
from typing import Any

from sqlalchemy import text

from tests.factories import events
from webapp.core.db import Base, db, transaction

COMING = 200
PERSONS = 2_000
MARK = "p@bench.example"


def coming_events() -> list[str]:
    """200 coming events of one session each; their slugs. The first is free, the second priced, then a conference."""
    slugs = []
    with transaction():
        slugs.append(events.workshop("Free workshop", capacity=None, member=0, non_member=0).slug)
        slugs.append(events.workshop("Priced workshop", capacity=None).slug)
        slugs.append(events.conference("Conference of the bench", capacity=None, rooms=(5_000, 5_000)).slug)
    for number in range(COMING - 3):
        with transaction():
            start = events.at(20 + number % 150, 9 + number % 4)
            slugs.append(events.workshop(f"Workshop {number}: regulation and rest", starts=start, capacity=40 + number).slug)
    return slugs


def fill(sessions: int, registrations: int) -> None:
    """Past events of eight sessions up to `sessions` more, and `registrations` more confirmed ones, spread over all open events."""
    with transaction():
        for statement, values in (*_past_events(sessions), *_registrations(registrations)):
            db.session.execute(text(statement), values)
        db.session.execute(text("UPDATE pool SET taken = (SELECT coalesce(sum(count), 0) FROM pool_use WHERE pool_use.pool_id = pool.id)"))
    with db.engine.connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _past_events(sessions: int) -> list[tuple[str, dict[str, int]]]:
    """Copies of the second event's row, years back, with a pool of their own and eight sessions each."""
    events_needed = {"n": sessions // 8}
    kept = _columns("event", without=("id", "slug", "pool_id", "starts_at", "ends_at", "session_count"))
    copied = _columns("session", without=("id", "event_id", "ical_uid", "starts_at", "ends_at", "pool_id"))
    back = "(1 + g % 2500) * interval '1 day'"
    return [
        ("INSERT INTO pool (label, capacity, taken) SELECT 'past ' || g, NULL, 0 FROM generate_series(1, :n) g", events_needed),
        (f"INSERT INTO event (slug, pool_id, starts_at, ends_at, session_count, {kept}) SELECT 'past-' || g, p.id, now() - {back}, "
         f"now() - {back} + interval '2 hour', 8, {_from('e', kept)} FROM generate_series(1, :n) g JOIN pool p ON p.label = 'past ' || g "
         "CROSS JOIN (SELECT * FROM event WHERE slug = 'priced-workshop') e", events_needed),
        (f"INSERT INTO session (event_id, ical_uid, starts_at, ends_at, pool_id, {copied}) SELECT e.id, e.slug || '-' || k, "
         f"e.starts_at + k * interval '1 day', e.ends_at + k * interval '1 day', NULL, {_from('s', copied)} FROM event e "
         "CROSS JOIN generate_series(0, 7) k CROSS JOIN (SELECT s.* FROM session s JOIN event o ON o.id = s.event_id "
         "WHERE o.slug = 'priced-workshop') s WHERE e.slug LIKE 'past-%'", {}),
    ] if sessions else []


def _registrations(wanted: int) -> list[tuple[str, dict[str, int]]]:
    """One order, registration, seat per session, pool use and charge each; persons repeat, never twice in one event."""
    persons = min(wanted, PERSONS)
    open_workshops = (
        "(SELECT id, pool_id, row_number() OVER (ORDER BY (starts_at > now()) DESC, id) - 1 AS place, count(*) OVER () AS whole FROM event "
        "WHERE kind = 'workshop' AND pool_id IN (SELECT id FROM pool WHERE capacity IS NULL))")
    a_type = "(SELECT id FROM registration_type WHERE event_id = (SELECT id FROM event WHERE slug = 'priced-workshop') LIMIT 1)"
    return [
        _insert("person", {"public_id": "'bench-' || g", "given_name": "'Person'", "family_name": "'Number ' || g", "created_at": "now()"},
                "generate_series(1, :persons) g", persons=persons),
        _insert("payer", {"kind": "'person'", "person_id": "id", "name": "family_name", "email": f"'{MARK}'", "created_at": "now()"},
                "person WHERE public_id LIKE 'bench-%'"),
        _insert("order", {"ref": "'BENCH' || g", "state": "'placed'", "payer_id": "y.id", "method": "'invoice'", "created_at": "now()",
                          "placed_at": "now()"},
                f"generate_series(0, :n - 1) g JOIN payer y ON y.email = '{MARK}' AND y.name = 'Number ' || (1 + g % :persons)",
                n=wanted, persons=persons),
        _insert("registration", {"event_id": "e.id", "type_id": a_type, "order_id": "o.id", "person_id": "y.person_id",
                                 "email": f"'{MARK}'", "mode": "'in_person'",
                                 "state": "'confirmed'", "created_at": "now()", "confirmed_at": "now()"},
                f"\"order\" o JOIN payer y ON y.id = o.payer_id JOIN {open_workshops} e "
                "ON e.place = (substr(o.ref, 6)::int / :persons) % e.whole WHERE o.ref LIKE 'BENCH%'", persons=persons),
        _insert("seat", {"registration_id": "r.id", "session_id": "s.id", "state": "'booked'",
                         "ical_uid": "'bench-' || r.id || '-' || s.id", "changed_at": "now()"},
                f"registration r JOIN session s ON s.event_id = r.event_id WHERE r.email = '{MARK}'"),
        _insert("pool_use", {"registration_id": "r.id", "pool_id": "e.pool_id"},
                f"registration r JOIN event e ON e.id = r.event_id WHERE r.email = '{MARK}'"),
        _insert("charge", {"order_id": "r.order_id", "payer_id": "o.payer_id", "event_id": "r.event_id", "registration_id": "r.id",
                           "kind": "'fee'", "label": "'Fee'", "amount_cents": "12000", "due_on": "current_date", "created_at": "now()"},
                f"registration r JOIN \"order\" o ON o.id = r.order_id WHERE r.email = '{MARK}'"),
    ] if wanted else []


def _insert(table: str, values: dict[str, str], source: str, **bound: int) -> tuple[str, dict[str, int]]:
    """INSERT ... SELECT with the model's own defaults for every other column that must not be null. Repeated keys are left out."""
    for column in Base.metadata.tables[table].columns:
        if column.name not in values and not column.nullable and not column.primary_key and column.default is not None:
            values[column.name] = _literal(column.default)
    return (f'INSERT INTO "{table}" ({", ".join(values)}) SELECT {", ".join(values.values())} FROM {source} ON CONFLICT DO NOTHING', bound)


def _literal(default: Any) -> str:
    value = default.arg(None) if default.is_callable else default.arg
    return f"'{json.dumps(value)}'" if isinstance(value, dict | list) else f"'{value}'"


def _columns(table: str, without: tuple[str, ...]) -> str:
    return ", ".join(column.name for column in Base.metadata.tables[table].columns if column.name not in without)


def _from(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in columns.split(", "))


def recount() -> int:
    """How many pools disagree with their uses: must be 0."""
    with db.engine.connect() as connection:
        return int(connection.execute(text(
            "SELECT count(*) FROM pool "
            "WHERE taken <> (SELECT coalesce(sum(count), 0) FROM pool_use WHERE pool_id = pool.id)")).scalar_one())
