"""What one payer buys: held, placed, confirmed, let go. Call as `orders.hold(...)`."""

from webapp.registration.orders.asking import start_asking, stop_asking
from webapp.registration.orders.coding import apply_code, remove_code, remove_fund
from webapp.registration.orders.confirming import confirm, confirm_late
from webapp.registration.orders.holding import hold
from webapp.registration.orders.joining import take_out
from webapp.registration.orders.membering import add_year, remove_year
from webapp.registration.orders.placing import BillTo, place
from webapp.registration.orders.releasing import due_for_release, expire, finish_release, give_more_time, let_go, start_release
from webapp.registration.orders.wishes import Attendee, Buyer, Held

__all__ = [
    "Attendee", "BillTo", "Buyer", "Held", "add_year", "apply_code", "confirm", "confirm_late", "due_for_release", "expire",
    "finish_release", "give_more_time", "hold", "let_go", "place", "remove_code", "remove_fund", "remove_year", "start_asking",
    "start_release", "stop_asking", "take_out",
]
