"""Real conversations with a real mail server on loopback."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tests.support.mailsink import MailSink
from webapp.notifications import envelopes, mailers
from webapp.notifications.contents import Attachment, Mail
from webapp.notifications.mailers import Refused, ServerTrouble, SmtpMailer, TryLater

pytestmark = pytest.mark.real_time
INVITATION = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def sink():
    with MailSink() as made:
        yield made


def sealed(to="maren@home.example", **more):
    mail = Mail("ref-1", to, more.pop("name", "Maren"), more.pop("subject", "Hello"), "Grüße\n", "<p>Grüße</p>", **more)
    return envelopes.seal(mail, sender="Attune <no-reply@attune.test>", domain="attune.test", at=datetime(2026, 7, 1, tzinfo=UTC))


def send(sink, *messages):
    with mailers.from_url(sink.url, data_dir=None, root=None, own_name="attune.test").connect() as hand_over:
        for message in messages:
            hand_over(message)


def test_text_html_and_umlauts_arrive(sink):
    send(sink, sealed(subject="Schöne Grüße aus Fond du Lac ❄", name="ליאור בן־דוד"))
    got = sink.messages[0]
    assert (got["Subject"], got["To"].addresses[0].display_name) == ("Schöne Grüße aus Fond du Lac ❄", "ליאור בן־דוד")
    assert [part.get_content().strip() for part in got.iter_parts()] == ["Grüße", "<p>Grüße</p>"]


def test_several_mails_use_one_connection(sink):
    send(sink, sealed("a@home.example"), sealed("b@home.example"))
    assert [str(m["To"]) for m in sink.messages] == ["Maren <a@home.example>", "Maren <b@home.example>"]


def test_an_invitation_is_one_more_form_of_the_words_and_no_file(sink):
    send(sink, sealed(attachments=(Attachment("invite.ics", "text/calendar; method=REQUEST; charset=utf-8", INVITATION),
                                   Attachment("receipt.pdf", "application/pdf", b"%PDF-1.4"))))
    kinds = [(part.get_content_type(), part.get_param("method"), part.get_filename()) for part in sink.messages[0].walk()]
    assert kinds == [("multipart/mixed", None, None), ("multipart/alternative", None, None), ("text/plain", None, None),
                     ("text/html", None, None), ("text/calendar", "REQUEST", None), ("application/pdf", None, "receipt.pdf")]
    assert list(sink.messages[0].walk())[4].get_payload(decode=True) == INVITATION


def test_what_is_attached_arrives_byte_for_byte(sink):
    send(sink, sealed(attachments=(Attachment("invite.ics", "text/calendar; charset=utf-8", INVITATION),)))
    assert next(sink.messages[0].iter_attachments()).get_payload(decode=True) == INVITATION


@pytest.mark.parametrize(("said", "meaning"), [("550 no such mailbox", Refused), ("451 busy", TryLater), ("421 closing", ServerTrouble)])
def test_what_the_server_says_is_understood(sink, said, meaning):
    sink.refuse["maren@home.example"] = said
    with pytest.raises(meaning, match=said.split()[1]):
        send(sink, sealed())


def test_a_refused_recipient_does_not_end_the_conversation(sink):
    sink.refuse["gone@home.example"] = "550 no"
    mailer = SmtpMailer("127.0.0.1", sink.port)
    with mailer.connect() as hand_over:
        with suppress(Refused):
            hand_over(sealed("gone@home.example"))
        hand_over(sealed())
    assert len(sink.messages) == 1


def test_a_server_that_is_not_there_is_trouble():
    with pytest.raises(ServerTrouble, match="Connection refused"), SmtpMailer("127.0.0.1", 9).connect():
        pass


def test_a_server_without_tls_gets_no_password(sink):
    with pytest.raises(ServerTrouble, match="STARTTLS"), SmtpMailer("127.0.0.1", sink.port, "me", "secret", starttls=True).connect():
        pass


@pytest.mark.parametrize(("url", "expected"), [
    ("smtp://u%40x.org:p%2Fw@mail.example:2525?tls=1", ("mail.example", 2525, "u@x.org", "p/w", True, False)),
    ("smtps://mail.example", ("mail.example", 465, "", "", False, True)),
    ("smtp://mail.example", ("mail.example", 587, "", "", False, False)),
])
def test_the_setting_is_read(url, expected):
    found = mailers.from_url(url, data_dir=None, root=None, own_name="x")
    assert (found.host, found.port, found.user, found.password, found.starttls, found.implicit_tls) == expected


def test_a_mail_put_into_a_folder_twice_is_one_file(tmp_path):
    mailer = mailers.from_url("file:", data_dir=tmp_path, root=tmp_path, own_name="x")
    for _ in range(2):
        with mailer.connect() as hand_over:
            hand_over(sealed())
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["ref-1.eml"]
