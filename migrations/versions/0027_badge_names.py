"""A name on a badge has up to 100 letters, as each part of a person's: it stands on a door phone's screen.

Safe while the previous release runs: it writes no badges. What was written longer since 0022, which was never released, is cut.

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-22 16:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE badge SET name = trim(substr(name, 1, 100)) WHERE length(name) > 100"))
    with op.batch_alter_table('badge') as table:
        table.create_check_constraint(op.f('ck_badge_name_length'), "length(name) <= 100")


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
