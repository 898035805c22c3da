"""Finance's pages: what is owed and paid, what waits for a person, what the bank sees, and the books as files."""

from webapp.web.manage.finance import (
           balances,
           bank,
           checks,
           desk,
           export,
           funds,
           income,
           months,
           order,
           orders,
           overview,
           papers,
           payers,
           slips,
)
from webapp.web.manage.finance.blueprint import pages

__all__ = ["balances", "bank", "checks", "desk", "export", "funds", "income", "months", "order", "orders", "overview", "pages", "papers",
           "payers", "slips"]
