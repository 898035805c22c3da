"""Discount codes for organizers and finance: made, changed, withdrawn, and who used them."""

from webapp.web.manage.codes import views
from webapp.web.manage.codes.blueprint import pages

__all__ = ["pages", "views"]
