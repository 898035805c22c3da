"""Names and addresses of people as text: pure. How they are compared and when two names may be one person's."""

import re

from email_validator import EmailNotValidError, validate_email

from webapp.core import text
from webapp.core.errors import Unacceptable

FORMER = ("Former", "attendee")


def address(typed: str, *, field: str | None = "email") -> str:
    """The e-mail address in lower case as we keep it; what cannot be one is refused with what is missing."""
    cleaned = text.clean(typed, field=field, limit=254)
    try:
        return validate_email(cleaned, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as reason:
        raise Unacceptable(
            "Write the whole address, for example maria@example.org.", field=field, code="address") from reason


def person(given: str, family: str) -> tuple[str, str]:
    """Both parts cleaned. A person may have one name only, in either part; none at all is refused."""
    first, last = text.clean(given, field="given_name", limit=100), text.clean(family, field="family_name", limit=100)
    if not first and not last:
        raise Unacceptable("Write the name as it should stand on certificates.", field="given_name", code="name")
    return first, last


def same(one: str, other: str) -> bool:
    """Whether two full names are equal, whatever their case, accents and blanks."""
    return text.searchable(one) == text.searchable(other)


def alike(one: str, other: str) -> bool:
    """Whether two full names share a word of two letters or more, so that the same person may have written both."""
    words = [{word for word in re.findall(r"\w+", text.searchable(name)) if len(word) > 1} for name in (one, other)]
    return bool(words[0] & words[1]) or same(one, other)
