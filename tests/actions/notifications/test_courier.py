"""The courier with a way out that keeps what it is given, or says no as mail servers do."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import NOW
from webapp.core.db import db, transaction
from webapp.notifications import courier, leases, outbox
from webapp.notifications.contents import Mail, Withdrawn
from webapp.notifications.mailers import Refused, ServerTrouble, TryLater
from webapp.notifications.models import Message
from webapp.notifications.receipts import Receipts


class PostBox:
    """Keeps mails; `answers` says no to an address, `closed` to everybody."""

    def __init__(self):
        self.mails, self.answers, self.closed = [], {}, False

    @contextmanager
    def connect(self):
        if self.closed:
            raise ServerTrouble("connection refused")
        yield self._take

    def _take(self, message):
        if trouble := self.answers.get(message["To"].addresses[0].addr_spec):
            raise trouble
        self.mails.append(message)


def render(claim):
    if claim.kind == "void":
        return Withdrawn("The session was moved.")
    if claim.kind == "broken":
        raise LookupError("no such session")
    return Mail(claim.message_id, claim.to_address, claim.to_name, f"About {claim.fact}", "text\n", "<p>text</p>")


@pytest.fixture
def box():
    return PostBox()


@pytest.fixture
def office(tmp_path):
    return courier.Office("Attune <no-reply@attune.test>", "attune.test", Receipts(tmp_path / "outbox"))


@pytest.fixture
def deliver(box, office):
    return lambda now=NOW: courier.deliver(now, render, box, office)


def write(fact, address="maren@home.example", kind="plain", **more):
    with transaction():
        outbox.write(fact=fact, kind=kind, to_address=address, **more)


def state(fact):
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.fact == fact)).one()


def test_what_is_due_is_sent_under_its_message_id(deliver, box):
    write("a", to_name="Maren Køhl")
    assert deliver() == {"sent": 1}
    assert box.mails[0]["Message-ID"] == f"<{state('a').message_id}@attune.test>"
    assert box.mails[0]["To"].addresses[0].display_name == "Maren Køhl"
    assert (state("a").state, state("a").sent_at, state("a").subject) == ("sent", NOW, "About a")


def test_what_was_sent_is_not_sent_again(deliver, box):
    write("a")
    deliver()
    assert deliver() == {}
    assert len(box.mails) == 1


def test_what_is_not_due_waits(deliver, box):
    write("later", not_before=NOW + timedelta(hours=1))
    assert deliver() == {}
    assert deliver(NOW + timedelta(hours=1)) == {"sent": 1}


def test_what_does_not_hold_any_more_is_withdrawn(deliver, box):
    write("a", kind="void")
    assert deliver() == {"withdrawn": 1}
    assert (box.mails, state("a").note) == ([], "The session was moved.")


def test_a_message_that_cannot_be_rendered_stands_in_nobodys_way(deliver):
    write("bad", kind="broken")
    write("good")
    assert deliver() == {"later": 1, "sent": 1}
    assert state("bad").last_error == "LookupError: no such session"


def test_a_temporary_refusal_is_tried_again_after_longer_and_longer_waits(deliver, box):
    box.answers["maren@home.example"] = TryLater("451 busy")
    write("a")
    waits, now = [], NOW
    for _ in range(4):
        deliver(now)
        waits.append(state("a").not_before - now)
        now = state("a").not_before
    assert waits == [timedelta(minutes=m) for m in (1, 2, 4, 8)]


def test_a_message_is_given_up_after_the_last_attempt(deliver, box, caplog):
    box.answers["maren@home.example"] = TryLater("451 busy")
    write("a")
    for _ in range(leases.MOST_ATTEMPTS):
        deliver(state("a").not_before)
    assert (state("a").state, state("a").last_error) == ("failed", "451 busy")
    assert "mail_given_up" in caplog.text


def test_a_lasting_refusal_is_given_up_at_once(deliver, box):
    box.answers["gone@home.example"] = Refused("550 no such mailbox")
    write("a", "gone@home.example")
    assert deliver() == {"failed": 1}
    assert state("a").last_error == "550 no such mailbox"


@pytest.mark.parametrize("address", ["no at sign", "two@@home.example", "a@b\r\nBcc: eve@evil.example", ""])
def test_what_is_no_address_is_given_up_and_hurts_nobody(deliver, box, address):
    write("a", address)
    write("b")
    assert deliver() == {"failed": 1, "sent": 1}
    assert [mail["To"] for mail in box.mails] == ["maren@home.example"]


def test_a_name_cannot_add_a_header(deliver, box):
    write("a", to_name="Eve\r\nBcc: eve@evil.example")
    deliver()
    assert box.mails[0]["Bcc"] is None
    assert b"\nBcc:" not in box.mails[0].as_bytes()


def test_a_dead_mail_server_costs_no_message_an_attempt(deliver, box):
    write("a")
    box.closed = True
    assert deliver() == {}
    assert (state("a").state, state("a").attempts) == ("waiting", 0)
    box.closed = False
    assert deliver() == {"sent": 1}


def test_a_server_lost_in_the_middle_leaves_the_rest_untouched(deliver, box):
    box.answers["b@home.example"] = ServerTrouble("connection lost")
    for name in "abc":
        write(name, f"{name}@home.example")
    assert deliver() == {"sent": 1}
    assert [(state(n).state, state(n).attempts) for n in "abc"] == [("sent", 1), ("waiting", 1), ("waiting", 0)]


def left_by_a_dead_courier(fact, office, *, said=b""):
    write(fact)
    message = state(fact)
    leases.claim(message.id, NOW)
    (office.receipts.folder / message.message_id).write_bytes(said)


def test_what_a_dead_courier_had_not_handed_over_is_sent_at_once_under_the_same_id(deliver, box, office):
    left_by_a_dead_courier("a", office)
    assert deliver() == {"sent": 1}
    assert box.mails[0]["Message-ID"] == f"<{state('a').message_id}@attune.test>"


def test_what_the_server_took_before_the_courier_died_is_not_sent_again(deliver, box, office):
    left_by_a_dead_courier("a", office, said=b"taken\n")
    assert deliver() == {}
    assert (box.mails, state("a").state, list(office.receipts.folder.iterdir())) == ([], "sent", [])


def test_a_courier_that_lives_keeps_its_message_however_late(deliver, box, office):
    write("a")
    with office.receipts.hold(state("a").message_id):
        leases.claim(state("a").id, NOW)
        assert deliver(NOW + 2 * leases.LEASE) == {}
    assert state("a").state == "sending"


def test_a_courier_unknown_here_keeps_its_message_until_its_lease_ends(deliver, box):
    write("a")
    leases.claim(state("a").id, NOW)
    assert deliver(NOW + leases.LEASE - timedelta(seconds=1)) == {}
    assert deliver(NOW + leases.LEASE) == {"sent": 1}


def test_a_courier_that_overstayed_cannot_settle_what_another_took(office):
    write("a")
    first = leases.claim(state("a").id, NOW)
    leases.release(first)
    second = leases.claim(state("a").id, NOW)
    assert not leases.settle_sent(first, NOW, "late")
    assert leases.settle_sent(second, NOW, "in time")
    assert state("a").subject == "in time"
