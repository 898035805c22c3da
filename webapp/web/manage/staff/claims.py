"""/manage/memberships/claims: who says that she is a member, and the answers."""

from typing import Any

from flask import Response, flash, render_template, request
from wtforms.validators import Optional

from webapp.accounts import memberships, people
from webapp.core import money
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.payments import giving_back
from webapp.registration.queries import years
from webapp.registration.years import claiming
from webapp.web import access
from webapp.web.forms import Day, Form, Line, Paragraphs, again, see
from webapp.web.manage.finance.blueprint import today, zone
from webapp.web.manage.staff.blueprint import pages, side

HERE = "/manage/memberships/claims"
REASON = "She is a member"


class ClaimForm(Form):
    """The membership as it stands elsewhere, or words why not. Of somebody who is on the list the list decides."""

    number = Line("Membership number", 40, [Optional()])
    from_on = Day("First day", [Optional()])
    until_on = Day("Last day", [Optional()])
    answer = Paragraphs("What she reads", 1000, [Optional()], render_kw={"rows": 3})


@pages.get(HERE)
@access.staff("finance")
def claims_list() -> str:
    """Those who wait for an answer, the first first."""
    return render_template("manage/claims.html", rows=years.claims(), zone=zone(), side=side("manage_staff.claims_list"))


@pages.route(f"{HERE}/<int:claim_id>", methods=["GET", "POST"])
@access.staff("finance")
def claim(claim_id: int) -> Response | str:
    """One claim with what the list says of her, and the answer."""
    one = next(iter(years.claims(claim_id)), None)
    if one is None:
        raise NotFound
    has, listed = memberships.of_person(one.person_id), memberships.numbered(one.number)
    owner = people.get(listed.person_id).name if listed and listed.person_id and listed not in has else ""
    days = {"from_on": listed.from_on, "until_on": listed.until_on} if listed and not owner else {}
    form = ClaimForm(data={"number": one.number} | days)
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                said = _decide(claim_id, form)
            flash(said, "done")
            return see(HERE)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    show: Any = again if form.is_submitted() else render_template
    answer: Response | str = show(
        "manage/claims_claim.html", one=one, form=form, zone=zone(), has=has, listed=listed,
        owner=owner, side=side("manage_staff.claims_list"))
    return answer


def _decide(claim_id: int, form: ClaimForm) -> str:
    by_id, answer = access.viewer().person_id, form.answer.data or ""
    if request.form.get("what") == "decline":
        claiming.decline(claim_id, by_id=by_id, answer=answer)
        return "Declined; she is told."
    if not (form.number.data and form.from_on.data and form.until_on.data):
        raise Unacceptable("Write the number and both days of her membership.", field="from_on" if form.number.data else "number")
    listed = claiming.Listed(form.number.data, form.from_on.data, form.until_on.data)
    done = claiming.confirm(claim_id, listed, by_id=by_id, answer=answer)
    if done.is_placed:
        giving_back.settle_change(done.order_id, done.change_cents, reason=REASON, by_id=by_id, today=today())
    return f"Confirmed; her place costs {money.written(-done.change_cents)} less, and she is told."
