"""invitations

Safe while the previous release runs: two new tables that it does not know.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 03:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

# What mail has told of a seat changes what her feed shows: as they were written for this release (calendars/stamps.py).
TRIGGERS = {
    'sqlite': [
        f'CREATE TRIGGER "invitation_stamps_{verb.lower()}" AFTER {verb} ON invitation BEGIN UPDATE registration SET calendar_stamp = '
        'calendar_stamp + 1 WHERE id = (SELECT registration_id FROM seat WHERE seat.id = NEW.seat_id); END'
        for verb in ('INSERT', 'UPDATE')
    ],
    'postgresql': [
        'CREATE OR REPLACE FUNCTION raise_invitation_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE registration SET '
        'calendar_stamp = calendar_stamp + 1 WHERE id IN (SELECT seat.registration_id FROM seat JOIN changed ON changed.seat_id = seat.id); '
        'RETURN NULL; END $$',
        *(f'CREATE TRIGGER invitation_stamps_{verb.lower()} AFTER {verb} ON invitation REFERENCING NEW TABLE AS changed '
          'FOR EACH STATEMENT EXECUTE FUNCTION raise_invitation_stamp()' for verb in ('INSERT', 'UPDATE')),
    ],
}


def upgrade() -> None:
    op.create_table(
        'calendar_choice',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('way', sa.String(length=10), nullable=False),
        sa.CheckConstraint("way IN ('auto', 'mail', 'feed', 'both')", name=op.f('ck_calendar_choice_way')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_choice_person_id_person')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_calendar_choice')),
    )
    op.create_table(
        'invitation',
        sa.Column('seat_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('standing', 'cancelled', 'leaving', 'moved')", name=op.f('ck_invitation_state')),
        sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_invitation_message_id_message')),
        sa.ForeignKeyConstraint(['seat_id'], ['seat.id'], name=op.f('fk_invitation_seat_id_seat')),
        sa.PrimaryKeyConstraint('seat_id', name=op.f('pk_invitation')),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
