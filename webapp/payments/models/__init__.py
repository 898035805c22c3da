"""Money in and out: what moved, what Stripe told, and the books that were closed."""

from webapp.payments.models.approvals import APPROVAL_MOVES, ApprovalLink, PaymentApproval
from webapp.payments.models.balance import BalanceLot, BalanceMovement
from webapp.payments.models.books import BookedMovement, ClosedMonth
from webapp.payments.models.checks import BankCheck, DepositSlip
from webapp.payments.models.money import (
    PAGE_MOVES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    Allocation,
    CheckoutPage,
    CreditNote,
    Invoice,
    NumberSeries,
    Payment,
    ProviderCursor,
    ProviderEvent,
    Refund,
)
from webapp.payments.models.stripe import Dispute, Payout, PayoutLine

__all__ = ["APPROVAL_MOVES", "PAGE_MOVES", "PAYMENT_MOVES", "REFUND_MOVES", "Allocation", "ApprovalLink", "BalanceLot", "BalanceMovement",
           "BankCheck", "BookedMovement", "CheckoutPage", "ClosedMonth", "CreditNote", "DepositSlip", "Dispute", "Invoice", "NumberSeries",
           "Payment", "PaymentApproval", "Payout", "PayoutLine", "ProviderCursor", "ProviderEvent", "Refund"]
