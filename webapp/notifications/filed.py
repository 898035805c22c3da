"""The mails a FolderMailer wrote, read again for the page that shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from webapp.core.errors import NotFound
from webapp.core.text import searchable


@dataclass(frozen=True)
class Filed:
    """One mail in the list."""

    ref: str
    at: datetime
    to: str
    subject: str
    attachments: int = 0


@dataclass(frozen=True)
class Part:
    """An attachment: its place in the mail, name, media type and bytes."""

    number: int
    name: str
    media_type: str
    content: bytes


def newest(folder: Path, words: str = "", limit: int = 100) -> list[Filed]:
    """The newest mails first, of those whose recipient or subject holds every one of the words."""
    wanted = searchable(words).split()
    found = [one for one in _headers(folder) if all(word in searchable(one.to, one.subject) for word in wanted)]
    return sorted(found, key=lambda one: (one.at, one.ref), reverse=True)[:limit]


def open_mail(folder: Path, ref: UUID) -> EmailMessage:
    """The mail with this reference; NotFound when the folder has none."""
    return message_from_bytes(source(folder, ref), policy=SMTP)


def source(folder: Path, ref: UUID) -> bytes:
    """The mail as it would have gone over the wire."""
    path = folder / f"{ref}.eml"
    if not path.is_file():
        raise NotFound("There is no such mail.")
    return path.read_bytes()


def body(mail: EmailMessage, kind: str) -> str:
    """The part for people, `plain` or `html`; empty when there is none."""
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


def attachments(mail: EmailMessage) -> list[Part]:
    """What hangs on the mail, in order; then its invitation, which is one more form of the words and has no name."""
    named = [(part.get_filename(), part) for part in mail.iter_attachments()]
    named += [(f"{part.get_param('method')}.ics".lower(), part) for part in mail.walk() if part.get_param("method")]
    return [Part(number, name or f"part-{number}", part.get_content_type(), _bytes(part)) for number, (name, part) in enumerate(named)]


def summary(ref: UUID, mail: EmailMessage) -> Filed:
    """What the list shows of it, with the number of attachments."""
    return Filed(str(ref), _date(mail["Date"]), _people(mail["To"]), str(mail["Subject"]), len(attachments(mail)))


def _headers(folder: Path) -> Iterator[Filed]:
    parser = BytesHeaderParser(policy=SMTP)
    for path in folder.glob("*.eml"):
        with path.open("rb") as file:
            head = parser.parse(file)
        yield Filed(path.stem, _date(head["Date"]), _people(head["To"]), str(head["Subject"]))


def _people(header: Any) -> str:
    return ", ".join(f"{one.display_name} <{one.addr_spec}>" if one.display_name else one.addr_spec for one in header.addresses)


def _date(value: object) -> datetime:
    return parsedate_to_datetime(str(value)).astimezone(UTC)


def _bytes(part: EmailMessage) -> bytes:
    return cast("bytes", part.get_payload(decode=True) or b"")
