"""A mail server that keeps what it is given: a real SMTP conversation, nothing leaves the machine."""

import logging
import socket
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.waiting import wait_until

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line of the conversation


class MailSink:
    """`with MailSink() as sink: ... sink.to("ada@home.example")`. `refuse` answers: address to the line SMTP says, as `"550 no"`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.port = _free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """The value for MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Listens, on the same port after a stop."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stops listening; what came in is kept."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[EmailMessage]:
        """What this address was sent, oldest first."""
        return [message for message in self.messages if address.lower() in str(message["To"]).lower()]

    def wait_for(self, address: str, *, subject: str = "", deadline: float = 20.0) -> EmailMessage:
        """The newest message to this address whose subject holds `subject`, once there is one."""
        found = wait_until(lambda: [m for m in self.to(address) if subject.lower() in str(m["Subject"]).lower()], deadline,
                           what=f"a mail to {address} about {subject!r}; subjects so far: {[str(m['Subject']) for m in self.messages]}")
        return found[-1]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """aiosmtpd asks whether it may take mail for this address."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd hands a whole message over."""
        body: Any = envelope.content
        self.messages.append(BytesParser(EmailMessage, policy=policy.default).parsebytes(body))
        return "250 kept"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
