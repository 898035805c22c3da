"""The mail a demonstration sent: it lies in a folder (`MAIL_URL=file:`) and goes nowhere.

A mail's HTML is shown in a frame that may run nothing and load nothing; its links open in the whole window.
"""

from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, current_app, render_template, request

from config import ROOT, Settings
from webapp.core.errors import NotFound
from webapp.notifications import filed, mailers
from webapp.notifications.mailers import FolderMailer
from webapp.web import access
from webapp.web.security import POLICY

pages = Blueprint("dev_mail", __name__)
SHOWN = 100
FRAME = ("default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; frame-ancestors 'self'; "
         "sandbox allow-top-navigation-by-user-activation")


@pages.get("/dev/mail")
@access.dev_only
def index() -> str:
    """The newest mails; `q` finds words of the recipient or the subject."""
    folder, words = _folder(), request.args.get("q", "")[:200]
    mails = filed.newest(folder, words, SHOWN) if folder else []
    return render_template("dev/mail.html", mails=mails, words=words, has_folder=folder is not None, shown=SHOWN)


@pages.get("/dev/mail/<uuid:ref>")
@access.dev_only
def show(ref: UUID) -> Response:
    """One mail: as a mail program shows it, as plain text, and what hangs on it."""
    mail = filed.open_mail(_some_folder(), ref)
    answer = Response(render_template(
        "dev/mail_one.html", mail=filed.summary(ref, mail), sender=str(mail["From"]), text=filed.body(mail, "plain"),
        has_html=bool(filed.body(mail, "html")), attachments=filed.attachments(mail)))
    pay = current_app.config["SETTINGS"].stripe_api_base
    answer.headers["Content-Security-Policy"] = POLICY.format(pay=pay, frames="'none'") + "; frame-src 'self'"
    return answer


@pages.get("/dev/mail/<uuid:ref>/html")
@access.dev_only
def html(ref: UUID) -> Response:
    """The HTML alone, for the frame."""
    written = filed.body(filed.open_mail(_some_folder(), ref), "html").replace("<head>", '<head><base target="_top">', 1)
    return Response(written, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": FRAME})


@pages.get("/dev/mail/<uuid:ref>/source")
@access.dev_only
def source(ref: UUID) -> Response:
    """The bytes a mail server would have had."""
    return Response(filed.source(_some_folder(), ref), content_type="text/plain; charset=utf-8")


@pages.get("/dev/mail/<uuid:ref>/attachments/<int:number>")
@access.dev_only
def attachment(ref: UUID, number: int) -> Response:
    """One attachment, as a download."""
    parts = filed.attachments(filed.open_mail(_some_folder(), ref))
    if number >= len(parts):
        raise NotFound("This mail has no such attachment.")
    part = parts[number]
    return Response(part.content, content_type=part.media_type,
                    headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(part.name, safe='')}"})


def _folder() -> Path | None:
    settings: Settings = current_app.config["SETTINGS"]
    mailer = mailers.from_url(settings.mail_url.get_secret_value(), data_dir=settings.data_dir, root=ROOT, own_name=settings.domain)
    return mailer.folder if isinstance(mailer, FolderMailer) else None


def _some_folder() -> Path:
    folder = _folder()
    if folder is None:
        raise NotFound("Mail goes to a real mail server here.")
    return folder
