"""Mails by the facts at sending."""

import re

from sqlalchemy import func, select

from tests.factories import people
from webapp.accounts.models import AccessToken, EmailAddress, Person
from webapp.core.db import db, transaction
from webapp.jobs import rendering
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.notifications.leases import Claim


def written(kind, facts, **more):
    with transaction():
        message = outbox.write(fact=f"{kind}:1", kind=kind, to_address="maren@home.example", facts=facts, **more)
        return Claim(**{name: getattr(message, name) for name in Claim.__dataclass_fields__})


def somebody(given="Maren"):
    with transaction():
        return people.person(given, "Køhl")


def address_of(person):
    return db.session.scalar(select(EmailAddress.id).where(EmailAddress.person_id == person.id))


def test_a_mail_says_what_is_true_when_it_is_sent_not_when_it_was_written(db_session):
    person = somebody()
    claim = written("password_changed", {"person_id": person.id})
    with transaction():
        db.session.get(Person, person.id).given_name = "Mara"
    assert rendering.render(claim).text.startswith("Hello Mara,")


def test_what_no_longer_holds_is_withdrawn_with_the_reason(db_session):
    assert rendering.render(written("magic_link", {"email_address_id": 999})) == Withdrawn("The address was taken away.")


def test_a_link_is_made_at_rendering_and_only_its_hash_is_kept(db_session):
    person = somebody()
    claim = written("magic_link", {"email_address_id": address_of(person)})
    before = db.session.scalar(select(func.count(AccessToken.id)))
    mail = rendering.render(claim)
    secret = re.search(r"http://attune\.test/magic/(\S+)", mail.text)[1]
    hashes = list(db.session.scalars(select(AccessToken.token_hash)))
    assert len(hashes) == before + 1
    assert secret not in hashes
    assert f'href="http://attune.test/magic/{secret}"' in mail.html


def test_a_name_is_escaped_in_html_and_plain_in_text(db_session):
    person = somebody("<b>Maren</b>")
    mail = rendering.render(written("password_changed", {"person_id": person.id}))
    assert "&lt;b&gt;Maren" in mail.html
    assert "Hello <b>Maren</b>," in mail.text


def test_the_subject_is_one_line(db_session):
    person = somebody()
    assert "\n" not in rendering.render(written("password_changed", {"person_id": person.id})).subject
