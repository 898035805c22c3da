"""Pages that explain: privacy, and what robots may read."""

from flask import Blueprint, Response, render_template

from webapp.web import access

pages = Blueprint("info", __name__)


@pages.get("/privacy")
@access.public
def privacy() -> str:
    """What is kept, who sees it, for how long, and what is never kept."""
    return render_template("public/privacy.html")


@pages.get("/robots.txt")
@access.public
def robots() -> Response:
    """Everything public may be read, calendars too; what belongs to a person or to staff may not."""
    private = ("/me", "/manage", "/agency", "/door", "/orders", "/invoices", "/webhooks", "/api")
    return Response("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in private), mimetype="text/plain")
