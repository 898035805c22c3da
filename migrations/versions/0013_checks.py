"""Checks that pay several orders, and deposit slips.

Safe while the previous release runs: two tables that it does not know, a column that it leaves empty. What was recorded as a
check so far becomes a check with one payment; a slip that was only a number becomes a deposited one.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-22 07:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'deposit_slip',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('deposit_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('bank_cents', sa.Integer(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'deposited')", name=op.f('ck_deposit_slip_state')),
        sa.CheckConstraint("(state = 'open') = (bank_cents IS NULL)", name=op.f('ck_deposit_slip_bank')),
        sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_deposit_slip_made_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deposit_slip')),
        sa.UniqueConstraint('number', name=op.f('uq_deposit_slip_number')),
    )
    op.create_table(
        'bank_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('written_on', sa.Date(), nullable=True),
        sa.Column('received_on', sa.Date(), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('payer_id', sa.Integer(), nullable=True),
        sa.Column('slip_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('note', sa.String(length=255), nullable=False),
        sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('bounce_reason', sa.String(length=255), nullable=False),
        sa.Column('submit_key', sa.String(length=64), nullable=True),
        sa.Column('recorded_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('received', 'bounced')", name=op.f('ck_bank_check_state')),
        sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_bank_check_amount')),
        sa.ForeignKeyConstraint(['payer_id'], ['payer.id'], name=op.f('fk_bank_check_payer_id_payer')),
        sa.ForeignKeyConstraint(['slip_id'], ['deposit_slip.id'], name=op.f('fk_bank_check_slip_id_deposit_slip')),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_bank_check_recorded_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_check')),
        sa.UniqueConstraint('submit_key', name=op.f('uq_bank_check_submit_key')),
    )
    op.create_index('ix_bank_check_payer_id', 'bank_check', ['payer_id'])
    op.create_index('ix_bank_check_slip_id', 'bank_check', ['slip_id', 'state'])
    op.create_index('ix_bank_check_number', 'bank_check', ['number'])
    with op.batch_alter_table('payment') as table:
        table.add_column(sa.Column('check_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f('fk_payment_check_id_bank_check'), 'bank_check', ['check_id'], ['id'])
    op.create_index(op.f('ix_payment_check_id'), 'payment', ['check_id'])
    adopt()


def adopt() -> None:
    """The checks of before, each under the id of its payment."""
    day = 'COALESCE(cheque_on, CAST(created_at AS DATE))' if op.get_bind().dialect.name == 'postgresql' else \
        'COALESCE(cheque_on, DATE(created_at))'
    op.execute(sa.text(f"""
        INSERT INTO deposit_slip (number, deposit_on, state, bank_cents, created_at)
        SELECT deposit_slip, MAX({day}), 'deposited', SUM(amount_cents), MIN(created_at) FROM payment
        WHERE method = 'cheque' AND deposit_slip <> '' GROUP BY deposit_slip"""))
    op.execute(sa.text(f"""
        INSERT INTO bank_check (id, number, received_on, amount_cents, currency, payer_id, slip_id, state, note, bounced_at, bounce_reason,
                                recorded_by_id, created_at)
        SELECT id, cheque_number, {day}, amount_cents, currency, payer_id,
               (SELECT deposit_slip.id FROM deposit_slip WHERE deposit_slip.number = payment.deposit_slip AND payment.deposit_slip <> ''),
               CASE WHEN state = 'failed' THEN 'bounced' ELSE 'received' END, CASE WHEN state = 'failed' THEN '' ELSE SUBSTR(note, 1, 255) END,
               CASE WHEN state = 'failed' THEN COALESCE(failed_at, created_at) END,
               CASE WHEN state = 'failed' THEN SUBSTR(note, 1, 255) ELSE '' END, recorded_by_id, created_at
        FROM payment WHERE method = 'cheque' AND state IN ('succeeded', 'failed')"""))
    op.execute(sa.text("UPDATE payment SET check_id = id WHERE method = 'cheque' AND state IN ('succeeded', 'failed')"))
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.text("SELECT setval(pg_get_serial_sequence('bank_check', 'id'), COALESCE((SELECT MAX(id) FROM bank_check), 0) + 1, false)"))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
