"""A person's page: who she is, what she may do, where she works; put together, renamed, closed."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from webapp.accounts import accounts, addresses, agencies, memberships, merges, people, queries, roles, sign_in
from webapp.core import text, times
from webapp.core.audit import AuditEntry
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration import persons
from webapp.web import access
from webapp.web.forms import Form, Line, again
from webapp.web.manage.staff.blueprint import pages, side, told
from webapp.web.manage.staff.roles import scope_names

_ACTIONS = {
    "person.changed": "Name or details changed", "person.merged": "Put together with another person",
    "person.unmerged": "Taken apart again",
    "person.erased": "Data deleted", "role.granted": "Role given", "role.ended": "Role ended", "account.password": "Password set",
    "account.disabled": "Account closed", "account.enabled": "Account opened again", "address.primary": "Main address changed",
    "address.removed": "Address taken away", "membership.added": "Membership added", "agency.member_added": "Works for",
    "agency.member_ended": "Works no longer for",
}


class RenameForm(Form):
    """A correction of the name, with its reason."""

    given_name = Line("Given name", 100)
    family_name = Line("Family name", 100)
    reason = Line("Why", 255, [InputRequired("Say why, for whoever reads the history.")])


@pages.get("/manage/people/<int:person_id>")
@access.staff("admin")
def person(person_id: int) -> Any:
    """Everything on one page; a merged person's address leads to who she is today."""
    root = people.root_id(person_id)
    if root != person_id:
        return redirect(url_for("manage_staff.person", person_id=root), 303)
    found = people.get(person_id)
    return render_template("manage/people_person.html", form=RenameForm(obj=found), **_context(person_id))


@pages.post("/manage/people/<int:person_id>/name")
@access.staff("admin")
def person_rename(person_id: int) -> Any:
    """Corrects the name."""
    form = RenameForm()
    try:
        if form.validate():
            with transaction():
                people.rename(person_id, form.given_name.data, form.family_name.data, actor_id=access.viewer().person_id,
                              reason=form.reason.data)
            return _back(person_id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        form.refuse(refusal)
    return again("manage/people_person.html", form=form, **_context(person_id))


@pages.post("/manage/people/<int:person_id>/merge")
@access.staff("admin")
def person_merge(person_id: int) -> Any:
    """Puts another person together with this one; both stay as rows."""
    other = request.form.get("other", "")
    if not (other.isascii() and other.isdigit() and len(other) < 10):
        raise NotFound
    with told("They are one person now."), transaction():
        merges.merge(int(other), person_id, how="staff", decided_by_id=access.viewer().person_id, conflicts=persons.double_places)
    return _back(person_id)


@pages.post("/manage/people/<int:person_id>/merge/<int:merge_id>/undo")
@access.staff("admin")
def person_unmerge(person_id: int, merge_id: int) -> Any:
    """Takes them apart again."""
    with told("They are two persons again."), transaction():
        merges.undo(merge_id, actor_id=access.viewer().person_id)
    return _back(person_id)


@pages.post("/manage/people/<int:person_id>/account")
@access.staff("admin")
def person_account(person_id: int) -> Any:
    """Closes her account or opens it again; who closes her own would lock herself out and is refused."""
    closes, viewer = request.form.get("do") == "close", access.viewer()
    reason = text.clean(request.form.get("reason", ""), limit=255)
    with told("The account is closed." if closes else "The account is open again."), transaction():
        account = accounts.of_person(person_id)
        if account is None:
            raise NotFound
        if account.id == viewer.account_id:
            raise Refusal("This is your own account.", way_out="Another administrator can close it.")
        sign_in.disable(account.id, actor_id=viewer.person_id, reason=reason, disabled=closes)
    return _back(person_id)


def _back(person_id: int) -> Response:
    return redirect(url_for("manage_staff.person", person_id=person_id), 303)


def _context(person_id: int) -> dict[str, Any]:
    found = people.get(person_id)
    grants = roles.held_by(person_id)
    return {
        "person": found, "addresses": addresses.of(person_id), "account": accounts.of_person(person_id), "grants": grants,
        "scopes": scope_names(grants), "role_words": roles.WORDS, "agencies": agencies.of_person(person_id),
        "memberships": memberships.of_person(person_id), "joined": merges.standing(person_id),
        "namesakes": merges.namesakes(person_id), "history": _history(person_id), "side": side("manage_staff.people_list"),
    }


def _history(person_id: int) -> list[dict[str, str]]:
    zone = access.viewer().zone
    rows = queries.history_of([f"person:{one}" for one in sorted(people.family_ids(person_id))])
    return [_entry(row.AuditEntry, f"{row.given_name or ''} {row.family_name or ''}".strip() or "the system", zone) for row in rows]


def _entry(entry: AuditEntry, who: str, zone: str) -> dict[str, str]:
    told_as = {"when": times.moment_words(entry.at, zone), "iso": entry.at.isoformat(), "who": who,
               "what": _ACTIONS.get(entry.action, entry.action)}
    found = {"before": _words(entry.before), "after": _words(entry.after), "why": entry.reason}
    return told_as | {key: words for key, words in found.items() if words}


def _words(values: dict[str, Any]) -> str:
    """What changed, for people: numbers of rows are left out."""
    known = roles.WORDS | {"claim": "by their own word", "staff": "by staff"}
    return ", ".join(known.get(value, value) for value in values.values() if isinstance(value, str))
