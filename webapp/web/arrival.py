"""What happens when somebody proved an address or came in by a link: guests with her address are found again."""

from flask import current_app, flash, redirect, session, url_for
from werkzeug.wrappers import Response

from webapp.accounts import claims, memberships, people
from webapp.accounts.models import Account
from webapp.registration import persons
from webapp.web import access, viewer


def welcome(person_id: int) -> str:
    """Joins what is certainly hers; inside the transaction of the sign-in. Returns the sentence that says so, or nothing."""
    memberships.attach(person_id)
    joined = claims.claim_the_certain(person_id, conflicts=persons.double_places)
    return f"We found what you booked as a guest with {joined.address}; it is in your account now." if joined else ""


def enter(account: Account, *, said: str = "", further: str | None = None, remember: bool = True) -> Response:
    """Starts the session and goes on: to `further` or her home, or first to the guests that may be she."""
    access.sign_in(account, remember=remember)
    if said:
        flash(said, "done")
    onward = access.local_path(further, "") or _home(account)
    if claims.offers(people.root_id(account.person_id)):
        session["onward"] = onward
        return redirect(url_for("my_account.found"), 303)
    return redirect(onward, 303)


def _home(account: Account) -> str:
    """Her roles are read anew: the viewer of this request was a guest."""
    owner = viewer.load(viewer.Viewer.of(account).get_id())
    return owner.home if owner else "/me"


def cheap_passwords() -> bool:
    """Whether hashes are made with the cheap parameters of tests."""
    return bool(current_app.config.get("ARGON2_FAST", False))
