"""Invitations as a mail server gets them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import ics, program
from tests.support.mailsink import MailSink
from webapp.calendars import keys, standing, ways
from webapp.catalog import parts as parts_of_catalog
from webapp.catalog.models import Event, Session
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.jobs import rendering
from webapp.notifications import courier
from webapp.notifications.mailers import SmtpMailer
from webapp.notifications.models import Message
from webapp.notifications.receipts import Receipts
from webapp.registration import orders, programme
from webapp.registration import registrations as places
from webapp.registration.models import Seat
from webapp.registration.orders import Attendee
from webapp.registration.substitution import Colleague

pytestmark = pytest.mark.real_time
MAREN = "maren@home.example"


@pytest.fixture(scope="module")
def sink():
    with MailSink() as made:
        yield made


@pytest.fixture
def sent(sink, tmp_path, db_session):
    """`sent()` delivers all that is due over SMTP and returns what this delivery brought to one address: to Maren's by default."""
    office = courier.Office("Attune <no-reply@attune.test>", "attune.test", Receipts(tmp_path / "outbox"))

    def deliver(to=MAREN):
        before = len(sink.to(to))
        courier.deliver(clock.now() + timedelta(minutes=1), rendering.render, SmtpMailer("127.0.0.1", sink.port), office)
        return sink.to(to)[before:]

    return deliver


@pytest.fixture
def maren(db_session):
    with transaction():
        return people.person("Maren", "Kowalczyk", email=MAREN)


def booked(person, **event):
    with transaction():
        made = events.workshop(**event)
        return made.id, [one.id for one in events.sessions(made)], registrations.registered(made, person).id


def move(session_id, days=40):
    with transaction():
        programme.move_session(session_id, events.at(days), events.at(days, 12), actor_id=None)


def read_by_google(person):
    with transaction():
        keys.log_fetch(keys.make(kind="person", name="Google", person_id=person.id).id, "google", clock.now() - timedelta(hours=9))


def caught_up(later=timedelta()):
    with transaction():
        return standing.catch_up(clock.now() + later)


def parts(mails):
    return [program.part_of(mail) for mail in mails]


def entry(mail):
    found, = program.entries(program.part_of(mail)[1]).values()
    return found


def words(mail):
    return re.sub(r"\s+", " ", mail.get_body(("plain",)).get_content())


def test_the_confirmation_of_one_session_is_the_invitation(maren, sent):
    booked(maren)
    mail, = sent()
    shape = [part.get_content_type() for part in mail.walk()]
    assert shape == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    part = list(mail.walk())[-1]
    assert (part.get_param("method"), part.get_content_charset(), part.get_filename()) == ("REQUEST", "utf-8", None)
    assert ics.check(program.part_of(mail)[1]) == []
    assert "This mail is an invitation" in words(mail)


