"""My agency pays: who orders names who approves it there; that person says yes, no, or pays by card. Call as `approvals.ask(...)`.

| state | the order | who is told | next |
|---|---|---|---|
| asked | held until the deadline and a grace time beyond | the approver, once more half way | approved, declined, silent, paid, withdrawn |
| approved | placed, on invoice to the agency | the attendee; the approver gets the invoice | |
| paid | placed, paid by card by the agency | the attendee; the approver gets the receipt | |
| declined, silent | held until the grace time ends, to be paid by card or invoice | who ordered | |
| withdrawn | hers to pay another way, or ended | the approver | |

Every move locks the order first: of an answer, a payment and the clock at one moment exactly one finds the question open.
"""

from webapp.payments.approvals.asking import Wish, ask, remind
from webapp.payments.approvals.deciding import approve, decline, to_card
from webapp.payments.approvals.ending import due, end_due, paid, withdraw

__all__ = ["Wish", "approve", "ask", "decline", "due", "end_due", "paid", "remind", "to_card", "withdraw"]
