"""Payers' balances, and when a check came back.

Safe while the previous release runs: two tables that it does not know, two columns that it leaves empty, and a condition that
allows more than it did.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-22 06:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

SOURCES = "source IN ('charge', 'payment', 'refund', 'bounce', 'balance')"


def append_only(table: str) -> list[str]:
    """The triggers as they were written for this release (core/ledger.py)."""
    if op.get_bind().dialect.name == 'postgresql':
        return [f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION refuse_change()']
    return [f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for verb in ('UPDATE', 'DELETE')]


def upgrade() -> None:
    op.add_column('payment', sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('refund', sa.Column('to_balance', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        'balance_lot',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('payer_id', sa.Integer(), nullable=False),
        sa.Column('refund_id', sa.Integer(), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.Column('left_cents', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('expires_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(length=255), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_balance_lot_amount')),
        sa.CheckConstraint('left_cents BETWEEN 0 AND amount_cents', name=op.f('ck_balance_lot_left')),
        sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], name=op.f('fk_balance_lot_payer_id_payer')),
        sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_balance_lot_refund_id_refund')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_balance_lot')),
        sa.UniqueConstraint('refund_id', name=op.f('uq_balance_lot_refund_id')),
    )
    op.create_index('ix_balance_lot_payer_id', 'balance_lot', ['payer_id'])
    op.create_index('ix_balance_lot_expires_on', 'balance_lot', ['expires_on'])
    op.create_table(
        'balance_movement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('lot_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('cents', sa.Integer(), nullable=False),
        sa.Column('payment_id', sa.Integer(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(length=255), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('kept', 'used', 'returned', 'expired', 'taken_back')", name=op.f('ck_balance_movement_kind')),
        sa.CheckConstraint("(kind IN ('kept', 'returned')) = (cents > 0) AND cents <> 0", name=op.f('ck_balance_movement_sign')),
        sa.CheckConstraint("(kind IN ('used', 'returned')) = (payment_id IS NOT NULL)", name=op.f('ck_balance_movement_payment')),
        sa.ForeignKeyConstraint(['lot_id'], ['balance_lot.id'], name=op.f('fk_balance_movement_lot_id_balance_lot')),
        sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_balance_movement_payment_id_payment')),
        sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_balance_movement_made_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_balance_movement')),
    )
    op.create_index('ix_balance_movement_lot_id', 'balance_movement', ['lot_id'])
    op.create_index('ix_balance_movement_payment_id', 'balance_movement', ['payment_id'])
    op.create_index('ix_balance_movement_kind', 'balance_movement', ['kind', 'created_at'])
    widen_sources()
    for statement in append_only('balance_movement'):
        op.execute(sa.text(statement))


def widen_sources() -> None:
    """SQLite makes the table anew, without its triggers."""
    with op.batch_alter_table('booked_movement') as table:
        table.drop_constraint(op.f('ck_booked_movement_source'), type_='check')
        table.create_check_constraint(op.f('ck_booked_movement_source'), SOURCES)
    if op.get_bind().dialect.name == 'sqlite':
        for statement in append_only('booked_movement'):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
