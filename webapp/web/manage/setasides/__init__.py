"""Places of an event set aside, for its organizers: made, made larger or smaller, given back, and who has them."""

from webapp.web.manage.setasides import views
from webapp.web.manage.setasides.blueprint import pages

__all__ = ["pages", "views"]
