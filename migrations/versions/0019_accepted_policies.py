"""Each place keeps the edition of the cancellation policy it was sold under.

Safe while the previous release runs: a column that it leaves empty, and that is the event's policy then.

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-22 11:30:00.000000
"""

from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE registration ADD COLUMN policy_id INTEGER '
               'CONSTRAINT fk_registration_policy_id_cancellation_policy REFERENCES cancellation_policy (id)')
    op.execute('UPDATE registration SET policy_id = (SELECT cancellation_policy_id FROM event WHERE event.id = registration.event_id)')


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
