"""The blueprint of set-asides."""

from flask import Blueprint

pages = Blueprint("manage_setasides", __name__)
ROLES = ("organizer", "coordinator")
