"""Places that were put off, and the balance that is kept for another date of their course.

Safe while the previous release runs: a table it does not know, a column that is empty for every lot it makes.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-22 10:45:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'deferral',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('expires_on', sa.Date(), nullable=False),
        sa.Column('then_months', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(length=255), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('number >= 1', name=op.f('ck_deferral_number')),
        sa.CheckConstraint('then_months >= 0', name=op.f('ck_deferral_then_months')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_deferral_registration_id_registration')),
        sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_deferral_course_id_course')),
        sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_deferral_made_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deferral')),
        sa.UniqueConstraint('registration_id', name=op.f('uq_deferral_registration_id')),
    )
    op.create_index(op.f('ix_deferral_course_id'), 'deferral', ['course_id'])
    op.execute('ALTER TABLE balance_lot ADD COLUMN deferral_id INTEGER CONSTRAINT fk_balance_lot_deferral_id_deferral REFERENCES deferral (id)')
    op.create_index('ix_balance_lot_deferral_id', 'balance_lot', ['deferral_id'])


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
