"""A finished mail as the bytes of RFC 5322: addresses, headers, text and HTML, attachments.

Nothing a person typed can add a header: names and subjects go through the library's structured headers, which refuse line ends.
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import cast

from webapp.notifications.contents import Attachment, Mail


class Unsendable(Exception):
    """No mail can be written to this address; trying again would not help."""


def seal(mail: Mail, *, sender: str, domain: str, at: datetime) -> EmailMessage:
    """The message to hand over. `sender` is MAIL_FROM; refuses an address that cannot be written (Unsendable)."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{mail.reference}@{domain}>"
    message["Date"] = format_datetime(at)
    message["From"] = _address(*parseaddr(sender))
    message["To"] = _address(mail.to_name, mail.to_address)
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        _attach(message, attachment)
    return message


def _address(name: str, address: str) -> Address:
    try:
        return Address(display_name=" ".join(name.split()), addr_spec=address)
    except Exception as error:  # the parser of the library raises many kinds for what is no address
        raise Unsendable(f"not an address a mail can be sent to: {error}") from error


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    """A file; a calendar part with a method is one more form of the words instead (RFC 6047): that is where calendars look for it."""
    kind, *rest = (part.strip() for part in attachment.media_type.split(";"))
    params = dict(part.split("=", 1) for part in rest)
    maintype, subtype = kind.split("/")
    if kind == "text/calendar" and "method" in params:
        _body(message).add_alternative(attachment.content.decode(), subtype="calendar", cte="base64", params={"method": params["method"]})
        return
    message.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name, params=params)


def _body(message: EmailMessage) -> EmailMessage:
    if message.get_content_subtype() != "mixed":
        return message
    return cast("list[EmailMessage]", message.get_payload())[0]
