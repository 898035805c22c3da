"""/widget and /widget.js: our coming events inside other sites. No cookie, nothing that follows anybody, kept by caches."""

from flask import Blueprint, Response, current_app, request

from webapp.catalog.queries import listing as queries
from webapp.core import clock
from webapp.web import access
from webapp.web.events import addresses, listing, widget

pages = Blueprint("widget", __name__)
KEPT, SCRIPT_KEPT = 300, 3600  # seconds


@pages.get("/widget")
@access.public
def frame() -> Response:
    """The next events by the catalog's filters, `programme`, `count` and `scheme`, for a frame on another site."""
    wanted, now = widget.parse(request.args.to_dict()), clock.now()
    rows = queries.coming(now, most=wanted.count, where=wanted.conditions)
    asked = addresses.query(wanted.filters)
    # Printed without the pages' context: that asks who is looking, and nobody is asked for a cookie on another site.
    body = current_app.jinja_env.get_template("public/widget.html").render(
        months=listing.by_month(rows, listing.printed(rows, now)), scheme=wanted.scheme,
        association=current_app.config["SETTINGS"].association_name,
        more=f"/programmes/{wanted.programme}" if wanted.programme and rows else addresses.events(asked))
    answer = _kept(body, "text/html; charset=utf-8", KEPT)
    answer.headers["X-Embeddable"] = "yes"
    return answer


@pages.get("/widget.js")
@access.public
def script() -> Response:
    """The script that puts the frame where it stands on another site, as high as its content."""
    body = current_app.jinja_env.get_template("public/widget.js").render()
    return _kept(body, "text/javascript; charset=utf-8", SCRIPT_KEPT)


def _kept(body: str, content_type: str, seconds: int) -> Response:
    answer = Response(body, content_type=content_type)
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]  # it is this answer
