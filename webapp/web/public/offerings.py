"""What hangs together by programme or presenter: its coming events, and a calendar to follow."""

from flask import Blueprint, current_app, render_template
from sqlalchemy import select

from webapp.calendars import links, recipes
from webapp.catalog.models import Event, Presenter, Programme, Session, SessionPresenter
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.web import access
from webapp.web.events import listing

pages = Blueprint("offerings", __name__)
MOST = 50


@pages.get("/programmes/<slug>")
@access.public
def programme(slug: str) -> str:
    """A programme with its coming cohorts."""
    row = db.session.execute(select(Programme.id, Programme.name).where(Programme.slug == slug)).first()
    if row is None:
        raise NotFound
    coming = listing.coming(clock.now(), most=MOST, where=[Event.programme_id == row.id])
    return render_template("public/offering.html", title=row.name, role="", text="", coming=coming,
                           links=_links(f"/programmes/{slug}.ics", row.name))


@pages.get("/presenters/<int:presenter_id>")
@access.public
def presenter(presenter_id: int) -> str:
    """Somebody who presents in public, and where next. Who does not is not found."""
    recipes.presenter(presenter_id, base_url="", now=clock.now())
    row = db.session.get_one(Presenter, presenter_id)
    hers = select(Session.event_id).join(SessionPresenter, SessionPresenter.session_id == Session.id).where(
        SessionPresenter.presenter_id == presenter_id, Session.status == "scheduled")
    coming = listing.coming(clock.now(), most=MOST, where=[Event.id.in_(hers)])
    return render_template("public/offering.html", title=row.name, role=row.credentials, text=row.bio, coming=coming,
                           links=_links(f"/presenters/{presenter_id}.ics", row.name))


def _links(path: str, name: str) -> links.Links:
    return links.subscribe(f"{current_app.config['SETTINGS'].base_url}{path}", name)
