"""The links of mails that sign in or choose a new password: a page with one button, which acts."""

from typing import Any

from flask import redirect, render_template, url_for

from webapp.accounts import links, passwords, people, sign_in
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.web import access, arrival
from webapp.web.forms import Form, again
from webapp.web.public.sign_in.blueprint import pages
from webapp.web.public.sign_in.forms import NewPasswordForm


@pages.get("/magic/<token>")
@access.by_secret
def magic(token: str) -> Any:
    """Says as whom the button signs in."""
    row = links.peek(token, "magic")
    return render_template("public/magic.html", name=sign_in.person_of(row).name, is_guest=sign_in.account_of(row) is None)


@pages.post("/magic/<token>")
@access.by_secret
def enter_by_magic(token: str) -> Any:
    """Uses the link up and signs in; a guest has an account from now on."""
    if not Form().validate():
        return redirect(url_for("sign_in.magic", token=token), 303)
    further = links.peek(token, "magic").detail.get("next")
    with transaction():
        account = sign_in.enter_by_link(token, "magic")
        said = arrival.welcome(people.root_id(account.person_id))
    return arrival.enter(account, said=said, further=further)


@pages.get("/reset/<token>")
@access.by_secret
def choose(token: str) -> Any:
    """Asks for the new password."""
    return render_template("public/choose_password.html", form=NewPasswordForm(), name=sign_in.person_of(links.peek(token, "reset")).name)


@pages.post("/reset/<token>")
@access.by_secret
def set_password(token: str) -> Any:
    """Keeps the new password, signs out everywhere else and signs in here."""
    row, form = links.peek(token, "reset"), NewPasswordForm()
    person = sign_in.person_of(row)
    name, address = person.name, sign_in.address_of(row)
    try:
        if not form.validate():
            return again("public/choose_password.html", form=form, name=name)
        passwords.check(form.password.data, about=f"{name} {address}")
    except Refusal as refusal:
        form.refuse(refusal)
        return again("public/choose_password.html", form=form, name=name)
    made = passwords.digest(form.password.data, fast=arrival.cheap_passwords())
    with transaction():
        account = sign_in.enter_by_link(token, "reset")
        sign_in.set_password(account.id, made)
        said = arrival.welcome(people.root_id(account.person_id))
    return arrival.enter(account, said=said or "Your new password is kept. Every other device is signed out.")
