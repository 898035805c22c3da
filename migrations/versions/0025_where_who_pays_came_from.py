"""Where who pays came from: the invoice's page or the approver's, which she comes back to and not to the order's.

Safe while the previous release runs: two new columns that stay empty for every page it opens, which leads back to the order's page.

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-22 16:50:00
"""

from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out, because Alembic would copy the table on SQLite to add a constraint.
    op.execute('ALTER TABLE checkout_page ADD COLUMN invoice_id INTEGER'
               ' CONSTRAINT fk_checkout_page_invoice_id_invoice REFERENCES invoice (id)')
    op.execute('ALTER TABLE checkout_page ADD COLUMN approval_id INTEGER'
               ' CONSTRAINT fk_checkout_page_approval_id_payment_approval REFERENCES payment_approval (id)'
               ' CONSTRAINT ck_checkout_page_came_from CHECK (invoice_id IS NULL OR approval_id IS NULL)')


def downgrade() -> None:
    """Going back is restoring the backup that `flask upgrade` made: a step back would lose what people did since."""
    raise NotImplementedError("restore the backup made before the upgrade")
