"""Mail: the way out is open, and nothing waits that should have gone."""

from collections.abc import Iterator
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from config import Settings
from webapp.cli.checks.finding import Finding, fault, ok, warning
from webapp.core import clock
from webapp.core.db import db
from webapp.jobs import post
from webapp.notifications.mailers import FolderMailer, ServerTrouble, SmtpMailer
from webapp.notifications.models import Message

LATE = timedelta(minutes=15)


def check() -> Iterator[Finding]:
    """Opens a conversation with the mail server, without sending anything."""
    settings: Settings = current_app.config["SETTINGS"]
    mailer = post.mailer(settings)
    if mailer is None:
        yield fault("MAIL_URL is not set: no mail leaves", "Set MAIL_URL=smtp://user:password@host:587?tls=1")
        return
    if isinstance(mailer, FolderMailer) and not settings.demo:
        yield fault(f"mail is put into {mailer.folder} and reaches nobody", "Set MAIL_URL to a mail server.")
    if isinstance(mailer, SmtpMailer) and mailer.user and not (mailer.starttls or mailer.implicit_tls):
        yield warning("the mail server's password travels unencrypted", "Add ?tls=1 to MAIL_URL, or use smtps://")
    try:
        with mailer.connect():
            yield ok("the mail server answers" if isinstance(mailer, SmtpMailer) else "mail is written to a folder")
    except ServerTrouble as trouble:
        yield fault(f"the mail server cannot be used: {trouble}", "Check MAIL_URL. Until then mail waits and is not lost.")
    yield from _waiting()


def _waiting() -> Iterator[Finding]:
    late = select(func.count()).where(Message.state == "waiting", Message.not_before < clock.now() - LATE)
    failed = select(func.count()).where(Message.state == "failed")
    try:
        late_count, failed_count = db.session.scalar(late) or 0, db.session.scalar(failed) or 0
    except DBAPIError:
        return  # the database check says why
    finally:
        db.session.rollback()
    if late_count:
        yield warning(f"{late_count} mails have waited for more than 15 minutes",
                      "See that a worker runs; its log says why mail is late.")
    if failed_count:
        yield warning(f"{failed_count} mails were given up",
                      "See `flask --app wsgi mail failed`; after the cause is gone: `mail retry`.")
