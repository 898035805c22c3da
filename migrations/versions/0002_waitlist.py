"""waitlist

Safe while the previous release runs: two new columns with defaults, three new tables that it does not know.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 03:02:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('pool', sa.Column('kept', sa.Integer(), server_default='0', nullable=False))
    op.add_column('pool', sa.Column('waited', sa.Integer(), server_default='0', nullable=False))
    op.create_table(
        'waitlist',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('pool_id', sa.Integer(), nullable=False),
        sa.Column('mode', sa.String(length=20), nullable=True),
        sa.Column('type_id', sa.Integer(), nullable=True),
        sa.Column('session_id', sa.Integer(), nullable=True),
        sa.Column('last_number', sa.Integer(), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_reason', sa.String(length=255), nullable=False),
        sa.CheckConstraint("mode IS NULL OR mode IN ('in_person', 'online')", name=op.f('ck_waitlist_mode')),
        sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_waitlist_event_id_event')),
        sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_waitlist_pool_id_pool')),
        sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_waitlist_session_id_session')),
        sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_waitlist_type_id_registration_type')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_waitlist')),
        sa.UniqueConstraint('pool_id', name=op.f('uq_waitlist_pool_id')),
    )
    op.create_index('ix_waitlist_event_id', 'waitlist', ['event_id'])
    live = sa.text("state IN ('waiting', 'offered')")
    op.create_table(
        'waitlist_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('waitlist_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=False),
        sa.Column('ref', sa.String(length=24), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('registration_id', sa.Integer(), nullable=True),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('seats', sa.Integer(), nullable=False),
        sa.Column('claimed', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('offer_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'offered', 'accepted', 'lapsed', 'left', 'closed')", name=op.f('ck_waitlist_entry_state')),
        sa.CheckConstraint("seats BETWEEN 1 AND 20 AND claimed BETWEEN 0 AND seats", name=op.f('ck_waitlist_entry_seats')),
        sa.CheckConstraint("state <> 'offered' OR offer_until IS NOT NULL", name=op.f('ck_waitlist_entry_offered')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_waitlist_entry_person_id_person')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_waitlist_entry_registration_id_registration')),
        sa.ForeignKeyConstraint(['waitlist_id'], ['waitlist.id'], name=op.f('fk_waitlist_entry_waitlist_id_waitlist')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_waitlist_entry')),
        sa.UniqueConstraint('ref', name=op.f('uq_waitlist_entry_ref')),
        sa.UniqueConstraint('waitlist_id', 'number', name=op.f('uq_waitlist_entry_waitlist_id_number')),
    )
    op.create_index('uq_waitlist_entry_live', 'waitlist_entry', ['waitlist_id', 'email'], unique=True, sqlite_where=live,
                    postgresql_where=live)
    op.create_index('ix_waitlist_entry_waitlist_id_state', 'waitlist_entry', ['waitlist_id', 'state', 'rank'])
    op.create_index('ix_waitlist_entry_state_offer_until', 'waitlist_entry', ['state', 'offer_until'])
    op.create_index('ix_waitlist_entry_person_id', 'waitlist_entry', ['person_id'])
    op.create_index('ix_waitlist_entry_registration_id', 'waitlist_entry', ['registration_id'])
    op.create_table(
        'waitlist_use',
        sa.Column('entry_id', sa.Integer(), nullable=False),
        sa.Column('pool_id', sa.Integer(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.CheckConstraint('count > 0', name=op.f('ck_waitlist_use_count')),
        sa.ForeignKeyConstraint(['entry_id'], ['waitlist_entry.id'], name=op.f('fk_waitlist_use_entry_id_waitlist_entry')),
        sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_waitlist_use_pool_id_pool')),
        sa.PrimaryKeyConstraint('entry_id', 'pool_id', name=op.f('pk_waitlist_use')),
    )
    op.create_index('ix_waitlist_use_pool_id', 'waitlist_use', ['pool_id'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
