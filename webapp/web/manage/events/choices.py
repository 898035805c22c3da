"""What the forms of an event let one choose from."""

from webapp.web.forms import Option

MODES = [Option("in_person", "In person"), Option("online", "Online"), Option("hybrid", "In person and online")]
SIGN_UPS = [
    Option("open", "They sign up themselves", "Whoever comes first has a place, until it is full."),
    Option("application", "They apply, and you decide", "You offer a place; they accept it and pay."),
    Option("roster", "You put them on a list", "Nobody signs up: you enter everybody."),
    Option("walk_in", "They just come", "No sign-up at all."),
]
ZONES = [Option("America/Chicago", "Central (CT)"), Option("America/New_York", "Eastern (ET)"), Option("America/Denver", "Mountain (MT)"),
         Option("America/Los_Angeles", "Pacific (PT)"), Option("UTC", "UTC")]
LINK_OPENS = [Option("15", "15 minutes before a session"), Option("60", "an hour before"), Option("120", "2 hours before"),
              Option("1440", "a day before"), Option("10080", "a week before")]
AWARDS = [
    Option("by_minutes", "Hours follow the minutes", "Who was there for part of a session gets hours for that part."),
    Option("least", "Only from a least share", "A session counts only when somebody was there for so much of it."),
    Option("all_or_nothing", "All or nothing", "Hours only for those who attended every session in full."),
]
MODE_CODES = frozenset(one[0] for one in MODES)
SIGN_UP_CODES = frozenset(one[0] for one in SIGN_UPS)
UNPAID = [
    Option("admit", "Let them in", "The invoice is settled afterwards."),
    Option("refuse", "Do not let them in until it is paid", "The door says so beside the name."),
    Option("hold_certificate", "Let them in, hold back the certificate", "It is issued by itself when the invoice is paid."),
]
UNPAID_CODES = frozenset(one[0] for one in UNPAID)
