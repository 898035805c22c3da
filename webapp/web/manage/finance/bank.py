"""What the bank sees: payouts that open into their parts, and disputes with what speaks for us."""

from flask import render_template

from webapp.attendance.queries import evidence
from webapp.core import money, times
from webapp.notifications import log
from webapp.payments.queries import bank
from webapp.payments.queries.overview import Overview
from webapp.web import access
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, zone

STATES = {"needs_response": "Waits for your answer", "warning_needs_response": "A question waits for your answer",
          "under_review": "The bank decides", "warning_under_review": "The bank looks at it", "warning_closed": "Closed, nothing was taken",
          "won": "Won", "lost": "Lost"}
REASONS = {"fraudulent": "Says she did not pay this", "unrecognized": "Does not know this payment", "duplicate": "Says she paid twice",
           "product_not_received": "Says she did not get what she paid for", "product_unacceptable": "Says it was not what was promised",
           "credit_not_processed": "Says money did not come back", "subscription_canceled": "Says she had cancelled",
           "general": "The bank gives no reason"}  # what Stripe calls them; another stands as Stripe writes it


@pages.get("/manage/finance/payouts")
@access.staff("finance")
def payouts() -> str:
    """Every payout as it stands on the bank statement, with what it is made of."""
    page, offset = page_offset(bank.PAGE)
    return render_template("manage/finance_payouts.html", rows=bank.payouts(offset), page=page, **frame("payouts"))


@pages.get("/manage/finance/payouts/<int:payout_id>")
@access.staff("finance")
def payout(payout_id: int) -> str:
    """One payout: its charges, refunds, disputes and fees, each with its order."""
    row, lines = bank.payout(payout_id)
    return render_template("manage/finance_payout.html", row=row, lines=lines, **frame("payouts"))


@pages.get("/manage/finance/disputes")
@access.staff("finance")
def disputes() -> str:
    """Payments that a buyer's bank has taken back; those that wait for an answer first."""
    return render_template("manage/finance_disputes.html", rows=bank.disputes(), waiting=bank.OPEN, states=STATES, reasons=REASONS,
                           **frame("disputes"))


@pages.get("/manage/finance/disputes/<int:dispute_id>")
@access.staff("finance")
def dispute(dispute_id: int) -> str:
    """What speaks for us in one dispute: the policy accepted, the mails sent, the attendance."""
    found = bank.dispute(dispute_id)
    places = bank.places(found.Order.id) if found.Order else []
    subjects = [f"order:{found.Order.id}", *(f"registration:{one.id}" for one in places)] if found.Order else []
    mails = [one for one in log.listed(subjects) if one.sent_at]
    return render_template(
        "manage/finance_dispute.html", found=found, places=places, waiting=bank.OPEN, mails=mails, states=STATES, reasons=REASONS,
        presences=evidence.of_places([one.id for one in places]), **frame("disputes"))


def disputed(figures: Overview) -> str:
    """What waits for an answer at Stripe, and until when the nearest is due."""
    one, answer_by = figures.disputes.count == 1, figures.answer_by
    waits = "1 dispute waits" if one else f"{figures.disputes.count} disputes wait"
    until = f"{'Answer until' if one else 'The nearest is due'} {times.moment_words(answer_by, zone())}." if answer_by else ""
    return f"{waits} for your answer at Stripe: {money.written(figures.disputes.cents)}. {until}".strip()
