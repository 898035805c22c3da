"""Files a message carries that its own feature cannot make: a place's sessions for the calendar (features do not know calendars)."""

from typing import Any

from flask import current_app

from webapp.calendars import invitations
from webapp.core import clock
from webapp.notifications.contents import Attachment

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar(facts: dict[str, Any], context: dict[str, Any]) -> tuple[Attachment, ...]:
    """The sessions of `facts["registration_id"]` as a plain calendar file, with the UIDs of the personal feed; nothing when it has none."""
    if not context["lines"]:
        return ()
    body = invitations.file_of(facts["registration_id"], now=clock.now(), base_url=current_app.config["SETTINGS"].base_url,
                               zone=context["zone"])
    return (Attachment(f"{context['event_path'].rsplit('/', 1)[1]}.ics", MEDIA_TYPE, body),)
