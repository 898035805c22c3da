"""What we hold about her, the export of all of it, and deleting the account."""

import io
import json
import zipfile
from importlib import import_module
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request

from webapp.accounts import people, privacy
from webapp.core import clock, sheets, text
from webapp.core.db import transaction
from webapp.core.records import Records
from webapp.registration import persons
from webapp.web import access
from webapp.web.forms import Form, again
from webapp.web.mine.account.blueprint import tabs_for

pages = Blueprint("my_privacy", __name__)

FEATURES = ("accounts", "registration", "payments", "attendance", "hours", "calendars", "notifications")
# What a table of the export holds, in the words of the page. A table without words here would fail a test.
WORDS = {
    "person": "Your name and profile", "email_addresses": "Your addresses", "account": "Your account", "roles": "Roles you hold or held",
    "consents": "What you let agencies see", "memberships": "Your membership", "endorsements_held": "Endorsements you hold",
    "agencies": "Where you work", "looks": "Who looked at what you let agencies see",
    "history": "What was changed in your details, by whom", "registrations": "Your places",
    "answers": "Your answers to questions", "applications": "Your applications", "charges": "What you owed", "payments": "What you paid",
    "balance": "Your balance", "help_with_the_price": "Help with the price you asked for",
    "badges": "Badges you named, or that name you",
    "claims_of_membership": "Where you said that you are a member",
    "parts_paid_by_others": "Parts of your places that others pay",
    "attendance": "When you were present", "hours": "Your hours", "certificates": "Your certificates",
    "waitlists": "Where you wait for a place", "calendar_feeds": "Your calendar feeds",
    "calendar_choice": "How sessions reach your calendar", "calendar_invitations": "Sessions that went to your calendar by mail",
    "messages": "Mails we wrote to you",
}


@pages.get("/me/privacy")
@access.signed_in
def overview() -> Any:
    """What we hold, counted, with the ways to take it along or delete it."""
    held = [(WORDS[title], f"{len(rows)} {'entry' if len(rows) == 1 else 'entries'}") for title, rows in _everything().items() if rows]
    return render_template("mine/privacy.html", held=held, tabs=tabs_for("my_privacy.overview"))


@pages.get("/me/privacy/export.zip")
@access.signed_in
def export() -> Response:
    """Everything as JSON, and each table as CSV, in one file."""
    today = clock.today(access.viewer().zone)
    answer = Response(_zipped(_everything()), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="my-data-{today.isoformat()}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.get("/me/privacy/delete")
@access.signed_in
def ask() -> Any:
    """Says what goes, what must stay and why; asks for the name."""
    return render_template("mine/privacy_delete.html", form=Form(), typed="", errors=[], **_standing())


@pages.post("/me/privacy/delete")
@access.signed_in
def delete() -> Any:
    """Deletes, when her name was typed and no place is coming up."""
    person_id, name, typed = access.viewer().person_id, access.viewer().name, request.form.get("confirm_name", "")
    standing = _standing()
    if standing["upcoming"] or text.searchable(typed) != text.searchable(name):
        words = "Cancel your coming places first." if standing["upcoming"] else f"Type {name}, as it stands above the field."
        return again("mine/privacy_delete.html", form=Form(), typed=typed[:200], errors=[("confirm_name", words)], **standing)
    with transaction():
        _erase(person_id)
    access.sign_out()
    flash("Your account is deleted. Thank you for the time you were with us.", "done")
    return redirect("/", 303)


def _standing() -> dict[str, Any]:
    return {"upcoming": persons.upcoming(people.family_ids(access.viewer().person_id)), "name": access.viewer().name,
            "tabs": tabs_for("my_privacy.overview")}


def _everything() -> Records:
    family = people.family_ids(access.viewer().person_id)
    found: Records = {}
    for feature in FEATURES:
        found |= import_module(f"webapp.{feature}.privacy").personal_data(family)
    return found


def _erase(person_id: int) -> None:
    """The other features first: they find her rows by the persons that accounts then empties. Places to come are looked for
    once more, inside the transaction."""
    family = people.family_ids(person_id)
    persons.refuse_upcoming(family)
    for feature in FEATURES:
        erase = getattr(import_module(f"webapp.{feature}.privacy"), "erase", None)
        if erase is not None and feature != "accounts":
            erase(family)
    privacy.erase(person_id, actor_id=person_id)


def _zipped(found: Records) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(found, ensure_ascii=False, indent=2))
        for title, rows in found.items():
            if rows:
                archive.writestr(f"{title}.csv", _csv(rows))
    return kept.getvalue()


def _csv(rows: list[dict[str, Any]]) -> str:
    return "".join(sheets.csv_lines(list(rows[0]), ([_cell(value) for value in row.values()] for row in rows)))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
