"""Checks: recorded once over several orders of a payer, looked at, noted as given back by the bank."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.core import money
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.core.text import searchable
from webapp.payments import checks, payers
from webapp.payments.queries import checks as queries
from webapp.payments.rules import spreading
from webapp.registration.models import Payer
from webapp.web import access, forms
from webapp.web.forms import see, whole
from webapp.web.manage.finance import following
from webapp.web.manage.finance.balances import until
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, today, zone
from webapp.web.manage.finance.forms import DONE_BEFORE, BounceForm, CheckForm


@pages.get("/manage/finance/checks")
@access.staff("finance")
def checks_listing() -> str:
    """Checks that were not deposited yet, all of them, or those that came back."""
    shown = request.args.get("show", "undeposited")
    shown = shown if shown in queries.SHOWN else "undeposited"
    q, (page, offset) = _typed("q"), page_offset(queries.PAGE)
    tabs = [{"label": label, "href": f"/manage/finance/checks?show={name}", "current": name == shown}
            for name, label in queries.SHOWN.items()]
    return render_template("manage/finance_checks.html", rows=queries.listing(shown, q, offset), shown=shown, tabs=tabs, q=q, page=page,
                           **frame("checks"))


@pages.get("/manage/finance/checks/new")
@access.staff("finance")
def check_whose() -> str:
    """Whose check it is: by name, order, purchase order or invoice."""
    q = _typed("q")
    return render_template("manage/finance_check_whose.html", q=q, rows=queries.payers_like(q) if q else [], **frame("checks"))


@pages.route("/manage/finance/checks/new/<int:payer_id>", methods=["GET", "POST"])
@access.staff("finance")
def check_new(payer_id: int) -> Response | str:
    """The check and what it pays. `act=suggest` fills in the oldest due first and records nothing."""
    owing, form, by_id = queries.owing(payers.same(_payer(payer_id).id), today()), CheckForm(), access.viewer().person_id
    if not form.is_submitted():
        form.received_on.data = today()
        return render_template("manage/finance_check_new.html", **_page(payer_id, form, owing, {}))
    typed = {one.order_id: request.form.get(f"part_{one.order_id}", "").strip()[:20] for one in owing}
    if not form.validate():
        return forms.again("manage/finance_check_new.html", **_page(payer_id, form, owing, typed))
    try:
        cents = money.typed(form.amount.data, "amount")
        if request.form.get("act") == "suggest":
            found = spreading.suggested(cents, [one.open for one in owing])
            return forms.again("manage/finance_check_new.html", **_page(payer_id, form, owing, _written(found), suggested=True))
        parts = {order_id: money.typed(text, "parts") for order_id, text in typed.items() if text}
        paper = _paper(form, cents, payer_id)
        with transaction():
            check_id = checks.record(paper, parts, by_id=by_id).id
        flash(f"Check {paper.number} is recorded.")
        return see(f"/manage/finance/checks/{check_id}")
    except Refusal as refusal:
        form.refuse(refusal)
    db.session.rollback()
    owing = queries.owing(payers.same(payer_id), today())
    return forms.again("manage/finance_check_new.html", **_page(payer_id, form, owing, typed))


@pages.get("/manage/finance/checks/<int:check_id>")
@access.staff("finance")
def check_one(check_id: int) -> str:
    """One check: what it pays, the slip it lies on, whether it came back."""
    row, parts = queries.one(check_id)
    return render_template("manage/finance_check.html", row=row, parts=parts, **frame("checks"))


@pages.route("/manage/finance/checks/<int:check_id>/bounced", methods=["GET", "POST"])
@access.staff("finance")
def check_bounced(check_id: int) -> Response | str:
    """Notes that the bank gave the check back: everything it paid is open again."""
    form, by_id = BounceForm(), access.viewer().person_id
    if not form.is_submitted():
        return render_template("manage/finance_check_bounced.html", **_follows(check_id, form))
    if form.validate():
        try:
            fee = money.typed(form.fee.data, "fee") if (form.fee.data or "").strip() else 0
            with transaction():
                done = form.is_first() and checks.bounce(check_id, reason=form.reason.data, by_id=by_id, fee_cents=fee,
                                                         owes_ref=form.owes.data if form.owes else "")
            flash("Noted; the payer is told." if done else DONE_BEFORE)
            return see(f"/manage/finance/checks/{check_id}")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return forms.again("manage/finance_check_bounced.html", **_follows(check_id, form))


def _follows(check_id: int, form: BounceForm) -> dict[str, Any]:
    """The check with all that follows. An order is asked for only where something was sent and nobody knows who owes it."""
    row, _ = queries.one(check_id)
    found = checks.foresee(check_id)
    if not found.unowned_cents:
        del form.owes
    return {"row": row, "follows": following.lines(found), "sent": any(level.sent for level in found.levels), "form": form,
            **frame("checks")}


def _paper(form: CheckForm, cents: int, payer_id: int) -> checks.Paper:
    return checks.Paper(
        number=form.number.data, amount_cents=cents, received_on=form.received_on.data, zone=zone(), written_on=form.written_on.data,
        payer_id=payer_id, slip=form.deposit_slip.data, note=form.note.data, submit_key=form.submit_key.data or None,
        keep_until=until() if form.rest.data == "balance" else None)


def _page(payer_id: int, form: CheckForm, owing: list[queries.Owing], typed: dict[int, str], *, suggested: bool = False) -> dict[str, Any]:
    return {"payer": _payer(payer_id), "form": form, "owing": owing, "typed": typed, "suggested": suggested,
            "open_cents": sum(one.open_cents for one in owing), "until": until(), **frame("checks")}


def _written(found: dict[int, int]) -> dict[int, str]:
    return {order_id: money.plain(cents) for order_id, cents in found.items()}


def _payer(payer_id: int) -> Payer:
    found = db.session.get(Payer, payer_id)
    if found is None:
        raise NotFound
    return found


def _typed(name: str) -> str:
    text = request.args.get(name, "")[:100]
    return "".join(c for c in text if c.isprintable()).strip() if searchable(text) else ""


def chosen(name: str) -> list[int]:
    """The rows ticked in a form."""
    return [found for found in map(whole, request.form.getlist(name)) if found is not None]
