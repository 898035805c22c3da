"""Claims of membership that staff confirm or decline.

Safe while the previous release runs: a new table that it does not know.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-22 11:35:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'member_claim',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('membership_id', sa.Integer(), nullable=True),
        sa.Column('off_cents', sa.Integer(), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'confirmed', 'declined')", name=op.f('ck_member_claim_state')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_member_claim_decided_by_id_person')),
        sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_member_claim_membership_id_membership')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_member_claim_registration_id_registration')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_member_claim')),
    )
    op.create_index('ix_member_claim_state', 'member_claim', ['state', 'id'])
    op.create_index('uq_member_claim_asked', 'member_claim', ['registration_id'], unique=True,
                    sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
