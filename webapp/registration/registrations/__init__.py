"""One attendee's place after it was given: cancelled, breakouts chosen, put into a group. Call as `registrations.cancel(...)`."""

from webapp.registration.registrations.breakouts import choose_breakouts
from webapp.registration.registrations.cancelling import Cancelled, cancel, foresee
from webapp.registration.registrations.groups import assign_group
from webapp.registration.registrations.newcomers import seat_newcomers

__all__ = ["Cancelled", "assign_group", "cancel", "choose_breakouts", "foresee", "seat_newcomers"]
