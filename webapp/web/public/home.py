"""The front door: what this is for, what comes next, and where to go."""

from flask import Blueprint, render_template

from webapp.core import clock
from webapp.web import access
from webapp.web.events import listing

pages = Blueprint("home", __name__)
NEXT = 5


@pages.get("/")
@access.public
def index() -> str:
    """The home page with the next events."""
    return render_template("public/home.html", coming=listing.coming(clock.now(), most=NEXT))
