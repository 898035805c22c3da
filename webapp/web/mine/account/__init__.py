"""A person's own account: details, addresses, password, and guests found again."""

from webapp.web.mine.account import details, emails, found, password
from webapp.web.mine.account.blueprint import pages

__all__ = ["details", "emails", "found", "pages", "password"]
