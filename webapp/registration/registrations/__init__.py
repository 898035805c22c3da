"""One attendee's place after it was given: cancelled, handed on, its breakouts, its group. Call as `registrations.cancel(...)`."""

from webapp.registration.registrations.breakouts import choose_breakouts
from webapp.registration.registrations.cancelling import Cancelled, cancel, foresee
from webapp.registration.registrations.groups import assign_group
from webapp.registration.registrations.newcomers import seat_newcomers
from webapp.registration.registrations.substituting import Substituted, foresee_substitution, substitute, substitution_refused

__all__ = ["Cancelled", "Substituted", "assign_group", "cancel", "choose_breakouts", "foresee", "foresee_substitution", "seat_newcomers",
           "substitute", "substitution_refused"]
