"""Moving every date of an event file by whole weeks, so that weekdays and wall-clock times stay."""

import re
from datetime import date, datetime, timedelta
from typing import Any

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2})?)?(?:[+-]\d{2}:\d{2})?")


def shifted(value: Any, weeks: int) -> Any:
    """The same values with every text that is wholly a date or a wall-clock time moved by `weeks`.

    Which of two equal times was meant (`fold`, an offset) is forgotten: on another date it does not occur twice.
    """
    if isinstance(value, dict):
        return {name: shifted(one, weeks) for name, one in value.items() if name != "fold"}
    if isinstance(value, list):
        return [shifted(one, weeks) for one in value]
    if isinstance(value, str) and (found := _DATE.fullmatch(value)):
        return (date.fromisoformat(found[1]) + timedelta(weeks=weeks)).isoformat() + (found[2] or "")
    return value


def first_day(values: dict[str, Any]) -> date | None:
    """The date of the first session; None without sessions."""
    return min((datetime.fromisoformat(one["start"]).date() for one in values.get("sessions", [])), default=None)
