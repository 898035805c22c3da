"""/dev/mail: what a demonstration sent, and how little its HTML may do."""

from datetime import timedelta

import pytest

from tests.conftest import NOW, make_settings
from webapp import create_app
from webapp.notifications import envelopes
from webapp.notifications.contents import Attachment, Mail
from webapp.notifications.mailers import FolderMailer

REF = "8d4cd378-db7c-4b61-b65f-10c23822dfb4"
OTHER = "95d523fe-e932-4502-8124-9083b1391b49"
HTML = "<html><head><title>x</title></head><body><script>alert(1)</script><a href='http://attune.test/me'>Go</a></body></html>"


@pytest.fixture
def site(template, tmp_path):
    made = create_app(make_settings(tmp_path, template, demo=True, mail_url="file:"))
    made.config["TESTING"] = True
    return made


@pytest.fixture
def demo(site):
    return site.test_client()


def put(folder, ref=REF, to="maren@home.example", name="Maren Köhl", subject="Your place is kept", minutes=0, **more):
    mail = Mail(ref, to, name, subject, "plain words\n", HTML, **more)
    sealed = envelopes.seal(mail, sender="Attune <no-reply@attune.test>", domain="attune.test", at=NOW + timedelta(minutes=minutes))
    with FolderMailer(folder / "mail").connect() as send:
        send(sealed)


def test_nothing_sent_says_what_to_do(demo):
    assert "Nothing was sent yet" in demo.get("/dev/mail").text


def test_the_newest_mail_stands_first(demo, tmp_path):
    put(tmp_path)
    put(tmp_path, OTHER, subject="A reminder", minutes=5)
    page = demo.get("/dev/mail").text
    assert page.index("A reminder") < page.index("Your place is kept")


@pytest.mark.parametrize(("words", "found"), [("kohl", True), ("PLACE kept", True), ("home.example", True), ("refund", False)])
def test_mail_is_found_by_words_of_recipient_or_subject(demo, tmp_path, words, found):
    put(tmp_path)
    assert ("Your place is kept" in demo.get("/dev/mail", query_string={"q": words}).text) is found


def test_one_mail_shows_its_parts(demo, tmp_path):
    put(tmp_path, attachments=(Attachment("Einladung ü.ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),))
    page = demo.get(f"/dev/mail/{REF}")
    assert "Maren Köhl &lt;maren@home.example&gt;" in page.text
    assert "plain words" in page.text
    assert "Einladung ü.ics" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_html_of_a_mail_may_run_and_load_nothing(demo, tmp_path):
    put(tmp_path)
    policy = demo.get(f"/dev/mail/{REF}/html").headers["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_links_of_a_mail_open_in_the_whole_window(demo, tmp_path):
    put(tmp_path)
    assert '<head><base target="_top">' in demo.get(f"/dev/mail/{REF}/html").text


def test_an_attachment_is_a_download(demo, tmp_path):
    put(tmp_path, attachments=(Attachment("a b.ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),))
    answer = demo.get(f"/dev/mail/{REF}/attachments/0")
    assert (answer.data, answer.headers["Content-Disposition"]) == (b"BEGIN:VCALENDAR\r\n", "attachment; filename*=UTF-8''a%20b.ics")


def test_an_invitation_can_be_taken_too(demo, tmp_path):
    invitation = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"
    put(tmp_path, attachments=(Attachment("invite.ics", "text/calendar; charset=utf-8; method=REQUEST", invitation),
                               Attachment("receipt.pdf", "application/pdf", b"%PDF-1.4")))
    answer = demo.get(f"/dev/mail/{REF}/attachments/1")
    assert (answer.data, answer.headers["Content-Disposition"]) == (invitation, "attachment; filename*=UTF-8''request.ics")


def test_the_source_is_plain_text(demo, tmp_path):
    put(tmp_path)
    answer = demo.get(f"/dev/mail/{REF}/source")
    assert answer.mimetype == "text/plain"
    assert f"Message-ID: <{REF}@attune.test>" in answer.text


@pytest.mark.parametrize("path", [f"{OTHER}", f"{OTHER}/html", f"{OTHER}/source", f"{REF}/attachments/3", "../../etc/passwd", "not-an-id"])
def test_what_is_not_there_is_not_found(demo, tmp_path, path):
    put(tmp_path)
    assert demo.get(f"/dev/mail/{path}").status_code == 404


def test_with_a_real_mail_server_the_page_says_where_mail_goes(demo, site):
    settings = site.config["SETTINGS"]
    site.config.update(SETTINGS=settings.model_copy(update={"mail_url": type(settings.mail_url)("smtp://mail.example:25")}))
    assert "names a mail server" in demo.get("/dev/mail").text
    assert demo.get(f"/dev/mail/{REF}").status_code == 404


def test_where_people_register_for_real_there_is_no_such_page(client):
    assert client.get("/dev/mail").status_code == 404
