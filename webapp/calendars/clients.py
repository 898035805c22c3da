"""Which calendar program reads a feed, and what its habit means for the person (design: calendars.md B.1; field reports, no promises)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Client:
    """A family of calendar programs: how it names itself, and how fresh it keeps a subscription."""

    family: str
    name: str
    signs: tuple[str, ...]
    habit: str


CLIENTS = (
    Client("google", "Google Calendar", ("google-calendar", "googlebot", "feedfetcher-google"),
           "Google looks every 8 to 24 hours, sometimes later, and has no refresh button. Late changes reach you by mail."),
    Client("outlook_web", "Outlook on the web", ("exchangeservices", "microsoft.exchange", "microsoft office/calendar"),
           "Outlook on the web looks about every 3 hours; it can take a day."),
    Client("outlook", "Outlook", ("outlook", "microsoft office"),
           "Outlook on a computer looks with send and receive, by default about once a day."),
    Client("apple", "Apple Calendar", ("dataaccessd", "calendaragent", "ios/", "macos/", "mac os x", "cfnetwork"),
           "Apple looks as often as you set it: from every 5 minutes to once a week; on a phone often daily, or when you pull down."),
    Client("thunderbird", "Thunderbird", ("thunderbird", "lightning"), "Thunderbird looks every 30 minutes unless you set it otherwise."),
    Client("fastmail", "Fastmail", ("fastmail",), "Fastmail looks about every hour."),
    Client("proton", "Proton Calendar", ("proton",), "Proton looks every 4 to 16 hours."),
    Client("evolution", "Evolution or GNOME Calendar", ("evolution", "gnome"),
           "Evolution looks as often as you set it, by default every 30 minutes."),
    Client("vdirsyncer", "vdirsyncer", ("vdirsyncer",), "vdirsyncer looks whenever you run it."),
)
OTHER = Client("other", "Another program", (), "We do not know how often this program looks.")
_BY_FAMILY = {client.family: client for client in (*CLIENTS, OTHER)}


def family(user_agent: str) -> str:
    """The family a User-Agent header belongs to; `other` when it says nothing we know."""
    told = user_agent.lower()
    return next((c.family for c in CLIENTS if any(sign in told for sign in c.signs)), OTHER.family)


def describe(name: str) -> Client:
    """The family's name and habit in words."""
    return _BY_FAMILY.get(name, OTHER)


def ago(span: timedelta) -> str:
    """How long ago a program read something: `just now`, `9 hours ago`."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} minute{'s' * (minutes != 1)} ago"
    hours = minutes // 60
    return f"{hours} hour{'s' * (hours != 1)} ago" if hours < 48 else f"{hours // 24} days ago"
