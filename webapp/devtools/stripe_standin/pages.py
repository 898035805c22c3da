"""The hosted payment page: plain forms, no script, in the place of checkout.stripe.com."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from webapp.devtools.stripe_standin import cards, payments, sessions
from webapp.devtools.stripe_standin.cards import Instrument
from webapp.devtools.stripe_standin.payments import Outcome
from webapp.devtools.stripe_standin.refusals import StripeRefusal
from webapp.devtools.stripe_standin.store import Body, Store

blueprint = Blueprint("pages", __name__, url_prefix="/c/pay", template_folder="templates")
Page = str | Response | tuple[str, int]
NOT_A_TEST_CARD = "Your card was declined. Your request was in test mode, but used a non test card."


def _store() -> Store:
    store: Store = current_app.config["STORE"]
    return store


def _session(session_id: str) -> tuple[Body, list[Body]]:
    with _store().transaction(write=False) as tx:
        session = sessions.retrieve(tx, {}, session_id)
        if session["status"] == "open" and session["expires_at"] <= tx.now():
            session["status"] = "expired"
        return session, tx.private(session_id)["line_items"]


@blueprint.errorhandler(StripeRefusal)
def _unknown(refusal: StripeRefusal) -> Page:
    return render_template("standin/closed.html", session=None, state="unknown"), 404


@blueprint.get("/<session_id>")
def show(session_id: str) -> Page:
    """The form, or a kind word when the session is no longer open."""
    session, lines = _session(session_id)
    if session["status"] != "open":
        return _closed(session)
    return _form(session, lines, {}, {}, None)


@blueprint.post("/<session_id>")
def pay(session_id: str) -> Page:
    """Pay. A declined card comes back with its reason; a second submit goes where the first went."""
    session, lines = _session(session_id)
    if session["status"] != "open":
        return _finished(session)
    instrument, problems = _read(request.form, session)
    if instrument is None or problems:
        return _form(session, lines, request.form, problems, None), 422
    buyer = {
        "name": request.form["name"].strip(),
        "email": session["customer_email"] or request.form["email"].strip(),
    }
    with _store().transaction() as tx:
        outcome = payments.attempt(tx, session_id, instrument, buyer)
    return _after(session_id, outcome)


@blueprint.get("/<session_id>/authenticate")
def ask(session_id: str) -> Page:
    """The bank's 3-D Secure question."""
    session, _ = _session(session_id)
    return (
        render_template("standin/authenticate.html", session=session)
        if session["status"] == "open"
        else _closed(session)
    )


@blueprint.post("/<session_id>/authenticate")
def authenticate(session_id: str) -> Page:
    """The buyer completes or fails 3-D Secure."""
    with _store().transaction() as tx:
        outcome = payments.authenticate(tx, session_id, request.form.get("answer") == "complete")
    return _after(session_id, outcome)


def _after(session_id: str, outcome: Outcome) -> Page:
    session, lines = _session(session_id)
    if outcome.state == "authenticate":
        return redirect(f"/c/pay/{session_id}/authenticate", 303)
    if outcome.state == "declined":
        given = request.form if "name" in request.form else _remembered(session)
        return _form(session, lines, given, {}, outcome.message), 402
    return _finished(session)


def _remembered(session: Body) -> dict[str, str]:
    """Return what the buyer entered before the bank's question, but for expiry and code."""
    with _store().transaction(write=False) as tx:
        facts = tx.private(session["payment_intent"])
    return {"card_number": facts["instrument"], **facts["buyer"]}


def _finished(session: Body) -> Page:
    if session["status"] == "complete":
        return redirect(sessions.success_address(session), 303)
    return _closed(session) if session["status"] == "expired" else redirect(f"/c/pay/{session['id']}", 303)


def _closed(session: Body) -> Page:
    address = sessions.success_address(session)
    return render_template(
        "standin/closed.html", session=session, state=session["status"], success_url=address
    )


def _form(
    session: Body, lines: list[Body], given: Mapping[str, str], problems: dict[str, str], refusal: str | None
) -> str:
    return render_template(
        "standin/pay.html",
        session=session,
        lines=lines,
        given=given,
        problems=problems,
        refusal=refusal,
        bank="us_bank_account" in session["payment_method_types"],
        card="card" in session["payment_method_types"],
        test_cards=[card for card in cards.INSTRUMENTS if card.kind in session["payment_method_types"]],
    )


def _read(form: Mapping[str, str], session: Body) -> tuple[Instrument | None, dict[str, str]]:
    """Return what the buyer pays with, and the fields that are not right with a sentence each."""
    problems: dict[str, str] = {}
    if not form.get("name", "").strip():
        problems["name"] = "Enter the name of the payer."
    if not session["customer_email"] and "@" not in form.get("email", ""):
        problems["email"] = "Enter an email address, like name@example.org."
    field = "account_number" if form.get("method") == "us_bank_account" else "card_number"
    instrument = cards.find(re.sub(r"\D", "", form.get(field, "")) or "-")
    if instrument is None or instrument.kind not in session["payment_method_types"]:
        problems[field] = (
            NOT_A_TEST_CARD if field == "card_number" else "This is not one of Stripe's test accounts."
        )
    if field == "card_number":
        problems |= _card_problems(form)
    return instrument, problems


def _card_problems(form: Mapping[str, str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    expiry = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(?:20)?(\d{2})\s*", form.get("expiry", ""))
    today = datetime.date.today()
    if expiry is None or not 1 <= int(expiry[1]) <= 12:
        problems["expiry"] = "Enter the month and year on the card, like 12 / 34."
    elif (2000 + int(expiry[2]), int(expiry[1])) < (today.year, today.month):
        problems["expiry"] = "Your card's expiration date is in the past."
    if not re.fullmatch(r"\d{3,4}", form.get("cvc", "").strip()):
        problems["cvc"] = "Enter the 3 or 4 digits of the security code."
    return problems
