"""What one check found."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """`fault` makes `doctor` fail, `warning` does not; `way_out` says what to do."""

    level: Literal["ok", "warning", "fault"]
    what: str
    way_out: str = ""


def ok(what: str) -> Finding:
    """Nothing to do."""
    return Finding("ok", what)


def warning(what: str, way_out: str) -> Finding:
    """It runs, and somebody should look at it."""
    return Finding("warning", what, way_out)


def fault(what: str, way_out: str) -> Finding:
    """It does not work, or is not safe, until this is done."""
    return Finding("fault", what, way_out)
