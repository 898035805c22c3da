"""The organizers' first page: the season at a glance, and what waits today."""

from webapp.web.manage.home import listing
from webapp.web.manage.home.blueprint import pages

__all__ = ["listing", "pages"]
