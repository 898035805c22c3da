"""What a message says, as plain values: what a builder gives, what a mailer sends."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Withdrawn:
    """The facts no longer hold, so nothing is sent; `reason` is kept with the message for staff."""

    reason: str


@dataclass(frozen=True)
class Attachment:
    """A file of the mail. `media_type` may carry parameters: `text/calendar; method=REQUEST; charset=utf-8`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A finished mail to one recipient. `reference` is the left part of its Message-ID, the same on every attempt."""

    reference: str
    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = field(default=())
