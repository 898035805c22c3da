"""Forms whose work is done, so that one sent twice repeats nothing.

Safe while the previous release runs: a new table that it does not know.

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-22 15:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sent_form',
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_sent_form')),
    )
    op.create_index('ix_sent_form_sent_at', 'sent_form', ['sent_at'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
