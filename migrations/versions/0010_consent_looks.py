"""Who looked at what a person lets her agency see.

Safe while the previous release runs: one new table that it does not know.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-22 07:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'consent_look',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('viewer_id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.Integer(), nullable=False),
        sa.Column('scope', sa.String(length=20), nullable=False),
        sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("scope IN ('attendance', 'hours', 'calendar')", name=op.f('ck_consent_look_scope')),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_consent_look_agency_id_agency')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_look_person_id_person')),
        sa.ForeignKeyConstraint(['viewer_id'], ['person.id'], name=op.f('fk_consent_look_viewer_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_look')),
    )
    op.create_index('ix_consent_look_person_id', 'consent_look', ['person_id', 'looked_at'])
    op.create_index('ix_consent_look_viewer', 'consent_look', ['viewer_id', 'agency_id', 'looked_at'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
