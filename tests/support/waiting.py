"""Waiting for another process: look again until it is so, or say what it was when time ran out. Nothing else in the tests sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")
STEP = 0.05  # seconds between two looks


def wait_until(predicate: Callable[[], Seen], deadline: float = 20.0, *, what: str = "") -> Seen:
    """The first true answer of `predicate`. After `deadline` seconds AssertionError with `what` and the last answer."""
    until = time.monotonic() + deadline
    while True:
        seen = predicate()
        if seen:
            return seen
        if time.monotonic() > until:
            raise AssertionError(f"not within {deadline} s: {what or getattr(predicate, '__name__', predicate)}; last seen {seen!r}")
        time.sleep(STEP)
