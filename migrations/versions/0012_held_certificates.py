"""Certificates that wait until the invoice of their place is paid.

Safe while the previous release runs: a new table that it does not know.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-22 07:15:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'held_certificate',
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('held_by_id', sa.Integer(), nullable=True),
        sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['held_by_id'], ['person.id'], name=op.f('fk_held_certificate_held_by_id_person')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_held_certificate_registration_id_registration')),
        sa.PrimaryKeyConstraint('registration_id', name=op.f('pk_held_certificate')),
    )
    op.create_index(op.f('ix_held_certificate_ended_at'), 'held_certificate', ['ended_at'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
