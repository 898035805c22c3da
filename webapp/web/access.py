"""Who may use a route. Every view states it; an undeclared one is refused and fails the tests.

    @pages.get("/events/<slug>")
    @access.public
    def event(slug): ...

    @pages.get("/manage/events/<slug>/people")
    @access.staff("organizer", "coordinator")
    def people(slug): event = access.event_of(slug, "organizer", "coordinator")
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import select

from webapp.accounts.models import Account, Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.web.viewer import GUEST, Viewer, load

View = TypeVar("View", bound=Callable[..., Any])
login_manager = LoginManager()
KEPT = ("orders",)  # of a guest's session when she signs in


def public(view: View) -> View:
    """Anybody, without an account."""
    return _declare(view, "public")


def by_secret(view: View) -> View:
    """Whoever holds the unguessable address or token in it; the view answers 404 to a wrong one."""
    return _declare(view, "by_secret")


def machine(view: View) -> View:
    """A machine that proves itself by a signature; the view checks it."""
    return _declare(view, "machine")


def signed_in(view: View) -> View:
    """Anybody with an account; the view shows only what is hers."""
    return _declare(view, "signed_in")


def staff(*roles: str) -> Callable[[View], View]:
    """Who holds one of the roles in any scope (admin always). The view narrows to her things by `event_of` and the like."""
    return lambda view: _declare(view, "staff", frozenset(roles))


def dev_only(view: View) -> View:
    """Only where DEMO is on; elsewhere the address does not exist."""
    return _declare(view, "dev_only")


def viewer() -> Viewer:
    """Who is looking at the page."""
    return current_user._get_current_object()  # type: ignore[no-any-return]  # flask-login's proxy


def sign_in(account: Account, *, remember: bool = True) -> None:
    """Starts a fresh session for the account (nothing of the old one can be fixed upon her); what a guest had in it is kept
    only by name."""
    kept = {key: session[key] for key in KEPT if key in session}
    session.clear()
    session.update(kept)
    session.permanent = remember
    login_user(Viewer.of(account), remember=False)


def sign_out() -> None:
    """Ends the session on this device."""
    logout_user()
    session.clear()


def event_of(slug: str, *roles: str) -> Event:
    """The event by its slug for staff who hold one of the roles for it; anybody else is told it does not exist."""
    event = db.session.scalar(select(Event).where(Event.slug == slug))
    if event is None or not viewer().may(roles, event_id=event.id, organization_id=event.organization_id):
        raise NotFound
    return event


def init_app(app: Flask) -> None:
    """Signs people in by cookie and guards every route."""
    login_manager.anonymous_user = lambda: GUEST
    login_manager.init_app(app)
    login_manager.user_loader(load)
    app.before_request(_guard)


def _declare(view: View, rule: str, roles: frozenset[str] = frozenset()) -> View:
    view.__access__ = (rule, roles)  # type: ignore[attr-defined]
    return view


def rule_of(view: Callable[..., Any]) -> tuple[str, frozenset[str]] | None:
    """What a view declared, or None."""
    return getattr(view, "__access__", None)


def loggable_path() -> str:
    """The path as a log may hold it: where the address itself is the secret, its form (`/orders/<ref>`)."""
    rule = rule_of(current_app.view_functions[request.endpoint]) if request.endpoint else None
    return str(request.url_rule) if rule and rule[0] == "by_secret" else request.path


def _guard() -> Any:
    if request.endpoint is None:
        return None
    declared = rule_of(current_app.view_functions[request.endpoint])
    if declared is None:
        abort(500, f"{request.endpoint} does not say who may use it")
    rule, roles = declared
    if rule == "dev_only" and not current_app.config["SETTINGS"].demo:
        raise NotFound
    if rule in ("public", "by_secret", "machine", "dev_only"):
        return None
    if not viewer().is_authenticated:
        return redirect(url_for("sign_in.login", next=_way_back()), 303)
    if rule == "staff" and not viewer().has_any(roles):
        raise NotFound
    return None


def local_path(typed: str | None, default: str = "/me") -> str:
    """A path of this site to go on to: `typed` when it is one, else the default. Nothing leads to another host."""
    if not typed or not typed.startswith("/") or typed.startswith(("//", "/\\")) or not typed.isprintable() or len(typed) > 2000:
        return default
    parts = urlsplit(typed)
    return default if parts.scheme or parts.netloc or "\\" in parts.path else typed


def _way_back() -> str:
    """Where to go on after signing in: this page, or for a form that was sent the page it stood on."""
    if request.method in ("GET", "HEAD"):
        return local_path(request.full_path.rstrip("?"))
    came_from = urlsplit(request.referrer or "")
    return local_path(came_from.path) if came_from.netloc == request.host else "/me"


def person() -> Person:
    """The signed-in person's row, for views that show or change it."""
    found = db.session.get(Person, viewer().person_id)
    if found is None:
        raise NotFound
    return found
