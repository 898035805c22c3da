"""When the organizer last moved what a place is for; events of one course found along an index.

Safe while the previous release runs: a column it does not know, empty where nothing moved.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-22 06:50:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('registration', sa.Column('moved_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_event_course_id', 'event', ['course_id'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
