"""`flask --app wsgi mail ...`: mails that were given up, and trying them again."""

import click
from flask.cli import AppGroup
from sqlalchemy import select, update

from webapp.core import clock, work
from webapp.core.db import db, transaction
from webapp.notifications.models import Message

mail = AppGroup("mail", help="Mails that were given up.")


@mail.command("failed")
def failed() -> None:
    """Lists the mails that were given up, with the reason."""
    rows = db.session.execute(select(Message.id, Message.kind, Message.to_address, Message.last_error)
                              .where(Message.state == "failed").order_by(Message.id)).all()
    for row in rows:
        click.echo(f"{row.id}  {row.kind}  {row.to_address}  {row.last_error}")
    click.echo(f"{len(rows)} given up")


@mail.command("retry")
@click.argument("ids", nargs=-1, type=int)
def retry(ids: tuple[int, ...]) -> None:
    """Sends mails that were given up once more: those named by id, or all."""
    statement = update(Message).where(Message.state == "failed").values(state="waiting", attempts=0, not_before=clock.now())
    if ids:
        statement = statement.where(Message.id.in_(ids))
    with transaction():
        count = len(db.session.execute(statement.returning(Message.id)).all())
        work.waits("mail")
    click.echo(f"{count} wait to be sent again")
