"""An order that was added later to one that is placed.

Safe while the previous release runs: a column it does not know, empty for every order it makes.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-22 10:45:00.000000
"""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE "order" ADD COLUMN part_of_id INTEGER CONSTRAINT fk_order_part_of_id_order REFERENCES "order" (id)')
    op.create_index('ix_order_part_of_id', 'order', ['part_of_id'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
