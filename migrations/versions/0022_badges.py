"""Badges that come with a thing or a type, and types that take no seat: an exhibitor's table.

Safe while the previous release runs: it writes no badges and asks for none, the new columns have defaults, and a type that covers
nothing gives its places no sessions there either.

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-22 15:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ('registration_type', 'add_on'):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column('badges', sa.Integer(), server_default='0', nullable=False))
            table.create_check_constraint(op.f(f'ck_{name}_badges'), "badges BETWEEN 0 AND 10")
    with op.batch_alter_table('registration_type') as table:
        table.drop_constraint(op.f('ck_registration_type_covers'), type_='check')
        table.create_check_constraint(op.f('ck_registration_type_covers'), "covers IN ('all', 'some', 'none')")
    op.create_table(
        'badge',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('registration_id', sa.Integer(), nullable=False),
        sa.Column('add_on_id', sa.Integer(), nullable=True),
        sa.Column('unit', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('out_of', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('organization', sa.String(length=200), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('named_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> '' OR (organization = '' AND email = '')", name=op.f('ck_badge_named')),
        sa.CheckConstraint("number BETWEEN 1 AND out_of", name=op.f('ck_badge_number')),
        sa.CheckConstraint("out_of BETWEEN 1 AND 10", name=op.f('ck_badge_out_of')),
        sa.CheckConstraint("unit >= 1 AND (unit = 1 OR add_on_id IS NOT NULL)", name=op.f('ck_badge_unit')),
        sa.ForeignKeyConstraint(['add_on_id'], ['add_on.id'], name=op.f('fk_badge_add_on_id_add_on')),
        sa.ForeignKeyConstraint(['registration_id'], ['registration.id'], name=op.f('fk_badge_registration_id_registration')),
        sa.ForeignKeyConstraint(['registration_id', 'add_on_id'],
                                ['registration_add_on.registration_id', 'registration_add_on.add_on_id'], name='fk_badge_thing'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_badge')),
    )
    op.create_index('ix_badge_email', 'badge', ['email'])
    op.create_index('ix_badge_registration_id', 'badge', ['registration_id'])
    op.create_index('uq_badge_of_thing', 'badge', ['registration_id', 'add_on_id', 'unit', 'number'], unique=True,
                    sqlite_where=sa.text("add_on_id IS NOT NULL"), postgresql_where=sa.text("add_on_id IS NOT NULL"))
    op.create_index('uq_badge_of_type', 'badge', ['registration_id', 'number'], unique=True,
                    sqlite_where=sa.text("add_on_id IS NULL"), postgresql_where=sa.text("add_on_id IS NULL"))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
