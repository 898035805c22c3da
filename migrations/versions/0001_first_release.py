"""first release

The first release: there is no earlier one.

Revision ID: 0001
Revises: 
Create Date: 2026-11-22 00:51:24.697512
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


# The tables that only grow, and what counts changes for calendars: as they were written for this release (core/ledger.py, calendars/stamps.py).
TRIGGERS = {'postgresql': ["CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is "
                "append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
                'CREATE TRIGGER "charge_append_only" BEFORE UPDATE OR DELETE ON "charge" FOR EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE TRIGGER "allocation_append_only" BEFORE UPDATE OR DELETE ON "allocation" FOR EACH ROW EXECUTE FUNCTION '
                'refuse_change()',
                'CREATE TRIGGER "presence_append_only" BEFORE UPDATE OR DELETE ON "presence" FOR EACH ROW EXECUTE FUNCTION '
                'refuse_change()',
                'CREATE TRIGGER "award_append_only" BEFORE UPDATE OR DELETE ON "award" FOR EACH ROW EXECUTE FUNCTION refuse_change()',
                'CREATE TRIGGER "award_area_append_only" BEFORE UPDATE OR DELETE ON "award_area" FOR EACH ROW EXECUTE FUNCTION '
                'refuse_change()',
                'CREATE TRIGGER "award_tag_append_only" BEFORE UPDATE OR DELETE ON "award_tag" FOR EACH ROW EXECUTE FUNCTION '
                'refuse_change()',
                'CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION '
                'refuse_change()',
                'CREATE OR REPLACE FUNCTION raise_catalog_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO catalog_stamp '
                '(id, value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; RETURN NULL; END $$',
                'CREATE TRIGGER "event_stamps" AFTER INSERT OR UPDATE OR DELETE ON "event" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "session_stamps" AFTER INSERT OR UPDATE OR DELETE ON "session" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "session_credit_stamps" AFTER INSERT OR UPDATE OR DELETE ON "session_credit" FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_catalog_stamp()',
                'CREATE TRIGGER "credit_area_stamps" AFTER INSERT OR UPDATE OR DELETE ON "credit_area" FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_catalog_stamp()',
                'CREATE TRIGGER "session_break_stamps" AFTER INSERT OR UPDATE OR DELETE ON "session_break" FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_catalog_stamp()',
                'CREATE TRIGGER "room_stamps" AFTER INSERT OR UPDATE OR DELETE ON "room" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "venue_stamps" AFTER INSERT OR UPDATE OR DELETE ON "venue" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "organization_stamps" AFTER INSERT OR UPDATE OR DELETE ON "organization" FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_catalog_stamp()',
                'CREATE TRIGGER "block_stamps" AFTER INSERT OR UPDATE OR DELETE ON "block" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "group_stamps" AFTER INSERT OR UPDATE OR DELETE ON "group" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "presenter_stamps" AFTER INSERT OR UPDATE OR DELETE ON "presenter" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "session_presenter_stamps" AFTER INSERT OR UPDATE OR DELETE ON "session_presenter" FOR EACH STATEMENT '
                'EXECUTE FUNCTION raise_catalog_stamp()',
                'CREATE TRIGGER "track_stamps" AFTER INSERT OR UPDATE OR DELETE ON "track" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "programme_stamps" AFTER INSERT OR UPDATE OR DELETE ON "programme" FOR EACH STATEMENT EXECUTE FUNCTION '
                'raise_catalog_stamp()',
                'CREATE TRIGGER "event_inclusion_stamps" AFTER INSERT OR UPDATE OR DELETE ON "event_inclusion" FOR EACH STATEMENT '
                'EXECUTE FUNCTION raise_catalog_stamp()',
                'CREATE OR REPLACE FUNCTION raise_calendar_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE registration SET '
                'calendar_stamp = calendar_stamp + 1 WHERE id IN (SELECT registration_id FROM changed); RETURN NULL; END $$',
                'CREATE TRIGGER seat_stamps_insert AFTER INSERT ON seat REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_calendar_stamp()',
                'CREATE TRIGGER seat_stamps_update AFTER UPDATE ON seat REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_calendar_stamp()',
                'CREATE TRIGGER seat_stamps_delete AFTER DELETE ON seat REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE '
                'FUNCTION raise_calendar_stamp()'],
 'sqlite': ['CREATE TRIGGER "charge_no_update" BEFORE UPDATE ON "charge" BEGIN SELECT RAISE(ABORT, \'charge is append-only\'); END',
            'CREATE TRIGGER "charge_no_delete" BEFORE DELETE ON "charge" BEGIN SELECT RAISE(ABORT, \'charge is append-only\'); END',
            'CREATE TRIGGER "allocation_no_update" BEFORE UPDATE ON "allocation" BEGIN SELECT RAISE(ABORT, \'allocation is '
            "append-only'); END",
            'CREATE TRIGGER "allocation_no_delete" BEFORE DELETE ON "allocation" BEGIN SELECT RAISE(ABORT, \'allocation is '
            "append-only'); END",
            'CREATE TRIGGER "presence_no_update" BEFORE UPDATE ON "presence" BEGIN SELECT RAISE(ABORT, \'presence is append-only\'); END',
            'CREATE TRIGGER "presence_no_delete" BEFORE DELETE ON "presence" BEGIN SELECT RAISE(ABORT, \'presence is append-only\'); END',
            'CREATE TRIGGER "award_no_update" BEFORE UPDATE ON "award" BEGIN SELECT RAISE(ABORT, \'award is append-only\'); END',
            'CREATE TRIGGER "award_no_delete" BEFORE DELETE ON "award" BEGIN SELECT RAISE(ABORT, \'award is append-only\'); END',
            'CREATE TRIGGER "award_area_no_update" BEFORE UPDATE ON "award_area" BEGIN SELECT RAISE(ABORT, \'award_area is '
            "append-only'); END",
            'CREATE TRIGGER "award_area_no_delete" BEFORE DELETE ON "award_area" BEGIN SELECT RAISE(ABORT, \'award_area is '
            "append-only'); END",
            'CREATE TRIGGER "award_tag_no_update" BEFORE UPDATE ON "award_tag" BEGIN SELECT RAISE(ABORT, \'award_tag is append-only\'); '
            'END',
            'CREATE TRIGGER "award_tag_no_delete" BEFORE DELETE ON "award_tag" BEGIN SELECT RAISE(ABORT, \'award_tag is append-only\'); '
            'END',
            'CREATE TRIGGER "audit_entry_no_update" BEFORE UPDATE ON "audit_entry" BEGIN SELECT RAISE(ABORT, \'audit_entry is '
            "append-only'); END",
            'CREATE TRIGGER "audit_entry_no_delete" BEFORE DELETE ON "audit_entry" BEGIN SELECT RAISE(ABORT, \'audit_entry is '
            "append-only'); END",
            'CREATE TRIGGER "event_stamps_insert" AFTER INSERT ON "event" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "event_stamps_update" AFTER UPDATE ON "event" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "event_stamps_delete" AFTER DELETE ON "event" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_stamps_insert" AFTER INSERT ON "session" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) '
            'ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_stamps_update" AFTER UPDATE ON "session" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) '
            'ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_stamps_delete" AFTER DELETE ON "session" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) '
            'ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_credit_stamps_insert" AFTER INSERT ON "session_credit" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_credit_stamps_update" AFTER UPDATE ON "session_credit" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_credit_stamps_delete" AFTER DELETE ON "session_credit" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "credit_area_stamps_insert" AFTER INSERT ON "credit_area" BEGIN INSERT INTO catalog_stamp (id, value) VALUES '
            '(1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "credit_area_stamps_update" AFTER UPDATE ON "credit_area" BEGIN INSERT INTO catalog_stamp (id, value) VALUES '
            '(1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "credit_area_stamps_delete" AFTER DELETE ON "credit_area" BEGIN INSERT INTO catalog_stamp (id, value) VALUES '
            '(1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_break_stamps_insert" AFTER INSERT ON "session_break" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_break_stamps_update" AFTER UPDATE ON "session_break" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_break_stamps_delete" AFTER DELETE ON "session_break" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "room_stamps_insert" AFTER INSERT ON "room" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "room_stamps_update" AFTER UPDATE ON "room" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "room_stamps_delete" AFTER DELETE ON "room" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "venue_stamps_insert" AFTER INSERT ON "venue" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "venue_stamps_update" AFTER UPDATE ON "venue" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "venue_stamps_delete" AFTER DELETE ON "venue" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "organization_stamps_insert" AFTER INSERT ON "organization" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "organization_stamps_update" AFTER UPDATE ON "organization" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "organization_stamps_delete" AFTER DELETE ON "organization" BEGIN INSERT INTO catalog_stamp (id, value) '
            'VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "block_stamps_insert" AFTER INSERT ON "block" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "block_stamps_update" AFTER UPDATE ON "block" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "block_stamps_delete" AFTER DELETE ON "block" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "group_stamps_insert" AFTER INSERT ON "group" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "group_stamps_update" AFTER UPDATE ON "group" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "group_stamps_delete" AFTER DELETE ON "group" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "presenter_stamps_insert" AFTER INSERT ON "presenter" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, '
            '1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "presenter_stamps_update" AFTER UPDATE ON "presenter" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, '
            '1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "presenter_stamps_delete" AFTER DELETE ON "presenter" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, '
            '1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_presenter_stamps_insert" AFTER INSERT ON "session_presenter" BEGIN INSERT INTO catalog_stamp (id, '
            'value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_presenter_stamps_update" AFTER UPDATE ON "session_presenter" BEGIN INSERT INTO catalog_stamp (id, '
            'value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "session_presenter_stamps_delete" AFTER DELETE ON "session_presenter" BEGIN INSERT INTO catalog_stamp (id, '
            'value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "track_stamps_insert" AFTER INSERT ON "track" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "track_stamps_update" AFTER UPDATE ON "track" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "track_stamps_delete" AFTER DELETE ON "track" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, 1) ON '
            'CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "programme_stamps_insert" AFTER INSERT ON "programme" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, '
            '1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "programme_stamps_update" AFTER UPDATE ON "programme" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, '
            '1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "programme_stamps_delete" AFTER DELETE ON "programme" BEGIN INSERT INTO catalog_stamp (id, value) VALUES (1, '
            '1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "event_inclusion_stamps_insert" AFTER INSERT ON "event_inclusion" BEGIN INSERT INTO catalog_stamp (id, '
            'value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "event_inclusion_stamps_update" AFTER UPDATE ON "event_inclusion" BEGIN INSERT INTO catalog_stamp (id, '
            'value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "event_inclusion_stamps_delete" AFTER DELETE ON "event_inclusion" BEGIN INSERT INTO catalog_stamp (id, '
            'value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = catalog_stamp.value + 1; END',
            'CREATE TRIGGER "seat_stamps_insert" AFTER INSERT ON seat BEGIN UPDATE registration SET calendar_stamp = calendar_stamp + 1 '
            'WHERE id = NEW.registration_id; END',
            'CREATE TRIGGER "seat_stamps_update" AFTER UPDATE ON seat BEGIN UPDATE registration SET calendar_stamp = calendar_stamp + 1 '
            'WHERE id = NEW.registration_id; END',
            'CREATE TRIGGER "seat_stamps_delete" AFTER DELETE ON seat BEGIN UPDATE registration SET calendar_stamp = calendar_stamp + 1 '
            'WHERE id = OLD.registration_id; END']}


def upgrade() -> None:
    """All tables, then the triggers."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('agency',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('billing_name', sa.String(length=200), nullable=False),
    sa.Column('billing_email', sa.String(length=254), nullable=False),
    sa.Column('billing_address', sa.Text(), nullable=False),
    sa.Column('county', sa.String(length=80), nullable=False),
    sa.Column('po_required', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency')),
    sa.UniqueConstraint('name', name=op.f('uq_agency_name'))
    )
    op.create_table('calendar_entry',
    sa.Column('uid', sa.String(length=120), nullable=False),
    sa.Column('fingerprint', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_calendar_entry'))
    )
    op.create_table('cancellation_policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('sentence', sa.Text(), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cancellation_policy')),
    sa.UniqueConstraint('code', 'edition', name=op.f('uq_cancellation_policy_code_edition'))
    )
    op.create_table('catalog_stamp',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalog_stamp'))
    )
    op.create_table('course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course')),
    sa.UniqueConstraint('code', name=op.f('uq_course_code'))
    )
    op.create_table('feed_body',
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('stamp', sa.String(length=120), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('etag', sa.String(length=64), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('gzip', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_feed_body'))
    )
    op.create_table('number_series',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('next_number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_number_series'))
    )
    op.create_table('organization',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.CheckConstraint("kind IN ('association', 'partner')", name=op.f('ck_organization_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization')),
    sa.UniqueConstraint('name', name=op.f('uq_organization_name'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=36), nullable=False),
    sa.Column('given_name', sa.String(length=100), nullable=False),
    sa.Column('family_name', sa.String(length=100), nullable=False),
    sa.Column('profession', sa.String(length=120), nullable=False),
    sa.Column('employer', sa.String(length=200), nullable=False),
    sa.Column('county', sa.String(length=80), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('merged_into_id IS NULL OR merged_into_id <> id', name=op.f('ck_person_not_into_itself')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['person.id'], name=op.f('fk_person_merged_into_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('public_id', name=op.f('uq_person_public_id'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_index('ix_person_names', ['family_name', 'given_name'], unique=False)

    op.create_table('pool',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('capacity IS NULL OR capacity >= 0', name=op.f('ck_pool_capacity')),
    sa.CheckConstraint('taken >= 0 AND (capacity IS NULL OR taken <= capacity)', name=op.f('ck_pool_never_oversold')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pool'))
    )
    op.create_table('provider_cursor',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('read_until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_provider_cursor'))
    )
    op.create_table('provider_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.String(length=100), nullable=False),
    sa.Column('type', sa.String(length=80), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.CheckConstraint("outcome IN ('waiting', 'applied', 'ignored', 'failed', 'for_finance')", name=op.f('ck_provider_event_outcome')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_provider_event_provider_id'))
    )
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.create_index('ix_provider_event_outcome', ['outcome', 'received_at'], unique=False)

    op.create_table('venue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('street', sa.String(length=200), nullable=False),
    sa.Column('city', sa.String(length=100), nullable=False),
    sa.Column('county', sa.String(length=80), nullable=False),
    sa.Column('region', sa.String(length=40), nullable=False),
    sa.Column('postcode', sa.String(length=20), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('access_notes', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_venue'))
    )
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_sign_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('person_id', name=op.f('uq_account_person_id'))
    )
    op.create_table('agency_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_agency_member_agency_id_agency')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_agency_member_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_member'))
    )
    with op.batch_alter_table('agency_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agency_member_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_agency_member_current', ['agency_id', 'person_id'], unique=True, sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_audit_entry_actor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entry_subject_at', ['subject', 'at'], unique=False)

    op.create_table('category_holding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('association', sa.String(length=40), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.CheckConstraint("status IN ('endorsed', 'emerging', 'inactive')", name=op.f('ck_category_holding_status')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_category_holding_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category_holding'))
    )
    with op.batch_alter_table('category_holding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_category_holding_person_id'), ['person_id'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('agency_id', sa.Integer(), nullable=False),
    sa.Column('scope', sa.String(length=20), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("scope IN ('attendance', 'hours', 'calendar')", name=op.f('ck_consent_scope')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_consent_agency_id_agency')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_agency_person', ['agency_id', 'person_id'], unique=False)

    op.create_table('email_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('is_primary', sa.Boolean(), nullable=False),
    sa.Column('gets_mail', sa.Boolean(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_email_address_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_address')),
    sa.UniqueConstraint('person_id', 'address', name=op.f('uq_email_address_person_id_address'))
    )
    with op.batch_alter_table('email_address', schema=None) as batch_op:
        batch_op.create_index('ix_email_address_address', ['address'], unique=False)
        batch_op.create_index('uq_email_address_primary', ['person_id'], unique=True, sqlite_where=sa.text('is_primary'), postgresql_where=sa.text('is_primary'))
        batch_op.create_index('uq_email_address_verified', ['address'], unique=True, sqlite_where=sa.text('verified_at IS NOT NULL'), postgresql_where=sa.text('verified_at IS NOT NULL'))

    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_membership_dates')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('number', 'from_on', name=op.f('uq_membership_number_from_on'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_person_id'), ['person_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fact', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('to_address', sa.String(length=254), nullable=False),
    sa.Column('to_name', sa.String(length=200), nullable=False),
    sa.Column('subject_of', sa.String(length=60), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('note', sa.String(length=255), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'withdrawn')", name=op.f('ck_message_state')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_message_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('fact', name=op.f('uq_message_fact')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_person_id', ['person_id'], unique=False)
        batch_op.create_index('ix_message_state_not_before', ['state', 'not_before'], unique=False)
        batch_op.create_index('ix_message_subject_of', ['subject_of'], unique=False)

    op.create_table('payer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('person', 'agency', 'grant')", name=op.f('ck_payer_kind')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_payer_agency_id_agency')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_payer_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payer'))
    )
    with op.batch_alter_table('payer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payer_agency_id'), ['agency_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payer_person_id'), ['person_id'], unique=False)

    op.create_table('person_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(length=40), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('from_id <> into_id', name=op.f('ck_person_merge_two_persons')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_person_merge_decided_by_id_person')),
    sa.ForeignKeyConstraint(['from_id'], ['person.id'], name=op.f('fk_person_merge_from_id_person')),
    sa.ForeignKeyConstraint(['into_id'], ['person.id'], name=op.f('fk_person_merge_into_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_merge'))
    )
    with op.batch_alter_table('person_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_merge_from_id'), ['from_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_merge_into_id'), ['into_id'], unique=False)

    op.create_table('presenter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('credentials', sa.String(length=120), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_presenter_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_presenter'))
    )
    with op.batch_alter_table('presenter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_presenter_person_id'), ['person_id'], unique=False)

    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_programme_organization_id_organization')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme')),
    sa.UniqueConstraint('slug', name=op.f('uq_programme_slug'))
    )
    op.create_table('room',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('venue_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_room_venue_id_venue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room')),
    sa.UniqueConstraint('venue_id', 'name', name=op.f('uq_room_venue_id_name'))
    )
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=24), nullable=False),
    sa.Column('owner', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['person.id'], name=op.f('fk_stored_file_uploaded_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('ref', name=op.f('uq_stored_file_ref'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index('ix_stored_file_owner', ['owner'], unique=False)

    op.create_table('access_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('email_address_id', sa.Integer(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose IN ('verify', 'reset', 'magic', 'claim', 'order')", name=op.f('ck_access_token_purpose')),
    sa.ForeignKeyConstraint(['email_address_id'], ['email_address.id'], name=op.f('fk_access_token_email_address_id_email_address'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_access_token_token_hash'))
    )
    with op.batch_alter_table('access_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_token_email_address_id'), ['email_address_id'], unique=False)
        batch_op.create_index('ix_access_token_expires_at', ['expires_at'], unique=False)

    op.create_table('order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=24), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('placed_by_id', sa.Integer(), nullable=True),
    sa.Column('method', sa.String(length=20), nullable=True),
    sa.Column('po_number', sa.String(length=60), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('hold_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extensions', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=64), nullable=True),
    sa.Column('policy_accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("method IS NULL OR method IN ('card', 'invoice', 'free', 'door')", name=op.f('ck_order_method')),
    sa.CheckConstraint("state IN ('held', 'releasing', 'placed', 'expired', 'cancelled')", name=op.f('ck_order_state')),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], name=op.f('fk_order_payer_id_payer')),
    sa.ForeignKeyConstraint(['placed_by_id'], ['person.id'], name=op.f('fk_order_placed_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order')),
    sa.UniqueConstraint('ref', name=op.f('uq_order_ref')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_order_submit_key'))
    )
    with op.batch_alter_table('order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_payer_id'), ['payer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_placed_by_id'), ['placed_by_id'], unique=False)
        batch_op.create_index('ix_order_state_hold_until', ['state', 'hold_until'], unique=False)

    op.create_table('path',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_path_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_path')),
    sa.UniqueConstraint('programme_id', 'name', name=op.f('uq_path_programme_id_name'))
    )
    op.create_table('checkout_page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('provider_session_id', sa.String(length=100), nullable=True),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('idempotency_key', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('opening', 'open', 'complete', 'expiring', 'expired', 'failed')", name=op.f('ck_checkout_page_state')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_checkout_page_order_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkout_page')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_checkout_page_idempotency_key')),
    sa.UniqueConstraint('order_id', 'attempt', name=op.f('uq_checkout_page_order_id_attempt')),
    sa.UniqueConstraint('provider_session_id', name=op.f('uq_checkout_page_provider_session_id'))
    )
    with op.batch_alter_table('checkout_page', schema=None) as batch_op:
        batch_op.create_index('ix_checkout_page_state', ['state'], unique=False)
        batch_op.create_index('uq_checkout_page_live', ['order_id'], unique=True, sqlite_where=sa.text("state IN ('opening', 'open')"), postgresql_where=sa.text("state IN ('opening', 'open')"))

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('format', sa.String(length=30), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('organization_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=True),
    sa.Column('path_id', sa.Integer(), nullable=True),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('venue_id', sa.Integer(), nullable=True),
    sa.Column('cancellation_policy_id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=False),
    sa.Column('room_pool_id', sa.Integer(), nullable=True),
    sa.Column('online_pool_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.String(length=400), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('objectives', sa.JSON(), nullable=False),
    sa.Column('prerequisites', sa.Text(), nullable=False),
    sa.Column('audience', sa.String(length=255), nullable=False),
    sa.Column('access_contact', sa.String(length=254), nullable=False),
    sa.Column('accommodations', sa.JSON(), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('platform', sa.String(length=60), nullable=False),
    sa.Column('online_url', sa.String(length=500), nullable=False),
    sa.Column('link_opens_minutes', sa.Integer(), nullable=False),
    sa.Column('sign_up', sa.String(length=20), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('breakouts_change_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attendance_rule', sa.JSON(), nullable=False),
    sa.Column('hour_regimes', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.String(length=500), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_count', sa.Integer(), nullable=False),
    sa.Column('training_minutes', sa.Integer(), nullable=False),
    sa.Column('rsc_minutes', sa.Integer(), nullable=False),
    sa.Column('price_from_cents', sa.Integer(), nullable=True),
    sa.Column('price_to_cents', sa.Integer(), nullable=True),
    sa.Column('county', sa.String(length=80), nullable=False),
    sa.Column('city', sa.String(length=100), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('workshop', 'conference', 'capstone', 'rsc_group', 'awareness', 'info_session')", name=op.f('ck_event_kind')),
    sa.CheckConstraint("mode IN ('in_person', 'online', 'hybrid')", name=op.f('ck_event_mode')),
    sa.CheckConstraint("sign_up IN ('open', 'application', 'roster', 'walk_in')", name=op.f('ck_event_sign_up')),
    sa.CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name=op.f('ck_event_published')),
    sa.CheckConstraint("status IN ('draft', 'published', 'closed', 'cancelled')", name=op.f('ck_event_status')),
    sa.ForeignKeyConstraint(['cancellation_policy_id'], ['cancellation_policy.id'], name=op.f('fk_event_cancellation_policy_id_cancellation_policy')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_event_course_id_course')),
    sa.ForeignKeyConstraint(['online_pool_id'], ['pool.id'], name=op.f('fk_event_online_pool_id_pool')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_event_organization_id_organization')),
    sa.ForeignKeyConstraint(['path_id'], ['path.id'], name=op.f('fk_event_path_id_path')),
    sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_event_pool_id_pool')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_event_programme_id_programme')),
    sa.ForeignKeyConstraint(['room_pool_id'], ['pool.id'], name=op.f('fk_event_room_pool_id_pool')),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_event_venue_id_venue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('slug', name=op.f('uq_event_slug'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_organization_id', ['organization_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_programme_id'), ['programme_id'], unique=False)
        batch_op.create_index('ix_event_starts_at', ['starts_at', 'status', 'ends_at'], unique=False)
        batch_op.create_index('ix_event_status_starts_at', ['status', 'starts_at'], unique=False)

    op.create_table('invoice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('ref', sa.String(length=24), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('bill_to', sa.JSON(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('total_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('po_number', sa.String(length=60), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_invoice_order_id_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice')),
    sa.UniqueConstraint('number', name=op.f('uq_invoice_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_invoice_ref'))
    )
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.create_index('ix_invoice_order_id', ['order_id'], unique=False)

    op.create_table('module',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('path_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_module_course_id_course')),
    sa.ForeignKeyConstraint(['path_id'], ['path.id'], name=op.f('fk_module_path_id_path')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_module')),
    sa.UniqueConstraint('path_id', 'code', name=op.f('uq_module_path_id_code'))
    )
    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('payer_id', sa.Integer(), nullable=True),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provider_intent_id', sa.String(length=100), nullable=True),
    sa.Column('provider_charge_id', sa.String(length=100), nullable=True),
    sa.Column('cheque_number', sa.String(length=40), nullable=False),
    sa.Column('cheque_on', sa.Date(), nullable=True),
    sa.Column('deposit_slip', sa.String(length=40), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('submit_key', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("method IN ('card', 'bank_debit', 'cheque', 'bank_transfer', 'cash', 'balance')", name=op.f('ck_payment_method')),
    sa.CheckConstraint("state IN ('pending', 'processing', 'succeeded', 'failed', 'cancelled')", name=op.f('ck_payment_state')),
    sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_payment_amount')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_payment_order_id_order')),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], name=op.f('fk_payment_payer_id_payer')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_payment_recorded_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('provider_intent_id', name=op.f('uq_payment_provider_intent_id')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_payment_submit_key'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_order_id', ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_provider_charge_id'), ['provider_charge_id'], unique=False)
        batch_op.create_index('ix_payment_state', ['state'], unique=False)

    op.create_table('block',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('add_on_only', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_block_event_id_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_block')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_block_event_id_name'))
    )
    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('superseded_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=255), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_certificate_event_id_event')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_certificate_issued_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_person_id_person')),
    sa.ForeignKeyConstraint(['superseded_by_id'], ['certificate.id'], name=op.f('fk_certificate_superseded_by_id_certificate')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('code', name=op.f('uq_certificate_code')),
    sa.UniqueConstraint('person_id', 'event_id', 'version', name=op.f('uq_certificate_person_id_event_id_version'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index('ix_certificate_event_id', ['event_id'], unique=False)

    op.create_table('credit_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('total_cents', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_credit_note_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_note')),
    sa.UniqueConstraint('number', name=op.f('uq_credit_note_number'))
    )
    with op.batch_alter_table('credit_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_note_invoice_id'), ['invoice_id'], unique=False)

    op.create_table('event_facet',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('value', sa.String(length=40), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_facet_event_id_event'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('event_id', 'kind', 'value', name=op.f('pk_event_facet'))
    )
    with op.batch_alter_table('event_facet', schema=None) as batch_op:
        batch_op.create_index('ix_event_facet_kind_value', ['kind', 'value', 'event_id'], unique=False)

    op.create_table('event_inclusion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('included_id', sa.Integer(), nullable=False),
    sa.Column('dates', sa.JSON(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.CheckConstraint('event_id <> included_id', name=op.f('ck_event_inclusion_not_itself')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_inclusion_event_id_event')),
    sa.ForeignKeyConstraint(['included_id'], ['event.id'], name=op.f('fk_event_inclusion_included_id_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_inclusion')),
    sa.UniqueConstraint('event_id', 'included_id', name=op.f('uq_event_inclusion_event_id_included_id'))
    )
    with op.batch_alter_table('event_inclusion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_inclusion_included_id'), ['included_id'], unique=False)

    op.create_table('group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('leader_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_group_event_id_event')),
    sa.ForeignKeyConstraint(['leader_id'], ['presenter.id'], name=op.f('fk_group_leader_id_presenter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_group_event_id_name'))
    )
    op.create_table('group_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('min_count', sa.Integer(), nullable=False),
    sa.Column('percent_basis_points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_group_rule_event_id_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_rule')),
    sa.UniqueConstraint('event_id', 'min_count', name=op.f('uq_group_rule_event_id_min_count'))
    )
    op.create_table('question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('hint', sa.String(length=400), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('sensitivity', sa.String(length=10), nullable=False),
    sa.Column('asked_in', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("asked_in IN ('registration', 'application', 'evaluation')", name=op.f('ck_question_asked_in')),
    sa.CheckConstraint("kind IN ('text', 'long_text', 'choice', 'choices', 'yes_no', 'number', 'date')", name=op.f('ck_question_kind')),
    sa.CheckConstraint("sensitivity IN ('plain', 'access', 'diet', 'licence')", name=op.f('ck_question_sensitivity')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_question_event_id_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question')),
    sa.UniqueConstraint('event_id', 'key', name=op.f('uq_question_event_id_key'))
    )
    op.create_table('refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('idempotency_key', sa.String(length=64), nullable=False),
    sa.Column('provider_refund_id', sa.String(length=100), nullable=True),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.Column('cheque_number', sa.String(length=40), nullable=False),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('requested', 'pending', 'succeeded', 'failed')", name=op.f('ck_refund_state')),
    sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id_payment')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['person.id'], name=op.f('fk_refund_requested_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_refund_idempotency_key')),
    sa.UniqueConstraint('provider_refund_id', name=op.f('uq_refund_provider_refund_id'))
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index('ix_refund_payment_id', ['payment_id'], unique=False)
        batch_op.create_index('ix_refund_state', ['state'], unique=False)

    op.create_table('registration_type',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('hint', sa.String(length=255), nullable=False),
    sa.Column('audience', sa.String(length=20), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=True),
    sa.Column('covers', sa.String(length=10), nullable=False),
    sa.Column('on_request', sa.Boolean(), nullable=False),
    sa.Column('account_code', sa.String(length=20), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("audience IN ('anyone', 'member', 'non_member', 'student', 'presenter', 'scholarship')", name=op.f('ck_registration_type_audience')),
    sa.CheckConstraint("covers IN ('all', 'some')", name=op.f('ck_registration_type_covers')),
    sa.CheckConstraint("mode IS NULL OR mode IN ('in_person', 'online')", name=op.f('ck_registration_type_mode')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_registration_type_event_id_event')),
    sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_registration_type_pool_id_pool')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration_type')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_registration_type_event_id_name'))
    )
    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('organization_id', sa.Integer(), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role <> 'coordinator' OR organization_id IS NOT NULL", name=op.f('ck_role_grant_coordinator_of')),
    sa.CheckConstraint("role <> 'supervisor' OR agency_id IS NOT NULL", name=op.f('ck_role_grant_supervisor_of')),
    sa.CheckConstraint("role IN ('organizer', 'coordinator', 'presenter', 'door', 'supervisor', 'reviewer', 'finance', 'admin')", name=op.f('ck_role_grant_role')),
    sa.CheckConstraint('(CASE WHEN event_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN agency_id IS NULL THEN 0 ELSE 1 END) <= 1', name=op.f('ck_role_grant_one_scope')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_role_grant_agency_id_agency')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_role_grant_event_id_event')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['person.id'], name=op.f('fk_role_grant_granted_by_id_person')),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_role_grant_organization_id_organization')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_event_id'), ['event_id'], unique=False)
        batch_op.create_index('ix_role_grant_person_id', ['person_id'], unique=False)

    op.create_table('track',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_track_event_id_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_track')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_track_event_id_name'))
    )
    op.create_table('add_on',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=True),
    sa.Column('unlocks_block_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('account_code', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_add_on_event_id_event')),
    sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_add_on_pool_id_pool')),
    sa.ForeignKeyConstraint(['unlocks_block_id'], ['block.id'], name=op.f('fk_add_on_unlocks_block_id_block')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_add_on')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_add_on_event_id_name'))
    )
    op.create_table('instalment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('share_basis_points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_instalment_type_id_registration_type'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instalment')),
    sa.UniqueConstraint('type_id', 'position', name=op.f('uq_instalment_type_id_position'))
    )
    op.create_table('registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('inclusion_of_id', sa.Integer(), nullable=True),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('ended_reason', sa.String(length=255), nullable=False),
    sa.Column('calendar_stamp', sa.Integer(), server_default='0', nullable=False),
    sa.Column('declined_blocks', sa.JSON(), nullable=False),
    sa.Column('release_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("mode IN ('in_person', 'online')", name=op.f('ck_registration_mode')),
    sa.CheckConstraint("state IN ('held', 'confirmed', 'expired', 'cancelled', 'substituted', 'transferred', 'withdrawn')", name=op.f('ck_registration_state')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_registration_event_id_event')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_registration_group_id_group')),
    sa.ForeignKeyConstraint(['inclusion_of_id'], ['registration.id'], name=op.f('fk_registration_inclusion_of_id_registration')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_registration_order_id_order')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_registration_person_id_person')),
    sa.ForeignKeyConstraint(['replaces_id'], ['registration.id'], name=op.f('fk_registration_replaces_id_registration')),
    sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_registration_type_id_registration_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration'))
    )
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.create_index('ix_registration_event_id_state', ['event_id', 'state'], unique=False)
        batch_op.create_index('ix_registration_order_id', ['order_id'], unique=False)
        batch_op.create_index('ix_registration_person_id', ['person_id'], unique=False)
        batch_op.create_index('uq_registration_active', ['event_id', 'person_id'], unique=True, sqlite_where=sa.text("state IN ('held', 'confirmed') AND person_id IS NOT NULL"), postgresql_where=sa.text("state IN ('held', 'confirmed') AND person_id IS NOT NULL"))

    op.create_table('session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('block_id', sa.Integer(), nullable=True),
    sa.Column('track_id', sa.Integer(), nullable=True),
    sa.Column('room_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('module_id', sa.Integer(), nullable=True),
    sa.Column('pool_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('mode', sa.String(length=20), nullable=True),
    sa.Column('online_url', sa.String(length=500), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('wall_start', sa.String(length=16), nullable=False),
    sa.Column('wall_end', sa.String(length=16), nullable=False),
    sa.Column('fold', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('no_breaks', sa.Boolean(), nullable=False),
    sa.Column('ical_uid', sa.String(length=120), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('scheduled', 'cancelled')", name=op.f('ck_session_status')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_session_ends_after_start')),
    sa.ForeignKeyConstraint(['block_id'], ['block.id'], name=op.f('fk_session_block_id_block')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_session_course_id_course')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_session_event_id_event')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_session_group_id_group')),
    sa.ForeignKeyConstraint(['module_id'], ['module.id'], name=op.f('fk_session_module_id_module')),
    sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_session_pool_id_pool')),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], name=op.f('fk_session_room_id_room')),
    sa.ForeignKeyConstraint(['track_id'], ['track.id'], name=op.f('fk_session_track_id_track')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session')),
    sa.UniqueConstraint('ical_uid', name=op.f('uq_session_ical_uid'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_course_id'), ['course_id'], unique=False)
        batch_op.create_index('ix_session_event_id_starts_at', ['event_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_session_starts_at', ['starts_at'], unique=False)

    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=24), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.Text(), nullable=False),
    sa.Column('offer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('submitted', 'reviewing', 'offered', 'accepted', 'declined', 'withdrawn', 'lapsed')", name=op.f('ck_application_state')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_application_decided_by_id_person')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_application_event_id_event')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_application_group_id_group')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_application_person_id_person')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_application_registration_id_registration')),
    sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_application_type_id_registration_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('ref', name=op.f('uq_application_ref')),
    sa.UniqueConstraint('registration_id', name=op.f('uq_application_registration_id'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index('ix_application_event_id_state', ['event_id', 'state'], unique=False)
        batch_op.create_index('ix_application_person_id', ['person_id'], unique=False)
        batch_op.create_index('uq_application_open', ['event_id', 'person_id'], unique=True, sqlite_where=sa.text("state IN ('submitted', 'reviewing', 'offered')"), postgresql_where=sa.text("state IN ('submitted', 'reviewing', 'offered')"))

    op.create_table('charge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('payer_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('label', sa.String(length=255), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('account_code', sa.String(length=20), nullable=False),
    sa.Column('voids_id', sa.Integer(), nullable=True),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('explained', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'void') = (voids_id IS NOT NULL)", name=op.f('ck_charge_void')),
    sa.CheckConstraint("kind IN ('fee', 'instalment', 'add_on', 'discount', 'cancellation_fee', 'correction', 'void')", name=op.f('ck_charge_kind')),
    sa.CheckConstraint('amount_cents BETWEEN -100000000 AND 100000000', name=op.f('ck_charge_amount')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_charge_event_id_event')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_charge_made_by_id_person')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_charge_order_id_order')),
    sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], name=op.f('fk_charge_payer_id_payer')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_charge_registration_id_registration')),
    sa.ForeignKeyConstraint(['replaces_id'], ['charge.id'], name=op.f('fk_charge_replaces_id_charge')),
    sa.ForeignKeyConstraint(['voids_id'], ['charge.id'], name=op.f('fk_charge_voids_id_charge')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charge')),
    sa.UniqueConstraint('voids_id', name=op.f('uq_charge_voids_id'))
    )
    with op.batch_alter_table('charge', schema=None) as batch_op:
        batch_op.create_index('ix_charge_event_id', ['event_id'], unique=False)
        batch_op.create_index('ix_charge_order_id', ['order_id'], unique=False)
        batch_op.create_index('ix_charge_registration_id', ['registration_id'], unique=False)

    op.create_table('feed_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('agency_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('person', 'registration', 'organizer', 'agency', 'presenter')", name=op.f('ck_feed_key_kind')),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_feed_key_agency_id_agency')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_feed_key_person_id_person')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_feed_key_registration_id_registration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_key')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_feed_key_token_hash'))
    )
    with op.batch_alter_table('feed_key', schema=None) as batch_op:
        batch_op.create_index('ix_feed_key_person_id', ['person_id'], unique=False)
        batch_op.create_index('ix_feed_key_registration_id', ['registration_id'], unique=False)

    op.create_table('pool_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.CheckConstraint('count > 0', name=op.f('ck_pool_use_count')),
    sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_pool_use_pool_id_pool')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_pool_use_registration_id_registration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pool_use')),
    sa.UniqueConstraint('registration_id', 'pool_id', name=op.f('uq_pool_use_registration_id_pool_id'))
    )
    with op.batch_alter_table('pool_use', schema=None) as batch_op:
        batch_op.create_index('ix_pool_use_pool_id', ['pool_id'], unique=False)

    op.create_table('presence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_void', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('supersedes_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("source IN ('roster', 'door', 'sheet', 'leader', 'import', 'correction')", name=op.f('ck_presence_source')),
    sa.CheckConstraint('NOT is_void OR (in_at IS NULL AND out_at IS NULL)', name=op.f('ck_presence_void')),
    sa.CheckConstraint('is_void OR in_at IS NOT NULL OR out_at IS NOT NULL', name=op.f('ck_presence_something_known')),
    sa.CheckConstraint('out_at IS NULL OR in_at IS NULL OR out_at > in_at', name=op.f('ck_presence_out_after_in')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_presence_person_id_person')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_presence_recorded_by_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_presence_session_id_session')),
    sa.ForeignKeyConstraint(['supersedes_id'], ['presence.id'], name=op.f('fk_presence_supersedes_id_presence')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_presence')),
    sa.UniqueConstraint('supersedes_id', name=op.f('uq_presence_supersedes_id'))
    )
    with op.batch_alter_table('presence', schema=None) as batch_op:
        batch_op.create_index('ix_presence_person_id', ['person_id'], unique=False)
        batch_op.create_index('ix_presence_session_person', ['session_id', 'person_id'], unique=False)

    op.create_table('price',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=True),
    sa.Column('add_on_id', sa.Integer(), nullable=True),
    sa.Column('audience', sa.String(length=20), nullable=True),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(type_id IS NULL) <> (add_on_id IS NULL)', name=op.f('ck_price_of_one')),
    sa.CheckConstraint('amount_cents BETWEEN 0 AND 100000000', name=op.f('ck_price_amount')),
    sa.ForeignKeyConstraint(['add_on_id'], ['add_on.id'], name=op.f('fk_price_add_on_id_add_on'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_price_type_id_registration_type'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price'))
    )
    with op.batch_alter_table('price', schema=None) as batch_op:
        batch_op.create_index('ix_price_add_on_id', ['add_on_id'], unique=False)
        batch_op.create_index('ix_price_type_id', ['type_id'], unique=False)

    op.create_table('registration_add_on',
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('add_on_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['add_on_id'], ['add_on.id'], name=op.f('fk_registration_add_on_add_on_id_add_on')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_registration_add_on_registration_id_registration')),
    sa.PrimaryKeyConstraint('registration_id', 'add_on_id', name=op.f('pk_registration_add_on'))
    )
    op.create_table('seat',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('how', sa.String(length=10), nullable=False),
    sa.Column('ical_uid', sa.String(length=120), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("how IN ('all', 'group', 'chosen')", name=op.f('ck_seat_how')),
    sa.CheckConstraint("state IN ('held', 'booked', 'released')", name=op.f('ck_seat_state')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_seat_registration_id_registration')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_seat_session_id_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seat')),
    sa.UniqueConstraint('ical_uid', name=op.f('uq_seat_ical_uid')),
    sa.UniqueConstraint('registration_id', 'session_id', name=op.f('uq_seat_registration_id_session_id'))
    )
    with op.batch_alter_table('seat', schema=None) as batch_op:
        batch_op.create_index('ix_seat_session_id_state', ['session_id', 'state'], unique=False)

    op.create_table('session_break',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('offset_minutes', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.CheckConstraint('offset_minutes >= 0 AND minutes > 0', name=op.f('ck_session_break_inside')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_session_break_session_id_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_break'))
    )
    with op.batch_alter_table('session_break', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_break_session_id'), ['session_id'], unique=False)

    op.create_table('session_credit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('training', 'rsc')", name=op.f('ck_session_credit_kind')),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_session_credit_minutes')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_session_credit_session_id_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_credit')),
    sa.UniqueConstraint('session_id', 'kind', name=op.f('uq_session_credit_session_id_kind'))
    )
    op.create_table('session_presenter',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('presenter_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['presenter_id'], ['presenter.id'], name=op.f('fk_session_presenter_presenter_id_presenter')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_session_presenter_session_id_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session_id', 'presenter_id', name=op.f('pk_session_presenter'))
    )
    op.create_table('type_session',
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_type_session_session_id_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_type_session_type_id_registration_type'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('type_id', 'session_id', name=op.f('pk_type_session'))
    )
    op.create_table('allocation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('charge_id', sa.Integer(), nullable=False),
    sa.Column('refund_id', sa.Integer(), nullable=True),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_cents <> 0', name=op.f('ck_allocation_amount')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_allocation_charge_id_charge')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_allocation_payment_id_payment')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_allocation_refund_id_refund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation'))
    )
    with op.batch_alter_table('allocation', schema=None) as batch_op:
        batch_op.create_index('ix_allocation_charge_id', ['charge_id'], unique=False)
        batch_op.create_index('ix_allocation_payment_id', ['payment_id'], unique=False)

    op.create_table('answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('registration_id', sa.Integer(), nullable=True),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('value', sa.Text(), nullable=False),
    sa.CheckConstraint('(registration_id IS NULL) <> (application_id IS NULL)', name=op.f('ck_answer_of_one')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_answer_application_id_application')),
    sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_answer_question_id_question')),
    sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_answer_registration_id_registration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer')),
    sa.UniqueConstraint('question_id', 'application_id', name=op.f('uq_answer_question_id_application_id')),
    sa.UniqueConstraint('question_id', 'registration_id', name=op.f('uq_answer_question_id_registration_id'))
    )
    with op.batch_alter_table('answer', schema=None) as batch_op:
        batch_op.create_index('ix_answer_application_id', ['application_id'], unique=False)
        batch_op.create_index('ix_answer_registration_id', ['registration_id'], unique=False)

    op.create_table('award',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('earned_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('session_credit_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=400), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=255), nullable=False),
    sa.Column('awarded_by_id', sa.Integer(), nullable=True),
    sa.Column('awarded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('training', 'rsc')", name=op.f('ck_award_kind')),
    sa.CheckConstraint("source IN ('presence', 'outside', 'rsc_log')", name=op.f('ck_award_source')),
    sa.CheckConstraint('(reverses_id IS NULL AND minutes > 0) OR (reverses_id IS NOT NULL AND minutes < 0)', name=op.f('ck_award_sign')),
    sa.ForeignKeyConstraint(['awarded_by_id'], ['person.id'], name=op.f('fk_award_awarded_by_id_person')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_award_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_award_person_id_person')),
    sa.ForeignKeyConstraint(['reverses_id'], ['award.id'], name=op.f('fk_award_reverses_id_award')),
    sa.ForeignKeyConstraint(['session_credit_id'], ['session_credit.id'], name=op.f('fk_award_session_credit_id_session_credit')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_award_session_id_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_award_reverses_id'))
    )
    with op.batch_alter_table('award', schema=None) as batch_op:
        batch_op.create_index('ix_award_event_id', ['event_id'], unique=False)
        batch_op.create_index('ix_award_person_id_earned_on', ['person_id', 'earned_on'], unique=False)
        batch_op.create_index('ix_award_session_id', ['session_id'], unique=False)
        batch_op.create_index('uq_award_once', ['person_id', 'session_credit_id', 'version'], unique=True, sqlite_where=sa.text('reverses_id IS NULL AND session_credit_id IS NOT NULL'), postgresql_where=sa.text('reverses_id IS NULL AND session_credit_id IS NOT NULL'))

    op.create_table('credit_area',
    sa.Column('credit_id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['credit_id'], ['session_credit.id'], name=op.f('fk_credit_area_credit_id_session_credit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('credit_id', 'area', name=op.f('pk_credit_area'))
    )
    op.create_table('credit_tag',
    sa.Column('credit_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.String(length=20), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_credit_tag_minutes')),
    sa.ForeignKeyConstraint(['credit_id'], ['session_credit.id'], name=op.f('fk_credit_tag_credit_id_session_credit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('credit_id', 'tag', name=op.f('pk_credit_tag'))
    )
    op.create_table('fetch_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('feed_key_id', sa.Integer(), nullable=False),
    sa.Column('family', sa.String(length=30), nullable=False),
    sa.Column('minute', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['feed_key_id'], ['feed_key.id'], name=op.f('fk_fetch_log_feed_key_id_feed_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fetch_log'))
    )
    with op.batch_alter_table('fetch_log', schema=None) as batch_op:
        batch_op.create_index('uq_fetch_log_minute', ['feed_key_id', 'family', 'minute'], unique=True)

    op.create_table('award_area',
    sa.Column('award_id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_award_area_award_id_award')),
    sa.PrimaryKeyConstraint('award_id', 'area', name=op.f('pk_award_area'))
    )
    op.create_table('award_tag',
    sa.Column('award_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.String(length=20), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_award_tag_award_id_award')),
    sa.PrimaryKeyConstraint('award_id', 'tag', name=op.f('pk_award_tag'))
    )
    # ### end Alembic commands ###
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
