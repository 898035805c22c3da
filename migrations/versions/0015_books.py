"""Refunds that came back, money by a card terminal, and payouts that are asked about less often.

Safe while the previous release runs: columns that it leaves empty, and two conditions that allow more than they did.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-22 10:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

WIDER = {'booked_movement': ('source', "source IN ('charge', 'payment', 'refund', 'bounce', 'unrefund', 'balance')"),
         'payment': ('method', "method IN ('card', 'bank_debit', 'cheque', 'bank_transfer', 'cash', 'card_terminal', 'balance')")}


def append_only(table: str) -> list[str]:
    """SQLite's triggers as they were written for this release (core/ledger.py)."""
    return [f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END" for verb in ('UPDATE', 'DELETE')]


def upgrade() -> None:
    op.add_column('refund', sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('ALTER TABLE refund ADD COLUMN again_id INTEGER CONSTRAINT fk_refund_again_id_refund REFERENCES refund (id)')
    op.add_column('payout', sa.Column('attempts', sa.Integer(), server_default='0', nullable=False))
    op.add_column('payout', sa.Column('ask_after', sa.DateTime(timezone=True), nullable=True))
    # A balance is kept at the moment its refund is written: what was taken back since had gone then, and came back when it ended.
    op.execute(sa.text("UPDATE refund SET failed_at = ended_at, ended_at = created_at WHERE to_balance AND state = 'failed'"))
    for table, (name, condition) in WIDER.items():
        widen(table, f'ck_{table}_{name}', condition)


def widen(table: str, name: str, condition: str) -> None:
    """Allows more. SQLite makes the table anew, without its triggers."""
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(op.f(name), type_='check')
        changed.create_check_constraint(op.f(name), condition)
    if op.get_bind().dialect.name == 'sqlite' and table == 'booked_movement':
        for statement in append_only(table):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
