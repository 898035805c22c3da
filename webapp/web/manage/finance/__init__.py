"""Finance's pages: what is owed and paid, what waits for a person, what the bank sees, and the books as files."""

from webapp.web.manage.finance import bank, desk, export, income, months, order, orders, overview
from webapp.web.manage.finance.blueprint import pages

__all__ = ["bank", "desk", "export", "income", "months", "order", "orders", "overview", "pages"]
