"""One attendee's place after it was given: cancelled, handed on, its breakouts, its group. Call as `registrations.cancel(...)`."""

from webapp.registration.registrations.breakouts import choose_breakouts
from webapp.registration.registrations.buying import Bought, buy, buying_refused, foresee_buying
from webapp.registration.registrations.cancelling import Cancelled, cancel, foresee
from webapp.registration.registrations.correcting import correct_name
from webapp.registration.registrations.deferring import defer, deferral_refused, foresee_deferral, then_months
from webapp.registration.registrations.groups import assign_group, assign_groups
from webapp.registration.registrations.newcomers import seat_newcomers
from webapp.registration.registrations.regrouping import foresee_regroup
from webapp.registration.registrations.substituting import Substituted, foresee_substitution, substitute, substitution_refused
from webapp.registration.registrations.transferring import Transferred, foresee_transfer, transfer, transfer_refused

__all__ = ["Bought", "Cancelled", "Substituted", "Transferred", "assign_group", "assign_groups", "buy", "buying_refused", "cancel",
           "choose_breakouts", "correct_name", "defer", "deferral_refused", "foresee", "foresee_buying", "foresee_deferral",
           "foresee_regroup", "foresee_substitution", "foresee_transfer", "seat_newcomers", "substitute", "substitution_refused",
           "then_months", "transfer", "transfer_refused"]
