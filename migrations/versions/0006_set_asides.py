"""Places set aside, and which registration was given one of them.

Safe while the previous release runs: two new columns with defaults, two new tables that it does not know.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-22 06:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'set_aside',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('pool_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('label', sa.String(length=100), nullable=False),
        sa.Column('agency_id', sa.Integer(), nullable=True),
        sa.Column('mode', sa.String(length=20), nullable=True),
        sa.Column('type_id', sa.Integer(), nullable=True),
        sa.Column('seats', sa.Integer(), nullable=False),
        sa.Column('returns_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('presenters', 'scholarships', 'agency', 'phone', 'other')", name=op.f('ck_set_aside_kind')),
        sa.CheckConstraint("mode IS NULL OR mode IN ('in_person', 'online')", name=op.f('ck_set_aside_mode')),
        sa.CheckConstraint("(kind = 'agency') = (agency_id IS NOT NULL)", name=op.f('ck_set_aside_agency')),
        sa.CheckConstraint('seats BETWEEN 0 AND 10000', name=op.f('ck_set_aside_seats')),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_set_aside_agency_id_agency')),
        sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_set_aside_event_id_event')),
        sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_set_aside_pool_id_pool')),
        sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_set_aside_type_id_registration_type')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_set_aside')),
        sa.UniqueConstraint('pool_id', name=op.f('uq_set_aside_pool_id')),
    )
    op.create_index('ix_set_aside_event_id', 'set_aside', ['event_id'])
    op.create_index('ix_set_aside_agency_id', 'set_aside', ['agency_id'])
    op.create_index('ix_set_aside_returned_at_returns_at', 'set_aside', ['returned_at', 'returns_at'])
    op.create_table(
        'set_aside_pool',
        sa.Column('set_aside_id', sa.Integer(), nullable=False),
        sa.Column('pool_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['pool_id'], ['pool.id'], name=op.f('fk_set_aside_pool_pool_id_pool')),
        sa.ForeignKeyConstraint(['set_aside_id'], ['set_aside.id'], name=op.f('fk_set_aside_pool_set_aside_id_set_aside')),
        sa.PrimaryKeyConstraint('set_aside_id', 'pool_id', name=op.f('pk_set_aside_pool')),
    )
    op.create_index('ix_set_aside_pool_pool_id', 'set_aside_pool', ['pool_id'])
    # Written out, because Alembic would copy both tables on SQLite to add a constraint, and with it all that hangs on them.
    op.execute('ALTER TABLE pool ADD COLUMN aside INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_pool_aside CHECK (aside >= 0 AND aside <= taken)')
    op.execute('ALTER TABLE registration ADD COLUMN set_aside_id INTEGER'
               ' CONSTRAINT fk_registration_set_aside_id_set_aside REFERENCES set_aside (id)')


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
