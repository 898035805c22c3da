"""/manage/policies: the list, a new policy, one policy with its editions and events and the form of its next edition."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, render_template, request

from webapp.catalog import policies, policy_editions, policy_words
from webapp.catalog.policies import Rules
from webapp.catalog.queries import policies as queries
from webapp.core import clock, times
from webapp.core.audit import AuditEntry
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.events import history
from webapp.web.manage.finance.blueprint import zone
from webapp.web.manage.policies import examples, reading
from webapp.web.manage.policies import form as forms
from webapp.web.manage.policies.blueprint import HERE, ROLES, frame, pages

ONE = "manage/policies_policy.html"


@pages.get(HERE)
@access.staff(*ROLES)
def listing() -> str:
    """The policies, each with its newest edition and the events that use it."""
    around, used = frame(), queries.uses()
    return render_template("manage/policies.html", **around, rows=[
        {"code": one.code, "name": one.name, "edition": one.edition, "sentence": one.sentence, "events": _named(used.get(one.code, []))}
        for one in queries.listed()])


@pages.get(f"{HERE}/new")
@access.staff(*ROLES)
def new() -> str:
    """The form of a new policy."""
    return render_template(ONE, form=forms.PolicyForm(), policy=None, shown=None, **frame())


@pages.post(f"{HERE}/new")
@access.staff(*ROLES)
def create() -> str | Response:
    """Shows the examples; saves what they were shown for."""
    return _answer(None, [])


@pages.get(f"{HERE}/<code>")
@access.staff(*ROLES)
def policy(code: str) -> str:
    """One policy: its examples, its editions, who uses it, and the form of the next edition."""
    around, editions = frame(), _editions(code)
    newest = editions[0]
    made = policy_words.sentence(newest.rules)
    form = forms.PolicyForm(data=forms.filled(newest.name, newest.sentence, made, newest.edition, newest.rules))
    return render_template(ONE, form=form, shown=None, **_one(editions), **around)


@pages.post(f"{HERE}/<code>")
@access.staff(*ROLES)
def change(code: str) -> str | Response:
    """Shows the examples of the next edition; saves what they were shown for. Events keep the edition they have."""
    frame()
    return _answer(code, _editions(code))


def _answer(code: str | None, editions: Sequence[Any]) -> str | Response:
    around, form, shown = frame(), forms.PolicyForm(), None
    try:
        if form.validate():
            found = reading.rules(form)
            made = policy_words.sentence(found)
            words = form.own_words.data or made
            if editions:
                policy_editions.refuse_old_words(editions[0].sentence, editions[0].rules, words, found)
            shown = {"sentence": words, "made": made, "examples": examples.of(found, reading.price(form)), "price": reading.price(form)}
            mark, seen = reading.mark(found, form.name.data, words), form.seen.data
            form.seen.data = mark
            if request.form.get("act") == "save":
                if seen != mark:
                    raise Unacceptable("You changed something since the examples were shown, so nothing is saved yet.",
                                       way_out="Look at them again, then save.")
                return _save(code, form, found, words)
            return render_template(ONE, form=form, shown=shown, **_one(editions), **around)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
    return again(ONE, form=form, shown=shown, **_one(editions), **around)


def _save(code: str | None, form: Any, found: Rules, words: str) -> Response:
    by: dict[str, Any] = {"today": clock.today(zone()), "by_id": access.viewer().person_id, "reason": form.reason.data or ""}
    with transaction():
        if code is None:
            code = policy_editions.create(form.name.data, words, found, **by)
            said = "The policy is made. Events can choose it now."
        else:
            after = int(form.edition.data) if (form.edition.data or "").isdecimal() else 0
            number = policy_editions.add_edition(code, form.name.data, words, found, after=after, **by)
            said = f"Edition {number} is made. Events that are there keep the edition they have."
    flash(said, "done")
    return see(f"{HERE}/{code}")


def _editions(code: str) -> Sequence[Any]:
    found = queries.editions(code)
    if not found:
        raise NotFound
    return found


def _one(editions: Sequence[Any]) -> dict[str, Any]:
    if not editions:
        return {"policy": None}
    newest = editions[0]
    entries = history.entries_of(AuditEntry.subject == f"policy:{newest.code}")
    return {"policy": newest, "standing": examples.of(policies.check(newest.rules), 15_000),
            "editions": [{"number": one.edition, "since": times.date_words(one.valid_from), "events": one.events, "sentence": one.sentence}
                         for one in editions],
            "events": [{"title": one.title, "href": f"/manage/events/{one.slug}", "edition": one.edition,
                        "when": times.date_words(times.local(one.starts_at, one.zone).date()) if one.starts_at else "No date yet"}
                       for one in queries.events(newest.code)],
            "entries": [history.entry(one, zone()) for one in entries]}


def _named(rows: list[Any]) -> str:
    if not rows:
        return "None"
    more = rows[0].number - len(rows)
    return ", ".join(one.title for one in rows) + (f" and {more} more" if more else "")
