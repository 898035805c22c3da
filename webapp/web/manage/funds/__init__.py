"""Funds for organizers and finance: made, changed, withdrawn, billed, what they paid, and who asks for help with the price."""

from webapp.web.manage.funds import asked, place, views
from webapp.web.manage.funds.blueprint import pages

__all__ = ["asked", "pages", "place", "views"]
