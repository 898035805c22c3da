"""Sign up, and prove the address by the link of the mail. Opening the link does nothing; its button does."""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from webapp.accounts import links, passwords, people, sign_in
from webapp.accounts.models import AccessToken
from webapp.core import tokens
from webapp.core.db import transaction
from webapp.core.errors import Refusal, Unacceptable
from webapp.web import access, arrival, limits
from webapp.web.forms import again
from webapp.web.public.sign_in.blueprint import pages
from webapp.web.public.sign_in.forms import ProofForm, SignUpForm


@pages.get("/signup")
@access.public
def sign_up() -> Any:
    """The form."""
    if access.viewer().is_authenticated:
        return redirect(access.local_path(request.args.get("next"), access.viewer().home), 303)
    form = SignUpForm(next=access.local_path(request.args.get("next"), ""), email=request.args.get("email", "")[:254])
    return render_template("public/signup.html", form=form)


@pages.post("/signup")
@access.public
def open_account() -> Any:
    """Makes person, account and mail; where the address has an owner only a mail to her. The answer is the same."""
    form = SignUpForm()
    if not form.validate():
        return again("public/signup.html", form=form)
    mark = session.get("browser") or tokens.secret()
    try:
        limits.spend("sign_up", form.email.data)
        _open(form, tokens.digest(mark))
    except limits.TooOften as refusal:
        return limits.page("public/signup.html", form, refusal)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("public/signup.html", form=form)
    session.update(browser=mark, sent_to=form.email.data)
    return redirect(url_for("sign_in.sent"), 303)


@pages.get("/verify-address/<token>")
@access.by_secret
def proof(token: str) -> Any:
    """Shows whose address it is about to be, and the button."""
    return render_template("public/verify_address.html", form=ProofForm(), **_about(links.peek(token, "verify")))


@pages.post("/verify-address/<token>")
@access.by_secret
def prove(token: str) -> Any:
    """Proves the address. The first one also signs in: by the browser that signed up, by its password, or with a new one."""
    row = links.peek(token, "verify")
    about, form = _about(row), ProofForm()
    if about["must_sign_in"]:
        return redirect(url_for("sign_in.login", next=request.path), 303)
    anew = about["asks_password"] and "anew" in request.form
    if about["asks_password"] and not anew:
        try:
            _check_password(form, row)
        except limits.TooOften as refusal:
            return limits.page("public/verify_address.html", form, refusal, **about)
        except Refusal as refusal:
            form.refuse(refusal)
            return again("public/verify_address.html", form=form, **about)
    further = url_for("my_account.password") if anew else row.detail.get("next") or about["onward"]
    with transaction():
        account = sign_in.enter_by_link(token, "verify")
        if anew:
            sign_in.forget_password(account.id)
        said = arrival.welcome(people.root_id(account.person_id))
    return arrival.enter(account, said=said or "Your address is confirmed.", further=further)


def _open(form: SignUpForm, browser: str) -> None:
    made = passwords.digest(form.password.data, fast=arrival.cheap_passwords())
    with transaction():
        sign_in.sign_up(form.given_name.data, form.family_name.data, form.email.data, made, browser=browser,
                        next=access.local_path(form.next.data, ""))


def _about(row: AccessToken) -> dict[str, Any]:
    """What the page of a link says and asks: whose address, and how its owner shows that she chose the account."""
    person = sign_in.person_of(row)
    first = sign_in.proves_first(row)
    viewer = access.viewer()
    own = viewer.is_authenticated and people.root_id(viewer.person_id) == person.id
    known = row.detail.get("browser") == tokens.digest(session.get("browser", ""))
    account = sign_in.account_of(row)
    return {
        "address": sign_in.address_of(row), "name": person.name, "must_sign_in": not first and not own,
        "asks_password": first and not own and not known and account is not None and account.password_hash is not None,
        "onward": "/me" if first else url_for("my_account.emails"),
    }


def _check_password(form: ProofForm, row: AccessToken) -> None:
    """Refuses unless the password of the sign-up was given: only who chose it, or who sets a new one, has the account."""
    limits.spend("sign_in", sign_in.address_of(row))
    account = sign_in.account_of(row)
    if not passwords.matches(account.password_hash if account else None, form.password.data or "", fast=arrival.cheap_passwords()):
        raise Unacceptable("This is not the password chosen at the sign-up.", field="password",
                           way_out="Try again, or set a new one below.")
