"""Sign in with a password, ask for a link instead, sign out."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for

from webapp.accounts import sign_in
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.web import access, arrival, limits
from webapp.web.forms import again
from webapp.web.public.sign_in.blueprint import pages
from webapp.web.public.sign_in.forms import AddressForm, EntryForm


@pages.get("/login")
@access.public
def login() -> Any:
    """The form; who is signed in goes on at once."""
    if access.viewer().is_authenticated:
        return redirect(access.local_path(request.args.get("next"), access.viewer().home), 303)
    return render_template("public/login.html", form=EntryForm(next=access.local_path(request.args.get("next"), "")))


@pages.post("/login")
@access.public
def enter() -> Any:
    """Checks the two and starts the session."""
    form = EntryForm()
    if not form.validate():
        return again("public/login.html", form=form)
    try:
        limits.spend("sign_in", form.email.data)
        account_id, new_hash = sign_in.check(form.email.data, form.password.data, fast=arrival.cheap_passwords())
    except limits.TooOften as refusal:
        return limits.page("public/login.html", form, refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("public/login.html", form=form)
    with transaction():
        account = sign_in.enter(account_id, new_hash=new_hash)
    return arrival.enter(account, further=form.next.data, remember=bool(form.remember.data))


@pages.post("/logout")
@access.public
def logout() -> Any:
    """Ends the session on this device."""
    access.sign_out()
    flash("You are signed out.", "done")
    return redirect("/", 303)


@pages.get("/login/link")
@access.public
def link() -> Any:
    """Asks for the address a link is sent to."""
    return render_template("public/ask_link.html", form=AddressForm(next=access.local_path(request.args.get("next"), "")))


@pages.post("/login/link")
@access.public
def send_link() -> Any:
    """Sends the link where the address is known, and says the same everywhere."""
    return _send("public/ask_link.html", lambda form: sign_in.send_magic(form.email.data, next=access.local_path(form.next.data, "")))


@pages.get("/find")
@access.public
def find() -> Any:
    """Who booked as a guest finds her places by a link to the address she gave."""
    if access.viewer().is_authenticated:
        return redirect("/me/registrations", 303)
    return render_template("public/ask_link.html", form=AddressForm(next="/me/registrations"), finding=True)


@pages.get("/reset")
@access.public
def reset() -> Any:
    """Asks for the address of the account whose password is forgotten."""
    return render_template("public/ask_reset.html", form=AddressForm())


@pages.post("/reset")
@access.public
def send_reset() -> Any:
    """Sends the link to choose a new password, and says the same whether the address is known or not."""
    return _send("public/ask_reset.html", lambda form: sign_in.send_reset(form.email.data))


@pages.get("/login/sent")
@access.public
def sent() -> Any:
    """What to do now: look at the mail."""
    return render_template("public/sent.html", address=session.get("sent_to", ""))


def _send(template: str, write: Any) -> Any:
    """Both links are asked for in the same way: limited, written to the outbox, answered alike."""
    form = AddressForm()
    if not form.validate():
        return again(template, form=form)
    try:
        limits.spend("link", form.email.data)
        with transaction():
            write(form)
    except limits.TooOften as refusal:
        return limits.page(template, form, refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return again(template, form=form)
    session["sent_to"] = form.email.data
    return redirect(url_for("sign_in.sent"), 303)
