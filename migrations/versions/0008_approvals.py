"""An agency is asked whether it pays; what an event does with places whose invoice is open.

Safe while the previous release runs: new tables that it does not know, and columns with defaults.

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-22 06:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'payment_approval',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('agency_id', sa.Integer(), nullable=True),
        sa.Column('agency_name', sa.String(length=200), nullable=False),
        sa.Column('approver_name', sa.String(length=200), nullable=False),
        sa.Column('approver_email', sa.String(length=254), nullable=False),
        sa.Column('by_contact', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reminded', sa.Integer(), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('po_number', sa.String(length=60), nullable=False),
        sa.Column('reason', sa.String(length=500), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'approved', 'declined', 'silent', 'paid', 'withdrawn')", name=op.f('ck_payment_approval_state')),
        sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_payment_approval_agency_id_agency')),
        sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_payment_approval_order_id_order')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_approval')),
    )
    op.create_index('ix_payment_approval_order_id', 'payment_approval', ['order_id'])
    op.create_index('ix_payment_approval_state_until', 'payment_approval', ['state', 'until'])
    op.create_index('uq_payment_approval_asked', 'payment_approval', ['order_id'], unique=True,
                    sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
    op.create_table(
        'approval_link',
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('approval_id', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['approval_id'], ['payment_approval.id'], name=op.f('fk_approval_link_approval_id_payment_approval')),
        sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_approval_link')),
    )
    op.create_index(op.f('ix_approval_link_approval_id'), 'approval_link', ['approval_id'])
    op.add_column('order', sa.Column('approval_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('order', sa.Column('approvals', sa.Integer(), server_default='0', nullable=False))
    op.add_column('event', sa.Column('unpaid_release', sa.Boolean(), server_default=sa.false(), nullable=False))
    # Said so that both databases keep the rule: SQLite adds no constraint to a table that is there, but takes one with its column.
    op.execute("ALTER TABLE event ADD COLUMN unpaid_at_start VARCHAR(20) DEFAULT 'admit' NOT NULL CONSTRAINT ck_event_unpaid_at_start "
               "CHECK (unpaid_at_start IN ('admit', 'refuse', 'hold_certificate'))")


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
