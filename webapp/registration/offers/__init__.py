"""What is sold for an event: registration types, prices, add-ons, instalments, group rules; and limits that count people in."""

from webapp.registration.offers.limits import limit_session
from webapp.registration.offers.reading import of_event, problems
from webapp.registration.offers.replacing import replace
from webapp.registration.offers.summaries import refresh_all_prices, refresh_prices
from webapp.registration.offers.values import AddOnSpec, GroupRuleSpec, InstalmentSpec, Offers, PriceSpec, TypeSpec

__all__ = [
    "AddOnSpec", "GroupRuleSpec", "InstalmentSpec", "Offers", "PriceSpec", "TypeSpec", "limit_session", "of_event", "problems",
    "refresh_all_prices", "refresh_prices", "replace",
]
