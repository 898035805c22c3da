"""Funds that pay for places, the parts of places that others carry, requests for help with the price.

Safe while the previous release runs: five new tables that it does not know, and a column with a default.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-22 06:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('order', sa.Column('is_split', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        'fund',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('organization_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('word', sa.String(length=40), nullable=True),
        sa.Column('order_id', sa.Integer(), nullable=True),
        sa.Column('account_code', sa.String(length=20), nullable=False),
        sa.Column('budget_cents', sa.Integer(), nullable=False),
        sa.Column('used_cents', sa.Integer(), nullable=False),
        sa.Column('amount_cents', sa.Integer(), nullable=True),
        sa.Column('percent_basis_points', sa.Integer(), nullable=True),
        sa.Column('max_per_person_cents', sa.Integer(), nullable=True),
        sa.Column('with_add_ons', sa.Boolean(), nullable=False),
        sa.Column('passes_on', sa.Boolean(), nullable=False),
        sa.Column('on_request', sa.Boolean(), nullable=False),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('scholarship', 'grant')", name=op.f('ck_fund_kind')),
        sa.CheckConstraint("(kind = 'grant') = (order_id IS NOT NULL)", name=op.f('ck_fund_grantor')),
        sa.CheckConstraint('amount_cents IS NULL OR percent_basis_points IS NULL', name=op.f('ck_fund_pays')),
        sa.CheckConstraint('amount_cents BETWEEN 1 AND 100000000', name=op.f('ck_fund_amount')),
        sa.CheckConstraint('percent_basis_points BETWEEN 1 AND 10000', name=op.f('ck_fund_percent')),
        sa.CheckConstraint('max_per_person_cents > 0', name=op.f('ck_fund_per_person')),
        sa.CheckConstraint('budget_cents BETWEEN 1 AND 100000000', name=op.f('ck_fund_budget')),
        sa.CheckConstraint('used_cents >= 0 AND used_cents <= budget_cents', name=op.f('ck_fund_used')),
        sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_fund_created_by_id_person')),
        sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_fund_order_id_order')),
        sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_fund_organization_id_organization')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fund')),
        sa.UniqueConstraint('order_id', name=op.f('uq_fund_order_id')),
        sa.UniqueConstraint('organization_id', 'name', name=op.f('uq_fund_organization_id_name')),
        sa.UniqueConstraint('organization_id', 'word', name=op.f('uq_fund_organization_id_word')),
    )
    op.create_table(
        'fund_event',
        sa.Column('fund_id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_fund_event_event_id_event'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_fund_event_fund_id_fund'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('fund_id', 'event_id', name=op.f('pk_fund_event')),
    )
    op.create_index(op.f('ix_fund_event_event_id'), 'fund_event', ['event_id'])
    op.create_table(
        'fund_type',
        sa.Column('fund_id', sa.Integer(), nullable=False),
        sa.Column('type_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_fund_type_fund_id_fund'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['type_id'], ['registration_type.id'], name=op.f('fk_fund_type_type_id_registration_type'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('fund_id', 'type_id', name=op.f('pk_fund_type')),
    )
    op.create_index(op.f('ix_fund_type_type_id'), 'fund_type', ['type_id'])
    op.create_table(
        'place_share',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('fund_id', sa.Integer(), nullable=True),
        sa.Column('order_id', sa.Integer(), nullable=True),
        sa.Column('charge_id', sa.Integer(), nullable=True),
        sa.Column('cents', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('account_code', sa.String(length=20), nullable=False),
        sa.Column('given_by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(length=255), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('cents > 0', name=op.f('ck_place_share_cents')),
        sa.CheckConstraint('fund_id IS NOT NULL OR order_id IS NOT NULL', name=op.f('ck_place_share_by')),
        sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_place_share_charge_id_charge')),
        sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_place_share_fund_id_fund')),
        sa.ForeignKeyConstraint(['given_by_id'], ['person.id'], name=op.f('fk_place_share_given_by_id_person')),
        sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_place_share_order_id_order')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_place_share_registration_id_registration')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_place_share')),
    )
    op.create_index('ix_place_share_fund_id', 'place_share', ['fund_id'])
    op.create_index('ix_place_share_order_id', 'place_share', ['order_id'])
    op.create_index('ix_place_share_registration_id', 'place_share', ['registration_id'])
    op.create_index('uq_place_share_fund', 'place_share', ['registration_id'], unique=True,
                    sqlite_where=sa.text('ended_at IS NULL AND fund_id IS NOT NULL'),
                    postgresql_where=sa.text('ended_at IS NULL AND fund_id IS NOT NULL'))
    op.create_table(
        'fund_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('share_id', sa.Integer(), nullable=True),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'granted', 'declined', 'withdrawn')", name=op.f('ck_fund_request_state')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_fund_request_decided_by_id_person')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_fund_request_registration_id_registration')),
        sa.ForeignKeyConstraint(['share_id'], ['place_share.id'], name=op.f('fk_fund_request_share_id_place_share')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_fund_request')),
    )
    op.create_index('ix_fund_request_registration_id', 'fund_request', ['registration_id'])
    op.create_index('ix_fund_request_state', 'fund_request', ['state', 'id'])
    op.create_index('uq_fund_request_open', 'fund_request', ['registration_id'], unique=True,
                    sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
