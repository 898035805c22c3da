"""Set-asides that keep seats in sessions one chooses: a part of a set-aside, which counts by a pool of its own.

Safe while the previous release runs: two new columns that stay empty for every set-aside it makes. A part it meets is to it a set-aside
of nobody's (`other`) that returns at its date: no agency draws on it, and what it counts stays right.

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-22 15:40:00
"""

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out, because Alembic would copy the table on SQLite to add a constraint, and with it all that hangs on it.
    op.execute('ALTER TABLE set_aside ADD COLUMN part_of_id INTEGER'
               ' CONSTRAINT fk_set_aside_part_of_id_set_aside REFERENCES set_aside (id)')
    op.execute("ALTER TABLE set_aside ADD COLUMN session_id INTEGER"
               " CONSTRAINT fk_set_aside_session_id_session REFERENCES session (id)"
               " CONSTRAINT ck_set_aside_part CHECK ((part_of_id IS NULL) = (session_id IS NULL) AND"
               " (part_of_id IS NULL OR (agency_id IS NULL AND mode IS NULL AND type_id IS NULL)))")
    op.create_index('uq_set_aside_part_of_id_session_id', 'set_aside', ['part_of_id', 'session_id'], unique=True)
    op.create_index('ix_set_aside_session_id', 'set_aside', ['session_id'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
