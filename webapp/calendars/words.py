"""What mails say about the calendar: one or two sentences, from what the mail carries and how she reads her feed. Pure."""

from datetime import datetime

from webapp.calendars import clients
from webapp.calendars.telling import Carried

NO_ANSWER = "It asks for no answer, and an answer is not read."


def sentence(carried: Carried, now: datetime) -> str:
    """For any mail about a place; '' when there is nothing to say."""
    if carried.act:
        return _TOLD[carried.act] + _more(carried.more, carried.act)
    if carried.file:
        return (f"The file with this mail holds all {carried.sessions} sessions for your calendar: open it once. Or subscribe, on your "
                "page, and changes follow by themselves. Do one of the two, or each session shows twice.")
    return _in_feed(carried, now) if carried.in_feed and carried.sessions else ""


def _more(count: int, act: str) -> str:
    others = {0: "", 1: " The other session comes in a mail of its own."}.get(count, f" {count} other sessions come in mails of their own.")
    return others + (f" {NO_ANSWER}" if act == "invite" else "")


def _in_feed(carried: Carried, now: datetime) -> str:
    way = carried.way
    if way.read_at is not None:
        return (f"Your subscribed calendar shows it when {clients.describe(way.family).name} reads it next; it did so "
                f"{clients.ago(now - way.read_at)}.")
    if way.choice == "feed":
        return "Your subscribed calendar shows it. No program has read it lately: see My calendar."
    return ""


_TOLD = {
    "invite": "This mail is an invitation: your calendar program takes the session from it.",
    "update": "This mail changes the entry in your calendar.",
    "off": "This mail takes the entry out of your calendar.",
    "removed": "This mail takes the entry out of your calendar.",
    "moved": "This mail takes the single entry out of your calendar; your subscribed calendar shows the session. Your place stays.",
}
