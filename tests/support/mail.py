"""What the outbox would send, rendered now: for tests that follow a link of a mail."""

import re

from sqlalchemy import select

from webapp.core.db import db
from webapp.jobs import rendering
from webapp.notifications.contents import Mail, Withdrawn
from webapp.notifications.leases import Claim
from webapp.notifications.models import Message


def kinds(to: str) -> list[str]:
    """The kinds of message written to the address, oldest first."""
    return list(db.session.scalars(select(Message.kind).where(Message.to_address == to).order_by(Message.id)))


def last(to: str, kind: str = "") -> Mail:
    """The newest mail to the address, of this kind if one is named.

    Ends the test's own transaction first, as the courier's begins with a rollback.
    """
    db.session.commit()
    wanted = [Message.to_address == to, *([Message.kind == kind] if kind else [])]
    message = db.session.scalars(select(Message).where(*wanted).order_by(Message.id.desc())).first()
    assert message is not None, f"nothing was written to {to}"
    mail = rendering.render(Claim(id=message.id, fact=message.fact, kind=message.kind, facts=message.facts, to_address=message.to_address,
                                  to_name=message.to_name, message_id=message.message_id, attempts=1))
    assert not isinstance(mail, Withdrawn), mail
    return mail


def link(to: str) -> str:
    """The path of the first link with a secret in the newest mail to the address."""
    found = re.search(r"https?://[^/\s]+(/(?:verify-address|magic|reset)/\S+)", last(to).text)
    assert found, "no link in the mail"
    return found[1]
