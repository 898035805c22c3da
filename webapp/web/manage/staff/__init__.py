"""People and what they may do, for administrators: persons, roles, agencies, memberships."""

from webapp.web.manage.staff import agencies, claims, memberships, people, person, plans, roles
from webapp.web.manage.staff.blueprint import pages

__all__ = ["agencies", "claims", "memberships", "pages", "people", "person", "plans", "roles"]
