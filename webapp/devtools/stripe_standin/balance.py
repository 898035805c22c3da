"""The balance: every movement of money with its fee, payouts to the bank, and what is left."""

from __future__ import annotations

import stripe

from webapp.devtools.stripe_standin import events, listing, shapes
from webapp.devtools.stripe_standin.refusals import StripeRefusal, invalid
from webapp.devtools.stripe_standin.store import Body, Transaction, new_id

ACCOUNT_ID = "acct_standin0000000001"
CATEGORIES = {"payment": "charge", "payment_refund": "refund", "adjustment": "dispute"}


def card_fee(cents: int) -> int:
    """What Stripe keeps of a card payment of so many cents: 2.9 % and 30 cents."""
    return round(cents * 0.029) + 30


def bank_fee(cents: int) -> int:
    """What Stripe keeps of a bank debit of so many cents: 0.8 %, at most 5 dollars."""
    return min(round(cents * 0.008), 500)


def move(
    tx: Transaction, kind: str, amount: int, source: Body, fee: int = 0, text: str | None = None
) -> Body:
    """Record a movement of `amount` cents (negative: out) less `fee`, caused by `source`."""
    details = (
        [
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
        if fee
        else []
    )
    return tx.insert(
        shapes.make(
            stripe.BalanceTransaction,
            id=new_id("txn"),
            amount=amount,
            available_on=tx.now(),
            balance_type="payments",
            created=tx.now(),
            currency=source["currency"],
            description=text,
            fee=fee,
            fee_details=details,
            net=amount - fee,
            reporting_category=CATEGORIES.get(kind, kind),
            source=source["id"],
            status="available",
            type=kind,
        )
    )


def retrieve_transaction(tx: Transaction, params: Body, transaction_id: str) -> Body:
    """`GET /v1/balance_transactions/{id}`."""
    return tx.get(transaction_id, "balance_transaction")


def list_transactions(tx: Transaction, params: Body) -> Body:
    """`GET /v1/balance_transactions`, also by the payout that carried them."""
    rest = {name: value for name, value in params.items() if name != "payout"}
    extra = []
    if "payout" in params:
        if not tx.get(params["payout"], "payout", "payout")["automatic"]:
            raise invalid("Balance transaction history can only be filtered on automatic transfers, not manual.", param="payout")
        extra = [("json_extract(private, '$.payout') = ?", [params["payout"]])]
    return listing.page(tx, "balance_transaction", rest, "/v1/balance_transactions", extra)


def retrieve(tx: Transaction, params: Body) -> Body:
    """`GET /v1/balance`: everything not yet paid out, available at once."""
    sums = tx.rows(
        "SELECT json_extract(body, '$.currency') AS currency, sum(json_extract(body, '$.net')) AS net "
        "FROM objects WHERE kind = 'balance_transaction' GROUP BY 1 ORDER BY 1"
    )
    available = [
        {"amount": row["net"], "currency": row["currency"], "source_types": {"card": row["net"]}}
        for row in sums
    ] or [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}]
    pending = [{"amount": 0, "currency": row["currency"], "source_types": {"card": 0}} for row in available]
    return {"object": "balance", "available": available, "livemode": False, "pending": pending}


def make_payout(tx: Transaction, currency: str = "usd", automatic: bool = True) -> Body:
    """Pay everything that no payout carried yet to the bank; not `automatic`: by hand. Refuses when there is nothing to pay."""
    carried = tx.objects(
        "balance_transaction",
        "json_extract(body, '$.currency') = ? AND json_extract(private, '$.payout') IS NULL",
        currency,
    )
    amount = sum(movement["net"] for movement in carried)
    if amount <= 0:
        raise StripeRefusal(
            "You have insufficient funds in your Stripe account.", code="balance_insufficient"
        )
    payout = tx.insert(
        shapes.make(
            stripe.Payout,
            id=new_id("po"),
            amount=amount,
            arrival_date=tx.now(),
            automatic=automatic,
            created=tx.now(),
            currency=currency,
            description="STRIPE PAYOUT",
            destination="ba_standin000000000001",
            metadata={},
            method="standard",
            reconciliation_status="completed",
            source_type="card",
            status="paid",
            type="bank_account",
        )
    )
    movement = move(tx, "payout", -amount, payout, text="STRIPE PAYOUT")
    for row in [*carried, movement]:
        tx.remember(row["id"], payout=payout["id"])
    payout["balance_transaction"] = movement["id"]
    events.emit(tx, "payout.created", payout)
    events.emit(tx, "payout.paid", payout)
    return tx.save(payout)


def retrieve_payout(tx: Transaction, params: Body, payout_id: str) -> Body:
    """`GET /v1/payouts/{id}`."""
    return tx.get(payout_id, "payout")


def list_payouts(tx: Transaction, params: Body) -> Body:
    """`GET /v1/payouts`."""
    return listing.page(tx, "payout", params, "/v1/payouts")


def retrieve_account(tx: Transaction, params: Body, account_id: str = ACCOUNT_ID) -> Body:
    """`GET /v1/account`: one account, able to charge."""
    if account_id != ACCOUNT_ID:
        raise StripeRefusal(
            f"The provided key does not have access to account '{account_id}' (or that account does not "
            "exist).",
            code="account_invalid",
            status=403,
        )
    return shapes.make(
        stripe.Account,
        id=ACCOUNT_ID,
        business_type="non_profit",
        charges_enabled=True,
        country="US",
        default_currency="usd",
        details_submitted=True,
        email="stand-in@example.org",
        payouts_enabled=True,
        capabilities={"card_payments": "active", "us_bank_account_ach_payments": "active"},
        type="standard",
        metadata={},
        settings={"dashboard": {"display_name": "Stripe stand-in", "timezone": "Etc/UTC"}},
    )
