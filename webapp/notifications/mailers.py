"""Ways out for mail: an SMTP server, or a folder of .eml files where the demonstration shows them (`MAIL_URL`)."""

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 15  # seconds for each step of the conversation
Send = Callable[[EmailMessage], None]


class ServerTrouble(Exception):
    """The mail server cannot be used at all just now: nothing more is tried in this round."""


class Refused(Exception):
    """The server will never take this mail (a 5xx answer): trying again would not help."""


class TryLater(Exception):
    """The server does not take this mail now (a 4xx answer)."""


class Mailer(Protocol):
    """A way out for mail. `connect` gives a function that sends one message and raises one of the three errors above."""

    def connect(self) -> AbstractContextManager[Send]:
        """Opens the way for a batch; ServerTrouble when it cannot be had."""


@dataclass(frozen=True)
class SmtpMailer:
    """`smtp://user:password@host:587?tls=1` (STARTTLS, demanded) or `smtps://host:465`: one connection for a batch."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    starttls: bool = False
    implicit_tls: bool = False
    own_name: str = "localhost"

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Opens the connection; ServerTrouble when it cannot be had."""
        try:
            line = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerTrouble(f"{self.host}:{self.port}: {error}") from error
        try:
            yield lambda message: _hand_over(line, message)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.implicit_tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, self.own_name, timeout=TIMEOUT, context=context)
        else:
            line = smtplib.SMTP(self.host, self.port, self.own_name, timeout=TIMEOUT)
        try:
            if self.starttls:
                line.starttls(context=context)
            if self.user:
                line.login(self.user, self.password)
        except BaseException:
            line.close()
            raise
        return line


@dataclass(frozen=True)
class FolderMailer:
    """Each mail as a file named after its Message-ID: sent again, it replaces itself. `/dev/mail` shows the folder."""

    folder: Path

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """Makes the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        yield self._write

    def _write(self, message: EmailMessage) -> None:
        name = message["Message-ID"].strip("<>").split("@")[0]
        half = self.folder / f".{name}.{os.getpid()}"
        half.write_bytes(message.as_bytes())
        half.replace(self.folder / f"{name}.eml")


def from_url(url: str, *, data_dir: Path, root: Path, own_name: str) -> Mailer | None:
    """The way out that MAIL_URL names; None when it names none. `file:` alone means DATA_DIR/mail; other paths start at `root`."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderMailer(root / parts.path if parts.path else data_dir / "mail")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("MAIL_URL must be like smtp://user:password@host:587?tls=1, smtps://host:465 or file:")
    implicit = parts.scheme == "smtps"
    return SmtpMailer(
        parts.hostname, parts.port or (465 if implicit else 587), unquote(parts.username or ""), unquote(parts.password or ""),
        starttls=parse_qs(parts.query).get("tls") == ["1"] and not implicit, implicit_tls=implicit, own_name=own_name,
    )


def _hand_over(line: smtplib.SMTP, message: EmailMessage) -> None:
    sender, recipient = (parseaddr(message[name])[1] for name in ("From", "To"))
    try:
        line.send_message(message, sender, [recipient])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[recipient]
        raise _meaning(code, words) from refused
    except smtplib.SMTPSenderRefused as refused:
        raise ServerTrouble(f"the server does not take mail from {sender}: {refused.smtp_error!r}") from refused
    except smtplib.SMTPDataError as refused:
        raise _meaning(refused.smtp_code, refused.smtp_error) from refused
    except smtplib.SMTPNotSupportedError as unable:
        raise Refused(str(unable)) from unable
    except (OSError, smtplib.SMTPException) as error:
        raise ServerTrouble(str(error) or type(error).__name__) from error


def _meaning(code: int, words: bytes | str) -> Exception:
    said = f"{code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    if code == 421:
        return ServerTrouble(said)
    return Refused(said) if code >= 500 else TryLater(said)
