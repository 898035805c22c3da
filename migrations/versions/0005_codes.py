"""Discount codes, what they are for, and their uses.

Safe while the previous release runs: four new tables that it does not know.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 04:07:32.474683
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'discount_code',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organization_id', sa.Integer(), nullable=False),
        sa.Column('word', sa.String(length=40), nullable=False),
        sa.Column('purpose', sa.String(length=200), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=True),
        sa.Column('percent_basis_points', sa.Integer(), nullable=True),
        sa.Column('with_add_ons', sa.Boolean(), nullable=False),
        sa.Column('best_price', sa.Boolean(), nullable=False),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('max_uses', sa.Integer(), nullable=True),
        sa.Column('max_per_person', sa.Integer(), nullable=True),
        sa.Column('budget_cents', sa.Integer(), nullable=True),
        sa.Column('uses', sa.Integer(), nullable=False),
        sa.Column('spent_cents', sa.Integer(), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(amount_cents IS NULL) <> (percent_basis_points IS NULL)', name=op.f('ck_discount_code_off')),
        sa.CheckConstraint('NOT (best_price AND with_add_ons)', name=op.f('ck_discount_code_best_price')),
        sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_discount_code_amount')),
        sa.CheckConstraint('max_per_person > 0', name=op.f('ck_discount_code_per_person')),
        sa.CheckConstraint('percent_basis_points BETWEEN 1 AND 10000', name=op.f('ck_discount_code_percent')),
        sa.CheckConstraint('spent_cents >= 0 AND (budget_cents IS NULL OR spent_cents <= budget_cents)', name=op.f('ck_discount_code_budget')),
        sa.CheckConstraint('uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)', name=op.f('ck_discount_code_uses')),
        sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_discount_code_created_by_id_person')),
        sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_discount_code_organization_id_organization')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_code')),
        sa.UniqueConstraint('organization_id', 'word', name=op.f('uq_discount_code_organization_id_word')),
    )
    op.create_table(
        'discount_code_event',
        sa.Column('code_id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['code_id'], ['discount_code.id'], name=op.f('fk_discount_code_event_code_id_discount_code'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_discount_code_event_event_id_event'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('code_id', 'event_id', name=op.f('pk_discount_code_event')),
    )
    op.create_index(op.f('ix_discount_code_event_event_id'), 'discount_code_event', ['event_id'])
    op.create_table(
        'discount_code_type',
        sa.Column('code_id', sa.Integer(), nullable=False),
        sa.Column('type_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['code_id'], ['discount_code.id'], name=op.f('fk_discount_code_type_code_id_discount_code'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_discount_code_type_type_id_registration_type'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('code_id', 'type_id', name=op.f('pk_discount_code_type')),
    )
    op.create_index(op.f('ix_discount_code_type_type_id'), 'discount_code_type', ['type_id'])
    op.create_table(
        'code_use',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code_id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('cents', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('cents >= 0', name=op.f('ck_code_use_cents')),
        sa.ForeignKeyConstraint(['code_id'], ['discount_code.id'], name=op.f('fk_code_use_code_id_discount_code')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_code_use_registration_id_registration')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_code_use')),
    )
    op.create_index('ix_code_use_code_id', 'code_use', ['code_id'])
    op.create_index(op.f('ix_code_use_registration_id'), 'code_use', ['registration_id'])
    op.create_index('uq_code_use_standing', 'code_use', ['registration_id'], unique=True,
                    sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
