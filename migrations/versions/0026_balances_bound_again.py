"""What paid for a course from a balance that is bound to it comes back bound: each lot says by itself until which movement it was.

Lots of places put off whose date was taken are open already: after the last movement of that moment, or, where they lapsed (their policy
leaves them to the payer), from the start.

Safe while the previous release runs: a column that is empty for every lot it makes.

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-22 17:00:00
"""

from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE balance_lot ADD COLUMN opened_after INTEGER'
               ' CONSTRAINT ck_balance_lot_opened CHECK (opened_after IS NULL OR deferral_id IS NOT NULL)')
    op.execute("""
        UPDATE balance_lot SET opened_after = (
            SELECT COALESCE(MAX(m.id), 0) FROM balance_movement m JOIN deferral d ON d.id = balance_lot.deferral_id
            WHERE m.lot_id = balance_lot.id AND m.created_at <= d.opened_at
              AND NOT EXISTS (SELECT 1 FROM audit_entry a WHERE a.action = 'deferral.lapsed'
                              AND a.subject = 'registration:' || d.registration_id))
        WHERE deferral_id IN (SELECT id FROM deferral WHERE opened_at IS NOT NULL)""")


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