def test_an_invitation_asks_one_attendee_for_no_answer(maren, sent):
    booked(maren)
    mail, = sent()
    asked = entry(mail)["attendee"]
    assert str(asked) == f"mailto:{MAREN}"
    assert {name: str(asked.params[name]) for name in ("CN", "PARTSTAT", "RSVP")} == {
        "CN": "Maren Kowalczyk", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    assert str(entry(mail)["organizer"]) == "mailto:no-reply@attune.example"


def test_two_or_three_sessions_come_as_a_mail_each(maren, sent):
    _, _, place = booked(maren, days=3)
    mails = [*sent(), *sent()]
    uids = [str(entry(mail)["uid"]) for mail in mails]
    assert uids == list(db.session.scalars(select(Seat.ical_uid).filter_by(registration_id=place).order_by(Seat.id)))
    assert "2 other sessions come in mails of their own" in words(mails[0])
    assert [str(mail["Subject"]).split(":")[0] for mail in mails] == ["Your place", "For your calendar", "For your calendar"]


def test_many_sessions_come_as_one_file_and_only_one_that_changes_as_an_invitation(maren, sent):
    _, sessions, _ = booked(maren, days=5)
    mail, = sent()
    file, = mail.iter_attachments()
    assert (program.part_of(mail), file.get_filename()) == (None, "sleep-and-feeding-in-the-first-year.ics")
    assert len(program.entries(file.get_payload(decode=True))) == 5
    move(sessions[2])
    changed, = sent()
    assert (program.part_of(changed)[0], entry(changed)["sequence"]) == ("REQUEST", 1)


def test_a_moved_session_is_updated_by_the_mail_that_says_so(maren, sent):
    _, sessions, _ = booked(maren)
    first, = sent()
    move(sessions[0])
    second, = sent()
    assert (entry(first)["uid"], entry(first)["sequence"]) == (entry(second)["uid"], 0)
    assert (entry(second)["sequence"], entry(second)["dtstart"].dt) == (1, db.session.get_one(Session, sessions[0]).starts_at)
    assert "This mail changes the entry in your calendar" in words(second)


def test_a_cancelled_session_and_a_place_given_back_read_differently(maren, sent):
    _, sessions, place = booked(maren, days=2)
    sent(), sent()
    with transaction():
        programme.cancel_session(sessions[0], actor_id=None, reason="The speaker is ill.")
    off, = sent()
    with transaction():
        places.cancel(place, by_id=None)
    left, = sent()
    assert [method for method, _ in parts([off, left])] == ["CANCEL", "CANCEL"]
    assert (str(entry(off)["status"]), "status" in entry(left)) == ("CANCELLED", False)
    assert (str(entry(off)["summary"])[:9], str(entry(left)["summary"])[:5]) == ("CANCELLED", "Sleep")
    assert "The session itself takes place" in str(entry(left)["description"])
    assert [ics.check(body) for _, body in parts([off, left])] == [[], []]


def test_a_place_handed_on_leaves_one_calendar_and_enters_another(maren, sent, sink):
    _, _, place = booked(maren)
    invited, = sent()
    with transaction():
        places.substitute(place, Colleague("Sam", "Reed", "sam@home.example"), by_id=None)
    gone, = sent()
    came, = sink.to("sam@home.example")
    assert [parts([mail])[0][0] for mail in (invited, gone, came)] == ["REQUEST", "CANCEL", "REQUEST"]
    assert entry(gone)["uid"] == entry(invited)["uid"] != entry(came)["uid"]
    assert "This mail takes the entry out of your calendar." in words(gone) and "You take the place of Maren Kowalczyk" in words(came)


def test_a_place_that_moves_leaves_the_calendar_at_one_date_and_enters_it_at_another(maren, sent):
    event, _, place = booked(maren)
    invited, = sent()
    with transaction():
        later = events.workshop("Later", starts=events.at(60))
        later.course_id = db.session.get_one(Event, event).course_id = parts_of_catalog.course("SLEEP", "Sleep").id
        db.session.flush()
        new = places.transfer(place, later.id, by_id=None).registration_id
    came, gone = [*sent(), *sent()]
    assert [parts([mail])[0][0] for mail in (invited, came, gone)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert entry(gone)["uid"] == entry(invited)["uid"] != entry(came)["uid"]
    assert entry(came)["uid"] == db.session.scalar(select(Seat.ical_uid).filter_by(registration_id=new))
    assert "It is in place of Sleep and feeding in the first year" in words(came) and str(came["Subject"]) == "Your new date: Later"
    assert caught_up(timedelta(minutes=11)) == 0


def test_a_place_whose_name_follows_is_in_no_calendar_and_invites_who_is_named(maren, sent, sink):
    with transaction():
        event = events.workshop()
        wish = Attendee(registrations.type_of(event).id, to_follow=True)
        order = orders.hold(event.id, [wish], registrations.buyer(maren)).order_id
        orders.place(order, "invoice", bill_to=registrations.BILL_TO)
        session, = (one.id for one in events.sessions(event))
        place = registrations.of_order(order).id
    move(session)
    assert [part for part in parts([*sent(), *sent()]) if part] == []
    with transaction():
        places.substitute(place, Colleague("Nora", "Neu", "nora@home.example"), by_id=None)
    invited, = sent("nora@home.example")
    move(session, 41)
    moved, = sent("nora@home.example")
    assert [part[0] for part in parts([invited, moved])] == ["REQUEST", "REQUEST"]
    assert [(str(one["attendee"]), one["sequence"]) for one in (entry(invited), entry(moved))] == [
        ("mailto:nora@home.example", 1), ("mailto:nora@home.example", 2)]
    assert [part for part in parts(sent()) if part] == []


def test_a_cancelled_event_takes_every_entry_out(maren, sent):
    event, _, _ = booked(maren, days=2)
    sent(), sent()
    with transaction():
        programme.cancel_event(event, actor_id=None, reason="The hall burned down.")
    mails = [*sent(), *sent()]
    assert [(method, str(one["status"])) for (method, _), one in zip(parts(mails), map(entry, mails), strict=True)] == [
        ("CANCEL", "CANCELLED"), ("CANCEL", "CANCELLED")]


def test_who_registers_again_is_invited_under_a_new_uid(maren, sent):
    event, _, place = booked(maren)
    first, = sent()
    with transaction():
        places.cancel(place, by_id=None)
    sent()
    with transaction():
        registrations.registered(db.session.get_one(Event, event), maren)
    again, = sent()
    assert (program.part_of(again)[0], entry(again)["uid"] == entry(first)["uid"]) == ("REQUEST", False)


def test_a_guest_is_invited_too(sent, db_session):
    with transaction():
        ana = people.guest("Ana", "Silva", email="ana@home.example")
    booked(ana)
    mail, = sent("ana@home.example")
    assert str(entry(mail)["attendee"]) == "mailto:ana@home.example"


def test_whose_calendar_google_reads_gets_words_and_no_second_entry(maren, sent):
    read_by_google(maren)
    _, sessions, _ = booked(maren)
    mail, = sent()
    move(sessions[0])
    moved, = sent()
    assert parts([mail, moved]) == [None, None]
    assert "when Google Calendar reads it next; it did so 9 hours ago" in words(mail)
    assert "9:00 am to 12:00 pm" in words(moved)


@pytest.mark.parametrize(("way", "invited"), [("mail", True), ("both", True), ("auto", False), ("feed", False)])
def test_what_she_chose_counts(maren, sent, way, invited):
    read_by_google(maren)
    with transaction():
        ways.choose(maren.id, way)
    booked(maren)
    mail, = sent()
    assert (program.part_of(mail) is not None) == invited


def test_a_request_that_comes_late_for_a_place_given_back_is_never_sent(maren, sent):
    _, _, place = booked(maren)
    with transaction():
        places.cancel(place, by_id=None)
    mail, = sent()
    assert (str(mail["Subject"]).split(":")[0], program.part_of(mail)) == ("Cancelled", None)


def test_a_mail_that_waited_tells_the_newest_state_and_the_older_sequence_is_never_sent(maren, sent, sink):
    _, sessions, _ = booked(maren)
    sink.refuse[MAREN] = "451 later"
    sent()
    move(sessions[0])
    sink.refuse.clear()
    change, = sent()
    db.session.execute(Message.__table__.update().where(Message.state == "waiting", Message.kind == "registration_confirmed")
                       .values(not_before=clock.now()))
    db.session.commit()
    late, = sent()
    assert (entry(change)["sequence"], program.part_of(late)) == (1, None)
    assert "8:00" not in words(late)


def test_a_new_title_reaches_the_calendar_once_it_is_settled(maren, sent):
    _, sessions, _ = booked(maren)
    sent()
    for title in ("Slep", "Sleep"):
        with transaction():
            programme.update_session(sessions[0], actor_id=None, title=title)
    assert [caught_up(), caught_up(standing.QUIET), caught_up(standing.QUIET)] == [0, 1, 0]
    mail, = sent()
    assert str(entry(mail)["summary"]).endswith(": Sleep")
    assert str(mail["Subject"]).startswith("Changed in your calendar")
