"""Her addresses: add and prove, make one the main one, mail to two, take away."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import EmailField
from wtforms.validators import InputRequired

from webapp.accounts import addresses, sign_in
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.web import access, limits
from webapp.web.forms import Form, again, cleaned
from webapp.web.mine.account.blueprint import pages, tabs_for


class NewAddressForm(Form):
    """One more address."""

    email = EmailField("Another address of yours", [InputRequired("Write the address."), cleaned(254)])


@pages.get("/me/account/addresses")
@access.signed_in
def emails() -> Any:
    """The addresses and what can be done with each."""
    return render_template("mine/account_addresses.html", form=NewAddressForm(), **_context())


@pages.post("/me/account/addresses")
@access.signed_in
def add_email() -> Any:
    """Adds an address and writes the mail that proves it."""
    form, person_id = NewAddressForm(), access.viewer().person_id
    if not form.validate():
        return again("mine/account_addresses.html", form=form, **_context())
    try:
        limits.spend("link", f"{person_id}@add")
        with transaction():
            row = addresses.add(person_id, form.email.data)
            sign_in.send_verification(row.id)
    except limits.TooOften as refusal:
        return limits.page("mine/account_addresses.html", form, refusal, **_context())
    except Refusal as refusal:
        form.refuse(refusal)
        return again("mine/account_addresses.html", form=form, **_context())
    flash(f"We wrote to {form.email.data}. Open the link in that mail.", "done")
    return redirect(url_for("my_account.emails"), 303)


@pages.post("/me/account/addresses/<int:address_id>")
@access.signed_in
def change_email(address_id: int) -> Any:
    """One of: primary, mail, no-mail, again (send the proof once more), remove."""
    person_id, what = access.viewer().person_id, request.form.get("do", "")
    try:
        if what == "again":
            limits.spend("link", f"{person_id}@add")
        with transaction():
            said = _change(person_id, address_id, what)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    else:
        flash(said, "done")
    return redirect(url_for("my_account.emails"), 303)


def _change(person_id: int, address_id: int, what: str) -> str:
    if what == "primary":
        return f"{addresses.make_primary(person_id, address_id).address} is your main address now."
    if what in ("mail", "no-mail"):
        row = addresses.set_mail(person_id, address_id, wanted=what == "mail")
        return f"Mail {'also goes' if row.gets_mail else 'no longer goes'} to {row.address}."
    if what == "again":
        row = addresses.own(person_id, address_id)
        sign_in.send_verification(row.id)
        return f"We wrote to {row.address} again. The newest mail counts."
    if what == "remove":
        return f"{addresses.remove(person_id, address_id)} was taken away."
    raise Refusal("Choose what to do with the address.")


def _context() -> dict[str, Any]:
    return {"rows": addresses.of(access.viewer().person_id), "tabs": tabs_for("my_account.emails")}
