"""A form whose places went on an order that was begun before.

Safe while the previous release runs: a column it does not know, empty for every order it makes.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-22 07:15:00.000000
"""

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE "order" ADD COLUMN joined_id INTEGER CONSTRAINT fk_order_joined_id_order REFERENCES "order" (id)')
    op.create_index('ix_order_joined_id', 'order', ['joined_id'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
