"""A balance that expired may be there again: the check it came from was none.

Safe while the previous release runs: a list of movements allows one kind more, which that release never writes.

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-22 15:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

KINDS = "kind IN ('kept', 'used', 'returned', 'expired', 'revived', 'taken_back')"
SIGN = "(kind IN ('kept', 'returned', 'revived')) = (cents > 0) AND cents <> 0"


def upgrade() -> None:
    """SQLite makes the table anew, without its triggers."""
    with op.batch_alter_table('balance_movement') as table:
        for name, condition in (('ck_balance_movement_kind', KINDS), ('ck_balance_movement_sign', SIGN)):
            table.drop_constraint(op.f(name), type_='check')
            table.create_check_constraint(op.f(name), condition)
    if op.get_bind().dialect.name == 'sqlite':
        for verb in ('UPDATE', 'DELETE'):
            op.execute(sa.text(f'CREATE TRIGGER "balance_movement_no_{verb.lower()}" BEFORE {verb} ON "balance_movement" '
                               "BEGIN SELECT RAISE(ABORT, 'balance_movement is append-only'); END"))


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
