"""Membership years bought with an order: what they cost, which were bought, and memberships that are withdrawn.

Safe while the previous release runs: two new tables that it does not know, a column with a default and one that may be empty.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-22 10:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('membership', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('order', sa.Column('has_year', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        'membership_plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('months', sa.Integer(), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=False),
        sa.Column('account_code', sa.String(length=20), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('months BETWEEN 1 AND 60', name=op.f('ck_membership_plan_months')),
        sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_membership_plan_amount')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_plan')),
        sa.UniqueConstraint('name', name=op.f('uq_membership_plan_name')),
    )
    op.create_table(
        'membership_year',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('charge_id', sa.Integer(), nullable=False),
        sa.Column('months', sa.Integer(), nullable=False),
        sa.Column('types_before', sa.JSON(), nullable=False),
        sa.Column('membership_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_membership_year_charge_id_charge')),
        sa.ForeignKeyConstraint(['membership_id'], ['membership.id'], name=op.f('fk_membership_year_membership_id_membership')),
        sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_membership_year_order_id_order')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_year_person_id_person')),
        sa.ForeignKeyConstraint(['plan_id'], ['membership_plan.id'], name=op.f('fk_membership_year_plan_id_membership_plan')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_membership_year_registration_id_registration')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_year')),
        sa.UniqueConstraint('charge_id', name=op.f('uq_membership_year_charge_id')),
        sa.UniqueConstraint('membership_id', name=op.f('uq_membership_year_membership_id')),
    )
    op.create_index('ix_membership_year_person_id', 'membership_year', ['person_id'])
    op.create_index('uq_membership_year_order_id', 'membership_year', ['order_id', 'person_id'], unique=True,
                    sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
