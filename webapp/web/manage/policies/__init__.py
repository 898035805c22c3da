"""Cancellation policies for staff: the list, a new one, a new edition of one, with examples in dollars before it is saved."""

from webapp.web.manage.policies import views
from webapp.web.manage.policies.blueprint import pages

__all__ = ["pages", "views"]
