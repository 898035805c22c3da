"""Months of the books that are closed, payouts with what they carried, disputes.

Safe while the previous release runs: five new tables that it does not know.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 03:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

# The tables that only grow: as they were written for this release (core/ledger.py).
TRIGGERS = {
    'sqlite': [
        f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in ('closed_month', 'booked_movement') for verb in ('UPDATE', 'DELETE')
    ],
    'postgresql': [
        f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION refuse_change()'
        for table in ('closed_month', 'booked_movement')
    ],
}


def upgrade() -> None:
    op.create_table(
        'closed_month',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_by_id', sa.Integer(), nullable=False),
        sa.Column('movements', sa.Integer(), nullable=False),
        sa.Column('owed_cents', sa.BigInteger(), nullable=False),
        sa.Column('received_cents', sa.BigInteger(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['closed_by_id'], ['person.id'], name=op.f('fk_closed_month_closed_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_closed_month')),
        sa.UniqueConstraint('first_on', name=op.f('uq_closed_month_first_on')),
    )
    op.create_table(
        'booked_movement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('month_id', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=10), nullable=False),
        sa.Column('row_id', sa.Integer(), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.CheckConstraint("source IN ('charge', 'payment', 'refund')", name=op.f('ck_booked_movement_source')),
        sa.ForeignKeyConstraint(['month_id'], ['closed_month.id'], name=op.f('fk_booked_movement_month_id_closed_month')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_booked_movement')),
        sa.UniqueConstraint('month_id', 'source', 'row_id', name=op.f('uq_booked_movement_month_id_source_row_id')),
    )
    op.create_index('ix_booked_movement_source_row_id', 'booked_movement', ['source', 'row_id'])
    op.create_table(
        'payout',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('provider_id', sa.String(length=100), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('failure', sa.String(length=255), nullable=False),
        sa.Column('arrives_on', sa.Date(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payout')),
        sa.UniqueConstraint('provider_id', name=op.f('uq_payout_provider_id')),
    )
    op.create_table(
        'payout_line',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('payout_id', sa.Integer(), nullable=False),
        sa.Column('provider_id', sa.String(length=100), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.Column('fee_cents', sa.Integer(), nullable=False),
        sa.Column('net_cents', sa.Integer(), nullable=False),
        sa.Column('source_id', sa.String(length=100), nullable=False),
        sa.Column('text', sa.String(length=255), nullable=False),
        sa.Column('payment_id', sa.Integer(), nullable=True),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payout_line_payment_id_payment')),
        sa.ForeignKeyConstraint(['payout_id'], ['payout.id'], name=op.f('fk_payout_line_payout_id_payout')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_line')),
        sa.UniqueConstraint('provider_id', name=op.f('uq_payout_line_provider_id')),
    )
    op.create_index('ix_payout_line_payout_id', 'payout_line', ['payout_id'])
    op.create_table(
        'dispute',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('provider_id', sa.String(length=100), nullable=False),
        sa.Column('payment_id', sa.Integer(), nullable=True),
        sa.Column('charge_id', sa.String(length=100), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('reason', sa.String(length=60), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('due_by', sa.DateTime(timezone=True), nullable=True),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_dispute_payment_id_payment')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
        sa.UniqueConstraint('provider_id', name=op.f('uq_dispute_provider_id')),
    )
    op.create_index('ix_dispute_payment_id', 'dispute', ['payment_id'])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
