"""A place given by staff: on a roster, of a type that is given on request, or for somebody who called."""

from dataclasses import replace

from webapp.accounts import memberships, names, people
from webapp.core import audit, clock, times
from webapp.core.errors import Closed, Unacceptable
from webapp.registration import orders, pricing, rules, sale
from webapp.registration.orders import BillTo, Buyer, making
from webapp.registration.orders.wishes import Place
from webapp.registration.setasides import drawing


def enter(event_id: int, type_id: int, *, given: str, family: str, email: str, by_id: int, mode: str = "in_person",
          bill_to: BillTo | None = None, po_number: str = "", reason: str = "",
          set_aside_id: int | None = None) -> int:
    """Puts a person into the event and places her order: free, or on invoice to her or to `bill_to`. Returns the order's id.

    Seats are taken as everybody's are, or from the set-aside that is named: a full one refuses. Neither the window of sign-up nor
    "on request" matters to staff; whether she is a member does. The person is found by her proved address, else made. Refused while
    the event is a draft or cancelled.
    """
    now, of = clock.now(), sale.load_by_id(event_id)
    if of.event.status not in ("published", "closed"):
        raise Closed("The event is not open to people.", way_out="Publish it first.")
    if of.event.includes:
        sale.included_stand_still(of.id)
    address = names.address(email, field="email")
    type_ = of.type(type_id)
    if type_.retired:
        raise Unacceptable("Choose one of the prices that are sold now.", field="type")
    person_id = _person(given, family, address)
    member = memberships.valid_on(person_id, times.local(now, of.event.zone).date()) is not None
    if type_.audience == "member" and not member:
        raise rules.not_a_member()
    required = [(one, 1) for one in of.add_ons.values() if one.is_required and type_.takes_seat]
    audience = pricing.audience_of(type_.audience, member)
    lines = pricing.quote(type_.item, at=now, zone=of.event.zone, audience=audience, starts_on=of.starts_on,
                          add_ons=[(one.item, count) for one, count in required])
    place = Place(person_id, address, type_, rules.mode_of(of.event.mode, type_.mode, mode), lines, required)
    if making.has_place(event_id, person_id):
        raise making.already(mine=False)
    if set_aside_id is not None and not type_.takes_seat:
        raise Unacceptable("This price takes no seat, so none is taken from a set-aside.", field="set_aside", way_out="Choose open sale.")
    if set_aside_id is not None:
        place = replace(place, aside=drawing.named(set_aside_id, of.id, type_.id, place.mode))
    held = making.order(of, [place], Buyer(f"{given} {family}".strip(), address, person_id), at=now,
                        asides=[place.aside] if place.aside else [])
    orders.place(held.order_id, "invoice", bill_to=bill_to, po_number=po_number)
    audit.record("registration.entered", f"registration:{making.first_registration(held.order_id)}", actor_id=by_id, reason=reason,
                 after={"name": f"{given} {family}".strip(), "type": type_.name})
    return held.order_id


def _person(given: str, family: str, address: str) -> int:
    """Who proved the address, if the name is hers; else a new person."""
    found = people.find_verified(address)
    if found is None:
        return people.create(given, family, address=address).id
    known = people.get(found).name
    if not names.same(known, f"{given} {family}"):
        raise Unacceptable(f"This address belongs to {known}.", field="email", way_out="Write that name, or another address.")
    return found
