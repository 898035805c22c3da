"""Her password, and signing out everywhere."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from wtforms import PasswordField
from wtforms.validators import InputRequired

from webapp.accounts import accounts, addresses, passwords, sign_in
from webapp.core.db import transaction
from webapp.core.errors import Refusal, Unacceptable
from webapp.web import access, arrival, limits
from webapp.web.forms import Form, again
from webapp.web.mine.account.blueprint import pages, tabs_for


class PasswordForm(Form):
    """The present password where there is one, and the new one."""

    present = PasswordField("Present password")
    password = PasswordField("New password", [InputRequired("Choose a password.")])


@pages.get("/me/account/password")
@access.signed_in
def password() -> Any:
    """The form; who came by links alone has no present password to write."""
    return render_template("mine/account_password.html", form=PasswordForm(), **_context())


@pages.post("/me/account/password")
@access.signed_in
def set_password() -> Any:
    """Keeps the new password and signs out everywhere else."""
    form, account_id = PasswordForm(), access.viewer().account_id
    context = _context()
    if not form.validate():
        return again("mine/account_password.html", form=form, **context)
    try:
        _check(form)
        made = passwords.digest(form.password.data, fast=arrival.cheap_passwords())
        with transaction():
            account = sign_in.set_password(account_id, made)
    except limits.TooOften as refusal:
        return limits.page("mine/account_password.html", form, refusal, **context)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("mine/account_password.html", form=form, **context)
    access.sign_in(account)
    flash("Your new password is kept. Every other device is signed out.", "done")
    return redirect(url_for("my_account.password"), 303)


@pages.post("/me/account/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> Any:
    """Ends every session but this one."""
    account_id = access.viewer().account_id
    with transaction():
        account = accounts.sign_out_everywhere(account_id)
    access.sign_in(account)
    flash("Every other device is signed out.", "done")
    return redirect(url_for("my_account.password"), 303)


def _check(form: PasswordForm) -> None:
    viewer = access.viewer()
    limits.spend("sign_in", f"{viewer.account_id}@account")
    account = accounts.of_person(viewer.person_id)
    stored = account.password_hash if account else None
    if stored and not passwords.matches(stored, form.present.data or "", fast=arrival.cheap_passwords()):
        raise Unacceptable("This is not your present password.", field="present")
    known = " ".join(row.address for row in addresses.of(viewer.person_id))
    passwords.check(form.password.data, about=f"{viewer.name} {known}")


def _context() -> dict[str, Any]:
    account = accounts.of_person(access.viewer().person_id)
    return {"has_password": bool(account and account.password_hash), "tabs": tabs_for("my_account.password")}
