"""Are these yours? Guests with her address and a name like hers; and what was put together, to be taken back."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for

from webapp.accounts import claims, merges
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration import persons
from webapp.web import access
from webapp.web.mine.account.blueprint import pages, tabs_for


@pages.get("/me/found")
@access.signed_in
def found() -> Any:
    """Whom we found, and the way on."""
    person_id = access.viewer().person_id
    return render_template("mine/account_found.html", offers=claims.offers(person_id), joined=merges.standing(person_id),
                           onward=access.local_path(session.get("onward")), tabs=tabs_for("my_account.found"))


@pages.post("/me/found")
@access.signed_in
def claim() -> Any:
    """She says that a guest is herself."""
    person_id, guest = access.viewer().person_id, request.form.get("guest", "")
    if not (guest.isascii() and guest.isdigit() and len(guest) < 10):
        raise NotFound
    try:
        with transaction():
            claims.claim(person_id, int(guest), conflicts=persons.double_places)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    else:
        flash("These places are in your account now.", "done")
    return redirect(url_for("my_account.found"), 303)


@pages.post("/me/found/<int:merge_id>/undo")
@access.signed_in
def unclaim(merge_id: int) -> Any:
    """Takes back a claim of her own; what staff decided is theirs."""
    person_id = access.viewer().person_id
    with transaction():
        if merge_id not in {row.PersonMerge.id for row in merges.standing(person_id) if row.PersonMerge.how == "claim"}:
            raise NotFound
        merges.undo(merge_id, actor_id=person_id)
    flash("Taken back: these places are no longer in your account.", "done")
    return redirect(url_for("my_account.found"), 303)
