"""What finance types: money that came, money that goes back, corrections."""

from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from webapp.core import once, tokens
from webapp.payments.rules import methods
from webapp.web.forms import Day, Form, Line, Option

DONE_BEFORE = "This form was sent before, and its work was done once. To do it again, open the page anew."
DAY = "Write the day as 2026-12-04."


def choices(**words: str) -> list[Option]:
    """Options of a radio group: value and words."""
    return [Option(value, label) for value, label in words.items()]


class Amount(StringField):  # type: ignore[misc]  # wtforms has no types
    """An amount in dollars as typed; the view reads it by `money.typed`."""

    def __init__(self, label: str, *, is_needed: bool = True, **kw: Any) -> None:
        super().__init__(label, [InputRequired("Write the amount, for example 125.00.") if is_needed else Optional()], **kw)


class Act(Form):
    """A form that moves money, whose work is done once however often it is sent (core.once). Changed, it is another one."""

    submit_key = HiddenField(default=tokens.secret)

    def is_first(self) -> bool:
        """Whether it comes for the first time. Call it in the transaction of the work. One that lost its key always does."""
        return not self.submit_key.data or once.first(self._digest())

    def was_done(self) -> bool:
        """Whether its work is done already, before anything is looked at. Reads only."""
        return bool(self.is_submitted() and self.submit_key.data and once.known(self._digest()))

    def _digest(self) -> str:
        sent = [f"{name}={value}" for name, value in request.form.items(multi=True) if name != "csrf_token"]
        return tokens.digest("\n".join([request.path, *sent]))


class PaymentForm(Form):
    """A check, a transfer, cash or a slip of a card terminal. `submit_key` makes a form sent twice one payment."""

    method = RadioField(
        "How it came", choices=choices(**{name: methods.WORDS[name].capitalize() for name in methods.BY_HAND}), default="cheque"
    )
    amount = Amount("Amount")
    number = Line("Number of the check or slip, or reference", 40)
    received_on = Day("Day it came", [InputRequired(DAY)])
    deposit_slip = Line("Deposit slip", 40, [Optional()])
    note = Line("Note", 255, [Optional()])
    submit_key = HiddenField(default=tokens.secret)


class CheckForm(Form):
    """One check; what each order is paid comes as `part_<order>`. `submit_key` makes a form sent twice one check."""

    number = Line("Number of the check", 40, [InputRequired("Write the number of the check.")])
    amount = Amount("Amount")
    written_on = Day("Date on the check", [InputRequired(DAY)])
    received_on = Day("Day it came", [InputRequired(DAY)])
    deposit_slip = Line("Deposit slip", 40, [Optional()])
    note = Line("Note", 255, [Optional()])
    rest = RadioField("What no order needs", choices=choices(unmatched="Stands on the unmatched list",
                                                              balance="Becomes the payer's balance"),
                      default="unmatched")
    submit_key = HiddenField(default=tokens.secret)


class BounceForm(Act):
    """A check that came back, and what the payer owes more for it."""

    reason = Line("What the bank said", 200, [InputRequired("Say why the bank gave it back.")])
    fee = Amount("Fee for the payer", is_needed=False)
    owes = Line("Order that owes what was sent back", 40, [Optional()])


class SlipForm(Act):
    """A deposit slip."""

    number = Line("Number of the slip", 40, [InputRequired("Write the number of the slip.")])
    on = Day("Day of the deposit", [InputRequired(DAY)])


class BankLineForm(Act):
    """What the bank statement says."""

    bank = Amount("Amount on the bank statement")


class RefundForm(Act):
    """Money back to the payer, and whether it lowers what is owed."""

    amount = Amount("Amount to give back")
    reason = Line("Reason, for the payer and the books", 200, [InputRequired("Say why the money goes back.")])
    lowers = BooleanField(
        "Lower what is owed by the same amount",
        default=True,
        description="Leave it out when the same is to be paid again, for example by another card.",
    )


class CorrectionForm(Act):
    """More or less is owed."""

    direction = RadioField("What changes", choices=choices(less="Less is owed", more="More is owed"), default="less")
    amount = Amount("By how much")
    reason = Line("Reason, for the payer and the books", 200, [InputRequired("Say why.")])


class ReasonForm(Form):
    """Only a reason: a line taken back, a check that bounced."""

    reason = Line("Reason", 200, [InputRequired("Say why, so that somebody else understands it next year.")])


class GiveBackForm(Act):
    """A balance that is given back by hand."""

    amount = Amount("Amount to give back")
    reason = Line("Reason, for the books", 200, [InputRequired("Say why it is given back.")])


class UseBalanceForm(Act):
    """How much of the payer's balance pays an order."""

    amount = Amount("Amount to use")


class KeepForm(Act):
    """Money that is kept for its payer."""

    amount = Amount("Amount to keep")
    until = Day("Usable until", [InputRequired(DAY)])
    reason = Line("Reason, for the payer and the books", 200, [InputRequired("Say why it is kept.")])


class KeepUnmatchedForm(Form):
    """Unmatched money that is kept for its payer, known by an order of hers."""

    order_ref = Line("Number of an order of the payer", 40, [Optional()])
    reason = Line("Reason, for the payer and the books", 200, [InputRequired("Say why it is kept.")])


class ReturnedForm(Act):
    """Money given back by hand."""

    number = Line("Number of the check (empty: by transfer or cash)", 40)
    on = Day("Day it was sent", [InputRequired(DAY)])


class AttachForm(Form):
    """The order unmatched money belongs to."""

    order_ref = Line("Number of the order", 40, [InputRequired("Write the number of the order.")])
    reason = Line("How you know", 200, [InputRequired("Say how you know that it belongs there.")])
